"""Sums, products, extremes and running totals along axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.broadcasting import (
    Axis,
    count_reduced,
    normalized_axes,
    restore_axes,
    spread,
)
from autograd.engine.domain import DISTINCT
from autograd.engine.registry import composite, general, linear, stepwise
from autograd.engine.tensor import DISPATCH

_AXES: tuple[tuple[Any, ...], ...] = (
    ((2, 3), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3, 4), {"axis": (0, -1), "keepdims": True}),
    ((), {}),
)

sum_ = linear(
    np.sum,
    lambda g, _out, _x, axis=None, keepdims=False: spread(g, _x, axis, keepdims),
    samples=_AXES, doc="The sum of x over `axis`: an int, a tuple, or None for all axes.",
)  # fmt: skip
mean = linear(
    np.mean,
    lambda g, _out, _x, axis=None, keepdims=False: spread(g / count_reduced(_x.shape, axis), _x, axis, keepdims),
    samples=_AXES, doc="The mean of x over `axis`.",
)  # fmt: skip


def _exclusive_cumprod(x: Any, axis: int) -> Any:
    """Return the product of all elements before each one."""
    first = _along(axis, slice(0, 1), x.ndim)
    rest = _along(axis, slice(0, -1), x.ndim)
    return np.cumprod(np.concatenate([np.ones_like(x[first]), x[rest]], axis=axis), axis=axis)


def _along(axis: int, index: Any, ndim: int) -> tuple[Any, ...]:
    return tuple(index if i == axis else slice(None) for i in range(ndim))


def _prod_vjp(g: Any, _out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return g times the product of all other elements, by running products from both sides: exact with zeros."""
    if not x.ndim:
        return g
    axes = normalized_axes(axis, x.ndim)
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    moved = np.transpose(x, (*kept, *axes))
    flat = np.reshape(moved, (*moved.shape[: len(kept)], count_reduced(x.shape, axis)))
    last = flat.ndim - 1
    before = _exclusive_cumprod(flat, last)
    after = np.flip(_exclusive_cumprod(np.flip(flat, axis=last), last), axis=last)
    others = np.reshape(before * after, moved.shape)
    order = (*kept, *axes)
    back = tuple(order.index(i) for i in range(x.ndim))
    return spread(g, x, axis, keepdims) * np.transpose(others, back)


prod = general(
    np.prod, _prod_vjp, samples=_AXES,
    doc="The product of x over `axis`. Its gradient is exact with zeros among the factors.",
)  # fmt: skip


