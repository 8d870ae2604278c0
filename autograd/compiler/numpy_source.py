"""A plan as straight-line NumPy: the back end `numpy`, and what any program's `source` shows.

Every array that is needed on the way has its place in one workspace, laid out once; what is large is computed in blocks
of rows that stay in the cache. What writes to tensors of the outside comes last, as prepared calls that run without
Python in between: an interrupt finds either none of them done or all.
"""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Sequence
from itertools import starmap
from typing import Any, Final

import numpy as np

from autograd.compiler.c_expressions import compute_dtype
from autograd.compiler.graph import Argument, Graph, Held, Host, Value
from autograd.compiler.layout import Layout, size_of
from autograd.compiler.passes import computed
from autograd.compiler.planning import Nest, Planner, Single, arranged, only_stored, over_rows

BLOCKED_BYTES: Final = 400_000  # of a nest's widest value: beyond it leaves the cache before it is read again
BLOCK_ELEMENTS: Final = 16_384
SMALL: Final = 4096  # elements of a matrix whose product costs less by np.dot, and its sums as products

Step = Callable[..., Any]
_OPERATORS: Final = {"add": "+", "subtract": "-", "multiply": "*"}


def fusible(value: Value) -> bool:
    """Return whether a value can be part of a nest: all that goes row by row."""
    return value.kind in ("elementwise", "reduce", "store")


def never_copied(_value: Value, _i: int, _layout: Layout) -> bool:
    """NumPy takes its operands however they lie."""
    return False


# --- what NumPy has no single call for ---------------------------------------------------------------------------------


def strong_zero(c: Any, g: Any) -> None:
    """Make a nan in c zero, in place, where g is exactly zero; looked for by a sum of squares."""
    flat = c.reshape(-1)
    total = flat.dot(flat)
    if total != total:
        np.copyto(c, 0, where=np.isnan(c) & np.equal(g, 0))


def choose(condition: Any, x: Any, y: Any, out: Any) -> None:
    """np.where into an array that is there."""
    np.copyto(out, y)
    np.copyto(out, x, where=condition if condition.dtype == bool else np.not_equal(condition, 0))


def cast(x: Any, out: Any) -> None:
    """Write x in the dtype of out."""
    np.copyto(out, x, casting="unsafe")


def strong_zero_of(c: Any, g: Any, out: Any) -> None:
    """Write c into out, with a nan as zero where g is zero."""
    np.copyto(out, c)
    strong_zero(out, g)


def check(condition: Any, error: Any) -> None:
    """Raise the error unless the condition is true."""
    if not condition:
        raise error() if callable(error) else error


def fill(out: Any, number: Any) -> None:
    """Fill an array, as the start of what is added to it."""
    out.fill(number)


