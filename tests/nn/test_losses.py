"""Losses: what golden values do not show. Exactness on logits, gradients of every order, a loss of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.testing import check_grad
from nn import losses


def test_fused_losses_are_the_plain_ones_of_probabilities() -> None:
    """From logits and from probabilities a cross-entropy is the same number, where the second is exact."""
    z = np.random.default_rng(0).normal(size=(5, 3))
    labels = np.array([0, 2, 1, 1, 0])
    plain = nn.SparseCategoricalCrossentropy()(labels, autograd.softmax(z)).item()
    assert nn.SparseCategoricalCrossentropy(from_logits=True)(labels, z).item() == pytest.approx(plain)
    assert nn.CategoricalCrossentropy(from_logits=True)(np.eye(3)[labels], z).item() == pytest.approx(plain)
    y = (z[:, :1] > 0).astype(float)
    plain = nn.BinaryCrossentropy()(y, autograd.sigmoid(z[:, :1])).item()
    assert nn.BinaryCrossentropy(from_logits=True)(y, z[:, :1]).item() == pytest.approx(plain)


@pytest.mark.parametrize("loss", [nn.SparseCategoricalCrossentropy, nn.CategoricalCrossentropy, nn.BinaryCrossentropy])
@pytest.mark.parametrize("weight", [None, np.array([0.3, 2.0])])
def test_gradients_on_logits_of_every_order(loss: Any, weight: Any) -> None:
    """Gradient and Hessian of a loss on logits are right, also at logits of 0, weighted too."""
    z = np.array([[0.0, 1.0, -2.0], [3.0, 0.0, 0.5]])
    y = np.array([2, 0]) if loss is nn.SparseCategoricalCrossentropy else np.eye(3)[[2, 0]]
    assert check_grad(lambda z: loss(from_logits=True)(y, z, weight), z, order=2)


def test_the_doctest_values_of_keras() -> None:
    """The two numbers of Keras' documentation."""
    loss = nn.BinaryCrossentropy(from_logits=True)([0, 1, 0, 0], [-18.6, 0.51, 2.94, -12.8]).item()
    assert loss == pytest.approx(0.8654, abs=1e-4)
    loss = nn.CategoricalCrossentropy()([[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]).item()
    assert round(loss, 3) == 1.177


ENDS: dict[str, Any] = {
    "in the layer": lambda end: nn.Sequential([nn.Dense(1, activation=end, input_dim=1, kernel_initializer="ones")]),
    "as a layer": lambda end: nn.Sequential([nn.Dense(1, input_dim=1, kernel_initializer="ones"), nn.Activation(end)]),
    "in a model in a model": lambda end: nn.Sequential([ENDS["in the layer"](end)]),
    "as the engine's function": lambda _: ENDS["in the layer"](autograd.sigmoid),
    "of symbols": lambda end: (lambda x: nn.Model(x, nn.Dense(1, end, kernel_initializer="ones")(x)))(nn.Input((1,))),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_certain_and_wrong_answer_still_learns(end: str) -> None:
    """A sigmoid at a logit of 40 for the label 0 has the gradient 1, not 0, wherever in the model it is written."""
    model = ENDS[end]("sigmoid")
    model.compile(nn.SGD(1.0), "binary_crossentropy")
    assert model.evaluate(np.array([[40.0]]), np.array([0]), verbose=0) == pytest.approx(40)
    before = model.get_weights()[1].copy()
    assert model.train_on_batch(np.array([[40.0]]), np.array([0])) == pytest.approx(40)
    assert model.get_weights()[1] - before == pytest.approx(-1)


def test_a_class_of_ones_own_is_fused_too() -> None:
    """Where a model's forward ends in a layer with softmax, the loss is exact."""

    class Net(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out = nn.Dense(2, "softmax", kernel_initializer="identity")

        def forward(self, x: Any) -> Any:
            return self.out(x)

    model = Net()
    model.compile(nn.SGD(1.0), "sparse_categorical_crossentropy")
    assert model.train_on_batch(np.array([[200.0, 0.0]]), np.array([1])) == pytest.approx(200)


def test_one_hot_refuses_strange_labels() -> None:
    """Labels beyond the classes, and fractions, are an error and no row of zeros."""
    for labels in ([0, 3], [-1, 0], [0.5, 1]):
        with pytest.raises(ValueError, match="whole numbers from 0 to 2"):
            losses.one_hot(np.array(labels), 3)


@pytest.mark.parametrize("use", ["class", "function"])
def test_a_loss_of_ones_own(use: str) -> None:
    """A class with `call`, or a function, of (y_true, y_pred), trains; the weights of examples count."""

    class Cubic(nn.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)

    def cubic(y_true: Any, y_pred: Any) -> Any:
        return np.mean(np.abs(y_pred - y_true) ** 3, axis=-1)

    model = nn.Sequential([nn.Dense(1, kernel_initializer="zeros", input_dim=1)])
    model.compile("sgd", Cubic() if use == "class" else cubic)
    assert model.evaluate([[1.0], [1.0]], [2.0, 1.0], verbose=0) == pytest.approx(4.5)
    assert model.evaluate([[1.0], [1.0]], [2.0, 1.0], sample_weight=[0, 2], verbose=0) == pytest.approx(1)


def test_misuse() -> None:
    """Shapes that would broadcast, unknown reductions and options, weights that do not fit: each an error."""
    with pytest.raises(ValueError, match=r"\(4,\) and y_pred \(4, 3\)"):
        nn.MeanSquaredError()(np.ones(4), np.ones((4, 3)))
    with pytest.raises(ValueError, match="unknown reduction"):
        nn.MeanSquaredError(reduction="average")
    with pytest.raises(TypeError, match="its options are delta"):
        losses.huber([1.0], [1.0], epsilon=1)
    with pytest.raises(ValueError, match="sample_weight has shape"):
        nn.MeanSquaredError()(np.ones((4, 1)), np.ones((4, 1)), np.ones(3))
    with pytest.raises(ValueError, match="from 0 to 1"):
        nn.BinaryCrossentropy(label_smoothing=2)
    with pytest.raises(ValueError, match="no single value"):
        nn.Sequential([nn.Dense(1)]).compile("sgd", nn.MeanSquaredError(reduction="none"))


def test_functions_give_the_losses_of_each_example() -> None:
    """Keras' functions, by their names and with their options."""
    assert losses.mean_squared_error([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 0.0]]).data.tolist() == [0.5, 0.5]
    assert losses.huber([[0.0]], [[3.0]], delta=2.0).data.tolist() == [4.0]
    assert losses.get(losses.huber).name == "huber"


def test_what_a_subclass_writes_is_what_counts() -> None:
    """`call`, `elements` or `of_logits` of a class of one's own replaces the faster ways that it inherits."""

    class Far(losses.MeanSquaredError):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return np.mean((y_pred - y_true) * 0 + 123.0, axis=-1)

    class FarToo(losses.BinaryCrossentropy):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return np.mean((y_pred - y_true) * 0 + 123.0, axis=-1)

    class FarLogits(losses.BinaryCrossentropy):
        def of_logits(self, y_true: Any, logits: Any) -> Any:
            return np.mean((logits - y_true) * 0 + 123.0, axis=-1)

    x, y = np.ones((8, 2)), np.arange(8) % 2
    for loss in (Far(), FarToo(), FarLogits(), FarToo(from_logits=True)):
        model = nn.Sequential([nn.Dense(1, "sigmoid")])
        model.compile("sgd", loss)
        for weights in (None, np.ones(8)):
            assert model.evaluate(x, y, sample_weight=weights, verbose=0) == 123.0, type(loss)
