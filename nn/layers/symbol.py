"""Symbols: what stands for the data while a model is put together by calling layers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NoReturn

import numpy as np

if TYPE_CHECKING:
    from nn.layers.layer import Layer

Shape = tuple[int | None, ...]
"""A shape with None where it may be any number, as the number of examples."""


class Call:
    """One use of a layer on symbols. It does not hold the symbols that came of it: they hold it."""

    __slots__ = ("count", "inputs", "layer", "single")

    def __init__(self, layer: Layer, inputs: tuple[Any, ...], shapes: Any) -> None:
        self.layer = layer
        self.inputs = inputs  # as the layer was given them: symbols, or lists and dicts of them
        self.single = not isinstance(shapes, list | dict)  # whether one symbol came of it, or a list or dict of `count`
        self.count = 1 if self.single else len(shapes)


class Symbol:
    """Something of a shape, such as (None, 3) for rows of three numbers, that a layer's call makes. It has no values.

    Layers take it and return symbols; `Model(inputs, outputs)` makes a model of what lies between. `a + b`, `a - b`
    and `a * b` are layers too, of two symbols or of one and a number.
    """

    __slots__ = ("__weakref__", "call", "dtype", "index", "shape")

    def __init__(self, shape: Shape, dtype: Any, call: Call, index: int = 0) -> None:
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.call = call
        self.index = index  # which of the call's outputs it is

    @property
    def name(self) -> str:
        """The name of the layer that it comes from."""
        return self.call.layer.name

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __repr__(self) -> str:
        return f"<Symbol {self.name} {self.shape} {self.dtype}>"

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **options: Any) -> Any:
        spelled = _OPERATORS.get(ufunc)
        if spelled is None or method != "__call__" or options or any(map(_is_array, operands)):
            self._refuse(f"np.{ufunc.__name__}")
        return spelled(*(float(x) if isinstance(x, np.generic) else x for x in operands))  # a number of NumPy's

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> NoReturn:
        self._refuse(f"np.{function.__name__}")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        self._refuse("np.asarray")

    def __bool__(self) -> NoReturn:
        self._refuse("bool")

    def __iter__(self) -> NoReturn:
        self._refuse("iter")

    def __len__(self) -> NoReturn:
        self._refuse("len")

    def _refuse(self, what: str) -> NoReturn:
        raise TypeError(
            f"{what}: {self!r} stands for data to come and has no values. Apply layers to it, as in "
            "Activation('relu')(x) or Concatenate()([x, y]), or call the finished model on an array."
        )


def _is_array(x: Any) -> bool:
    return not isinstance(x, Symbol) and np.ndim(x) > 0


_OPERATORS: Final[dict[Any, Callable[..., Any]]] = {
    np.add: operator.add, np.subtract: operator.sub, np.multiply: operator.mul
}  # fmt: skip


def several(shapes: Any, make: Callable[[Shape, int], Any]) -> Any:
    """Return `make(shape, number)` of one shape, a tuple, or of each in a list or dict of them."""
    if isinstance(shapes, dict):
        return {key: make(shape, i) for i, (key, shape) in enumerate(shapes.items())}
    if isinstance(shapes, list):
        return [make(shape, i) for i, shape in enumerate(shapes)]
    return make(shapes, 0)


def mapped(f: Callable[[Any], Any], structure: Any) -> Any:
    """Apply `f` to everything in lists, tuples and dicts, however deep."""
    if isinstance(structure, dict):
        return {key: mapped(f, item) for key, item in structure.items()}
    if isinstance(structure, list | tuple):
        return rebuilt(structure, [mapped(f, item) for item in structure])
    return f(structure)


def rebuilt(like: Any, items: list[Any]) -> Any:
    """Return a list, tuple or named tuple as `like` is, of other items."""
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)


def flat(structure: Any) -> Iterator[Any]:
    """Yield everything in lists, tuples and dicts, however deep, in order."""
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, list | tuple):
        yield structure
        return
    for item in structure:
        yield from flat(item)
