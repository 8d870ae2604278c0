"""Linear regression is a network of one neuron: diabetes, its progress in a year from ten measurements."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from examples.lecture.data import diabetes
from nn import keras


def main() -> dict[str, float]:
    """Train the neuron; print and return mean squared errors on the test data."""
    features_train, features_test, target_train, target_test = diabetes()
    keras.utils.set_random_seed(0)

    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=1, input_dim=features_train.shape[1]))
    model.compile(loss="mean_squared_error", optimizer="sgd")
    print("On the measurements as they are, gradient descent fails, and says so:")
    try:
        model.fit(features_train, target_train, verbose=0)
    except FloatingPointError as error:
        print(f"  {error}\n")

    scale = keras.layers.Normalization()
    scale.adapt(features_train)
    model = keras.models.Sequential()
    model.add(scale)
    model.add(keras.layers.Dense(units=1, input_dim=features_train.shape[1]))
    model.compile(loss="mean_squared_error", optimizer="sgd")
    model.fit(features_train, target_train, epochs=50, verbose=0)

    exact = LinearRegression().fit(features_train, target_train)
    errors = {
        "the mean, always": float(np.mean((target_test - target_train.mean()) ** 2)),
        "the neuron": model.evaluate(features_test, target_test, verbose=0),
        "least squares, solved exactly": float(np.mean((target_test - exact.predict(features_test)) ** 2)),
    }
    print("With every column scaled to mean 0 and spread 1, the mean squared error on patients it has not seen:")
    for name, error in errors.items():
        print(f"  {name:31} {error:7.0f}")
    weights, bias = model.layers[-1].get_weights()
    print(f"\nWhat the neuron has learnt: {bias[0]:.0f} on average, and for each standard deviation of")
    for name, weight in sorted(zip(features_train.columns, weights[:, 0], strict=True), key=lambda pair: -abs(pair[1])):
        print(f"  {name:4} {weight:+6.1f}")
    return errors


if __name__ == "__main__":
    main()
