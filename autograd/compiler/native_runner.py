"""A graph as a library in C: called once where C knows all of it, else in parts with calls of NumPy between."""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Sequence
from itertools import starmap
from typing import Any, Final

import numpy as np

from autograd.compiler import native
from autograd.compiler.c_singles import known_to_c, operand_must_be_copied
from autograd.compiler.c_source import c_source
from autograd.compiler.concrete import copied
from autograd.compiler.graph import Array, Graph, Value
from autograd.compiler.numpy_calls import in_one_go
from autograd.compiler.passes import computed
from autograd.compiler.runner import Runner, called, is_held
from autograd.engine.tensor import REBOUND

LONGEST: Final = 5_000  # values of a program that is built


class NativeRunner(Runner):
    """The back end `native`. Raises NoNative where there is no compiler, or it fails."""

    backend = "native"

    def __init__(self, name: str, graph: Graph) -> None:
        if len(graph.values) > LONGEST:
            raise native.NoNative(f"{name} has {len(graph.values):,} values, for which a C compiler would take minutes")
        super().__init__(name, graph, operand_must_be_copied)
        blas = native.blas()
        self._source = source = c_source(
            self.graph, self.layouts, native.threads(), blas.int_type if blas else "int64_t"
        )
        self._slots = source.memory.slots
        self.stages, self.workspace = source.memory.plan.stages, source.memory.workspace
        entry = native.entry(
            [(self._slots[v], v) for v in self.arguments], [self._slots[v] for v in self.results],
            [(self._slots[v], v) for v in self.stores], len(self._slots), self.workspace, source.segments,
        )  # fmt: skip
        self.text = source.text + entry
        self.library = native.Library(self.text, len(self.arguments) + len(self.results))
        self.whole = len(source.order) == 1 and isinstance(source.order[0], int)
        self._there: dict[Value, Any] = {}  # the arrays of the outside as C sees them
        self.copies: dict[int, tuple[Any, Any]] = {}  # of those that lie otherwise than C wants: (array, copy)
        self._back: list[tuple[Any, ...]] = []  # the calls that bring back copies which are written to
        self._spare: list[Any] = []  # memory to work in, of runs in parts
        self.look_again()

    def by_python(self, value: Value) -> bool:
        return not known_to_c(value)

    def look_again(self) -> None:
        with self.lock:
            self.copies = {}
            for value in self.graph.values:
                if value.kind == "constant" and value.shape:
                    self._point(value, value.params["value"])
                elif value.kind == "input" and isinstance(value.params["source"], Array):
                    self._point(value, value.params["source"].array)
                elif value.kind == "store" or is_held(value):
                    self._point(value, self.standing(value))
            written = {id(self.standing(value)) for value in self.stores}
            self._back = [(np.copyto, *pair) for key, pair in self.copies.items() if key in written]
            self.seen = REBOUND[0]

    def _point(self, value: Value, array: Any) -> None:
        """Let C see an array of the outside, or a copy that is brought up to date at each run."""
        if not (array.flags.c_contiguous and array.flags.aligned):
            array = self.copies.setdefault(id(array), (array, np.array(array, order="C")))[1]
        self._there[value] = array
        self.library.fix(self._slots[value], array.ctypes.data)

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        if self.moved():
            self.look_again()
        for array, copy in self.copies.values():
            np.copyto(copy, array)
        results = [np.empty(v.shape, v.dtype) for v in self.results]
        if self.whole:
            code = self._called(arrays, results)
            if code == native.OTHER_ARRAYS:  # perhaps because one is written to
                code = self._called(copied(list(arrays)), results)
            self.check(code)
        else:
            self._run_in_parts(arrays, results)
            in_one_go(self._back)
        return results

    def _called(self, arrays: Sequence[Any], results: Sequence[Any]) -> int:
        """Call C and bring copies back, without a step of Python in between, where an interrupt could fall."""
        calls = [(self.library.call, self.library.state, *arrays, *results), *self._back]
        code, *_ = list(starmap(operator.call, calls))
        return int(code)

    def check(self, code: int) -> None:
        """Raise what a run that did not reach its end has returned."""
        if code == 0:
            return
        if code >= native.FIRST_CHECK:
            error = [e for e in self.graph.effects if e.kind == "check"][code - native.FIRST_CHECK].target
            raise error() if callable(error) else error
        if code == native.NO_MEMORY:
            raise MemoryError(f"compile: {self.name} needs {self.workspace} bytes to work in")
        if code == native.OUT_OF_BOUNDS:
            raise IndexError(f"{self.name}: an index is out of bounds for the axis it names")
        raise RuntimeError(f"compile: {self.name} was given arrays of another kind than it was recorded for")

    # --- in parts -------------------------------------------------------------------------------------------------

    def _run_in_parts(self, arrays: Sequence[Any], results: Sequence[Any]) -> None:
        run = _Parts(self, copied(list(arrays)) if self.stores else arrays, results)
        for step in self._source.order:
            if isinstance(step, int):
                self.check(self.library.segment(step, run.table, run.base.ctypes.data))
            else:
                run.call(step.value)
        self._spare.append(run.workspace)

    def memory(self) -> Any:
        """Return memory to work in, which nobody else has."""
        return self._spare.pop() if self._spare else np.empty(self.workspace + 64, np.uint8)


