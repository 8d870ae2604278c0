"""Reductions that pass over nan: the plain ones of what is left, and a gradient of 0 for what is not.

Where nothing is left the result is as NumPy has it, with its warning, and has no gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import Axis
from autograd.engine.registry import composite
from autograd.ops.reduction import bounded_max, bounded_min, max_, mean, min_, place_of, prod, sum_
from autograd.ops.reduction_options import (
    NOT_GIVEN,
    everywhere,
    given,
    in_dtype,
    mask_of,
    start_of,
    warn_if_any,
)
from autograd.ops.running import cumprod, cumsum
from autograd.ops.statistics import corrected, root_of, spread_of, std, var


def _left(name: str, x: Any, where: Any) -> Any:
    """Return which elements are no nan, of those in `where`."""
    whole = ~np.isnan(x.detach())
    return whole if everywhere(where) else whole & mask_of(name, x, where)


def _has_nan(x: Any) -> bool:
    return x.dtype.kind in "fc"


def nansum(
    x: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN,
    where: Any = True,
) -> Any:  # fmt: skip
    """Return the sum over `axis` of the elements that are no nan."""
    refuse_out("nansum", out)
    where = _left("nansum", x, where) if _has_nan(x) else where
    return sum_(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)


def nanprod(
    x: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN,
    where: Any = True,
) -> Any:  # fmt: skip
    """Return the product over `axis` of the elements that are no nan."""
    refuse_out("nanprod", out)
    where = _left("nanprod", x, where) if _has_nan(x) else where
    return prod(x, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)


def nanmean(
    x: Any, axis: Axis = None, dtype: Any = None, out: Any = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """Return the mean over `axis` of the elements that are no nan; of none it is nan."""
    refuse_out("nanmean", out)
    if not _has_nan(x):
        return mean(x, axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    with np.errstate(invalid="ignore"):
        return mean(x, axis=axis, dtype=dtype, keepdims=keepdims, where=_left("nanmean", x, where))


def nanvar(
    x: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = NOT_GIVEN, correction: Any = NOT_GIVEN,
) -> Any:  # fmt: skip
    """Return the variance over `axis` of the elements that are no nan; it is nan of no more than `ddof` of them."""
    refuse_out("nanvar", out)
    options = {"axis": axis, "keepdims": keepdims, "where": where, "mean": mean}
    if not _has_nan(x):
        return var(x, dtype=dtype, ddof=ddof, correction=correction, **options)
    return _nanvar("nanvar", in_dtype(x, dtype), corrected("nanvar", ddof, correction), **options)


def nanstd(
    x: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = NOT_GIVEN, correction: Any = NOT_GIVEN,
) -> Any:  # fmt: skip
    """Return the standard deviation over `axis` of the elements that are no nan; nan of no more than `ddof` of them."""
    refuse_out("nanstd", out)
    options = {"axis": axis, "keepdims": keepdims, "where": where, "mean": mean}
    if not _has_nan(x):
        return std(x, dtype=dtype, ddof=ddof, correction=correction, **options)
    return root_of(_nanvar("nanstd", in_dtype(x, dtype), corrected("nanstd", ddof, correction), **options))


def _nanvar(name: str, x: Any, ddof: float, axis: Axis, keepdims: bool, where: Any, mean: Any) -> Any:
    return spread_of(name, x, axis, ddof, keepdims, _left(name, x, where), mean, undefined=np.nan)


def nancumsum(x: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running sum along `axis`, or of the flattened array, with nan as 0."""
    refuse_out("nancumsum", out)
    return cumsum(np.where(np.isnan(x.detach()), 0, x) if _has_nan(x) else x, axis=axis, dtype=dtype)


def nancumprod(x: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    """Return the running product along `axis`, or of the flattened array, with nan as 1."""
    refuse_out("nancumprod", out)
    return cumprod(np.where(np.isnan(x.detach()), 1, x) if _has_nan(x) else x, axis=axis, dtype=dtype)


def extreme_of_whole(
    name: str, plain: Callable[..., Any], bounded: Callable[..., Any], worst: float, warn: bool
) -> Callable[..., Any]:
    """Return the extreme over axes of the elements that are no nan; of none it is nan, or `initial`."""

    def extreme(
        x: Any, axis: Axis = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN, where: Any = True
    ) -> Any:
        refuse_out(name, out)
        if not _has_nan(x) or not x.size or (not given(initial) and not everywhere(where)):
            return plain(x, axis=axis, keepdims=keepdims, initial=initial, where=where)
        left = _left(name, x, where)
        if given(initial):
            start = start_of(name, initial, x)
            return bounded(x, np.where(np.isnan(start), worst, start), left, axis=axis, keepdims=keepdims)
        start = np.zeros((), x.dtype) + x.dtype.type(worst)
        best = bounded(x, start, left, axis=axis, keepdims=keepdims, counts=False)
        empty = ~np.any(left, axis=axis, keepdims=keepdims)
        if warn:
            warn_if_any(empty, "All-NaN slice encountered")
        return np.where(empty, np.nan, best)

    return extreme


for _name, _plain, _bounded, _worst in (("max", max_, bounded_max, -np.inf), ("min", min_, bounded_min, np.inf)):
    composite(
        extreme_of_whole(f"nan{_name}", _plain, _bounded, _worst, True),
        name=f"nan{_name}", numpy=getattr(np, f"nan{_name}"), method=False,
        doc=f"Return the {_name}imum over `axis` of what is no nan, with ties sharing; of none it is nan.",
    )  # fmt: skip
for _function in (nansum, nanprod, nanmean, nanvar, nanstd, nancumsum, nancumprod):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)
for _name in ("nanargmax", "nanargmin"):
    place_of(
        getattr(np, _name), method=False,
        doc="The index of the first extreme along `axis`, or in the flattened array, passing over nan.",
    )  # fmt: skip
