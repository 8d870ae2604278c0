"""From a recorded graph to boxes and arrows."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd import Tensor
from tests.viz.graphs import Model, leaf, random_graph
from viz.model import Graph, graph_of


def drawn(*roots: Tensor, max_nodes: int = 150, **names: Tensor) -> Graph:
    """Return the graph with the usual options."""
    return graph_of(roots, names, [], ["shape"], max_nodes)


def test_an_arrow_for_each_use() -> None:
    """`a + a` uses a twice, so it has two arrows."""
    a = leaf(2)
    graph = drawn(a + a, a=a)
    assert [(box.id, box.kind, box.title, box.lines) for box in graph.boxes] == [
        ("n0", "leaf", "a", ["(2,)"]),
        ("n1", "result", "+ add", ["(2,)"]),
    ]
    assert graph.edges == [("n0", "n1"), ("n0", "n1")]


def test_arrows_of_visible_boxes_stay_when_others_fold() -> None:
    """Arrows merge only where a box stands for several nodes."""
    x = leaf(2)
    y = x
    for _ in range(100):
        y = y + y
    graph = drawn(y, max_nodes=10)
    assert graph.edges.count(("n0", "n1")) == 2
    fold = next(box.id for box in graph.boxes if box.kind == "fold")
    assert sum(fold in edge for edge in graph.edges) == 2


def test_names() -> None:
    """A name is the title, with the operation below; the first of several names stands."""
    a = leaf(2)
    y = a * a
    box = drawn(y, y=y, again=y, a=a).boxes[-1]
    assert (box.title, box.lines) == ("y", ["× multiply", "(2,)"])


def test_groups_and_their_names() -> None:
    """Each layer is a group with its parameters, whose names there leave out the layer's."""
    model = Model()
    graph = graph_of([model.loss(np.ones((4, 64)))], dict(model.named_parameters()), model.spans(), ["shape"], 150)
    assert list(graph.groups.values()) == ["dense_0", "dense_1", "dense_2", "loss"]
    first = next(iter(graph.groups))
    assert [box.title for box in graph.boxes if box.group == first] == [
        "kernel", "bias", "@ matmul", "+ add", "maximum",
    ]  # fmt: skip
    assert all(box.group in graph.groups for box in graph.boxes)


def test_layers_as_boxes() -> None:
    """Too many nodes become one box for each layer, which says how many operations it holds."""
    model = Model()
    graph = graph_of([model.loss(np.ones((4, 64)))], dict(model.named_parameters()), model.spans(), ["shape"], 10)
    assert [(box.kind, box.title, box.lines[0]) for box in graph.boxes[:3]] == [
        ("layer", "dense_0", "3 operations"),
        ("layer", "dense_1", "3 operations"),
        ("layer", "dense_2", "2 operations"),
    ]
    assert graph.boxes[0].lines[1] == "(4, 64)"
    assert not graph.groups and graph.notes == ["14 of 14 operations are folded into 4 boxes."]


def test_a_chain_of_50_000() -> None:
    """A long chain is walked without recursion, and what is not shown is counted in the picture."""
    y = leaf()
    for _ in range(50_000):
        y = np.sin(y)
    graph = drawn(y, max_nodes=102)
    assert len(graph.boxes) == 102
    assert [box.title for box in graph.boxes if box.kind == "fold"] == ["… 49,900 operations not shown"]
    assert graph.notes == ["49,900 of 50,000 operations are folded into 1 box."]


def test_doublings_are_linear() -> None:
    """Forty doublings have 2**40 paths, and forty-one boxes."""
    x = leaf()
    for _ in range(40):
        x = x + x
    graph = drawn(x)
    assert len(graph.boxes) == 41 and len(graph.edges) == 80


def test_several_results_and_constants() -> None:
    """Every tensor asked for is drawn, and a tensor without a graph says so."""
    a = leaf(2)
    plain = autograd.tensor(np.ones(3))
    graph = drawn(a * 2, plain, np.exp(a))
    assert [box.kind for box in graph.boxes] == ["leaf", "result", "result", "constant"]
    assert not graph.notes
    assert drawn(plain).notes == ["No graph: nothing here requires grad."]
    assert drawn(a).notes == ["No operations: a leaf has no graph behind it."]
    assert drawn(plain, data=plain).boxes[0].title == "data"


def test_same_picture_after_backward() -> None:
    """Boxes and arrows do not depend on the values that backward frees."""
    model = Model()
    loss = model.loss(np.ones((4, 64)))
    before = graph_of([loss], {}, model.spans(), ["shape"], 150)
    loss.backward()
    after = graph_of([loss], {}, model.spans(), ["shape"], 150)
    assert after.edges == before.edges
    assert [box.title for box in after.boxes] == [box.title for box in before.boxes]


def test_no_array_is_kept_alive() -> None:
    """A graph to draw holds strings: when the tensors go, so do their arrays and nodes."""
    a = leaf(100)
    y = np.sum(a * a)
    graph = graph_of([y], {"a": a}, [], ["shape", "dtype", "value", "grad"], 150)
    watched = [weakref.ref(a), weakref.ref(a.data), weakref.ref(y)]
    del a, y
    gc.collect()
    assert [ref() for ref in watched] == [None, None, None]
    assert len(graph.boxes) == 3


@pytest.mark.parametrize("max_nodes", [3, 8, 150])
@pytest.mark.parametrize("seed", range(10))
def test_operands_come_first(seed: int, max_nodes: int) -> None:
    """In any graph, folded or not, every arrow points from an earlier box to a later one, also between groups."""
    y, model = random_graph(seed)
    graph = graph_of([y], dict(model.named_parameters()), model.spans(), ["shape"], max_nodes)
    assert len(graph.boxes) <= max_nodes
    place = {box.id: i for i, box in enumerate(graph.boxes)}
    assert all(place[a] < place[b] for a, b in graph.edges)
    chains = {box.id: [box.id] for box in graph.boxes}
    for box in graph.boxes:
        group = box.group
        while group is not None:
            chains[box.id].insert(0, group)
            group = graph.around.get(group)
    last = {item: i for i, box in enumerate(graph.boxes) for item in chains[box.id]}
    for a, b in graph.edges:  # compared where they part
        parted = next((x, y) for x, y in zip(chains[a], chains[b], strict=False) if x != y)
        assert last[parted[0]] < last[parted[1]]


def test_chips_of_what_many_use() -> None:
    """What five boxes use stands beside each but the first as a chip; chips have room in the limit."""
    w, h = leaf(2, 2), leaf(2)
    y = h
    for _ in range(4):
        y = y @ w
    assert not [box for box in drawn(y, w=w).boxes if box.kind == "chip"]
    y = y @ w + w[0]
    graph = drawn(y, w=w)
    chips = [box for box in graph.boxes if box.kind == "chip"]
    assert [box.title for box in chips] == ["↑ w"] * 5
    place = {box.id: i for i, box in enumerate(graph.boxes)}
    assert all(place[a] < place[b] for a, b in graph.edges) and len({box.id for box in graph.boxes}) == len(graph.boxes)
    assert {a for a, b in graph.edges if b == "n2"} == {"n0", "n1"}
    for _ in range(300):
        y = np.tanh(y @ w)
    for most in (20, 60, 150):
        graph = drawn(y, w=w, max_nodes=most)
        assert most * 0.7 < len(graph.boxes) <= most and any(box.kind == "chip" for box in graph.boxes)