def _extreme_vjp(g: Any, out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Split g evenly among the elements that are equal to the extreme; a nan takes it."""
    chosen = np.equal(x, restore_axes(out, x.shape, axis, keepdims)) | np.isnan(x)
    share = chosen / np.sum(chosen, axis=axis, keepdims=True)
    return restore_axes(g, x.shape, axis, keepdims) * share


def _empty_axis_advice(x: Any, axis: Axis = None, **_: Any) -> str:
    for a in normalized_axes(axis, x.ndim):
        if a < x.ndim and x.shape[a] == 0:
            return f"axis {a} of shape {x.shape} is empty, and an empty axis has no extreme"
    return ""


_extreme: dict[Any, Any] = {}
for _function, _aliases, _doc in (
    (np.max, ("amax",), "The largest element over `axis`; ties share the gradient, a nan takes it."),
    (np.min, ("amin",), "The smallest element over `axis`; ties share the gradient, a nan takes it."),
):
    _extreme[_function] = general(
        _function, _extreme_vjp, samples=_AXES, domain=DISTINCT, aliases=_aliases,
        name=_function.__name__.removeprefix("a"), advice=_empty_axis_advice, doc=_doc,
    )  # fmt: skip


def _var_vjp(g: Any, _out: Any, x: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    centered = _conj(x - np.mean(x, axis=axis, keepdims=True))
    return spread(g, x, axis, keepdims) * (centered * (2 / _freedom(x, axis, ddof)))


def _conj(x: Any) -> Any:
    return np.conj(x) if x.dtype.kind == "c" else x


def _std_vjp(g: Any, out: Any, x: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Any:
    centered = _conj(x - np.mean(x, axis=axis, keepdims=True))
    std = restore_axes(out, x.shape, axis, keepdims)
    still = np.equal(std, 0)
    slope = centered / (_freedom(x, axis, ddof) * np.where(still, 1, std))
    return restore_axes(g, x.shape, axis, keepdims) * slope


def _freedom(x: Any, axis: Axis, ddof: float) -> float:
    left = count_reduced(x.shape, axis) - ddof
    return left if left > 0 else float("nan")


_SPREADS: tuple[tuple[Any, ...], ...] = (*_AXES[:3], ((4,), {"ddof": 1}))
var = general(np.var, _var_vjp, samples=_SPREADS, doc="The variance of x over `axis`, divided by n - `ddof`.")
std = general(
    np.std, _std_vjp, samples=_SPREADS, domain=DISTINCT,
    doc="The standard deviation of x over `axis`, with n - `ddof`. Its gradient is 0 where all elements are equal.",
)  # fmt: skip

for _name, _doc in (
    ("any", "Whether any element of x over `axis` is true."),
    ("all", "Whether all elements of x over `axis` are true."),
):
    stepwise(getattr(np, _name), arity=1, options=("axis", "keepdims"), samples=_AXES, doc=_doc)
for _name in ("argmax", "argmin"):
    stepwise(
        getattr(np, _name), arity=1, options=("axis", "keepdims"), domain=DISTINCT, samples=_AXES[:2],
        doc="The index of the first extreme along `axis`, or in the flattened array.",
    )  # fmt: skip
count_nonzero = stepwise(
    lambda x, axis=None, keepdims=False: np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims),
    name="count_nonzero", numpy=np.count_nonzero, arity=1, options=("axis", "keepdims"), method=False, samples=_AXES,
    doc="The number of elements over `axis` that are not zero.",
)  # fmt: skip

_RUNS: tuple[tuple[Any, ...], ...] = (((5,), {}), ((2, 3), {}), ((2, 3), {"axis": 1}), ((2, 3), {"axis": 0}))


def _cumsum_vjp(g: Any, _out: Any, _x: Any, axis: int | None = None) -> Any:
    along = 0 if axis is None else axis
    reverse = np.flip(np.cumsum(np.flip(g, axis=along), axis=along), axis=along)
    return np.reshape(reverse, _x.shape) if axis is None else reverse


cumsum = linear(np.cumsum, _cumsum_vjp, samples=_RUNS, doc="The running sum along `axis`, or of the flattened array.")


def _cumprod_vjp(g: Any, _out: Any, x: Any, axis: int | None = None) -> Any:
    """Return P_k S_k: the product before k, times S_k = g_k + x_(k+1) S_(k+1).

    That recurrence is solved by doubling its stride, log2(n) array operations (Hillis and Steele, 1986): exact
    with zeros, where dividing by x is not.
    """
    flat = np.reshape(x, (-1,)) if axis is None else x
    along = 0 if axis is None else axis % x.ndim
    n, ndim = flat.shape[along], flat.ndim
    total, factor = g, _shifted(flat, 1, along, n, ndim)
    stride = 1
    while stride < n:
        total = total + factor * _shifted(total, stride, along, n, ndim)
        factor = factor * _shifted(factor, stride, along, n, ndim)
        stride *= 2
    return np.reshape(_exclusive_cumprod(flat, along) * total, x.shape)


def _shifted(a: Any, by: int, axis: int, n: int, ndim: int) -> Any:
    """Return a with a[k + by] at k, and zeros where there is none."""
    tail = a[_along(axis, slice(by, n), ndim)]
    return np.concatenate([tail, np.zeros_like(a[_along(axis, slice(0, min(by, n)), ndim)])], axis=axis)


cumprod = general(
    np.cumprod, _cumprod_vjp, samples=_RUNS,
    doc="The running product along `axis`, or of the flattened array. Its gradient is exact with zeros.",
)  # fmt: skip


def _logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    top = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0)
    total = np.sum(np.exp(x - shift), axis=axis, keepdims=keepdims)
    with np.errstate(divide="ignore"):
        return np.log(total) + (shift if keepdims else np.reshape(shift, np.shape(total)))


def _logsumexp_vjp(g: Any, out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return g times the softmax; at an infinite result the infinite elements share it, at -inf nobody."""
    total = restore_axes(out, x.shape, axis, keepdims)
    finite = np.isfinite(total) | np.isnan(total)
    top = np.equal(x, np.inf) & ~finite
    shared = top / np.maximum(np.sum(top, axis=axis, keepdims=True), 1)
    weights = np.where(finite, np.exp(np.where(finite, x - np.where(finite, total, 0), 0)), shared)
    return restore_axes(g, x.shape, axis, keepdims) * weights


logsumexp = general(
    _logsumexp, _logsumexp_vjp, name="logsumexp", samples=_AXES,
    doc="log(sum(exp(x))) over `axis`, without overflow; the gradient is the softmax.",
)  # fmt: skip


def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return the largest minus the smallest element over `axis`."""
    return np.max(x, axis=axis, keepdims=keepdims) - np.min(x, axis=axis, keepdims=keepdims)


def average(x: Any, axis: Axis = None, weights: Any = None, keepdims: bool = False) -> Any:
    """Return the mean of x over `axis`, weighted by `weights` of the shape of x."""
    if weights is None:
        return mean(x, axis=axis, keepdims=keepdims)
    return sum_(x * weights, axis=axis, keepdims=keepdims) / sum_(weights, axis=axis, keepdims=keepdims)


composite(ptp, numpy=np.ptp)
composite(average, numpy=np.average, method=False)


def _reducing(op: Any) -> Any:
    """Return what `ufunc.reduce` and `ufunc.accumulate` do, which go along the first axis by default."""
    return lambda x, axis=0, **options: op(x, axis=axis, **options)


for _ufunc, _reduce, _accumulate in (
    (np.add, sum_, cumsum),
    (np.multiply, prod, cumprod),
    (np.maximum, _extreme[np.max], None),
    (np.minimum, _extreme[np.min], None),
):
    DISPATCH[_ufunc, "reduce"] = _reducing(_reduce)
    if _accumulate is not None:
        DISPATCH[_ufunc, "accumulate"] = _reducing(_accumulate)
