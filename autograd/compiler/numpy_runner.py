"""A graph as straight-line NumPy, with its memory laid out once for each thread that runs it at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import setitem
from typing import Any

import numpy as np

from autograd.compiler.flat import flat_of, flat_storage
from autograd.compiler.graph import Graph, Value
from autograd.compiler.numpy_source import NumpySource, never_copied
from autograd.compiler.runner import Runner, called, is_held
from autograd.engine.tensor import REBOUND


class NumpyRunner(Runner):
    """The back end `numpy`."""

    def __init__(self, name: str, graph: Graph) -> None:
        flat = flat_storage(graph)
        if flat is not graph:
            self.passes = [("flat storage", flat)]
        super().__init__(name, flat, never_copied)
        self._source = NumpySource(self.graph, self.layouts, self.results)
        self.text = self._source.text
        self.stages, self.workspace = self._source.memory.plan.stages, self._source.memory.workspace
        self._made: list[Callable[..., list[Any]]] = []  # what can run and is not running

    def by_python(self, value: Value) -> bool:
        return value.kind == "call"

    def look_again(self) -> None:
        with self.lock:
            self._made, self.seen = [], REBOUND[0]

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        if self.moved():
            self.look_again()
        made = self._made
        run = made.pop() if made else self._laid_out()
        with np.errstate(all="ignore"):
            results = run(*arrays)
        made.append(run)
        return results

    def _laid_out(self) -> Callable[..., list[Any]]:
        source = self._source
        values = [*source.fixed, *source.memory.stores]
        copies, back = self._gathered(values)
        outside = {v: self._standing(v) for v in values}
        for v in source.reshaped:
            array = outside[v]
            if not array.flags.c_contiguous:  # so that a reshape is a copy
                outside[v] = np.array(array, order="C")
                copies.append((outside[v], array))
        run = source.make(called, back, *outside.values())
        return partial(_up_to_date, copies, run) if copies else run

    def _gathered(self, values: Sequence[Value]) -> tuple[list[tuple[Any, Any]], list[tuple[Any, ...]]]:
        """Bring tensors to where they lie together; return the copies of those that cannot, and calls to write back."""
        copies: dict[int, tuple[Any, Any]] = {}
        back: list[tuple[Any, ...]] = []
        with self.lock:
            for v in values:
                if (flat := flat_of(v)) is None:
                    continue
                for tensor, shape in zip(flat.tensors, flat.shapes, strict=True):
                    self.checked(tensor, shape, v)
                before = REBOUND[0]
                moved = flat.gather()
                self.seen += moved if self.seen == before else 0
                for part, array in flat.copies:
                    copies[id(array)] = part, array
                    if v.kind == "store":
                        back.append((setitem, array, ..., part))
        return list(copies.values()), back

    def _standing(self, v: Value) -> Any:
        """Return the array of the outside that a value is."""
        if v.kind == "constant":
            return v.params["value"]
        if (flat := flat_of(v)) is not None:
            return flat._value
        return self.standing(v) if v.kind == "store" or is_held(v) else v.params["source"].array


def _up_to_date(copies: list[tuple[Any, Any]], run: Callable[..., list[Any]], *arrays: Any) -> list[Any]:
    """Run on copies of arrays of the outside, as these are now."""
    for copy, array in copies:
        copy[...] = array
    return run(*arrays)
