"""A graph as straight-line NumPy, with its memory laid out once for each thread that runs it at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.compiler.graph import Graph, Value
from autograd.compiler.numpy_source import NumpySource, never_copied
from autograd.compiler.runner import Runner, called, is_held
from autograd.engine.tensor import REBOUND


class NumpyRunner(Runner):
    """The back end `numpy`."""

    def __init__(self, name: str, graph: Graph) -> None:
        super().__init__(name, graph, never_copied)
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
        outside = {v: self._standing(v) for v in [*source.fixed, *source.memory.stores]}
        copies = []
        for v in source.reshaped:
            array = outside[v]
            if not array.flags.c_contiguous:  # so that a reshape is a copy
                outside[v] = np.array(array, order="C")
                copies.append((outside[v], array))
        run = source.make(called, *outside.values())
        return partial(_up_to_date, copies, run) if copies else run

    def _standing(self, v: Value) -> Any:
        """Return the array of the outside that a value is."""
        if v.kind == "constant":
            return v.params["value"]
        return self.standing(v) if v.kind == "store" or is_held(v) else v.params["source"].array


def _up_to_date(copies: list[tuple[Any, Any]], run: Callable[..., list[Any]], *arrays: Any) -> list[Any]:
    """Run on copies of arrays of the outside, as these are now."""
    for copy, array in copies:
        copy[...] = array
    return run(*arrays)
