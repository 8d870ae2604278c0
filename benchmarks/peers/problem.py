"""What all libraries compute on: the same arrays, drawn from a fixed seed."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.random  # else it is loaded on first use, inside what is timed

LEARNING_RATE = 0.01
ADAM_RATE = 0.001  # with ten times that the mid step magnifies rounding beyond what can be compared
RATES = {"sgd": LEARNING_RATE, "adam": ADAM_RATE}
EPSILON = 1e-12  # of Adam; next to nothing, since libraries differ in where they add it
BETA_1, BETA_2 = 0.9, 0.999  # of Adam
LOG_BETA_1, LOG_BETA_2 = math.log(BETA_1), math.log(BETA_2)  # 1 - βᵗ = -expm1(t log β) keeps its digits in float32
VARIANCE_EPSILON = 1e-5  # what normalising a row adds to its variance


class Problem(NamedTuple):
    """A batch for a classifier, and where its parameters start."""

    x: Any
    labels: Any
    parameters: list[Any]  # weight, bias, weight, bias, …


def classification(sizes: list[int], batch: int) -> Problem:
    """Return a batch of inputs with labels, and the parameters of a network with layers of these sizes."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((batch, sizes[0]), dtype=np.float32)
    labels = rng.integers(sizes[-1], size=batch)
    parameters = []
    for inputs, outputs in pairwise(sizes):
        weight = rng.standard_normal((inputs, outputs), dtype=np.float32)
        parameters += [weight * np.float32((2 / inputs) ** 0.5), np.zeros(outputs, np.float32)]
    return Problem(x, labels, parameters)


def factors(size: int) -> tuple[Any, Any]:
    """Return two matrices to multiply element by element."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((size, size)), rng.standard_normal((size, size))


def angles(count: int) -> Any:
    """Return a long vector."""
    return np.linspace(0.0, 1.0, count)


def table(rows: int, columns: int) -> Any:
    """Return rows of numbers, float32."""
    return np.random.default_rng(0).standard_normal((rows, columns), dtype=np.float32)


def regression(rows: int, features: int) -> tuple[Any, Any, list[Any]]:
    """Return rows of features, the sign of each, and a weight for each feature with a bias, float32."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((rows, features), dtype=np.float32)
    signs = np.sign(x[:, 0] + rng.standard_normal(rows, dtype=np.float32))
    return x, signs, [rng.standard_normal(features, dtype=np.float32), np.zeros((), np.float32)]


def directions(parameters: list[Any]) -> list[Any]:
    """Return an array like each parameter, for the Hessian to be multiplied by."""
    rng = np.random.default_rng(1)
    return [rng.standard_normal(p.shape, dtype=np.float32) for p in parameters]


def norms(value: Any, gradients: Any) -> list[float]:
    """Return the value and the length of each gradient."""
    return [float(value), *(float(np.linalg.norm(np.asarray(g, np.float64))) for g in gradients)]


def summary(loss: Any, parameters: list[Any]) -> list[float]:
    """Return the loss and the mean square of each parameter: what training has come to, in a few numbers."""
    return [float(loss), *(float(np.mean(np.square(np.asarray(p, np.float64)))) for p in parameters)]


class Table(NamedTuple):
    """Rows of numbers with a yes or no for each, and where the parameters of a network start."""

    x: Any
    y: Any
    parameters: list[Any]

    @classmethod
    def of(cls, sizes: list[int], batches: int) -> Table:
        """Return so many batches of 32 rows, and the parameters of a network with layers of these sizes."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((32 * batches, sizes[0]), dtype=np.float32)
        y = (x[:, 0] * x[:, 1] > 0).astype(np.float32)
        return cls(x, y, classification(sizes, 1).parameters)
