"""Exponentials and logarithms."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.domain import POSITIVE
from autograd.engine.registry import elementwise

LN2 = 0.6931471805599453
LN10 = 2.302585092994046

exp = elementwise(np.exp, lambda g, out, _x: g * out, doc="e to the power x.")
exp2 = elementwise(np.exp2, lambda g, out, _x: g * (LN2 * out), doc="2 to the power x.")
expm1 = elementwise(np.expm1, lambda g, _out, x: g * np.exp(x), doc="exp(x) - 1, exact for small x too.")
log = elementwise(np.log, lambda g, _out, x: g / x, domain=POSITIVE, doc="Natural logarithm; -inf at 0, nan below.")
log2 = elementwise(np.log2, lambda g, _out, x: g / (LN2 * x), domain=POSITIVE, doc="Logarithm to base 2.")
log10 = elementwise(np.log10, lambda g, _out, x: g / (LN10 * x), domain=POSITIVE, doc="Logarithm to base 10.")
log1p = elementwise(np.log1p, lambda g, _out, x: g / (1 + x), domain=POSITIVE, doc="log(1 + x), exact for small x too.")


def _share(g: Any, x: Any, out: Any, base: Any) -> Any:
    """g times x's share of the sum: base**(x - out), where inf - inf is no difference but a tie or nothing."""
    finite = np.isfinite(out) | np.isnan(out)
    share = base(np.where(finite, x - np.where(finite, out, 0), -np.inf))
    return g * np.where(finite, share, np.equal(x, np.inf) & np.equal(out, np.inf))


logaddexp = elementwise(
    np.logaddexp,
    lambda g, out, x, _y: _share(g, x, out, np.exp),
    lambda g, out, _x, y: _share(g, y, out, np.exp),
    doc="log(exp(x) + exp(y)) without overflow. At two infinities of one sign: 0 for -inf.",
)
logaddexp2 = elementwise(
    np.logaddexp2,
    lambda g, out, x, _y: _share(g, x, out, np.exp2),
    lambda g, out, _x, y: _share(g, y, out, np.exp2),
    doc="log2(2**x + 2**y) without overflow.",
)
