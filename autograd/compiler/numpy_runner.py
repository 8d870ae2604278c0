"""A graph as straight-line NumPy, with its memory laid out once for each thread that runs it at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        outside = []
        for v in [*self._source.fixed, *self._source.memory.stores]:
            if v.kind == "constant":
                outside.append(v.params["value"])
            elif v.kind == "store" or is_held(v):
                outside.append(self.standing(v))
            else:
                outside.append(v.params["source"].array)
        return self._source.make(called, *outside)
