"""Losses, with Keras' names. A loss is called as `loss(y_true, y_pred)`; one of your own is a `Loss`, or a function."""

from collections.abc import Callable
from typing import Any, Final

from nn.losses.crossentropy import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from nn.losses.fused import one_hot, sigmoid_cross_entropy, softmax_cross_entropy
from nn.losses.loss import FunctionLoss, Loss
from nn.losses.regression import (
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SquaredHinge,
    categorical_hinge,
    cosine_similarity,
    hinge,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    squared_hinge,
)
from nn.names import Registry, table_of

LOSSES: Final[Registry[Any]] = Registry(
    "loss",
    table_of(
        [
            MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError, Huber,
            LogCosh, CosineSimilarity, Poisson, Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy,
            CategoricalCrossentropy, SparseCategoricalCrossentropy, KLDivergence, BinaryFocalCrossentropy,
        ],
        mse=MeanSquaredError, mae=MeanAbsoluteError, mape=MeanAbsolutePercentageError, msle=MeanSquaredLogarithmicError,
        bce=BinaryCrossentropy, cce=CategoricalCrossentropy, scce=SparseCategoricalCrossentropy, kld=KLDivergence,
        kullback_leibler_divergence=KLDivergence, kl_divergence=KLDivergence, logcosh=LogCosh,
    ),
    functions=[
        mean_squared_error, mean_absolute_error, mean_absolute_percentage_error, mean_squared_logarithmic_error, huber,
        log_cosh, cosine_similarity, poisson, hinge, squared_hinge, categorical_hinge, binary_crossentropy,
        categorical_crossentropy, sparse_categorical_crossentropy, kl_divergence, binary_focal_crossentropy,
    ],
)  # fmt: skip


def get(identifier: str | Loss | Callable[[Any, Any], Any] | dict[str, Any]) -> Loss:
    """Return a loss, given by name, as one, or as a function of (y_true, y_pred).

    >>> get("mse").name
    'mean_squared_error'
    """
    found = LOSSES.get(identifier)
    return found if isinstance(found, Loss) else FunctionLoss(found)


__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "one_hot",
    "poisson",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]
