"""Reading and writing parts of batched arrays, by indices that may differ from example to example.

Where NumPy's own rule for where the axes of index arrays go fits with one more axis in front, it is left to NumPy.
Else the index is applied to the positions 0, 1, … of one example, and these positions are read from the flat examples.
"""

from __future__ import annotations

from operator import getitem, setitem
from typing import Any

import numpy as np

from autograd.batching.array import RULES, Batched, is_at, level_of, lifted, rank
from autograd.engine.errors import BatchError


def read(x: Any, index: Any) -> Any:
    """Return x[index], where x, or index arrays, or both are batched."""
    level = level_of((index,))
    own = x._level if type(x) is Batched else 0
    if not level and not own:
        return x[index]
    if level > own:
        return _read_shared(x, index, level)
    if level < own and (target := _behind_the_batch(x, index)) is not None:
        return Batched(own, read(x._raw, target))
    where = _positions(x, index)
    raw = x._raw
    flat = np.reshape(raw, (raw.shape[0], x.size))
    if is_at(own, where):
        return Batched(own, read(flat, (_rows(raw.shape[0], where.ndim), where._raw)))
    return Batched(own, read(flat, (slice(None), where)))


def write(x: Batched, index: Any, value: Any) -> None:
    """Let x[index] = value, in place."""
    if is_at(x._level, index) and index.dtype == bool and index.shape == x.shape and not rank(value):
        index, value = Ellipsis, np.where(index, value, x)
    target, value = _aligned(x, index, value)
    try:
        x._raw[target] = value
    except BatchError as error:
        if error.array is None:
            raise
        x._raw = np.zeros_like(error.array, shape=x._raw.shape, dtype=x.dtype) + x._raw
        x._raw[target] = value


def add_at(ufunc: Any, x: Batched, index: Any, *values: Any) -> None:
    """Apply ufunc.at to each example, in place."""
    pairs = [_aligned(x, index, value) for value in values or (0,)]
    ufunc.at(x._raw, pairs[0][0], *(value for _, value in pairs[: len(values)]))


def _rows(size: int, ndim: int) -> Any:
    """Return the numbers of the examples, to stand beside an index with `ndim` axes for each."""
    return np.reshape(np.arange(size), (size, *(1,) * ndim))


def _parts(index: Any) -> tuple[Any, ...]:
    parts = index if isinstance(index, tuple) else (index,)
    return tuple(np.array(p, dtype=None if p else np.intp) if isinstance(p, list) else p for p in parts)


def _is_array(part: Any) -> bool:
    return isinstance(part, bool | np.bool) or (hasattr(part, "ndim") and not isinstance(part, np.generic))


def _behind_the_batch(x: Batched, index: Any) -> tuple[Any, ...] | None:
    """Return the index into the array that holds the batch, or None if NumPy would order the axes otherwise there."""
    parts = _parts(index)
    if any(map(_is_array, parts)):
        found = [i for i, p in enumerate(parts) if _is_array(p) or isinstance(p, int | np.integer)]
        if found[-1] - found[0] >= len(found):  # they stand apart: their axes come first
            return None
    elif len(parts) - sum(p is None or p is Ellipsis for p in parts) > x.ndim:
        raise IndexError(f"too many indices: {index!r:.60} for an array of shape {x.shape}")
    return (slice(None), *parts)


def _positions(x: Batched, index: Any) -> Any:
    """Return which elements of the flat example the index names."""
    return read(np.reshape(np.arange(x.size), x.shape), index)


def _aligned(x: Batched, index: Any, value: Any) -> tuple[Any, Any]:
    """Return the index into the array that holds the batch, and the value so that it broadcasts to what it names."""
    level = x._level
    if level_of((index, value)) > level:
        raise BatchError(
            f"a value or index that differs from example to example is written into an array of shape {x.shape} that "
            "does not. Make that array by np.zeros_like of one that does.",
            next((v for v in (value, *_parts(index)) if level_of((v,)) > level), None),
        )
    target = None if level_of((index,)) else _behind_the_batch(x, index)
    if target is not None:
        ndim = len(x._raw[target].shape) - 1
    else:
        where = _positions(x, index)
        ndim = where.ndim
        coordinates = _unraveled(where._raw if is_at(level, where) else where, x.shape)
        target = (_rows(x._raw.shape[0], ndim), *coordinates)
    extra = rank(value) - ndim
    if extra > 0:  # NumPy lets x[i] = v drop leading axes of size 1 of v
        value = np.reshape(value, value.shape[extra:])
    return target, lifted(value, level, ndim)


def _unraveled(where: Any, shape: tuple[int, ...]) -> list[Any]:
    """Return the index along each axis of what stands at these positions."""
    coordinates = []
    for size in reversed(shape):
        coordinates.append(where % max(size, 1))
        where = where // max(size, 1)
    return coordinates[::-1]


def _read_shared(x: Any, index: Any, level: int) -> Any:
    """Return x[index] where x is the same for all examples of this level, and index arrays differ."""
    parts: list[Any] = []
    for p in _parts(index):
        if _is_array(p) and p.dtype == bool if hasattr(p, "dtype") else isinstance(p, bool):
            if level_of((p,)):
                raise BatchError(
                    "x[mask] with a mask that differs from example to example: so would the shape of the result. "
                    "Use what keeps the shape, as np.where(mask, x, 0)."
                )
            parts += np.nonzero(p)
        else:
            parts.append(p)
    ndim = max(rank(p) for p in parts if _is_array(p))
    named = [i for i, p in enumerate(parts) if _is_array(p) or isinstance(p, int | np.integer)]
    apart = named[-1] - named[0] >= len(named)
    before = 0
    for p in parts[: named[0]]:
        before += x.ndim - sum(q is not None and q is not Ellipsis for q in parts) if p is Ellipsis else 1
    out = read(x, tuple(lifted(p, level, ndim) if _is_array(p) else p for p in parts))
    return Batched(level, out if apart else np.moveaxis(out, before, 0))


RULES[getitem] = read
RULES[setitem] = write
RULES["at"] = add_at
