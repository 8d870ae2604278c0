"""graphgrad's engine, used as a user would: tensors, operators, and an operation of one's own for the loss."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from autograd import tensor
from benchmarks.peers import Task, program
from benchmarks.peers.problem import LEARNING_RATE, angles, classification, factors, summary

VERSION = f"{autograd.__version__} on numpy {np.__version__}"


def multiply(size: int, spelling: str) -> Task:
    """Record one product of two matrices, element by element."""
    x, y = (tensor(a, requires_grad=True) for a in factors(size))
    step = (lambda: x * y) if spelling == "operator" else (lambda: np.multiply(x, y))
    return step, lambda out: [float(out.data.sum())]


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    a, b = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)

    def step() -> Any:
        a.grad = b.grad = None
        y = (a * b + a) ** 2 + b
        y.backward()
        return y

    return step, lambda y: [y.item(), float(a.grad), float(b.grad)]


def _softmax(logits: Any) -> Any:
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _cross_entropy_vjp(g: Any, _out: Any, logits: Any, labels: Any) -> Any:
    c = _softmax(logits)
    rows = len(labels)
    c[np.arange(rows), labels] -= 1
    c *= g / rows
    return c


@autograd.operation(vjp=[_cross_entropy_vjp, None])
def cross_entropy(logits: Any, labels: Any) -> Any:
    """Return the mean of -log softmax(logits) at the labels."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis=1))
    return (total - shifted[np.arange(len(labels)), labels]).mean()


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent."""
    problem = classification(sizes, batch)
    x, labels = tensor(problem.x), problem.labels
    parameters = [tensor(p, requires_grad=True) for p in problem.parameters]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)

    def step() -> Any:
        h = x
        for w, b in hidden:
            h = autograd.relu(h @ w + b)
        w, b = last
        loss = cross_entropy(h @ w + b, labels)
        loss.backward()
        for p in parameters:
            d, g = p.data, p.grad
            g *= LEARNING_RATE
            d -= g
            p.grad = None
        return loss

    return step, lambda loss: summary(loss.item(), [p.data for p in parameters])


def additions(count: int) -> Task:
    """Add x to itself `count` times, and pull the gradient through all of it."""
    x = tensor(0.5, requires_grad=True)

    def step() -> Any:
        x.grad = None
        y = x
        for _ in range(count):
            y = y + x
        y.backward()
        return y

    return step, lambda y: [y.item(), float(x.grad)]


def sines(count: int, depth: int) -> Task:
    """Take the sine `depth` times in a row, sum, and compute the gradient."""
    x = tensor(angles(count), requires_grad=True)

    def step() -> Any:
        x.grad = None
        y: Any = x
        for _ in range(depth):
            y = np.sin(y)
        y = y.sum()
        y.backward()
        return y

    return step, lambda y: [y.item(), float(x.grad.sum())]


def _by_nn(task: str) -> Any:
    """Return one of the programs that are the same for Keras; `nn` is loaded where it is used."""

    def make(**options: Any) -> Task:
        from nn import keras

        made: Task = getattr(program, task)(keras, **options)
        return made

    return make


fit, predict_one, train_digits = map(_by_nn, ("fit", "predict_one", "train_digits"))
