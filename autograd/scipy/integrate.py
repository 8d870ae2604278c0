"""Ordinary differential equations, differentiated by the adjoint equation; the rest is `scipy.integrate` itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import integrate as _integrate

from autograd.differential_operators import make_vjp
from autograd.engine.tensor import Tensor
from autograd.extend import defvjp_argnums, primitive
from autograd.misc.flatten import flatten
from autograd.transforms import tree_leaves


def __getattr__(name: str) -> Any:
    return getattr(_integrate, name)


# What the solver of the adjoint equation takes over; the others (Dfun, ml, mu, tcrit, ...) speak of y and func alone.
_OF_ADJOINT = frozenset({"rtol", "atol", "h0", "hmax", "hmin", "mxstep", "mxhnil", "mxordn", "mxords"})


def odeint(func: Callable[..., Any], y0: Any, t: Any, args: Any = (), **options: Any) -> Any:
    """Return the solution of y' = func(y, t, *args) at the times t, (len(t), n), from y0, (n,), at the first.

    As SciPy does. Derivatives by y0, t and args come from the adjoint equation, which is solved backward with the same
    tolerances (Pontryagin et al., 1962); func is written with NumPy functions. They are of first order, by reverse
    mode.

    >>> import autograd
    >>> def decay(y, t, rate): return -rate * y
    >>> def end(rate): return odeint(decay, np.array([1.0]), np.array([0.0, 1.0]), (rate,))[-1, 0]
    >>> autograd.grad(end)(2.0).round(6), (-np.exp(-2.0)).round(6)
    (np.float64(-0.135335), np.float64(-0.135335))
    """
    if not any(isinstance(x, Tensor) for x in tree_leaves([y0, t, args])):
        return _integrate.odeint(func, y0, t, args, **options)
    if options.get("full_output"):
        raise TypeError("odeint: full_output=True is for plain arrays; call it on t.detach() for the report")
    if not isinstance(args, tuple):
        raise TypeError("odeint: args must be a tuple, as in args=(a,)")
    return _solution(func, y0, t, args, **options)


_solution = primitive(_integrate.odeint)


def _adjoint(argnums: Any, out: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Callable[[Any], Any]:
    func, y0, t, extra = args
    params, unflatten = flatten(extra)

    def slope(y: Any, t: Any, params: Any) -> Any:
        state = (t, y) if options.get("tfirst") else (y, t)
        return func(*state, *unflatten(params))

    def pull(g: Any) -> tuple[Any, ...]:
        if any(isinstance(x, Tensor) for x in tree_leaves([g, out, y0, t, params])):
            raise NotImplementedError(
                "odeint: its derivatives are of first order and by reverse mode only; for more write the steps of the "
                "solver with NumPy functions"
            )
        found = _backward(slope, out, t, g, params, _for_adjoint(options))
        by_argnum = {1: np.reshape(found[0], np.shape(y0)), 2: found[1], 3: unflatten(found[2])}
        return tuple(by_argnum[n] for n in argnums)

    return pull


def _for_adjoint(options: dict[str, Any]) -> dict[str, Any]:
    """Return the options that the adjoint equation is solved with; of tolerances of each variable the smallest."""
    taken = {k: v for k, v in options.items() if k in _OF_ADJOINT and v is not None}
    return {k: float(np.min(v)) if k in ("rtol", "atol") else v for k, v in taken.items()}


def _backward(slope: Any, ys: Any, t: Any, g: Any, params: Any, options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Return the gradients by the first values, the times and the parameters.

    From each time to the one before, the adjoint a follows a' = -a ∂f/∂y, and grows by the cotangent that it meets.
    """
    size = ys.shape[1]

    def reverse(state: Any, minus_t: float) -> Any:
        y, a = state[:size], state[size : 2 * size]
        pulled, f = make_vjp(slope, (0, 2))(y, -minus_t, params)
        by_y, by_params = pulled(np.asarray(a))
        return np.concatenate([np.negative(f), by_y, by_params])

    a, by_params = g[-1], np.zeros_like(params)
    by_t = [np.dot(slope(y, time, params), c) for y, time, c in zip(ys, t, g, strict=True)]
    by_t[0] = np.zeros_like(by_t[0])  # the first values are given, so they do not depend on the first time
    for i in range(len(t) - 1, 0, -1):
        state = np.concatenate([ys[i], a, by_params])
        state = _integrate.odeint(reverse, state, np.array([-t[i], -t[i - 1]]), **options)[1]
        by_t[0] = -np.dot(slope(ys[i - 1], t[i - 1], params), state[size : 2 * size]) if i == 1 else by_t[0]
        a, by_params = state[size : 2 * size] + g[i - 1], state[2 * size :]
    return a, np.array(by_t), by_params


defvjp_argnums(_solution, _adjoint)
