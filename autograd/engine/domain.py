"""Where an operation is smooth: what its generated gradient tests draw their inputs from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Domain(NamedTuple):
    """A set of inputs on which an operation has a derivative, and how to take an array from it.

    `draw(rng, shape)` draws at random. `grid(k)` makes one of an array of whole numbers, the simplest of zeros, so that
    a counterexample can be made small. `project` brings a perturbed input back, in NumPy functions.
    """

    name: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], Any]
    grid: Callable[[Any], Any]
    project: Callable[[Any], Any] | None = None

    def __repr__(self) -> str:
        return self.name


def interval(name: str, low: float, high: float) -> Domain:
    """Return the domain of numbers between `low` and `high`; its grid are the eighths, those near 0 first."""
    eighths = np.arange(np.floor(low * 8) + 1, np.ceil(high * 8)) / 8
    points = eighths[np.argsort(np.abs(eighths), kind="stable")]

    def grid(k: Any) -> Any:
        return points[(2 * np.abs(k) - (k > 0)) % len(points)]

    return Domain(name, lambda rng, shape: rng.uniform(low, high, shape), grid)


def _spread_out(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Draw distinct numbers on both sides of 0, no two of them closer than 0.05, none within 0.1 of 0."""
    size = int(np.prod(shape))
    steps = rng.permutation(size) + rng.uniform(-0.2, 0.2, size)
    return (np.where(steps < size // 2, steps - size // 2 - 0.5, steps - size // 2 + 0.5) * 0.1).reshape(shape)


def _ranks(k: Any) -> Any:
    """Return odd eighths on both sides of 0 in the order of k, no two of them equal."""
    ranks = np.argsort(np.argsort(k, axis=None, kind="stable")).reshape(np.shape(k))
    return (2 * (ranks - np.size(k) // 2) + 1) / 8


def _invertible(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.uniform(-1, 1, shape) + shape[-1] * np.eye(shape[-1])


def _small(k: Any) -> Any:
    return ((k + 4) % 9 - 4) / 8


def _positive_definite(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    a = rng.uniform(-1, 1, shape)
    return a @ np.swapaxes(a, -1, -2) + shape[-1] * np.eye(shape[-1])


def _symmetric(a: Any) -> Any:
    return (a + np.conj(np.swapaxes(a, -1, -2))) / 2


REAL = interval("REAL", -2.0, 2.0)._replace(grid=lambda k: k / 8)
POSITIVE = interval("POSITIVE", 0.2, 3.0)
UNIT = interval("UNIT", -0.9, 0.9)
ABOVE_ONE = interval("ABOVE_ONE", 1.2, 4.0)
DISTINCT = Domain("DISTINCT", _spread_out, _ranks)
INVERTIBLE = Domain("INVERTIBLE", _invertible, lambda k: _small(k) + k.shape[-1] * np.eye(k.shape[-1]))
POSITIVE_DEFINITE = Domain(
    "POSITIVE_DEFINITE",
    _positive_definite,
    lambda k: _symmetric(_small(k)) + k.shape[-1] * np.eye(k.shape[-1]),
    _symmetric,
)
TRUTH = Domain("TRUTH", lambda rng, shape: rng.uniform(size=shape) < 0.5, lambda k: k % 2 == 1)
WHOLE = Domain("WHOLE", lambda rng, shape: rng.integers(0, 6, shape), lambda k: np.abs(k) % 6)
