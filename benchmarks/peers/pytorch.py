"""PyTorch, eager, on the CPU with as many threads as it takes by itself."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.functional import cross_entropy

from benchmarks.peers import Task
from benchmarks.peers.problem import LEARNING_RATE, angles, classification, factors, summary

VERSION = f"{torch.__version__}, {torch.get_num_threads()} threads"


def multiply(size: int, spelling: str) -> Task:
    """Record one product of two matrices, element by element."""
    x, y = (torch.from_numpy(a).requires_grad_() for a in factors(size))
    step = (lambda: x * y) if spelling == "operator" else (lambda: torch.multiply(x, y))
    return step, lambda out: [out.sum().item()]


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    a, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (2.0, 3.0))

    def step() -> Any:
        a.grad = b.grad = None
        y = (a * b + a) ** 2 + b
        y.backward()
        return y

    return step, lambda y: [y.item(), a.grad.item(), b.grad.item()]


def training_step(sizes: list[int], batch: int, optimizer: bool = True) -> Task:
    """Train a classifier by one step of gradient descent, with torch.optim or, which is leaner, by hand.

    A layer is `addmm`, which nn.Linear calls too.
    """
    problem = classification(sizes, batch)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)
    parameters = [torch.from_numpy(p).requires_grad_() for p in problem.parameters]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    sgd = torch.optim.SGD(parameters, LEARNING_RATE)

    def step() -> Any:
        h = x
        for w, b in hidden:
            h = torch.relu(torch.addmm(b, h, w))
        w, b = last
        loss = cross_entropy(torch.addmm(b, h, w), labels)
        loss.backward()
        if optimizer:
            sgd.step()
            sgd.zero_grad()
        else:
            _descend(parameters)
        return loss

    return step, lambda loss: summary(loss.item(), [p.detach() for p in parameters])


def _descend(parameters: list[Any]) -> None:
    with torch.no_grad():
        for p in parameters:
            p.sub_(p.grad, alpha=LEARNING_RATE)
            p.grad = None


def additions(count: int) -> Task:
    """Add x to itself `count` times, and pull the gradient through all of it."""
    x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)

    def step() -> Any:
        x.grad = None
        y = x
        for _ in range(count):
            y = y + x
        y.backward()
        return y

    return step, lambda y: [y.item(), x.grad.item()]


def sines(count: int, depth: int) -> Task:
    """Take the sine `depth` times in a row, sum, and compute the gradient."""
    x = torch.from_numpy(angles(count)).requires_grad_()

    def step() -> Any:
        x.grad = None
        y = x
        for _ in range(depth):
            y = torch.sin(y)
        y = y.sum()
        y.backward()
        return y

    return step, lambda y: [y.item(), x.grad.sum().item()]
