"""Functions that are known at points: differences between the samples, slopes, areas, what lies between two points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.engine.broadcasting import astype
from autograd.engine.derivative import Part
from autograd.engine.registry import composite, general, linear
from autograd.engine.tensor import DISPATCH, Tensor, as_tensor, current
from autograd.ops.indexing import scatter

_NOT_GIVEN: Any = np._NoValue  # NumPy's own default, so that help() shows the same


def _part(x: Any, axis: int, index: Any) -> Any:
    return x[(slice(None),) * axis + (index,)]


# --- differences -------------------------------------------------------------------------------------------


def _diff_vjp(g: Any, _out: Any, _x: Any, n: int = 1, axis: int = -1) -> Any:
    """Return the n-th difference of g between zeros, with a change of sign for each."""
    if _x.shape[axis] <= n:  # there was no difference
        return np.zeros_like(g, shape=_x.shape)
    border = np.zeros_like(g, shape=tuple(n if i == axis % len(_x.shape) else s for i, s in enumerate(g.shape)))
    back = np.diff(np.concatenate([border, g, border], axis=axis), n, axis)
    return np.negative(back) if n % 2 else back


_diff = linear(
    np.diff, _diff_vjp, method=False,
    samples=(
        ((5,), {}),
        ((2, 4), {"n": 2}),
        ((4, 3), {"n": 3, "axis": 0}),
        ((2, 4, 3), {"axis": -2}),
        ((2, 3), {"n": 2, "axis": 0}),
    ),
    doc="The differences x[i + 1] - x[i] along `axis`, taken `n` times; `prepend` and `append` are put around x first.",
)  # fmt: skip


def diff(x: Any, n: int = 1, axis: int = -1, prepend: Any = _NOT_GIVEN, append: Any = _NOT_GIVEN) -> Any:
    """Return the differences x[i + 1] - x[i] along `axis`, taken `n` times, of x between `prepend` and `append`."""
    if n < 0:
        raise ValueError(f"diff: n={n}; differences are taken 0 times or more often")
    if not n:
        return x
    if not x.ndim:
        raise ValueError("diff: x is 0-d, and has no axis to take differences along")
    if prepend is not _NOT_GIVEN or append is not _NOT_GIVEN:
        axis = normalize_axis_index(axis, x.ndim)
        given = [x if end is x else _end(end, x, axis) for end in (prepend, x, append) if end is not _NOT_GIVEN]
        x = np.concatenate(given, axis=axis)
    return _diff(x, n=n, axis=axis)


def _end(end: Any, x: Any, axis: int) -> Any:
    """Return what is put before or behind x: a number stands for one element in each line."""
    if np.ndim(end):
        return end
    return np.broadcast_to(end, tuple(1 if i == axis else size for i, size in enumerate(x.shape)))


def ediff1d(x: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """Return the differences between neighbours in the flattened x, between `to_begin` and `to_end`."""
    flat = np.ravel(x)
    middle = flat[1:] - flat[:-1]
    pieces = [_like(to_begin, "to_begin", x.dtype), middle, _like(to_end, "to_end", x.dtype)]
    given = [piece for piece in pieces if piece is not None]
    return np.concatenate(given) if len(given) > 1 else middle


def _like(piece: Any, name: str, dtype: Any) -> Any:
    if piece is None:
        return None
    piece = as_tensor(piece)
    if not np.can_cast(piece.dtype, dtype, "same_kind"):
        raise TypeError(f"ediff1d: {name} is {piece.dtype}, which does not fit between the {dtype} of x")
    return np.ravel(piece if piece.dtype == dtype else astype(piece, dtype))


unwrap = general(
    np.unwrap,
    lambda g, _out, _x, discont=None, axis=-1, period=2 * np.pi: g,  # noqa: ARG005
    jvp=lambda ts, _out, _x, **_options: ts[0],
    method=False, samples=(((5,), {}), ((2, 4), {"axis": 0, "discont": 4.0}), ((2, 3), {"period": 3.0})),
    doc="x with multiples of `period` added, so that no neighbours along `axis` are more than `discont` apart, by "
    "default half a period. Its slope is 1.",
)  # fmt: skip


# --- areas and slopes --------------------------------------------------------------------------------------


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """Return the area under y along `axis` by the trapezoidal rule, of samples at x, or `dx` apart."""
    axis = normalize_axis_index(axis, y.ndim)
    if x is not None:
        x = as_tensor(x)
        dx = np.diff(x, axis=-1 if x.ndim == 1 else axis)
        if x.ndim == 1:
            dx = np.reshape(dx, tuple(-1 if i == axis else 1 for i in range(y.ndim)))
    return np.sum(dx * (_part(y, axis, slice(1, None)) + _part(y, axis, slice(None, -1))) / 2.0, axis=axis)


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Return the slope of f along each axis by central differences, one-sided ones of `edge_order` 1 or 2 at the ends.

    `varargs` are the distances between samples: one for all axes, or one for each; or, for an axis, an array of the
    coordinates. Of several axes it is a tuple.
    """
    if edge_order not in (1, 2):
        raise ValueError(f"gradient: edge_order={edge_order!r}; it is 1 or 2")
    axes = tuple(range(f.ndim)) if axis is None else normalize_axis_tuple(axis, f.ndim)
    f = f if f.dtype.kind in "fc" else astype(f, np.float64)
    steps = [_steps(space, f.shape, along) for space, along in zip(_spaces(varargs, axes), axes, strict=True)]
    slopes = [_slope(f, along, step, edge_order) for along, step in zip(axes, steps, strict=True)]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _spaces(varargs: tuple[Any, ...], axes: tuple[int, ...]) -> tuple[Any, ...]:
    if not varargs:
        return (1.0,) * len(axes)
    if len(varargs) == 1 and not np.ndim(varargs[0]):
        return varargs * len(axes)
    if len(varargs) != len(axes):
        raise TypeError(f"gradient: {len(varargs)} spacings for {len(axes)} axes; give one for all, or one for each")
    return varargs


