"""Borders around arrays: `np.pad` in all its modes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd.engine.registry import composite, general
from autograd.engine.tensor import as_tensor, current

Pair = tuple[int, int]

_GATHERED: Final = ("edge", "reflect", "symmetric", "wrap")
_STATISTICS: Final[dict[str, Callable[..., Any]]] = {
    "maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min
}  # fmt: skip


def _inner(_x: Any, pad_width: Any) -> tuple[slice, ...]:
    return tuple(
        slice(before, before + n) for (before, _), n in zip(_pairs(pad_width, len(_x.shape)), _x.shape, strict=True)
    )


_pad_constant = general(
    lambda x, pad_width, constant_values=0: np.pad(x, pad_width, constant_values=constant_values),
    lambda g, _out, _x, pad_width=0, **_options: g[_inner(_x, pad_width)],
    jvp=lambda ts, _out, _x, pad_width=0, **_options: np.pad(ts[0], pad_width),
    name="pad", method=False, options=("pad_width", "constant_values"),
    samples=(((2, 3), {"pad_width": 1}), ((2, 3), {"pad_width": ((1, 0), (2, 1)), "constant_values": 4.0})),
    doc="x with `constant_values` around it.",
)  # fmt: skip


def pad(x: Any, pad_width: Any, mode: str = "constant", **options: Any) -> Any:
    """Return x with a border of `pad_width` elements before and after each axis, a number, pairs, or a dict by axis.

    Modes as in NumPy: "constant" (with `constant_values`), "edge", "linear_ramp" (with `end_values`), "maximum",
    "mean", "median" and "minimum" (of `stat_length` elements), "reflect" and "symmetric" (with `reflect_type`), "wrap".
    """
    if isinstance(pad_width, dict):
        given = {axis % x.ndim: width for axis, width in pad_width.items()}
        pad_width = [_pair(given.get(axis, 0)) for axis in range(x.ndim)]
    if mode == "constant":
        return _pad_constant(x, pad_width=pad_width, **options)
    if x.dtype.kind not in "fc":  # which has no gradient, and rounds
        return as_tensor(np.pad(current(x), pad_width, mode, **options))  # type: ignore[call-overload]
    if options.get("reflect_type") == "odd":
        return _by_axis(x, pad_width, _mirrored, mode == "reflect")
    if mode in _GATHERED:
        source = np.pad(np.arange(math.prod(x.shape)).reshape(x.shape), pad_width, mode, **options)  # type: ignore[call-overload]
        return np.reshape(x, (-1,))[source]
    if mode == "linear_ramp":
        return _by_axis(x, pad_width, _ramp, _pairs(options.get("end_values", 0), x.ndim))
    if mode in _STATISTICS:
        lengths = options.get("stat_length")
        return _by_axis(
            x, pad_width, _statistic, _STATISTICS[mode], None if lengths is None else _pairs(lengths, x.ndim)
        )
    known = ", ".join(("constant", "linear_ramp", *_GATHERED, *_STATISTICS))
    raise NotImplementedError(f"pad: mode {mode!r} has no derivative rule. Modes: {known}.")


def _pair(width: Any) -> Any:
    return (width, width) if np.ndim(width) == 0 else width


def _pairs(values: Any, ndim: int) -> list[Any]:
    """Return a pair for each axis, of what is before and after it."""
    return [tuple(pair) for pair in np.broadcast_to(np.asarray(values), (ndim, 2)).tolist()]


def _by_axis(x: Any, pad_width: Any, border: Callable[..., Any], *options: Any) -> Any:
    """Return x with borders made one axis after the other: of what stands there before, and of earlier borders too.

    `border(x, width, axis, end, *options)` makes one before the first element (end 0), or after the last (end -1).
    """
    for axis, (before, after) in enumerate(_pairs(pad_width, x.ndim)):
        first, last = border(x, before, axis, 0, *options), border(x, after, axis, -1, *options)
        x = np.concatenate([*[first] * (before > 0), x, *[last] * (after > 0)], axis=axis)
    return x


def _part(x: Any, axis: int, index: slice) -> Any:
    return x[(slice(None),) * axis + (index,)]


def _edge(x: Any, axis: int, end: int) -> Any:
    return _part(x, axis, slice(0, 1) if end == 0 else slice(-1, None))


def _mirrored(x: Any, width: int, axis: int, end: int, without_edge: bool) -> Any:
    """Return the elements from the end on, in reverse, turned about the one at the end: 2 edge - x."""
    n = x.shape[axis]
    if width > n - without_edge:
        raise NotImplementedError(
            f"pad: with reflect_type='odd' a border of {width} elements around {n} has no derivative rule; pad in steps"
        )
    near = slice(int(without_edge), width + without_edge)
    found = _part(x, axis, near) if end == 0 else _part(np.flip(x, axis), axis, near)
    border = 2 * _edge(x, axis, end) - found
    return np.flip(border, axis) if end == 0 else border


def _ramp(x: Any, width: int, axis: int, end: int, end_values: list[tuple[Any, Any]]) -> Any:
    """Return numbers in equal steps from the end value to that at the end of x, which is not among them."""
    edge, outer = np.squeeze(_edge(x, axis, end), axis), end_values[axis][end]
    ramp = np.linspace(np.full_like(current(edge), outer), edge, width, endpoint=False, axis=axis, dtype=x.dtype)
    return ramp if end == 0 else np.flip(ramp, axis)


def _statistic(
    x: Any, width: int, axis: int, end: int, function: Callable[..., Any], lengths: list[Pair] | None
) -> Any:
    """Return a border of a statistic of the elements at the end: of all of them, or of so many."""
    n = x.shape[axis]
    length = n if lengths is None else min(lengths[axis][end], n)
    near = _part(x, axis, slice(0, length) if end == 0 else slice(n - length, n))
    shape = tuple(width if i == axis else size for i, size in enumerate(x.shape))
    return np.broadcast_to(function(near, axis=axis, keepdims=True), shape)


composite(pad, numpy=np.pad, method=False)
