"""Which arrays of the outside lie in the same memory: a program is right only for tensors that share it as they did."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from autograd.compiler.errors import refuse
from autograd.compiler.graph import Value

_HARDEST: Final[Any] = 10_000  # steps of NumPy's search whether two arrays have an element in common
_OURS: Final = 5  # references to a tensor that only a trace knows, with those of who counts them
_ITS_ARRAYS: Final = 2  # and to its array


class Standing:
    """An array that tensors of the outside stand on: its value at first, and the one that a trace has made of it."""

    def __init__(self, tensor: Any, traced: Any) -> None:
        self.tensors = [tensor]
        self.now = traced
        self.first: Value = traced.node
        self.replaced = False  # whether a tensor has been given another array in its place

    @property
    def changed(self) -> bool:
        return self.now.node is not self.first

    def stands(self, tensor: Any) -> None:
        """Take note of another tensor on this array."""
        if any(t is tensor for t in self.tensors):
            return
        self.tensors.append(tensor)
        if self.replaced:
            self.refuse_another()

    def replace(self, traced: Any) -> None:
        """Let its tensor have another array."""
        self.now = traced
        self.replaced = True
        if len(self.tensors) > 1:
            self.refuse_another()

    def refuse_another(self) -> None:
        refuse(
            "two tensors share an array, and one of them is given another by t.data = value, which a program writes "
            "into the array itself",
            "Write t.data[...] = value if both are to change, or give each an array of its own",
        )

    def is_temporary(self) -> bool:
        """Return whether it is of a tensor that the function has made, and nobody has kept either."""
        tensor = self.tensors[0]
        if len(self.tensors) > 1 or sys.getrefcount(tensor) > _OURS:
            return False
        return tensor._value.flags.owndata and sys.getrefcount(tensor._value) <= _ITS_ARRAYS


def sharing(tensors: Sequence[Any]) -> Any:
    """Return which of these tensors stand on the same array, or on arrays that overlap; equal for equal patterns."""
    first: dict[int, int] = {}
    same = tuple(first.setdefault(id(t._value), i) for i, t in enumerate(tensors))
    return same, tuple(overlapping([tensors[i]._value for i in sorted(set(same))]))


def overlapping(arrays: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of arrays that have elements in common."""
    bounds = [np.lib.array_utils.byte_bounds(a) if isinstance(a, np.ndarray) and a.size else (0, 0) for a in arrays]
    open_ones: list[int] = []
    for i in sorted(range(len(arrays)), key=bounds.__getitem__):
        open_ones = [k for k in open_ones if bounds[k][1] > bounds[i][0]]
        yield from ((min(i, k), max(i, k)) for k in open_ones if np.may_share_memory(arrays[i], arrays[k], _HARDEST))
        open_ones.append(i)
