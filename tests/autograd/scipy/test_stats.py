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


EDGES = np.array([-1.0, 0.0, 0.3, 1.0, 2.0, np.nan, -np.inf])
FUNCTIONS = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf")


@pytest.mark.parametrize("loc, scale", [(0.0, 1.0), (0.2, 1.7), (0.0, -1.0), (0.0, 0.0)])
@pytest.mark.parametrize(
    "name, shapes",
    [
        ("norm", ()), ("t", (3.5,)), ("t", (-1.0,)), ("beta", (1.5, 2.0)), ("beta", (1.0, 1.0)), ("beta", (0.5, 0.5)),
        ("beta", (-1.0, 2.0)), ("gamma", (1.5,)), ("gamma", (1.0,)), ("gamma", (0.5,)), ("gamma", (-0.5,)),
        ("chi2", (3.0,)), ("chi2", (2.0,)), ("chi2", (-1.0,)),
    ],
)  # fmt: skip
def test_edges_are_scipys(name: str, shapes: tuple[float, ...], loc: float, scale: float) -> None:
    """At the ends of the support, outside of it, at nan, and with parameters that there is no distribution of."""
    ours, theirs = getattr(stats, name), getattr(scipy.stats, name)
    for function in FUNCTIONS if name != "beta" else FUNCTIONS[:4]:
        with np.errstate(all="ignore"):
            found = getattr(ours, function)(autograd.tensor(EDGES), *shapes, loc, scale)
            expected = getattr(theirs, function)(EDGES, *shapes, loc, scale)
        np.testing.assert_allclose(found.data, expected, rtol=1e-10, err_msg=function)


@pytest.mark.parametrize("mu", [2.3, 0.0, -1.0])
def test_edges_of_counts_are_scipys(mu: float) -> None:
    k = np.array([-1.0, 0.0, 1.0, 1.5, 4.0, np.nan])
    for function in ("pmf", "logpmf", "cdf"):
        with np.errstate(all="ignore"):
            found = getattr(stats.poisson, function)(k, autograd.tensor(mu))
            expected = getattr(scipy.stats.poisson, function)(k, mu)
        np.testing.assert_allclose(found.data, expected, rtol=1e-10, err_msg=function)


MATRIX = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, 0.5], [0.0, 0.5, 2.0]])
MEAN = np.array([0.1, -0.2, 0.3])


@pytest.mark.parametrize("shape", [(3,), (1, 3), (4, 3), (2, 4, 3), (1, 1, 3), (0, 3)], ids=str)
@pytest.mark.parametrize("cov", [MATRIX, np.tril(MATRIX), np.array([1.0, 2.0, 3.0]), np.array(2.0)], ids=np.ndim)
def test_points_of_vectors_are_read_as_scipy_does(shape: tuple[int, ...], cov: Any) -> None:
    """Also a covariance is, of which it looks at the lower triangle."""
    x = np.cos(np.arange(np.prod(shape))).reshape(shape)
    found = stats.multivariate_normal.logpdf(autograd.tensor(x), MEAN, cov)
    expected = scipy.stats.multivariate_normal.logpdf(x, MEAN, cov)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found.data, expected, rtol=1e-10)


@pytest.mark.parametrize("shape", [(), (1,), (4,), (4, 1)], ids=str)
@pytest.mark.parametrize("parameters", [(), (0.2,), (None, 2.0), (0.2, np.array([2.0])), (0.2, np.array([[2.0]]))])
def test_points_of_one_axis_are_read_as_scipy_does(shape: tuple[int, ...], parameters: tuple[Any, ...]) -> None:
    x = np.cos(np.arange(np.prod(shape))).reshape(shape)
    found = stats.multivariate_normal.logpdf(autograd.tensor(x), *parameters)
    expected = scipy.stats.multivariate_normal.logpdf(x, *parameters)
    assert found.shape == np.shape(expected)
    np.testing.assert_allclose(found.data, expected, rtol=1e-10)


def test_a_covariance_that_is_none() -> None:
    x = autograd.tensor(MEAN[:2])
    with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
        stats.multivariate_normal.logpdf(x, np.zeros(2), -np.eye(2))
    with pytest.raises(ValueError, match=r"mean of shape \(2,\) and cov of \(3, 3\)"):
        stats.multivariate_normal.logpdf(x, np.zeros(2), MATRIX)
    with pytest.raises(ValueError, match=r"do not broadcast|x of shape"):
        stats.multivariate_normal.logpdf(x, MEAN, MATRIX)
    assert np.isnan(stats.multivariate_normal.logpdf(x, np.zeros(2), np.diag([1.0, -1.0]), allow_singular=True).data)


def test_a_singular_covariance() -> None:
    """Its density lives on a plane, and is 0 beside it."""
    plane = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, 0.0]])
    cov = plane @ plane.T
    x = np.array([plane @ [0.3, -0.2], [1.0, 2.0, 4.0]])
    expected = scipy.stats.multivariate_normal.logpdf(x, None, cov, allow_singular=True)
    found = stats.multivariate_normal.logpdf(autograd.tensor(x), np.zeros(3), cov, allow_singular=True)
    np.testing.assert_allclose(found.data, expected, rtol=1e-8)
    assert expected[1] == -np.inf

    def along(s: Any) -> Any:
        return stats.multivariate_normal.logpdf(
            plane @ (s * np.array([1.0, 2.0])), np.zeros(3), cov, allow_singular=True
        )

    assert autograd.grad(along)(0.5) == pytest.approx(-0.5 * 5.0)


def test_a_point_beside_the_simplex() -> None:
    """SciPy raises an error there; of a tensor the values are not looked at, so that the density can be compiled."""
    alpha = np.array([1.5, 2.0, 0.7])
    assert np.isnan(stats.dirichlet.logpdf(autograd.tensor([0.2, 0.3, 0.9]), alpha).data)
    assert np.isnan(stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), autograd.tensor(-alpha)).data)
    with pytest.raises(ValueError, match="dirichlet: alpha of shape"):
        stats.dirichlet.logpdf(autograd.tensor([0.2]), alpha)


def test_lists_beside_tensors() -> None:
    found = stats.norm.logpdf([0.1, 0.2], 0.0, scale=autograd.tensor(2.0))
    np.testing.assert_allclose(found.data, scipy.stats.norm.logpdf([0.1, 0.2], 0.0, 2.0))
    found = stats.multivariate_normal.logpdf([0.1, 0.2], autograd.tensor([0.0, 0.0]), [[1.0, 0.0], [0.0, 2.0]])
    assert found.item() == pytest.approx(scipy.stats.multivariate_normal.logpdf([0.1, 0.2], [0, 0], [[1, 0], [0, 2]]))
