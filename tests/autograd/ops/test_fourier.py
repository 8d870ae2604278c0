"""Fourier transforms beside what is generated: several axes, numbers that are ignored, options and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor

REAL_TO_COMPLEX: dict[str, Callable[[Any], Any]] = {
    "ihfft": lambda x: np.fft.ihfft(x, 5, axis=0, norm="forward"),
    "ihfft default": lambda x: np.fft.ihfft(x),
    "fftn": lambda x: np.fft.fftn(x, norm="ortho"),
    "fftn s": lambda x: np.fft.fftn(x, s=(2, 5), axes=(0, 2)),
    "fftn an axis twice": lambda x: np.fft.fftn(x, axes=(1, 1)),
    "fftn all that there is": lambda x: np.fft.fftn(x, s=(-1, 3), axes=(0, 1)),
    "ifftn": lambda x: np.fft.ifftn(x, axes=(0, -1), norm="forward"),
    "fft2": lambda x: np.fft.fft2(x),
    "ifft2": lambda x: np.fft.ifft2(x, s=(3, 3)),
    "rfftn": lambda x: np.fft.rfftn(x),
    "rfftn s": lambda x: np.fft.rfftn(x, s=(3, 3), axes=(2, 0), norm="ortho"),
    "rfft2": lambda x: np.fft.rfft2(x, axes=(0, 1)),
    "fftshift": lambda x: np.fft.fftshift(x) * 1j,
    "ifftshift": lambda x: np.fft.ifftshift(x, axes=1) * 1j,
    "fftshift two": lambda x: np.fft.fftshift(x, axes=(0, 2)) * 1j,
}
COMPLEX_TO_REAL: dict[str, Callable[[Any], Any]] = {
    "irfft": lambda z: np.fft.irfft(z),
    "irfft odd": lambda z: np.fft.irfft(z, 5),
    "irfft cut": lambda z: np.fft.irfft(z, 3, axis=0),
    "hfft": lambda z: np.fft.hfft(z, axis=1, norm="ortho"),
    "hfft odd": lambda z: np.fft.hfft(z, 7, norm="forward"),
    "irfftn": lambda z: np.fft.irfftn(z),
    "irfftn s": lambda z: np.fft.irfftn(z, s=(2, 7), axes=(0, 1), norm="forward"),
    "irfft2": lambda z: np.fft.irfft2(z, s=(3, 5)),
}


def complex_array(seed: int, shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def parts(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of real numbers with both parts of the result."""
    return lambda x: [np.real(f(x)), np.imag(f(x))]


@pytest.mark.parametrize("name", REAL_TO_COMPLEX)
def test_of_real_numbers(name: str, check_grad: Any) -> None:
    """The value is NumPy's, and every derivative real and right."""
    f, x = REAL_TO_COMPLEX[name], np.random.default_rng(0).normal(size=(2, 3, 4))
    value = f(tensor(x))
    assert value.dtype == f(x).dtype
    np.testing.assert_allclose(value.data, f(x), rtol=1e-13)
    check_grad(parts(f), x, order=2)
    gradient = autograd.grad(lambda x: np.sum(np.abs(f(x)) ** 2))(x)
    assert gradient.dtype == np.float64


@pytest.mark.parametrize("name", [*REAL_TO_COMPLEX, *COMPLEX_TO_REAL])
def test_of_complex_numbers(name: str, check_grad: Any) -> None:
    """By both parts of the input; what is for real numbers alone refuses."""
    f = {**REAL_TO_COMPLEX, **COMPLEX_TO_REAL}[name]
    z = complex_array(1, (2, 3, 4))
    if name.startswith(("rfft", "ihfft")):
        with pytest.raises(TypeError, match=r"rfft.*is for real numbers"):
            f(tensor(z))
        return
    np.testing.assert_allclose(f(tensor(z)).data, f(z), rtol=1e-13)
    both = parts(f) if name in REAL_TO_COMPLEX else f
    check_grad(lambda x, y: both(x + 1j * y), z.real, z.imag, order=2)


