"""Metrics of numbers, and the losses as metrics."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn import losses
from nn.losses.loss import Loss, weights_like
from nn.metrics.metric import MeanMetric, Metric, array_of


class LossMetric(MeanMetric):
    """A loss as a metric: its mean over all examples, without what regularisers add; options are the loss'."""

    loss_class: ClassVar[type[Loss]]
    mode = "min"

    def __init__(self, *, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name)
        self.loss = self.loss_class(**options)
        self._options = options

    def values(self, y_true: Any, y_pred: Any) -> Any:
        y_true = self.loss.paired(y_true, y_pred)
        logits = self.loss.from_logits and self.loss.has_logits
        return (self.loss.of_logits if logits else self.loss.call)(y_true, y_pred).data

    def get_config(self) -> dict[str, Any]:
        """Return the name and the options of the loss."""
        return {"name": self.name, **self._options}


def _metric(loss: type[Loss], name: str | None = None) -> type[LossMetric]:
    doc = f"The loss `{loss.__name__}` as a metric: its mean over all examples."
    members = {"loss_class": loss, "__doc__": doc, "__module__": __name__}
    return type(name or loss.__name__, (LossMetric,), members)


MeanSquaredError = _metric(losses.MeanSquaredError)
MeanAbsoluteError = _metric(losses.MeanAbsoluteError)
MeanAbsolutePercentageError = _metric(losses.MeanAbsolutePercentageError)
MeanSquaredLogarithmicError = _metric(losses.MeanSquaredLogarithmicError)
Huber = _metric(losses.Huber)
LogCoshError = _metric(losses.LogCosh, "LogCoshError")
Poisson = _metric(losses.Poisson)
KLDivergence = _metric(losses.KLDivergence)
Hinge = _metric(losses.Hinge)
SquaredHinge = _metric(losses.SquaredHinge)
CategoricalHinge = _metric(losses.CategoricalHinge)
BinaryCrossentropy = _metric(losses.BinaryCrossentropy)
CategoricalCrossentropy = _metric(losses.CategoricalCrossentropy)
SparseCategoricalCrossentropy = _metric(losses.SparseCategoricalCrossentropy)


class CosineSimilarity(LossMetric):
    """The mean cosine of the angle between targets and predictions: unlike the loss, 1 is the best."""

    loss_class = losses.CosineSimilarity
    mode = "max"

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return -super().values(y_true, y_pred)


class RootMeanSquaredError(MeanMetric):
    """The root of the mean of (y_true - y_pred)².

    >>> RootMeanSquaredError()([0.0, 0.0], [1.0, 7.0])
    5.0
    """

    mode = "min"

    def values(self, y_true: Any, y_pred: Any) -> Any:
        return np.square(np.reshape(y_true, y_pred.shape) - y_pred)

    def result(self) -> Any:
        return float(np.sqrt(super().result()))


class R2Score(Metric):
    """1 - the mean of (y_true - y_pred)² / the variance of y_true: 1 is perfect, 0 as good as the mean.

    `class_aggregation`, for several outputs, is "uniform_average", "variance_weighted_average" or None.

    >>> R2Score()([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])
    0.5714285714285716
    """

    gathered = ("count", "total", "squares", "residual")
    mode = "max"

    def __init__(self, class_aggregation: str | None = "uniform_average", *, name: str | None = None) -> None:
        if class_aggregation not in (None, "uniform_average", "variance_weighted_average"):
            raise ValueError(
                "R2Score: class_aggregation is 'uniform_average', 'variance_weighted_average' or None, not "
                f"{class_aggregation!r}"
            )
        super().__init__(name=name)
        self.class_aggregation = class_aggregation

    def reset_state(self) -> None:
        self.count = 0.0
        self.total = self.squares = self.residual = np.zeros(())

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        p = np.reshape(np.asarray(array_of(y_pred), np.float64), (len(y_pred), -1))
        y = np.reshape(np.asarray(array_of(y_true), np.float64), p.shape)
        w = np.ones((len(y), 1)) if sample_weight is None else weights_like(sample_weight, p)
        self.count += float(np.sum(w))
        self.total = self.total + np.sum(w * y, axis=0)
        self.squares = self.squares + np.sum(w * y * y, axis=0)
        self.residual = self.residual + np.sum(w * (y - p) ** 2, axis=0)

    def result(self) -> Any:
        spread = self.squares - self.total**2 / max(self.count, 1e-30)
        with np.errstate(all="ignore"):
            score = np.where(spread > 0, 1 - self.residual / spread, 0.0)
        if self.class_aggregation is None:
            return score
        weighted = self.class_aggregation == "variance_weighted_average" and np.sum(spread) > 0
        return float(np.average(score, weights=spread if weighted else None))
