"""Convolution and correlation beside what is generated: every mode and order of sizes, complex numbers, refusals."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor

SIZES = list(product(range(1, 6), repeat=2))


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_every_size(function: Any, mode: str) -> None:
    """The value is NumPy's; each gradient is the transpose of the map that the other sequence makes."""
    rng = np.random.default_rng(0)
    for n, m in SIZES:
        a, v = rng.normal(size=(n, 2)) @ [1, 1j], rng.normal(size=(m, 2)) @ [1, 1j]
        x, y = tensor(a, requires_grad=True), tensor(v, requires_grad=True)
        out = function(x, y, mode=mode)
        np.testing.assert_allclose(out.data, function(a, v, mode=mode), rtol=1e-12, atol=1e-14)
        g = rng.normal(size=out.shape) + 1j * rng.normal(size=out.shape)
        out.backward(g)
        value = np.sum(g * out.data).real
        np.testing.assert_allclose([np.sum(x.grad * a).real, np.sum(y.grad * v).real], [value] * 2, rtol=1e-12)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize(("n", "m"), [(4, 3), (2, 5), (1, 2)])
def test_derivatives_of_correlate(n: int, m: int, mode: str, check_grad: Any) -> None:
    rng = np.random.default_rng(1)
    check_grad(lambda a, v: np.correlate(a, v, mode), rng.normal(size=n), rng.normal(size=m))


def test_correlate_conjugates() -> None:
    """By complex sequences, in both parts: the derivative by v is not holomorphic."""
    a, v = np.array([1 + 2j, -1j, 0.5]), np.array([2 - 1j, 1j])

    def f(v: Any) -> Any:
        return np.sum(np.real(np.correlate(a, v) * (1 - 1j)))

    gradient, step = autograd.grad(f)(v), 1e-6
    for i, unit in enumerate(np.eye(2)):
        for turn, part in ((1, gradient[i].real), (1j, -gradient[i].imag)):
            assert (f(v + step * turn * unit) - f(v - step * turn * unit)) / (2 * step) == pytest.approx(part, rel=1e-6)


def test_numbers_and_lists() -> None:
    """A number is a sequence of one; what is constant may be a list."""
    x = tensor(2.0, requires_grad=True)
    np.convolve(x, [1.0, 3.0]).sum().backward()
    assert x.grad == 4.0 and x.grad.shape == ()
    y = tensor([1.0, 2.0], requires_grad=True)
    np.correlate([1.0, 2.0, 3.0], y, "same").sum().backward()
    np.convolve([1.0, 2.0], y, "valid").sum().backward()
    np.correlate(y, 2.0).sum().backward()


@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_what_is_refused(function: Any) -> None:
    x = tensor([1.0, 2.0])
    with pytest.raises(ValueError, match="an empty sequence"):
        function(x, x[:0])
    with pytest.raises(ValueError, match="takes sequences"):
        function(x, np.ones((2, 2)))
    with pytest.raises(ValueError, match="mode='middle' is none of"):
        function(x, x, "middle")


def test_a_kernel_is_found_by_gradient_descent() -> None:
    rng = np.random.default_rng(2)
    signal, kernel = rng.normal(size=50), np.array([0.5, -1.0, 2.0])
    wanted = np.convolve(signal, kernel, "same")
    found = np.zeros(3)
    step = autograd.grad(lambda k: np.mean((np.convolve(signal, k, "same") - wanted) ** 2))
    for _ in range(200):
        found -= 0.3 * step(found)
    np.testing.assert_allclose(found, kernel, atol=1e-6)
