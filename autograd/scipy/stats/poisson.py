"""The Poisson distribution of mean `mu`, by which it is differentiated; the count is a whole number."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, defined, rest_of, within


def _logpmf(k: Any, mu: Any, loc: Any = 0) -> Any:
    n = given = k - loc
    inside = np.greater_equal(n, 0) & np.equal(np.floor(n), n)
    n = np.where(inside, n, 0)
    log_mass = special.xlogy(n, mu) - special.gammaln(n + 1) - mu
    return defined(within(inside, log_mass), given, np.greater_equal(mu, 0))


def _cdf(k: Any, mu: Any, loc: Any = 0) -> Any:
    n = np.floor(k - loc)
    below = np.where(np.less(n, 0), 0, special.gammaincc(np.maximum(n, 0) + 1, mu))
    return defined(below, k, np.greater_equal(mu, 0))


logpmf = by_formula(_stats.poisson.logpmf, _logpmf)
pmf = by_formula(_stats.poisson.pmf, lambda *args, **kwargs: np.exp(_logpmf(*args, **kwargs)))
cdf = by_formula(_stats.poisson.cdf, _cdf)
__getattr__ = rest_of(_stats.poisson)
