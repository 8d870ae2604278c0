"""NumPy's many functions as the few kinds of calls that a program is made of; what is not here is an opaque call."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.compiler.concrete import concrete_of
from autograd.compiler.traced import CALLS, REDUCTIONS, Traced, writable
from autograd.engine.broadcasting import count_reduced, normalized_axes

if TYPE_CHECKING:
    from autograd.compiler.tape import Tape

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
    bounded = tape.wrap(a)
    bounded = bounded if low is None or low is _missing else np.maximum(bounded, low)
    bounded = bounded if high is None or high is _missing else np.minimum(bounded, high)
    return np.copy(bounded) if bounded is a else bounded


@noted(np.astype)
def _astype(tape: Tape, x: Any, dtype: Any, copy: bool = True) -> Any:
    x = tape.wrap(x)
    dtype = np.dtype(dtype)
    if x.dtype == dtype and not x.node.weak:
        return np.copy(x) if copy else x
    # A plain number that is cast is one no longer.
    return tape.note("elementwise", "cast", (tape.ref(x),), {}, np.asarray(x.concrete).astype(dtype)[()])


@noted(np.copy)
def _copy(tape: Tape, a: Any, order: Any = "K") -> Any:
    a = tape.wrap(a)
    return np.astype(a, a.dtype) if a.node.weak else Traced(tape, a.node, np.copy(a.concrete, order))


@noted(np.copyto)
def _copyto(_tape: Tape, dst: Any, src: Any, *, where: Any = True) -> None:
    writable(dst).write(src if where is True else np.where(where, src, dst))


@noted(np.real)
def _real(tape: Tape, val: Any) -> Any:
    return val if val.dtype.kind != "c" else tape.call(np.real, (val,), {})


def _triangle(function: Any) -> Callable[..., Any]:
    def how(_tape: Tape, m: Any, k: int = 0) -> Any:
        return np.where(function(np.ones(m.shape[-2:], bool), k), m, np.zeros((), m.dtype)[()])

    return how


CALLS[np.tril], CALLS[np.triu] = _triangle(np.tril), _triangle(np.triu)


def _filled(fill: Any) -> Callable[..., Any]:
    def how(tape: Tape, a: Any, dtype: Any = None, *, shape: Any = None) -> Any:
        return _full_like(tape, a, fill, dtype, shape=shape)

    return how


@noted(np.full_like)
def _full_like(tape: Tape, a: Any, fill_value: Any, dtype: Any = None, *, shape: Any = None) -> Any:
    dtype = np.dtype(a.dtype if dtype is None else dtype)
    shape = a.shape if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
    value: Any = tape.wrap(fill_value if isinstance(fill_value, Traced) else np.asarray(fill_value, dtype)[()])
    return np.copy(np.broadcast_to(np.astype(value, dtype), shape))


CALLS[np.zeros_like] = CALLS[np.empty_like] = _filled(0)
CALLS[np.ones_like] = _filled(1)


# --- the same elements ----------------------------------------------------------------------------------------------


def _reshape_to(a: Any, shape: tuple[int, ...]) -> Any:
    """Return a view where NumPy does: not of a part whose elements do not lie in line."""
    array = np.reshape(concrete_of(a), shape)
    return a.tape.view(
        "reshape", a, array, lambda x: np.reshape(x, shape), lambda x, new: x.write(np.reshape(new, x.shape)),
        shape=array.shape,
    )  # fmt: skip


@noted(np.reshape)
def _reshape(tape: Tape, a: Any, /, shape: Any, order: str = "C") -> Any:
    a = tape.wrap(a)
    shape = np.reshape(concrete_of(a), shape).shape
    if order == "F":
        return np.transpose(_reshape_to(np.transpose(a), shape[::-1]))
    return _reshape_to(a, shape) if order == "C" else tape.call(np.reshape, (a, shape), {"order": order})


@noted(np.ravel)
def _ravel(_tape: Tape, a: Any, order: Any = "C") -> Any:
    return np.reshape(a, (a.size,), order=order)


@noted(np.expand_dims)
def _expand_dims(_tape: Tape, a: Any, axis: Any) -> Any:
    return _reshape_to(a, np.expand_dims(concrete_of(a), axis).shape)


@noted(np.squeeze)
def _squeeze(_tape: Tape, a: Any, axis: Any = None) -> Any:
    return _reshape_to(a, np.squeeze(concrete_of(a), axis).shape)


def _transpose_to(a: Any, axes: tuple[int, ...]) -> Any:
    back = tuple(sorted(range(len(axes)), key=axes.__getitem__))
    return a.tape.view(
        "transpose", a, np.transpose(concrete_of(a), axes), lambda x: np.transpose(x, axes),
        lambda x, new: x.write(np.transpose(new, back)), axes=axes,
    )  # fmt: skip


@noted(np.transpose, np.permute_dims)
def _transpose(_tape: Tape, a: Any, axes: Any = None) -> Any:
    order = tuple(reversed(range(a.ndim))) if axes is None else tuple(operator.index(i) % a.ndim for i in axes)
    return _transpose_to(a, order)


@noted(np.swapaxes)
def _swapaxes(_tape: Tape, a: Any, axis1: int, axis2: int) -> Any:
    order = list(range(a.ndim))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return _transpose_to(a, tuple(order))


@noted(np.moveaxis)
def _moveaxis(_tape: Tape, a: Any, source: Any, destination: Any) -> Any:
    sources, ends = (normalized_axes(x if isinstance(x, int) else tuple(x), a.ndim) for x in (source, destination))
    order = [i for i in range(a.ndim) if i not in sources]
    for end, start in sorted(zip(ends, sources, strict=True)):
        order.insert(end, start)
    return _transpose_to(a, tuple(order))


@noted(np.broadcast_to)
def _broadcast_to(tape: Tape, array: Any, shape: Any) -> Any:
    concrete = np.broadcast_to(concrete_of(array), shape)
    return tape.view("broadcast_to", array, concrete, lambda x: np.broadcast_to(x, shape), None, shape=concrete.shape)


@noted(np.flip)
def _flip(_tape: Tape, m: Any, axis: Any = None) -> Any:
    axes = normalized_axes(axis if axis is None or isinstance(axis, int) else tuple(axis), m.ndim)
    return m[tuple(slice(None, None, -1) if i in axes else slice(None) for i in range(m.ndim))]


@noted(np.split)
def _split(tape: Tape, ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        np.split(concrete_of(ary), indices_or_sections, axis)  # raises as NumPy does
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
