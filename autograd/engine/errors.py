"""What a user reads when an operation cannot be done: which operation, which shapes and dtypes, what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np


class BatchError(RuntimeError):
    """What has one value must not be asked of a batch, or a plain array cannot take what differs in it.

    `array` is then the array of the batch, so that whoever made the plain one may make it like that.
    """

    def __init__(self, message: str, array: Any = None) -> None:
        super().__init__(message)
        self.array = array


def described(value: Any) -> str:
    """Return a few words on an operand: its shape and dtype, or the value itself if it is a plain scalar."""
    if isinstance(value, bool | int | float | complex) and not isinstance(value, np.generic):
        return repr(value)
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    return type(value).__name__ if shape is None else f"{shape} {dtype}"


def explained(op: Any, error: Exception, operands: Sequence[Any], params: dict[str, Any]) -> Exception:
    """Return the error to raise in place of `error`, which NumPy raised while `op` was computed."""
    shapes = [getattr(x, "shape", ()) for x in operands]
    advice = op.advice(*operands, **params) if op.advice is not None else ""
    if not advice and "broadcast" in str(error) and len(shapes) > 1:
        advice = _broadcast_advice(shapes)
    options = "".join(f", {name}={value!r}" for name, value in params.items())
    message = f"{op.name}({', '.join(described(x) for x in operands)}{options}): {advice or error}"
    for kind in (np.linalg.LinAlgError, np.exceptions.AxisError, IndexError, ValueError, TypeError):
        if isinstance(error, kind):
            return kind(message)
    error.add_note(message)
    return error


def _broadcast_advice(shapes: Sequence[tuple[int, ...]]) -> str:
    """Name the first pair of sizes, from the right, that do not broadcast."""
    longest = max(len(shape) for shape in shapes)
    for axis in range(1, longest + 1):
        sizes = [shape[-axis] for shape in shapes if len(shape) >= axis]
        clash = [size for size in sizes if size != 1]
        if len(set(clash)) > 1:
            return (
                f"shapes {' and '.join(map(str, shapes))} do not broadcast: on axis {-axis} the sizes are "
                f"{' and '.join(map(str, sizes))}. Sizes must be equal, or one of them 1; "
                "reshape or transpose one operand."
            )
    return ""


def not_an_operand(op: str, value: Any) -> NoReturn:
    raise TypeError(
        f"{op}: cannot take {type(value).__name__} {value!r:.60} as an operand. "
        "It takes tensors, NumPy arrays, numbers, and nested lists of numbers."
    )
