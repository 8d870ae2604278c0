"""The signal vanishes in deep networks of sigmoids: points in a circle or in the ring around it, six hidden layers.

With sigmoids, stochastic gradient descent does not learn at any rate: the first layer's gradient is thousands of times
smaller than the last one's. With ReLU it learns, and sigmoids learn too if Adam scales each parameter's step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from nn import keras
from nn.analysis import signal_report

EPOCHS = 100


class Result(NamedTuple):
    """One training: accuracy on points it has not seen, and the first layer's gradient over the last one's, before."""

    activation: str
    optimizer: str
    accuracy: float
    ratio: float


def circle(count: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return points in the plane, half of them within a radius of 2.5, the others between 3.5 and 5; and which are."""
    inside = np.arange(count) % 2 == 0
    radius = np.where(inside, rng.uniform(0, 2.5, count), rng.uniform(3.5, 5, count))
    angle = rng.uniform(0, 2 * np.pi, count)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1), inside.astype(int)


def network(activation: str) -> keras.Sequential:
    """Return six hidden layers of eight neurons; the same each time it is called."""
    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(units=8, activation=activation) for _ in range(6)]
    return keras.models.Sequential([keras.Input((2,)), *hidden, keras.layers.Dense(units=1, activation="sigmoid")])


def trained(activation: str, optimizer: keras.optimizers.Optimizer) -> Result:
    """Train a network; print how it went."""
    rng = np.random.default_rng(0)
    (points, labels), unseen = circle(500, rng), circle(500, rng)
    model = network(activation)
    model.compile(optimizer, "binary_crossentropy", metrics=["acc"])
    ratio = signal_report(model, points, labels).ratio
    model.fit(points, labels, epochs=EPOCHS, verbose=0)
    accuracy = model.evaluate(*unseen, verbose=0)[1]
    name = f"{type(optimizer).__name__}({float(optimizer.learning_rate):g})"
    print(f"  {activation:8} {name:11} accuracy {accuracy:5.1%}, gradient of the first layer / of the last {ratio:.0e}")
    return Result(activation, name, accuracy, ratio)


def main() -> list[Result]:
    """Train with sigmoids, ReLU and tanh; print and return what came of it."""
    points, labels = circle(500, np.random.default_rng(0))
    for activation in ("sigmoid", "relu"):
        model = network(activation)
        model.compile("sgd", "binary_crossentropy")
        print(f"How far a signal gets through six layers of {activation}, before training:")
        print(signal_report(model, points, labels), end="\n\n")
    print(f"After {EPOCHS} epochs:")
    sgd, adam = keras.optimizers.SGD, keras.optimizers.Adam
    return [
        *(trained("sigmoid", sgd(rate)) for rate in (0.01, 0.1, 1.0, 10.0)),
        trained("relu", sgd(0.03)),
        trained("tanh", sgd(0.03)),
        trained("sigmoid", adam(0.01)),
    ]


if __name__ == "__main__":
    main()
