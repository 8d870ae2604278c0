"""NumPy's functions that make arrays, give them another shape, and put them together, for a whole batch."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.batching.array import (
    RULES,
    Batched,
    Unfit,
    full,
    is_at,
    level_of,
    lifted,
    only,
    rank,
    shifted,
    size_of,
    wrapped,
)
from autograd.batching.rules import functions, named, rule

# --- new arrays --------------------------------------------------------------------------------------------------


def _filled(function: Any) -> Any:
    def run(level: int, a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None) -> Any:  # noqa: ARG001
        only(level, a, {})
        sizes = a.shape if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        return Batched(level, function(a._raw, dtype=dtype, order="C", shape=(a._raw.shape[0], *sizes)))

    return run


for _function in functions("zeros_like ones_like empty_like"):
    RULES[_function] = _filled(_function)


@rule(np.full_like)
def full_like(_level: int, a: Any, fill_value: Any, dtype: Any = None, *_: Any, shape: Any = None, **__: Any) -> Any:
    """Return an array like a with one value everywhere."""
    out = np.zeros_like(a, dtype=dtype, shape=shape)
    if level_of((fill_value,)) > level_of((out,)):
        raise Unfit
    out[...] = fill_value
    return out


@rule(np.copy)
def copy(level: int, a: Any, order: str = "K", subok: bool = False) -> Any:  # noqa: ARG001
    """Return a copy, in C order, so that it can be written to through any view."""
    return Batched(level, np.copy(a._raw, order="C"))


# --- shapes ------------------------------------------------------------------------------------------------------


def _reshaped(x: Any, shape: tuple[int, ...]) -> Any:
    return Batched(x._level, np.reshape(x._raw, (x._raw.shape[0], *shape)))


@rule(np.reshape)
def reshape(level: int, a: Any, /, *args: Any, **options: Any) -> Any:
    """Give each example another shape; only in C order."""
    target = [*args, *(options.pop(key) for key in ("shape", "newshape") if key in options)]
    order = target[1:] or [options.pop("order", "C")]
    only(level, a, {})
    if order != ["C"] or options:
        raise Unfit
    like = np.broadcast_to(np.int8(0), a.shape)  # no memory: it works out a size of -1, and what does not fit
    return _reshaped(a, np.reshape(like, target[0]).shape)


@rule(np.ravel)
def ravel(level: int, a: Any, order: str = "C") -> Any:
    """Return the elements of each example along one axis."""
    only(level, a, {})
    if order != "C":
        raise Unfit
    return _reshaped(a, (a.size,))


@rule(np.transpose, np.permute_dims)
def transpose(level: int, a: Any, axes: Any = None) -> Any:
    """Put the axes of each example in another order."""
    order = range(a.ndim, 0, -1) if axes is None else [shifted(i, a.ndim) for i in axes]
    return Batched(level, np.transpose(a._raw, (0, *order)))


@rule(np.swapaxes)
def swapaxes(level: int, a: Any, axis1: int, axis2: int) -> Any:
    """Exchange two axes of each example."""
    return Batched(level, np.swapaxes(a._raw, shifted(axis1, a.ndim), shifted(axis2, a.ndim)))


@rule(np.moveaxis)
def moveaxis(level: int, a: Any, source: Any, destination: Any) -> Any:
    """Move axes of each example."""
    source, destination = (
        [shifted(i, a.ndim) for i in (axes if isinstance(axes, tuple | list) else (axes,))]
        for axes in (source, destination)
    )
    return Batched(level, np.moveaxis(a._raw, source, destination))


@rule(np.expand_dims)
def expand_dims(level: int, a: Any, axis: Any) -> Any:
    """Insert axes of size 1."""
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    return Batched(level, np.expand_dims(a._raw, tuple(shifted(i, a.ndim + len(axes)) for i in axes)))


@rule(np.squeeze)
def squeeze(level: int, a: Any, axis: Any = None) -> Any:
    """Take axes of size 1 out."""
    if axis is None:
        return _reshaped(a, tuple(n for n in a.shape if n != 1))
    axes = tuple(axis) if isinstance(axis, tuple | list) else (axis,)
    return Batched(level, np.squeeze(a._raw, tuple(shifted(i, a.ndim) for i in axes)))


@rule(np.broadcast_to)
def broadcast_to(level: int, array: Any, shape: Any, subok: bool = False) -> Any:  # noqa: ARG001
    """Repeat each example along new axes and axes of size 1."""
    only(level, array, {})
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    if array.ndim > len(sizes):
        raise ValueError(f"shape {array.shape} does not broadcast to {sizes}")
    raw = lifted(array, level, len(sizes))
    return Batched(level, np.broadcast_to(raw, (raw.shape[0], *sizes)))


@rule(np.broadcast_arrays)
def broadcast_arrays(_level: int, *args: Any, subok: bool = False) -> Any:  # noqa: ARG001
    """Repeat arrays up to one shape."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


