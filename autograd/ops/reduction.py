"""Sums, products, extremes and counts over axes.

Each is a record of the plain reduction; a call with `dtype`, `initial` or `where` is composed of it (`wider=`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import (
    Axis,
    astype,
    count_reduced,
    normalized_axes,
    restore_axes,
    spread,
)
from autograd.engine.domain import DISTINCT
from autograd.engine.registry import composite, general, linear, stepwise
from autograd.engine.tensor import DISPATCH, as_tensor
from autograd.ops.reduction_options import (
    NOT_GIVEN,
    count_of,
    everywhere,
    given,
    in_dtype,
    mask_of,
    masked,
    prepared,
    start_of,
    warn_if_any,
)
from autograd.ops.running import exclusive_cumprod

_AXES: tuple[tuple[Any, ...], ...] = (
    ((2, 3), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3, 4), {"axis": (0, -1), "keepdims": True}),
    ((), {}),
)

# --- sums and means ---------------------------------------------------------------------------------------------


def _sum(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN,
    where: Any = True,
) -> Any:  # fmt: skip
    total = in_dtype(sum_(prepared("sum", a, dtype, out, where, 0), axis=axis, keepdims=keepdims), dtype)
    return total + start_of("sum", initial, total) if given(initial) else total


sum_ = linear(
    np.sum,
    lambda g, _out, _x, axis=None, keepdims=False: spread(g, _x, axis, keepdims),
    wider=_sum, samples=_AXES,
    doc="The sum of x over `axis`: an int, a tuple, or None for all axes; with `where`, of the elements that it names.",
)  # fmt: skip


def _mean(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    refuse_out("mean", out)
    x = in_dtype(as_tensor(a), dtype)
    if everywhere(where):
        return in_dtype(mean(x, axis=axis, keepdims=keepdims), dtype)
    wide = x if x.dtype.kind in "fc" else astype(x, np.float64)
    wide = astype(wide, np.float32) if x.dtype == np.float16 else wide  # as NumPy does, lest the sum overflow
    total = sum_(masked("mean", wide, where, 0), axis=axis, keepdims=keepdims)
    count = count_of("mean", wide, axis, keepdims, where)
    warn_if_any(np.equal(count, 0), "Mean of empty slice")
    average = total / count
    return in_dtype(average, x.dtype if x.dtype == np.float16 else dtype)


mean = linear(
    np.mean,
    lambda g, _out, _x, axis=None, keepdims=False: spread(g / count_reduced(_x.shape, axis), _x, axis, keepdims),
    wider=_mean, samples=_AXES, doc="The mean of x over `axis`; with `where`, of the elements that it names.",
)  # fmt: skip

# --- products ---------------------------------------------------------------------------------------------------


def _prod_vjp(g: Any, _out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return g times the product of all other elements, by running products from both sides: exact with zeros."""
    if not x.ndim:
        return g
    axes = normalized_axes(axis, x.ndim)
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    moved = np.transpose(x, (*kept, *axes))
    flat = np.reshape(moved, (*moved.shape[: len(kept)], count_reduced(x.shape, axis)))
    last = flat.ndim - 1
    before = exclusive_cumprod(flat, last)
    after = np.flip(exclusive_cumprod(np.flip(flat, axis=last), last), axis=last)
    others = np.reshape(before * after, moved.shape)
    order = (*kept, *axes)
    back = tuple(order.index(i) for i in range(x.ndim))
    return spread(g, x, axis, keepdims) * np.transpose(others, back)


def _prod(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN,
    where: Any = True,
) -> Any:  # fmt: skip
    total = in_dtype(prod(prepared("prod", a, dtype, out, where, 1), axis=axis, keepdims=keepdims), dtype)
    return total * start_of("prod", initial, total) if given(initial) else total


prod = general(
    np.prod, _prod_vjp, wider=_prod, samples=_AXES,
    doc="The product of x over `axis`. Its gradient is exact with zeros among the factors.",
)  # fmt: skip

# --- extremes ---------------------------------------------------------------------------------------------------


