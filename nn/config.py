"""Settings that hold for all of `nn`: the dtype that parameters have by default, and the ε of losses and metrics."""

from __future__ import annotations

import gc

import numpy as np


class _Settings:
    floatx = "float32"
    epsilon = 1e-7


def floatx() -> str:
    """Return the dtype of parameters whose layer was given none: "float32", unless `set_floatx` has changed it.

    >>> floatx()
    'float32'
    """
    return _Settings.floatx


def set_floatx(dtype: str) -> None:
    """Set the dtype of parameters made from now on: "float32", "float64" or "float16".

    >>> set_floatx("float64")
    >>> import nn
    >>> nn.Dense(1)([[1.0]]).dtype
    dtype('float64')
    >>> set_floatx("float32")
    """
    _Settings.floatx = float_dtype(dtype, "set_floatx").name


def epsilon() -> float:
    """Return the small number that keeps logarithms and quotients of losses finite: 1e-7.

    >>> epsilon()
    1e-07
    """
    return _Settings.epsilon


def set_epsilon(value: float) -> None:
    """Set the small number that keeps logarithms and quotients of losses finite."""
    if not 0 <= value < 0.5:
        raise ValueError(f"set_epsilon: must be a small number of at least 0, not {value!r}")
    _Settings.epsilon = float(value)


def clear_session() -> None:
    """Free the memory of models that are no longer used. There is nothing else to clear: no model is kept anywhere."""
    gc.collect()


def float_dtype(dtype: object, what: str) -> np.dtype[np.floating]:
    """Return `dtype` as one of NumPy's floating-point dtypes; TypeError for any other."""
    try:
        found = np.dtype(dtype)  # type: ignore[call-overload]
    except TypeError:
        found = None
    if found is None or found.kind != "f" or found.itemsize > 8:
        raise TypeError(f"{what}: dtype must be 'float32', 'float64' or 'float16', not {dtype!r}")
    return found  # type: ignore[no-any-return]
