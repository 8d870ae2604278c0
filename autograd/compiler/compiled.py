"""`compile`: a function becomes programs, one for each kind of arguments that it is called with."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd.batching.array import called
from autograd.engine.mode import interceptor, is_grad_enabled, recording
from autograd.engine.tensor import Tensor, value_of
from autograd.transforms import tree_leaves

if TYPE_CHECKING:
    from autograd.compiler.program import Program

Function = Callable[..., Any]

BACKENDS: Final = ("auto", "numpy", "native")
MANY: Final = 8  # programs of one function, at which a warning asks whether that is meant


def compile(f: Function | None = None, *, backend: str = "auto") -> Any:
    """Return `f` as a function that is recorded once for each kind of arguments, and then runs as one program.

    `f` takes and returns arrays, Tensors, numbers and nested lists, tuples and dicts of them; anything else among the
    arguments, whole numbers and strings too, is static: for another value `f` is recorded anew. Tensors that it uses
    without being given them are live: a program reads what they hold at each call, and what `f` writes into them
    (`t.data -= …`) or leaves as their `.grad` is done at each call. So a whole training step is one program.

    `backend` is "numpy" (straight-line NumPy), "native" (C, built by the system's compiler) or "auto": native where
    there is a compiler, else NumPy with one notice. The result has the list `programs`, and `clear()`.

    Raises TraceError, with the line, where `f` does what a program cannot: branch on a traced value, ask for its number
    (`.item()`, `float()`), or write into a plain array of the outside.

    >>> import autograd, numpy as np
    >>> @autograd.compile(backend="numpy")
    ... def slope(x):
    ...     return autograd.grad(lambda x: np.sum(np.tanh(x) ** 2))(x)
    >>> slope(np.array([0.0, 1.0])).round(4)
    array([0.    , 0.6397])
    >>> len(slope.programs)
    1
    """
    if f is None:
        return lambda f: compile(f, backend=backend)
    if backend not in BACKENDS:
        raise ValueError(f"compile: backend must be one of {', '.join(map(repr, BACKENDS))}, not {backend!r}")
    return _Compiled(f, backend).function()


def callback(function: Function, *args: Any, **kwargs: Any) -> Any:
    """Return function(*args, **kwargs); inside a compiled function it is called at each run.

    For what must happen afresh each time: drawing random numbers, reading a clock, counting. It returns arrays or
    numbers, always of the same shapes and dtypes; traced arguments reach it as arrays. Inside vmap it is called with
    the whole batch, and for each example if it refuses that.

    >>> import autograd, numpy as np
    >>> rng = np.random.default_rng(0)
    >>> noisy = autograd.compile(lambda x: x + callback(rng.standard_normal, 3), backend="numpy")
    >>> bool(np.all(noisy(np.zeros(3)) != noisy(np.zeros(3))))
    True
    """
    mode = interceptor()
    return called(function, args, kwargs) if mode is None else mode.callback(function, args, kwargs)


def require(condition: Any, error: Exception | Callable[[], Exception]) -> None:
    """Raise `error`, or what it returns, unless the condition is true; a compiled function may ask its values this way.

    A program looks at it before it writes to any tensor, so that a step whose loss is not finite changes nothing.

    >>> import autograd, numpy as np
    >>> @autograd.compile(backend="numpy")
    ... def root(x):
    ...     autograd.require(np.all(x >= 0), ValueError("root: x must not be negative"))
    ...     return np.sqrt(x)
    >>> root(np.array([4.0])), root(np.array([-4.0]))
    Traceback (most recent call last):
    ValueError: root: x must not be negative
    """
    mode = interceptor()
    if mode is not None:
        mode.require(condition, error)
    elif not condition:
        raise error() if callable(error) else error


def is_compiling() -> bool:
    """Return whether a function is being recorded for `compile`: then its values are not known.

    >>> is_compiling()
    False
    """
    return interceptor() is not None


def guarded(read: Function) -> Any:
    """Return read(); a compiled function that asked for it is recorded anew when it is another value.

    For what a function looks at beside its arguments, such as whether a layer is training.
    """
    value = read()
    mode = interceptor()
    if mode is not None:
        mode.guard(read, value)
    return value


class _Compiled:
    """A function, its programs, and which of them fits a call."""

    def __init__(self, f: Function, backend: str) -> None:
        self.f = f
        self.backend = backend
        self.name = getattr(f, "__name__", type(f).__name__)
        self.programs: list[Program] = []
        self.known: dict[Any, list[Program]] = {}  # those of one key differ in what they looked at beside
        self.kept: list[Any] = []  # static arguments that are known by their identity
        self.lock = threading.RLock()

    def function(self) -> Function:
        programs = self.programs
        f = self.f

        @wraps(f)
        def run(*args: Any, **kwargs: Any) -> Any:
            mode = recording()
            if not kwargs and (mode is True or mode is False):
                for program in programs:
                    result = program.quick(mode, args)
                    if result is not program.missed:
                        return result
                    break
            return self.call(args, kwargs)

        run.programs = programs  # type: ignore[attr-defined]
        run.clear = self.clear  # type: ignore[attr-defined]
        return run

    def clear(self) -> None:
        """Forget all programs."""
        with self.lock:
            self.programs.clear()
            self.known.clear()
            self.kept.clear()

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        mode = recording()
        if not isinstance(mode, bool):
            return self.f(*args, **kwargs)  # inside another program, or looked at by an observer
        tree = (args, dict(sorted(kwargs.items())))
        leaves = tree_leaves(tree)
        if any(hasattr(value_of(leaf), "elements") for leaf in leaves):
            return self.f(*args, **kwargs)  # for one example of a batch
        key = (is_grad_enabled(), _form(tree), _same_tensors(leaves), *map(self._kind, leaves))
        program = self._fitting(key) or self.record(key, tree, leaves)
        if self.programs and self.programs[0] is not program:
            with self.lock:
                if program in self.programs:
                    self.programs.remove(program)
                self.programs.insert(0, program)
        return program.run(leaves)

    def _fitting(self, key: Any) -> Program | None:
        return next((program for program in self.known.get(key, ()) if not program.stale()), None)

    def _kind(self, leaf: Any) -> Any:
        """Return what a program is made for: shape and dtype of an array, and anything else itself."""
        if type(leaf) is Tensor:
            return "tensor", leaf.shape, leaf.dtype, leaf.requires_grad, leaf.is_leaf
        if isinstance(leaf, np.ndarray | np.generic):
            return "array", leaf.shape, leaf.dtype
        if type(leaf) is float:
            return "float"
        if type(leaf) in (int, bool, str, bytes, complex) or leaf is None:
            return type(leaf), leaf
        if not any(leaf is known for known in self.kept):
            self.kept.append(leaf)
        return "object", id(leaf)

    def record(self, key: Any, tree: Any, leaves: Sequence[Any]) -> Program:
        start = perf_counter()
        with self.lock:
            from autograd.compiler.recording import recorded  # noqa: PLC0415 - loads the compiler

            if (program := self._fitting(key)) is not None:  # which another thread has recorded
                return program
            program = recorded(self.f, self.name, self.backend, tree, leaves, start)
            self.known.setdefault(key, []).append(program)
            self.programs.insert(0, program)
            if len(self.programs) % MANY == 0:
                warnings.warn(
                    f"compile: {self.name} has been recorded for {len(self.programs)} kinds of arguments; each takes "
                    "time and memory. Pass numbers that change as floats or arrays, and pad what changes its shape.",
                    stacklevel=5,
                )
        return program


def _same_tensors(leaves: Sequence[Any]) -> tuple[int, ...]:
    """Return for each tensor among the arguments the first on the same array: to write to one is to write to both."""
    first: dict[int, int] = {}
    return tuple(first.setdefault(id(leaf._value), i) for i, leaf in enumerate(leaves) if type(leaf) is Tensor)


def _form(tree: Any) -> Any:
    """Return the containers of a tree, without what is in them."""
    if isinstance(tree, dict):
        return "dict", tuple((key, _form(item)) for key, item in tree.items())
    if isinstance(tree, list | tuple):
        return type(tree), tuple(map(_form, tree))
    return tree is None


__all__ = ["callback", "compile", "guarded", "is_compiling", "require"]
