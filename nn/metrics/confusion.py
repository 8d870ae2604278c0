"""Metrics made of the counts of true and false positives and negatives."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from nn.budget import afford
from nn.config import epsilon
from nn.losses.loss import weights_like
from nn.metrics.metric import Metric, array_of

_NO_THRESHOLD: Final = -1e10


class Confusion(Metric):
    """Counts, for each threshold, of the examples that are and are not over it, by their label 0 or 1.

    With `class_id` only that column counts; with `top_k` what is not among the `k` largest of its row is negative.
    """

    gathered = ("true_positives", "false_positives", "true_negatives", "false_negatives")

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        *,
        name: str | None = None,
    ) -> None:
        self.thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        afford(type(self).__name__, 8 * np.size(thresholds), "state")
        default = 0.5 if top_k is None else _NO_THRESHOLD
        self._bounds = np.atleast_1d(np.asarray(default if thresholds is None else thresholds, np.float64))
        if np.any(np.diff(self._bounds) < 0) or (
            thresholds is not None and np.any((self._bounds < 0) | (self._bounds > 1))
        ):
            raise ValueError(f"{type(self).__name__}: thresholds must rise and lie between 0 and 1, not {thresholds!r}")
        super().__init__(name=name)

    def reset_state(self) -> None:
        self.true_positives, self.false_positives, self.true_negatives, self.false_negatives = (
            np.zeros(len(self._bounds)) for _ in range(4)
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = (np.asarray(array_of(y), np.float64) for y in (y_true, y_pred))
        if y_true.size != y_pred.size:
            raise ValueError(
                f"{self.name}: counts labels 0 and 1, one for each output; y has shape {y_true.shape} and the outputs "
                f"{y_pred.shape}. Numbers of classes are made rows of labels by np.eye({y_pred.shape[-1]})[y]."
            )
        y_true = np.reshape(y_true, y_pred.shape)
        weights = None if sample_weight is None else np.broadcast_to(weights_like(sample_weight, y_pred), y_pred.shape)
        if self.top_k is not None:
            least = -np.sort(-y_pred, axis=-1)[..., self.top_k - 1 : self.top_k]
            y_pred = np.where(y_pred >= least, y_pred, 2 * _NO_THRESHOLD)
        if self.class_id is not None:
            y_true, y_pred = y_true[..., self.class_id], y_pred[..., self.class_id]
            weights = None if weights is None else weights[..., self.class_id]
        over = np.searchsorted(self._bounds, np.ravel(y_pred), side="left")  # how many thresholds it is over
        for label, above, below in ((1, "true_positives", "false_negatives"), (0, "false_positives", "true_negatives")):
            chosen = np.ravel(y_true) > 0.5 if label else np.ravel(y_true) <= 0.5
            counts = np.bincount(
                over[chosen], None if weights is None else np.ravel(weights)[chosen], minlength=len(self._bounds) + 1
            )
            positive = np.cumsum(counts[::-1])[::-1][1:]
            setattr(self, above, getattr(self, above) + positive)
            setattr(self, below, getattr(self, below) + (np.sum(counts) - positive))

    def _shown(self, values: Any) -> Any:
        return float(values[0]) if self.thresholds is None or np.ndim(self.thresholds) == 0 else values


def _ratio(a: Any, b: Any) -> Any:
    return np.divide(a, b, out=np.zeros(np.broadcast_shapes(np.shape(a), np.shape(b))), where=np.asarray(b) != 0)


class TruePositives(Confusion):
    """How many are over the threshold and have the label 1."""

    mode = "max"

    def result(self) -> Any:
        return self._shown(self.true_positives)


class FalsePositives(Confusion):
    """How many are over the threshold and have the label 0."""

    mode = "min"

    def result(self) -> Any:
        return self._shown(self.false_positives)


class TrueNegatives(Confusion):
    """How many are not over the threshold and have the label 0."""

    mode = "max"

    def result(self) -> Any:
        return self._shown(self.true_negatives)


class FalseNegatives(Confusion):
    """How many are not over the threshold and have the label 1."""

    mode = "min"

    def result(self) -> Any:
        return self._shown(self.false_negatives)


class Precision(Confusion):
    """Of what is over the threshold, the part that has the label 1.

    >>> Precision()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    mode = "max"

    def result(self) -> Any:
        return self._shown(_ratio(self.true_positives, self.true_positives + self.false_positives))


class Recall(Confusion):
    """Of what has the label 1, the part that is over the threshold.

    >>> Recall()([0, 1, 1, 1], [1, 0, 1, 1])
    0.6666666666666666
    """

    mode = "max"

    def result(self) -> Any:
        return self._shown(_ratio(self.true_positives, self.true_positives + self.false_negatives))


_CURVES: Final = ("ROC", "PR")
_MOST_THRESHOLDS: Final = 1_000_000
_SUMMATIONS: Final = ("interpolation", "minoring", "majoring")


