"""`Program`: a graph after its passes, in a form that runs, and all that can be read about it."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from threading import RLock
from time import perf_counter
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.compiler import native
from autograd.compiler.c_source import Emitter, known_to_c, operand_must_be_copied
from autograd.compiler.graph import Argument, Effect, Graph, Held, Host, Slot, Value
from autograd.compiler.layout import materialized
from autograd.compiler.numpy_source import NumpyProgram, never_copied
from autograd.compiler.passes import computed, optimized
from autograd.compiler.planning import Nest, Single
from autograd.compiler.trace import Tape
from autograd.engine.calls import recorded
from autograd.engine.graph import Spec
from autograd.engine.op import Op
from autograd.engine.derivative import pull
from autograd.engine.mode import enable_grad
from autograd.engine.tensor import LIFT, REBOUND, Tensor, from_value
from autograd.transforms import tree_leaves

LEFT: Final = ("grad", "add", "assign")
"""The kinds of effects that are done with results of a program, when it has run."""

MISSED: Final = object()
"""What a quick call returns whose arguments are not of the kind that the program is for."""


class Program:
    """A compiled function for one kind of arguments.

    `source` is the program as code to read, `stats()` its numbers, and `passes` the list of (name, graph) before the
    first and after each pass that has changed something; `viz.draw(program)` draws them.
    """

    def __init__(
        self, name: str, graph: Graph, tape: Tape, *, out: Any, forms: Sequence[tuple[str, Any]],
        leaves: Sequence[Any], backend: str, start: float, grads: bool, flat: bool,
    ) -> None:  # fmt: skip
        self.missed = MISSED
        self.name = name
        self.grads = grads
        self.out = out
        self.forms = list(forms)
        self.guards = tape.guards
        self.callbacks = tape.callbacks
        self.backward: Program | None = None
        self.kept = 0  # from which of its results on they are for `backward`
        self.must_be_none = list(tape.read)
        self.recorded = graph
        self.optimized, self.passes = optimized(graph)
        self.kinds = [Kind.of(leaf) for leaf in leaves]
        self.flat = flat
        self.lock = RLock()
        self.backend = backend
        if backend == "native":
            try:
                self._build_native()
            except native.NoNative as why:
                native.notice(str(why))
                self.backend = "numpy"
        if self.backend == "numpy":
            self._build_numpy()
        self.quick: Callable[..., Any] = self._quick()
        self.seconds = perf_counter() - start

    # --- what it is made for ------------------------------------------------------------------------------------

    def stale(self) -> bool:
        """Return whether something that the function looked at beside its arguments is no longer as it was."""
        return any(read() != value for read, value in self.guards)

    # --- to read --------------------------------------------------------------------------------------------------

    @property
    def source(self) -> str:
        """The program as straight-line NumPy, with shapes and bytes in comments; whatever the back end is."""
        if self.backend == "numpy":
            return self._numpy.text
        graph, layouts = materialized(self.optimized, never_copied)
        return NumpyProgram(graph, layouts, _results(graph)).text

    @property
    def native_source(self) -> str | None:
        """The C that is built, where the back end is native."""
        return self._c.text if self.backend == "native" else None

    def stats(self) -> dict[str, Any]:
        """Return numbers: operations, fused groups, bytes planned and without a plan, and the seconds of compiling."""
        kept = [v for v in self.graph.values if v.kind not in ("input", "constant", "view", "item")]
        stages = self.stages
        return {
            "backend": self.backend,
            "recorded": len(self.recorded.values),
            "operations": len(kept),
            "fused groups": sum(isinstance(s, Nest) for s in stages),
            "loops": sum(len(s.loops) for s in stages if isinstance(s, Nest)),
            "products": sum(isinstance(s, Single) and s.value.kind == "matmul" for s in stages),
            "calls of Python": sum(isinstance(s, Single) and self._by_python(s.value) for s in stages),
            "bytes planned": self.workspace,
            "bytes naive": sum(v.nbytes for v in kept if v.kind != "store" and v.dtype is not None),
            "compile seconds": self.seconds,
        }

    def _by_python(self, value: Value) -> bool:
        return not known_to_c(value) if self.backend == "native" else value.kind == "call"

    def __repr__(self) -> str:
        kinds = ", ".join(map(str, self.kinds))
        return f"<Program {self.name}({kinds}), {self.backend}, {len(self.optimized.values)} values>"

    # --- native -----------------------------------------------------------------------------------------------------

    def _build_native(self) -> None:
        self.graph, self.layouts = materialized(self.optimized, operand_must_be_copied)
        blas = native.blas()
        emitter = Emitter(self.graph, self.layouts, native.threads(), blas.int_type if blas else "int64_t")
        self._c = source = emitter.source()
        self.stages = emitter.plan.stages
        self.workspace = source.workspace
        self.slots = source.slots
        self._inputs = [v for v in self.graph.values if v.kind == "input"]
        self._arguments = [v for v in self._inputs if isinstance(v.params["source"], Argument | Host)]
        self._held = [v for v in self._inputs if isinstance(v.params["source"], Held)]
        self._results = _results(self.graph)
        entry = native.entry(
            [(self.slots[v], v) for v in self._arguments], [self.slots[v] for v in self._results], len(self.slots),
            self.workspace, len(source.segments),
        )  # fmt: skip
        source.text += entry
        self.library = native.Library(source.text, len(self._arguments) + len(self._results))
        self._fixed: dict[Value, Any] = {}
        for v in self.graph.values:
            if v.kind == "constant" and v.shape:
                self._fix(v, np.ascontiguousarray(v.params["value"]))
            elif v.kind == "input" and hasattr(v.params["source"], "array"):
                self._fix(v, v.params["source"].array)
        self._stores = [v for v in self.graph.values if v.kind == "store"]
        self._seen = -1
        self._rebind()
        self._whole = len(source.order) == 1 and isinstance(source.order[0], int)
        self._spare: list[Any] = []

    def _fix(self, value: Value, array: Any) -> None:
        if not (array.flags.c_contiguous and array.flags.aligned):
            array = np.ascontiguousarray(array)  # a copy: the outside's changes are not seen
        self._fixed[value] = array
        self.library.fix(self.slots[value], array.ctypes.data)

    def _rebind(self) -> None:
        """Look again where the tensors of the outside lie."""
        with self.lock:
            seen = REBOUND[0]
            self._arrays = {}
            for value in self._held:
                self._point(value, value.params["source"].tensor)
            for value in self._stores:
                self._point(value, value.params["target"])
            self._seen = seen

    def _point(self, value: Value, tensor: Tensor) -> None:
        array = self._standing(value, tensor)
        if not (array.flags.c_contiguous and array.flags.aligned):
            array = tensor._value = np.array(array, order="C")
        self._arrays[self.slots[value]] = array
        self.library.fix(self.slots[value], array.ctypes.data)

    def _run_native(self, arrays: Sequence[Any]) -> list[Any]:
        """Run on arrays that are as they should be; return new ones."""
        if REBOUND[0] != self._seen:
            self._rebind()
        results = [np.empty(v.shape, v.dtype) for v in self._results]
        if self._whole:
            self._checked(self.library.call(self.library.state, *arrays, *results))
            return results
        return self._run_in_parts(arrays, results)

    def _checked(self, code: int) -> None:
        if code == 2:
            raise MemoryError(f"compile: {self.name} needs {self.workspace} bytes to work in")
        if code == 4:
            raise IndexError(f"{self.name}: an index is out of bounds for the axis it names")
        if code >= 16:
            error = [e for e in self.graph.effects if e.kind == "check"][code - 16].target
            raise error() if callable(error) else error
        if code:
            raise RuntimeError(f"compile: {self.name} was given arrays of another kind than it was recorded for")

    def _run_in_parts(self, arrays: Sequence[Any], results: Sequence[Any]) -> list[Any]:
        """Run native segments, and calls of NumPy and Python between them."""
        workspace = self._spare.pop() if self._spare else np.empty(self.workspace + 64, np.uint8)
        start = -workspace.ctypes.data % 64
        table = (ctypes.c_void_p * (len(self.slots) + 1))()
        there: dict[Value, Any] = {}
        given = iter(arrays)
        for v in self._inputs:
            source = v.params["source"]
            if isinstance(source, Argument | Host):
                there[v] = np.asarray(next(given))  # of a plain number too, which must stay where it is
            elif isinstance(source, Held):
                there[v] = self._arrays[self.slots[v]]
            else:
                there[v] = self._fixed[v]
        there.update(zip(self._results, results, strict=True))
        for v, array in there.items():
            table[self.slots[v]] = np.asarray(array).ctypes.data
        for v in self._stores:
            table[self.slots[v]] = self._arrays[self.slots[v]].ctypes.data
        for v, array in self._fixed.items():
            there[v], table[self.slots[v]] = array, array.ctypes.data
        base = workspace[start : start + self.workspace]
        for step in self._c.order:
            if isinstance(step, int):
                self._checked(self.library.segment(step, table, base.ctypes.data))
                continue
            value = step.value
            self._python(value, there, table, base, results)
        self._spare.append(workspace)
        return list(results)

    def _python(self, value: Value, there: dict[Value, Any], table: Any, base: Any, results: Sequence[Any]) -> None:
        args = [self._array(a, there, base) if isinstance(a, Value) else a for a in value.args]
        with np.errstate(all="ignore"):
            out = called(value, args) if value.kind == "call" else computed(value, args)
        if value.dtype is None:
            for item in (v for v in self.graph.values if v.kind == "item" and v.args[0] is value):
                self._put(item, out[item.params["index"]], there, table)
        else:
            self._put(value, out, there, table)

    def _put(self, value: Value, out: Any, there: dict[Value, Any], table: Any) -> None:
        array = (
            np.ascontiguousarray(np.asarray(out, value.dtype)).reshape(value.shape)
            if np.size(out) == value.size
            else out
        )
        if np.shape(array) != value.shape:
            raise RuntimeError(
                f"compile: {value.fn}, called at {value.line}, returned shape {np.shape(out)}, and {value.shape} when it "
                "was recorded"
            )
        if value in there and there[value] is not array:  # it is given out
            np.copyto(there[value], array)
            return
        there[value] = array
        table[self.slots[value]] = array.ctypes.data

    def _array(self, value: Value, there: dict[Value, Any], base: Any) -> Any:
        """Return a value as an array, from the memory it is in."""
        if value.kind == "constant" and not value.shape:
            return value.params["value"][()]
        root = self.layouts[value].root
        if root.kind == "constant" and not root.shape:
            return np.broadcast_to(root.params["value"], value.shape)
        if root in there:
            array = there[root]
        else:
            offset = self._c.offsets[root]
            array = base[offset : offset + root.nbytes].view(root.dtype).reshape(root.shape)
        if root is value:
            return float(array) if value.weak else array if value.shape else np.asarray(array)[()]
        layout = self.layouts[value]
        itemsize = value.dtype.itemsize
        flat = np.asarray(array).reshape(-1)[layout.offset :]
        return np.lib.stride_tricks.as_strided(
            flat, value.shape, tuple(s * itemsize for s in layout.strides), writeable=False
        )

    # --- by NumPy -----------------------------------------------------------------------------------------------------

    def _build_numpy(self) -> None:
        self.graph, self.layouts = materialized(self.optimized, never_copied)
        self._results = _results(self.graph)
        self._numpy = NumpyProgram(self.graph, self.layouts, self._results)
        self.stages = self._numpy.plan.stages
        self.workspace = self._numpy.workspace
        self._arguments = self._numpy.arguments
        self._made: list[Any] = []  # what runs and is not running: a thread takes one, so each has its own memory
        self._seen = -1

    def _run_numpy(self, arrays: Sequence[Any]) -> list[Any]:
        if REBOUND[0] != self._seen:
            with self.lock:
                self._made, self._seen = [], REBOUND[0]
        made = self._made
        run = made.pop() if made else self._laid_out()
        with np.errstate(all="ignore"):
            results: list[Any] = run(*arrays)
        made.append(run)
        return results

    def _laid_out(self) -> Callable[..., Any]:
        outside = []
        for v in [*self._numpy.fixed, *self._numpy.stores]:
            if v.kind == "constant":
                outside.append(v.params["value"])
                continue
            source = v.params["target"] if v.kind == "store" else v.params["source"]
            if isinstance(source, Held | Tensor):
                outside.append(self._standing(v, source if isinstance(source, Tensor) else source.tensor))
            else:
                outside.append(source.array)
        return self._numpy.make(called, *outside)

    def _standing(self, value: Value, tensor: Tensor) -> Any:
        """Return the array that a tensor of the outside stands on, which must be as it was recorded."""
        array = tensor._value
        if not isinstance(array, np.ndarray):
            array = tensor._value = np.asarray(array)
        if array.shape != value.shape or array.dtype != value.dtype:
            raise RuntimeError(
                f"compile: a tensor that {self.name} uses had shape {value.shape} and {value.dtype} when it was "
                f"recorded, and now has {array.shape} and {array.dtype}; clear() the compiled function"
            )
        return array

    # --- a call -------------------------------------------------------------------------------------------------------

    def run(self, leaves: Sequence[Any], hosted: dict[Any, Any] | None = None) -> Any:
        """Run on the leaves of the arguments, which are of the program's kind; `hosted` is what callbacks gave."""
        for node in self.must_be_none:
            if node.grad is not None:
                raise RuntimeError(
                    f"compile: {self.name} reads a gradient that it computes, but there was one before the call; set "
                    ".grad to None before, or at the start of the function"
                )
        arrays = []
        if hosted is None:
            hosted = {once: once() for once in self.callbacks}
        for v in self._arguments:
            source = v.params["source"]
            if isinstance(source, Host):
                leaf = hosted[source.call]
                leaf = self._as_hosted(v, leaf if source.index is None else leaf[source.index])
            else:
                leaf = leaves[source.position]
                leaf = leaf._value if type(leaf) is Tensor else leaf
            arrays.append(leaf if v.weak else _plain(leaf, v))
        results = self._run_native(arrays) if self.backend == "native" else self._run_numpy(arrays)
        finished = self._finished(results, leaves)
        return finished if self.backward is None else self._with_graph(finished, results, leaves)

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
        self.quick = lambda _mode, _args: MISSED

    def _pulled_again(self, leaves: Sequence[Any], nodes: Sequence[Any], cotangents: Sequence[Any]) -> list[Any]:
        """Return gradients that can be differentiated themselves: of the function, computed again without a program."""
        with enable_grad():
            outs = tree_leaves(self._again(leaves))
            chosen = [
                outs[next(i for i, form in enumerate(self.forms) if form == ("tensor", at))] for at in self._places
            ]
            seeds: dict[Any, Any] = {}
            for out, g in zip(chosen, cotangents, strict=True):
                seeds[out._node] = seeds[out._node] + g if out._node in seeds else g
            found = pull(seeds, set(nodes), keep=True, stop=set(nodes), lift=LIFT)
        return [found.get(node) for node in nodes]

    def _with_graph(self, finished: Any, results: list[Any], leaves: Sequence[Any]) -> Any:
        """Return the results as tensors of a graph, with one node for all of them."""
        assert self.backward is not None
        backward, wanted = self.backward, [self.graph.outputs[at] for at in range(len(self.graph.outputs))]
        arrays = [results[self._results.index(v)] for v in wanted]
        kept, places = arrays[self.kept :], self._places
        values = tuple(a if np.shape(a) else np.asarray(a)[()] for a in (arrays[at] for at in places))

        def rule(g: Any, _out: Any, *_inputs: Any) -> list[Any]:
            cotangents = list(g) if len(places) > 1 else [g]
            if any(type(c) is Tensor for c in cotangents):
                return self._pulled_again(leaves, nodes, cotangents)
            found = backward.run([*kept, *cotangents])
            return [*found]

        nodes = tuple(node if at is None else leaves[at]._node for node, at in self._by)
        op = Op("general", self.run, (), name=f"compiled({self.name})", joint=rule, arity=0)
        operands = [Spec(node.shape, node.dtype) for node in nodes]
        made = recorded(op, nodes, (None, *operands), {}, values if len(places) > 1 else values[0], True, operands)
        tensors = dict(zip(places, made if len(places) > 1 else [made], strict=True))
        flat = iter(tree_leaves(finished))
        new = [
            tensors.get(at, leaf) if form == "tensor" else leaf
            for (form, at), leaf in zip(self.forms, flat, strict=False)
        ]
        return _built(self.out, new)

    def _as_hosted(self, value: Value, result: Any) -> Any:
        """Return what a callback gave, if it is of the kind that it was when it was recorded."""
        if np.shape(result) != value.shape or (type(result) is float) != value.weak:
            raise RuntimeError(
                f"compile: the callback at {value.line} returned shape {np.shape(result)}, and {value.shape} when it was "
                "recorded"
            )
        return result

    def _finished(self, results: list[Any], leaves: Sequence[Any]) -> Any:
        for effect, array in self._left(results):
            if effect.kind == "assign":
                np.copyto(leaves[effect.target].data, array)
                continue
            node = leaves[effect.target]._node if isinstance(effect.target, int) else effect.target
            if effect.kind == "add" and node.grad is not None:
                array = node.grad + array
            node.grad = array if array is None or isinstance(array, np.ndarray) else np.asarray(array)
        return _built(self.out, [self._leaf(form, at, results, leaves) for form, at in self.forms])

    def _left(self, results: list[Any]) -> list[tuple[Effect, Any]]:
        found = dict(zip(self._results, results, strict=True))
        return [(e, None if e.value is None else found[e.value]) for e in self.graph.effects if e.kind in LEFT]

    def _leaf(self, form: str, at: Any, results: list[Any], leaves: Sequence[Any]) -> Any:
        if form == "same":
            return at
        if form == "argument":
            return leaves[at]
        array = results[self._results.index(self.graph.outputs[at])]
        value = array if np.shape(array) else np.asarray(array)[()]
        return from_value(value, None) if form == "tensor" else value

    # --- the usual call, without detours --------------------------------------------------------------------------

    def _quick(self) -> Callable[..., Any]:
        """Return a function of (mode, arguments) that runs the program if they fit, in as few steps as can be.

        It is written for this program: a check of each argument, the call, and what is done with the results.
        """
        native_whole = self.backend == "native" and self._whole
        if not self.flat or any(isinstance(e.target, int) for e in self.graph.effects):
            return lambda _mode, _args: MISSED
        if self.backend == "native" and not native_whole:
            return lambda _mode, _args: MISSED
        names: dict[str, Any] = {
            "MISSED": MISSED, "Tensor": Tensor, "ndarray": np.ndarray, "empty": np.empty, "rebound": REBOUND, "me": self,
            "new": object.__new__, "kind_of": Kind.of,
        }  # fmt: skip
        lines = [
            "def quick(mode, args):",
            f"  if mode is not {self.grads} or len(args) != {len(self.kinds)}: return MISSED",
        ]
        if self.kinds:
            lines.append(f"  {', '.join(f'x{i}' for i in range(len(self.kinds)))}, = args")
        by_position = {
            v.params["source"].position: v for v in self._arguments if isinstance(v.params["source"], Argument)
        }
        passed = []
        for i, kind in enumerate(self.kinds):
            if kind.what == "tensor":
                node = "x{0}._node is not None".format(i)
                lines.append(f"  if type(x{i}) is not Tensor or {node}: return MISSED")
                if kind.node:
                    return lambda _mode, _args: MISSED
            elif kind.what == "static":
                names[f"k{i}"] = kind.value
                same = f"x{i} is k{i}" if kind.by_identity else f"type(x{i}) is type(k{i}) and x{i} == k{i}"
                lines.append(f"  if not ({same}): return MISSED")
            elif kind.what == "float":
                lines.append(f"  if type(x{i}) is not float: return MISSED")
            if kind.what in ("array", "tensor") and (self.callbacks or not native_whole):
                names[f"T{i}"] = kind.dtype
                value = f"x{i}._value" if kind.what == "tensor" else f"x{i}"
                lines.append(
                    f"  if type({value}) is not ndarray or {value}.shape != {kind.shape} or {value}.dtype != T{i}: return MISSED"
                )
            elif kind.what != "static" and i not in by_position and native_whole:
                names[f"T{i}"] = kind
                lines.append(f"  if kind_of(x{i}) != T{i}: return MISSED")
            if i in by_position:
                passed.append((by_position[i], f"x{i}._value" if kind.what == "tensor" else f"x{i}"))
        if self.guards:
            lines.append("  if me.stale(): return MISSED")
        for i, node in enumerate(self.must_be_none):
            names[f"m{i}"] = node
        if self.must_be_none:
            had = " or ".join(f"m{i}.grad is not None" for i in range(len(self.must_be_none)))
            lines.append(f"  if {had}: return MISSED")
        lines.append("  if rebound[0] != me._seen: me._rebind()")
        for i, once in enumerate(self.callbacks):
            names[f"c{i}"] = once
            lines.append(f"  h{i} = c{i}()")
        for v in self._arguments:
            source = v.params["source"]
            if isinstance(source, Host):
                result = f"h{self.callbacks.index(source.call)}"
                passed.append((v, result if source.index is None else f"{result}[{source.index}]"))
        order = {v: k for k, v in enumerate(self._arguments)}
        passed.sort(key=lambda pair: order[pair[0]])
        outs = [f"o{k}" for k in range(len(self._results))]
        if native_whole:
            for out, v in zip(outs, self._results, strict=True):
                names[f"d{out}"] = v.dtype
                lines.append(f"  {out} = empty({v.shape}, d{out})")
            names.update(call=self.library.call, state=self.library.state)
            lines.append(f"  code = call({', '.join(['state', *(p for _, p in passed), *outs])})")
        else:
            lines += [
                "  code = 0",
                f"  {''.join(f'{out}, ' for out in outs) or 'nothing'} = me._run_numpy(({''.join(f'{p}, ' for _, p in passed)}))",
            ]
        if self.callbacks:
            lines.append(
                f"  if code == 1: return me.run(args, {{{', '.join(f'c{i}: h{i}' for i in range(len(self.callbacks)))}}})"
            )
        else:
            lines.append("  if code == 1: return MISSED")
        lines.append("  if code: me._checked(code)")
        at = {v: f"o{k}" for k, v in enumerate(self._results)}
        for n, e in enumerate(e for e in self.graph.effects if e.kind in ("grad", "add")):
            if e.value is None and e.target in self.must_be_none:
                continue
            names[f"n{n}"] = e.target
            array = "None" if e.value is None else at[e.value]
            if e.value is not None and not e.value.shape:
                names["asarray"] = np.asarray
                array = f"asarray({array})"
            if e.kind == "add":
                array = f"{array} if n{n}.grad is None else n{n}.grad + {array}"
            lines.append(f"  n{n}.grad = {array}")
        built = _expression(self.out, [self._leaf_expression(i, names, lines) for i in range(len(self.forms))])
        if built is None:
            return lambda _mode, _args: MISSED
        lines.append(f"  return {built}")
        exec("\n".join(lines), names)
        return names["quick"]  # type: ignore[no-any-return]

    def _leaf_expression(self, i: int, names: dict[str, Any], lines: list[str]) -> str:
        form, at = self.forms[i]
        if form == "same":
            names[f"s{i}"] = at
            return f"s{i}"
        if form == "argument":
            return f"x{at}"
        k = self._results.index(self.graph.outputs[at])
        value = f"o{k}" if self._results[k].shape or self.backend == "numpy" else f"o{k}[()]"
        if self._results[k].weak and self.backend == "numpy":
            names["float64"] = np.float64
            value = f"float64({value})"
        if form == "array":
            return value
        lines += [f"  t{i} = new(Tensor)", f"  t{i}._value = {value}", f"  t{i}._node = None"]
        return f"t{i}"


