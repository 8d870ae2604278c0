"""Where boxes stand: layers by longest path, order by barycentres, positions by averaging (after Sugiyama, 1981).

A group is laid out by itself and then takes part as one large box, so groups never overlap.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)

COLUMN_GAP = 22.0
ROW_GAP = 34.0
_SWEEPS = 6


class Size(NamedTuple):
    width: float
    height: float


class Point(NamedTuple):
    x: float
    y: float


class Layout(NamedTuple):
    """The centres of the boxes, the points that long arrows go through, and the size of the whole, from (0, 0)."""

    centres: dict[str, Point]
    bends: dict[tuple[str, str], list[Point]]
    size: Size


def layered(
    sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]], top: Sequence[str] = (), bottom: Sequence[str] = ()
) -> Layout:
    """Lay boxes out in rows from top to bottom; `sizes` must be in an order where operands come first.

    Those in `top` stay in the first row and those in `bottom` in the last: where arrows come in and go out.
    """
    edges = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    rank = _ranks(list(sizes), edges, top)
    rank.update(dict.fromkeys(bottom, max(rank.values(), default=0)))
    chains, links, rows = _with_bends(sizes, edges, rank)
    widths = {node: sizes[node].width if node in sizes else 8.0 for row in rows for node in row}
    _order(rows, links)
    x = _columns(rows, links, widths)
    heights = [max((sizes[node].height for node in row if node in sizes), default=0.0) for row in rows]
    y, below = [], 0.0
    for height in heights:
        y.append(below + height / 2)
        below += height + ROW_GAP
    left = min((x[node] - widths[node] / 2 for node in x), default=0.0)
    right = max((x[node] + widths[node] / 2 for node in x), default=0.0)
    place = {node: Point(x[node] - left, y[i]) for i, row in enumerate(rows) for node in row}
    centres = {node: place[node] for node in sizes}
    bends = {edge: [place[bend] for bend in chain] for edge, chain in chains.items()}
    return Layout(centres, bends, Size(right - left, below - ROW_GAP if rows else 0.0))


def _ranks(nodes: Sequence[str], edges: Sequence[tuple[str, str]], top: Sequence[str]) -> dict[str, int]:
    """Return the longest distance from a source; sources not in `top` come down to just above their first user."""
    above: dict[str, list[str]] = {node: [] for node in nodes}
    below: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in edges:
        above[b].append(a)
        below[a].append(b)
    rank: dict[str, int] = {}
    for node in nodes:
        rank[node] = max((rank[p] + 1 for p in above[node]), default=0)
    for node in nodes:
        if not above[node] and below[node] and node not in top:
            rank[node] = min(rank[user] for user in below[node]) - 1
    return rank


Bend = str


def _with_bends(
    sizes: Mapping[str, Size], edges: Sequence[tuple[str, str]], rank: Mapping[str, int]
) -> tuple[dict[tuple[str, str], list[Bend]], list[tuple[str, str]], list[list[str]]]:
    """Return the bends of each edge that passes rows, the links between neighbouring rows, and the rows."""
    rows: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node in sizes:
        rows[rank[node]].append(node)
    chains: dict[tuple[str, str], list[Bend]] = {}
    links: list[tuple[str, str]] = []
    for a, b in edges:
        chain = [f"{a}>{b}@{r}" for r in range(rank[a] + 1, rank[b])]
        for bend, r in zip(chain, range(rank[a] + 1, rank[b]), strict=True):
            rows[r].append(bend)
        chains[a, b] = chain
        stops = [a, *chain, b]
        links.extend(pairwise(stops))
    return chains, links, rows


def _neighbours(links: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for a, b in links:
        above.setdefault(b, []).append(a)
        below.setdefault(a, []).append(b)
    return above, below


def _order(rows: list[list[str]], links: Sequence[tuple[str, str]]) -> None:
    """Sort each row by the mean position of its neighbours in the row before, down and up in turn."""
    above, below = _neighbours(links)
    position = {node: float(i) for row in rows for i, node in enumerate(row)}
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):
            mean = {
                node: sum(position[n] for n in near[node]) / len(near[node]) if node in near else position[node]
                for node in row
            }
            row.sort(key=mean.__getitem__)
            position.update({node: float(i) for i, node in enumerate(row)})


def _columns(
    rows: Sequence[Sequence[str]], links: Sequence[tuple[str, str]], widths: Mapping[str, float]
) -> dict[str, float]:
    """Return x of each centre: near the mean of its neighbours, in the order of the row, and without overlaps."""
    above, below = _neighbours(links)
    x: dict[str, float] = {}
    for row in rows:
        _spread(row, dict.fromkeys(row, 0.0), widths, x)
    for sweep in range(2 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wish = {}
            for node in row:
                near = above.get(node, []) + below.get(node, [])
                wish[node] = sum(x[n] for n in near) / len(near) if near else x[node]
            _spread(row, wish, widths, x)
    return x


def _spread(row: Sequence[str], wish: Mapping[str, float], widths: Mapping[str, float], x: dict[str, float]) -> None:
    """Set x as close to the wishes as the widths allow: runs that would overlap move together to their mean wish."""
    runs: list[tuple[list[str], float, float]] = []  # nodes, the sum of (wish - offset), the length so far
    for node in row:
        members, total, length = [node], wish[node], 0.0
        while runs:
            before, before_total, before_length = runs[-1]
            gap = (widths[before[-1]] + widths[members[0]]) / 2 + COLUMN_GAP
            if total / len(members) - (before_total / len(before) + before_length) >= gap:
                break
            runs.pop()
            shift = before_length + gap
            total = before_total + total - shift * len(members)
            length = shift + length
            members = [*before, *members]
        runs.append((members, total, length))
    for members, total, _ in runs:
        at = total / len(members)
        for i, node in enumerate(members):
            if i:
                at += (widths[members[i - 1]] + widths[node]) / 2 + COLUMN_GAP
            x[node] = at
