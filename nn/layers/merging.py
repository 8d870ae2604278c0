"""Layers that make one output of several inputs, given as a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd import reshape
from nn.layers.layer import Layer
from nn.layers.normalization import Rescaling
from nn.layers.symbol import Shape, Symbol
from nn.names import snake_case


class Merge(Layer):
    """A layer of several inputs, which must broadcast; `merged(a, b)` makes one of two."""

    least = 2

    def _received(self, x: Any) -> Any:
        if not isinstance(x, list | tuple) or len(x) < self.least:
            raise TypeError(
                f"{self.label}: is called on a list of at least {self.least}, as in {type(self).__name__}()([a, b])"
            )
        return [super(Merge, self)._received(item) for item in x]

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that all broadcast to."""
        out = input_shape[0]
        for shape in input_shape[1:]:
            out = _broadcast(self.label, out, shape)
        return out  # type: ignore[no-any-return]

    def forward(self, xs: Sequence[Any]) -> Any:
        self.compute_output_shape([(None, *x.shape[1:]) for x in xs])
        out = xs[0]
        for x in xs[1:]:
            out = self.merged(out, x)
        return out

    def merged(self, a: Any, b: Any) -> Any:
        """Return one of two."""
        raise NotImplementedError(f"{type(self).__name__} has no merged method")


def _broadcast(label: str, a: Shape, b: Shape) -> Shape:
    if len(a) != len(b) or any(m != n and 1 not in (m, n) and None not in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError(f"{label}: inputs of shapes {a} and {b} do not fit together")
    return tuple(n if m in (1, None) else m for m, n in zip(a, b, strict=True))


class Add(Merge):
    """The sum of its inputs.

    >>> Add()([np.ones((1, 2)), np.ones((1, 2))]).data
    array([[2., 2.]], dtype=float32)
    """

    def merged(self, a: Any, b: Any) -> Any:
        return np.add(a, b)


class Subtract(Merge):
    """The first of two inputs minus the second."""

    def merged(self, a: Any, b: Any) -> Any:
        return np.subtract(a, b)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the shape that both broadcast to."""
        if len(input_shape) != 2:
            raise ValueError(f"{self.label}: takes exactly two inputs, not {len(input_shape)}")
        return super().compute_output_shape(input_shape)


class Multiply(Merge):
    """The product of its inputs, element by element."""

    def merged(self, a: Any, b: Any) -> Any:
        return np.multiply(a, b)


class Average(Add):
    """The mean of its inputs, element by element."""

    def forward(self, xs: Sequence[Any]) -> Any:
        return super().forward(xs) / len(xs)


class Maximum(Merge):
    """The largest of its inputs, element by element."""

    def merged(self, a: Any, b: Any) -> Any:
        return np.maximum(a, b)


class Minimum(Merge):
    """The smallest of its inputs, element by element."""

    def merged(self, a: Any, b: Any) -> Any:
        return np.minimum(a, b)


class Concatenate(Merge):
    """Its inputs one behind the other, along `axis`.

    >>> Concatenate()([np.zeros((1, 2)), np.ones((1, 1))]).data
    array([[0., 0., 1.]], dtype=float32)
    """

    least = 1

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = int(axis)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the common shape, with the sum of the sizes along the axis."""
        first, n = input_shape[0], len(input_shape[0])
        axis = self.axis % n if -n <= self.axis < n else 0
        others = [[size for i, size in enumerate(shape) if i != axis] for shape in input_shape]
        if axis == 0 or any(len(shape) != n for shape in input_shape) or any(other != others[0] for other in others):
            raise ValueError(
                f"{self.label}: inputs of shapes {list(map(tuple, input_shape))} do not fit along axis {self.axis}"
            )
        sizes = [shape[axis] for shape in input_shape]
        return (*first[:axis], None if None in sizes else sum(sizes), *first[axis + 1 :])

    def forward(self, xs: Sequence[Any]) -> Any:
        self.compute_output_shape([(None, *x.shape[1:]) for x in xs])
        return autograd.concatenate(xs, axis=self.axis)


class Dot(Merge):
    """The products of two inputs summed over an axis of each, example by example.

    `axes` are the axes, or one for both; with `normalize` the vectors get length 1 first, so that it is their cosine.

    >>> Dot(axes=1)([np.ones((2, 3)), np.ones((2, 3))]).data
    array([[3.],
           [3.]], dtype=float32)
    """

    def __init__(self, axes: int | Sequence[int], normalize: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.axes = axes if isinstance(axes, int) else tuple(axes)
        self.normalize = bool(normalize)

    def _over(self, a: Shape, b: Shape) -> tuple[int, int]:
        i, j = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        i, j = i % len(a), j % len(b)
        if not i or not j or a[i] != b[j]:
            raise ValueError(f"{self.label}: inputs of shapes {a} and {b} have no axes {self.axes} of the same size")
        return i, j

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the sizes of both that are not summed over; (None, 1) if there are none."""
        a, b = input_shape
        i, j = self._over(a, b)
        rest = [n for k, n in enumerate(a) if k not in (0, i)] + [n for k, n in enumerate(b) if k not in (0, j)]
        return (a[0], *(rest or [1]))

    def forward(self, xs: Sequence[Any]) -> Any:
        a, b = xs
        i, j = self._over((None, *a.shape[1:]), (None, *b.shape[1:]))
        if self.normalize:
            a, b = (
                x / np.sqrt(np.maximum(np.sum(np.square(x), axis=k, keepdims=True), 1e-12)) for x, k in ((a, i), (b, j))
            )
        letters = iter("abcdefghijklmnopqrstuvwxy")
        left = ["z", *(next(letters) for _ in a.shape[1:])]
        right = ["z", *(next(letters) for _ in b.shape[1:])]
        right[j] = left[i]
        rest = [c for k, c in enumerate(left) if k not in (0, i)] + [c for k, c in enumerate(right) if k not in (0, j)]
        out = np.einsum(f"{''.join(left)},{''.join(right)}->z{''.join(rest)}", a, b)
        return out if rest else reshape(out, (-1, 1))


def _function_of(layer: type[Merge]) -> Callable[..., Any]:
    def function(inputs: Sequence[Any], *arguments: Any, **options: Any) -> Any:
        return layer(*arguments, **options)(inputs)

    function.__name__ = function.__qualname__ = snake_case(layer.__name__)
    function.__doc__ = f"Return {layer.__name__}(...)(inputs), with the arguments of `{layer.__name__}` after them."
    return function


add, subtract, multiply = _function_of(Add), _function_of(Subtract), _function_of(Multiply)
average, maximum, minimum = _function_of(Average), _function_of(Maximum), _function_of(Minimum)
concatenate, dot = _function_of(Concatenate), _function_of(Dot)


def _operator(layer: type[Merge], by_number: Callable[[float], tuple[float, float]]) -> Any:
    """Return an operator of symbols: a layer of two of them; with a number, a `Rescaling` by (scale, offset)."""

    def run(self: Symbol, other: Any) -> Any:
        if isinstance(other, Symbol):
            return layer()([self, other])
        if isinstance(other, int | float | np.number) and not isinstance(other, bool):
            return Rescaling(*by_number(float(other)))(self)
        return NotImplemented

    return run


for names, operator in {
    ("add", "radd"): _operator(Add, lambda n: (1.0, n)),
    ("mul", "rmul"): _operator(Multiply, lambda n: (n, 0.0)),
    ("sub",): _operator(Subtract, lambda n: (1.0, -n)),
    ("rsub",): _operator(Subtract, lambda n: (-1.0, n)),
}.items():
    for name in names:
        setattr(Symbol, f"__{name}__", operator)
