"""Circular and hyperbolic functions and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.domain import ABOVE_ONE, POSITIVE, REAL, UNIT, interval
from autograd.engine.registry import elementwise
from autograd.ops.special import density

sin = elementwise(np.sin, lambda g, _out, x: g * np.cos(x), doc="Sine of x, in radians.")
cos = elementwise(np.cos, lambda g, _out, x: np.negative(g) * np.sin(x), doc="Cosine of x, in radians.")
tan = elementwise(
    np.tan, lambda g, out, _x: g * (1 + out * out), domain=interval("TAN", -1.2, 1.2), doc="Tangent of x, in radians."
)
arcsin = elementwise(
    np.arcsin, lambda g, _out, x: g / np.sqrt((1 - x) * (1 + x)), domain=UNIT, aliases=("asin",),
    doc="Inverse sine, in radians. Its slope at -1 and 1 is inf.",
)  # fmt: skip
arccos = elementwise(
    np.arccos, lambda g, _out, x: np.negative(g) / np.sqrt((1 - x) * (1 + x)), domain=UNIT, aliases=("acos",),
    doc="Inverse cosine, in radians. Its slope at -1 and 1 is -inf.",
)  # fmt: skip
arctan = elementwise(
    np.arctan, lambda g, _out, x: g / (1 + x * x), aliases=("atan",), doc="Inverse tangent, in radians."
)


def _over(g: Any, a: Any, length: Any) -> Any:
    """g * a / length, and 0 where both are 0."""
    origin = np.equal(length, 0)
    return np.where(origin, 0, g * (a / np.where(origin, 1, length)))


def _over_square(g: Any, x: Any, y: Any) -> Any:
    """g * x / (x² + y²), and 0 at the origin; divided twice, since the squares overflow beyond 1e154."""
    length = np.hypot(x, y)
    return _over(g, x / np.where(np.equal(length, 0), 1, length), length)


arctan2 = elementwise(
    np.arctan2,
    lambda g, _out, y, x: _over_square(g, x, y),
    lambda g, _out, y, x: _over_square(np.negative(g), y, x),
    domain=(POSITIVE, REAL), aliases=("atan2",),
    doc="The angle of the point (x, y), first argument y, in radians. Both slopes are 0 at the origin.",
)  # fmt: skip
hypot = elementwise(
    np.hypot,
    lambda g, out, x, _y: _over(g, x, out),
    lambda g, out, _x, y: _over(g, y, out),
    domain=(POSITIVE, REAL), doc="sqrt(x² + y²) without overflow. Both slopes are 0 at the origin.",
)  # fmt: skip


def _sech2(x: Any) -> Any:
    """1 / cosh(x)², of which 1 - tanh(x)² has lost all digits already at x = 20.

    Of a small array cosh takes half the time of what the exponential needs around it; where a graph is recorded it
    would have inf / inf in its own slope.
    """
    if x.dtype.kind == "c" or (type(x) is np.ndarray and x.size < 1000):
        return 1 / np.square(np.cosh(x))
    return 4 * density(2 * x)


sinh = elementwise(np.sinh, lambda g, _out, x: g * np.cosh(x), doc="Hyperbolic sine.")
cosh = elementwise(np.cosh, lambda g, _out, x: g * np.sinh(x), doc="Hyperbolic cosine.")
tanh = elementwise(
    np.tanh, lambda g, _out, x: g * _sech2(x), doc="Hyperbolic tangent. Its slope is exact in the tails too."
)
arcsinh = elementwise(
    np.arcsinh,
    lambda g, _out, x: g / (np.hypot(1, x) if x.dtype.kind != "c" else np.sqrt(1 + x * x)),
    aliases=("asinh",),
    doc="Inverse hyperbolic sine.",
)
arccosh = elementwise(
    np.arccosh, lambda g, _out, x: g / (np.sqrt(x - 1) * np.sqrt(x + 1)), domain=ABOVE_ONE, aliases=("acosh",),
    doc="Inverse hyperbolic cosine, for x >= 1. Its slope at 1 is inf.",
)  # fmt: skip
arctanh = elementwise(
    np.arctanh, lambda g, _out, x: g / ((1 - x) * (1 + x)), domain=UNIT, aliases=("atanh",),
    doc="Inverse hyperbolic tangent, for -1 < x < 1.",
)  # fmt: skip

deg2rad = elementwise(np.deg2rad, lambda g, _out, _x: np.deg2rad(g), aliases=("radians",), doc="Degrees to radians.")
rad2deg = elementwise(np.rad2deg, lambda g, _out, _x: np.rad2deg(g), aliases=("degrees",), doc="Radians to degrees.")

_PI2 = float(np.pi**2)
# Taylor coefficients of sinc'(x) / x in powers of (πx)², times 1/π²: -2(n+1) (-1)ⁿ / (2n+3)!
_SINC_SERIES = (-1 / 3, 1 / 30, -1 / 840, 1 / 45360, -1 / 3991680, 1 / 518918400, -1 / 93405312000, 1 / 22230464256000)


def _sinc_slope(x: Any, out: Any) -> Any:
    """sinc'(x) = (cos(πx) - sinc(x)) / x, which cancels near 0: there the Taylor series."""
    near = np.abs(x) < 0.25
    z = np.where(near, x, 0)
    u = _PI2 * z * z
    series: Any = 0
    for c in reversed(_SINC_SERIES):
        series = series * u + c
    within = x - 2 * np.rint(x / 2)  # in a period, exactly: the rounding of πx grows with x
    return np.where(near, _PI2 * z * series, (np.cos(np.pi * within) - out) / np.where(near, 1, x))


sinc = elementwise(
    np.sinc, lambda g, out, x: g * _sinc_slope(x, out), doc="sin(πx) / (πx), and 1 at 0. Its slope at 0 is 0."
)
