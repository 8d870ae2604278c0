"""Medians and quantiles: elements picked by their rank, and the mean of two of them.

Which elements those are is found on the values; the gradient goes back to them. A nan is the result, and takes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import Axis, astype
from autograd.engine.derivative import in_one
from autograd.engine.registry import composite
from autograd.engine.tensor import Tensor, current
from autograd.ops.reduction_options import warn_if_any

_PICKING: Final = frozenset({"inverted_cdf", "closest_observation", "lower", "higher", "nearest"})


def _lines(x: Any, axis: Axis) -> tuple[Any, tuple[int, ...]]:
    """Return x with the axes that are reduced as one, the last, and the shape that keeps them with size 1."""
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    wide = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    n = int(np.prod([x.shape[a] for a in axes], dtype=np.intp))
    order = (*kept, *axes)
    moved = x if order == tuple(range(x.ndim)) else np.transpose(x, order)
    shape = (*(x.shape[i] for i in kept), n)
    return (moved if moved.shape == shape else np.reshape(moved, shape)), wide


def _elements(lines: Any, ranks: list[int]) -> tuple[Any, Any]:
    """Return the elements of each line of these ranks, and the last one, which is a nan if there is any."""
    n = lines.shape[-1]
    order = np.argpartition(current(lines), sorted({*ranks, n - 1}), axis=-1)
    found = np.take_along_axis(lines, order[..., [*ranks, n - 1]], axis=-1)
    return found[..., :-1], found[..., -1:]


def _or_nan(x: Any, top: Any) -> Any:
    """Return x, but the nan of a line that has one."""
    return np.where(np.isnan(top), top, x) if top.dtype.kind in "fc" else x


def median(
    x: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False  # noqa: ARG001
) -> Any:  # fmt: skip
    """Return the median over `axis`: the element in the middle, or the mean of the two there, which share g."""
    refuse_out("median", out)
    lines, wide = _lines(x, axis)
    n = lines.shape[-1]
    if not n:
        middle = np.mean(lines, axis=-1)  # nan, with NumPy's warning
    else:
        found, top = _elements(lines, [n // 2] if n % 2 else [n // 2 - 1, n // 2])
        middle = _or_nan(np.mean(found, axis=-1, keepdims=True), top)[..., 0]
    return np.reshape(middle, wide) if keepdims else middle


def nanmedian(x: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """Return the median over `axis` of the elements that are no nan; of nan alone it is nan, without a gradient."""
    if x.dtype.kind not in "fc":
        return median(x, axis, out, overwrite_input, keepdims)
    refuse_out("nanmedian", out)
    lines, wide = _lines(x, axis)
    if not lines.shape[-1]:
        middle = np.mean(lines, axis=-1)  # nan, with NumPy's warning
    else:
        count, order = _ranked(lines)
        ranks = np.stack([np.maximum(count - 1, 0) // 2, np.maximum(count, 1) // 2], axis=-1)
        ranks = np.minimum(ranks, np.maximum(count - 1, 0)[..., None])
        pair = _by_rank(lines, order, ranks)
        same = np.equal(ranks[..., 0], ranks[..., 1])
        middle = np.where(same, pair[..., 0], np.mean(pair, axis=-1))
        middle = np.where(np.equal(count, 0), np.nan, middle)
    return np.reshape(middle, wide) if keepdims else middle


def _ranked(lines: Any) -> tuple[Any, Any]:
    """Return how many elements of each line are no nan, and what sorts it."""
    value = current(lines)
    count = np.sum(~np.isnan(value), axis=-1)
    warn_if_any(np.equal(count, 0), "All-NaN slice encountered")
    return count, np.argsort(value, axis=-1)


def _by_rank(lines: Any, order: Any, ranks: Any) -> Any:
    return np.take_along_axis(lines, np.take_along_axis(order, ranks, axis=-1), axis=-1)


# --- quantiles --------------------------------------------------------------------------------------------------


def _places(function: Any, n: int, q: Any, method: str, dtype: Any) -> Any:
    """Return where among n sorted elements a quantile lies: of 0, 1, 2, … it is the place itself, by NumPy's rules."""
    exact = dtype.kind != "f" or n <= 2 ** (np.finfo(dtype).nmant + 1)
    return function(np.arange(n, dtype=dtype if exact else np.float64), q, method=method)


