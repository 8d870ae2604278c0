"""The beta distribution of `a` and `b`; by these the density has a derivative, the others have none."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, defined, rest_of, within


def _logpdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    z = given = (x - loc) / scale
    inside = np.greater_equal(z, 0) & np.less_equal(z, 1)
    z = np.where(inside, z, 0.5)
    powers = special.xlogy(a - 1, z) + special.xlog1py(b - 1, np.negative(z))
    return defined(within(inside, powers - special.betaln(a, b) - np.log(scale)), given, a, b, scale)


def _cdf(x: Any, a: Any, b: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.betainc(a, b, np.clip((x - loc) / scale, 0, 1)), x, a, b, scale)


logpdf = by_formula(_stats.beta.logpdf, _logpdf)
pdf = by_formula(_stats.beta.pdf, lambda *args, **kwargs: np.exp(_logpdf(*args, **kwargs)))
cdf = by_formula(_stats.beta.cdf, _cdf)
logcdf = by_formula(_stats.beta.logcdf, lambda *args, **kwargs: np.log(_cdf(*args, **kwargs)))
__getattr__ = rest_of(_stats.beta)
