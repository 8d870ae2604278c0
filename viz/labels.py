"""What is written into the box of a node: strings only, made when the picture is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import Node, Tensor

SHOWN = ("shape", "dtype", "value", "grad")
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
    lines = [line for line in (_constants(node), _options(node)) if line]
    if node.dtype is None:
        return [*lines, f"{len(node.shape)} results"]
    lines += facts(node.shape, node.dtype, show, value)
    if "grad" in show and (node.op is None or node.grad is not None):
        lines.append(f"grad {'none' if node.grad is None else short(node.grad)}")
    return lines


def facts(shape: tuple[int, ...], dtype: Any, show: Sequence[str], value: Any = None) -> list[str]:
    """Return shape and dtype on a line and the value on another, as far as `show` asks for them."""
    what = [str(shape) if shape else "scalar"] * ("shape" in show) + [str(dtype)] * ("dtype" in show)
    lines = [" ".join(what)] * bool(what)
    if "value" in show and value is not None:
        lines.append(short(value))
    return lines


def short(value: Any) -> str:
    """Return a few characters on an array: all of up to three elements, or the range of more."""
    if isinstance(value, Tensor):
        value = value.data if value.shape else value.item()
    array = np.asarray(value)
    if array.size == 0:
        return "empty"
    if array.size <= 3:
        elements = ", ".join(_number(x) for x in array.reshape(-1))
        return f"[{elements}]" if array.ndim else elements
    if array.dtype.kind not in "biuf":
        return f"{array.size} values"
    return f"{_number(array.min())} … {_number(array.max())}"


def _number(value: Any) -> str:
    plain = value.item() if isinstance(value, np.generic) else value
    return str(plain) if isinstance(plain, bool) else f"{plain:.4g}"


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
    return _number(value[()] if isinstance(value, np.ndarray) else value) if single else "constant"


def _options(node: Node) -> str:
    return ", ".join(_written(node))


def _written(node: Node) -> Iterator[str]:
    """Yield the options that say more than the shape of the result does, if they are short."""
    for name, value in node.params.items():
        if value is None or (name == "shape" and value == node.shape):
            continue
        text = f"[{_index(value)}]" if node.op is not None and node.op.name == "getitem" else f"{name}={_plain(value)}"
        if len(text) <= _LONGEST_OPTION:
            yield text


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
