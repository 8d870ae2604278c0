"""A neuron, a layer and a network as circles and edges: SVG, with nothing else installed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Any, Final

import numpy as np

import nn
from viz.files import ending, write
from viz.raster import raster
from viz.text import clean, text_width

_RADIUS: Final = 17.0
_STEP: Final = 48.0  # between the middles of circles in a column
_COLUMN: Final = 150.0
_MARGIN: Final = 22.0
_MOST: Final = 8  # circles in a column; of more the first and the last ones are drawn
_FONT: Final = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
_INPUT, _UNIT, _BIAS, _BLOCK = (
    ("#fdf0db", "#cf8a2e"),
    ("#eaf1fc", "#5b7db1"),
    ("#f1f2f4", "#9298a5"),
    ("#def3e2", "#2f8743"),
)
_UP, _DOWN, _PLAIN, _INK = "#3b6fb6", "#c0392b", "#9aa3b5", "#1f2430"


class Picture:
    """A picture as SVG text: `svg()` returns it, `save(path)` writes it, and a notebook shows it."""

    def __init__(self, title: str, parts: Sequence[str], width: float, height: float) -> None:
        self.title = title
        self._text = "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f'height="{height:.0f}" style="max-width:100%;height:auto" role="img" font-family="{_FONT}" '
            'text-anchor="middle">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
            *parts,
            "</svg>\n",
        ])  # fmt: skip

    def svg(self) -> str:
        """Return the picture as SVG text."""
        return self._text

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: .svg, or by matplotlib .png or .pdf."""
        form = ending(path, (".svg", ".png", ".pdf"))
        write(path, self._text.encode() if form == ".svg" else raster(self._text, form.removeprefix(".")))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"image/svg+xml": self._text, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<Picture: {self.title}>"


def neuron(
    weights: int | Sequence[float] = 3, bias: float | None = None, activation: str | None = "sigmoid"
) -> Picture:
    """Draw one neuron: inputs times weights, the sum with the bias, the activation, the output.

    `weights` are numbers, which are written on the edges, or how many inputs there are.

    >>> neuron([0.5, -1.0], 0.1, "relu")
    <Picture: A neuron of 2 inputs, relu>
    """
    given = None if isinstance(weights, int) else [float(w) for w in weights]
    count = _whole("neuron", "the number of weights", weights if given is None else len(given))
    rows = [*_shown(count), -1]
    height = 2 * _MARGIN + _STEP * len(rows)
    x, sum_x, middle = _MARGIN + _RADIUS, _MARGIN + _RADIUS + 190, height / 2
    largest = max(map(abs, [*(given or ()), bias or 0.0]))
    parts = []
    for place, row in enumerate(rows):
        y = _MARGIN + _STEP * (place + 0.5)
        if row is None:
            parts.append(_text(x, y + 4, "⋮", 20))
            continue
        is_bias = row < 0
        value = bias if is_bias else None if given is None else given[row]
        label = ("b" if is_bias else f"w{_low(row + 1)}") if value is None else f"{value:.3g}"
        parts.append(_edge(x + _RADIUS, y, sum_x - _RADIUS - 5, middle, value, largest, dashed=is_bias))
        parts.append(_circle(x, y, "1" if is_bias else f"x{_low(row + 1)}", _BIAS if is_bias else _INPUT))
        parts.append(_text(x + 0.36 * (sum_x - x), y + 0.36 * (middle - y) + 4, label, 12, halo=True))
    parts.append(_circle(sum_x, middle, "Σ", _UNIT, _RADIUS + 5))
    end, name = sum_x + _RADIUS + 5, activation or "linear"
    if name != "linear":
        width = text_width(name, 13, bold=True) + 20
        parts += [_arrow(end, middle, end + 34), _block(end + 34, middle - 20, width, 40, name)]
        end += 34 + width
    parts += [_arrow(end, middle, end + 40), _text(end + 52, middle + 5, "y", 15)]
    return Picture(f"A neuron of {count} input{'s' * (count > 1)}, {name}", parts, end + 62 + _MARGIN / 2, height)


def layer(inputs: int | nn.Layer = 3, units: int = 2, activation: str | None = None) -> Picture:
    """Draw a fully connected layer: every input to every unit, and a bias to each.

    `inputs` is how many there are, or a `Dense` layer that has its weights.

    >>> layer(3, 2, "relu")
    <Picture: A layer of 2 units on 3 inputs, relu>
    """
    if isinstance(inputs, nn.Layer):
        if not isinstance(inputs, nn.Dense):
            raise TypeError(f"layer: wants a Dense layer or a number of inputs, not {type(inputs).__name__}")
        columns = _columns_of(inputs, "layer")
    else:
        made = _whole("layer", "units", units)
        columns = [_Column(_whole("layer", "inputs", inputs)), _Column(made, activation or "")]
    before, after = columns
    called = f", {after.activation}" if after.activation else ""
    heading = f"y = {after.activation}(x W + b)" if after.activation else "y = x W + b"
    return _drawn(columns, f"A layer of {after.size} units on {before.size} inputs{called}", heading)


