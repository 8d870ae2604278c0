"""The matrix products of a training step and nothing else: the floor below every library."""

from __future__ import annotations

import numpy as np

from benchmarks.peers import Task
from benchmarks.peers.problem import classification


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:  # noqa: ARG001
    """Compute the products of the forward and the backward pass, on arrays that never change."""
    x, _, parameters = classification(sizes, batch)
    weights = parameters[::2]
    inputs = [x, *(np.ones((batch, size), np.float32) for size in sizes[1:-1])]
    outputs = [np.ones((batch, size), np.float32) for size in sizes[1:]]
    layers = list(zip(inputs, weights, outputs, strict=True))

    def step() -> None:
        for i, (a, w, g) in enumerate(layers):
            np.dot(a, w)
            np.dot(a.T, g)
            if i:
                np.dot(g, w.T)

    return step, lambda _: []