def _at_least(ndim: int, a: Any) -> Any:
    missing = ndim - rank(a)
    if missing <= 0:
        return a
    return a[(None,) * missing] if ndim < 3 or rank(a) == 0 else a[..., None] if rank(a) == 2 else a[None, :, None]


for _ndim, _function in enumerate((np.atleast_1d, np.atleast_2d, np.atleast_3d), 1):

    def _grown(_level: int, *arys: Any, _ndim: int = _ndim) -> Any:
        grown = tuple(_at_least(_ndim, a if hasattr(a, "ndim") else np.asarray(a)) for a in arys)
        return grown[0] if len(grown) == 1 else grown

    RULES[_function] = _grown


@rule(np.roll)
def roll(level: int, a: Any, shift: Any, axis: Any = None) -> Any:
    """Move the elements of each example along axes, or of the flattened one."""
    only(level, a, {"shift": shift})
    if axis is None:
        return np.reshape(np.roll(np.ravel(a), shift, 0), a.shape)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return Batched(level, np.roll(a._raw, shift, tuple(shifted(i, a.ndim) for i in axes)))


@rule(np.repeat)
def repeat(level: int, a: Any, repeats: Any, axis: int | None = None) -> Any:
    """Repeat the elements of each example."""
    only(level, a, {"repeats": repeats})
    if axis is None:
        return np.repeat(np.ravel(a), repeats, 0)
    return Batched(level, np.repeat(a._raw, repeats, shifted(axis, a.ndim)))


@rule(np.tile)
def tile(level: int, A: Any, reps: Any) -> Any:
    """Lay each example out several times."""
    counts = (reps,) if isinstance(reps, int) else tuple(reps)
    only(level, A, {"reps": counts})
    return Batched(level, np.tile(lifted(A, level, len(counts)), (1, *(1,) * (A.ndim - len(counts)), *counts)))


@rule(np.pad)
def pad(level: int, array: Any, pad_width: Any, mode: Any = "constant", **options: Any) -> Any:
    """Put a border around each example, and none around the batch."""
    only(level, array, options)
    if isinstance(pad_width, dict) or callable(mode) or any(rank(value) for value in options.values()):
        raise Unfit
    widths = np.broadcast_to(np.array(pad_width), (array.ndim, 2)).tolist()
    return Batched(level, np.pad(array._raw, [(0, 0), *widths], mode, **options))


# --- parts -------------------------------------------------------------------------------------------------------


@rule(np.take)
def take(_level: int, a: Any, indices: Any, axis: int | None = None, mode: str = "raise") -> Any:
    """Read the elements at indices, which may differ from example to example."""
    if mode != "raise":
        raise Unfit
    indices = np.asarray(indices) if isinstance(indices, list | tuple | int) else indices
    if axis is None:
        a, axis = np.ravel(a), 0
    index = (*(slice(None),) * (axis % a.ndim), indices)
    return RULES[operator.getitem](a, index)


def _both(level: int, x: Any, indices: Any) -> tuple[Any, Any]:
    size = size_of(level, (x, indices))
    return full(x, level, size), full(indices, level, size)


