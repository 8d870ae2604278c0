"""Putting elements in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.domain import DISTINCT
from autograd.engine.registry import general, stepwise


def _ordering(
    x: Any, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None, descending: Any = None
) -> Any:
    """Take NumPy's arguments; every `kind` is served by the stable one."""
    del kind, stable
    if order is not None:
        raise TypeError("sort: order= names fields of structured arrays, and tensors hold numbers")
    return (x,), {"axis": axis} | ({"descending": True} if descending else {})


def _places(x: Any, axis: int | None = -1, descending: bool = False) -> Any:
    """Return the indices that sort x, ties in their order, nan at the end."""
    if descending:
        x = np.invert(x) if x.dtype.kind in "biu" else np.negative(x)
    return np.argsort(x, axis=axis, kind="stable")


def _sorted(x: Any, axis: int | None = -1, descending: bool = False) -> Any:
    if not descending:
        return np.sort(x, axis=axis, kind="stable")
    x, axis = (np.reshape(x, (-1,)), -1) if axis is None else (x, axis)
    return np.take_along_axis(x, _places(x, axis, descending), axis=axis)


def _sort_vjp(g: Any, _out: Any, x: Any, axis: int | None = -1, descending: bool = False) -> Any:
    """Send each cotangent back to where the stable sort took its element from."""
    flat = np.reshape(x, (-1,)) if axis is None else x
    along = -1 if axis is None else axis
    back = np.take_along_axis(g, np.argsort(_places(flat, along, descending), axis=along), axis=along)
    return np.reshape(back, x.shape)


sort = general(
    _sorted, _sort_vjp,
    jvp=lambda ts, _out, x, axis=-1, descending=False: np.take_along_axis(
        ts[0], _places(x, axis, descending), axis=axis
    ),
    name="sort", numpy=np.sort, method=False, domain=DISTINCT, bind=_ordering,
    samples=(((5,), {}), ((3, 4), {"axis": 0}), ((2, 3), {"axis": None})),
    doc="x in ascending order along `axis`, ties in their order; None sorts the flattened array.",
)  # fmt: skip
argsort = stepwise(
    _places, arity=1, options=("axis", "descending"),
    name="argsort", numpy=np.argsort, bind=_ordering, domain=DISTINCT, samples=(((5,), {}), ((3, 4), {"axis": 0})),
    doc="The indices that sort x along `axis`, ties in their order.",
)  # fmt: skip
