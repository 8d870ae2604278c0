"""Layers: `Dense` and what stands between, with Keras' names and defaults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

import autograd
from autograd import Tensor, tensor
from nn.initializers import Initializer, initialized
from nn.module import Module
from nn.names import by_name

Function = Callable[[Any], Any]


def linear(x: Any) -> Any:
    """Return x: no activation."""
    return x


ACTIVATIONS: Final[dict[str, Function]] = {
    "linear": linear,
    "relu": autograd.relu,
    "sigmoid": autograd.sigmoid,
    "softmax": autograd.softmax,
    "softplus": autograd.softplus,
    "tanh": autograd.tanh,
}


def activation_function(activation: str | Function | None) -> Function:
    """Return an activation, given by name or as a function; None is none."""
    if activation is None:
        return linear
    return activation if callable(activation) else by_name("activation", activation, ACTIVATIONS)


class Layer(Module):
    """A module with a name and an activation at its end."""

    def __init__(self, activation: str | Function | None = None, name: str | None = None) -> None:
        self.activation = activation_function(activation)
        self.name = name or ""
        self.label = name or type(self).__name__  # what errors call it; a model adds the position

    def build(self, features: int) -> int:
        """Make the parameters for inputs of so many features; return the number of output features."""
        return features

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


class Dense(Layer):
    """A fully connected layer: activation(x @ kernel + bias), on the last axis of x.

    `units` outputs; the kernel has shape (inputs, units) and starts from `kernel_initializer`, the bias from
    `bias_initializer`. The number of inputs is `input_dim`, or is read off the first batch. Parameters are
    float32 unless `dtype` says otherwise.

    >>> Dense(2, kernel_initializer="ones")(np.array([[1.0, 2.0, 3.0]])).data
    array([[6., 6.]])
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
        input_shape: tuple[int, ...] | None = None,
        name: str | None = None,
        dtype: Any = "float32",
    ) -> None:
        super().__init__(activation, name)
        if int(units) != units or units < 1:
            raise ValueError(f"Dense: units must be a positive whole number, not {units!r}")
        self.units = int(units)
        self.use_bias = use_bias
        self.kernel_initializer = kernel_initializer
        self.bias_initializer = bias_initializer
        self.input_dim = input_shape[-1] if input_shape else input_dim
        self.dtype = np.dtype(dtype)

    def build(self, features: int) -> int:
        """Make the parameters, once; ValueError if the inputs do not have the number of features expected."""
        expected = self.kernel.shape[0] if self.kernel is not None else self.input_dim
        if expected is not None and expected != features:
            raise ValueError(
                f"{self.label} expects {expected} features (input_dim={expected}), its input has {features}"
            )
        if self.kernel is None:
            kernel = initialized(self.kernel_initializer, (features, self.units), self.dtype)
            self.kernel = tensor(kernel, requires_grad=True)
            if self.use_bias:
                self.bias = tensor(initialized(self.bias_initializer, (self.units,), self.dtype), requires_grad=True)
        return self.units

    def before_activation(self, x: Any) -> Any:
        if self.kernel is None or self.kernel.shape[0] != x.shape[-1]:
            self.build(x.shape[-1])
        out = x @ self.kernel
        return out if self.bias is None else out + self.bias

