"""Activations as layers of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, elu, leaky_relu
from nn import activations, constraints, initializers, regularizers
from nn.layers.layer import Layer
from nn.layers.symbol import Shape


class Elementwise(Layer):
    """A layer whose output has the shape of its input."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the input."""
        return input_shape


class Activation(Elementwise):
    """An activation, given by name or as a function, as a layer of its own.

    >>> Activation("relu")(np.array([-1.0, 2.0])).data
    array([0., 2.], dtype=float32)
    """

    def __init__(self, activation: str | Callable[..., Any], **options: Any) -> None:
        super().__init__(**options)
        self.activation = activations.get(activation)

    def forward(self, x: Any) -> Any:
        return self.activation(x)


class ReLU(Elementwise):
    """x over `threshold`, at most `max_value`; below the threshold negative_slope · (x - threshold).

    >>> ReLU(max_value=6)([-1.0, 2.0, 9.0]).data
    array([0., 2., 6.], dtype=float32)
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **options: Any
    ) -> None:
        super().__init__(**options)
        if (max_value is not None and max_value < 0) or negative_slope < 0 or threshold < 0:
            raise ValueError(
                "ReLU: max_value, negative_slope and threshold must not be negative; they are "
                f"{max_value!r}, {negative_slope!r} and {threshold!r}"
            )
        self.max_value = max_value
        self.negative_slope = negative_slope
        self.threshold = threshold

    def forward(self, x: Any) -> Any:
        return activations.relu(x, self.negative_slope, self.max_value, self.threshold)


class LeakyReLU(Elementwise):
    """x where it is positive, else negative_slope · x.

    >>> LeakyReLU()([-1.0, 2.0]).data
    array([-0.3,  2. ], dtype=float32)
    """

    def __init__(self, negative_slope: float = 0.3, **options: Any) -> None:
        super().__init__(**options)
        if not negative_slope >= 0:
            raise ValueError(f"LeakyReLU: negative_slope must not be negative, it is {negative_slope!r}")
        self.negative_slope = negative_slope

    def forward(self, x: Any) -> Any:
        return leaky_relu(x, self.negative_slope)


class ELU(Elementwise):
    """x where it is positive, else alpha · (exp(x) - 1)."""

    def __init__(self, alpha: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.alpha = alpha

    def forward(self, x: Any) -> Any:
        return elu(x, self.alpha)


class Softmax(Elementwise):
    """exp(x) divided by its sum along `axis`."""

    def __init__(self, axis: int = -1, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis

    def forward(self, x: Any) -> Any:
        return activations.softmax(x, axis=self.axis)


class PReLU(Elementwise):
    """x where it is positive, else alpha · x, where alpha is a parameter of each feature (He et al., 2015).

    `shared_axes`, counted from 1, are those along which one alpha serves all.
    """

    alpha: Tensor

    def __init__(
        self,
        alpha_initializer: Any = "zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def build(self, input_shape: Shape) -> None:
        """Make alpha, starting from `alpha_initializer`."""
        shared = set(self.shared_axes or ())
        self.add_weight(
            [1 if i in shared else n for i, n in enumerate(input_shape[1:], 1)],  # type: ignore[misc]
            self.alpha_initializer, name="alpha", regularizer=self.alpha_regularizer, constraint=self.alpha_constraint,
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        return np.where(np.greater(x, 0), x, self.alpha * x)
