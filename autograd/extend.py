"""Functions with rules of one's own, as users of HIPS autograd write them: `primitive`, `defvjp`, `defjvp`.

A rule is made from what it may need: `vjpmaker(ans, *args, **kwargs)` returns the function that maps the cotangent of
the result to that of one argument. A primitive is an operation like any other: it is recorded, drawn and compiled, and
its rules, written with NumPy functions, serve every order.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import update_wrapper, wraps
from typing import Any, Final

import numpy as np

from autograd.batching.array import called
from autograd.boxes import Box as Box
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.calls import caller
from autograd.engine.graph import Node
from autograd.engine.op import SEVERAL, Op
from autograd.engine.tensor import DISPATCH, Tensor, current
from autograd.transforms import tree_leaves, tree_like
from autograd.vector_space import VSpace as VSpace
from autograd.vector_space import vspace as vspace

Function = Callable[..., Any]


def register_notrace(_trace_type: type, _primitive_fun: Function) -> None:
    """Do nothing: what has no derivative is known by itself."""


class VJPNode(Node):
    """A node by HIPS autograd's name: `new_root()` is what `autograd.tracer.new_box` wants for a new variable."""

    __slots__ = ()

    @classmethod
    def new_root(cls, *_: Any) -> VJPNode:
        """Return what stands for the start of a trace."""
        return cls()


JVPNode = VJPNode

_PRIMITIVES: Final[dict[Any, Primitive]] = {}
"""The primitives that were made of functions which are known by themselves, such as NumPy's."""


class SparseObject:
    """A cotangent that is zero but for some elements: `mut_add` adds them to an array, and returns it."""

    def __init__(self, vs: VSpace, mut_add: Function) -> None:
        self.vs = vs
        self.mut_add = mut_add


_OPERAND: Final = object()  # stands in the arguments of a call where an operand is