def _steps(space: Any, shape: tuple[int, ...], axis: int) -> Any:
    """Return the distance between samples, or an array of the distances between coordinates, along its axis."""
    if not np.ndim(space):
        return space
    if np.shape(space) != (shape[axis],):
        raise ValueError(
            f"gradient: coordinates of shape {np.shape(space)} for axis {axis} of shape {shape}; there must be "
            f"{shape[axis]} of them in one row"
        )
    space = as_tensor(space)
    space = space if space.dtype.kind == "f" else astype(space, np.float64)
    return np.reshape(np.diff(space), tuple(-1 if i == axis else 1 for i in range(len(shape))))


def _slope(f: Any, axis: int, step: Any, edge_order: int) -> Any:
    if f.shape[axis] < edge_order + 1:
        raise ValueError(
            f"gradient: axis {axis} of shape {f.shape} has too few samples; edge_order={edge_order} needs "
            f"{edge_order + 1} of them"
        )

    def at(start: int, stop: int | None) -> Any:
        return _part(f, axis, slice(start, stop))

    def gap(start: int, stop: int | None) -> Any:
        return _part(step, axis, slice(start, stop)) if np.ndim(step) else step

    if edge_order == 1:
        ends = (at(1, 2) - at(0, 1)) / gap(0, 1), (at(-1, None) - at(-2, -1)) / gap(-1, None)
    else:
        ends = _curved_ends(at, gap)
    whole = np.concatenate([ends[0], _inner_slope(at, gap, np.ndim(step) > 0), ends[1]], axis=axis)
    return whole if whole.dtype == f.dtype else astype(whole, f.dtype)


def _inner_slope(at: Callable[..., Any], gap: Callable[..., Any], uneven: bool) -> Any:
    """Return the slope at each sample of the parabola through it and both neighbours."""
    before, here, after = at(0, -2), at(1, -1), at(2, None)
    if not uneven:
        return (after - before) / (2.0 * gap(0, None))
    left, right = gap(0, -1), gap(1, None)
    both = left + right
    return -right / (left * both) * before + (right - left) / (left * right) * here + left / (right * both) * after


def _curved_ends(at: Callable[..., Any], gap: Callable[..., Any]) -> tuple[Any, Any]:
    """Return the slopes at both ends of the parabolas through the three samples there."""
    a, b = gap(0, 1), gap(1, 2)
    first = -(2.0 * a + b) / (a * (a + b)) * at(0, 1) + (a + b) / (a * b) * at(1, 2) - a / (b * (a + b)) * at(2, 3)
    a, b = gap(-1, None), gap(-2, -1)
    last = (
        (2.0 * a + b) / (a * (a + b)) * at(-1, None) - (a + b) / (a * b) * at(-2, -1) + a / (b * (a + b)) * at(-3, -2)
    )
    return first, last


# --- between the points ------------------------------------------------------------------------------------


def _places(x: Any, xp: Any) -> tuple[Any, Any, Any]:
    """Return for each x the points i and j around it, and how far it is from i to j: 0 and 1 outside of all points."""
    n = xp.shape[0]
    i = np.clip(np.searchsorted(current(xp), current(x), side="right") - 1, 0, max(n - 2, 0))
    j = np.minimum(i + 1, n - 1)
    if n == 1:
        return i, j, np.zeros_like(x)
    start = xp[i]
    return i, j, np.clip((x - start) / (xp[j] - start), 0, 1)


