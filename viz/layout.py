"""Where boxes stand: rows by longest path, their order by barycentres (after Sugiyama, Tagawa and Toda, 1981).

The places in the rows come from `columns`. Here is no text and no SVG: boxes are names with sizes.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from viz.columns import Key, Link, columns

ROW_GAP = 34.0
_PORT_GAP = 14.0  # beside a row of ports only
_STEEPEST = 0.35  # of an arrow: a row gap is at least this part of the widest step across it ...
_WIDEST_GAP = 90.0  # ... up to this
_LANE = 6.0  # width of the lane of an arrow that passes a row
_SWEEPS = 8
_PATIENCE = 2  # sweeps without fewer crossings before there are no more


class Size(NamedTuple):
    width: float
    height: float


class Point(NamedTuple):
    x: float
    y: float


class Edge(NamedTuple):
    """From the bottom of `tail` to the top of `head`; `out` and `into` say where, from the middles of the boxes."""

    tail: str
    head: str
    out: float = 0.0
    into: float = 0.0


class Layout(NamedTuple):
    """The centres of the boxes, the points that each edge goes through, and the size of the whole, from (0, 0).

    An edge runs straight down while it is beside the boxes of a row, and turns between the rows only.
    """

    centres: dict[str, Point]
    ways: list[list[Point]]
    size: Size


def layered(
    sizes: Mapping[str, Size], edges: Sequence[Edge], top: Collection[str] = (), bottom: Collection[str] = ()
) -> Layout:
    """Lay boxes out in rows from top to bottom; `sizes` must be in an order where operands come first.

    Those in `top` are ports in the first row and those in `bottom` in the last: where edges come in and go out.
    """
    rank = _ranks(list(sizes), edges, top, bottom)
    rows, links = _with_lanes(sizes, edges, rank, top)
    rows = _ordered(rows, links)
    widths: dict[Key, float] = {key: sizes[key].width if isinstance(key, str) else _LANE for row in rows for key in row}
    x = columns(rows, links, widths)
    left = min((x[key] - widths[key] / 2 for key in x), default=0.0)
    right = max((x[key] + widths[key] / 2 for key in x), default=0.0)
    x = {key: value - left for key, value in x.items()}
    bands = _bands(rows, links, x, sizes)
    centres = {name: Point(x[name], sum(bands[rank[name]]) / 2) for name in sizes}
    return Layout(centres, _ways(edges, rank, x, bands), Size(right - left, bands[-1][1] if bands else 0.0))


# --- rows --------------------------------------------------------------------------------------------------


def _ranks(
    names: Sequence[str], edges: Sequence[Edge], top: Collection[str], bottom: Collection[str]
) -> dict[str, int]:
    """Return the row of each box: as high as its operands allow, or lower where that makes edges shorter.

    Edges from a source count for nothing there, since the source comes down as well, to above its first user.
    """
    above: dict[str, set[str]] = {name: set() for name in names}
    below: dict[str, set[str]] = {name: set() for name in names}
    for edge in edges:
        above[edge.head].add(edge.tail)
        below[edge.tail].add(edge.head)
    rank: dict[str, int] = {}
    for name in names:
        rank[name] = max((rank[other] + 1 for other in above[name]), default=0)
    last = max(rank.values(), default=0)
    rank.update(dict.fromkeys(bottom, last))
    for name in reversed(names):
        held = sum(bool(above[other]) or other in top for other in above[name])
        if held < len(below[name]) and name not in top:
            rank[name] = min(rank[other] for other in below[name]) - 1
    return rank


def _with_lanes(
    sizes: Mapping[str, Size], edges: Sequence[Edge], rank: Mapping[str, int], top: Collection[str]
) -> tuple[list[list[Key]], list[list[Link]]]:
    """Return the rows, with a lane wherever an edge passes one, and the links between each row and the next."""
    count = max(rank.values(), default=-1) + 1
    rows: list[list[Key]] = [[] for _ in range(count)]
    links: list[list[Link]] = [[] for _ in range(count)]
    for name in sizes:
        rows[rank[name]].append(name)
    fed = {edge.head for edge in edges} | set(top)
    for i, edge in enumerate(edges):
        before: Key = edge.tail
        offset = edge.out
        for row in range(rank[edge.tail] + 1, rank[edge.head]):
            rows[row].append((i, row))
            links[row - 1].append(Link(before, (i, row), offset, False))
            before, offset = (i, row), 0.0
        links[rank[edge.head] - 1].append(Link(before, edge.head, offset - edge.into, edge.tail not in fed))
    return rows, links


# --- order -------------------------------------------------------------------------------------------------


def _ordered(rows: list[list[Key]], links: Sequence[Sequence[Link]]) -> list[list[Key]]:
    """Sort each row by the mean place of its neighbours in the row before, down and up in turn; keep the best."""
    above: dict[Key, list[Key]] = {}
    below: dict[Key, list[Key]] = {}
    for link in (link for between in links for link in between):
        above.setdefault(link.lower, []).append(link.upper)
        below.setdefault(link.upper, []).append(link.lower)
    rows = [list(row) for row in rows]
    place = {key: i for row in rows for i, key in enumerate(row)}
    best, fewest, since = [list(row) for row in rows], _crossings(links, place), 0
    for sweep in range(_SWEEPS):
        if not fewest or since == _PATIENCE:
            break
        near = below if sweep % 2 else above
        for row in reversed(rows) if sweep % 2 else rows:
            if len(row) < 2:
                continue
            row.sort(key={key: _mean_place(near.get(key) or [key], place) for key in row}.__getitem__)
            place.update(zip(row, range(len(row)), strict=True))
        crossings = _crossings(links, place)
        since += 1
        if crossings < fewest:
            best, fewest, since = [list(row) for row in rows], crossings, 0
    return best


def _mean_place(keys: Sequence[Key], place: Mapping[Key, int]) -> float:
    return place[keys[0]] if len(keys) == 1 else sum([place[key] for key in keys]) / len(keys)


def _crossings(links: Sequence[Sequence[Link]], place: Mapping[Key, int]) -> int:
    """Return how many pairs of links cross."""
    crossings = 0
    for between in links:
        passed: list[int] = []
        for _, end in sorted((place[link.upper], place[link.lower]) for link in between):
            crossings += len(passed) - bisect_right(passed, end)
            insort(passed, end)
    return crossings


# --- heights and ways --------------------------------------------------------------------------------------


def _bands(
    rows: Sequence[Sequence[Key]],
    links: Sequence[Sequence[Link]],
    x: Mapping[Key, float],
    sizes: Mapping[str, Size],
) -> list[tuple[float, float]]:
    """Return the top and bottom of each row; the gaps grow with how far the edges across them have to go."""
    heights = [max((sizes[key].height for key in row if isinstance(key, str)), default=0.0) for row in rows]
    bands: list[tuple[float, float]] = []
    top = 0.0
    for i, height in enumerate(heights):
        bands.append((top, top + height))
        widest = max((abs(x[link.lower] - x[link.upper] - link.offset) for link in links[i]), default=0.0)
        at_ports = 0.0 in heights[i : i + 2]  # of all in a row only ports have no height
        top += height + max(_PORT_GAP if at_ports else ROW_GAP, min(_WIDEST_GAP, widest * _STEEPEST))
    return bands


def _ways(
    edges: Sequence[Edge], rank: Mapping[str, int], x: Mapping[Key, float], bands: Sequence[tuple[float, float]]
) -> list[list[Point]]:
    ways = []
    for i, edge in enumerate(edges):
        way = [Point(x[edge.tail] + edge.out, bands[rank[edge.tail]][1])]
        for row in range(rank[edge.tail] + 1, rank[edge.head]):
            way += [Point(x[i, row], y) for y in bands[row]]
        ways.append([*way, Point(x[edge.head] + edge.into, bands[rank[edge.head]][0])])
    return ways
