"""Compiling recorded functions: `compile`, and what a function that is compiled may ask for.

All but this door is loaded when the first function is compiled.
"""

from autograd.compiler.compiled import callback as callback
from autograd.compiler.compiled import compile as compile
from autograd.compiler.compiled import guarded as guarded
from autograd.compiler.compiled import is_compiling as is_compiling
from autograd.compiler.compiled import require as require
from autograd.compiler.errors import TraceError as TraceError