def network(model: nn.Model | Sequence[int], activations: Sequence[str | None] | None = None) -> Picture:
    """Draw a network: circles for inputs and units, an edge for each weight, a bias for each layer, softmax as a block.

    `model` is a chain of layers whose shapes are known, or how many inputs and units there are: [3, 8, 2]. Of a model
    an edge is blue where the weight is positive and red where it is negative, and the wider the larger it is. In a
    column of more than eight the middle ones are left out, and their number is said.

    >>> network([2, 4, 3], ["relu", "softmax"])
    <Picture: A network of 2 → 4 → 3>
    """
    if isinstance(model, nn.Layer):
        columns = _columns_of(model, "network")
    else:
        sizes = [_whole("network", "a size", n) for n in model]
        names = [a or "" for a in activations or [None] * (len(sizes) - 1)]
        if len(sizes) < 2 or len(names) != len(sizes) - 1:
            raise ValueError(
                f"network: needs at least two sizes, and an activation for each but the first; {len(sizes)} and "
                f"{len(names)} are given"
            )
        columns = [_Column(n, name) for n, name in zip(sizes, ["", *names], strict=True)]
    return _drawn(columns, f"A network of {' → '.join(f'{column.size:,}' for column in columns)}")


# --- columns -----------------------------------------------------------------------------------------------


@dataclass
class _Column:
    """Inputs, or the units of a layer: how many, their activation, and the weights before them if they are known.

    `places` has the heights of the circles by the numbers of their units, `gap` that of the dots between them, and
    `bias` that of the bias for the next column.
    """

    size: int
    activation: str = ""
    kernel: Any = None
    biases: Any = None
    has_bias: bool = True
    x: float = 0.0
    places: dict[int, float] = field(default_factory=dict)
    gap: float | None = None
    bias: float | None = None

    def put(self, x: float, middle: float, bias: bool) -> None:
        """Set the places of the circles, around a middle."""
        rows = _shown(self.size)
        first = middle - (len(rows) - 1) * _STEP / 2
        heights = {row: first + k * _STEP for k, row in enumerate(rows)}
        self.gap = heights.pop(None, None)
        self.x, self.places = x, {row: y for row, y in heights.items() if row is not None}
        self.bias = first + len(rows) * _STEP if bias else None


def _columns_of(model: nn.Layer, what: str) -> list[_Column]:
    """Return the columns of a chain of layers: dense ones, and activations between them."""
    columns: list[_Column] = []
    stack: list[Any] = [model]
    while stack:
        part = stack.pop()
        if isinstance(part, nn.Model):
            stack.extend(reversed(part.layers))
        elif isinstance(part, nn.Dense):
            if not part.built:
                raise ValueError(f"{what}: the shape of the input of {part.name!r} is not known; give input_dim")
            kernel = part.kernel.data
            columns = columns or [_Column(kernel.shape[0])]
            if columns[-1].size != kernel.shape[0]:
                raise ValueError(
                    f"{what}: the layers do not follow one another: {part.name!r} takes {kernel.shape[0]} inputs, and "
                    f"{columns[-1].size} come before it"
                )
            biases = None if part.bias is None else part.bias.data
            columns.append(_Column(kernel.shape[1], _name(part.activation), kernel, biases, biases is not None))
        elif columns and isinstance(part, _ACTIVATIONS):
            columns[-1].activation = _name(getattr(part, "activation", None) or part)
    if len(columns) < 2:
        raise ValueError(f"{what}: there is no Dense layer in {model.name!r} to draw")
    return columns


_ACTIVATIONS: Final = (nn.Activation, nn.Softmax, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.PReLU)


def _name(activation: Any) -> str:
    name = getattr(activation, "__name__", None) or type(activation).__name__.lower()
    return "" if name == "linear" else str(name)


def _shown(count: int) -> list[int | None]:
    """Return the numbers of the circles to draw, with None where some are left out."""
    if count <= _MOST:
        return list(range(count))
    return [*range(_MOST - 3), None, count - 2, count - 1]


