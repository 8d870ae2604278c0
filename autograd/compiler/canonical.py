"""NumPy's many functions as the few kinds of calls that a program is made of; what is not here is an opaque call."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.trace import _concrete
from autograd.compiler.traced import CALLS, REDUCTIONS, Traced
from autograd.engine.broadcasting import count_reduced, normalized_axes

if TYPE_CHECKING:
    from autograd.compiler.trace import Tape

_missing: Any = np._NoValue  # what NumPy passes on for an argument that is not given


def noted(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register how NumPy functions are noted: called with the tape and the arguments."""

    def register(how: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            CALLS[function] = how
        return how

    return register


# --- reductions -----------------------------------------------------------------------------------------------------


def reduce(tape: Tape, ufunc: Any, x: Any, axis: Any, keepdims: bool, dtype: Any = None, initial: Any = None) -> Any:
    """Note a reduction over `axis`, with its own rules for dtypes, as a sum of booleans is an integer."""
    x = tape.wrap(x)
    axes = tuple(sorted(normalized_axes(axis, x.ndim)))
    options = {} if initial is None else {"initial": initial}
    concrete = x.concrete
    result = np.asarray(ufunc.reduce(concrete, axis=axes, dtype=dtype, **options))[()]
    if initial is not None and initial != -np.inf and initial != np.inf:
        return tape.call(ufunc.reduce, (x,), {"axis": axes, "keepdims": keepdims, "dtype": dtype, "initial": initial})
    if initial is not None and not count_reduced(x.shape, axes):
        return np.broadcast_to(tape.wrap(np.asarray(initial, x.dtype)), result.shape)
    if not axes or ufunc.__name__ in ("logical_and", "logical_or"):
        source = x
    else:
        source = x if x.dtype == result.dtype else np.astype(x, result.dtype)
    out = tape.note("reduce", ufunc.__name__, (tape.ref(source),), {"axes": axes}, result)
    if keepdims:
        shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
        return np.reshape(out, shape)
    return out


def ufunc_reduce(
    tape: Tape, ufunc: Any, x: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False, initial: Any = _missing,
    where: Any = True,
) -> Any:  # fmt: skip
    """Note `ufunc.reduce(x, …)`."""
    if where is not True:
        return tape.call(ufunc.reduce, (x,), {"axis": axis, "dtype": dtype, "keepdims": keepdims, "where": where})
    return reduce(tape, ufunc, x, axis, keepdims, dtype, None if initial is _missing else initial)


for _ufunc in (np.add, np.multiply, np.maximum, np.minimum, np.logical_and, np.logical_or):
    REDUCTIONS[_ufunc] = ufunc_reduce


def _reduction(ufunc: Any) -> Callable[..., Any]:
    def how(
        tape: Tape, a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False, initial: Any = _missing
    ) -> Any:  # fmt: skip
        return reduce(
            tape, ufunc, a, axis, keepdims is not _missing and bool(keepdims), dtype,
            None if initial is _missing else initial,
        )  # fmt: skip

    return how


CALLS[np.sum] = _reduction(np.add)
CALLS[np.prod] = _reduction(np.multiply)
CALLS[np.any] = lambda tape, a, axis=None, keepdims=False: reduce(tape, np.logical_or, a, axis, bool(keepdims))
CALLS[np.all] = lambda tape, a, axis=None, keepdims=False: reduce(tape, np.logical_and, a, axis, bool(keepdims))
for _function, _ufunc in ((np.max, np.maximum), (np.min, np.minimum), (np.amax, np.maximum), (np.amin, np.minimum)):
    CALLS[_function] = lambda tape, a, axis=None, keepdims=False, initial=_missing, _ufunc=_ufunc: reduce(
        tape, _ufunc, a, axis, keepdims is not _missing and bool(keepdims), None,
        None if initial is _missing else initial,
    )  # fmt: skip


@noted(np.mean)
def _mean(tape: Tape, a: Any, axis: Any = None, dtype: Any = None, keepdims: Any = False) -> Any:
    a = tape.wrap(a)
    if dtype is not None or a.dtype == np.float16:
        return tape.call(np.mean, (a,), {"axis": axis, "dtype": dtype, "keepdims": bool(keepdims)})
    total = np.sum(a if a.dtype.kind in "fc" else np.astype(a, np.float64), axis=axis, keepdims=bool(keepdims))
    return total / count_reduced(a.shape, axis)


@noted(np.var)
def _var(tape: Tape, a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    a = tape.wrap(a)
    left = count_reduced(a.shape, axis) - ddof
    if dtype is not None or a.dtype.kind != "f" or a.dtype == np.float16 or left <= 0:
        options = {"axis": axis, "dtype": dtype, "ddof": ddof, "keepdims": bool(keepdims)}
        return tape.call(np.var, (a,), options)
    centered = a - np.mean(a, axis=axis, keepdims=True)
    return np.sum(centered * centered, axis=axis, keepdims=bool(keepdims)) / left


@noted(np.std)
def _std(tape: Tape, a: Any, axis: Any = None, dtype: Any = None, ddof: Any = 0, keepdims: Any = False) -> Any:
    return np.sqrt(_var(tape, a, axis, dtype, ddof, keepdims))


# --- element by element ---------------------------------------------------------------------------------------------


@noted(np.where)
def _where(tape: Tape, condition: Any, *x_and_y: Any) -> Any:
    if not x_and_y:
        return tape.call(np.where, (condition,), {})
    return tape.elementwise("where", np.where, (condition, *x_and_y))


@noted(np.clip)
def _clip(tape: Tape, a: Any, a_min: Any = None, a_max: Any = None, **bounds: Any) -> Any:
    low, high = bounds.get("min", a_min), bounds.get("max", a_max)
    out = tape.wrap(a)
    out = out if low is None or low is _missing else np.maximum(out, low)
    return out if high is None or high is _missing else np.minimum(out, high)


@noted(np.astype)
def _astype(tape: Tape, x: Any, dtype: Any, copy: bool = True) -> Any:  # noqa: ARG001
    x = tape.wrap(x)
    dtype = np.dtype(dtype)
    if x.dtype == dtype and not x._now.weak:
        return x
    # A plain number that is cast is one no longer.
    return tape.note("elementwise", "cast", (tape.ref(x),), {}, np.asarray(x.concrete).astype(dtype)[()])


@noted(np.copy)
def _copy(tape: Tape, a: Any, **_: Any) -> Any:
    a = tape.wrap(a)
    return Traced(tape, a.node, a.concrete)


@noted(np.copyto)
def _copyto(_tape: Tape, dst: Any, src: Any) -> None:
    dst.write(src)


@noted(np.real)
def _real(tape: Tape, val: Any) -> Any:
    return val if val.dtype.kind != "c" else tape.call(np.real, (val,), {})


def _triangle(function: Any) -> Callable[..., Any]:
    def how(_tape: Tape, m: Any, k: int = 0) -> Any:
        return np.where(function(np.ones(m.shape[-2:], bool), k), m, np.zeros((), m.dtype)[()])

    return how


CALLS[np.tril], CALLS[np.triu] = _triangle(np.tril), _triangle(np.triu)


def _filled(fill: Any) -> Callable[..., Any]:
    def how(tape: Tape, a: Any, *args: Any, dtype: Any = None, shape: Any = None, **_: Any) -> Any:
        value = args[0] if args else fill
        dtype = np.dtype(a.dtype if dtype is None else dtype)
        shape = a.shape if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if isinstance(value, Traced):
            return np.broadcast_to(_astype(tape, value, dtype), shape)
        return np.broadcast_to(tape.wrap(np.asarray(value, dtype)), shape)

    return how


CALLS[np.zeros_like] = CALLS[np.empty_like] = _filled(0)
CALLS[np.ones_like] = _filled(1)
CALLS[np.full_like] = _filled(None)


# --- the same elements ----------------------------------------------------------------------------------------------


def _reshape_to(tape: Tape, a: Any, shape: tuple[int, ...]) -> Any:
    return tape.view("reshape", a, np.reshape(_concrete(a), shape), shape=shape)


@noted(np.reshape)
def _reshape(tape: Tape, a: Any, shape: Any = None, newshape: Any = None, **_: Any) -> Any:
    shape = newshape if shape is None else shape
    return _reshape_to(tape, a, np.reshape(_concrete(a), shape).shape)


@noted(np.ravel)
def _ravel(tape: Tape, a: Any, **_: Any) -> Any:
    return _reshape_to(tape, a, (a.size,))


@noted(np.expand_dims)
def _expand_dims(tape: Tape, a: Any, axis: Any) -> Any:
    return _reshape_to(tape, a, np.expand_dims(_concrete(a), axis).shape)


@noted(np.squeeze)
def _squeeze(tape: Tape, a: Any, axis: Any = None) -> Any:
    return _reshape_to(tape, a, np.squeeze(_concrete(a), axis).shape)


def _transpose_to(tape: Tape, a: Any, axes: tuple[int, ...]) -> Any:
    return tape.view("transpose", a, np.transpose(_concrete(a), axes), axes=axes)


@noted(np.transpose, np.permute_dims)
def _transpose(tape: Tape, a: Any, axes: Any = None) -> Any:
    order = tuple(reversed(range(a.ndim))) if axes is None else tuple(operator.index(i) % a.ndim for i in axes)
    return _transpose_to(tape, a, order)


@noted(np.swapaxes)
def _swapaxes(tape: Tape, a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return _transpose_to(tape, a, tuple(order))


@noted(np.moveaxis)
def _moveaxis(tape: Tape, a: Any, source: Any, destination: Any) -> Any:
    sources, ends = (normalized_axes(x if isinstance(x, int) else tuple(x), a.ndim) for x in (source, destination))
    order = [i for i in range(a.ndim) if i not in sources]
    for end, start in sorted(zip(ends, sources, strict=True)):
        order.insert(end, start)
    return _transpose_to(tape, a, tuple(order))


@noted(np.broadcast_to)
def _broadcast_to(tape: Tape, array: Any, shape: Any, **_: Any) -> Any:
    concrete = np.broadcast_to(_concrete(array), shape)
    return tape.view("broadcast_to", array, concrete, shape=concrete.shape)


@noted(np.flip)
def _flip(tape: Tape, m: Any, axis: Any = None) -> Any:
    axes = normalized_axes(axis if axis is None or isinstance(axis, int) else tuple(axis), m.ndim)
    index = tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(m.ndim))
    return tape.view("getitem", m, _concrete(m)[index], index=index)


@noted(np.split)
def _split(tape: Tape, ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        np.split(_concrete(ary), indices_or_sections, axis)  # raises as NumPy does
    return _array_split(tape, ary, indices_or_sections, axis)


@noted(np.array_split)
def _array_split(tape: Tape, ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    ary = tape.wrap(ary)
    axis = axis % ary.ndim
    places = np.array_split(np.arange(ary.shape[axis]), indices_or_sections)
    ends = np.cumsum([0, *map(len, places)]).tolist()
    lead = (slice(None),) * axis
    return [ary[(*lead, slice(a, b))] for a, b in pairwise(ends)]


# --- products -------------------------------------------------------------------------------------------------------


@noted(np.dot)
def _dot(tape: Tape, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return tape.elementwise("multiply", np.multiply, (a, b))
    if np.ndim(b) > 2:
        return tape.call(np.dot, (a, b), {})
    return tape.matmul(a, b)
