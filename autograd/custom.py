"""Operations of one's own: with a rule of one's own, or computed again instead of kept."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import update_wrapper, wraps
from typing import Any, Final

import numpy as np

from autograd.engine.calls import operand, recorded, watched
from autograd.engine.derivative import pull
from autograd.engine.graph import Node, birth_of, reachable, tick
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


class custom_vjp:
    """Make an operation of a function by two more: one that runs it and keeps what backward needs, and backward.

    After `f.defvjp(fwd, bwd)`, where a gradient is wanted `fwd(*args)` is called in place of f and returns
    (result, residuals), and `bwd(residuals, g)` returns a tuple with a cotangent for each argument, None where there is
    none. Arguments, results and residuals may be nested lists, tuples and dicts; a cotangent is one like its argument.
    Both see plain arrays. For derivatives of higher order, and those by forward mode, they are called with Tensors:
    then they must be written with NumPy functions, bwd linear in g. Arguments named in `nondiff_argnums` are handed to
    `bwd` in front and have no cotangent; whole numbers, strings and the like are left as they are.

    Raises TypeError where f uses a tensor that requires grad without being given it; ValueError, at backward, where
    bwd returns something else than a cotangent for each argument.

    >>> import autograd, numpy as np
    >>> @autograd.custom_vjp
    ... def clipped(x):  # whose gradient is that of x, but not larger than 1
    ...     return x * x
    >>> clipped.defvjp(lambda x: (x * x, x), lambda x, g: (np.clip(g * 2 * x, -1, 1),))
    >>> autograd.grad(lambda x: np.sum(clipped(x)))(np.array([0.1, 3.0]))
    array([0.2, 1. ])
    """

    def __init__(self, f: Function, nondiff_argnums: Sequence[int] = ()) -> None:
        self.f = f
        self.nondiff_argnums = tuple(nondiff_argnums)
        self.fwd: Function | None = None
        self.bwd: Function | None = None
        self._signature = inspect.signature(f)
        update_wrapper(self, f)

    def defvjp(self, fwd: Function, bwd: Function) -> None:
        """Say how it runs where a gradient is wanted, and how backward goes."""
        self.fwd, self.bwd = fwd, bwd

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.fwd is None or self.bwd is None:
            raise TypeError(
                f"custom_vjp {self.f.__name__}: has no derivative yet. Call {self.f.__name__}.defvjp(fwd, bwd)."
            )
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if bound.kwargs:
            raise TypeError(f"custom_vjp {self.f.__name__}: {', '.join(bound.kwargs)} can be given by keyword only")
        return _CustomCall(self, list(bound.args)).run()


class _CustomCall:
    """One call of a function with a rule of its own: its arguments, and which of their leaves are operands."""

    def __init__(self, custom: custom_vjp, args: list[Any]) -> None:
        self.custom = custom
        self.name = custom.f.__name__
        self.args = args
        self.leaves = tree_leaves(args)
        fixed = {n % len(args) for n in custom.nondiff_argnums}
        owners = [i for i, arg in enumerate(args) for _ in tree_leaves(arg)]
        self.fixed = [args[n] for n in sorted(fixed)]
        self.free = [i for i in range(len(args)) if i not in fixed]
        self.flags = [i not in fixed and _is_operand(x) for i, x in zip(owners, self.leaves, strict=True)]
        self.operands = [x for x, flag in zip(self.leaves, self.flags, strict=True) if flag]
        self.out: Any = None
        self.op = Op("general", self.forward, (), name=self.name, doc=custom.f.__doc__, joint=self._rule(), arity=0)

    def run(self) -> Any:
        mode = recording()
        nodes = [node_of(x) for x in self.operands]
        if not mode or not any(nodes) or isinstance(mode, Interceptor):
            operands = [x if isinstance(x, Tensor) else operand(self.op, x) for x in self.operands]
            result = watched(self.op, operands, {}, mode)
        else:
            values = [operand(self.op, current(x)) for x in self.operands]
            value, residuals = self._with_residuals(values)
            saved = (None, *values, residuals)
            result = recorded(self.op, (*nodes, None), saved, {}, self._flat(value), mode, values)
        return tree_like(self.out, result if isinstance(result, tuple) else [result])

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """Return the arguments with these operands."""
        given = iter(values)
        leaves = [next(given) if flag else x for x, flag in zip(self.leaves, self.flags, strict=True)]
        return tree_like(self.args, leaves)  # type: ignore[no-any-return]

    def forward(self, *values: Any) -> Any:
        return self._flat(self.custom.f(*self.filled(values)))

    def _flat(self, out: Any) -> Any:
        """Return a result as the engine has it, one array or a tuple of them, and remember its form."""
        self.out = out if isinstance(out, dict | list | tuple) else 0
        leaves = tree_leaves(out)
        if any(isinstance(x, Tensor) and x.requires_grad for x in leaves):
            raise TypeError(
                f"custom_vjp {self.name}: uses a tensor that requires grad without being given it, so its gradient "
                "would be lost. Make it an argument."
            )
        arrays = tuple(x if hasattr(x, "shape") else np.asarray(x) for x in map(current, leaves))
        return arrays if isinstance(out, dict | list | tuple) else arrays[0]

    def _with_residuals(self, values: Sequence[Any]) -> tuple[Any, Any]:
        assert self.custom.fwd is not None
        pair = self.custom.fwd(*self.filled(values))
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"custom_vjp {self.name}: fwd must return (result, residuals), not {type(pair).__name__}")
        return pair

    def _rule(self) -> Rule:
        count = len(self.operands)

        def rule(g: Any, _out: Any, *inputs: Any) -> tuple[Any, ...]:
            values = inputs[:count]
            lifted = any(isinstance(x, Tensor) for x in values)
            kept = inputs[count] if len(inputs) > count and not lifted else self._with_residuals(values)[1]
            g = tree_like(self.out, g if isinstance(g, tuple) else [g])
            assert self.custom.bwd is not None
            pieces = self._pieces(self.custom.bwd(*self.fixed, kept, g))
            if not lifted and not any(isinstance(x, Tensor) for x in tree_leaves(g)):
                pieces = [current(c) for c in pieces]
            return (*pieces, None) if len(inputs) > count else tuple(pieces)

        return rule

    def _pieces(self, cotangents: Any) -> list[Any]:
        """Return a cotangent for each operand, None where there is none."""
        if not isinstance(cotangents, SEVERAL) or len(cotangents) != len(self.free):
            raise ValueError(
                f"custom_vjp {self.name}: bwd must return a tuple with one cotangent (or None) for each of the "
                f"{len(self.free)} arguments; it returned {_said(cotangents)}"
            )
        given = dict(zip(self.free, cotangents, strict=True))
        flat: list[Any] = []
        for i, arg in enumerate(self.args):
            count = len(tree_leaves(arg))
            pieces = [None] * count if given.get(i) is None else _with_none(given[i])
            if len(pieces) != count:
                raise ValueError(
                    f"custom_vjp {self.name}: bwd returned {len(pieces)} arrays for argument {i}, of {count}"
                )
            flat += pieces
        return [
            np.asarray(c) if isinstance(c, int | float | complex) else c
            for c, f in zip(flat, self.flags, strict=True)
            if f
        ]


def _is_operand(x: Any) -> bool:
    """Return whether x is an array, or a number that has a derivative; whole numbers stay what they are."""
    return isinstance(x, Tensor | np.ndarray | np.generic | float | complex) or hasattr(x, "__array_function__")


def _with_none(tree: Any) -> list[Any]:
    """Return the leaves of a tree, with None as a leaf."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in _with_none(tree[key])]
    return [leaf for item in tree for leaf in _with_none(item)] if isinstance(tree, list | tuple) else [tree]


