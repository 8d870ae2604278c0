"""Our own SVG as PNG or PDF, drawn by matplotlib: what the pictures of this package are made of, and nothing else."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

_NAMESPACE: Final = "{http://www.w3.org/2000/svg}"
_POINTS: Final = 72 / 96  # to a pixel
_SHARP: Final = 2  # pixels of a PNG to one of the picture
_ANCHORS: Final = {"start": "left", "middle": "center", "end": "right"}


def raster(text: str, form: str) -> bytes:
    """Return a picture of ours, given as SVG text, as "png" or "pdf".

    Raises ImportError, naming the extra to install, where matplotlib is not there.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError(
            "save: .png and .pdf need matplotlib: pip install \"graphgrad[plot]\"; or draw with engine='dot', where "
            "graphviz' program is installed"
        ) from None
    root = ElementTree.fromstring(text)
    width, height = (float(n) for n in root.get("viewBox", "").split()[2:])
    figure = Figure(figsize=(width / 96, height / 96))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    for order, (element, x, y) in enumerate(_elements(root)):
        artist = _artist(element, x, y, ax)
        if artist is not None:
            artist.set_zorder(order + 1)
    out = io.BytesIO()
    metadata = {"Software": None} if form == "png" else {"CreationDate": None}
    figure.savefig(out, format=form, dpi=96 * _SHARP, metadata=metadata)
    return out.getvalue()


def _elements(root: Any) -> Iterator[tuple[Any, float, float]]:
    """Yield all elements in the order of drawing, with how far the groups around them have moved them."""
    stack = [(root, 0.0, 0.0)]
    while stack:
        element, x, y = stack.pop()
        moved = re.match(r"translate\((\S+) (\S+)\)", element.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        yield element, x, y
        stack.extend((child, x, y) for child in reversed(element))


def _artist(element: Any, x: float, y: float, ax: Any) -> Any:
    """Draw one element; return what it has become, or None for what has no looks."""
    from matplotlib import patches

    tag = element.tag.removeprefix(_NAMESPACE)
    if tag == "text":
        return _text(element, x, y, ax)
    look = _look(element)
    if tag == "rect":
        left, top, width, height, corner = (_number(element, name) for name in ("x", "y", "width", "height", "rx"))
        shape: Any = patches.FancyBboxPatch(
            (x + left, y + top), width, height, boxstyle=f"round,pad=0,rounding_size={corner}", **look
        )
    elif tag == "circle":
        shape = patches.Circle((x + _number(element, "cx"), y + _number(element, "cy")), _number(element, "r"), **look)
    elif tag == "line":
        ends = [(x + _number(element, f"x{i}"), y + _number(element, f"y{i}")) for i in (1, 2)]
        shape = patches.PathPatch(_path(f"M{ends[0][0]},{ends[0][1]} L{ends[1][0]},{ends[1][1]}", 0, 0), **look)
    elif tag == "path":
        shape = patches.PathPatch(_path(element.get("d", ""), x, y), **look)
    else:
        return None
    return ax.add_patch(shape)


def _text(element: Any, x: float, y: float, ax: Any) -> Any:
    from matplotlib import patheffects

    halo = element.get("paint-order") == "stroke"
    effects = [patheffects.withStroke(linewidth=_number(element, "stroke-width"), foreground=element.get("stroke"))]
    return ax.text(
        x + _number(element, "x"), y + _number(element, "y"), element.text or "", color=element.get("fill"),
        fontsize=_number(element, "font-size") * _POINTS, fontweight=element.get("font-weight", "normal"),
        ha=_ANCHORS[element.get("text-anchor", "middle")], va="baseline", parse_math=False,
        path_effects=effects if halo else None,
    )  # fmt: skip


def _look(element: Any) -> dict[str, Any]:
    """Return fill and stroke by matplotlib's names."""
    fill, stroke = element.get("fill", "none"), element.get("stroke", "none")
    width = _number(element, "stroke-width", 1.0) * _POINTS
    look: dict[str, Any] = {
        "facecolor": fill, "edgecolor": stroke, "linewidth": width if stroke != "none" else 0.0, "fill": fill != "none"
    }  # fmt: skip
    if "stroke-opacity" in element.attrib:
        look["alpha"] = _number(element, "stroke-opacity")
    if "stroke-dasharray" in element.attrib:
        look["linestyle"] = (0, [float(n) for n in element.get("stroke-dasharray").split()])
    return look


def _number(element: Any, name: str, default: float = 0.0) -> float:
    return float(element.get(name, default))


def _path(text: str, x: float, y: float) -> Any:
    """Return a path of the commands that our pictures use: M L H V C, l h v, and z."""
    from matplotlib.path import Path

    points: list[tuple[float, float]] = []
    codes: list[int] = []
    start = at = (0.0, 0.0)
    for command, given in re.findall(r"([MLHVClhvz])([^MLHVClhvz]*)", text):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", given)]
        if command == "z":
            points.append(start)
            codes.append(int(Path.CLOSEPOLY))
        elif command == "C":
            curve = [(numbers[i] + x, numbers[i + 1] + y) for i in (0, 2, 4)]
            points += curve
            codes += [int(Path.CURVE4)] * 3
            at = curve[-1]
        else:
            at = _next(command, numbers, at, x, y)
            start = at if command == "M" else start
            points.append(at)
            codes.append(int(Path.MOVETO if command == "M" else Path.LINETO))
    return Path(np.array(points), codes)


def _next(command: str, numbers: list[float], at: tuple[float, float], x: float, y: float) -> tuple[float, float]:
    """Return the point that a straight line goes to; small letters count from where it is."""
    left, top = (x, y) if command.isupper() else at
    if command in "Hh":
        return numbers[0] + left, at[1]
    if command in "Vv":
        return at[0], numbers[0] + top
    return numbers[0] + left, numbers[1] + top
