"""The values of the nodes of a graph, as far as they can be known: a node keeps none but what its rules need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograd import Node, Tensor

_MOST: Final = 10_000  # elements of a result that is computed again


def values_of(nodes: Sequence[Node], tensors: Iterable[Tensor]) -> dict[Node, Any]:
    """Return the raw values of nodes: those of tensors at hand, those saved for backward, and what follows from them.

    An operation whose operands are all known is computed again, if its result is small. `nodes` are in an order where
    operands come first.
    """
    found: dict[Node, Any] = {t._node: t._value for t in tensors if t._node is not None}
    for node in nodes:
        for owner, value in zip((node, *node.inputs), node.saved or (), strict=False):
            if owner is not None and _is_value(value):
                found.setdefault(owner, value)
    with np.errstate(all="ignore"):
        for node in nodes:
            if node not in found and node.op is not None and node.dtype is not None:
                value = _again(node, found)
                if value is not None:
                    found[node] = value
    return found


def _again(node: Node, known: Mapping[Node, Any]) -> Any:
    """Return the result of an operation, computed again; None where something is not known, or it is large."""
    assert node.op is not None
    if int(np.prod(node.shape)) > _MOST:
        return None
    kept = node.saved[1:] if node.saved else ()
    operands = [
        known.get(parent) if parent is not None else (kept[i] if i < len(kept) else None)
        for i, parent in enumerate(node.inputs)
    ]
    if not all(map(_is_value, operands)):
        return None
    try:
        value = node.op.forward(*operands, **node.params)
    except Exception:  # it was computed once; if it cannot be again, its value is not known
        return None
    return value if getattr(value, "shape", None) == node.shape else None


def _is_value(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float)


def is_bad(value: Any) -> bool:
    """Return whether an array holds nan or infinity."""
    array = np.asarray(value)
    return array.dtype.kind in "fc" and not bool(np.isfinite(array).all())
