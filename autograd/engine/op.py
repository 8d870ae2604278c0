"""The operation record, its four constructors, and the fast paths that run and record it.

An operation is a forward function in plain NumPy and, by the structure of its Jacobian, its derivative rules.
A rule is called `rule(g, out, *inputs, **params)`, where `g` is the cotangent of `out` (in forward mode, for an
elementwise operation, the tangent of its input). What a rule names is kept for it; of a parameter whose name
starts with `_` only shape and dtype are. Registering a record makes the function, the Tensor method, the
operator with its reflection, and the dispatch from `np.*`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, Final

import numpy as np

from autograd.engine.derivative import Lift, Part, cast, strong_zero, transposed
from autograd.engine.domain import REAL, Domain
from autograd.engine.errors import explained, not_an_operand
from autograd.engine.graph import Node, Spec, tick
from autograd.engine.mode import recording
from autograd.engine.published import Published
from autograd.engine.tensor import DISPATCH, Tensor, from_value, own_array, value_of

Rule = Callable[..., Any]
Function = Callable[..., Any]

OPS: Final[dict[str, Op]] = {}
"""Every registered operation, by name."""

PUBLIC: Final[dict[str, Function]] = {}
"""Every function that `autograd` exports because a record or a composition made it, by name."""

_new = object.__new__
_NO_PARAMS: Final[dict[str, Any]] = {}
_SEVERAL: Final = (tuple, list)  # here and below: a tuple of types, since building `tuple | list` costs 0.1 µs a call
_NUMBERS: Final = (int, float, complex, np.generic)
_SCALARS: Final = frozenset({float, int, bool, complex, np.float64, np.float32, np.int64, np.bool_})


class Op:
    """One operation: what it computes, its derivative rules, and what those keep in memory.

    `bounded` promises that the slopes of an elementwise operation are finite everywhere, at infinities and nan too.
    """

    def __init__(
        self,
        kind: str,
        forward: Function,
        vjps: Sequence[Rule | None],
        *,
        name: str | None = None,
        doc: str | None = None,
        numpy: Any = None,
        joint: Rule | None = None,
        jvp: Rule | None = None,
        arity: int | None = None,
        options: Sequence[str] | None = None,
        bind: Function | None = None,
        advice: Function | None = None,
        bounded: bool = False,
        domain: Domain | Sequence[Domain] = REAL,
        samples: Sequence[tuple[Any, ...]] = (),
    ) -> None:
        self.kind = kind
        self.forward = forward
        self.vjps = tuple(vjps)
        self.joint = joint
        self.jvp = jvp
        self.diagonal = kind == "elementwise"
        self.singular = self.diagonal and not bounded  # a slope may be inf or nan: see strong_zero
        self.discrete = kind == "stepwise"  # its result may be booleans or integers, which have no gradient
        self.numpy = numpy if numpy is not None else _numpys_own(forward)
        self.name: str = name or (self.numpy or forward).__name__
        self.doc = doc or forward.__doc__ or ""
        rules = [rule for rule in (joint, *vjps) if rule is not None]
        self.arity = (_arity(rules[0]) if rules else getattr(forward, "nin", 1)) if arity is None else arity
        self.options = (_options(rules[0], self.arity) if rules else ()) if options is None else tuple(options)
        self.known = frozenset(self.options)
        self.keeps = tuple(rule and _kept(rule, self.arity) for rule in (self.vjps if joint is None else (joint,)))
        self.bind = bind  # how a call's arguments are split; None is `positional`
        self.advice = advice
        self.domain = domain
        self.samples = tuple(samples)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name}>"

    def positional(self, *args: Any, **params: Any) -> tuple[Sequence[Any], dict[str, Any]]:
        """Split the arguments of a call into operands and options."""
        if not params and len(args) == self.arity:
            return args, params
        operands = args
        if len(args) != self.arity:
            operands = args[: self.arity]
            if len(operands) < self.arity or len(args) > self.arity + len(self.options):
                raise TypeError(
                    f"{self.name}: takes {self.arity} array{'s' * (self.arity > 1)}"
                    f"{' and the options ' * bool(self.options)}{', '.join(self.options)}; {len(args)} arguments given"
                )
            params.update(zip(self.options, args[self.arity :], strict=False))
        if not params.keys() <= self.known:
            unknown = ", ".join(f"{name}=" for name in params if name not in self.options)
            raise TypeError(
                f"{self.name}: {unknown} is not an option here. Options: {', '.join(self.options) or 'none'}."
            )
        return operands, params

    def pieces(self, g: Any, args: tuple[Any, ...], params: dict[str, Any]) -> Sequence[Any]:
        """Return the contributions to all inputs from a joint rule."""
        assert self.joint is not None
        pieces = self.joint(g, *args, **params)
        if not isinstance(pieces, _SEVERAL) or len(pieces) != len(args) - 1:
            got = f"{len(pieces)} of them" if isinstance(pieces, _SEVERAL) else type(pieces).__name__
            raise ValueError(
                f"{self.name}: its rule must return one cotangent (or None) for each of the {len(args) - 1} inputs, "
                f"as a tuple; it returned {got}"
            )
        return pieces

    def tangent(self, node: Node, ts: tuple[Any, ...], args: tuple[Any, ...], lift: Lift, recorded: bool) -> Any:
        """Return the tangent of the result from the tangents of the inputs (None where there is none)."""
        params = node.params
        if self.kind == "stepwise":
            return None
        if self.jvp is not None:
            return self.jvp(ts, *args, **params)
        if self.kind == "linear":
            like = next(t for t in ts if t is not None)
            operands = [
                np.zeros_like(like, shape=args[i + 1].shape, dtype=args[i + 1].dtype) if t is None else t
                for i, t in enumerate(ts)
            ]
            return self.forward(*operands, **params)
        total = None
        for i, t in enumerate(ts):
            rule = self.vjps[i] if self.joint is None else partial(_piece, self, i)
            if t is None or rule is None:
                continue
            if self.diagonal:
                c = strong_zero(rule(t, *args, **params), t, lift if recorded else None)
            else:
                c = transposed(rule, t, node, args, params, lift, recorded)
            if c is not None:
                total = c if total is None else total + c
        if total is None:
            return None
        total = total if total.shape == node.shape else np.broadcast_to(total, node.shape)
        return total if total.dtype == node.dtype else cast(total, node.dtype)


def _piece(op: Op, i: int, g: Any, *args: Any, **params: Any) -> Any:
    return op.pieces(g, args, params)[i]


# --- the constructors, by the structure of the Jacobian ----------------------------------------------------


def elementwise(forward: Function, *rules: Rule | None, **record: Any) -> Function:
    """Register an operation with a diagonal Jacobian: one rule for each input, g times the partial derivative.

    Both modes use the same rules; the broadcasting of the inputs is undone by the engine.
    """
    return _define("elementwise", forward, rules, **record)


def linear(forward: Function, *transpose: Rule, **record: Any) -> Function:
    """Register an operation that is linear in all its inputs: the rule is the transpose (`joint=` for several)."""
    return _define("linear", forward, transpose, **record)


def general(forward: Function, *rules: Rule | None, **record: Any) -> Function:
    """Register an operation with any Jacobian: a VJP for each input, or one for all of them as `joint=`.

    The JVP is derived by pulling through the VJP; a faster one can be given as `jvp=`, a rule that is called
    with the tuple of the inputs' tangents (None where there is none) in place of g.
    """
    return _define("general", forward, rules, **record)


def stepwise(forward: Function, **record: Any) -> Function:
    """Register an operation whose derivative is zero wherever it exists."""
    return _define("stepwise", forward, (), **record)


def composite(function: Function, **names: Any) -> Function:
    """Publish a function that is composed of operations, whose first argument becomes a tensor if it is none."""

    @wraps(function)
    def run(x: Any, *args: Any, **options: Any) -> Any:
        return function(x if type(x) is Tensor else Tensor(x), *args, **options)

    return publish(run, **names)


def publish(
    function: Function,
    *,
    name: str | None = None,
    doc: str | None = None,
    numpy: Any = None,
    method: bool | Function = True,
    operator: str | None = None,
    aliases: Sequence[str] = (),
) -> Function:
    """Make a function known by its names, as a method and operator of Tensor, and as what `numpy` dispatches to."""
    name = name or function.__name__
    function.__name__ = function.__qualname__ = name
    function.__module__ = "autograd"
    function.__doc__ = doc or function.__doc__
    if numpy is not None:
        DISPATCH[numpy] = function
    for public in (name, *aliases):
        PUBLIC[public] = function
        if method:
            setattr(Published, public, function if method is True else method)
    if operator is not None:
        setattr(Published, f"__{operator}__", function)
    return function


def constant(function: Function, *, array: bool = False) -> None:
    """Let a NumPy function run on the values of tensors, unrecorded; `array` says that it returns a Tensor."""

    def on_values(*args: Any, **kwargs: Any) -> Any:
        result = function(*map(value_of, args), **{key: value_of(value) for key, value in kwargs.items()})
        return from_value(result, None) if array else result

    DISPATCH[function] = on_values


def _define(
    kind: str,
    forward: Function,
    rules: Sequence[Rule | None],
    *,
    public: bool = True,
    method: bool | Function = True,
    operator: str | None = None,
    aliases: Sequence[str] = (),
    one_array: bool = False,
    **record: Any,
) -> Function:
    """Make the record and the function that runs it; publish both.

    `one_array` promises that a general operation returns no tuple, so that it can take the fast path for two inputs.
    """
    op = Op(kind, forward, rules, **record)
    function: Any = _fastest(op, one_array)(op)
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.doc
    function.op = op
    if not public:
        return function  # type: ignore[no-any-return]
    OPS[op.name] = op
    if operator is not None and op.arity == 2 and f"__{operator}__" not in _REFLECTED_BY_PYTHON:
        setattr(Published, f"__r{operator}__", lambda y, x: function(x, y))
    return publish(function, numpy=op.numpy, method=method, operator=operator, aliases=aliases)


def _fastest(op: Op, one_array: bool) -> Callable[[Op], Function]:
    """Return the closure to make: by the number of operands, whether there are options, and what can come out."""
    if op.bind is not None or op.arity > 2 or op.arity == 0:
        return _any_arity
    if op.arity == 2:
        return _binary if not op.options and (op.kind in _FAST or one_array) else _any_arity
    return _unary if not op.options and op.kind in _FAST else _unary_with_options


_FAST: Final = frozenset({"elementwise", "stepwise"})
_REFLECTED_BY_PYTHON: Final = frozenset({"__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"})


# --- the fast paths: one closure per operation -------------------------------------------------------------


def _unary(op: Op) -> Function:
    forward = op.forward
    keep_out, keep_x = (op.keeps[0] if op.diagonal else None) or (False, False)

    def run(x: Any) -> Tensor:
        if type(x) is Tensor:
            a, m = x._value, x._node
        else:
            a, m = operand(op, x), None
        try:
            value = forward(a)
        except (ValueError, TypeError) as error:
            raise explained(op, error, (a,), _NO_PARAMS) from None
        out = _new(Tensor)
        out._value = value
        if m is None or not (mode := recording()):
            out._node = None
            return out
        saved = (value if keep_out else None, a if keep_x else None)
        out._node = _record(op, (m,), saved, _NO_PARAMS, value, mode)
        return out

    return run


def _binary(op: Op) -> Function:
    forward = op.forward
    only_x, only_y = (keeps or (False,) * 3 for keeps in op.keeps or (None, None))
    both = tuple(i or j for i, j in zip(only_x, only_y, strict=True))
    flows = not op.discrete
    bare = op.kind != "general"  # an elementwise rule has no use for the shape of what it does not name

    def run(x: Any, y: Any) -> Tensor:
        if type(x) is Tensor:
            a, m = x._value, x._node
        else:
            a, m = x if type(x) in _SCALARS else operand(op, x), None
        if type(y) is Tensor:
            b, n = y._value, y._node
        else:
            b, n = y if type(y) in _SCALARS else operand(op, y), None
        try:
            value = forward(a, b)
        except (ValueError, TypeError) as error:
            raise explained(op, error, (a, b), _NO_PARAMS) from None
        out = _new(Tensor)
        out._value = value
        if (m is None and n is None) or not (mode := recording()):
            out._node = None
            return out
        keep_out, keep_x, keep_y = only_x if n is None else only_y if m is None else both
        saved = (
            value if keep_out else None,
            a if keep_x else None if bare else m or Spec(a.shape, a.dtype),
            b if keep_y else None if bare else n or Spec(b.shape, b.dtype),
        )
        node = Node()  # as in _record, written out: a call of it would add a sixth to the cost of recording
        node.op = op
        node.inputs = (m, n)
        node.saved = saved
        node.params = _NO_PARAMS
        node.hooks = node.grad = node.site = None
        node.shape = value.shape
        node.dtype = value.dtype
        node.flows = flows or value.dtype.kind == "f"
        node.birth = tick()
        out._node = node
        if mode is not True:
            mode.recorded(node, value)
        return out

    return run


def _unary_with_options(op: Op) -> Function:
    forward, bind = op.forward, op.positional
    keep_out, keep_x = (op.keeps[0] if op.keeps else None) or (False, False)

    def run(x: Any, *args: Any, **params: Any) -> Any:
        if args or params:
            _, params = bind(x, *args, **params)
        a, m = (x._value, x._node) if type(x) is Tensor else (operand(op, x), None)
        try:
            value = forward(a, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise explained(op, error, (a,), params) from None
        if m is None or not (mode := recording()):
            return _constant(value)
        return recorded(op, (m,), (value if keep_out else None, a if keep_x else m), params, value, mode)

    return run


def _any_arity(op: Op) -> Function:
    bind = op.bind or op.positional

    def run(*args: Any, **params: Any) -> Any:
        operands, params = bind(*args, **params)
        return apply(op, operands, params)

    return run


def apply(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> Any:
    """Run `op` on any number of operands with options, and record it."""
    nodes = tuple([x._node if type(x) is Tensor else None for x in operands])
    values = [x._value if type(x) is Tensor else operand(op, x) for x in operands]
    try:
        value = op.forward(*values, **params)
    except (ValueError, TypeError, IndexError) as error:
        raise explained(op, error, values, params) from None
    mode = recording()
    if not mode or not any(nodes):
        return _constant(value)
    return recorded(op, nodes, _to_save(op, nodes, value, values), params, value, mode)


def _constant(value: Any) -> Any:
    """Return an unrecorded result as a tensor, or as a tuple of tensors."""
    if isinstance(value, _SEVERAL):
        return _rebuilt(value, (from_value(v, None) for v in value))
    return from_value(value, None)


def recorded(
    op: Op, nodes: tuple[Node | None, ...], saved: tuple[Any, ...], params: dict[str, Any], value: Any, mode: Any
) -> Any:
    """Return the result of an operation as a tensor on a new node, or as a tuple of tensors on a tuple node."""
    if not isinstance(value, _SEVERAL):
        return from_value(value, _record(op, nodes, saved, params, value, mode))
    outputs: Any = tuple(Spec(v.shape, v.dtype) for v in value)
    no_dtype: Any = None
    specs = Spec(outputs, no_dtype)
    node = _record(op, nodes, saved, params, specs, mode)
    return _rebuilt(value, (_output(v, node, i, mode) for i, v in enumerate(value)))


def _record(
    op: Op, inputs: tuple[Node | None, ...], saved: tuple[Any, ...], params: dict[str, Any], value: Any, mode: Any
) -> Node:
    """Make the node of one operation; by hand, since a call to __init__ would cost as much as all of it."""
    node = Node()
    node.op = op
    node.inputs = inputs
    node.saved = saved
    node.params = params
    node.hooks = node.grad = node.site = None
    node.shape = value.shape
    node.dtype = value.dtype
    node.flows = not op.discrete or (value.dtype is not None and value.dtype.kind == "f")
    node.birth = tick()
    if mode is not True:
        mode.recorded(node, value)
    return node


def _to_save(op: Op, nodes: Sequence[Node | None], value: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return `(out, *inputs)`: the values that a rule with something to do has named, specs of the others."""
    keep = (op.keeps[0] if len(op.keeps) == 1 else None) or _all_kept(op, nodes)
    saved = [value if keep[0] else None]
    for i, x in enumerate(values, 1):
        if keep[i] if i < len(keep) else keep[-1]:
            saved.append(x)
        else:
            saved.append(None if op.diagonal else nodes[i - 1] or Spec(x.shape, x.dtype))
    return tuple(saved)


