"""Variances with options, averages, covariances, correlations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, tensor
from tests.autograd.ops.agreement import agrees, change, quietly, runs_on_ducks, smooth

RNG = np.random.default_rng(1)
X, Y = RNG.normal(size=(2, 3, 4))
CUBE = RNG.normal(size=(2, 3, 4))
MASK = RNG.uniform(size=(3, 4)) < 0.6
MASK[:, :2] = True
ROW, PLANE = RNG.uniform(0.5, 2, 4), RNG.uniform(0.5, 2, (4, 2))
V = RNG.normal(size=6)

CALLS: dict[str, tuple[Any, ...]] = {
    "var where": (lambda x: np.var(x, where=MASK), X),
    "var where over an axis": (lambda x: np.var(x, axis=1, ddof=1, keepdims=True, where=MASK), X),
    "var dtype, by position": (lambda x: np.var(x, 0, np.float64, None, 1), X),
    "var correction": (lambda x: np.var(x, axis=0, correction=1), X),
    "var about a mean": (lambda x: np.var(x, axis=0, mean=np.mean(x, axis=0, keepdims=True)), X),
    "var about what is no mean": (lambda x: np.var(x, axis=0, mean=2 * x[:1]), X),
    "std where": (lambda x: np.std(x, axis=0, keepdims=True, where=MASK), X),
    "std correction": (lambda x: np.std(x, correction=2, where=MASK), X),
    "std about a mean": (lambda x: np.std(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), X),
    "method std": (lambda x: x.std(0, None, None, 1), X),
    "average": (lambda x: np.average(x, axis=0), X),
    "average with weights": (lambda x, w: np.average(x, weights=w), X, np.abs(Y)),
    "average with weights of a row": (lambda x, w: np.average(x, axis=1, weights=w, keepdims=True), X, ROW),
    "average with weights of two axes": (lambda x, w: np.average(x, axis=(2, 0), weights=w), CUBE, PLANE),
    "average and its weights": (lambda x, w: np.average(x, axis=-1, weights=w, returned=True), X, ROW),
    "average and its count": (lambda x: np.average(x, axis=0, returned=True), X),
    "cov": (np.cov, X),
    "cov of one variable": (np.cov, V),
    "cov of columns": (lambda x, y: np.cov(x, y, rowvar=False), X, Y),
    "cov biased": (lambda x: np.cov(x, bias=True), X),
    "cov ddof": (lambda x: np.cov(x, ddof=2), X),
    "cov with weights": (lambda x, a: np.cov(x, aweights=a), X, ROW),
    "cov with weights, biased": (lambda x, a: np.cov(x, aweights=a, bias=True), X, ROW),
    "cov with counts": (lambda x: np.cov(x, fweights=[1, 0, 2, 1]), X),
    "cov with both": (lambda x, a: np.cov(x, fweights=np.array([1, 3, 2, 1]), aweights=a), X, ROW),
    "cov dtype": (lambda x: np.cov(x, dtype=np.float64), X),
    "corrcoef": (np.corrcoef, X),
    "corrcoef of two": (np.corrcoef, V, V[::-1].copy()),
    "corrcoef of columns": (lambda x: np.corrcoef(x, rowvar=False), Y),
    "corrcoef of one variable": (np.corrcoef, V),
}


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str, check_grad: Any) -> None:
    """A call has NumPy's value, and the right derivatives of both orders in both modes."""
    f, *arrays = CALLS[name]
    agrees(f, *arrays)
    check_grad(smooth(f, *arrays), *arrays, order=2)
    if not name.startswith("method"):
        runs_on_ducks(f, *arrays)


@pytest.mark.parametrize(
    "f",
    [
        lambda z: np.var(z, axis=1, where=MASK),
        lambda z: np.std(z, axis=0, mean=z[:1]),
        lambda z: np.average(z, axis=1, weights=ROW),
        np.cov,
        lambda z: np.cov(z, aweights=ROW),
        np.corrcoef,
    ],
)
def test_of_complex_numbers(f: Callable[..., Any]) -> None:
    z = X + 1j * Y
    np.testing.assert_allclose(f(tensor(z)).data, f(z), rtol=1e-13, atol=1e-15)
    by_gradient, by_difference = change(f, z)
    assert by_gradient == pytest.approx(by_difference, rel=1e-6)


def test_a_constant_spreads_by_zero_with_slope_zero() -> None:
    mask = np.array([True, True, True, False])
    np.testing.assert_array_equal(grad(lambda x: np.std(x, where=mask))(np.array([2.0, 2.0, 2.0, 7.0])), [0, 0, 0, 0])


def test_too_few_elements_have_no_variance() -> None:
    mask = np.array([[True, False], [True, True]])
    x = tensor(np.eye(2), requires_grad=True)
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0"):
        out = np.var(x, axis=0, ddof=1, where=mask)
    np.testing.assert_array_equal(out.data, quietly(lambda: np.var(np.eye(2), axis=0, ddof=1, where=mask)))
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0"):
        np.cov(tensor([[1.0], [2.0]]))


def test_of_whole_numbers() -> None:
    x = np.array([[1, 2, 4], [0, 3, 9]])
    for f in (
        lambda x: np.var(x, where=x > 0),
        lambda x: np.std(x, axis=0, dtype=np.float32),
        lambda x: np.average(x, axis=1, weights=np.array([1, 2, 3])),
        lambda x: np.cov(x),
    ):
        ours, theirs = f(tensor(x)), f(x)
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-6)


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda x: np.var(x, ddof=1, correction=1), ValueError, "give one of them"),
        (lambda x: np.std(x, out=np.zeros(())), TypeError, "std: out= cannot be used"),
        (lambda x: np.average(x, weights=np.ones(4)), TypeError, "needs axis="),
        (lambda x: np.average(x, axis=0, weights=np.ones(4)), ValueError, r"has \(3,\) along axis 0"),
        (lambda x: np.average(x, weights=np.zeros((3, 4))), ZeroDivisionError, "add up to 0"),
        (lambda x: np.cov(x[None]), ValueError, "one row for each variable"),
        (lambda x: np.cov(x, fweights=[0.5] * 4), TypeError, "whole numbers"),
        (lambda x: np.cov(x, fweights=[1, 2]), ValueError, "4 numbers in one row"),
        (lambda x: np.cov(x, aweights=[1, 2, 3, -4]), ValueError, "cannot be negative"),
        (lambda x: np.cov(x, aweights=[1, 2]), ValueError, "4 numbers in one row"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        f(tensor(X))


def test_compiled_and_in_batches() -> None:
    """Options work inside compiled functions and for a batch of examples."""
    gradient = grad(lambda x: np.sum(np.cov(x)) + np.var(x, where=x > 0) + np.std(x, axis=0, mean=x[:1])[0])
    batch = np.stack([X, Y])
    np.testing.assert_allclose(autograd.compile(gradient)(X), gradient(X), rtol=1e-10)
    np.testing.assert_allclose(autograd.vmap(gradient)(batch), [gradient(x) for x in batch], rtol=1e-10)
