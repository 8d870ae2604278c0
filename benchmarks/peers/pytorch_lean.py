"""PyTorch, leaner than by default: parameters updated in place by hand, or by Adam in one kernel (`fused=True`)."""

from __future__ import annotations

from benchmarks.peers import Task, pytorch

VERSION = pytorch.VERSION


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    return pytorch.training_step(sizes, batch, optimizer, lean=True)
