"""The methods of ufuncs (reduce, accumulate, reduceat, outer, at), and calls of them with options.

What has a name of its own is that: `np.add.reduce` is `sum`. Any other is composed of calls of the ufunc, so that every
binary ufunc with a rule has all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.engine.arguments import no_out
from autograd.engine.broadcasting import Axis
from autograd.engine.derivative import Part
from autograd.engine.registry import linear
from autograd.engine.tensor import DISPATCH, METHODS, Tensor, as_tensor, current, no_rule
from autograd.ops.exponential import logaddexp
from autograd.ops.indexing import raw_index, scatter
from autograd.ops.reduction import all_, any_, bounded_max, bounded_min, logsumexp, max_, min_, prod, sum_
from autograd.ops.reduction_options import (
    NOT_GIVEN,
    everywhere,
    given,
    in_dtype,
    prepared,
    start_of,
)
from autograd.ops.running import cumprod, cumsum
from autograd.ops.without_nan import extreme_of_whole

_SCANS: Final = frozenset({np.logaddexp, np.logaddexp2, np.hypot, np.fmax, np.fmin, np.logical_and, np.logical_or})
"""The associative ufuncs, whose results are found in log2(n) steps."""


def _named(ufunc: Any, method: str, out: Any = None, *, binary: bool = True) -> str:
    """Return the name of a method, of a ufunc that has one."""
    name = f"np.{ufunc.__name__}.{method}"
    if ufunc not in DISPATCH or ufunc.signature is not None or (binary and (ufunc.nin, ufunc.nout) != (2, 1)):
        no_rule(name)
    if out is not None and any(o is not None for o in (out if isinstance(out, tuple) else (out,))):
        no_out(name)
    return name


def _along(x: Any, axis: int, index: Any) -> Any:
    return x[(slice(None),) * axis + (index,)]


# --- calls with options -----------------------------------------------------------------------------------------


def call(
    ufunc: Any, *inputs: Any, out: Any = None, where: Any = True, dtype: Any = None, casting: str = "same_kind",
    signature: Any = None, order: str = "K", subok: bool = True, **options: Any,  # noqa: ARG001  (memory layout)
) -> Any:  # fmt: skip
    """Call a ufunc with options: on operands of the dtypes that NumPy would compute in."""
    function = DISPATCH.get(ufunc)
    name = f"np.{ufunc.__name__}"
    if function is None:
        no_rule(name)
    if out is not None and any(o is not None for o in (out if isinstance(out, tuple) else (out,))):
        no_out(name)
    if not everywhere(where):
        raise TypeError(
            f"{name}: where= leaves elements of out= as they were, and tensors have no out=. Write np.where(mask, "
            f"{name}(…), other), whose gradient is 0 where the mask is false."
        )
    if ufunc.signature is not None:
        return function(*inputs, **options)
    if dtype is not None:
        signature = (None,) * ufunc.nin + (dtype,) * ufunc.nout
    if signature is None and casting == "same_kind":
        return function(*inputs)
    kinds = [type(x) if type(x) in (int, float, complex) else as_tensor(x).dtype for x in inputs]
    wanted = ufunc.resolve_dtypes((*kinds, *[None] * ufunc.nout), signature=signature, casting=casting)
    return function(*(in_dtype(as_tensor(x), d) for x, d in zip(inputs, wanted[: ufunc.nin], strict=True)))


# --- reduce -----------------------------------------------------------------------------------------------------


def reduce(
    ufunc: Any, x: Any, axis: Axis = 0, dtype: Any = None, out: Any = None, keepdims: bool = False,
    initial: Any = NOT_GIVEN, where: Any = True,
) -> Any:  # fmt: skip
    """Fold a binary ufunc over an axis: one call for each element along it, or log2(n) where it is associative."""
    name = _named(ufunc, "reduce", out)
    if not everywhere(where):
        raise NotImplementedError(
            f"{name}: where= has no rule. Put an element that changes nothing there, by np.where."
        )
    x = in_dtype(as_tensor(x), dtype)
    axes = tuple(range(x.ndim)) if axis is None else normalize_axis_tuple(axis, x.ndim)
    if len(axes) > 1 and ufunc.identity is None and ufunc not in _SCANS:
        raise ValueError(f"{name}: its order matters, so it goes over one axis, not {axis}")
    kept = tuple(i for i in range(x.ndim) if i not in axes)
    lines = np.reshape(np.transpose(x, (*axes, *kept)), (-1, *(x.shape[i] for i in kept)))
    if ufunc in _SCANS:
        lines = _halved(ufunc, lines)
    total = _start(name, ufunc, lines, initial)
    for i in range(0 if given(initial) or not lines.shape[0] else 1, lines.shape[0]):
        total = ufunc(total, lines[i])
    return np.reshape(total, tuple(1 if i in axes else n for i, n in enumerate(x.shape))) if keepdims else total


def _halved(ufunc: Any, lines: Any) -> Any:
    """Return one line of many, by an associative ufunc of both halves, again and again."""
    while (n := lines.shape[0]) > 1:
        half = n // 2
        pairs = ufunc(lines[:half], lines[half : 2 * half])
        lines = np.concatenate([pairs, lines[2 * half :]]) if n % 2 else pairs
    return lines


def _start(name: str, ufunc: Any, lines: Any, initial: Any) -> Any:
    if given(initial):
        return np.broadcast_to(start_of(name, initial, lines), lines.shape[1:])
    if lines.shape[0]:
        return lines[0]
    if ufunc.identity is None:
        raise ValueError(f"{name}: the axis is empty, and there is no result of nothing; give it initial=")
    return as_tensor(np.full_like(current(lines), ufunc.identity, shape=lines.shape[1:]))


def _same_as(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a reduction as a ufunc's method, which goes along the first axis by default."""

    def run(x: Any, axis: Axis = 0, dtype: Any = None, **options: Any) -> Any:
        return function(x if dtype is None else in_dtype(as_tensor(x), dtype), axis=axis, **options)

    return run


