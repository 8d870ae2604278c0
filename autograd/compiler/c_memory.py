"""Where the values of a plan lie while C runs: in registers, for a block, in the workspace, or in arrays outside."""

from __future__ import annotations

from typing import Final

import numpy as np

from autograd.compiler.c_expressions import C_TYPES, SCALAR_CALLS, TRANSCENDENTAL
from autograd.compiler.c_products import LARGE_PRODUCT
from autograd.compiler.c_singles import known_to_c
from autograd.compiler.graph import Graph, Value
from autograd.compiler.layout import Layout, size_of
from autograd.compiler.planning import BLOCK, Nest, Planner, Single, arranged, over_rows

PARALLEL_COST: Final = 2_500_000
"""Elements times operations from which on the rows of a nest are shared among threads: 0.1 to 0.2 ms."""

PARALLEL_COST_BESIDE_BLAS: Final = 60_000_000
"""The same in a program with large products: the threads of BLAS spin on after one, and two on a core take turns."""


class Memory:
    """A plan and the place of each of its values.

    A pointer is written as `p[slot]` for an array of the outside, of an argument, result or call, and as `ws + offset`
    in the workspace.
    """

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], threads: int) -> None:
        self.graph = graph
        self.layouts = layouts
        self.threads = threads
        self.plan = Planner(graph, layouts, known_to_c, _is_scalar_call)
        self._uses_blas = any(v.kind == "matmul" and _work(v) > LARGE_PRODUCT for v in graph.values)
        self._last: dict[Value, int] = {}  # the last stage that uses a value
        self._inner: dict[Value, set[int]] = {}  # the loops of its own nest that use it
        for k, stage in enumerate(self.plan.stages):
            for value in stage.values:
                for a in value.operands():
                    if a.dtype is not None:
                        self._note_use(value, layouts[a].root, k)
        self.slots = {value: slot for slot, value in enumerate(self._outside())}
        self.offsets, self.workspace = self._arranged()

    def _note_use(self, user: Value, root: Value, k: int) -> None:
        self._last[root] = max(self._last.get(root, 0), k)
        if self.plan.stage_of.get(root) == k and user in self.plan.loop_of:
            self._inner.setdefault(root, set()).add(self.plan.loop_of[user])

    def _outside(self) -> list[Value]:
        """Return the values that lie in arrays which the caller knows."""
        inputs = [v for v in self.graph.values if v.kind == "input" or (v.kind == "constant" and v.shape)]
        items = [v for v in self.graph.values if v.kind == "item"]
        singles = [s.value for s in self.plan.stages if isinstance(s, Single)]
        called = [v for v in singles if not known_to_c(v) and v.dtype is not None]
        left = [e.value for e in self.graph.effects if e.value is not None and e.kind not in ("store", "check")]
        stores = [v for v in self.graph.values if v.kind == "store"]
        return list(dict.fromkeys([*inputs, *items, *called, *self.graph.outputs, *left, *stores]))

    # --- registers and blocks -----------------------------------------------------------------------------------

    def in_register(self, value: Value) -> bool:
        """Return whether a value of a nest is needed in the loop that computes it only."""
        k = self.plan.stage_of[value]
        if value in self.slots or value.kind == "reduce" or self._last.get(value, k) > k:
            return False
        loop = self.plan.loop_of[value]
        return all(i == loop for i in self._inner.get(value, ()))

    def block_local(self, value: Value) -> bool:
        """Return whether a value is needed in its nest only, so that one block of it is enough."""
        k = self.plan.stage_of[value]
        nest = self.plan.stages[k]
        return (
            isinstance(nest, Nest) and nest.rows is not None and value not in self.slots and not over_rows(value)
            and self._last.get(value, k) <= k and self._blocks(nest) > 1
        )  # fmt: skip

    def block_of(self, nest: Nest) -> int:
        """Return how many rows are done at a time."""
        assert nest.rows is not None
        widest = max(size_of(loop.shape[1:]) for loop in nest.loops)
        return max(1, min(nest.rows, BLOCK // max(widest, 1)))

    def _blocks(self, nest: Nest) -> int:
        assert nest.rows is not None
        return -(-nest.rows // self.block_of(nest)) if nest.rows else 1

    def parallel(self, nest: Nest) -> bool:
        """Return whether a nest is large enough to be shared among threads."""
        if nest.rows is None or self.threads < 2 or self._blocks(nest) < 2 * self.threads:
            return False
        cost = 0
        for loop in nest.loops:
            cost += size_of(loop.shape) * sum(8 if v.fn in TRANSCENDENTAL else 1 for v in loop.values)
        return cost > (PARALLEL_COST_BESIDE_BLAS if self._uses_blas else PARALLEL_COST)

    # --- the workspace --------------------------------------------------------------------------------------------

    def _arranged(self) -> tuple[dict[Value, int], int]:
        lives = []
        self.partials: dict[Value, Value] = {}  # stands for what each thread has of a reduction over rows
        for k, stage in enumerate(self.plan.stages):
            nest = stage if isinstance(stage, Nest) else None
            for value in stage.values:
                if nest is not None and over_rows(value) and self.parallel(nest):
                    stand_in = self.partials[value] = Value(-1, "partial", "", (), {}, value.shape, value.dtype)
                    lives.append((stand_in, self.partial_bytes(value) * self.threads, k, k))
                if value in self.slots or value.dtype is None or value.kind == "check":
                    continue
                if nest is None or not self.in_register(value):
                    lives.append((value, self._bytes(value, nest), k, max(k, self._last.get(value, k))))
        return arranged(lives)

    def _bytes(self, value: Value, nest: Nest | None) -> int:
        if nest is None or not self.block_local(value):
            return value.nbytes
        return self.block_bytes(value, nest) * (self.threads if self.parallel(nest) else 1)

    def block_bytes(self, value: Value, nest: Nest) -> int:
        """Return the bytes of one block of a value."""
        assert nest.rows is not None
        return -(-value.nbytes // nest.rows * self.block_of(nest) // 64) * 64

    def doubled(self, value: Value) -> bool:
        """Return whether what is reduced over rows, to one number, is added up in double."""
        return value.size == 1 and wide_type(value) != C_TYPES[value.dtype]

    def partial_bytes(self, value: Value) -> int:
        """Return the bytes of what one thread has of a reduction over rows."""
        return -(-(8 * value.size if self.doubled(value) else value.nbytes) // 64) * 64

    # --- pointers -------------------------------------------------------------------------------------------------

    def address(self, value: Value) -> str:
        """Return the C expression of where a value with memory starts."""
        kind = C_TYPES[value.dtype]
        if value in self.slots:
            return f"({kind} *)p[{self.slots[value]}]"
        return f"({kind} *)(ws + {self.offsets[value]})"

    def start(self, value: Value) -> str:
        """Return the C expression of where a value begins, which may be a view."""
        layout = self.layouts[value]
        return f"{self.address(layout.root)} + {layout.offset}"

    def block_start(self, value: Value, nest: Nest) -> str:
        """Return where the current thread's block of a value of a nest starts."""
        if not self.parallel(nest):
            return self.address(value)
        step = self.block_bytes(value, nest)
        return f"({C_TYPES[value.dtype]} *)(ws + {self.offsets[value]} + (int64_t)id * {step})"


def wide_type(value: Value) -> str:
    """Return the C type of a variable in which a reduction is accumulated: many float32 are added up in double."""
    return "double" if value.fn == "add" and value.dtype == np.float32 else C_TYPES[value.dtype]


def _is_scalar_call(value: Value) -> bool:
    """Return whether a value takes a call of the C library for each element: a loop with one has no vectors."""
    return value.kind == "elementwise" and value.fn in SCALAR_CALLS


def _work(value: Value) -> int:
    """Return how many multiplications a product takes."""
    return value.size * int(value.args[0].shape[-1])
