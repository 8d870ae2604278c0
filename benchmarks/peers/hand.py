"""NumPy alone: derivatives by hand, nothing recorded. What is left to gain, not a library."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.peers import Task
from benchmarks.peers.problem import LEARNING_RATE, classification, factors, summary


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


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent."""
    x, labels, parameters = classification(sizes, batch)
    layers = list(zip(parameters[::2], parameters[1::2], strict=True))

    def step() -> Any:
        inputs = [x]
        for w, b in layers[:-1]:
            inputs.append(np.maximum(inputs[-1] @ w + b, 0))
        w, b = layers[-1]
        loss, g = _loss_and_cotangent(inputs[-1] @ w + b, labels)
        for i in reversed(range(len(layers))):
            w, b = layers[i]
            g_w, g_b = inputs[i].T @ g, g.sum(axis=0)
            if i:
                g = (g @ w.T) * (inputs[i] > 0)
            for p, gp in ((w, g_w), (b, g_b)):
                gp *= LEARNING_RATE
                p -= gp
        return loss

    return step, lambda loss: summary(loss, parameters)
