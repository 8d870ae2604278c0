"""A graph as SVG text, laid out by ourselves: no script, no reference to anything outside, no tool needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

from viz.layout import Layout, Point, Size, layered
from viz.model import Box, Graph

TITLE_SIZE, LINE_SIZE = 13.0, 11.0
PADDING = 9.0
GROUP_PADDING = 14.0
MARGIN = 16.0
LONGEST = 40
PAPER = "#f7f8fb"

COLOURS = {  # kind: (fill, stroke)
    "operation": ("#eef3fb", "#5b7db1"),
    "leaf": ("#fdf1de", "#cf8a2e"),
    "result": ("#e4f4e6", "#3d8f4c"),
    "layer": ("#eceef6", "#7a80a6"),
    "fold": ("#f4f4f4", "#9a9a9a"),
}

# Widths of a sans-serif font in parts of its size; everything else counts as average.
_NARROW = dict.fromkeys("fijlrtI.,:;'|!()[]/ ", 0.36)
_WIDE = dict.fromkeys("mwMW@%…", 0.92) | dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ×÷−+=", 0.72)
_WIDTHS = _NARROW | _WIDE
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is drawn, in pixels."""
    return sum(_WIDTHS.get(c, 0.6) for c in text) * size


def clean(text: str) -> str:
    """Return a text on one line, of characters that XML allows, and not too long."""
    text = _FORBIDDEN.sub("\ufffd", " ".join(text.split()))
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def box_size(box: Box) -> Size:
    """Return the size that the texts of a box need."""
    widest = max([text_width(clean(box.title), TITLE_SIZE), *(text_width(clean(t), LINE_SIZE) for t in box.lines)])
    return Size(max(46.0, widest + 2 * PADDING), 2 * PADDING + TITLE_SIZE + len(box.lines) * (LINE_SIZE + 4))


class Placed(NamedTuple):
    """Everything with its place: centres of boxes, ways of arrows, rectangles of groups, the whole size."""

    centres: dict[str, Point]
    sizes: dict[str, Size]
    ways: list[list[Point]]
    groups: dict[str, tuple[Point, Size]]
    size: Size


def placed(graph: Graph) -> Placed:
    """Lay the graph out: each group by itself, then the groups and the boxes outside of them together."""
    sizes = {box.id: box_size(box) for box in graph.boxes}
    item = _items(graph)
    inner: dict[str, Layout] = {}
    outer_sizes: dict[str, Size] = {}
    for name in _item_order(graph, item):
        if name in sizes:
            outer_sizes[name] = sizes[name]
            continue
        inner[name] = _inside(graph, item, name, sizes)
        wide, high = inner[name].size
        title = text_width(clean(name[1:]), LINE_SIZE) + 8
        outer_sizes[name] = Size(max(wide, title) + 2 * GROUP_PADDING, high + 2 * GROUP_PADDING + LINE_SIZE)
    outer = layered(outer_sizes, [(item[a], item[b]) for a, b in graph.edges])
    corners = {name: _corner(outer.centres[name], outer_sizes[name], inner[name].size) for name in inner}
    centres = dict(outer.centres)
    for box in graph.boxes:
        if box.id not in centres:
            centres[box.id] = _moved(inner[item[box.id]].centres[box.id], corners[item[box.id]])
    ways = []
    for (a, b), start, end in zip(graph.edges, *_ends(graph, centres, sizes), strict=True):
        ways.append([start, *_bends(a, b, item, inner, outer, corners), end])
    rectangles = {name: (_top_left(outer.centres[name], outer_sizes[name]), outer_sizes[name]) for name in inner}
    return Placed(centres, sizes, ways, rectangles, outer.size)


def _inside(graph: Graph, item: dict[str, str], name: str, sizes: dict[str, Size]) -> Layout:
    """Lay out the boxes of one group, with a port for each arrow that comes in at the top or leaves at the bottom."""
    coming = [(f"{a}>{b}", b) for a, b in graph.edges if item[b] == name != item[a]]
    leaving = [(a, f"{a}<") for a, b in graph.edges if item[a] == name != item[b]]
    own = [(a, b) for a, b in graph.edges if item[a] == item[b] == name]
    ports_in, ports_out = [port for port, _ in coming], [port for _, port in leaving]
    port = Size(6.0, 0.0)
    members = {
        **dict.fromkeys(ports_in, port),
        **{box.id: sizes[box.id] for box in graph.boxes if item[box.id] == name},
        **dict.fromkeys(ports_out, port),
    }
    return layered(members, [*coming, *own, *leaving], top=ports_in, bottom=ports_out)


def _bends(
    a: str, b: str, item: dict[str, str], inner: dict[str, Layout], outer: Layout, corners: dict[str, Point]
) -> list[Point]:
    """Return the points that an arrow goes through: inside its group; or out of one, between, and into another."""
    if item[a] == item[b]:
        return [_moved(point, corners[item[a]]) for point in inner[item[a]].bends[a, b]]
    points: list[Point] = []
    if item[a] in inner:
        layout, port = inner[item[a]], f"{a}<"
        points += [_moved(point, corners[item[a]]) for point in (*layout.bends[a, port], layout.centres[port])]
    points += outer.bends[item[a], item[b]]
    if item[b] in inner:
        layout, port = inner[item[b]], f"{a}>{b}"
        points += [_moved(point, corners[item[b]]) for point in (layout.centres[port], *layout.bends[port, b])]
    return points


