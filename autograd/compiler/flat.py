"""Flat storage: what an update does to many small tensors in the same way, it does to one array that they lie in.

A lane is what is computed for one tensor and nothing but stored: for Adam, the new moments and the new values from the
gradient. Lanes that do the same, and whose tensors lie in one piece of memory or can be brought there, become one lane
over a long vector: a handful of calls of NumPy in the place of a handful for each tensor.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import count, pairwise
from typing import Any, Final

import numpy as np

from autograd.compiler.graph import Effect, Graph, Held, Value
from autograd.compiler.passes import dead_code
from autograd.compiler.planning import only_stored
from autograd.compiler.sharing import overlapping

_ITS_TENSOR: Final = 2  # references to an array that only its tensor knows, with that of who counts them


class Flat:
    """Tensors whose arrays lie behind each other in one: it stands for them where a program reads or writes them all.

    An array moves there only if nobody but its tensor knows it. Later a tensor may be given another array: it is moved
    too if it can be, and else copied at each run, in `copies`, as pairs (part, array).
    """

    def __init__(self, tensors: Sequence[Any]) -> None:
        self.tensors = list(tensors)
        arrays = [t._value for t in tensors]
        self.shapes = [a.shape for a in arrays]
        self.copies: list[tuple[Any, Any]] = []
        if all(_follows(a, b) for a, b in pairwise(arrays)):
            self._value = _spanned(arrays)
        else:
            self._value = np.empty(sum(a.size for a in arrays), arrays[0].dtype)
            del arrays  # which would keep the arrays from being movable
            self.gather()

    def gather(self) -> int:
        """Bring all arrays to their place; return how many. Those that have to stay where they are are in `copies`."""
        self.copies = []
        start = moved = 0
        for tensor, shape in zip(self.tensors, self.shapes, strict=True):
            part = self._value[start : (start := start + int(np.prod(shape)))].reshape(shape)
            if _address(tensor.data) == _address(part) and tensor.data.strides == part.strides:
                continue
            part[...] = tensor.data
            if movable(tensor):
                tensor._rebind(part)
                moved += 1
            else:
                self.copies.append((part, tensor._value))
        return moved


def flat_of(value: Value) -> Flat | None:
    """Return what a value reads from, or a store writes to, if that is more than one tensor."""
    source = value.params.get("source")
    found = value.params.get("target") if value.kind == "store" else source.tensor if type(source) is Held else None
    return found if type(found) is Flat else None


def movable(tensor: Any) -> bool:
    """Return whether another array can take the place of a tensor's without anybody noticing."""
    if type(tensor._value) is not np.ndarray or sys.getrefcount(tensor._value) > _ITS_TENSOR:
        return False
    flags = tensor._value.flags
    return bool(flags.owndata and flags.writeable and flags.c_contiguous)


def flat_storage(graph: Graph) -> Graph:
    """Return the graph in which lanes that are alike are one; tensors of the outside move for it."""
    return _Lanes(graph).merged()


class _Lane:
    """What is computed for some tensors of one shape: `values` in order, which read `sources`, and `effects`."""

    def __init__(self, values: list[Value], effects: list[Effect]) -> None:
        self.values = values
        self.effects = effects
        self.sources: list[Value] = []  # what each lane has of its own
        self.shape = values[0].shape
        self.key: Any = None  # equal for lanes that do the same
        self.tensors: list[Any] = []  # one for each column

    def column(self, tensor: Any) -> int:
        """Return the number of a tensor among those that it reads or writes."""
        for k, known in enumerate(self.tensors):
            if known._value is tensor._value:
                return k
        self.tensors.append(tensor)
        return len(self.tensors) - 1


class _Lanes:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.stored = {id(e.target._value) for e in graph.effects if e.kind == "store"}
        late = only_stored(graph)
        self.own = [v for v in graph.values if v in late and v.kind == "elementwise" and v.size > 0 and v.shape]

    def merged(self) -> Graph:
        groups: dict[Any, list[_Lane]] = {}
        for lane in self._lanes():
            groups.setdefault(lane.key, []).append(lane)
        graph = self.graph
        for lanes in groups.values():
            for together in _side_by_side(lanes):
                graph = _as_one(graph, together)
        return graph

    def _lanes(self) -> list[_Lane]:
        """Return the lanes whose values serve nothing but their own stores."""
        first: dict[Value, Value] = {v: v for v in self.own}

        def find(v: Value) -> Value:
            while first[v] is not v:
                first[v] = v = first[first[v]]
            return v

        for v in self.own:
            for a in v.operands():
                if a in first and a.shape == v.shape:
                    first[find(a)] = find(v)
        members: dict[Value, list[Value]] = {}
        for v in self.own:
            members.setdefault(find(v), []).append(v)
        stores: dict[Value, list[Effect]] = {}
        for e in self.graph.effects:
            if e.kind == "store" and e.value in first:
                stores.setdefault(find(e.value), []).append(e)
        escaped = {
            find(a) for v in self.graph.values for a in v.operands()
            if a in first and (v not in first or find(v) is not find(a))
        }  # fmt: skip
        lanes = [_Lane(members[v], effects) for v, effects in stores.items() if v not in escaped]
        return [lane for lane in lanes if self._describe(lane)]

    def _describe(self, lane: _Lane) -> bool:
        """Find out what a lane reads and does; return whether it can be part of a longer one."""
        place = {v: i for i, v in enumerate(lane.values)}
        seen: dict[Value, Any] = {}

        def what(a: Any) -> Any:
            if not isinstance(a, Value):
                return type(a), repr(a)
            if a in place:
                return "computed", place[a]
            if a not in seen:
                seen[a] = self._source(lane, a)
            return seen[a]

        key = [(v.fn, v.dtype.str, *map(what, v.args)) for v in lane.values]
        written: set[int] = set()
        for e in lane.effects:
            assert e.value is not None
            if e.target._value.dtype != e.value.dtype or e.target._value.shape != lane.shape:
                return False
            key.append(("store", place[e.value], lane.column(e.target)))
            written.add(id(e.target._value))
        lane.key = (*key, *(t._value.dtype.str for t in lane.tensors))
        by_others = any(id(t._value) in self.stored - written for t in lane.tensors)
        return None not in seen.values() and not by_others

    def _source(self, lane: _Lane, a: Value) -> Any:
        """Return what an operand from elsewhere is to a lane; None where a long lane could not read it."""
        if not a.shape:
            return "shared", a.number
        if a.kind == "view" and a.fn == "broadcast_to" and not a.args[0].shape:
            return "spread", a.args[0].number
        if a.shape != lane.shape:
            return None
        if a.kind == "input" and isinstance(a.params["source"], Held):
            return "tensor", lane.column(a.params["source"].tensor)
        lane.sources.append(a)
        return "own", len(lane.sources) - 1, a.dtype.str


