"""From values to stages: which are computed together, row by row, and where in memory they lie meanwhile.

A `Nest` is a run of loops over the same first axis. All that its loops compute is local to a row: element by element,
or reduced along the other axes. So it can be done some rows at a time, while these are in the cache, and different rows
on different cores. What is reduced along the first axis is complete behind the nest. Everything else, products of
matrices and calls of NumPy, is a stage by itself.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from autograd.compiler.graph import Graph, Held, Value
from autograd.compiler.layout import Layout, contiguous, size_of

LONGEST_LOOP: Final = 48  # values computed in one loop
BLOCK: Final = 8192  # elements of a block's widest value

Shape = tuple[int, ...]


@dataclass(eq=False)
class Loop:
    """Values over the same shape, computed in one go: elementwise ones, reductions of them, and stores."""

    shape: Shape
    values: list[Value] = field(default_factory=list)


@dataclass(eq=False)
class Nest:
    """Loops whose first axis is of length `rows`; of scalars `rows` is None."""

    rows: int | None
    loops: list[Loop] = field(default_factory=list)

    @property
    def values(self) -> list[Value]:
        return [v for loop in self.loops for v in loop.values]


@dataclass(eq=False)
class Single:
    """A product of matrices, or a call of NumPy or Python."""

    value: Value

    @property
    def values(self) -> list[Value]:
        return [self.value]


Stage = Nest | Single


def iteration_shape(value: Value) -> Shape:
    """Return the shape of the loop that computes a value."""
    return value.args[0].shape if value.kind == "reduce" else value.shape


def over_rows(value: Value) -> bool:
    """Return whether a value is reduced along the first axis, so that it is complete only behind its nest."""
    return value.kind == "reduce" and 0 in value.params["axes"]


class Planner:
    """Puts values into stages, each into the first that it can be in."""

    def __init__(
        self,
        graph: Graph,
        layouts: dict[Value, Layout],
        fusible: Callable[[Value], bool],
        apart: Callable[[Value], bool] = lambda _: False,
    ) -> None:
        self.layouts = layouts
        self.fusible = fusible
        self.apart = apart  # what would spoil a loop for others: it is in loops of its own kind
        self.stages: list[Stage] = []
        self.stage_of: dict[Value, int] = {}
        self.loop_of: dict[Value, int] = {}
        self.readers: dict[int, list[Value]] = {}  # of each tensor of the outside, by its array
        self.nests: dict[int | None, list[int]] = {}  # the numbers of those with so many rows
        self.after_checks = 0
        late = only_stored(graph)
        ordered = [v for v in graph.values if v not in late] + [v for v in graph.values if v in late]
        for value in ordered:
            for a in value.operands() if value.kind != "view" else ():
                root = self._root(a)
                if root.kind == "input" and isinstance(root.params["source"], Held):
                    self.readers.setdefault(id(root.params["source"].tensor._value), []).append(value)
        self._waiting: set[Value] = set()
        for value in ordered:
            if value.kind in ("input", "constant", "view", "item"):
                if value.kind == "item":
                    self.stage_of[value] = self.stage_of[value.args[0]]
            elif value in late and value.kind == "elementwise" and value.shape and not self._after(value):
                self._waiting.add(value)  # for what it meets, instead of being kept in memory until then
            else:
                self._place_with_those_it_waits_for(value)

    def _after(self, value: Value) -> list[int]:
        """Return the stages in which the operands of a value are computed."""
        roots = map(self._root, value.operands())
        return [self.stage_of[root] for root in roots if root in self.stage_of]

    def _place_with_those_it_waits_for(self, value: Value) -> None:
        """Place a value behind what it is computed from; and a store behind what reads what it writes to."""
        floor = max(self._after(value), default=0)
        stack = [value]
        while stack:
            top = stack[-1]
            before = [*map(self._root, top.operands()), *(self.readers_of(top) if top.kind == "store" else ())]
            needed = [v for v in before if v in self._waiting]
            if needed:
                stack += needed
                continue
            stack.pop()
            if top is value or top in self._waiting:
                self._place(top, floor)
            self._waiting.discard(top)

    def _root(self, value: Value) -> Value:
        return self.layouts[value].root if value in self.layouts else value

    def _place(self, value: Value, first: int) -> None:
        """Put a value into the first stage from `first` on that it can be in."""
        fused = value.kind in ("elementwise", "reduce", "store") and self.fusible(value)
        for a in value.operands():
            root = self._root(a)
            if root in self.stage_of:
                k = self.stage_of[root]
                local = fused and isinstance(self.stages[k], Nest) and self._row_local(value, a, root)
                first = max(first, k if local else k + 1)
        if value.kind == "store":
            first = max(first, self._behind_readers(value), self.after_checks)
        if not fused:
            self._new(Single(value), value)
            if value.kind in ("check", "call"):  # what may raise does so before anything is written to
                self.after_checks = len(self.stages)
            return
        shape = iteration_shape(value)
        rows = shape[0] if shape else None
        known = self.nests.setdefault(rows, [])
        at = bisect_left(known, first)
        if at < len(known):
            k = known[at]
            nest = self.stages[k]
            assert isinstance(nest, Nest)
            self._join(nest, k, value, shape)
            return
        nest = Nest(rows)
        known.append(len(self.stages))
        self._new(nest, value)
        nest.loops.append(Loop(shape, [value]))
        self.loop_of[value] = 0

    def _new(self, stage: Stage, value: Value) -> None:
        self.stage_of[value] = len(self.stages)
        self.stages.append(stage)

    def _join(self, nest: Nest, k: int, value: Value, shape: Shape) -> None:
        """Put a value into the first loop of a nest where all that it needs is there already, or into a new one."""
        first = 0
        for a in value.operands():
            root = self._root(a)
            if self.stage_of.get(root) == k:
                at = self.loop_of[root]
                same = iteration_shape(root) == shape and root.kind != "reduce" and self._aligned(a, shape)
                first = max(first, at if same else at + 1)
        if value.kind == "store":
            for reader in self.readers_of(value):
                if self.stage_of.get(reader) == k:
                    first = max(first, self.loop_of[reader])
        for i in range(first, len(nest.loops)):
            loop = nest.loops[i]
            alike = self.apart(loop.values[0]) == self.apart(value)
            if loop.shape == shape and alike and len(loop.values) < LONGEST_LOOP:
                loop.values.append(value)
                self.stage_of[value], self.loop_of[value] = k, i
                return
        nest.loops.append(Loop(shape, [value]))
        self.stage_of[value], self.loop_of[value] = k, len(nest.loops) - 1

    def _aligned(self, a: Value, shape: Shape) -> bool:
        """Return whether an operand is read at the very element that is computed."""
        layout = self.layouts[a]
        return (
            layout.offset == 0
            and a.shape == shape == layout.root.shape
            and all(s == c for n, s, c in zip(shape, layout.strides, contiguous(shape), strict=True) if n != 1)
        )

    def _row_local(self, value: Value, a: Value, root: Value) -> bool:
        """Return whether row i of a value needs only row i of what its operand lies in."""
        shape = iteration_shape(value)
        if not shape:
            return not over_rows(root) and root.shape == ()
        if over_rows(root) or not root.shape or len(a.shape) != len(shape):
            return False
        rows = shape[0]
        if root.shape[0] != rows or a.shape[0] != rows:
            return False
        layout = self.layouts[a]
        row = size_of(root.shape[1:])
        if rows > 1 and layout.strides[0] != row:
            return False
        steps = [s * (n - 1) for n, s in zip(a.shape[1:], layout.strides[1:], strict=True)]
        lowest = layout.offset + sum(s for s in steps if s < 0)
        return lowest >= 0 and layout.offset + sum(s for s in steps if s > 0) < max(row, 1)

    def readers_of(self, store: Value) -> Iterator[Value]:
        """Yield the values that read what a store writes to, as one tensor or as many."""
        target = store.params["target"]
        for tensor in (target, *getattr(target, "tensors", ())):
            yield from self.readers.get(id(tensor._value), ())

    def _behind_readers(self, store: Value) -> int:
        """Return the first stage in which a tensor may be written to: others that read it come before."""
        first = 0
        for reader in self.readers_of(store):
            k = self.stage_of.get(reader)
            if k is None:
                continue
            local = isinstance(self.stages[k], Nest) and all(
                self._same_rows(a, store) for a in reader.operands() if self._reads(a, store)
            )
            first = max(first, k if local and iteration_shape(reader) == store.shape else k + 1)
        return first

    def _reads(self, a: Value, store: Value) -> bool:
        root = self.layouts[a].root
        return (
            root.kind == "input"
            and isinstance(root.params["source"], Held)
            and root.params["source"].tensor._value is store.params["target"]._value
        )

    def _same_rows(self, a: Value, store: Value) -> bool:
        return self._aligned(a, store.shape)


def only_stored(graph: Graph) -> set[Value]:
    """Return the values that serve nothing but stores: they come last, when all have read what is written to."""
    needed: set[Value] = set()
    stack = [*graph.outputs, *(e.value for e in graph.effects if e.value is not None and e.kind != "store")]
    stack += [v for v in graph.values if v.kind == "call" and not v.params["pure"]]
    while stack:
        value = stack.pop()
        if value not in needed:
            needed.add(value)
            stack.extend(value.operands())
    return {v for v in graph.values if v not in needed}


# --- memory ----------------------------------------------------------------------------------------------------------


def arranged(lives: Iterable[tuple[Value, int, int, int]], alignment: int = 64) -> tuple[dict[Value, int], int]:
    """Return an offset for each (value, bytes, first stage, last stage), and the bytes of all together.

    Those that are alive at the same stage do not overlap. The largest are placed first, each as far in front as fits.
    """
    placed: list[tuple[int, int, int, int]] = []
    offsets: dict[Value, int] = {}
    total = 0
    for value, nbytes, first, last in sorted(lives, key=lambda life: -life[1]):
        size = -(-max(nbytes, 1) // alignment) * alignment
        offset = 0
        for start, end, born, dead in placed:
            if start >= offset + size:
                break
            if born <= last and first <= dead and start < offset + size and offset < end:
                offset = end
        insort(placed, (offset, offset + size, first, last))
        offsets[value] = offset
        total = max(total, offset + size)
    return offsets, total
