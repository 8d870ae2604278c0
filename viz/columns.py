"""Places in rows whose order is fixed: long edges straight, boxes near their neighbours (Brandes and Köpf, 2001).

Four times, from each corner of the picture, keys are strung into blocks that stand straight above each other, as far
as their links do not cross, and the blocks are packed; then each key takes the mean of its two middle places. Packing
is a longest path over whole blocks, so nothing overlaps, whatever the widths.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeAlias

COLUMN_GAP = 22.0
_LANE_GAP = 14.0

Key: TypeAlias = str | tuple[int, int]
"""The name of a box, or for the lane of an edge beside the boxes of a row (edge, row)."""


class Link(NamedTuple):
    """A piece of an edge between neighbouring rows; it is straight if `lower` stands `offset` right of `upper`.

    A weak link is not to be straight where another could: it only brings a source in from the side.
    """

    upper: Key
    lower: Key
    offset: float
    weak: bool


Places: TypeAlias = dict[Key, float]
_Near: TypeAlias = Mapping[Key, Sequence[tuple[Key, float]]]


def columns(rows: Sequence[Sequence[Key]], links: Sequence[Sequence[Link]], widths: Mapping[Key, float]) -> Places:
    """Return x of each key's middle; `links[i]` go from row i to row i + 1."""
    place = {key: i for row in rows for i, key in enumerate(row)}
    bent = _to_be_bent(rows, links, place)
    straight = [link for between in links for link in between if link not in bent]
    above = _neighbours(((link.lower, link.upper, link.offset) for link in straight), place)
    below = _neighbours(((link.upper, link.lower, -link.offset) for link in straight), place)
    results = []
    for near, downwards in ((above, rows), (below, list(reversed(rows)))):
        results.append(_packed(downwards, near, widths))
        mirrored = _packed([row[::-1] for row in downwards], _mirrored(near), widths)
        results.append({key: -x for key, x in mirrored.items()})
    return _middle(results, widths)


def _neighbours(links: Iterable[tuple[Key, Key, float]], place: Mapping[Key, int]) -> _Near:
    """Return for each key its neighbours from left to right, and how far right of each it would stand."""
    near: dict[Key, list[tuple[Key, float]]] = {}
    for key, other, offset in links:
        near.setdefault(key, []).append((other, offset))
    return {key: sorted(others, key=lambda other: place[other[0]]) for key, others in near.items()}


def _mirrored(near: _Near) -> _Near:
    return {key: [(other, -offset) for other, offset in reversed(others)] for key, others in near.items()}


def _to_be_bent(
    rows: Sequence[Sequence[Key]], links: Sequence[Sequence[Link]], place: Mapping[Key, int]
) -> Collection[Link]:
    """Return the links that may not be straight: those across a piece of a lane, and weak ones beside others."""
    held = {link.lower for between in links for link in between if not link.weak}
    bent = {link for between in links for link in between if link.weak and link.lower in held}
    for upper_row, between in zip(rows, links, strict=True):
        inner = [link for link in between if _is_lane(link.lower) and _is_lane(link.upper)]
        lanes = sorted((place[link.lower], place[link.upper]) for link in inner)
        others = sorted(set(between).difference(inner), key=lambda link: place[link.lower])
        passed, left = 0, -1
        for link in others:
            while passed < len(lanes) and lanes[passed][0] < place[link.lower]:
                left = max(left, lanes[passed][1])
                passed += 1
            right = lanes[passed][1] if passed < len(lanes) else len(upper_row)
            if not left < place[link.upper] < right:
                bent.add(link)
    return bent


def _is_lane(key: Key) -> bool:
    return isinstance(key, tuple)


# --- one of the four ---------------------------------------------------------------------------------------


def _packed(rows: Sequence[Sequence[Key]], near: _Near, widths: Mapping[Key, float]) -> Places:
    """Return places as far left as they can be, and then each block as close to the one right of it as it can be."""
    block, shift = _strung(rows, near)
    after: dict[Key, list[tuple[Key, float]]] = {key: [] for key in block.values()}
    waiting = dict.fromkeys(after, 0)
    for row in rows:
        for left, right in pairwise(row):
            apart = separation(left, right, widths) + shift[left] - shift[right]
            after[block[left]].append((block[right], apart))
            waiting[block[right]] += 1
    at = dict.fromkeys(after, 0.0)
    order = [key for key, count in waiting.items() if not count]
    for key in order:  # grows while it is read
        for other, apart in after[key]:
            at[other] = max(at[other], at[key] + apart)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    for key in reversed(order):
        at[key] = min((at[other] - apart for other, apart in after[key]), default=at[key])
    return {key: at[block[key]] + shift[key] for key in block}


def separation(left: Key, right: Key, widths: Mapping[Key, float]) -> float:
    """Return how far apart the middles of two neighbours in a row are at least."""
    gap = _LANE_GAP if _is_lane(left) or _is_lane(right) else COLUMN_GAP
    return (widths[left] + widths[right]) / 2 + gap


def _strung(rows: Sequence[Sequence[Key]], near: _Near) -> tuple[dict[Key, Key], Places]:
    """Return the block of each key, named by its first, and how far right of that first it stands.

    A key joins the block of its median neighbour, unless that link crosses one already taken in this row.
    """
    block: dict[Key, Key] = {}
    shift: Places = {}
    place = {key: i for row in rows for i, key in enumerate(row)}
    for row in rows:
        taken = -1
        for key in row:
            block[key], shift[key] = key, 0.0
            others = near.get(key, ())
            middle = len(others) // 2
            for other, offset in others[(len(others) - 1) // 2 : middle + 1]:
                if place[other] > taken:
                    block[key], shift[key] = block[other], shift[other] + offset
                    taken = place[other]
                    break
    return block, shift


def _middle(results: Sequence[Places], widths: Mapping[Key, float]) -> Places:
    """Return the mean of the two middle places of each key, with the results moved to where the narrowest one is."""
    edges = [
        (min((x - widths[key] / 2 for key, x in result.items()), default=0.0),
         max((x + widths[key] / 2 for key, x in result.items()), default=0.0))
        for result in results
    ]  # fmt: skip
    left, right = min(edges, key=lambda edge: edge[1] - edge[0])
    moves = [right - edge[1] if i % 2 else left - edge[0] for i, edge in enumerate(edges)]
    places: Places = {}
    for key in results[0]:
        candidates = sorted(result[key] + move for result, move in zip(results, moves, strict=True))
        places[key] = (candidates[1] + candidates[2]) / 2
    return places
