"""Exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.domain import POSITIVE
from autograd.engine.registry import elementwise
from autograd.ops.special import logistic

LN2 = 0.6931471805599453
LN10 = 2.302585092994046

exp = elementwise(np.exp, lambda g, out, _x: g * out, doc="e to the power x.")
exp2 = elementwise(np.exp2, lambda g, out, _x: g * (LN2 * out), doc="2 to the power x.")
expm1 = elementwise(np.expm1, lambda g, _out, x: g * np.exp(x), doc="exp(x) - 1, exact for small x too.")
log = elementwise(np.log, lambda g, _out, x: g / x, domain=POSITIVE, doc="Natural logarithm; -inf at 0, nan below.")
log2 = elementwise(np.log2, lambda g, _out, x: g / (LN2 * x), domain=POSITIVE, doc="Logarithm to base 2.")
log10 = elementwise(np.log10, lambda g, _out, x: g / (LN10 * x), domain=POSITIVE, doc="Logarithm to base 10.")
log1p = elementwise(np.log1p, lambda g, _out, x: g / (1 + x), domain=POSITIVE, doc="log(1 + x), exact for small x too.")


def _share(g: Any, x: Any, y: Any, share: Any) -> Any:
    """g times x's share of the sum, logistic(x - y); of two infinities of one sign, 1 for inf and 0 for -inf.

    exp(x - out) would multiply the rounding of `out`, which grows with x and y.
    """
    infinite = np.equal(x, y) & np.isinf(x)
    return g * np.where(infinite, np.greater(x, 0), share(np.where(infinite, 0, x - y)))


def _logistic2(x: Any) -> Any:
    """1 / (1 + 2**-x), and a plain 0 where that power overflows, so that no slope of it comes in."""
    t = np.exp2(np.negative(x))
    return np.where(np.isinf(t), 0, 1 / (1 + t))


logaddexp = elementwise(
    np.logaddexp,
    lambda g, _out, x, y: _share(g, x, y, logistic),
    lambda g, _out, x, y: _share(g, y, x, logistic),
    doc="log(exp(x) + exp(y)) without overflow. At two infinities of one sign: 0 for -inf.",
)
logaddexp2 = elementwise(
    np.logaddexp2,
    lambda g, _out, x, y: _share(g, x, y, _logistic2),
    lambda g, _out, x, y: _share(g, y, x, _logistic2),
    doc="log2(2**x + 2**y) without overflow.",
)
