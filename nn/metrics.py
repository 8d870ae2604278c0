"""What is reported beside the loss: a number for each example, of predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.names import by_name

Metric = Callable[[Any, Any], Any]


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """Return for each example whether the prediction is right; what that means goes by the shapes.

    One output: whether it is on the right side of 0.5. Several: whether the largest is that of the label, or that
    of the largest in the row of y_true.

    >>> accuracy(np.array([0, 1]), np.array([[0.9, 0.1], [0.8, 0.2]])).tolist()
    [True, False]
    """
    if y_pred.shape[-1] == 1:
        return np.reshape((y_pred > 0.5) == (y_true > 0.5), -1)
    labels = y_true if y_true.ndim < y_pred.ndim else np.argmax(y_true, axis=-1)
    return np.argmax(y_pred, axis=-1) == labels


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean squared difference of each example."""
    return np.mean((y_pred - y_true) ** 2, axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean absolute difference of each example."""
    return np.mean(np.abs(y_pred - y_true), axis=-1)


METRICS: Final[dict[str, Metric]] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "mse": mean_squared_error,
    "mean_squared_error": mean_squared_error,
    "mae": mean_absolute_error,
    "mean_absolute_error": mean_absolute_error,
}


def get_metric(metric: str | Metric) -> tuple[str, Metric]:
    """Return the name to report a metric by, and the function."""
    if callable(metric):
        return getattr(metric, "__name__", "metric"), metric
    return metric, by_name("metric", metric, METRICS)
