"""Logistic regression is one neuron with a sigmoid: breast cancer, benign or not from thirty measurements."""

from __future__ import annotations

from examples.lecture.data import breast_cancer
from nn import keras


def main() -> float:
    """Train the neuron; print and return its accuracy on the test data."""
    features_train, features_test, target_train, target_test = breast_cancer()
    keras.utils.set_random_seed(0)
    scale = keras.layers.Normalization()
    scale.adapt(features_train)

    model = keras.models.Sequential()
    model.add(scale)
    model.add(keras.layers.Dense(units=1, input_dim=features_train.shape[1], activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["acc"])
    model.fit(features_train, target_train, epochs=100, verbose=0)

    loss, accuracy = model.evaluate(features_test, target_test, verbose=0)
    print(f"Benign in truth: {target_test.mean():.1%}. Right: {accuracy:.1%}, cross-entropy {loss:.3f}")
    print("\nThe first five tumours: how likely it is that they are benign, and whether they are")
    for p, truth in zip(model.predict(features_test[:5], verbose=0)[:, 0], target_test[:5], strict=True):
        print(f"  {p:6.1%}  {'benign' if truth else 'malignant'}")
    return float(accuracy)


if __name__ == "__main__":
    main()
