"""Arrays made of tensors, and numbers taken apart, against NumPy and differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing import check_grad

X = np.array([0.7, -2.6, 3.3])
ONE, TWO = np.array(1.5), np.array(4.0)
VECTOR = np.array([2.0, 5.0])

Case = tuple[Callable[..., Any], tuple[Any, ...]]
CASES: dict[str, Case] = {
    "linspace": (lambda a, b: np.linspace(a, b, 5), (ONE, TWO)),
    "linspace, open": (lambda a, b: np.linspace(a, b, 5, endpoint=False), (ONE, TWO)),
    "linspace, one number": (lambda a, b: np.linspace(a, b, 1), (ONE, TWO)),
    "linspace, no number": (lambda a, b: np.linspace(a, b, 0), (ONE, TWO)),
    "linspace of vectors": (lambda a, b: np.linspace(a, b, 3, axis=-1), (ONE, VECTOR)),
    "linspace's step": (lambda a, b: np.linspace(a, b, 4, retstep=True)[1], (ONE, TWO)),
    "logspace": (lambda a, b: np.logspace(a, b, 4), (ONE, TWO / 2)),
    "logspace by another base": (lambda a, b, c: np.logspace(a, b, 4, base=c), (ONE, TWO, TWO)),
    "geomspace": (lambda a, b: np.geomspace(a, b, 5), (ONE, TWO)),
    "geomspace of vectors": (lambda a, b: np.geomspace(a, b, 5, axis=1), (ONE, VECTOR)),
    "modf": (lambda x: np.modf(x)[0] * np.modf(x)[1], (X,)),
    "frexp": (lambda x: np.frexp(x)[0], (X,)),
    "ldexp": (lambda x: np.ldexp(x, np.array([1, -2, 3])), (X,)),
    "fix": (lambda x: np.fix(x) * x, (X,)),
    "radians": (np.radians, (X,)),
    "degrees": (np.degrees, (X,)),
}


@pytest.mark.filterwarnings("ignore:numpy.fix is deprecated")
@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    f, arrays = CASES[name]
    np.testing.assert_allclose(f(*map(tensor, arrays)).data, f(*arrays), rtol=1e-14)
    check_grad(f, *arrays).raise_if_failed()


def test_parts_of_numbers() -> None:
    mantissa, exponent = np.frexp(tensor(X))
    np.testing.assert_array_equal(np.ldexp(mantissa, exponent).data, X)
    assert np.around(tensor(X), 0).data.tolist() == np.around(X).tolist()
    assert np.gcd(tensor([12, 18]), 8).data.tolist() == [4, 2]
    assert np.spacing(tensor(1.0)).item() == np.spacing(1.0)
    assert autograd.grad(lambda x: np.nextafter(x, 2.0))(1.0) == 1.0


def test_nearly_real_numbers() -> None:
    z = X + 1e-17j
    found = np.real_if_close(tensor(z))
    assert found.dtype == np.float64
    assert np.real_if_close(tensor(X + 1j)).dtype == np.complex128
