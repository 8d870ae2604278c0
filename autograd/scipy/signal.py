"""Convolution of any number of axes, with derivatives; the rest is `scipy.signal` itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import signal as _signal

from autograd.engine.tensor import Tensor

Axes = Sequence[Sequence[int]]


def __getattr__(name: str) -> Any:
    return getattr(_signal, name)


def convolve(A: Any, B: Any, axes: Any = None, dot_axes: Axes = ((), ()), mode: str = "full") -> Any:
    """Return the convolution of A and B over pairs of `axes`, by default all, summed over pairs of `dot_axes`.

    The result has the axes of A that are in neither, those of B, and those that were convolved. Modes are "full",
    "valid" and "same". SciPy's own call, convolve(A, B, mode), is understood too; of plain arrays it is SciPy's.

    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]), mode="valid")
    array([3., 5.])
    """
    if isinstance(axes, str):
        return convolve(A, B, mode=axes)
    plain = not any(isinstance(x, Tensor) for x in (A, B))
    if plain and axes is None and not any(map(len, dot_axes)):
        return _signal.convolve(A, B, mode)
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve: mode={mode!r}; choose full, valid or same")
    if axes is None:
        axes = [[i for i in range(np.ndim(x)) if i not in dot] for x, dot in zip((A, B), dot_axes, strict=True)]
    (own_a, a), (own_b, b) = (_arranged(x, ax, dot) for x, ax, dot in zip((A, B), axes, dot_axes, strict=True))
    sizes = [(m, n) for m, n in zip(a.shape[2:], b.shape[2:], strict=True)]
    if mode == "valid" and any(m < n for m, n in sizes):
        if any(m > n for m, n in sizes):
            raise ValueError(f"convolve: in mode 'valid' one must be as large as the other on all axes; sizes {sizes}")
        out = np.swapaxes(_summed(b, a, "valid"), 0, 1)
    else:
        out = _summed(a, b, mode)
    return np.reshape(out, (*own_a, *own_b, *out.shape[2:]))


def _arranged(x: Any, axes: Sequence[int], dot: Sequence[int]) -> tuple[tuple[int, ...], Any]:
    """Return the shape of the axes of its own, and the array as (own axes, summed axes, *convolved axes)."""
    rest = [i for i in range(np.ndim(x)) if i not in axes and i not in dot]
    own = tuple(np.shape(x)[i] for i in rest)
    moved = np.transpose(x, (*rest, *dot, *axes))
    count = int(np.prod([np.shape(x)[i] for i in dot]))
    return own, np.reshape(moved, (int(np.prod(own)), count, *(np.shape(x)[i] for i in axes)))


def _summed(a: Any, b: Any, mode: str) -> Any:
    """Return the convolution as a sum over the elements of b, each times a part of a that has zeros around it."""
    large, small = a.shape[2:], b.shape[2:]
    around = [0 if mode == "valid" else n - 1 for n in small]
    padded = np.pad(a, [(0, 0), (0, 0), *((n, n) for n in around)])
    sizes = [m + n - 1 if mode != "valid" else m - n + 1 for m, n in zip(large, small, strict=True)]
    total: Any = 0.0
    for index in np.ndindex(*small):
        start = [n - 1 - i for n, i in zip(small, index, strict=True)]
        window = padded[(slice(None), slice(None), *(slice(s, s + n) for s, n in zip(start, sizes, strict=True)))]
        element = b[(slice(None), slice(None), *index)]
        total = total + np.tensordot(np.moveaxis(window, 1, -1), element, axes=((-1,), (1,)))
    total = np.moveaxis(total, -1, 1)
    if mode != "same":
        return total
    first = [(n - 1) // 2 for n in small]
    return total[(slice(None), slice(None), *(slice(s, s + m) for s, m in zip(first, large, strict=True)))]
