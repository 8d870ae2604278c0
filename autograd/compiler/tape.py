"""Recording a program: a function runs once on traced arrays, and every NumPy call that it makes is noted here.

Plain arrays that the program should know are looked for among the operands; leaf tensors are live references, read at
each call. Effects are held back: what the function writes into tensors or leaves as gradients is noted, and the tensors
stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from operator import setitem
from typing import Any, Final

import numpy as np

from autograd.compiler.concrete import (
    concrete_of,
    fingerprint,
    has_traced,
    index_parts,
    read_only,
    share,
    take_at,
    untouched,
    updated,
)
from autograd.compiler.errors import TraceError, refuse
from autograd.compiler.graph import Array, Effect, Graph, Held, Host, Slot, Value, constant, mapped
from autograd.compiler.once import Once
from autograd.compiler.sharing import Standing, overlapping
from autograd.compiler.traced import REDUCTIONS, Traced
from autograd.engine.anomaly import call_site
from autograd.engine.graph import Node, Spec, tick
from autograd.engine.op import SEVERAL
from autograd.engine.tensor import Tensor

_PLAIN: Final = (bool, int, float, complex)
_BASIC: Final = (int, slice, type(None), type(Ellipsis), np.integer)

UNKNOWN_SHAPES: Final = frozenset(
    {"nonzero", "flatnonzero", "argwhere", "unique", "compress", "extract", "union1d", "intersect1d", "setdiff1d",
     "unique_values", "unique_counts", "unique_inverse", "unique_all", "trim_zeros", "roots"}
)  # fmt: skip
"""Functions whose results have a shape that depends on values."""

ARITHMETIC: Final = frozenset(
    {"add", "subtract", "multiply", "divide", "floor_divide", "remainder", "power", "negative", "positive", "absolute"}
)
"""What Python computes itself on its own numbers, which remain Python's."""

ABOUT_SHAPES: Final = frozenset(
    {"shape", "ndim", "size", "result_type", "can_cast", "common_type", "iscomplexobj", "isrealobj", "may_share_memory",
     "shares_memory", "broadcast_shapes"}
)  # fmt: skip
"""Functions whose results do not depend on values."""


