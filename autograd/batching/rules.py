"""NumPy's functions for a whole batch: by how they go over an example, a line of names each."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.batching.array import (
    RULES,
    Batched,
    Unfit,
    is_at,
    level_of,
    lifted,
    only,
    rank,
    reduced,
    shifted,
    wrapped,
)

Function = Callable[..., Any]


def functions(names: str, module: Any = np) -> list[Function]:
    """Return NumPy's functions of these names, as far as this version has them."""
    return [getattr(module, name) for name in names.split() if hasattr(module, name)]


def rule(*numpys: Function) -> Callable[[Function], Function]:
    """Let a function serve NumPy's functions: as `rule(level, *args, **options)`."""

    def register(function: Function) -> Function:
        RULES.update(dict.fromkeys(numpys, function))
        return function

    return register


def named(function: Function) -> Callable[[tuple[Any, ...], dict[str, Any]], tuple[Any, dict[str, Any]]]:
    """Return what splits the arguments of a call into the first, and all others by their names."""
    names = tuple(inspect.signature(function).parameters)

    def split(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        options = dict(zip(names, args, strict=False)) | kwargs
        return options.pop(names[0]), options

    return split


# --- element by element ------------------------------------------------------------------------------------------


def _pointwise(function: Function) -> Function:
    def run(level: int, *args: Any, **options: Any) -> Any:
        ndim = max(rank(x) for x in (*args, *options.values()))
        return wrapped(
            level,
            function(
                *(lifted(x, level, ndim) for x in args), **{k: lifted(x, level, ndim) for k, x in options.items()}
            ),
        )

    return run


for _function in functions(
    "clip real imag angle round around nan_to_num isclose isreal iscomplex isposinf isneginf fix sinc i0 astype "
    "heaviside unwrap"
):
    RULES[_function] = _pointwise(_function)
_where = _pointwise(np.where)


@rule(np.where)
def where(level: int, *args: Any) -> Any:
    """Choose by a condition; where it is true, without more, is another number of indices for each example."""
    if len(args) == 1:
        raise Unfit
    return _where(level, *args)


@rule(np.select)
def select(_level: int, condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Choose by the first condition that is true."""
    out = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        out = np.where(condition, choice, out)
    return out


def _pointwise_in(position: int, function: Function) -> Function:
    """Return the rule of a function that goes over the elements of one of its arrays, the others being tables."""

    def run(level: int, *args: Any, **options: Any) -> Any:
        if len(args) <= position or level_of(args[:position]) or level_of((args[position + 1 :], options)):
            raise Unfit
        return Batched(level, function(*args[:position], args[position]._raw, *args[position + 1 :], **options))

    return run


for _function, _position in ((np.interp, 0), (np.searchsorted, 1), (np.digitize, 0), (np.polyval, 1)):
    RULES[_function] = _pointwise_in(_position, _function)


# --- over axes ---------------------------------------------------------------------------------------------------


def _reducing(function: Function) -> Function:
    split = named(function)

    def run(level: int, *args: Any, **kwargs: Any) -> Any:
        x, options = split(args, kwargs)
        return reduced(function, level, x, options.pop("axis", None), options)

    return run


for _function in functions(
    "sum prod mean max amax min amin any all var std ptp count_nonzero median average "
    "nansum nanprod nanmean nanmax nanmin nanvar nanstd nanmedian"
):
    RULES[_function] = _reducing(_function)


def _along(function: Function, default: int | None) -> Function:
    """Return the rule of a function along one axis; of the flattened array if that is None."""
    split = named(function)

    def run(level: int, *args: Any, **kwargs: Any) -> Any:
        x, options = split(args, kwargs)
        axis = options.pop("axis", default)
        only(level, x, options)
        if axis is None and options.get("keepdims"):
            raise Unfit
        raw = x._raw if axis is not None else np.reshape(x._raw, (x._raw.shape[0], x.size))
        return Batched(level, function(raw, axis=1 if axis is None else shifted(axis, x.ndim), **options))

    return run


for _names, _default, _module in (
    ("cumsum cumprod nancumsum nancumprod argmax argmin nanargmax nanargmin", None, np),
    ("sort argsort partition argpartition diff trapezoid", -1, np),
    ("fft ifft rfft irfft hfft ihfft", -1, np.fft),
):
    for _function in functions(_names, _module):
        RULES[_function] = _along(_function, _default)


def _over_all(function: Function, default: Any = None) -> Function:
    """Return the rule of a function that keeps its axes and goes over several: over all of them by default."""
    split = named(function)

    def run(level: int, *args: Any, **kwargs: Any) -> Any:
        x, options = split(args, kwargs)
        axis = options.pop("axes", options.pop("axis", default))
        only(level, x, options)
        key = "axes" if "axes" in inspect.signature(function).parameters else "axis"
        if axis is None:
            count = x.ndim if options.get("s") is None else len(options["s"])
            axis = range(x.ndim - count, x.ndim)
        axes = tuple(shifted(a, x.ndim) for a in ((axis,) if isinstance(axis, int | np.integer) else axis))
        return Batched(level, function(x._raw, **{key: axes}, **options))

    return run


RULES[np.flip] = _over_all(np.flip)
for _function in functions("fftn ifftn rfftn irfftn fftshift ifftshift", np.fft):
    RULES[_function] = _over_all(_function)
for _function in functions("fft2 ifft2 rfft2 irfft2", np.fft):
    RULES[_function] = _over_all(_function, (-2, -1))


# --- stacks of matrices ------------------------------------------------------------------------------------------


def _of_matrices(function: Function) -> Function:
    """Return the rule of a function of one matrix that takes a stack of them as well."""

    def run(level: int, a: Any, *args: Any, **options: Any) -> Any:
        if not is_at(level, a) or a.ndim < 2 or level_of((args, options)):
            raise Unfit
        return wrapped(level, function(a._raw, *args, **options))

    return run


for _function in (
    *functions("inv det slogdet cholesky qr svd svdvals eig eigh eigvals eigvalsh pinv matrix_rank cond matrix_power "
               "matrix_transpose", np.linalg),
    *functions("tril triu matrix_transpose"),
):  # fmt: skip
    RULES[_function] = _of_matrices(_function)


@rule(np.linalg.norm)
def norm(level: int, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Take a norm of each example: of all elements, or of vectors or matrices along axes."""
    only(level, x, {})
    if axis is None and ord is None:
        out = Batched(level, np.linalg.norm(np.reshape(x._raw, (x._raw.shape[0], x.size)), axis=1))
        return np.reshape(out, (1,) * x.ndim) if keepdims else out
    return reduced(np.linalg.norm, level, x, axis, {"ord": ord, "keepdims": keepdims})


# --- what an array is --------------------------------------------------------------------------------------------


@rule(np.shape)
def shape(_level: int, a: Any) -> Any:
    """Return the shape of an example."""
    return a.shape if hasattr(a, "shape") else each_shape(a)


def each_shape(a: Any) -> tuple[int, ...]:
    """Return the shape of a nested list with batched numbers in it."""
    return (len(a), *shape(0, a[0])) if isinstance(a, list | tuple) and len(a) else np.shape(a)


@rule(np.ndim)
def ndim(level: int, a: Any) -> int:
    """Return the number of axes of an example."""
    return len(shape(level, a))


@rule(np.size)
def size(level: int, a: Any, axis: int | None = None) -> int:
    """Return the number of elements of an example."""
    sizes = shape(level, a)
    return int(np.prod(sizes, dtype=np.intp)) if axis is None else int(sizes[axis])


for _function in functions("result_type can_cast common_type iscomplexobj isrealobj min_scalar_type"):

    def _of_kind(level: int, *args: Any, _function: Function = _function, **options: Any) -> Any:
        return _function(*(x._raw if is_at(level, x) else x for x in args), **options)

    RULES[_function] = _of_kind


@rule(np.array2string, np.array_repr, np.array_str)
def text(_level: int, a: Any, *_: Any, **__: Any) -> str:
    """Name the examples, which are too many to be shown."""
    return repr(a)