@dataclass(frozen=True)
class _Call:
    """The arguments of a call without its operands, which are those that are tensors, in containers too."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    owners: tuple[int, ...]  # of which argument each operand is
    flows: tuple[bool, ...]  # which operands have a gradient

    def filled(self, values: Sequence[Any]) -> list[Any]:
        given = iter(values)
        leaves = [next(given) if leaf is _OPERAND else leaf for leaf in tree_leaves(list(self.args))]
        return list(tree_like(self.args, leaves))

    @property
    def still(self) -> _Call:
        """The call with zeros in the place of numbers that are no operands: their tangents."""
        leaves = [np.zeros_like(leaf) if _is_number(leaf) else leaf for leaf in tree_leaves(list(self.args))]
        return replace(self, args=tree_like(self.args, leaves))

    def __repr__(self) -> str:
        return f"{len(self.args)} arguments"


def _is_number(leaf: Any) -> bool:
    return isinstance(leaf, float | complex) or getattr(getattr(leaf, "dtype", None), "kind", None) in ("f", "c")


def _call_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[_Call, list[Tensor]]:
    leaves = tree_leaves(list(args))
    owners = [i for i, arg in enumerate(args) for leaf in tree_leaves([arg]) if type(leaf) is Tensor]
    plain = tree_like(args, [_OPERAND if type(leaf) is Tensor else leaf for leaf in leaves])
    operands = [leaf for leaf in leaves if type(leaf) is Tensor]
    flows = tuple(t.requires_grad and t.dtype.kind in ("f", "c") for t in operands)
    return _Call(plain, kwargs, tuple(owners), flows), operands


class Primitive:
    """A function that is not looked into: its derivatives are those that `defvjp` and `defjvp` give it."""

    def __init__(self, fun: Function) -> None:
        self.fun = fun
        self.pull: Function | None = None  # (argnums, ans, args, kwargs) to a function of g that gives a tuple
        self._old_rules: dict[int, Function | None] = {}
        self.name: str = getattr(fun, "__name__", type(fun).__name__)
        self.op = Op(
            "general", self._forward, (), name=self.name, doc=getattr(fun, "__doc__", None), joint=self._rule(),
            arity=0, bind=lambda *operands, call: (operands, {"call": call}),
        )  # fmt: skip
        self._run = caller(self.op, one_array=False)
        update_wrapper(self, fun)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call, tensors = _call_of(args, kwargs)
        return self._run(*tensors, call=call) if tensors else called(self.fun, args, kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Let it be a method where it is defined in a class."""
        return self if instance is None else lambda *args, **kwargs: self(instance, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    # --- how rules were given in HIPS autograd before 1.2 ---

    def defgrad(self, gradmaker: Function | None, argnum: int = 0) -> None:
        """Give the function a rule for one argument, `gradmaker(ans, *args)(g)`; an old form of `defvjp`."""
        self._add_old_rules({argnum: gradmaker})

    def defvjp(self, vjp: Function, argnum: int = 0) -> None:
        """Give the function a rule for one argument, `vjp(g, ans, vs, gvs, *args)`; an old form of `defvjp`."""

        def gradmaker(ans: Any, *args: Any, **kwargs: Any) -> Function:
            return lambda g: vjp(g, ans, vspace(args[argnum]), vspace(g), *args, **kwargs)

        self._add_old_rules({argnum: gradmaker})

    def defvjp_is_zero(self, argnums: Iterable[int] = (0,)) -> None:
        """Say that some arguments have no influence; an old form of `defvjp` with None."""
        self._add_old_rules(dict.fromkeys(argnums))

    def _add_old_rules(self, rules: dict[int, Any]) -> None:
        warnings.warn("this is an old form; use autograd.extend.defvjp", DeprecationWarning, stacklevel=3)
        self._old_rules |= rules
        defvjp(self, *self._old_rules.values(), argnums=self._old_rules.keys())

    def _forward(self, *values: Any, call: _Call) -> Any:
        out = called(self.fun, call.filled(values), call.kwargs)
        if isinstance(out, SEVERAL):
            return getattr(type(out), "_make", tuple)(map(_as_array, out))
        return _as_array(out)

    def _rule(self) -> Function:
        def rule(g: Any, out: Any, *values: Any, call: Any = None) -> list[Any]:
            if self.pull is None:
                raise NotImplementedError(
                    f"{self.name}: has no derivative rule. Give it one by autograd.extend.defvjp({self.name}, ...), "
                    "with a function for each argument."
                )
            argnums = tuple(dict.fromkeys(n for n, flows in zip(call.owners, call.flows, strict=True) if flows))
            found = dict(zip(argnums, self.pull(argnums, out, call.filled(values), call.kwargs)(g), strict=True))
            lifted = any(isinstance(x, Tensor) for x in tree_leaves([g, out, values]))
            return _pieces(found, call, values, lifted)

        return rule

    def push_by(self, rule: Function) -> None:
        """Set the rule of forward mode: (argnums, gs, ans, args, kwargs) to the tangent of the result."""

        def jvp(ts: tuple[Any, ...], out: Any, *values: Any, call: _Call) -> Any:
            args = call.filled(values)
            moving = [n for n, t in zip(call.owners, ts, strict=True) if t is not None]
            argnums = tuple(dict.fromkeys(moving))
            directions = call.still.filled(
                [np.zeros_like(x) if t is None else t for t, x in zip(ts, values, strict=True)]
            )
            tangent = rule(argnums, [directions[n] for n in argnums], out, args, call.kwargs)
            if not isinstance(tangent, SEVERAL):
                return _as_array(tangent)
            pairs = zip(tangent, out, strict=True)  # by whole numbers there are none, whatever the rule says
            return tuple(_as_array(t) if _is_number(o) else np.zeros(o.shape) for t, o in pairs)

        self.op.jvp = jvp


def _as_array(x: Any) -> Any:
    return x if hasattr(x, "shape") else np.asarray(x)


def _pieces(found: dict[int, Any], call: _Call, values: Sequence[Any], lifted: bool) -> list[Any]:
    """Return a cotangent for each operand from those of the arguments, which may be containers."""
    taken = {n: iter(_at_operands(c, call.args[n])) for n, c in found.items()}
    return [
        _fitting(next(taken[n]), value, lifted) if n in taken else None
        for n, value in zip(call.owners, values, strict=True)
    ]


def _at_operands(c: Any, arg: Any) -> list[Any]:
    """Return the parts of an argument's cotangent where its operands are; a rule may give an array for a list."""
    if arg is _OPERAND:
        return [c]
    if isinstance(c, SparseObject):
        c = c.mut_add(c.vs.zeros())
    if c is None:
        return [None for leaf in tree_leaves([arg]) if leaf is _OPERAND]
    if isinstance(arg, dict):
        return [part for key in arg for part in _at_operands(c[key], arg[key])]
    if isinstance(arg, SEVERAL):
        return [part for i, item in enumerate(arg) for part in _at_operands(c[i], item)]
    return []


def _fitting(c: Any, value: Any, lifted: bool) -> Any:
    """Return a cotangent in the shape of its argument: what was broadcast is summed, a number becomes an array."""
    if isinstance(c, SparseObject):
        c = c.mut_add(c.vs.zeros())
    if c is None:
        return None
    c = c if hasattr(c, "shape") else np.asarray(c)
    if isinstance(c, Tensor) and not lifted:
        c = current(c)
    if c.shape == value.shape:
        return c
    return np.reshape(c, value.shape) if c.size == value.size else unbroadcast(c, value.shape)


# --- making primitives and giving them rules ------------------------------------------------------------------------


def primitive(fun: Function) -> Primitive:
    """Let a function be an operation by itself, with the rules that `defvjp` and `defjvp` give it.

    Of plain arrays it returns what it ever did. Its results with tensors are tensors, of several arrays a tuple.

    >>> @primitive
    ... def twice(x): return 2 * x
    >>> defvjp(twice, lambda ans, x: lambda g: 2 * g)
    >>> import autograd
    >>> autograd.grad(lambda x: twice(x) ** 2)(3.0)
    np.float64(24.0)
    """
    return Primitive(fun)


def notrace_primitive(fun: Function) -> Function:
    """Let a function see plain values and return plain results, without a derivative."""

    @wraps(fun)
    def run(*args: Any, **kwargs: Any) -> Any:
        leaves = [current(leaf) for leaf in tree_leaves([list(args), kwargs])]
        plain, options = tree_like([list(args), kwargs], leaves)
        return fun(*plain, **options)

    return run


def _primitive_of(fun: Any) -> Primitive:
    """Return the primitive that a rule is for; a function of NumPy or SciPy becomes one where it meets a tensor."""
    if isinstance(fun, Primitive):
        return fun
    if fun not in _PRIMITIVES:
        _PRIMITIVES[fun] = DISPATCH[fun] = Primitive(fun)
    return _PRIMITIVES[fun]


def defvjp_argnums(fun: Any, vjpmaker: Function) -> None:
    """Give a function its rule: `vjpmaker(argnums, ans, args, kwargs)` returns a function from g to a tuple."""
    _primitive_of(fun).pull = vjpmaker


def defvjp_argnum(fun: Any, vjpmaker: Function) -> None:
    """Give a function its rule: `vjpmaker(argnum, ans, args, kwargs)` returns a function from g to one cotangent."""

    def all_of(argnums: Sequence[int], ans: Any, args: Any, kwargs: Any) -> Function:
        pulls = [vjpmaker(n, ans, args, kwargs) for n in argnums]
        return lambda g: tuple(pull(g) for pull in pulls)

    defvjp_argnums(fun, all_of)


def defvjp(fun: Any, *vjpmakers: Function | None, argnums: Iterable[int] | None = None) -> None:
    """Give a function a rule for each argument, or for those in `argnums`; None where an argument has no influence.

    `vjpmaker(ans, *args, **kwargs)` returns the function from the cotangent of the result to that of the argument.

    Raises NotImplementedError, at backward, for an argument without a rule.
    """
    makers = dict(zip(itertools.count() if argnums is None else argnums, vjpmakers, strict=False))
    name = _primitive_of(fun).name

    def one(n: int, ans: Any, args: Any, kwargs: Any) -> Function:
        if n not in makers:
            raise NotImplementedError(
                f"{name}: has no derivative rule for argument {n}. Give it one by autograd.extend.defvjp({name}, ...)."
            )
        maker = makers[n]
        return (lambda _: None) if maker is None else maker(ans, *args, **kwargs)

    defvjp_argnum(fun, one)


def defjvp_argnums(fun: Any, jvpmaker: Function) -> None:
    """Give a function its rule for forward mode: `jvpmaker(argnums, gs, ans, args, kwargs)` returns a tangent."""
    _primitive_of(fun).push_by(jvpmaker)


def defjvp_argnum(fun: Any, jvpmaker: Function) -> None:
    """Give a function its rule for forward mode: `jvpmaker(argnum, g, ans, args, kwargs)` returns a tangent."""

    def total(argnums: Sequence[int], gs: Sequence[Any], ans: Any, args: Any, kwargs: Any) -> Any:
        terms = [jvpmaker(n, g, ans, args, kwargs) for n, g in zip(argnums, gs, strict=True)]
        return _sum([t for t in terms if t is not None], ans)

    defjvp_argnums(fun, total)


def _sum(terms: Sequence[Any], like: Any) -> Any:
    if not terms:
        return tree_like(like, [np.zeros_like(x) for x in tree_leaves(like)])
    total = terms[0]
    for t in terms[1:]:
        total = tuple(a + b for a, b in zip(total, t, strict=True)) if isinstance(t, SEVERAL) else total + t
    return total


def defjvp(fun: Any, *jvpfuns: Function | str | None, argnums: Iterable[int] | None = None) -> None:
    """Give a function a rule for forward mode for each argument, or for those in `argnums`.

    `jvpfun(g, ans, *args, **kwargs)` returns the tangent of the result by one argument's tangent g; "same" stands for
    the function itself with g in the place of the argument, None for no influence.
    """
    rules = dict(zip(itertools.count() if argnums is None else argnums, jvpfuns, strict=False))
    made = _primitive_of(fun)

    def one(n: int, g: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        if n not in rules:
            raise NotImplementedError(f"{made.name}: has no rule of forward mode for argument {n}; see defjvp")
        rule = rules[n]
        if rule == "same":
            return fun(*args[:n], g, *args[n + 1 :], **kwargs)
        return None if rule is None else rule(g, ans, *args, **kwargs)  # type: ignore[operator]

    defjvp_argnum(fun, one)


def def_linear(fun: Any) -> None:
    """Say that a function is linear in each of its arguments, so that it is its own rule of forward mode."""
    defjvp_argnum(fun, lambda n, g, _ans, args, kwargs: fun(*args[:n], g, *args[n + 1 :], **kwargs))
