"""Rows, and edges between them."""

from __future__ import annotations

import random

import pytest

from viz.layout import Edge, Size, layered


def test_rows_are_longest_paths() -> None:
    """A box stands below all it depends on; a source comes down to just above its first user."""
    sizes = dict.fromkeys("abcwd", Size(40, 20))
    layout = layered(sizes, [Edge("a", "b"), Edge("b", "c"), Edge("a", "c"), Edge("c", "d"), Edge("w", "d")])
    y = {name: point.y for name, point in layout.centres.items()}
    assert y["a"] < y["b"] < y["c"] < y["d"] and y["w"] == y["c"]


def test_ports_are_at_the_ends() -> None:
    """Ports stand in the first and in the last row, whatever uses them."""
    sizes = {"in": Size(6, 0), "a": Size(40, 20), "b": Size(40, 20), "out": Size(6, 0)}
    layout = layered(sizes, [Edge("a", "b"), Edge("in", "b"), Edge("a", "out")], ["in"], ["out"])
    y = {name: point.y for name, point in layout.centres.items()}
    assert y["in"] <= min(y.values()) + 10 and y["out"] >= y["b"]


@pytest.mark.parametrize("seed", range(20))
def test_boxes_do_not_overlap_and_edges_pass_beside_them(seed: int) -> None:
    """No two boxes meet, all lie in the picture, and an edge turns only between rows."""
    draw = random.Random(seed)
    names = [f"b{i}" for i in range(30)]
    sizes = {name: Size(draw.uniform(20, 90), draw.uniform(10, 60)) for name in names}
    edges = [Edge(names[draw.randrange(i)], names[i]) for i in range(1, 30) for _ in range(draw.randint(1, 2))]
    layout = layered(sizes, edges)
    boxes = {name: (layout.centres[name], sizes[name]) for name in names}
    for name, (centre, size) in boxes.items():
        assert size.width / 2 - 0.01 <= centre.x <= layout.size.width - size.width / 2 + 0.01
        assert size.height / 2 - 0.01 <= centre.y <= layout.size.height - size.height / 2 + 0.01
        for other, (point, extent) in boxes.items():
            apart_x = abs(centre.x - point.x) >= (size.width + extent.width) / 2
            apart_y = abs(centre.y - point.y) >= (size.height + extent.height) / 2
            assert name == other or apart_x or apart_y
    for edge, way in zip(edges, layout.ways, strict=True):
        assert way[0].x == pytest.approx(layout.centres[edge.tail].x)
        assert way[-1].x == pytest.approx(layout.centres[edge.head].x)
        for above, below in zip(way[1:-1:2], way[2:-1:2], strict=True):
            assert above.x == below.x and above.y < below.y
            for centre, size in boxes.values():
                beside = abs(centre.x - above.x) >= size.width / 2
                assert beside or centre.y + size.height / 2 <= above.y or centre.y - size.height / 2 >= below.y


def test_nothing() -> None:
    """An empty graph has an empty layout."""
    assert layered({}, []).size == Size(0, 0)
