"""`numpy.linalg`, whose functions take tensors."""

from __future__ import annotations

from typing import Any

from numpy import linalg as _linalg

from autograd.numpy.wrapped import of_lists

globals().update({name: getattr(_linalg, name) for name in dir(_linalg) if not name.startswith("_")})
norm = of_lists(_linalg.norm)


def __getattr__(name: str) -> Any:
    return getattr(_linalg, name)
