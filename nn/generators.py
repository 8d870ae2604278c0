"""Where the random numbers of `nn` come from: one generator, which `set_random_seed` starts anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import numpy as np

_current: ContextVar[np.random.Generator | None] = ContextVar("generator", default=None)


class _State:
    generator: np.random.Generator | None = None  # made at first use: to load numpy.random takes 10 ms


def set_random_seed(seed: int) -> None:
    """Make everything random repeatable, to the last bit: initial parameters, the order of batches, dropout.

    As in Keras, Python's `random` and NumPy's global generator start from this seed too.

    >>> import nn
    >>> set_random_seed(0)
    >>> first = nn.initializers.HeNormal()((2, 3))
    >>> set_random_seed(0)
    >>> bool((nn.initializers.HeNormal()((2, 3)) == first).all())
    True
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise ValueError(f"set_random_seed: the seed must be a whole number from 0 to 2**32 - 1, not {seed!r}")
    random.seed(int(seed))
    np.random.seed(int(seed))  # noqa: NPY002 - programs that draw from it expect this of a seed for everything
    _State.generator = np.random.default_rng(int(seed))


def generator(seed: int | np.random.Generator | None = None) -> np.random.Generator:
    """Return the generator that all random numbers of `nn` come from; with a seed, one of its own."""
    if seed is not None:
        return np.random.default_rng(seed)
    current = _current.get()
    if current is not None:
        return current
    if _State.generator is None:
        _State.generator = np.random.default_rng()
    return _State.generator


@contextmanager
def drawing_from(source: np.random.Generator) -> Iterator[None]:
    """Let all random numbers of `nn` come from `source` inside a `with` block, in this thread or task."""
    token = _current.set(source)
    try:
        yield
    finally:
        _current.reset(token)


def global_states() -> dict[str, Any]:
    """Return the states of the generators that belong to no layer, to go on from later."""
    version, keys, gauss = random.getstate()
    name, state, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    return {
        "nn": generator().bit_generator.state,
        "python": [version, list(keys), gauss],
        "numpy": [name, np.asarray(state).tolist(), position, has_gauss, cached],
    }


def set_global_states(states: dict[str, Any]) -> None:
    """Go on from states that `global_states` gave; ValueError for what is none."""
    version, keys, gauss = states["python"]
    name, state, position, has_gauss, cached = states["numpy"]
    if name != "MT19937" or position not in _PLACES[name] or len(state) != _PLACES[name][-1]:
        raise ValueError("the state of NumPy's global generator is none")
    set_state(generator(), states["nn"])
    random.setstate((version, tuple(keys), gauss))
    np.random.set_state((name, np.array(state, np.uint32), position, has_gauss, cached))  # noqa: NPY002


def set_state(of: np.random.Generator, state: Any) -> None:
    """Let a generator go on from a state of its kind; ValueError for what is none."""
    kind = type(of.bit_generator).__name__
    if not isinstance(state, dict) or state.get("bit_generator") != kind:
        raise ValueError(f"the state of a generator is not one of {kind}")
    position = state["state"].get("pos", state.get("buffer_pos", 0))
    if position not in _PLACES.get(kind, range(1)):
        raise ValueError(f"the state of a generator has the position {position!r}")
    of.bit_generator.state = state


# Where a generator can be among the numbers that it has drawn in advance. NumPy takes any, and reads beyond its memory.
_PLACES: Final = {"MT19937": range(624 + 1), "Philox": range(4 + 1)}
