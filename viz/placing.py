"""A whole graph with its groups, placed: each group by itself, then the groups and the other boxes together.

So groups never overlap. Where an arrow crosses the edge of a group there is a port, in the layout inside the group
and in the one around it, so that it can run straight through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from viz.ladder import widest
from viz.layout import Edge, Layout, Point, Size, layered
from viz.model import Box, Graph
from viz.text import clean, text_width

TITLE_SIZE, LINE_SIZE = 13.0, 11.0
LINE_HEIGHT = LINE_SIZE + 4
PADDING = 9.0
GROUP_PADDING = 14.0
_GROUP_TITLE = LINE_HEIGHT + 4
_SLOT = 16.0  # between the tips of arrows into one box
_STRAIGHT = 2.0  # an arrow that is off by less comes from straight above
_PORT = Size(6.0, 0.0)
_NARROWEST = 46.0


class Area(NamedTuple):
    """A rectangle, by its upper left corner."""

    corner: Point
    size: Size


class Placed(NamedTuple):
    """Everything with its place: boxes and groups by their ids, an arrow for each edge, and the whole size."""

    boxes: dict[str, Area]
    arrows: list[list[Point]]
    groups: dict[str, Area]
    size: Size


def placed(graph: Graph) -> Placed:
    """Return where the boxes, groups and arrows of a graph are.

    A graph that runs to the right is laid out with widths and heights exchanged, as all others from top to bottom.
    """
    sizes = {box.id: _size_with_ladder(box, graph) for box in graph.boxes}
    if graph.direction == "right":
        sizes = {id: Size(size.height, size.width) for id, size in sizes.items()}
        return _exchanged(_placed(graph, sizes))
    return _placed(graph, sizes)


def _placed(graph: Graph, sizes: Mapping[str, Size]) -> Placed:
    item = {box.id: box.group or box.id for box in graph.boxes}
    order = list(dict.fromkeys(item[box.id] for box in reversed(graph.boxes)))[::-1]
    inner = {name: _Inside(graph, item, name, sizes) for name in order if name in graph.groups}
    outer_sizes = {name: inner[name].size if name in inner else sizes[name] for name in order}
    crossing = list(dict.fromkeys((a, item[b]) for a, b in graph.edges if item[a] != item[b]))
    edges = [
        Edge(item[a], to, inner[item[a]].port(f">{a}") if item[a] in inner else 0.0,
             inner[to].port(f"{a}>") if to in inner else 0.0)
        for a, to in crossing
    ]  # fmt: skip
    outer = layered(outer_sizes, edges)
    corners = {name: _corner(outer.centres[name], outer_sizes[name]) for name in order}
    areas = {name: Area(corners[name], outer_sizes[name]) for name in order}
    boxes = {}
    for box in graph.boxes:
        home = item[box.id]
        boxes[box.id] = inner[home].area(box.id, sizes[box.id], corners[home]) if home in inner else areas[home]
    ways = dict(zip(crossing, outer.ways, strict=True))
    arrows = [_way(a, b, item, inner, corners, ways) for a, b in graph.edges]
    _set_tips(graph.edges, arrows, boxes)
    return Placed(boxes, arrows, {name: areas[name] for name in inner}, outer.size)


def _exchanged(placed: Placed) -> Placed:
    """Return a layout with rows for columns."""

    def turned(areas: Mapping[str, Area]) -> dict[str, Area]:
        return {id: Area(Point(*corner[::-1]), Size(*size[::-1])) for id, (corner, size) in areas.items()}

    arrows = [[Point(y, x) for x, y in way] for way in placed.arrows]
    return Placed(turned(placed.boxes), arrows, turned(placed.groups), Size(*placed.size[::-1]))


class _Inside:
    """The layout inside one group, with ports at its top and bottom; places count from the group's corner."""

    def __init__(self, graph: Graph, item: Mapping[str, str], name: str, sizes: Mapping[str, Size]) -> None:
        own = [box.id for box in graph.boxes if item[box.id] == name]
        pairs: dict[tuple[str, str], None] = {}  # one lane for all arrows between the same two
        coming: dict[str, None] = {}
        leaving: dict[str, None] = {}
        for a, b in graph.edges:
            if item[b] == name:
                pairs[a if item[a] == name else f"{a}>", b] = None
                if item[a] != name:
                    coming[f"{a}>"] = None
            elif item[a] == name:
                pairs[a, f">{a}"] = None
                leaving[f">{a}"] = None
        members = dict.fromkeys(coming, _PORT) | {id: sizes[id] for id in own} | dict.fromkeys(leaving, _PORT)
        self.layout: Layout = layered(members, [Edge(a, b) for a, b in pairs], coming, leaving)
        self.ways = dict(zip(pairs, self.layout.ways, strict=True))
        title = text_width(clean(graph.groups[name]), LINE_SIZE, bold=True) + 8
        width, height = self.layout.size
        if graph.direction == "right":  # where the title will be above, it is on the left here
            self.size = Size(width + 2 * GROUP_PADDING + _GROUP_TITLE, max(height, title) + 2 * GROUP_PADDING)
            self.offset = Point(GROUP_PADDING + _GROUP_TITLE, (self.size.height - height) / 2)
        else:
            self.size = Size(max(width, title) + 2 * GROUP_PADDING, height + 2 * GROUP_PADDING + _GROUP_TITLE)
            self.offset = Point((self.size.width - width) / 2, GROUP_PADDING + _GROUP_TITLE)

    def port(self, name: str) -> float:
        """Return how far right of the group's middle a port is."""
        return self.layout.centres[name].x + self.offset.x - self.size.width / 2

    def area(self, id: str, size: Size, corner: Point) -> Area:
        """Return where a box of this group is, with the group's corner at `corner`."""
        centre = _moved(_moved(self.layout.centres[id], self.offset), corner)
        return Area(_corner(centre, size), size)

    def way(self, a: str, b: str, corner: Point) -> list[Point]:
        """Return the points that an edge inside the group goes through."""
        return [_moved(_moved(point, self.offset), corner) for point in self.ways[a, b]]


