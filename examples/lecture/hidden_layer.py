"""A network with a hidden layer: breast cancer, ten neurons between the measurements and the answer."""

from __future__ import annotations

from sklearn.model_selection import train_test_split

from examples.lecture.data import breast_cancer
from nn import keras


def main() -> float:
    """Train the network; print and return its accuracy on the test data."""
    features, features_test, target, target_test = breast_cancer()
    mean, spread = features.mean(), features.std()
    features, features_test = (features - mean) / spread, (features_test - mean) / spread
    features_train, features_valid, target_train, target_valid = train_test_split(features, target, random_state=0)
    keras.utils.set_random_seed(0)

    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=10, input_dim=features_train.shape[1], activation="sigmoid"))
    model.add(keras.layers.Dense(units=1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["acc"])

    model.summary()
    model.fit(features_train, target_train, epochs=10, verbose=2, validation_data=(features_valid, target_valid))

    print("\nThat was slow. Adam takes larger steps where gradients are small; until validation gets no better:")
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(0.01), metrics=["acc"])
    stopping = keras.callbacks.EarlyStopping(patience=10, restore_best_weights=True)
    history = model.fit(
        features_train, target_train, epochs=200, verbose=0, validation_data=(features_valid, target_valid),
        callbacks=[stopping],
    )  # fmt: skip
    accuracy = model.evaluate(features_test, target_test, verbose=0)[1]
    print(f"  stopped after {len(history.epoch)} epochs; right on the test data: {accuracy:.1%}")
    return float(accuracy)


if __name__ == "__main__":
    main()
