"""graphgrad's `check_grad`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd.testing import check_grad
from benchmarks.peers.mistakes import Function, Problem, plain, tasks
from benchmarks.peers.ours import VERSION as VERSION


def _elementwise(problem: Problem, detach: Callable[[Any], Any]) -> Function:
    @autograd.operation(vjp=lambda g, _out, x: g * problem.factor * problem.scale * np.cos(detach(x)))
    def f(x: Any) -> Any:
        return problem.scale * np.sin(x)

    return f


def _detached(x: Any) -> Any:
    return x.detach() if isinstance(x, autograd.Tensor) else x


def _bias(rule: Callable[[Any], Any]) -> Function:
    @autograd.operation(vjp=lambda g, _out, _x, _b: (g, rule(g)))
    def f(x: Any, b: Any) -> Any:
        return x + b

    return f


FUNCTIONS = {
    "planted sine": lambda problem, _: _elementwise(problem, lambda x: x),
    "detached sine": lambda problem, _: _elementwise(problem, _detached),
    "bias, summed": lambda *_: _bias(lambda g: np.sum(g, axis=0)),
    "bias, not summed": lambda *_: _bias(lambda g: g),
    "bias, one row": lambda *_: _bias(lambda g: g[0]),
    "relu": lambda *_: autograd.relu,
    **plain(np),
}


def _alarmed(f: Function, problem: Problem, _mode: str, order: int | None, seed: int) -> bool:
    options = {} if order is None else {"order": order}
    return not check_grad(f, *problem.inputs, seed=seed, **options).passed


checked, interrupted = tasks(FUNCTIONS, _alarmed)
