"""The values of the nodes of a graph, as far as they can be known: a node keeps none but what its rules need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from autograd import Node, Tensor

_MOST: Final = 10_000  # elements of a result that is computed again


def values_of(nodes: Sequence[Node], tensors: Iterable[Tensor]) -> dict[Node, Any]:
    """Return the raw values of nodes: those of tensors at hand, those saved for backward, and what follows from them.

    An operation whose operands are all known is computed again, if its result is small; but nothing is, where that does
    not lead to the values that are at hand, since the leaves were changed. `nodes` are in an order where operands come
    first.
    """
    at_hand: dict[Node, Any] = {t._node: t._value for t in tensors if t._node is not None}
    found = dict(at_hand)
    for node in nodes:
        for owner, value in zip((node, *node.inputs), node.saved or (), strict=False):
            if owner is not None and _is_value(value):
                found.setdefault(owner, value)
    again: dict[Node, Any] = {}
    agree: set[bool] = set()
    with np.errstate(all="ignore"):
        for node in nodes:
            if node.op is None or node.dtype is None or (node in found and node not in at_hand):
                continue
            value = _again(node, found | again if again else found)
            if value is not None and node in at_hand:
                agree.add(bool(np.allclose(value, at_hand[node], rtol=1e-3, equal_nan=True)))
            elif value is not None:
                again[node] = value
    freed = any(node.saved is None for node in nodes)
    if False in agree or (freed and not agree):  # leaves have been changed since, or may have been
        return found
    return found | again


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
