"""What parameters start from, by Keras' names: called with a shape and a dtype, an initialiser returns an array."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.config import float_dtype, floatx
from nn.generators import generator
from nn.names import Configured, Registry, table_of

Shape = tuple[int, ...]

# The standard deviation of a normal distribution that is cut off at two standard deviations.
_TRUNCATED_STD: Final = 0.87962566103423978


class Initializer(Configured):
    """Something that draws initial parameters; write `draw` for one of your own. With a seed it always draws the same.

    A plain function `f(shape, dtype=...)` will do as well.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        """Return an array of this shape, in any dtype."""
        raise NotImplementedError(f"{type(self).__name__} has no draw method")

    def __call__(self, shape: Shape, dtype: Any = None) -> Any:
        """Return a new array of this shape and dtype (that of `nn.config.floatx()`)."""
        wanted = float_dtype(floatx() if dtype is None else dtype, type(self).__name__)
        return np.asarray(self.draw(tuple(shape), generator(self.seed)), wanted)


class Zeros(Initializer):
    """All zeros.

    >>> Zeros()((2,))
    array([0., 0.], dtype=float32)
    """

    def __init__(self) -> None:
        super().__init__()

    def draw(self, shape: Shape, _rng: np.random.Generator) -> Any:
        return np.zeros(shape)


class Ones(Zeros):
    """All ones."""

    def draw(self, shape: Shape, _rng: np.random.Generator) -> Any:
        return np.ones(shape)


class Constant(Zeros):
    """One value everywhere, or an array that broadcasts to the shape."""

    def __init__(self, value: Any = 0.0) -> None:
        super().__init__()
        self.value = value

    def draw(self, shape: Shape, _rng: np.random.Generator) -> Any:
        return np.broadcast_to(np.asarray(self.value, float), shape).copy()


class Identity(Zeros):
    """The identity matrix times `gain`; of a matrix that is not square, ones on the diagonal."""

    def __init__(self, gain: float = 1.0) -> None:
        super().__init__()
        self.gain = gain

    def draw(self, shape: Shape, _rng: np.random.Generator) -> Any:
        if len(shape) != 2:
            raise ValueError(f"Identity: only a matrix can be one, the shape is {shape}")
        return self.gain * np.eye(*shape)


class RandomUniform(Initializer):
    """Uniform from `minval` to `maxval`."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.minval = minval
        self.maxval = maxval

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        return rng.uniform(self.minval, self.maxval, shape)


class RandomNormal(Initializer):
    """Normal, with this mean and standard deviation."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: int | None = None) -> None:
        super().__init__(seed)
        self.mean = mean
        self.stddev = stddev

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        return rng.normal(self.mean, self.stddev, shape)


class TruncatedNormal(RandomNormal):
    """Normal, but what is further than two standard deviations from the mean is drawn again."""

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        return self.mean + self.stddev * _truncated(shape, rng)


def _truncated(shape: Shape, rng: np.random.Generator) -> Any:
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return values


_FANS: Final[dict[str, Callable[[float, float], float]]] = {
    "fan_in": lambda fan_in, _fan_out: fan_in,
    "fan_out": lambda _fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}
_DISTRIBUTIONS: Final = ("truncated_normal", "untruncated_normal", "uniform")


class VarianceScaling(Initializer):
    """Of variance `scale` / n, where n is the number of inputs (fan_in), of outputs (fan_out) or their mean (fan_avg).

    `distribution` is "truncated_normal", "untruncated_normal" or "uniform".

    >>> w = VarianceScaling(2.0, "fan_in", "uniform", seed=0)((1000, 10))
    >>> bool(abs(w.var() * 1000 / 2 - 1) < 0.05)
    True
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
    ) -> None:
        super().__init__(seed)
        if not scale > 0:
            raise ValueError(f"{type(self).__name__}: scale must be positive, it is {scale!r}")
        if mode not in _FANS:
            raise ValueError(f"{type(self).__name__}: unknown mode {mode!r}; it is one of {', '.join(_FANS)}")
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                f"{type(self).__name__}: unknown distribution {distribution!r}; "
                f"it is one of {', '.join(_DISTRIBUTIONS)}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        variance = self.scale / max(1.0, _FANS[self.mode](*_fans(shape)))
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0, math.sqrt(variance), shape)
        return math.sqrt(variance) / _TRUNCATED_STD * _truncated(shape, rng)


def _fans(shape: Shape) -> tuple[float, float]:
    """Return the numbers of inputs and outputs of a unit; axes before the last two are a receptive field."""
    if len(shape) < 2:
        size = float(shape[0]) if shape else 1.0
        return size, size
    field = math.prod(shape[:-2])
    return float(shape[-2] * field), float(shape[-1] * field)


class _Scaled(VarianceScaling):
    """A variance scaling that is known by a name of its own and takes a seed only."""

    fixed: tuple[float, str, str]

    def __init__(self, seed: int | None = None) -> None:
        super().__init__(*self.fixed, seed=seed)


class GlorotUniform(_Scaled):
    """Uniform within ±√(6 / (inputs + outputs)) (Glorot and Bengio, 2010)."""

    fixed = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (inputs + outputs) (Glorot and Bengio, 2010)."""

    fixed = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Scaled):
    """Uniform within ±√(6 / inputs) (He et al., 2015)."""

    fixed = (2.0, "fan_in", "uniform")


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / inputs (He et al., 2015)."""

    fixed = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Scaled):
    """Uniform within ±√(3 / inputs)."""

    fixed = (1.0, "fan_in", "uniform")


class LecunNormal(_Scaled):
    """Truncated normal of variance 1 / inputs (Klambauer et al., 2017)."""

    fixed = (1.0, "fan_in", "truncated_normal")


class Orthogonal(Initializer):
    """A random matrix with orthonormal rows or columns, times `gain` (Saxe et al., 2014).

    >>> q = Orthogonal(seed=0)((3, 3), "float64")
    >>> bool(np.allclose(q @ q.T, np.eye(3)))
    True
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def draw(self, shape: Shape, rng: np.random.Generator) -> Any:
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: needs two axes at least, the shape is {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))  # else it would not be uniform over the orthogonal matrices
        return self.gain * np.reshape(q if rows >= columns else q.T, shape)


zeros, ones, constant, identity, orthogonal = Zeros, Ones, Constant, Identity, Orthogonal
random_uniform, random_normal, truncated_normal = RandomUniform, RandomNormal, TruncatedNormal
variance_scaling, lecun_uniform, lecun_normal = VarianceScaling, LecunUniform, LecunNormal
glorot_uniform, glorot_normal, he_uniform, he_normal = GlorotUniform, GlorotNormal, HeUniform, HeNormal

INITIALIZERS: Final[Registry[Callable[..., Any]]] = Registry(
    "initializer",
    table_of(
        [
            Zeros, Ones, Constant, Identity, RandomUniform, RandomNormal, TruncatedNormal, VarianceScaling,
            GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, Orthogonal,
        ],
        uniform=RandomUniform,
        normal=RandomNormal,
    ),
)  # fmt: skip


def get(identifier: Any) -> Callable[..., Any]:
    """Return an initialiser, given by name, as one, or as a function of (shape, dtype)."""
    return INITIALIZERS.get(identifier)


def initialized(initializer: Callable[..., Any], shape: Shape, dtype: Any) -> Any:
    """Return what an initialiser gives for a shape; ValueError if that has another one."""
    values = np.asarray(initializer(shape, dtype=dtype), dtype)
    if values.shape != shape:
        raise ValueError(f"initializer {initializer!r} returned values of shape {values.shape}, not {shape}")
    return values
