"""Groups, boxes and arrows of whole graphs, placed."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from tests.viz.graphs import Model, leaf, random_graph
from viz.layout import Point, Size
from viz.model import Graph, graph_of
from viz.placing import Area, Placed, placed


def overlap(a: Area, b: Area) -> bool:
    """Return whether two rectangles have more than an edge in common."""
    return (
        a.corner.x + a.size.width > b.corner.x + 0.01
        and b.corner.x + b.size.width > a.corner.x + 0.01
        and a.corner.y + a.size.height > b.corner.y + 0.01
        and b.corner.y + b.size.height > a.corner.y + 0.01
    )


def inside(inner: Area, outer: Area) -> bool:
    """Return whether a rectangle is within another."""
    return (
        outer.corner.x <= inner.corner.x + 0.01
        and outer.corner.y <= inner.corner.y + 0.01
        and inner.corner.x + inner.size.width <= outer.corner.x + outer.size.width + 0.01
        and inner.corner.y + inner.size.height <= outer.corner.y + outer.size.height + 0.01
    )


def check(graph: Graph) -> Placed:
    """Check everything that holds of every picture."""
    layout = placed(graph)
    group_of = {box.id: box.group for box in graph.boxes} | graph.around

    def groups_of(id: str) -> set[str]:
        """Return all groups that a box or group lies in."""
        found = set()
        while (id := group_of.get(id) or "") != "":
            found.add(id)
        return found

    assert not any(overlap(a, b) for a, b in combinations(layout.boxes.values(), 2))
    assert layout.groups.keys() == graph.groups.keys()
    for id, area in (layout.boxes | layout.groups).items():
        for group, around in layout.groups.items():
            if group in groups_of(id):
                assert inside(area, around)
            elif id != group and id not in groups_of(group):
                assert not overlap(area, around)
    boxes, arrows = layout.boxes, layout.arrows
    if graph.direction == "right":  # what holds from top to bottom holds with x and y exchanged
        boxes = {id: Area(Point(*corner[::-1]), Size(*size[::-1])) for id, (corner, size) in boxes.items()}
        arrows = [[Point(*point[::-1]) for point in arrow] for arrow in arrows]
    for (a, b), arrow in zip(graph.edges, arrows, strict=True):
        start, end = boxes[a], boxes[b]
        assert arrow[0].x == pytest.approx(start.corner.x + start.size.width / 2)
        assert arrow[0].y == pytest.approx(start.corner.y + start.size.height)
        assert end.corner.x < arrow[-1].x < end.corner.x + end.size.width
        assert arrow[-1].y == pytest.approx(end.corner.y)
        assert all(p.y <= q.y + 0.01 for p, q in pairwise(arrow))
    return layout


@pytest.mark.parametrize("seed", range(200))
def test_random_graphs(seed: int) -> None:
    """Boxes and groups never overlap, and every arrow runs down from its box to the top of the other."""
    y, model = random_graph(seed)
    names = dict(model.named_parameters())
    check(graph_of([y], names, model.spans(), ["shape"], 150))
    check(graph_of([y], names, [], ["shape", "dtype"], 150))
    check(graph_of([y], names, model.spans(), ["shape"], 12))
    sideways = graph_of([y], names, model.spans(), ["shape"], 150)
    sideways.direction = "right"
    check(sideways)


def test_titles_have_room_in_both_directions() -> None:
    """A group is as wide as its title, and its boxes begin below it."""
    model = Model((4, 3))
    loss = model.loss(np.ones((2, 4)))
    long = [(f"{name}{'_' * 60}", *span) for name, *span in model.spans()]
    for direction in ("down", "right"):
        graph = graph_of([loss], {}, long, ["shape"], 150)
        graph.direction = direction
        layout = check(graph)
        for id, area in layout.groups.items():
            assert area.size.width > 40 * 6
            tops = [layout.boxes[box.id].corner.y for box in graph.boxes if box.group == id]
            assert min(tops) >= area.corner.y + 24


def test_the_trunk_of_a_network_is_straight() -> None:
    """Layer below layer, the operations of a dense network stand in one column."""
    model = Model()
    loss = model.loss(np.ones((4, 64)))
    graph = graph_of([loss], dict(model.named_parameters()), model.spans(), ["shape"], 150)
    layout = check(graph)
    trunk = [box.id for box in graph.boxes if box.lines and box.title in ("@ matmul", "+ add", "maximum")]
    middles = [layout.boxes[id].corner.x + layout.boxes[id].size.width / 2 for id in trunk]
    assert len(trunk) == 8 and max(middles) - min(middles) < 0.01


@pytest.mark.parametrize("seed", range(10))
def test_tips_stand_in_the_order_that_arrows_come_in(seed: int) -> None:
    """Arrows into one box do not cross on their last piece."""
    y, model = random_graph(seed)
    graph = graph_of([y], dict(model.named_parameters()), model.spans(), ["shape"], 150)
    arriving: dict[str, list[tuple[float, float]]] = {}
    for (_, b), arrow in zip(graph.edges, placed(graph).arrows, strict=True):
        arriving.setdefault(b, []).append((arrow[-3].x, arrow[-1].x))
    assert all([tip for _, tip in sorted(ends)] == sorted(tip for _, tip in ends) for ends in arriving.values())


def test_arrows_of_one_value_end_beside_each_other() -> None:
    """The two arrows of `a + a` have tips of their own."""
    a = leaf(2)
    first, second = check(graph_of([a + a], {}, [], ["shape"], 150)).arrows
    assert abs(first[-1].x - second[-1].x) > 8