def _extreme_vjp(g: Any, out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Split g evenly among the elements that are equal to the extreme; a nan takes it."""
    chosen = np.equal(x, restore_axes(out, x.shape, axis, keepdims)) | np.isnan(x)
    share = chosen / np.sum(chosen, axis=axis, keepdims=True)
    return restore_axes(g, x.shape, axis, keepdims) * share


def _bounded_vjp(
    g: Any, out: Any, x: Any, initial: Any, mask: Any, axis: Axis = None, keepdims: bool = False, counts: bool = True
) -> tuple[Any, Any, None]:
    """Split g evenly among the elements of the mask that are equal to the extreme, and `initial` if it is and counts.

    Where there is neither, nobody gets any.
    """
    best = restore_axes(out, x.shape, axis, keepdims)
    chosen = (np.equal(x, best) | np.isnan(x)) & mask
    start = (np.equal(initial, best) | np.isnan(initial)) & counts
    g = restore_axes(g, x.shape, axis, keepdims) / np.maximum(np.sum(chosen, axis=axis, keepdims=True) + start, 1)
    return g * chosen, np.sum(g * start), None


def _empty_axis_advice(x: Any, axis: Axis = None, **_: Any) -> str:
    for a in normalized_axes(axis, x.ndim):
        if a < x.ndim and x.shape[a] == 0:
            return f"axis {a} of shape {x.shape} is empty, and an empty axis has no extreme"
    return ""


def _extreme(function: Any, alias: Any, doc: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Register an extreme; return it, and what takes the extreme of a start and the elements of a mask."""
    name = function.__name__.removeprefix("a")

    def forward(x: Any, initial: Any, mask: Any, axis: Axis = None, keepdims: bool = False, counts: bool = True) -> Any:  # noqa: ARG001
        return function(x, axis=axis, keepdims=keepdims, initial=initial, where=mask)

    bounded = general(forward, joint=_bounded_vjp, arity=3, name=name, public=False, doc=doc)

    def wide(
        a: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN, where: Any = True
    ) -> Any:
        refuse_out(name, out)
        x = as_tensor(a)
        if given(initial):
            mask = np.True_ if everywhere(where) else mask_of(name, x, where)
            return bounded(x, start_of(name, initial, x), mask, axis=axis, keepdims=keepdims)
        if not everywhere(where):
            raise ValueError(
                f"{name}: where needs initial, which is the result where nothing is left, as initial=-np.inf"
            )
        return plain(x, axis=axis, keepdims=keepdims)

    plain = general(
        function, _extreme_vjp, wider=wide, samples=_AXES, domain=DISTINCT, aliases=(f"a{name}",), name=name,
        advice=_empty_axis_advice, doc=doc,
    )  # fmt: skip
    DISPATCH[alias] = plain
    return plain, bounded


max_, bounded_max = _extreme(
    np.max, np.amax,
    "The largest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it.",
)  # fmt: skip
min_, bounded_min = _extreme(
    np.min, np.amin,
    "The smallest element over `axis`; ties share the gradient, also one with `initial`, and a nan takes it.",
)  # fmt: skip


def ptp(x: Any, axis: Axis = None, out: Any = None, keepdims: bool = False) -> Any:
    """Return the largest minus the smallest element over `axis`."""
    refuse_out("ptp", out)
    return np.max(x, axis=axis, keepdims=keepdims) - np.min(x, axis=axis, keepdims=keepdims)


composite(ptp, numpy=np.ptp)

# --- logarithms of sums -----------------------------------------------------------------------------------------


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

# --- truth, places, counts --------------------------------------------------------------------------------------


def _truth(function: Any, neutral: bool, doc: str) -> Callable[..., Any]:
    name = function.__name__

    def wide(a: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, *, where: Any = True) -> Any:
        return plain(prepared(name, a, None, out, where, neutral), axis=axis, keepdims=keepdims)

    plain = stepwise(function, arity=1, options=("axis", "keepdims"), wider=wide, samples=_AXES, doc=doc)
    return plain


any_ = _truth(np.any, False, "Whether any element of x over `axis` is true.")
all_ = _truth(np.all, True, "Whether all elements of x over `axis` are true.")


def place_of(function: Any, doc: str, method: bool = True) -> Callable[..., Any]:
    """Register the place of an extreme along one axis."""
    name = function.__name__

    def wide(a: Any, axis: int | None = None, out: Any = None, *, keepdims: bool = False) -> Any:
        refuse_out(name, out)
        return plain(a, axis=axis, keepdims=keepdims)

    samples = (*_AXES[:2], ((2, 3), {"axis": -1, "keepdims": True}))
    plain = stepwise(
        function, arity=1, options=("axis", "keepdims"), wider=wide, domain=DISTINCT, samples=samples,
        method=method, doc=doc,
    )  # fmt: skip
    return plain


for _function in (np.argmax, np.argmin):
    place_of(_function, "The index of the first extreme along `axis`, or in the flattened array.")
count_nonzero = stepwise(
    lambda x, axis=None, keepdims=False: np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims),
    name="count_nonzero", numpy=np.count_nonzero, arity=1, options=("axis", "keepdims"), method=False, samples=_AXES,
    doc="The number of elements over `axis` that are not zero.",
)  # fmt: skip