class NumpySource:
    """Straight-line NumPy for a graph: `make(held)` lays memory out and returns what runs."""

    def __init__(self, graph: Graph, layouts: dict[Value, Layout], results: Sequence[Value]) -> None:
        self.graph = graph
        self.layouts = layouts
        self.results = list(results)
        self.plan = Planner(graph, layouts, fusible)
        self.late = self._prepared(only_stored(graph))
        self.arguments = [
            v for v in graph.values if v.kind == "input" and isinstance(v.params["source"], Argument | Host)
        ]
        self.fixed = [v for v in graph.values if v.kind == "input" and v not in self.arguments]
        self.fixed += [v for v in graph.values if v.kind == "constant" and v.shape]
        self.stores = [v for v in graph.values if v.kind == "store"]
        staged = [v for stage in self.plan.stages for v in stage.values]
        self.order = [v for v in staged if v not in self.late] + [v for v in staged if v in self.late]
        self.index = {v: i for i, v in enumerate(self.order)}
        self._names: dict[Value, str] = {}
        self._constants: dict[str, Any] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        self.direct = self._written_directly()
        self._plan_memory()
        self.text = self._source()
        self._compiled = _compile(self.text)

    def _prepared(self, late: set[Value]) -> set[Value]:
        """Return the values that can be computed by prepared calls: all they read lies where it lies at every call."""
        early: set[Value] = set()
        for value in self.graph.values:
            moving = [
                a for a in value.operands() if self._root(a).kind in ("item", "call") or self._is_large_argument(a)
            ]
            if value in late and (value.kind in ("call", "item") or moving):
                early.add(value)
        stack = list(early)
        while stack:
            for a in stack.pop().operands():
                if a in late and a not in early:
                    early.add(a)
                    stack.append(a)
        return {v for v in late if v.kind != "view"} - early

    def _is_large_argument(self, a: Value) -> bool:
        root = self._root(a)
        return root.kind == "input" and isinstance(root.params["source"], Argument | Host) and a.size > 4096

    # --- what lies where ------------------------------------------------------------------------------------------

    def _is_scalar(self, value: Value) -> bool:
        """Return whether a value is a NumPy scalar, which needs no place."""
        return not value.shape and value not in self.late

    def _placed(self, value: Value) -> bool:
        """Return whether a value gets a place in the workspace."""
        return (
            value.kind in ("elementwise", "reduce", "matmul") and not self._is_scalar(value)
            and value not in self.results and value not in self.direct
        )  # fmt: skip

    def _plan_memory(self) -> None:
        last: dict[Value, int] = {}
        self.blocked = {id(s) for s in self.plan.stages if isinstance(s, Nest) and self._is_blocked(s)}
        for i, value in enumerate(self.order):
            stage = self.plan.stages[self.plan.stage_of[value]]
            for a in value.operands():
                root = self._root(a)
                again = id(stage) in self.blocked and self.plan.stage_of.get(root) != self.plan.stage_of[value]
                until = max(self.index[v] for v in stage.values) if again else i  # each block reads it anew
                last[root] = max(last.get(root, 0), until)
        end = len(self.order)
        first_late = min((self.index[v] for v in self.order if v in self.late), default=end)
        self.shares: dict[Value, Value] = {}  # in whose place an elementwise value is written
        lives: dict[Value, list[int]] = {}
        for stage in self.plan.stages:
            places = [self.index[v] for v in stage.values]
            span = (min(places), max(places)) if id(stage) in self.blocked else None
            for value in stage.values:
                if not self._placed(value):
                    continue
                i = self.index[value]
                dies = last.get(value, i)
                if value not in self.late and dies >= first_late:
                    dies = end  # prepared calls come in one go
                if span is not None and not self._inside(value, stage):
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
            if value not in self.late or value.kind != "elementwise" or self._users(value) != [store]:
                continue
            if value.fn in ("where", "cast") or value.dtype != store.dtype or value.shape != store.shape:
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
        source = self._root(a).params.get("source")
        return isinstance(source, Held) and source.tensor._value is store.params["target"]._value

    def _bytes(self, value: Value) -> int:
        stage = self.plan.stages[self.plan.stage_of[value]]
        if id(stage) in self.blocked and self._inside(value, stage):
            assert isinstance(stage, Nest)
            assert stage.rows is not None
            return value.nbytes // stage.rows * self.rows_of(stage)
        return value.nbytes

    def _inside(self, value: Value, stage: Any) -> bool:
        """Return whether a value of a nest is needed in it only, and so for one block at a time."""
        if value in self.results or over_rows(value):
            return False
        k = self.plan.stage_of[value]
        return all(self.plan.stage_of[u] == k for u in self._users(value))

    def _users(self, value: Value) -> list[Value]:
        if not hasattr(self, "_used"):
            self._used: dict[Value, list[Value]] = {}
            for user in self.order:
                for a in user.operands():
                    self._used.setdefault(self._root(a), []).append(user)
        return self._used.get(value, [])

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
                and self._block_of(value) == self._block_of(a)
            ):  # fmt: skip
                return owner
        return None

    def _block_of(self, value: Value) -> int | None:
        """Return the blocked nest that a value is needed in only, if there is one."""
        k = self.plan.stage_of[value]
        stage = self.plan.stages[k]
        return k if id(stage) in self.blocked and self._inside(value, stage) else None

    def _root(self, a: Value) -> Value:
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
                return self._root(a) not in own
            if a.fn not in ("reshape", "broadcast_to") or not source.shape or source.shape[0] != rows:
                return self._root(a) not in own and a.kind == "view"
            a = source
        return True

    # --- writing ------------------------------------------------------------------------------------------------------

    def _source(self) -> str:
        self._makes: list[str] = []
        self._runs: list[str] = []
        self._commits: list[str] = []
        names = ", ".join(self._name(v) for v in [*self.fixed, *self.stores])
        for v in self.offsets:
            if id(self.plan.stages[self.plan.stage_of[v]]) in self.blocked and self._inside(v, None):
                continue
            self._makes.append(
                f"    {self._name(v)} = place(ws, {self.offsets[v]}, {v.shape}, {v.dtype.str!r})  # {_bytes(v.nbytes)}"
            )
        for value, owner in self.shares.items():
            self._names[value] = self._name(owner)
        for stage in self.plan.stages:
            if id(stage) in self.blocked:
                assert isinstance(stage, Nest)
                self._write_blocked(stage)
                continue
            for value in stage.values:
                self._write(value)
        returned = ", ".join(self._name(v) for v in self.results)
        arguments = ", ".join(self._name(v) for v in self.arguments)
        lines = [
            f"def make({names}):",
            f"    ws = workspace({self.workspace})  # {_bytes(self.workspace)}",
            *self._makes,
            *(["    commit = [", *(f"        {c}" for c in self._commits), "    ]"] if self._commits else []),
            f"    def run({arguments}):",
            *(f"        {line}" for line in self._runs),
            *(["        in_one_go(commit)"] if self._commits else []),
            f"        return [{returned}]",
            "    return run",
        ]
        return "\n".join(lines) + "\n"

    def _name(self, value: Value) -> str:
        if value not in self._names:
            if value.kind == "constant" and not value.shape:
                name = f"k{value.number}"
                self._constants[name] = value.params["value"][()]
            else:
                letter = {"input": "x", "store": "to", "constant": "k"}.get(value.kind, "v")
                if value.kind == "input" and isinstance(value.params["source"], Held):
                    letter = "w"
                name = f"{letter}{value.number}"
            self._names[value] = name
        return self._names[value]

    def _ready(self, value: Value) -> bool:
        """Return whether a value is there when memory is laid out, so that views of it can be made then."""
        root = self._root(value)
        return root in self.fixed or root in self.offsets or root in self.shares or root.kind in ("constant", "store")

    def _operand(self, a: Any, whole: bool = False) -> str:
        """Return the expression of an operand, whose views are made where they are first needed."""
        if not isinstance(a, Value):
            return repr(a) if np.isfinite(a) else f"float({str(a)!r})"
        if a.kind != "view":
            return self._name(a)
        if self._root(a).kind == "constant" and not self._root(a).shape and not whole:
            return self._name(self._root(a))  # where it broadcasts by itself
        if a not in self._names:
            source = self._operand(a.args[0], whole)
            lines = self._makes if self._ready(a) else self._runs
            indent = "    " if self._ready(a) else ""
            lines.append(f"{indent}{self._name(a)} = {_view(a, source)}")
        return self._names[a]

    def _number(self, a: Any, user: Value) -> str | None:
        """Return the name of a plain number as a 0-d array of the dtype that is computed in: half the cost in a call."""
        if isinstance(a, Value) or user.kind != "elementwise" or user.fn in ("where", "cast"):
            return None
        dtype = compute_dtype(user)
        if dtype is None or dtype.kind != "f":
            return None
        name = f"c{len(self._constants)}"
        known = self._numbers.setdefault((dtype.str, repr(a)), name)
        self._constants.setdefault(known, np.asarray(a, dtype))
        return known

    def _line(self, value: Value, text: str) -> None:
        self._runs.append(f"{text}  # {list(value.shape)} {value.dtype}")

    def _write(self, value: Value) -> None:
        if value.kind == "check":
            name = f"error{value.number}"
            self._constants[name] = value.params["error"]
            self._runs.append(f"check({self._operand(value.args[0])}, {name})")
            return
        if value.kind == "item":
            self._runs.append(f"{self._name(value)} = {self._name(value.args[0])}[{value.params['index']}]")
            return
        if value.kind == "call":
            name = f"call{value.number}"
            self._constants[name] = value
            operands = ", ".join(self._operand(a, whole=True) for a in value.args)
            self._runs.append(f"{self._name(value)} = called({name}, [{operands}])  # {value.fn}")
            items = [v for v in self.graph.values if v.kind == "item" and v.args[0] is value]
            for item in items:
                self._write(item)
            return
        args = [self._operand(a, whole=value.kind in ("reduce", "matmul")) for a in value.args]
        if value.shape or value in self.late:
            args = [self._number(a, value) or text for a, text in zip(value.args, args, strict=True)]
        if value in self.late:
            self._commit(value, args)
            return
        if self._is_scalar(value):
            self._line(value, f"{self._name(value)} = {self._scalar(value, args)}")
            return
        if value in self.results:
            self._runs.append(f"{self._name(value)} = empty({value.shape}, {value.dtype.str!r})")
        function, operands = self._into(value, args)
        self._line(value, f"{function}({', '.join(_ordered(function, operands, self._name(value)))})")

    def _into(self, value: Value, args: list[str]) -> tuple[str, list[str]]:
        """Return the function that writes a value into an array, and its operands before that."""
        if value.kind == "reduce":
            axes, x = value.params["axes"], value.args[0]
            if (
                value.fn == "add"
                and len(x.shape) == 2
                and len(axes) == 1
                and x.size <= SMALL
                and value.dtype.kind == "f"
            ):
                ones = f"ones{x.shape[axes[0]]}_{value.dtype.name}"  # a product with ones costs a third of a reduction
                self._constants[ones] = np.ones(x.shape[axes[0]], value.dtype)
                return "dot", [ones, args[0]] if axes == (0,) else [args[0], ones]
            return f"{value.fn}.reduce", [args[0], repr(axes[0] if len(axes) == 1 else axes), "None"]
        if value.kind == "matmul":
            tiny = value.args[0].size < SMALL and all(len(a.shape) <= 2 for a in value.operands())
            return "dot" if tiny else "matmul", args
        if value.fn in ("cast", "copy") and np.can_cast(value.args[0].dtype, value.dtype, "same_kind"):
            return "copyto", args
        return {"where": "choose", "cast": "cast", "copy": "cast", "strong_zero": "strong_zero_of"}.get(
            value.fn, value.fn
        ), args

    def _scalar(self, value: Value, args: list[str]) -> str:
        if value.kind == "reduce":
            return f"{value.fn}.reduce({args[0]}, None)"
        if value.kind == "matmul":
            return f"dot({args[0]}, {args[1]})"
        if value.fn in _OPERATORS and value.dtype.kind in "fiu":
            return f"{args[0]} {_OPERATORS[value.fn]} {args[1]}"
        if value.fn == "strong_zero":
            return f"{args[0]} if {args[0]} == {args[0]} or {args[1]} != 0 else {args[1]} * 0"
        if value.fn == "copy" or (value.fn == "cast" and value.args[0].weak and value.dtype == np.float64):
            return f"float64({args[0]})" if value.args[0].weak else f"array({args[0]})[()]"
        if value.fn in ("where", "cast"):
            name = f"one{value.number}"
            self._constants[name] = lambda *xs, value=value: np.asarray(computed(value, list(xs)))[()]
            text = f"{name}({', '.join(args)})"
        else:
            text = f"{value.fn}({', '.join(args)})"
        return f"float({text})" if value.weak else text

    # --- what is written to the outside ---------------------------------------------------------------------------------

    def _commit(self, value: Value, args: list[str]) -> None:
        """Prepare a call of the last part; what changes from call to call is brought to a fixed place before."""
        if value.kind == "store" and value.args[0] in self.direct:
            return
        args = [self._fixed_operand(a, text) for a, text in zip(value.args, args, strict=True)]
        if value in self.direct:
            self._names[value] = self._name(self.direct[value])
        if value.kind == "store":
            self._commits.append(f"(copyto, {self._name(value)}, {args[0]}),")
            return
        function, operands = self._into(value, args)
        self._commits.append(f"({function}, {', '.join(_ordered(function, operands, self._name(value)))}),")

    def _fixed_operand(self, a: Any, text: str) -> str:
        if not isinstance(a, Value) or self._ready(a):
            return text
        name = f"at_{text}" if text.isidentifier() else f"at_v{a.number}"
        if name not in self._constants:
            self._constants[name] = None
            dtype = np.dtype(float) if a.weak else a.dtype
            self._makes.append(f"    {name} = empty({a.shape}, {dtype.str!r})")
            self._runs.append(f"copyto({name}, {text})")
        # a plain number must stay one, so that it takes on the dtype of what it meets
        return f"{name}"

    # --- blocks ---------------------------------------------------------------------------------------------------------

    def _write_blocked(self, nest: Nest) -> None:
        """Write a nest as a loop over blocks, whose slices are made when memory is laid out, where they can be."""
        assert nest.rows is not None
        size, own = self.rows_of(nest), set(nest.values)
        late = all(v in self.late for v in nest.values)
        local: dict[str, str] = {}  # names inside the loop, and what they are a slice of
        body: list[str] = []
        n = nest.values[0].number

        def sliced(a: Any) -> str:
            if not isinstance(a, Value):
                return self._operand(a)
            root = self._root(a)
            if root.kind == "constant" and not root.shape:
                return self._name(root)
            if a.kind == "view" and root in own:
                if a.fn == "broadcast_to" and a.args[0].shape[:1] == a.shape[:1]:
                    return (
                        sliced(a.args[0]) if len(a.args[0].shape) == len(a.shape) else _view_rows(a, sliced(a.args[0]))
                    )
                return _view_rows(a, sliced(a.args[0]))
            whole = not a.shape or a.shape[0] != nest.rows or (root in own and over_rows(root))
            if whole:
                text = self._operand(a)
                return self._fixed_operand(a, text) if late else text
            name = f"{self._name(root) if a is root else f'v{a.number}'}_"
            if root in own and self._inside(root, nest) and root not in self.results:
                local[name] = (
                    f"place(ws, {self.offsets[self.shares.get(root, root)]}, (n, *{root.shape[1:]}), {root.dtype.str!r})"
                )
            else:
                source = self._operand(a)
                local[name] = f"{self._fixed_operand(a, source) if late else source}[lo:hi]"
            return name

        for value in nest.values:
            if value in self.results and value.shape:
                self._runs.append(f"{self._name(value)} = empty({value.shape}, {value.dtype.str!r})")
        for value in nest.values:
            if value.kind == "store" and value.args[0] in self.direct:
                continue
            args = [self._number(a, value) or sliced(a) for a in value.args]
            if value in self.direct:
                store = self.direct[value]
                local[f"{self._name(store)}_"] = f"{self._name(store)}[lo:hi]"
                function, operands = self._into(value, args)
                body.append(f"{function}, {', '.join(_ordered(function, operands, f'{self._name(store)}_'))}")
                continue
            if value.kind == "store":
                name = f"{self._name(value)}_"
                local[name] = f"{self._name(value)}[lo:hi]"
                body.append(f"copyto, {name}, {args[0]}")
                continue
            function, operands = self._into(value, args)
            if over_rows(value):
                start = {"add": 0, "logical_or": 0, "logical_and": 1, "maximum": "-inf", "minimum": "inf"}[value.fn]
                part = f"part{value.number}"
                self._makes.append(f"    {part} = empty({value.shape}, {value.dtype.str!r})")
                if self._is_scalar(value):
                    self._makes.append(f"    {self._name(value)}_sum = empty((), {value.dtype.str!r})")
                    target = f"{self._name(value)}_sum"
                else:
                    target = self._name(value)
                self._runs.append(f"fill({target}, {start})")
                body.append(f"{function}, {', '.join([*operands, part])}")
                body.append(f"{value.fn}, {target}, {part}, {target}")
                continue
            body.append(f"{function}, {', '.join(_ordered(function, operands, sliced(value)))}")
        if late:
            self._commits.append(
                f"*(call for lo, hi, n in blocks({nest.rows}, {size}) for call in (lambda "
                f"{', '.join(f'{k}' for k in local)}: [{', '.join(f'({b})' for b in body)}])("
                f"{', '.join(local.values())})),"
            )
            return
        names = ", ".join(local)
        fixed = all(self._sliceable_now(text) for text in local.values())
        slices = f"[({', '.join(local.values())},) for lo, hi, n in blocks({nest.rows}, {size})]"
        if fixed:
            self._makes.append(f"    blocks{n} = {slices}")
            slices = f"blocks{n}"
        self._runs.append(f"for {names}, in {slices}:  # {nest.rows} rows, {size} at a time")
        for line in body:
            function, _, rest = line.partition(", ")
            self._runs.append(f"    {function}({rest})")
        for value in nest.values:
            if over_rows(value) and self._is_scalar(value):
                self._runs.append(f"{self._name(value)} = {self._name(value)}_sum[()]")

    def _sliceable_now(self, text: str) -> bool:
        if text.startswith("place("):
            return True
        name = text.partition("[")[0]
        known = {self._names[v] for v in self._names if self._ready(v) and v.kind != "view"}
        made = any(line.strip().startswith(f"{name} = ") for line in self._makes)
        return name in known or made

    # --- running --------------------------------------------------------------------------------------------------------

    def make(self, called: Step, *outside: Any) -> Step:
        """Lay memory out for these arrays of the outside; return what runs: from arguments to results."""
        names = dict(_NAMES) | self._constants | {"called": called}
        exec(self._compiled, names)
        return names["make"](*outside)  # type: ignore[no-any-return]


