"""Small data sets and models that the tests of `nn` share."""

from __future__ import annotations

from typing import Any

import numpy as np

import nn


def numbers(n: int = 64, features: int = 3, seed: int = 0) -> tuple[Any, Any]:
    """Return x and a linear function of it, float32."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)).astype(np.float32)
    return x, (x @ np.arange(1.0, features + 1)).astype(np.float32)


def classes(n: int = 90, features: int = 4, count: int = 3, seed: int = 0) -> tuple[Any, Any]:
    """Return x and the label of the centre that each row lies around."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % count
    centres = rng.normal(size=(count, features)) * 4
    return (centres[labels] + rng.normal(size=(n, features))).astype(np.float32), labels


def regressor(seed: int = 0, **options: Any) -> nn.Sequential:
    """Return a compiled network for `numbers`."""
    nn.set_random_seed(seed)
    model = nn.Sequential([nn.Dense(8, activation="relu"), nn.Dense(1)])
    model.compile(**{"optimizer": "adam", "loss": "mse", "metrics": ["mae"]} | options)
    return model


def same(a: nn.Model, b: nn.Model) -> bool:
    """Return whether two models have equal parameters and buffers, to the bit."""
    one, other = a.state_dict(), b.state_dict()
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)