def _said(x: Any) -> str:
    return f"{len(x)} of them" if isinstance(x, SEVERAL) else type(x).__name__


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
            rerun = again(values)
            rerun.depend_on([node_of(x) for x in values[len(values) - len(rerun.outer) :]])
            return rerun.pull(g, any(isinstance(x, Tensor) for x in values))

        inputs = [x for x, flow in zip(leaves, flows, strict=True) if flow]
        first = again(list(map(current, inputs)))
        nodes = tuple([x._node for x in inputs] + first.outer)
        if not nodes:
            return first.out
        op = Op("general", f, (), name=f"checkpoint({f.__name__})", joint=rule, arity=0)
        operands = [*map(current, inputs), *(_SIGN for _ in first.outer)]
        return recorded(op, nodes, (None, *operands), {}, first.value(), mode, operands)

    return run


_SIGN: Final = np.float64(0)
"""The value of what a checkpoint depends on from outside. Where it comes back as a tensor, the pass is recorded."""


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
        self._steps = [n for n in trace if n not in self.nodes]
        older = {p for n in self._steps for p in n.inputs if p is not None and p.birth < floor}
        self.outer = sorted(older, key=birth_of)

    def value(self) -> Any:
        """Return the raw result: an array, or a tuple of arrays."""
        outs = self.out if isinstance(self.out, tuple | list) else (self.out,)
        if not all(isinstance(out, Tensor) for out in outs):
            raise TypeError("checkpoint: the function must return a tensor, or a tuple or list of tensors")
        return tuple(map(current, outs)) if outs is self.out else current(outs[0])

    def depend_on(self, nodes: Sequence[Node | None]) -> None:
        """Let these be the outer nodes, where there are others: those by which a batch is left."""
        others = {old: new for old, new in zip(self.outer, nodes, strict=True) if new is not None and new is not old}
        if others:
            for step in self._steps:
                step.inputs = tuple(p if p is None else others.get(p, p) for p in step.inputs)
            self.outer = [others.get(node, node) for node in self.outer]

    def pull(self, g: Any, recorded: bool) -> list[Any]:
        """Return the cotangents of the variables and of the outer nodes."""
        wanted = [*self.nodes, *self.outer]
        seeds: dict[Any, Any] = {}
        for node, c in zip(self._roots, g if isinstance(g, tuple) else (g,), strict=True):
            if node is not None:
                seeds[node] = seeds[node] + c if node in seeds else c
        lift = LIFT if recorded or any(isinstance(c, Tensor) for c in seeds.values()) else None
        found = pull(seeds, set(wanted), keep=lift is not None, stop=set(wanted), lift=lift)
        return [found.get(node) for node in wanted]
