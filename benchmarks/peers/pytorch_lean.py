"""PyTorch without torch.optim: parameters updated in place, by hand."""

from __future__ import annotations

from benchmarks.peers import Task, pytorch

VERSION = pytorch.VERSION


def training_step(sizes: list[int], batch: int) -> Task:
    """Train a classifier by one step of gradient descent."""
    return pytorch.training_step(sizes, batch, optimizer=False)