def _expression(tree: Any, leaves: Sequence[str]) -> str | None:
    """Return Python code that builds a tree of its leaves; None where a container is of a kind of its own."""
    if isinstance(tree, dict):
        items = {key: _expression(item, leaves) for key, item in tree.items()}
        if None in items.values() or type(tree) is not dict or not all(type(key) is str for key in tree):
            return None
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in items.items()) + "}"
    if isinstance(tree, list | tuple):
        parts = [_expression(item, leaves) for item in tree]
        if None in parts or type(tree) not in (list, tuple):
            return None
        inside = ", ".join(p for p in parts if p is not None)
        return f"[{inside}]" if type(tree) is list else f"({inside}{',' * (len(tree) == 1)})"
    return "None" if tree is None else leaves[tree]


def _plain(leaf: Any, value: Value) -> Any:
    """Return an argument as NumPy's own array in C order, aligned, with NumPy's own dtype object."""
    dtype = np.dtype(value.dtype.name)
    array = np.asarray(np.require(leaf, dtype, ["C", "A"]))
    return array if array.dtype is dtype else array.view(dtype)


def called(value: Value, args: Sequence[Any]) -> Any:
    """Make an opaque call."""

    def filled(x: Any) -> Any:
        if isinstance(x, Slot):
            return args[x.position]
        if isinstance(x, tuple | list):
            return type(x)(map(filled, x))
        return x

    params = value.params
    kwargs = {key: filled(item) for key, item in params["kwargs"].items()}
    return params["function"](*map(filled, params["args"]), **kwargs)