def _between(low: Any, high: Any, share: Any) -> Any:
    """Return what lies between two elements, from the nearer one, as NumPy does."""
    rise = high - low
    return np.where(np.greater_equal(share, 0.5), high - rise * (1 - share), low + rise * share)


def _split(places: Any, last: Any, dtype: Any) -> tuple[Any, Any, Any]:
    """Return the ranks before and after each place, and how far it is between them."""
    floor = np.floor(current(places))
    low, share = astype(floor, np.intp), places - floor
    return low, np.minimum(low + 1, last), astype(share, dtype) if dtype.kind == "f" else share


_PER_QUANTILE: Final = {
    "linear": -1.0, "interpolated_inverted_cdf": 0.0, "hazen": 0.0, "weibull": 1.0, "median_unbiased": 1 / 3,
    "normal_unbiased": 1 / 4,
}  # fmt: skip
"""By how much more than n ranks q from 0 to 1 goes, by the ways that go from element to element and do not jump."""


def _moving(places: Any, given: Any, q: Any, last: Any, method: str, scale: float) -> Any:
    """Return the places of quantiles, which move with q where that is a tensor that requires grad."""
    if type(given) is not Tensor or not given.requires_grad or method not in _PER_QUANTILE:
        return places
    inside = (places > 0) & (places < last) if method != "linear" else 1.0
    slope = (last + 1 + _PER_QUANTILE[method]) * scale * inside
    return places + np.reshape(given - q, (-1,)) * slope


def _checked(name: str, x: Any, q: Any, out: Any) -> Any:
    """Return q as plain numbers; refuse what has no order."""
    refuse_out(name, out)
    if x.dtype.kind == "c":
        raise TypeError(
            f"{name}: there is no order of complex numbers, and x is {x.dtype}; take np.real or np.abs of it"
        )
    return current(q)


def _weighted(function: Any, x: Any, q: Any, axis: Axis, method: str, keepdims: bool, weights: Any) -> Any:
    """Return quantiles of elements that count by their weights: NumPy says which, and its gradient is that of those."""
    found = function(current(x), q, axis=axis, method=method, weights=current(weights))
    lines, wide = _lines(x, axis)
    wanted = np.reshape(found, (-1, *lines.shape[:-1], 1))
    places = np.argmax(np.equal(current(lines), wanted) | np.isnan(wanted), axis=-1)  # a nan is the result of its line
    picked = np.take_along_axis(lines, np.moveaxis(places, 0, -1), axis=-1)
    picked = np.where(np.isnan(np.moveaxis(wanted[..., 0], 0, -1)), np.nan, picked)
    return _shaped(picked, q, wide, keepdims)


def _shaped(found: Any, q: Any, wide: tuple[int, ...], keepdims: bool) -> Any:
    """Return results that lie along a last axis with the axes of q in front."""
    if not np.ndim(q):
        out = found[..., 0]
        return np.reshape(out, wide) if keepdims else out
    out = np.moveaxis(found, -1, 0)
    return np.reshape(out, (*np.shape(q), *(wide if keepdims else out.shape[1:])))


