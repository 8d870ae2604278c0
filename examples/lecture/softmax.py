"""Several classes need a softmax: ten digits, ten neurons, with labels as numbers and as rows with a single 1."""

from __future__ import annotations

from typing import Any

from examples.lecture.data import digits
from nn import keras


def trained(features: Any, target: Any, loss: str) -> keras.Sequential:
    """Train a network with one neuron for each digit."""
    keras.utils.set_random_seed(0)
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=32, input_dim=features.shape[1], activation="relu"))
    model.add(keras.layers.Dense(units=10, activation="softmax"))
    model.compile(loss=loss, optimizer="adam", metrics=["acc"])
    model.fit(features, target, epochs=20, verbose=0)
    return model


def main() -> tuple[float, float]:
    """Train with both kinds of labels; print and return the accuracies on the test data."""
    features_train, features_test, target_train, target_test = digits()
    one_hot_train, one_hot_test = (keras.utils.to_categorical(target) for target in (target_train, target_test))

    model = trained(features_train, target_train, "sparse_categorical_crossentropy")
    by_number = model.evaluate(features_test, target_test, verbose=0)[1]
    model = trained(features_train, one_hot_train, "categorical_crossentropy")
    by_row = model.evaluate(features_test, one_hot_test, verbose=0)[1]
    print(f"Labels as numbers: {by_number:.1%} right. The same labels as rows of ten: {by_row:.1%}")

    p = model.predict(features_test[:1], verbose=0)[0]
    print(f"\nThe first test image is a {target_test.iloc[0]}. Its probabilities, which add up to {p.sum():.3f}:")
    for digit, probability in enumerate(p):
        print(f"  {digit} {probability:6.1%} {'#' * round(40 * float(probability))}".rstrip())
    return float(by_number), float(by_row)


if __name__ == "__main__":
    main()
