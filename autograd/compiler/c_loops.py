"""One loop of a nest in C: for a block of rows, over all dimensions of its shape."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from autograd.compiler.c_expressions import C_TYPES, accumulation, compute_dtype, identity, literal, merged, writer_of
from autograd.compiler.c_memory import Memory, wide_type
from autograd.compiler.graph import Value
from autograd.compiler.layout import contiguous
from autograd.compiler.planning import Loop, Nest, over_rows

Strides = tuple[int, ...]

PART: Final = 1024  # float32 that are added up as such; the sums of parts are added up in double


class LoopSource:
    """Writes a loop. Its dimensions are taken together where all that is read and written allows it.

    What is loaded stands in the outermost loop in which it changes; what is reduced along the innermost loops is
    accumulated in a variable, everything else in memory.
    """

    def __init__(self, memory: Memory, nest: Nest, loop: Loop) -> None:
        self.memory = memory
        self.nest = nest
        self.shape = loop.shape
        self.values = loop.values
        self.own = set(loop.values)
        self.reductions = [v for v in loop.values if v.kind == "reduce"]
        self.groups = self._collapsed()  # of dimensions, each one loop
        depth = len(self.groups)
        self.pointers: list[str] = []
        self.names: dict[tuple[Value, int, Strides], str] = {}
        self.loads: dict[int, list[str]] = {level: [] for level in range(-1, depth)}
        self.opens: dict[int, list[str]] = {level: [] for level in range(-1, depth)}  # after the loads of a level
        self.closes: dict[int, list[str]] = {level: [] for level in range(-1, depth)}
        self.body: list[str] = []
        self.clauses: list[str] = []
        self.partials: list[tuple[str, str]] = []  # sums over parts of the innermost loop: what opens and closes each

    def written(self) -> list[str]:
        """Return the lines."""
        for value in self.values:
            if value.kind != "reduce":
                self._compute(value)
        for value in self.reductions:
            self._reduce(value)
        lines = ["{", *self.pointers, *self._cleared(), *self.loads[-1], *self.opens[-1]]
        innermost = len(self.groups) - 1
        for level, group in enumerate(self.groups):
            start, end = "0", self._extent(group)
            if level == innermost and self.partials:
                lines.append(f"for (int64_t c = 0; c < {end}; c += {PART}) {{")
                lines.append(f"const int64_t end = {end} - c < {PART} ? {end} : c + {PART};")
                lines += [opening for opening, _ in self.partials]
                start, end = "c", "end"
            if level == innermost:
                lines.append(f"#pragma omp simd {' '.join(self.clauses)}")
            lines.append(f"for (int64_t i{level} = {start}; i{level} < {end}; i{level}++) {{")
            lines += [*self.loads[level], *self.opens[level]]
        lines += self.body
        for level in range(innermost, -1, -1):
            lines += [*self.closes[level], "}"]
            if level == innermost and self.partials:
                lines += [*(closing for _, closing in self.partials), "}"]
        return [*lines, *self.closes[-1], "}"]

    # --- dimensions -------------------------------------------------------------------------------------------------

    def _collapsed(self) -> list[list[int]]:
        """Return dimensions in groups that are one loop each; those of length 1 are left out."""
        accesses = [
            self._strides(a)
            for value in self.values
            for a in value.operands()
            if not self._is_literal(a) and not self._is_register(a)
        ]
        accesses += [contiguous(self.shape) for v in self.values if v.kind != "reduce" and self._has_memory(v)]
        groups: list[list[int]] = []
        for d, n in enumerate(self.shape):
            if n == 1:
                continue
            p = groups[-1][-1] if groups else None
            together = (
                p is not None
                and all(s[p] == s[d] * n for s in accesses)
                and all((p in v.params["axes"]) == (d in v.params["axes"]) for v in self.reductions)
            )
            if together:
                groups[-1].append(d)
            else:
                groups.append([d])
        return groups

    def _longest(self, groups: list[list[int]]) -> int:
        """Return how many elements of a block these loops run over at most."""
        rows = self.memory.block_of(self.nest) if self.nest.rows is not None else 1
        return math.prod(rows if d == 0 else self.shape[d] for group in groups for d in group)

    def _extent(self, group: list[int]) -> str:
        inner = math.prod(self.shape[d] for d in group if d != 0)
        if 0 not in group:
            return str(inner)
        return f"nb * {inner}" if inner != 1 else "nb"

    def _index(self, strides: Strides, levels: int | None = None) -> str:
        """Return the C expression of an index from the counters of the loops."""
        terms = []
        for level, group in enumerate(self.groups[:levels]):
            s = strides[group[-1]]
            if s:
                terms.append(f"i{level}" if s == 1 else f"i{level} * {s}")
        return " + ".join(terms) or "0"

    def _strides(self, a: Value) -> Strides:
        """Return the strides of an operand along the loop's dimensions, 0 where it broadcasts."""
        strides = self.memory.layouts[a].strides
        own = tuple(0 if n == 1 else s for n, s in zip(a.shape, strides, strict=True))
        return (0,) * (len(self.shape) - len(a.shape)) + own

    # --- operands -----------------------------------------------------------------------------------------------------

    def _root(self, a: Value) -> Value:
        return self.memory.layouts[a].root

    def _is_literal(self, a: Value) -> bool:
        root = self._root(a)
        return root.kind == "constant" and not root.shape

    def _is_register(self, a: Value) -> bool:
        root = self._root(a)
        return root in self.own and root.kind != "reduce"

    def _has_memory(self, value: Value) -> bool:
        return value.kind == "store" or not self.memory.in_register(value)

    def _pointer(self, name: str, root: Value, offset: int, row_stride: int) -> None:
        """Declare a pointer to where the block's rows begin in the memory of a value."""
        memory = self.memory
        if memory.plan.stage_of.get(root) == memory.plan.stage_of[self.values[0]] and memory.block_local(root):
            start = memory.block_start(root, self.nest)
        else:
            start = memory.address(root)
            if row_stride and self.shape[0] != 1:
                start += f" + r0 * {row_stride}"
        self.pointers.append(f"{C_TYPES[root.dtype]} *{name} = {start} + {offset};")

    def _loaded(self, a: Value) -> str:
        layout, strides = self.memory.layouts[a], self._strides(a)
        key = (layout.root, layout.offset, strides)
        if key not in self.names:
            name = self.names[key] = f"x{len(self.names)}"
            self._pointer(f"p{name}", layout.root, layout.offset, strides[0] if strides else 0)
            level = max((i for i, group in enumerate(self.groups) if strides[group[-1]]), default=-1)
            kind = register_type(layout.root)
            self.loads[level].append(f"const {kind} {name} = p{name}[{self._index(strides)}];")
        return self.names[key]

    def _raw(self, a: Any) -> str:
        """Return an operand as it is."""
        if not isinstance(a, Value):
            return literal(a, np.dtype(type(a)))
        if self._is_literal(a):
            return literal(self._root(a).params["value"][()], a.dtype)
        return f"v{self._root(a).number}" if self._is_register(a) else self._loaded(a)

    def _cast(self, a: Any, dtype: Any) -> str:
        """Return an operand in a dtype."""
        if not isinstance(a, Value):
            return literal(a, dtype)
        if self._is_literal(a):
            return literal(self._root(a).params["value"][()], dtype)
        if a.dtype == dtype:
            return self._raw(a)
        return f"({self._raw(a)} != 0)" if dtype.kind == "b" else f"({C_TYPES[dtype]})({self._raw(a)})"

    # --- element by element ---------------------------------------------------------------------------------------

    def _compute(self, value: Value) -> None:
        if value.kind == "store":
            expression = self._cast(value.args[0], value.dtype)
        else:
            writer, dtype = writer_of(value), compute_dtype(value)
            assert writer is not None
            as_it_is = {"where": 1, "cast": 1}.get(value.fn, 0)  # so many operands keep their dtype
            parts = [self._raw(a) if i < as_it_is else self._cast(a, dtype) for i, a in enumerate(value.args)]
            self.body.append(f"const {register_type(value)} v{value.number} = {writer(*parts)};")
            expression = f"v{value.number}"
        if self._has_memory(value):
            strides = contiguous(self.shape)
            self._pointer(f"q{value.number}", value, 0, strides[0] if strides else 0)
            self.body.append(f"q{value.number}[{self._index(strides)}] = {expression};")

    # --- reductions -------------------------------------------------------------------------------------------------

    def _reduce(self, value: Value) -> None:
        source = self._raw(value.args[0])
        depth = len(self.groups)
        first = depth  # the first of the innermost loops that are all reduced
        while first and self.groups[first - 1][0] in value.params["axes"]:
            first -= 1
        target, once = self._target(value, first)
        if first == depth:
            single = f"{source} != 0" if value.fn.startswith("logical") else source
            self.body.append(f"{target} = {single if once else merged(value.fn, target, source, value.dtype)};")
            return
        acc = f"s{value.number}"
        how = accumulation(value.fn, acc, source, value.dtype)
        if wide_type(value) != C_TYPES[value.dtype] and self._longest(self.groups[first:]) > PART:
            (start,) = how.before
            self.partials.append((start, f"total_{acc} += {acc};"))
            acc = f"total_{acc}"
            how = how._replace(before=[f"{wide_type(value)} {acc} = 0;"])
        self.opens[first - 1] += how.before
        self.body.append(how.step)
        self.clauses += how.clauses
        total = acc if once else merged(value.fn, target, acc, value.dtype)
        self.closes[first - 1] += [*how.after, f"{target} = {total};"]

    def _target(self, value: Value, levels: int) -> tuple[str, bool]:
        """Return the C expression of where a reduction goes, and whether it goes there once."""
        kept = iter(contiguous(value.shape))
        axes = value.params["axes"]
        strides = tuple(0 if d in axes else next(kept) for d in range(len(self.shape)))
        index = self._index(strides, levels)
        if over_rows(value):
            return f"a{value.number}[{index}]", False
        self._pointer(f"q{value.number}", value, 0, strides[0] if strides else 0)
        return f"q{value.number}[{index}]", not any(set(g) & set(axes) for g in self.groups[:levels])

    def _cleared(self) -> Iterator[str]:
        """Write how results start that are added to several times in a block."""
        for value in self.reductions:
            axes = value.params["axes"]
            kept = [d for d, n in enumerate(self.shape) if d not in axes and n != 1]
            gone = [d for d in axes if self.shape[d] != 1]
            if not over_rows(value) and kept and gone and max(kept) > min(gone):
                n = math.prod(self.shape[d] for d in kept if d != 0)
                start = identity(value.fn, value.dtype)
                yield f"for (int64_t i = 0; i < nb * {n}; i++) q{value.number}[i] = {start};"


def register_type(value: Value) -> str:
    """Return the C type of a value in a register: of booleans one as wide as what they are computed from."""
    if value.dtype.kind != "b":
        return C_TYPES[value.dtype]
    widths = [a.dtype.itemsize for a in value.operands() if a.dtype is not None]
    return "int64_t" if max(widths, default=1) == 8 else "int"
