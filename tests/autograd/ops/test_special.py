"""What functions of our own formulas keep beside their digits (see `test_ulps.py`): shifts, and every order at 0."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd


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
        (autograd.logistic_density, [1 / 4, 0, -1 / 8, 0]),
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
