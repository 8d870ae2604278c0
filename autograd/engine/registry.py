"""The four constructors, by the structure of the Jacobian, and what registering a record makes.

That is: the function, the Tensor method, the operator with its reflection, the dispatch from `np.*`, and the entries
that the generated tests, the documentation and the stubs are made from.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any, Final

from autograd.engine.calls import caller
from autograd.engine.op import Function, Op, Rule
from autograd.engine.published import Published
from autograd.engine.tensor import DISPATCH, Tensor, as_tensor, current, from_value

OPS: Final[dict[str, Op]] = {}
"""Every registered operation, by name."""

PUBLIC: Final[dict[str, Function]] = {}
"""Every function that `autograd` exports because a record or a composition made it, by name."""

_REFLECTED_BY_PYTHON: Final = frozenset({"__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"})


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
    def run(x: Any, /, *args: Any, **options: Any) -> Any:
        return function(x if type(x) is Tensor else as_tensor(x), *args, **options)

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
        if not kwargs and len(args) == 1 and not array:
            return function(_plain(args[0]))
        result = function(*map(_plain, args), **{key: _plain(value) for key, value in kwargs.items()})
        return from_value(result, None) if array else result

    on_values.unrecorded = True  # type: ignore[attr-defined]
    DISPATCH[function] = on_values


def _plain(x: Any) -> Any:
    """Return the raw values of tensors, in lists and tuples too."""
    return type(x)(map(_plain, x)) if type(x) in (list, tuple) else current(x)


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
    function: Any = caller(op, one_array)
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.doc
    function.op = op
    if not public:
        return function  # type: ignore[no-any-return]
    OPS[op.name] = op
    if operator is not None and op.arity == 2 and f"__{operator}__" not in _REFLECTED_BY_PYTHON:
        setattr(Published, f"__r{operator}__", lambda y, x: function(x, y))
    return publish(function, numpy=op.numpy, method=method, operator=operator, aliases=aliases)
