"""The normal distribution of vectors; x is (..., k), `mean` (k,), `cov` (k, k), (k,) or a number."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy.stats._densities import by_formula, rest_of


def _matrix(cov: Any, k: int) -> Any:
    """Return a covariance as a matrix: of a number or a vector, what has it on the diagonal."""
    return cov * np.eye(k) if np.ndim(cov) < 2 else cov


def _size(x: Any, mean: Any, cov: Any) -> int:
    shapes = [np.shape(v) for v in (cov, mean, x) if v is not None and np.ndim(v)]
    return int(shapes[0][-1]) if shapes else 1


def _logpdf(x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    k = _size(x, mean, cov)
    matrix = _matrix(cov, k)
    deviation = np.reshape(x - (0.0 if mean is None else mean), (-1, k))
    if allow_singular:
        inverse, values = np.linalg.pinv(matrix, hermitian=True), np.linalg.eigvalsh(matrix)
        smallest = 1e6 * np.finfo(float).eps * np.max(np.abs(values))
        kept = np.greater(values, smallest)
        k, log_det = np.sum(kept), np.sum(np.log(np.where(kept, values, 1)))
    else:
        inverse, log_det = np.linalg.inv(matrix), np.linalg.slogdet(matrix)[1]
    distance = np.sum((deviation @ inverse) * deviation, axis=-1)
    out = -0.5 * (k * np.log(2 * np.pi) + log_det + distance)
    one = np.ndim(x) < 2 and (np.ndim(x) == 1 or k == 1) and deviation.shape[0] == 1
    return out[0] if one else np.reshape(out, np.shape(x)[:-1] if np.ndim(x) > 1 else (-1,))


def _entropy(mean: Any = None, cov: Any = 1.0) -> Any:
    k = _size(None, mean, cov)
    return 0.5 * (k * (1 + np.log(2 * np.pi)) + np.linalg.slogdet(_matrix(cov, k))[1])


logpdf = by_formula(_stats.multivariate_normal.logpdf, _logpdf)
pdf = by_formula(_stats.multivariate_normal.pdf, lambda *args, **kwargs: np.exp(_logpdf(*args, **kwargs)))
entropy = by_formula(_stats.multivariate_normal.entropy, _entropy)
__getattr__ = rest_of(_stats.multivariate_normal)
