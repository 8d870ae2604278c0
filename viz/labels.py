"""What is written into the box of a node: strings only, made when the picture is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from autograd import Node, Tensor

SHOWN = ("shape", "dtype", "value", "stats", "grad", "grad_norm", "saved")
SYMBOLS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "matmul": "@", "power": "**"}
_LONGEST_OPTION = 20


def title(node: Node) -> str:
    """Return what the node is: "× multiply", "sum", or "leaf"."""
    if node.op is None:
        return "leaf"
    symbol = SYMBOLS.get(node.op.name)
    return f"{symbol} {node.op.name}" if symbol else node.op.name


def details(node: Node, show: Sequence[str], value: Any = None) -> list[str]:
    """Return the lines below the title: constants, options, and what `show` asks for."""
    constants = _constants(node)
    lines = [constants] * bool(constants)
    lines += options("" if node.op is None else node.op.name, node.params, node.shape)
    if node.dtype is None:
        return [*lines, f"{len(node.shape)} results"]
    lines += facts(node.shape, node.dtype, show, value)
    if node.op is None or node.grad is not None:
        lines += gradient(node.grad, show)
    if "saved" in show and node.op is not None:
        lines.append(_saved(node))
    return lines


def facts(shape: tuple[int, ...], dtype: Any, show: Sequence[str], value: Any = None) -> list[str]:
    """Return shape and dtype on a line, and what is known of the value on others, as far as `show` asks for them."""
    what = [str(shape) if shape else "scalar"] * ("shape" in show) + [str(dtype)] * ("dtype" in show)
    lines = [" ".join(what)] * bool(what)
    if value is not None:
        lines += [short(value)] * ("value" in show) + [_stats(value)] * ("stats" in show)
    return lines


def gradient(grad: Any, show: Sequence[str]) -> list[str]:
    """Return the lines on a gradient: "none" where there is none, which differs from 0."""
    lines = [f"grad {'none' if grad is None else short(grad)}"] * ("grad" in show)
    if "grad_norm" in show:
        lines.append("‖grad‖ none" if grad is None else f"‖grad‖ {number(_norm(grad))}")
    return lines


def _norm(grad: Any) -> Any:
    array = np.asarray(_raw(grad))
    with np.errstate(all="ignore"):
        return np.sqrt(np.vdot(array, array).real)


def _stats(value: Any) -> str:
    """Return mean and standard deviation of the finite elements, and how many there are that are not."""
    array = np.asarray(_raw(value))
    if array.dtype.kind not in "biuf" or not array.size:
        return "empty" if not array.size else f"{array.size} values"
    numbers = array.astype(float)
    finite = numbers[np.isfinite(numbers)]
    text = f"mean {number(finite.mean())}, sd {number(finite.std())}" if finite.size else "no finite number"
    lost = numbers.size - finite.size
    return f"{text}, {lost:,} not finite" if lost and finite.size else text


def _saved(node: Node) -> str:
    """Return how many bytes an operation keeps for backward."""
    if node.saved is None:
        return "saved values freed"
    arrays = {id(value): value.nbytes for value in node.saved if isinstance(value, np.ndarray | np.generic)}
    return f"saves {in_bytes(sum(arrays.values()))}"


def in_bytes(count: float) -> str:
    """Return a number of bytes in words.

    >>> in_bytes(512), in_bytes(2048)
    ('512 B', '2.0 KB')
    """
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} GB"


def _raw(value: Any) -> Any:
    return (value.data if value.shape else value.item()) if isinstance(value, Tensor) else value


def short(value: Any) -> str:
    """Return a few characters on an array: all of up to three elements, or the range of more."""
    array = np.asarray(_raw(value))
    if array.size == 0:
        return "empty"
    if array.size <= 3:
        elements = ", ".join(number(x) for x in array.reshape(-1))
        return f"[{elements}]" if array.ndim else elements
    if array.dtype.kind not in "biuf":
        return f"{array.size} values"
    return f"{number(array.min())} … {number(array.max())}"


def number(value: Any) -> str:
    """Return a number in up to four digits; a truth value, a date or a word as it is."""
    plain = value.item() if isinstance(value, np.generic) else value
    return f"{plain:.4g}" if isinstance(plain, int | float | complex) and not isinstance(plain, bool) else str(plain)


def _constants(node: Node) -> str:
    """Return how operands that no gradient flows to take part: "… ** 2", "with 0.5"; "" if there are none.

    A number is known as long as the graph holds it: for derivative rules that need it, until backward has passed.
    """
    if node.op is None or None not in node.inputs:
        return ""
    kept = node.saved[1:] if node.saved else ()
    operands = [
        "…" if parent is not None else _constant(kept[i] if i < len(kept) else None)
        for i, parent in enumerate(node.inputs)
    ]
    symbol = SYMBOLS.get(node.op.name)
    if symbol and len(operands) == 2:
        return f" {symbol} ".join(operands)
    constants = [operand for operand in operands if operand != "…"]
    if len(constants) > 1:
        return f"with {len(constants)} constants"
    return "with a constant" if constants[0] == "constant" else f"with {constants[0]}"


def _constant(value: Any) -> str:
    single = isinstance(value, int | float | np.generic) or (isinstance(value, np.ndarray) and value.shape == ())
    return number(value[()] if isinstance(value, np.ndarray) else value) if single else "constant"


def options(function: str, params: Mapping[str, Any], shape: tuple[int, ...]) -> list[str]:
    """Return on a line the options that say more than the shape of the result does, if they are short."""
    words = (
        f"[{_index(value)}]" if function == "getitem" else f"{name}={_plain(value)}"
        for name, value in params.items()
        if value is not None and not (name == "shape" and value == shape)
    )
    line = ", ".join(text for text in words if len(text) <= _LONGEST_OPTION)
    return [line] * bool(line)


def _index(index: Any) -> str:
    return ", ".join(map(_plain, index)) if isinstance(index, tuple) else _plain(index)


def _plain(value: Any) -> str:
    """Return a value of Python's own types as it is written; of others no more than the type, as they can be big."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, slice):
        first, last, step = ("" if x is None else _plain(x) for x in (value.start, value.stop, value.step))
        return f"{first}:{last}:{step}" if step else f"{first}:{last}"
    if value is Ellipsis:
        return "..."
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))}{',' * (len(value) == 1)})"
    return repr(value) if value is None or isinstance(value, bool | int | str) else type(value).__name__
