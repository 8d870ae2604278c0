"""The Dirichlet distribution; x is (k,) or (k, n), of n points, or has k - 1 rows, the last being what is left."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, rest_of


def _logpdf(x: Any, alpha: Any) -> Any:
    if np.shape(x)[0] == np.shape(alpha)[0] - 1:
        x = np.concatenate([x, 1 - np.sum(x, axis=0, keepdims=True)])
    powers = np.reshape(alpha, (-1,) + (1,) * (np.ndim(x) - 1)) - 1
    constant = special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha))
    return constant + np.sum(special.xlogy(powers, x), axis=0)


logpdf = by_formula(_stats.dirichlet.logpdf, _logpdf)
pdf = by_formula(_stats.dirichlet.pdf, lambda x, alpha: np.exp(_logpdf(x, alpha)))
__getattr__ = rest_of(_stats.dirichlet)
