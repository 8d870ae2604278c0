"""The functions that NumPy does not hand on to tensors: they make arrays of lists, or look at a list of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence, ValuesView
from functools import wraps
from typing import Any, Final

import numpy as np

from autograd.engine.broadcasting import astype
from autograd.engine.op import SEVERAL
from autograd.engine.registry import PUBLIC
from autograd.engine.tensor import Tensor, is_traced

Function = Callable[..., Any]


def has_tensor(x: Any) -> bool:
    """Return whether there is a tensor, or another array that NumPy cannot take, in nested lists and tuples."""
    return any(has_tensor(item) if isinstance(item, SEVERAL) else is_traced(item) for item in x)


def array(A: Any, *args: Any, **kwargs: Any) -> Any:
    """Return an array, as NumPy does; a tensor where there are tensors in the nested lists.

    >>> import autograd
    >>> autograd.grad(lambda x: np.sum(array([[x, 2 * x], [x * x, 0.0]])))(3.0)
    np.float64(9.0)
    """
    A = list(A) if isinstance(A, ValuesView) else A
    if is_traced(A):
        made = np.copy(A)
    elif isinstance(A, list | tuple) and has_tensor(A):
        made = _stacked(A)
    else:
        return np.array(A, *args, **kwargs)
    dtype = args[0] if args else kwargs.get("dtype")
    made = made if dtype is None else astype(made, np.dtype(dtype))
    missing = kwargs.get("ndmin", 0) - made.ndim
    return np.reshape(made, (1,) * missing + made.shape) if missing > 0 else made


def _stacked(A: Any) -> Any:
    if not isinstance(A, list | tuple):
        return A if hasattr(A, "shape") else np.asarray(A)
    return np.stack([_stacked(item) for item in A]) if has_tensor(A) else np.asarray(A)


def asarray(a: Any, *args: Any, **kwargs: Any) -> Any:
    """Return an array, as NumPy does; a tensor as it is, and of nested lists with tensors in them one tensor."""
    if is_traced(a) and not args and kwargs.get("dtype") is None:
        return a
    if is_traced(a) or (isinstance(a, list | tuple) and has_tensor(a)):
        return array(a, *args, **{key: value for key, value in kwargs.items() if key == "dtype"})
    return np.asarray(a, *args, **kwargs)


def full(shape: Any, fill_value: Any, dtype: Any = None, **kwargs: Any) -> Any:
    """Return an array of one value; a tensor where that is one."""
    if type(fill_value) is not Tensor:
        return np.full(shape, fill_value, dtype, **kwargs)
    made = np.broadcast_to(fill_value, shape)
    return np.copy(made) if dtype is None else astype(made, np.dtype(dtype))


def make_diagonal(D: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Return matrices with D on their diagonals, along two axes: the inverse of `diagonal`.

    >>> make_diagonal(np.array([1.0, 2.0]), axis1=-1, axis2=-2)
    array([[1., 0.],
           [0., 2.]])
    """
    wide = np.expand_dims(D, -1) * np.eye(D.shape[-1], dtype=D.dtype)
    if offset:
        before, after = max(-offset, 0), max(offset, 0)
        wide = np.pad(wide, [(0, 0)] * (D.ndim - 1) + [(before, after), (after, before)])
    return np.moveaxis(wide, (-2, -1), (axis1, axis2)) if D.ndim > 1 else wide


def where(condition: Any, x: Any = np._NoValue, y: Any = np._NoValue) -> Any:
    """Return x where the condition holds and y elsewhere, as np.where does, whose arguments have no names."""
    return np.where(condition, *(given for given in (x, y) if given is not np._NoValue))


class _ByIndex:
    """What `np.r_` and `np.c_` are, for tensors too: arrays that are written as an index, one behind the other."""

    def __init__(self, numpys: Any, axis: int, ndmin: int, trans1d: int) -> None:
        self._numpys = numpys
        self._directive = (axis, ndmin, trans1d)

    def __getitem__(self, key: Any) -> Any:
        key = key if isinstance(key, tuple) else (key,)
        if not has_tensor(key):
            return self._numpys[key]
        axis, ndmin, trans1d = self._directive
        if isinstance(key[0], str):
            words, key = key[0], key[1:]
            if words in ("r", "c"):
                raise NotImplementedError(f"{words!r} makes a matrix, which a tensor is none of; use np.stack")
            given = [int(word) for word in words.split(",")]
            axis, ndmin, trans1d = given + [axis, ndmin, trans1d][len(given) :]
        return np.concatenate([self._widened(item, ndmin, trans1d) for item in key], axis=axis)

    def _widened(self, item: Any, ndmin: int, trans1d: int) -> Any:
        """Return an item with at least `ndmin` axes, its own from `trans1d` on, or last."""
        x = np.r_[item] if isinstance(item, slice) else array(item)
        missing = ndmin - x.ndim
        if missing <= 0:
            return x
        first = missing + trans1d + 1 if trans1d < 0 else trans1d
        return np.reshape(x, (1,) * first + x.shape + (1,) * (missing - first))

    def __len__(self) -> int:
        return 0


def array_from_args(array_args: Sequence[Any], array_kwargs: dict[str, Any], *args: Any) -> Any:
    """Return the array of these items."""
    return array(list(args), *array_args, **array_kwargs)


def concatenate_args(axis: int, *args: Any) -> Any:
    """Return the arrays joined along an axis."""
    return np.concatenate(args, axis)


def parse_einsum_input(*args: Any) -> Any:
    """Return what `einsum` was called with, as subscripts and operands."""
    return args


def of_lists(function: Function) -> Function:
    """Let a function take lists of tensors, as if they were arrays."""

    @wraps(function)
    def run(*args: Any, **kwargs: Any) -> Any:
        for a in args:
            if isinstance(a, list | tuple) and has_tensor(a):
                args = tuple(_stacked(a) if isinstance(a, list | tuple) and has_tensor(a) else a for a in args)
                break
        return function(*args, **kwargs)

    return run


def of_iterables(function: Function) -> Function:
    """Let a function of a list of arrays take any iterable of them, such as the values of a dict."""

    @wraps(function)
    def run(arrays: Any, *args: Any, **kwargs: Any) -> Any:
        numpys = isinstance(arrays, Sequence) or hasattr(arrays, "__array_function__")
        return function(arrays if numpys else list(arrays), *args, **kwargs)

    return run


FUNCTIONS: Final[dict[str, Any]] = {
    "array": array, "asarray": asarray, "asanyarray": asarray, "full": full, "make_diagonal": make_diagonal,
    "array_from_args": array_from_args, "concatenate_args": concatenate_args, "where": where,
    "r_": _ByIndex(np.r_, 0, 1, -1), "c_": _ByIndex(np.c_, -1, 2, 0),
} | {
    name: of_lists(getattr(np, name))
    for name in (
        "sum", "prod", "mean", "std", "var", "max", "min", "amax", "amin", "cumsum", "median", "reshape", "ravel",
        "transpose", "diag", "sort", "append", "dot", "outer", "inner",
    )
} | {
    name: of_iterables(getattr(np, name))
    for name in ("concatenate", "stack", "vstack", "hstack", "dstack", "column_stack")
} | {name: PUBLIC[name] for name in ("kaiser",) if name in PUBLIC}  # fmt: skip
