"""The operation record: what it computes, its derivative rules, and what those keep in memory.

An operation is a forward function in plain NumPy and, by the structure of its Jacobian, its derivative rules.
A rule is called `rule(g, out, *inputs, **params)`, where `g` is the cotangent of `out` (in forward mode, for an
elementwise operation, the tangent of its input). What a rule names is kept for it; of a parameter whose name
starts with `_` only shape and dtype are. Records are made by the constructors in `registry.py` and run by `calls.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from autograd.engine.derivative import Lift, cast, strong_zero, transposed
from autograd.engine.domain import REAL, Domain
from autograd.engine.graph import Node

Rule = Callable[..., Any]
Function = Callable[..., Any]

SEVERAL: Final = (tuple, list)  # a tuple of types, since building `tuple | list` costs 0.1 µs a call


class Op:
    """One operation: what it computes, its derivative rules, and what those keep in memory.

    `bounded` promises that the slopes of an elementwise operation are finite everywhere, at infinities and nan too.
    `wider`, of one array, serves the calls with options that the record has not, or with more than one by position: so
    what is rare costs the others nothing. It has NumPy's parameters.
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
        wider: Function | None = None,
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
        self.wider: Any = wider
        if wider is not None:
            wider.__qualname__ = self.name  # Python says it where an option is unknown
        self.ordered = len(self.options) if wider is None else 1  # how many options may come by position
        self.keeps = tuple(rule and _kept(rule, self.arity) for rule in (self.vjps if joint is None else (joint,)))
        self.kept_for: dict[tuple[bool, ...], tuple[bool, ...]] = {}  # by which operands have a node; see calls.py
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
            if len(operands) < self.arity or len(args) > self.arity + self.ordered:
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
        if not isinstance(pieces, SEVERAL) or len(pieces) != len(args) - 1:
            got = f"{len(pieces)} of them" if isinstance(pieces, SEVERAL) else type(pieces).__name__
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
                total = c if total is None else _added(total, c)
        if total is None or node.dtype is None:
            return total
        total = total if total.shape == node.shape else np.broadcast_to(total, node.shape)
        return total if total.dtype == node.dtype else cast(total, node.dtype)


def _added(a: Any, b: Any) -> Any:
    """Add tangents of one result, or of several."""
    return tuple(x + y for x, y in zip(a, b, strict=True)) if isinstance(a, tuple) else a + b


def _piece(op: Op, i: int, g: Any, *args: Any, **params: Any) -> Any:
    return op.pieces(g, args, params)[i]


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
