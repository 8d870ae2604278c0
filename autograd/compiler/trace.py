"""The mode in which a function is compiled: the engine hands it every operation, and asks it for what tensors hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler.errors import refuse
from autograd.compiler.graph import Argument
from autograd.compiler.sharing import Standing
from autograd.compiler.tape import Tape
from autograd.compiler.traced import Traced
from autograd.engine.calls import apply
from autograd.engine.graph import Node, new_leaf
from autograd.engine.mode import Interceptor, Observer
from autograd.engine.tensor import Tensor, current, from_value


class Trace(Interceptor):
    """The mode in which a function is compiled: recording, or inside `no_grad()`."""

    def __init__(self, tape: Tape, recording: bool) -> None:
        self.tape = tape
        self._recording = recording

    def __bool__(self) -> bool:
        return self._recording

    def within(self, mode: bool | Observer | Interceptor) -> Interceptor:
        return mode if isinstance(mode, Trace) and mode.tape is not self.tape else Trace(self.tape, bool(mode))

    def run(self, op: Any, operands: Sequence[Any], params: dict[str, Any]) -> Any:
        lifted = [from_value(self.tape.hold(x), x._node) if type(x) is Tensor else x for x in operands]
        return apply(op, lifted, {key: _untensored(value) for key, value in params.items()})

    def value(self, tensor: Any) -> Any:
        return self.tape.hold(tensor)

    def made(self, tensor: Any) -> bool:
        return isinstance(tensor._value, Traced)

    def assign(self, tensor: Any, value: Any) -> None:
        self.tape.assign(tensor, value)

    def graded(self, node: Node, before: Any, added: bool = False) -> None:
        tape = self.tape
        if node not in tape.gradients:
            tape.gradients[node] = before
            if added and (node.birth < tape.floor or node in tape.arguments):
                tape.added.add(node)
                node.grad = None
        elif not added:
            tape.added.discard(node)

    def reads(self, node: Node) -> None:
        tape = self.tape
        if node in tape.added:
            tape.read.add(tape.arguments.get(node, node))
        outer = tape.outer.get(node, node)
        if outer.birth >= tape.floor:
            return
        if node not in tape.gradients and outer.grad is None:
            tape.read.add(tape.arguments.get(node, node))
        if (node in tape.added and tape.gradients[node] is not None) or (
            node not in tape.gradients and outer.grad is not None
        ):
            refuse(
                "a gradient that was there before the compiled function is read",
                "Set .grad to None at the start of the function, or before the call",
            )

    def callback(self, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        return self.tape.callback(function, args, kwargs)

    def require(self, condition: Any, error: Any) -> None:
        condition = condition._value if type(condition) is Tensor else condition
        if isinstance(condition, Traced):
            self.tape.check(condition, error)
        elif not condition:
            raise error() if callable(error) else error

    def guard(self, read: Callable[[], Any], value: Any) -> None:
        self.tape.guards.append((read, value))


def arguments_of(tape: Tape, leaves: Sequence[Any]) -> list[Any]:
    """Return what stands for the leaves of the arguments, in the trace."""
    given: list[Any] = []
    standing: dict[int, Standing] = {}  # by the arrays of tensors, of which several may share one
    for i, leaf in enumerate(leaves):
        value = leaf._value if type(leaf) is Tensor else leaf
        if type(value) is not float and not isinstance(value, np.ndarray | np.generic):
            given.append(leaf)
            continue
        if type(leaf) is Tensor and id(value) in standing:
            place = standing[id(value)]
            place.stands(leaf)
            given.append(_tensor_argument(tape, i, leaf, place.now))
            continue
        native = value
        if isinstance(value, np.ndarray) and not value.dtype.isnative:
            native = value.astype(value.dtype.newbyteorder("="))
        traced = tape.input(Argument(i), f"argument {i}", np.asarray(native) if type(leaf) is Tensor else native)
        place = tape.given[i] = Standing(leaf, traced)
        if type(leaf) is Tensor:
            standing[id(value)] = place
        given.append(_tensor_argument(tape, i, leaf, traced) if type(leaf) is Tensor else traced)
    return given


def _tensor_argument(tape: Tape, i: int, leaf: Tensor, traced: Traced) -> Tensor:
    """Return the tensor that stands for one of the arguments."""
    if not leaf.requires_grad:
        return from_value(traced, None)
    known = next((node for node, outer in tape.outer.items() if outer is leaf._node), None)
    node = known or new_leaf(traced.shape, traced.dtype)
    tape.arguments.setdefault(node, i)
    tape.outer[node] = leaf._node or node
    return from_value(traced, node)


def _untensored(x: Any) -> Any:
    return tuple(map(_untensored, x)) if isinstance(x, tuple) else current(x)