def _ordered(function: str, operands: list[str], out: str) -> list[str]:
    """Return the arguments of a call that writes into `out`, which np.copyto takes first."""
    return [out, *operands] if function == "copyto" else [*operands, out]


def _compile(text: str) -> Any:
    return compile(text, "<program>", "exec")


def _view(a: Value, source: str) -> str:
    if a.fn == "transpose":
        return f"{source}.transpose({a.params['axes']})"
    if a.fn == "reshape":
        return f"{source}.reshape({a.shape})"
    if a.fn == "broadcast_to":
        return f"broadcast_to({source}, {a.shape})"
    index = ", ".join(map(_index, a.params["index"]))
    return f"asarray({source}[({index},)])"


def _view_rows(a: Value, source: str) -> str:
    """Return a view of some rows."""
    rest = ", ".join(map(str, a.shape[1:]))
    if a.fn == "reshape":
        return f"{source}.reshape(({source}.shape[0], {rest}))"
    return f"broadcast_to({source}, ({source}.shape[0], {rest}))"


def _index(i: Any) -> str:
    if isinstance(i, slice):
        return f"slice({i.start}, {i.stop}, {i.step})"
    return "..." if i is Ellipsis else "None" if i is None else str(int(i))


def _bytes(n: int) -> str:
    return f"{n:,} B"