def _log_of_sum(
    x: Any, axis: Axis = 0, dtype: Any = None, out: Any = None, keepdims: bool = False, initial: Any = NOT_GIVEN,
    where: Any = True,
) -> Any:  # fmt: skip
    name = "np.logaddexp.reduce"
    total = logsumexp(prepared(name, x, dtype, out, where, -np.inf), axis=axis, keepdims=keepdims)
    return logaddexp(total, start_of(name, initial, total)) if given(initial) else total


def _parity(
    x: Any, axis: Axis = 0, dtype: Any = None, out: Any = None, keepdims: bool = False, where: Any = True  # noqa: ARG001
) -> Any:  # fmt: skip
    x = prepared("np.logical_xor.reduce", x, None, out, where, 0)
    return np.not_equal(np.sum(np.not_equal(x, 0), axis=axis, keepdims=keepdims) % 2, 0)


# --- accumulate -------------------------------------------------------------------------------------------------


def accumulate(ufunc: Any, x: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Return the running results of a binary ufunc: in steps that double where it is associative, else one by one."""
    name = _named(ufunc, "accumulate", out)
    x, axis = _of_axis(name, x, axis, dtype)
    n = x.shape[axis]
    if ufunc not in _SCANS:
        rows = [_along(x, axis, 0)] if n else []
        for i in range(1, n):
            rows.append(ufunc(rows[-1], _along(x, axis, i)))
        return np.stack(rows, axis=axis) if rows else x
    stride = 1
    while stride < n:  # Hillis and Steele, 1986
        rest = ufunc(_along(x, axis, slice(None, n - stride)), _along(x, axis, slice(stride, None)))
        x = np.concatenate([_along(x, axis, slice(None, stride)), rest], axis=axis)
        stride *= 2
    return x


def _of_axis(name: str, x: Any, axis: int, dtype: Any) -> tuple[Any, int]:
    x = in_dtype(as_tensor(x), dtype)
    if not x.ndim:
        raise TypeError(f"{name}: x is 0-d, and has no axis to go along")
    return x, normalize_axis_index(axis, x.ndim)


def _running_extreme(ufunc: Any) -> Callable[..., Any]:
    def run(x: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        """Return the extreme so far: its gradient goes to the first element that reached it, or the first nan."""
        name = _named(ufunc, "accumulate", out)
        x, axis = _of_axis(name, x, axis, dtype)
        if not x.shape[axis]:
            return x
        best = ufunc.accumulate(current(x), axis=axis)
        before, after = _along(best, axis, slice(None, -1)), _along(best, axis, slice(1, None))
        changed = np.not_equal(before, after) & ~np.isnan(before)
        steps = np.reshape(np.arange(1, x.shape[axis]), tuple(-1 if i == axis else 1 for i in range(x.ndim)))
        first = np.zeros_like(_along(best, axis, slice(0, 1)), dtype=np.intp)
        places = np.concatenate([first, np.where(changed, steps, 0)], axis=axis)
        return np.take_along_axis(x, np.maximum.accumulate(places, axis=axis), axis=axis)

    return run


# --- reduceat ---------------------------------------------------------------------------------------------------


def _segments(indices: Any, n: int) -> tuple[Any, Any]:
    """Return, element by element of all segments, where it is and the number of its segment."""
    sizes = np.maximum(np.append(indices[1:], n) - indices, 1)
    segment = np.repeat(np.arange(len(indices)), sizes)
    place = np.arange(len(segment)) + np.repeat(indices - (np.cumsum(sizes) - sizes), sizes)
    return place, segment


def _reduceat_vjp(g: Any, _out: Any, _x: Any, indices: Any = None, axis: int = 0) -> Any:
    place, segment = _segments(indices, _x.shape[axis])
    index = (slice(None),) * axis + (place,)
    g = _along(g, axis, segment)
    if isinstance(g, Tensor):
        return scatter(g, index=index, shape=_x.shape)
    return Part(index, g, unique=bool(np.all(np.diff(indices) > 0)))  # then no segments overlap


sum_at = linear(
    lambda x, indices, axis=0: np.add.reduceat(x, indices, axis=axis), _reduceat_vjp,
    name="add_reduceat", options=("indices", "axis"), public=False,
    doc="The sum of x from each index to the next one along `axis`, or the element there if that is not behind it.",
)  # fmt: skip


def reduceat(ufunc: Any, x: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
    """Reduce x from each index to the next one along `axis`; where that is not behind it, take the element there."""
    name = _named(ufunc, "reduceat", out)
    x, axis = _of_axis(name, x, axis, dtype)
    indices = np.array(current(indices), dtype=np.intp)
    n = x.shape[axis]
    if indices.ndim != 1 or np.any((indices < 0) | (indices >= n)):
        raise IndexError(f"{name}: indices {indices.tolist()} must be numbers from 0 to {n - 1}, in one row")
    if ufunc is np.add:
        return sum_at(x, indices=indices, axis=axis)
    pieces = [
        ufunc.reduce(_along(x, axis, slice(i, max(j, i + 1))), axis=axis)
        for i, j in zip(indices.tolist(), [*indices[1:].tolist(), n], strict=True)
    ]
    return np.stack(pieces, axis=axis)


# --- outer ------------------------------------------------------------------------------------------------------


def outer(ufunc: Any, a: Any, b: Any, **options: Any) -> Any:
    """Call a ufunc on all pairs of an element of a and one of b."""
    if ufunc not in DISPATCH or ufunc.signature is not None:
        no_rule(f"np.{ufunc.__name__}.outer")
    a, b = as_tensor(a), as_tensor(b)
    left = np.reshape(a, (*a.shape, *(1,) * b.ndim)) if b.ndim else a
    return ufunc(left, b, **options)


# --- at ---------------------------------------------------------------------------------------------------------


def at(ufunc: Any, x: Any, indices: Any, *values: Any) -> None:
    """Let a tensor be another one in which the ufunc is applied at the indices, as often as each is named.

    As t[i] = v does: who has read it before keeps the old one.
    """
    name = _named(ufunc, "at", binary=False)
    if type(x) is not Tensor:
        _into_array(name, ufunc, x, indices, values)
        return
    operand = [as_tensor(v) for v in values]
    indices = raw_index(indices)
    part = x[indices]
    new = ufunc(part, *operand)
    if not np.can_cast(new.dtype, x.dtype, "same_kind"):
        raise TypeError(f"{name}: the result is {new.dtype}, which does not fit into a tensor of {x.dtype}")
    places = np.reshape(np.arange(x.size), x.shape)[indices] if _known(indices) else None
    if places is not None and np.unique(places).size == np.size(places):
        x[indices] = new
    elif ufunc in (np.add, np.subtract):
        x[...] = ufunc(x, scatter(np.broadcast_to(operand[0], part.shape), index=indices, shape=x.shape))
    elif places is None:
        raise NotImplementedError(
            f"{name}: the indices are known only when the compiled function runs, and may name an element twice. "
            "Write t[i] = …, or pass them as a static argument."
        )
    else:
        x[...] = _one_after_another(ufunc, x, np.ravel(places), [np.broadcast_to(v, part.shape) for v in operand])


def _known(indices: Any) -> bool:
    """Return whether indices are plain numbers; in a program that is recorded, or a batch, they need not be."""
    parts = indices if isinstance(indices, tuple) else (indices,)
    return all(isinstance(i, np.ndarray | np.generic) or not hasattr(i, "dtype") for i in parts)


def _one_after_another(ufunc: Any, x: Any, places: Any, values: list[Any]) -> Any:
    """Apply the ufunc in rounds, in each of which no element is named twice."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    first = np.searchsorted(ordered, ordered)
    rounds = np.empty_like(places)
    rounds[order] = np.arange(len(places)) - first
    flat = np.copy(np.ravel(x))
    values = [np.ravel(v) for v in values]
    for k in range(int(rounds.max()) + 1):
        now = np.nonzero(rounds == k)[0]
        flat[places[now]] = ufunc(flat[places[now]], *(v[now] for v in values))
    return np.reshape(flat, x.shape)


def _into_array(name: str, ufunc: Any, array: Any, indices: Any, values: tuple[Any, ...]) -> None:
    """Change a plain array, which cannot take what has a gradient."""
    if any(type(v) is Tensor and v.requires_grad for v in values):
        raise TypeError(
            f"{name}: a plain array cannot take a tensor that requires grad, whose gradient would be lost. Make the "
            "array a tensor, by autograd.tensor(array), or pass t.detach()."
        )
    ufunc.at(array, current(indices), *map(current, values))


METHODS.update(__call__=call, reduce=reduce, accumulate=accumulate, reduceat=reduceat, outer=outer, at=at)
for _ufunc, _function in (
    (np.add, sum_), (np.multiply, prod), (np.maximum, max_), (np.minimum, min_),
    (np.logical_and, all_), (np.logical_or, any_),
):  # fmt: skip
    DISPATCH[_ufunc, "reduce"] = _same_as(_function)
_whole: Any
for _whole, _plain, _bounded, _worst in ((np.fmax, max_, bounded_max, -np.inf), (np.fmin, min_, bounded_min, np.inf)):
    DISPATCH[_whole, "reduce"] = _same_as(
        extreme_of_whole(f"np.{_whole.__name__}.reduce", _plain, _bounded, _worst, False)
    )
DISPATCH[np.logaddexp, "reduce"] = _log_of_sum
DISPATCH[np.logical_xor, "reduce"] = _parity
DISPATCH[np.add, "accumulate"] = _same_as(cumsum)
DISPATCH[np.multiply, "accumulate"] = _same_as(cumprod)
for _ufunc in (np.maximum, np.minimum):
    DISPATCH[_ufunc, "accumulate"] = _running_extreme(_ufunc)
