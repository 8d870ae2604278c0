"""A plan as C: one function for each run of native stages, and one for each nest."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.compiler.c_expressions import C_TYPES, PRELUDE, TRANSCENDENTAL, compute_dtype, literal, writer_of
from autograd.compiler.graph import Graph, Slot, Value
from autograd.compiler.layout import Layout, contiguous, size_of
from autograd.compiler.planning import BLOCK, Loop, Nest, Planner, Single, Stage, arranged, iteration_shape, over_rows

PARALLEL_COST: Final = 1_500_000
"""Elements times operations from which on the rows of a nest are shared among threads: about 0.2 ms."""

PARALLEL_COST_BESIDE_BLAS: Final = 60_000_000
"""The same in a program with large products: the threads of BLAS spin on after one, and two on a core take turns."""

TINY_PRODUCT: Final = 8192  # multiplications up to which a product is a loop of our own

RUNTIME: Final = r"""
typedef void (*gg_sgemm_t)(int, int, int, GG_INT, GG_INT, GG_INT, float, const float *, GG_INT, const float *, GG_INT, float, float *, GG_INT);
typedef void (*gg_dgemm_t)(int, int, int, GG_INT, GG_INT, GG_INT, double, const double *, GG_INT, const double *, GG_INT, double, double *, GG_INT);
typedef void (*gg_sgemv_t)(int, int, GG_INT, GG_INT, float, const float *, GG_INT, const float *, GG_INT, float, float *, GG_INT);
typedef void (*gg_dgemv_t)(int, int, GG_INT, GG_INT, double, const double *, GG_INT, const double *, GG_INT, double, double *, GG_INT);
static gg_sgemm_t gg_sgemm; static gg_dgemm_t gg_dgemm; static gg_sgemv_t gg_sgemv; static gg_dgemv_t gg_dgemv;

