"""The table of edge cases, run: value, gradient, dtype, and NumPy's warnings where they belong."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from tests.autograd.edge_cases import CASES, REFUSALS, Case, Refusal

NAMES = {**autograd.PUBLIC, "np": np, "tensor": autograd.tensor}


def evaluated(code: str, x: Any) -> Any:
    return eval(code, {**NAMES, "x": x})


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_case(case: Case, dtype: Any) -> None:
    """The gradient of the sum is the convention's, in the dtype of x; nothing warns but NumPy in the forward pass."""
    x = autograd.tensor(case.x, requires_grad=True, dtype=dtype)
    if case.warns:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            out = evaluated(case.code, x)
        assert caught and all(issubclass(w.category, RuntimeWarning) for w in caught)
    else:
        out = evaluated(case.code, x)
    if case.value is not None:
        np.testing.assert_allclose(out.data, np.array(case.value), rtol=1e-6)
    np.sum(out).backward()
    assert x.grad.dtype == dtype
    rtol = 1e-12 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(x.grad, np.array(case.gradient, float), rtol=rtol, atol=0)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.words)
def test_refusal(refusal: Refusal) -> None:
    """What has no sensible result is refused, with the reason."""
    x = autograd.tensor(refusal.x, requires_grad=True, dtype=float)
    with pytest.raises(Exception) as raised:
        evaluated(refusal.code, x)
    assert type(raised.value).__name__ == refusal.error
    assert refusal.says in str(raised.value)


def test_the_length_of_zero_is_hinted_at() -> None:
    """Under anomaly detection the nan of sqrt(sum(x²)) at 0 says which function to use."""
    x = autograd.tensor([0.0, 0.0], requires_grad=True)
    with autograd.detect_anomaly(), pytest.raises(FloatingPointError, match=r"multiply.*norm\(\)"):
        np.sqrt(np.sum(x * x)).backward()