def _ranking(function: Any, doc: str) -> Callable[..., Any]:
    name = function.__name__
    scale = 0.01 if "percentile" in name else 1.0

    def quantile(
        x: Any, q: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False,  # noqa: ARG001
        method: str = "linear", keepdims: bool = False, *, weights: Any = None,
    ) -> Any:  # fmt: skip
        given, q = q, _checked(name, x, q, out)
        if weights is not None:
            return _weighted(function, x, q, axis, method, keepdims, weights)
        lines, wide = _lines(x, axis)
        n = lines.shape[-1]
        if not n:
            raise IndexError(f"{name}: x has shape {x.shape}, and an empty axis has no quantile")
        places = np.reshape(_places(function, n, q, method, x.dtype), (-1,))
        if method in _PICKING or places.dtype.kind in "iu":
            found, top = _elements(lines, places.astype(np.intp).tolist())
        else:
            moving = _moving(places, given, q, n - 1, method, scale)
            low, high, share = _split(moving, n - 1, x.dtype if type(q) in (int, float) else places.dtype)
            found, top = _elements(lines, [*low.tolist(), *high.tolist()])
            found = _between(found[..., : len(low)], found[..., len(low) :], share)
        return _shaped(_or_nan(found, top), q, wide, keepdims)

    quantile.__doc__ = doc
    return composite(quantile, name=name, numpy=function, method=False)


def _ranking_without_nan(function: Any, whole: Callable[..., Any], plain: Any, doc: str) -> Callable[..., Any]:
    name = function.__name__
    scale = 0.01 if "percentile" in name else 1.0

    def quantile(
        x: Any, q: Any, axis: Axis = None, out: Any = None, overwrite_input: bool = False, method: str = "linear",
        keepdims: bool = False, *, weights: Any = None,
    ) -> Any:  # fmt: skip
        if x.dtype.kind != "f":
            return whole(x, q, axis, out, overwrite_input, method, keepdims, weights=weights)
        given, q = q, _checked(name, x, q, out)
        if weights is not None:
            return _weighted(function, x, q, axis, method, keepdims, weights)
        lines, wide = _lines(x, axis)
        if not lines.shape[-1]:
            warn_if_any(np.True_, "Mean of empty slice")
            found = np.full_like(lines, np.nan, shape=(*lines.shape[:-1], np.size(q)))
            return _shaped(found, q, wide, keepdims)
        count, order = _ranked(lines)
        places = in_one(lambda counts: _places_by_count(plain, counts, q, method, x.dtype), count)
        last = np.maximum(count - 1, 0)[..., None]
        places = _moving(places, given, q, last, method, scale)
        low, high, share = _split(places, last, x.dtype if type(q) in (int, float) else places.dtype)
        found = _between(_by_rank(lines, order, low), _by_rank(lines, order, high), share)
        if method in _PICKING:
            found = _by_rank(lines, order, low)
        return _shaped(np.where(np.equal(count, 0)[..., None], np.nan, found), q, wide, keepdims)

    quantile.__doc__ = doc
    return composite(quantile, name=name, numpy=function, method=False)


def _places_by_count(function: Any, counts: Any, q: Any, method: str, dtype: Any) -> Any:
    """Return the places of quantiles in lines of different lengths."""
    lengths, which = np.unique(counts, return_inverse=True)
    rows = [np.ravel(_places(function, max(int(n), 1), q, method, dtype)) for n in lengths]
    return np.stack(rows)[np.reshape(which, np.shape(counts))]


_DOC = (
    " of x over `axis`, by any of NumPy's ways (`method`) between two elements. By q the slope is that between the "
    "two; weights, as in NumPy by one method only, say which element it is, and have the derivative zero."
)
quantile = _ranking(np.quantile, "Return the quantiles q, from 0 to 1," + _DOC)
percentile = _ranking(np.percentile, "Return the percentiles q, from 0 to 100," + _DOC)
nanquantile = _ranking_without_nan(
    np.nanquantile, quantile, np.quantile, "Return the quantiles q, from 0 to 1, of what is no nan," + _DOC
)
nanpercentile = _ranking_without_nan(
    np.nanpercentile, percentile, np.percentile, "Return the percentiles q, from 0 to 100, of what is no nan," + _DOC
)
for _function in (median, nanmedian):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)