def _drawn(columns: Sequence[_Column], title: str, heading: str = "") -> Picture:
    """Return the picture of columns, each fully connected to the next."""
    most = max(len(_shown(column.size)) for column in columns) + 1
    top = 44.0 if heading else 20.0
    height = _MARGIN + top + most * _STEP + 30
    for i, column in enumerate(columns):
        following = columns[i + 1] if i + 1 < len(columns) else None
        middle = _MARGIN + top + (most - 1) * _STEP / 2
        column.put(_MARGIN + 16 + _RADIUS + i * _COLUMN, middle, following is not None and following.has_bias)
    parts = [edge for a, b in pairwise(columns) for edge in _edges(a, b)]
    for i, column in enumerate(columns):
        parts += _circles(column, first=i == 0, last=i == len(columns) - 1)
        kind = ("input" if i == 0 else "unit") + "s" * (column.size > 1)
        parts.append(_text(column.x, height - _MARGIN + 6, f"{column.size:,} {kind}", 12))
    last = columns[-1]
    right = last.x + _RADIUS
    if last.activation == "softmax":
        top, bottom = min(last.places.values()) - _RADIUS, max(last.places.values()) + _RADIUS
        width = text_width("softmax", 13, bold=True) + 20
        parts += [_arrow(right, y, right + 30) for y in last.places.values()]
        parts.append(_block(right + 30, top, width, bottom - top, "softmax"))
        right += 30 + width
    for row, y in last.places.items():
        label = f"y{_low(row + 1)}" if last.size > 1 else "y"
        parts += [_arrow(right, y, right + 30), _text(right + 44, y + 5, label, 13)]
    if heading:
        parts.append(_text((columns[0].x + last.x) / 2, _MARGIN, heading, 13, bold=True))
    return Picture(title, parts, right + 60 + _MARGIN / 2, height)


def _edges(a: _Column, b: _Column) -> list[str]:
    """Return the edges between two columns, coloured by their weights if these are known."""
    largest = 0.0 if b.kernel is None else float(np.nanmax(np.abs(b.kernel), initial=0.0))
    edges = []
    for row, y in a.places.items():
        for unit, to in b.places.items():
            weight = None if b.kernel is None else float(b.kernel[row, unit])
            edges.append(_edge(a.x + _RADIUS, y, b.x - _RADIUS, to, weight, largest))
    if a.bias is not None:
        for unit, to in b.places.items():
            weight = None if b.biases is None else float(b.biases[unit])
            edges.append(_edge(a.x + _RADIUS, a.bias, b.x - _RADIUS, to, weight, largest, dashed=True))
    return edges


def _circles(column: _Column, first: bool, last: bool) -> list[str]:
    """Return the circles of a column, the dots for those left out, the bias, and the activation above."""
    parts = []
    for row, y in column.places.items():
        label = f"x{_low(row + 1)}" if first else "" if last else f"h{_low(row + 1)}"
        parts.append(_circle(column.x, y, label, _INPUT if first else _UNIT))
    if column.gap is not None:
        hidden = column.size - len(column.places)
        parts.append(_text(column.x, column.gap + 4, "⋮", 20))
        parts.append(_text(column.x + (-32 if last else 32), column.gap + 4, f"{hidden:,} more", 10, halo=True))
    if column.bias is not None:
        parts.append(_circle(column.x, column.bias, "1", _BIAS))
    if column.activation not in ("", "softmax") and column.places:
        parts.append(_text(column.x, min(column.places.values()) - _RADIUS - 9, column.activation, 12, bold=True))
    return parts


# --- shapes ------------------------------------------------------------------------------------------------


def _edge(
    x: float, y: float, to_x: float, to_y: float, weight: float | None, largest: float = 0.0, dashed: bool = False
) -> str:
    """Return a line: blue for a positive weight, red for a negative one, the wider the larger it is."""
    if weight is None or not largest or not np.isfinite(weight):
        color, width = _PLAIN if weight is None or np.isfinite(weight) else _DOWN, 1.1
    else:
        share = min(abs(weight) / largest, 1.0)
        color, width = _UP if weight > 0 else _DOWN, 0.4 + 2.2 * share
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{color}" '
        f'stroke-width="{width:.2f}" stroke-opacity="0.75"{dash}/>'
    )


def _circle(x: float, y: float, label: str, look: tuple[str, str], radius: float = _RADIUS) -> str:
    fill, stroke = look
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.0f}" fill="{fill}" stroke="{stroke}" stroke-width="1.4"/>'
    return circle + (_text(x, y + 5, label, 13) if label else "")


def _block(x: float, y: float, width: float, height: float, label: str) -> str:
    fill, stroke = _BLOCK
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="8" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.4"/>{_text(x + width / 2, y + height / 2 + 5, label, 13, bold=True)}'
    )


def _arrow(x: float, y: float, to: float) -> str:
    return (
        f'<path d="M{x:.1f},{y:.1f} H{to - 6:.1f}" fill="none" stroke="{_PLAIN}" stroke-width="1.4"/>'
        f'<path d="M{to:.1f},{y:.1f} l-8,-3.8 v7.6 z" fill="{_PLAIN}"/>'
    )


def _text(x: float, y: float, text: str, size: float, bold: bool = False, halo: bool = False) -> str:
    look = ' font-weight="bold"' if bold else ""
    if halo:  # of paper, so that it reads where a line passes
        look += ' stroke="#ffffff" stroke-width="4" paint-order="stroke"'
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.0f}" fill="{_INK}"{look}>{escape(clean(text))}</text>'


def _low(number: int) -> str:
    """Return a number in letters below the line.

    >>> _low(12)
    '₁₂'
    """
    return "".join(chr(ord("₀") + int(digit)) for digit in str(number))


def _whole(what: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(f"{what}: {name} must be a whole number of at least 1, not {value!r}")
    return int(value)
