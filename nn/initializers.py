"""What parameters start from, by Keras' names; and the generator that draws them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.names import by_name

Shape = tuple[int, ...]
Initializer = Callable[[Shape, np.random.Generator], Any]

# The standard deviation of a normal distribution that is cut off at two standard deviations.
_TRUNCATED_STD = 0.87962566103423978


class _State:
    generator = np.random.default_rng()


def set_random_seed(seed: int) -> None:
    """Make everything random in `nn` repeatable, to the last bit: initial parameters and the order of batches.

    >>> set_random_seed(0)
    >>> first = initialized("he_normal", (2, 3), "float32")
    >>> set_random_seed(0)
    >>> bool((initialized("he_normal", (2, 3), "float32") == first).all())
    True
    """
    _State.generator = np.random.default_rng(seed)


def generator() -> np.random.Generator:
    """Return the generator that all random numbers of `nn` come from."""
    return _State.generator


def _truncated_normal(shape: Shape, std: float, rng: np.random.Generator) -> Any:
    values = rng.standard_normal(shape)
    while (outside := np.abs(values) > 2).any():
        values[outside] = rng.standard_normal(int(outside.sum()))
    return values * (std / _TRUNCATED_STD)


def _scaled(scale: float, fans: Callable[[int, int], float], normal: bool) -> Initializer:
    """Return the initialiser with variance scale / fans(in, out)."""

    def draw(shape: Shape, rng: np.random.Generator) -> Any:
        variance = scale / max(1.0, fans(shape[0], shape[-1]))
        if normal:
            return _truncated_normal(shape, float(np.sqrt(variance)), rng)
        limit = np.sqrt(3 * variance)
        return rng.uniform(-limit, limit, shape)

    return draw


INITIALIZERS: Final[dict[str, Initializer]] = {
    "zeros": lambda shape, _rng: np.zeros(shape),
    "ones": lambda shape, _rng: np.ones(shape),
    "glorot_uniform": _scaled(1, lambda i, o: (i + o) / 2, normal=False),
    "glorot_normal": _scaled(1, lambda i, o: (i + o) / 2, normal=True),
    "he_uniform": _scaled(2, lambda i, _o: i, normal=False),
    "he_normal": _scaled(2, lambda i, _o: i, normal=True),
    "lecun_uniform": _scaled(1, lambda i, _o: i, normal=False),
    "lecun_normal": _scaled(1, lambda i, _o: i, normal=True),
}


def initialized(name: str | Initializer, shape: Shape, dtype: Any) -> Any:
    """Return an array drawn by an initialiser, given by name or as a function of (shape, generator)."""
    draw = get_initializer(name)
    values = np.asarray(draw(shape, generator()), dtype)
    if values.shape != shape:
        raise ValueError(f"initializer {name!r} returned values of shape {values.shape}, not {shape}")
    return values


def get_initializer(name: str | Initializer) -> Initializer:
    """Return an initialiser, given by name or as a function of (shape, generator)."""
    return name if callable(name) else by_name("initializer", name, INITIALIZERS)
