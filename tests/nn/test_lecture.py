"""The programs of a lecture on fully connected networks in Keras, with one import changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("pandas", reason="the lecture keeps its data in tables")

import pandas as pd

from nn import keras
from nn.layers import Dense


def table(rows: int = 200, seed: int = 0) -> tuple[Any, Any]:
    """Return features as a DataFrame and a target as a Series, whose index does not begin at 0."""
    rng = np.random.default_rng(seed)
    index = np.arange(100, 100 + rows)
    features = pd.DataFrame(rng.normal(size=(rows, 4)), columns=["height", "width", "age", "weight"], index=index)
    return features, 3 * features["height"] - features["age"] + 0.5


def test_linear_regression() -> None:
    """One neuron, mean_squared_error, sgd: it finds the line."""
    features, target = table()
    keras.utils.set_random_seed(0)
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=1, input_dim=features.shape[1]))
    model.compile(loss="mean_squared_error", optimizer="sgd")
    model.fit(features, target)
    model.fit(features, target, epochs=60, verbose=0)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel.ravel(), [3, 0, -1, 0], atol=0.01)
    assert bias[0] == pytest.approx(0.5, abs=0.01)


def test_logistic_regression() -> None:
    """A sigmoid and binary_crossentropy are all that changes."""
    features, target = table()
    features_train, target_train = features, (target > 0.5).astype(int)
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=1, input_dim=features_train.shape[1],
                                 activation='sigmoid'))  # fmt: skip
    model.compile(loss="binary_crossentropy", optimizer="sgd")
    model.fit(features_train, target_train, epochs=200, verbose=0)
    assert ((model.predict(features_train, verbose=0)[:, 0] > 0.5) == target_train).mean() > 0.95


def test_a_hidden_layer_with_metrics_and_validation(capsys: pytest.CaptureFixture[str]) -> None:
    """Two layers, metrics=['acc'], verbose=2 and validation_data: Keras' lines."""
    features, target = table()
    classes = (target > 0.5).astype(int)
    features_train, features_valid = features[:150], features[150:]
    target_train, target_valid = classes[:150], classes[150:]
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=10, input_dim=features_train.shape[1],
                                 activation='sigmoid'))  # fmt: skip
    model.add(keras.layers.Dense(units=1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="sgd", metrics=["acc"])

    model.fit(features_train, target_train, epochs=10, verbose=2,
              validation_data=(features_valid, target_valid))  # fmt: skip
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/10" and len(lines) == 20
    assert (
        all(f" - {name}: " in lines[-1] for name in ("loss", "acc", "val_loss", "val_acc"))
        and "5/5 - 0s - " in lines[-1]
    )


def images(mode: str, count: int = 60, size: int = 6) -> tuple[list[Any], Any]:
    """Return pictures that are bright on the left or on the right, and which."""
    from PIL import Image

    rng = np.random.default_rng(0)
    labels = np.arange(count) % 2
    pictures = []
    for label in labels:
        shape = (size, size) if mode == "L" else (size, size, 3)
        pixels = rng.integers(0, 120, shape)
        pixels[:, label * size // 2 : (label + 1) * size // 2] += 120
        pictures.append(Image.fromarray(pixels.astype(np.uint8)))
    return pictures, labels


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_images(mode: str, tmp_path: Path) -> None:
    """Opened by PIL, as arrays, divided by 255, flattened: gray and coloured ones."""
    pytest.importorskip("PIL")
    from PIL import Image

    pictures, target = images(mode)
    arrays = []
    for i, picture in enumerate(pictures):
        picture.save(tmp_path / f"{i}.png")
        image = Image.open(tmp_path / f"{i}.png")
        image_array = np.array(image)
        image_array = image_array / 255.0
        arrays.append(image_array)
    features = np.array(arrays)
    assert features.max() <= 1 and features.ndim == (3 if mode == "L" else 4)
    keras.utils.set_random_seed(0)
    for layers, x in (
        ([keras.layers.Flatten(input_shape=features.shape[1:])], features),
        ([], features.reshape(len(features), -1)),
    ):
        model = keras.models.Sequential(layers)
        model.add(keras.layers.Dense(units=8, activation="relu"))
        model.add(keras.layers.Dense(units=1, activation="sigmoid"))
        model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
        history = model.fit(x, target, epochs=100, verbose=0)
        assert history.history["acc"][-1] > 0.95


@pytest.mark.parametrize("form", ["labels", "one-hot"])
def test_three_classes(form: str) -> None:
    """Three units with softmax: numbers of classes, as a Series, and rows of one-hot labels."""
    features, target = table(300)
    labels = pd.cut(target, [-100, -1, 2, 100], labels=False)
    keras.utils.set_random_seed(0)
    model = keras.models.Sequential()
    model.add(Dense(units=10, activation="relu", input_dim=features.shape[1]))
    model.add(Dense(units=3, activation="softmax"))
    if form == "labels":
        model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["acc"])
        history = model.fit(features, labels, epochs=200, verbose=0)
    else:
        model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
        history = model.fit(features, keras.utils.to_categorical(labels), epochs=200, verbose=0)
    assert history.history["acc"][-1] > 0.9
    probabilities = model.predict(features, verbose=0)
    assert probabilities.shape == (300, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_deep_networks_collapse_without_activations() -> None:
    """The lecture's derivation: a network of linear layers is one layer; with a sigmoid it is not."""
    from nn.analysis import NotLinearError, collapse_linear

    features, _ = table()
    model = keras.models.Sequential()
    model.add(keras.layers.Dense(units=2, input_dim=features.shape[1]))
    model.add(keras.layers.Dense(units=1))
    one = collapse_linear(model)
    np.testing.assert_allclose(one(features).data, model.predict(features, verbose=0), atol=1e-5)
    sigmoid = keras.models.Sequential([Dense(2, activation="sigmoid", input_dim=4), Dense(1)])
    with pytest.raises(NotLinearError, match="layer 1 'dense' is not linear: its activation is 'sigmoid'"):
        collapse_linear(sigmoid)
