"""Losses, with Keras' names: of predictions, and fused with the last activation, of logits.

A loss is called `loss(y_true, y_pred)`. From probabilities a cross-entropy has to clip them at 1e-7, and a wrong
answer that is certain enough has no gradient any more; from logits it is exact and always learns. The operations
of the second kind come first; the rules of their means are those of the losses of each example.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd import Tensor, clip, divide, elementwise, general, log, mean, multiply, negative, square, subtract
from autograd import sum as total
from nn.names import by_name

EPSILON: Final = 1e-7  # Keras'
REDUCTIONS: Final = ("sum_over_batch_size", "sum", "none")


# --- cross-entropies of logits, as operations --------------------------------------------------------------


def _softmax_losses(logits: Any, targets: Any) -> Any:
    shifted = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.add.reduce(np.exp(shifted), axis=-1))
    if targets.dtype.kind == "b":  # one true class in each row
        return log_sum - np.reshape(shifted[targets], log_sum.shape)
    chosen = np.add.reduce(np.where(targets, shifted * targets, 0), axis=-1)
    return log_sum * np.add.reduce(targets, axis=-1) - chosen


def _softmax_slope(g: Any, logits: Any, targets: Any) -> Any:
    """Return (softmax(logits) · sum(targets) - targets) · g."""
    e = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    probabilities = e / np.add.reduce(e, axis=-1, keepdims=True)
    if targets.dtype.kind != "b":
        probabilities = probabilities * np.add.reduce(targets, axis=-1, keepdims=True)
    return (probabilities - targets) * g


def _minus_log_softmax(g: Any, logits: Any) -> Any:
    shifted = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
    return (np.log(np.add.reduce(np.exp(shifted), axis=-1, keepdims=True)) - shifted) * g


def _rows(logits: Any) -> int:
    return int(logits.size // logits.shape[-1])


softmax_cross_entropy: Any = general(
    _softmax_losses,
    lambda g, _out, logits, targets: _softmax_slope(np.expand_dims(g, -1), logits, targets),
    lambda g, _out, logits, _targets: _minus_log_softmax(np.expand_dims(g, -1), logits),
    name="softmax_cross_entropy",
    public=False,
    one_array=True,
    doc="""The cross-entropy of softmax(logits) (..., k) against `targets`, rows of probabilities, or one-hot booleans.

    >>> softmax_cross_entropy(np.array([[0.0, 0.0]]), np.array([[True, False]])).data
    array([0.69314718])
    """,
)
mean_softmax_cross_entropy: Any = general(
    lambda logits, targets: np.add.reduce(_softmax_losses(logits, targets), axis=None) / _rows(logits),
    lambda g, _out, logits, targets: _softmax_slope(g / _rows(logits), logits, targets),
    lambda g, _out, logits, _targets: _minus_log_softmax(g / _rows(logits), logits),
    name="softmax_cross_entropy",
    public=False,
    one_array=True,
    doc="The mean of `softmax_cross_entropy` over all rows, in one operation.",
)


def _sigmoid_losses(logits: Any, targets: Any) -> Any:
    return np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))


def _sigmoid_slope(logits: Any, targets: Any) -> Any:
    """Return sigmoid(logits) - targets, by functions that are smooth at 0 too, for the higher orders."""
    return np.exp(-np.logaddexp(0, -logits)) - targets


sigmoid_cross_entropy: Any = elementwise(
    _sigmoid_losses,
    lambda g, _out, logits, targets: g * _sigmoid_slope(logits, targets),
    lambda g, _out, logits, _targets: np.negative(g) * logits,
    name="sigmoid_cross_entropy",
    public=False,
    bounded=True,
    doc="""The cross-entropy of sigmoid(logits) against `targets` in [0, 1], element by element.

    >>> sigmoid_cross_entropy(np.array([0.0, 40.0]), np.array([1.0, 0.0])).data
    array([ 0.69314718, 40.        ])
    """,
)
mean_sigmoid_cross_entropy: Any = general(
    lambda logits, targets: np.add.reduce(_sigmoid_losses(logits, targets), axis=None) / logits.size,
    lambda g, _out, logits, targets: _sigmoid_slope(logits, targets) * (g / logits.size),
    lambda g, _out, logits, _targets: logits * (np.negative(g) / logits.size),
    name="sigmoid_cross_entropy",
    public=False,
    one_array=True,
    doc="The mean of `sigmoid_cross_entropy` over all elements, in one operation; the shapes must be the same.",
)


# --- the losses --------------------------------------------------------------------------------------------


class Loss:
    """A loss: a function of (y_true, y_pred) that gives one number for each example, and how they are reduced.

    `reduction` is "sum_over_batch_size" (the mean), "sum" or "none". Write `per_example` for a loss of your own.
    """

    name = "loss"
    fused_with: str | None = None  # the activation whose logits `of_logits` takes

    def __init__(self, *, reduction: str = "sum_over_batch_size") -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(f"{self.name}: unknown reduction {reduction!r}; it is one of {', '.join(REDUCTIONS)}")
        self.reduction = reduction

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of every example: y_true and y_pred are (..., k), the result is (...)."""
        raise NotImplementedError(f"{type(self).__name__} has no per_example method")

    def of_predictions(self, y_true: Any, y_pred: Any) -> Any:
        """Return the reduced loss of what the last activation gives."""
        return self.reduced(self.per_example(y_true, y_pred))

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        """Return the reduced loss of what comes before the activation `fused_with`."""
        raise NotImplementedError(f"{self.name} is not computed from logits")

    def reduced(self, losses: Any) -> Any:
        """Return the mean or the sum of the losses of all examples, or these, as `reduction` says."""
        if self.reduction == "none":
            return losses
        return mean(losses) if self.reduction == "sum_over_batch_size" else total(losses)

    def paired(self, y_true: Any, y_pred: Any) -> Any:
        """Return y_true in the shape and dtype of y_pred; ValueError where broadcasting would hide a mistake."""
        if y_true.shape != y_pred.shape:
            if _without_last_1(y_true.shape) != _without_last_1(y_pred.shape):
                raise ValueError(
                    f"{self.name}: y_true has shape {y_true.shape} and y_pred {y_pred.shape}; they must be the same"
                )
            y_true = np.reshape(y_true, y_pred.shape)
        return y_true if type(y_true) is Tensor else np.astype(y_true, y_pred.dtype, copy=False)

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        y_pred = _floating(y_pred)
        return self.of_predictions(self.paired(_array(y_true), y_pred), y_pred)


