"""The table of a model's layers, drawn with the lines that Keras draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

WIDTHS = (33, 24, 15)
UNITS = ("B", "KB", "MB", "GB")
HEADINGS = ("Layer (type)", "Output Shape", "Param #")


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return a box with a row for each layer.

    >>> print(table([("dense (Dense)", "(None, 3)", "9")]))
    ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
    ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
    ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
    │ dense (Dense)                   │ (None, 3)              │             9 │
    └─────────────────────────────────┴────────────────────────┴───────────────┘
    """
    widths = [max(width, *(len(row[i]) + 2 for row in [HEADINGS, *rows])) for i, width in enumerate(WIDTHS)]
    lines = [_rule("┏━┳┓", widths), _row(HEADINGS, "┃", widths), _rule("┡━╇┩", widths)]
    for i, row in enumerate(rows):
        lines += [_rule("├─┼┤", widths)] * (i > 0) + [_row(row, "│", widths)]
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def _rule(ends: str, widths: Sequence[int]) -> str:
    """Return a line such as ┏━┳┓, as wide as asked for."""
    return ends[0] + ends[2].join(ends[1] * width for width in widths) + ends[3]


def _row(cells: Sequence[str], side: str, widths: Sequence[int]) -> str:
    name, shape, count = (width - 2 for width in widths)
    return f"{side} {cells[0]:<{name}} {side} {cells[1]:<{shape}} {side} {cells[2]:>{count}} {side}"


def counted(what: str, parameters: Sequence[Any]) -> str:
    """Return how many values these parameters have, and their size in memory.

    >>> import numpy as np
    >>> counted("Total", [np.zeros((3, 100), "float32")])
    ' Total params: 300 (1.17 KB)'
    """
    size, unit = float(sum(p.size * p.dtype.itemsize for p in parameters)), 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f" {what} params: {sum(p.size for p in parameters):,} ({size:.2f} {UNITS[unit]})"
