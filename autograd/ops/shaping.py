"""The same elements in another shape or order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.broadcasting import astype, unbroadcast
from autograd.engine.registry import composite, constant, linear
from autograd.engine.tensor import current
from autograd.ops.arithmetic import copy as copy_of
from autograd.ops.reduction_options import all_in_dtype


def _back(g: Any, _out: Any, _x: Any, **_options: Any) -> Any:
    """Return g in the shape of x: the transpose of every mere change of shape."""
    return np.reshape(g, _x.shape)


def _reshaped(x: Any, *shape: Any, **options: Any) -> Any:
    """Return x in another shape, given as one tuple or as several sizes; `order` and `copy` as in np.reshape."""
    return reshape(x, shape[0] if len(shape) == 1 else shape, **options)


def _transposed(x: Any, *axes: Any) -> Any:
    """Return x with its axes in another order, given as one tuple or as several numbers."""
    return transpose(x, axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None)


def _by_columns(x: Any, order: str, name: str) -> bool:
    """Return whether an `order` of elements means that the first index changes fastest: "A" asks how they lie."""
    if order not in ("C", "F", "A"):
        raise ValueError(f"{name}: order={order!r} is not known; choose 'C', 'F' or 'A'")
    flags = getattr(current(x), "flags", None)
    return order == "F" or (order == "A" and flags is not None and bool(flags.fnc))


def _reshape_in_order(x: Any, shape: Any, /, order: str = "C", *, copy: bool | None = None) -> Any:
    if not _by_columns(x, order, "reshape"):
        return reshape(copy_of(x) if copy else x, shape)
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    return np.transpose(reshape(np.transpose(x), sizes[::-1]))


reshape: Any = linear(
    lambda x, shape: np.reshape(x, shape), _back,
    name="reshape", numpy=np.reshape, method=_reshaped, options=("shape",), wider=_reshape_in_order,
    samples=(((2, 3), {"shape": (3, 2)}), ((2, 3), {"shape": -1}), ((), {"shape": (1, 1)})),
    advice=lambda x, shape=None: f"{x.size} elements do not fill the shape {shape}",
    doc="The elements of x, in C order, in another shape; one size may be -1.",
)  # fmt: skip


def _inverse_order(axes: Any, ndim: int) -> Any:
    if axes is None:
        return None
    order = [a % ndim for a in axes]
    return tuple(order.index(i) for i in range(ndim))


transpose: Any = linear(
    np.transpose,
    lambda g, _out, _x, axes=None: np.transpose(g, _inverse_order(axes, _x.ndim)),
    method=_transposed,
    samples=(((2, 3), {}), ((2, 3, 4), {"axes": (2, 0, 1)})),
    doc="x with its axes in the order `axes`, by default reversed.",
)  # fmt: skip
swapaxes = linear(
    np.swapaxes,
    lambda g, _out, _x, axis1=0, axis2=0: np.swapaxes(g, axis1, axis2),
    samples=(((2, 3, 4), {"axis1": 0, "axis2": -1}),), doc="x with two axes exchanged.",
)  # fmt: skip
moveaxis = linear(
    np.moveaxis,
    lambda g, _out, _x, source=0, destination=0: np.moveaxis(g, destination, source),
    samples=(((2, 3, 4), {"source": 0, "destination": -1}), ((2, 3, 4), {"source": (0, 1), "destination": (2, 0)})),
    doc="x with the axes `source` moved to `destination`.",
)  # fmt: skip
expand_dims = linear(
    np.expand_dims, _back, options=("axis",),
    samples=(((2, 3), {"axis": 1}), ((2,), {"axis": (0, 2)})), doc="x with new axes of size 1 at `axis`.",
)  # fmt: skip
squeeze = linear(
    np.squeeze, _back, options=("axis",),
    samples=(((2, 1, 3, 1), {}), ((2, 1, 3), {"axis": 1})), doc="x without its axes of size 1, or those in `axis`.",
)  # fmt: skip
broadcast_to: Any = linear(
    np.broadcast_to,
    lambda g, _out, _x, **_options: unbroadcast(g, _x.shape),
    options=("shape",), wider=lambda x, shape, subok=False: broadcast_to(x, shape),  # noqa: ARG005
    samples=(((3,), {"shape": (2, 3)}), ((2, 1), {"shape": (4, 2, 3)}), ((), {"shape": (2,)})),
    advice=lambda x, shape=None: f"shape {x.shape} does not broadcast to {shape}",
    doc="x repeated along new axes and axes of size 1, up to `shape`.",
)  # fmt: skip
flip = linear(
    np.flip, lambda g, _out, _x, axis=None: np.flip(g, axis),
    samples=(((2, 3), {}), ((2, 3), {"axis": 1})), doc="x in reverse order along `axis`, by default along all.",
)  # fmt: skip
roll = linear(
    np.roll,
    lambda g, _out, _x, shift=0, axis=None: np.roll(
        g, tuple(-s for s in shift) if isinstance(shift, tuple | list) else -shift, axis
    ),
    samples=(((5,), {"shift": 2}), ((2, 3), {"shift": 1, "axis": 1}), ((2, 3), {"shift": (1, 2), "axis": (0, 1)})),
    doc="x moved by `shift` along `axis`; what leaves at one end comes in at the other.",
)  # fmt: skip
_TRIANGLES: Any = (((3, 3), {}), ((2, 3, 4), {"k": 1}))
tril = linear(
    np.tril, lambda g, _out, _x, k=0: np.tril(g, k), samples=_TRIANGLES, doc="x with zeros above the k-th diagonal."
)
triu = linear(
    np.triu, lambda g, _out, _x, k=0: np.triu(g, k), samples=_TRIANGLES, doc="x with zeros below the k-th diagonal."
)


def _astype_by(
    x: Any, dtype: Any, order: str = "K", casting: Any = "unsafe", subok: bool = True, copy: bool = True,
    *, device: Any = None,
) -> Any:  # fmt: skip
    """Take the options of np.astype and of the method of arrays: of these `casting` alone makes a difference here."""
    del order, subok, copy, device
    return all_in_dtype("astype", [x], dtype, casting)[0]


linear(
    astype,
    lambda g, _out, _x, **_options: g,
    name="astype", numpy=np.astype, options=("dtype",), wider=_astype_by, samples=(((2, 3), {"dtype": np.float64}),),
    doc="x in another dtype; the gradient comes back in that of x.",
)  # fmt: skip


def ravel(x: Any, order: str = "C") -> Any:
    """Return the elements of x along one axis, in the order "C", "F", or "A" or "K", as they lie in memory."""
    if order == "K":
        strides = getattr(current(x), "strides", (0,) * x.ndim)
        x, order = np.transpose(x, tuple(sorted(range(x.ndim), key=lambda i: -abs(strides[i])))), "C"
    return reshape(np.transpose(x) if order != "C" and _by_columns(x, order, "ravel") else x, (-1,))


def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Return x with each element repeated, `repeats` times or as often as an array of counts says, along `axis`."""
    if axis is None:
        return repeat(ravel(x), repeats, 0)
    axis = axis % x.ndim
    before, n, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    if np.ndim(repeats) == 0:
        wide = broadcast_to(expand_dims(x, axis + 1), (*before, n, int(repeats), *after))
        return reshape(wide, (*before, n * int(repeats), *after))
    return x[(slice(None),) * axis + (np.repeat(np.arange(n), repeats),)]


