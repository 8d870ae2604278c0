"""`on_error`: what was computed before something failed, with what failed in red."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from tests.viz.graphs import leaf
from viz.failure import drawing_of


def failing(x: Any, w1: Any, w2: Any) -> Any:
    hidden = autograd.tanh(x @ w1)
    scaled = hidden * 2.0
    return scaled @ w2


def drawn(function: Any) -> viz.Drawing | None:
    """Return the drawing of what a function leaves behind when it fails."""
    try:
        function()
    except Exception as error:
        return drawing_of(error, error.__traceback__)
    raise AssertionError("it has not failed")


def test_the_operation_that_failed() -> None:
    """It is the last box, red, with the error; its operands have the names of the variables."""
    drawing = drawn(lambda: failing(np.ones((2, 3)), leaf(3, 4), leaf(5, 2)))
    assert drawing is not None
    box = drawing.nodes[-1]
    assert (box["kind"], box["title"], box["bad"]) == ("failed", "matmul", True)
    assert "".join(box["lines"]).startswith("ValueError: matmul((2, 4) float64,")
    titles = {node["id"]: node["title"] for node in drawing.nodes}
    assert {titles[a] for a, b in drawing.edges if b == box["id"]} == {"scaled", "w2"}
    assert "hidden" in titles.values() and "w1" in titles.values()


def test_in_a_model() -> None:
    """Parameters have their names, in the groups of their layers."""

    class Net(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Dense(4, "relu", name="first")
            self.extra: Any = 0.0

        def forward(self, x: Any) -> Any:
            return self.a(x) + self.extra

    net = Net()
    net(np.ones((2, 3), np.float32))
    net.extra = np.ones(7)
    drawing = drawn(lambda: net(np.ones((2, 3), np.float32)))
    assert drawing is not None and list(drawing.graph.groups.values()) == ["a"]
    assert [node["title"] for node in drawing.nodes if node["group"]][:2] == ["kernel", "bias"]
    assert drawing.nodes[-1]["title"] == "add"


def test_errors_of_ones_own(tmp_path: Path) -> None:
    """Where no operation failed, what the innermost function had computed is drawn; a note says where."""

    @viz.on_error(tmp_path / "graph.svg")
    def train() -> None:
        x = leaf(2)
        loss = np.sum(x * x)
        raise KeyError(loss.shape)

    with pytest.raises(KeyError) as raised:
        train()
    assert raised.value.__notes__ == [f"The graph up to here is drawn in {tmp_path / 'graph.svg'}."]
    text = (tmp_path / "graph.svg").read_text()
    assert "failed here" in text and "KeyError" in text and ">loss<" in text


def test_nothing_to_draw(tmp_path: Path) -> None:
    """Without a graph, without a folder, without an error: notes say so, and nothing is written or hidden."""
    with pytest.raises(ZeroDivisionError) as raised, viz.on_error(tmp_path / "a.svg"):
        1 / 0  # noqa: B018
    assert "no graph to draw" in raised.value.__notes__[0]
    with pytest.raises(ValueError, match="inner sizes") as failed, viz.on_error(tmp_path / "no" / "a.svg"):
        failing(np.ones((2, 3)), leaf(3, 4), leaf(5, 2))
    assert "could not be drawn: save: there is no folder" in failed.value.__notes__[0]
    with viz.on_error(tmp_path / "a.svg"):
        pass
    with pytest.raises(KeyboardInterrupt), viz.on_error(tmp_path / "a.svg"):
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match=r"the ending must be one of \.svg, \.png"):
        viz.on_error(tmp_path / "a.bmp")


def test_at_a_nan() -> None:
    """What anomaly detection stops at is drawn as any failure."""

    def run() -> None:
        x = autograd.tensor([-1.0], requires_grad=True)
        with autograd.detect_anomaly(), np.errstate(all="ignore"):
            y = np.exp(x)
            np.log(y - 5.0)

    drawing = drawn(run)
    assert drawing is not None and drawing.nodes[-1]["kind"] == "failed"
    assert any("FloatingPointError" in line for line in drawing.nodes[-1]["lines"])


def test_graphs_further_out(tmp_path: Path) -> None:
    """Where the function that raises has no tensors, those of its callers are drawn; dicts are looked into."""

    def check() -> None:
        raise RuntimeError("no")

    def run() -> None:
        parts = {"h": np.tanh(leaf(2))}
        check()
        del parts

    drawing = drawn(run)
    assert drawing is not None and [node["title"] for node in drawing.nodes][-2:] == ["tanh", "failed here"]


def test_exceptions_that_take_no_notes(tmp_path: Path) -> None:
    """They come out as they are; and a note is written once, however often it is asked for."""

    @dataclass(frozen=True)
    class Frozen(Exception):
        code: int = 0

    with pytest.raises(Frozen), viz.on_error(tmp_path / "a.svg"):
        raise Frozen

    path = tmp_path / "b.svg"
    with pytest.raises(ValueError, match="inner sizes") as raised, viz.on_error(path), viz.on_error(path):
        failing(np.ones((2, 3)), leaf(3, 4), leaf(5, 2))
    assert len(raised.value.__notes__) == 1
