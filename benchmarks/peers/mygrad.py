"""MyGrad, with its memory guard off, as its documentation advises for speed."""

from __future__ import annotations

from typing import Any

import mygrad
import numpy as np
from mygrad.nnet.activations import relu
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.peers import Task
from benchmarks.peers.problem import LEARNING_RATE, angles, classification, factors, summary

mygrad.turn_memory_guarding_off()


def multiply(size: int, spelling: str) -> Task:
    """Record one product of two matrices, element by element."""
    x, y = (mygrad.tensor(a) for a in factors(size))
    step = (lambda: x * y) if spelling == "operator" else (lambda: np.multiply(x, y))
    return step, lambda out: [float(out.data.sum())]


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient; the next use of a and b clears their gradients."""
    a, b = mygrad.tensor(2.0), mygrad.tensor(3.0)

    def step() -> Any:
        y = (a * b + a) ** 2 + b
        y.backward()
        return y

    return step, lambda y: [y.item(), float(a.grad), float(b.grad)]


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent."""
    x, labels, start = classification(sizes, batch)
    parameters = [mygrad.tensor(p) for p in start]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)

    def step() -> Any:
        h: Any = x
        for w, b in hidden:
            h = relu(h @ w + b)
        w, b = last
        loss = softmax_crossentropy(h @ w + b, labels)
        loss.backward()
        for p in parameters:
            d, g = p.data, p.grad
            g *= LEARNING_RATE
            d -= g
        return loss

    return step, lambda loss: summary(loss.item(), [p.data for p in parameters])


def additions(count: int) -> Task:
    """Add x to itself `count` times, and pull the gradient through all of it."""
    x = mygrad.tensor(0.5)

    def step() -> Any:
        y = x
        for _ in range(count):
            y = y + x
        y.backward()
        return y

    return step, lambda y: [y.item(), float(x.grad)]


def sines(count: int, depth: int) -> Task:
    """Take the sine `depth` times in a row, sum, and compute the gradient."""
    x = mygrad.tensor(angles(count))

    def step() -> Any:
        y = x
        for _ in range(depth):
            y = mygrad.sin(y)
        y = y.sum()
        y.backward()
        return y

    return step, lambda y: [y.item(), float(x.grad.sum())]
