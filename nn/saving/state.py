"""Nested state as JSON and arrays, and back: what a checkpoint is made of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

_KIND: Final = "$"  # the key that marks what JSON has no form for
_LONG: Final = 16  # lists of more numbers than that are kept as arrays


def packed(state: Any) -> tuple[Any, dict[str, Any]]:
    """Return nested dicts, lists, numbers, strings and arrays as a value that JSON has, and the arrays by names.

    >>> document, arrays = packed({"step": 3, "loss": float("nan"), "w": np.array([1.0])})
    >>> unpacked(document, arrays)
    {'step': 3, 'loss': nan, 'w': array([1.])}
    """
    arrays: dict[str, Any] = {}

    def kept(kind: str, array: Any) -> dict[str, str]:
        name = f"state/{len(arrays)}"
        arrays[name] = array
        return {_KIND: kind, "name": name}

    def pack(value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, np.ndarray | np.generic):
            return kept("array", np.asarray(value))
        if isinstance(value, float):
            return value if math.isfinite(value) else {_KIND: "float", "name": repr(value)}
        if isinstance(value, list | tuple):
            if len(value) > _LONG and all(type(item) is float for item in value):
                return kept("floats", np.array(value))
            if len(value) > _LONG and all(type(item) is int and abs(item) < 1 << 62 for item in value):
                return kept("ints", np.array(value))
            return [pack(item) for item in value]
        if isinstance(value, Mapping):
            return {_KIND: "dict", "items": {str(key): pack(item) for key, item in value.items()}}
        raise TypeError(f"a checkpoint cannot hold {value!r}")

    return pack(state), arrays


def unpacked(document: Any, arrays: Mapping[str, Any]) -> Any:
    """Return the state that `packed` was given; ValueError for a document that is none of its."""
    if isinstance(document, list):
        return [unpacked(item, arrays) for item in document]
    if not isinstance(document, dict):
        return document
    kind = document.get(_KIND)
    if kind == "dict":
        return {key: unpacked(item, arrays) for key, item in document["items"].items()}
    if kind == "float":
        return float(document["name"])
    if kind not in ("array", "floats", "ints") or document["name"] not in arrays:
        raise ValueError(f"there is no {str(document)[:60]} in it")
    array = arrays[document["name"]]
    return array if kind == "array" else array.tolist()
