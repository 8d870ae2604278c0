"""Curves: their values are those of the engine; names that are not known are errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from tests.nn.data import numbers, regressor
from viz import pictures


def lines(ax: Any) -> list[tuple[Any, Any]]:
    return [line.get_data() for line in ax.lines]


def test_an_activation_and_its_slope() -> None:
    """Both curves, of a name or a function; relu's slope has its step."""
    ax = pictures.activation("sigmoid")
    (x, y), (_, slope) = lines(ax)[:2]
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)))
    np.testing.assert_allclose(slope, y * (1 - y))
    assert ax.get_title() == "sigmoid" and [t.get_text() for t in ax.get_legend().get_texts()] == [
        "sigmoid(x)",
        "its slope",
    ]
    (x, _), (_, slope) = lines(pictures.activation("relu", limits=(-1, 1)))[:2]
    assert set(slope.tolist()) == {0.0, 1.0} and x[0] == -1
    (x, y), (_, slope) = lines(pictures.activation(lambda x: x * x))[:2]
    np.testing.assert_allclose(slope, 2 * x)
    with pytest.raises(ValueError, match="Did you mean 'sigmoid'"):
        pictures.activation("sigmoyd")


def test_losses() -> None:
    """Cross-entropies over the probability, others over the difference, a hinge over the prediction."""
    (p, one), (_, zero) = lines(pictures.loss("binary_crossentropy"))
    np.testing.assert_allclose(one, -np.log(p), rtol=1e-5)
    np.testing.assert_allclose(zero, -np.log(1 - p), rtol=1e-4)
    for name in ("scce", "categorical_crossentropy"):
        ((p, value),) = lines(pictures.loss(name))
        np.testing.assert_allclose(value, -np.log(p), rtol=1e-5)
    ((x, value),) = lines(pictures.loss("mse"))
    np.testing.assert_allclose(value, x * x)
    ax = pictures.loss("hinge")
    ((x, value),) = lines(ax)
    np.testing.assert_allclose(value, np.maximum(1 - x, 0))
    assert "answer is 1" in ax.get_xlabel()


def test_history() -> None:
    """Of what fit returned, or of the model; before any epoch it says so."""
    x, y = numbers()
    model = regressor()
    with pytest.raises(TypeError, match=r"what model\.fit returned"):
        pictures.history(model)
    run = model.fit(x, y, epochs=3, validation_split=0.25, verbose=0)
    for given in (run, model):
        loss, mae = pictures.history(given)
        assert [len(line.get_xdata()) for line in loss.lines] == [3, 3] and mae.get_title() == "mae"
    with pytest.raises(ValueError, match="no epochs to draw yet"):
        pictures.history(model.fit(x, y, epochs=0, verbose=0))


def test_gradient_flow() -> None:
    """A bar for each layer with parameters; what is not finite has a red name and no bar."""
    nn.set_random_seed(0)
    x, y = numbers()
    model = nn.Sequential([nn.Dense(8, "sigmoid"), nn.Dropout(0.2), nn.Dense(8, "sigmoid"), nn.Dense(1, name="out")])
    model.compile("sgd", "mse")
    ax = pictures.gradient_flow(model, x, y)
    heights = [bar.get_height() for bar in ax.patches]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["dense", "dense_1", "out"] and heights[0] < heights[2]
    assert ax.get_yscale() == "log" and ax.get_title().startswith("first layer / last: ")
    model.layers[-1].kernel.data = np.full((8, 1), np.inf)
    ax = pictures.gradient_flow(model, x, y)
    assert ax.get_xticklabels()[0].get_color() == "#c0392b" and np.isnan(ax.patches[0].get_height())
    with pytest.raises(ValueError, match="no layer of the model has parameters"):
        pictures.gradient_flow(nn.Sequential([nn.Flatten()]), x)
