"""Shape algebra on NumPy alone: undoing a broadcast, and putting reduced axes back.

Everything here stays inside NumPy's protocols, so it runs on raw arrays, Tensors and duck arrays alike.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from autograd.engine.graph import Typed

Axis = int | tuple[int, ...] | None

SMALL: Final = 4096
"""Elements up to which an array is filled with a number instead of being a view of it, in a tenth of the time."""


def unbroadcast(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum `g` down to `shape`: the transpose of broadcasting `shape` up to `g.shape`.

    Raises ValueError where `g.shape` is no broadcast of `shape`.
    """
    have = g.shape
    lead = len(have) - len(shape)
    if lead == 1 and have[1:] == shape:  # a bias: by far the most frequent
        return np.add.reduce(g, axis=0)
    if lead < 0 or any(want not in (1, size) for want, size in zip(shape, have[lead:], strict=True)):
        raise ValueError(f"a cotangent of shape {have} cannot belong to an input of shape {shape}")
    axes = tuple(range(lead)) + tuple(lead + i for i, size in enumerate(shape) if size == 1 and have[lead + i] != 1)
    if not axes:
        return g
    total = np.add.reduce(g, axis=axes)
    return total if total.shape == shape else np.reshape(total, shape)


def normalized_axes(axis: Axis, ndim: int) -> tuple[int, ...]:
    """Return `axis` as non-negative axes; None means all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(a % ndim for a in axes) if ndim else ()


def restore_axes(g: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool = False) -> Any:
    """Give `g`, reduced over `axis` from `shape`, the reduced axes back with size 1, so that it broadcasts."""
    if keepdims or not shape:
        return g
    if axis is None:
        return np.reshape(g, (1,) * len(shape))
    reduced = normalized_axes(axis, len(shape))
    return np.reshape(g, tuple(1 if i in reduced else size for i, size in enumerate(shape)))


def spread(g: Any, x: Typed, axis: Axis, keepdims: bool = False) -> Any:
    """Broadcast `g`, reduced over `axis`, back to the shape of `x`: the transpose of a sum."""
    if axis is None and isinstance(g, np.generic):
        shape = x.shape
        if math.prod(shape) <= SMALL:
            out = np.empty(shape, g.dtype)
            out.fill(g)
            return out
    return np.broadcast_to(restore_axes(g, x.shape, axis, keepdims), x.shape)


def count_reduced(shape: tuple[int, ...], axis: Axis) -> int:
    """Return how many elements each result of a reduction over `axis` was made from."""
    total = 1
    for a in normalized_axes(axis, len(shape)):
        total *= shape[a]
    return total


def astype(x: Any, dtype: Any) -> Any:
    """Return x in another dtype. (NumPy's own function takes NumPy's scalars from 2.1 on only.)"""
    return x.astype(dtype) if isinstance(x, np.generic) else np.astype(x, dtype)


def matrix_transpose(a: Any) -> Any:
    """Swap the last two axes; for a plain matrix by `.T`, which costs a tenth of `np.swapaxes`."""
    return a.T if type(a) is np.ndarray and a.ndim == 2 else np.swapaxes(a, -1, -2)
