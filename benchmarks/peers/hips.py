"""HIPS autograd, which shares our import name: it lives in an environment of its own."""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as np
from autograd.core import VJPNode
from autograd.tracer import new_box, trace_stack
from benchmarks.peers import Task
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
from benchmarks.peers.programs import list_of_arrays as list_of_arrays
from benchmarks.peers.programs import logistic_regression as logistic_regression
from benchmarks.peers.programs import recurrent as recurrent
from benchmarks.peers.programs import rosenbrock as rosenbrock
from benchmarks.peers.programs import rosenbrock_hessian as rosenbrock_hessian
from benchmarks.peers.programs import singular_values as singular_values
from benchmarks.peers.programs import weibull_fit as weibull_fit
from benchmarks.peers.updates import UPDATES

if hasattr(autograd, "Tensor"):
    raise ImportError("the package autograd here is graphgrad's; name an environment with HIPS' by --hips")


def multiply(size: int, spelling: str) -> Task:
    """Record one product of two matrices, element by element, inside a trace that stays open."""
    trace = trace_stack.new_trace().__enter__()
    x, y = (new_box(a, trace, VJPNode.new_root()) for a in factors(size))
    step = (lambda: x * y) if spelling == "operator" else (lambda: np.multiply(x, y))
    return step, lambda out: [float(out._value.sum())]


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    function = autograd.value_and_grad(lambda ab: (ab[0] * ab[1] + ab[0]) ** 2 + ab[1])
    return lambda: function((2.0, 3.0)), lambda out: [float(out[0]), *map(float, out[1])]


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _loss(parameters: list[Any], x: Any, targets: Any, activation: Any = _relu) -> Any:
    h = x
    for i in range(0, len(parameters) - 2, 2):
        h = activation(h @ parameters[i] + parameters[i + 1])
    logits = h @ parameters[-2] + parameters[-1]
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - np.sum(shifted * targets, axis=1))


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step; one-hot targets, faster here than indexing."""
    x, labels, parameters = classification(sizes, batch)
    targets = np.eye(sizes[-1], dtype=np.float32)[labels]
    function, update = autograd.value_and_grad(_loss), UPDATES[optimizer](parameters)

    def step() -> Any:
        loss, gradients = function(parameters, x, targets)
        update(gradients)
        return loss

    return step, lambda loss: summary(loss, parameters)


def additions(count: int) -> Task:
    """Add x to itself `count` times, and pull the gradient through all of it."""

    def total(x: Any) -> Any:
        y = x
        for _ in range(count):
            y = y + x
        return y

    function = autograd.value_and_grad(total)
    return lambda: function(0.5), lambda out: [float(out[0]), float(out[1])]


def sines(count: int, depth: int) -> Task:
    """Take the sine `depth` times in a row, sum, and compute the gradient."""

    def total(x: Any) -> Any:
        for _ in range(depth):
            x = np.sin(x)
        return np.sum(x)

    x = angles(count)
    function = autograd.value_and_grad(total)
    return lambda: function(x), lambda out: [float(out[0]), float(out[1].sum())]


def _gradient(f: Any, *arrays: Any) -> Task:
    """Compute a value and its gradient by a tuple of arrays."""
    function = autograd.value_and_grad(f)
    return lambda: function(arrays), lambda out: norms(*out)


def _elementwise(arrays: Any) -> Any:
    (z,) = arrays
    return np.sum((np.tanh(z) * (1 / (1 + np.exp(-z))) + np.exp(-(z**2))) ** 2)


def elementwise(count: int) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    return _gradient(_elementwise, table(1, count)[0])


def _softmax_rows(arrays: Any) -> Any:
    y = 4 * np.tanh(arrays[0])
    e = np.exp(y - np.max(y, axis=1, keepdims=True))
    return np.sum((e / np.sum(e, axis=1, keepdims=True)) ** 2)


def softmax_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    return _gradient(_softmax_rows, table(rows, columns))


def _normalized_rows(arrays: Any) -> Any:
    x, gain, bias = arrays
    centred = x - np.mean(x, axis=1, keepdims=True)
    variance = np.mean(centred**2, axis=1, keepdims=True)
    return np.sum(np.tanh(centred / np.sqrt(variance + VARIANCE_EPSILON) * gain + bias) ** 2)


def normalized_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    ones, zeros = np.ones(columns, np.float32), np.zeros(columns, np.float32)
    return _gradient(_normalized_rows, table(rows, columns), ones, zeros)


def logistic(rows: int, features: int) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, parameters = regression(rows, features)

    def loss(parameters: Any) -> Any:
        weights, bias = parameters
        return np.mean(np.logaddexp(np.float32(0), -signs * (x @ weights + bias)))

    return _gradient(loss, *parameters)


def curvature(sizes: list[int], batch: int) -> Task:
    """Multiply the Hessian of a network's loss by a direction."""
    x, labels, parameters = classification(sizes, batch)
    targets = np.eye(sizes[-1], dtype=np.float32)[labels]
    tangents = directions(parameters)
    gradient = autograd.grad(lambda parameters: _loss(parameters, x, targets, np.tanh))
    product = autograd.grad(
        lambda parameters: sum(np.sum(g * v) for g, v in zip(gradient(parameters), tangents, strict=True))
    )
    return lambda: product(parameters), lambda out: norms(0.0, out)
