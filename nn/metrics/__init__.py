"""What is reported beside the loss, with Keras' names. One of your own is a `Metric`, or a function."""

from collections.abc import Callable
from typing import Any, Final

from nn import losses
from nn.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from nn.metrics.confusion import (
    AUC,
    F1Score,
    FalseNegatives,
    FalsePositives,
    FBetaScore,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)
from nn.metrics.metric import FunctionMetric, Mean, MeanMetric, Metric, Sum
from nn.metrics.regression import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    R2Score,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
    SquaredHinge,
)
from nn.names import Registry, table_of

METRICS: Final[Registry[Any]] = Registry(
    "metric",
    table_of(
        [
            Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
            SparseTopKCategoricalAccuracy, TruePositives, FalsePositives, TrueNegatives, FalseNegatives, Precision,
            Recall, AUC, FBetaScore, F1Score, MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError,
            MeanSquaredLogarithmicError, RootMeanSquaredError, R2Score, Huber, LogCoshError, CosineSimilarity,
            Poisson, KLDivergence, Hinge, SquaredHinge, CategoricalHinge, BinaryCrossentropy,
            CategoricalCrossentropy,
            SparseCategoricalCrossentropy,
        ],
        acc=Accuracy, mse=MeanSquaredError, mae=MeanAbsoluteError, mape=MeanAbsolutePercentageError,
        msle=MeanSquaredLogarithmicError, rmse=RootMeanSquaredError, bce=BinaryCrossentropy,
        cce=CategoricalCrossentropy, scce=SparseCategoricalCrossentropy, kld=KLDivergence, log_cosh=LogCoshError,
        logcosh=LogCoshError, r2=R2Score,
    ),
)  # fmt: skip


def get(identifier: str | Metric | Callable[[Any, Any], Any] | dict[str, Any]) -> Metric:
    """Return a metric, given by name (which is what it is reported by), as one, or as a function of (y_true, y_pred).

    >>> get("mae").name, get(Recall()).name
    ('mae', 'recall')
    """
    found = METRICS.get(identifier)
    metric = found if isinstance(found, Metric) else FunctionMetric(found)
    if isinstance(identifier, str):
        metric.name = identifier
    return metric


def is_accuracy(identifier: Any) -> bool:
    """Return whether this is the name of the accuracy that goes by the shapes of targets and outputs."""
    return isinstance(identifier, str) and identifier.lower() in ("acc", "accuracy")


def fitting_accuracy(name: str, target_shape: tuple[int, ...], output_shape: tuple[int, ...]) -> Metric:
    """Return the accuracy that fits targets and outputs of these shapes, as Keras chooses it.

    >>> fitting_accuracy("acc", (5, 1), (5, 1)), fitting_accuracy("acc", (5,), (5, 3)).name
    (BinaryAccuracy(name='acc'), 'acc')
    """
    if output_shape[-1] == 1:
        return BinaryAccuracy(name=name)
    if len(target_shape) < len(output_shape) or target_shape[-1] == 1:
        return SparseCategoricalAccuracy(name=name)
    return CategoricalAccuracy(name=name)


mean_squared_error, mean_absolute_error = losses.mean_squared_error, losses.mean_absolute_error
binary_crossentropy, categorical_crossentropy = losses.binary_crossentropy, losses.categorical_crossentropy

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanMetric",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Poisson",
    "Precision",
    "R2Score",
    "Recall",
    "RootMeanSquaredError",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "get",
]
