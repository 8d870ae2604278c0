"""No function of NumPy is forgotten, and none is silently wrong on a tensor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from tests.autograd.coverage import MODULES, REASONS, functions, kind_of

ALL = [(title, name, f) for title, module in MODULES.items() for name, f in functions(module)]


@pytest.mark.parametrize("title, name, function", ALL, ids=[f"{title}.{name}" for title, name, _ in ALL])
def test_every_function_has_a_rule_or_a_reason(title: str, name: str, function: Any) -> None:
    kind = kind_of(function)
    if kind is None:
        assert name in REASONS, f"{title}.{name} has neither"
    else:
        assert name not in REASONS, f"{title}.{name} has both"


@pytest.mark.parametrize("name", ["asarray", "asanyarray", "ascontiguousarray", "require", "array", "kaiser"])
def test_what_is_not_handed_on_refuses_a_tensor_that_requires_grad(name: str) -> None:
    t = autograd.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match="leave the graph"):
        getattr(np, name)(*((3, t) if name == "kaiser" else (t,)))
