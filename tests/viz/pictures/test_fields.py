"""Boundaries, surfaces and mistakes: what is counted, and that the model is left as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from tests.nn.data import numbers, same
from viz import pictures


class Halves:
    """Takes every point on the right for class "b"."""

    def predict(self, x: Any) -> Any:
        return np.where(x[:, 0] > 0, "b", "a")


def test_a_boundary() -> None:
    """Where the classifier changes its mind there is a line; each class has its points, by its name."""
    x = np.array([[-1.0, 0.0], [1.0, 1.0], [-0.5, 1.0]])
    ax = pictures.decision_boundary(Halves(), x, ["a", "b", "a"])
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["a", "b"]
    field = ax.images[0].get_array()
    middle = field.shape[1] // 2
    assert np.ptp(field[:, : middle - 12], axis=(0, 1)).max() == 0 and (field[0, 0] != field[0, -1]).any()
    with pytest.raises(ValueError, match=r"needs x of two features, \(n, 2\), not \(3, 3\)"):
        pictures.decision_boundary(Halves(), np.ones((3, 3)), ["a", "b", "a"])


@pytest.mark.parametrize("last", [nn.Dense(1, "sigmoid"), nn.Dense(3, "softmax")])
def test_boundaries_of_networks(last: nn.Layer) -> None:
    """Probabilities of one class or of each; one-hot labels will do."""
    nn.set_random_seed(0)
    x = np.random.default_rng(0).normal(size=(30, 2))
    model = nn.Sequential([nn.Dense(4, "tanh"), last])
    labels = np.arange(30) % last.units
    ax = pictures.decision_boundary(model, x, labels if last.units == 1 else np.eye(3)[labels])
    assert len(ax.collections) >= last.units
    if last.units == 3:
        with pytest.raises(ValueError, match="y has 5 classes, and the model 3 outputs"):
            pictures.decision_boundary(model, x, np.arange(30) % 5)


def test_a_surface_leaves_the_model_alone() -> None:
    """Along the way of training, or in random directions; parameters and history are as before."""
    x, y = numbers(32)
    model = nn.Sequential([nn.Dense(4, "tanh", input_dim=3), nn.Dense(1)])
    model.compile("sgd", "mse")
    path = [model.get_weights()]
    model.fit(x, y, epochs=5, verbose=0, callbacks=[
        nn.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: path.append(model.get_weights()))
    ])  # fmt: skip
    before = nn.models.clone_model(model)
    before.set_weights(model.get_weights())
    ax = pictures.loss_surface(model, x, y, path=path)
    way = ax.lines[0].get_xydata()
    assert len(way) == 6 and np.abs(way[-1]).max() < 1e-9 and same(before, model)
    assert len(pictures.loss_surface(model, x, y).lines) == 1 and same(before, model)
    straight = nn.Sequential([nn.Dense(1, use_bias=False, input_dim=3)])
    straight.compile("sgd", "mse")
    pictures.loss_surface(straight, x, y, path=[[np.full((3, 1), k)] for k in (2.0, 1.0, 0.0)])


def test_confusion() -> None:
    """Counts by class; labels, one-hot rows, probabilities; names of the classes."""
    ax = pictures.confusion([0, 1, 2, 2], [0, 2, 2, 2], names=["cat", "dog", "fox"])
    assert [(t.get_position(), t.get_text()) for t in ax.texts] == [((0, 0), "1"), ((2, 1), "1"), ((2, 2), "2")]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["cat", "dog", "fox"] and ax.get_title() == "75.0% right"
    rows = np.eye(3)[[0, 2, 2, 2]]
    assert [t.get_text() for t in pictures.confusion([0, 1, 2, 2], rows).texts] == ["1", "1", "2"]
    assert pictures.confusion([0, 1], np.array([[0.4], [0.9]])).get_title() == "100.0% right"
    with pytest.raises(ValueError, match="2 true labels and 1 predicted ones"):
        pictures.confusion([0, 1], [0])


def test_colours_of_classes_are_those_of_their_points() -> None:
    """Labels that leave out a class, and labels that are floats."""
    x = np.array([[-1.0, 0.0], [1.0, 1.0], [-0.5, 1.0], [0.5, 0.0]])

    class Three:
        def predict_proba(self, x: Any) -> Any:
            return np.stack([x[:, 0] < 0, np.zeros(len(x)), x[:, 0] >= 0], axis=1).astype(float)

    ax = pictures.decision_boundary(Three(), x, [0, 2, 0, 2])
    right = ax.images[0].get_array()[0, -1]
    color = ax.collections[-1].get_facecolor()[0][:3]
    np.testing.assert_allclose(right, 0.5 + 0.5 * color, atol=1e-6)

    class Floats:
        def predict(self, x: Any) -> Any:
            return np.where(x[:, 0] > 0, 2.0, 1.0)

    field = pictures.decision_boundary(Floats(), x, [1.0, 2.0, 1.0, 2.0]).images[0].get_array()
    assert (field[0, 0] != field[0, -1]).any()
    with pytest.raises(ValueError, match="y has 3 classes, and the model 2 outputs"):
        pictures.decision_boundary(nn.Sequential([nn.Dense(1, "sigmoid", input_dim=2)]), x[:3], ["a", "b", "c"])
    with pytest.raises(ValueError, match="as many labels as points"):
        pictures.decision_boundary(Floats(), x, [1.0])


def test_names_of_the_confused() -> None:
    """By number where the labels are numbers from 0, else in order; too few are an error; float labels are labels."""
    ticks = lambda ax: [t.get_text() for t in ax.get_yticklabels()]
    assert ticks(pictures.confusion([-1, 1], [1, -1], names=["a", "b"])) == ["a", "b"]
    assert ticks(pictures.confusion(["x", "y"], ["x", "y"], names=["a", "b"])) == ["a", "b"]
    assert pictures.confusion(np.array([[1.0], [2.0], [3.0]]), [[1], [2], [3]]).get_title() == "100.0% right"
    with pytest.raises(ValueError, match="1 names for the classes 0, 3"):
        pictures.confusion([0, 3], [0, 3], names=["a"])
