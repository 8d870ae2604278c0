"""All rows of a Jacobian: in one pass with a batch of cotangents, or of tangents where there are fewer of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from autograd.batching.boundary import Batch
from autograd.engine.derivative import push
from autograd.engine.errors import BatchError
from autograd.engine.graph import Node, reachable
from autograd.engine.mode import enable_grad, recording
from autograd.engine.tensor import LIFT

Pull = Callable[[dict[Node, Any]], list[Any]]

BUDGET: Final = 64 * 2**20
"""How many bytes the largest array of a pass may have."""


FEW: Final = 4
"""From how many rows on a pass for all of them is faster than one for each, of small arrays."""


def rows(pull: Pull, node: Node, floor: int) -> list[Any]:
    """Return for each variable its gradients by all elements of `node`, along a first axis.

    `pull` gives the gradients for a cotangent of `node`, as often as it is asked. One by one it is asked where an
    operation looks at single values, where there are hooks or an observer, and inside a compiled function.
    """
    size = node.size
    trace = reachable([node], floor) if size >= FEW and isinstance(recording(), bool) else []
    if trace and not any(n.hooks for n in trace):
        step = max(FEW, BUDGET // max(map(_bytes, trace)))
        try:
            parts = [_together(pull, node, i, min(i + step, size)) for i in range(0, size, step)]
        except BatchError:
            pass
        else:
            return parts[0] if len(parts) == 1 else [np.concatenate(p) for p in zip(*parts, strict=True)]
    found = [pull({node: np.reshape(_unit(node, i, i + 1), node.shape)}) for i in range(size)]
    return [np.stack(column) for column in zip(*found, strict=True)]


def _bytes(node: Node) -> int:
    return max(1, node.size * node.dtype.itemsize) if node.dtype is not None else 1


def _unit(like: Node, start: int, stop: int) -> Any:
    """Return these rows of the identity, each in the shape of the node."""
    unit = np.zeros((stop - start, like.size), like.dtype)
    unit[np.arange(stop - start), np.arange(start, stop)] = 1
    return np.reshape(unit, (stop - start, *like.shape))


def _together(pull: Pull, node: Node, start: int, stop: int) -> list[Any]:
    batch = Batch(stop - start)
    found = [batch.array(g) for g in pull({node: batch.examples(_unit(node, start, stop))})]
    batch.enclose(found)
    return found


def rows_by_columns(variables: Sequence[Node], node: Node, floor: int) -> list[Any] | None:
    """Return what `rows` does, by forward mode; None where that is not cheaper, or may differ in more than rounding.

    It may where something is not finite: an infinite slope that meets a zero on its way is nan from one side only.
    """
    count = sum(v.size for v in variables)
    if 2 * count > node.size or node.size < FEW or not isinstance(recording(), bool):
        return None
    trace = reachable([node], floor)
    if (
        any(n.dtype is None or n.dtype.kind == "c" or not _is_forward(n) for n in trace)
        or count * max(map(_bytes, trace)) > BUDGET
    ):
        return None
    try:
        found = [_pushed(v, node) for v in variables]
    except BatchError:
        return None
    return found if all(np.all(np.isfinite(rows)) for rows in found) else None


def _is_forward(node: Node) -> bool:
    """Return whether an operation has a forward rule of its own, that need not be derived."""
    op = node.op
    return op is None or op.jvp is not None or op.kind != "general"


def _pushed(variable: Node, node: Node) -> Any:
    size = variable.size
    batch = Batch(size)
    with np.errstate(all="ignore"), enable_grad():
        tangents = {variable: batch.examples(_unit(variable, 0, size))}
        slope = push(tangents, [node], LIFT).get(node) if size else None
    shape = (node.size, *variable.shape)
    if slope is None:
        return np.zeros(shape, variable.dtype)
    return np.reshape(np.astype(batch.array(slope, axis=len(node.shape)), variable.dtype), shape)


def blocks(pull: Pull, node: Node | None, shape: tuple[int, ...], variables: Sequence[Node], *, recorded: bool) -> Any:
    """Return for each variable the block of the Jacobian: of the shape of the result and that of the variable."""
    if node is None or not math.prod(shape):
        return [np.zeros((*shape, *v.shape), v.dtype) for v in variables]
    floor = min((v.birth for v in variables), default=0)
    found = None if recorded else rows_by_columns(variables, node, floor)
    if found is None:
        found = rows(pull, node, floor)
    return [np.reshape(g, (*shape, *v.shape)) for g, v in zip(found, variables, strict=True)]
