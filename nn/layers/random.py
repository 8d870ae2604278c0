"""Layers that draw at random while a model trains, and let everything pass when it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd import callback, multiply
from nn.generators import generator
from nn.layers.activation import Elementwise

Source = Callable[[], np.random.Generator]


class Noisy(Elementwise):
    """A layer that does something only while it trains; `noise(x, rng)` is what."""

    def __init__(self, seed: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.seed = seed
        if seed is not None:
            self.generator = generator(seed)

    def forward(self, x: Any) -> Any:
        return self.noise(x, self._source) if self.training else x

    def _source(self) -> np.random.Generator:
        return vars(self).get("generator") or generator()

    def noise(self, x: Any, rng: Source) -> Any:
        """Return x with noise, drawn from rng() by `autograd.callback`, so that a compiled step draws anew."""
        raise NotImplementedError(f"{type(self).__name__} has no noise method")


def _fraction(kind: str, rate: float) -> float:
    if isinstance(rate, bool) or not isinstance(rate, int | float | np.number) or not 0 <= rate <= 1:
        raise ValueError(f"{kind}: rate must be a number from 0 to 1, not {rate!r}")
    return float(rate)


class Dropout(Noisy):
    """Sets a random part of its input, `rate` of it, to 0 and the rest to x / (1 - rate) (Srivastava et al., 2014).

    With a `seed` it has a generator of its own. In `noise_shape`, where 1 stands one draw serves the whole axis; None
    is the axis' own size.

    >>> layer = Dropout(0.5, seed=0)
    >>> layer(np.ones((1, 4)), training=False).data, float(layer(np.ones(1000), training=True).data.max())
    (array([[1., 1., 1., 1.]], dtype=float32), 2.0)
    """

    def __init__(
        self, rate: float, noise_shape: Sequence[int | None] | None = None, seed: int | None = None, **options: Any
    ) -> None:
        super().__init__(seed, **options)
        self.rate = _fraction("Dropout", rate)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def noise(self, x: Any, rng: Source) -> Any:
        if not self.rate:
            return x
        keep = _drawn(x, self.noise_shape, rng) >= self.rate
        return multiply(x, np.astype(keep, x.dtype) * (1 / (1 - self.rate) if self.rate < 1 else 0))


def _drawn(x: Any, noise_shape: tuple[int | None, ...] | None, rng: Source) -> Any:
    """Return numbers uniform from 0 to 1, of the shape of x or the noise's."""
    shape = (
        x.shape
        if noise_shape is None
        else tuple(s if n is None else n for s, n in zip(x.shape, noise_shape, strict=True))
    )
    return callback(lambda: rng().random(shape, np.float32))


def _normal(x: Any, rng: Source) -> Any:
    """Return normal numbers of the shape and dtype of x."""
    return np.astype(callback(lambda: rng().standard_normal(x.shape)), x.dtype)


class AlphaDropout(Dropout):
    """Dropout that keeps mean and variance of what `selu` gives (Klambauer et al., 2017)."""

    def noise(self, x: Any, rng: Source) -> Any:
        floor, rate = -1.7580993408473766, self.rate  # where selu ends to the left
        if not rate:
            return x
        keep = np.astype(_drawn(x, self.noise_shape, rng) >= rate, x.dtype)
        a = ((1 - rate) * (1 + rate * floor**2)) ** -0.5 if rate < 1 else 0.0
        return (x * keep + floor * (1 - keep)) * a - a * floor * rate


class GaussianDropout(Noisy):
    """Multiplies by normal noise of mean 1 and standard deviation √(rate / (1 - rate))."""

    def __init__(self, rate: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        self.rate = _fraction("GaussianDropout", rate)
        if self.rate == 1:
            raise ValueError("GaussianDropout: rate must be less than 1, where the noise has no bound")

    def noise(self, x: Any, rng: Source) -> Any:
        deviation = math.sqrt(self.rate / (1 - self.rate))
        return multiply(x, 1 + _normal(x, rng) * deviation)


class GaussianNoise(Noisy):
    """Adds normal noise of this standard deviation."""

    def __init__(self, stddev: float, seed: int | None = None, **options: Any) -> None:
        super().__init__(seed, **options)
        if not stddev >= 0:
            raise ValueError(f"GaussianNoise: stddev must not be negative, it is {stddev!r}")
        self.stddev = stddev

    def noise(self, x: Any, rng: Source) -> Any:
        return x + _normal(x, rng) * self.stddev
