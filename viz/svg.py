"""A placed graph as SVG text: no script, no reference to anything, no id but our own, no tool needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from viz.labels import in_bytes
from viz.ladder import HEADINGS, Ladder, Words
from viz.layout import Point, Size
from viz.model import Box, Column, Graph
from viz.placing import LINE_HEIGHT, LINE_SIZE, PADDING, TITLE_SIZE, Area, Placed, placed
from viz.text import clean, text_width

MARGIN = 16.0
COLUMN_GAP, HEADING = 90.0, 26.0  # of a ladder, and of the columns of a program
LONGEST_NOTE = 120
FONT = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"

PAPER, GROUP_FILL, GROUP_STROKE = "#ffffff", "#f6f7fb", "#c9cfde"
INK, FAINT, ARROW, NOTE = "#1f2430", "#50566a", "#75809a", "#8a4b4b"
RUNG = "#c9a24a"
BAD, BAD_FILL, SLOPE = "#c0392b", "#fdecea", "#8a5a12"
COLOURS = {  # kind: (fill, stroke)
    "operation": ("#eaf1fc", "#5b7db1"),
    "leaf": ("#fdf0db", "#cf8a2e"),
    "constant": ("#f1f2f4", "#9298a5"),
    "chip": ("#fffaf0", "#d9b98a"),
    "frozen": ("#e4e6ea", "#9298a5"),
    "result": ("#def3e2", "#2f8743"),
    "failed": (BAD_FILL, BAD),
    "gradient": ("#f7ecf7", "#a05a9c"),
    "store": ("#f7ecf7", "#a05a9c"),
    "leaving": (PAPER, BAD),
    "gone": (PAPER, "#c3c7d1"),
    "layer": ("#e9eaf7", "#6d70b0"),
    "fold": ("#fbfbfc", "#8d93a0"),
}
_INKS = {"leaving": (BAD, BAD), "gone": ("#9aa0ad", "#9aa0ad")}  # of a kind: of the title and of what is below


def svg(graph: Graph, live: str | None = None) -> str:
    """Return the picture of a graph; with `live`, which stands before each id, as a page's script needs it."""
    layout = placed(graph)
    if graph.columns:
        return _side_by_side(graph, layout, live)
    if graph.ladder is not None and graph.ladder.alone:
        return _backward_alone(graph, graph.ladder, layout, live)
    columns = 1 if graph.ladder is None else 1 + len(graph.ladder.columns)
    whole = columns * layout.size.width + (columns - 1) * COLUMN_GAP
    top = MARGIN + (HEADING if columns > 1 else 0.0)
    parts = [
        *(_rect(area, 10, GROUP_FILL, GROUP_STROKE) for area in layout.groups.values()),
        *(_ladder(graph, graph.ladder, layout, live) if graph.ladder is not None else ()),
        *(
            _arrow(
                way,
                "" if live is None else f' class="edge" data-from="{live}{a}" data-to="{live}{b}"',
                right=graph.direction == "right",
            )
            for (a, b), way in zip(graph.edges, layout.arrows, strict=True)
        ),
        *(
            _group_title(
                _own_title(graph, id),
                area.corner,
                "" if live is None else f' class="group-title" data-name={quoteattr(clean(graph.groups[id], 400))}',
            )
            for id, area in layout.groups.items()
        ),
        *(
            _box(box, layout.boxes[box.id], f' id="{live or ""}{box.id}"' + ' class="box"' * (live is not None))
            for box in graph.boxes
        ),
        *_slopes(graph, layout),
    ]
    return _framed(parts, Size(whole, layout.size.height), top, graph.notes)


def _framed(parts: Sequence[str], size: Size, top: float, notes: Sequence[str]) -> str:
    """Return a picture of parts that take a size, with room above them and notes below."""
    cleaned = [clean(note, LONGEST_NOTE) for note in notes]
    width = max([size.width, *(text_width(note, LINE_SIZE) for note in cleaned)]) + 2 * MARGIN
    height = size.height + top + MARGIN + len(cleaned) * LINE_HEIGHT + 8 * bool(cleaned)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" style="max-width:100%;height:auto" role="img" font-family="{FONT}" '
        'text-anchor="middle">',
        "<title>Computation graph</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{PAPER}"/>',
        f'<g transform="translate({(width - size.width) / 2:.1f} {top:.0f})">',
        *parts,
        "</g>",
        *_notes(cleaned, width, height),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _side_by_side(graph: Graph, layout: Placed, live: str | None) -> str:
    """Return the picture of the columns that are shown."""
    parts = []
    step = layout.size.width + COLUMN_GAP
    for place, number in enumerate(graph.shown):
        column = graph.columns[number]
        heading = Point(layout.size.width / 2, -HEADING / 2)
        parts += [
            f'<g transform="translate({place * step:.1f} 0)">',
            _text(heading, column.heading, TITLE_SIZE, FAINT, ' font-weight="bold"'),
            *_one_column(graph, column, layout, number, live),
            "</g>",
        ]
    width = len(graph.shown) * step - COLUMN_GAP
    return _framed(parts, Size(width, layout.size.height), MARGIN + HEADING, graph.notes)


