"""Losses of numbers: how far predictions are from targets."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import abs as absolute
from autograd import log, maximum, softplus, square, subtract
from autograd import max as largest
from autograd import sum as total
from nn.config import epsilon
from nn.losses.loss import Loss, function_of


class MeanSquaredError(Loss):
    """The mean of (y_true - y_pred)².

    >>> MeanSquaredError()([[0.0, 1.0]], [[0.0, 3.0]]).item()
    2.0
    """

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return square(subtract(y_pred, y_true))


class MeanAbsoluteError(Loss):
    """The mean of |y_true - y_pred|; its slope is 0 where they are equal.

    >>> MeanAbsoluteError()([[0.0, 1.0]], [[0.0, 3.0]]).item()
    1.0
    """

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return absolute(subtract(y_pred, y_true))


class MeanAbsolutePercentageError(Loss):
    """100 times the mean of |y_true - y_pred| / |y_true|, where the divisor is at least 1e-7.

    >>> MeanAbsolutePercentageError()([[2.0, 4.0]], [[1.0, 4.0]]).item()
    25.0
    """

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return absolute(subtract(y_pred, y_true)) * (100.0 / np.maximum(np.abs(y_true), epsilon()))


class MeanSquaredLogarithmicError(Loss):
    """The mean of (log(1 + y_true) - log(1 + y_pred))², both at least 1e-7."""

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        tiny = epsilon()
        return square(log(maximum(y_pred, tiny) + 1.0) - np.log(np.maximum(y_true, tiny) + 1.0))


class Huber(Loss):
    """(y_true - y_pred)² / 2 up to a distance of `delta`, linear beyond (Huber, 1964).

    >>> Huber()([[0.0, 0.0]], [[1.0, 3.0]]).item()
    1.5
    """

    def __init__(self, delta: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        if not delta > 0:
            raise ValueError(f"Huber: delta must be positive, it is {delta!r}")
        self.delta = float(delta)

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        error = subtract(y_pred, y_true)
        distance = absolute(error)
        return np.where(distance <= self.delta, 0.5 * square(error), self.delta * distance - 0.5 * self.delta**2)


class LogCosh(Loss):
    """The mean of log(cosh(y_pred - y_true)): like the square for small errors, like the distance for large ones."""

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        error = subtract(y_pred, y_true)
        return error + softplus(error * -2.0) - 0.6931471805599453


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between y_true and y_pred along `axis`: -1 where they point the same way.

    >>> CosineSimilarity()([[0.0, 2.0]], [[0.0, 3.0]]).item()
    -1.0
    """

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = int(axis)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return total(_normalized(y_true, self.axis) * _normalized(y_pred, self.axis), axis=self.axis) * -1.0


def _normalized(x: Any, axis: int) -> Any:
    return x / np.maximum(np.linalg.norm(x, axis=axis, keepdims=True), epsilon())


class Poisson(Loss):
    """The mean of y_pred - y_true · log(y_pred), for counts y_true and their expectation y_pred."""

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return y_pred - y_true * log(y_pred + epsilon())


def _signs(y_true: Any) -> Any:
    """Return labels -1 and 1; labels 0 and 1 become these."""
    return 2.0 * y_true - 1.0 if np.all((y_true == 0) | (y_true == 1)) else y_true


class Hinge(Loss):
    """The mean of max(0, 1 - y_true · y_pred), for labels -1 and 1; labels 0 and 1 are taken for these.

    >>> Hinge()([[1.0, 0.0]], [[0.5, 0.5]]).item()
    1.0
    """

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return maximum(1.0 - _signs(y_true) * y_pred, 0.0)


class SquaredHinge(Loss):
    """The mean of max(0, 1 - y_true · y_pred)², for labels -1 and 1; labels 0 and 1 are taken for these."""

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        return square(maximum(1.0 - _signs(y_true) * y_pred, 0.0))


class CategoricalHinge(Loss):
    """max(0, 1 + the largest output of a wrong class - that of the true one), for one-hot labels."""

    def call(self, y_true: Any, y_pred: Any) -> Any:
        wrong = largest((1.0 - y_true) * y_pred, axis=-1)
        return maximum(wrong - total(y_true * y_pred, axis=-1) + 1.0, 0.0)


mean_squared_error = function_of(MeanSquaredError)
mean_absolute_error = function_of(MeanAbsoluteError)
mean_absolute_percentage_error = function_of(MeanAbsolutePercentageError)
mean_squared_logarithmic_error = function_of(MeanSquaredLogarithmicError)
huber = function_of(Huber, "delta")
log_cosh = function_of(LogCosh)
cosine_similarity = function_of(CosineSimilarity, "axis")
poisson = function_of(Poisson)
hinge = function_of(Hinge)
squared_hinge = function_of(SquaredHinge)
categorical_hinge = function_of(CategoricalHinge)
