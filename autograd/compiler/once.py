"""A Python call that a program makes at each run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograd.compiler.concrete import copied
from autograd.engine.mode import outside


class Once:
    """A Python call inside a program, whose first result is known from the trace. It is given copies of its own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.__name__ = getattr(function, "__name__", "callback")
        self._first: list[Any] = []
        self._traced = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._traced:
            with suppress(IndexError):  # two threads may ask
                return self._first.pop()
            return self.function(*copied(args), **copied(kwargs))
        with outside():
            result = self.function(*copied(args), **copied(kwargs))
        self._traced = True
        self._first.append(result)
        return result
