"""Whether operations are recorded, per thread and per async task.

The mode is one context variable: True (record), False (do not), or an observer, which also records and is
called with every new node, its value and its operands. Anomaly detection is an observer, and so is what looks for
a wrong operation in `autograd.testing`. An `Interceptor` runs the operations itself: so `autograd.compile` records
a program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from contextvars import ContextVar, Token
from typing import Any, Protocol, Self

from autograd.engine.graph import Node


class Observer(Protocol):
    """Something that watches a computation; it is told of every node when it is recorded."""

    def recorded(self, node: Node, value: Any, operands: Sequence[Any]) -> None:
        """Take note of a new node, its value (several: a tuple), and the raw values it was made of."""

    def pulled(self, node: Node, g: Any, contribution: Any) -> None:
        """Take note of what backward makes of the cotangent `g` of `node` for one of its inputs."""


class Interceptor:
    """What runs every operation in the engine's place, and stays in charge inside `no_grad()` and `enable_grad()`.

    It is true or false as a mode is. Its values are arrays of its own, which speak NumPy's protocols.
    """

    pulled: Any = None

    def run(self, op: Any, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        """Run an operation on operands and options as a call has them."""
        raise NotImplementedError

    def within(self, mode: bool | Observer | Interceptor) -> Interceptor:
        """Return what takes its place inside a block of another mode."""
        raise NotImplementedError

    def value(self, tensor: Any) -> Any:
        """Return the value of a tensor as an array of its own."""
        raise NotImplementedError

    def assign(self, tensor: Any, value: Any) -> None:
        """Let a leaf have another value."""
        raise NotImplementedError

    def made(self, tensor: Any) -> bool:
        """Return whether a tensor was computed here, and is none of the outside."""
        raise NotImplementedError

    def graded(self, node: Node, before: Any, added: bool = False) -> None:
        """Take note that the gradient at a node changes from what it was before, or is added to it."""
        raise NotImplementedError

    def reads(self, node: Node) -> None:
        """Take note that the gradient at a node is looked at."""
        raise NotImplementedError

    def callback(self, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Take note of a call that is made anew each time."""
        raise NotImplementedError

    def require(self, condition: Any, error: Any) -> None:
        """Take note that the condition must hold, or the error is raised before anything is changed."""
        raise NotImplementedError

    def guard(self, read: Callable[[], Any], value: Any) -> None:
        """Take note that what runs holds as long as read() gives this value."""
        raise NotImplementedError


def interceptor() -> Interceptor | None:
    """Return what runs the operations in the engine's place, if something does."""
    mode = recording()
    return mode if isinstance(mode, Interceptor) else None


_mode: ContextVar[bool | Observer | Interceptor] = ContextVar("grad_mode", default=True)
recording = _mode.get
"""The current mode; false when nothing is to be recorded. One C call, since every operation asks."""


def is_grad_enabled() -> bool:
    """Return whether operations on tensors that require grad are being recorded.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """
    return bool(recording())


class mode_scope(ContextDecorator):
    """Set the mode inside a `with` block, or inside a function when used as a decorator; may be nested."""

    def __init__(self, mode: bool | Observer | Interceptor) -> None:
        self._mode = mode
        self._tokens: list[Token[bool | Observer | Interceptor]] = []

    def _recreate_cm(self) -> mode_scope:  # a decorated function may recurse or run in threads: fresh per call
        return mode_scope(self._mode)

    def __enter__(self) -> Self:
        outer = _mode.get()
        self._tokens.append(_mode.set(outer.within(self._mode) if isinstance(outer, Interceptor) else self._mode))
        return self

    def __exit__(self, *_: object) -> None:
        _mode.reset(self._tokens.pop())


class outside(mode_scope):
    """Run the operations inside a `with` block as ever, where an `Interceptor` is in charge around it."""

    def __init__(self) -> None:
        super().__init__(is_grad_enabled())

    def __enter__(self) -> Self:
        self._tokens.append(_mode.set(self._mode))
        return self


class no_grad(mode_scope):
    """Record nothing inside a `with` block or a decorated function.

    >>> import autograd
    >>> w = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad():
    ...     (w * 2).requires_grad
    False
    """

    def __init__(self) -> None:
        super().__init__(False)


class enable_grad(mode_scope):
    """Record inside a `with` block or a decorated function, also where `no_grad()` holds around it.

    >>> import autograd
    >>> w = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> with no_grad(), enable_grad():
    ...     (w * 2).requires_grad
    True
    """

    def __init__(self) -> None:
        super().__init__(True)