@rule(np.take_along_axis)
def take_along_axis(level: int, arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """Read, for every position of the indices, the element that it names along the axis."""
    if axis is None:
        arr, axis = np.ravel(arr), 0
    raw, index = _both(level, arr, indices)
    return Batched(level, np.take_along_axis(raw, index, shifted(axis, arr.ndim)))


@rule(np.diagonal)
def diagonal(level: int, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of planes of each example, as its last axis."""
    return Batched(level, np.diagonal(a._raw, offset, shifted(axis1, a.ndim), shifted(axis2, a.ndim)))


@rule(np.diag)
def diag(_level: int, v: Any, k: int = 0) -> Any:
    """Return the k-th diagonal of each matrix, or a matrix with each vector on its diagonal."""
    if v.ndim != 1:
        return np.diagonal(v, k)
    n = v.shape[0] + abs(k)
    steps = np.arange(v.shape[0])
    out = np.zeros_like(v, shape=(n, n))
    out[steps - min(k, 0), steps + max(k, 0)] = v
    return out


@rule(np.linalg.diagonal)
def linalg_diagonal(_level: int, x: Any, /, *, offset: int = 0) -> Any:
    """Return the diagonal of the last two axes."""
    return np.diagonal(x, offset, -2, -1)


@rule(np.trace)
def trace(_level: int, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    """Return the sum of the diagonal of planes of each example."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype)


# --- joining and splitting ---------------------------------------------------------------------------------------


@rule(np.concatenate)
def concatenate(level: int, arrays: Any, axis: int | None = 0, **options: Any) -> Any:
    """Put arrays one behind the other."""
    arrays = [np.ravel(a) for a in arrays] if axis is None else list(arrays)
    size = size_of(level, arrays)
    raws = [full(a, level, size) for a in arrays]
    return Batched(level, np.concatenate(raws, axis=shifted(axis or 0, len(raws[0].shape) - 1), **options))


@rule(np.stack)
def stack(level: int, arrays: Any, axis: int = 0, **options: Any) -> Any:
    """Put arrays along a new axis."""
    arrays = list(arrays)
    size = size_of(level, arrays)
    raws = [full(a, level, size) for a in arrays]
    return Batched(level, np.stack(raws, axis=shifted(axis, len(raws[0].shape)), **options))


@rule(np.vstack)
def vstack(_level: int, tup: Any, **options: Any) -> Any:
    """Put arrays below each other."""
    return np.concatenate([np.atleast_2d(a) for a in tup], axis=0, **options)


@rule(np.hstack)
def hstack(_level: int, tup: Any, **options: Any) -> Any:
    """Put arrays beside each other."""
    rows = [np.atleast_1d(a) for a in tup]
    return np.concatenate(rows, axis=0 if rows[0].ndim == 1 else 1, **options)


@rule(np.dstack)
def dstack(_level: int, tup: Any) -> Any:
    """Put arrays behind each other, along the third axis."""
    return np.concatenate([np.atleast_3d(a) for a in tup], axis=2)


@rule(np.column_stack)
def column_stack(_level: int, tup: Any) -> Any:
    """Put arrays beside each other as columns."""
    return np.concatenate([a if np.ndim(a) > 1 else np.reshape(a, (-1, 1)) for a in tup], axis=1)


@rule(np.append)
def append(_level: int, arr: Any, values: Any, axis: int | None = None) -> Any:
    """Put values behind an array."""
    return np.concatenate([arr, values], axis=axis)


def _splitting(function: Any, fixed: int | None) -> Any:
    split_args = named(function)

    def run(level: int, *args: Any, **kwargs: Any) -> Any:
        x, options = split_args(args, kwargs)
        axis = options.pop("axis", fixed if fixed is not None else 0)
        only(level, x, options)
        if fixed is not None and function is np.hsplit and x.ndim == 1:
            axis = 0
        plain = np.array_split if function is np.array_split else np.split
        return wrapped(level, plain(x._raw, options["indices_or_sections"], axis=shifted(axis, x.ndim)))

    return run


for _function, _fixed in ((np.split, None), (np.array_split, None), (np.vsplit, 0), (np.hsplit, 1), (np.dsplit, 2)):
    RULES[_function] = _splitting(_function, _fixed)


@rule(*functions("unstack"))
def unstack(level: int, x: Any, /, *, axis: int = 0) -> Any:
    """Return the parts along an axis."""
    return wrapped(level, tuple(np.moveaxis(x._raw, shifted(axis, x.ndim), 0))) if is_at(level, x) else ()
