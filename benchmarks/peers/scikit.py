"""scikit-learn's network."""

from __future__ import annotations

from typing import Any

import sklearn
from sklearn.neural_network import MLPClassifier

from benchmarks.peers import Task
from benchmarks.peers.problem import EPSILON, RATES, Table, classification, summary

VERSION = sklearn.__version__


def fit(sizes: list[int], steps: int, optimizer: str, metrics: list[str], shuffle: bool) -> Task:  # noqa: ARG001
    """Train for an epoch of `steps` batches of 32; of metrics it knows none."""
    x, y, parameters = Table.of(sizes, steps)
    net = _network(sizes, x, y, parameters, solver=optimizer, shuffle=shuffle)

    def step() -> Any:
        return net.partial_fit(x, y, classes=[0, 1])

    return step, lambda net: [] if shuffle else _state(net)


def _state(net: Any) -> list[float]:
    layers = zip(net.coefs_, net.intercepts_, strict=True)
    return summary(net.loss_, [p for layer in layers for p in layer])


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step: an epoch that is one batch."""
    if sizes[-1] == 2:
        raise NotImplementedError("between two classes its network has one output, not two")
    x, labels, parameters = classification(sizes, batch)
    classes = list(range(sizes[-1]))
    net = MLPClassifier(**_options(sizes, batch, solver=optimizer, shuffle=False), activation="relu")
    _start(net, x, labels, parameters, classes)
    return lambda: net.partial_fit(x, labels, classes=classes), _state


def predict_one(sizes: list[int]) -> Task:
    """Ask for the answer to one row."""
    x, y, parameters = Table.of(sizes, 1)
    net, row = _network(sizes, x, y, parameters), x[:1]
    return lambda: net.predict_proba(row), lambda answer: [float(answer[0, 1])]


def _network(
    sizes: list[int], x: Any, y: Any, parameters: list[Any], solver: str = "sgd", shuffle: bool = True
) -> MLPClassifier:
    net = MLPClassifier(**_options(sizes, min(32, len(x)), solver, shuffle), activation="logistic")
    _start(net, x, y, parameters, [0, 1])
    return net


def _options(sizes: list[int], batch: int, solver: str, shuffle: bool) -> dict[str, Any]:
    return {
        "hidden_layer_sizes": sizes[1:-1], "solver": solver, "alpha": 0, "batch_size": batch, "shuffle": shuffle,
        "learning_rate_init": RATES[solver], "momentum": 0, "epsilon": EPSILON,
    }  # fmt: skip


def _start(net: MLPClassifier, x: Any, y: Any, parameters: list[Any], classes: list[int]) -> None:
    """Let a network have these parameters."""
    net.partial_fit(x, y, classes=classes)
    for layer, kernel in enumerate(parameters[::2]):
        net.coefs_[layer][...] = kernel
    for layer, bias in enumerate(parameters[1::2]):
        net.intercepts_[layer][...] = bias
    del net._optimizer  # its state is of the step that made the arrays
