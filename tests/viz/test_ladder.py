"""Forward and backward as a ladder: what stands at each rung, and that nothing is freed by drawing it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from tests.viz.graphs import leaf


def ladder(drawing: viz.Drawing) -> Any:
    assert drawing.graph.ladder is not None
    return drawing.graph.ladder


def by_title(drawing: viz.Drawing, column: int = 0) -> dict[str, list[str]]:
    """Return the lines of the boxes in a column by their titles."""
    return dict(ladder(drawing).columns[column].values())


def test_what_backward_does_at_each_box() -> None:
    """The operations of a rule beside the one it belongs to; gradients of leaves at the end; bytes on the rungs."""
    x, w = leaf(2, 3), leaf(3, 4)
    h = np.tanh(x @ w)
    y = np.sum(h)
    drawing = viz.draw(y, {"x": x, "w": w, "h": h, "y": y}, backward=True)
    found = by_title(drawing)
    assert found["∂ x"] == ["(2, 3)"] and found["∂ w"] == ["(3, 4)"] and found["∂ y"] == ["nothing to record"]
    assert found["∂ @ matmul"] == ["swapaxes (×2), @ (×2)"] and "×" in found["∂ h"][0]
    ids = {node["title"]: node["id"] for node in drawing.nodes}
    assert ladder(drawing).rungs == {ids["@ matmul"]: 144, ids["h"]: 64}
    assert all(t.grad is None for t in (x, w))
    y.backward()
    assert x.grad is not None


def test_double_backward() -> None:
    """A third column, where second derivatives are; where the gradient depends on nothing a note says so."""
    x = leaf(3)
    y = np.sum(np.sin(x) * x)
    drawing = viz.draw(y, {"x": x}, backward=2)
    assert len(ladder(drawing).columns) == 2 and "∂² sin" in by_title(drawing, 1)
    assert "Double backward is that of the sum of all gradients." in drawing.graph.notes
    straight = viz.draw(np.sum(x), {"x": x}, backward=2)
    assert len(ladder(straight).columns) == 1 and "no double backward" in straight.graph.notes[-1]


def test_of_layers() -> None:
    """Where boxes are folded, a rung stands for all that is in them; groups are in every column."""
    nn.set_random_seed(0)
    model = nn.Sequential([nn.Dense(8, "tanh", input_dim=4), nn.Dense(1)])
    model.compile("sgd", "mse")
    loss = model.loss_on(np.ones((16, 4)), np.ones(16))
    folded = viz.draw(loss, model, backward=True, max_nodes=6)
    assert sorted(by_title(folded)) == ["∂ dense", "∂ dense_1", "∂ mean_squared_error"]
    whole = viz.draw(loss, model, backward=True)
    assert whole.svg().count('rx="10"') == 2 * len(whole.graph.groups)


@pytest.mark.parametrize("passes", [True, 2])
def test_the_picture(passes: int) -> None:
    """It is as wide as its columns; backward boxes mirror the forward ones and are as high; nothing overlaps."""
    x, w = leaf(2, 3), leaf(3, 4)
    y = np.sum(np.tanh(x @ w) ** 2)
    drawing = viz.draw(y, {"x": x, "w": w}, backward=passes)
    root = ElementTree.fromstring(drawing.svg())
    width = float(root.get("viewBox", "").split()[2])
    tag = "{http://www.w3.org/2000/svg}"
    boxes = [g.find(f"{tag}rect") for g in root.iter(f"{tag}g") if g.find(f"{tag}text") is not None]
    areas = [
        tuple(float(rect.get(name, "")) for name in ("x", "y", "width", "height")) for rect in boxes if rect is not None
    ]
    assert len(areas) == len(drawing.nodes) + sum(len(column) for column in ladder(drawing).columns)
    assert all(0 <= x and x + w <= width for x, _, w, _ in areas)
    for i, (x1, y1, w1, h1) in enumerate(areas):
        for x2, y2, w2, h2 in areas[:i]:
            assert x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1
    texts = {"".join(text.itertext()) for text in root.iter(f"{tag}text")}
    assert {"forward", "backward"} <= texts and ("double backward" in texts) == (passes == 2)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda y: viz.draw(y, backward=3), "backward=3 is not known; allowed: False, True, 2, 'only'"),
        (lambda y: viz.draw([y, y], backward=True), "is for one result"),
        (lambda y: viz.draw(y, backward=True, engine="dot"), "use engine='builtin'"),
    ],
)
def test_what_cannot_be_asked(draw: Any, message: str) -> None:
    """Errors that say what can."""
    with pytest.raises(ValueError, match=message):
        draw(np.sum(leaf(2)))


def test_where_backward_cannot_be() -> None:
    """Several elements, no graph, or values that are freed: the error is that of backward."""
    x = leaf(2)
    for y, message in ((x * x, "only a single element"), (autograd.tensor(1.0), "does not depend")):
        with pytest.raises(RuntimeError, match=message):
            viz.draw(y, backward=True)
    y = np.sum(x * x)
    y.backward()
    with pytest.raises(RuntimeError, match="freed"):
        viz.draw(y, backward=True)


def test_origins_are_of_the_graph() -> None:
    """Every node that backward records belongs to one of forward, and its gradients are right."""
    x = leaf(3)
    y = np.sum(np.sin(x) * x + x)
    gradients, origin = autograd.recorded_backward(y)
    forward = set(autograd.reachable([y._node]))
    assert set(origin.values()) <= forward and not forward & origin.keys()
    np.testing.assert_allclose(gradients[x._node].data, np.cos(x.data) * x.data + np.sin(x.data) + 1)


def test_backward_alone() -> None:
    """One column, as wide as forward would be, with the titles of the groups; arrows run up."""
    model = nn.Sequential([nn.Dense(8, "tanh", input_dim=4, name="first"), nn.Dense(1, name="second")])
    model.compile("sgd", "mse")
    loss = model.loss_on(np.ones((16, 4)), np.ones(16))
    text, both = (viz.draw(loss, model, backward=how).svg() for how in ("only", True))
    assert ">∂ tanh<" in text and ">tanh<" not in text and ">first<" in text and " B<" not in text
    width = [float(each.split('viewBox="0 0 ')[1].split()[0]) for each in (text, both)]
    assert width[0] < width[1] / 2


def test_one_rung_at_each_height() -> None:
    """What is saved side by side is one rung, between all boxes and their images; shared memory counts once."""
    x = leaf(3)
    branches = [np.tanh(x + float(i)) for i in range(4)]
    y = np.sum(sum(branches[1:], branches[0]))  # type: ignore[arg-type]
    text = viz.draw(y, {"x": x}, backward=True).svg()
    assert text.count(" B</text>") == 1 and ">96 B</text>" in text
    w = leaf(3, 3)
    assert sum(ladder(viz.draw(np.sum(np.transpose(w) @ w), backward=True)).rungs.values()) == 72


def test_a_double_backward_of_nothing() -> None:
    """Where it is constant there is no empty column, and a note says so."""
    a = leaf()
    drawing = viz.draw(a * a, {"a": a}, backward=2)
    assert len(ladder(drawing).columns) == 1 and "nothing to record" in drawing.graph.notes[-1]
