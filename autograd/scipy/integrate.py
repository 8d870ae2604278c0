"""Ordinary differential equations, differentiated by equations of their own; the rest is `scipy.integrate` itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import integrate as _integrate

from autograd.engine.tensor import Tensor
from autograd.extend import defjvp_argnums, defvjp_argnums, primitive
from autograd.misc.flatten import flatten
from autograd.numpy.wrapped import asarray
from autograd.transforms import jvp, tree_leaves, vjp

Function = Callable[..., Any]


def __getattr__(name: str) -> Any:
    return getattr(_integrate, name)


# What the solvers of those equations take over; the others (Dfun, ml, mu, tcrit, ...) speak of y and func alone.
_TAKEN_OVER = frozenset({"rtol", "atol", "h0", "hmax", "hmin", "mxstep", "mxhnil", "mxordn", "mxords"})


def odeint(func: Function, y0: Any, t: Any, args: Any = (), **options: Any) -> Any:
    """Return the solution of y' = func(y, t, *args) at the times t, (len(t), n), from y0, (n,), at the first.

    As SciPy does. Derivatives by y0, t and args, of any order, come from equations that are solved with the same
    tolerances, and are as exact as those: reverse mode from the adjoint equation, backward in time (Pontryagin et al.,
    1962), forward mode from the variational one. func is written with NumPy functions.

    >>> import autograd
    >>> def decay(y, t, rate): return -rate * y
    >>> def end(rate): return odeint(decay, np.array([1.0]), np.array([0.0, 1.0]), (rate,))[-1, 0]
    >>> autograd.grad(end)(2.0).round(6), (-np.exp(-2.0)).round(6)
    (np.float64(-0.135335), np.float64(-0.135335))
    """
    if any(isinstance(x, Tensor) for x in tree_leaves([y0, t, args])):
        if options.get("full_output"):
            raise TypeError("odeint: full_output=True is for plain arrays; call it on t.detach() for the report")
        if not isinstance(args, tuple):
            raise TypeError("odeint: args must be a tuple, as in args=(a,)")
    return _solution(func, y0, t, args, **options)


_solution = primitive(_integrate.odeint)


def _adjoint(argnums: Any, out: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Function:
    func, y0, t, extra = args
    params, unflatten = flatten(extra)

    def pull(g: Any) -> tuple[Any, ...]:
        found = _backward(_slope(func, unflatten, options), out, t, g, params, _taken_over(options))
        by_argnum = {1: np.reshape(found[0], np.shape(y0)), 2: found[1], 3: unflatten(found[2])}
        return tuple(by_argnum[n] for n in argnums)

    return pull


def _slope(func: Function, unflatten: Function, options: dict[str, Any]) -> Function:
    """Return func as a function (y, t, params), with its parameters in one vector, that returns an array."""

    def slope(y: Any, t: Any, params: Any) -> Any:
        state = (t, y) if options.get("tfirst") else (y, t)
        return asarray(func(*state, *unflatten(params)))

    return slope


def _taken_over(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that the further equations are solved with; of tolerances of each variable the smallest."""
    taken = {k: v for k, v in options.items() if k in _TAKEN_OVER and v is not None}
    return {k: float(np.min(v)) if k in ("rtol", "atol") else v for k, v in taken.items()}


def _backward(slope: Function, ys: Any, t: Any, g: Any, params: Any, options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return the gradients by the first values, the times and the parameters.

    From each time to the one before, the adjoint a follows a' = -a ∂f/∂y, and grows by the cotangent that it meets.
    """
    size = ys.shape[1]

    def reverse(state: Any, minus_t: Any, params: Any) -> Any:
        y, a = state[:size], state[size : 2 * size]
        f, pullback = vjp(lambda y, params: slope(y, -minus_t, params), y, params)
        by_y, by_params = pullback(a)
        return np.concatenate([np.negative(f), by_y, by_params])

    a, by_params = g[-1], np.zeros_like(params)
    by_t = [np.dot(slope(y, time, params), c) for y, time, c in zip(ys, t, g, strict=True)]
    by_t[0] = np.zeros_like(by_t[0])  # the first values are given, so they do not depend on the first time
    for i in range(len(t) - 1, 0, -1):
        state = np.concatenate([ys[i], a, by_params])
        state = odeint(reverse, state, np.negative(t[i - 1 : i + 1][::-1]), (params,), **options)[1]
        by_t[0] = -np.dot(slope(ys[i - 1], t[i - 1], params), state[size : 2 * size]) if i == 1 else by_t[0]
        a, by_params = state[size : 2 * size] + g[i - 1], state[2 * size :]
    return a, np.stack(by_t), by_params


def _variation(argnums: Sequence[int], gs: Sequence[Any], ys: Any, args: tuple[Any, ...], options: Any) -> Any:
    """Return the tangent of the solution: s' = ∂f/∂y s + ∂f/∂params ṗ along it, and its slope times each step of t."""
    func, _, t, extra = args
    params, unflatten = flatten(extra)
    moved = dict(zip(argnums, gs, strict=True))
    by_y0, by_t = (moved.get(n, np.zeros_like(x)) for n, x in ((1, ys[0]), (2, t)))
    by_params = flatten(moved[3])[0] if 3 in moved else np.zeros_like(params)
    slope, size = _slope(func, unflatten, options), ys.shape[1]

    def both(state: Any, t: Any, params: Any, direction: Any) -> Any:
        return np.concatenate(jvp(lambda y, p: slope(y, t, p), (state[:size], params), (state[size:], direction)))

    drift = np.stack([slope(y, time, params) * step for y, time, step in zip(ys, t, by_t, strict=True)])
    state = np.concatenate([ys[0], np.reshape(by_y0, (-1,)) - drift[0]])
    return odeint(both, state, t, (params, by_params), **_taken_over(options))[:, size:] + drift


defvjp_argnums(_solution, _adjoint)
defjvp_argnums(_solution, _variation)
