"""What a program is made of: values, each the result of one NumPy call on others, in the order they are computed.

Values are never written to: what a function does in place has become a new value here, and what shall be left in a
tensor, or as its gradient, at the end stands in `effects`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.engine.graph import Typed


class Value(Typed):
    """The result of one call: `fn` by its `kind`, on `args` (values and plain scalars) with `params`.

    | kind | fn | params |
    |---|---|---|
    | input | what to call it | `source`: an `Argument`, `Held`, `Array` or `Host` |
    | constant | "constant" | `value`: a NumPy scalar or array |
    | elementwise | the ufunc's name, or "where", "cast", "strong_zero" | |
    | reduce | the ufunc's name | `axes`, in order; the result has the others |
    | view | "reshape", "transpose", "getitem", "broadcast_to" | `shape`, `axes` or `index` |
    | matmul | "matmul" | |
    | call | a function's name | `function`, `args` with `Slot`s for values, `kwargs`, `pure` |
    | item | "item" | `index` into the results of a call |
    | pack | "pack" | none: the elements of all operands, behind each other; made when a program is planned |
    | store | "store" | `target`: the tensor; made when a program is planned |
    | check | "check" | `error`: what to raise |
    """

    __slots__ = ("args", "fn", "kind", "line", "number", "params", "weak")

    def __init__(
        self,
        number: int,
        kind: str,
        fn: str,
        args: Sequence[Any],
        params: dict[str, Any],
        shape: tuple[int, ...],
        dtype: Any,
        *,
        line: str | None = None,
        weak: bool = False,
    ) -> None:
        self.number = number  # the same through all passes, so that a drawing can tell what became of it
        self.kind = kind
        self.fn = fn
        self.args = tuple(args)
        self.params = params
        self.shape = shape
        self.dtype = dtype
        self.line = line  # where the user's code computed it
        self.weak = weak  # a plain Python number, which takes on the dtype of what it meets

    @property
    def nbytes(self) -> int:
        return 0 if self.dtype is None else self.size * int(self.dtype.itemsize)

    def operands(self) -> Iterator[Value]:
        """Yield the values that this one is computed from."""
        return (a for a in self.args if isinstance(a, Value))

    def on(self, args: Sequence[Any]) -> Value:
        """Return the same call on other arguments."""
        return Value(
            self.number, self.kind, self.fn, args, self.params, self.shape, self.dtype, line=self.line, weak=self.weak
        )

    def __repr__(self) -> str:
        args = ", ".join(f"v{a.number}" if isinstance(a, Value) else repr(a) for a in self.args)
        return f"<v{self.number} = {self.fn}({args}) {self.shape} {self.dtype}>"


class Argument(NamedTuple):
    """A leaf of the arguments of a call."""

    position: int


class Held(NamedTuple):
    """The value of a tensor that the function uses without being given it, whatever that is at each call."""

    tensor: Any


class Array(NamedTuple):
    """An array of the outside, by reference."""

    array: Any


class Host(NamedTuple):
    """What a Python call gives that is made at each run, before the program; with `item`, one of its results."""

    call: Any
    item: int | None


class Slot(NamedTuple):
    """Stands in the arguments of an opaque call for the value `args[position]`."""

    position: int


class Effect(NamedTuple):
    """What a run does beside its results.

    It leaves `value` in a tensor ("store"), as the gradient of a leaf ("grad", perhaps None), or added to that ("add");
    or it stops before all that where `value` is false ("check").
    """

    kind: str
    target: Any  # a tensor, a node, or the position of an argument that is a tensor
    value: Value | None


class Graph(NamedTuple):
    """A program before it has a form that runs."""

    values: list[Value]
    outputs: list[Value]
    effects: list[Effect]

    @property
    def roots(self) -> list[Value]:
        """What the outside sees."""
        return [*self.outputs, *(e.value for e in self.effects if e.value is not None)]

    def rewritten(self, rule: Callable[[Value], Value | None]) -> Graph:
        """Return the graph in which `rule` may put another value in the place of each; None leaves it as it is.

        The rule sees values on arguments that are rewritten already; new ones that it makes come before it.
        """
        new: dict[Value, Value] = {}
        order: dict[Value, None] = {}

        def place(value: Value) -> None:
            if all(a in order for a in value.args if isinstance(a, Value)):
                order.setdefault(value)
                return
            stack = [value]
            while stack:
                top = stack[-1]
                waiting = [a for a in top.operands() if a not in order]
                if waiting:
                    stack.extend(waiting)
                else:
                    order.setdefault(top)
                    stack.pop()

        for value in self.values:
            args = [new[a] if isinstance(a, Value) else a for a in value.args]
            moved = value if all(map(_same, args, value.args)) else value.on(args)
            found = rule(moved)
            new[value] = moved if found is None else found
            place(new[value])
        effects = [e if e.value is None else e._replace(value=new[e.value]) for e in self.effects]
        return Graph(list(order), [new[v] for v in self.outputs], effects)


def mapped(f: Callable[[Any], Any], x: Any) -> Any:
    """Return a tuple, list or dict of f of what is in it, and anything else as it is."""
    if isinstance(x, dict):
        return {key: f(item) for key, item in x.items()}
    if isinstance(x, tuple | list):
        items = [f(item) for item in x]
        return items if isinstance(x, list) else getattr(type(x), "_make", tuple)(items)
    return x


def _same(a: Any, b: Any) -> bool:
    return a is b


def constant(value: Any, number: int) -> Value:
    """Return a NumPy scalar or array, which never changes, as a value."""
    value = np.asarray(value)
    return Value(number, "constant", "constant", (), {"value": value}, value.shape, value.dtype)
