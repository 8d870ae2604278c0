"""The same programs for ours and for Keras, on any backend: whichever module `keras` is, not a word of them differs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.peers import Task
from benchmarks.peers.problem import EPSILON, RATES, Table, classification, summary


def fit(keras: Any, sizes: list[int], steps: int, optimizer: str, metrics: list[str], shuffle: bool) -> Task:
    """Train for an epoch of `steps` batches of 32: sigmoids, and one answer between 0 and 1.

    What comes of it can be compared where rows are taken in order; each library shuffles by its own generator.
    """
    x, y, parameters = Table.of(sizes, steps)
    model = network(keras, sizes, parameters)
    model.compile(optimizer=_optimizer(keras, optimizer), loss="binary_crossentropy", metrics=metrics)

    def step() -> Any:
        return model.fit(x, y, batch_size=32, shuffle=shuffle, verbose=0)

    return step, lambda history: [] if shuffle else summary(history.history["loss"][-1], model.get_weights())


def training_step(keras: Any, sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step, a call of `train_on_batch`.

    Its loss is a mean over all calls, no claim about the last one; the weights have to agree.
    """
    x, labels, parameters = classification(sizes, batch)
    dense = keras.layers.Dense
    layers = [*(dense(n, "relu") for n in sizes[1:-1]), dense(sizes[-1])]
    model = keras.Sequential([keras.Input((sizes[0],)), *layers])
    model.set_weights(parameters)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=_optimizer(keras, optimizer), loss=loss)

    def read(_loss: Any) -> list[Any]:
        return [None, *summary(0.0, model.get_weights())[1:]]

    return lambda: model.train_on_batch(x, labels), read


def _optimizer(keras: Any, name: str) -> Any:
    kinds = {"sgd": keras.optimizers.SGD, "adam": functools.partial(keras.optimizers.Adam, epsilon=EPSILON)}
    return kinds[name](learning_rate=RATES[name])


def predict_one(keras: Any, sizes: list[int]) -> Task:
    """Ask for the answer to one row."""
    x, _, parameters = Table.of(sizes, 1)
    model, row = network(keras, sizes, parameters), x[:1]
    return lambda: model.predict(row, verbose=0), lambda answer: [float(answer[0, 0])]


def network(keras: Any, sizes: list[int], parameters: list[Any]) -> Any:
    """Return layers of these sizes with these weights."""
    model = keras.Sequential([keras.Input((sizes[0],)), *(keras.layers.Dense(n, "sigmoid") for n in sizes[1:])])
    model.set_weights(parameters)
    return model


def train_digits(keras: Any, epochs: int) -> Task:
    """Train as the demonstration does (examples/digits.py): build, compile, fit with validation; from nothing."""
    x, y = _digits()

    def step() -> Any:
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((64,)),
                keras.layers.Dense(128, activation="relu"),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model.fit(x, y, epochs=epochs, validation_split=0.1, verbose=0)

    def read(history: Any) -> list[float]:
        accuracy = history.history["val_accuracy"][-1]
        if epochs >= 30 and accuracy < 0.9:
            raise ValueError(f"it has not learnt: {accuracy:.1%} of the digits are right")
        return []  # each library shuffles by its own generator

    return step, read


def _digits() -> tuple[Any, Any]:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))[:1437]
    return (images[order] / 16).astype(np.float32), labels[order]


def tasks(keras: Any) -> list[Callable[..., Task]]:
    """Return the programs for a module."""
    return [functools.partial(task, keras) for task in (fit, training_step, predict_one, train_digits)]
