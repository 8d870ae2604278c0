"""NumPy alone: derivatives by hand, nothing recorded. What is left to gain, not a library."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import Task
from benchmarks.peers.problem import (
    VARIANCE_EPSILON,
    classification,
    factors,
    norms,
    regression,
    summary,
    table,
)
from benchmarks.peers.updates import UPDATES


def multiply(size: int, spelling: str) -> Task:
    """Multiply two matrices, element by element."""
    x, y = factors(size)
    step = (lambda: x * y) if spelling == "operator" else (lambda: np.multiply(x, y))
    return step, lambda out: [float(out.sum())]


def _loss_and_cotangent(logits: Any, labels: Any) -> tuple[Any, Any]:
    rows = np.arange(len(labels))
    shifted = logits - logits.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    loss = (np.log(total[:, 0]) - shifted[rows, labels]).mean()
    g = e / total
    g[rows, labels] -= 1
    g /= len(labels)
    return loss, g


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    x, labels, parameters = classification(sizes, batch)
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))
    update = UPDATES[optimizer](parameters)

    def step() -> Any:
        inputs = [x]
        for w, b in layers[:-1]:
            inputs.append(np.maximum(inputs[-1] @ w + b, 0))
        w, b = layers[-1]
        loss, g = _loss_and_cotangent(inputs[-1] @ w + b, labels)
        gradients: list[Any] = []
        for i in reversed(range(len(layers))):
            gradients[:0] = inputs[i].T @ g, g.sum(axis=0)
            if i:
                g = (g @ layers[i][0].T) * (inputs[i] > 0)
        update(gradients)
        return loss

    return step, lambda loss: summary(loss, parameters)


def elementwise(count: int) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    z = table(1, count)[0]

    def step() -> Any:
        t, s, e = np.tanh(z), 1 / (1 + np.exp(-z)), np.exp(-(z**2))
        y = t * s + e
        return np.sum(y**2), 2 * y * ((1 - t * t) * s + t * s * (1 - s) - 2 * z * e)

    return step, lambda out: norms(out[0], out[1:])


def softmax_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    x = table(rows, columns)

    def step() -> Any:
        t = np.tanh(x)
        e = np.exp(4 * t - 4)  # the greatest is below 4
        p = e / e.sum(axis=1, keepdims=True)
        squares = p * p
        g = squares - p * squares.sum(axis=1, keepdims=True)
        return squares.sum(), 8 * g * (1 - t * t)

    return step, lambda out: norms(out[0], out[1:])


def normalized_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    x, gain, bias = table(rows, columns), np.ones(columns, np.float32), np.zeros(columns, np.float32)

    def step() -> Any:
        n = x - x.mean(axis=1, keepdims=True)
        deviation = np.sqrt((n * n).mean(axis=1, keepdims=True) + np.float32(VARIANCE_EPSILON))
        n /= deviation
        t = np.tanh(n * gain + bias)
        g = 2 * t * (1 - t * t)
        g_n = g * gain
        g_x = (g_n - g_n.mean(axis=1, keepdims=True) - n * (g_n * n).mean(axis=1, keepdims=True)) / deviation
        return np.sum(t * t), g_x, (g * n).sum(axis=0), g.sum(axis=0)

    return step, lambda out: norms(out[0], out[1:])


def logistic(rows: int, features: int) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, (weights, bias) = regression(rows, features)

    def step() -> Any:
        margins = signs * (x @ weights + bias)
        loss = np.mean(np.logaddexp(np.float32(0), -margins))
        g = signs / (-1 - np.exp(margins)) / np.float32(rows)
        return loss, g @ x, g.sum()

    return step, lambda out: norms(out[0], out[1:])
