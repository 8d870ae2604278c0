"""Putting arrays together and taking them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.registry import linear, publish
from autograd.ops.reduction_options import all_in_dtype


def _shapes_advice(*arrays: Any, axis: int | None = 0) -> str:
    return (
        f"shapes {', '.join(str(a.shape) for a in arrays)} do not fit along axis {axis}; "
        "apart from that axis they must be equal"
    )


def _concatenate_vjp(g: Any, _out: Any, *_arrays: Any, axis: int | None = 0) -> Any:
    if axis is None:
        ends = np.cumsum([a.size for a in _arrays])[:-1]
        return [np.reshape(part, a.shape) for part, a in zip(np.split(g, ends), _arrays, strict=True)]
    return list(np.split(g, np.cumsum([a.shape[axis] for a in _arrays])[:-1], axis=axis))


def _joined(
    arrays: Sequence[Any], axis: int | None = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return operands and options of a call as NumPy has it, the arrays in the dtype that is asked for."""
    refuse_out("concatenate", out)
    if dtype is not None:
        arrays = all_in_dtype("concatenate", arrays, dtype, casting)
    return tuple(arrays), {"axis": axis}


concatenate = linear(
    lambda *arrays, axis=0: np.concatenate(arrays, axis=axis),
    joint=_concatenate_vjp,
    name="concatenate", numpy=np.concatenate, method=False, arity=0, aliases=("concat",), advice=_shapes_advice,
    bind=_joined,
    samples=(((2, 3), (1, 3), {"axis": 0}), ((2, 1), (2, 3), {"axis": -1}), ((2,), (3, 1), {"axis": None})),
    doc="The arrays of a sequence, one behind the other along `axis`; flattened first where it is None.",
)  # fmt: skip
stack = linear(
    lambda *arrays, axis=0: np.stack(arrays, axis=axis),
    joint=lambda g, _out, *_arrays, axis=0: [
        np.squeeze(part, axis=axis) for part in np.split(g, len(_arrays), axis=axis)
    ],
    name="stack", numpy=np.stack, method=False, arity=0, advice=_shapes_advice,
    bind=_joined,
    samples=(((2, 3), (2, 3), {"axis": 1}), ((), (), {"axis": 0})),
    doc="The arrays of a sequence, all of one shape, along a new axis.",
)  # fmt: skip


def _split_vjp(g: Any, _out: Any, _x: Any, indices_or_sections: Any = 1, axis: int = 0) -> Any:  # noqa: ARG001
    return np.concatenate(g, axis=axis)


split = linear(
    lambda x, indices_or_sections, axis=0: np.split(x, indices_or_sections, axis=axis), _split_vjp,
    name="split", numpy=np.split,
    samples=(
        ((6, 2), {"indices_or_sections": 3}),
        ((5,), {"indices_or_sections": (1, 3)}),
        ((2, 4), {"indices_or_sections": 2, "axis": 1}),
    ),
    doc="x cut along `axis` into equal sections, or before the given indices.",
)  # fmt: skip
array_split = linear(
    lambda x, indices_or_sections, axis=0: np.array_split(x, indices_or_sections, axis=axis), _split_vjp,
    name="array_split", numpy=np.array_split, method=False, samples=(((5, 2), {"indices_or_sections": 3}),),
    doc="x cut along `axis` into sections as equal as can be.",
)  # fmt: skip


def _tensors(arrays: Sequence[Any], least: int) -> list[Any]:
    """Return the arrays with at least `least` axes."""
    grow = np.atleast_1d if least == 1 else np.atleast_2d
    return [grow(a) for a in arrays]


def vstack(arrays: Sequence[Any], *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Return the arrays below each other, as rows."""
    return concatenate(_tensors(arrays, 2), axis=0, dtype=dtype, casting=casting)


def hstack(arrays: Sequence[Any], *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Return the arrays beside each other, along the second axis, or the first of 1-d arrays."""
    rows = _tensors(arrays, 1)
    return concatenate(rows, axis=0 if rows and rows[0].ndim == 1 else 1, dtype=dtype, casting=casting)


def column_stack(arrays: Sequence[Any]) -> Any:
    """Return the arrays as columns of a matrix."""
    return concatenate([a if np.ndim(a) > 1 else np.reshape(a, (-1, 1)) for a in arrays], axis=1)


def append(x: Any, values: Any, axis: int | None = None) -> Any:
    """Return x with `values` behind it along `axis`; both flattened where it is None."""
    return concatenate([x, values], axis=axis)


publish(vstack, numpy=np.vstack, method=False)
publish(hstack, numpy=np.hstack, method=False)
publish(column_stack, numpy=np.column_stack, method=False)
publish(append, numpy=np.append, method=False)
