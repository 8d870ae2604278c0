"""NumPy's names for programs written for HIPS autograd: `import autograd.numpy as np`.

They are NumPy's own functions, which take tensors by NumPy's protocols; `import numpy as np` does as well. Only those
are made anew that NumPy cannot hand on: what makes arrays of lists of tensors, or of a number that is one.
"""

from __future__ import annotations

from typing import Any

import numpy as _np

from autograd.numpy import fft as fft
from autograd.numpy import linalg as linalg
from autograd.numpy import numpy_boxes as numpy_boxes
from autograd.numpy import random as random
from autograd.numpy import wrapped as _wrapped

globals().update({name: getattr(_np, name) for name in dir(_np) if not name.startswith("_") and name not in globals()})
globals().update(_wrapped.FUNCTIONS)

__version__ = _np.__version__
__all__ = sorted({name for name in dir(_np) if not name.startswith("_")} | set(_wrapped.FUNCTIONS))


def __getattr__(name: str) -> Any:
    return getattr(_np, name)
