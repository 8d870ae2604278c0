"""Small functions on tuples of arguments, by the names that HIPS autograd has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any


def subvals(x: Sequence[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """Return x as a tuple, with v in the place i for each (i, v).

    >>> subvals((1, 2, 3), [(0, "a"), (2, "c")])
    ('a', 2, 'c')
    """
    found = list(x)
    for i, v in ivs:
        found[i] = v
    return tuple(found)


def subval(x: Sequence[Any], i: int, v: Any) -> tuple[Any, ...]:
    """Return x as a tuple, with v in the place i."""
    return subvals(x, [(i, v)])


def func(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function itself: methods needed unwrapping once."""
    return f