def _workspace(nbytes: int) -> Any:
    memory = np.empty(nbytes + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + nbytes]


def _place(ws: Any, offset: int, shape: tuple[int, ...], dtype: str) -> Any:
    kind = np.dtype(dtype)
    return ws[offset : offset + size_of(shape) * kind.itemsize].view(kind).reshape(shape)


def _blocks(rows: int, size: int) -> list[tuple[int, int, int]]:
    return [(lo, min(lo + size, rows), min(size, rows - lo)) for lo in range(0, rows, size)]


def _in_one_go(calls: list[tuple[Any, ...]]) -> None:
    """Make prepared calls without a step of Python in between, where an interrupt could fall."""
    deque(starmap(operator.call, calls), maxlen=0)


_NAMES: Final[dict[str, Any]] = {
    **{name: f for name, f in vars(np).items() if isinstance(f, np.ufunc)},
    "copyto": np.copyto, "matmul": np.matmul, "choose": choose, "cast": cast, "strong_zero_of": strong_zero_of, "fill": fill, "check": check,
    "workspace": _workspace, "place": _place, "blocks": _blocks, "in_one_go": _in_one_go, "empty": np.empty,
    "asarray": np.asarray, "array": np.array, "broadcast_to": np.broadcast_to, "dot": np.dot, "inf": np.inf, "float64": np.float64,
}  # fmt: skip

__all__ = ["NumpySource", "fusible", "never_copied"]
