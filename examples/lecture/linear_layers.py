"""Linear layers collapse: three of them, without activation, are one neuron; a sigmoid between them is what helps."""

from __future__ import annotations

import numpy as np

from examples.lecture.data import diabetes
from nn import keras
from nn.analysis import NotLinearError, collapse_linear


def network(activation: str | None) -> keras.Sequential:
    """Return three layers."""
    return keras.models.Sequential(
        [
            keras.layers.Dense(units=8, input_dim=10, activation=activation),
            keras.layers.Dense(units=4, activation=activation),
            keras.layers.Dense(units=1),
        ]
    )


def main() -> float:
    """Collapse the layers; print and return how far the one layer is from the three."""
    features, *_ = diabetes()
    keras.utils.set_random_seed(0)
    model = network(activation=None)
    one = keras.models.Sequential([collapse_linear(model)])
    gap = float(np.max(np.abs(model.predict(features, verbose=0) - one.predict(features, verbose=0))))
    print(f"Three layers, {model.count_params()} parameters; one that does the same, {one.count_params()}: ", end="")
    print(f"their answers differ by {gap:.1e} at most")
    try:
        collapse_linear(network(activation="sigmoid"))
    except NotLinearError as error:
        print(f"With a sigmoid: {error}")
    return gap


if __name__ == "__main__":
    main()
