"""Which back end a program runs by; the one that writes C is loaded where it is asked for."""

from __future__ import annotations

from autograd.compiler.graph import Graph
from autograd.compiler.numpy_runner import NumpyRunner
from autograd.compiler.runner import Runner


def backend_for(wanted: str) -> str:
    """Return "native" if that or "auto" is wanted and there is a compiler, else "numpy", with a notice."""
    if wanted == "numpy":
        return wanted
    from autograd.compiler import native  # noqa: PLC0415 - loads what writes and builds C

    try:
        native.compiler()
    except native.NoNative as why:
        native.notice(str(why))
        return "numpy"
    return "native"


def runner_of(name: str, graph: Graph, backend: str) -> Runner:
    """Return a graph in a form that runs; by NumPy, with a notice, where C cannot be built."""
    if backend == "native":
        from autograd.compiler import native, native_runner  # noqa: PLC0415 - loads what writes and builds C

        try:
            return native_runner.NativeRunner(name, graph)
        except native.NoNative as why:
            native.notice(str(why))
    return NumpyRunner(name, graph)
