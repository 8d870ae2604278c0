"""What the arguments of a program are, and the containers that they and the results come in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.engine.tensor import Tensor


class Kind(NamedTuple):
    """What an argument of a program is: its shape and dtype, or itself where it is static."""

    what: str  # "array", "tensor", "float" or "static"
    shape: tuple[int, ...] = ()
    dtype: Any = None
    node: bool = False  # whether a tensor has one
    value: Any = None
    by_identity: bool = False

    @classmethod
    def of(cls, leaf: Any) -> Kind:
        if type(leaf) is Tensor:
            return cls("tensor", leaf.shape, leaf.dtype, leaf._node is not None)
        if isinstance(leaf, np.ndarray | np.generic):
            return cls("array", leaf.shape, leaf.dtype)
        if type(leaf) is float:
            return cls("float")
        plain = type(leaf) in (int, bool, str, bytes, complex) or leaf is None
        return cls("static", value=leaf, by_identity=not plain)

    def __str__(self) -> str:
        if self.what == "static":
            return repr(self.value)[:30]
        return "float" if self.what == "float" else f"{self.dtype}{list(self.shape)}"


def built(tree: Any, leaves: Sequence[Any]) -> Any:
    """Return a tree of positions with the leaves at them."""
    if isinstance(tree, dict):
        return {key: built(item, leaves) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        items = [built(item, leaves) for item in tree]
        return items if isinstance(tree, list) else getattr(type(tree), "_make", tuple)(items)
    return None if tree is None else leaves[tree]


def expression(tree: Any, leaves: Sequence[str]) -> str | None:
    """Return Python code that builds a tree of its leaves; None where a container is of a kind of its own."""
    if isinstance(tree, dict):
        items = {key: expression(item, leaves) for key, item in tree.items()}
        if None in items.values() or type(tree) is not dict or not all(type(key) is str for key in tree):
            return None
        return "{" + ", ".join(f"{key!r}: {item}" for key, item in items.items()) + "}"
    if isinstance(tree, list | tuple):
        parts = [expression(item, leaves) for item in tree]
        if None in parts or type(tree) not in (list, tuple):
            return None
        inside = ", ".join(p for p in parts if p is not None)
        return f"[{inside}]" if type(tree) is list else f"({inside}{',' * (len(tree) == 1)})"
    return "None" if tree is None else leaves[tree]
