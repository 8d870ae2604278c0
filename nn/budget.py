"""How much may be made of what a file says, so that a small file cannot ask for all of the memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

SPARE: Final = 1 << 24  # elements that are made beside parameters: inputs that a layer is tried on, counts of a metric

_left: ContextVar[dict[str, int] | None] = ContextVar("budget", default=None)


@contextmanager
def at_most(elements: int) -> Iterator[None]:
    """Let so many elements of parameters be made inside a `with` block, and 16 million others."""
    token = _left.set({"parameters": elements, "state": SPARE // 4})
    try:
        yield
    finally:
        _left.reset(token)


def afford(what: str, elements: int, kind: str = "parameters") -> None:
    """Take elements from the budget; ValueError, before anything is made, where there are not so many left."""
    left = _left.get()
    if left is None:
        return
    if elements > left[kind]:
        raise ValueError(f"{what}: would make {elements:,} numbers; {left[kind]:,} are left to make")
    left[kind] -= elements


def check_size(what: str, elements: int) -> None:
    """Raise ValueError for an array for a moment that is larger than what is made, and than a few images."""
    left = _left.get()
    if left is not None and elements > left["parameters"] + SPARE:
        raise ValueError(f"{what} is larger than anything that comes of it")