class AUC(Confusion):
    """The area under a curve over `num_thresholds` thresholds: "ROC" (true against false positives), or "PR" (precision
    against recall, between the thresholds as Davis and Goadrich, 2006, have it).

    >>> round(AUC(num_thresholds=3)([0, 0, 1, 1], [0, 0.5, 0.3, 0.9]), 4)
    0.75
    """

    mode = "max"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        *,
        name: str | None = None,
    ) -> None:
        if not 2 <= num_thresholds <= _MOST_THRESHOLDS or curve not in _CURVES or summation_method not in _SUMMATIONS:
            raise ValueError(
                f"AUC: needs 2 to {_MOST_THRESHOLDS} thresholds, a curve of {_CURVES} and a summation_method of "
                f"{_SUMMATIONS}; they are {num_thresholds!r}, {curve!r} and {summation_method!r}"
            )
        afford("AUC", 8 * num_thresholds, "state")
        self.num_thresholds = num_thresholds
        self.curve = curve
        self.summation_method = summation_method
        super().__init__(np.linspace(0, 1, num_thresholds), name=name)
        self._bounds[[0, -1]] = -epsilon(), 1 + epsilon()

    def result(self) -> Any:
        recall = _ratio(self.true_positives, self.true_positives + self.false_negatives)
        if self.curve == "ROC":
            x, y = _ratio(self.false_positives, self.false_positives + self.true_negatives), recall
        elif self.summation_method == "interpolation":
            return self._interpolated()
        else:
            x, y = recall, _ratio(self.true_positives, self.true_positives + self.false_positives)
        heights = {
            "interpolation": (y[:-1] + y[1:]) / 2,
            "minoring": np.minimum(y[:-1], y[1:]),
            "majoring": np.maximum(y[:-1], y[1:]),
        }[self.summation_method]
        return float(np.sum((x[:-1] - x[1:]) * heights))

    def _interpolated(self) -> float:
        """Return the area under precision against recall, where true positives are linear in all positives."""
        tp, p = self.true_positives, self.true_positives + self.false_positives
        slope = _ratio(tp[:-1] - tp[1:], np.maximum(p[:-1] - p[1:], 0))
        intercept = tp[1:] - slope * p[1:]
        inside = (p[:-1] > 0) & (p[1:] > 0)
        ratio = np.where(inside, _ratio(p[:-1], np.maximum(p[1:], 0)), 1.0)
        gained = slope * (tp[:-1] - tp[1:] + intercept * np.log(ratio))
        return float(np.sum(_ratio(gained, np.maximum(tp[1:] + self.false_negatives[1:], 0))))


class FBetaScore(Metric):
    """(1 + beta²) · precision · recall / (beta² · precision + recall), for one-hot labels: for each class, or averaged.

    `average` is None, "micro", "macro" or "weighted" (by how many examples a class has). Without `threshold` the
    largest of a row is the positive one.
    """

    mode = "max"
    gathered = ("true_positives", "false_positives", "false_negatives", "support")

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        *,
        name: str | None = None,
    ) -> None:
        if average not in (None, "micro", "macro", "weighted") or not beta > 0:
            raise ValueError(
                f"{type(self).__name__}: average is None, 'micro', 'macro' or 'weighted' and beta positive; they are "
                f"{average!r} and {beta!r}"
            )
        super().__init__(name=name)
        self.average = average
        self.beta = float(beta)
        self.threshold = threshold

    def reset_state(self) -> None:
        self.true_positives = self.false_positives = self.false_negatives = self.support = np.zeros(())

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = array_of(y_true), array_of(y_pred)
        if y_pred.ndim != 2 or y_true.shape != y_pred.shape:
            raise ValueError(
                f"{self.name}: needs rows of one-hot labels and rows of outputs, not {y_true.shape} and {y_pred.shape}"
            )
        if self.threshold is None:
            chosen = (y_pred >= np.max(y_pred, axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)
        else:
            chosen = y_pred > self.threshold
        p, y = np.asarray(chosen, float), np.asarray(y_true, float)
        w = np.ones((len(y), 1)) if sample_weight is None else weights_like(sample_weight, p)
        over = None if self.average == "micro" else 0
        self.true_positives = self.true_positives + np.sum(p * y * w, axis=over)
        self.false_positives = self.false_positives + np.sum(p * (1 - y) * w, axis=over)
        self.false_negatives = self.false_negatives + np.sum((1 - p) * y * w, axis=over)
        self.support = self.support + np.sum(y * w, axis=over)

    def result(self) -> Any:
        tiny = epsilon()
        precision = self.true_positives / (self.true_positives + self.false_positives + tiny)
        recall = self.true_positives / (self.true_positives + self.false_negatives + tiny)
        score = (1 + self.beta**2) * precision * recall / (self.beta**2 * precision + recall + tiny)
        if self.average == "weighted":
            return float(np.sum(score * self.support / (np.sum(self.support) + tiny)))
        return score if self.average is None and np.ndim(score) else float(np.mean(score))


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall, for one-hot labels: for each class, or averaged.

    >>> F1Score("macro")([[1, 0], [0, 1]], [[0.9, 0.1], [0.8, 0.2]])
    0.3333332888888915
    """

    def __init__(self, average: str | None = None, threshold: float | None = None, *, name: str | None = None) -> None:
        super().__init__(average, 1.0, threshold, name=name)
