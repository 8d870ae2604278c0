"""Functions whose values or slopes are our own formulas, against mpmath with 40 digits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import autograd

mpmath.mp.dps = 40
one = mpmath.mpf(1)

POINTS = np.concatenate([np.linspace(-6, 6, 121), [-0.84375, 0.84375, 1.25, -1.25, 2.857, 2.858, 1e-9, -1e-9]])
TAILS = np.array([-30.0, -20.0, -12.5, 12.5, 20.0, 26.0])

VALUES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (autograd.sigmoid, lambda x: one / (one + mpmath.exp(-x))),
    "softplus": (autograd.softplus, lambda x: mpmath.log1p(mpmath.exp(x))),
    "log_sigmoid": (autograd.log_sigmoid, lambda x: -mpmath.log1p(mpmath.exp(-x))),
    "erf": (autograd.erf, mpmath.erf),
    "erfc": (autograd.erfc, mpmath.erfc),
}
SLOPES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "tanh": (autograd.tanh, lambda x: one / mpmath.cosh(x) ** 2),
    "sigmoid": (autograd.sigmoid, lambda x: mpmath.exp(-x) / (one + mpmath.exp(-x)) ** 2),
    "softplus": (autograd.softplus, lambda x: one / (one + mpmath.exp(-x))),
    "erf": (autograd.erf, lambda x: 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)),
    "arctan": (autograd.arctan, lambda x: one / (one + x * x)),
    "arcsinh": (autograd.arcsinh, lambda x: one / mpmath.sqrt(one + x * x)),
}


def ulps(ours: Any, exact: list[Any]) -> Any:
    """Return the distance in units in the last place of the exact value."""
    nearest = np.array([float(e) for e in exact])
    error = np.array([float(mpmath.mpf(float(o)) - e) for o, e in zip(ours, exact, strict=True)])
    return np.abs(error) / np.spacing(np.maximum(np.abs(nearest), 1e-300))


@pytest.mark.parametrize("name", VALUES)
def test_values_are_within_8_ulp(name: str) -> None:
    """Also in the tails, where the naive formula has lost all digits."""
    function, exact = VALUES[name]
    x = np.concatenate([POINTS, TAILS])
    assert ulps(function(x).data, [exact(mpmath.mpf(float(v))) for v in x]).max() <= 8


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_are_within_64_ulp(name: str) -> None:
    """Derivatives do not cancel: exp(-x²) alone multiplies the rounding of x² by x²."""
    function, exact = SLOPES[name]
    x = np.concatenate([POINTS, TAILS])
    x = x[np.abs(x) < 15] if name == "erf" else x
    slopes = autograd.grad(lambda v: np.sum(function(v)))(x)
    assert ulps(slopes, [exact(mpmath.mpf(float(v))) for v in x]).max() <= 64


def test_sinc_has_its_slope_at_every_size() -> None:
    """The slope of sinc near 0, where (cos(πx) - sinc(x)) / x cancels, is the series' to 1e-13."""
    x = np.array([1e-12, 1e-9, 1e-5, 1e-3, 0.01, 0.1, 0.2499, 0.2501, 0.5, 1.3, 4.7])
    slopes = autograd.grad(lambda v: np.sum(np.sinc(v)))(x)

    def exact(v: float) -> Any:
        p = mpmath.pi * mpmath.mpf(v)
        return (mpmath.cos(p) - mpmath.sin(p) / p) / mpmath.mpf(v)

    np.testing.assert_allclose(slopes, [float(exact(v)) for v in x], rtol=1e-13)


@pytest.mark.parametrize("function", [autograd.softmax, autograd.log_softmax, autograd.logsumexp])
def test_shifting_the_logits_changes_nothing_but_the_sum(function: Any) -> None:
    """softmax(x + c) is softmax(x), also for c = 1e4; logsumexp moves by c."""
    x = np.linspace(-3, 3, 7)
    moved = function(x + 1e4).data - (1e4 if function is autograd.logsumexp else 0)
    np.testing.assert_allclose(moved, function(x).data, rtol=1e-10)


@pytest.mark.parametrize(
    ("function", "derivatives"),
    [
        (autograd.sigmoid, [0.5, 1 / 4, 0, -1 / 8]),
        (autograd.tanh, [0, 1, 0, -2]),
        (autograd.softplus, [np.log(2), 1 / 2, 1 / 4, 0]),
        (autograd.log_sigmoid, [-np.log(2), 1 / 2, -1 / 4, 0]),
        (autograd.erf, [0, 2 / np.sqrt(np.pi), 0, -4 / np.sqrt(np.pi)]),
        (np.sinc, [1, 0, -(np.pi**2) / 3, 0]),
        (np.arctan, [0, 1, 0, -2]),
        (np.arcsinh, [0, 1, 0, -1]),
    ],
)
def test_every_order_at_zero(function: Any, derivatives: list[float]) -> None:
    """A rule must not go through |x| or another kink: at 0, where parameters start, every order is smooth."""
    f = function
    for expected in derivatives:
        assert float(np.asarray(value(f(0.0)))) == pytest.approx(expected, abs=1e-12)
        f = autograd.grad(f)


def value(x: Any) -> Any:
    return x.data if isinstance(x, autograd.Tensor) else x
