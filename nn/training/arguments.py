"""The plain arguments of `fit`, `evaluate` and `predict`: whole numbers, flags, and in which epochs to validate."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np


def whole(name: str, value: Any, least: int = 0) -> int | None:
    """Return an argument that is a whole number or None; ValueError otherwise."""
    return None if value is None else _whole(name, value, least)


def batch_size_of(batch_size: Any) -> int:
    """Return how many examples a batch has, 32 for None; ValueError if it is no such number."""
    return 32 if batch_size is None else _whole("batch_size", batch_size, 1)


def flag(name: str, value: Any) -> bool:
    """Return an argument that is True or False; ValueError otherwise."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, not {value!r}")
    return bool(value)


def frequency(freq: int | Iterable[int]) -> int | frozenset[int]:
    """Return in which epochs to validate: in every n-th, or in those of a set."""
    if isinstance(freq, Iterable):
        return frozenset(int(epoch) for epoch in freq)
    return whole("validation_freq", freq, least=1) or 1


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")
    return int(value)
