"""The recorded graph: nodes, and the one walk over them. Imports nothing of ours.

A `Node` is what an operation leaves behind: which operation, from which nodes, and the values that its
derivative rules have asked to keep. It never points at the `Tensor` that a user holds, so a graph has no
reference cycles and every intermediate value is freed as soon as its last handle is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np

    from autograd.engine.op import Op

tick: Callable[[], int] = count(1).__next__
"""Return the next birth number. Creation order is a topological order, so sorting by birth is all it takes.

What was recorded between two calls has its numbers between theirs: so a layer can tell its operations later.
"""


class Typed:
    """What has a shape and a dtype."""

    __slots__ = ("dtype", "shape")

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)


class Spec(Typed):
    """The shape and dtype of an array whose values are not kept; what a rule sees in a `_name` parameter."""

    __slots__ = ()

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self.shape = shape
        self.dtype = dtype


class Node(Typed):
    """One recorded operation, or a leaf (`op is None`).

    `inputs` has one entry per operand: its node, or None for a constant. `saved` is `(out, *inputs)` with the
    values that the rules named; it becomes None when backward has passed. A node of several outputs has their
    `Spec`s as its `shape` and no dtype.
    """

    __slots__ = ("birth", "flows", "grad", "hooks", "inputs", "op", "params", "saved", "site")

    op: Op | None
    inputs: tuple[Node | None, ...]
    saved: tuple[Any, ...] | None
    params: dict[str, Any]
    birth: int
    flows: bool  # whether gradients flow here: not into the booleans and integers of a stepwise operation
    hooks: list[Callable[[Any], Any]] | None
    grad: Any  # of a leaf, or of an intermediate under retain_grad(): the Tensor's .grad lives here
    site: str | None  # "file:line in function", recorded under detect_anomaly() only

    def __repr__(self) -> str:
        name = "leaf" if self.op is None else self.op.name
        return f"<Node {self.birth} {name} {self.shape} {self.dtype}>"


_NOTHING: Final[dict[str, Any]] = {}
VARIABLE: Final[dict[str, Any]] = {}
"""What a leaf has as its `params` if a transform made it: it is no tensor of the user's own."""


def new_leaf(shape: tuple[int, ...], dtype: np.dtype[Any], params: dict[str, Any] = _NOTHING) -> Node:
    """Make a leaf. (A node has no __init__: operations fill a bare one by hand, on the fast path in `calls.py`.)"""
    node = Node()
    node.shape = shape
    node.dtype = dtype
    node.op = None
    node.inputs = ()
    node.saved = ()
    node.params = params
    node.birth = tick()
    node.flows = True
    node.hooks = node.grad = node.site = None
    return node


birth_of = attrgetter("birth")


def reachable(roots: Iterable[Node], floor: int = 0, stop: Collection[Node] = ()) -> list[Node]:
    """Return every node that `roots` depend on, oldest first: operands always stand before their users.

    Nodes born before `floor` are left out, since they cannot depend on anything born at `floor` or later;
    nodes in `stop` are listed but not looked behind.
    """
    return walk(roots, floor, stop)[0]


def walk(roots: Iterable[Node], floor: int = 0, stop: Collection[Node] = ()) -> tuple[list[Node], bool]:
    """Return what `reachable` does, and whether any of it depends on a node that was born before `floor`."""
    seen = set(roots)
    stack = list(seen)
    beyond = False
    while stack:
        node = stack.pop()
        if stop and node in stop:
            continue
        for parent in node.inputs:
            if parent is not None and parent not in seen:
                if parent.birth >= floor:
                    seen.add(parent)
                    stack.append(parent)
                else:
                    beyond = True
    return sorted(seen, key=birth_of), beyond
