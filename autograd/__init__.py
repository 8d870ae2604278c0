"""graphgrad's engine: NumPy arrays that record what is done with them, and derivatives of any order.

Start with `tensor`, operators and NumPy's own functions, and `Tensor.backward`; or with `grad` and the other
transforms, which take functions of plain arrays. Every function of the operations is here under NumPy's name.
"""

import os
import warnings
from fnmatch import fnmatch
from importlib import import_module
from typing import Any

from autograd import ops as ops
from autograd.compiler import TraceError, callback, compile, guarded, is_compiling, require
from autograd.custom import checkpoint, custom_vjp, operation
from autograd.differential_operators import (
    deriv,
    elementwise_grad,
    grad_and_aux,
    grad_named,
    hessian_tensor_product,
    hessian_vector_product,
    holomorphic_grad,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    multigrad_dict,
    tensor_jacobian_product,
    vector_jacobian_product,
)
from autograd.engine.anomaly import detect_anomaly
from autograd.engine.errors import BatchError
from autograd.engine.graph import Node, reachable, tick
from autograd.engine.mode import enable_grad, is_grad_enabled, no_grad
from autograd.engine.registry import OPS, PUBLIC, elementwise, general, linear, stepwise
from autograd.engine.tensor import Tensor, as_tensor, tensor
from autograd.extend import primitive
from autograd.inspection import cotangents, recorded_backward, slopes
from autograd.mapping import vmap
from autograd.transforms import ggnvp, grad, hessian, hvp, jacobian, jvp, linearize, value_and_grad, vjp

__version__ = "0.1.0"

__all__ = [
    "OPS",
    "BatchError",
    "Node",
    "Tensor",
    "TraceError",
    "as_tensor",
    "callback",
    "checkpoint",
    "compile",
    "cotangents",
    "custom_vjp",
    "deriv",
    "detect_anomaly",
    "elementwise",
    "elementwise_grad",
    "enable_grad",
    "general",
    "ggnvp",
    "grad",
    "grad_and_aux",
    "grad_named",
    "guarded",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "holomorphic_grad",
    "hvp",
    "is_compiling",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "linear",
    "linearize",
    "make_ggnvp",
    "make_hvp",
    "make_jvp",
    "make_vjp",
    "multigrad_dict",
    "no_grad",
    "operation",
    "primitive",
    "reachable",
    "recorded_backward",
    "require",
    "slopes",
    "stepwise",
    "tensor",
    "tensor_jacobian_product",
    "tick",
    "value_and_grad",
    "vector_jacobian_product",
    "vjp",
    "vmap",
]
__all__ += sorted(PUBLIC)
globals().update(PUBLIC)

_LATER = ("builtins", "core", "misc", "numpy", "scipy", "test_util", "testing", "tracer")
"""The modules that are loaded where they are asked for, as `autograd.numpy` is by those who import autograd alone."""


_OF_PYTHON = ("dict", "isinstance", "list", "tuple", "type")
"""What programs for HIPS autograd import in place of Python's own; not in the module, which uses Python's."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return import_module(f"autograd.{name}")
    if name in _OF_PYTHON:
        return getattr(import_module("autograd.builtins"), name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


_folder = os.path.dirname(os.path.dirname(__file__))
if [name for name in (os.listdir(_folder) if os.path.isdir(_folder) else ()) if fnmatch(name, "autograd-*-info")]:
    warnings.warn(
        "the files of HIPS autograd and of graphgrad are mixed here, since both are imported as autograd and pip does "
        "not know it. Run: pip uninstall autograd; pip install --force-reinstall --no-deps graphgrad",
        stacklevel=2,
    )
