"""graphgrad's engine, used as a user would: tensors, operators, and an operation of one's own for the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

import autograd
from autograd import tensor
from benchmarks.peers import Task, program
from benchmarks.peers.problem import (
    VARIANCE_EPSILON,
    angles,
    classification,
    directions,
    factors,
    norms,
    regression,
    summary,
    table,
)
from benchmarks.peers.updates import UPDATES

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


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    problem = classification(sizes, batch)
    x, labels = tensor(problem.x), problem.labels
    parameters = [tensor(p, requires_grad=True) for p in problem.parameters]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    update = UPDATES[optimizer]([p.data for p in parameters])

    def step() -> Any:
        h = x
        for w, b in hidden:
            h = autograd.relu(h @ w + b)
        w, b = last
        loss = cross_entropy(h @ w + b, labels)
        loss.backward()
        update([p.grad for p in parameters])
        for p in parameters:
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


Function: TypeAlias = Callable[..., Any]


def _elementwise(z: Any) -> Any:
    return np.sum((np.tanh(z) * autograd.sigmoid(z) + np.exp(-(z**2))) ** 2)


def _softmax_rows(x: Any) -> Any:
    return np.sum(autograd.softmax(4 * np.tanh(x), axis=1) ** 2)


def _normalized_rows(x: Any, gain: Any, bias: Any) -> Any:
    centred = x - np.mean(x, axis=1, keepdims=True)
    variance = np.mean(centred**2, axis=1, keepdims=True)
    return np.sum(np.tanh(centred / np.sqrt(variance + VARIANCE_EPSILON) * gain + bias) ** 2)


def _as_it_is(f: Function) -> Function:
    return f


def _gradient(f: Function, *arguments: Any, compiled: Callable[[Function], Function]) -> Task:
    function = compiled(autograd.value_and_grad(f, argnums=tuple(range(len(arguments)))))
    return lambda: function(*arguments), lambda out: norms(*out)


def elementwise(count: int, compiled: Callable[[Function], Function] = _as_it_is) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    return _gradient(_elementwise, table(1, count)[0], compiled=compiled)


def softmax_rows(rows: int, columns: int, compiled: Callable[[Function], Function] = _as_it_is) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    return _gradient(_softmax_rows, table(rows, columns), compiled=compiled)


def normalized_rows(rows: int, columns: int, compiled: Callable[[Function], Function] = _as_it_is) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    ones, zeros = np.ones(columns, np.float32), np.zeros(columns, np.float32)
    return _gradient(_normalized_rows, table(rows, columns), ones, zeros, compiled=compiled)


def logistic(rows: int, features: int, compiled: Callable[[Function], Function] = _as_it_is) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, parameters = regression(rows, features)

    def loss(x: Any, signs: Any, weights: Any, bias: Any) -> Any:
        return np.mean(np.logaddexp(np.float32(0), -signs * (x @ weights + bias)))

    function = compiled(autograd.value_and_grad(loss, argnums=(2, 3)))
    return lambda: function(x, signs, *parameters), lambda out: norms(*out)


def curvature(sizes: list[int], batch: int, compiled: Callable[[Function], Function] = _as_it_is) -> Task:
    """Multiply the Hessian of a network's loss, with tanh between the layers, by a direction."""
    x, labels, parameters = classification(sizes, batch)
    rows = np.arange(batch)

    def loss(*parameters: Any) -> Any:
        h: Any = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = np.tanh(h @ w + b)
        logits = h @ parameters[-2] + parameters[-1]
        return -np.mean(autograd.log_softmax(logits, axis=1)[rows, labels])

    def product(parameters: Any, tangents: Any) -> Any:
        return autograd.hvp(loss, parameters, tangents)

    function, tangents = compiled(product), tuple(directions(parameters))
    return lambda: function(tuple(parameters), tangents), lambda out: norms(0.0, out)


def _by_nn(task: str) -> Any:
    """Return one of the programs that are the same for Keras; `nn` is loaded where it is used."""

    def make(**options: Any) -> Task:
        from nn import keras

        made: Task = getattr(program, task)(keras, **options)
        return made

    return make


fit, predict_one, train_digits = map(_by_nn, ("fit", "predict_one", "train_digits"))


def _as_hips(task: str) -> Any:
    """Return one of the programs that are the same for HIPS autograd; its names are loaded where they are used."""

    def make(**options: Any) -> Task:
        from benchmarks.peers import programs

        made: Task = getattr(programs, task)(**options)
        return made

    return make


rosenbrock, rosenbrock_hessian, logistic_regression, recurrent, singular_values, list_of_arrays, weibull_fit = map(
    _as_hips,
    (
        "rosenbrock", "rosenbrock_hessian", "logistic_regression", "recurrent", "singular_values", "list_of_arrays",
        "weibull_fit",
    ),
)  # fmt: skip
