"""Compiled programs: what was recorded, and at the same height what is left of it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import viz
from tests.viz.graphs import leaf


def program() -> Any:
    """Return a training step as a program."""
    w = leaf(4, 3)

    def step(x: Any) -> Any:
        loss = np.mean(np.tanh(x @ w * 1.0) ** 2)
        loss.backward()
        w.data -= 0.1 * w.grad
        w.grad = None
        return loss

    compiled = autograd.compile(step, backend="numpy")
    compiled(np.ones((5, 4)))
    return compiled.programs[0]


def test_what_is_left_stands_beside_what_was_recorded() -> None:
    drawn = viz.draw(program())
    boxes = {node["id"]: node for node in drawn.nodes}
    (column,) = drawn.graph.ladder.columns  # type: ignore[union-attr]
    assert column.keys() < boxes.keys()
    by_one = [node for node in boxes.values() if node["title"] == "× multiply" and "with 1" in node["lines"]]
    assert by_one
    assert all(node["id"] not in column for node in by_one)
    tanh = next(id for id, node in boxes.items() if node["title"] == "tanh")
    assert column[tanh] == ("tanh", ["(5, 3)", "loop 1.1"])
    assert [node["title"] for node in boxes.values() if node["id"].startswith("e")] == ["→ tensor"]


def test_arrows_go_past_what_is_left_out() -> None:
    """From where a value comes now, to where it goes, if no arrow did that before."""
    compiled = autograd.compile(lambda x: np.exp((np.tanh(x) * 1.0).T.T), backend="numpy")
    compiled(np.ones((2, 3)))
    graph = viz.draw(compiled.programs[0]).graph
    titles = {box.id: box.title for box in graph.boxes}
    assert [(titles[a], titles[b]) for a, b in graph.ladder.more] == [("tanh", "exp")]  # type: ignore[union-attr]


@pytest.mark.parametrize("backend", ["numpy", "auto"])
def test_it_can_be_saved_in_every_form(tmp_path: Path, backend: str) -> None:
    compiled = autograd.compile(lambda x: np.linalg.solve(x, x @ x), backend=backend)
    compiled(np.eye(3))
    drawn = viz.draw(compiled.programs[0], show=("shape", "dtype"))
    for form in (".svg", ".html", ".json", ".dot"):
        drawn.save(tmp_path / f"program{form}")
    ElementTree.fromstring((tmp_path / "program.svg").read_text(encoding="utf-8"))
    assert "after" in json.loads((tmp_path / "program.json").read_text(encoding="utf-8"))


def test_a_page_has_a_view_for_each_pass() -> None:
    compiled = program()
    page = viz.draw(compiled).html()
    for i, (name, _) in enumerate(compiled.passes[1:], 1):
        assert f'data-name="{i} {name}"' in page


def test_many_values() -> None:
    compiled = autograd.compile(lambda x: sum((np.tanh(x * k) for k in range(300)), x), backend="numpy")
    compiled(np.ones(3))
    drawn = viz.draw(compiled.programs[0])
    assert len(drawn.nodes) > 600
    ElementTree.fromstring(drawn.svg())


@pytest.mark.parametrize("options", [{"backward": True}, {"engine": "dot"}, {"direction": "right"}])
def test_it_has_a_layout_of_its_own(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a layout of its own"):
        viz.draw(program(), **options)
