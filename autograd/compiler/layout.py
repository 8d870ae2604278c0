"""Where the elements of a value lie: views share the memory of what they look at, everything else has its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from autograd.compiler.graph import Effect, Graph, Value

Shape = tuple[int, ...]


class Layout(NamedTuple):
    """Element (i, j, …) of a value is element `offset` + i · strides[0] + … of `root`, counted in its C order."""

    root: Value
    offset: int
    strides: tuple[int, ...]


def contiguous(shape: Shape) -> tuple[int, ...]:
    """Return the strides, in elements, of an array in C order."""
    strides, step = [], 1
    for n in reversed(shape):
        strides.append(step)
        step *= max(n, 1)
    return tuple(reversed(strides))


def layout_of(value: Value, known: dict[Value, Layout]) -> Layout | None:
    """Return the layout of a value whose operands' layouts are known; None where it would have to be copied."""
    if value.kind != "view":
        return Layout(value, 0, contiguous(value.shape))
    source = value.args[0]
    root, offset, strides = known[source]
    if value.fn == "transpose":
        return Layout(root, offset, tuple(strides[a] for a in value.params["axes"]))
    if value.fn == "broadcast_to":
        lead = len(value.shape) - len(source.shape)
        wide = [0 if n == 1 else s for n, s in zip(source.shape, strides, strict=True)]
        return Layout(root, offset, (0,) * lead + tuple(wide))
    if value.fn == "getitem":
        return _indexed(root, offset, strides, source.shape, value.params["index"])
    kept = [(n, s) for n, s in zip(source.shape, strides, strict=True) if n != 1]
    if [n for n, _ in kept] == [n for n in value.shape if n != 1]:
        given = iter(s for _, s in kept)
        return Layout(root, offset, tuple(0 if n == 1 else next(given) for n in value.shape))
    if all(s == c for (_, s), c in zip(kept, contiguous(tuple(n for n, _ in kept)), strict=True)):
        return Layout(root, offset, contiguous(value.shape))
    return None


def _indexed(root: Value, offset: int, strides: tuple[int, ...], shape: Shape, index: tuple[Any, ...]) -> Layout:
    given = sum(i is not None and i is not Ellipsis for i in index)
    if Ellipsis not in index:
        index = (*index, Ellipsis)
    found: list[int] = []
    axis = 0
    for i in index:
        if i is None:
            found.append(0)
        elif i is Ellipsis:
            rest = len(shape) - given
            found.extend(strides[axis : axis + rest])
            axis += rest
        elif isinstance(i, slice):
            start, _, step = i.indices(shape[axis])
            offset += start * strides[axis]
            found.append(step * strides[axis])
            axis += 1
        else:
            offset += int(i) % max(shape[axis], 1) * strides[axis]
            axis += 1
    return Layout(root, offset, tuple(found))


Condition = Callable[[Value, int, Layout], bool]


def materialized(graph: Graph, must_be_copied: Condition) -> tuple[Graph, dict[Value, Layout]]:
    """Return the graph with a copy where one is needed, and the layout of every value.

    Needed is one for a reshape of what is not in C order, and where `must_be_copied(user, i, layout)` says that a
    user's operand i must lie otherwise. What is given out or kept is a value with memory of its own.
    """
    making = _Materializing(graph, must_be_copied)
    for e in graph.effects:  # every copy is before all stores, which may write to what it is a copy of
        if e.kind == "store" and e.value is not None and making.layouts[making.new[e.value]].root.kind == "input":
            making.new[e.value] = making.copied(making.new[e.value])
    outputs = [making.owned(making.new[v]) for v in graph.outputs]
    effects = [making.effect(e) for e in graph.effects]
    return Graph(making.values, outputs, effects), making.layouts


class _Materializing:
    """Values with the copies between them, while they are put in."""

    def __init__(self, graph: Graph, must_be_copied: Condition) -> None:
        self.fresh = count(1 + max((v.number for v in graph.values), default=0)).__next__
        self.layouts: dict[Value, Layout] = {}
        self.values: list[Value] = []
        self.new: dict[Value, Value] = {}
        self.copies: dict[Value, Value] = {}
        self.taken: set[Value] = set()
        for value in graph.values:
            args: list[Any] = [self.new[a] if isinstance(a, Value) else a for a in value.args]
            for i, a in enumerate(args):
                if isinstance(a, Value) and a.dtype is not None and must_be_copied(value, i, self.layouts[a]):
                    args[i] = self.copied(a)
            moved = value.on(args)
            if value.kind == "view" and layout_of(moved, self.layouts) is None:
                moved = moved.on([self.copied(args[0])])
            self.new[value] = self.add(moved)

    def add(self, value: Value) -> Value:
        self.values.append(value)
        if value.dtype is not None:  # of several results each item lies somewhere
            found = layout_of(value, self.layouts)
            assert found is not None
            self.layouts[value] = found
        return value

    def copy(self, source: Value) -> Value:
        return self.add(
            Value(self.fresh(), "elementwise", "copy", (source,), {}, source.shape, source.dtype, line=source.line)
        )

    def copied(self, source: Value) -> Value:
        """Return a copy, one for all users."""
        if source not in self.copies:
            self.copies[source] = self.copy(source)
        return self.copies[source]

    def owned(self, value: Value) -> Value:
        """Return a value that has memory of its own, which nobody else is given."""
        if value.kind in ("view", "input", "constant") or value in self.taken:
            value = self.copy(value)
        self.taken.add(value)
        return value

    def effect(self, effect: Effect) -> Effect:
        if effect.value is None:
            return effect
        value = self.new[effect.value]
        if effect.kind == "store":
            params = {"target": effect.target}
            value = self.add(Value(self.fresh(), "store", "store", (value,), params, value.shape, value.dtype))
        elif effect.kind != "check":
            value = self.owned(value)
        return effect._replace(value=value)


def size_of(shape: Shape) -> int:
    return math.prod(shape)
