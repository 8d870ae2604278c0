"""Places in rows."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from viz.columns import Key, Link, columns, separation


@pytest.mark.parametrize("seed", range(20))
def test_rows_keep_their_order_and_distance(seed: int) -> None:
    """Neighbours in a row never come closer than their widths allow, whatever the links and offsets."""
    draw = random.Random(seed)
    rows: list[list[Key]] = [
        [(i, j) if draw.random() < 0.4 else f"{i}.{j}" for j in range(draw.randint(1, 8))] for i in range(6)
    ]
    widths = {key: draw.uniform(5, 90) for row in rows for key in row}
    links = [
        [Link(draw.choice(a), draw.choice(b), draw.uniform(-9, 9), draw.random() < 0.3) for _ in range(8)]
        for a, b in pairwise(rows)
    ]
    x = columns(rows, [*links, []], widths)
    for row in rows:
        for left, right in pairwise(row):
            assert x[right] - x[left] >= separation(left, right, widths) - 1e-6


def test_a_chain_is_straight_though_sources_come_in() -> None:
    """The trunk stands in one column, with its offsets; what only brings a source in gives way."""
    rows: list[list[Key]] = [["w0", "a"], ["w1", "b"], ["c"]]
    links = [
        [Link("w0", "b", 0.0, True), Link("a", "b", 5.0, False)],
        [Link("w1", "c", 0.0, True), Link("b", "c", 0.0, False)],
        [],
    ]
    x = columns(rows, links, dict.fromkeys(["w0", "w1", "a", "b", "c"], 40.0))
    assert x["b"] == pytest.approx(x["a"] + 5) and x["c"] == pytest.approx(x["b"])


def test_lanes_are_straight() -> None:
    """The pieces of a long edge stand in one column."""
    rows: list[list[Key]] = [["a"], ["b", (0, 1)], ["c", (0, 2)], ["d"]]
    links = [
        [Link("a", "b", 0.0, False), Link("a", (0, 1), 0.0, False)],
        [Link("b", "c", 0.0, False), Link((0, 1), (0, 2), 0.0, False)],
        [Link("c", "d", 0.0, False), Link((0, 2), "d", 0.0, False)],
        [],
    ]
    x = columns(rows, links, dict.fromkeys([key for row in rows for key in row], 40.0))
    assert x[0, 1] == pytest.approx(x[0, 2]) and x["b"] == pytest.approx(x["c"])


def test_nothing() -> None:
    """No rows have no places."""
    assert columns([], [], {}) == {}
