"""Functions whose graph does not depend on values: run once, and by a program from then on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from autograd.compiler import compile as compiled

Function = Callable[..., Any]


def const_graph(fun: Function, *args: Any, **kwargs: Any) -> Function:
    """Return the function with these arguments, to be traced once for each kind of the rest; by `autograd.compile`.

    >>> import numpy as np
    >>> f = const_graph(lambda x, y: np.sum(x * y))
    >>> f(np.ones(3), np.arange(3.0)), f(np.ones(3), np.ones(3))
    (np.float64(3.0), np.float64(3.0))
    """
    return wraps(fun)(compiled(partial(fun, *args, **kwargs)))


def const_graph_unary(fun: Function) -> Function:
    """Return the function of one argument, to be traced once for each kind of it."""
    return const_graph(fun)
