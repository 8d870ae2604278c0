"""The gamma distribution of shape `a`; by `a` the density has a derivative, the others have none."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, defined, rest_of, within


def _logpdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    z = given = (x - loc) / scale
    inside = np.greater_equal(z, 0) & np.less(z, np.inf)
    z = np.where(inside, z, 1)
    log_density = special.xlogy(a - 1, z) - z - special.gammaln(a) - np.log(scale)
    return defined(within(inside, log_density), given, a, scale)


def _cdf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.gammainc(a, np.maximum((x - loc) / scale, 0)), x, a, scale)


def _sf(x: Any, a: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.gammaincc(a, np.maximum((x - loc) / scale, 0)), x, a, scale)


logpdf = by_formula(_stats.gamma.logpdf, _logpdf)
pdf = by_formula(_stats.gamma.pdf, lambda *args, **kwargs: np.exp(_logpdf(*args, **kwargs)))
cdf = by_formula(_stats.gamma.cdf, _cdf)
logcdf = by_formula(_stats.gamma.logcdf, lambda *args, **kwargs: np.log(_cdf(*args, **kwargs)))
sf = by_formula(_stats.gamma.sf, _sf)
logsf = by_formula(_stats.gamma.logsf, lambda *args, **kwargs: np.log(_sf(*args, **kwargs)))
__getattr__ = rest_of(_stats.gamma)
