"""`Traced`: what stands for an array while a function is compiled. It computes as NumPy does, and notes each call.

It speaks NumPy's protocols as any array type does, so the operations and their derivative rules need to know nothing
of it. Beside its value of this first run it has the `Value` that the program knows it by.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

from autograd.compiler.errors import refuse
from autograd.engine.tensor import Tensor

if TYPE_CHECKING:
    from autograd.compiler.graph import Value
    from autograd.compiler.tape import Tape

Function = Callable[..., Any]

CALLS: Final[dict[Any, Function]] = {}
"""How NumPy functions are noted that are more than opaque calls: filled by `canonical.py`."""


REDUCTIONS: Final[dict[Any, Function]] = {}
"""How the reductions of ufuncs are noted, by ufunc."""


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """An array in a program that is being recorded. Written to in place, it becomes another value."""

    __slots__ = ("_concrete", "_look", "_now", "_parent", "_seen", "_version", "_write_back", "tape")

    def __init__(self, tape: Tape, value: Value, concrete: Any) -> None:
        self.tape = tape
        self._now = value
        self._concrete = concrete
        self._parent: Traced | None = None  # whose elements it shows, so that writing to one is seen in the other
        self._look: Function | None = None
        self._write_back: Function | None = None
        self._version = 0
        self._seen = 0

    def shows(self, parent: Traced, look: Function, write_back: Function | None) -> Traced:
        """Let it be a view: look(parent) makes it again, write_back(parent, new) puts what is written to it there."""
        self._parent, self._look, self._write_back, self._seen = parent, look, write_back, parent._version
        return self

    @property
    def node(self) -> Value:
        """The value that it has now."""
        self._refresh()
        return self._now

    @property
    def concrete(self) -> Any:
        """The array, or Python number, that it is in this run."""
        self._refresh()
        return self._concrete

    def _refresh(self) -> None:
        parent = self._parent
        if parent is None:
            return
        parent._refresh()
        if self._seen != parent._version:
            assert self._look is not None
            fresh = self._look(parent)
            self._now, self._concrete, self._seen = fresh._now, fresh._concrete, parent._version
            self._version += 1

    @property
    def is_number(self) -> bool:
        """Whether it is a number of NumPy or Python, which nobody can write to."""
        return not isinstance(self._concrete, np.ndarray)

    def write(self, other: Any) -> Traced:
        """Let it be another value, of its shape and dtype; a view is written into what it is a view of."""
        parent = self._parent
        if self.is_number:
            raise TypeError(f"a number of {self.dtype} cannot be written to in place")
        if parent is not None and self._write_back is None:
            refuse(
                "what a function returned as a view of an array is written to in place",
                "Write to that array, or to a copy",
            )
        if not self._concrete.flags.writeable:
            raise ValueError(f"an array of shape {self.shape} that is written to in place is read-only")
        new = self.tape.fitted(other, self.shape, self.dtype)
        self._refresh()
        self._now = new.node
        self._version += 1
        if parent is None:
            self._concrete = _laid_out(new.concrete, self._concrete)
            return self
        assert self._look is not None and self._write_back is not None
        self._write_back(parent, new)
        self._concrete, self._seen = self._look(parent.concrete), parent._version
        return self

    # --- what an array is asked ---------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        return self._now.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._now.dtype

    @property
    def ndim(self) -> int:
        return len(self._now.shape)

    @property
    def size(self) -> int:
        return self._now.size

    @property
    def T(self) -> Any:
        return np.transpose(self)

    @property
    def real(self) -> Any:
        return np.real(self)

    @property
    def imag(self) -> Any:
        return np.imag(self)

    @property
    def nbytes(self) -> int:
        return self._now.nbytes

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Any:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"<traced array of shape {self.shape}, {self.dtype}>"

    __hash__ = object.__hash__

    # --- what it cannot be: a value that Python sees --------------------------------------------------------------

    def __bool__(self) -> bool:
        refuse(
            "a branch on a traced value: its truth is not known before the program runs",
            "Write np.where(condition, a, b), or compute the condition outside and pass it as a static argument",
        )

    def _number(self, *_: Any, **__: Any) -> NoReturn:
        refuse(
            "a traced value is asked for its number (.item(), float(), int(), tolist())",
            "Go on with the array itself, or return it and look at it outside of the compiled function",
        )

    __float__ = __int__ = __complex__ = __index__ = item = tolist = tobytes = _number

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        refuse(
            "a traced value is to become a plain NumPy array (np.asarray, or an assignment into an outside array)",
            "Use NumPy functions on it as it is; what shall stay after the call, return it, or keep it in a tensor: "
            "t.data = value",
        )

    def __getattr__(self, name: str) -> Any:
        method = METHODS.get(name)
        if method is None:
            raise AttributeError(f"a traced array has no attribute {name!r}; NumPy's function of that name may serve")
        return lambda *args, **kwargs: method(self, *args, **kwargs)

    # --- NumPy's protocols ----------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        if any(type(x) is Tensor for x in inputs):
            return NotImplemented
        if method == "at":
            target, *rest = inputs
            return _at(writable(target), ufunc, rest)
        mask = options.pop("where", True) if method == "__call__" else True
        if mask is True:
            result = self.tape.ufunc(ufunc, method, inputs, options)
        elif out is None:
            refuse(
                f"np.{ufunc.__name__} with where= and without out=, which leaves elements unset",
                "Write np.where(mask, result, 0), or give it out=",
            )
        else:
            with np.errstate(all="ignore"):  # what is masked out need not be computable
                result = self.tape.ufunc(ufunc, method, inputs, options)
        if out is None:
            return result
        results = result if isinstance(result, tuple) else (result,)
        left = tuple(_written(x, target, mask) for x, target in zip(results, out, strict=True))
        return left if isinstance(result, tuple) else left[0]

    def __array_function__(self, func: Any, types: Sequence[type], args: Any, kwargs: Any) -> Any:
        if any(t is Tensor for t in types):
            return NotImplemented
        out = kwargs.get("out")
        if out is not None:
            return writable(out).write(func(*args, **{key: item for key, item in kwargs.items() if key != "out"}))
        noted = CALLS.get(func)
        if noted is not None:
            try:
                return noted(self.tape, *args, **kwargs)
            except TypeError:  # an option that it does not know
                pass
        return self.tape.call(func, args, kwargs)

    def in_one(self, function: Function, arrays: Sequence[Any]) -> Any:
        """Note a function as one call: it may look at the values of its arrays, and is called with plain ones."""
        return self.tape.call(function, arrays, {})

    def __getitem__(self, index: Any) -> Any:
        return self.tape.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.write(self.tape.update(self, index, value))


def _laid_out(values: Any, like: Any) -> Any:
    """Return an array of these values whose memory is laid out like that of another, on which views depend."""
    if isinstance(values, np.ndarray) and values.strides == like.strides and values.flags.writeable:
        return values
    array = np.empty_like(like)
    array[...] = values
    return array


def writable(target: Any) -> Traced:
    """Return what is to be written to, which is no array of the outside."""
    if not isinstance(target, Traced):
        refuse(
            "a traced value is written into a plain array of the outside, by out= or in place",
            "Keep what shall last in a tensor, and write t.data = value or t.data += value; a tensor shares an array's "
            "memory by autograd.as_tensor(array)",
        )
    return target


def _written(result: Any, target: Any, mask: Any) -> Any:
    """Return a target of out= with a result in it where the mask is true; `x += y` of a number is another number."""
    if target is None or (isinstance(target, Traced) and target.is_number):
        return result
    return writable(target).write(result if mask is True else np.where(mask, result, target))


def _at(target: Traced, ufunc: Any, rest: Sequence[Any]) -> None:
    def added_at(array: Any, *more: Any) -> Any:
        array = array.copy()
        ufunc.at(array, *more)
        return array

    added_at.__name__ = f"{ufunc.__name__}_at"
    target.write(target.tape.call(added_at, (target, *rest), {}, key=("at", ufunc)))


def _method(function: Function) -> Function:
    return lambda self, *args, **kwargs: function(self, *args, **kwargs)


def _shaped(function: Function) -> Function:
    """Return a method whose argument is one tuple or several numbers."""
    return lambda self, *args, **kwargs: function(self, args[0] if len(args) == 1 else args, **kwargs)


METHODS: Final[dict[str, Function]] = {
    name: _method(getattr(np, name))
    for name in (
        "sum", "prod", "mean", "var", "std", "max", "min", "any", "all", "argmax", "argmin", "argsort", "ravel", "copy",
        "dot", "squeeze", "swapaxes", "cumsum", "cumprod", "round", "repeat", "take", "trace", "diagonal",
        "ptp", "conj",
    )
} | {
    "flatten": lambda self, order="C": np.copy(np.ravel(self, order)),
    "reshape": _shaped(np.reshape),
    "transpose": lambda self, *axes: np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None),
    "astype": lambda self, dtype, copy=True: np.astype(self, np.dtype(dtype), copy=copy),
    "clip": lambda self, min=None, max=None: np.clip(self, min, max),  # by position, for NumPy 2.0
}  # fmt: skip
