"""Finding where a nan comes from: an observer of the recording and of backward."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autograd.engine.graph import Node
from autograd.engine.mode import mode_scope

_OURS = frozenset({"autograd", "nn", "viz"})


class detect_anomaly(mode_scope):
    """Stop at the first operation that makes a nan, in the forward or the backward pass.

    Inside the `with` block (or decorated function) FloatingPointError names the operation, the index of the
    first nan, and the line that called the operation; with `infinite=True` it stops at infinities too. Every
    node remembers its line, also for drawing. It is slower: use it to find an error, not to train.

    >>> import autograd
    >>> x = autograd.tensor([1.0, -1.0], requires_grad=True)
    >>> with autograd.detect_anomaly(), np.errstate(invalid="ignore"):
    ...     autograd.log(x)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FloatingPointError: log: made nan at index (1,) of its result of shape (2,), called at ...
    """

    def __init__(self, infinite: bool = False) -> None:
        super().__init__(_Watch(infinite))


class _Watch:
    def __init__(self, infinite: bool) -> None:
        self._bad = (lambda x: ~np.isfinite(x)) if infinite else np.isnan

    def recorded(self, node: Node, value: Any, _operands: Any) -> None:
        node.site = call_site()
        where = self._first(value)
        if where is not None:
            raise FloatingPointError(
                f"{_name(node)}: made {where[1]} at index {where[0]} of its result of shape {node.shape}, "
                f"called at {node.site}"
            )

    def pulled(self, node: Node, g: Any, contribution: Any) -> None:
        where = self._first(contribution)
        if where is None:
            return
        advice = ""
        if bool(np.any(np.isinf(g))):
            advice = (
                ". The gradient that arrived there was infinite already: some slope further on is, as that of sqrt "
                "is at 0. For the length of a vector use norm(), whose gradient at 0 is 0"
            )
        raise FloatingPointError(
            f"backward of {_name(node)}: made {where[1]} at index {where[0]} of the gradient of an input of shape "
            f"{contribution.shape}; the operation was called at {node.site or 'an unknown line'}{advice}"
        )

    def _first(self, value: Any) -> tuple[tuple[int, ...], Any] | None:
        """Return the index and the value of the first element that should not be, if there is one."""
        value = getattr(value, "elements", value)  # of a batch, all of it
        if getattr(value, "dtype", None) is None or value.dtype.kind not in "fc":
            return None
        bad = np.argwhere(np.atleast_1d(self._bad(value)))
        if not len(bad):
            return None
        index = tuple(int(i) for i in bad[0]) if value.shape else ()
        return index, value[index] if value.shape else value[()]


def _name(node: Node) -> str:
    return "leaf" if node.op is None else node.op.name


def call_site() -> str:
    """Return "file:line in function" of the innermost caller outside this project's packages.

    If there is none, as when the command line checks a model, the innermost one outside `autograd`.
    """
    frame: Any = sys._getframe(1)
    ours = None
    while frame is not None and (package := _package(frame)) in _OURS:
        if ours is None and package != "autograd":
            ours = frame
        frame = frame.f_back
    if ours is not None and (frame is None or package == "runpy"):
        frame = ours
    if frame is None:
        return "an unknown line"
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def _package(frame: Any) -> str:
    """Return the package that a frame belongs to; `python -m` runs its module as __main__, in its package."""
    known = frame.f_globals
    return (known.get("__package__") or known.get("__name__", "")).partition(".")[0]  # type: ignore[no-any-return]
