"""What parameters are brought back to after each step, by Keras' names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.config import epsilon
from nn.names import Configured, Registry, table_of


class Constraint(Configured):
    """A function from a parameter's values, as an array, to those it may have; write `__call__`."""

    def __call__(self, w: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __call__ method")


class NonNeg(Constraint):
    """At least 0.

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, w: Any) -> Any:
        return np.maximum(w, 0)


class MinMaxNorm(Constraint):
    """Lengths along `axis` between two bounds; `rate` is how much of the way there one step goes.

    For the kernel of a dense layer, of shape (inputs, units), axis 0 makes it the length of each unit's weights.
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        length = _length(w, self.axis)
        wanted = self.rate * np.clip(length, self.min_value, self.max_value) + (1 - self.rate) * length
        return w * (wanted / (epsilon() + length))


class MaxNorm(Constraint):
    """Lengths along `axis` of at most `max_value`.

    >>> MaxNorm(1.0)(np.array([[3.0], [4.0]])).round(4)
    array([[0.6],
           [0.8]])
    """

    def __init__(self, max_value: float = 2.0, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        length = _length(w, self.axis)
        return w * (np.clip(length, 0, self.max_value) / (epsilon() + length))


class UnitNorm(Constraint):
    """Lengths along `axis` of 1."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        return w / (epsilon() + _length(w, self.axis))


def _length(w: Any, axis: Any) -> Any:
    axes = tuple(axis) if isinstance(axis, list) else axis
    return np.sqrt(np.sum(np.square(w), axis=axes, keepdims=True))


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

CONSTRAINTS: Final[Registry[Callable[[Any], Any]]] = Registry(
    "constraint", table_of([MaxNorm, MinMaxNorm, NonNeg, UnitNorm])
)


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """Return a constraint, given by name, as one, or as a function of an array; None is none."""
    return None if identifier is None else CONSTRAINTS.get(identifier)