def _rises(x: Any, xp: Any, fp: Any) -> Any:
    """Return the slope at each x, 0 outside of all points."""
    i, j, _ = _places(x, xp)
    between = np.greater_equal(x, xp[0]) & np.less_equal(x, xp[-1])
    width = np.where(between, xp[j] - xp[i], 1) if xp.shape[0] > 1 else np.inf
    return np.where(between, (fp[j] - fp[i]) / width, 0)


def _free(g: Any, x: Any, xp: Any, left: Any, right: Any) -> Any:
    """Return g where the result depends on the points, and 0 where it is the constant `left` or `right`."""
    g = g if left is None else np.where(np.less(x, xp[0]), 0, g)
    return g if right is None else np.where(np.greater(x, xp[-1]), 0, g)


def _gathered(v: Any, index: Any, n: int) -> Any:
    """Return zeros with v added at the index."""
    if type(v) is Tensor:
        return scatter(v, index=index, shape=(n,))
    out = np.zeros_like(v, shape=(n,))
    Part(index, v, unique=False).add_into(out)
    return out


def _at_points(v: Any, x: Any, xp: Any) -> Any:
    """Return what falls on each point of v, which stands between two of them: the transpose of interpolating."""
    i, j, share = _places(x, xp)
    n = xp.shape[0]
    return _gathered(v * (1 - share), i, n) + _gathered(v * share, j, n)


def _interp_x(g: Any, _out: Any, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:  # noqa: ARG001
    return g * _rises(x, xp, fp)


def _interp_xp(g: Any, _out: Any, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:  # noqa: ARG001
    return _at_points(np.negative(g * _rises(x, xp, fp)), x, xp)


def _interp_fp(g: Any, _out: Any, x: Any, xp: Any, _fp: Any, left: Any = None, right: Any = None) -> Any:
    return _at_points(_free(g, x, xp, left, right), x, xp)


def _interp_jvp(ts: tuple[Any, ...], _out: Any, x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    i, j, share = _places(x, xp)
    change: Any = 0
    if ts[0] is not None:
        change = ts[0]
    if ts[1] is not None:
        change = change - ((1 - share) * ts[1][i] + share * ts[1][j])
    change = change * _rises(x, xp, fp)
    if ts[2] is not None:
        change = change + _free((1 - share) * ts[2][i] + share * ts[2][j], x, xp, left, right)
    return change


def _interp_advice(_x: Any, xp: Any, fp: Any, **_: Any) -> str:
    if xp.ndim != 1 or xp.shape != fp.shape:
        return f"the points need as many values, both in one row; xp has shape {xp.shape} and fp {fp.shape}"
    return "" if xp.size else "there is no point to interpolate between"


_interp = general(np.interp, _interp_x, _interp_xp, _interp_fp, jvp=_interp_jvp, public=False, advice=_interp_advice)


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Return at each x the value on the straight lines through the points (xp, fp); xp must increase.

    Outside of them it is `left` and `right`, by default the first and last of fp; with `period` there is no outside.
    Differentiable by x, xp, fp, and the options where they are tensors. At a point its slope is that of the line to
    the right, at the last one that to the left.
    """
    x, xp, fp = (as_tensor(a) for a in (x, xp, fp))
    if "c" in (x.dtype.kind, xp.dtype.kind):
        raise TypeError(f"interp: there is no order of complex numbers; x is {x.dtype} and xp {xp.dtype}")
    if period is not None:
        if not current(period):
            raise ValueError("interp: the period is 0")
        x, xp, fp = _wrapped(x, xp, fp, np.abs(period))
        left = right = None
    real = np.float64
    x, xp = (a if a.dtype == real else astype(a, real) for a in (x, xp))
    wide = np.dtype(np.complex128 if fp.dtype.kind == "c" else real)
    fp = fp if fp.dtype == wide else astype(fp, wide)
    out = _interp(
        x, xp, fp, **{key: current(end) for key, end in (("left", left), ("right", right)) if end is not None}
    )
    if type(left) is Tensor:
        out = np.where(np.less(x, xp[0]), left, out)
    return np.where(np.greater(x, xp[-1]), right, out) if type(right) is Tensor else out


def _wrapped(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Return x in the first period, and the points there in order, with one of the neighbouring periods at each end."""
    if xp.ndim != 1 or xp.shape != fp.shape:
        raise ValueError(f"interp: {_interp_advice(x, xp, fp)}")
    xp = xp % period
    order = np.argsort(current(xp))
    xp, fp = xp[order], fp[order]
    xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
    return x % period, xp, np.concatenate([fp[-1:], fp, fp[:1]])


for _function in (diff, ediff1d, gradient, interp):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)
trapz = composite(trapezoid, numpy=np.trapezoid, method=False, aliases=("trapz",))
if hasattr(np, "trapz"):  # its name until NumPy 2.3
    DISPATCH[np.trapz] = trapz  # noqa: NPY201
