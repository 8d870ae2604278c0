"""JAX, compiled by `jit`, on the CPU: what a compiler makes of the same step."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp

from benchmarks.peers import Task
from benchmarks.peers.problem import (
    ADAM_RATE,
    BETA_1,
    BETA_2,
    EPSILON,
    LEARNING_RATE,
    LOG_BETA_1,
    LOG_BETA_2,
    VARIANCE_EPSILON,
    classification,
    directions,
    norms,
    regression,
    summary,
    table,
)

VERSION = f"{jax.__version__}, jit, {jax.default_backend()}"


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    function = jax.jit(jax.value_and_grad(lambda a, b: (a * b + a) ** 2 + b, (0, 1)))
    a, b = jnp.asarray(2.0), jnp.asarray(3.0)
    return lambda: jax.block_until_ready(function(a, b)), lambda out: [float(out[0]), *map(float, out[1])]


def _loss(parameters: list[Any], x: Any, labels: Any, activation: Any = jax.nn.relu) -> Any:
    h = x
    for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        h = activation(h @ w + b)
    logits = h @ parameters[-2] + parameters[-1]
    chosen = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -jnp.mean(chosen)


def _descent(state: list[Any], x: Any, labels: Any) -> tuple[Any, list[Any]]:
    (parameters,) = state
    loss, gradients = jax.value_and_grad(_loss)(parameters, x, labels)
    return loss, [[p - LEARNING_RATE * g for p, g in zip(parameters, gradients, strict=True)]]


def _adam(state: list[Any], x: Any, labels: Any) -> tuple[Any, list[Any]]:
    parameters, first, second, steps = state
    loss, gradients = jax.value_and_grad(_loss)(parameters, x, labels)
    steps = steps + 1
    rate = ADAM_RATE * jnp.sqrt(-jnp.expm1(steps * LOG_BETA_2)) / -jnp.expm1(steps * LOG_BETA_1)
    first = [BETA_1 * m + (1 - BETA_1) * g for m, g in zip(first, gradients, strict=True)]
    second = [BETA_2 * v + (1 - BETA_2) * g * g for v, g in zip(second, gradients, strict=True)]
    moved = zip(parameters, first, second, strict=True)
    return loss, [[p - rate * m / (jnp.sqrt(v) + EPSILON) for p, m, v in moved], first, second, steps]


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step; the memory of the old parameters is given to the new ones."""
    problem = classification(sizes, batch)
    x, labels = jnp.asarray(problem.x), jnp.asarray(problem.labels)
    parameters, first, second = ([jnp.array(p) * kept for p in problem.parameters] for kept in (1, 0, 0))
    state: list[Any] = [parameters] if optimizer == "sgd" else [parameters, first, second, jnp.zeros(())]
    updated = jax.jit({"sgd": _descent, "adam": _adam}[optimizer], donate_argnums=0)

    def step() -> Any:
        nonlocal state
        loss, state = jax.block_until_ready(updated(state, x, labels))
        return loss

    return step, lambda loss: summary(loss, state[0])


def _elementwise(z: Any) -> Any:
    return jnp.sum((jnp.tanh(z) * jax.nn.sigmoid(z) + jnp.exp(-(z**2))) ** 2)


def _softmax_rows(x: Any) -> Any:
    return jnp.sum(jax.nn.softmax(4 * jnp.tanh(x), axis=1) ** 2)


def _normalized_rows(x: Any, gain: Any, bias: Any) -> Any:
    normalized = jax.nn.standardize(x, axis=1, epsilon=VARIANCE_EPSILON)
    return jnp.sum(jnp.tanh(normalized * gain + bias) ** 2)


def _logistic(weights: Any, bias: Any, x: Any, signs: Any) -> Any:
    return jnp.mean(jax.nn.softplus(-signs * (x @ weights + bias)))


def _gradient(f: Any, arrays: list[Any], *constants: Any) -> Task:
    function = jax.jit(jax.value_and_grad(f, tuple(range(len(arrays)))))
    arguments = [jnp.asarray(a) for a in (*arrays, *constants)]
    return lambda: jax.block_until_ready(function(*arguments)), lambda out: norms(*out)


def elementwise(count: int) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    return _gradient(_elementwise, [table(1, count)[0]])


def softmax_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    return _gradient(_softmax_rows, [table(rows, columns)])


def normalized_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    return _gradient(_normalized_rows, [table(rows, columns), jnp.ones(columns), jnp.zeros(columns)])


def logistic(rows: int, features: int) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, parameters = regression(rows, features)
    return _gradient(_logistic, parameters, x, signs)


def curvature(sizes: list[int], batch: int) -> Task:
    """Multiply the Hessian of a network's loss by a direction: forward mode over reverse, as JAX advises."""
    x, labels, start = classification(sizes, batch)
    parameters, tangents = ([jnp.asarray(a) for a in arrays] for arrays in (start, directions(start)))

    @jax.jit
    def product(parameters: Any, tangents: Any, x: Any, labels: Any) -> Any:
        return jax.jvp(lambda p: jax.grad(_loss)(p, x, labels, jnp.tanh), (parameters,), (tangents,))[1]

    return lambda: jax.block_until_ready(product(parameters, tangents, x, labels)), lambda out: norms(0.0, out)