class Tape:
    """All that one run of a function has noted."""

    def __init__(self) -> None:
        self.values: list[Value] = []
        self.floor = tick()  # nodes that are older belong to the outside
        self.held: dict[int, Standing] = {}  # by the array
        self.arrays: dict[int, tuple[Value, Any]] = {}
        self.gradients: dict[Node, Any] = {}  # what they were before
        self.added: set[Node] = set()  # whose gradient is added to what it was before
        self.read: set[Node | int] = set()  # whose gradient the function reads then; of arguments their places
        self.given: dict[int, Standing] = {}  # the arguments
        self.arguments: dict[Node, int] = {}  # what stands for the nodes of arguments that require grad
        self.outer: dict[Node, Node] = {}  # and what it stands for
        self.watched: list[tuple[Any, int, Any]] = []
        self.callbacks: list[Once] = []
        self.checks: list[tuple[Value, Any]] = []
        self.guards: list[tuple[Callable[[], Any], Any]] = []
        self.closed = False
        self._number = count().__next__

    # --- noting -------------------------------------------------------------------------------------------------

    def note(
        self, kind: str, fn: str, args: Sequence[Any], params: dict[str, Any], concrete: Any, weak: bool = False
    ) -> Traced:
        """Add a value to the program."""
        if self.closed:
            refuse(
                "an array of an earlier trace is used, which was kept after the compiled function had returned",
                "Return it from the function instead",
            )
        dtype = np.asarray(concrete).dtype if weak else concrete.dtype
        value = Value(
            self._number(), kind, fn, args, params, () if weak else concrete.shape, dtype, line=call_site(), weak=weak
        )
        self.values.append(value)
        return Traced(self, value, concrete)

    def input(self, source: Any, name: str, concrete: Any) -> Traced:
        """Add something that the program is given."""
        return self.note("input", name, (), {"source": source}, concrete, weak=type(concrete) is float)

    def ref(self, x: Any) -> Any:
        """Return what stands for x in a program: a value, or a plain number."""
        if isinstance(x, Traced):
            if x.tape is not self:
                refuse("a traced array of another compiled function is used", "Pass it as an argument")
            return x.node
        if type(x) in _PLAIN:
            return x
        if isinstance(x, np.generic):
            value = constant(x, self._number())
            self.values.append(value)
            return value
        if type(x) is not np.ndarray:
            refuse(f"NumPy is called on a {type(x).__name__} and a traced value", "Make it an array before the call")
        found = self.arrays.get(id(x))
        if found is None:
            plain = x if x.dtype.isnative else x.astype(x.dtype.newbyteorder("="))
            traced = self.note("input", "array", (), {"source": Array(plain)}, plain)
            found = self.arrays[id(x)] = traced.node, x
            self.watched.append((x, fingerprint(x), call_site()))
        return found[0]

    def wrap(self, x: Any) -> Traced:
        """Return x as a traced array."""
        if isinstance(x, Traced):
            return x
        if type(x) is Tensor:
            return self.hold(x)
        x = x if isinstance(x, np.ndarray | np.generic) else np.asarray(x)[()]
        return Traced(self, self.ref(x), read_only(x))

    def hold(self, tensor: Tensor) -> Traced:
        """Return what stands for the value of a tensor of the outside."""
        value = tensor._value
        if isinstance(value, Traced):
            return value
        if not isinstance(value, np.ndarray | np.generic):
            refuse(f"a tensor on a {type(value).__name__}", "Only NumPy's own arrays can be compiled")
        if isinstance(value, np.generic):
            value = tensor._value = np.asarray(value)
        found = self.held.get(id(value))
        if found is None:
            found = self.held[id(value)] = Standing(tensor, self.input(Held(tensor), "tensor", value))
        else:
            found.stands(tensor)
        return found.now  # type: ignore[no-any-return]

    def assign(self, tensor: Tensor, value: Any) -> None:
        """Let a tensor of the outside stand on another array: who has taken the one it stood on keeps that."""
        held = self.hold(tensor)
        if value is held:
            return
        new: Any = self.wrap(value)
        new = np.astype(new, held.dtype)
        new = Traced(self, new.node, np.array(new.concrete))
        for place in (*self.held.values(), *self.given.values()):
            if place.now is held:
                place.replace(new)
        if isinstance(tensor._value, Traced):
            tensor._value = new

    # --- NumPy's calls ------------------------------------------------------------------------------------------

    def ufunc(self, ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
        """Note what a ufunc does."""
        if method == "__call__" and ufunc is np.matmul and not options:
            return self.matmul(*inputs)
        numpys = getattr(np, ufunc.__name__, None) is ufunc  # a ufunc of SciPy's cannot be called by its name
        if method == "__call__" and numpys and ufunc.signature is None and ufunc.nout == 1 and not options:
            return self.elementwise(ufunc.__name__, ufunc, inputs)
        if method == "reduce" and ufunc in REDUCTIONS:
            return REDUCTIONS[ufunc](self, ufunc, *inputs, **options)
        return self.call(getattr(ufunc, method), inputs, options, key=(ufunc, method))

    def elementwise(self, fn: str, function: Callable[..., Any], inputs: Sequence[Any], **params: Any) -> Traced:
        """Note a call that goes element by element."""
        args = [self.ref(x) for x in inputs]
        result = function(*map(concrete_of, inputs))
        weak = fn in ARITHMETIC and all(a.weak if isinstance(a, Value) else True for a in args)
        weak = weak and result.dtype.kind == "f"
        return self.note("elementwise", fn, args, params, float(result) if weak else result, weak)

    def matmul(self, a: Any, b: Any) -> Traced:
        """Note a product of matrices."""
        result = np.matmul(concrete_of(a), concrete_of(b))
        return self.note("matmul", "matmul", (self.ref(a), self.ref(b)), {}, result)

    def view(self, fn: str, x: Any, concrete: Any, look: Any, write_back: Any, **params: Any) -> Traced:
        """Note another look at the same elements; where NumPy makes no copy (see `Traced.shows`), it remains one."""
        view = self.note("view", fn, (self.ref(x),), params, concrete)
        return view.shows(x, look, write_back) if share(concrete, x.concrete) else view

    def getitem(self, x: Traced, index: Any) -> Traced:
        """Note x[index]; of ints and slices the result is a part of x, and remains one."""
        parts = index if isinstance(index, tuple) else (index,)
        if all(isinstance(i, _BASIC) and not isinstance(i, bool) for i in parts):
            return self.view(
                "getitem", x, x.concrete[index], lambda x: x[index], lambda x, new: setitem(x, index, new), index=parts
            )  # fmt: skip
        for i in parts:
            if isinstance(i, Traced) and i.dtype.kind == "b":
                refuse(
                    "an array is indexed by a traced mask, so the result's shape depends on values",
                    "Write np.where(mask, x, 0), which has the shape of x",
                )
        return self.call(take_at, (x, *index_parts(index)), {}, key="take_at")  # type: ignore[no-any-return]

    def update(self, x: Traced, index: Any, value: Any) -> Traced:
        """Note a copy of x with x[index] = value."""
        if isinstance(index, Traced) and index.dtype.kind == "b":
            if np.ndim(concrete_of(value)) == 0:
                return np.where(index, value, x)  # type: ignore[return-value]
            refuse("x[mask] = array by a traced mask", "Write np.where(mask, array, x)")
        return self.call(updated, (x, value, *index_parts(index)), {}, key="update")  # type: ignore[no-any-return]

    def fitted(self, value: Any, shape: tuple[int, ...], dtype: Any) -> Any:
        """Return a value as what an array of this shape and dtype holds after it was assigned to it."""
        found: Any = self.wrap(value)
        if found._now.weak or found.dtype != dtype:
            if not np.can_cast(found.dtype, dtype, "same_kind"):
                raise TypeError(f"cannot assign values of {found.dtype} to an array of {dtype}")
            found = np.astype(found, dtype)
        return found if found.shape == shape else np.broadcast_to(found, shape)

    def call(self, function: Callable[..., Any], args: Any, kwargs: Any, *, key: Any = None, pure: bool = True) -> Any:
        """Note a call that nothing more is known of."""
        name = getattr(function, "__name__", str(function)).strip("_")
        if name in UNKNOWN_SHAPES or (function is np.where and len(args) == 1):
            refuse(f"the shape of what {name} returns depends on values", "Compute it outside, and pass it in")
        operands: list[Any] = []

        def slotted(x: Any) -> Any:
            if isinstance(x, Traced) or (isinstance(x, np.ndarray) and x.shape):
                operands.append(x)
                return Slot(len(operands) - 1)
            return mapped(slotted, x)

        form = {"args": slotted(tuple(args)), "kwargs": slotted(dict(kwargs))}
        refs = [self.ref(x) for x in operands]
        result = function(*untouched(tuple(args)), **untouched(dict(kwargs)))
        if name in ABOUT_SHAPES:
            return result
        results = result if (several := isinstance(result, SEVERAL)) else (result,)
        if not all(isinstance(r, np.ndarray | np.generic) or (not pure and type(r) in _PLAIN) for r in results):
            refuse(
                f"{name} returns {type(result).__name__}, which Python would see before the program runs",
                "Use a function that returns an array, or call this one outside",
            )
        results = [r if isinstance(r, np.ndarray | np.generic) else np.asarray(r) for r in results]
        params = {"function": function, "key": key or function, "pure": pure, **form}
        noted = (
            self._items(name, refs, params, results) if several else [self.note("call", name, refs, params, *results)]
        )
        for i, x in enumerate(noted):  # which may be views of what the function was given
            parent = next((a for a in operands if isinstance(a, Traced) and share(x.concrete, a.concrete)), None)
            if parent is not None:
                again = partial(self.call, function, args, kwargs, key=key)
                x.shows(parent, lambda _, again=again, i=i: again()[i] if several else again(), None)
        return getattr(type(result), "_make", type(result))(noted) if several else noted[0]

    def _items(self, name: str, refs: Sequence[Value], params: dict[str, Any], results: Sequence[Any]) -> list[Traced]:
        """Note a call that has several results, and each of these."""
        shapes: Any = tuple(Spec(r.shape, r.dtype) for r in results)
        value = Value(self._number(), "call", name, refs, params, shapes, None, line=call_site())
        self.values.append(value)
        return [self.note("item", "item", (value,), {"index": i}, r) for i, r in enumerate(results)]

    def callback(self, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """Note a Python call that is made at every run; its first result is that of this one."""
        args, kwargs = self._read(tuple(args)), self._read(kwargs)
        if has_traced((args, kwargs)):
            once = Once(function)
            return self.call(once, args, kwargs, key=once, pure=False)
        once = Once(lambda: function(*args, **kwargs))
        self.callbacks.append(once)
        result = once()
        if isinstance(result, SEVERAL):
            parts = [self._hosted(once, i, part) for i, part in enumerate(result)]
            return getattr(type(result), "_make", type(result))(parts)
        return self._hosted(once, None, result)

    def _read(self, x: Any) -> Any:
        """Return arguments of a callback with what stands for their tensors."""
        return self.hold(x) if type(x) is Tensor else mapped(self._read, x)

    def _hosted(self, once: Once, index: int | None, result: Any) -> Any:
        if type(result) in (bool, int):
            result = np.asarray(result)
        if not isinstance(result, np.ndarray | np.generic | float):
            refuse(
                f"autograd.callback of a function that returns {type(result).__name__}",
                "Let it return arrays or numbers, or a tuple of them",
            )
        result = float(result) if type(result) is float else np.asarray(result)
        return self.input(Host(once, index), "callback", result)

    def check(self, condition: Any, error: Any) -> None:
        """Note that a run goes on only where the condition is true."""
        if condition.shape or condition.dtype.kind != "b":
            condition = np.all(condition)
        self.checks.append(
            (self.note("check", "check", (self.ref(condition),), {"error": error}, np.True_).node, error)
        )

    # --- the end ------------------------------------------------------------------------------------------------

    def effects(self) -> list[Effect]:
        """Return what the function leaves behind, and put the gradients back as they were."""
        found = [Effect("store", place.tensors[0], place.now.node) for place in self.held.values() if place.changed]
        found += [Effect("check", error, value) for value, error in self.checks]
        for node, before in self.gradients.items():
            now = node.grad
            node.grad = before
            target: Any = self.arguments.get(node, node)
            if node.birth >= self.floor and target is node:
                continue
            now = now if now is None or now is before else self.wrap(now)
            if isinstance(now, Traced):
                found.append(Effect("add" if node in self.added else "grad", target, now.node))
            elif now is None and node not in self.added:
                found.append(Effect("grad", target, None))
        return found

    def restore(self) -> None:
        """Put the gradients back as they were, when tracing has failed."""
        for node, before in self.gradients.items():
            node.grad = before
        self.closed = True

    def graph(self, outputs: Sequence[Value], leaves: Sequence[Any]) -> Graph:
        """Return the program."""
        effects = self.effects()
        for i in (e.target for e in effects if isinstance(e.target, int) and not leaves[e.target].is_leaf):
            raise TraceError(
                f"compile: backward() reaches argument {i}, which was computed outside of the compiled function, and "
                "does not go on from there. Compute it inside, or call backward() on what the function returns."
            )
        for i, place in self.given.items():
            if not place.changed:
                continue
            if type(leaves[i]) is not Tensor:
                raise TraceError(
                    f"compile: argument {i}, a plain array, is changed in place by the function, which a program does "
                    "not do. Write x = x + 1, which makes a new array, or pass a tensor and write t.data += 1."
                )
            effects.append(Effect("assign", i, place.now.node))
        self._check_sharing(leaves)
        self.closed = True
        for array, before, line in self.watched:
            if fingerprint(array) != before:
                raise TraceError(
                    f"compile: a plain array of shape {array.shape}, first used at {line}, was changed in place while "
                    "the function ran: a program does not see that. Keep it in a tensor and write t.data += value."
                )
        return Graph(self.values, list(outputs), effects)

    def _check_sharing(self, leaves: Sequence[Any]) -> None:
        """Raise TraceError where what is written to is also seen otherwise, or by nobody."""
        if any(place.changed and place.is_temporary() for place in self.held.values()):
            raise TraceError(
                "compile: a tensor that the function makes from a plain array is written to in place, and would have "
                "been written to at the next call. Write t = t + x, or make the tensor outside and keep it."
            )
        given = (place for i, place in self.given.items() if type(leaves[i]) is Tensor)
        seen = [(place.tensors[0]._value, place.changed) for place in (*self.held.values(), *given)]
        seen += [(array, False) for array, *_ in self.watched]
        if any(seen[i][1] or seen[k][1] for i, k in overlapping([array for array, _ in seen])):
            raise TraceError(
                "compile: a tensor is written to whose memory, or a part of it, is also that of another tensor, of an "
                "argument, or of a plain array that the function reads: a program does not see that. Use one tensor "
                "for both, or a copy."
            )

    @property
    def tensors(self) -> list[Tensor]:
        """The tensors of the outside."""
        return [tensor for place in self.held.values() for tensor in place.tensors]
