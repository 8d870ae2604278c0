"""How NumPy passes on the arguments of a call, in the form that rules take them in."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any, NoReturn


@cache
def _operand_names(func: Any) -> tuple[str, ...]:
    """Return the names that a function of NumPy has for what it must be given."""
    try:
        parameters = inspect.signature(func).parameters.values()
    except ValueError:  # of some functions in C there is none
        return ()
    return tuple(p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)


def by_position(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a call with the operands by position, and without `out`, which must be None.

    NumPy's own names of them, as in np.take(a=x, indices=i), are not those that rules have.
    """
    if "out" in kwargs:
        kwargs = dict(kwargs)
        refuse_out(func.__name__, kwargs.pop("out"))
    names = _operand_names(func)
    if len(args) < len(names) and names[len(args)] in kwargs:
        kwargs = dict(kwargs)
        while len(args) < len(names) and names[len(args)] in kwargs:
            args = (*args, kwargs.pop(names[len(args)]))
    return args, kwargs


def refuse_out(name: str, out: Any) -> None:
    """Refuse an array to write to, if there is one."""
    if out is not None:
        no_out(name)


def no_out(name: str) -> NoReturn:
    """Say that a result is not written into an array of the caller's."""
    raise TypeError(
        f"{name}: out= cannot be used with tensors, whose values are never written to. Leave it away, use the result."
    )
