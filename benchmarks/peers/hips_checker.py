"""HIPS autograd's `check_grads`: both modes, and reverse alone where the planted rule has no other.

By default it looks at the first argument only; here it is asked for all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
from autograd.extend import defvjp, primitive
from autograd.test_util import check_grads
from autograd.tracer import getval
from benchmarks.peers.mistakes import Function, Problem, plain, tasks


def _elementwise(problem: Problem, detach: Callable[[Any], Any]) -> Function:
    @primitive
    def f(x: Any) -> Any:
        return problem.scale * np.sin(x)

    defvjp(f, lambda _out, x: lambda g: g * problem.factor * problem.scale * np.cos(detach(x)))
    return f


def _bias(rule: Callable[[Any], Any]) -> Function:
    @primitive
    def f(x: Any, b: Any) -> Any:
        return x + b

    defvjp(f, lambda *_: lambda g: g, lambda *_: rule)
    return f


FUNCTIONS = {
    "planted sine": lambda problem, _: _elementwise(problem, lambda x: x),
    "detached sine": lambda problem, _: _elementwise(problem, getval),
    "bias, summed": lambda *_: _bias(lambda g: np.sum(g, axis=0)),
    "bias, not summed": lambda *_: _bias(lambda g: g),
    "bias, one row": lambda *_: _bias(lambda g: g[0]),
    "relu": lambda *_: lambda x: np.maximum(x, 0.0),
    **plain(np),
}


def _alarmed(f: Function, problem: Problem, _mode: str, order: int | None, seed: int) -> bool:
    np.random.seed(seed)  # the checker draws from there
    options = ({"modes": ["rev"]} if problem.planted else {}) | ({} if order is None else {"order": order})
    arguments = tuple(range(len(problem.inputs)))
    check_grads(f, arguments if len(arguments) > 1 else 0, **options)(*problem.inputs)
    return False


checked, interrupted = tasks(FUNCTIONS, _alarmed, (AssertionError,))
