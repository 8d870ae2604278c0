"""Optimisers, with Keras' names, defaults and formulas; `schedules` has learning rates that change."""

from typing import Any, Final

from nn.names import Registry, table_of
from nn.optimizers import schedules as schedules
from nn.optimizers.optimizer import Optimizer
from nn.optimizers.rules import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, RMSprop

OPTIMIZERS: Final[Registry[Optimizer]] = Registry(
    "optimizer",
    table_of([SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam, Lion]),
    base=Optimizer,
)


def get(identifier: Any) -> Optimizer:
    """Return an optimiser, given by name or as one.

    >>> get("adam")
    Adam()
    """
    return OPTIMIZERS.get(identifier)


__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "get",
    "schedules",
]
