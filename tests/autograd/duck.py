"""An array type that speaks NumPy's protocols and nothing else: no methods, no conversion, no attribute beyond four."""

from __future__ import annotations

from typing import Any

import numpy as np


def unwrap(x: Any) -> Any:
    if isinstance(x, Duck):
        return x._array
    if isinstance(x, list | tuple):
        return type(x)(unwrap(item) for item in x)
    if isinstance(x, dict):
        return {key: unwrap(value) for key, value in x.items()}
    return x


def wrap(x: Any) -> Any:
    if isinstance(x, np.ndarray | np.generic):
        return Duck(x)
    if isinstance(x, list | tuple):
        return getattr(type(x), "_make", type(x))(wrap(item) for item in x)
    return x


class Duck(np.lib.mixins.NDArrayOperatorsMixin):
    """A NumPy array in disguise; `np.asarray` of it is an error."""

    def __init__(self, array: Any) -> None:
        self._array = np.asarray(array)

    shape = property(lambda self: self._array.shape)
    dtype = property(lambda self: self._array.dtype)
    ndim = property(lambda self: self._array.ndim)
    size = property(lambda self: self._array.size)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        if out is not None or method == "at":
            getattr(ufunc, method)(*unwrap(inputs), **unwrap({**options, **({"out": out} if out else {})}))
            return out[0] if out else None
        return wrap(getattr(ufunc, method)(*unwrap(inputs), **unwrap(options)))

    def __array_function__(self, func: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        return wrap(func(*unwrap(args), **unwrap(kwargs)))

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("a Duck must not be converted to a NumPy array")

    def __getitem__(self, index: Any) -> Any:
        return wrap(self._array[unwrap(index)])

    def __setitem__(self, index: Any, value: Any) -> None:
        self._array[unwrap(index)] = unwrap(value)

    def __bool__(self) -> bool:
        return bool(self._array)
