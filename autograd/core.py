"""What HIPS autograd has in `autograd.core`: the operators on functions of one argument, and vector spaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd import differential_operators
from autograd.engine.graph import Node
from autograd.extend import SparseObject as SparseObject
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

VJPNode = JVPNode = Node


def make_vjp(fun: Callable[..., Any], x: Any) -> tuple[Callable[..., Any], Any]:
    """Return (the function that maps a cotangent of fun(x) to one of x, fun(x))."""
    pullback, out = differential_operators.make_vjp(fun)(x)
    return pullback, out


def make_jvp(fun: Callable[..., Any], x: Any) -> Callable[..., Any]:
    """Return the function that maps a tangent of x to (fun(x), its tangent)."""
    pushed: Callable[..., Any] = differential_operators.make_jvp(fun)(x)
    return pushed
