"""`Program`: a graph after its passes, in a form that runs, and all that can be read about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import setitem
from time import perf_counter
from typing import Any

import numpy as np

from autograd.compiler.backends import runner_of
from autograd.compiler.graph import Effect, Graph, Host, Value
from autograd.compiler.kinds import Kind, built
from autograd.compiler.numpy_calls import in_one_go
from autograd.compiler.numpy_runner import NumpyRunner
from autograd.compiler.once import Once
from autograd.compiler.passes import optimized
from autograd.compiler.planning import Nest, Single, Stage
from autograd.compiler.quick import MISSED, never, quick_call
from autograd.compiler.runner import LEFT
from autograd.compiler.sharing import sharing
from autograd.compiler.tape import Tape
from autograd.engine.calls import recorded
from autograd.engine.derivative import pull
from autograd.engine.graph import Spec
from autograd.engine.mode import enable_grad
from autograd.engine.op import Op
from autograd.engine.tensor import LIFT, Tensor, from_value
from autograd.transforms import tree_leaves

_MARK = np.empty(0)  # is a tensor when the engine asks for a gradient with a graph


class Program:
    """A compiled function for one kind of arguments.

    `source` is the program as code to read, `stats()` its numbers, and `passes` the list of (name, graph) before the
    first and after each pass that has changed something; `viz.draw(program)` draws them.
    """

    missed = MISSED

    def __init__(
        self, name: str, graph: Graph, tape: Tape, *, out: Any, forms: Sequence[tuple[str, Any]],
        leaves: Sequence[Any], backend: str, start: float, grads: bool, flat: bool,
    ) -> None:  # fmt: skip
        self.name = name
        self.grads = grads
        self.out = out
        self.forms = list(forms)
        self.kinds = [Kind.of(leaf) for leaf in leaves]
        self.flat = flat  # whether the arguments are these leaves, and not containers of them
        self.guards = tape.guards
        self.callbacks = tape.callbacks
        self.must_be_none = list(tape.read)  # the nodes whose gradient is read, as if there were none before
        self.tensors = tape.tensors  # of the outside
        self.sharing = sharing(self.tensors)
        self.backward: Program | None = None
        self.kept = 0  # from which of its results on they are for `backward`
        self.standing_then: list[Tensor] = []  # the tensors of the outside that `backward` is given the arrays of
        self.recorded = graph
        self.optimized, self.passes = optimized(graph)
        self.runner = runner_of(name, self.optimized, backend)
        self.passes += self.runner.passes
        targets = {kind: [e.target for e in self.optimized.effects if e.kind == kind] for kind in ("store", "assign")}
        self._stored: list[Tensor] = targets["store"]
        self._assigned: set[int] = set(targets["assign"])
        self.quick: Callable[[Any, Any], Any] = quick_call(self)
        self.seconds = perf_counter() - start

    def stale(self) -> bool:
        """Return whether something that the function looked at beside its arguments is no longer as it was."""
        if any(not _as_it_was(read(), value) for read, value in self.guards):
            return True
        return self.runner.moved() and sharing(self.tensors) != self.sharing

    # --- to read --------------------------------------------------------------------------------------------------

    @property
    def backend(self) -> str:
        """What it runs by: "native" or "numpy"."""
        return self.runner.backend

    @property
    def source(self) -> str:
        """The program as straight-line NumPy, with shapes and bytes in comments; whatever the back end is."""
        runner = self.runner if isinstance(self.runner, NumpyRunner) else NumpyRunner(self.name, self.optimized)
        return runner.text

    @property
    def native_source(self) -> str | None:
        """The C that is built, where the back end is native."""
        return self.runner.text if self.backend == "native" else None

    @property
    def graph(self) -> Graph:
        """What is computed: the graph after all passes, with the copies that its back end needs."""
        return self.runner.graph

    @property
    def stages(self) -> list[Stage]:
        """What is computed together, in order: nests of loops, and products and calls by themselves."""
        return self.runner.stages

    def stats(self) -> dict[str, Any]:
        """Return numbers: operations, fused groups, bytes planned and without a plan, and the seconds of compiling."""
        kept = [v for v in self.graph.values if v.kind not in ("input", "constant", "view", "item")]
        singles = [stage.value for stage in self.stages if isinstance(stage, Single)]
        nests = [stage for stage in self.stages if isinstance(stage, Nest)]
        return {
            "backend": self.backend,
            "recorded": len(self.recorded.values),
            "operations": len(kept),
            "fused groups": len(nests),
            "loops": sum(len(nest.loops) for nest in nests),
            "products": sum(value.kind == "matmul" for value in singles),
            "calls of Python": sum(map(self.runner.by_python, singles)),
            "bytes planned": self.runner.workspace,
            "bytes naive": sum(v.nbytes for v in kept if v.kind not in ("store", "check")),
            "compile seconds": self.seconds,
        }

    def __repr__(self) -> str:
        kinds = ", ".join(map(str, self.kinds))
        return f"<Program {self.name}({kinds}), {self.backend}, {len(self.optimized.values)} values>"

    # --- a call -------------------------------------------------------------------------------------------------------

    def run(self, leaves: Sequence[Any], hosted: dict[Once, Any] | None = None) -> Any:
        """Run on the leaves of the arguments, which are of the program's kind; `hosted` is what callbacks gave."""
        for node in self.must_be_none:
            if (leaves[node]._node if isinstance(node, int) else node).grad is not None:
                raise RuntimeError(
                    f"compile: {self.name} reads a gradient that was None before the call when it was recorded, and "
                    "now is not; set .grad to None before, or at the start of the function"
                )
        self._check_sharing(leaves)
        if hosted is None:
            hosted = {once: once() for once in self.callbacks}
        results = self.runner.run([self._argument(v, leaves, hosted) for v in self.runner.arguments])
        self._leave(results, leaves)
        new = [self._leaf(form, at, results, leaves) for form, at in self.forms]
        if self.backward is not None:
            new = self._with_graph(new, results, leaves)
        return built(self.out, new)

    def _check_sharing(self, leaves: Sequence[Any]) -> None:
        """Raise RuntimeError for an argument that is a tensor of the outside too, where one of them is written to."""
        if not (self._stored or self._assigned):
            return
        written = {id(t._value) for t in self._stored}
        known = {id(t._value) for t in self.tensors} if self._assigned else written
        for i, leaf in enumerate(leaves):
            if type(leaf) is Tensor and id(leaf._value) in (known if i in self._assigned else written):
                raise RuntimeError(
                    f"compile: argument {i} of {self.name} is a tensor that it also uses without being given it, and "
                    "writes to, as another. Pass another one, or a copy"
                )

    def _argument(self, value: Value, leaves: Sequence[Any], hosted: dict[Once, Any]) -> Any:
        """Return what the runner is given for a value: a plain number, or NumPy's own array in C order."""
        source = value.params["source"]
        if isinstance(source, Host):
            leaf = hosted[source.call] if source.item is None else hosted[source.call][source.item]
            if np.shape(leaf) != value.shape or (type(leaf) is float) != value.weak:
                raise RuntimeError(
                    f"compile: the callback at {value.line} returned shape {np.shape(leaf)}, and {value.shape} when it "
                    "was recorded"
                )
        else:
            leaf = leaves[source.position]
            leaf = leaf._value if type(leaf) is Tensor else leaf
        if value.weak:
            return leaf
        dtype = np.dtype(value.dtype.name)
        array = np.asarray(np.require(leaf, dtype, ["C", "A"]))
        return array if array.dtype is dtype else array.view(dtype)  # C knows dtypes by their address

    def _leave(self, results: Sequence[Any], leaves: Sequence[Any]) -> None:
        """Leave behind what is not in tensors of the outside yet: gradients, and the new values of arguments."""
        assigned: list[tuple[Any, ...]] = []
        for effect, array in self._left(results):
            if effect.kind == "assign":
                assigned.append((setitem, leaves[effect.target].data, ..., array))
                continue
            node = leaves[effect.target]._node if isinstance(effect.target, int) else effect.target
            if effect.kind == "add" and node.grad is not None:
                array = node.grad + array
            node.grad = None if array is None else np.asarray(array)
        in_one_go(assigned)

    def _left(self, results: Sequence[Any]) -> list[tuple[Effect, Any]]:
        found = dict(zip(self.runner.results, results, strict=True))
        return [(e, None if e.value is None else found[e.value]) for e in self.graph.effects if e.kind in LEFT]

    def _leaf(self, form: str, at: Any, results: Sequence[Any], leaves: Sequence[Any]) -> Any:
        if form == "same":
            return at
        if form == "argument":
            return leaves[at]
        value = self._result(at, results)
        return from_value(value, None) if form == "tensor" else value

    def _result(self, at: int, results: Sequence[Any]) -> Any:
        array = results[self.runner.results.index(self.graph.outputs[at])]
        return array if np.shape(array) else np.asarray(array)[()]

    # --- results that can be differentiated -----------------------------------------------------------------------

    def differentiates(
        self, backward: Program, nodes: Sequence[Any], arguments: Sequence[int | None], places: Sequence[int],
        again: Callable[[Sequence[Any]], Any],
    ) -> None:  # fmt: skip
        """Let the results at these places be differentiated by a program: by nodes of tensors, or by arguments."""
        self.backward = backward
        self._by = list(zip(nodes, arguments, strict=True))
        self._places = list(places)
        self._again = again
        self.quick = never

    def _with_graph(self, new: list[Any], results: Sequence[Any], leaves: Sequence[Any]) -> list[Any]:
        """Return the leaves of the result, those that can be differentiated as tensors on one node for all of them."""
        assert self.backward is not None
        backward, places = self.backward, self._places
        kept = [self._result(at, results) for at in range(self.kept, len(self.graph.outputs))]
        kept += [tensor._value for tensor in self.standing_then]
        values = tuple(self._result(at, results) for at in places)
        nodes = tuple(node if at is None else leaves[at]._node for node, at in self._by)

        def rule(g: Any, _out: Any, *inputs: Any) -> list[Any]:
            cotangents = list(g) if len(places) > 1 else [g]
            if any(type(x) is Tensor for x in (*inputs, *cotangents)):  # the gradient is to have a graph itself
                return self._pulled_again(leaves, nodes, cotangents)
            return backward.run([*kept, *cotangents])  # type: ignore[no-any-return]

        op = Op("general", self.run, (), name=f"compiled({self.name})", joint=rule, arity=0)
        operands = [Spec(node.shape, node.dtype) for node in nodes]
        marks = [_MARK] * len(nodes)
        made = recorded(op, nodes, (None, *marks), {}, values if len(places) > 1 else values[0], True, operands)
        tensors = dict(zip(places, made if len(places) > 1 else [made], strict=True))
        return [
            tensors.get(at, leaf) if form == "tensor" else leaf
            for (form, at), leaf in zip(self.forms, new, strict=True)
        ]

    def _pulled_again(self, leaves: Sequence[Any], nodes: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
        """Return gradients that can be differentiated themselves: of the function, computed again without a program."""
        with enable_grad():
            outs = tree_leaves(self._again(leaves))
            first = {form: i for i, form in reversed(list(enumerate(self.forms)))}
            seeds: dict[Any, Any] = {}
            for at, g in zip(self._places, cotangents, strict=True):
                node = outs[first["tensor", at]]._node
                seeds[node] = seeds[node] + g if node in seeds else g
            found = pull(seeds, set(nodes), keep=True, stop=set(nodes), lift=LIFT)
        return [found.get(node) for node in nodes]


def _as_it_was(now: Any, before: Any) -> bool:
    """Return whether what a program depends on is equal to what it was; a nan is the nan that it was."""
    if isinstance(now, np.ndarray) and isinstance(before, np.ndarray):
        return now.dtype == before.dtype and np.array_equal(now, before, equal_nan=now.dtype.kind in "fc")
    if now is before or isinstance(now, np.ndarray) or isinstance(before, np.ndarray):
        return now is before
    return bool(now == before or (now != now and before != before))
