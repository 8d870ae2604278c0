"""A plan as straight-line NumPy: the back end `numpy`, and what any program's `source` shows.

Every array that is needed on the way has its place in one workspace, laid out once; what is large is computed in blocks
of rows that stay in the cache. What writes to tensors of the outside comes last, as prepared calls that run without
Python in between: an interrupt finds either none of them done or all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from autograd.compiler.c_expressions import compute_dtype
from autograd.compiler.flat import flat_of
from autograd.compiler.graph import Argument, Graph, Held, Host, Slot, Value
from autograd.compiler.layout import Layout
from autograd.compiler.numpy_blocks import Blocks, Call, as_tuple
from autograd.compiler.numpy_calls import NAMES
from autograd.compiler.numpy_memory import NumpyMemory, starts
from autograd.compiler.passes import computed
from autograd.compiler.planning import Nest

SMALL: Final = 4096  # elements of a matrix whose product costs less by np.dot, and its sums as products

_OPERATORS: Final = {"add": "+", "subtract": "-", "multiply": "*"}
_FUNCTIONS: Final = {"where": "choose", "strong_zero": "strong_zero_of"}


def never_copied(_value: Value, _i: int, _layout: Layout) -> bool:
    """NumPy takes its operands however they lie."""
    return False


class NumpySource:
    """Straight-line NumPy for a graph: `make(outside)` lays memory out and returns what runs."""

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], results: Sequence[Value]) -> None:
        self.graph = graph
        self.results = list(results)
        self.memory = NumpyMemory(graph, layouts, results)
        inputs = [v for v in graph.values if v.kind == "input"]
        self.arguments = [v for v in inputs if isinstance(v.params["source"], Argument | Host)]
        self.fixed = [v for v in inputs if v not in self.arguments]
        self.fixed += [v for v in graph.values if v.kind == "constant" and v.shape]
        looked_at = {self.memory.root(v) for v in graph.values if v.kind == "view" and v.fn == "reshape"}
        self.reshaped = [v for v in self.fixed if v in looked_at]
        self._names: dict[Value, str] = {}
        self._constants: dict[str, Any] = {}  # what the text names
        self._numbers: dict[tuple[str, str], str] = {}  # the names of plain numbers as 0-d arrays
        self._makes: list[str] = []  # done when memory is laid out
        self._runs: list[str] = []  # done at each run
        self._commits: list[str] = []  # calls that are prepared
        self._writes: list[str] = []  # those that write to tensors of the outside: last, nothing can come between
        self.text = self._written()
        self._code = compile(self.text, "<program>", "exec")

    def make(self, called: Callable[..., Any], back: list[Any], *outside: Any) -> Callable[..., list[Any]]:
        """Lay memory out for these arrays of the outside; return what runs: from arguments to results.

        `back` are calls that bring copies of arrays of the outside back to them, when these have been written to.
        """
        names = NAMES | self._constants | {"called": called, "back": back}
        exec(self._code, names)
        return names["make"](*outside)  # type: ignore[no-any-return]

    # --- the whole ----------------------------------------------------------------------------------------------

    def _written(self) -> str:
        memory = self.memory
        outside = ", ".join(self.name(v) for v in [*self.fixed, *memory.stores])
        for v, offset in memory.offsets.items():
            if memory.block_of(v) is None:
                place = f"place(ws, {offset}, {v.shape}, {v.dtype.str!r})"
                self._makes.append(f"{self.name(v)} = {place}  # {v.nbytes:,} B")
        for value, owner in memory.shares.items():
            self._names[value] = self.name(owner)
        for value, store in memory.direct.items():
            self._names[value] = self.name(store)
        for k, stage in enumerate(memory.plan.stages):
            together = [v for v in stage.values if v in memory.in_block]
            if together:
                assert isinstance(stage, Nest)
                Blocks(self, stage, together, k in memory.last).write()
            for value in stage.values:
                if value not in memory.in_block:
                    self._write(value)
        calls = [*self._commits, *self._writes]
        if any(flat_of(store) for store in memory.stores):
            calls.append("*back,")
        last = ["commit = [", *(f"    {call}" for call in calls), "]"] if calls else []
        lines = [
            f"def make({outside}):",
            f"    ws = workspace({memory.workspace})  # {memory.workspace:,} B",
            *(f"    {line}" for line in [*self._makes, *last]),
            f"    def run({', '.join(map(self.name, self.arguments))}):",
            *(f"        {line}" for line in self._runs),
            *(["        in_one_go(commit)"] if calls else []),
            f"        return [{', '.join(map(self.name, self.results))}]",
            "    return run",
        ]
        return "\n".join(lines) + "\n"

    def name(self, value: Value) -> str:
        """Return the name of a value in the text: x arguments, w tensors, k constants, v the rest."""
        if value not in self._names:
            letter = {"input": "x", "store": "to", "constant": "k"}.get(value.kind, "v")
            if value.kind == "input" and isinstance(value.params["source"], Held):
                letter = "w" if flat_of(value) is None else "flat"
            self._names[value] = f"{letter}{value.number}"
            if value.kind == "constant" and not value.shape:
                self._constants[f"k{value.number}"] = value.params["value"][()]
        return self._names[value]

    def make_line(self, line: str) -> None:
        """Add a line that is done when memory is laid out."""
        self._makes.append(line)

    def run_line(self, line: str, value: Value | None = None) -> None:
        """Add a line of each run, with the shape and dtype of the value that it computes."""
        self._runs.append(line if value is None else f"{line}  # {list(value.shape)} {value.dtype}")

    def run_call(self, call: Call, value: Value | None = None, indent: str = "") -> None:
        """Add a call of each run."""
        function, *args = call
        text = f"{args[0]}[...] = {args[2]}" if function == "setitem" else f"{function}({', '.join(args)})"
        self.run_line(indent + text, value)

    def constant(self, name: str, value: Any) -> None:
        """Let the text name something."""
        self._constants[name] = value

    def prepare(self, call: str, writes: bool) -> None:
        """Add calls of the last part; `writes` says that they write to tensors of the outside."""
        (self._writes if writes else self._commits).append(call)

    # --- operands -----------------------------------------------------------------------------------------------------

    def is_ready(self, value: Value) -> bool:
        """Return whether a value is there when memory is laid out, so that views of it can be made then."""
        root, memory = self.memory.root(value), self.memory
        return (
            root in self.fixed
            or root in memory.offsets
            or root in memory.shares
            or root in memory.direct
            or root.kind in ("constant", "store")
        )

    def operand(self, a: Any, whole: bool = False) -> str:
        """Return the expression of an operand, whose views are made where they are first needed.

        A number that fills an array stands for it where it broadcasts by itself, that is unless `whole`.
        """
        if not isinstance(a, Value):
            finite = not isinstance(a, float | complex) or np.isfinite(a)
            return repr(a) if finite else f"{type(a).__name__}({str(a)!r})"
        if a.kind != "view":
            return self.name(a)
        root = self.memory.root(a)
        if root.kind == "constant" and not root.shape and not whole:
            return self.name(root)
        if a not in self._names:
            line = f"{self.name(a)} = {_view(a, self.operand(a.args[0], whole))}"
            (self._makes if self.is_ready(a) else self._runs).append(line)
        return self._names[a]

    def fixed_operand(self, a: Any, text: str, user: Value) -> str:
        """Return an operand of a prepared call; what changes from run to run is brought to a fixed place before."""
        if not isinstance(a, Value) or self.is_ready(a):
            return text
        dtype = a.dtype
        if a.weak:  # a plain number takes on the dtype of what it meets
            dtype = compute_dtype(user) or dtype
        name = f"at_{text}_{dtype.name}"
        if name not in self._constants:
            self._constants[name] = None
            self.make_line(f"{name} = empty({a.shape}, {dtype.str!r})")
            self.run_line(f"{name}[...] = {text}")
        return name

    def number(self, a: Any, user: Value) -> str | None:
        """Return the name of a plain number as a 0-d array of the dtype computed in, which costs half in a call."""
        if isinstance(a, Value) or user.kind != "elementwise" or user.fn in ("where", "cast"):
            return None
        dtype = compute_dtype(user)
        if dtype is None or dtype.kind != "f":
            return None
        name = self._numbers.setdefault((dtype.str, repr(a)), f"c{len(self._numbers)}")
        self._constants.setdefault(name, np.asarray(a, dtype))
        return name

    # --- calls --------------------------------------------------------------------------------------------------------

    def _write(self, value: Value) -> None:
        if value.kind in ("check", "call", "item"):
            self._write_python(value)
            return
        memory = self.memory
        if value.kind == "pack":
            self._write_pack(value)
            return
        if value.kind == "store" and value.args[0] in memory.direct:
            return
        args = [self.operand(a, whole=value.kind in ("reduce", "matmul")) for a in value.args]
        if memory.is_scalar(value):
            self.run_line(f"{self.name(value)} = {self._scalar(value, args)}", value)
            return
        args = [self.number(a, value) or text for a, text in zip(value.args, args, strict=True)]
        if value in memory.late:
            args = [self.fixed_operand(a, text, value) for a, text in zip(value.args, args, strict=True)]
            writes = value.kind == "store" or value in memory.direct
            self.prepare(f"{as_tuple(self._call(value, args))},", writes)
            return
        if value in self.results:
            self.run_line(f"{self.name(value)} = empty({value.shape}, {value.dtype.str!r})")
        self.run_call(self._call(value, args), value)

    def _write_pack(self, pack: Value) -> None:
        """Bring those parts of a pack to their place that are not computed there."""
        for i, (a, start) in enumerate(starts(pack)):
            if a in self.memory.parts and self.memory.parts[a] == (pack, start):
                continue
            part = f"part{pack.number}_{i}"
            offset = self.memory.offsets[self.memory.shares.get(pack, pack)] + start * pack.dtype.itemsize
            self.make_line(f"{part} = place(ws, {offset}, {a.shape}, {pack.dtype.str!r})  # {a.nbytes:,} B")
            text = self.operand(a)
            if pack in self.memory.late:
                self.prepare(f"(setitem, {part}, ..., {self.fixed_operand(a, text, pack)}),", writes=False)
            else:
                self.run_line(f"{part}[...] = {text}")

    def _write_python(self, value: Value) -> None:
        name = f"{value.kind}{value.number}"
        if value.kind == "check":
            self._constants[name] = value.params["error"]
            self.run_line(f"check({self.operand(value.args[0])}, {name})")
        elif value.kind == "item":
            self.run_line(f"{self.name(value)} = {self.name(value.args[0])}[{value.params['index']}]")
        elif value.params["key"] == "take_at":
            _, several, *parts = value.params["args"]
            index = self._index(tuple(parts) if several else parts[0], value)
            looked_at = value.shape and not any(i.shape for i in value.args[1:])  # by whole numbers alone
            copied = ".copy()" if looked_at else ""
            self.run_line(f"{self.name(value)} = {self.operand(value.args[0], whole=True)}[{index}]{copied}", value)
        elif (ufunc := _adds_at(value)) is not None:
            into, index, *added = (self._index(part, value) for part in value.params["args"])
            self.run_line(f"{self.name(value)} = {into}.copy()", value)
            self.run_line(f"{ufunc}.at({', '.join([self.name(value), index, *added])})")
        else:
            self._constants[name] = value
            operands = ", ".join(self.operand(a, whole=True) for a in value.args)
            self.run_line(f"{self.name(value)} = called({name}, [{operands}])  # {value.fn}")
            for item in self.graph.values:
                if item.kind == "item" and item.args[0] is value:
                    self._write_python(item)

    def _index(self, part: Any, value: Value) -> str:
        """Return the expression of an index, or of a part of one, as a call has it among its arguments."""
        if isinstance(part, Slot):
            return self.operand(value.args[part.position], whole=True)
        if isinstance(part, tuple):
            return f"({' '.join(f'{self._index(inner, value)},' for inner in part)})"
        name = f"i{len(self._constants)}"
        self._constants[name] = part
        return name

    def _call(self, value: Value, args: list[str]) -> Call:
        """Return the call that computes a value, as a product where it is small."""
        x = value.args[0]
        small = value.kind == "reduce" and len(x.shape) == 2 and x.size <= SMALL and value.dtype.kind == "f"
        axes = value.params.get("axes", ())
        if not small or value.fn != "add" or len(axes) != 1:
            return self.call(value, args, self.name(value))
        n = x.shape[axes[0]]
        ones = f"ones{n}_{value.dtype.name}"  # a product with ones costs a third of a reduction
        self._constants[ones] = np.ones(n, value.dtype)
        return ["dot", *((ones, args[0]) if axes == (0,) else (args[0], ones)), self.name(value)]

    def call(self, value: Value, args: list[str], out: str) -> Call:
        """Return the call that writes a value, or some rows of it, into `out`."""
        if value.kind == "reduce":
            axes = value.params["axes"]
            return [f"{value.fn}.reduce", args[0], repr(axes[0] if len(axes) == 1 else axes), "None", out]
        if value.kind == "matmul":
            tiny = value.args[0].size < SMALL and all(len(a.shape) <= 2 for a in value.operands())
            return ["dot" if tiny else "matmul", *args, out]
        if value.kind == "store" or value.fn in ("cast", "copy"):
            narrowed = value.dtype.kind != "c" and value.args[0].dtype.kind == "c"
            return ["setitem", out, "...", f"{args[0]}.real" if narrowed else args[0]]
        if value.fn in ("maximum", "minimum"):  # NumPy will not take it as the third argument
            out = f"out={out}"
        return [_FUNCTIONS.get(value.fn, value.fn), *args, out]

    def _scalar(self, value: Value, args: list[str]) -> str:
        """Return the expression of a single number."""
        if value.kind == "reduce":
            return f"{value.fn}.reduce({args[0]}, None)"
        if value.kind == "matmul":
            return f"dot({args[0]}, {args[1]})"
        if value.fn in _OPERATORS and value.dtype.kind in "fiu":
            return f"{args[0]} {_OPERATORS[value.fn]} {args[1]}"
        if value.fn == "divide" and isinstance(x := value.args[0], Value) and x.dtype.kind == "f" and not x.weak:
            return f"{args[0]} / {args[1]}"  # of a NumPy scalar, so by zero it is an infinity
        if value.fn == "strong_zero":
            c, g = args
            zero = f"zero_{value.dtype.name}"
            self._constants[zero] = np.zeros((), value.dtype)[()]
            return f"{c} if {c} == {c} or {g} != 0 else {'0.0' if value.weak else zero}"
        if value.fn in ("where", "cast", "copy"):
            name = f"one{value.number}"
            self._constants[name] = lambda *xs: np.asarray(computed(value, list(xs)), value.dtype)[()]
            if value.fn != "where" and value.args[0].weak and value.dtype == np.float64:
                name = "float64"
            return f"{name}({', '.join(args)})"
        text = f"{value.fn}({', '.join(args)})"
        return f"float({text})" if value.weak else text


def _adds_at(value: Value) -> str | None:
    """Return the name of the ufunc of a call of its method `at`; NumPy's own are named in the text."""
    key = value.params["key"]
    if not isinstance(key, tuple) or key[0] != "at":
        return None
    name: str = key[1].__name__
    return name if NAMES.get(name) is key[1] else None


def _view(a: Value, source: str) -> str:
    if a.fn == "transpose":
        return f"{source}.transpose({a.params['axes']})"
    if a.fn == "reshape":
        return f"{source}.reshape({a.shape})"
    if a.fn == "broadcast_to":
        return f"broadcast_to({source}, {a.shape})"
    index = a.params["index"]
    parts = index if Ellipsis in index else (*index, ...)  # so that an element is a view too
    return f"{source}[{', '.join(map(_index, parts))}]"


def _index(i: Any) -> str:
    if isinstance(i, slice):
        return f"slice({i.start}, {i.stop}, {i.step})"
    return "..." if i is Ellipsis else "None" if i is None else str(int(i))
