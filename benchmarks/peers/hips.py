"""HIPS autograd, which shares our import name: it lives in an environment of its own."""

from __future__ import annotations

from typing import Any

import autograd.numpy as np
from autograd.core import VJPNode
from autograd.tracer import new_box, trace_stack

import autograd
from benchmarks.peers import Task
from benchmarks.peers.problem import LEARNING_RATE, angles, classification, factors, summary

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


def _loss(parameters: list[Any], x: Any, targets: Any) -> Any:
    h = x
    for i in range(0, len(parameters) - 2, 2):
        h = np.maximum(h @ parameters[i] + parameters[i + 1], 0)
    logits = h @ parameters[-2] + parameters[-1]
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(shifted), axis=1)) - np.sum(shifted * targets, axis=1))


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent; one-hot targets, faster here than indexing."""
    x, labels, parameters = classification(sizes, batch)
    targets = np.eye(sizes[-1], dtype=np.float32)[labels]
    function = autograd.value_and_grad(_loss)

    def step() -> Any:
        loss, gradients = function(parameters, x, targets)
        for p, g in zip(parameters, gradients, strict=True):
            g *= LEARNING_RATE
            p -= g
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
