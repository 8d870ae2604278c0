"""Convolution of any number of axes, with derivatives; the rest is `scipy.signal` itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal as _signal

from autograd.compiler import callback
from autograd.engine.registry import general
from autograd.scipy._operands import inside_rules, not_scipys

Axes = Sequence[Sequence[int]]


def __getattr__(name: str) -> Any:
    return getattr(_signal, name)


def convolve(
    A: Any, B: Any, axes: Any = None, dot_axes: Any = ((), ()), mode: str = "full", method: str = "auto"
) -> Any:
    """Return the convolution of A and B over pairs of `axes`, by default all, summed over pairs of `dot_axes`.

    The result has the axes of A that are in neither, those of B, and those that were convolved. Modes are "full",
    "valid" and "same". SciPy's own call, convolve(A, B, mode, method), is understood too. Large sums over single pairs
    of arrays go by Fourier transforms, as SciPy's do, whose error is relative to the largest element; with `method`
    "direct" none does.

    >>> convolve(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0]), mode="valid")
    array([3., 5.])
    """
    if isinstance(axes, str):
        return convolve(A, B, mode=axes, method=dot_axes if isinstance(dot_axes, str) else method)
    plain = not not_scipys(A, B)
    if plain and axes is None and not any(map(len, dot_axes)):
        return _signal.convolve(A, B, mode, method)
    if method not in ("auto", "direct", "fft"):
        raise ValueError(f"convolve: method={method!r}; choose auto, direct or fft")
    if mode not in ("full", "valid", "same"):
        raise ValueError(f"convolve: mode={mode!r}; choose full, valid or same")
    if axes is None:
        axes = [[i for i in range(np.ndim(x)) if i not in dot] for x, dot in zip((A, B), dot_axes, strict=True)]
    (own_a, a), (own_b, b) = (_arranged(x, ax, dot) for x, ax, dot in zip((A, B), axes, dot_axes, strict=True))
    sizes = [(m, n) for m, n in zip(a.shape[2:], b.shape[2:], strict=True)]
    if mode == "valid" and any(m < n for m, n in sizes):
        if any(m > n for m, n in sizes):
            raise ValueError(f"convolve: in mode 'valid' one must be as large as the other on all axes; sizes {sizes}")
        out = np.swapaxes(_summed(b, a, "valid", method), 0, 1)
    else:
        out = _summed(a, b, mode, method)
    return np.reshape(out, (*own_a, *own_b, *out.shape[2:]))


def _arranged(x: Any, axes: Sequence[int], dot: Sequence[int]) -> tuple[tuple[int, ...], Any]:
    """Return the shape of the axes of its own, and the array as (own axes, summed axes, *convolved axes)."""
    rest = [i for i in range(np.ndim(x)) if i not in axes and i not in dot]
    own = tuple(np.shape(x)[i] for i in rest)
    moved = np.transpose(x, (*rest, *dot, *axes))
    count = int(np.prod([np.shape(x)[i] for i in dot]))
    return own, np.reshape(moved, (int(np.prod(own)), count, *(np.shape(x)[i] for i in axes)))


def _summed(a: Any, b: Any, mode: str, method: str) -> Any:
    """Return the convolution of (m, c, *large) and (n, c, *small), (m, n, *sizes), summed over c."""
    if mode == "valid":
        return _correlation(a, _turned(b), method=method)
    large, small = a.shape[2:], b.shape[2:]
    if math.prod(small) > math.prod(large):  # the one that is moved about is the smaller
        out = np.swapaxes(_summed(b, a, "full", method), 0, 1)
    else:
        out = _correlation(_with_zeros_around(a, small), _turned(b), method=method)
    if mode == "full":
        return out
    first = [(n - 1) // 2 for n in small]
    return out[(slice(None), slice(None), *(slice(s, s + m) for s, m in zip(first, large, strict=True)))]


def _turned(b: Any) -> Any:
    return np.flip(b, axis=tuple(range(2, b.ndim)))


def _with_zeros_around(a: Any, sizes: Sequence[int]) -> Any:
    """Return a with as many zeros on both sides as an array of these sizes reaches beyond a single element of it."""
    return np.pad(a, [(0, 0), (0, 0), *((n - 1, n - 1) for n in sizes)])


def _correlated(a: Any, b: Any, method: str) -> Any:
    """Return out[m, n, p] = sum of a[m, c, p + s] b[n, c, s] over c and s, where b is inside of a completely."""
    plain = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
    if plain and a.shape[:2] == b.shape[:2] == (1, 1):
        return _correlated_one(a[0, 0], b[0, 0], method)[None, None]
    sizes = [m - n + 1 for m, n in zip(a.shape[2:], b.shape[2:], strict=True)]
    # One product for all windows but for their first axis: with that too the copy of them would be as often larger.
    inner = 1 if plain else len(sizes)
    total: Any = 0.0
    for start in np.ndindex(*b.shape[2 : 2 + inner]):
        part = a[(slice(None), slice(None), *(slice(s, s + n) for s, n in zip(start, sizes, strict=False)))]
        if plain:
            part = sliding_window_view(part, b.shape[3:], axis=tuple(range(3, a.ndim)))
        over = range(2 + len(sizes), part.ndim)
        element = b[(slice(None), slice(None), *start)]
        total = total + np.tensordot(part, element, axes=((1, *over), tuple(range(1, element.ndim))))
    return np.moveaxis(total, -1, 1)


def _correlated_one(a: Any, b: Any, method: str) -> Any:
    """Return the same of one pair of arrays, by the way that takes the least time, or the direct one."""
    if a.ndim == 1:
        return np.convolve(a, b[::-1], "valid")
    sizes = [m - n + 1 for m, n in zip(a.shape, b.shape, strict=True)]
    wide = math.prod(m + n - 1 for m, n in zip(a.shape, b.shape, strict=True))
    products, count = b.size * math.prod(sizes), math.prod(sizes)
    # What each way takes, in nanoseconds, as measured.
    by_windows = products * (0.4 + 15 / max(b.shape[-1], 1))
    by_elements = b.size * (1600 + 1.2 * count)
    by_transforms = 50_000 + 4.5 * wide * math.log2(wide + 1)
    if method == "fft" or (method == "auto" and by_transforms < min(by_windows, by_elements) and _all_finite(a, b)):
        return _signal.correlate(a, np.conj(b), "valid", "fft")
    if by_windows < by_elements or not b.size:
        windows, ndim = sliding_window_view(a, b.shape), a.ndim
        return np.einsum(windows, list(range(2 * ndim)), b, list(range(ndim, 2 * ndim)), list(range(ndim)))
    total = np.zeros(sizes, np.result_type(a, b))
    term = np.empty_like(total)
    for start in np.ndindex(*b.shape):
        total += np.multiply(a[tuple(slice(s, s + n) for s, n in zip(start, sizes, strict=True))], b[start], out=term)
    return total


def _all_finite(*arrays: Any) -> bool:
    """Return whether there is no nan and no infinity, which a transform would spread over everything."""
    return all(np.isfinite(np.sum(x)) for x in arrays)


def _correlation_by_b(g: Any, _out: Any, a: Any, _b: Any, method: str = "auto") -> Any:
    return np.swapaxes(_correlate(np.swapaxes(a, 0, 1), np.swapaxes(g, 0, 1), method=method), 0, 1)


def _correlation_by_a(g: Any, _out: Any, _a: Any, b: Any, method: str = "auto") -> Any:
    return _correlate(_with_zeros_around(g, b.shape[2:]), np.swapaxes(_turned(b), 0, 1), method=method)


def _correlation_jvp(ts: tuple[Any, ...], _out: Any, a: Any, b: Any, method: str = "auto") -> Any:
    terms = [_correlate(x, y, method=method) for x, y in ((ts[0], b), (a, ts[1])) if x is not None and y is not None]
    return sum(terms[1:], terms[0])


def _correlation_forward(a: Any, b: Any, method: str = "auto") -> Any:
    return callback(_correlated, a, b, method)  # so that a compiled function does not look into it


_correlation = general(
    _correlation_forward, _correlation_by_a, _correlation_by_b, jvp=_correlation_jvp,
    name="correlation", public=False, one_array=True,
)  # fmt: skip
_correlate = inside_rules(_correlation, _correlation_forward)
