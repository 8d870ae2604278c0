"""Running a function on traced arguments, and making a program of what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.compiler import canonical as canonical
from autograd.compiler.errors import refuse
from autograd.compiler.graph import Value
from autograd.compiler.native import NoNative, compiler, notice
from autograd.compiler.program import Program
from autograd.compiler.trace import Tape, Trace, arguments_of
from autograd.compiler.traced import Traced
from autograd.engine.mode import is_grad_enabled, mode_scope
from autograd.engine.tensor import Tensor
from autograd.transforms import tree_leaves, tree_like


def recorded(f: Callable[..., Any], name: str, backend: str, tree: Any, leaves: Sequence[Any], start: float) -> Program:
    """Run the function on traced arguments; return the program."""
    tape = Tape()
    grads = is_grad_enabled()
    given = arguments_of(tape, leaves)
    args, kwargs = tree_like(tree, given)
    try:
        with mode_scope(Trace(tape, grads)):
            out = f(*args, **kwargs)
        outputs: list[Value] = []
        forms: list[Any] = []
        for i, leaf in enumerate(tree_leaves(out)):
            forms.append(_output(leaf, i, outputs, leaves, given))
        graph = tape.graph(outputs)
    except BaseException:
        tape.restore()
        raise
    return Program(
        name, graph, tape, out=tree_like(out, range(len(forms))), forms=forms, leaves=leaves,
        backend=_backend(backend), start=start, grads=grads,
        flat=not kwargs and all(arg is given[i] for i, arg in enumerate(args)) and len(args) == len(given),
    )  # fmt: skip


def _backend(wanted: str) -> str:
    if wanted == "numpy":
        return wanted
    try:
        compiler()
    except NoNative as why:
        notice(str(why))
        return "numpy"
    return "native"


def _output(leaf: Any, i: int, outputs: list[Value], leaves: Sequence[Any], given: Sequence[Any]) -> tuple[str, Any]:
    """Return how a leaf of the result is made at each call."""
    for position, argument in enumerate(given):
        if leaf is argument:
            return "argument", position
    if type(leaf) is Tensor:
        if not isinstance(leaf._value, Traced):
            return "same", leaf
        outputs.append(leaf._value.node)
        return ("tensor", len(outputs) - 1)
    if isinstance(leaf, Traced):
        outputs.append(leaf.node)
        return ("array", len(outputs) - 1)
    if isinstance(leaf, np.ndarray | np.generic):
        refuse(
            f"output {i} is a plain array that was computed outside of NumPy's calls on traced values: it would be the "
            "same at each call",
            "Compute it from the arguments, by autograd.callback, or outside of the compiled function",
        )
    return "same", leaf
