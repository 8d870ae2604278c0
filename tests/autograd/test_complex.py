"""Complex numbers: every operation that takes them has the right derivative, in both modes and of second order."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.testing.samples import Sample, samples

BY_A_FACTOR = ("svd", "eigh", "eig")
"""Complex vectors are determined up to a factor of size 1, so they are compared by what does not depend on it, in
ops/test_decompositions.py; and so are the columns that "complete" adds to those of a QR decomposition."""

SAMPLES = [
    s for s in samples()
    if s.op.kind != "stepwise" and all(d.name not in ("TRUTH", "WHOLE") for d in s.domains)
    and s.op.name not in BY_A_FACTOR and s.options.get("mode") != "complete"
]  # fmt: skip


def of_complex(sample: Sample) -> tuple[list[Any], list[Any], Any] | None:
    """Return complex inputs, tangents, and a real function of them; None where the operation takes none."""
    rng = np.random.default_rng(0)
    zs = [x + 1j * rng.uniform(-0.4, 0.4, x.shape) for x in sample.arrays()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            outs = sample.floats(*zs)
    except (TypeError, np.exceptions.ComplexWarning):
        return None
    weights = [rng.normal(size=o.shape) + 1j * rng.normal(size=o.shape) for o in outs]
    tangents = [rng.normal(size=z.shape) + 1j * rng.normal(size=z.shape) for z in zs]

    def loss(*zs: Any) -> Any:
        parts = [np.sum(np.real(w * out)) for w, out in zip(weights, sample.floats(*zs), strict=True)]
        return sum(parts[1:], parts[0])

    return zs, tangents, loss


def difference(f: Any, zs: list[Any], ts: list[Any]) -> Any:
    e = 1e-6
    up, down = (f(*[z + sign * e * t for z, t in zip(zs, ts, strict=True)]) for sign in (1, -1))
    return (np.asarray(autograd.as_tensor(up).data) - np.asarray(autograd.as_tensor(down).data)) / (2 * e)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_an_operation_is_right_on_complex_numbers_or_refuses_them(sample: Sample) -> None:
    made = of_complex(sample)
    if made is None or not made[0]:
        return
    zs, ts, loss = made
    expected = difference(loss, zs, ts)
    everything = tuple(range(len(zs)))
    gradient = autograd.grad(loss, argnums=everything)
    reverse = sum(float(np.sum(np.real(g * t))) for g, t in zip(gradient(*zs), ts, strict=True))
    _, forward = autograd.jvp(loss, zs, ts)
    np.testing.assert_allclose([reverse, forward], [expected] * 2, rtol=1e-5, atol=1e-6)

    def slope(*zs: Any) -> Any:
        return sum(np.sum(np.real(g * t)) for g, t in zip(gradient(*zs), ts, strict=True))

    curved = autograd.grad(slope, argnums=everything)(*zs)
    second = sum(float(np.sum(np.real(g * t))) for g, t in zip(curved, ts, strict=True))
    np.testing.assert_allclose(second, difference(slope, zs, ts), rtol=1e-4, atol=1e-5)


def test_a_gradient_is_the_change_by_the_real_part_minus_i_times_that_by_the_imaginary_part() -> None:
    assert autograd.grad(lambda z: np.real(z * z))(1 + 2j) == 2 * (1 + 2j)
    assert autograd.grad(np.abs)(3 + 4j) == pytest.approx(0.6 - 0.8j)


def test_real_arguments_of_complex_functions_have_real_gradients() -> None:
    x = np.array([0.5, 1.5])
    gradient = autograd.grad(lambda x: np.sum(np.abs(np.exp(1j * x) + x) ** 2))(x)
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, 2 * x + 2 * np.cos(x) - 2 * x * np.sin(x))


def test_single_precision_stays_so() -> None:
    z = np.array([1 + 1j], np.complex64)
    assert autograd.grad(lambda z: np.sum(np.abs(z)))(z).dtype == np.complex64


def test_a_complex_number_has_no_gradient_by_itself() -> None:
    with pytest.raises(TypeError, match="must return a real number"):
        autograd.grad(lambda z: z * z)(1j)
    z = autograd.tensor(1j, requires_grad=True)
    with pytest.raises(RuntimeError, match="only a real number has a gradient"):
        (z * z).backward()
    (z * z).backward(grad=np.asarray(1 + 0j))
    assert z.grad == 2j


def test_parts_of_a_tensor() -> None:
    z = autograd.tensor([1 + 2j, 3 - 1j], requires_grad=True)
    np.testing.assert_array_equal(z.real.data, [1, 3])
    np.testing.assert_array_equal(z.imag.data, [2, -1])
    np.testing.assert_array_equal(z.conj().data, [1 - 2j, 3 + 1j])
    (z.imag * 2).sum().backward()
    np.testing.assert_array_equal(z.grad, [-2j, -2j])
    assert np.isrealobj(autograd.tensor(1.0)) and np.iscomplexobj(z)


def test_functions_of_real_numbers_refuse_complex_ones() -> None:
    with pytest.raises(TypeError, match=r"sigmoid.*for real numbers"):
        autograd.sigmoid(autograd.tensor(1j))
