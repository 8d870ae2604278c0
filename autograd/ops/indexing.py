"""Reading and replacing parts of an array."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.derivative import Part
from autograd.engine.errors import BatchError
from autograd.engine.mode import interceptor, recording
from autograd.engine.published import Published
from autograd.engine.registry import composite, linear
from autograd.engine.tensor import Tensor, current, value_of

_PLAIN: Final = frozenset({int, slice, type(None), type(Ellipsis)})


def raw_index(index: Any) -> Any:
    """Return the index with tensors as arrays, and arrays copied, since the graph outlives the caller's."""
    if type(index) in _PLAIN:
        return index
    if isinstance(index, tuple):
        return tuple(map(raw_index, index))
    if isinstance(index, Tensor):
        index = current(index)
    if isinstance(index, list):
        index = np.array(index, dtype=None if index else np.intp)
    return np.copy(index) if isinstance(index, np.ndarray) else index


def _names_once(index: Any) -> bool:
    """Return whether no element can be named twice: only integer arrays can do that."""
    if type(index) in _PLAIN:
        return True
    parts = index if isinstance(index, tuple) else (index,)
    return not any(np.ndim(i) and i.dtype.kind in "iu" for i in parts if hasattr(i, "dtype"))


def _getitem_vjp(g: Any, _out: Any, _x: Any, index: Any = None) -> Any:
    if isinstance(g, Tensor):
        return scatter(g, index=index, shape=_x.shape)
    return Part(index, g, _names_once(index))


def _read(x: Any, index: Any) -> Any:
    try:
        return x[index]
    except BatchError as error:  # a plain array, by an index that differs from example to example
        if error.array is None or type(x) is not np.ndarray:
            raise
        return (np.zeros_like(error.array, shape=x.shape, dtype=x.dtype) + x)[index]


getitem = linear(
    _read,
    _getitem_vjp,
    name="getitem", method=False, bind=lambda x, index: ((x,), {"index": raw_index(index)}), operator="getitem",
    samples=(
        ((4, 3), {"index": 1}),
        ((4, 3), {"index": (slice(None, None, -2), slice(1, None))}),
        ((4, 3), {"index": (Ellipsis, None, 2)}),
        ((4, 3), {"index": np.array([0, 0, 3])}),
        ((4, 3), {"index": (np.array([[0], [2]]), np.array([1, 1]))}),
        ((4,), {"index": np.array([True, False, True, True])}),
    ),
    doc="x[index], by every kind of index that NumPy has.",
)  # fmt: skip


