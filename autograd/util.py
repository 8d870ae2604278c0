"""Small functions on tuples of arguments, by the names that HIPS autograd has for them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def toposort(end_node: Any, parents: Callable[[Any], Iterable[Any]] = operator.attrgetter("parents")) -> Iterator[Any]:
    """Yield the nodes that one depends on by `parents`, itself first, each before its parents.

    >>> list(toposort("d", {"d": "bc", "c": "a", "b": "a", "a": ""}.__getitem__))
    ['d', 'c', 'b', 'a']
    """
    waiting: dict[Any, int] = {}
    stack = [end_node]
    while stack:
        node = stack.pop()
        if node not in waiting:
            stack.extend(parents(node))
        waiting[node] = waiting.get(node, 0) + 1
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
