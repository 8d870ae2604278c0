"""What both back ends share: a graph with its memory planned, which runs on arrays and returns arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any, Final

import numpy as np

from autograd.compiler.graph import Argument, Graph, Held, Host, Slot, Value, mapped
from autograd.compiler.layout import Layout, materialized
from autograd.compiler.numpy_calls import apart
from autograd.compiler.planning import Stage
from autograd.engine.tensor import REBOUND, Tensor

LEFT: Final = ("grad", "add", "assign")
"""The kinds of effects that are done with results of a program, when it has run."""


class Runner:
    """A graph in a form that runs.

    `arguments` are the values that `run` is given, in order, and `results` those that it returns.
    """

    backend = "numpy"
    stages: list[Stage]
    workspace: int
    text: str
    whole = True  # whether a run is one call
    passes: Sequence[tuple[str, Graph]] = ()  # what the back end has done to the graph, as the name and the graph after

    def __init__(self, name: str, graph: Graph, must_be_copied: Callable[[Value, int, Layout], bool]) -> None:
        self.name = name
        self.graph, self.layouts = materialized(graph, must_be_copied)
        self.arguments = [v for v in self.graph.values if _is_given(v)]
        kept = [e.value for e in self.graph.effects if e.value is not None and e.kind in LEFT]
        self.results: list[Value] = list(dict.fromkeys([*self.graph.outputs, *kept]))
        self.stores = [v for v in self.graph.values if v.kind == "store"]
        self.seen = -1  # how many tensors had been given other arrays when it last looked where they lie
        self.lock = RLock()

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """Return the results for arguments that are of the kind they were recorded as."""
        raise NotImplementedError

    def by_python(self, value: Value) -> bool:
        """Return whether a stage is a call from Python."""
        raise NotImplementedError

    def look_again(self) -> None:
        """Find out where the tensors of the outside lie now."""
        raise NotImplementedError

    def moved(self) -> bool:
        """Return whether a tensor may lie elsewhere than it did."""
        return REBOUND[0] != self.seen

    def standing(self, value: Value) -> Any:
        """Return the array that a tensor of the outside stands on, which must be as it was recorded."""
        tensor: Tensor = value.params["target"] if value.kind == "store" else value.params["source"].tensor
        return self.checked(tensor, value.shape, value)

    def checked(self, tensor: Tensor, shape: tuple[int, ...], value: Value) -> Any:
        """Return the array of a tensor; raise if a program cannot read it as `value`, or write to it."""
        array = tensor._value
        if not isinstance(array, np.ndarray):
            array = tensor.data
        if array.shape != shape or array.dtype != value.dtype:
            raise RuntimeError(
                f"compile: a tensor that {self.name} uses had shape {shape} and {value.dtype} when it was "
                f"recorded, and now has {array.shape} and {array.dtype}; clear() the compiled function"
            )
        if value.kind == "store" and not array.flags.writeable:
            raise ValueError(f"compile: {self.name} writes to a tensor of shape {shape} whose array is read-only")
        return array


def _is_given(value: Value) -> bool:
    return value.kind == "input" and isinstance(value.params["source"], Argument | Host)


def is_held(value: Value) -> bool:
    """Return whether a value is read from a tensor of the outside."""
    return value.kind == "input" and isinstance(value.params["source"], Held)


def called(value: Value, args: Sequence[Any]) -> Any:
    """Make an opaque call; what it returns has memory of its own."""
    params = value.params

    def filled(x: Any) -> Any:
        return args[x.position] if type(x) is Slot else mapped(filled, x)

    return apart(params["function"](*filled(params["args"]), **filled(params["kwargs"])), args)
