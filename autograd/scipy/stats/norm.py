"""The normal distribution, of mean `loc` and standard deviation `scale`."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, rest_of

_LOG_ROOT_2PI = 0.5 * float(np.log(2 * np.pi))


def _logpdf(x: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    z = (x - loc) / scale
    return -0.5 * z * z - _LOG_ROOT_2PI - np.log(scale)


logpdf = by_formula(_stats.norm.logpdf, _logpdf)
pdf = by_formula(_stats.norm.pdf, lambda x, loc=0.0, scale=1.0: np.exp(_logpdf(x, loc, scale)))
cdf = by_formula(_stats.norm.cdf, lambda x, loc=0.0, scale=1.0: special.ndtr((x - loc) / scale))
logcdf = by_formula(_stats.norm.logcdf, lambda x, loc=0.0, scale=1.0: special.log_ndtr((x - loc) / scale))
sf = by_formula(_stats.norm.sf, lambda x, loc=0.0, scale=1.0: special.ndtr((loc - x) / scale))
logsf = by_formula(_stats.norm.logsf, lambda x, loc=0.0, scale=1.0: special.log_ndtr((loc - x) / scale))
ppf = by_formula(_stats.norm.ppf, lambda q, loc=0.0, scale=1.0: special.ndtri(q) * scale + loc)
__getattr__ = rest_of(_stats.norm)
