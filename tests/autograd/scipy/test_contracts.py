"""What the operations of autograd owe, owed by those of scipy.special too: generated from the cases of its test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from tests.autograd.duck import Duck, unwrap
from tests.autograd.scipy.test_special import CASES

EVERY = pytest.mark.parametrize("name", CASES)
ELEMENTWISE = [name for name in CASES if "softmax" not in name and "logsumexp" not in name]


def weighted(name: str) -> Any:
    """Return a function of the arrays of a case that gives a number, with other weights for each element."""
    f, _ = CASES[name]

    def total(*arrays: Any) -> Any:
        out = f(*arrays)
        return np.sum(out * np.cos(np.arange(out.size)).reshape(out.shape))

    return total


@EVERY
def test_a_duck_array_runs_it(name: str) -> None:
    """An array type that speaks only NumPy's protocols goes forward and backward, and stays of its type."""
    _, arrays = CASES[name]
    xs = [tensor(Duck(a), requires_grad=True) for a in arrays]
    weighted(name)(*xs).backward()
    expected = autograd.grad(weighted(name), tuple(range(len(arrays))))(*arrays)
    for x, e in zip(xs, expected, strict=True):
        assert type(x.grad) is Duck
        np.testing.assert_allclose(unwrap(x.grad), e, rtol=1e-12, atol=1e-13)


@EVERY
def test_float32_stays_float32(name: str) -> None:
    """The result is of the dtype that SciPy gives, which for some is float64, or of float32; gradients are float32."""
    f, arrays = CASES[name]
    singles = [a.astype(np.float32) for a in arrays]
    xs = [tensor(a, requires_grad=True) for a in singles]
    out = f(*xs)
    assert out.dtype in (np.float32, np.asarray(f(*singles)).dtype)
    out.sum().backward()
    assert {x.grad.dtype for x in xs} == {np.dtype(np.float32)}
    assert autograd.jvp(f, singles, singles)[1].dtype == out.dtype


@EVERY
def test_forward_mode_is_the_adjoint_of_reverse_mode(name: str) -> None:
    _, arrays = CASES[name]
    along = [np.sin(np.arange(1.0, a.size + 1)).reshape(a.shape) for a in arrays]
    slope = autograd.jvp(weighted(name), arrays, along)[1]
    gradients = autograd.grad(weighted(name), tuple(range(len(arrays))))(*arrays)
    assert slope == pytest.approx(sum(np.sum(g * d) for g, d in zip(gradients, along, strict=True)), rel=1e-11)


@EVERY
@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_it_compiles(name: str, backend: str) -> None:
    _, arrays = CASES[name]
    gradient = autograd.grad(weighted(name), tuple(range(len(arrays))))
    compiled = autograd.compile(gradient, backend=backend)
    compiled(*(a * 1.01 for a in arrays))  # other values than those that the second call is for
    for ours, expected in zip(compiled(*arrays), gradient(*arrays), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-10)


@EVERY
def test_it_is_batched(name: str) -> None:
    """vmap of the function, and of its gradient, is what a loop over the examples gives."""
    f, arrays = CASES[name]
    batch = [np.stack([a, a * 1.01]) for a in arrays]
    for function in (f, autograd.grad(weighted(name))):
        expected = np.stack([function(*(a[i] for a in batch)) for i in range(2)])
        np.testing.assert_allclose(autograd.vmap(function)(*batch), expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)], ids=str)
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_on_0d_and_empty(name: str, shape: tuple[int, ...]) -> None:
    f, arrays = CASES[name]
    xs = [tensor(np.full(shape, a[1]), requires_grad=True) for a in arrays]
    out = f(*xs)
    assert out.shape == shape
    out.backward(np.ones(shape))
    assert all(type(x.grad) is np.ndarray and x.grad.shape == shape for x in xs)
