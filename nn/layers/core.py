"""`Dense`, and the layers that only name or reshape their input."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, add, matmul, reshape
from nn import activations, constraints, initializers, regularizers
from nn.layers.layer import Layer, checked_shape
from nn.layers.symbol import Call, Shape, Symbol


class Dense(Layer):
    """A fully connected layer: activation(x @ kernel + bias), on the last axis of x (..., inputs).

    `units` outputs; the kernel has shape (inputs, units) and starts from `kernel_initializer`, the bias from
    `bias_initializer`. Regularisers add to the loss, constraints hold after each step. The number of inputs is
    `input_dim`, the last of `input_shape`, or is read off the first batch.

    >>> Dense(2, kernel_initializer="ones")([[1, 2, 3]]).data
    array([[6., 6.]], dtype=float32)
    """

    kernel: Tensor
    bias: Tensor | None = None

    def __init__(
        self,
        units: int,
        activation: str | Callable[..., Any] | None = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if isinstance(units, bool) or not isinstance(units, int | np.integer) or units < 1:
            raise ValueError(f"Dense: units must be a positive whole number, not {units!r}")
        self.units = int(units)
        self.activation = activations.get(activation)
        self.use_bias = bool(use_bias)
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape: Shape) -> None:
        """Make the parameters; ValueError if the last axis is not as long as `input_dim` said."""
        features = self._features(input_shape)
        self.add_weight(
            (features, self.units), self.kernel_initializer, name="kernel",
            regularizer=self.kernel_regularizer, constraint=self.kernel_constraint,
        )  # fmt: skip
        if self.use_bias:
            self.add_weight(
                (self.units,), self.bias_initializer, name="bias",
                regularizer=self.bias_regularizer, constraint=self.bias_constraint,
            )  # fmt: skip

    def _features(self, shape: Shape) -> int:
        if len(shape) < 2 or shape[-1] is None:
            raise ValueError(
                f"{self.label}: its input needs a row of features for each example, as in x.reshape(-1, 1); "
                f"its shape is {shape}"
            )
        declared = self.example_shape[-1] if self.example_shape else None
        expected = self.kernel.shape[0] if self.built else declared
        if expected not in (None, shape[-1]):
            raise ValueError(
                f"{self.label} expects {expected} features (input_dim={expected}), its input has {shape[-1]}"
            )
        return shape[-1]

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input with `units` as the last size."""
        self._features(input_shape)
        return (*input_shape[:-1], self.units)

    def forward(self, x: Any) -> Any:
        kernel = self.kernel
        if x.shape[-1:] != kernel.shape[:1]:
            self._features((None, *x.shape[1:]))
        out = matmul(x, kernel)
        if self.bias is not None:
            out = add(out, self.bias)
        return self.activation(out)


class InputLayer(Layer):
    """Where a model's input comes in: of this shape, the number of examples left out."""

    def __init__(self, shape: Sequence[int | None] = (), **options: Any) -> None:
        super().__init__(**options)
        self.shape = checked_shape(shape, "Input")
        self.built = True

    def compute_output_shape(self, _input_shape: Shape) -> Shape:
        """Return the shape with None for the number of examples."""
        return (None, *self.shape)

    def forward(self, x: Any) -> Any:
        return x

    def symbol(self) -> Symbol:
        """Return the symbol that stands for what comes in."""
        symbol = Symbol((None, *self.shape), self.dtype, Call(self, (), ()))
        self.made([symbol])
        return symbol


def Input(shape: Sequence[int | None], name: str | None = None, dtype: Any = None) -> Symbol:
    """Return a symbol that stands for a model's input; `shape` leaves out the number of examples.

    >>> Input((3,))
    <Symbol input_layer (None, 3) float32>
    """
    return InputLayer(shape, name=name, dtype=dtype).symbol()


class Identity(Layer):
    """Gives what it is given."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input."""
        return input_shape

    def forward(self, x: Any) -> Any:
        return x


class Flatten(Layer):
    """Makes one row of each example, whatever its shape.

    >>> Flatten()(np.zeros((5, 8, 8))).shape
    (5, 64)
    """

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return (None, the product of the sizes)."""
        sizes = input_shape[1:]
        return (input_shape[0], None if None in sizes else math.prod(sizes))  # type: ignore[arg-type]

    def forward(self, x: Any) -> Any:
        return reshape(x, (x.shape[0], math.prod(x.shape[1:])))


class Reshape(Layer):
    """Gives each example the shape `target_shape`, in which one size may be -1: what is left.

    >>> Reshape((-1, 2))(np.zeros((5, 8))).shape
    (5, 4, 2)
    """

    def __init__(self, target_shape: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.target_shape = tuple(int(n) for n in target_shape)
        if sum(n == -1 for n in self.target_shape) > 1 or any(n < -1 or n == 0 for n in self.target_shape):
            raise ValueError(f"Reshape: target_shape has positive sizes and at most one -1, not {target_shape!r}")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the target shape, after None for the number of examples."""
        sizes = input_shape[1:]
        if None in sizes:
            return (input_shape[0], *(None if n == -1 else n for n in self.target_shape))
        return (input_shape[0], *self._resolved(math.prod(sizes), sizes))  # type: ignore[arg-type]

    def _resolved(self, size: int, sizes: Shape) -> tuple[int, ...]:
        known = math.prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(f"{self.label}: an example of shape {sizes} cannot take the shape {self.target_shape}")
        return tuple(size // known if n == -1 else n for n in self.target_shape)

    def forward(self, x: Any) -> Any:
        return reshape(x, (x.shape[0], *self._resolved(math.prod(x.shape[1:]), x.shape[1:])))


class Permute(Layer):
    """Puts the axes of each example in another order: `dims` counts them from 1.

    >>> Permute((2, 1))(np.zeros((5, 3, 4))).shape
    (5, 4, 3)
    """

    def __init__(self, dims: Sequence[int], **options: Any) -> None:
        super().__init__(**options)
        self.dims = tuple(int(d) for d in dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Permute: dims must be the numbers from 1 in some order, not {dims!r}")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the sizes in the new order."""
        if len(input_shape) != len(self.dims) + 1:
            raise ValueError(f"{self.label}: {len(self.dims)} axes in dims, an example has shape {input_shape[1:]}")
        return (input_shape[0], *(input_shape[d] for d in self.dims))

    def forward(self, x: Any) -> Any:
        return np.transpose(x, (0, *self.dims))
