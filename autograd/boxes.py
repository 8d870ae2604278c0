"""What HIPS autograd calls a box: a traced value. Programs ask for its class, put things into it and register types."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.graph import VARIABLE, new_leaf
from autograd.engine.tensor import Tensor, from_value, is_traced
from autograd.transforms import MAKERS

Function = Callable[..., Any]


class _BoxType(type):
    """The type of `Box`: what programs ask of it and put into it, they ask of Tensor and put into that."""

    def __instancecheck__(cls, x: Any) -> bool:
        return type(x) is Tensor

    def __getattr__(cls, name: str) -> Any:
        return getattr(Tensor, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        """Give tensors an attribute; what they have already, NumPy's protocols above all, stays as it is."""
        if name == "item" or not hasattr(Tensor, name):
            setattr(Tensor, name, value)


class _Mappings(UserDict[type, Function]):
    """What makes boxes of values of other types, `maker(value, trace, node)`: the engine's own table of them."""

    def __init__(self) -> None:
        self.data = MAKERS

    def __setitem__(self, kind: type, maker: Function) -> None:
        super().__setitem__(kind, maker)
        theirs = getattr(kind, "__array_ufunc__", None)
        if theirs is not None and theirs is not np.ndarray.__array_ufunc__:
            kind.__array_ufunc__ = _yielding(theirs)  # type: ignore[attr-defined]


def _yielding(theirs: Function) -> Function:
    """Return an `__array_ufunc__` that leaves operations with traced values to those."""

    @wraps(theirs)
    def __array_ufunc__(self: Any, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if any(map(is_traced, inputs)):
            return NotImplemented
        return theirs(self, ufunc, method, *inputs, **options)

    return __array_ufunc__


class Box(metaclass=_BoxType):
    """A traced value by HIPS autograd's name. It is a Tensor: `isinstance(tensor, Box)` is true.

    >>> import autograd
    >>> autograd.grad(lambda x: x**2 if isinstance(x, Box) else 0.0)(3.0)
    np.float64(6.0)
    """

    type_mappings = _Mappings()

    def __new__(cls, value: Any, _trace: int = 0, _node: Any = None) -> Any:
        """Return a new variable with this value; what is no array becomes one."""
        value = value if hasattr(value, "dtype") else np.asarray(value)
        return from_value(value, new_leaf(value.shape, value.dtype, VARIABLE))

    @classmethod
    def register(cls, value_type: type) -> None:
        """Let values of a type of one's own, which speaks NumPy's protocols, be variables."""
        cls.type_mappings[value_type] = cls


Box._trace = 0
