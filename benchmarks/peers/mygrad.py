"""MyGrad, with its memory guard off, as its documentation advises for speed."""

from __future__ import annotations

from typing import Any

import mygrad
import numpy as np
from mygrad.nnet.activations import relu, sigmoid, softmax
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks.peers import Task
from benchmarks.peers.problem import (
    VARIANCE_EPSILON,
    angles,
    classification,
    factors,
    norms,
    regression,
    summary,
    table,
)
from benchmarks.peers.updates import UPDATES

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


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    x, labels, start = classification(sizes, batch)
    parameters = [mygrad.tensor(p) for p in start]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    update = UPDATES[optimizer]([p.data for p in parameters])

    def step() -> Any:
        h: Any = x
        for w, b in hidden:
            h = relu(h @ w + b)
        w, b = last
        loss = softmax_crossentropy(h @ w + b, labels)
        loss.backward()
        update([p.grad for p in parameters])
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


def _gradient(f: Any, *arrays: Any) -> Task:
    leaves = [mygrad.tensor(a) for a in arrays]

    def step() -> Any:
        value = f(*leaves)
        value.backward()
        return value

    return step, lambda value: norms(value.item(), [leaf.grad for leaf in leaves])


def elementwise(count: int) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    return _gradient(lambda z: mygrad.sum((mygrad.tanh(z) * sigmoid(z) + mygrad.exp(-(z**2))) ** 2), table(1, count)[0])


def softmax_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    return _gradient(lambda x: mygrad.sum(softmax(4 * mygrad.tanh(x), axis=1) ** 2), table(rows, columns))


def _normalized_rows(x: Any, gain: Any, bias: Any) -> Any:
    centred = x - mygrad.mean(x, axis=1, keepdims=True)
    variance = mygrad.mean(centred**2, axis=1, keepdims=True)
    return mygrad.sum(mygrad.tanh(centred / mygrad.sqrt(variance + VARIANCE_EPSILON) * gain + bias) ** 2)


def normalized_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    ones, zeros = np.ones(columns, np.float32), np.zeros(columns, np.float32)
    return _gradient(_normalized_rows, table(rows, columns), ones, zeros)


def logistic(rows: int, features: int) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, parameters = regression(rows, features)
    zero = np.float32(0)
    return _gradient(lambda w, b: mygrad.mean(mygrad.logaddexp(zero, -signs * (mygrad.matmul(x, w) + b))), *parameters)
