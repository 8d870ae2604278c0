"""Distributions: SciPy's numbers, and derivatives by everything that has one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.stats

import autograd
import autograd.scipy.stats as stats
from autograd.testing import check_grad

X = np.array([0.2, 0.5, 0.9])
K = np.array([0.0, 2.0, 5.0])
COV = np.array([[2.0, 0.3], [0.3, 1.0]])
CASES: list[tuple[str, str, tuple[Any, ...], tuple[int, ...]]] = [
    *(("norm", f, (X, 0.3, 1.4), (0, 1, 2)) for f in ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf")),
    *(("t", f, (X, 3.5, 0.3, 1.4), (0, 1, 2, 3)) for f in ("pdf", "logpdf")),
    *(("t", f, (X, 3.5, 0.3, 1.4), (0, 2, 3)) for f in ("cdf", "logcdf", "sf", "logsf")),
    *(("gamma", f, (X, 2.5, 0.1, 1.4), (0, 1, 2, 3)) for f in ("pdf", "logpdf")),
    *(("gamma", f, (X, 2.5, 0.1, 1.4), (0, 2, 3)) for f in ("cdf", "logcdf", "sf", "logsf")),
    *(("beta", f, (X, 2.5, 1.4), (0, 1, 2)) for f in ("pdf", "logpdf")),
    *(("beta", f, (X, 2.5, 1.4), (0,)) for f in ("cdf", "logcdf")),
    *(("chi2", f, (X, 2.5), (0, 1)) for f in ("pdf", "logpdf")),
    *(("chi2", f, (X, 2.5), (0,)) for f in ("cdf", "logcdf", "sf", "logsf")),
    *(("poisson", f, (K, 2.5), (1,)) for f in ("pmf", "logpmf", "cdf")),
    *(("dirichlet", f, (np.array([0.2, 0.3, 0.5]), np.array([1.5, 2.0, 0.7])), (1,)) for f in ("pdf", "logpdf")),
    ("dirichlet", "logpdf", (np.array([0.2, 0.3]), np.array([1.5, 2.0, 0.7])), (0, 1)),
    *(("multivariate_normal", f, (X[:2], X[1:], COV), (0, 1)) for f in ("pdf", "logpdf")),
    ("multivariate_normal", "logpdf", (np.arange(6.0).reshape(3, 2), X[1:], 1.3), (0, 1, 2)),
    ("multivariate_normal", "logpdf", (X[:2], X[1:], np.array([1.0, 2.0])), (0, 1, 2)),
    ("multivariate_normal", "entropy", (X[1:], COV), ()),
]


@pytest.mark.parametrize("name, function, args, argnums", CASES)
def test_values_and_derivatives(name: str, function: str, args: tuple[Any, ...], argnums: tuple[int, ...]) -> None:
    f = getattr(getattr(stats, name), function)
    expected = getattr(getattr(scipy.stats, name), function)(*args)
    np.testing.assert_array_equal(f(*args), expected)
    recorded = f(*(autograd.tensor(a) if i in argnums or i + 1 == len(args) else a for i, a in enumerate(args)))
    np.testing.assert_allclose(recorded.data, expected, rtol=1e-10)
    if argnums:

        def by(*xs: Any) -> Any:
            filled = list(args)
            for i, x in zip(argnums, xs, strict=True):
                filled[i] = x
            return f(*filled)

        check_grad(by, *(np.asarray(args[i]) for i in argnums)).raise_if_failed()


def test_a_covariance_has_a_symmetric_gradient() -> None:
    gradient = autograd.grad(lambda c: stats.multivariate_normal.logpdf(X[:2], X[1:], c))(COV)
    np.testing.assert_allclose(gradient, gradient.T)
    change = np.array([[0.3, -0.2], [-0.2, 0.5]])
    e = 1e-6
    up, down = (scipy.stats.multivariate_normal.logpdf(X[:2], X[1:], COV + s * e * change) for s in (1, -1))
    assert np.sum(gradient * change) == pytest.approx((up - down) / (2 * e), rel=1e-6)


def test_outside_of_its_support_a_density_is_zero() -> None:
    x = autograd.tensor([-1.0, 0.5, 2.0], requires_grad=True)
    out = stats.beta.pdf(x, 2.0, 3.0)
    np.testing.assert_allclose(out.data, scipy.stats.beta.pdf(x.data, 2.0, 3.0))
    out.sum().backward()
    assert np.isfinite(x.grad).all() and x.grad[0] == x.grad[2] == 0
    assert stats.gamma.logpdf(autograd.tensor(-1.0), 2.0).item() == -np.inf


def test_what_has_no_derivative_says_so() -> None:
    assert stats.norm.interval(0.9) == scipy.stats.norm.interval(0.9)
    assert stats.expon is scipy.stats.expon
    with pytest.raises(NotImplementedError, match=r"scipy.stats.norm.isf has no derivative"):
        stats.norm.isf(autograd.tensor(0.5))
