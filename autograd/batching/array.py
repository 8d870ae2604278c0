"""`Batched`: what stands for one example of a batch, and computes with all of them at once.

It speaks NumPy's protocols as any array type does, so operations and their derivative rules need to know nothing of it.
Its shape is that of one example; the array that it holds has the axis of the batch in front. How a NumPy function is
computed for a whole batch is in the tables `RULES` and `GUFUNCS`, which the modules beside this one fill; any other
function is called for each example, and the results are stacked.

A batch inside a batch has a higher level. Of several levels the highest is the outermost array, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from operator import getitem, setitem
from typing import Any, Final, NoReturn

import numpy as np

from autograd.engine.errors import BatchError
from autograd.engine.tensor import Tensor

Rule = Callable[..., Any]

RULES: Final[dict[Any, Rule]] = {}
"""How NumPy functions are computed for a whole batch: `rule(level, *args, **options)`."""

GUFUNCS: Final[dict[Any, Rule]] = {}
"""The same for ufuncs whose operands have core dimensions, such as `np.matmul`."""


class Unfit(Exception):
    """A rule does not cover this call, which is then made for each example."""


class Batched(np.lib.mixins.NDArrayOperatorsMixin):
    """An array with an example on each index of its first axis, which looks like one of them."""

    __slots__ = ("_level", "_raw")

    def __init__(self, level: int, raw: Any) -> None:
        self._level = level
        self._raw = raw

    # --- what an array is asked ---------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self._raw.shape[1:]  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._raw.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        return len(self._raw.shape) - 1

    @property
    def size(self) -> int:
        return int(np.prod(self._raw.shape[1:], dtype=np.intp))

    @property
    def batch_level(self) -> int:
        """The birth number from which nodes belong to the batch."""
        return self._level

    @property
    def elements(self) -> Any:
        """The plain array of all examples, for those who ask whether any element is bad."""
        raw = self._raw
        return raw.elements if type(raw) is Batched else raw

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def real(self) -> Any:
        return np.real(self)

    @property
    def imag(self) -> Any:
        return np.imag(self)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<{self._raw.shape[0]} examples of shape {self.shape}, {self.dtype}>"

    __hash__ = object.__hash__

    # --- what it cannot be: a value that Python sees --------------------------------------------------------------

    def _no_number(self, what: str) -> NoReturn:
        raise BatchError(
            f"{what} of a value that differs from example to example, of {self._raw.shape[0]} of them: there is no one "
            "answer. For a branch write np.where(condition, a, b); a loop runs as often for every example; what is to "
            "be a Python number compute outside of vmap."
        )

    def __bool__(self) -> bool:
        self._no_number("the truth")

    def _number(self, *_: Any, **__: Any) -> NoReturn:
        self._no_number("the number (.item(), float(), int(), tolist())")

    __float__ = __int__ = __complex__ = __index__ = item = tolist = _number

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        raise BatchError(
            f"a batched array, {self._raw.shape[0]} examples of shape {self.shape}, is to become a plain NumPy array: "
            "by np.array or np.asarray, by plain[batched_index], or by an assignment into a plain array. Inside vmap "
            "write np.stack([...]) for np.array([...]), autograd.as_tensor(plain)[index] for plain[index], and make "
            "what you assign into by np.zeros_like(x).",
            self,
        )

    def __getattr__(self, name: str) -> Any:
        method = METHODS.get(name)
        if method is None:
            raise AttributeError(f"a batched array has no attribute {name!r}; NumPy's function of that name may serve")
        return lambda *args, **options: method(self, *args, **options)

    # --- NumPy's protocols ----------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        for x in inputs:
            if type(x) is Tensor:
                return NotImplemented
        level = level_of(inputs)
        if options or out:
            level = max(level, level_of(options.values()), level_of(out or ()))
        if out is not None or method == "at":
            for target in out or inputs[:1]:
                if target is not None and (type(target) is not Batched or target._level != level):
                    _into_plain(level, (*inputs, *options.values()), target)
        if method == "at":
            return RULES["at"](ufunc, *inputs)
        result = _ufunc(level, ufunc, method, inputs, options)
        if out is None:
            return result
        return _written(out, result)

    def __array_function__(self, func: Any, types: Iterable[type], args: Any, kwargs: Any) -> Any:
        if any(t is Tensor for t in types):
            return NotImplemented
        out = kwargs.get("out")
        if out is not None:
            kwargs = {key: value for key, value in kwargs.items() if key != "out"}
            return _written((out,), func(*args, **kwargs))
        level = max(level_of(args), level_of(kwargs.values()))
        rule = RULES.get(func)
        if rule is not None:
            try:
                return rule(level, *args, **kwargs)
            except Unfit:
                pass
        return each(level, func, args, kwargs)

    def in_one(self, function: Rule, arrays: Sequence[Any]) -> Any:
        """Call a function that looks at the values of its arrays for each example."""
        return each(level_of(arrays), function, arrays, {})

    def __getitem__(self, index: Any) -> Any:
        return RULES[getitem](self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        RULES[setitem](self, index, value)


def _method(function: Any) -> Rule:
    return lambda self, *args, **options: function(self, *args, **options)


def _shaped(function: Any) -> Rule:
    """Return a method whose argument is one tuple or several numbers."""
    return lambda self, *args, **options: function(self, args[0] if len(args) == 1 else args, **options)


METHODS: Final[dict[str, Rule]] = {
    name: _method(getattr(np, name))
    for name in (
        "sum", "prod", "mean", "var", "std", "max", "min", "any", "all", "argmax", "argmin", "argsort", "ravel", "copy",
        "dot", "squeeze", "swapaxes", "cumsum", "cumprod", "round", "repeat", "take", "trace", "diagonal",
        "ptp", "conj",
    )
} | {
    "conjugate": _method(np.conj),
    "flatten": lambda self, order="C": np.copy(np.ravel(self, order)),
    "reshape": _shaped(np.reshape),
    "transpose": lambda self, *axes: np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None),
    "astype": lambda self, dtype, copy=True: np.astype(self, np.dtype(dtype), copy=copy),
    "clip": lambda self, min=None, max=None: np.clip(self, min, max),  # by position, for NumPy 2.0
}  # fmt: skip


# --- levels and ranks --------------------------------------------------------------------------------------------


_LEAVES: Final = frozenset({np.ndarray, np.float64, float, int, bool, str, type(None)})


def level_of(values: Iterable[Any]) -> int:
    """Return the highest level of the batched arrays in nested containers; 0 if there is none."""
    top = 0
    for x in values:
        kind = type(x)
        if kind is Batched:
            if x._level > top:
                top = x._level
        elif kind in _LEAVES:
            continue
        elif isinstance(x, (list, tuple)):  # a union would be made anew at each call
            top = max(top, level_of(x))
        elif isinstance(x, dict):
            top = max(top, level_of(x.values()))
    return top


def is_at(level: int, x: Any) -> bool:
    """Return whether x has an example for each of the batch of this level."""
    return type(x) is Batched and x._level == level


def rank(x: Any) -> int:
    """Return the number of axes of (one example of) an operand."""
    ndim = getattr(x, "ndim", 0) if not isinstance(x, type) else 0
    return np.ndim(x) if isinstance(x, list | tuple) else ndim


def lifted(x: Any, level: int, ndim: int) -> Any:
    """Return what x holds so that it broadcasts: the batch in front, then axes of size 1 up to `ndim` of an example."""
    if not is_at(level, x):
        return x
    raw = x._raw
    missing = ndim - len(raw.shape) + 1
    return raw if missing <= 0 else raw[(slice(None), *(None,) * missing)]


def size_of(level: int, values: Iterable[Any]) -> int:
    """Return how many examples the batch of this level has, from the first array of it."""
    for x in values:
        if is_at(level, x):
            return x._raw.shape[0]  # type: ignore[no-any-return]
        if isinstance(x, dict | list | tuple):
            found = size_of(level, x.values() if isinstance(x, dict) else x)
            if found >= 0:
                return found
    return -1


def full(x: Any, level: int, size: int) -> Any:
    """Return what x holds with the batch in front, also where it is the same for all examples."""
    return x._raw if is_at(level, x) else np.broadcast_to(x, (size, *np.shape(x)))


def wrapped(level: int, result: Any) -> Any:
    """Return raw results, one or several, as batched arrays."""
    if isinstance(result, list | tuple):
        return getattr(type(result), "_make", type(result))(Batched(level, r) for r in result)
    return Batched(level, result)


# --- ufuncs ------------------------------------------------------------------------------------------------------


def _ufunc(level: int, ufunc: Any, method: str, inputs: Any, options: dict[str, Any]) -> Any:
    if method == "__call__" and ufunc.signature is None:
        ndim = max(map(rank, inputs))
        if "where" in options:
            ndim = max(ndim, rank(options["where"]))
            options = {**options, "where": lifted(options["where"], level, ndim)}
        return wrapped(level, ufunc(*(lifted(x, level, ndim) for x in inputs), **options))
    function = ufunc if method == "__call__" else getattr(ufunc, method)
    rule = GUFUNCS.get(ufunc) if method == "__call__" else _UFUNC_METHODS.get(method)
    if rule is not None:
        try:
            return rule(level, *inputs, **options) if method == "__call__" else rule(level, ufunc, *inputs, **options)
        except Unfit:
            pass
    return each(level, function, inputs, options)


def _reduce(level: int, ufunc: Any, x: Any, axis: Any = 0, **options: Any) -> Any:
    return reduced(ufunc.reduce, level, x, axis, options)


def _accumulate(level: int, ufunc: Any, x: Any, axis: int = 0, **options: Any) -> Any:
    only(level, x, options)
    return Batched(level, ufunc.accumulate(x._raw, axis=shifted(axis, x.ndim), **options))


def _outer(_level: int, ufunc: Any, a: Any, b: Any, **options: Any) -> Any:
    return ufunc(np.expand_dims(a, tuple(range(rank(a), rank(a) + rank(b)))), b, **options)


_UFUNC_METHODS: Final[dict[str, Rule]] = {"reduce": _reduce, "accumulate": _accumulate, "outer": _outer}


def only(level: int, x: Any, options: dict[str, Any]) -> None:
    """Say that a rule covers no other case than x alone being batched here."""
    if not is_at(level, x) or level_of(options.values()):
        raise Unfit


def shifted(axis: Any, ndim: int) -> int:
    """Return an axis of an example as one of the array that holds the batch."""
    return int(np.lib.array_utils.normalize_axis_index(axis, ndim)) + 1


def reduced(function: Any, level: int, x: Any, axis: Any, options: dict[str, Any]) -> Any:
    """Reduce each example over `axis`: an int, a tuple, or None for all axes."""
    only(level, x, options)
    raw, ndim = x._raw, x.ndim
    if not raw.shape[0]:
        raise Unfit
    if not ndim:  # NumPy lets a 0-d array be reduced over its last axis
        if axis not in (None, (), 0, -1):
            shifted(axis[0] if isinstance(axis, tuple) else axis, 0)
        return Batched(level, function(raw[:, None], axis=1, **{k: v for k, v in options.items() if k != "keepdims"}))
    axes: Any = range(1, ndim + 1) if axis is None else [shifted(a, ndim) for a in _axes(axis)]
    return Batched(level, function(raw, axis=axes[0] if len(axes) == 1 else tuple(axes), **options))


def _axes(axis: Any) -> tuple[Any, ...]:
    return tuple(axis) if isinstance(axis, tuple | list) else (axis,)


# --- writing -----------------------------------------------------------------------------------------------------


def _into_plain(level: int, values: Any, target: Any) -> NoReturn:
    batched = next((x for x in values if is_at(level, x)), None)
    raise BatchError(
        f"a value that differs from example to example is written into an array of shape {np.shape(target)} that does "
        "not, by out= or in place. Write x = x + y for x += y, or make the array by np.zeros_like of a batched one.",
        batched,
    )


def _written(out: Any, result: Any) -> Any:
    """Write results to the targets of out=, and return these."""
    results = result if isinstance(result, tuple) else (result,)
    for target, value in zip(out, results, strict=True):
        if type(target) is not Batched:
            _into_plain(level_of(results), results, target)
        if target.shape == value.shape and type(value._raw) is not type(target._raw):
            target._raw = value._raw  # a level below has become batched
        else:
            target[...] = value
    return out if isinstance(result, tuple) else out[0]


# --- example by example ------------------------------------------------------------------------------------------


def each(level: int, function: Any, args: Any, kwargs: Any) -> Any:
    """Call a function for each example and stack the results: always right, and as slow as a loop."""
    size = size_of(level, (args, kwargs))
    if size == 0:  # what the result looks like is seen on an example of zeros
        result = function(*_example(level, args, None), **_example(level, kwargs, None))
        return _stacked(level, [result], function, 0)
    results = [function(*_example(level, args, i), **_example(level, kwargs, i)) for i in range(size)]
    return _stacked(level, results, function, size)


def called(function: Any, args: Any, kwargs: Any) -> Any:
    """Call a function with whole batches; for each example if it wants plain arrays, as code in C does."""
    try:
        return function(*args, **kwargs)
    except BatchError:
        level = level_of([*args, *kwargs.values()])
        if not level:
            raise

    @wraps(function)
    def again(*args: Any, **kwargs: Any) -> Any:
        return called(function, args, kwargs)

    return each(level, again, args, kwargs)


def _example(level: int, tree: Any, i: int | None) -> Any:
    if is_at(level, tree):
        return tree._raw[i] if i is not None else np.zeros_like(tree._raw, shape=tree.shape)
    if isinstance(tree, dict):
        return {key: _example(level, value, i) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return getattr(type(tree), "_make", type(tree))([_example(level, item, i) for item in tree])
    return tree


def _stacked(level: int, results: list[Any], function: Any, size: int) -> Any:
    first = results[0]
    if isinstance(first, list | tuple):
        if len({len(r) for r in results}) > 1:
            _no_one_shape(function, [f"{len(r)} arrays" for r in results])
        parts = [_stacked(level, [r[i] for r in results], function, size) for i in range(len(first))]
        return getattr(type(first), "_make", type(first))(parts)
    if isinstance(first, np.ndarray | np.generic | Batched | bool | int | float | complex):
        if len({np.shape(r) for r in results}) > 1:
            _no_one_shape(function, [str(np.shape(r)) for r in results])
        return Batched(level, np.stack(results)[:size])
    if any(r is not first and r != first for r in results):
        raise BatchError(
            f"{_name(function)}: its result differs from example to example, and is no array: {first!r:.60}"
        )
    return first


def _no_one_shape(function: Any, found: list[str]) -> NoReturn:
    raise BatchError(
        f"{_name(function)}: the shape of its result depends on the values, so it differs from example to example: "
        f"{', '.join(list(dict.fromkeys(found))[:3])}. Use what keeps the shape, as np.where(mask, x, 0) for x[mask]."
    )


def _name(function: Any) -> str:
    return getattr(function, "__name__", repr(function))
