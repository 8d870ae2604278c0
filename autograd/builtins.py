"""What HIPS autograd has in the place of Python's types.

Containers of tensors are Python's own here. `isinstance` and `type` look at the value: of a traced array they say that
it is an array.
"""

from __future__ import annotations

import builtins
from typing import Any

from autograd.engine.tensor import Tensor, current

list = builtins.list
tuple = builtins.tuple  # type: ignore[type-arg]
dict = builtins.dict

DictBox = builtins.dict


class _SequenceType(builtins.type):
    def __instancecheck__(cls, x: Any) -> bool:
        return builtins.isinstance(x, builtins.list | builtins.tuple)


class SequenceBox(builtins.list[Any], metaclass=_SequenceType):
    """A traced list or tuple by HIPS autograd's name: any list or tuple."""


def isinstance(x: Any, cls: Any) -> bool:
    """Return whether x, or the value of x if it is a tensor, is of a class.

    >>> import autograd, numpy as np
    >>> isinstance(autograd.tensor([1.0]), np.ndarray), isinstance(autograd.tensor(1.0), float)
    (True, True)
    """
    return builtins.isinstance(x, cls) or (builtins.type(x) is Tensor and builtins.isinstance(current(x), cls))


def type(x: Any) -> Any:
    """Return the class of x, or of its value if it is a tensor."""
    return builtins.type(current(x))
