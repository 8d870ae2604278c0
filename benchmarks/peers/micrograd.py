"""micrograd: Python floats, one object each."""

from __future__ import annotations

from typing import Any

from micrograd.engine import Value

from benchmarks.peers import Task


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient."""
    a, b = Value(2.0), Value(3.0)

    def step() -> Any:
        a.grad = b.grad = 0
        y = (a * b + a) ** 2 + b
        y.backward()
        return y

    return step, lambda y: [y.data, a.grad, b.grad]


def additions(count: int) -> Task:
    """Add x to itself `count` times, and pull the gradient through all of it."""
    x = Value(0.5)

    def step() -> Any:
        x.grad = 0
        y = x
        for _ in range(count):
            y = y + x
        y.backward()
        return y

    return step, lambda y: [y.data, x.grad]
