"""What backward would do, for those who look at a graph: nothing is freed, and no `.grad` changes."""

from __future__ import annotations

from typing import Any

from autograd.engine.derivative import pull
from autograd.engine.derivative import slopes as slopes
from autograd.engine.graph import Node, reachable
from autograd.engine.mode import enable_grad
from autograd.engine.tensor import Tensor


def cotangents(tensor: Tensor, grad: Any = None) -> dict[Node, Any]:
    """Return the gradient of `tensor` by every node that it depends on, in the order in which backward reaches them.

    `grad` is the cotangent to start from, 1 for a single element. A node that no gradient reaches is left out. Raises
    RuntimeError where backward would: without a graph, for several elements without `grad`, and after a pass that has
    freed the saved values.

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
