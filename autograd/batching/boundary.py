"""The way into a batch and out of it: records, so that derivatives of any order and mode go through.

Inside, every node stands for one example. `batch` makes of an array its examples and `unbatch` an array of examples
again; each is the other's transpose. What is the same for all examples comes in by `share`, whose transpose is the sum
over the batch. Nobody calls it: `enclose` puts it on the edges that lead out of what was recorded inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.batching import indexing as indexing
from autograd.batching import products as products
from autograd.batching import shapes as shapes
from autograd.batching.array import Batched, is_at
from autograd.engine.calls import recorded
from autograd.engine.graph import Node, reachable, tick
from autograd.engine.registry import linear
from autograd.engine.tensor import Tensor


class Batch:
    """One batch: its level, which is the birth number from which nodes belong to it, and how many examples it has."""

    def __init__(self, size: int) -> None:
        self.level = tick()
        self.size = size

    def examples(self, x: Any, axis: int = 0) -> Any:
        """Return what stands for one of the examples that lie along an axis of x."""
        return _BATCH(x, batch=self, axis=axis) if isinstance(x, Tensor) else split(x, self, axis)

    def array(self, x: Any, axis: int = 0) -> Any:
        """Return the array of the examples of x, along an axis."""
        return _UNBATCH(x, batch=self, axis=axis) if isinstance(x, Tensor) else joined(x, self, axis)

    def enclose(self, outputs: Iterable[Any]) -> None:
        """Let gradients be summed over the batch where they leave it, in the graph of these Tensors."""
        roots = [x._node for x in outputs if isinstance(x, Tensor) and x._node is not None]
        doors: dict[Node, Node] = {}
        for node in reachable(roots, self.level):
            if node.op is not _BATCH.op and any(p is not None and p.birth < self.level for p in node.inputs):
                node.inputs = tuple(
                    p if p is None or p.birth >= self.level else doors.get(p) or doors.setdefault(p, self._door(p))
                    for p in node.inputs
                )

    def _door(self, parent: Node) -> Node:
        """Return the node by which one from outside comes into the batch."""
        tensor = recorded(_SHARE.op, (parent,), (None, parent), {"batch": self}, parent, True, ())
        node: Node = tensor._node
        node.birth, node.flows = self.level, parent.flows
        return node


def split(x: Any, batch: Batch, axis: int) -> Any:
    """Return the examples along an axis of an array; below the levels of batches that were made later."""
    if type(x) is Batched and x._level > batch.level:
        return Batched(x._level, split(x._raw, batch, axis + 1))
    return Batched(batch.level, np.moveaxis(x, axis, 0))


def joined(x: Any, batch: Batch, axis: int) -> Any:
    """Return the examples as an array, along an axis; repeated if they are all the same."""
    if is_at(batch.level, x):
        return np.moveaxis(x._raw, 0, axis)
    if type(x) is Batched and x._level > batch.level:
        return Batched(x._level, joined(x._raw, batch, axis + 1))
    wide = np.expand_dims(x, axis)
    shape = wide.shape
    return np.copy(np.broadcast_to(wide, tuple(batch.size if i == axis else n for i, n in enumerate(shape))))


def summed(x: Any, batch: Batch) -> Any:
    """Return the sum over the batch."""
    if is_at(batch.level, x):
        return np.sum(x._raw, axis=0)
    if type(x) is Batched and x._level > batch.level:
        return Batched(x._level, summed(x._raw, batch))
    return x * batch.size


_BATCH: Any = linear(
    split,
    lambda g, _out, _x, batch=None, axis=0: (_UNBATCH if isinstance(g, Tensor) else joined)(g, batch=batch, axis=axis),
    name="batch", public=False, doc="The examples along an axis.",
)  # fmt: skip
_UNBATCH: Any = linear(
    joined,
    lambda g, _out, _x, batch=None, axis=0: (_BATCH if isinstance(g, Tensor) else split)(g, batch=batch, axis=axis),
    name="unbatch", public=False, doc="The array of the examples.",
)  # fmt: skip
_SUM: Any = linear(
    summed, lambda g, _out, _x, batch=None: _SHARE(g, batch=batch) if isinstance(g, Tensor) else g,
    name="sum over a batch", public=False, doc="The sum over a batch.",
)  # fmt: skip
_SHARE: Any = linear(
    lambda x, batch: x,  # noqa: ARG005 - its option, which the transpose reads
    lambda g, _out, _x, batch=None: (_SUM if isinstance(g, Tensor) else summed)(g, batch=batch),
    name="share", public=False, doc="What is the same for all examples of a batch.",
)  # fmt: skip
