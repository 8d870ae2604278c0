"""Variances, weighted means and covariances."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import Axis, astype, count_reduced, restore_axes, spread
from autograd.engine.domain import DISTINCT
from autograd.engine.registry import composite, general
from autograd.engine.tensor import as_tensor, current
from autograd.ops.reduction_options import (
    NOT_GIVEN,
    count_of,
    everywhere,
    in_dtype,
    masked,
    warn_if_any,
)

# --- variances --------------------------------------------------------------------------------------------------


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


def corrected(name: str, ddof: float, correction: Any) -> float:
    """Return what is taken off the number of elements, under either of its names."""
    if correction is NOT_GIVEN:
        return ddof
    if ddof != 0:
        raise ValueError(f"{name}: ddof and correction are the same; give one of them")
    return correction  # type: ignore[no-any-return]


def spread_of(
    name: str, x: Any, axis: Axis, ddof: float, keepdims: bool, where: Any, mean: Any, undefined: Any = None
) -> Any:
    """Return the variance of what `where` names, about `mean` if that is given, by the formula itself.

    Without enough elements it is what a division by 0 gives, or `undefined`.
    """
    x = x if x.dtype.kind in "fc" else astype(x, np.float64)
    center = _center(name, x, axis, where) if mean is NOT_GIVEN else mean
    deviation = masked(name, x - center, where, 0)
    square = np.real(deviation * np.conj(deviation)) if x.dtype.kind == "c" else deviation * deviation
    left = count_of(name, x, axis, keepdims, where) - ddof
    warn_if_any(left <= 0, "Degrees of freedom <= 0 for slice")
    total = np.sum(square, axis=axis, keepdims=keepdims)
    if undefined is None:
        return total / at_least_0(left)
    return np.where(left <= 0, undefined, total / np.where(left <= 0, 1, left))


def _center(name: str, x: Any, axis: Axis, where: Any) -> Any:
    """Return the mean, with reduced axes kept, and without a warning of those that are empty."""
    with np.errstate(invalid="ignore"):
        return np.sum(x, axis=axis, keepdims=True, where=where) / count_of(name, x, axis, True, where)


def at_least_0(left: Any) -> Any:
    """Return a number that is not below 0; a Python number stays one, which does not widen a float32."""
    return max(left, 0) if isinstance(left, int | float) else np.maximum(np.real(left), 0)


def root_of(variance: Any) -> Any:
    """Return the square root; its slope at 0 is 0, where all elements are equal."""
    still = np.equal(variance, 0)
    return np.where(still, 0, np.sqrt(np.where(still, 1, variance)))


def _var(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = NOT_GIVEN, correction: Any = NOT_GIVEN,
) -> Any:  # fmt: skip
    refuse_out("var", out)
    x, ddof = in_dtype(as_tensor(a), dtype), corrected("var", ddof, correction)
    if everywhere(where) and mean is NOT_GIVEN:
        return in_dtype(var(x, axis=axis, ddof=ddof, keepdims=keepdims), dtype)
    return in_dtype(spread_of("var", x, axis, ddof, keepdims, where, mean), dtype)


def _std(
    a: Any, axis: Axis = None, dtype: Any = None, out: Any = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = NOT_GIVEN, correction: Any = NOT_GIVEN,
) -> Any:  # fmt: skip
    refuse_out("std", out)
    x, ddof = in_dtype(as_tensor(a), dtype), corrected("std", ddof, correction)
    if everywhere(where) and mean is NOT_GIVEN:
        return in_dtype(std(x, axis=axis, ddof=ddof, keepdims=keepdims), dtype)
    return in_dtype(root_of(spread_of("std", x, axis, ddof, keepdims, where, mean)), dtype)


_SPREADS: tuple[tuple[Any, ...], ...] = (
    ((2, 3), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3, 4), {"axis": (0, -1), "keepdims": True}),
    ((4,), {"ddof": 1}),
)
var = general(
    np.var, _var_vjp, wider=_var, samples=_SPREADS, doc="The variance of x over `axis`, divided by n - `ddof`."
)
std = general(
    np.std, _std_vjp, wider=_std, samples=_SPREADS, domain=DISTINCT,
    doc="The standard deviation of x over `axis`, with n - `ddof`. Its gradient is 0 where all elements are equal.",
)  # fmt: skip

# --- weighted means ---------------------------------------------------------------------------------------------


def average(x: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """Return the mean of x over `axis`, weighted by `weights` of the shape of x or of these axes.

    With `returned` also the sum of the weights. Differentiable by both.
    """
    if weights is None:
        mean = np.mean(x, axis=axis, keepdims=keepdims)
        scale = np.full_like(mean, count_reduced(x.shape, axis))
        return (mean, scale) if returned else mean
    weights = _aligned(x, as_tensor(weights), axis)
    if x.dtype.kind in "biu":
        x = astype(x, np.float64)
    scale = np.sum(weights, axis=axis, keepdims=keepdims)
    total = current(scale)
    if isinstance(total, np.ndarray | np.generic) and np.any(total == 0):
        raise ZeroDivisionError("average: the weights add up to 0, so they cannot be normalised")
    mean = np.sum(x * weights, axis=axis, keepdims=keepdims) / scale
    if not returned:
        return mean
    scale = scale if scale.dtype == mean.dtype else astype(scale, mean.dtype)
    return mean, np.copy(np.broadcast_to(scale, mean.shape))


def _aligned(x: Any, weights: Any, axis: Axis) -> Any:
    """Return weights that are given for the axes alone with these axes where they are in x."""
    if weights.shape == x.shape:
        return weights
    if axis is None:
        raise TypeError(f"average: x has shape {x.shape} and the weights {weights.shape}; that needs axis=")
    axes = normalize_axis_tuple(axis, x.ndim)
    if weights.shape != tuple(x.shape[a] for a in axes):
        raise ValueError(
            f"average: the weights have shape {weights.shape}, but x, of shape {x.shape}, has "
            f"{tuple(x.shape[a] for a in axes)} along axis {axis}"
        )
    order = sorted(range(len(axes)), key=lambda i: axes[i])
    weights = np.transpose(weights, order) if order != list(range(len(axes))) else weights
    return np.reshape(weights, tuple(n if i in axes else 1 for i, n in enumerate(x.shape)))


# --- covariances ------------------------------------------------------------------------------------------------


def _variables(name: str, m: Any, rowvar: bool, dtype: Any) -> Any:
    """Return data as one row for each variable."""
    if m.ndim > 2:
        raise ValueError(f"{name}: the data has shape {m.shape}; it has one row for each variable, or rowvar=False")
    m = in_dtype(m, dtype or np.result_type(m.dtype, np.float64))
    rows = np.atleast_2d(m)
    return rows.T if not rowvar and m.ndim != 1 else rows


def _counts(fweights: Any, n: int) -> Any:
    """Return how often each observation counts, as floats."""
    counts = np.asarray(current(fweights))
    if counts.dtype.kind not in "biu" and not np.all(counts == np.round(counts)):
        raise TypeError("cov: fweights must be whole numbers, how often each observation is there; see aweights")
    if counts.shape != (n,) or np.any(counts < 0):
        raise ValueError(f"cov: fweights of shape {counts.shape} must be {n} numbers in one row, none below 0")
    return counts.astype(float)


def _weights(fweights: Any, aweights: Any, n: int) -> tuple[Any, Any]:
    """Return what each observation weighs, or None, and the weights that are no counts, or None."""
    weights = None if fweights is None else _counts(fweights, n)
    if aweights is None:
        return weights, None
    aweights = as_tensor(aweights)
    if aweights.shape != (n,):
        raise ValueError(f"cov: aweights have shape {aweights.shape}; they must be {n} numbers in one row")
    value = current(aweights)
    if isinstance(value, np.ndarray) and np.any(value < 0):
        raise ValueError("cov: aweights cannot be negative")
    return aweights if weights is None else aweights * weights, aweights


def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """Return the covariances of variables, one in each row of m, or column without `rowvar`, and those of y.

    Divided by n - `ddof`, by default n - 1, or n with `bias`. Differentiable by m, y and `aweights`.
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError(f"cov: ddof={ddof}; it is a whole number")
    y = None if y is None else as_tensor(y)
    kind = dtype or (None if y is None else np.result_type(m.dtype, y.dtype, np.float64))
    rows = _variables("cov", m, rowvar, kind)
    if rows.shape[0] == 0:
        return np.zeros_like(rows, shape=(0, 0))
    if y is not None:
        rows = np.concatenate([rows, _variables("cov", y, rowvar, kind)], axis=0)
    ddof = (0 if bias else 1) if ddof is None else ddof
    weights, aweights = _weights(fweights, aweights, rows.shape[1])
    mean, total = average(rows, axis=1, weights=weights, returned=True)
    total = total[0]
    if weights is None:
        left = rows.shape[1] - ddof
    elif ddof == 0:
        left = total
    else:
        left = total - ddof * (1 if aweights is None else np.sum(weights * aweights) / total)
    warn_if_any(np.real(left) <= 0, "Degrees of freedom <= 0 for slice")
    centered = rows - mean[:, None]
    weighted = centered if weights is None else centered * weights
    product = np.matmul(centered, np.conj(weighted.T) if rows.dtype.kind == "c" else weighted.T)
    return np.squeeze(product / at_least_0(left))


def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """Return the correlations of variables: their covariances, divided by both standard deviations."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not c.ndim:
        return c / c
    deviation = np.sqrt(np.real(np.diagonal(c)))
    c = c / deviation[:, None] / deviation[None, :]
    if c.dtype.kind != "c":
        return np.clip(c, -1, 1)
    return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)


for _function in (average, cov, corrcoef):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)
