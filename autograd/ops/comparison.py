"""Comparisons, logic, rounding and signs: what has no slope, and what selects by value."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.engine.domain import DISTINCT, REAL, TRUTH, WHOLE, interval
from autograd.engine.registry import elementwise, publish, stepwise

for _name, _symbol, _operator in (
    ("equal", "==", "eq"),
    ("not_equal", "!=", "ne"),
    ("less", "<", "lt"),
    ("less_equal", "<=", "le"),
    ("greater", ">", "gt"),
    ("greater_equal", ">=", "ge"),
):
    stepwise(
        getattr(operator, _operator), numpy=getattr(np, _name), arity=2, operator=_operator,
        doc=f"x {_symbol} y, element by element, as booleans.",
    )  # fmt: skip
for _name, _bitwise, _domain, _doc in (
    ("logical_and", None, REAL, "Whether both are true (not zero)."),
    ("logical_or", None, REAL, "Whether one of them is true (not zero)."),
    ("logical_xor", None, REAL, "Whether exactly one of them is true (not zero)."),
    ("bitwise_and", "and", TRUTH, "Bitwise x & y of booleans or integers."),
    ("bitwise_or", "or", TRUTH, "Bitwise x | y of booleans or integers."),
    ("bitwise_xor", "xor", TRUTH, "Bitwise x ^ y of booleans or integers."),
    ("left_shift", "lshift", WHOLE, "Integer x shifted left by y bits."),
    ("right_shift", "rshift", WHOLE, "Integer x shifted right by y bits."),
    ("heaviside", None, REAL, "The step function: 0 below zero, y at zero, 1 above."),
):
    stepwise(getattr(np, _name), operator=_bitwise, domain=_domain, doc=_doc)
for _name, _doc in (
    ("logical_not", "Whether x is false (zero)."),
    ("isfinite", "Whether x is neither infinite nor nan."),
    ("isinf", "Whether x is infinite."),
    ("isnan", "Whether x is nan."),
    ("signbit", "Whether the sign of x is negative, also of -0.0."),
    ("floor", "The largest integer not above x."),
    ("ceil", "The smallest integer not below x."),
    ("trunc", "x without its fraction."),
    ("rint", "The nearest integer, even where there are two."),
):
    stepwise(getattr(np, _name), domain=DISTINCT, doc=_doc)


def _sign_slope(t: Any, out: Any, x: Any) -> Any:
    """Return how far x / |x| turns: nothing for real numbers, which only jump."""
    if x.dtype.kind != "c":
        return t * 0
    turn = np.imag(t * np.conj(out)) * 1j * out
    return np.where(np.equal(x, 0), 0, turn / np.where(np.equal(x, 0), 1, np.abs(x)))


sign = elementwise(
    np.sign, lambda g, out, x: np.conj(_sign_slope(np.conj(g), out, x)),
    jvp=lambda ts, out, x: _sign_slope(ts[0], out, x),
    bounded=True, domain=DISTINCT,
    doc="-1, 0 or 1 by the sign of x; nan for nan. Of a complex number x / |x|.",
)  # fmt: skip
invert = stepwise(np.invert, operator="invert", domain=TRUTH, doc="Bitwise not, of booleans or integers.")
around = stepwise(
    np.round, arity=1, options=("decimals",), domain=DISTINCT, operator="round", aliases=("around",),
    doc="x rounded to `decimals` digits; halves to even.",
)  # fmt: skip
isclose = stepwise(
    np.isclose, arity=2, options=("rtol", "atol", "equal_nan"), doc="Whether x and y are equal within a tolerance."
)


def _direction(x: Any) -> Any:
    """Return what a change of x is multiplied by in that of |x|: its sign, of a complex number conj(x) / |x|."""
    return np.conj(np.sign(x)) if x.dtype.kind == "c" else np.sign(x)


abs_ = elementwise(
    operator.abs, lambda g, _out, x: g * _direction(x),
    jvp=lambda ts, _out, x: np.real(ts[0] * _direction(x)),
    numpy=np.absolute, name="abs", operator="abs", aliases=("absolute",), domain=DISTINCT,
    doc="Absolute value. Its slope at 0 is 0.",
)  # fmt: skip
fabs = elementwise(np.fabs, lambda g, _out, x: g * np.sign(x), domain=DISTINCT, doc="Absolute value, as a float.")
copysign = elementwise(
    np.copysign,
    lambda g, _out, x, y: g * np.copysign(1, x) * np.copysign(1, y),
    None,
    domain=DISTINCT, doc="The size of x with the sign of y.",
)  # fmt: skip


def _wins(x: Any, y: Any, better: Any) -> Any:
    """Return x's part of the cotangent: all of it if x is better or nan, half of it at a tie."""
    x_nan, y_nan = np.isnan(x), np.isnan(y)
    tie = np.equal(x, y) | (x_nan & y_nan)
    return np.where(tie, 0.5, better(x, y) | (x_nan & ~y_nan))


