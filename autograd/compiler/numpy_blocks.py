"""A nest as a loop over blocks of rows, in straight-line NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.compiler.graph import Value
from autograd.compiler.numpy_calls import start_of
from autograd.compiler.planning import Nest, iteration_shape, over_rows

if TYPE_CHECKING:
    from autograd.compiler.numpy_source import NumpySource

Call = list[str]
"""The text of a function and of each of its arguments."""


class Blocks:
    """Writes a nest as a loop over blocks, whose slices are made when memory is laid out, where they can be."""

    def __init__(self, source: NumpySource, nest: Nest, values: list[Value], writes: bool) -> None:
        self.source, self.memory, self.nest, self.values = source, source.memory, nest, values
        self.own = set(values)
        self.late = values[0] in source.memory.late
        self.writes = writes
        self.local: dict[str, str] = {}  # names inside the loop, and what they are
        self.fixed = True  # whether all that is sliced is there when memory is laid out

    def write(self) -> None:
        source = self.source
        for value in self.values:
            if value in source.results and value.shape:
                source.run_line(f"{source.name(value)} = empty({value.shape}, {value.dtype.str!r})")
        body: list[Call] = []
        for value in self.values:
            if value.kind == "store" and value.args[0] in self.memory.direct:
                continue
            args = [source.number(a, value) or self._sliced(a, value) for a in value.args]
            body += self._over_rows(value, args) if over_rows(value) else [source.call(value, args, self._rows(value))]
        self._write_loop(body)
        for value in self.values:
            if over_rows(value) and self.memory.is_scalar(value):
                source.run_line(f"{source.name(value)} = sum{value.number}[()]")

    def _over_rows(self, value: Value, args: list[str]) -> list[Call]:
        """Return the calls that reduce the rows of a block, and add that to those of other blocks."""
        source, part, total = self.source, f"part{value.number}", f"sum{value.number}"
        source.make_line(f"{part} = empty({value.shape}, {value.dtype.str!r})")
        if self.memory.is_scalar(value):
            source.make_line(f"{total} = empty((), {value.dtype.str!r})")
        else:
            total = source.name(value)
        start = f"start{value.number}"
        source.constant(start, start_of(value.fn, value.dtype))
        if self.late:
            source.prepare(f"(setitem, {total}, ..., {start}),", writes=False)
        else:
            source.run_line(f"{total}[...] = {start}")
        keyword = "out=" if value.fn in ("maximum", "minimum") else ""
        return [source.call(value, args, part), [value.fn, total, part, f"{keyword}{total}"]]

    def _write_loop(self, body: list[Call]) -> None:
        source, rows, size = self.source, self.nest.rows, self.memory.rows_of(self.nest)
        slices = f"[({', '.join(self.local.values())},) for lo, hi, n in blocks({rows}, {size})]"
        names = ", ".join(self.local)
        if self.fixed:
            blocks = f"blocks{self.values[0].number}"
            source.make_line(f"{blocks} = {slices}")
            slices = blocks
        if self.late:
            calls = ", ".join(map(as_tuple, body))
            source.prepare(f"*(call for {names}, in {slices} for call in ({calls},)),", self.writes)
            return
        source.run_line(f"for {names}, in {slices}:  # {rows} rows, {size} at a time")
        for call in body:
            source.run_call(call, indent="    ")

    def _rows(self, value: Value) -> str:
        """Return the name of a block's rows of a value of the nest."""
        source = self.source
        name = f"{source.name(value)}_"
        if self.memory.inside(value) and value.kind != "store" and value not in self.memory.direct:
            offset = self.memory.offsets[self.memory.shares.get(value, value)]
            self.local[name] = f"place(ws, {offset}, (n, *{value.shape[1:]}), {value.dtype.str!r})"
        else:
            self.fixed = self.fixed and source.is_ready(value)
            self.local[name] = f"{source.name(value)}[lo:hi]"
        return name

    def _sliced(self, a: Any, user: Value) -> str:
        """Return the name of a block's rows of an operand, or of all of it where that is the same for all blocks."""
        source, memory = self.source, self.memory
        whole = user.kind == "reduce"
        if not isinstance(a, Value):
            return source.operand(a)
        if memory.root(a) in self.own and not over_rows(memory.root(a)):
            return self._rows_of_own(a, whole)
        text, ready = source.operand(a, whole), source.is_ready(a)
        if self.late:
            text, ready = source.fixed_operand(a, text, user), True
        filled = not whole and memory.root(a).kind == "constant" and not memory.root(a).shape
        if filled or len(a.shape) != len(iteration_shape(user)) or a.shape[0] != self.nest.rows:
            return text
        self.fixed = self.fixed and ready
        name = f"{source.name(a)}_"
        self.local[name] = f"{text}[lo:hi]"
        return name

    def _rows_of_own(self, a: Value, whole: bool) -> str:
        """Return a block's rows of a value of the nest, or of a view of one."""
        if a.kind != "view":
            return self._rows(a)
        inner = a.args[0]
        rows = self._rows_of_own(inner, whole)
        if a.fn == "broadcast_to" and len(inner.shape) == len(a.shape) and not whole:
            return rows
        return _view_rows(a, rows)


def as_tuple(call: Call) -> str:
    """Return a call as a tuple of the function and its arguments."""
    function, *args = call
    if args[-1].startswith("out="):
        function = f"partial({function}, {args.pop()})"
    return f"({', '.join([function, *args])})"


def _view_rows(a: Value, source: str) -> str:
    """Return a view of some rows."""
    rest = ", ".join(map(str, a.shape[1:]))
    if a.fn == "reshape":
        return f"{source}.reshape(({source}.shape[0], {rest}))"
    return f"broadcast_to({source}, ({source}.shape[0], {rest}))"
