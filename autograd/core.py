"""What HIPS autograd has in `autograd.core`: the operators on functions of one argument, and vector spaces."""

from __future__ import annotations

from typing import Any

from autograd.differential_operators import _make_jvp as make_jvp  # noqa: F401
from autograd.differential_operators import _make_vjp as make_vjp  # noqa: F401
from autograd.engine.derivative import pull
from autograd.engine.graph import Node, reachable
from autograd.engine.tensor import Tensor, current, from_value
from autograd.extend import JVPNode as JVPNode
from autograd.extend import SparseObject as SparseObject
from autograd.extend import VJPNode as VJPNode
from autograd.extend import def_linear as def_linear
from autograd.extend import defjvp as defjvp
from autograd.extend import defjvp_argnum as defjvp_argnum
from autograd.extend import defjvp_argnums as defjvp_argnums
from autograd.extend import defvjp as defvjp
from autograd.extend import defvjp_argnum as defvjp_argnum
from autograd.extend import defvjp_argnums as defvjp_argnums
from autograd.extend import primitive as primitive
from autograd.vector_space import VSpace as VSpace
from autograd.vector_space import vspace as vspace


def backward_pass(g: Any, end_node: Node) -> Any:
    """Return the gradient at the variable that a node of a trace depends on, from the cotangent g of the node.

    The variable is the oldest: make it by `autograd.tracer.new_box`. The graph stays as it is. The result is a tensor
    where g is one.

    >>> import numpy as np
    >>> from autograd.tracer import new_box
    >>> y = np.sin(new_box(np.array([0.0, 1.0]), 0, VJPNode.new_root()))
    >>> backward_pass(np.array([1.0, 0.0]), y._node)
    array([1., 0.])
    """
    start = reachable([end_node])[0]
    found = pull({end_node: current(g)}, {start}, keep=True)[start]
    return from_value(found, None) if isinstance(g, Tensor) else found
