"""What backward would do, for those who look at a graph: nothing is freed, and no `.grad` changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.engine.derivative import pull
from autograd.engine.derivative import slopes as slopes
from autograd.engine.graph import Node, reachable
from autograd.engine.mode import enable_grad, mode_scope
from autograd.engine.tensor import LIFT, Tensor


def cotangents(tensor: Tensor, grad: Any = None) -> dict[Node, Any]:
    """Return the gradient of `tensor` by every node that it depends on, in the order in which backward reaches them.

    `grad` is the cotangent to start from, 1 for a single element. A node that no gradient reaches is left out. Hooks
    are called, since they may change it. Raises RuntimeError where backward would: without a graph, for several
    elements without `grad`, and after a pass that has freed the saved values.

    >>> import autograd
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> y = x * x
    >>> [float(g) for g in cotangents(y + 1).values()], x.grad
    ([1.0, 1.0, 6.0], None)
    """
    node = tensor._node
    if node is None or not tensor.requires_grad:
        raise RuntimeError("cotangents: this tensor does not depend on any tensor that requires grad")
    nodes = [n for n in reachable([node]) if n.dtype is not None]
    with enable_grad():  # not an observer's business
        found = pull({node: tensor._seed(grad, False)}, nodes, keep=True)
    return {n: found[n] for n in reversed(nodes) if found.get(n) is not None}


def recorded_backward(tensor: Tensor, grad: Any = None) -> tuple[dict[Node, Tensor], dict[Node, Node]]:
    """Record the backward pass: return the gradients by the leaves, as tensors with a graph, and where it is from.

    The second dict has, for each node that was recorded, the node whose rule made it (for a sum of contributions, the
    node that gave the last one). Raises RuntimeError as `cotangents` does.

    >>> import autograd
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> y = autograd.sin(x)
    >>> gradients, origin = recorded_backward(y)
    >>> [(new.op.name, old.op.name) for new, old in origin.items()]
    [('cos', 'sin'), ('multiply', 'sin')]
    """
    node = tensor._node
    if node is None or not tensor.requires_grad:
        raise RuntimeError("recorded_backward: this tensor does not depend on any tensor that requires grad")
    notes = _Origins()
    with mode_scope(notes):
        found = pull({node: tensor._seed(grad, True)}, keep=True, lift=LIFT)
    gradients = {n: g for n, g in found.items() if isinstance(g, Tensor)}
    return gradients, notes.origin


class _Origins:
    """An observer that notes of each node that backward records by which rule."""

    def __init__(self) -> None:
        self.origin: dict[Node, Node] = {}
        self._waiting: list[Node] = []
        self._last: tuple[Node, Any] | None = None

    def recorded(self, node: Node, _value: Any, operands: Sequence[Any]) -> None:
        if self._last is not None and node.op is not None and node.op.name == "add":
            origin, contribution = self._last
            if any(operand is contribution for operand in operands):  # it is added to what was there before
                self.origin[node] = origin
                return
        self._waiting.append(node)

    def pulled(self, node: Node, _g: Any, contribution: Any) -> None:
        for new in self._waiting:
            self.origin[new] = node
        self._waiting.clear()
        self._last = node, contribution
