"""Activations, by Keras' names; and how a loss finds what the last one was applied to.

A cross-entropy of probabilities has no slope where they are rounded to 0 or 1; of the numbers that sigmoid or softmax
was applied to, the logits, it is exact. So inside `noting_logits()` these two write down what they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, NamedTuple

import numpy as np

import autograd
from autograd import (
    Tensor,
    celu,
    elu,
    gelu,
    hard_sigmoid,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    mish,
    relu6,
    selu,
    silu,
    softplus,
    softsign,
    tanh,
)
from autograd import exp as exponential
from nn.names import Registry

Function = Callable[..., Any]


class Logits(NamedTuple):
    """An output of sigmoid or softmax, what it was applied to, and which of the two it was."""

    output: Tensor
    logits: Any
    activation: str


_noted: ContextVar[list[Logits] | None] = ContextVar("noted_logits", default=None)


@contextmanager
def noting_logits() -> Iterator[list[Logits]]:
    """Collect what sigmoid and softmax are applied to inside the block, in order."""
    noted: list[Logits] = []
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + exp(-x)).

    >>> sigmoid(np.array([0.0, 1.0])).data.round(4)
    array([0.5   , 0.7311])
    """
    out = autograd.sigmoid(x)
    noted = _noted.get()
    if noted is not None:
        noted.append(Logits(out, x, "sigmoid"))
    return out


def softmax(x: Any, axis: int = -1) -> Any:
    """Return exp(x) divided by its sum along `axis`.

    >>> softmax(np.array([0.0, 0.0])).data
    array([0.5, 0.5])
    """
    if axis != -1:
        return autograd.softmax(x, axis=axis)
    out = autograd.softmax(x)
    noted = _noted.get()
    if noted is not None:
        noted.append(Logits(out, x, "softmax"))
    return out


def logits_of(out: Any, noted: Sequence[Logits]) -> Logits | None:
    """Return what the activation that gave `out` was applied to, if it was noted."""
    return next((logits for logits in reversed(noted) if logits.output is out), None)


def linear(x: Any) -> Any:
    """Return x: no activation."""
    return x


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Return x where it is over `threshold`, else negative_slope · (x - threshold); at most `max_value`.

    The slope is 0 at 0, and at `max_value`.

    >>> relu(np.array([-2.0, 1.0, 9.0]), negative_slope=0.1, max_value=6.0).data
    array([-0.2,  1. ,  6. ])
    """
    if threshold == 0 and max_value is None:
        return autograd.relu(x) if negative_slope == 0 else leaky_relu(x, negative_slope)
    x = x if isinstance(x, Tensor) else autograd.tensor(x)
    below = negative_slope * (x - threshold) if negative_slope else 0.0
    out = np.where(x > threshold, x, below)
    return out if max_value is None else np.where(out >= max_value, max_value, out)


ACTIVATIONS: Final[Registry[Function]] = Registry(
    "activation",
    {
        "linear": linear, "relu": autograd.relu, "sigmoid": sigmoid, "softmax": softmax, "tanh": tanh,
        "softplus": softplus,
        "leaky_relu": leaky_relu, "relu6": relu6, "elu": elu, "selu": selu, "celu": celu, "gelu": gelu, "silu": silu,
        "swish": silu, "mish": mish, "softsign": softsign, "exp": exponential, "exponential": exponential,
        "hard_sigmoid": hard_sigmoid, "hard_tanh": hard_tanh, "log_sigmoid": log_sigmoid, "log_softmax": log_softmax,
    },
)  # fmt: skip

swish = silu
_NOTING: Final = {autograd.sigmoid: sigmoid, autograd.softmax: softmax, relu: autograd.relu}


def get(identifier: Any) -> Function:
    """Return an activation, given by name or as a function; None is `linear`.

    >>> get("relu")(np.array([-1.0, 2.0])).data
    array([0., 2.])
    """
    if identifier is None:
        return linear
    found = ACTIVATIONS.get(identifier)
    return _NOTING.get(found, found)
