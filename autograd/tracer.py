"""What HIPS autograd has in `autograd.tracer`: whether a value is traced, what it is, and traces of one's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from autograd.boxes import Box as Box
from autograd.engine import graph
from autograd.engine.mode import mode_scope
from autograd.engine.registry import PUBLIC
from autograd.engine.tensor import Tensor, current, node_of
from autograd.extend import notrace_primitive as notrace_primitive
from autograd.extend import primitive as primitive
from autograd.transforms import tree_leaves, tree_like, variable
from autograd.util import toposort as toposort


def isbox(x: Any) -> bool:
    """Return whether a value is traced, that is a Tensor."""
    return type(x) is Tensor


def getval(x: Any) -> Any:
    """Return the plain value of what may be traced."""
    return current(x)


def new_box(value: Any, _trace: int, _node: Any) -> Any:
    """Return a variable with this value, or a list or tuple of them; the trace and the node are of no importance.

    >>> import numpy as np
    >>> x = new_box(np.array([1.0, 2.0]), 0, None)
    >>> x.requires_grad
    True
    """
    if isinstance(value, list | tuple):
        return _Boxes(tree_like(value, [variable(leaf, "new_box") for leaf in tree_leaves(value)]))
    return variable(value, "new_box")


class _Boxes(tuple[Any, ...]):
    """Several variables, which have a trace as one has."""

    _trace = 0


class _Traces:
    """What numbers traces; all are one here, since nodes tell by their birth what is inside of what."""

    @contextmanager
    def new_trace(self) -> Iterator[int]:
        """Yield the number of a new trace."""
        yield 0


trace_stack = _Traces()


class Node:
    """One step of a trace; a subclass says what it takes note of. The engine's own nodes are `autograd.Node`."""

    __slots__: Sequence[str] = ()

    def __init__(
        self,
        value: Any,
        fun: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        parent_argnums: tuple[int, ...],
        parents: tuple[Any, ...],
    ) -> None:
        raise NotImplementedError("Node: a subclass says what a step takes note of, in __init__")

    def initialize_root(self, *args: Any, **kwargs: Any) -> None:
        """Take note of what the trace starts from."""
        raise NotImplementedError("Node: a subclass says what the start takes note of, in initialize_root")

    @classmethod
    def new_root(cls, *args: Any, **kwargs: Any) -> Self:
        """Return the node that a trace starts from."""
        root = cls.__new__(cls)
        root.initialize_root(*args, **kwargs)
        return root


def trace(start_node: Any, fun: Callable[[Any], Any], x: Any) -> tuple[Any, Any]:
    """Return (the value of fun(x), its node), with a node of the type of `start_node` for every step on the way.

    Each is made when its operation has run, by Node(value, fun, args, kwargs, parent_argnums, parents). The node is
    None, and there is a warning, where the result does not depend on x.

    >>> import numpy as np
    >>> class Name(Node):
    ...     def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
    ...         self.text = f"{fun.__name__}({', '.join(p.text for p in parents)})"
    ...     def initialize_root(self, text):
    ...         self.text = text
    >>> value, node = trace(Name.new_root("x"), lambda x: np.sin(x) * x, 0.0)
    >>> node.text
    'multiply(sin(x), x)'
    """
    start = variable(x, "trace")
    observer = _Steps({start._node: start_node})
    with mode_scope(observer):
        out = fun(start)
    made = observer.made.get(node_of(out))
    if made is None:
        warnings.warn("Output seems independent of input.", stacklevel=2)
        return out, None
    return current(out), made


class _Steps:
    """What looks on, and makes a node for each operation that depends on the start."""

    pulled: Any = None

    def __init__(self, made: dict[graph.Node | None, Any]) -> None:
        self.made = made
        (self._start,) = made.values()

    def recorded(self, node: graph.Node, value: Any, operands: Sequence[Any]) -> None:
        argnums = tuple(i for i, parent in enumerate(node.inputs) if parent is not None and parent in self.made)
        if argnums and node.op is not None:
            fun = node.op.numpy or PUBLIC.get(node.op.name, node.op.forward)
            parents = tuple(self.made[node.inputs[i]] for i in argnums)
            self.made[node] = type(self._start)(value, fun, tuple(operands), node.params, argnums, parents)
