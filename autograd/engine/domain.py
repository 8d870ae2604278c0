"""Where an operation is smooth: what its generated gradient tests draw their inputs from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Domain(NamedTuple):
    """A set of inputs on which an operation has a derivative, and how to draw an array from it."""

    name: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], Any]
    project: Callable[[Any], Any] | None = None  # brings a perturbed input back, in NumPy functions

    def __repr__(self) -> str:
        return self.name


def interval(name: str, low: float, high: float) -> Domain:
    """Return the domain of numbers between `low` and `high`."""
    return Domain(name, lambda rng, shape: rng.uniform(low, high, shape))


def _spread_out(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Draw distinct numbers on both sides of 0, no two of them closer than 0.05, none within 0.1 of 0."""
    size = int(np.prod(shape))
    steps = rng.permutation(size) + rng.uniform(-0.2, 0.2, size)
    return (np.where(steps < size // 2, steps - size // 2 - 0.5, steps - size // 2 + 0.5) * 0.1).reshape(shape)


def _invertible(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.uniform(-1, 1, shape) + shape[-1] * np.eye(shape[-1])


def _positive_definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    a = rng.uniform(-1, 1, shape)
    return a @ np.swapaxes(a, -1, -2) + shape[-1] * np.eye(shape[-1])


REAL = interval("REAL", -2.0, 2.0)
POSITIVE = interval("POSITIVE", 0.2, 3.0)
UNIT = interval("UNIT", -0.9, 0.9)
ABOVE_ONE = interval("ABOVE_ONE", 1.2, 4.0)
DISTINCT = Domain("DISTINCT", _spread_out)
INVERTIBLE = Domain("INVERTIBLE", _invertible)
POSITIVE_DEFINITE = Domain("POSITIVE_DEFINITE", _positive_definite, lambda a: (a + np.swapaxes(a, -1, -2)) / 2)
