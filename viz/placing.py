"""A whole graph with its groups, placed: each group by itself, then the groups and the other boxes together.

So groups never overlap. Where an arrow crosses the edge of a group there is a port, in the layout inside the group
and in the one around it, so that it can run straight through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, NamedTuple

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
    sizes = {box.id: _size_in_all(box, graph) for box in graph.boxes}
    if graph.direction == "right":
        sizes = {id: Size(size.height, size.width) for id, size in sizes.items()}
        return _exchanged(_placed(graph, sizes))
    return _placed(graph, sizes)


def _placed(graph: Graph, sizes: Mapping[str, Size]) -> Placed:
    chains = _chains(graph)
    levels = _levels(graph, chains) if graph.boxes else {_WHOLE: _Level(_WHOLE)}
    for level in reversed(levels.values()):  # the inner ones first, since the outer ones need their sizes
        level.lay_out(sizes, levels, graph)
    corners = {_WHOLE: _ORIGIN}
    groups: dict[str, Area] = {}
    boxes: dict[str, Area] = {}
    for name, level in levels.items():
        for item in level.items:
            size = levels[item].size if item in levels else sizes[item]
            centre = _moved(_moved(level.layout.centres[item], level.offset), corners[name])
            area = Area(_corner(centre, size), size)
            (groups if item in levels else boxes)[item] = area
            corners[item] = area.corner
    arrows = [_way(a, b, chains, levels, corners) for a, b in graph.edges]
    _set_tips(graph.edges, arrows, boxes)
    return Placed({box.id: boxes[box.id] for box in graph.boxes}, arrows, groups, levels[_WHOLE].size)


_WHOLE: Final = ""  # the level that is in no group
_ORIGIN: Final = Point(0.0, 0.0)
_NOTHING: Final = Size(0.0, 0.0)
_NO_LAYOUT: Final = Layout({}, [], _NOTHING)


def _chains(graph: Graph) -> dict[str, list[str]]:
    """Return the levels that each box is in, the whole first and the innermost group last."""
    of_group: dict[str | None, list[str]] = {None: [_WHOLE]}
    for id in graph.groups:
        chain = [id]
        while chain[-1] in graph.around:
            chain.append(graph.around[chain[-1]])
        of_group[id] = [_WHOLE, *reversed(chain)]
    return {box.id: of_group[box.group] for box in graph.boxes}


def _levels(graph: Graph, chains: Mapping[str, list[str]]) -> dict[str, _Level]:
    """Return the levels with what is in each, the outer ones first."""
    depth = {id: place for chain in chains.values() for place, id in enumerate(chain)}
    levels = {id: _Level(id) for id in sorted(depth, key=depth.__getitem__)}
    for box in reversed(graph.boxes):
        for name, item in pairwise([*chains[box.id], box.id]):
            levels[name].items.setdefault(item)
    for level in levels.values():
        level.items = dict.fromkeys(reversed(level.items))
    for a, b in graph.edges:
        _enter(levels, [*chains[a], a], [*chains[b], b])
    return levels


def _enter(levels: Mapping[str, _Level], start: Sequence[str], end: Sequence[str]) -> None:
    """Note an arrow in every level that it crosses, from the box that ends one chain to that which ends another."""
    a = start[-1]
    common = next(i for i, (x, y) in enumerate(zip(start, end, strict=False)) if x != y)
    levels[start[common - 1]].links[a, end[common]] = start[common]
    for name, item in pairwise(start[common:]):
        levels[name].links[a, f">{a}"] = item
        levels[name].leaving[f">{a}"] = None
    for name, item in pairwise(end[common:]):
        levels[name].links[a, item] = f"{a}>"
        levels[name].coming[f"{a}>"] = None


def _exchanged(placed: Placed) -> Placed:
    """Return a layout with rows for columns."""

    def turned(areas: Mapping[str, Area]) -> dict[str, Area]:
        return {id: Area(Point(*corner[::-1]), Size(*size[::-1])) for id, (corner, size) in areas.items()}

    arrows = [[Point(y, x) for x, y in way] for way in placed.arrows]
    return Placed(turned(placed.boxes), arrows, turned(placed.groups), Size(*placed.size[::-1]))


@dataclass
class _Level:
    """What lies in one group, or in none: boxes and groups, with ports at its top and bottom for what goes through.

    `links` has the item, or port, that an arrow starts at, by the box that it comes from and the item or port it ends
    at: one lane for all arrows from the same box to the same item. Places count from the group's corner.
    """

    name: str
    items: dict[str, None] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)
    coming: dict[str, None] = field(default_factory=dict)
    leaving: dict[str, None] = field(default_factory=dict)
    layout: Layout = _NO_LAYOUT
    ways: dict[tuple[str, str], list[Point]] = field(default_factory=dict)
    size: Size = _NOTHING
    offset: Point = _ORIGIN

    def lay_out(self, sizes: Mapping[str, Size], levels: Mapping[str, _Level], graph: Graph) -> None:
        """Find the places of what is in it, when those of the groups in it are known."""
        members = dict.fromkeys(self.coming, _PORT)
        members |= {item: levels[item].size if item in levels else sizes[item] for item in self.items}
        members |= dict.fromkeys(self.leaving, _PORT)
        edges = [
            Edge(start, end, levels[start].port(f">{a}") if start in levels else 0.0,
                 levels[end].port(f"{a}>") if end in levels else 0.0)
            for (a, end), start in self.links.items()
        ]  # fmt: skip
        self.layout = layered(members, edges, self.coming, self.leaving)
        self.ways = dict(zip(self.links, self.layout.ways, strict=True))
        width, height = self.size = self.layout.size
        if self.name == _WHOLE:
            return
        title = text_width(clean(graph.groups[self.name]), LINE_SIZE, bold=True) + 8
        if graph.direction == "right":  # where the title will be above, it is on the left here
            self.size = Size(width + 2 * GROUP_PADDING + _GROUP_TITLE, max(height, title) + 2 * GROUP_PADDING)
            self.offset = Point(GROUP_PADDING + _GROUP_TITLE, (self.size.height - height) / 2)
        else:
            self.size = Size(max(width, title) + 2 * GROUP_PADDING, height + 2 * GROUP_PADDING + _GROUP_TITLE)
            self.offset = Point((self.size.width - width) / 2, GROUP_PADDING + _GROUP_TITLE)

    def port(self, name: str) -> float:
        """Return how far right of the group's middle a port is."""
        return self.layout.centres[name].x + self.offset.x - self.size.width / 2

    def way(self, a: str, end: str, corner: Point) -> list[Point]:
        """Return the points that an arrow from a box goes through in this level."""
        return [_moved(_moved(point, self.offset), corner) for point in self.ways[a, end]]


def _way(
    a: str,
    b: str,
    chains: Mapping[str, Sequence[str]],
    levels: Mapping[str, _Level],
    corners: Mapping[str, Point],
) -> list[Point]:
    """Return the points that an arrow goes through: out of its groups, across, and into those of the other box."""
    start, end = [*chains[a], a], [*chains[b], b]
    common = next(i for i, (x, y) in enumerate(zip(start, end, strict=False)) if x != y)
    parts = [(name, f">{a}") for name in reversed(start[common:-1])]
    parts += list(pairwise(end[common - 1 :]))
    return [point for name, item in parts for point in levels[name].way(a, item, corners[name])]


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


def _size_in_all(box: Box, graph: Graph) -> Size:
    """Return a size in which a box fits, and all that stands at its place in other columns."""
    words = [(box.title, box.lines), *widest(graph.ladder, box.id)]
    others = (part[box.id] for column in graph.columns for part in (column.boxes, column.gone) if box.id in part)
    words += [(other.title, other.lines) for other in others]
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
