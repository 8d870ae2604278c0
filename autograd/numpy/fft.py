"""`numpy.fft`, whose functions take tensors."""

from __future__ import annotations

from typing import Any

from numpy import fft as _fft

globals().update({name: getattr(_fft, name) for name in dir(_fft) if not name.startswith("_")})


def __getattr__(name: str) -> Any:
    return getattr(_fft, name)
