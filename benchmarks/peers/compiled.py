"""graphgrad compiled by `autograd.compile`: the functions of `ours.py`, and a training step with its update inside."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import tensor
from benchmarks.peers import Task, ours
from benchmarks.peers.problem import (
    ADAM_RATE,
    BETA_1,
    BETA_2,
    EPSILON,
    LEARNING_RATE,
    LOG_BETA_1,
    LOG_BETA_2,
    classification,
    summary,
)

if not hasattr(autograd, "compile"):
    raise ImportError("this graphgrad has no autograd.compile")

VERSION = ours.VERSION


def tasks(backend: str) -> list[Callable[..., Task]]:
    """Return the tasks for one of the compiler's back ends."""
    compiled = functools.partial(autograd.compile, backend=backend)
    made = (
        _training_step, _four_operations, ours.elementwise, ours.softmax_rows, ours.normalized_rows, ours.logistic,
        ours.curvature,
    )  # fmt: skip
    return [functools.partial(task, compiled=compiled) for task in made]


def _training_step(sizes: list[int], batch: int, compiled: Any, optimizer: str = "sgd") -> Task:
    problem = classification(sizes, batch)
    parameters = [tensor(p, requires_grad=True) for p in problem.parameters]
    train = compiled(_trainer(parameters, batch, optimizer))
    x, labels = tensor(problem.x), problem.labels
    return lambda: train(x, labels), lambda loss: summary(loss.item(), [p.data for p in parameters])


def _trainer(parameters: list[Any], batch: int, optimizer: str) -> Callable[[Any, Any], Any]:
    """Return a function of a batch that trains the parameters by one step and returns the loss."""
    update = {"sgd": _descent, "adam": _adam}[optimizer](parameters)
    rows = np.arange(batch)

    def train(x: Any, labels: Any) -> Any:
        h = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = autograd.relu(h @ w + b)
        logits = h @ parameters[-2] + parameters[-1]
        loss = -np.mean(autograd.log_softmax(logits, axis=1)[rows, labels])
        loss.backward()
        update()
        return loss

    return train


def _descent(parameters: list[Any]) -> Callable[[], None]:
    def update() -> None:
        for p in parameters:
            p.data -= LEARNING_RATE * p.grad
            p.grad = None

    return update


def _adam(parameters: list[Any]) -> Callable[[], None]:
    first, second = ([tensor(np.zeros_like(p.data)) for p in parameters] for _ in range(2))
    steps = tensor(np.zeros((), np.float32))

    def update() -> None:
        steps.data += 1
        rate = ADAM_RATE * np.sqrt(-np.expm1(steps.data * LOG_BETA_2)) / -np.expm1(steps.data * LOG_BETA_1)
        for p, m, v in zip(parameters, first, second, strict=True):
            m.data = BETA_1 * m.data + (1 - BETA_1) * p.grad
            v.data = BETA_2 * v.data + (1 - BETA_2) * (p.grad * p.grad)
            p.data -= rate * m.data / (np.sqrt(v.data) + EPSILON)
            p.grad = None

    return update


def _four_operations(compiled: Any) -> Task:
    def expression(a: Any, b: Any) -> Any:
        return (a * b + a) ** 2 + b

    function = compiled(autograd.value_and_grad(expression, argnums=(0, 1)))
    return lambda: function(2.0, 3.0), lambda out: [float(out[0]), *map(float, out[1])]
