"""Sums, products, quotients, powers and remainders, with their operators."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from autograd.engine.domain import DISTINCT, POSITIVE, REAL
from autograd.engine.registry import composite, elementwise, linear, stepwise

positive = elementwise(
    np.positive, lambda g, _out, _x: g, bounded=True, operator="pos", doc="+x: a new tensor, equal to x."
)
negative = elementwise(
    np.negative, lambda g, _out, _x: np.negative(g), bounded=True, operator="neg", doc="-x, element by element."
)
copy: Any = linear(
    np.copy, lambda g, _out, _x: g, wider=lambda x, order="K", subok=False: copy(x),  # noqa: ARG005
    doc="A copy of x that does not share its memory; gradients flow through.",
)  # fmt: skip

add = elementwise(
    operator.add,
    lambda g, _out, _x, _y: g,
    lambda g, _out, _x, _y: g,
    numpy=np.add, bounded=True, operator="add", doc="x + y, element by element.",
)  # fmt: skip
subtract = elementwise(
    operator.sub,
    lambda g, _out, _x, _y: g,
    lambda g, _out, _x, _y: np.negative(g),
    numpy=np.subtract, bounded=True, operator="sub", doc="x - y, element by element.",
)  # fmt: skip
multiply = elementwise(
    operator.mul,
    lambda g, _out, _x, y: g * y,
    lambda g, _out, x, _y: g * x,
    numpy=np.multiply, operator="mul", doc="x * y, element by element.",
)  # fmt: skip
divide = elementwise(
    operator.truediv,
    lambda g, _out, _x, y: g / y,
    lambda g, out, _x, y: np.negative(g) * out / y,
    numpy=np.divide, operator="truediv", aliases=("true_divide",), domain=(REAL, POSITIVE),
    doc="x / y, element by element; 1/0 is inf and 0/0 nan, as IEEE 754 has it.",
)  # fmt: skip


def _power_x(g: Any, _out: Any, x: Any, y: Any) -> Any:
    if type(y) in (int, float):  # a plain exponent is known to be constant, and x² is by far the most frequent
        if y == 2:
            return g * (x + x)
        return g * (y * x ** (y - 1)) if y else g * 0
    constant = np.equal(y, 0)  # x⁰ is 1 everywhere, so its slope is 0 at x = 0 too
    return np.where(constant, 0, g * (y * x ** np.where(constant, 1, y - 1)))


def _power_y(g: Any, out: Any, x: Any, _y: Any) -> Any:
    at_zero = np.equal(x, 0) & np.isfinite(out)  # 0ʸ is 0 for all y > 0
    return np.where(at_zero, 0, g * (out * np.log(np.where(at_zero, 1, x))))


power = elementwise(
    operator.pow, _power_x, _power_y,
    numpy=np.power, operator="pow", aliases=("pow",), domain=(POSITIVE, REAL),
    doc="x to the power y. Slope by x: 0 where y is 0. By y: 0 at x = 0 and y >= 0, nan where x < 0.",
)  # fmt: skip
float_power = composite(
    lambda x, y: power(x * 1.0, y), name="float_power", numpy=np.float_power, doc="x to the power y, as floats."
)

reciprocal = elementwise(
    np.reciprocal, lambda g, out, _x: np.negative(g) * out * out, domain=POSITIVE, doc="1 / x, element by element."
)
square = elementwise(np.square, lambda g, _out, x: g * (x + x), doc="x times x, element by element.")
sqrt = elementwise(
    np.sqrt, lambda g, out, _x: g / (out + out), domain=POSITIVE,
    doc="Square root. Its slope at 0 is inf; for the length of a vector use `norm`, whose slope there is 0.",
)  # fmt: skip
cbrt = elementwise(
    np.cbrt, lambda g, out, _x: g / (3 * out * out), domain=POSITIVE, doc="Cube root. Its slope at 0 is inf."
)

floor_divide = stepwise(
    operator.floordiv, numpy=np.floor_divide, arity=2, operator="floordiv", domain=(DISTINCT, POSITIVE),
    doc="floor(x / y), element by element; its derivative is zero.",
)  # fmt: skip
remainder = elementwise(
    operator.mod,
    lambda g, _out, _x, _y: g,
    lambda g, _out, x, y: np.negative(g) * np.floor_divide(x, y),
    numpy=np.remainder, operator="mod", aliases=("mod",), domain=(DISTINCT, POSITIVE),
    doc="x % y with the sign of y. Slopes 1 and -floor(x / y); jumps at multiples of y.",
)  # fmt: skip
fmod = elementwise(
    np.fmod,
    lambda g, _out, _x, _y: g,
    lambda g, out, x, y: np.negative(g) * np.rint((x - out) / y),  # the rounding of x / y may reach the next integer
    domain=(DISTINCT, POSITIVE), doc="The remainder of x / y with the sign of x. Slopes 1 and -trunc(x / y).",
)  # fmt: skip


def divmod_(x: Any, y: Any) -> tuple[Any, Any]:
    """Return (x // y, x % y)."""
    return floor_divide(x, y), remainder(x, y)


divmod_ = composite(divmod_, name="divmod", numpy=np.divmod, operator="divmod")