def _results(graph: Graph) -> list[Value]:
    kept = [e.value for e in graph.effects if e.value is not None and e.kind in LEFT]
    return list(dict.fromkeys([*graph.outputs, *kept]))


def _built(tree: Any, leaves: Sequence[Any]) -> Any:
    """Return a tree of positions with the leaves at them."""
    if isinstance(tree, dict):
        return {key: _built(item, leaves) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        items = [_built(item, leaves) for item in tree]
        return items if isinstance(tree, list) else getattr(type(tree), "_make", tuple)(items)
    return None if tree is None else leaves[tree]


class Kind(NamedTuple):
    """What an argument of a program is: its shape and dtype, or itself where it is static."""

    what: str  # "array", "tensor", "float" or "static"
    shape: tuple[int, ...] = ()
    dtype: Any = None
    node: bool = False  # whether a tensor has one
    value: Any = None
    by_identity: bool = False

    @classmethod
    def of(cls, leaf: Any) -> Kind:
        if type(leaf) is Tensor:
            return cls("tensor", leaf.shape, leaf.dtype, leaf._node is not None)
        if isinstance(leaf, np.ndarray | np.generic):
            return cls("array", leaf.shape, leaf.dtype)
        if type(leaf) is float:
            return cls("float")
        plain = type(leaf) in (int, bool, str, bytes, complex) or leaf is None
        return cls("static", value=leaf, by_identity=not plain)

    def __str__(self) -> str:
        if self.what == "static":
            return repr(self.value)[:30]
        return "float" if self.what == "float" else f"{self.dtype}{list(self.shape)}"
