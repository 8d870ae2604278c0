"""Operations of one's own: with a rule of one's own, or computed again instead of kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.calls import recorded
from autograd.engine.derivative import pull
from autograd.engine.graph import birth_of, reachable, tick
from autograd.engine.mode import Interceptor, mode_scope, recording
from autograd.engine.op import SEVERAL, Op
from autograd.engine.registry import general
from autograd.engine.tensor import LIFT, Tensor, current, node_of
from autograd.transforms import tree_leaves, tree_like, variable

Function = Callable[..., Any]
Rule = Callable[..., Any]


def operation(*, vjp: Rule | Sequence[Rule | None], jvp: Rule | None = None) -> Callable[[Function], Function]:
    """Make an operation of a function in plain NumPy, by a derivative rule of one's own.

    The function takes its arrays as positional parameters without defaults, and its options as parameters with
    defaults. `vjp` is called `vjp(g, out, *arrays, **options)` with the cotangent g of the result, and returns the
    cotangent of the array, or a tuple with one for each array (None where there is none); or it is a list with one
    such rule for each array. A parameter of a rule whose name starts with `_` is not kept in memory: only its shape
    and dtype can be read. Written with NumPy functions, a rule serves every order of derivative. `jvp`, called with
    the tuple of tangents in place of g, is derived if it is not given.

    Raises ValueError at backward if a rule returns the wrong number of cotangents or a wrong shape.

    >>> import autograd, numpy as np
    >>> @autograd.operation(vjp=lambda g, out, _x: g * out)
    ... def my_exp(x):
    ...     return np.exp(x)
    >>> autograd.grad(autograd.grad(my_exp))(0.0)
    np.float64(1.0)
    """

    def decorate(f: Function) -> Function:
        code = f.__code__
        arity = code.co_argcount - len(f.__defaults__ or ())
        options = code.co_varnames[arity : code.co_argcount + code.co_kwonlyargcount]
        joint = _as_arrays(vjp) if callable(vjp) and arity != 1 else None
        rules = [] if joint is not None else [vjp] if callable(vjp) else list(vjp)
        if joint is None and len(rules) != arity:
            raise ValueError(f"operation {f.__name__}: {arity} arrays need {arity} rules, {len(rules)} are given")
        function = general(
            _array_result(f),
            *(None if rule is None else _as_arrays(rule) for rule in rules),
            joint=joint,
            jvp=jvp,
            name=f.__name__,
            doc=f.__doc__,
            arity=arity,
            options=options,
            public=False,
        )
        function.__module__ = f.__module__
        return function

    return decorate


def _array_result(f: Function) -> Function:
    @wraps(f)
    def forward(*arrays: Any, **options: Any) -> Any:
        out = f(*arrays, **options)
        if hasattr(out, "shape") or isinstance(out, SEVERAL):
            return out
        if isinstance(out, bool | int | float | complex):
            return np.asarray(out)
        raise TypeError(f"operation {f.__name__}: must return an array or a tuple of arrays, not {type(out).__name__}")

    return forward


def _as_arrays(rule: Rule) -> Rule:
    """Return the rule with plain numbers in its result as arrays; its parameters' names stay readable."""

    @wraps(rule)
    def run(*args: Any, **options: Any) -> Any:
        c = rule(*args, **options)
        return tuple(_as_array(x, args) for x in c) if isinstance(c, SEVERAL) else _as_array(c, args)

    return run


def _as_array(c: Any, args: Sequence[Any]) -> Any:
    """Return a number as an array, and what our own functions made of raw arrays as a raw one again."""
    if isinstance(c, Tensor) and not any(isinstance(x, Tensor) for x in tree_leaves(args)):
        return current(c)
    return np.asarray(c) if isinstance(c, int | float) else c


def checkpoint(f: Function) -> Function:
    """Return `f` as a function that saves only its arguments and runs again during backward: memory for time.

    f must give the same result each time (draw random numbers outside). Tensors that it uses without being given
    them get their gradients too.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> checkpoint(lambda x: (x * x) * x)(x).backward()
    >>> x.grad
    array(12.)
    """

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        mode = recording()
        if not mode or isinstance(mode, Interceptor):  # a compiled program decides itself what to keep
            return f(*args, **kwargs)
        trees = list(args)
        leaves = tree_leaves(trees)
        flows = [isinstance(x, Tensor) and x.requires_grad for x in leaves]

        def again(values: Sequence[Any]) -> _Run:
            given = iter(values)
            filled = [next(given) if flow else x for x, flow in zip(leaves, flows, strict=True)]
            return _Run(f, trees, filled, flows, kwargs)

        def rule(g: Any, _out: Any, *values: Any) -> list[Any]:
            return again(values).pull(g)

        inputs = [x for x, flow in zip(leaves, flows, strict=True) if flow]
        first = again(list(map(current, inputs)))
        nodes = tuple([x._node for x in inputs] + first.outer)
        if not nodes:
            return first.out
        op = Op("general", f, (), name=f"checkpoint({f.__name__})", joint=rule, arity=0)
        operands = [*map(current, inputs), *(None for _ in first.outer)]
        return recorded(op, nodes, (None, *operands), {}, first.value(), mode, operands)

    return run


class _Run:
    """A run of a function on variables of its own; `outer` are the older nodes that it depends on besides."""

    def __init__(
        self, f: Function, trees: list[Any], leaves: Sequence[Any], flows: Sequence[bool], kwargs: dict[str, Any]
    ) -> None:
        floor = tick()
        with mode_scope(recording() or True):
            inputs = [variable(x, "checkpoint") if flow else x for x, flow in zip(leaves, flows, strict=True)]
            self.out = f(*tree_like(trees, inputs), **kwargs)
        self.nodes: list[Any] = [x._node for x, flow in zip(inputs, flows, strict=True) if flow]
        self._roots = [node_of(out) for out in (self.out if isinstance(self.out, tuple | list) else [self.out])]
        trace = reachable([n for n in self._roots if n is not None], floor, set(self.nodes))
        older = {p for n in trace if n not in self.nodes for p in n.inputs if p is not None and p.birth < floor}
        self.outer = sorted(older, key=birth_of)

    def value(self) -> Any:
        """Return the raw result: an array, or a tuple of arrays."""
        outs = self.out if isinstance(self.out, tuple | list) else (self.out,)
        if not all(isinstance(out, Tensor) for out in outs):
            raise TypeError("checkpoint: the function must return a tensor, or a tuple or list of tensors")
        return tuple(map(current, outs)) if outs is self.out else current(outs[0])

    def pull(self, g: Any) -> list[Any]:
        """Return the cotangents of the variables and of the outer nodes."""
        wanted = [*self.nodes, *self.outer]
        seeds: dict[Any, Any] = {}
        for node, c in zip(self._roots, g if isinstance(g, tuple) else (g,), strict=True):
            if node is not None:
                seeds[node] = seeds[node] + c if node in seeds else c
        lift = LIFT if any(isinstance(c, Tensor) for c in seeds.values()) else None
        found = pull(seeds, set(wanted), keep=lift is not None, stop=set(wanted), lift=lift)
        return [found.get(node) for node in wanted]
