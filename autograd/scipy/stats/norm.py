"""The normal distribution, of mean `loc` and standard deviation `scale`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, defined, rest_of

_LOG_ROOT_2PI = 0.5 * float(np.log(2 * np.pi))


def _logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    z = (x - loc) / scale
    return defined(-0.5 * z * z - _LOG_ROOT_2PI - np.log(scale), z, scale)


def _below(function: Any) -> Any:
    """Return a function of (x - loc) / scale as one of x, loc and scale."""
    return lambda x, loc=0.0, scale=1.0: defined(function((x - loc) / scale), x, scale)


def _above(function: Any) -> Any:
    return lambda x, loc=0.0, scale=1.0: defined(function((loc - x) / scale), x, scale)


def _ppf(q: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.ndtri(q) * scale + loc, q, scale)


logpdf = by_formula(_stats.norm.logpdf, _logpdf)
pdf = by_formula(_stats.norm.pdf, lambda x, loc=0.0, scale=1.0: np.exp(_logpdf(x, loc, scale)))
cdf = by_formula(_stats.norm.cdf, _below(special.ndtr))
logcdf = by_formula(_stats.norm.logcdf, _below(special.log_ndtr))
sf = by_formula(_stats.norm.sf, _above(special.ndtr))
logsf = by_formula(_stats.norm.logsf, _above(special.log_ndtr))
ppf = by_formula(_stats.norm.ppf, _ppf)
__getattr__ = rest_of(_stats.norm)
