"""The same elements elsewhere: more shapes, blocks, parts taken out and put in, by NumPy's names.

Each is composed of indexing: where an element comes from is found by moving numbers instead, in plain NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.engine.broadcasting import astype
from autograd.engine.domain import DISTINCT
from autograd.engine.published import Published
from autograd.engine.registry import composite, constant, publish, stepwise
from autograd.engine.tensor import DISPATCH, Tensor, current

Function = Callable[..., Any]


def _places(x: Any) -> Any:
    """Return the number of each element of x, in the shape of x."""
    return np.arange(x.size).reshape(x.shape)


def _gathered(x: Any, places: Any) -> Any:
    """Return the elements of x with these numbers."""
    return np.reshape(x, (-1,))[places]


def atleast_3d(*arrays: Any) -> Any:
    """Return arrays with at least three axes: a vector becomes (1, n, 1), a matrix (m, n, 1)."""
    found = []
    for x in arrays:
        ndim = np.ndim(x)
        shape = (1, 1, 1) if ndim == 0 else (1, *np.shape(x), 1) if ndim == 1 else (*np.shape(x), 1)
        found.append(x if ndim > 2 else np.reshape(x, shape))
    return found[0] if len(found) == 1 else tuple(found)


def dstack(arrays: Sequence[Any]) -> Any:
    """Return the arrays behind each other, along the third axis."""
    return np.concatenate([atleast_3d(a) for a in arrays], axis=2)


def hsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its second axis, or the first of a vector."""
    return np.split(x, indices_or_sections, axis=1 if x.ndim > 1 else 0)


def vsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its first axis."""
    return np.split(x, indices_or_sections, axis=0)


def dsplit(x: Any, indices_or_sections: Any) -> Any:
    """Return x cut along its third axis."""
    return np.split(x, indices_or_sections, axis=2)


def unstack(x: Any, *, axis: int = 0) -> Any:
    """Return the parts of x along an axis, as a tuple."""
    return tuple(np.moveaxis(x, axis, 0))


def rot90(x: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """Return x turned by k quarters, from the first of two axes towards the second."""
    return _gathered(x, np.rot90(_places(x), k, tuple(axes)))  # type: ignore[arg-type]


def rollaxis(x: Any, axis: int, start: int = 0) -> Any:
    """Return x with an axis moved to before another."""
    axis, start = axis % x.ndim, start + x.ndim if start < 0 else start
    order = [i for i in range(x.ndim) if i != axis]
    order.insert(start - (axis < start), axis)
    return np.transpose(x, tuple(order))


def resize(x: Any, new_shape: Any) -> Any:
    """Return the elements of x in another shape, again from the start where there are too few."""
    if x.size == 0:
        return np.zeros_like(x, shape=new_shape)
    return _gathered(x, np.resize(np.arange(x.size), new_shape))


def delete(x: Any, obj: Any, axis: int | None = None) -> Any:
    """Return x without some parts along an axis, or of the flattened array."""
    return _gathered(x, np.delete(_places(x), current(obj), axis))


def insert(x: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """Return x with `values` put in before the given indices along an axis, or into the flattened array."""
    x = x if isinstance(x, Tensor) else Tensor(x)
    values = values if isinstance(values, Tensor) else Tensor(values)
    marks = -1 - _places(values)  # each element of the result is one of x, or one of the values
    places = np.insert(_places(x), current(obj), marks, axis)
    both = np.concatenate([np.reshape(x, (-1,)), astype(np.reshape(values, (-1,)), x.dtype)])
    return both[np.where(places >= 0, places, x.size - 1 - places)]


def _joined(parts: Any, depth: int, ndim: int) -> Any:
    if not isinstance(parts, list):
        x = parts if hasattr(parts, "ndim") else np.asarray(parts)
        return np.reshape(x, (1,) * (ndim - x.ndim) + x.shape)
    return np.concatenate([_joined(p, depth - 1, ndim) for p in parts], axis=-depth)


def _depth(parts: Any) -> int:
    return 1 + max((_depth(p) for p in parts), default=0) if isinstance(parts, list) else 0


def _leaves(parts: Any) -> list[Any]:
    return [leaf for p in parts for leaf in _leaves(p)] if isinstance(parts, list) else [parts]


def block(arrays: Any) -> Any:
    """Return one array made of nested lists of blocks: the innermost lie along the last axis."""
    depth = _depth(arrays)
    return _joined(arrays, depth, max(depth, *(np.ndim(x) for x in _leaves(arrays))))


def broadcast_arrays(*arrays: Any, subok: bool = False) -> Any:
    """Return the arrays, all in the shape that they broadcast to."""
    if subok:
        raise TypeError("broadcast_arrays: subok= cannot be used with tensors")
    shape = np.broadcast_shapes(*(np.shape(x) for x in arrays))
    return tuple(np.broadcast_to(x, shape) for x in arrays)


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """Return a grid for each vector: its coordinate at all points, or, `sparse`, in a shape that broadcasts."""
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid: indexing={indexing!r}; choose 'xy' or 'ij'")
    n = len(xi)
    order = [1, 0, *range(2, n)] if indexing == "xy" and n > 1 else list(range(n))
    grids = [np.reshape(x, tuple(-1 if j == order[i] else 1 for j in range(n))) for i, x in enumerate(xi)]
    del copy  # tensors are never written to
    return tuple(grids) if sparse else broadcast_arrays(*grids)


def diagflat(x: Any, k: int = 0) -> Any:
    """Return the matrix with the elements of x on its k-th diagonal."""
    return np.diag(np.reshape(x, (-1,)), k)


def choose(a: Any, choices: Sequence[Any], out: Any = None, mode: str = "raise") -> Any:
    """Return, at each place, the element of the choice whose number stands there."""
    if out is not None:
        raise TypeError("choose: out= cannot be used with tensors; use the result")
    index = current(a)
    shape = np.broadcast_shapes(np.shape(index), *(np.shape(c) for c in choices))
    stacked = np.stack([np.broadcast_to(c, shape) for c in choices])
    which = np.choose(np.broadcast_to(index, shape), np.arange(len(choices)).reshape(-1, *(1,) * len(shape)), mode=mode)  # type: ignore[call-overload]
    return np.take_along_axis(stacked, np.expand_dims(which, 0), axis=0)[0]


def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """Return, at each place, the choice of the first condition that holds there, or the default."""
    if len(condlist) != len(choicelist) or not condlist:
        raise ValueError(f"select: {len(condlist)} conditions and {len(choicelist)} choices; needs as many of both")
    out = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        out = np.where(current(condition), choice, out)
    return out


def compress(condition: Any, x: Any, axis: int | None = None, out: Any = None) -> Any:
    """Return the parts of x along an axis where the condition is true."""
    if out is not None:
        raise TypeError("compress: out= cannot be used with tensors; use the result")
    (chosen,) = np.nonzero(current(condition))
    return np.take(x, chosen, axis)


def extract(condition: Any, x: Any) -> Any:
    """Return the elements of x where the condition is true."""
    return _gathered(x, np.nonzero(np.ravel(current(condition)))[0])


def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """Return a function by parts, each called with the elements of x for which its condition is the last to hold."""
    conditions = [np.asarray(current(c)) for c in (condlist if isinstance(condlist, list | tuple) else [condlist])]
    if len(funclist) == len(conditions) + 1:
        conditions.append(~np.any(conditions, axis=0))
    out = x * 0
    for condition, function in zip(conditions, funclist, strict=True):
        part = function(x[condition], *args, **kw) if callable(function) else function
        out[condition] = part
    return out


def partition(x: Any, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None) -> Any:
    """Return x with the kth element along an axis where sorting would put it, smaller ones before it."""
    places = np.argpartition(current(x), kth, axis, kind, order)
    return np.reshape(x, (-1,))[places] if axis is None else np.take_along_axis(x, places, axis)


def sort_complex(x: Any) -> Any:
    """Return the elements sorted by real part, then by imaginary part, as complex numbers."""
    sorted_ = np.take_along_axis(x, np.argsort(current(x), axis=-1, kind="stable"), -1)
    return sorted_ if np.iscomplexobj(sorted_) else sorted_ + 0j


def unique(x: Any, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
           axis: int | None = None, **options: Any) -> Any:  # fmt: skip
    """Return the different values of x in order, of equal ones the first, and what NumPy tells of them."""
    numpys: Any = np.unique
    found = numpys(current(x), True, return_inverse, return_counts, axis, **options)
    values = _gathered(x, found[1]) if axis is None else np.take(x, found[1], axis)
    rest = found[1:] if return_index else found[2:]
    return (values, *rest) if rest else values


def trim_zeros(x: Any, trim: str = "fb", axis: Any = None) -> Any:
    """Return x without the zeros at its ends."""
    if x.ndim != 1 or axis not in (None, 0, -1):
        raise NotImplementedError("trim_zeros: of a tensor with one axis only")
    (there,) = np.nonzero(current(x))
    first = there[0] if "f" in trim.lower() and len(there) else 0 if len(there) else len(x)
    last = there[-1] + 1 if "b" in trim.lower() and len(there) else len(x)
    return x[int(first) : int(last)]


def nan_to_num(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Return x with numbers for nan and infinities, by default 0 and the largest there are; their gradient is 0."""
    if not copy:
        raise TypeError("nan_to_num: copy=False cannot be used with tensors, whose values are never written to")
    if np.iscomplexobj(x):
        real, imag = (nan_to_num(part, True, nan, posinf, neginf) for part in (np.real(x), np.imag(x)))
        return real + 1j * imag
    plain = np.nan_to_num(current(x), nan=nan, posinf=posinf, neginf=neginf)
    return np.where(np.isfinite(current(x)), x, plain)


