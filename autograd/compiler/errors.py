"""What cannot be compiled, said with the line it stands in and what to write instead."""

from __future__ import annotations

from typing import NoReturn

from autograd.engine.anomaly import call_site


class TraceError(RuntimeError):
    """Raised where a function that is being compiled does something that a program cannot do.

    Nothing has changed then: neither tensors nor gradients.
    """


def refuse(what: str, instead: str) -> NoReturn:
    """Raise a TraceError that names the line."""
    raise TraceError(f"compile: {what}, at {call_site()}. {instead}")
