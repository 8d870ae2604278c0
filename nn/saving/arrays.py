"""The arrays of a model and its optimizer, under one roof of names: what model files and checkpoints share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

WEIGHTS: Final = "weights/"
SLOTS: Final = "optimizer/"


def gathered(model: Any, optimizer: Any = None) -> dict[str, Any]:
    """Return copies of the parameters and buffers of a model, and of the state of an optimizer."""
    slots = {} if optimizer is None else dict(optimizer.slot_arrays())
    weights = {WEIGHTS + name: array for name, array in model.state_dict().items()}
    return weights | {SLOTS + name: np.array(array) for name, array in slots.items()}


def beneath(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arrays whose names have a prefix, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def load_slots(optimizer: Any, slots: Mapping[str, Any]) -> None:
    """Take over the arrays of an optimizer's state; ValueError, with nothing changed, if they do not fit."""
    own = dict(optimizer.slot_arrays())
    if {name: array.shape for name, array in own.items()} != {name: np.shape(array) for name, array in slots.items()}:
        raise ValueError("the state of the optimizer is that of another one, or of other parameters")
    for name, array in own.items():
        array[...] = slots[name]