class _Parts:
    """One run in parts: which array each value is in, and the table of pointers that C reads."""

    def __init__(self, runner: NativeRunner, arrays: Sequence[Any], results: Sequence[Any]) -> None:
        self.runner = runner
        self.workspace = runner.memory()
        start = -self.workspace.ctypes.data % 64
        self.base = self.workspace[start : start + runner.workspace]
        self.table = (ctypes.c_void_p * (len(runner._slots) + 1))()
        given = map(np.asarray, arrays)  # of plain numbers too, which must stay where they are
        self.there: dict[Value, Any] = {
            **dict(zip(runner.arguments, given, strict=True)), **dict(zip(runner.results, results, strict=True)),
            **runner._there,
        }  # fmt: skip
        for value, array in self.there.items():
            self.table[runner._slots[value]] = array.ctypes.data

    def call(self, value: Value) -> None:
        """Compute a value by NumPy."""
        args = [self._array(a) if isinstance(a, Value) else a for a in value.args]
        pure = value.params.get("pure", True)
        if value.kind == "store":
            np.copyto(self.there[value], args[0], casting="unsafe")
            return
        with np.errstate(all="ignore"):
            out = called(value, args) if value.kind == "call" else computed(value, args)
        if value.dtype is not None:
            self._put(value, out, new=pure and not any(out is a for a in args))
            return
        for item in self.runner.graph.values:
            if item.kind == "item" and item.args[0] is value:
                self._put(item, out[item.params["index"]], new=False)

    def _put(self, value: Value, out: Any, new: bool) -> None:
        """Put what a call returned where its value is looked for; it is copied unless it is `new`, known to nobody."""
        if np.shape(out) != value.shape:
            raise RuntimeError(
                f"compile: {value.fn}, called at {value.line}, returned shape {np.shape(out)}, and {value.shape} when "
                "it was recorded"
            )
        if value in self.there:  # it is given out
            np.copyto(self.there[value], out)
            return
        if not (new and isinstance(out, np.ndarray) and out.flags.owndata):
            out = np.array(out)
        array = self.there[value] = np.require(out, value.dtype, ["C", "A"])
        self.table[self.runner._slots[value]] = array.ctypes.data

    def _array(self, value: Value) -> Any:
        """Return a value as an array, from the memory it is in."""
        layout = self.runner.layouts[value]
        root = layout.root
        if root.kind == "constant" and not root.shape:
            return np.broadcast_to(root.params["value"], value.shape) if value.shape else root.params["value"][()]
        array = self.there.get(root)
        if array is None:
            offset = self.runner._source.memory.offsets[root]
            array = self.base[offset : offset + root.nbytes].view(root.dtype).reshape(root.shape)
        if root is value:
            return float(array) if value.weak else array if value.shape else array[()]
        strides = tuple(s * value.dtype.itemsize for s in layout.strides)
        return np.lib.stride_tricks.as_strided(
            array.reshape(-1)[layout.offset :], value.shape, strides, writeable=False
        )
