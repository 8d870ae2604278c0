"""PyTorch compiled by `torch.compile`, each task as one graph: gradients by torch.func, the update inside.

The usual way, `backward()` around a compiled loss, takes three to five times as long on a tiny network.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.func import grad, grad_and_value, vjp

from benchmarks.peers import Task, pytorch
from benchmarks.peers.problem import (
    ADAM_RATE,
    BETA_1,
    BETA_2,
    EPSILON,
    LEARNING_RATE,
    LOG_BETA_1,
    LOG_BETA_2,
    classification,
    directions,
    norms,
    summary,
)

VERSION = f"{pytorch.VERSION}, torch.compile"


def _compiled(f: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function for the shapes it is called with, whatever was compiled before."""
    torch._dynamo.reset()  # else, after eight shapes, it falls back to eager silently
    compiled: Callable[..., Any] = torch.compile(f, dynamic=False, fullgraph=True)
    return compiled


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    function = _compiled(grad_and_value(lambda a, b: (a * b + a) ** 2 + b, (0, 1)))
    a, b = (torch.tensor(v, dtype=torch.float64) for v in (2.0, 3.0))
    return lambda: function(a, b), lambda out: [float(out[1]), *map(float, out[0])]


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    problem = classification(sizes, batch)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)
    parameters = [torch.from_numpy(p) for p in problem.parameters]
    gradient = grad_and_value(pytorch.network_loss)
    update = {"sgd": _descent, "adam": _adam}[optimizer]

    def train(parameters: list[Any], x: Any, labels: Any, state: Any) -> Any:
        gradients, loss = gradient(parameters, x, labels, torch.relu)
        update(parameters, gradients, state)
        return loss

    first, second = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    function, state = _compiled(train), (torch.zeros(()), first, second)
    return lambda: function(parameters, x, labels, state), lambda loss: summary(loss.item(), parameters)


def _descent(parameters: list[Any], gradients: list[Any], _state: Any) -> None:
    for p, g in zip(parameters, gradients, strict=True):
        p.sub_(g, alpha=LEARNING_RATE)


def _adam(parameters: list[Any], gradients: list[Any], state: Any) -> None:
    steps, first, second = state
    steps.add_(1)
    rate = ADAM_RATE * torch.sqrt(-torch.expm1(steps * LOG_BETA_2)) / -torch.expm1(steps * LOG_BETA_1)
    for p, g, m, v in zip(parameters, gradients, first, second, strict=True):
        m.mul_(BETA_1).add_(g, alpha=1 - BETA_1)
        v.mul_(BETA_2).addcmul_(g, g, value=1 - BETA_2)
        p.sub_(rate * m / (v.sqrt() + EPSILON))


def _gradient(f: Any, arrays: list[Any], *constants: Any) -> Task:
    tensors = [torch.from_numpy(np.array(a)) for a in arrays]
    function = _compiled(grad_and_value(f, tuple(range(len(arrays)))))
    return lambda: function(*tensors, *constants), lambda out: norms(out[1], out[0])


elementwise, softmax_rows, normalized_rows, logistic = pytorch.functions(_gradient)


def curvature(sizes: list[int], batch: int) -> Task:
    """Multiply the Hessian of a network's loss by a direction."""
    problem = classification(sizes, batch)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)
    parameters = tuple(torch.from_numpy(p) for p in problem.parameters)
    tangents = tuple(torch.from_numpy(v) for v in directions(problem.parameters))

    def product(parameters: Any, tangents: Any) -> Any:
        return vjp(lambda p: grad(pytorch.network_loss)(p, x, labels), parameters)[1](tangents)[0]

    function = _compiled(product)
    return lambda: function(parameters, tangents), lambda products: norms(0.0, products)