def _scatter(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    part = Part(index, g, _names_once(index))
    out = np.zeros_like(g, shape=shape)
    try:
        part.add_into(out)
    except BatchError as error:
        if error.array is None:
            raise
        out = np.zeros_like(error.array, shape=shape, dtype=out.dtype)
        part.add_into(out)
    return out


scatter = linear(
    _scatter,
    lambda g, _out, _x, index=None, shape=None: g[index],  # noqa: ARG005  (the shape is that of g)
    name="scatter", method=False,
    samples=(((3,), {"index": np.array([0, 0, 3]), "shape": (4,)}),),
    doc="Zeros of `shape` with x added at `index`; elements that are named twice add up.",
)  # fmt: skip


def _update(x: Any, v: Any, index: Any) -> Any:
    out = np.copy(x)
    if type(out) is np.ndarray and hasattr(v, "elements"):  # into what is the same for all examples of a batch
        out = np.zeros_like(v, shape=out.shape, dtype=out.dtype) + out
    try:
        out[index] = v
    except BatchError as error:
        if error.array is None:
            raise
        out = np.zeros_like(error.array, shape=out.shape, dtype=out.dtype) + out
        out[index] = v
    return out


def _update_vjp(g: Any, _out: Any, _x: Any, _v: Any, index: Any = None) -> tuple[Any, Any]:
    """Return what passes by the replaced elements, and what falls on the new ones.

    Where an element is named twice the last value stands, so only that one has a gradient.
    """
    rest = _update(g, 0, index) if not isinstance(g, Tensor) else update(g, 0.0, index=index)
    new = g[index]
    if not _names_once(index):
        order = np.reshape(np.arange(new.size), new.shape)
        winner = np.full(_x.shape, -1)
        winner[index] = order
        new = np.where(np.equal(winner[index], order), new, 0)
    if new.ndim < len(_v.shape):  # NumPy lets x[i] = v drop leading axes of size 1 of v
        return rest, np.reshape(unbroadcast(new, _v.shape[len(_v.shape) - new.ndim :]), _v.shape)
    return rest, unbroadcast(new, _v.shape)


update = linear(
    _update,
    joint=_update_vjp,
    name="update", method=False, bind=lambda x, v, index: ((x, v), {"index": raw_index(index)}),
    samples=(
        ((4, 3), (3,), {"index": 1}),
        ((4,), (3,), {"index": np.array([0, 0, 3])}),
        ((4,), (), {"index": np.array([True, False, True, True])}),
    ),
    doc="A copy of x with x[index] = v.",
)  # fmt: skip


def _setitem(t: Tensor, index: Any, v: Any) -> None:
    """t[index] = v: the handle takes a new value and node; who has read `t` before keeps the old ones."""
    if t.dtype.kind not in "fc" and isinstance(v, Tensor) and v.requires_grad:
        raise TypeError(
            f"t[i] = v: this tensor holds {t.dtype}, which would cut the digits and the gradient of v off. "
            "Make it with dtype=float."
        )
    mode = interceptor()
    if (not t.is_leaf or not t.requires_grad) and (mode is None or mode.made(t)):
        new = update(t, v, index=index)
        t._rebind(new._value)
        t._node = new._node
        return
    if t.requires_grad and recording():
        raise RuntimeError(
            "t[i] = v: this tensor is a leaf that requires grad, and its gradient would belong to neither value. "
            "Write u = t.copy(); u[i] = v, or assign inside no_grad() to change the leaf itself."
        )
    if mode is not None:
        mode.assign(t, _update(mode.value(t), current(v), raw_index(index)))
        return
    t._rebind(_update(t._value, value_of(v), raw_index(index)))


setattr(Published, "__setitem__", _setitem)  # noqa: B010  (its stub is made from the registry)


def take(x: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    """Return the elements of x at `indices` along `axis`, or of the flattened array.

    Indices out of range are an error, or with `mode` "wrap" go round and with "clip" stop at the ends.
    """
    refuse_out("take", out)
    if axis is None:
        x, axis = np.ravel(x), 0
    if mode != "raise":
        indices = current(np.asarray(indices) if isinstance(indices, list | tuple) else indices)
        n = x.shape[axis]
        indices = indices % n if mode == "wrap" else np.clip(indices, 0, n - 1)
    return getitem(x, (slice(None),) * (axis % x.ndim) + (indices,))


def _grid(indices: Any, shape: tuple[int, ...], axis: int) -> tuple[Any, ...]:
    """Return the integer arrays that name, for take_along_axis, one element of an array for each index."""
    return tuple(
        indices if i == axis else np.reshape(np.arange(n), tuple(n if j == i else 1 for j in range(len(shape))))
        for i, n in enumerate(shape)
    )


def take_along_axis(x: Any, indices: Any, axis: int | None = -1) -> Any:
    """Return, for every position of `indices`, the element of x that it names along `axis`."""
    if axis is None:
        return getitem(np.ravel(x), indices)
    indices = current(indices)
    if indices.ndim != x.ndim:
        raise ValueError(
            f"take_along_axis: x has shape {x.shape} and indices {indices.shape}; they need the same number of axes"
        )
    return getitem(x, _grid(indices, x.shape, axis % x.ndim))


def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return the diagonal of the planes along two axes, as the last axis."""
    moved = np.moveaxis(x, (axis1, axis2), (-2, -1))
    rows, columns = moved.shape[-2:]
    n = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
    steps = np.arange(n)
    return getitem(moved, (Ellipsis, steps - min(offset, 0), steps + max(offset, 0)))


def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None) -> Any:
    """Return the sum of the diagonal of the planes along two axes."""
    refuse_out("trace", out)
    return np.sum(diagonal(x, offset, axis1, axis2), axis=-1, dtype=dtype)


def diag(x: Any, k: int = 0) -> Any:
    """Return the k-th diagonal of a matrix, or the matrix with x on its k-th diagonal."""
    if x.ndim == 2:
        return diagonal(x, k)
    n = x.shape[0] + abs(k)
    steps = np.arange(x.shape[0])
    return scatter(x, index=(steps - min(k, 0), steps + max(k, 0)), shape=(n, n))


composite(take, numpy=np.take)
composite(take_along_axis, numpy=np.take_along_axis, method=False)
composite(diagonal, numpy=np.diagonal)
composite(trace, numpy=np.trace)
composite(diag, numpy=np.diag, method=False)
