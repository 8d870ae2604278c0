"""graphgrad's engine: NumPy arrays that record what is done with them, and derivatives of any order.

Start with `tensor`, operators and NumPy's own functions, and `Tensor.backward`; or with `grad` and the other
transforms, which take functions of plain arrays. Every function of the operations is here under NumPy's name.
"""

from autograd import ops as ops
from autograd.compiler import TraceError, callback, compile, guarded, is_compiling, require
from autograd.custom import checkpoint, operation
from autograd.engine.anomaly import detect_anomaly
from autograd.engine.graph import Node, reachable, tick
from autograd.engine.mode import enable_grad, is_grad_enabled, no_grad
from autograd.engine.registry import OPS, PUBLIC, elementwise, general, linear, stepwise
from autograd.engine.tensor import Tensor, as_tensor, tensor
from autograd.inspection import cotangents, recorded_backward, slopes
from autograd.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

__version__ = "0.1.0"

__all__ = [
    "OPS",
    "Node",
    "Tensor",
    "TraceError",
    "as_tensor",
    "callback",
    "checkpoint",
    "compile",
    "cotangents",
    "detect_anomaly",
    "elementwise",
    "enable_grad",
    "general",
    "grad",
    "guarded",
    "hessian",
    "hvp",
    "is_compiling",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linear",
    "no_grad",
    "operation",
    "reachable",
    "recorded_backward",
    "require",
    "slopes",
    "stepwise",
    "tensor",
    "tick",
    "value_and_grad",
    "vjp",
]
__all__ += sorted(PUBLIC)
globals().update(PUBLIC)