def _one_column(graph: Graph, column: Column, layout: Placed, number: int, live: str | None) -> list[str]:
    """Return the groups, arrows and boxes of a column, at the places that they have in all."""

    def edge(a: str, b: str) -> str:
        return "" if live is None else f' class="edge" data-from="{live}{a}c{number}" data-to="{live}{b}c{number}"'

    left = Counter(column.arrows)
    arrows = []
    for (a, b), way in zip(graph.edges, layout.arrows, strict=True):
        if left[a, b]:
            arrows.append(_arrow(way, edge(a, b)))
            left[a, b] -= 1
    arrows += [_arrow(_back(layout.boxes[a], layout.boxes[b]), edge(a, b), up=True) for a, b in left.elements()]
    return [
        *(_rect(layout.groups[id], 10, GROUP_FILL, GROUP_STROKE) for id in column.groups),
        *arrows,
        *(_group_title(_own_title(graph, id), layout.groups[id].corner, "") for id in column.groups),
        *(
            _box(box, layout.boxes[id], "" if live is None else f' class="box" id="{live}{id}c{number}"')
            for id, box in (column.gone | column.boxes).items()
        ),
    ]


def _back(start: Area, end: Area) -> list[Point]:
    """Return the way, from above, of an arrow up to a box that has its place before the one that it comes from."""
    tip = Point(end.corner.x + end.size.width / 2, end.corner.y + end.size.height)
    return [tip, Point(start.corner.x + start.size.width / 2, start.corner.y)]


def _backward_alone(graph: Graph, ladder: Ladder, layout: Placed, live: str | None) -> str:
    """Return the picture of the first column of a ladder, without what it stands beside."""
    parts = _column(graph, layout, ladder.columns[0], 1, live, 0.0)
    titles = [
        _group_title(
            _own_title(graph, id), Point(layout.size.width - area.corner.x - area.size.width, area.corner.y), ""
        )
        for id, area in layout.groups.items()
    ]
    return _framed([*parts, *titles], layout.size, MARGIN, graph.notes)


def _ladder(graph: Graph, ladder: Ladder, layout: Placed, live: str | None) -> list[str]:
    """Return the other columns, mirror images of the first one in turn, and the rungs between them."""
    step = layout.size.width + COLUMN_GAP
    parts = [
        _text(Point(i * step + layout.size.width / 2, -HEADING / 2), name, TITLE_SIZE, FAINT, ' font-weight="bold"')
        for i, name in enumerate(HEADINGS[: len(ladder.columns) + 1])
    ]
    for number, column in enumerate(ladder.columns, 1):
        parts += _column(graph, layout, column, number, live, number * step)
    return [*parts, *_rungs(layout, ladder, step + layout.size.width)]


def _rungs(layout: Placed, ladder: Ladder, width: float) -> list[str]:
    """Return a line at each height where something is saved, between all that stands there and its mirror image."""
    saved: dict[float, int] = {}
    for box, count in ladder.rungs.items():
        if box in ladder.columns[0]:
            (_, y), size = layout.boxes[box]
            saved[y + size.height / 2] = saved.get(y + size.height / 2, 0) + count
    look = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"'
    lines = []
    for y, count in saved.items():
        beside = [area for area in layout.boxes.values() if area.corner.y <= y <= area.corner.y + area.size.height]
        start = max(area.corner.x + area.size.width for area in beside)
        lines.append(
            f'<path d="M{start:.1f},{y:.1f} H{width - start:.1f}" fill="none" stroke="{RUNG}" stroke-width="1.4" '
            f'stroke-dasharray="2 4"/>{_text(Point(width / 2, y - 4), in_bytes(count), LINE_SIZE, SLOPE, look)}'
        )
    return lines


def _column(
    graph: Graph, layout: Placed, column: Mapping[str, Words], number: int, live: str | None, left: float
) -> list[str]:
    """Return a column of a ladder, the odd ones as mirror images."""
    mirrored = number % 2 == 1

    def across(x: float, width: float = 0.0) -> float:
        return left + (layout.size.width - x - width if mirrored else x)

    parts = []
    for area in layout.groups.values():
        corner = Point(across(area.corner.x, area.size.width), area.corner.y)
        parts.append(_rect(Area(corner, area.size), 10, GROUP_FILL, GROUP_STROKE))
    for (a, b), way in zip(graph.edges, layout.arrows, strict=True):
        if a in column and b in column:
            parts.append(_arrow([Point(across(point.x), point.y) for point in way], "", up=mirrored))
    for id, (title, lines) in column.items():
        area = layout.boxes[id]
        moved = Area(Point(across(area.corner.x, area.size.width), area.corner.y), area.size)
        marks = f' class="box" id="{live}{id}c{number}"' if live is not None else ""
        parts.append(_box(Box(id, "gradient", title, lines), moved, marks))
    return parts


