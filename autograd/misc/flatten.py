"""Nested containers of arrays as one vector, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.transforms import tree_leaves, tree_like


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return all numbers of nested lists, tuples and dicts of arrays as a vector, and the function that undoes it.

    Dicts go by sorted keys. Both ways can be differentiated.

    >>> vector, unflatten = flatten({"b": np.ones((2, 2)), "a": 5.0})
    >>> vector, unflatten(np.arange(5.0))["b"]
    (array([5., 1., 1., 1., 1.]), array([[1., 2.],
           [3., 4.]]))
    """
    ordered = _sorted(value)
    leaves = tree_leaves([ordered])
    shapes = [np.shape(leaf) for leaf in leaves]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes]).tolist()
    single = not isinstance(value, list | tuple | dict)

    def unflatten(vector: Any) -> Any:
        starts = [0, *ends]
        parts = [np.reshape(vector[i:j], shape) for i, j, shape in zip(starts, ends, shapes, strict=False)]
        return parts[0] if single else _like(value, tree_like(ordered, parts))

    if not leaves:
        return np.zeros(0), unflatten
    return np.concatenate([np.reshape(leaf, (-1,)) for leaf in leaves]), unflatten


def _sorted(tree: Any) -> Any:
    """Return a tree with the keys of its dicts in order, as far as they have one."""
    if isinstance(tree, dict):
        try:
            keys = sorted(tree)
        except TypeError:
            keys = list(tree)
        return {key: _sorted(tree[key]) for key in keys}
    if isinstance(tree, list | tuple):
        items = [_sorted(item) for item in tree]
        return items if isinstance(tree, list) else getattr(type(tree), "_make", tuple)(items)
    return tree


def _like(value: Any, made: Any) -> Any:
    """Return a tree with the keys of its dicts in the order of another."""
    if isinstance(value, dict):
        return {key: _like(value[key], made[key]) for key in value}
    if isinstance(value, list | tuple):
        items = [_like(a, b) for a, b in zip(value, made, strict=True)]
        return items if isinstance(value, list) else getattr(type(value), "_make", tuple)(items)
    return made


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Callable[..., Any], Callable[[Any], Any], Any]:
    """Return func as a function of a vector that returns a vector, the function from vectors, and the example's."""
    flat_example, unflatten = flatten(example)

    @wraps(func)
    def run(vector: Any, *args: Any, **kwargs: Any) -> Any:
        return flatten(func(unflatten(vector), *args, **kwargs))[0]

    return run, unflatten, flat_example
