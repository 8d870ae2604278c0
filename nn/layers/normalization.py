"""Layers that bring their input to mean 0 and variance 1, by its own statistics or by those of the training data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor, add, general, is_compiling, multiply, reshape, subtract
from nn import constraints, initializers, regularizers
from nn.config import epsilon as tiny
from nn.layers.activation import Elementwise
from nn.layers.symbol import Shape


def _inverse_deviation(x: Any, axis: Any, epsilon: float) -> Any:
    return 1 / np.sqrt(np.var(x, axis=axis, keepdims=True) + epsilon)


def _standardized(x: Any, axis: Any = -1, epsilon: float = 1e-3) -> Any:
    return (x - np.mean(x, axis=axis, keepdims=True)) * _inverse_deviation(x, axis, epsilon)


def _slope(g: Any, out: Any, x: Any, axis: Any = -1, epsilon: float = 1e-3) -> Any:
    """Return the product with the Jacobian, which is symmetric."""
    centered = g - np.mean(g, axis=axis, keepdims=True)
    return (centered - out * np.mean(g * out, axis=axis, keepdims=True)) * _inverse_deviation(x, axis, epsilon)


standardize: Any = general(
    _standardized,
    _slope,
    jvp=lambda ts, out, x, axis=-1, epsilon=1e-3: _slope(ts[0], out, x, axis, epsilon),
    name="standardize",
    public=False,
    doc="""(x - mean) / √(variance + epsilon), both along `axis`, in one operation.

    >>> standardize(np.array([1.0, 3.0]), epsilon=0.0).data
    array([-1.,  1.])
    """,
)


class _Affine(Elementwise):
    """What comes after: gamma · x + beta, each a parameter of shape `_shape`, or left out."""

    gamma: Tensor | None = None
    beta: Tensor | None = None

    def __init__(
        self,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)

    def _add_weights(self, shape: Sequence[int]) -> None:
        if self.scale:
            self.add_weight(
                shape, self.gamma_initializer, name="gamma",
                regularizer=self.gamma_regularizer, constraint=self.gamma_constraint,
            )  # fmt: skip
        if self.center:
            self.add_weight(
                shape, self.beta_initializer, name="beta",
                regularizer=self.beta_regularizer, constraint=self.beta_constraint,
            )  # fmt: skip


def _axis(layer: Elementwise, axis: int, shape: Shape) -> int:
    """Return an axis counted from the front; ValueError if there is none such, or its size is not known."""
    if not -len(shape) <= axis < len(shape) or axis % len(shape) == 0 or shape[axis] is None:
        raise ValueError(f"{layer.label}: axis {axis} must be one of the features of an input of shape {shape}")
    return axis % len(shape)


class BatchNormalization(_Affine):
    """Brings each feature to mean 0 and variance 1 over the batch, then to gamma · x + beta (Ioffe and Szegedy, 2015).

    While training by the batch's own statistics, which also move the running ones: moving · momentum + batch ·
    (1 - momentum); in inference, and while `trainable` is False, by those. `axis` is that of the features.

    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(np.array([[1.0], [3.0]]), training=True).data.ravel(), layer.moving_mean.data
    (array([-1.,  1.], dtype=float32), array([0.02], dtype=float32))
    """

    moving_mean: Tensor
    moving_variance: Tensor

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.axis = int(axis)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, and the running mean and variance."""
        shape = (input_shape[_axis(self, self.axis, input_shape)],)
        self._add_weights(shape)  # type: ignore[arg-type]
        self.add_weight(shape, self.moving_mean_initializer, name="moving_mean", trainable=False)  # type: ignore[arg-type]
        self.add_weight(
            shape, self.moving_variance_initializer, name="moving_variance", trainable=False  # type: ignore[arg-type]
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        axis = _axis(self, self.axis, x.shape)
        if x.shape[axis] != self.moving_mean.shape[0]:
            raise ValueError(
                f"{self.label} expects {self.moving_mean.shape[0]} features, its input has {x.shape[axis]}"
            )
        if self.training and self.trainable:
            over = tuple(i for i in range(x.ndim) if i != axis)
            self._follow(x.data if type(x) is Tensor else x, over)
            out, gain = standardize(x, axis=over, epsilon=self.epsilon), self.gamma
        else:
            inverse = 1 / np.sqrt(self.moving_variance.data + self.epsilon)
            gain = inverse if self.gamma is None else multiply(self.gamma, inverse)
            out = subtract(x, self._along(self.moving_mean, x, axis))
        if gain is not None:
            out = multiply(out, self._along(gain, x, axis))
        return out if self.beta is None else add(out, self._along(self.beta, x, axis))

    def _along(self, v: Any, x: Any, axis: int) -> Any:
        """Return a vector so that it broadcasts along the features."""
        return v if axis == x.ndim - 1 else reshape(v, [-1 if i == axis else 1 for i in range(x.ndim)])

    def _follow(self, values: Any, over: tuple[int, ...]) -> None:
        mean, variance = np.mean(values, axis=over), np.var(values, axis=over)
        if is_compiling() or np.all(np.isfinite(variance)):  # else the loss is not finite, and the step is refused
            for moving, new in ((self.moving_mean.data, mean), (self.moving_variance.data, variance)):
                moving *= self.momentum
                moving += new * (1 - self.momentum)


class LayerNormalization(_Affine):
    """Brings each example to mean 0 and variance 1 over `axis`, then to gamma · x + beta (Ba et al., 2016).

    >>> LayerNormalization(epsilon=0.0)(np.array([[1.0, 3.0]])).data
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(self, axis: int | Sequence[int] = -1, epsilon: float = 1e-3, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis if isinstance(axis, int) else tuple(axis)
        self.epsilon = float(epsilon)

    def _axes(self, shape: Shape) -> tuple[int, ...]:
        axes = (self.axis,) if isinstance(self.axis, int) else self.axis
        return tuple(sorted(_axis(self, axis, shape) for axis in axes))

    def build(self, input_shape: Shape) -> None:
        """Make gamma and beta, of the sizes of the axes."""
        self._add_weights([input_shape[axis] for axis in self._axes(input_shape)])  # type: ignore[misc]

    def forward(self, x: Any) -> Any:
        axes = self._axes(x.shape)
        out = standardize(x, axis=axes, epsilon=self.epsilon)
        shape = None if axes == (x.ndim - 1,) else [n if i in axes else 1 for i, n in enumerate(x.shape)]
        if self.gamma is not None:
            out = multiply(out, self.gamma if shape is None else reshape(self.gamma, shape))
        if self.beta is not None:
            out = add(out, self.beta if shape is None else reshape(self.beta, shape))
        return out


class Normalization(Elementwise):
    """(x - mean) / √variance, feature by feature, with the statistics of the data that `adapt` has seen.

    `axis` are the axes that keep statistics of their own (None: one mean for everything). `mean` and `variance` can
    be given instead of adapting. With `invert` it goes the other way.

    >>> layer = Normalization()
    >>> layer.adapt(np.array([[1.0, 10.0], [3.0, 30.0]]))
    >>> layer([[3.0, 20.0]]).data
    array([[1., 0.]], dtype=float32)
    """

    kept_as: ClassVar = {**Elementwise.kept_as, "mean": "input_mean", "variance": "input_variance"}
    mean: Tensor
    variance: Tensor

    def __init__(
        self,
        axis: int | Sequence[int] | None = -1,
        mean: Any = None,
        variance: Any = None,
        invert: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if (mean is None) != (variance is None):
            raise ValueError("Normalization: mean and variance must be given together")
        self.axis = axis if axis is None or isinstance(axis, int) else tuple(axis)
        self.input_mean = mean
        self.input_variance = variance
        self.invert = bool(invert)

    def _kept(self, shape: Shape) -> tuple[int, ...]:
        if self.axis is None:
            return ()
        return tuple(sorted(_axis(self, a, shape) for a in ([self.axis] if isinstance(self.axis, int) else self.axis)))

    def build(self, input_shape: Shape) -> None:
        """Make the statistics: those given, or mean 0 and variance 1 until `adapt` finds others."""
        kept = self._kept(input_shape)
        shape = [n if i in kept else 1 for i, n in enumerate(input_shape)][1:]
        for name, given, default in (("mean", self.input_mean, 0.0), ("variance", self.input_variance, 1.0)):
            value = np.asarray(default if given is None else given, self.dtype)
            self.add_weight(shape, initializers.Constant(value), name=name, trainable=False)  # type: ignore[arg-type]

    def adapt(self, data: Any) -> None:
        """Take mean and variance of `data`: an array, a DataFrame, or an iterable of batches."""
        if hasattr(data, "__iter__") and not hasattr(data, "__array__") and not isinstance(data, list | tuple):
            data = np.concatenate([np.asarray(batch[0] if isinstance(batch, tuple) else batch) for batch in data])
        values = np.asarray(data, np.float64)
        if not values.size or not np.isfinite(values).all():
            raise ValueError(
                f"{self.label}.adapt: the data are empty or hold nan or infinity; their shape is {values.shape}"
            )
        self.build((None, *values.shape[1:]))
        kept = self._kept(values.shape)
        over = tuple(i for i in range(values.ndim) if i not in kept)
        for tensor, found in ((self.mean, np.mean(values, axis=over)), (self.variance, np.var(values, axis=over))):
            tensor.data = np.reshape(found, tensor.shape)

    def deviation(self) -> Any:
        """Return the standard deviations, at least 1e-7."""
        return np.maximum(np.sqrt(self.variance.data), tiny())

    def forward(self, x: Any) -> Any:
        mean, deviation = self.mean.data, self.deviation()
        return add(multiply(x, deviation), mean) if self.invert else multiply(subtract(x, mean), 1 / deviation)


class Rescaling(Elementwise):
    """x · scale + offset: Rescaling(1 / 255) brings the pixels of an image between 0 and 1.

    >>> Rescaling(1 / 255, offset=-0.5)(np.array([[0, 255]])).data
    array([[-0.5,  0.5]], dtype=float32)
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.scale = scale
        self.offset = offset

    def forward(self, x: Any) -> Any:
        return add(multiply(x, np.asarray(self.scale, self.dtype)), np.asarray(self.offset, self.dtype))
