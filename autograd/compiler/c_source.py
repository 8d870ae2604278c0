"""A plan as C: one function for each run of native stages, and one for each nest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from autograd.compiler.c_expressions import C_TYPES, PRELUDE, identity, merged
from autograd.compiler.c_loops import LoopSource
from autograd.compiler.c_memory import Memory
from autograd.compiler.c_products import VECTORS, product_source
from autograd.compiler.c_singles import arg_extreme_source, is_arg_extreme, known_to_c, picked_source
from autograd.compiler.graph import Graph, Value
from autograd.compiler.layout import Layout
from autograd.compiler.native import FIRST_CHECK
from autograd.compiler.planning import Nest, Single, Stage, over_rows

RUNTIME: Final = r"""
#define GG_GEMM(T) (int, int, int, GG_INT, GG_INT, GG_INT, T, const T *, GG_INT, const T *, GG_INT, T, T *, GG_INT)
#define GG_GEMV(T) (int, int, GG_INT, GG_INT, T, const T *, GG_INT, const T *, GG_INT, T, T *, GG_INT)
static void (*gg_sgemm) GG_GEMM(float); static void (*gg_dgemm) GG_GEMM(double);
static void (*gg_sgemv) GG_GEMV(float); static void (*gg_dgemv) GG_GEMV(double);

typedef void (*gg_nest_t)(char **, char *, int64_t, int64_t, int);
typedef struct { gg_nest_t nest; char **p; char *ws; int64_t lo, hi; int id; } gg_share_t;
static void *gg_do_share(void *s) {
    gg_share_t *t = s;
    t->nest(t->p, t->ws, t->lo, t->hi, t->id);
    return 0;
}
/* Let a thread start on other processors than this one's: in a virtual machine the kernel takes a processor that has
   gone to sleep for one that is busy elsewhere, and would put the thread behind us. */
