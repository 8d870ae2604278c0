"""What the modules of the distributions share: SciPy's function for plain arrays, a formula for tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.scipy._operands import not_scipys

Function = Callable[..., Any]


def by_formula(theirs: Function, formula: Function) -> Function:
    """Return SciPy's function, which takes tensors too: for them the formula is computed."""

    @wraps(formula)
    def run(*args: Any, **kwargs: Any) -> Any:
        if not_scipys(*args, *kwargs.values()):
            return formula(*map(_array, args), **{name: _array(value) for name, value in kwargs.items()})
        return theirs(*args, **kwargs)

    return run


def _array(x: Any) -> Any:
    return np.asarray(x) if isinstance(x, list | tuple) else x


def rest_of(distribution: Any) -> Function:
    """Return what a module looks names up by that it does not have: those of SciPy's distribution, for plain arrays."""

    known_as = getattr(distribution, "name", None) or type(distribution).__name__.removesuffix("_gen")

    def look_up(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        theirs = getattr(distribution, name)
        if not callable(theirs):
            return theirs

        def run(*args: Any, **kwargs: Any) -> Any:
            if not_scipys(*args, *kwargs.values()):
                raise NotImplementedError(
                    f"scipy.stats.{known_as}.{name} has no derivative; use t.detach() to leave the graph"
                )
            return theirs(*args, **kwargs)

        return run

    return look_up


def defined(out: Any, x: Any, *positive: Any) -> Any:
    """Return `out`, and nan where x is nan or a parameter not positive, as SciPy does."""
    valid = np.equal(x, x)
    for parameter in positive:
        valid = valid & np.greater(parameter, 0)
    return np.where(valid, out, np.nan)


def within(inside: Any, log_density: Any) -> Any:
    """Return a logarithm of a density, -inf outside of where the distribution lives."""
    return np.where(inside, log_density, -np.inf)
