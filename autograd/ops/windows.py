"""`np.i0`, the modified Bessel function that Kaiser's window is made of, and that window."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from autograd.engine.derivative import cast
from autograd.engine.registry import elementwise, publish
from autograd.engine.tensor import Tensor, as_tensor

_FAR = 25.0  # from here on the asymptotic series is exact to the last digit, for the orders that derivatives need
_SCALE = 256.0  # of the square of half of that, and a power of 2


@cache
def _near_coefficients(order: int) -> tuple[float, ...]:
    """Return those of I_n(x) / (x/2)ⁿ in powers of (x/2)² / 256 (DLMF 10.25.2): all positive, so nothing cancels."""
    return tuple(float(256**k / (math.factorial(k) * math.factorial(order + k))) for k in range(50))


@cache
def _far_coefficients(order: int) -> tuple[float, ...]:
    """Return those of I_n(x) √(2πx) exp(-x) in powers of 1/8x (DLMF 10.40.1)."""
    found = [1.0]
    for k in range(1, 25):
        found.append(-found[-1] * (4 * order**2 - (2 * k - 1) ** 2) / k)
    return tuple(found)


def _bessel(x: Any, order: int = 1) -> Any:
    """Return I_n(x) of a whole order. The rounding of (x/2)² is put right by the slope of the series: it would grow."""
    size = np.abs(x)
    near = np.less_equal(size, _FAR)
    half = np.where(near, size, 1) / 2
    square = half * half
    head = cast(cast(half, np.dtype(np.float32)), half.dtype)
    tail = half - head
    lost = (head * head - square) + (2 * head + tail) * tail
    total, slope, t = half * 0, half * 0, square / _SCALE
    for c in reversed(_near_coefficients(order)):
        slope = slope * t + total
        total = total * t + c
    inner = (total + slope * (lost / _SCALE)) * half**order
    far = np.clip(np.where(near, _FAR, size), None, 2000.0)  # of which the exponential is infinite
    series, u = far * 0, 1 / (8 * far)
    for c in reversed(_far_coefficients(order)):
        series = series * u + c
    growth = np.exp(far / 2)
    value = np.where(near, inner, growth * (series / np.sqrt(2 * np.pi * far)) * growth)
    return np.where(np.less(x, 0), np.negative(value), value) if order % 2 else value


def _bessel_slope(g: Any, _out: Any, x: Any, order: int = 1) -> Any:
    return g * (bessel(x, order - 1 if order else 1) + bessel(x, order + 1)) / 2


_recorded = elementwise(_bessel, _bessel_slope, name="bessel_i", public=False)


def bessel(x: Any, order: int) -> Any:
    """Return I_n(x) inside a rule: recorded as itself on Tensors, since |x| in its formula has no slope at 0."""
    return _recorded(x, order=order) if type(x) is Tensor else _bessel(x, order)


i0 = elementwise(
    np.i0, lambda g, _out, x: g * bessel(x, 1), method=False,
    doc="The modified Bessel function of the first kind, of order 0.",
)  # fmt: skip


def kaiser(M: int, beta: Any) -> Any:
    """Return the Kaiser window of M points with the shape `beta`, by which it is differentiable."""
    beta = as_tensor(beta)
    if M <= 1:
        return np.ones_like(beta, shape=(max(M, 0),), dtype=np.float64)
    middle = (M - 1) / 2.0
    return i0(beta * np.sqrt(1 - ((np.arange(M) - middle) / middle) ** 2.0)) / i0(beta)


publish(kaiser, method=False)  # np.kaiser asks nobody for the type of beta: it cannot lead here