static int gg_elsewhere(pthread_attr_t *attributes) {
#if defined(__linux__) && defined(CPU_CLR)
    cpu_set_t allowed;
    const int here = sched_getcpu();
    if (here < 0 || here >= CPU_SETSIZE || sched_getaffinity(0, sizeof allowed, &allowed)) return 0;
    CPU_CLR(here, &allowed);
    if (!CPU_COUNT(&allowed) || pthread_attr_init(attributes)) return 0;
    if (!pthread_attr_setaffinity_np(attributes, sizeof allowed, &allowed)) return 1;
    pthread_attr_destroy(attributes);
#endif
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
    pthread_attr_t attributes;
    const int elsewhere = gg_elsewhere(&attributes);
    for (int i = 1; i < GG_THREADS; i++)
        started[i] = !pthread_create(&threads[i], elsewhere ? &attributes : 0, gg_do_share, &shares[i]);
    if (elsewhere) pthread_attr_destroy(&attributes);
    gg_do_share(&shares[0]);
    for (int i = 1; i < GG_THREADS; i++) {
        if (started[i]) pthread_join(threads[i], 0); else gg_do_share(&shares[i]);
    }
}
"""


@dataclass
class Source:
    """C source, and what the caller needs to know to call it."""

    text: str
    memory: Memory
    segments: int  # runs of native stages
    order: list[Any]  # numbers of segments, and between them Singles that NumPy computes


def c_source(graph: Graph, layouts: dict[Value, Layout], threads: int, int_type: str) -> Source:
    """Return a graph as C, for so many threads and a BLAS with such integers."""
    return _Writer(graph, Memory(graph, layouts, threads)).source(int_type)


class _Writer:
    def __init__(self, graph: Graph, memory: Memory) -> None:
        self.memory = memory
        self.codes = {e.value: FIRST_CHECK + i for i, e in enumerate(e for e in graph.effects if e.kind == "check")}
        self.functions: list[str] = []
        self.kernels: dict[str, str] = {}  # for products, by their C type

    def source(self, int_type: str) -> Source:
        segments: list[list[str]] = []
        order: list[Any] = []
        for k, stage in enumerate(self.memory.plan.stages):
            if isinstance(stage, Single) and not known_to_c(stage.value):
                order.append(stage)
                continue
            if not order or not isinstance(order[-1], int):
                order.append(len(segments))
                segments.append([])
            segments[-1].append(self._stage(stage, k))
        for s, calls in enumerate(segments):
            self.functions += [f"static int gg_segment_{s}(char **p, char *ws) {{", *calls, "return 0;", "}", ""]
        head = [
            "#define _GNU_SOURCE", f"#define GG_THREADS {self.memory.threads}", f"#define GG_INT {int_type}",
            Path(__file__).with_name("elementary.h").read_text(encoding="utf-8"), PRELUDE, RUNTIME,
        ]  # fmt: skip
        if self.kernels:
            head += [VECTORS, *self.kernels.values()]
        return Source("\n".join([*head, *self.functions]), self.memory, len(segments), order)

    def _stage(self, stage: Stage, k: int) -> str:
        if isinstance(stage, Nest):
            return self._nest(stage, k)
        value = stage.value
        if value.kind == "check":
            return f"if (!*({self.memory.start(value.args[0])})) return {self.codes[value]};"
        if value.kind == "matmul":
            return product_source(self.memory, value, self.kernels)
        return (arg_extreme_source if is_arg_extreme(value) else picked_source)(self.memory, value)

    def _nest(self, nest: Nest, k: int) -> str:
        """Write the function of a nest; return the lines that call it."""
        memory, name = self.memory, f"gg_nest_{k}"
        before: list[str] = []
        after: list[str] = []
        for value in nest.values:
            if over_rows(value):
                self._accumulator(value, memory.parallel(nest), before, after)
        body = [line for loop in nest.loops for line in LoopSource(memory, nest, loop).written()]
        if nest.rows is not None:
            body = self._in_blocks(nest, body)
        shapes = sorted({str(loop.shape) for loop in nest.loops})
        self.functions += [
            f"/* {', '.join(v.fn for v in nest.values)[:160]}; over {', '.join(shapes)[:80]} */",
            f"static void {name}(char **p, char *ws, int64_t lo, int64_t hi, int id) {{",
            *[*before, *body, *after, "}", ""],
        ]
        if not memory.parallel(nest):
            return f"{name}(p, ws, 0, {1 if nest.rows is None else nest.rows}, 0);"
        calls = [f"gg_parallel({name}, p, ws, {nest.rows}, {memory.block_of(nest)});"]
        return "\n".join([*calls, *(self._combined(value) for value in nest.values if over_rows(value))])

    def _in_blocks(self, nest: Nest, body: list[str]) -> list[str]:
        """Write what is done for each block of rows: of one block no loop, in which GCC would lose its vectors."""
        block = self.memory.block_of(nest)
        if not nest.rows:
            return []
        if nest.rows <= block:
            return [f"const int64_t r0 = 0, nb = {nest.rows};", *body]
        head = [
            f"for (int64_t r0 = lo; r0 < hi; r0 += {block}) {{",
            f"const int64_t nb = hi - r0 < {block} ? hi - r0 : {block};",
        ]
        return [*head, *body, "}"]

    def _accumulator(self, value: Value, parallel: bool, before: list[str], after: list[str]) -> None:
        """Write the start of what adds up over all rows, and its end."""
        memory, kind, name = self.memory, C_TYPES[value.dtype], f"a{value.number}"
        wide = "double" if memory.doubled(value) else kind
        place = memory.address(value)
        if parallel:
            offset, step = memory.offsets[memory.partials[value]], memory.partial_bytes(value)
            place = f"({wide} *)(ws + {offset} + (int64_t)id * {step})"
        if memory.doubled(value):
            before.append(f"double {name}[1] = {{0}};")
            after.append(f"*({place}) = ({wide if parallel else kind}){name}[0];")
            return
        before.append(f"{kind} *{name} = {place};")
        start = identity(value.fn, value.dtype)
        before.append(f"for (int64_t i = 0; i < {value.size}; i++) {name}[i] = {start};")

    def _combined(self, value: Value) -> str:
        """Write how the partial results of all threads become one, in their order."""
        memory, kind = self.memory, C_TYPES[value.dtype]
        wide = "double" if memory.doubled(value) else kind
        start, step = f"ws + {memory.offsets[memory.partials[value]]}", memory.partial_bytes(value)
        sum_of_two = merged(value.fn, "s", f"(({wide} *)({start} + (int64_t)t * {step}))[i]", value.dtype)
        return (
            f"for (int64_t i = 0; i < {value.size}; i++) {{ {wide} s = (({wide} *)({start}))[i]; "
            f"for (int t = 1; t < GG_THREADS; t++) s = {sum_of_two}; ({memory.address(value)})[i] = ({kind})s; }}"
        )
