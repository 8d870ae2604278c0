"""SciPy's functions with derivatives, for programs that import HIPS autograd's `autograd.scipy`.

SciPy's special functions are ufuncs: once this is imported `scipy.special.gammaln(t)` takes tensors too.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

try:
    import scipy as _scipy
except ImportError as error:
    raise ImportError('autograd.scipy needs SciPy: pip install "graphgrad[scipy]"') from error

from autograd.scipy import special as special

__version__ = _scipy.__version__
_OURS = ("integrate", "linalg", "signal", "stats")


def __getattr__(name: str) -> Any:
    return import_module(f"autograd.scipy.{name}") if name in _OURS else getattr(_scipy, name)
