"""Targets and weights, checked against the loss and the last layer: what Keras trains on silently is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from nn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from nn.training.inputs import first_rows, numbers

Shape = tuple[int, ...]


class Output(NamedTuple):
    """What is known of an output of a model: its name, how an error calls its layer, and the shape of one example.

    And its activation, if it ends in "sigmoid" or "softmax", and what it gave for the first examples.
    """

    name: str
    label: str
    shape: Shape
    activation: str | None
    sample: Any


def targets(y: Any, loss: Loss, output: Output, n: int, dtype: Any, what: str = "y") -> Any:
    """Return `y` in the form that `loss` takes for n examples, or say why it does not fit and what to do."""
    array = numbers(y, what)
    if not array.ndim or len(array) != n:
        raise ValueError(f"x has {n} examples and {what} has {len(array) if array.ndim else 1}; they must be as many")
    finite = np.isfinite(array)
    if not finite.all():
        raise ValueError(f"{what}: holds nan or infinity, in {first_rows(~finite)}. Drop those rows, of x too.")
    if not output.shape:
        raise ValueError(f"{output.label} gives one number for each example, shape {(n,)}; let it give rows {(n, 1)}")
    if output.activation == "softmax" and output.shape[-1] == 1:
        raise ValueError(
            f"{output.label}: a softmax of one unit gives 1 for everything. For two classes use Dense(1, 'sigmoid') "
            "with binary_crossentropy, or Dense(2, 'softmax') with sparse_categorical_crossentropy."
        )
    if isinstance(loss, SparseCategoricalCrossentropy):
        return _labels(array, loss, output, what)
    shape = output.shape
    if shape[-1] == 1 and array.shape[1:] == shape[:-1]:
        array = array[..., None]
    if array.shape[1:] != shape:
        raise ValueError(_shape_advice(array, loss, output, what))
    if isinstance(loss, BinaryCrossentropy | CategoricalCrossentropy):
        _probabilities(array, loss, what)
    return array.astype(dtype, copy=False)


def check_probabilities(loss: Loss, output: Output) -> None:
    """Raise ValueError where a cross-entropy of probabilities gets other numbers, or logits that are none."""
    if not isinstance(loss, CROSS_ENTROPIES) or not loss.has_logits:
        return
    activation = "sigmoid" if isinstance(loss, BinaryCrossentropy) else "softmax"
    if loss.from_logits:
        if output.activation is not None:
            raise ValueError(
                f"{loss.name}: with from_logits=True it applies a {activation} itself, and {output.label} ends in a "
                f"{output.activation} already: leave out one of them"
            )
        return
    if output.activation == activation:
        return
    low, high = np.min(output.sample), np.max(output.sample)
    if low < -_ROUNDING or (activation == "sigmoid" and high > 1 + _ROUNDING):
        raise ValueError(
            f"{loss.name}: wants probabilities, and {output.label} gives numbers from {low:.3g} to {high:.3g}: let it "
            f"end in activation={activation!r}, or pass {type(loss).__name__}(from_logits=True)"
        )


CROSS_ENTROPIES: Final = (BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy)
_ROUNDING: Final = 1e-3


def _labels(array: Any, loss: SparseCategoricalCrossentropy, output: Output, what: str) -> Any:
    shape = output.shape
    if array.ndim > 1 and array.shape[1:] == (*shape[:-1], 1):
        array = array[..., 0]
    if array.shape[1:] != shape[:-1]:
        if len(shape) > 1 and array.ndim == 1:
            raise ValueError(_shape_advice(array, loss, output, what))
        raise ValueError(
            f"{loss.name}: {what} needs one label for each example, its shape is {array.shape}. "
            "For rows of probabilities use categorical_crossentropy."
        )
    units = shape[-1]
    counted = array if loss.ignore_class is None else array[array != loss.ignore_class]
    whole = np.all(counted == np.floor(counted))
    if counted.size and (not whole or counted.min() < 0 or counted.max() >= units):
        if not whole:
            advice = "For numbers to predict use Dense(1) and mse."
        elif units == 1:
            advice = "For labels 0 and 1 use binary_crossentropy."
        else:
            advice = f"Subtract {what}.min(), or add units."
        raise ValueError(
            f"{loss.name}: labels must be whole numbers from 0 to {units - 1}, since {output.label} has {units} "
            f"unit{'s' * (units > 1)}; {what} goes from {counted.min()} to {counted.max()}. {advice}"
        )
    return array.astype(np.intp)


def _probabilities(array: Any, loss: Loss, what: str) -> None:
    low, high = array.min(), array.max()
    if isinstance(loss, CategoricalCrossentropy):
        if low < 0:
            raise ValueError(f"{loss.name}: {what} must hold probabilities of the classes; its smallest value is {low}")
    elif low < 0 or high > 1:
        advice = f"For labels -1 and 1 pass ({what} + 1) / 2."
        if low >= 0 and np.all(array == np.floor(array)):
            dense = f"Dense({int(high) + 1}, 'softmax')"
            advice = f"For {int(high) + 1} classes use {dense} with sparse_categorical_crossentropy."
        raise ValueError(f"{loss.name}: {what} must be 0 or 1, it goes from {low} to {high}. {advice}")


def _shape_advice(array: Any, loss: Loss, output: Output, what: str) -> str:
    problem = f"{loss.name}: {what} has shape {array.shape}, {output.label} gives {(len(array), *output.shape)}."
    if len(output.shape) > 1 and array.ndim <= 2:
        return f"{problem} Each example of x has several axes: put Flatten() before the first Dense layer."
    if array.ndim > 1 and array.shape[-1] != 1 and array.shape[:-1] == (len(array), *output.shape[:-1]):
        return f"{problem} The last layer needs {array.shape[-1]} units."
    if isinstance(loss, CategoricalCrossentropy):
        return f"{problem} For labels that are numbers of classes use sparse_categorical_crossentropy."
    if np.all(array == np.floor(array)) and array.min() >= 0 and array.max() < output.shape[-1]:
        return (
            f"{problem} If {what} holds the numbers of classes, use softmax and sparse_categorical_crossentropy; "
            "for one number to predict, the last layer needs 1 unit."
        )
    return f"{problem} For one number to predict, the last layer needs 1 unit."


def counts_as_classes(y: Any) -> bool:
    """Return whether targets look like classes, so that an accuracy of them says something."""
    return bool(np.all(y == np.floor(y)))


def suits_accuracy(loss: Loss, y: Any) -> bool:
    """Return whether an accuracy says something: not for numbers that a squared error is to approach."""
    return not isinstance(loss, MeanSquaredError) or counts_as_classes(y)


# --- weights -----------------------------------------------------------------------------------------------


def sample_weights(weights: Any, n: int, what: str = "sample_weight") -> Any:
    """Return weights of n examples as an array, or say why they are none."""
    array = np.asarray(numbers(weights, what), np.float64)
    if array.ndim > 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if not array.ndim or len(array) != n:
        raise ValueError(f"{what}: needs a weight for each of the {n} examples, its shape is {array.shape}")
    bad = ~(np.isfinite(array) & (array >= 0))
    if bad.any():
        raise ValueError(f"{what}: weights must be finite and not negative; look at {first_rows(bad)}")
    return array


def class_weights(weights: Mapping[Any, float], y: Any, output: Output) -> Any:
    """Return the weight of each example by its class in `y`, labels or one-hot rows; 1 for classes not named."""
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"class_weight: is a dict from a class to its weight, such as {{0: 1.0, 1: 5.0}}; not {weights!r}"
        )
    labels = y
    if y.shape[1:] == output.shape:
        labels = np.argmax(y, axis=-1) if output.shape[-1] > 1 else y[..., 0]
    if np.any(labels != np.floor(labels)):
        raise ValueError("class_weight: the targets are not classes")
    known = max(output.shape[-1], 2)
    strange = [label for label in weights if label not in range(known)]
    if strange:
        raise ValueError(f"class_weight: {strange[0]!r} is no class of {output.label}; those are 0 to {known - 1}")
    table = np.ones(known)
    for label, weight in weights.items():
        table[int(label)] = weight
    return sample_weights(table[labels.astype(np.intp)], len(y), "class_weight")