def _items(graph: Graph) -> dict[str, str]:
    """Return for each box what is laid out in the end: its group, or itself.

    Where groups depend on each other in a circle there are none.
    """
    item = {box.id: box.id if box.group is None else f"/{box.group}" for box in graph.boxes}
    at = {name: i for i, name in enumerate(_item_order(graph, item))}
    if any(at[item[a]] > at[item[b]] for a, b in graph.edges):
        return {box.id: box.id for box in graph.boxes}
    return item


def _item_order(graph: Graph, item: dict[str, str]) -> list[str]:
    """Return the items by their last box, which puts operands first."""
    last = {item[box.id]: i for i, box in enumerate(graph.boxes)}
    return sorted(last, key=last.__getitem__)


def _top_left(centre: Point, size: Size) -> Point:
    return Point(centre.x - size.width / 2, centre.y - size.height / 2)


def _corner(centre: Point, outer: Size, inner: Size) -> Point:
    """Return where the layout inside a group starts: in the middle, below the group's title."""
    return Point(centre.x - inner.width / 2, centre.y - outer.height / 2 + GROUP_PADDING + LINE_SIZE)


def _moved(point: Point, by: Point) -> Point:
    return Point(point.x + by.x, point.y + by.y)


def _ends(graph: Graph, centres: dict[str, Point], sizes: dict[str, Size]) -> tuple[list[Point], list[Point]]:
    """Return where each arrow starts and ends; arrows into one box arrive beside each other, from left to right."""
    starts = [Point(centres[a].x, centres[a].y + sizes[a].height / 2) for a, _ in graph.edges]
    arriving: dict[str, list[int]] = {}
    for i, (_, b) in enumerate(graph.edges):
        arriving.setdefault(b, []).append(i)
    ends = [Point(0, 0)] * len(graph.edges)
    for b, arrows in arriving.items():
        arrows.sort(key=lambda i: starts[i].x)
        gap = min(16.0, (sizes[b].width - 16) / max(1, len(arrows) - 1))
        for k, i in enumerate(arrows):
            x = centres[b].x + (k - (len(arrows) - 1) / 2) * gap
            ends[i] = Point(x, centres[b].y - sizes[b].height / 2)
    return starts, ends


# --- writing -----------------------------------------------------------------------------------------------


def svg(graph: Graph) -> str:
    """Return the picture of a graph."""
    layout = placed(graph)
    notes = [clean(note) if len(note) < LONGEST else _FORBIDDEN.sub("", note) for note in graph.notes]
    width = max(layout.size.width, *(text_width(n, LINE_SIZE) for n in notes), 60) + 2 * MARGIN
    height = layout.size.height + 2 * MARGIN + len(notes) * (LINE_SIZE + 6)
    shift = (width - layout.size.width) / 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" text-anchor="middle">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0.8 L8,4 L0,7.2 z" fill="#7d8597"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<g transform="translate({shift:.1f} {MARGIN:.0f})">',
        *(_rect(corner, size, 10, PAPER, "#cdd2de") for corner, size in layout.groups.values()),
        *(_arrow(way) for way in layout.ways),
        *(_group_title(name[1:], corner) for name, (corner, _) in layout.groups.items()),
        *(_box(box, layout.centres[box.id], layout.sizes[box.id]) for box in graph.boxes),
        "</g>",
        *_notes(notes, width, height),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _rect(corner: Point, size: Size, radius: float, fill: str, stroke: str) -> str:
    return (
        f'<rect x="{corner.x:.1f}" y="{corner.y:.1f}" width="{size.width:.1f}" height="{size.height:.1f}" '
        f'rx="{radius:.0f}" fill="{fill}" stroke="{stroke}"/>'
    )


def _text(x: float, y: float, text: str, size: float, fill: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.0f}" fill="{fill}"{more}>{escape(clean(text))}</text>'


def _group_title(name: str, corner: Point) -> str:
    """Return the name of a group, with paper around the letters, so that it reads where an arrow passes."""
    look = f' font-weight="bold" text-anchor="start" stroke="{PAPER}" stroke-width="4" paint-order="stroke"'
    return _text(corner.x + 10, corner.y + LINE_SIZE + 5, name, LINE_SIZE, "#656b80", look)


def _box(box: Box, centre: Point, size: Size) -> str:
    fill, stroke = COLOURS[box.kind]
    corner = _top_left(centre, size)
    y = corner.y + PADDING + TITLE_SIZE - 2
    texts = [_text(centre.x, y, box.title, TITLE_SIZE, "#1f2430", ' font-weight="bold"')]
    for i, line in enumerate(box.lines, 1):
        texts.append(_text(centre.x, y + i * (LINE_SIZE + 4), line, LINE_SIZE, "#50566a"))
    return f'<g id="{box.id}">{_rect(corner, size, 7, fill, stroke)}{"".join(texts)}</g>'


def _arrow(way: Sequence[Point]) -> str:
    path = [f"M{way[0].x:.1f},{way[0].y:.1f}"]
    for a, b in pairwise(way):
        middle = (a.y + b.y) / 2
        path.append(f"C{a.x:.1f},{middle:.1f} {b.x:.1f},{middle:.1f} {b.x:.1f},{b.y:.1f}")
    return f'<path d="{" ".join(path)}" fill="none" stroke="#7d8597" stroke-width="1.3" marker-end="url(#tip)"/>'


def _notes(notes: Sequence[str], width: float, height: float) -> list[str]:
    first = height - MARGIN - (len(notes) - 1) * (LINE_SIZE + 6)
    return [
        f'<text x="{width / 2:.1f}" y="{first + i * (LINE_SIZE + 6):.1f}" font-size="{LINE_SIZE:.0f}" fill="#8a4b4b">'
        f"{escape(note)}</text>"
        for i, note in enumerate(notes)
    ]
