"""scikit-learn's network."""

from __future__ import annotations

from typing import Any

import sklearn
from sklearn.neural_network import MLPClassifier

from benchmarks.peers import Task
from benchmarks.peers.problem import EPSILON, LEARNING_RATE, Table, summary

VERSION = sklearn.__version__


def fit(sizes: list[int], steps: int, optimizer: str, metrics: list[str], shuffle: bool) -> Task:  # noqa: ARG001
    """Train for an epoch of `steps` batches of 32; of metrics it knows none."""
    x, y, parameters = Table.of(sizes, steps)
    net = _network(sizes, x, y, parameters, solver=optimizer, shuffle=shuffle)

    def step() -> Any:
        return net.partial_fit(x, y, classes=[0, 1])

    def read(net: Any) -> list[float]:
        layers = zip(net.coefs_, net.intercepts_, strict=True)
        return [] if shuffle else summary(net.loss_, [p for layer in layers for p in layer])

    return step, read


def predict_one(sizes: list[int]) -> Task:
    """Ask for the answer to one row."""
    x, y, parameters = Table.of(sizes, 1)
    net, row = _network(sizes, x, y, parameters), x[:1]
    return lambda: net.predict_proba(row), lambda answer: [float(answer[0, 1])]


def _network(
    sizes: list[int], x: Any, y: Any, parameters: list[Any], solver: str = "sgd", shuffle: bool = True
) -> MLPClassifier:
    net = MLPClassifier(
        sizes[1:-1], activation="logistic", solver=solver, alpha=0, batch_size=min(32, len(x)), shuffle=shuffle,
        learning_rate_init=LEARNING_RATE, momentum=0, epsilon=EPSILON,
    )  # fmt: skip
    net.partial_fit(x, y, classes=[0, 1])
    for layer, kernel in enumerate(parameters[::2]):
        net.coefs_[layer][...] = kernel
    for layer, bias in enumerate(parameters[1::2]):
        net.intercepts_[layer][...] = bias
    del net._optimizer  # its state is of the step that made the arrays
    return net
