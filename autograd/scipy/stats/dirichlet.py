"""The Dirichlet distribution; x is (k,) or (k, n), of n points, or has k - 1 rows, the last being what is left.

Where x is not on the simplex, or a parameter not positive, a density of tensors is nan; SciPy raises ValueError.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, rest_of


def _logpdf(x: Any, alpha: Any) -> Any:
    k, rows = np.shape(alpha)[0], np.shape(x)[0]
    if np.ndim(alpha) != 1 or rows not in (k - 1, k):
        raise ValueError(
            f"dirichlet: alpha of shape {np.shape(alpha)} and x of {np.shape(x)}; they must be (k,), and (k, ...) or "
            "(k - 1, ...)"
        )
    whole = rows == k
    rest = 1 - np.sum(x, axis=0, keepdims=True)
    x = x if whole else np.concatenate([x, rest])
    powers = np.reshape(alpha, (-1,) + (1,) * (np.ndim(x) - 1)) - 1
    constant = special.gammaln(np.sum(alpha)) - np.sum(special.gammaln(alpha))
    out = constant + np.sum(special.xlogy(powers, x), axis=0)
    valid = np.all(np.greater(alpha, 0)) & np.all(np.greater_equal(x, 0), axis=0)
    if whole:
        valid = valid & np.less(np.abs(rest[0]), 1e-9 if rest.dtype == np.float64 else 1e-5)
    return np.where(valid, out, np.nan)


logpdf = by_formula(_stats.dirichlet.logpdf, _logpdf)
pdf = by_formula(_stats.dirichlet.pdf, lambda x, alpha: np.exp(_logpdf(x, alpha)))
__getattr__ = rest_of(_stats.dirichlet)
