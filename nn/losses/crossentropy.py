"""Losses of probabilities: cross-entropies, and the divergence of Kullback and Leibler."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import Tensor, clip, divide, log, mean, multiply, negative
from autograd import sum as total
from nn.config import epsilon
from nn.losses.fused import (
    mean_sigmoid_cross_entropy,
    mean_softmax_cross_entropy,
    one_hot,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from nn.losses.loss import MEANS, Loss, function_of, weights_like


class _CrossEntropy(Loss):
    def __init__(self, from_logits: bool = False, label_smoothing: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"{type(self).__name__}: label_smoothing must be from 0 to 1, it is {label_smoothing!r}")
        self.from_logits = bool(from_logits)
        self.label_smoothing = float(label_smoothing)


class BinaryCrossentropy(_CrossEntropy):
    """-log of the probability given to the true one of two classes; y_true is 0 or 1, or a probability.

    `from_logits` says that y_pred is what a sigmoid would be applied to. Of probabilities the loss is clipped at
    1e-7, and has no slope beyond. `label_smoothing` s makes s / 2 and 1 - s / 2 of the labels 0 and 1.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> round(loss([0, 1, 0, 0], [-18.6, 0.51, 2.94, -12.8]).item(), 3)
    0.865
    """

    fused_with: str | None = "sigmoid"

    def _smoothed(self, y_true: Any) -> Any:
        s = self.label_smoothing
        return y_true * (1 - s) + 0.5 * s if s else y_true

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        y_true, tiny = self._smoothed(y_true), epsilon()
        p = clip(y_pred, tiny, 1 - tiny)
        return negative(y_true * log(p) + (1.0 - y_true) * log(1.0 - p))

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return mean(sigmoid_cross_entropy(logits, self._smoothed(y_true)), axis=-1)

    def mean_of_logits(self, y_true: Any, logits: Any) -> Any:
        return mean_sigmoid_cross_entropy(logits, self._smoothed(y_true))


def _of_probabilities(y_true: Any, y_pred: Any) -> Any:
    tiny = epsilon()
    p = clip(divide(y_pred, total(y_pred, axis=-1, keepdims=True)), tiny, 1 - tiny)
    return negative(total(multiply(y_true, log(p)), axis=-1))


class CategoricalCrossentropy(_CrossEntropy):
    """-log of the probability given to the true class; y_true has a row of class probabilities for each example.

    `from_logits` says that y_pred is what a softmax would be applied to. Of probabilities the loss is clipped at
    1e-7, and has no slope beyond. `label_smoothing` s takes s of the true class' share and spreads it over all.

    >>> y_pred = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
    >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], y_pred).item(), 3)
    1.177
    """

    fused_with = "softmax"

    def _smoothed(self, y_true: Any) -> Any:
        s = self.label_smoothing
        return y_true * (1 - s) + s / y_true.shape[-1] if s else y_true

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return _of_probabilities(self._smoothed(y_true), y_pred)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return softmax_cross_entropy(logits, self._smoothed(y_true))

    def mean_of_logits(self, y_true: Any, logits: Any) -> Any:
        return mean_softmax_cross_entropy(logits, self._smoothed(y_true))


class SparseCategoricalCrossentropy(Loss):
    """-log of the probability given to the true class; y_true has the number of the class of each example.

    Where it has the number `ignore_class`, the example does not count.

    >>> round(SparseCategoricalCrossentropy(from_logits=True)([1], [[0.0, 3.0]]).item(), 4)
    0.0486
    """

    fused_with = "softmax"

    def __init__(self, from_logits: bool = False, ignore_class: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return _of_probabilities(one_hot(y_true, y_pred.shape[-1]), y_pred)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return softmax_cross_entropy(logits, one_hot(y_true, logits.shape[-1]))

    def mean_of_logits(self, y_true: Any, logits: Any) -> Any:
        return mean_softmax_cross_entropy(logits, one_hot(y_true, logits.shape[-1]))

    def value(self, y_true: Any, y_pred: Any, weight: Any = None, logits: Any = None) -> Any:
        """Return the reduced loss; examples of the class to ignore weigh nothing, and the mean is over the others."""
        if self.ignore_class is None:
            return super().value(y_true, y_pred, weight, logits)
        counts = np.not_equal(y_true, self.ignore_class)
        share = counts * (counts.size / np.maximum(np.sum(counts), 1) if self.reduction in MEANS else 1.0)
        weight = share if weight is None else share * weights_like(weight, share)
        return super().value(np.where(counts, y_true, 0), y_pred, weight, logits)

    def paired(self, y_true: Any, y_pred: Any) -> Any:
        """Return labels of the shape (...) for predictions (..., k)."""
        labels = y_true.data if type(y_true) is Tensor else y_true
        if labels.shape == (*y_pred.shape[:-1], 1):
            labels = labels[..., 0]
        if labels.shape != y_pred.shape[:-1]:
            raise ValueError(
                f"{self.name}: y_true has shape {y_true.shape}, y_pred {y_pred.shape} wants one label a row"
            )
        return labels


class KLDivergence(Loss):
    """The sum of y_true · log(y_true / y_pred), rows of probabilities both, between 1e-7 and 1.

    >>> round(KLDivergence()([[0.5, 0.5]], [[0.25, 0.75]]).item(), 4)
    0.1438
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        tiny = epsilon()
        y_true = np.clip(y_true, tiny, 1)
        return total(y_true * (np.log(y_true) - log(clip(y_pred, tiny, 1))), axis=-1)


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Binary cross-entropy times (1 - p)^gamma, p being the probability of the true class (Lin et al., 2018).

    So that what is easy counts little. With `apply_class_balancing` the classes 1 and 0 weigh alpha and 1 - alpha.
    """

    fused_with = None

    def __init__(
        self, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0, **options: Any
    ) -> None:
        super().__init__(**options)
        if self.from_logits:
            raise ValueError("BinaryFocalCrossentropy: takes probabilities; let the model end in a sigmoid")
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = float(alpha)
        self.gamma = float(gamma)

    def elements(self, y_true: Any, y_pred: Any) -> Any:
        y = self._smoothed(y_true)
        loss = super().elements(y_true, y_pred) * (1.0 - (y * y_pred + (1.0 - y) * (1.0 - y_pred))) ** self.gamma
        return loss * (y * self.alpha + (1.0 - y) * (1 - self.alpha)) if self.apply_class_balancing else loss


binary_crossentropy = function_of(BinaryCrossentropy, "from_logits", "label_smoothing")
categorical_crossentropy = function_of(CategoricalCrossentropy, "from_logits", "label_smoothing")
sparse_categorical_crossentropy = function_of(SparseCategoricalCrossentropy, "from_logits", "ignore_class")
kl_divergence = function_of(KLDivergence)
binary_focal_crossentropy = function_of(
    BinaryFocalCrossentropy, "apply_class_balancing", "alpha", "gamma", "label_smoothing"
)
