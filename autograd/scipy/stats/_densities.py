"""What the modules of the distributions share: SciPy's function for plain arrays, a formula for tensors."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor

Function = Callable[..., Any]


def by_formula(theirs: Function, formula: Function) -> Function:
    """Return SciPy's function, which takes tensors too: for them the formula is computed."""

    @wraps(formula)
    def run(*args: Any, **kwargs: Any) -> Any:
        if any(isinstance(x, Tensor) for x in (*args, *kwargs.values())):
            return formula(*args, **kwargs)
        return theirs(*args, **kwargs)

    return run


def rest_of(distribution: Any) -> Function:
    """Return what a module looks names up by that it does not have: those of SciPy's distribution, for plain arrays."""

    def look_up(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        theirs = getattr(distribution, name)
        if not callable(theirs):
            return theirs

        def run(*args: Any, **kwargs: Any) -> Any:
            if any(isinstance(x, Tensor) for x in (*args, *kwargs.values())):
                raise NotImplementedError(
                    f"scipy.stats.{getattr(distribution, 'name', '?')}.{name} has no derivative; "
                    "use t.detach() to leave the graph"
                )
            return theirs(*args, **kwargs)

        return run

    return look_up


def within(inside: Any, log_density: Any) -> Any:
    """Return a logarithm of a density, -inf outside of where the distribution lives."""
    return np.where(inside, log_density, -np.inf)