def _all_kept(op: Op, nodes: Sequence[Node | None]) -> tuple[bool, ...]:
    """Return for `(out, *inputs)` whether the rule of any input that has a node names it."""
    asked = [keep for keep, node in zip(op.keeps, nodes, strict=False) if keep is not None and node is not None]
    return tuple(map(any, zip(*asked, strict=True))) or (False,)


def _rebuilt(value: Any, parts: Any) -> Any:
    """Make a tuple like `value` (a named one, where NumPy returns such) of `parts`."""
    make = getattr(type(value), "_make", tuple)
    return make(parts)


def operand(op: Op, x: Any) -> Any:
    """Return the raw value of an operand that is no Tensor, or say why it cannot be one."""
    if type(x) is np.ndarray:
        if x.dtype.kind in "biufc":
            return x
    elif isinstance(x, _NUMBERS):
        return x if op.kind in _FAST else np.asarray(x)
    elif hasattr(x, "__array_function__") and not isinstance(x, np.ndarray):
        return x  # an array type of another library
    elif x is None and op.diagonal:
        return x  # a bound that is not there
    elif isinstance(x, _SEVERAL) or hasattr(x, "__array__"):
        return own_array(x)
    not_an_operand(op.name, x)


# --- what a record reads off its functions, once, at import ------------------------------------------------


