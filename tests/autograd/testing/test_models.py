"""Checking a model's parameters where they are."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd.testing import check_model


def network() -> nn.Sequential:
    nn.set_random_seed(0)
    return nn.Sequential([nn.Dense(3, activation="tanh", input_dim=2), nn.Dense(1, use_bias=False)])


def test_a_report_for_each_layer() -> None:
    """Parameters are grouped by layer, named as the model names them, and have their values back afterwards."""
    model, x = network(), np.array([[1.0, 2.0], [0.5, -1.0]])
    before = model.state_dict()
    reports = check_model(model, x)
    assert all(reports.values()) and list(reports) == ["dense", "dense_1"]
    assert reports["dense"].inputs == ["float32 (2, 3)", "float32 (3,)"]
    after = model.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert all(p.is_leaf and p.requires_grad and p.grad is None for p in model.parameters())


def test_parameters_come_back_when_the_model_raises() -> None:
    """An exception in the middle leaves every parameter as it was."""
    model, calls = network(), []

    def f() -> object:
        calls.append(1)
        if len(calls) > 30:
            raise RuntimeError("enough")
        return model(np.ones((2, 2)))

    before = model.state_dict()
    with pytest.raises(RuntimeError, match="enough"):
        check_model(model, f=f)
    assert all(np.array_equal(before[name], p.data) for name, p in model.named_parameters())
    assert all(p.requires_grad for p in model.parameters())


def test_a_model_without_parameters() -> None:
    """There is nothing to check, and that is said."""
    with pytest.raises(ValueError, match="no parameters that require grad"):
        check_model(nn.Flatten(), np.ones((2, 2)))
