"""Medians and quantiles, of all elements and of those that are no nan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, tensor
from autograd.testing import check_grad
from tests.autograd.ops.agreement import agrees, change, quietly, runs_on_ducks

RNG = np.random.default_rng(2)
X = RNG.permutation(12).reshape(3, 4) * 0.3 + RNG.uniform(0, 0.1, (3, 4))
HOLES = X.copy()
HOLES[0, 1] = HOLES[2, 0] = HOLES[2, 3] = np.nan
CUBE = RNG.permutation(24).reshape(2, 3, 4) * 0.3
V = RNG.permutation(7) * 0.3
METHODS = [
    "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull",
    "linear", "median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest",
]  # fmt: skip
Q = [0.0, 0.1, 0.37, 0.5, 0.93, 1.0]

CALLS: dict[str, tuple[Any, ...]] = {
    "median": (np.median, X),
    "median of an odd number": (np.median, V),
    "median of one": (np.median, np.array(3.0)),
    "median over an axis": (lambda x: np.median(x, axis=0), X),
    "median over two axes": (lambda x: np.median(x, axis=(0, 2), keepdims=True), CUBE),
    "nanmedian": (np.nanmedian, HOLES),
    "nanmedian over an axis": (lambda x: np.nanmedian(x, axis=1, keepdims=True), HOLES),
    "nanmedian over two axes": (lambda x: np.nanmedian(x, axis=(-1, 0)), np.where(CUBE > 6, np.nan, CUBE)),
    "quantile of an axis": (lambda x: np.quantile(x, 0.3, axis=1, keepdims=True), X),
    "percentiles in two axes": (lambda x: np.percentile(x, [[10, 50], [60, 99]], axis=(0, 2), keepdims=True), CUBE),
    "quantiles of float64": (lambda x: np.quantile(x, np.array([0.2, 0.7]), axis=0), X),
    "nanpercentile": (lambda x: np.nanpercentile(x, [10, 50.0, 60], axis=0, keepdims=True), HOLES),
    "nanpercentile of all": (lambda x: np.nanpercentile(x, 42), HOLES),
    **{f"quantile {m}": (lambda x, m=m: np.quantile(x, Q, method=m), V) for m in METHODS},
    **{f"nanquantile {m}": (lambda x, m=m: np.nanquantile(x, Q, axis=1, method=m), HOLES) for m in METHODS},
    **{f"quantile {m} of a number": (lambda x, m=m: np.quantile(x, 0.62, axis=0, method=m), X) for m in METHODS},
}


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str, check_grad: Any) -> None:
    """A call has NumPy's value, and the right derivatives of both orders in both modes."""
    f, *arrays = CALLS[name]
    agrees(f, *arrays)
    check_grad(f, *arrays, order=2)
    if "nan" not in name:
        runs_on_ducks(f, *arrays)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 101])
def test_places_are_numpys(n: int) -> None:
    """Of whole numbers too, and to the last bit."""
    q = np.linspace(0, 1, 23)
    for x in (RNG.normal(size=n), RNG.integers(-9, 9, n)):
        for method in METHODS:
            ours, theirs = np.quantile(tensor(x), q, method=method), np.quantile(x, q, method=method)
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours.data, theirs)
    many = RNG.normal(size=5000).astype(np.float16)
    np.testing.assert_allclose(np.quantile(tensor(many), 0.3).data, np.quantile(many.astype(float), 0.3), rtol=1e-3)


def test_the_two_in_the_middle_share_the_gradient() -> None:
    np.testing.assert_array_equal(grad(np.median)(np.array([4.0, 1.0, 2.0, 3.0])), [0, 0, 0.5, 0.5])
    np.testing.assert_array_equal(grad(np.median)(np.array([2.0, 2.0])), [0.5, 0.5])
    assert sum(grad(np.median)(np.array([1.0, 1.0, 1.0]))) == 1


def test_a_nan_is_the_median_and_takes_the_gradient() -> None:
    for f in (np.median, lambda x: np.quantile(x, 0.2), lambda x: np.quantile(x, 0.2, method="lower")):
        x = tensor([1.0, np.nan, 3.0], requires_grad=True)
        out = f(x)
        out.backward()
        assert np.isnan(out.data)
        np.testing.assert_array_equal(x.grad, [0, 1, 0])


def test_of_complex_numbers() -> None:
    z = X + 1j * X[::-1]
    np.testing.assert_allclose(np.median(tensor(z), axis=0).data, np.median(z, axis=0))
    assert change(lambda z: np.median(z, axis=1), z)[0] == pytest.approx(change(lambda z: np.median(z, axis=1), z)[1])