maximum = elementwise(
    np.maximum,
    lambda g, _out, x, y: g * _wins(x, y, np.greater),
    lambda g, _out, x, y: g * _wins(y, x, np.greater),
    bounded=True, domain=(DISTINCT, REAL), doc="The larger of x and y; ties share the gradient, a nan takes all of it.",
)  # fmt: skip
minimum = elementwise(
    np.minimum,
    lambda g, _out, x, y: g * _wins(x, y, np.less),
    lambda g, _out, x, y: g * _wins(y, x, np.less),
    bounded=True, domain=(DISTINCT, REAL),
    doc="The smaller of x and y; ties share the gradient, a nan takes all of it.",
)  # fmt: skip
fmax = elementwise(
    np.fmax,
    lambda g, _out, x, y: g * np.where(np.isnan(y), 1, _wins(x, y, np.greater) * ~np.isnan(x)),
    lambda g, _out, x, y: g * np.where(np.isnan(x), 1, _wins(y, x, np.greater) * ~np.isnan(y)),
    bounded=True, domain=(DISTINCT, REAL), doc="The larger of x and y, passing over nan; ties share the gradient.",
)  # fmt: skip
fmin = elementwise(
    np.fmin,
    lambda g, _out, x, y: g * np.where(np.isnan(y), 1, _wins(x, y, np.less) * ~np.isnan(x)),
    lambda g, _out, x, y: g * np.where(np.isnan(x), 1, _wins(y, x, np.less) * ~np.isnan(y)),
    bounded=True, domain=(DISTINCT, REAL), doc="The smaller of x and y, passing over nan; ties share the gradient.",
)  # fmt: skip


def _inside(x: Any, low: Any, high: Any) -> Any:
    inside = ~np.isnan(x)
    if low is not None:
        inside = inside & np.greater_equal(x, low)
    if high is not None:
        inside = inside & np.less_equal(x, high)
    return inside


clip = elementwise(
    lambda x, low, high: np.clip(x, low, high),
    lambda g, _out, x, low, high: np.where(_inside(x, low, high), g, 0),
    lambda g, _out, x, low, high: np.where(np.less(x, low) & (high is None or np.less_equal(low, high)), g, 0),
    lambda g, _out, x, low, high: np.where(np.greater(np.maximum(x, -np.inf if low is None else low), high), g, 0),
    name="clip", numpy=np.clip, bounded=True,
    domain=(DISTINCT, interval("LOW", -1.13, -1.11), interval("HIGH", 1.11, 1.13)),
    bind=lambda x, a_min=None, a_max=None, *, min=None, max=None: (
        (x, a_min if min is None else min, a_max if max is None else max), {}
    ),
    doc="x, but not below `a_min` nor above `a_max`. Its slope is 1 from bound to bound, bounds included.",
)  # fmt: skip
choose = elementwise(
    lambda condition, x, y: np.where(condition, x, y),
    None,
    lambda g, _out, condition, _x, _y: np.where(condition, g, 0),
    lambda g, _out, condition, _x, _y: np.where(condition, 0, g),
    name="where", method=False, bounded=True, domain=(DISTINCT, REAL, REAL),
    doc="x where the condition is true, else y. What is not chosen has no influence, not even by a nan.",
)  # fmt: skip
nonzero = stepwise(
    np.nonzero, bind=lambda x: ((x,), {}), doc="The indices of the elements that are not zero, one array for each axis."
)


def where(condition: Any, *x_and_y: Any) -> Any:
    """Return x where the condition is true, else y; with the condition alone, the indices where it is true.

    What is not chosen has no influence on the gradient, not even by a nan.

    >>> import autograd
    >>> x = autograd.tensor([0.0, 1.0], requires_grad=True)
    >>> autograd.where(x > 0, autograd.log(autograd.maximum(x, 1e-300)), 0.0).sum().backward()
    >>> x.grad
    array([0., 1.])
    """
    return choose(condition, *x_and_y) if x_and_y else nonzero(condition)


publish(where, numpy=np.where, method=False)