def _way(
    a: str,
    b: str,
    item: Mapping[str, str],
    inner: Mapping[str, _Inside],
    corners: Mapping[str, Point],
    ways: Mapping[tuple[str, str], list[Point]],
) -> list[Point]:
    """Return the points that an arrow goes through: inside its group; or out of one, between, and into another."""
    start, end = item[a], item[b]
    if start == end:
        return inner[start].way(a, b, corners[start])
    way = list(ways[a, end])
    if start in inner:
        way = inner[start].way(a, f">{a}", corners[start]) + way
    if end in inner:
        way += inner[end].way(f"{a}>", b, corners[end])
    return way


def _set_tips(edges: Sequence[tuple[str, str]], arrows: Sequence[list[Point]], boxes: Mapping[str, Area]) -> None:
    """Let each arrow start at the bottom of its box and end at the top of the other, beside those that end there too.

    The tips stand in the order that the arrows come in; one that comes from straight above stays in the middle.
    """
    arriving: dict[str, list[int]] = {}
    for i, (a, b) in enumerate(edges):
        corner, size = boxes[a]
        arrows[i].insert(0, Point(corner.x + size.width / 2, corner.y + size.height))
        arriving.setdefault(b, []).append(i)
    for b, coming in arriving.items():
        (left, top), size = boxes[b]
        middle = left + size.width / 2
        origin = {i: arrows[i][-2].x for i in coming}
        coming.sort(key=origin.__getitem__)
        straight = [k for k, i in enumerate(coming) if abs(origin[i] - middle) < _STRAIGHT]
        centre = straight[0] if len(straight) == 1 else (len(coming) - 1) / 2
        reach = max(centre, len(coming) - 1 - centre)
        gap = min(_SLOT, (size.width / 2 - PADDING) / reach) if reach else 0.0
        for k, i in enumerate(coming):
            x = middle + (k - centre) * gap
            arrows[i][-1] = Point(x, arrows[i][-1].y)
            arrows[i].append(Point(x, top))


def _size_with_ladder(box: Box, graph: Graph) -> Size:
    """Return a size in which a box fits, and all that stands beside it in the other columns of a ladder."""
    words = [(box.title, box.lines), *widest(graph.ladder, box.id)]
    needed = [_size_of(title, lines) for title, lines in words]
    return Size(max(size.width for size in needed), max(size.height for size in needed))


def _size_of(title: str, lines: Sequence[str]) -> Size:
    """Return the size that the texts of a box need."""
    widths = [text_width(clean(line), LINE_SIZE) for line in lines]
    longest = max([text_width(clean(title), TITLE_SIZE, bold=True), *widths])
    return Size(max(_NARROWEST, longest + 2 * PADDING), 2 * PADDING + TITLE_SIZE + len(lines) * LINE_HEIGHT)


def _corner(centre: Point, size: Size) -> Point:
    return Point(centre.x - size.width / 2, centre.y - size.height / 2)


def _moved(point: Point, by: Point) -> Point:
    return Point(point.x + by.x, point.y + by.y)
