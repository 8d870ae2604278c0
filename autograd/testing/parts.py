"""Complex numbers under check: a function of them is checked as one of their real and imaginary parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.tensor import Tensor, current
from autograd.transforms import tree_leaves, tree_like

Function = Callable[..., Any]


def in_real_parts(f: Function, inputs: Sequence[Any], names: Sequence[str]) -> tuple[Function, list[Any], list[str]]:
    """Return f, its inputs and their names, with the two parts of each in the place of every complex number.

    Whether results are complex shows at the first call; they are given in parts if they were then, and as they are if
    not, so that a step into the complex plane comes out of an f of real numbers.
    """
    inputs = list(inputs)
    leaves = tree_leaves(inputs)
    names = list(names) or [f"input {i}" for i in range(len(leaves))]
    is_complex = [getattr(leaf, "dtype", np.asarray(leaf).dtype).kind == "c" for leaf in map(current, leaves)]
    results_in_parts: list[bool] = []

    @wraps(f)
    def run(*given: Any) -> Any:
        if any(is_complex):
            rest = iter(given)
            given = tuple(tree_like(inputs, [next(rest) + 1j * next(rest) if c else next(rest) for c in is_complex]))
        out = f(*given)
        outs = tree_leaves(out)
        if not results_in_parts:
            results_in_parts.append(any(_holds_complex(each) for each in outs))
        if not results_in_parts[0]:
            return out
        return tree_like(out, [(np.real(each), np.imag(each)) if _holds_complex(each) else each for each in outs])

    if not any(is_complex):
        return run, inputs, names
    apart: list[Any] = []
    called: list[str] = []
    for leaf, name, c in zip(leaves, names, is_complex, strict=True):
        value = np.asarray(current(leaf)) if c else leaf
        apart += [value.real, value.imag] if c else [leaf]
        called += [f"the real part of {name}", f"the imaginary part of {name}"] if c else [name]
    return run, apart, called


def _holds_complex(x: Any) -> bool:
    return type(x) is Tensor and x.dtype.kind == "c"
