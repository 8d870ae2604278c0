"""PyTorch, eager, on the CPU with as many threads as it takes by itself."""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from benchmarks.peers import Task
from benchmarks.peers.problem import EPSILON, LEARNING_RATE, Table, angles, classification, factors, summary

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


def fit(sizes: list[int], steps: int, optimizer: str, metrics: list[str], shuffle: bool) -> Task:
    """Train for an epoch of `steps` batches of 32, by the loop that one writes; the loss is on logits."""
    table, answers, parameters = Table.of(sizes, steps)
    x, y = torch.from_numpy(table), torch.from_numpy(answers)
    net = _sigmoids(sizes, parameters)
    kind = {"sgd": torch.optim.SGD, "adam": functools.partial(torch.optim.Adam, eps=EPSILON)}[optimizer]
    chosen = kind(net.parameters(), lr=LEARNING_RATE)

    def step() -> Any:
        total, right = 0.0, 0
        order = torch.randperm(len(x)) if shuffle else None
        for i in range(0, len(x), 32):
            rows = slice(i, i + 32) if order is None else order[i : i + 32]
            batch, truth = x[rows], y[rows]
            chosen.zero_grad()
            logits = net(batch)[:, 0]
            loss = binary_cross_entropy_with_logits(logits, truth)
            loss.backward()
            chosen.step()
            total += loss.item() * len(batch)
            if metrics:
                right += ((logits > 0) == (truth > 0)).sum().item()
        return total / len(x)

    return step, lambda loss: [] if shuffle else summary(loss, [p.detach().numpy() for p in net.parameters()])


def predict_one(sizes: list[int]) -> Task:
    """Ask for the answer to one row, an array, and get an array."""
    rows, _, parameters = Table.of(sizes, 1)
    net, row = _sigmoids(sizes, parameters), rows[:1]

    def step() -> Any:
        with torch.inference_mode():
            return torch.sigmoid(net(torch.from_numpy(row))).numpy()

    return step, lambda answer: [float(answer[0, 0])]


def _sigmoids(sizes: list[int], parameters: list[Any]) -> torch.nn.Sequential:
    """Return layers with sigmoids between them; the last one gives logits."""
    layers: list[torch.nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.Sigmoid()]
    net = torch.nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, start in zip(net.parameters(), parameters, strict=True):
            p.copy_(torch.from_numpy(start.T))
    return net
