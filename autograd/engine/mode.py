"""Whether operations are recorded, per thread and per async task.

The mode is one context variable: True (record), False (do not), or an observer, which also records and is
called with every new node, its value and its operands. Anomaly detection is an observer, and so is what looks for
a wrong operation in `autograd.testing`.
"""

from __future__ import annotations

from collections.abc import Sequence
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


_mode: ContextVar[bool | Observer] = ContextVar("grad_mode", default=True)
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

    def __init__(self, mode: bool | Observer) -> None:
        self._mode = mode
        self._tokens: list[Token[bool | Observer]] = []

    def _recreate_cm(self) -> mode_scope:  # a decorated function may recurse or run in threads: fresh per call
        return mode_scope(self._mode)

    def __enter__(self) -> Self:
        self._tokens.append(_mode.set(self._mode))
        return self

    def __exit__(self, *_: object) -> None:
        _mode.reset(self._tokens.pop())


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
