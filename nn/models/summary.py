"""The table of a model's layers, drawn with the lines that Keras draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any, Final, NamedTuple

from nn.layers.layer import Layer

UNITS: Final = ("B", "KB", "MB", "GB")
HEADINGS: Final = ("Layer (type)", "Output Shape", "Param #", "Connected to")
WIDTHS: Final = (33, 24, 15, 24)


class Row(NamedTuple):
    """A layer with its name in the model, the shape of its output, and where its input is from, if that is shown."""

    name: str
    layer: Layer
    shape: str
    sources: str | None = None


def summary_text(name: str, rows: Sequence[Row], parameters: Sequence[Any], buffers: Sequence[Any]) -> str:
    """Return the whole of a summary: the table, and how many parameters there are in all."""
    lines = [f'Model: "{name}"', table(_cells(rows)), *_totals(parameters, buffers)]
    return "\n".join(lines)


def summary_html(name: str, rows: Sequence[Row], parameters: Sequence[Any], buffers: Sequence[Any]) -> str:
    """Return the same as a table for a notebook."""
    cells = _cells(rows)
    head = "".join(f"<th>{escape(heading)}</th>" for heading in HEADINGS[: max([3, *map(len, cells)])])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    totals = "<br>".join(escape(line.strip()) for line in _totals(parameters, buffers))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<p><b>{escape(name)}</b></p>{table}<p>{totals}</p>"


def _cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    return [
        (
            f"{row.name} ({type(row.layer).__name__})",
            row.shape,
            _count(row.layer),
            *[row.sources or "-"] * (row.sources is not None),
        )
        for row in rows
    ]


def _totals(parameters: Sequence[Any], buffers: Sequence[Any]) -> list[str]:
    trained = [p for p in parameters if p.requires_grad]
    others = [*(p for p in parameters if not p.requires_grad), *buffers]
    return [counted("Total", [*trained, *others]), counted("Trainable", trained), counted("Non-trainable", others)]


def expanded(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield rows, and after the row of a model those of its layers, indented."""
    stack = [(row, 0) for row in reversed(list(rows))]
    while stack:
        row, depth = stack.pop()
        yield row._replace(name=f"{'    ' * depth}└ {row.name}") if depth else row
        inner: list[Row] = row.layer.rows() if hasattr(row.layer, "rows") else []
        for other in reversed(inner):
            sources = None if row.sources is None else other.sources or "-"
            stack.append((other._replace(sources=sources), depth + 1))


def _count(layer: Layer) -> str:
    return f"{layer.count_params():,}" if layer.built or layer.weights else "0 (unbuilt)"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a box with a row for each layer.

    >>> print(table([("dense (Dense)", "(None, 3)", "9")]))
    ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
    ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
    ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
    │ dense (Dense)                   │ (None, 3)              │             9 │
    └─────────────────────────────────┴────────────────────────┴───────────────┘
    """
    columns = max([3, *map(len, rows)])
    headings, least = HEADINGS[:columns], WIDTHS[:columns]
    widths = [max(width, *(len(row[i]) + 2 for row in [headings, *rows])) for i, width in enumerate(least)]
    lines = [_rule("┏━┳┓", widths), _row(headings, "┃", widths), _rule("┡━╇┩", widths)]
    for i, row in enumerate(rows):
        lines += [_rule("├─┼┤", widths)] * (i > 0) + [_row(row, "│", widths)]
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def _rule(ends: str, widths: Sequence[int]) -> str:
    """Return a line such as ┏━┳┓, as wide as asked for."""
    return ends[0] + ends[2].join(ends[1] * width for width in widths) + ends[3]


def _row(cells: Sequence[str], side: str, widths: Sequence[int]) -> str:
    padded = [
        f" {cell:>{width - 2}} " if i == 2 else f" {cell:<{width - 2}} "
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return side + side.join(padded) + side


def counted(what: str, tensors: Sequence[Any]) -> str:
    """Return how many values these have, and their size in memory.

    >>> import numpy as np
    >>> counted("Total", [np.zeros((3, 100), "float32")])
    ' Total params: 300 (1.17 KB)'
    """
    size, unit = float(sum(p.size * p.dtype.itemsize for p in tensors)), 0
    while size >= 1024 and unit < len(UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f" {what} params: {sum(p.size for p in tensors):,} ({size:.2f} {UNITS[unit]})"
