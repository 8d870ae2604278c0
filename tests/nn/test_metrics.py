"""Metrics: what golden values do not show. Numbers by themselves, lists, mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from nn import metrics
from tests.nn.data import classes, numbers


def test_numbers_by_themselves() -> None:
    """Mean and Sum are updated with values, and weights for each or each row."""
    mean, total = metrics.Mean(name="loss"), metrics.Sum()
    for values in ([1.0, 2.0], 6.0):
        mean.update_state(values)
        total.update_state(values)
    assert (mean.name, mean.result(), total.result()) == ("loss", 3.0, 9.0)
    assert metrics.Mean()([[1.0, 3.0], [10.0, 10.0]], sample_weight=[1, 0]) == 2.0
    mean.reset_state()
    assert mean.result() == 0.0


@pytest.mark.parametrize("cls", [cls for name, cls in metrics.METRICS.table.items() if name == cls.__name__])
def test_lists_will_do(cls: Any) -> None:
    """`update_state` and the metric itself take nested lists, as they take arrays."""
    labels = cls.__name__.startswith("Sparse")
    y = [0, 1] if labels else [[1.0, 0.0], [0.0, 1.0]]
    p = [[0.6, 0.4], [0.3, 0.7]]
    metric = cls()
    metric.update_state(y, p)
    assert np.array_equal(metric.result(), cls()(np.array(y), np.array(p)))


def test_counts_of_labels_want_rows() -> None:
    """Precision of numbers of classes says how to make rows of labels."""
    x, y = classes()
    model = nn.Sequential([nn.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["precision"])
    with pytest.raises(ValueError, match=r"precision: counts labels 0 and 1.*np\.eye\(3\)\[y\]"):
        model.fit(x, y, verbose=0)


def test_a_loss_as_metric_has_its_name() -> None:
    """An instance of a loss among the metrics is reported by the loss' name."""
    x, y = numbers()
    model = nn.Sequential([nn.Dense(1)])
    model.compile("sgd", "mse", metrics=[nn.losses.Huber(delta=2.0)])
    assert "huber" in model.fit(x, y, verbose=0).history


def test_tensors_will_do() -> None:
    """Predictions that are tensors, as a step of one's own has them."""
    y, p = np.array([[1.0, 0.0], [0.0, 1.0]]), autograd.tensor([[0.6, 0.4], [0.3, 0.7]], requires_grad=True)
    for metric in (
        metrics.BinaryAccuracy(),
        metrics.CategoricalAccuracy(),
        metrics.RootMeanSquaredError(),
        metrics.AUC(),
    ):
        assert metric(y, p) == type(metric)()(y, p.data)
