"""Forward and backward as a ladder: beside each box what backward does there, and what was saved for it as a rung."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np

from autograd import Node, Tensor, recorded_backward
from viz.labels import SYMBOLS, facts

HEADINGS: Final = ("forward", "backward", "double backward")
_WIDTH: Final = 30  # characters in a line
_MOST_LINES: Final = 4


Words: TypeAlias = tuple[str, list[str]]
"""The title and the lines of a box."""


@dataclass
class Ladder:
    """What stands beside the boxes of a graph, by their ids.

    `columns` has (title, lines) of backward and, where it is asked for, of double backward; `rungs` the bytes that are
    saved between forward and backward.
    """

    columns: list[dict[str, Words]]
    rungs: dict[str, int]
    alone: bool = False  # whether the first column is all that is drawn
    notes: list[str] = field(default_factory=list)


def ladder_of(
    root: Tensor, nodes: Sequence[Node], place: Mapping[Node, str], titles: Mapping[str, str], passes: int
) -> Ladder:
    """Return the ladder of a graph whose nodes are in the boxes of `place`; `passes` is how often backward goes.

    Raises RuntimeError where backward is not possible.
    """
    gradients, origin = recorded_backward(root)
    first = _column("∂", nodes, place, titles, {new: place[old] for new, old in origin.items()})
    ladder = Ladder([first], _rungs(nodes, place))
    if passes < 2:
        return ladder
    linked = [np.sum(g) for g in gradients.values() if g.requires_grad]
    if not linked:
        ladder.notes.append("There is no double backward: the gradient does not depend on anything.")
        return ladder
    total = linked[0]
    for other in linked[1:]:
        total = total + other
    _, again = recorded_backward(total)
    where = {new: place.get(old) or place.get(origin.get(old, old)) for new, old in again.items()}
    found = {new: box for new, box in where.items() if box is not None}
    column = _column("∂²", [], place, titles, found)
    if column:
        ladder.columns.append(column)
        ladder.notes.append("Double backward is that of the sum of all gradients.")
    else:
        ladder.notes.append("Double backward has nothing to record: what it gives is constant.")
    return ladder


def _column(
    sign: str,
    passed: Sequence[Node],
    place: Mapping[Node, str],
    titles: Mapping[str, str],
    where: Mapping[Node, str],
) -> dict[str, Words]:
    """Return the words of each box: which operations are done there, or that the gradient only passes or ends."""
    done: dict[str, Counter[str]] = {}
    for new, box in where.items():
        if new.op is not None:
            done.setdefault(box, Counter())[SYMBOLS.get(new.op.name, new.op.name)] += 1
    column: dict[str, Words] = {}
    for box, counts in done.items():
        words = ", ".join(f"{name} (×{n})" if n > 1 else name for name, n in counts.items())
        lines = textwrap.wrap(words, _WIDTH)
        column[box] = f"{sign} {titles[box]}", lines[:_MOST_LINES] + ["…"] * (len(lines) > _MOST_LINES)
    for node in passed:
        if node.flows and place[node] not in column:
            words = facts(node.shape, node.dtype, ["shape"])[0] if node.op is None else "nothing to record"
            column[place[node]] = f"{sign} {titles[place[node]]}", [words]
    return column


def _rungs(nodes: Sequence[Node], place: Mapping[Node, str]) -> dict[str, int]:
    """Return how many bytes are saved in each box; memory that several operations share counts where it is first."""
    bytes_in: dict[str, int] = {}
    seen: set[int] = set()
    for node in nodes:
        for value in node.saved or () if node.op is not None else ():
            if not isinstance(value, np.ndarray | np.generic):
                continue
            owner: Any = value
            while isinstance(owner.base, np.ndarray):
                owner = owner.base
            if id(owner) not in seen:
                seen.add(id(owner))
                bytes_in[place[node]] = bytes_in.get(place[node], 0) + value.nbytes
    return {box: count for box, count in bytes_in.items() if count}


def widest(ladder: Ladder | None, box: str) -> list[Words]:
    """Return the words that stand beside a box, in all columns."""
    found: list[Any] = [] if ladder is None else [column.get(box) for column in ladder.columns]
    return [words for words in found if words is not None]