def _numpys_own(function: Any) -> Any:
    """Return `function` if it is one of NumPy's, whose calls are to be dispatched to the record."""
    is_numpys = isinstance(function, np.ufunc) or (getattr(function, "__module__", "") or "").startswith("numpy")
    return function if is_numpys else None


def _arity(rule: Any) -> int:
    """Return how many inputs a rule `(g, out, *inputs, option=default)` is for."""
    return int(_code(rule).co_argcount - len(_function(rule).__defaults__ or ()) - 2)


def _options(rule: Any, arity: int) -> tuple[str, ...]:
    """Return the names of a rule's options, which are the operation's."""
    code = _code(rule)
    return tuple(code.co_varnames[arity + 2 : code.co_argcount + code.co_kwonlyargcount])


def _kept(rule: Any, arity: int) -> tuple[bool, ...]:
    """Return for `(out, *inputs)` whether the rule names the value; of `*xs`, one entry for all of them."""
    code = _code(rule)
    names = code.co_varnames[1 : min(code.co_argcount, arity + 2)]
    if code.co_flags & 0x04:  # CO_VARARGS
        names += (code.co_varnames[code.co_argcount + code.co_kwonlyargcount],)
    return tuple(not name.startswith("_") for name in names)


def _code(rule: Any) -> Any:
    code = getattr(_function(rule), "__code__", None)
    if code is None:
        raise TypeError(f"a rule must be a Python function, since its parameters' names say what to keep; not {rule!r}")
    return code


def _function(rule: Any) -> Any:
    while hasattr(rule, "__wrapped__"):
        rule = rule.__wrapped__
    return rule


_item: Any = linear(
    lambda outputs, index: outputs[index],
    lambda g, _out, _outputs, index=0: Part(index, g),
    name="item",
    public=False,
)
_item.op.discrete = True


def _output(value: Any, node: Node, index: int, mode: Any) -> Tensor:
    """Return output `index` of a tuple node as a Tensor of its own."""
    return from_value(value, _record(_item.op, (node,), (None, node), {"index": index}, value, mode))
