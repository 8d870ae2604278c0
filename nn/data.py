"""What a model is given, checked: each trap that would pass silently gets an error that says the fix."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy


def features(x: Any, what: str = "x") -> Any:
    """Return `x` (array, nested lists, DataFrame) as a floating-point array with one row for each example.

    Raises TypeError for what holds no numbers and ValueError for an empty x and for nan, naming rows and columns.
    """
    array = np.asarray(x)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{what}: must hold numbers, it is an array of dtype {array.dtype}. Encode strings as numbers.")
    if not array.size:
        raise ValueError(f"{what}: is empty, its shape is {array.shape}")
    if array.ndim < 2:
        raise ValueError(f"{what}: needs a row for each example, its shape is {array.shape}. Write x.reshape(-1, 1).")
    array = array if array.dtype.kind == "f" and array.dtype.itemsize >= 4 else array.astype(np.float32)
    bad = ~np.isfinite(array)
    if bad.any():
        rows = np.unique(np.nonzero(bad)[0])[:5].tolist()
        columns = [named_column(x, i) for i in np.unique(np.nonzero(bad)[-1])[:5]]
        raise ValueError(
            f"{what}: holds nan or infinity, in rows {rows} and columns {columns} (the first ones). "
            "Drop those rows, or fill the gaps."
        )
    return array


def named_column(x: Any, i: int) -> Any:
    """Return the name of column i of a DataFrame, or its number."""
    columns = getattr(x, "columns", None)
    return int(i) if columns is None else str(list(columns)[i])


def targets(y: Any, loss: Loss, units: int, activation: str, n: int) -> Any:
    """Return `y` in the form that `loss` takes for outputs of shape (n, units), or say why it does not fit."""
    array = np.asarray(y)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"y: must hold numbers, it is an array of dtype {array.dtype}. Turn class names into numbers, "
            "as in np.unique(y, return_inverse=True)[1]."
        )
    if len(array) != n:
        raise ValueError(f"x has {n} examples and y has {len(array)}; they must be the same")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"y: holds nan or infinity, in rows {np.nonzero(~np.isfinite(array))[0][:5].tolist()}")
    if activation == "softmax" and units == 1:
        raise ValueError(
            "Dense(1, 'softmax') gives 1 for everything. For two classes use Dense(1, 'sigmoid') with "
            "binary_crossentropy, or Dense(2, 'softmax') with sparse_categorical_crossentropy."
        )
    if isinstance(loss, SparseCategoricalCrossentropy):
        return _labels(array, units)
    if array.ndim == 1:
        array = array[:, None]
    if array.shape[1:] != (units,):
        raise ValueError(_shape_advice(array, loss, units))
    if isinstance(loss, BinaryCrossentropy) and (array.min() < 0 or array.max() > 1):
        raise ValueError(
            f"binary_crossentropy: y must be 0 or 1, it goes from {array.min()} to {array.max()}. "
            "For labels -1 and 1 pass (y + 1) / 2."
        )
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def _labels(array: Any, units: int) -> Any:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(
            f"sparse_categorical_crossentropy: y needs one label for each example, its shape is {array.shape}. "
            "For rows of probabilities use categorical_crossentropy."
        )
    if np.any(array != np.floor(array)) or array.min() < 0 or array.max() >= units:
        raise ValueError(
            f"sparse_categorical_crossentropy: labels must be whole numbers from 0 to {units - 1}, since the last "
            f"layer has {units} units; y goes from {array.min()} to {array.max()}. Subtract y.min(), or add units."
        )
    return array.astype(np.intp)


def _shape_advice(array: Any, loss: Loss, units: int) -> str:
    problem = f"{loss.name}: y has shape {array.shape}, the model's output ({len(array)}, {units})."
    if array.shape[1] != 1:
        return f"{problem} The last layer needs {array.shape[1]} units."
    if isinstance(loss, CategoricalCrossentropy):
        return f"{problem} For labels that are numbers of classes use sparse_categorical_crossentropy."
    whole = not np.any(array != np.floor(array)) and 0 <= array.min() and array.max() < units
    if whole:
        return (
            f"{problem} If y holds the numbers of classes, use sparse_categorical_crossentropy; "
            "for one number to predict, the last layer needs 1 unit."
        )
    return f"{problem} For one number to predict, the last layer needs 1 unit."