def apply_along_axis(func1d: Function, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Return what a function makes of each vector along an axis."""
    moved = np.moveaxis(arr, axis, -1)
    rows = np.reshape(moved, (-1, moved.shape[-1]))
    results = [func1d(row, *args, **kwargs) for row in rows]
    if not results:
        raise ValueError("apply_along_axis: there is no vector to call the function with")
    made = np.stack(results)
    shaped = np.reshape(made, moved.shape[:-1] + made.shape[1:])
    first, count = moved.ndim - 1, made.ndim - 1
    target = axis % arr.ndim
    return np.moveaxis(shaped, range(first, first + count), range(target, target + count))


def apply_over_axes(func: Function, a: Any, axes: Any) -> Any:
    """Return what a function of an array and an axis makes, one axis after another."""
    for axis in (axes,) if isinstance(axes, int) else axes:
        result = func(a, axis)
        a = result if np.ndim(result) == np.ndim(a) else np.expand_dims(result, axis)
    return a


_function: Any
for _function in (
    hsplit, vsplit, dsplit, rot90, rollaxis, resize, delete, diagflat, partition, sort_complex, unique, trim_zeros,
    nan_to_num,
):  # fmt: skip
    composite(_function, numpy=getattr(np, _function.__name__), method=_function in (partition, resize))
for _function in (
    atleast_3d, dstack, insert, block, broadcast_arrays, meshgrid, choose, select, compress, extract, piecewise,
    apply_along_axis, apply_over_axes,
):  # fmt: skip
    publish(_function, numpy=getattr(np, _function.__name__), method=False)
if hasattr(np, "unstack"):
    composite(unstack, numpy=np.unstack, method=False)

argpartition = stepwise(
    lambda x, kth, axis=-1, kind="introselect", order=None: np.argpartition(x, kth, axis, kind, order),
    name="argpartition", numpy=np.argpartition, arity=1, options=("kth", "axis", "kind", "order"), domain=DISTINCT,
    samples=(((5,), {"kth": 2}), ((3, 4), {"kth": 1, "axis": 0})),
    doc="The indices that `partition` puts elements in place by.",
)  # fmt: skip

# --- into an array, as t[i] = v: the tensor takes another value, earlier readers keep theirs -------------------------


def _writable(x: Any, name: str) -> Any:
    if not isinstance(x, Tensor):
        raise TypeError(
            f"{name}: cannot put tensors into a plain array, which would lose their gradients; make it a tensor by "
            "autograd.tensor"
        )
    return x


def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> None:
    """Put values into a at indices of the flattened array; values are repeated if there are too few."""
    indices = np.ravel(current(ind))
    if mode != "raise":
        indices = np.clip(indices, 0, a.size - 1) if mode == "clip" else indices % a.size
    values = np.reshape(v, (-1,)) if np.ndim(v) else v
    if np.ndim(v) and len(values) != len(indices):
        values = values[np.arange(len(indices)) % len(values)]
    _writable(a, "put")[np.unravel_index(np.where(indices < 0, indices + a.size, indices), a.shape)] = values


def place(arr: Any, mask: Any, vals: Any) -> None:
    """Put values into arr where the mask is true, in order; they are repeated if there are too few."""
    there = np.flatnonzero(current(mask))
    values = np.reshape(vals, (-1,))
    _writable(arr, "place")[np.unravel_index(there, arr.shape)] = values[np.arange(len(there)) % len(values)]


def putmask(a: Any, mask: Any, values: Any) -> None:
    """Put into a, where the mask is true, the values that stand there; they are repeated if there are too few."""
    there = np.flatnonzero(current(mask))
    flat = np.reshape(values, (-1,))
    _writable(a, "putmask")[np.unravel_index(there, a.shape)] = flat[there % len(flat)]


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    """Put values into arr, for every position of `indices`, at the element that it names along an axis."""
    index = current(indices)
    if axis is None:
        _writable(arr, "put_along_axis")[np.unravel_index(index, arr.shape)] = values
        return
    grid = list(np.indices(index.shape, sparse=True))
    grid[axis % arr.ndim] = index
    _writable(arr, "put_along_axis")[tuple(grid)] = values


def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    """Put the values of src into dst, where the mask is true."""
    del casting
    target = _writable(dst, "copyto")
    target[...] = np.where(current(where), np.broadcast_to(src, dst.shape), target)


def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    """Put values on the diagonal of a matrix, or of an array with axes of one length."""
    if wrap:
        raise TypeError("fill_diagonal: wrap=True cannot be used with tensors")
    steps = np.arange(min(a.shape))
    _writable(a, "fill_diagonal")[(steps,) * a.ndim] = val


for _function in (put, place, putmask, put_along_axis, copyto, fill_diagonal):
    DISPATCH[getattr(np, _function.__name__)] = _function

# --- what only reads -------------------------------------------------------------------------------------------------

for _name in (
    "argwhere", "flatnonzero", "isin", "in1d", "intersect1d", "setdiff1d", "setxor1d", "union1d", "lexsort",
    "isposinf", "isneginf", "unique_all", "unique_counts", "unique_inverse", "unique_values", "tril_indices_from",
    "triu_indices_from", "diag_indices_from", "min_scalar_type", "isfortran", "ravel_multi_index", "unravel_index",
    "ix_", "packbits", "unpackbits", "typename", "save", "savetxt", "savez", "savez_compressed",
):  # fmt: skip
    if hasattr(np, _name) and getattr(np, _name) not in DISPATCH:
        constant(getattr(np, _name))

# --- methods that NumPy's arrays have --------------------------------------------------------------------------------


def _fill(t: Tensor, value: Any) -> None:
    """Give all elements one value; the handle takes a new value, as by t[...] = value."""
    t[...] = value


def _sort(t: Tensor, axis: int = -1) -> None:
    """Put the elements in order along an axis; the handle takes a new value, as by t[...] = np.sort(t, axis)."""
    t[...] = np.sort(t, axis)


def _compress(t: Tensor, condition: Any, axis: int | None = None) -> Any:
    """Return the parts along an axis where the condition is true."""
    return compress(condition, t, axis)


def _searchsorted(t: Tensor, v: Any, side: Any = "left") -> Any:
    """Return where values would have to be put in, to keep a sorted vector in order."""
    return np.searchsorted(current(t), current(v), side)


for _name, _method in (
    ("fill", _fill), ("sort", _sort), ("put", put), ("compress", _compress), ("searchsorted", _searchsorted),
):  # fmt: skip
    setattr(Published, _name, _method)
