"""One array in different places of memory: nothing that computes with it may notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np


def fortran(a: Any) -> Any:
    """Return a copy with the first index running fastest."""
    return np.array(a, order="F")


def strided(a: Any) -> Any:
    """Return a view of every other element of a wider array, with nan in between."""
    wide = np.full((*a.shape, 2), np.nan, a.dtype)
    wide[..., 0] = a
    return wide[..., 0]


def negative(a: Any) -> Any:
    """Return a view that runs through memory backwards on every axis."""
    return np.flip(np.flip(a).copy()) if a.ndim else np.array(a)


def read_only(a: Any) -> Any:
    """Return a copy that cannot be written to."""
    a = np.array(a)
    a.flags.writeable = False
    return a


LAYOUTS: Final[dict[str, Callable[[Any], Any]]] = {
    "Fortran": fortran,
    "strided": strided,
    "negative-stride": negative,
    "read-only": read_only,
}
"""What `check_grad` and the strategies try, by name; each takes an array and returns one that is equal."""
