"""Layers: `Dense` and what stands between, with Keras' names and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from autograd import Tensor, add, matmul, relu, reshape, sigmoid, softmax, softplus, tanh, tensor
from nn.initializers import Initializer, get_initializer, initialized
from nn.module import Module
from nn.names import by_name

Function = Callable[[Any], Any]
Shape = tuple[int, ...]

_ARRAYS: Final = (np.ndarray, list, tuple)


def linear(x: Any) -> Any:
    """Return x: no activation."""
    return x


ACTIVATIONS: Final[dict[str, Function]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "softplus": softplus,
    "tanh": tanh,
}


def activation_function(activation: str | Function | None) -> Function:
    """Return an activation, given by name or as a function; None is none."""
    if activation is None:
        return linear
    return activation if callable(activation) else by_name("activation", activation, ACTIVATIONS)


class Layer(Module):
    """A module with a name and an activation at its end.

    `input_shape` is the shape of one example, where it is known beforehand; then a model can be built at once.
    """

    def __init__(
        self,
        activation: str | Function | None = None,
        *,
        name: str | None = None,
        input_shape: Shape | None = None,
    ) -> None:
        self.activation = activation_function(activation)
        self.name = name or ""
        self.label = name or type(self).__name__  # what errors call it; a model adds the position
        self.input_shape = None if input_shape is None else tuple(input_shape)

    def build(self, shape: Shape) -> Shape:
        """Make the parameters for examples of this shape; return the shape of what comes out for one."""
        return shape

    def before_activation(self, x: Any) -> Any:
        """Compute what the activation is applied to."""
        return x

    def forward(self, x: Any) -> Any:
        return self.activation(self.before_activation(x))


class Activation(Layer):
    """An activation as a layer of its own.

    >>> Activation("relu")(np.array([-1.0, 2.0])).data
    array([0., 2.])
    """


class Flatten(Layer):
    """Makes one row of each example, whatever its shape.

    >>> Flatten()(np.zeros((5, 8, 8))).shape
    (5, 64)
    """

    def __init__(self, *, name: str | None = None, input_shape: Shape | None = None) -> None:
        super().__init__(name=name, input_shape=input_shape)

    def build(self, shape: Shape) -> Shape:
        """Return the length of a row; there are no parameters."""
        return (int(np.prod(shape)),)

    def before_activation(self, x: Any) -> Any:
        return reshape(x, (len(x), -1))


class Dense(Layer):
    """A fully connected layer: activation(x @ kernel + bias), on the last axis of x (..., inputs).

    `units` outputs; the kernel has shape (inputs, units) and starts from `kernel_initializer`, the bias from
    `bias_initializer`. The number of inputs is `input_dim`, the last of `input_shape`, or is read off the first
    batch. Parameters are float32 unless `dtype` says otherwise; arrays that come in are converted to that.

    >>> Dense(2, kernel_initializer="ones")([[1, 2, 3]]).data
    array([[6., 6.]], dtype=float32)
    """

    kernel: Tensor | None = None
    bias: Tensor | None = None

    def __init__(
        self,
        units: int,
        activation: str | Function | None = None,
        use_bias: bool = True,
        kernel_initializer: str | Initializer = "glorot_uniform",
        bias_initializer: str | Initializer = "zeros",
        *,
        input_dim: int | None = None,
        input_shape: Shape | None = None,
        name: str | None = None,
        dtype: Any = "float32",
    ) -> None:
        super().__init__(activation, name=name, input_shape=(input_dim,) if input_dim is not None else input_shape)
        if not isinstance(units, int | np.integer) or units < 1:
            raise ValueError(f"Dense: units must be a positive whole number, not {units!r}")
        self.units = int(units)
        self.use_bias = use_bias
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.bias_initializer = get_initializer(bias_initializer)
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise TypeError(f"Dense: dtype must be a floating-point one such as 'float32', not {self.dtype}")

    @property
    def input_dim(self) -> int | None:
        """The number of inputs, where it is known already."""
        if self.kernel is not None:
            return self.kernel.shape[0]
        return self.input_shape[-1] if self.input_shape else None

    def build(self, shape: Shape) -> Shape:
        """Make the parameters, once; ValueError if the last axis of `shape` is not as long as expected."""
        if not shape:
            raise ValueError(
                f"{self.label}: its input needs a row of features for each example, as in x.reshape(-1, 1)"
            )
        features = shape[-1]
        if self.input_dim not in (None, features):
            raise ValueError(f"{self.expects()}, its input has {features}")
        if self.kernel is None:
            kernel = initialized(self.kernel_initializer, (features, self.units), self.dtype)
            self.kernel = tensor(kernel, requires_grad=True)
            if self.use_bias:
                self.bias = tensor(initialized(self.bias_initializer, (self.units,), self.dtype), requires_grad=True)
        return (*shape[:-1], self.units)

    def expects(self) -> str:
        """Return how an error on the number of inputs begins."""
        return f"{self.label} expects {self.input_dim} features (input_dim={self.input_dim})"

    def before_activation(self, x: Any) -> Any:
        if type(x) is not Tensor and isinstance(x, _ARRAYS):
            x = np.asarray(x, self.dtype)
        if self.kernel is None or x.shape[-1:] != self.kernel.shape[:1]:
            self.build(x.shape[1:] or x.shape)
        out = matmul(x, self.kernel)
        return out if self.bias is None else add(out, self.bias)
