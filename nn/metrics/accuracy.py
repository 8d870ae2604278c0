"""How many predictions are right."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.metrics.metric import MeanMetric


def _like(y_true: Any, y_pred: Any) -> Any:
    return y_true if y_true.shape == y_pred.shape else np.reshape(y_true, y_pred.shape)


def _labels(y_true: Any, y_pred: Any) -> Any:
    return np.reshape(y_true, y_pred.shape[:-1])


class Accuracy(MeanMetric):
    """How often predictions equal the targets.

    >>> Accuracy()([1, 2], [1, 3])
    0.5
    """

    mode = "max"

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return np.equal(_like(y_true, y_pred), y_pred)


class BinaryAccuracy(MeanMetric):
    """How often predictions are on the right side of `threshold`; the targets are 0 and 1.

    >>> BinaryAccuracy()([0, 1], [0.4, 0.4])
    0.5
    """

    mode = "max"

    def __init__(self, *, threshold: float = 0.5, name: str | None = None) -> None:
        super().__init__(name=name)
        self.threshold = threshold

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return np.equal(np.greater(y_pred, self.threshold), _like(y_true, y_pred))


class CategoricalAccuracy(MeanMetric):
    """How often the largest prediction is where the largest of the targets (one-hot, or probabilities) is.

    >>> CategoricalAccuracy()([[0, 1], [1, 0]], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """

    mode = "max"

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return np.equal(np.argmax(y_pred, axis=-1), np.argmax(y_true, axis=-1))


class SparseCategoricalAccuracy(MeanMetric):
    """How often the largest prediction is at the label.

    >>> SparseCategoricalAccuracy()([1, 0], [[0.2, 0.8], [0.4, 0.6]])
    0.5
    """

    mode = "max"

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return np.equal(np.argmax(y_pred, axis=-1), _labels(y_true, y_pred))


class SparseTopKCategoricalAccuracy(MeanMetric):
    """How often the label is among the `k` largest predictions; a tie counts for the label.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    0.5
    """

    mode = "max"

    def __init__(self, k: int = 5, *, name: str | None = None) -> None:
        super().__init__(name=name)
        self.k = k

    def values(self, y_true: Any, y_pred: Any) -> Any:
        labels = _labels(y_true, y_pred).astype(np.intp)
        mine = np.take_along_axis(y_pred, labels[..., None], axis=-1)
        return np.less(np.sum(y_pred > mine, axis=-1), self.k)


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
    """How often the largest of the targets (one-hot, or probabilities) is among the `k` largest predictions."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return super().values(np.argmax(y_true, axis=-1), y_pred)
