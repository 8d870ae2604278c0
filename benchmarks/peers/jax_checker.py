"""JAX's `check_grads` in float64, one mode at a time: `custom_vjp` has no forward mode, `custom_jvp` serves there.

It asks for the order; 2 is ours. Its own random numbers are the same at every call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax.test_util import check_grads

from benchmarks.peers.mistakes import Function, Problem, plain, tasks

VERSION = f"{jax.__version__}, {jax.default_backend()}"

jax.config.update("jax_enable_x64", True)


def _elementwise(problem: Problem, mode: str, detach: Callable[[Any], Any]) -> Function:
    def f(x: Any) -> Any:
        return problem.scale * jnp.sin(x)

    def slope(x: Any) -> Any:
        return problem.factor * problem.scale * jnp.cos(detach(x))

    if mode == "fwd":
        forward = jax.custom_jvp(f)
        forward.defjvp(lambda xs, ts: (f(xs[0]), ts[0] * slope(xs[0])))
        return forward
    reverse = jax.custom_vjp(f)
    reverse.defvjp(lambda x: (f(x), x), lambda x, g: (g * slope(x),))
    return reverse


def _bias(mode: str, rule: Callable[[Any], Any]) -> Function:
    if mode == "fwd":
        raise NotImplementedError("a forward rule has no cotangent to sum")
    f = jax.custom_vjp(jnp.add)
    f.defvjp(lambda x, b: (x + b, None), lambda _, g: (g, rule(g)))
    return f


FUNCTIONS = {
    "planted sine": lambda problem, mode: _elementwise(problem, mode, lambda x: x),
    "detached sine": lambda problem, mode: _elementwise(problem, mode, jax.lax.stop_gradient),
    "bias, summed": lambda _, mode: _bias(mode, lambda g: jnp.sum(g, axis=0)),
    "bias, not summed": lambda _, mode: _bias(mode, lambda g: g),
    "bias, one row": lambda _, mode: _bias(mode, lambda g: g[0]),
    "relu": lambda *_: jax.nn.relu,
    **plain(jnp),
}


def _alarmed(f: Function, problem: Problem, mode: str, order: int | None, _seed: int) -> bool:
    check_grads(f, problem.inputs, order=order or 2, modes=(mode,))
    return False


checked, interrupted = tasks(FUNCTIONS, _alarmed, (AssertionError,))
