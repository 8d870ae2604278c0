"""Where the values of a plan lie while NumPy runs, and which of its calls are prepared beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autograd.compiler.graph import Argument, Graph, Held, Host, Value
from autograd.compiler.layout import Layout, size_of
from autograd.compiler.planning import Nest, Planner, Stage, arranged, only_stored, over_rows

BLOCKED_BYTES: Final = 400_000  # of a nest's widest value: beyond it leaves the cache before it is read again
BLOCK_ELEMENTS: Final = 16_384
COPIED: Final = 4096  # elements of an argument that is brought to a fixed place for calls that are prepared


def fusible(value: Value) -> bool:
    """Return whether a value can be part of a nest: all that goes row by row."""
    return value.kind in ("elementwise", "reduce", "store")


class NumpyMemory:
    """A plan and the place of each of its values.

    `late` are the values computed by calls that are prepared when memory is laid out, since all they read lies where it
    lies at every run: what writes to tensors of the outside, and what serves nothing else. `direct` are those computed
    right into the tensor they are stored in; `shares` those written in the place of an operand that nobody needs any
    more. `blocked` are the nests that are done some rows at a time.
    """

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], results: Sequence[Value]) -> None:
        self.graph = graph
        self.layouts = layouts
        self.results = frozenset(results)
        self.plan = Planner(graph, layouts, fusible)
        self.late = self._prepared(only_stored(graph))
        self.stores = [v for v in graph.values if v.kind == "store"]
        staged = [v for stage in self.plan.stages for v in stage.values]
        self.order = [v for v in staged if v not in self.late] + [v for v in staged if v in self.late]
        self.index = {v: i for i, v in enumerate(self.order)}
        self._users: dict[Value, list[Value]] = {}
        for user in self.order:
            for a in user.operands():
                self._users.setdefault(self.root(a), []).append(user)
        self.direct = self._written_directly()
        self._blocked = {id(s) for s in self.plan.stages if isinstance(s, Nest) and self._is_blocked(s)}
        self._plan_memory()

    def is_blocked(self, stage: Stage) -> bool:
        """Return whether a stage is done some rows at a time."""
        return id(stage) in self._blocked

    def _prepared(self, late: set[Value]) -> set[Value]:
        """Return the values that can be computed by prepared calls: all they read lies where it lies at every call."""
        early: set[Value] = set()
        for value in self.graph.values:
            moving = any(self.root(a).kind in ("item", "call") or self._is_large_argument(a) for a in value.operands())
            if value in late and (value.kind in ("call", "item") or moving or value.weak):
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
            value.kind in ("elementwise", "reduce", "matmul") and not self.is_scalar(value)
            and value not in self.results and value not in self.direct
        )  # fmt: skip

    def _last_uses(self) -> dict[Value, int]:
        """Return the place in the order behind which nobody needs a value any more."""
        last: dict[Value, int] = {}
        for i, value in enumerate(self.order):
            stage = self.plan.stages[self.plan.stage_of[value]]
            for a in value.operands():
                root = self.root(a)
                again = self.is_blocked(stage) and self.plan.stage_of.get(root) != self.plan.stage_of[value]
                until = max(self.index[v] for v in stage.values) if again else i  # each block reads it anew
                last[root] = max(last.get(root, 0), until)
        for store in self.stores:  # writing to tensors of the outside comes behind all else
            written = store.args[0]
            for a in written.operands() if written in self.direct else (written,):
                last[self.root(a)] = len(self.order)
        return last

    def _plan_memory(self) -> None:
        last, end = self._last_uses(), len(self.order)
        first_late = min((self.index[v] for v in self.order if v in self.late), default=end)
        self.shares: dict[Value, Value] = {}  # in whose place an elementwise value is written
        lives: dict[Value, list[int]] = {}
        for stage in self.plan.stages:
            places = [self.index[v] for v in stage.values]
            span = (min(places), max(places)) if self.is_blocked(stage) else None
            for value in stage.values:
                if not self._placed(value):
                    continue
                i = self.index[value]
                dies = last.get(value, i)
                if value not in self.late and dies >= first_late:
                    dies = end  # prepared calls come in one go
                if span is not None and not self.inside(value):
                    i, dies = span[0], max(span[1], dies)
                elif value.kind == "elementwise":
                    owner = self._dying(value, i, last, lives)
                    if owner is not None:
                        self.shares[value] = owner
                        lives[owner][1] = max(lives[owner][1], dies)
                        continue
                lives[value] = [i, dies]
        sizes = {v: self._bytes(v) for v in lives}
        self.offsets, self.workspace = arranged((v, sizes[v], a, b) for v, (a, b) in lives.items())

    def _written_directly(self) -> dict[Value, Value]:
        """Return the values that are computed right into the tensor they are stored in, each with its store."""
        found: dict[Value, Value] = {}
        for store in self.stores:
            value = store.args[0]
            if value not in self.late or value.kind != "elementwise" or self._users.get(value) != [store]:
                continue
            if value.fn in ("where", "strong_zero") or value.dtype != store.dtype or value.shape != store.shape:
                continue
            readers = self.plan.readers.get(id(store.params["target"]._value), [])
            if all(self.index[r] <= self.index[value] for r in readers) and all(
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
        stage = self.plan.stages[self.plan.stage_of[value]]
        if self.is_blocked(stage) and self.inside(value):
            assert isinstance(stage, Nest)
            assert stage.rows is not None
            return value.nbytes // stage.rows * self.rows_of(stage)
        return value.nbytes

    def inside(self, value: Value) -> bool:
        """Return whether a value of a nest is needed in it only, and so for one block at a time."""
        if value in self.results or over_rows(value):
            return False
        k = self.plan.stage_of[value]
        return all(self.plan.stage_of[u] == k for u in self._users.get(value, ()))

    def _dying(self, value: Value, i: int, last: dict[Value, int], lives: dict[Value, list[int]]) -> Value | None:
        """Return an operand in whose place a value can be written, since nobody needs it after."""
        if value.fn in ("where", "cast"):
            return None
        for a in value.operands():
            owner = self.shares.get(a, a)
            if (
                a.kind in ("elementwise", "reduce", "matmul") and a.shape == value.shape and a.dtype == value.dtype
                and last.get(a) == i and owner in lives and lives[owner][1] <= i
                and (value in self.late) == (a in self.late)
                and self.block_of(value) == self.block_of(a)
            ):  # fmt: skip
                return owner
        return None

    def block_of(self, value: Value) -> int | None:
        """Return the blocked nest that a value is needed in only, if there is one."""
        k = self.plan.stage_of[value]
        stage = self.plan.stages[k]
        return k if self.is_blocked(stage) and self.inside(value) else None

    def root(self, a: Value) -> Value:
        return self.layouts[a].root if a in self.layouts else a

    # --- blocks -----------------------------------------------------------------------------------------------------

    def rows_of(self, nest: Nest) -> int:
        """Return how many rows of a nest are done at a time."""
        assert nest.rows is not None
        widest = max(size_of(loop.shape[1:]) for loop in nest.loops)
        return max(1, min(nest.rows, BLOCK_ELEMENTS // max(widest, 1)))

    def _is_blocked(self, nest: Nest) -> bool:
        if nest.rows is None or len(nest.values) < 2 or self.rows_of(nest) * 2 > nest.rows:
            return False
        if max(v.nbytes for v in nest.values) < BLOCKED_BYTES:
            return False
        own = set(nest.values)
        if len({v in self.late for v in nest.values}) > 1:
            return False
        for value in nest.values:
            if (not value.shape and not over_rows(value)) or (
                value.fn == "multiply" and value.kind == "reduce" and over_rows(value)
            ):
                return False
            for a in value.operands():
                if a.kind == "view" and not self._sliceable(a, own, nest.rows):
                    return False
        return True

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
