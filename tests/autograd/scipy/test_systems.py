"""scipy.linalg, scipy.signal and scipy.integrate with tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.signal

import autograd
from autograd.scipy import integrate, linalg, signal
from autograd.testing import check_grad

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
B = RNG.normal(size=(2, 2)) + 3 * np.eye(2)
Q = RNG.normal(size=(3, 2))


@pytest.mark.parametrize("options", [{}, {"lower": True}, {"trans": 1}, {"lower": True, "trans": "T"}])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("b", [Q, Q[:, 0]])
def test_triangular_systems(options: dict[str, Any], unit: bool, b: Any) -> None:
    def solve(a: Any, b: Any) -> Any:
        return linalg.solve_triangular(a, b, unit_diagonal=unit, **options)

    check_grad(solve, A, b).raise_if_failed()
    np.testing.assert_array_equal(solve(A, b), scipy.linalg.solve_triangular(A, b, unit_diagonal=unit, **options))


def test_sylvesters_equation_and_roots() -> None:
    check_grad(linalg.solve_sylvester, A, B, Q).raise_if_failed()
    square = A @ A.T + np.eye(3)
    check_grad(linalg.sqrtm, square).raise_if_failed()
    np.testing.assert_allclose(linalg.sqrtm(autograd.tensor(square)).data, scipy.linalg.sqrtm(square))


@pytest.mark.parametrize("b", [Q, Q[:, 0]])
def test_banded_systems(b: Any) -> None:
    bands = np.array([[0.0, 0.3, 0.2], [2.0, 3.0, 4.0], [0.5, 0.1, 0.0]])
    check_grad(lambda ab, b: linalg.solve_banded((1, 1), ab, b), bands, b).raise_if_failed()
    found = linalg.solve_banded((1, 1), autograd.tensor(bands), b)
    np.testing.assert_allclose(found.data, scipy.linalg.solve_banded((1, 1), bands, b))


def test_the_rest_of_scipys_linalg() -> None:
    check_grad(linalg.inv, A).raise_if_failed()
    np.testing.assert_array_equal(linalg.hankel([1, 2]), scipy.linalg.hankel([1, 2]))
    with pytest.raises(NotImplementedError, match=r"scipy.linalg.logm has no derivative rule"):
        linalg.logm(autograd.tensor(A))


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize("shapes", [((5,), (3,)), ((5, 4), (2, 3)), ((4, 4, 3), (2, 1, 3))])
def test_convolution(mode: str, shapes: Any) -> None:
    a, b = (RNG.normal(size=shape) for shape in shapes)
    check_grad(lambda a, b: signal.convolve(a, b, mode=mode), a, b).raise_if_failed()
    found = signal.convolve(autograd.tensor(a), b, mode=mode)
    np.testing.assert_allclose(found.data, scipy.signal.convolve(a, b, mode), atol=1e-12)
    if mode == "valid":
        swapped = signal.convolve(autograd.tensor(b), a, mode=mode)
        np.testing.assert_allclose(swapped.data, scipy.signal.convolve(b, a, mode), atol=1e-12)


def test_convolution_of_images_with_filters() -> None:
    images, filters = RNG.normal(size=(2, 3, 5, 5)), RNG.normal(size=(3, 4, 2, 2))
    out = signal.convolve(images, filters, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid")
    expected = sum(
        np.stack(
            [[scipy.signal.convolve(image[c], filters[c, k], "valid") for k in range(4)] for image in images]
        )
        for c in range(3)
    )  # fmt: skip
    np.testing.assert_allclose(out, expected)


def test_the_solution_of_a_differential_equation() -> None:
    t = np.array([0.0, 0.3, 0.7, 1.2])
    tight = {"rtol": 1e-11, "atol": 1e-11}

    def slope(y: Any, t: Any, a: Any, b: Any) -> Any:
        return np.array([1.0, 0.5]) * np.sin(y[::-1] * a) + b * np.cos(t) * y

    def loss(y0: Any, t: Any, a: Any, b: Any) -> Any:
        return np.sum(integrate.odeint(slope, y0, t, (a, b), **tight) ** 2 * np.arange(1.0, 9.0).reshape(4, 2))

    args = (np.array([0.4, -0.2]), t, np.array([1.1, 0.7]), 0.3)
    gradients = autograd.grad(loss, (0, 1, 2, 3))(*args)
    for i, g in enumerate(gradients):
        direction = np.cos(np.arange(np.size(args[i]))).reshape(np.shape(args[i]))
        e = 1e-5
        up, down = (loss(*(x + s * e * direction if k == i else x for k, x in enumerate(args))) for s in (1, -1))
        assert np.sum(g * direction) == pytest.approx((up - down) / (2 * e), rel=1e-5, abs=1e-6)
    with pytest.raises(NotImplementedError, match="first order"):
        autograd.hessian(lambda y0: loss(y0, *args[1:]))(args[0])
