"""PyTorch, eager, on the CPU with as many threads as it takes by itself."""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, layer_norm, softplus

from benchmarks.peers import Task
from benchmarks.peers.problem import (
    EPSILON,
    LEARNING_RATE,
    RATES,
    VARIANCE_EPSILON,
    Table,
    angles,
    classification,
    directions,
    factors,
    norms,
    regression,
    summary,
    table,
)

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


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd", lean: bool = False) -> Task:
    """Train a classifier by one step, with torch.optim as it comes; lean: by hand, or by the optimiser in one kernel.

    A layer is `addmm`, which nn.Linear calls too.
    """
    problem = classification(sizes, batch)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)
    parameters = [torch.from_numpy(p).requires_grad_() for p in problem.parameters]
    *hidden, last = zip(parameters[::2], parameters[1::2], strict=True)
    by_hand = lean and optimizer == "sgd"
    kind = {"sgd": torch.optim.SGD, "adam": functools.partial(torch.optim.Adam, eps=EPSILON)}[optimizer]
    chosen = kind(parameters, lr=RATES[optimizer], fused=True if lean else None)

    def step() -> Any:
        h = x
        for w, b in hidden:
            h = torch.relu(torch.addmm(b, h, w))
        w, b = last
        loss = cross_entropy(torch.addmm(b, h, w), labels)
        loss.backward()
        if by_hand:
            _descend(parameters)
        else:
            chosen.step()
            chosen.zero_grad()
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


def elementwise_loss(z: Any) -> Any:
    """Return a chain of elementwise operations, summed."""
    return ((torch.tanh(z) * torch.sigmoid(z) + torch.exp(-(z**2))) ** 2).sum()


def softmax_loss(x: Any) -> Any:
    """Return the sum of the squares of a softmax of each row."""
    return (torch.softmax(4 * torch.tanh(x), 1) ** 2).sum()


def normalized_loss(x: Any, gain: Any, bias: Any) -> Any:
    """Return a layer norm of each row, through tanh, squared and summed."""
    return (torch.tanh(layer_norm(x, x.shape[1:], gain, bias, VARIANCE_EPSILON)) ** 2).sum()


def logistic_loss(weights: Any, bias: Any, x: Any, signs: Any) -> Any:
    """Return the mean loss of a logistic regression."""
    return softplus(-signs * (x @ weights + bias)).mean()


def network_loss(parameters: Any, x: Any, labels: Any, activation: Any = torch.tanh) -> Any:
    """Return the loss of a network of dense layers."""
    h = x
    for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        h = activation(torch.addmm(b, h, w))
    return cross_entropy(torch.addmm(parameters[-1], h, parameters[-2]), labels)


def _gradient(f: Any, arrays: list[Any], *constants: Any) -> Task:
    """Compute a value and its gradient by `arrays`."""
    leaves = [torch.from_numpy(np.array(a)).requires_grad_() for a in arrays]

    def step() -> Any:
        for leaf in leaves:
            leaf.grad = None
        value = f(*leaves, *constants)
        value.backward()
        return value

    return step, lambda value: norms(value.item(), [leaf.grad for leaf in leaves])


def functions(gradient: Any) -> list[Any]:
    """Return the tasks that are a value and a gradient, for a way to compute these."""

    def elementwise(count: int) -> Task:
        return gradient(elementwise_loss, [table(1, count)[0]])

    def softmax_rows(rows: int, columns: int) -> Task:
        return gradient(softmax_loss, [table(rows, columns)])

    def normalized_rows(rows: int, columns: int) -> Task:
        ones, zeros = np.ones(columns, np.float32), np.zeros(columns, np.float32)
        return gradient(normalized_loss, [table(rows, columns), ones, zeros])

    def logistic(rows: int, features: int) -> Task:
        x, signs, parameters = regression(rows, features)
        return gradient(logistic_loss, parameters, torch.from_numpy(x), torch.from_numpy(signs))

    return [elementwise, softmax_rows, normalized_rows, logistic]


elementwise, softmax_rows, normalized_rows, logistic = functions(_gradient)


def curvature(sizes: list[int], batch: int) -> Task:
    """Multiply the Hessian of a network's loss by a direction: backward twice, as PyTorch's documentation advises."""
    problem = classification(sizes, batch)
    x, labels = torch.from_numpy(problem.x), torch.from_numpy(problem.labels)
    parameters = [torch.from_numpy(p).requires_grad_() for p in problem.parameters]
    tangents = [torch.from_numpy(v) for v in directions(problem.parameters)]

    def step() -> Any:
        gradients = torch.autograd.grad(network_loss(parameters, x, labels), parameters, create_graph=True)
        return torch.autograd.grad(gradients, parameters, tangents)

    return step, lambda products: norms(0.0, products)


def fit(sizes: list[int], steps: int, optimizer: str, metrics: list[str], shuffle: bool) -> Task:
    """Train for an epoch of `steps` batches of 32, by the loop that one writes; the loss is on logits."""
    table, answers, parameters = Table.of(sizes, steps)
    x, y = torch.from_numpy(table), torch.from_numpy(answers)
    net = _sigmoids(sizes, parameters)
    kind = {"sgd": torch.optim.SGD, "adam": functools.partial(torch.optim.Adam, eps=EPSILON)}[optimizer]
    chosen = kind(net.parameters(), lr=RATES[optimizer])

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
