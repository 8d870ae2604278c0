"""Running a function on traced arguments, and making a program of what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler import canonical as canonical
from autograd.compiler.backends import backend_for
from autograd.compiler.errors import refuse
from autograd.compiler.graph import Argument, Graph, Value
from autograd.compiler.passes import optimized
from autograd.compiler.program import Program
from autograd.compiler.runner import is_held
from autograd.compiler.tape import Tape
from autograd.compiler.trace import Trace, arguments_of
from autograd.compiler.traced import Traced
from autograd.engine.derivative import pull
from autograd.engine.graph import Node, reachable
from autograd.engine.mode import is_grad_enabled, mode_scope
from autograd.engine.tensor import Tensor
from autograd.transforms import tree_leaves, tree_like


def recorded(f: Callable[..., Any], name: str, backend: str, tree: Any, leaves: Sequence[Any], start: float) -> Program:
    """Run the function on traced arguments; return the program.

    Where results still require grad it computes the values beside that their derivatives need, and has a second
    program for these as `backward`.
    """
    tape = Tape()
    grads = is_grad_enabled()
    given = arguments_of(tape, leaves)
    args, kwargs = tree_like(tree, given)
    try:
        with mode_scope(Trace(tape, grads)):
            out = f(*args, **kwargs)
            outputs: list[Value] = []
            forms = [_output(leaf, i, outputs, given) for i, leaf in enumerate(tree_leaves(out))]
            pulled = _pulled(tape, [leaf for leaf in tree_leaves(out) if _unfinished(leaf)], leaves) if grads else None
        graph = tape.graph(outputs, leaves)
    except BaseException:
        tape.restore()
        raise
    made: dict[str, Any] = {
        "backend": backend_for(backend), "grads": grads, "start": start,
        "flat": not kwargs and all(arg is given[i] for i, arg in enumerate(args)) and len(args) == len(given),
    }  # fmt: skip
    call, tree = tree, tree_like(out, range(len(forms)))
    if pulled is None:
        return Program(name, graph, tape, out=tree, forms=forms, leaves=leaves, **made)

    def again(leaves: Sequence[Any]) -> Any:
        args, kwargs = tree_like(call, leaves)
        return f(*args, **kwargs)

    return _differentiable(name, graph, tape, pulled, tree=tree, forms=forms, leaves=leaves, made=made, again=again)


def _output(leaf: Any, i: int, outputs: list[Value], given: Sequence[Any]) -> tuple[str, Any]:
    """Return how a leaf of the result is made at each call."""
    for position, argument in enumerate(given):
        if leaf is argument:
            return "argument", position
    if type(leaf) is Tensor:
        if not isinstance(leaf._value, Traced):
            return "same", leaf
        outputs.append(leaf._value.node)
        return ("tensor", len(outputs) - 1)
    if isinstance(leaf, Traced):
        outputs.append(leaf.node)
        return ("array", len(outputs) - 1)
    if isinstance(leaf, np.ndarray | np.generic):
        refuse(
            f"output {i} is a plain array that was computed outside of NumPy's calls on traced values: it would be the "
            "same at each call",
            "Compute it from the arguments, by autograd.callback, or outside of the compiled function",
        )
    return "same", leaf


# --- results that can be differentiated further ----------------------------------------------------------------------


class Pulled:
    """The backward pass of results that still require grad, in the same trace."""

    def __init__(self, outs: list[Tensor], cotangents: list[Traced], gradients: dict[Node, Traced], wanted: list[Any]):
        self.outs = outs
        self.cotangents = [c.node for c in cotangents]
        self.nodes = list(gradients)
        self.gradients = [g.node for g in gradients.values()]
        self.arguments: list[Any] = wanted


def _unfinished(leaf: Any) -> bool:
    """Return whether a result requires grad and backward has not freed what it needs."""
    if type(leaf) is not Tensor or leaf._node is None or leaf._node.op is None or not leaf.requires_grad:
        return False
    return all(node.saved is not None for node in reachable([leaf._node]))


def _pulled(tape: Tape, outs: list[Tensor], leaves: Sequence[Any]) -> Pulled | None:
    """Record the gradients of these results by the arguments and tensors that require grad."""
    if not outs:
        return None
    outs = list({id(out._node): out for out in outs}.values())
    cotangents = []
    seeds: dict[Node, Any] = {}
    for k, out in enumerate(outs):
        g = tape.input(Argument(len(leaves) + k), f"cotangent {k}", np.ones(out.shape, out.dtype))
        cotangents.append(g)
        assert out._node is not None
        seeds[out._node] = g
    found = pull(seeds, set(tape.arguments), keep=True)
    gradients = {node: g for node, g in found.items() if isinstance(g, Traced)}
    if not gradients:
        return None
    return Pulled(outs, cotangents, gradients, [tape.arguments.get(node) for node in gradients])


def _differentiable(
    name: str, graph: Graph, tape: Tape, pulled: Pulled, *, tree: Any, forms: list[Any], leaves: Sequence[Any],
    made: dict[str, Any], again: Callable[..., Any],
) -> Program:  # fmt: skip
    """Return the program of the results, with `backward` for their gradients.

    What backward reads of the values on the way becomes results of the first program and arguments of the second, as do
    the arrays that tensors of the outside stand on then.
    """
    joint, _ = optimized(Graph(graph.values, [*graph.outputs, *pulled.gradients], graph.effects))
    count = len(graph.outputs)
    gradients = joint.outputs[count:]
    behind = _dependent(joint, range(len(leaves), len(leaves) + len(pulled.outs)))
    kept: list[Value] = []
    for value in joint.values:
        if value in behind:
            kept += [a for a in map(_owner, value.operands()) if a not in behind and a.kind != "constant"]
    kept += [_owner(g) for g in gradients if g not in behind and _owner(g).kind != "constant"]
    held = [v for v in dict.fromkeys(kept) if is_held(v)]
    kept = [v for v in dict.fromkeys(kept) if v.kind != "input" or _is_argument(v)]
    program = Program(
        name, Graph(joint.values, [*joint.outputs[:count], *kept], joint.effects), tape, out=tree, forms=forms,
        leaves=leaves, **made,
    )  # fmt: skip
    cotangents = {v.params["source"].position - len(leaves): v for v in joint.values if _is_argument(v)}
    inputs = [*kept, *held, *(cotangents.get(k) for k in range(len(pulled.outs)))]
    substitutes = {v: _argument(k, v) for k, v in enumerate(inputs) if v is not None}
    backward = _substituted(joint, substitutes, gradients)
    like: list[Any] = [*kept, *held, *pulled.outs]
    examples = [np.empty(x.shape, x.dtype) for x in like]
    program.kept = count
    program.standing_then = [v.params["source"].tensor for v in held]
    program.differentiates(
        Program(
            f"backward of {name}", backward, Tape(), out=list(range(len(gradients))),
            forms=[("array", i) for i in range(len(gradients))], leaves=examples, **made,
        ),
        pulled.nodes, pulled.arguments, [graph.outputs.index(out._value.node) for out in pulled.outs],
        again,
    )  # fmt: skip
    return program


def _dependent(graph: Graph, positions: range) -> set[Value]:
    """Return the values that depend on the arguments at these positions."""
    found: set[Value] = set()
    for value in graph.values:
        if (_is_argument(value) and value.params["source"].position in positions) or any(
            a in found for a in value.operands()
        ):
            found.add(value)
    return found


def _is_argument(value: Value) -> bool:
    return value.kind == "input" and isinstance(value.params["source"], Argument)


def _owner(value: Value) -> Value:
    """Return what a view is a view of: the view itself is made again where it is needed."""
    while value.kind == "view":
        value = value.args[0]
    return value


def _argument(position: int, like: Value) -> Value:
    params = {"source": Argument(position)}
    return Value(like.number, "input", f"kept {position}", (), params, like.shape, like.dtype, line=like.line)


def _substituted(graph: Graph, substitutes: dict[Value, Value], outputs: list[Value]) -> Graph:
    """Return what computes the outputs when some values are given."""
    new: dict[Value, Value] = {}
    needed: set[Value] = set()
    stack = list(outputs)
    while stack:
        value = stack.pop()
        if value not in needed:
            needed.add(value)
            if value not in substitutes:
                stack.extend(value.operands())
    values: list[Value] = []
    for value in graph.values:
        if value in needed:
            moved = substitutes.get(value) or value.on([new[a] if isinstance(a, Value) else a for a in value.args])
            new[value] = moved
            values.append(moved)
    return Graph(values, [new[v] for v in outputs], [])
