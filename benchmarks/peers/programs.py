"""Programs as users of HIPS autograd write them: one text, run by theirs and by ours in its place."""

from __future__ import annotations

from typing import Any

import numpy

import autograd.numpy as np
from autograd import grad, hessian, value_and_grad
from benchmarks.peers import Task


def _values(*arrays: Any) -> list[float]:
    return [
        float(numpy.sum(numpy.asarray(a) * numpy.cos(numpy.arange(numpy.size(a))).reshape(numpy.shape(a))))
        for a in arrays
    ]


def _valley(x: Any) -> Any:
    return np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def _point(n: int) -> Any:
    return numpy.random.default_rng(0).normal(size=n)


def rosenbrock(n: int) -> Task:
    """Compute the value and the gradient of Rosenbrock's function of n variables."""
    function, x = value_and_grad(_valley), _point(n)
    return lambda: function(x), lambda out: _values(*out)


def rosenbrock_hessian(n: int) -> Task:
    """Compute all second derivatives of Rosenbrock's function."""
    function, x = hessian(_valley), _point(n)
    return lambda: function(x), lambda out: _values(out)


def logistic_regression(rows: int, features: int) -> Task:
    """Compute the gradient of a logistic regression's loss, written as in HIPS' own example."""
    rng = numpy.random.default_rng(0)
    inputs, targets = rng.normal(size=(rows, features)), rng.uniform(size=rows) < 0.5

    def loss(weights: Any) -> Any:
        predictions = 0.5 * (np.tanh(np.dot(inputs, weights)) + 1)
        label_probabilities = predictions * targets + (1 - predictions) * (1 - targets)
        return -np.sum(np.log(label_probabilities))

    function, weights = grad(loss), 0.1 * _point(features)
    return lambda: function(weights), lambda out: _values(out)


def recurrent(steps: int, batch: int, width: int) -> Task:
    """Compute the gradients of a recurrent network's loss over some steps, by a dict of parameters."""
    rng = numpy.random.default_rng(0)
    inputs, target = rng.normal(size=(steps, batch, 8)), rng.normal(size=(batch, 4))
    shapes = {"enter": (8, width), "again": (width, width), "bias": (width,), "leave": (width, 4)}
    parameters = {name: 0.3 * rng.normal(size=shape) for name, shape in shapes.items()}

    def loss(parameters: Any) -> Any:
        h = np.zeros((batch, width))
        for x in inputs:
            h = np.tanh(np.dot(x, parameters["enter"]) + np.dot(h, parameters["again"]) + parameters["bias"])
        return np.mean((np.dot(h, parameters["leave"]) - target) ** 2)

    function = value_and_grad(loss)
    return lambda: function(parameters), lambda out: _values(out[0], *(out[1][name] for name in shapes))


def singular_values(rows: int, columns: int) -> Task:
    """Compute the gradient of a function of the singular values and vectors of a matrix."""
    matrix = _point(rows * columns).reshape(rows, columns)

    def loss(x: Any) -> Any:
        u, s, v = np.linalg.svd(x, full_matrices=False)
        return np.sum(np.dot(u * np.tanh(s), v) ** 3)

    function = grad(loss)
    return lambda: function(matrix), lambda out: _values(out)


def list_of_arrays(count: int) -> Task:
    """Compute the gradient by each of many small arrays in a list."""
    arrays = list(_point(2 * count).reshape(count, 2))

    def loss(arrays: Any) -> Any:
        total = 0.0
        for i in range(len(arrays)):
            total = total + np.sum(arrays[i] ** 2)
        return total

    function = grad(loss)
    return lambda: function(arrays), lambda out: _values(numpy.stack(out))


def weibull_fit() -> Task:
    """Fit a Weibull distribution by lifelines, to the durations that it brings along."""
    from lifelines import WeibullFitter
    from lifelines.datasets import load_waltons

    table = load_waltons()
    return lambda: WeibullFitter().fit(table["T"], table["E"]), lambda fit: [float(x) for x in fit.params_]
