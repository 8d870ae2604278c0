"""The normal distribution of vectors; x is (..., k), `mean` (k,), `cov` (k, k), (k,) or a number."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy.stats._densities import by_formula, rest_of

_LOG_2PI = float(np.log(2 * np.pi))


def _parameters(mean: Any, cov: Any) -> tuple[int, Any, Any]:
    """Return k, the mean, (k,), and the covariance, (k, k): of a number or a vector, what has it on the diagonal."""
    k = int(np.size(mean)) if mean is not None else np.shape(cov)[0] if np.ndim(cov) > 1 else 1
    if np.ndim(cov) == 0 or (k == 1 and np.size(cov) == 1):
        cov = np.reshape(cov, ()) * np.eye(k)
    elif np.ndim(cov) == 1:
        cov = np.reshape(cov, (-1, 1)) * np.eye(np.shape(cov)[0])
    mean = np.zeros(k) if mean is None else np.reshape(mean, (1,)) if k == 1 else mean
    if np.shape(mean) != (k,) or np.shape(cov) != (k, k):
        raise ValueError(
            f"multivariate_normal: mean of shape {np.shape(mean)} and cov of {np.shape(cov)}; they must be (k,) and "
            "(k, k)"
        )
    return k, mean, cov


def _points(x: Any, k: int) -> Any:
    """Return x with an axis of k, as SciPy reads it: where k is 1, a vector is of so many points."""
    if np.ndim(x) == 0:
        return np.reshape(x, (1,))
    return np.reshape(x, (-1, 1)) if np.ndim(x) == 1 and k == 1 else x


def _log_root_det(lower: Any) -> Any:
    return np.sum(np.log(np.diagonal(lower)))


def _logpdf(x: Any, mean: Any = None, cov: Any = 1.0, allow_singular: bool = False) -> Any:
    k, mean, matrix = _parameters(mean, cov)
    deviation = _points(x, k) - mean
    if deviation.shape[-1] != k:
        raise ValueError(f"multivariate_normal: x of shape {np.shape(x)} with a mean of {k}; x must be (..., {k})")
    shape, deviation = deviation.shape[:-1], np.reshape(deviation, (-1, k))
    if allow_singular:
        out = _logpdf_on_support(deviation, matrix)
    else:
        lower = np.linalg.cholesky(matrix)
        scaled = np.linalg.solve(lower, np.transpose(deviation))
        out = -0.5 * (k * _LOG_2PI + np.sum(scaled * scaled, axis=0)) - _log_root_det(lower)
    return np.reshape(out, tuple(n for n in shape if n != 1))


def _logpdf_on_support(deviation: Any, matrix: Any) -> Any:
    """Return the log density over where the matrix has a positive variance, -inf beside that, nan if any is negative.

    Variances count as 0 below the bound that SciPy has, and points as beside by a thousand of it.
    """
    matrix = np.tril(matrix) + np.transpose(np.tril(matrix, -1))
    values = np.linalg.eigvalsh(matrix)
    relative = (1e3 if values.dtype == np.float32 else 1e6) * float(np.finfo(values.dtype).eps)
    bound = relative * np.max(np.abs(values))
    inverse = np.linalg.pinv(matrix, rcond=relative)
    kept = np.greater(values, bound)
    log_det = np.sum(np.log(np.where(kept, values, 1)))
    distance = np.sum((deviation @ inverse) * deviation, axis=-1)
    out = -0.5 * (np.sum(kept) * _LOG_2PI + log_det + distance)
    beside = deviation - deviation @ inverse @ matrix
    near = np.all(kept) | np.less(np.sum(beside * beside, axis=-1), (1e3 * bound) ** 2)
    return np.where(np.any(np.less(values, np.negative(bound))), np.nan, np.where(near, out, -np.inf))


def _entropy(mean: Any = None, cov: Any = 1.0) -> Any:
    k, _, matrix = _parameters(mean, cov)
    return 0.5 * k * (1 + _LOG_2PI) + _log_root_det(np.linalg.cholesky(matrix))


logpdf = by_formula(_stats.multivariate_normal.logpdf, _logpdf)
pdf = by_formula(_stats.multivariate_normal.pdf, lambda *args, **kwargs: np.exp(_logpdf(*args, **kwargs)))
entropy = by_formula(_stats.multivariate_normal.entropy, _entropy)
__getattr__ = rest_of(_stats.multivariate_normal)
