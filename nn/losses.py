"""Losses, with Keras' names: of predictions, and fused with the last activation, of logits.

A loss is called `loss(y_true, y_pred)`. From probabilities a cross-entropy has to clip them at 1e-7, and a wrong
answer that is certain enough has no gradient any more; from logits it is exact and always learns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

import autograd
from nn.names import by_name

EPSILON = 1e-7
REDUCTIONS = ("sum_over_batch_size", "sum", "none")


# --- cross-entropies of logits, as operations --------------------------------------------------------------


def _share(count: int, reduction: str) -> float:
    """Return what one example's loss counts in the reduced one."""
    return 1.0 / count if reduction == "sum_over_batch_size" else 1.0


def _reduced(losses: Any, reduction: str) -> Any:
    if reduction == "none":
        return losses
    return np.add.reduce(losses, axis=None) * _share(losses.size, reduction)


def _softmax_loss(logits: Any, targets: Any = None, reduction: str = "sum_over_batch_size") -> Any:
    shifted = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
    total = np.add.reduce(np.exp(shifted), axis=-1)
    chosen = np.add.reduce(np.where(targets, shifted * targets, 0), axis=-1)
    mass = np.add.reduce(targets, axis=-1)
    return _reduced(np.log(total) * mass - chosen, reduction)


def _softmax_loss_vjp(
    g: Any, _out: Any, logits: Any, targets: Any = None, reduction: str = "sum_over_batch_size"
) -> Any:
    """Return softmax(logits) · sum(targets) - targets, times g for each example."""
    e = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    scale = np.add.reduce(targets, axis=-1, keepdims=True) / np.add.reduce(e, axis=-1, keepdims=True)
    if reduction == "none":
        return (e * scale - targets) * np.expand_dims(g, -1)
    return (e * scale - targets) * (g * _share(logits.size // logits.shape[-1], reduction))


softmax_cross_entropy: Any = autograd.general(
    _softmax_loss,
    _softmax_loss_vjp,
    name="softmax_cross_entropy",
    public=False,
    doc="The cross-entropy of softmax(logits) against `targets`, rows of probabilities or booleans.",
)


def _probability(logits: Any) -> Any:
    return autograd.sigmoid(logits) if isinstance(logits, autograd.Tensor) else autograd.sigmoid.op.forward(logits)


def _sigmoid_loss(logits: Any, targets: Any) -> Any:
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


sigmoid_cross_entropy: Any = autograd.elementwise(
    _sigmoid_loss,
    lambda g, _out, logits, targets: g * (_probability(logits) - targets),
    lambda g, _out, logits, _targets: np.negative(g) * logits,
    name="sigmoid_cross_entropy",
    public=False,
    doc="The cross-entropy of sigmoid(logits) against `targets` in [0, 1], element by element.",
)


# --- the losses --------------------------------------------------------------------------------------------


class Loss:
    """A loss: a function of (y_true, y_pred) that gives one number for each example, and how they are reduced."""

    name = "loss"
    fused_with: str | None = None  # the activation whose logits `of_logits` takes

    def __init__(self, reduction: str = "sum_over_batch_size") -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(f"{self.name}: unknown reduction {reduction!r}; it is one of {', '.join(REDUCTIONS)}")
        self.reduction = reduction

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every example, of shape (n,)."""
        raise NotImplementedError(f"{type(self).__name__} has no per_example method")

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        """Return the reduced loss of what comes before the activation `fused_with`."""
        raise NotImplementedError(f"{self.name} is not computed from logits")

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        losses = self.per_example(y_true, y_pred)
        if self.reduction == "none":
            return losses
        return np.mean(losses) if self.reduction == "sum_over_batch_size" else np.sum(losses)


class MeanSquaredError(Loss):
    """The mean of (y_true - y_pred)².

    >>> MeanSquaredError()(np.array([[0.0, 1.0]]), np.array([[0.0, 3.0]])).item()
    2.0
    """

    name = "mean_squared_error"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        return autograd.mean(autograd.square(autograd.subtract(y_pred, y_true)), axis=-1)


class _CrossEntropy(Loss):
    def __init__(self, from_logits: bool = False, reduction: str = "sum_over_batch_size") -> None:
        super().__init__(reduction)
        self.from_logits = from_logits

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        return self.of_logits(y_true, y_pred) if self.from_logits else super().__call__(y_true, y_pred)


class BinaryCrossentropy(_CrossEntropy):
    """-log of the probability given to the true one of two classes; y_true is 0 or 1.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> round(loss(np.array([0.0, 1.0, 0.0, 0.0]), np.array([-18.6, 0.51, 2.94, -12.8])).item(), 3)
    0.865
    """

    name = "binary_crossentropy"
    fused_with = "sigmoid"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        p = autograd.clip(y_pred, EPSILON, 1 - EPSILON)
        return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p), axis=-1)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        losses = sigmoid_cross_entropy(logits, y_true)
        if self.reduction == "sum_over_batch_size":
            return np.mean(losses)
        losses = np.mean(losses, axis=-1)
        return np.sum(losses) if self.reduction == "sum" else losses


class CategoricalCrossentropy(_CrossEntropy):
    """-log of the probability given to the true class; y_true has a row of class probabilities for each example.

    >>> y_pred = np.array([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])
    >>> round(CategoricalCrossentropy()(np.array([[0, 1, 0], [0, 0, 1]]), y_pred).item(), 3)
    1.177
    """

    name = "categorical_crossentropy"
    fused_with = "softmax"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        p = autograd.divide(y_pred, np.sum(y_pred, axis=-1, keepdims=True))
        return -np.sum(y_true * np.log(autograd.clip(p, EPSILON, 1 - EPSILON)), axis=-1)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return softmax_cross_entropy(logits, targets=y_true, reduction=self.reduction)


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """-log of the probability given to the true class; y_true has the number of the class of each example.

    >>> round(SparseCategoricalCrossentropy(from_logits=True)(np.array([1]), np.array([[0.0, 3.0]])).item(), 4)
    0.0486
    """

    name = "sparse_categorical_crossentropy"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        return super().per_example(one_hot(y_true, y_pred.shape[-1]), y_pred)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return super().of_logits(one_hot(y_true, logits.shape[-1]), logits)


def one_hot(labels: Any, classes: int) -> Any:
    """Return booleans of shape (n, classes) that are true at each label.

    >>> one_hot(np.array([0, 2]), 3)
    array([[ True, False, False],
           [False, False,  True]])
    """
    return np.equal(np.reshape(labels, (-1, 1)), np.arange(classes))


LOSSES: Final[dict[str, Callable[[], Loss]]] = {
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "binary_crossentropy": BinaryCrossentropy,
    "bce": BinaryCrossentropy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "cce": CategoricalCrossentropy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "scce": SparseCategoricalCrossentropy,
}


def get_loss(loss: str | Loss) -> Loss:
    """Return a loss, given by name or as one."""
    return loss if isinstance(loss, Loss) else by_name("loss", loss, LOSSES)()
