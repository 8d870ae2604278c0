"""The Bessel function I₀ in every order of derivative, and Kaiser's window."""

from __future__ import annotations

from math import comb
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.ops.windows import bessel

POINTS = [-40.0, -3.0, -1e-8, 0.0, 1e-5, 0.7, 24.9, 25.1, 300.0]


@pytest.mark.parametrize("order", range(6))
def test_every_order_of_the_series(order: int) -> None:
    """Both series, and where one takes over from the other, are exact to 16 ulp."""
    exact = [float(mpmath.besseli(order, x)) for x in POINTS]
    np.testing.assert_allclose(bessel(np.array(POINTS), order), exact, rtol=16 * 2.0**-52)


@pytest.mark.parametrize("x", [x for x in POINTS if abs(x) < 100])
def test_derivatives_of_every_order(x: float) -> None:
    """Up to the fourth, also at 0, where the quotients of the usual recurrence have no value."""
    f: Any = np.i0
    for n in range(1, 5):
        f = autograd.grad(f)
        exact = sum(comb(n, k) * mpmath.besseli(abs(n - 2 * k), x) for k in range(n + 1)) / 2**n
        assert float(f(x)) == pytest.approx(float(exact), rel=1e-13, abs=1e-15)


def test_far_out() -> None:
    """The slope lasts as long as the value, and is infinite with it; nan stays visible."""
    slope = autograd.grad(lambda x: np.sum(np.i0(x)))
    np.testing.assert_allclose(slope(np.array([700.0])), [float(mpmath.besseli(1, 700))], rtol=1e-14)
    with np.errstate(all="ignore"):
        assert np.isnan(slope(np.array([np.nan]))).all()
        assert slope(np.array([2000.0, -2000.0])).tolist() == [np.inf, -np.inf]


def test_complex_numbers_are_refused() -> None:
    with pytest.raises(TypeError, match=r"i0.*complex"):
        np.i0(tensor(1j))


@pytest.mark.parametrize("points", [0, 1, 2, 5, 8])
def test_kaiser(points: int, check_grad: Any) -> None:
    """The value is NumPy's; the derivative by the shape is right."""
    window = autograd.kaiser(points, 8.6)
    assert window.dtype == np.kaiser(points, 8.6).dtype
    np.testing.assert_allclose(window.data, np.kaiser(points, 8.6), rtol=1e-14)
    if points > 1:
        check_grad(lambda beta: autograd.kaiser(points, beta), np.array(8.6), order=2)


def test_neither_is_a_method() -> None:
    assert not hasattr(tensor(1.0), "i0") and not hasattr(tensor(1.0), "kaiser")
