"""The views whose pictures are stored: of numbers that are the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
import viz


def _model() -> tuple[nn.Sequential, Any]:
    """Return a network with a frozen layer, whose numbers are all 1, and its loss."""
    layers = [nn.Dense(4, "tanh", input_dim=3, name="first"), nn.Dense(2, name="middle"), nn.Dense(1, name="last")]
    model = nn.Sequential(layers)
    model.compile("sgd", "mse")
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    model.layers[1].trainable = False
    return model, model.loss_on(np.ones((8, 3)), np.zeros(8))


def expression() -> str:
    """(a · b + a)² + b, with values."""
    a, b = (autograd.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    y = (a * b + a) ** 2 + b
    return viz.draw(y, {"a": a, "b": b, "y": y}, show=("shape", "value")).svg()


def backward() -> str:
    """The same after all steps of backward."""
    a, b = (autograd.tensor(value, requires_grad=True) for value in (2.0, 3.0))
    y = (a * b + a) ** 2 + b
    return viz.draw(y, {"a": a, "b": b, "y": y}, show=("value", "grad")).step(-1).svg()


def training() -> str:
    """A training step by layers, a frozen one among them."""
    model, loss = _model()
    return viz.draw(loss, model, show=("shape", "dtype", "saved")).svg()


def sideways() -> str:
    """The same from left to right."""
    model, loss = _model()
    return viz.draw(loss, model, direction="right").svg()


def nested() -> str:
    """A model in a model in a model."""
    inner = nn.Sequential([nn.Dense(4, "tanh", input_dim=3, name="one"), nn.Dense(3, name="two")], name="inner")
    x = nn.Input((3,), name="x")
    block = nn.Model(x, nn.Add(name="skip")([inner(x), x]), name="block")
    model = nn.Sequential([block, nn.Dense(1, name="last")])
    model.compile("sgd", "mse")
    model.set_weights([np.ones_like(w) for w in model.get_weights()])
    return viz.draw(model.loss_on(np.ones((8, 3)), np.zeros(8)), model).svg()


def folded() -> str:
    """Ten thousand operations in at most 150 boxes."""
    w = autograd.tensor(np.ones((2, 2)), requires_grad=True)
    h: Any = autograd.tensor(np.ones(2))
    for _ in range(3333):
        h = np.tanh(h @ w + 1.0)
    return viz.draw(np.sum(h), {"w": w}).svg()


def ladder() -> str:
    """Forward, backward and double backward."""
    model, loss = _model()
    return viz.draw(loss, model, backward=2).svg()


def failed() -> str:
    """What was there before a product that does not fit."""
    x, w = (autograd.tensor(np.ones(shape), requires_grad=True) for shape in ((2, 3), (4, 5)))
    try:
        np.tanh(x) @ w
    except ValueError as error:
        drawing = viz.failure.drawing_of(error, error.__traceback__)
        assert drawing is not None
        return drawing.svg()
    raise AssertionError("the product fits")


def program() -> str:
    """A small program through all its passes: what is multiplied by one is left out, the rest is one loop."""
    compiled = autograd.compile(lambda x: np.sum(np.tanh(x * 1.0) ** 2), backend="numpy")
    compiled(np.ones((4, 3)))
    return viz.draw(compiled.programs[0], passes="all").svg()


VIEWS: dict[str, Callable[[], str]] = {
    make.__name__: make for make in (expression, backward, training, sideways, nested, folded, ladder, failed, program)
}
