"""Cross-entropies of logits, as operations: what a loss and the last activation come to together.

From probabilities a cross-entropy has to clip them at 1e-7, and a wrong answer that is certain enough has no gradient
any more; from logits it is exact and always learns. The rules of the means are those of the losses of each example.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import elementwise, general, is_compiling, require


def _softmax_losses(logits: Any, targets: Any) -> Any:
    shifted = logits - np.maximum.reduce(logits, axis=-1, keepdims=True)
    log_sum = np.log(np.add.reduce(np.exp(shifted), axis=-1))
    if targets.dtype.kind == "b" and type(targets) is np.ndarray:  # one true class in each row
        return log_sum - np.reshape(shifted[targets], log_sum.shape)
    if targets.dtype.kind == "b":
        return log_sum - np.add.reduce(np.where(targets, shifted, 0), axis=-1)
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


def one_hot(labels: Any, classes: int) -> Any:
    """Return booleans of shape (..., classes) that are true at each label, a whole number from 0 to classes - 1.

    >>> one_hot(np.array([0, 2]), 3)
    array([[ True, False, False],
           [False, False,  True]])
    """
    hot = np.equal(labels[..., None], np.arange(classes))
    if is_compiling():
        wrong = ValueError(f"one_hot: labels must be whole numbers from 0 to {classes - 1}")
        require(np.all(np.any(hot, axis=-1)), wrong)
        return hot
    if np.count_nonzero(hot) != labels.size:
        raise ValueError(
            f"one_hot: labels must be whole numbers from 0 to {classes - 1}, these go from {labels.min()} to "
            f"{labels.max()}; there must be as many outputs as classes"
        )
    return hot
