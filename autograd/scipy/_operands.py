"""What decides between SciPy's own code and ours: whether there is something in a call that SciPy cannot take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd.engine.tensor import Tensor, is_traced
from autograd.transforms import tree_leaves

Function = Callable[..., Any]


def not_scipys(*arguments: Any) -> bool:
    """Return whether a tensor, or an array of another type such as those inside vmap, is among them."""
    return any(map(is_traced, tree_leaves(list(arguments))))


def inside_rules(record: Function, forward: Function) -> Function:
    """Return what a rule calls an operation by: the record on Tensors; its forward on raw arrays, which remain so."""

    def run(*operands: Any, **options: Any) -> Any:
        return (record if any(isinstance(x, Tensor) for x in operands) else forward)(*operands, **options)

    return run
