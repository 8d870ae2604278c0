"""Activations composed of operations: their values by their formulas, their derivatives by differences."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd


def phi(x: float) -> float:
    """The distribution function of the normal distribution."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


FORMULAS: dict[str, tuple[Callable[[Any], Any], Callable[[float], float]]] = {
    "celu": (lambda x: autograd.celu(x, 2.0), lambda x: x if x > 0 else 2 * math.expm1(x / 2)),
    "selu": (autograd.selu, lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x))),
    "gelu": (autograd.gelu, lambda x: x * phi(x)),
    "gelu by tanh": (
        lambda x: autograd.gelu(x, approximate=True),
        lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    "mish": (autograd.mish, lambda x: x * math.tanh(math.log1p(math.exp(x)))),
    "hard_sigmoid": (autograd.hard_sigmoid, lambda x: min(max(x / 6 + 0.5, 0.0), 1.0)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_value_and_derivatives(name: str, check_grad: Any) -> None:
    """The value is that of the formula, also far out; derivatives of both orders are right."""
    function, formula = FORMULAS[name]
    x = np.array([-30.0, -5.0, -1.3, -0.2, 0.4, 1.7, 5.0, 30.0])
    np.testing.assert_allclose(function(x).data, [formula(v) for v in x.tolist()], rtol=1e-12)
    assert function(x.astype(np.float32)).dtype == np.float32
    check_grad(lambda x: np.sum(function(x) * np.cos(np.arange(8.0))), x, order=2)
