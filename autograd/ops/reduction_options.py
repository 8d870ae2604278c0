"""The options that NumPy's reductions have in common: `out`, `dtype`, `where`, `initial`.

They are rare, and each is written here as a step of its own before or after the plain reduction.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import Axis, astype, count_reduced
from autograd.engine.tensor import Tensor, as_tensor, current, from_value

NOT_GIVEN: Final[Any] = np._NoValue  # NumPy's own default, so that help() shows the same


def all_in_dtype(name: str, arrays: Iterable[Any], dtype: Any, casting: Any) -> list[Any]:
    """Return the operands of a call in the dtype that it asks for, if they can be cast to it by this rule."""
    arrays = [a if hasattr(a, "dtype") else np.asarray(a) for a in arrays]
    wrong = next((a.dtype for a in arrays if not np.can_cast(a.dtype, dtype, casting)), None)
    if wrong is not None:
        raise TypeError(f"{name}: cannot cast {wrong} to {np.dtype(dtype)} by the rule {casting!r}; see casting=")
    return [np.astype(a, np.dtype(dtype)) for a in arrays]


def in_dtype(x: Any, dtype: Any) -> Any:
    """Return the tensor x in another dtype; whole numbers have no derivative by what they are made of."""
    if dtype is None:
        return x
    dtype = np.dtype(dtype)
    if x.dtype == dtype:
        return x
    return astype(x if dtype.kind in "fc" else x.detach(), dtype)


def everywhere(where: Any) -> bool:
    """Return whether `where` leaves nothing out."""
    return where is True or where is NOT_GIVEN


def mask_of(name: str, x: Any, where: Any) -> Any:
    """Return `where` as an array of booleans or a tensor without a gradient, that fits x."""
    mask = from_value(current(where), None) if type(where) is Tensor else where
    mask = mask if hasattr(mask, "dtype") else np.asarray(mask)
    if mask.dtype != np.bool_:
        raise TypeError(f"{name}: where has dtype {mask.dtype}; it must hold booleans, as in where=x > 0")
    shape = tuple(mask.shape)
    if len(shape) > x.ndim or any(m not in (1, n) for m, n in zip(shape[::-1], x.shape[::-1], strict=False)):
        raise ValueError(f"{name}: where of shape {shape} does not broadcast to x of shape {x.shape}")
    return mask


def masked(name: str, x: Any, where: Any, fill: Any) -> Any:
    """Return x with `fill`, which changes nothing, in place of what `where` leaves out."""
    return x if everywhere(where) else np.where(mask_of(name, x, where), x, fill)


def prepared(name: str, x: Any, dtype: Any, out: Any, where: Any, fill: Any) -> Any:
    """Return what is left of a call for the plain reduction: x in its dtype, without what `where` leaves out."""
    refuse_out(name, out)
    return masked(name, in_dtype(as_tensor(x), dtype), where, fill)


def start_of(name: str, initial: Any, like: Any) -> Any:
    """Return what a reduction starts from, as one number of the dtype of its result."""
    start = as_tensor(initial)
    if start.ndim:
        raise ValueError(f"{name}: initial has shape {start.shape}; it is one number, for all results")
    return in_dtype(start, like.dtype)


def given(initial: Any) -> bool:
    """Return whether there is something to start from."""
    return initial is not NOT_GIVEN and initial is not None


def count_of(name: str, x: Any, axis: Axis, keepdims: bool, where: Any) -> Any:
    """Return how many elements a result is made of: one number, or an array of numbers of the precision of x."""
    if everywhere(where):
        return count_reduced(x.shape, axis)
    count = np.sum(np.broadcast_to(mask_of(name, x, where), x.shape), axis=axis, keepdims=keepdims)
    return astype(count, np.zeros((), x.dtype).real.dtype if x.dtype.kind in "fc" else np.float64)


def warn_if_any(condition: Any, words: str) -> None:
    """Warn as NumPy does, where values can be looked at: neither in a program that is recorded nor in a batch."""
    value = current(condition)
    if isinstance(value, np.ndarray | np.generic | bool) and np.any(value):
        warnings.warn(words, RuntimeWarning, stacklevel=4)
