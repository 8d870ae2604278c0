"""`numpy.random`, as it is."""

from __future__ import annotations

from typing import Any

from numpy import random as _random

globals().update({name: getattr(_random, name) for name in dir(_random) if not name.startswith("_")})


def __getattr__(name: str) -> Any:
    return getattr(_random, name)