@pytest.mark.parametrize("f", [np.nanmedian, lambda x, **k: np.nanquantile(x, 0.3, **k)])
def test_lines_of_nan_alone(f: Callable[..., Any]) -> None:
    """They give nan with NumPy's warning, and have no gradient."""
    x = tensor([[np.nan, np.nan], [np.nan, 2.0]], requires_grad=True)
    with pytest.warns(RuntimeWarning, match="All-NaN slice encountered"):
        out = f(x, axis=1)
    np.testing.assert_array_equal(out.data, [np.nan, 2])
    out.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [[0, 0], [0, 1]])
    with np.errstate(all="ignore"), pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        assert np.isnan(f(tensor(np.zeros((2, 0))), axis=1).data).all()


def test_of_whole_numbers() -> None:
    x = np.array([[3, 1, 2], [9, 7, 8]])
    for f in (np.median, np.nanmedian, lambda x: np.quantile(x, 0.4), lambda x: np.nanquantile(x, 1, axis=0)):
        ours, theirs = f(tensor(x)), f(x)
        assert ours.dtype == np.asarray(theirs).dtype
        np.testing.assert_array_equal(ours.data, theirs)


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda x: np.median(x, out=np.zeros(())), TypeError, "median: out= cannot be used"),
        (lambda x: np.quantile(x, 0.5, weights=np.ones((2, 3))), ValueError, "weights"),
        (lambda x: np.quantile(x * 1j, 0.5), TypeError, "no order of complex numbers"),
        (lambda x: np.quantile(x, 2.0), ValueError, "0, 1"),
        (lambda x: np.quantile(x, 0.5, method="best"), ValueError, "best"),
        (lambda x: np.quantile(x[:, :0], 0.5), IndexError, "an empty axis has no quantile"),
        (lambda x: np.median(x, axis=2), np.exceptions.AxisError, "2"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        f(tensor(np.ones((2, 3))))


def test_compiled_and_in_batches() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.median(x, axis=0) ** 2) + np.sum(np.nanquantile(x, [0.2, 0.7], axis=1) ** 2)

    gradient = grad(f)
    batch = np.stack([X, HOLES, X[::-1]])
    np.testing.assert_allclose(autograd.compile(gradient)(HOLES), gradient(HOLES))
    np.testing.assert_allclose(autograd.vmap(gradient)(batch), [quietly(gradient, x) for x in batch])


ROWS = np.random.default_rng(0).normal(size=(4, 7))
GAPS = ROWS.copy()
GAPS[0, 1] = GAPS[2, :3] = np.nan
RANKINGS: Any = [
    (np.quantile, ROWS, 1),
    (np.nanquantile, GAPS, 1),
    (np.percentile, ROWS, 100),
    (np.nanpercentile, GAPS, 100),
]


@pytest.mark.parametrize("q", [0.33, [0.21, 0.77]], ids=["one", "several"])
@pytest.mark.parametrize(
    "method",
    [
        "linear", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased", "normal_unbiased", "lower",
        "midpoint", "averaged_inverted_cdf",
    ],
)  # fmt: skip
def test_derivatives_by_q(method: str, q: Any) -> None:
    """Between two elements the quantile rises at their distance; by the ways that jump it does not."""
    for f, a, scale in RANKINGS:
        at = np.asarray(q) * scale
        ours = f(tensor(a), tensor(at, requires_grad=True), axis=1, method=method).data
        np.testing.assert_allclose(ours, f(a, at, axis=1, method=method), rtol=1e-12)
        gap = np.isnan(a)
        check_grad(
            lambda q, x, f=f, gap=gap: f(np.where(gap, np.nan, x), q, axis=1, method=method), at, np.nan_to_num(a),
            order=2 if method == "linear" else 1,
        ).raise_if_failed()  # fmt: skip
    assert grad(lambda q: np.quantile(np.arange(5.0), q, method=method))(0.01) == (4 if method == "linear" else 0)


@pytest.mark.parametrize("q", [0.3, [0.2, 0.9]], ids=["one", "several"])
def test_weighted(q: Any) -> None:
    """The weights say which element it is; that one has the gradient."""
    rng = np.random.default_rng(1)
    for f, a, scale in RANKINGS:
        every: dict[str, Any] = {"weights": rng.uniform(size=(4, 7)), "method": "inverted_cdf"}
        lines: dict[str, Any] = {"weights": rng.uniform(size=7), "method": "inverted_cdf", "axis": 1}
        at = np.asarray(q) * scale
        for options in (every, every | {"axis": 0, "keepdims": True}, *([lines] if a is ROWS else [])):
            np.testing.assert_array_equal(f(tensor(a), at, **options).data, f(a, at, **options))
            check_grad(lambda x, f=f, options=options, at=at: f(x, at, **options), ROWS).raise_if_failed()
