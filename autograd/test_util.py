"""The checks of derivatives by HIPS autograd's names; `autograd.testing.check_grad` does the work."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.engine.tensor import as_tensor, current
from autograd.testing import check_grad
from autograd.transforms import tree_leaves, tree_like

TOL = 1e-6
RTOL = 1e-6

Function = Callable[..., Any]


def check_grads(
    f: Function, argnum: Any = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2, *, args: Any = None
) -> Any:
    """Return the check of the derivatives of f by its argument `argnum`, or several, at what it is called with.

    With arguments in the place of `argnum`, as JAX has it, they are checked at once, by all of them. What does not
    depend on the arguments has the derivative zero. An error of 1e-6, relative or absolute, is accepted, as HIPS
    autograd does; `check_grad` is sharper.

    Raises GradientCheckError, an AssertionError, whose message names the element and the operation.

    >>> check_grads(np.sin)(0.5)
    >>> check_grads(np.multiply, argnum=(0, 1), modes=["rev"])(0.5, 2.0)
    >>> check_grads(np.sin, (0.5,), order=1)
    """
    if args is None and not isinstance(argnum, int) and not all(type(n) is int for n in argnum):
        args = argnum
    if args is not None:
        return _check(f, list(args), modes, order)

    def check(*args: Any, **kwargs: Any) -> None:
        argnums = [argnum] if isinstance(argnum, int) else list(argnum)
        chosen = partial(_by_argnums, f, args, kwargs, argnums)
        _check(chosen, [args[n] for n in argnums], modes, order)

    return check


def _check(f: Function, args: Sequence[Any], modes: Sequence[str], order: int) -> None:
    def run(*xs: Any) -> Any:
        out = f(*xs)
        return tree_like(out, [as_tensor(leaf) for leaf in tree_leaves(out)])

    run.__name__ = getattr(f, "__name__", "function")
    xs = tree_like(args, [_inexact(leaf) for leaf in tree_leaves(args)])
    check_grad(run, *xs, modes=tuple(modes), order=order, rtol=RTOL, atol=TOL).raise_if_failed()  # type: ignore[arg-type]


def _inexact(x: Any) -> Any:
    """Return whole numbers as floats, by which a function has a derivative."""
    return np.asarray(x, float) if np.asarray(current(x)).dtype.kind in "iu" else x


def check_vjp(f: Function, x: Any) -> None:
    """Check the derivative of f at x, by reverse mode."""
    _check(f, [x], ("rev",), order=1)


def check_jvp(f: Function, x: Any) -> None:
    """Check the derivative of f at x, by forward mode."""
    _check(f, [x], ("fwd",), order=1)


def combo_check(
    fun: Function, argnum: int | Sequence[int] = 0, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> Callable[..., None]:
    """Return a check of all combinations of the arguments, each given as a list of choices, by these of them.

    >>> combo_check(np.sum, [0])([np.ones(3), np.ones((2, 2))], axis=[None, 0])
    """

    def check(*choices: Sequence[Any], **options: Sequence[Any]) -> None:
        for args in itertools.product(*choices):
            for values in itertools.product(*options.values()):
                check_grads(fun, argnum, modes, order)(*args, **dict(zip(options, values, strict=True)))

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