def tile(x: Any, reps: Any) -> Any:
    """Return x laid out `reps` times along each axis; new axes are added in front where `reps` is longer."""
    counts = (reps,) if isinstance(reps, int) else tuple(reps)
    counts = (1,) * (x.ndim - len(counts)) + counts
    shape = (1,) * (len(counts) - x.ndim) + tuple(x.shape)
    wide = reshape(x, tuple(size for n in shape for size in (1, n)))
    wide = broadcast_to(wide, tuple(size for pair in zip(counts, shape, strict=True) for size in pair))
    return reshape(wide, tuple(count * n for count, n in zip(counts, shape, strict=True)))


def flipud(x: Any) -> Any:
    """Return x with its first axis reversed."""
    return flip(x, axis=0)


def fliplr(x: Any) -> Any:
    """Return x with its second axis reversed."""
    return flip(x, axis=1)


def atleast_1d(x: Any) -> Any:
    """Return x with at least one axis."""
    return x if x.ndim else reshape(x, (1,))


def atleast_2d(x: Any) -> Any:
    """Return x with at least two axes; new ones come first."""
    return x if x.ndim >= 2 else reshape(x, (1, -1))


for _function in (ravel, repeat, tile, flipud, fliplr, atleast_1d, atleast_2d):
    _name = _function.__name__
    composite(
        _function, numpy=getattr(np, _name), method=_name in ("ravel", "repeat", "tile"),
        aliases=("flatten",) if _name == "ravel" else (),
    )  # fmt: skip

for _name in ("zeros_like", "ones_like", "empty_like", "full_like"):
    constant(getattr(np, _name), array=True)
for _name in (
    "shape", "ndim", "size", "result_type", "can_cast", "common_type", "iscomplexobj", "isrealobj", "allclose",
    "array_equal", "array_equiv", "array2string", "array_repr", "array_str", "may_share_memory", "shares_memory",
):  # fmt: skip
    constant(getattr(np, _name))
