"""Running sums and products: each element with all before it along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.registry import composite, general, linear
from autograd.engine.tensor import as_tensor
from autograd.ops.reduction_options import in_dtype

_RUNS: tuple[tuple[Any, ...], ...] = (((5,), {}), ((2, 3), {}), ((2, 3), {"axis": 1}), ((2, 3), {"axis": 0}))


def _along(axis: int, index: Any, ndim: int) -> tuple[Any, ...]:
    return tuple(index if i == axis else slice(None) for i in range(ndim))


def exclusive_cumprod(x: Any, axis: int) -> Any:
    """Return the product of all elements before each one."""
    first = _along(axis, slice(0, 1), x.ndim)
    rest = _along(axis, slice(0, -1), x.ndim)
    return np.cumprod(np.concatenate([np.ones_like(x[first]), x[rest]], axis=axis), axis=axis)


def _cumsum_vjp(g: Any, _out: Any, _x: Any, axis: int | None = None) -> Any:
    along = 0 if axis is None else axis
    reverse = np.flip(np.cumsum(np.flip(g, axis=along), axis=along), axis=along)
    return np.reshape(reverse, _x.shape) if axis is None else reverse


def _cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("cumsum", out)
    return in_dtype(cumsum(in_dtype(as_tensor(a), dtype), axis=axis), dtype)


cumsum = linear(
    np.cumsum, _cumsum_vjp, wider=_cumsum, samples=_RUNS,
    doc="The running sum along `axis`, or of the flattened array.",
)  # fmt: skip


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
    return np.reshape(exclusive_cumprod(flat, along) * total, x.shape)


def _shifted(a: Any, by: int, axis: int, n: int, ndim: int) -> Any:
    """Return a with a[k + by] at k, and zeros where there is none."""
    tail = a[_along(axis, slice(by, n), ndim)]
    return np.concatenate([tail, np.zeros_like(a[_along(axis, slice(0, min(by, n)), ndim)])], axis=axis)


def _cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: Any = None) -> Any:
    refuse_out("cumprod", out)
    return in_dtype(cumprod(in_dtype(as_tensor(a), dtype), axis=axis), dtype)


cumprod = general(
    np.cumprod, _cumprod_vjp, wider=_cumprod, samples=_RUNS,
    doc="The running product along `axis`, or of the flattened array. Its gradient is exact with zeros.",
)  # fmt: skip


def _from(first: Any, name: str, run: Any, x: Any, axis: int | None, include_initial: bool) -> Any:
    """Return the running results along an axis, behind `first` if that is asked for."""
    x = np.atleast_1d(x)
    if axis is None and x.ndim > 1:
        raise ValueError(f"{name}: x has shape {x.shape}; with more than one axis it needs axis=")
    axis = 0 if axis is None else int(np.lib.array_utils.normalize_axis_index(axis, x.ndim))
    totals = run(x, axis=axis)
    if not include_initial:
        return totals
    shape = tuple(1 if i == axis else n for i, n in enumerate(totals.shape))
    return np.concatenate([np.full_like(totals, first, shape=shape), totals], axis=axis)


def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Return the running sum along `axis`, which more than one axis needs; with `include_initial` behind a 0."""
    refuse_out("cumulative_sum", out)
    return _from(0, "cumulative_sum", lambda x, axis: cumsum(x, axis=axis, dtype=dtype), x, axis, include_initial)


def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, out: Any = None, include_initial: bool = False
) -> Any:
    """Return the running product along `axis`, which more than one axis needs; with `include_initial` behind a 1."""
    refuse_out("cumulative_prod", out)
    return _from(1, "cumulative_prod", lambda x, axis: cumprod(x, axis=axis, dtype=dtype), x, axis, include_initial)


for _function in (cumulative_sum, cumulative_prod):
    composite(_function, numpy=getattr(np, _function.__name__, None), method=False)  # new in NumPy 2.1