def _rect(area: Area, radius: float, fill: str, stroke: str, more: str = "") -> str:
    (x, y), (width, height) = area
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="{radius:.0f}" fill="{fill}" stroke="{stroke}"{more}/>'
    )


def _text(at: Point, text: str, size: float, fill: str, more: str = "") -> str:
    return f'<text x="{at.x:.1f}" y="{at.y:.1f}" font-size="{size:.0f}" fill="{fill}"{more}>{escape(text)}</text>'


def _own_title(graph: Graph, id: str) -> str:
    """Return the title of a group without that of the group around it."""
    around = graph.around.get(id)
    return graph.groups[id] if around is None else graph.groups[id].removeprefix(f"{graph.groups[around]}.")


def _group_title(name: str, corner: Point, marks: str) -> str:
    """Return the name of a group, with paper around the letters, so that it reads where an arrow passes."""
    look = f' font-weight="bold" text-anchor="start" stroke="{GROUP_FILL}" stroke-width="4" paint-order="stroke"'
    return _text(Point(corner.x + 12, corner.y + LINE_SIZE + 8), clean(name), LINE_SIZE, FAINT, look + marks)


def _box(box: Box, area: Area, marks: str) -> str:
    fill, stroke = (BAD_FILL, BAD) if box.bad else COLOURS[box.kind]
    dashed, wide = ' stroke-dasharray="5 4"', ' stroke-width="2"'
    more = {"fold": dashed, "leaving": dashed, "gone": dashed, "result": wide, "failed": wide}.get(box.kind, "")
    ink, faint = _INKS.get(box.kind, (INK, BAD if box.bad else FAINT))
    rectangle = _rect(area, 7, fill, stroke, more)
    if box.kind == "layer":  # a card behind it, as it stands for several
        behind = Area(Point(area.corner.x + 4, area.corner.y + 4), area.size)
        rectangle = _rect(behind, 7, fill, stroke) + rectangle
    x, y = area.corner.x + area.size.width / 2, area.corner.y + PADDING + TITLE_SIZE - 2
    texts = [_text(Point(x, y), clean(box.title), TITLE_SIZE, ink, ' font-weight="bold"')]
    for i, line in enumerate(box.lines, 1):
        texts.append(_text(Point(x, y + i * LINE_HEIGHT), clean(line), LINE_SIZE, faint))
    return f"<g{marks}>{rectangle}{''.join(texts)}</g>"


def _arrow(way: Sequence[Point], marks: str, up: bool = False, right: bool = False) -> str:
    """Return a line through all points, straight or in bows, and its head: below, or above where it goes `up`.

    In a graph that runs to the right x and y change their places.
    """

    def at(across: float, along: float) -> str:
        return f"{along:.1f},{across:.1f}" if right else f"{across:.1f},{along:.1f}"

    points = [(y, x) if right else (x, y) for x, y in way]
    tip = points[0 if up else -1]
    points[0 if up else -1] = tip[0], tip[1] + (6 if up else -6)
    path = [f"M{at(*points[0])}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        middle = (y + to_y) / 2
        straight = f"{'H' if right else 'V'}{to_y:.1f}"
        bow = f"C{at(x, middle)} {at(to_x, middle)} {at(to_x, to_y)}"
        path.append(straight if abs(x - to_x) < 0.1 else bow)
    head = "l-8,-3.8 v7.6 z" if right else f"l-3.8,{8 if up else -8} h7.6 z"
    drawn = (
        f'<path d="{" ".join(path)}" fill="none" stroke="{ARROW}" stroke-width="1.4"/>'
        f'<path d="M{at(*tip)} {head}" fill="{ARROW}"/>'
    )
    return f"<g{marks}>{drawn}</g>" if marks else drawn


def _slopes(graph: Graph, layout: Placed) -> list[str]:
    """Return the words on arrows, halfway down their last stretch; those of arrows between the same two together."""
    words: dict[tuple[str, str], list[int]] = {}
    for i in graph.slopes:
        words.setdefault(graph.edges[i], []).append(i)
    look = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"'
    lift = 4.0 if graph.direction == "down" else -6.0
    texts = []
    for numbers in words.values():
        ends = [layout.arrows[i][-3] if len(layout.arrows[i]) > 2 else layout.arrows[i][0] for i in numbers]
        ends += [layout.arrows[i][-2] for i in numbers]
        middle = Point(sum(p.x for p in ends) / len(ends), sum(p.y for p in ends) / len(ends) + lift)
        texts.append(_text(middle, clean(", ".join(graph.slopes[i] for i in numbers)), LINE_SIZE, SLOPE, look))
    return texts


def _notes(notes: Sequence[str], width: float, height: float) -> list[str]:
    first = height - MARGIN - (len(notes) - 1) * LINE_HEIGHT
    return [_text(Point(width / 2, first + i * LINE_HEIGHT), note, LINE_SIZE, NOTE) for i, note in enumerate(notes)]