def _side_by_side(lanes: Sequence[_Lane]) -> Iterable[list[_Lane]]:
    """Yield the lanes whose tensors lie side by side in memory, or can be moved there."""
    bound = [[not movable(t) for t in lane.tensors] for lane in lanes]  # first: a list of arrays would keep them
    every = [t._value for lane in lanes for t in lane.tensors]
    if any(type(a) is not np.ndarray for a in every) or len({id(a) for a in every}) < len(every):
        return
    if next(overlapping(every), None) is not None:
        return
    del every
    order = sorted(
        zip(bound, lanes, strict=True),
        key=lambda pair: (pair[0], [_address(t._value) for t, b in zip(pair[1].tensors, pair[0], strict=True) if b]),
    )
    together: list[_Lane] = []
    before: list[bool] = []
    for fixed, lane in order:
        if (
            together
            and fixed == before
            and all(
                _follows(s._value, t._value)
                for s, t, b in zip(together[-1].tensors, lane.tensors, fixed, strict=True)
                if b
            )
        ):
            together.append(lane)
            continue
        if len(together) > 1:
            yield together
        together, before = [lane], fixed
    if len(together) > 1:
        yield together


def _as_one(graph: Graph, lanes: Sequence[_Lane]) -> Graph:
    """Return the graph with one lane over all elements in the place of these."""
    head = lanes[0]
    size = sum(lane.values[0].size for lane in lanes)
    flats = [Flat([lane.tensors[k] for lane in lanes]) for k in range(len(head.tensors))]
    new: dict[Any, Value] = {}
    added: list[Value] = []

    fresh = count(1 + max(v.number for v in graph.values))

    def add(like: Value, kind: str, fn: str, args: Iterable[Any], params: dict[str, Any], number: int) -> Value:
        new[like] = Value(number, kind, fn, tuple(args), params, (size,), like.dtype, line=like.line)
        added.append(new[like])
        return new[like]

    def operand(a: Any) -> Any:
        if not isinstance(a, Value) or not a.shape:
            return a
        if a in new:
            return new[a]
        if a.kind == "view" and a.fn == "broadcast_to" and not a.args[0].shape:
            return add(a, "view", "broadcast_to", a.args, {"shape": (size,)}, next(fresh))
        if a in head.sources:
            k = head.sources.index(a)
            return add(a, "pack", "pack", (lane.sources[k] for lane in lanes), {}, next(fresh))
        flat = flats[head.column(a.params["source"].tensor)]
        return add(a, "input", "tensors", (), {"source": Held(flat)}, next(fresh))

    for v in head.values:
        add(v, v.kind, v.fn, [operand(a) for a in v.args], v.params, v.number)
    gone = {v for lane in lanes for v in lane.values}
    moved = {id(e): Effect("store", flats[head.column(e.target)], new[e.value]) for e in head.effects}
    left = {id(e) for lane in lanes[1:] for e in lane.effects}
    effects = [moved.get(id(e), e) for e in graph.effects if id(e) not in left]
    values = [v for v in graph.values if v not in gone]
    return dead_code(Graph([*values, *added], graph.outputs, effects))


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _follows(a: Any, b: Any) -> bool:
    """Return whether array b begins where a ends, in the same memory."""
    owner = _owner(a)
    together = owner is _owner(b) and owner.flags.c_contiguous and a.flags.c_contiguous and b.flags.c_contiguous
    return bool(together and a.dtype == b.dtype and _address(a) + a.nbytes == _address(b))


def _owner(array: Any) -> Any:
    while type(array.base) is np.ndarray:
        array = array.base
    return array


def _spanned(arrays: Sequence[Any]) -> Any:
    """Return one array over all of these, which lie behind each other."""
    owner = _owner(arrays[0])
    size = sum(a.size for a in arrays)
    first = _address(arrays[0]) - _address(owner)
    whole = owner.reshape(-1).view(np.uint8)
    return whole[first : first + size * arrays[0].itemsize].view(arrays[0].dtype)
