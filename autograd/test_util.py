"""The checks of derivatives by HIPS autograd's names; `autograd.testing.check_grad` does the work."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.engine.tensor import current
from autograd.testing import check_grad
from autograd.transforms import tree_leaves

TOL = 1e-6
RTOL = 1e-6

Function = Callable[..., Any]


def check_grads(
    f: Function, args: Sequence[Any] | None = None, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Any:
    """Check the derivatives of f at the arguments; without these, return the function of them that does.

    Raises GradientCheckError, an AssertionError, whose message names the element and the operation.

    >>> check_grads(np.sin)(0.5)
    >>> check_grads(np.sin, (0.5,), modes=["rev"], order=1)
    """
    if args is None:
        return lambda *args: check_grads(f, args, modes, order)
    check_grad(f, *args, modes=tuple(modes), order=order).raise_if_failed()  # type: ignore[arg-type]
    return None


def check_vjp(f: Function, x: Any) -> None:
    """Check the derivative of f at x, by reverse mode."""
    check_grads(f, (x,), modes=("rev",), order=1)


def check_jvp(f: Function, x: Any) -> None:
    """Check the derivative of f at x, by forward mode."""
    check_grads(f, (x,), modes=("fwd",), order=1)


def combo_check(
    fun: Function, argnums: Sequence[int], modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """Return a check of all combinations of the arguments, each given as a list of choices, by these `argnums`.

    >>> combo_check(np.sum, [0])([np.ones(3), np.ones((2, 2))], axis=[None, 0])
    """

    def check(*choices: Sequence[Any], **options: Sequence[Any]) -> None:
        for args in itertools.product(*choices):
            for values in itertools.product(*options.values()):
                chosen = partial(_by_argnums, fun, args, dict(zip(options, values, strict=True)), argnums)
                check_grads(chosen, [args[i] for i in argnums], modes, order)

    return check


def _by_argnums(fun: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int], *xs: Any) -> Any:
    filled = list(args)
    for i, x in zip(argnums, xs, strict=True):
        filled[i] = x
    return fun(*filled, **kwargs)


def scalar_close(a: Any, b: Any) -> bool:
    """Return whether two numbers are equal to 1e-6, relative or absolute."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def check_equivalent(x: Any, y: Any) -> None:
    """Raise AssertionError unless nested containers of arrays are equal to 1e-6, of the same shapes."""
    pairs = list(zip(tree_leaves([x]), tree_leaves([y]), strict=True))
    for a, b in pairs:
        a, b = np.asarray(current(a)), np.asarray(current(b))
        assert a.shape == b.shape, f"{a.shape} and {b.shape} are different shapes"
        np.testing.assert_allclose(a, b, rtol=RTOL, atol=TOL)
