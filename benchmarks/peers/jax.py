"""JAX, compiled by `jit`, on the CPU: what a compiler makes of the same step."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.peers import Task
from benchmarks.peers.problem import LEARNING_RATE, classification, summary

VERSION = f"{jax.__version__}, jit, {jax.default_backend()}"


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    function = jax.jit(jax.value_and_grad(lambda a, b: (a * b + a) ** 2 + b, (0, 1)))
    a, b = jnp.asarray(2.0), jnp.asarray(3.0)
    return lambda: jax.block_until_ready(function(a, b)), lambda out: [float(out[0]), *map(float, out[1])]


def _loss(parameters: list[Any], x: Any, labels: Any) -> Any:
    h = x
    for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        h = jax.nn.relu(h @ w + b)
    logits = h @ parameters[-2] + parameters[-1]
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -jnp.mean(chosen)


def _updated(parameters: list[Any], x: Any, labels: Any) -> tuple[Any, list[Any]]:
    loss, gradients = jax.value_and_grad(_loss)(parameters, x, labels)
    return loss, [p - LEARNING_RATE * g for p, g in zip(parameters, gradients, strict=True)]


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent."""
    problem = classification(sizes, batch)
    x, labels = jnp.asarray(problem.x), jnp.asarray(problem.labels)
    parameters = [jnp.asarray(p) for p in problem.parameters]
    updated = jax.jit(_updated)

    def step() -> Any:
        nonlocal parameters
        loss, parameters = jax.block_until_ready(updated(parameters, x, labels))
        return loss

    return step, lambda loss: summary(loss, parameters)
