"""The optimisers of HIPS autograd: of parameters in any containers, with a gradient that is told the iteration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.misc.flatten import flatten

Gradient = Callable[[Any, int], Any]
Callback = Callable[[Any, int, Any], Any]
Step = Callable[[Any, int], Any]


def _run(grad: Gradient, init_params: Any, callback: Callback | None, num_iters: int, step: Step) -> Any:
    """Take the steps that `step(g, i)` gives, from a vector of the parameters."""
    x, unflatten = flatten(init_params)
    for i in range(num_iters):
        g, _ = flatten(grad(unflatten(x), i))
        if callback is not None:
            callback(unflatten(x), i, unflatten(g))
        x = x + step(g, i)
    return unflatten(x)


def sgd(
    grad: Gradient, x: Any, callback: Callback | None = None, num_iters: int = 200, step_size: float = 0.1,
    mass: float = 0.9,
) -> Any:  # fmt: skip
    """Return the parameters after gradient descent with momentum; grad(x, i) is the gradient in iteration i.

    >>> float(np.round(sgd(lambda x, i: 2 * (x - 3.0), 0.0), 3))
    3.0
    """
    velocity: Any = 0.0

    def step(g: Any, _i: int) -> Any:
        nonlocal velocity
        velocity = mass * velocity - (1.0 - mass) * g
        return step_size * velocity

    return _run(grad, x, callback, num_iters, step)


def rmsprop(
    grad: Gradient, x: Any, callback: Callback | None = None, num_iters: int = 100, step_size: float = 0.1,
    gamma: float = 0.9, eps: float = 1e-8,
) -> Any:  # fmt: skip
    """Return the parameters after steps divided by the root of a running mean of squares, which begins at 1."""
    average: Any = 1.0

    def step(g: Any, _i: int) -> Any:
        nonlocal average
        average = average * gamma + g**2 * (1 - gamma)
        return -step_size * g / (np.sqrt(average) + eps)

    return _run(grad, x, callback, num_iters, step)


def adam(
    grad: Gradient, x: Any, callback: Callback | None = None, num_iters: int = 100, step_size: float = 0.001,
    b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8,
) -> Any:  # fmt: skip
    """Return the parameters after Adam (Kingma and Ba, 2015)."""
    m: Any = 0.0
    v: Any = 0.0

    def step(g: Any, i: int) -> Any:
        nonlocal m, v
        m = (1 - b1) * g + b1 * m
        v = (1 - b2) * (g**2) + b2 * v
        mhat, vhat = m / (1 - b1 ** (i + 1)), v / (1 - b2 ** (i + 1))
        return -step_size * mhat / (np.sqrt(vhat) + eps)

    return _run(grad, x, callback, num_iters, step)
