"""Operators on functions of one argument made into operators on functions of many, as in HIPS autograd."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from autograd.util import subvals

Function = Callable[..., Any]


def wraps(
    fun: Function, namestr: str = "{fun}", docstr: str = "{doc}", **kwargs: Any
) -> Callable[[Function], Function]:
    """Let a function have the name and the documentation of another, put into these two patterns.

    >>> @wraps(len, namestr="checked_{fun}")
    ... def f(x): return len(x)
    >>> f.__name__
    'checked_len'
    """

    def decorate(wrapper: Function) -> Function:
        words = {"fun": getattr(fun, "__name__", "function"), "doc": getattr(fun, "__doc__", "") or "", **kwargs}
        functools.update_wrapper(wrapper, fun)
        wrapper.__name__ = namestr.format(**words)
        wrapper.__doc__ = docstr.format(**words)
        return wrapper

    return decorate


def unary_to_nary(unary_operator: Function) -> Function:
    """Return `unary_operator(f, x)`, of a function of one argument, as `operator(f, argnum=0)(*args)`.

    `argnum` is an int, or a tuple or list of them: then the one argument is a tuple.

    >>> @unary_to_nary
    ... def change(f, x): return f(x + 1) - f(x)
    >>> change(lambda a, b: a * b, 1)(3, 10)
    3
    """

    @functools.wraps(unary_operator)
    def nary_operator(fun: Function, argnum: int | Sequence[int] = 0, *more: Any, **options: Any) -> Function:
        if not isinstance(argnum, int) and not all(isinstance(i, int) for i in argnum):
            raise TypeError(f"{unary_operator.__name__}: argnum must be an int or a tuple of them, not {argnum!r}")

        @wraps(fun, namestr=unary_operator.__name__ + "_of_{fun}")
        def nary_f(*args: Any, **kwargs: Any) -> Any:
            def unary_f(x: Any) -> Any:
                changed = [(argnum, x)] if isinstance(argnum, int) else zip(argnum, x, strict=True)
                return fun(*subvals(args, changed), **kwargs)

            x = args[argnum] if isinstance(argnum, int) else tuple(args[i] for i in argnum)
            return unary_operator(unary_f, x, *more, **options)

        return nary_f

    return nary_operator
