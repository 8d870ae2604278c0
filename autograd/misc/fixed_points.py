"""Fixed points, differentiated by what they solve and not through the iterations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.differential_operators import make_vjp
from autograd.extend import defvjp, primitive

Map = Callable[[Any], Any]


def _iterated(f: Callable[[Any], Map], a: Any, x0: Any, distance: Callable[[Any, Any], Any], tol: float) -> Any:
    step = f(a)
    before, x = x0, step(x0)
    while distance(before, x) > tol:
        before, x = x, step(x)
    return x


@primitive
def fixed_point(f: Callable[[Any], Map], a: Any, x0: Any, distance: Callable[[Any, Any], Any], tol: float) -> Any:
    """Return x with f(a)(x) = x, found by iterating from x0 until two `distance`s apart by at most `tol`.

    Its derivative by `a` is that of the equation: the cotangent of x is a fixed point itself (Christianson, 1994).

    >>> import autograd
    >>> def newton(a): return lambda x: 0.5 * (x + a / x)
    >>> autograd.grad(fixed_point, 1)(newton, 2.0, 1.0, lambda x, y: abs(x - y), 1e-10).round(9)
    np.float64(0.353553391)
    """
    return _iterated(f, a, x0, distance, tol)


def _by_a(ans: Any, f: Callable[[Any], Map], a: Any, x0: Any, distance: Any, tol: float) -> Callable[[Any], Any]:
    del x0
    pull_x, _ = make_vjp(lambda x: f(a)(x))(ans)
    pull_a, _ = make_vjp(lambda a: f(a)(ans))(a)

    def pull(g: Any) -> Any:
        return pull_a(fixed_point(lambda g: lambda u: g + pull_x(u), g, g, distance, tol))

    return pull


defvjp(fixed_point, None, _by_a, None, None, None)
