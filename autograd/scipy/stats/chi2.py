"""The chi-square distribution with `df` degrees of freedom: a gamma distribution of shape df / 2 and scale 2."""

from __future__ import annotations

from typing import Any

from scipy import stats as _stats

from autograd.scipy.stats import gamma
from autograd.scipy.stats._densities import by_formula, rest_of


def _as_gamma(function: Any) -> Any:
    return lambda x, df, loc=0.0, scale=1.0: function(x, df / 2, loc, 2 * scale)


logpdf = by_formula(_stats.chi2.logpdf, _as_gamma(gamma.logpdf))
pdf = by_formula(_stats.chi2.pdf, _as_gamma(gamma.pdf))
cdf = by_formula(_stats.chi2.cdf, _as_gamma(gamma.cdf))
logcdf = by_formula(_stats.chi2.logcdf, _as_gamma(gamma.logcdf))
sf = by_formula(_stats.chi2.sf, _as_gamma(gamma.sf))
logsf = by_formula(_stats.chi2.logsf, _as_gamma(gamma.logsf))
__getattr__ = rest_of(_stats.chi2)
