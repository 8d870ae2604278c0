"""What is reported beside the loss: a number for each example, of predictions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.losses import LOSSES, get_loss
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
        return np.equal(np.greater(y_pred, 0.5), np.reshape(y_true, y_pred.shape))[..., 0]
    labels = y_true if y_true.ndim < y_pred.ndim else np.argmax(y_true, axis=-1)
    return np.equal(np.argmax(y_pred, axis=-1), labels)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """Return the mean absolute difference of each example.

    >>> mean_absolute_error(np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]))
    array([1.5])
    """
    return np.mean(np.abs(y_pred - y_true), axis=-1)


def _loss_as_metric(name: str) -> Metric:
    loss = get_loss(name)
    return lambda y_true, y_pred: loss.per_example(y_true, y_pred).data


METRICS: Final[dict[str, Metric]] = {
    "accuracy": accuracy,
    "acc": accuracy,
    "mean_absolute_error": mean_absolute_error,
    "mae": mean_absolute_error,
    **{name: _loss_as_metric(name) for name in LOSSES},
}


def get_metric(metric: str | Metric) -> tuple[str, Metric]:
    """Return the name to report a metric by, and the function."""
    if callable(metric):
        return getattr(metric, "__name__", "metric"), metric
    return metric, by_name("metric", metric, METRICS)
