"""Optimisers in NumPy, for what has none of its own: every pass in place, into memory that is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import numpy as np

from benchmarks.peers.problem import ADAM_RATE, BETA_1, BETA_2, EPSILON, LEARNING_RATE

Update: TypeAlias = Callable[[list[Any]], None]


def descent(parameters: list[Any]) -> Update:
    """Return a function that takes gradients, which it overwrites, and takes one step down them."""

    def update(gradients: list[Any]) -> None:
        for p, g in zip(parameters, gradients, strict=True):
            g *= LEARNING_RATE
            p -= g

    return update


def adam(parameters: list[Any]) -> Update:
    """Return the same for Adam (Kingma and Ba 2015, the form at the end of their section 2)."""
    state = [tuple(np.zeros_like(p) for _ in range(3)) for p in parameters]
    steps = 0

    def update(gradients: list[Any]) -> None:
        nonlocal steps
        steps += 1
        rate = ADAM_RATE * (1 - BETA_2**steps) ** 0.5 / (1 - BETA_1**steps)
        for p, g, (m, v, scratch) in zip(parameters, gradients, state, strict=True):
            np.multiply(g, g, out=scratch)
            scratch *= 1 - BETA_2
            v *= BETA_2
            v += scratch
            g *= 1 - BETA_1
            m *= BETA_1
            m += g
            np.sqrt(v, out=scratch)
            scratch += EPSILON
            np.divide(m, scratch, out=scratch)
            scratch *= rate
            p -= scratch

    return update


UPDATES: Final = {"sgd": descent, "adam": adam}
