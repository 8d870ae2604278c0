"""How an operation runs: one closure for each, by its number of operands, that computes and records.

This is where eager mode spends its time, 0.5 µs above NumPy's own call (`docs/decisions/0005-the-cost-of-eager.md`): no
inspection, no wrapper around a wrapper, no loop over operands in the paths for one and two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from autograd.engine.derivative import Part
from autograd.engine.errors import explained, not_an_operand
from autograd.engine.graph import Node, Spec, tick
from autograd.engine.mode import Interceptor, recording
from autograd.engine.op import SEVERAL, Function, Op
from autograd.engine.tensor import Tensor, from_value, own_array

_new = object.__new__
_NO_PARAMS: Final[dict[str, Any]] = {}
_NOTHING: Final[tuple[Any, ...]] = (None, None, None)  # shared: it is a sixth of the memory of a chain of sums
_NUMBERS: Final = (int, float, complex, np.generic)
_SCALARS: Final = frozenset({float, int, bool, np.float64, np.float32, np.int64, np.bool_})
_FAST: Final = frozenset({"elementwise", "stepwise"})


def caller(op: Op, one_array: bool) -> Function:
    """Return the function that runs `op`: by the number of operands, whether there are options, what can come out."""
    return _fitting(op, one_array)(op)


def _fitting(op: Op, one_array: bool) -> Callable[[Op], Function]:
    if op.bind is not None:
        return _unary_bound if op.arity == 1 and not op.joint else _any_arity
    if op.arity > 2 or op.arity == 0:
        return _any_arity
    if op.arity == 2:
        return _binary if not op.options and (op.kind in _FAST or one_array) else _any_arity
    return _unary if not op.options and op.kind in _FAST else _unary_with_options


def _unary(op: Op) -> Function:
    forward = op.forward
    keep_out, keep_x = (op.keeps[0] if op.diagonal else None) or (False, False)

    def run(x: Any) -> Any:
        mode = recording()
        if mode is not True and mode is not False:
            return watched(op, (x,), _NO_PARAMS, mode)
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
        if m is None or not mode:
            out._node = None
            return out
        saved = (value if keep_out else None, a if keep_x else None)
        out._node = _record(op, (m,), saved, _NO_PARAMS, value)
        return out

    return run


def _binary(op: Op) -> Function:
    forward = op.forward
    only_x, only_y = (keeps or (False,) * 3 for keeps in op.keeps or (None, None))
    both = tuple(i or j for i, j in zip(only_x, only_y, strict=True))
    flows = not op.discrete
    keeps_nothing = op.kind != "general" and not any(both)
    bare = op.kind != "general"  # an elementwise rule has no use for the shape of what it does not name

    def run(x: Any, y: Any) -> Any:
        mode = recording()
        if mode is not True and mode is not False:
            return watched(op, (x, y), _NO_PARAMS, mode)
        if type(x) is Tensor:
            a, m = x._value, x._node
        else:
            a, m = x if type(x) in _SCALARS else operand(op, x, y), None
        if type(y) is Tensor:
            b, n = y._value, y._node
        else:
            b, n = y if type(y) in _SCALARS else operand(op, y, x), None
        try:
            value = forward(a, b)
        except (ValueError, TypeError) as error:
            raise explained(op, error, (a, b), _NO_PARAMS) from None
        out = _new(Tensor)
        out._value = value
        if (m is None and n is None) or not mode:
            out._node = None
            return out
        if keeps_nothing:
            saved = _NOTHING
        else:
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
        node.flows = flows or value.dtype.kind in "fc"
        node.birth = tick()
        out._node = node
        return out

    return run


def _unary_with_options(op: Op) -> Function:
    forward, bind, wider = op.forward, op.positional, op.wider
    keep_out, keep_x = (op.keeps[0] if op.keeps else None) or (False, False)

    def run(x: Any, *args: Any, **params: Any) -> Any:
        if args or params:
            try:
                _, bound = bind(x, *args, **params)
            except TypeError:
                if wider is None:
                    raise
                bound = None
            if bound is None:
                return wider(x, *args, **params)
            params = bound
        mode = recording()
        if mode is not True and mode is not False:
            return watched(op, (x,), params, mode)
        a, m = (x._value, x._node) if type(x) is Tensor else (operand(op, x), None)
        try:
            value = forward(a, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise explained(op, error, (a,), params) from None
        if m is None or not mode:
            return _constant(value)
        saved = (value if keep_out else None, a if keep_x else m)
        return recorded(op, (m,), saved, params, value, mode, (a,))

    return run


def _unary_bound(op: Op) -> Function:
    """Return what runs an operation on one array that splits the arguments of a call in its own way."""
    forward, bind = op.forward, op.bind
    assert bind is not None
    keep_out, keep_x = (op.keeps[0] if op.keeps else None) or (False, False)
    bare = op.kind in _FAST

    def run(*args: Any, **params: Any) -> Any:
        operands, params = bind(*args, **params)
        mode = recording()
        if mode is not True and mode is not False:
            return watched(op, operands, params, mode)
        (x,) = operands
        a, m = (x._value, x._node) if type(x) is Tensor else (operand(op, x), None)
        try:
            value = forward(a, **params)
        except (ValueError, TypeError, IndexError) as error:
            raise explained(op, error, (a,), params) from None
        if m is None or not mode:
            return _constant(value)
        saved = (value if keep_out else None, a if keep_x else None if bare else m)
        return recorded(op, (m,), saved, params, value, mode, (a,))

    return run


def _any_arity(op: Op) -> Function:
    bind = op.bind or op.positional

    def run(*args: Any, **params: Any) -> Any:
        operands, params = bind(*args, **params)
        mode = recording()
        if mode is not True and mode is not False:
            return watched(op, operands, params, mode)
        return apply(op, operands, params)

    return run


def watched(op: Op, operands: Sequence[Any], params: dict[str, Any], mode: Any) -> Any:
    """Run `op` where somebody looks on, or runs it in our place."""
    return mode.run(op, operands, params) if isinstance(mode, Interceptor) else apply(op, operands, params)


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
    return recorded(op, nodes, _to_save(op, nodes, value, values), params, value, mode, values)


def _constant(value: Any) -> Any:
    """Return an unrecorded result as a tensor, or as a tuple of tensors."""
    if isinstance(value, SEVERAL):
        return _rebuilt(value, (from_value(v, None) for v in value))
    return from_value(value, None)


def recorded(
    op: Op,
    nodes: tuple[Node | None, ...],
    saved: tuple[Any, ...],
    params: dict[str, Any],
    value: Any,
    mode: Any,
    operands: Sequence[Any],
) -> Any:
    """Return the result of an operation as a tensor on a new node, or as a tuple of tensors on a tuple node."""
    several = isinstance(value, SEVERAL)
    node = _record(op, nodes, saved, params, _specs(value) if several else value)
    if mode is not True and not isinstance(mode, Interceptor):
        mode.recorded(node, value, operands)
    if not several:
        return from_value(value, node)
    return _rebuilt(value, (_output(value, node, i, mode) for i in range(len(value))))


def _specs(values: Any) -> Spec:
    """Return what stands for the shape of a tuple node: the specs of its outputs."""
    outputs: Any = tuple(Spec(v.shape, v.dtype) for v in values)
    no_dtype: Any = None
    return Spec(outputs, no_dtype)


def _record(
    op: Op, inputs: tuple[Node | None, ...], saved: tuple[Any, ...], params: dict[str, Any], value: Any
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
    node.flows = not op.discrete or (value.dtype is not None and value.dtype.kind in "fc")
    node.birth = tick()
    return node


def _to_save(op: Op, nodes: Sequence[Node | None], value: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    """Return `(out, *inputs)`: the values that a rule with something to do has named, specs of the others."""
    keep = (op.keeps[0] if len(op.keeps) == 1 else None) or _all_kept(op, nodes)
    saved = [value if keep[0] else None]
    for i, x in enumerate(values, 1):
        if keep[i] if i < len(keep) else keep[-1]:
            saved.append(x)
        else:
            saved.append(None if op.kind in _FAST else nodes[i - 1] or Spec(x.shape, x.dtype))
    return tuple(saved)


def _all_kept(op: Op, nodes: Sequence[Node | None]) -> tuple[bool, ...]:
    """Return for `(out, *inputs)` whether the rule of any input that has a node names it."""
    flags = tuple([node is not None for node in nodes])
    found = op.kept_for.get(flags)
    if found is None:
        asked = [keep for keep, flag in zip(op.keeps, flags, strict=False) if keep is not None and flag]
        found = op.kept_for[flags] = tuple(map(any, zip(*asked, strict=True))) or (False,)
    return found


def _rebuilt(value: Any, parts: Any) -> Any:
    """Make a tuple like `value` (a named one, where NumPy returns such) of `parts`."""
    make = getattr(type(value), "_make", tuple)
    return make(parts)


def operand(op: Op, x: Any, other: Any = None) -> Any:
    """Return the raw value of an operand that is no Tensor, or say why it cannot be one; `other` stands beside it."""
    if type(x) is np.ndarray:
        if x.dtype.kind in "biufc":
            return x
    elif isinstance(x, _NUMBERS):
        if type(x) is complex and isinstance(other, Tensor) and type(other._value) is np.float64:
            return np.complex128(x)  # Python's complex times a float64, which is Python's float too, would be Python's
        return x if op.kind in _FAST else np.asarray(x)
    elif hasattr(x, "__array_function__") and not isinstance(x, np.ndarray):
        return x  # an array type of another library
    elif x is None and op.diagonal:
        return x  # a bound that is not there
    elif isinstance(x, SEVERAL) or hasattr(x, "__array__"):
        return own_array(x)
    not_an_operand(op.name, x)


ITEM: Final = Op(
    "linear",
    lambda outputs, index: outputs[index],
    [lambda g, _out, _outputs, index=0: Part(index, g)],
    name="item",
)
"""Output `index` of a tuple node."""
ITEM.discrete = True


def _output(values: Any, node: Node, index: int, mode: Any) -> Tensor:
    """Return output `index` of a tuple node as a Tensor of its own."""
    item = _record(ITEM, (node,), (None, node), {"index": index}, values[index])
    if mode is not True and not isinstance(mode, Interceptor):
        mode.recorded(item, values[index], (values,))
    return from_value(values[index], item)
