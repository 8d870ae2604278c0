"""What a model is given, checked: each trap that would pass silently gets an error that says the fix."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy

Shape = tuple[int, ...]


def features(x: Any, what: str = "x") -> Any:
    """Return `x` (array, nested lists, DataFrame) as a floating-point array with one row for each example.

    Raises TypeError for what holds no numbers and ValueError for an empty x and for nan, naming rows and columns.
    """
    array = numbers(x, what)
    if not array.size:
        raise ValueError(f"{what}: is empty, its shape is {array.shape}")
    if array.ndim < 2:
        raise ValueError(
            f"{what}: needs a row for each example, its shape is {array.shape}. "
            "One feature: x.reshape(-1, 1). One example: x.reshape(1, -1)."
        )
    bad = ~np.isfinite(array)
    if bad.any():
        rows, columns = (np.unique(np.nonzero(bad)[axis]).tolist() for axis in (0, -1))
        named = [column_name(column_names(x), i) for i in columns]
        raise ValueError(
            f"{what}: holds nan or infinity, in {_first('row', rows)} and {_first('column', named)}. "
            "Drop those rows, or fill the gaps."
        )
    return array if array.dtype.kind == "f" else array.astype(np.float32)


def numbers(values: Any, what: str) -> Any:
    """Return `values` as an array of numbers, or say what else is in it."""
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O" and not any(isinstance(v, str | bytes) for v in array.flat):
            array = array.astype(np.float64)  # as of a DataFrame with columns of different dtypes
    except (ValueError, TypeError) as error:
        raise ValueError(f"{what}: NumPy makes no array of numbers of it: {error}") from None
    if array.dtype.kind in "biuf":
        return array
    dtypes = getattr(values, "dtypes", None)
    where = "" if array.ndim < 2 or dtypes is None else _columns_of_text(values)
    raise TypeError(
        f"{what}: must hold numbers, it is an array of dtype {array.dtype}{where}. Turn classes into numbers, "
        "as in np.unique(y, return_inverse=True)[1]."
    )


def _columns_of_text(frame: Any) -> str:
    kinds = [getattr(dtype, "kind", "O") for dtype in frame.dtypes]
    names = [str(name) for name, kind in zip(frame.columns, kinds, strict=True) if kind not in "biuf"]
    return f" because of {_first('column', names)}"


def column_names(x: Any) -> list[str] | None:
    """Return the names of the columns of a DataFrame; None of anything else."""
    columns = getattr(x, "columns", None)
    return None if columns is None else [str(name) for name in columns]


def column_name(names: list[str] | None, i: int) -> str:
    """Return how an error speaks of column i: by its name if it has one."""
    return str(i) if names is None else repr(names[i])


def _first(what: str, found: list[Any], most: int = 5) -> str:
    """Return "rows 0, 1, 2" of what has been found; of more than five the first ones."""
    shown = ", ".join(map(str, found[:most])) + (f" and {len(found) - most} more" if len(found) > most else "")
    return f"{what}{'s' * (len(found) > 1)} {shown}"


def targets(y: Any, loss: Loss, shape: Shape, activation: str, n: int) -> Any:
    """Return `y` in the form that `loss` takes for n outputs of `shape` each, or say why it does not fit."""
    array = numbers(y, "y")
    if not array.ndim or len(array) != n:
        raise ValueError(f"x has {n} examples and y has {len(array) if array.ndim else 1}; they must be as many")
    finite = np.isfinite(array)
    if not finite.all():
        rows = np.unique(np.nonzero(~finite)[0]).tolist()
        raise ValueError(f"y: holds nan or infinity, in {_first('row', rows)}. Drop those rows, of x too.")
    if activation == "softmax" and shape[-1] == 1:
        raise ValueError(
            "Dense(1, 'softmax') gives 1 for everything. For two classes use Dense(1, 'sigmoid') with "
            "binary_crossentropy, or Dense(2, 'softmax') with sparse_categorical_crossentropy."
        )
    if isinstance(loss, SparseCategoricalCrossentropy):
        return _labels(array, shape)
    if shape[-1] == 1 and array.shape[1:] == shape[:-1]:
        array = array[..., None]
    if array.shape[1:] != shape:
        raise ValueError(_shape_advice(array, loss, shape))
    if isinstance(loss, BinaryCrossentropy) and (array.min() < 0 or array.max() > 1):
        raise ValueError(
            f"binary_crossentropy: y must be 0 or 1, it goes from {array.min()} to {array.max()}. "
            "For labels -1 and 1 pass (y + 1) / 2."
        )
    return array


def _labels(array: Any, shape: Shape) -> Any:
    if array.ndim > 1 and array.shape[1:] == (*shape[:-1], 1):
        array = array[..., 0]
    if array.shape[1:] != shape[:-1]:
        raise ValueError(
            f"sparse_categorical_crossentropy: y needs one label for each example, its shape is {array.shape}. "
            "For rows of probabilities use categorical_crossentropy."
        )
    units = shape[-1]
    if np.any(array != np.floor(array)) or array.min() < 0 or array.max() >= units:
        raise ValueError(
            f"sparse_categorical_crossentropy: labels must be whole numbers from 0 to {units - 1}, since the last "
            f"layer has {units} units; y goes from {array.min()} to {array.max()}. Subtract y.min(), or add units."
        )
    return array.astype(np.intp)


def _shape_advice(array: Any, loss: Loss, shape: Shape) -> str:
    problem = f"{loss.name}: y has shape {array.shape}, the model's output {(len(array), *shape)}."
    if array.ndim > 1 and array.shape[-1] != 1:
        return f"{problem} The last layer needs {array.shape[-1]} units."
    if isinstance(loss, CategoricalCrossentropy):
        return f"{problem} For labels that are numbers of classes use sparse_categorical_crossentropy."
    if np.all(array == np.floor(array)) and array.min() >= 0 and array.max() < shape[-1]:
        return (
            f"{problem} If y holds the numbers of classes, use softmax and sparse_categorical_crossentropy; "
            "for one number to predict, the last layer needs 1 unit."
        )
    return f"{problem} For one number to predict, the last layer needs 1 unit."


def scale_advice(x: Any, names: list[str] | None) -> str:
    """Return what to do about a loss that is not finite, judging by the features of a batch."""
    spread = np.std(np.reshape(np.moveaxis(x, -1, 0), (x.shape[-1], -1)), axis=1)
    widest = int(np.argmax(spread))
    if spread[widest] > 100:
        column = column_name(names, widest)
        return f"Column {column} of x has a spread of {spread[widest]:.3g}: scale the features, as in (x - mean) / std."
    return "A smaller learning rate may help, as in Adam(learning_rate=1e-4)."