@pytest.mark.parametrize("norm", ["backward", "ortho", "forward", None])
@pytest.mark.parametrize("n", [None, 1, 2, 3, 4, 5, 8, 9])
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_the_rule_is_the_transpose(name: str, n: int | None, norm: Any) -> None:
    """Re <g, F x> equals Re <Fᵀ g, x>, for every length and scale."""
    f, real = getattr(np.fft, name), name in ("rfft", "ihfft")
    x = complex_array(2, (3, 5)).real if real else complex_array(2, (3, 5))
    leaf = tensor(x, requires_grad=True)
    out = f(leaf, n, norm=norm)
    g = complex_array(3, out.shape)
    g = g if out.dtype.kind == "c" else g.real
    out.backward(g)
    assert leaf.grad.dtype == x.dtype
    np.testing.assert_allclose(np.sum(leaf.grad * x).real, np.sum(g * f(x, n, norm=norm)).real, rtol=1e-12)


def test_imaginary_parts_that_are_ignored_have_no_gradient() -> None:
    """irfft does not look at the imaginary parts of bin 0, and of bin n/2 where n is even."""
    for n, ignored in ((6, [0, 3]), (7, [0])):
        gradient = autograd.grad(lambda z, n=n: np.sum(np.fft.irfft(z, n) * np.arange(n)))(complex_array(4, (5,)))
        assert np.flatnonzero(gradient[: n // 2 + 1].imag == 0).tolist() == ignored
        assert not gradient[n // 2 + 1 :].any()


def test_energy_is_kept() -> None:
    """Parseval: the gradient of the energy of a spectrum is that of the signal's, 2 x."""
    x = np.random.default_rng(5).normal(size=(4, 6))
    gradient = autograd.grad(lambda x: np.sum(np.abs(np.fft.fft2(x, norm="ortho")) ** 2))(x)
    np.testing.assert_allclose(gradient, 2 * x, rtol=1e-12)
    np.testing.assert_allclose(
        autograd.hessian(lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2))(x[0]), 12 * np.eye(6), atol=1e-12
    )


@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fftn", "irfftn", "fftshift"])
def test_single_precision_stays_so(name: str) -> None:
    x = np.ones((2, 4), np.float32)
    f = getattr(np.fft, name)
    out = f(tensor(x))
    assert out.dtype == f(x).dtype and out.dtype in (np.float32, np.complex64)
    assert autograd.grad(lambda x: np.sum(np.abs(f(x)) ** 2))(x).dtype == np.float32


def test_whole_numbers_become_floats() -> None:
    np.testing.assert_allclose(np.fft.fft(tensor([1, 2, 3])).data, np.fft.fft([1, 2, 3]))


def test_no_axes_and_stacks_of_nothing() -> None:
    x = np.ones((2, 3))
    assert np.array_equal(np.fft.fftn(tensor(x), axes=()).data, np.fft.fftn(x, axes=()))
    empty = tensor(np.ones((0, 3)), requires_grad=True)
    np.sum(np.abs(np.fft.fft(empty))).backward()
    assert empty.grad.shape == (0, 3)


@pytest.mark.parametrize(
    ("f", "error", "words"),
    [
        (lambda x: np.fft.fft(x, out=np.ones(4, complex)), TypeError, "out= cannot be used"),
        (lambda x: np.fft.rfftn(x, out=np.ones(3, complex)), TypeError, "out= cannot be used"),
        (lambda x: np.fft.fft(x[:0]), ValueError, "there are no points"),
        (lambda x: np.fft.fft(x, n=0), ValueError, "there are no points"),
        (lambda x: np.fft.fft(x, axis=2), IndexError, "axis"),
        (lambda x: np.fft.fft(x[0]), (IndexError, ValueError), "a 0-d array has none"),
        (lambda x: np.fft.irfft(x[:1]), ValueError, "say how many by n="),
        (lambda x: np.fft.fft(x, norm="unit"), ValueError, "norm"),
        (lambda x: np.fft.hfft(x, norm="unit"), ValueError, "norm"),
        (lambda x: np.fft.fftn(x, s=(2, 2), axes=(0,)), ValueError, "differ in length"),
        (lambda x: np.fft.rfftn(x, axes=()), ValueError, "at least one axis"),
    ],
)
def test_what_is_refused(f: Callable[[Any], Any], error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        f(tensor([1.0, 2.0, 3.0, 4.0]))


def test_none_is_a_method() -> None:
    for name in ("fft", "rfft", "irfftn", "fftshift", "hfft"):
        assert callable(getattr(autograd, name)) and not hasattr(tensor(1.0), name)
