"""Where the values of a plan lie while NumPy runs, and which of its calls are prepared beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from autograd.compiler.graph import Argument, Graph, Held, Host, Value
from autograd.compiler.layout import Layout, size_of
from autograd.compiler.planning import Nest, Planner, arranged, only_stored, over_rows

BLOCKED_BYTES: Final = 400_000  # of a nest's widest value: beyond it leaves the cache before it is read again
BLOCK_ELEMENTS: Final = 16_384
PYTHON: Final = ("where", "strong_zero")  # what is done by more than one call of NumPy
COPIED: Final = 4096  # elements of an argument that is brought to a fixed place for calls that are prepared


def starts(pack: Value) -> Iterator[tuple[Value, int]]:
    """Yield the parts of a pack, each with the number of its first element."""
    start = 0
    for a in pack.operands():
        yield a, start
        start += a.size


def fusible(value: Value) -> bool:
    """Return whether a value can be part of a nest: all that goes row by row."""
    return value.kind in ("elementwise", "reduce", "store")


class NumpyMemory:
    """A plan and the place of each of its values.

    `late` are the values computed by calls that are prepared when memory is laid out, since all they read lies where it
    lies at every run: what writes to tensors of the outside, and what serves nothing else. `direct` are those computed
    right into the tensor they are stored in; `shares` those written in the place of an operand that nobody needs any
    more. `in_block` are the values that are computed some rows at a time, each with the number of its nest, and `last`
    the nests among these that write to tensors of the outside, row by row. `order` is how all is run: what is not late,
    what is and writes to no tensor, and all writing.
    """

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], results: Sequence[Value]) -> None:
        self.graph = graph
        self.layouts = layouts
        self.results = frozenset(results)
        self.plan = Planner(graph, layouts, fusible)
        self.late = self._prepared(only_stored(graph))
        self.stores = [v for v in graph.values if v.kind == "store"]
        self.direct: dict[Value, Value] = {}
        self.in_block: dict[Value, int] = {}
        self.last: set[int] = set()
        self._users: dict[Value, list[Value]] = {}
        self._arrange()
        for user in self.order:
            for a in user.operands():
                self._users.setdefault(self.root(a), []).append(user)
        for k, stage in enumerate(self.plan.stages):
            if isinstance(stage, Nest):
                self._decide_on_blocks(k, stage)
        self.direct = self._written_directly()
        self._arrange()
        self._plan_memory()

    def _arrange(self) -> None:
        """Put the values in the order in which they are run."""
        staged = [v for stage in self.plan.stages for v in stage.values]
        self.order = sorted(staged, key=self._phase)
        self.index = {v: i for i, v in enumerate(self.order)}

    def _phase(self, value: Value) -> int:
        if value not in self.late:
            return 0
        writes = value.kind == "store" or value in self.direct or self.in_block.get(value) in self.last
        return 2 if writes else 1

    def _prepared(self, late: set[Value]) -> set[Value]:
        """Return the values that can be computed by prepared calls: all they read lies where it lies at every call.

        Stores always can: what they read is brought to where it lies at every call.
        """
        early: set[Value] = set()
        for value in self.graph.values:
            if value not in late or value.kind == "store":
                continue
            moving = any(self.root(a).kind in ("item", "call") or self._is_large_argument(a) for a in value.operands())
            if value.kind in ("call", "item") or moving or value.weak:
                early.add(value)
        stack = list(early)
        while stack:
            for a in stack.pop().operands():
                if a in late and a not in early:
                    early.add(a)
                    stack.append(a)
        return {v for v in late if v.kind != "view"} - early

    def _is_large_argument(self, a: Value) -> bool:
        root = self.root(a)
        return root.kind == "input" and isinstance(root.params["source"], Argument | Host) and a.size > COPIED

    def is_scalar(self, value: Value) -> bool:
        """Return whether a value is a NumPy scalar, which needs no place."""
        return not value.shape and value not in self.late

    def _placed(self, value: Value) -> bool:
        """Return whether a value gets a place in the workspace."""
        return (
            value.kind in ("elementwise", "reduce", "matmul", "pack") and not self.is_scalar(value)
            and value not in self.results and value not in self.direct
        )  # fmt: skip

    def _last_uses(self) -> dict[Value, int]:
        """Return the place in the order behind which nobody needs a value any more."""
        spans = self._spans()
        last: dict[Value, int] = {}
        for i, value in enumerate(self.order):
            k = self.in_block.get(value)
            for a in value.operands():
                root = self.root(a)
                again = k is not None and self.in_block.get(root) != k  # each block reads it anew
                last[root] = max(last.get(root, 0), spans[k][1] if again else i)
        return last

    def _spans(self) -> dict[int | None, tuple[int, int]]:
        """Return the first and last place in the order of what is done in the blocks of each nest."""
        spans: dict[int | None, tuple[int, int]] = {}
        for i, value in enumerate(self.order):
            if value in self.in_block:
                k = self.in_block[value]
                spans[k] = spans.get(k, (i, i))[0], i
        return spans

    def _plan_memory(self) -> None:
        last, spans = self._last_uses(), self._spans()
        self.shares: dict[Value, Value] = {}  # in whose place an elementwise value is written
        self.parts = self._parts_of_packs()
        for part, (pack, _) in self.parts.items():
            last[pack] = max(last[pack], last[part])
        lives: dict[Value, list[int]] = {}
        for i, value in enumerate(self.order):
            if not self._placed(value):
                continue
            dies = last.get(value, i)
            if value in self.in_block and not self.inside(value):
                first, end = spans[self.in_block[value]]
                self._live(lives, value, first, max(end, dies))
                continue
            if value in self.parts or value.kind == "pack":
                self._live(lives, value, i, dies)
                continue
            owner = self._dying(value, i, last, lives)
            if owner is None:
                lives[value] = [i, dies]
            else:
                self.shares[value] = owner
                lives[owner][1] = max(lives[owner][1], dies)
        sizes = {v: self._bytes(v) for v in lives}
        self.offsets, self.workspace = arranged((v, sizes[v], a, b) for v, (a, b) in lives.items())
        for part, (pack, start) in self.parts.items():
            self.offsets[part] = self.offsets[pack] + start * pack.dtype.itemsize

    def _live(self, lives: dict[Value, list[int]], value: Value, first: int, end: int) -> None:
        """Let a value's place, or that of the pack that it is a part of, be taken from `first` to `end`."""
        owner = self.parts[value][0] if value in self.parts else value
        a, b = lives.get(owner, (first, end))
        lives[owner] = [min(a, first), max(b, end)]

    def _parts_of_packs(self) -> dict[Value, tuple[Value, int]]:
        """Return the values that are computed in their place in a pack, with that and their first element in it."""
        found: dict[Value, tuple[Value, int]] = {}
        for pack in self.order:
            if pack.kind == "pack":
                for a, start in starts(pack):
                    if self._placed(a) and a.kind != "pack" and a not in found:
                        found[a] = pack, start
        return found

    def _written_directly(self) -> dict[Value, Value]:
        """Return the values that are computed right into the tensor they are stored in, each with its store."""
        found: dict[Value, Value] = {}
        for store in self.stores:
            value = store.args[0]
            if value not in self.late or value.kind != "elementwise" or self._users.get(value) != [store]:
                continue
            if value.fn in PYTHON or value.dtype != store.dtype or value.shape != store.shape:
                continue
            if self.in_block.get(value) != self.in_block.get(store):
                continue
            if all(self.index[r] <= self.index[value] for r in self.plan.readers_of(store)) and all(
                self.layouts[a].strides == self.layouts[store].strides and self.layouts[a].offset == 0
                for a in value.operands()
                if self._reads(a, store)
            ):
                found[value] = store
        return found

    def _reads(self, a: Value, store: Value) -> bool:
        source = self.root(a).params.get("source")
        return isinstance(source, Held) and source.tensor._value is store.params["target"]._value

    def _bytes(self, value: Value) -> int:
        k = self.block_of(value)
        if k is None:
            return value.nbytes
        nest = self.plan.stages[k]
        assert isinstance(nest, Nest)
        assert nest.rows is not None
        return value.nbytes // nest.rows * self.rows_of(nest)

    def inside(self, value: Value) -> bool:
        """Return whether a value is needed in the blocks of its nest only, and so for one block at a time."""
        k = self.in_block.get(value)
        if k is None or value in self.results or over_rows(value):
            return False
        return all(self.in_block.get(u) == k for u in self._users.get(value, ()))

    def _dying(self, value: Value, i: int, last: dict[Value, int], lives: dict[Value, list[int]]) -> Value | None:
        """Return an operand in whose place a value can be written, since nobody needs it after."""
        if value.kind != "elementwise" or value.fn in ("where", "cast"):
            return None
        operands = list(value.operands())
        if value.fn == "strong_zero":  # its second operand is read when the first is written already
            operands = [a for a in operands[:1] if a not in operands[1:]]
        for a in operands:
            owner = self.shares.get(a, a)
            if (
                a.kind in ("elementwise", "reduce", "matmul", "pack") and a not in self.parts
                and a.shape == value.shape and a.dtype == value.dtype
                and last.get(a) == i and owner in lives and lives[owner][1] <= i
                and (value in self.late) == (a in self.late)
                and self.block_of(value) == self.block_of(a)
            ):  # fmt: skip
                return owner
        return None

    def block_of(self, value: Value) -> int | None:
        """Return the number of the nest in whose blocks only a value is needed, if there is one."""
        return self.in_block[value] if self.inside(value) else None

    def root(self, a: Value) -> Value:
        return self.layouts[a].root if a in self.layouts else a

    # --- blocks -----------------------------------------------------------------------------------------------------

    def rows_of(self, nest: Nest) -> int:
        """Return how many rows of a nest are done at a time."""
        assert nest.rows is not None
        widest = max(size_of(loop.shape[1:]) for loop in nest.loops)
        return max(1, min(nest.rows, BLOCK_ELEMENTS // max(widest, 1)))

    def _decide_on_blocks(self, k: int, nest: Nest) -> None:
        """Let a nest be done in blocks if it is large; with its stores where nothing else waits for its values."""
        values = [v for v in nest.values if v.kind != "store"]
        if not self._can_be_blocked(nest, values):
            return
        only_writes = (
            values[0] in self.late
            and len(values) < len(nest.values)
            and all(v.fn not in PYTHON and self.plan.stage_of[u] == k for v in values for u in self._users.get(v, ()))
        )
        if only_writes:
            self.last.add(k)
            values = nest.values
        self.in_block.update(dict.fromkeys(values, k))

    def _can_be_blocked(self, nest: Nest, values: Sequence[Value]) -> bool:
        if nest.rows is None or len(values) < 2 or self.rows_of(nest) * 2 > nest.rows:
            return False
        if max(v.nbytes for v in values) < BLOCKED_BYTES or len({v in self.late for v in values}) > 1:
            return False
        own = set(nest.values)
        return all(
            (value.shape or over_rows(value))
            and not (over_rows(value) and (value.fn == "multiply" or value.dtype.kind in "mM"))
            and all(a.kind != "view" or self._sliceable(a, own, nest.rows) for a in value.operands())
            for value in nest.values
        )

    def _sliceable(self, a: Value, own: set[Value], rows: int) -> bool:
        """Return whether rows of a view are made of the same rows of what it is a view of, by NumPy's own calls."""
        while a.kind == "view":
            source = a.args[0]
            if not a.shape or a.shape[0] != rows:
                return self.root(a) not in own
            if a.fn not in ("reshape", "broadcast_to") or not source.shape or source.shape[0] != rows:
                return self.root(a) not in own and a.kind == "view"
            a = source
        return True
