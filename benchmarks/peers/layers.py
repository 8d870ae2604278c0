"""graphgrad's `nn`: the same training step by its layers, its loss and its optimiser."""

from __future__ import annotations

from typing import Any

import autograd
import nn
from autograd import tensor
from benchmarks.peers import Task
from benchmarks.peers.problem import ADAM_RATE, EPSILON, LEARNING_RATE, classification, summary

VERSION = autograd.__version__


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    problem = classification(sizes, batch)
    x = tensor(problem.x)
    *hidden, last = sizes[1:]
    model = nn.Sequential([*(nn.Dense(size, activation="relu") for size in hidden), nn.Dense(last)])
    model(x)  # makes the parameters
    parameters = model.parameters()
    for p, start in zip(parameters, problem.parameters, strict=True):
        p.data = start
    loss_of = nn.SparseCategoricalCrossentropy(from_logits=True)
    chosen = nn.SGD(LEARNING_RATE) if optimizer == "sgd" else nn.Adam(ADAM_RATE, epsilon=EPSILON)
    chosen.build(parameters)

    def step() -> Any:
        loss = loss_of(problem.labels, model(x))
        loss.backward()
        chosen.step()
        chosen.zero_grad()
        return loss

    return step, lambda loss: summary(loss.item(), [p.data for p in parameters])
