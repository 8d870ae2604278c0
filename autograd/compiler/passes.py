"""What makes a program smaller without changing what it computes: each pass takes a graph and returns another.

None of them changes what becomes of nan, of infinities or of the sign of a zero, or the order of a sum.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any, Final

import numpy as np

from autograd.compiler.graph import Argument, Effect, Graph, Held, Host, Slot, Value, constant

ROUNDS: Final = 4
"""How often all passes are run at most: what one finds may be what another waits for."""

FOLDED_SIZE: Final = 64  # elements of a constant that is computed when compiling


def optimized(graph: Graph) -> tuple[Graph, list[tuple[str, Graph]]]:
    """Return the graph after all passes, and the history: (name, graph) before the first and after each."""
    history = [("as recorded", graph)]
    done: dict[str, Graph] = {}  # what each pass has left behind
    for _ in range(ROUNDS):
        for name, one in PASSES:
            if done.get(name) is graph:
                continue
            after = one(graph)
            if len(after.values) != len(graph.values) or any(map(_differ, after.values, graph.values)):
                history.append((name, after))
                graph = after
            done[name] = graph
    return graph, history


def _differ(a: Value, b: Value) -> bool:
    return a is not b


# --- dead code ------------------------------------------------------------------------------------------------------


def dead_code(graph: Graph) -> Graph:
    """Leave out what nobody looks at; stores of what is there already; calls of Python stay."""
    effects = [e for e in graph.effects if not _stores_itself(e) and not _surely_holds(e)]
    needed: set[Value] = set()
    stack = [*graph.outputs, *(e.value for e in effects if e.value is not None)]
    stack += [v for v in graph.values if v.kind == "call" and not v.params["pure"]]
    while stack:
        value = stack.pop()
        if value not in needed:
            needed.add(value)
            stack.extend(value.operands())
    return Graph([v for v in graph.values if v in needed], graph.outputs, effects)


def _stores_itself(effect: Effect) -> bool:
    value = effect.value
    if effect.kind != "store" or value is None or value.kind != "input":
        return False
    source = value.params["source"]
    return isinstance(source, Held) and source.tensor._value is effect.target._value


def _surely_holds(effect: Effect) -> bool:
    if effect.kind != "check" or effect.value is None:
        return False
    condition = _filled(effect.value.args[0])
    return condition is not None and bool(condition)


# --- the same computed twice ----------------------------------------------------------------------------------------


def common_subexpressions(graph: Graph) -> Graph:
    """Compute once what is computed twice from the same values."""
    known: dict[Any, Value] = {}

    def rule(value: Value) -> Value | None:
        key = _identity(value)
        return None if key is None else known.setdefault(key, value)

    return graph.rewritten(rule)


def _identity(value: Value) -> Any:
    """Return a key that two values share if they are surely equal; None for what is like nothing else."""
    if value.kind == "call" and not value.params["pure"]:
        return None
    args = tuple(
        ("v", id(a)) if isinstance(a, Value) else ("c", type(a), repr(a)) for a in value.args
    )  # repr tells -0.0 from 0.0
    if value.kind == "input":
        source = value.params["source"]
        if isinstance(source, Argument):
            return "argument", source.position
        if isinstance(source, Host):
            return "host", id(source.call), source.item
        return "outside", id(source.tensor._value if isinstance(source, Held) else source.array)
    if value.kind == "constant":
        array = value.params["value"]
        return "constant", array.shape, array.dtype.str, array.tobytes()
    params = {key: _frozen(item) for key, item in value.params.items() if key not in ("function", "pure")}
    return value.kind, value.fn, args, tuple(params.items()), value.dtype and value.dtype.str


def _frozen(x: Any) -> Any:
    if isinstance(x, tuple | list):
        return type(x).__name__, tuple(map(_frozen, x))
    if isinstance(x, dict):
        return tuple((key, _frozen(item)) for key, item in x.items())
    if isinstance(x, slice):
        return "slice", x.start, x.stop, x.step
    if isinstance(x, bool | int | float | str | Slot | type(None) | np.dtype):
        return type(x).__name__, repr(x)
    return "object", id(x)


# --- what does not depend on the inputs -----------------------------------------------------------------------------


def folded_constants(graph: Graph) -> Graph:
    """Compute now what depends on constants alone, where it is small; filled arrays stay a number and a shape."""
    fresh = _counter(graph)

    def rule(value: Value) -> Value | None:
        if value.kind not in ("elementwise", "reduce", "view", "matmul") or not value.args:
            return None
        args = [(_filled(a) if isinstance(a, Value) else a) for a in value.args]
        if value.kind == "elementwise" and all(a is not None for a in args) and not value.weak:
            number = constant(evaluated(value, args), fresh())
            return number if not value.shape else _spread(value, number)
        known = [a.params["value"] if isinstance(a, Value) and a.kind == "constant" else None for a in value.args]
        if all(k is not None for k in known) and value.size <= FOLDED_SIZE and value.fn != "broadcast_to":
            return constant(evaluated(value, known), fresh())
        if value.kind == "view" and value.fn != "broadcast_to" and args[0] is not None and value.shape:
            return _spread(value, constant(args[0], fresh()))  # another look at a filled array is a filled array
        return None

    return graph.rewritten(rule)


def _filled(value: Value) -> Any:
    """Return the number that fills a value, if it is a constant filled with one; else None."""
    if value.kind == "view" and value.fn == "broadcast_to":
        value = value.args[0]
    if value.kind != "constant" or value.size != 1:
        return None
    return value.params["value"].reshape(-1)[0]


def _spread(like: Value, number: Value) -> Value:
    return Value(
        like.number, "view", "broadcast_to", (number,), {"shape": like.shape}, like.shape, number.dtype, line=like.line
    )


def evaluated(value: Value, args: list[Any]) -> Any:
    """Return what a value is, of arguments that are arrays or numbers."""
    with np.errstate(all="ignore"):
        return np.asarray(computed(value, args))


def computed(value: Value, args: list[Any]) -> Any:
    """Compute one value by NumPy: what every back end must agree with."""
    params = value.params
    if value.kind == "elementwise":
        return function_of(value)(*args)
    if value.kind == "reduce":
        return getattr(np, value.fn).reduce(args[0], axis=params["axes"])
    if value.kind == "matmul":
        return np.matmul(*args)
    if value.fn == "getitem":
        return args[0][params["index"]]
    return getattr(np, value.fn)(args[0], params.get("shape", params.get("axes")))


def function_of(value: Value) -> Any:
    """Return the NumPy function of an elementwise value."""
    if value.fn == "cast":
        return lambda x: np.asarray(x).astype(value.dtype)
    if value.fn == "strong_zero":
        return lambda c, g: np.where(np.isnan(c) & np.equal(g, 0), np.zeros((), value.dtype)[()], c)
    return getattr(np, value.fn)


# --- algebra --------------------------------------------------------------------------------------------------------


def algebra(graph: Graph) -> Graph:
    """Leave out what changes nothing: times one, looks that come back, casts to the same; powers that are products."""
    fresh = _counter(graph)

    def rule(value: Value) -> Any:
        if value.kind == "elementwise":
            return _elementwise(value, fresh)
        if value.kind == "view":
            return _view(value)
        return None

    return graph.rewritten(rule)


def _elementwise(value: Value, fresh: Callable[[], int]) -> Any:
    simpler = _SIMPLER.get(value.fn)
    return None if simpler is None else simpler(value, fresh)


def _cast(value: Value, _fresh: Any) -> Value | None:
    return value.args[0] if _like(value.args[0], value) else None


def _times(value: Value, _fresh: Any) -> Value | None:
    x, y = value.args
    return _by_one(value, x, y) or _by_one(value, y, x)


def _over(value: Value, _fresh: Any) -> Value | None:
    return _by_one(value, *value.args)


def _by_one(value: Value, x: Any, one: Any) -> Value | None:
    """Return x where it is multiplied or divided by one."""
    if not _is_number(one, 1) or not isinstance(x, Value) or x.shape != value.shape or x.dtype != value.dtype:
        return None
    if x.weak and not value.weak:  # a plain number that is one no longer
        return Value(value.number, "elementwise", "cast", (x,), {}, (), value.dtype, line=value.line)
    return x


def _power(value: Value, fresh: Any) -> Value | None:
    x, y = value.args
    known = {2: "square", 0.5: "sqrt", -1: "reciprocal"}.get(y) if type(y) in (int, float) else None
    if known is None or value.dtype.kind != "f" or not _like(x, value):  # as NumPy's own ** does
        return _over(value, fresh)
    return Value(value.number, "elementwise", known, (x,), {}, value.shape, value.dtype, line=value.line)


def _minus(value: Value, _fresh: Any) -> Value | None:
    x, y = value.args
    return x if _is_number(y, 0) and _like(x, value) and not _negative_zero(y) else None


def _negative(value: Value, _fresh: Any) -> Value | None:
    x = value.args[0]
    twice = isinstance(x, Value) and x.fn == "negative" and _like(x.args[0], value)
    return x.args[0] if twice else None


def _both(value: Value, fresh: Callable[[], int]) -> Value | None:
    if value.dtype.kind != "b" or not any(map(_is_false, value.args)):
        return None
    number = constant(np.False_, fresh())
    return _spread(value, number) if value.shape else number


def _choice(value: Value, _fresh: Any) -> Value | None:
    condition, x, y = value.args
    known = _filled(condition) if isinstance(condition, Value) else condition
    chosen = None if known is None else x if known else y
    return chosen if _like(chosen, value) else _strong_zero(value)


def _of_nonzero(value: Value, _fresh: Any) -> Any:
    c, g = value.args
    if c is g:
        return c
    g = _filled(g) if isinstance(g, Value) else g
    return c if g is not None and g != 0 else None


_SIMPLER: Final[dict[str, Callable[[Value, Any], Value | None]]] = {
    "cast": _cast, "multiply": _times, "divide": _over, "power": _power, "subtract": _minus, "negative": _negative,
    "bitwise_and": _both, "where": _choice, "strong_zero": _of_nonzero,
}  # fmt: skip


def _is_false(x: Any) -> bool:
    found = _filled(x) if isinstance(x, Value) else x
    return found is not None and not found


def _strong_zero(value: Value) -> Value | None:
    """Return where(isnan(c) & (g == 0), 0, c) as one operation, which a back end may do in passing."""
    condition, zero, c = value.args
    if not (isinstance(condition, Value) and condition.fn == "bitwise_and" and isinstance(c, Value)):
        return None
    nan, still = condition.args
    if not (
        isinstance(nan, Value) and nan.fn == "isnan" and nan.args[0] is c
        and isinstance(still, Value) and still.fn == "equal" and _is_number(still.args[1], 0)
        and _is_number(zero, 0) and _like(c, value)
    ):  # fmt: skip
        return None
    g = still.args[0]
    return Value(value.number, "elementwise", "strong_zero", (c, g), {}, value.shape, value.dtype, line=value.line)


def _view(value: Value) -> Any:
    source = value.args[0]
    if value.fn != "getitem" and value.fn != "transpose" and source.shape == value.shape:
        return source
    if value.fn == "transpose":
        axes = value.params["axes"]
        if axes == tuple(range(len(axes))):
            return source
        if source.fn == "transpose":
            inner = source.params["axes"]
            order = tuple(inner[a] for a in axes)
            if order == tuple(range(len(order))):
                return source.args[0]
            return Value(
                value.number, "view", "transpose", source.args, {"axes": order}, value.shape, value.dtype,
                line=value.line,
            )  # fmt: skip
    if value.fn == source.fn == "reshape":
        if source.args[0].shape == value.shape:
            return source.args[0]
        return value.on(source.args)
    if value.fn == source.fn == "broadcast_to":
        return value.on(source.args)
    if value.fn == "getitem" and source.shape == value.shape and all(i == slice(None) for i in value.params["index"]):
        return source
    return None


def _like(x: Any, value: Value) -> bool:
    return isinstance(x, Value) and x.shape == value.shape and x.dtype == value.dtype and x.weak == value.weak


def _is_number(x: Any, number: float) -> bool:
    if isinstance(x, Value):
        x = _filled(x)
    return x is not None and not isinstance(x, bool | np.bool_) and bool(x == number)


def _negative_zero(x: Any) -> bool:
    x = _filled(x) if isinstance(x, Value) else x
    return bool(np.signbit(x)) if np.asarray(x).dtype.kind == "f" else False


def _counter(graph: Graph) -> Callable[[], int]:
    return count(1 + max((v.number for v in graph.values), default=0)).__next__


PASSES: Final[tuple[tuple[str, Callable[[Graph], Graph]], ...]] = (
    ("dead code", dead_code),
    ("constant folding", folded_constants),
    ("algebra", algebra),
    ("common subexpressions", common_subexpressions),
)

__all__ = ["PASSES", "computed", "optimized"]