typedef void (*gg_nest_t)(char **, char *, int64_t, int64_t, int);
typedef struct { gg_nest_t nest; char **p; char *ws; int64_t lo, hi; int id; } gg_share_t;
static void *gg_do_share(void *s) {
    gg_share_t *t = s;
    t->nest(t->p, t->ws, t->lo, t->hi, t->id);
    return 0;
}
/* Share rows among threads that live as long as the nest: nothing is left running, so a fork finds nothing to miss. */
static void gg_parallel(gg_nest_t nest, char **p, char *ws, int64_t rows, int64_t block) {
    pthread_t threads[GG_THREADS];
    gg_share_t shares[GG_THREADS];
    int started[GG_THREADS];
    int64_t blocks = (rows + block - 1) / block, lo = 0;
    for (int i = 0; i < GG_THREADS; i++) {
        int64_t hi = (blocks * (i + 1) / GG_THREADS) * block;
        if (hi > rows || i == GG_THREADS - 1) hi = rows;
        shares[i] = (gg_share_t){nest, p, ws, lo, hi, i};
        lo = hi;
    }
    for (int i = 1; i < GG_THREADS; i++) started[i] = !pthread_create(&threads[i], 0, gg_do_share, &shares[i]);
    gg_do_share(&shares[0]);
    for (int i = 1; i < GG_THREADS; i++) {
        if (started[i]) pthread_join(threads[i], 0); else gg_do_share(&shares[i]);
    }
}
"""

_IDENTITY: Final = {"add": 0, "multiply": 1, "logical_or": 0, "logical_and": 1}


def known_to_c(value: Value) -> bool:
    """Return whether C can compute a value; else it is left to NumPy."""
    if value.kind == "elementwise":
        return writer_of(value) is not None
    if value.kind == "reduce":
        return value.dtype.name in C_TYPES and value.args[0].dtype.name in C_TYPES
    if value.kind == "check":
        return True
    if value.kind == "call":
        return picked(value) is not None or _is_arg_extreme(value)
    if value.kind == "store":
        return value.dtype.name in C_TYPES
    if value.kind == "matmul":
        return value.dtype.name in ("float32", "float64") and all(a.dtype == value.dtype for a in value.operands())
    return False


def _is_arg_extreme(value: Value) -> bool:
    """Return whether a call is an argmax or argmin along the last axis."""
    params = value.params
    if params["key"] not in (np.argmax, np.argmin) or len(value.args) != 1 or len(params["args"]) != 1:
        return False
    x, axis = value.args[0], params["kwargs"].get("axis")
    last = axis in (-1, len(x.shape) - 1) or (axis is None and len(x.shape) == 1)
    return last and params["kwargs"].keys() <= {"axis"} and x.dtype.kind == "f" and x.dtype.name in C_TYPES


class Picked(NamedTuple):
    """A call that reads, or adds to, the elements of `x` that arrays of whole numbers name along its first axes."""

    x: Value
    indices: list[Value]
    added: Value | None  # what is added there
    shape: tuple[int, ...]  # of the indices together
    rest: tuple[int, ...]  # the axes behind, which are taken whole


def picked(value: Value) -> Picked | None:
    """Return what x[i, j, …] or np.add.at(x, (i, j, …), v) is about, if C can do it."""
    key, args = value.params["key"], value.params["args"]
    if value.dtype is None or value.dtype.name not in C_TYPES or value.params["kwargs"]:
        return None
    if key == "take_at":
        parts, added = args[2:], None
    elif key == ("at", np.add) and len(args) == 3 and isinstance(args[2], Slot):
        inside = args[1]
        parts = (inside,) if isinstance(inside, Slot) else inside if isinstance(inside, tuple) else ()
        added = value.args[args[2].position]
    else:
        return None
    if not parts or not all(isinstance(part, Slot) for part in parts):
        return None
    x, indices = value.args[0], [value.args[part.position] for part in parts]
    if any(i.dtype.kind not in "iu" or i.dtype.name not in C_TYPES for i in indices) or x.dtype != value.dtype:
        return None
    shape = np.broadcast_shapes(*(i.shape for i in indices))
    rest = x.shape[len(indices) :]
    if added is not None and (added.shape != (*shape, *rest) or added.dtype != x.dtype):
        return None
    return Picked(x, indices, added, shape, rest)


def operand_must_be_copied(value: Value, i: int, layout: Layout) -> bool:
    """Return whether an operand lies in a way that its user cannot take it: BLAS wants rows or columns."""
    a = value.args[i]
    if value.kind in ("call",) or (value.kind in ("elementwise", "reduce") and not known_to_c(value)):
        return layout.root is not a
    if value.kind != "matmul" or not known_to_c(value) or len(a.shape) < 1:
        return value.kind == "matmul" and layout.root is not a
    if len(a.shape) == 1:
        return layout.strides[0] < 1 and a.shape[0] > 1
    return _orientation(a.shape[-2:], layout.strides[-2:]) is None


def _orientation(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int] | None:
    """Return (112 if transposed else 111, leading dimension) for BLAS; None for what it cannot take."""
    (m, n), (row, column) = shape, strides
    if (column == 1 or n == 1) and (row >= n or m == 1):
        return 111, max(row if m > 1 else n, n, 1)
    if (row == 1 or m == 1) and (column >= m or n == 1):
        return 112, max(column if n > 1 else m, m, 1)
    return None


@dataclass
class Source:
    """C source, and what the caller needs to know to call it."""

    text: str
    slots: dict[Value, int]  # where in the table of pointers each array of the outside is
    segments: list[list[Stage]]  # native stages between the others
    order: list[Any]  # indices of segments, and Singles that NumPy computes
    workspace: int
    offsets: dict[Value, int] = field(default_factory=dict)


class Emitter:
    """Writes one program."""

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], threads: int, int_type: str) -> None:
        self.graph = graph
        self.layouts = layouts
        self.threads = threads
        self.int_type = int_type
        self.plan = Planner(graph, layouts, known_to_c)
        self.uses_blas = any(v.kind == "matmul" and _work(v) > 1_000_000 for v in graph.values)
        self.lines: list[str] = []
        self.codes = {e.value: 16 + i for i, e in enumerate(graph.effects) if e.kind == "check" and e.value is not None}
        self.slots: dict[Value, int] = {}
        self.outside = [v for v in graph.values if v.kind in ("input", "item") or (v.kind == "constant" and v.shape)]
        self._find_uses()

    # --- what lies where ----------------------------------------------------------------------------------------

    def _find_uses(self) -> None:
        stages = self.plan.stages
        self.last: dict[Value, int] = {}
        self.inner: dict[Value, set[int]] = {}  # the loops of its own nest that use a value
        for k, stage in enumerate(stages):
            for value in stage.values:
                for a in value.operands():
                    if a.dtype is None:
                        continue
                    root = self.layouts[a].root
                    self.last[root] = max(self.last.get(root, 0), k)
                    if self.plan.stage_of.get(root) == k and isinstance(stage, Nest):
                        self.inner.setdefault(root, set()).add(self.plan.loop_of[value])
        self.given_out = {
            *self.graph.outputs,
            *(e.value for e in self.graph.effects if e.value and e.kind not in ("store", "check")),
        }
        called = [
            s.value for s in stages if isinstance(s, Single) and not known_to_c(s.value) and s.value.kind != "check"
        ]
        items = [v for v in self.graph.values if v.kind == "item"]
        for value in [
            *(v for v in self.outside if v.kind != "item"),
            *items,
            *(v for v in called if v.dtype is not None),
            *dict.fromkeys(
                [
                    *self.graph.outputs,
                    *(e.value for e in self.graph.effects if e.value and e.kind not in ("store", "check")),
                ]
            ),
        ]:
            self.slots.setdefault(value, len(self.slots))
        for value in self.graph.values:
            if value.kind == "store":
                self.slots[value] = len(self.slots)

    def _in_register(self, value: Value) -> bool:
        """Return whether a value is needed in the loop that computes it only."""
        k = self.plan.stage_of[value]
        if value in self.slots or value.kind == "reduce" or self.last.get(value, k) > k:
            return False
        loop = self.plan.loop_of[value]
        return all(i == loop for i in self.inner.get(value, ()))

    def _block_local(self, value: Value) -> bool:
        """Return whether a value is needed in its nest only, so that one block of it is enough."""
        k = self.plan.stage_of[value]
        nest = self.plan.stages[k]
        return (
            isinstance(nest, Nest) and nest.rows is not None and value not in self.slots and not over_rows(value)
            and self.last.get(value, k) <= k and self._blocks(nest) > 1
        )  # fmt: skip

    def block_of(self, nest: Nest) -> int:
        """Return how many rows are done at a time."""
        assert nest.rows is not None
        widest = max((size_of(v.shape) // max(nest.rows, 1) for v in nest.values if v.shape), default=1)
        widest = max(widest, *(size_of(loop.shape[1:]) for loop in nest.loops))
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
            weight = sum(8 if v.fn in TRANSCENDENTAL else 1 for v in loop.values)
            cost += size_of(loop.shape) * weight
        return cost > (PARALLEL_COST_BESIDE_BLAS if self.uses_blas else PARALLEL_COST)

    def _arrange(self) -> None:
        lives = []
        self.copies: dict[Value, int] = {}  # how often a value is there, one for each thread
        for k, stage in enumerate(self.plan.stages):
            for value in stage.values:
                if (
                    value in self.slots
                    or value.dtype is None
                    or value.kind == "check"
                    or (isinstance(stage, Nest) and self._in_register(value))
                ):
                    continue
                nbytes = value.nbytes
                if isinstance(stage, Nest) and self._block_local(value):
                    assert stage.rows is not None
                    nbytes = -(-nbytes // stage.rows) * self.block_of(stage)
                    if self.parallel(stage):
                        nbytes = -(-nbytes // 64) * 64 * self.threads
                lives.append((value, nbytes, k, max(k, self.last.get(value, k))))
        partials = []
        for k, stage in enumerate(self.plan.stages):
            if isinstance(stage, Nest) and self.parallel(stage):
                for value in stage.values:
                    if over_rows(value):
                        stand_in = Value(-1, "partial", "partial", (), {}, value.shape, value.dtype)
                        self.partials[value] = stand_in
                        partials.append((stand_in, self._partial_bytes(value) * self.threads, k, k))
        self.offsets, self.workspace = arranged([*lives, *partials])
        self.planned = {value: nbytes for value, nbytes, _, _ in lives}

    def _partial_bytes(self, value: Value) -> int:
        return -(-(8 * size_of(value.shape) if self._doubled(value) else value.nbytes) // 64) * 64

    def _doubled(self, value: Value) -> bool:
        """Return whether a sum of many float32 is added up in double."""
        return (
            value.fn == "add"
            and value.dtype.name == "float32"
            and len(value.params["axes"]) == len(value.args[0].shape)
        )

    def address(self, value: Value) -> str:
        """Return the C expression of where a value with memory starts."""
        kind = C_TYPES[value.dtype.name]
        if value in self.slots:
            return f"({kind} *)p[{self.slots[value]}]"
        return f"({kind} *)(ws + {self.offsets[value]})"

    # --- the whole ----------------------------------------------------------------------------------------------

    def source(self) -> Source:
        """Return the program."""
        self.partials: dict[Value, Value] = {}
        self._arrange()
        segments: list[list[Stage]] = []
        order: list[Any] = []
        for stage in self.plan.stages:
            if isinstance(stage, Single) and not known_to_c(stage.value):
                order.append(stage)
            elif order and isinstance(order[-1], int):
                segments[-1].append(stage)
            else:
                order.append(len(segments))
                segments.append([stage])
        for s, stages in enumerate(segments):
            calls = []
            for stage in stages:
                k = self.plan.stages.index(stage)
                if isinstance(stage, Nest):
                    calls.append(self._nest(stage, k))
                elif stage.value.kind == "check":
                    condition = self.layouts[stage.value.args[0]]
                    calls.append(
                        f"if (!*({self.address(condition.root)} + {condition.offset})) return {self.codes[stage.value]};"
                    )
                elif stage.value.kind == "call" and _is_arg_extreme(stage.value):
                    calls.append(self._arg_extreme(stage.value))
                elif stage.value.kind == "call":
                    calls.append(self._picked(stage.value))
                else:
                    calls.append(self._product(stage.value))
            self.lines += [f"static int gg_segment_{s}(char **p, char *ws) {{", *calls, "return 0;", "}", ""]
        head = [
            f"#define GG_THREADS {self.threads}", f"#define GG_INT {self.int_type}",
            resources.files("autograd.compiler").joinpath("elementary.h").read_text(), PRELUDE, RUNTIME,
        ]  # fmt: skip
        return Source("\n".join([*head, *self.lines]), self.slots, segments, order, self.workspace, self.offsets)

    # --- nests --------------------------------------------------------------------------------------------------

    def _nest(self, nest: Nest, k: int) -> str:
        body: list[str] = []
        before: list[str] = []
        after: list[str] = []
        parallel = self.parallel(nest)
        for value in nest.values:
            if over_rows(value):
                self._accumulator(value, parallel, before, after)
        for loop in nest.loops:
            body += _Loop(self, nest, loop, k).written()
        name = f"gg_nest_{k}"
        shapes = sorted({loop.shape for loop in nest.loops}, key=str)
        comment = f"/* {', '.join(v.fn for v in nest.values)[:160]}; over {', '.join(map(str, shapes))[:80]} */"
        lines = [comment, f"static void {name}(char **p, char *ws, int64_t lo, int64_t hi, int id) {{", *before]
        if nest.rows is None:
            lines += body
        else:
            block = self.block_of(nest)
            lines += [
                f"for (int64_t r0 = lo; r0 < hi; r0 += {block}) {{",
                f"const int64_t nb = hi - r0 < {block} ? hi - r0 : {block};",
                *body,
                "}",
            ]
        self.lines += [*lines, *after, "}", ""]
        if not parallel:
            return f"{name}(p, ws, 0, {1 if nest.rows is None else nest.rows}, 0);"
        calls = [f"gg_parallel({name}, p, ws, {nest.rows}, {self.block_of(nest)});"]
        calls += [self._combined(value) for value in nest.values if over_rows(value)]
        return "\n".join(calls)

    def _accumulator(self, value: Value, parallel: bool, before: list[str], after: list[str]) -> None:
        """Write the start of what adds up over all rows, and its end."""
        n, kind = size_of(value.shape), C_TYPES[value.dtype.name]
        wide = "double" if self._doubled(value) else kind
        if parallel:
            stand_in = self.partials[value]
            place = f"({wide} *)(ws + {self.offsets[stand_in]} + (int64_t)id * {self._partial_bytes(value)})"
        else:
            place = self.address(value)
        start = self._identity(value)
        if self._doubled(value):
            before.append(f"double a{value.number}[1] = {{0}};")
            after.append(
                f"*{f'({place})' if parallel else f'({self.address(value)})'} = ({wide if parallel else kind})a{value.number}[0];"
            )
            return
        before.append(f"{kind} *a{value.number} = {place};")
        before.append(f"for (int64_t i = 0; i < {n}; i++) a{value.number}[i] = {start};")

    def _combined(self, value: Value) -> str:
        """Write how the partial results of all threads become one, in their order."""
        n, kind = size_of(value.shape), C_TYPES[value.dtype.name]
        wide = "double" if self._doubled(value) else kind
        step = self._partial_bytes(value)
        start = f"ws + {self.offsets[self.partials[value]]}"
        merged = self.merged(value.fn, "s", f"(({wide} *)({start} + (int64_t)t * {step}))[i]", value.dtype)
        return (
            f"for (int64_t i = 0; i < {n}; i++) {{ {wide} s = (({wide} *)({start}))[i]; "
            f"for (int t = 1; t < GG_THREADS; t++) s = {merged}; ({self.address(value)})[i] = ({kind})s; }}"
        )

    def _identity(self, value: Value) -> str:
        if value.fn in _IDENTITY:
            return literal(_IDENTITY[value.fn], value.dtype)
        return self._extreme(value.fn, value.dtype)

    @staticmethod
    def _extreme(fn: str, dtype: Any) -> str:
        if dtype.kind == "f":
            return "-INFINITY" if fn == "maximum" else "INFINITY"
        if dtype.kind == "b":
            return "0" if fn == "maximum" else "1"
        info = np.iinfo(dtype)
        return literal(info.min if fn == "maximum" else info.max, dtype)

    @staticmethod
    def merged(fn: str, a: str, b: str, dtype: Any) -> str:
        """Return the C expression of two partial results as one."""
        if fn == "add":
            return f"{a} + {b}"
        if fn == "multiply":
            return f"{a} * {b}"
        if fn == "logical_or":
            return f"{a} | ({b} != 0)"
        if fn == "logical_and":
            return f"{a} & ({b} != 0)"
        if dtype.kind == "f":
            return f"gg_{fn}_{'f' if dtype.itemsize == 4 else 'd'}({a}, {b})"
        return f"({a} {'>' if fn == 'maximum' else '<'} {b} ? {a} : {b})"

    # --- elements by their numbers ------------------------------------------------------------------------------

    def _picked(self, value: Value) -> str:
        """Write x[i, j, …], or x with something added there; an index beyond the axis ends the run with code 4."""
        found = picked(value)
        assert found is not None
        kind, n = C_TYPES[value.dtype.name], size_of(found.rest)
        lines = ["{", f"{kind} *Y = {self.address(value)};", f"const {kind} *X = {self._start(found.x)};"]
        if found.added is not None:
            lines.append(f"const {kind} *V = {self._start(found.added)};")
            lines.append(f"memcpy(Y, X, {value.nbytes});")
        for k, index in enumerate(found.indices):
            lines.append(f"const {C_TYPES[index.dtype.name]} *J{k} = {self._start(index)};")
        lines.append("int64_t o = 0;")
        for d, extent in enumerate(found.shape):
            lines.append(f"for (int64_t b{d} = 0; b{d} < {extent}; b{d}++)")
        lines += ["{", "int64_t at = 0, i;"]
        for k, index in enumerate(found.indices):
            lead = len(found.shape) - len(index.shape)
            strides = contiguous(index.shape)
            where = " + ".join(
                f"b{lead + d} * {s}" for d, (m, s) in enumerate(zip(index.shape, strides, strict=True)) if m != 1
            )
            size = found.x.shape[k]
            lines.append(
                f"i = (int64_t)J{k}[{where or 0}]; if (i < 0) i += {size}; if (i < 0 || i >= {size}) return 4;"
            )
            lines.append(f"at = at * {size} + i;")
        step = f"Y[o * {n} + r] = X[at * {n} + r]" if found.added is None else f"Y[at * {n} + r] += V[o * {n} + r]"
        return "\n".join([*lines, f"for (int64_t r = 0; r < {n}; r++) {step};", "o++;", "}", "}"])

    def _arg_extreme(self, value: Value) -> str:
        """Write the index of the first extreme along the last axis; a nan is one."""
        x = value.args[0]
        n, kind = x.shape[-1], C_TYPES[x.dtype.name]
        sign = ">" if value.params["key"] is np.argmax else "<"
        return (
            f"{{ const {kind} *X = {self._start(x)}; int64_t *Y = {self.address(value)};\n"
            f"for (int64_t r = 0; r < {value.size}; r++, X += {n}) {{ int64_t b = 0; for (int64_t i = 1; i < {n}; i++) "
            f"if (X[b] == X[b] && (X[i] {sign} X[b] || X[i] != X[i])) b = i; Y[r] = b; }} }}"
        )

    def _start(self, value: Value) -> str:
        layout = self.layouts[value]
        return f"{self.address(layout.root)} + {layout.offset}"

    # --- products -----------------------------------------------------------------------------------------------

    def _product(self, value: Value) -> str:
        a, b = value.args
        kind, letter = C_TYPES[value.dtype.name], "s" if value.dtype.itemsize == 4 else "d"
        (sa, ta), (sb, tb) = (self._as_matrix(x, i) for i, x in enumerate((a, b)))
        m, k, n = sa[-2], sa[-1], sb[-1]
        la, lb = (self.layouts[x] for x in (a, b))
        lead_a, lead_b = sa[:-2], sb[:-2]
        if lead_a and not any(lead_b) and not lead_b and self._flat_rows(sa, ta):
            m, ta, sa, lead_a = m * math.prod(lead_a), (ta[-2], ta[-1]), (m * math.prod(lead_a), k), ()
        batch = _broadcast(lead_a, lead_b)
        lines = [
            "{", f"const {kind} *A = {self.address(la.root)} + {la.offset};",
            f"const {kind} *B = {self.address(lb.root)} + {lb.offset};", f"{kind} *C = {self.address(value)};",
        ]  # fmt: skip
        if not (m and n and math.prod(batch)):
            return ""
        if not k:
            return f"memset({self.address(value)}, 0, {value.nbytes});"
        at_a, at_b = "A", "B"
        for axis, extent in enumerate(batch):
            lines.append(f"for (int64_t g{axis} = 0; g{axis} < {extent}; g{axis}++) {{")
        if batch:
            at_a += _batch_offset(batch, lead_a, ta)
            at_b += _batch_offset(batch, lead_b, tb)
            lines.append(f"const {kind} *Ag = {at_a}, *Bg = {at_b};")
            at_a, at_b = "Ag", "Bg"
        if m * n * k <= TINY_PRODUCT:
            lines.append(_tiny_product(kind, letter, at_a, at_b, (m, k, n), ta[-2:], tb[-2:]))
        else:
            lines.append(_blas(letter, at_a, at_b, (m, k, n), (sa[-2:], ta[-2:]), (sb[-2:], tb[-2:])))
        if batch:
            lines.append(f"C += {m * n};")
        return "\n".join([*lines, *("}" for _ in batch), "}"])

    def _as_matrix(self, x: Value, i: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        layout = self.layouts[x]
        if len(x.shape) > 1:
            return x.shape, layout.strides
        n, s = x.shape[0], layout.strides[0]
        return ((1, n), (n * s, s)) if i == 0 else ((n, 1), (s, 1))

    @staticmethod
    def _flat_rows(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
        """Return whether a stack of matrices is one tall matrix."""
        step = strides[-2] * shape[-2]
        for n, s in zip(reversed(shape[:-2]), reversed(strides[:-2]), strict=True):
            if n != 1 and s != step:
                return False
            step *= n
        return strides[-1] == 1 or shape[-1] == 1


def _work(value: Value) -> int:
    """Return how many multiplications a product takes."""
    return size_of(value.shape) * int(value.args[0].shape[-1])


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return np.broadcast_shapes(a, b)


def _batch_offset(batch: tuple[int, ...], lead: tuple[int, ...], strides: tuple[int, ...]) -> str:
    shift = len(batch) - len(lead)
    return "".join(f" + g{axis + shift} * {strides[axis]}" for axis, n in enumerate(lead) if n != 1 and strides[axis])


def _tiny_product(
    kind: str, letter: str, a: str, b: str, sizes: tuple[int, int, int], ta: tuple[int, ...], tb: tuple[int, ...]
) -> str:
    m, k, n = sizes
    fma = f"GG_FMA_{'F' if letter == 's' else 'D'}"
    if tb[1] == 1 or n == 1 or tb[0] != 1:
        return (
            f"for (int64_t i = 0; i < {m}; i++) {{ {kind} acc[{n}] = {{0}}; for (int64_t l = 0; l < {k}; l++) {{ "
            f"const {kind} x = {a}[i * {ta[0]} + l * {ta[1]}];\n#pragma omp simd\n"
            f"for (int64_t j = 0; j < {n}; j++) acc[j] = {fma}(x, {b}[l * {tb[0]} + j * {tb[1]}], acc[j]); }}\n"
            f"for (int64_t j = 0; j < {n}; j++) C[i * {n} + j] = acc[j]; }}"
        )
    # b is transposed in memory: turned around first, so that the innermost loop goes along rows
    return (
        f"{{ {kind} T[{k * n}]; for (int64_t j = 0; j < {n}; j++) for (int64_t l = 0; l < {k}; l++) "
        f"T[l * {n} + j] = {b}[l * {tb[0]} + j * {tb[1]}];\n"
        + _tiny_product(kind, letter, a, "T", sizes, ta, (n, 1))
        + "}"
    )


def _blas(letter: str, a: str, b: str, sizes: tuple[int, int, int], left: Any, right: Any) -> str:
    m, k, n = sizes
    if n == 1:
        found = _orientation(*left)
        assert found is not None
        trans, ld = found
        rows, columns = (m, k) if trans == 111 else (k, m)
        return f"gg_{letter}gemv(101, {trans}, {rows}, {columns}, 1, {a}, {ld}, {b}, {max(right[1][0], 1)}, 0, C, 1);"
    if m == 1:
        found = _orientation(*right)
        assert found is not None
        trans, ld = found
        rows, columns = (k, n) if trans == 111 else (n, k)
        turned = 112 if trans == 111 else 111
        return f"gg_{letter}gemv(101, {turned}, {rows}, {columns}, 1, {b}, {ld}, {a}, {max(left[1][1], 1)}, 0, C, 1);"
    first, second = _orientation(*left), _orientation(*right)
    assert first is not None
    assert second is not None
    return f"gg_{letter}gemm(101, {first[0]}, {second[0]}, {m}, {n}, {k}, 1, {a}, {first[1]}, {b}, {second[1]}, 0, C, {n});"


class _Loop:
    """Writes one loop of a nest: for a block of rows, over all dimensions of its shape."""

    def __init__(self, emitter: Emitter, nest: Nest, loop: Loop, k: int) -> None:
        self.e = emitter
        self.nest = nest
        self.loop = loop
        self.k = k
        self.shape = loop.shape
        self.accesses: dict[tuple[Value, int, tuple[int, ...]], str] = {}
        self.body: list[str] = []
        self.stores: list[str] = []

    def written(self) -> list[str]:
        own = set(self.loop.values)
        dims = list(range(len(self.shape)))
        # what is read and written, with its strides along the loop's dimensions
        reads: list[tuple[Value, tuple[int, ...]]] = []
        for value in self.loop.values:
            for a in value.operands():
                if not self._is_literal(a) and not self._is_register(a, own):
                    reads.append((a, self._strides(a)))
        rows = [strides for _, strides in reads]
        rows += [contiguous(self.shape) for v in self.loop.values if self._has_memory(v) and v.kind != "reduce"]
        reductions = [v for v in self.loop.values if v.kind == "reduce"]
        groups = self._collapsed(dims, rows, reductions)
        return self._nested(groups, own, reductions)

    # --- pieces ---------------------------------------------------------------------------------------------------

    def _is_literal(self, a: Value) -> bool:
        root = self.e.layouts[a].root
        return root.kind == "constant" and not root.shape

    def _is_register(self, a: Value, own: set[Value]) -> bool:
        root = self.e.layouts[a].root
        return root in own and root.kind != "reduce"

    def _has_memory(self, value: Value) -> bool:
        return value.kind == "store" or not self.e._in_register(value)

    def _strides(self, a: Value) -> tuple[int, ...]:
        layout = self.e.layouts[a]
        lead = len(self.shape) - len(a.shape)
        own = [0 if n == 1 else s for n, s in zip(a.shape, layout.strides, strict=True)]
        return (0,) * lead + tuple(own)

    def _collapsed(self, dims: list[int], rows: list[tuple[int, ...]], reductions: list[Value]) -> list[list[int]]:
        """Return dimensions in groups that are one loop each; those of length 1 are left out."""
        groups: list[list[int]] = []
        for d in dims:
            if self.shape[d] == 1:
                continue
            last = groups[-1] if groups else None
            if last is not None:
                p = last[-1]
                joined = all(s[p] == s[d] * self.shape[d] for s in rows) and all(
                    (p in v.params["axes"]) == (d in v.params["axes"]) for v in reductions
                )
                if joined:
                    last.append(d)
                    continue
            groups.append([d])
        return groups

    def _extent(self, group: list[int]) -> str:
        inner = math.prod(self.shape[d] for d in group if d != 0)
        if 0 in group:
            return f"nb * {inner}" if inner != 1 else "nb"
        return str(inner)

    def _index(self, strides: tuple[int, ...], groups: list[list[int]]) -> str:
        terms = []
        for i, group in enumerate(groups):
            s = strides[group[-1]]
            if s:
                terms.append(f"i{i}" if s == 1 else f"i{i} * {s}")
        return " + ".join(terms) or "0"

    def _base(self, root: Value, offset: int, row_stride: int) -> str:
        """Return where the block's rows begin in the memory of a value."""
        if root.kind == "reduce" and over_rows(root) and self.e.plan.stage_of.get(root) == self.k:
            raise AssertionError("a value is read before it is complete")
        start = self.e.address(root)
        parallel = self.nest.rows is not None and self.e.parallel(self.nest)
        own = self.e.plan.stage_of.get(root) == self.k
        if own and self.e._block_local(root):
            if parallel:
                nbytes = self.e.planned[root] // self.e.threads
                start = f"({C_TYPES[root.dtype.name]} *)(ws + {self.e.offsets[root]} + (int64_t)id * {nbytes})"
            return f"{start} + {offset}" if offset else start
        parts = [start]
        if offset:
            parts.append(str(offset))
        if row_stride and self.shape and self.shape[0] != 1:
            parts.append(f"r0 * {row_stride}")
        return " + ".join(parts)

    def _nested(self, groups: list[list[int]], own: set[Value], reductions: list[Value]) -> list[str]:
        depth = len(groups)
        declared: list[str] = []
        loads: dict[int, list[str]] = {}
        names: dict[tuple[int, int, tuple[int, ...]], str] = {}
        body: list[str] = []

        def pointer(name: str, value: Value, offset: int, row_stride: int) -> None:
            kind = C_TYPES[value.dtype.name]
            declared.append(f"{kind} *{name} = {self._base(value, offset, row_stride)};")

        def load(a: Value) -> str:
            layout = self.e.layouts[a]
            strides = self._strides(a)
            key = (id(layout.root), layout.offset, strides)
            if key not in names:
                name = f"x{len(names)}"
                names[key] = name
                pointer(f"p{name}", layout.root, layout.offset, strides[0] if strides else 0)
                level = max((i for i, g in enumerate(groups) if strides[g[-1]]), default=-1)
                kind = self._register_type(layout.root)
                loads.setdefault(level, []).append(f"const {kind} {name} = p{name}[{self._index(strides, groups)}];")
            return names[key]

        written: list[str] = []
        for value in self.loop.values:
            if value.kind == "reduce":
                continue
            dtype = value.dtype if value.kind == "store" else compute_dtype(value)
            if value.kind == "store":
                (a,) = value.args
                expression = load(a) if isinstance(a, Value) and not (
                    self._is_literal(a) or self._is_register(a, own)
                ) else self._operand(a, dtype, own)  # fmt: skip
            else:
                writer = writer_of(value)
                assert writer is not None
                parts = []
                for i, a in enumerate(value.args):
                    if value.fn == "where" and i == 0:
                        part = self._raw(a, own, load)
                    elif value.fn == "cast":
                        part = self._raw(a, own, load)
                    else:
                        part = self._cast(a, dtype, own, load)
                    parts.append(part)
                expression = writer(*parts)
                body.append(f"const {self._register_type(value)} v{value.number} = {expression};")
                expression = f"v{value.number}"
            if self._has_memory(value):
                strides = contiguous(self.shape)
                name = f"q{value.number}"
                pointer(name, value, 0, strides[0] if strides else 0)
                body.append(f"{name}[{self._index(strides, groups)}] = {expression};")
        return self._loops(groups, depth, declared, loads, body, reductions, own, load, written)

    def _register_type(self, value: Value) -> str:
        if value.dtype.kind == "b":
            widths = [a.dtype.itemsize for a in value.operands() if a.dtype is not None]
            return "int64_t" if max(widths, default=1) == 8 else "int"
        return C_TYPES[value.dtype.name]

    def _raw(self, a: Any, own: set[Value], load: Any) -> str:
        if not isinstance(a, Value):
            return literal(a, np.result_type(type(a)) if not isinstance(a, bool) else np.dtype(bool))
        if self._is_literal(a):
            return literal(self.e.layouts[a].root.params["value"][()], a.dtype)
        if self._is_register(a, own):
            return f"v{self.e.layouts[a].root.number}"
        return str(load(a))

    def _cast(self, a: Any, dtype: Any, own: set[Value], load: Any) -> str:
        if not isinstance(a, Value):
            return literal(a, dtype)
        if self._is_literal(a):
            return literal(self.e.layouts[a].root.params["value"][()], dtype)
        raw = self._raw(a, own, load)
        return raw if a.dtype == dtype else f"({C_TYPES[dtype.name]})({raw})"

    def _operand(self, a: Any, dtype: Any, own: set[Value]) -> str:
        return self._cast(a, dtype, own, None)

    # --- loops and reductions -----------------------------------------------------------------------------------

    def _loops(
        self, groups: list[list[int]], depth: int, declared: list[str], loads: dict[int, list[str]], body: list[str],
        reductions: list[Value], own: set[Value], load: Any, _written: list[str],
    ) -> list[str]:  # fmt: skip
        opens: dict[int, list[str]] = {i: [] for i in range(-1, depth)}  # inside loop i, before loop i + 1
        closes: dict[int, list[str]] = {i: [] for i in range(-1, depth)}
        clauses: list[str] = []
        for value in reductions:
            axes = value.params["axes"]
            first = depth  # the first of the innermost loops that are all reduced
            while first and groups[first - 1][0] in axes:
                first -= 1
            dtype = value.dtype
            source = self._raw(value.args[0], own, load)
            wide = "double" if self.e._doubled(value) else C_TYPES[dtype.name]
            out_strides = self._out_strides(value)
            target, assigned = self._target(value, groups[:first], out_strides, declared)
            acc = f"s{value.number}"
            if first == depth:
                merged = self.e.merged(value.fn, target, source, dtype)
                body.append(f"{target} = {merged if not assigned else self._single(value, source)};")
                continue
            opens[first - 1].append(f"{wide} {acc} = {self._identity_of(value)};")
            if value.fn in ("maximum", "minimum") and dtype.kind == "f":
                op = "max" if value.fn == "maximum" else "min"
                sign = ">" if value.fn == "maximum" else "<"
                flag = "int" if dtype.itemsize == 4 else "int64_t"
                opens[first - 1].append(f"{flag} n{value.number} = 0;")
                body.append(
                    f"{acc} = {source} {sign} {acc} ? {source} : {acc}; n{value.number} |= {source} != {source};"
                )
                clauses += [f"reduction({op}:{acc})", f"reduction(|:n{value.number})"]
                closes[first - 1].append(f"if (n{value.number}) {acc} = NAN;")
            elif value.fn in ("add", "multiply"):
                sign = "+" if value.fn == "add" else "*"
                body.append(f"{acc} {sign}= {source};")
                clauses.append(f"reduction({sign}:{acc})")
            elif value.fn in ("logical_or", "logical_and"):
                sign = "|" if value.fn == "logical_or" else "&"
                body.append(f"{acc} {sign}= {source} != 0;")
                clauses.append(f"reduction({sign}:{acc})")
            else:
                sign = ">" if value.fn == "maximum" else "<"
                body.append(f"{acc} = {source} {sign} {acc} ? {source} : {acc};")
                clauses.append(f"reduction({'max' if value.fn == 'maximum' else 'min'}:{acc})")
            merged = acc if assigned else self.e.merged(value.fn, target, acc, dtype)
            closes[first - 1].append(f"{target} = {merged};")
        # declared and loads are complete now: what is loaded only by reductions too
        lines = ["{", *declared, *self._cleared(reductions), *loads.get(-1, []), *opens[-1]]
        for i, group in enumerate(groups):
            if i == depth - 1:
                lines.append(f"#pragma omp simd {' '.join(clauses)}")
            lines.append(f"for (int64_t i{i} = 0; i{i} < {self._extent(group)}; i{i}++) {{")
            lines += [*loads.get(i, []), *opens[i]]
        lines += body
        for i in range(depth - 1, -1, -1):
            lines += [*closes[i], "}"]
        return [*lines, *closes[-1], "}"]

    def _single(self, value: Value, source: str) -> str:
        return f"{source} != 0" if value.fn.startswith("logical") else source

    def _identity_of(self, value: Value) -> str:
        return self.e._identity(value)

    def _out_strides(self, value: Value) -> tuple[int, ...]:
        given = iter(contiguous(value.shape))
        return tuple(0 if d in value.params["axes"] else next(given) for d in range(len(self.shape)))

    def _target(
        self, value: Value, outer: list[list[int]], strides: tuple[int, ...], declared: list[str]
    ) -> tuple[str, bool]:
        """Return the C expression of where a reduction goes, and whether it goes there once."""
        index = self._index(strides, outer)
        if over_rows(value):
            return f"a{value.number}[{index}]", False
        name = f"q{value.number}"
        declared.append(f"{C_TYPES[value.dtype.name]} *{name} = {self._base(value, 0, strides[0] if strides else 0)};")
        once = not any(set(g) & set(value.params["axes"]) for g in outer)
        return f"{name}[{index}]", once

    def _cleared(self, reductions: list[Value]) -> Iterator[str]:
        """Write how results that are added to several times in a block start."""
        for value in reductions:
            axes = value.params["axes"]
            if over_rows(value) or not axes:
                continue
            kept = [d for d in range(len(self.shape)) if d not in axes and self.shape[d] != 1]
            tail = [d for d in axes if self.shape[d] != 1]
            if kept and tail and max(kept) > min(tail):
                n = math.prod(self.shape[d] for d in kept if d != 0)
                yield f"for (int64_t i = 0; i < nb * {n}; i++) q{value.number}[i] = {self.e._identity(value)};"


__all__ = ["Emitter", "Source", "iteration_shape", "known_to_c", "operand_must_be_copied"]
