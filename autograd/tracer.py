"""What HIPS autograd has in `autograd.tracer`: whether a value is traced, and what it is."""

from __future__ import annotations

from typing import Any

from autograd.engine.graph import Node as Node
from autograd.engine.tensor import Tensor, current
from autograd.extend import notrace_primitive as notrace_primitive
from autograd.extend import primitive as primitive

Box = Tensor


def isbox(x: Any) -> bool:
    """Return whether a value is traced, that is a Tensor."""
    return type(x) is Tensor


def getval(x: Any) -> Any:
    """Return the plain value of what may be traced."""
    return current(x)