def _without_last_1(shape: tuple[int, ...]) -> tuple[int, ...]:
    return shape[:-1] if shape[-1:] == (1,) else shape


def _array(y: Any) -> Any:
    return y if hasattr(y, "__array_function__") else np.asarray(y)


def _floating(y: Any) -> Any:
    y = _array(y)
    return y if type(y) is Tensor or y.dtype.kind == "f" else np.astype(y, np.float64)


class MeanSquaredError(Loss):
    """The mean of (y_true - y_pred)².

    >>> MeanSquaredError()([[0.0, 1.0]], [[0.0, 3.0]]).item()
    2.0
    """

    name = "mean_squared_error"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        return mean(square(subtract(y_pred, y_true)), axis=-1)

    def of_predictions(self, y_true: Any, y_pred: Any) -> Any:
        if self.reduction != "sum_over_batch_size":
            return super().of_predictions(y_true, y_pred)
        return mean(square(subtract(y_pred, y_true)))


class _CrossEntropy(Loss):
    def __init__(self, from_logits: bool = False, *, reduction: str = "sum_over_batch_size") -> None:
        super().__init__(reduction=reduction)
        self.from_logits = from_logits

    def __call__(self, y_true: Any, y_pred: Any) -> Any:
        if not self.from_logits:
            return super().__call__(y_true, y_pred)
        y_pred = _floating(y_pred)
        return self.of_logits(self.paired(_array(y_true), y_pred), y_pred)


class BinaryCrossentropy(_CrossEntropy):
    """-log of the probability given to the true one of two classes; y_true is 0 or 1, or a probability.

    `from_logits` says that y_pred is what a sigmoid would be applied to. Of probabilities the loss is clipped at
    1e-7, and has no slope beyond.

    >>> loss = BinaryCrossentropy(from_logits=True)
    >>> round(loss([0, 1, 0, 0], [-18.6, 0.51, 2.94, -12.8]).item(), 3)
    0.865
    """

    name = "binary_crossentropy"
    fused_with = "sigmoid"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        p = clip(y_pred, EPSILON, 1 - EPSILON)
        q = subtract(1, p)
        return negative(mean(y_true * log(p) + subtract(1, y_true) * log(q), axis=-1))

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        if self.reduction == "sum_over_batch_size":
            return mean_sigmoid_cross_entropy(logits, y_true)
        return self.reduced(mean(sigmoid_cross_entropy(logits, y_true), axis=-1))


class CategoricalCrossentropy(_CrossEntropy):
    """-log of the probability given to the true class; y_true has a row of class probabilities for each example.

    `from_logits` says that y_pred is what a softmax would be applied to. Of probabilities the loss is clipped at
    1e-7, and has no slope beyond.

    >>> y_pred = [[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]]
    >>> round(CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], y_pred).item(), 3)
    1.177
    """

    name = "categorical_crossentropy"
    fused_with = "softmax"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        p = clip(divide(y_pred, total(y_pred, axis=-1, keepdims=True)), EPSILON, 1 - EPSILON)
        return negative(total(multiply(y_true, log(p)), axis=-1))

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        if self.reduction == "sum_over_batch_size":
            return mean_softmax_cross_entropy(logits, y_true)
        return self.reduced(softmax_cross_entropy(logits, y_true))


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """-log of the probability given to the true class; y_true has the number of the class of each example.

    >>> round(SparseCategoricalCrossentropy(from_logits=True)([1], [[0.0, 3.0]]).item(), 4)
    0.0486
    """

    name = "sparse_categorical_crossentropy"

    def per_example(self, y_true: Any, y_pred: Any) -> Any:
        return super().per_example(one_hot(y_true, y_pred.shape[-1]), y_pred)

    def of_logits(self, y_true: Any, logits: Any) -> Any:
        return super().of_logits(one_hot(y_true, logits.shape[-1]), logits)

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


def one_hot(labels: Any, classes: int) -> Any:
    """Return booleans of shape (..., classes) that are true at each label, a whole number from 0 to classes - 1.

    >>> one_hot(np.array([0, 2]), 3)
    array([[ True, False, False],
           [False, False,  True]])
    """
    hot = np.equal(labels[..., None], np.arange(classes))
    if np.count_nonzero(hot) != labels.size:
        raise ValueError(
            f"one_hot: labels must be whole numbers from 0 to {classes - 1}, these go from {labels.min()} to "
            f"{labels.max()}; there must be as many outputs as classes"
        )
    return hot


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
