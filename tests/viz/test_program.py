"""Compiled programs: what was recorded and what runs, and the passes between, each value at its place."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import viz
from tests.viz.graphs import leaf
from viz.svg import svg


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


def small() -> Any:
    """Return a program of which something is left out, and the rest is one loop."""
    compiled = autograd.compile(lambda x: np.sum(np.tanh(x * 1.0) ** 2), backend="numpy")
    compiled(np.ones((4, 3)))
    return compiled.programs[0]


def places(graph: Any) -> dict[str, tuple[str, str]]:
    """Return where the boxes of a picture of one column are, by their ids."""
    found = re.findall(r'id="v(\w+?)c\d+"[^>]*><rect x="([^"]+)" y="([^"]+)"', svg(graph, live="v"))
    return {id: (x, y) for id, x, y in found}


def test_what_runs_stands_beside_what_was_recorded() -> None:
    graph = viz.draw(small()).graph
    recorded, runs = graph.columns
    assert graph.shown == [0, 1]
    assert [column.heading for column in graph.columns] == ["as recorded", "as it runs"]
    assert [box.title for box in recorded.boxes.values()] == ["argument 0", "× multiply", "tanh", "** power", "sum"]
    assert [box.title for box in runs.boxes.values()] == ["argument 0", "tanh", "square", "sum"]
    (gone,) = runs.gone.values()
    assert (gone.title, gone.lines) == ("× multiply", ["algebra"])
    assert graph.notes == ["1 value is left out: 1 by algebra."]


def test_arrows_go_past_what_is_left_out() -> None:
    _, runs = viz.draw(small()).graph.columns
    titles = {id: box.title for id, box in runs.boxes.items()}
    assert [(titles[a], titles[b]) for a, b in runs.arrows] == [
        ("argument 0", "tanh"), ("tanh", "square"), ("square", "sum"),
    ]  # fmt: skip


def test_what_is_computed_in_one_loop_is_a_group() -> None:
    for group, groups in (("auto", ["loop 1: (4, 3)"]), (None, [])):
        graph = viz.draw(small(), group=group).graph
        _, runs = graph.columns
        assert [graph.groups[id] for id in runs.groups] == groups
        assert {box.title for box in runs.boxes.values() if box.group} == (
            {"tanh", "square", "sum"} if groups else set()
        )


def test_nothing_moves_from_pass_to_pass() -> None:
    drawn = viz.draw(program())
    pictures = [places(drawn.step(i).graph) for i in range(drawn.steps + 1)]
    assert len(pictures) == len(program().passes) + 1
    for before, after in pairwise(pictures):
        assert len(after) > 20
        assert all(after[id] == place for id, place in before.items() if id in after)


def test_what_a_pass_leaves_out_is_marked_there_and_faint_behind_it() -> None:
    drawn = viz.draw(small(), passes="all")
    kinds = [[box.kind for box in column.gone.values()] for column in drawn.graph.columns]
    first = next(i for i, found in enumerate(kinds) if found)
    assert drawn.graph.columns[first].heading == "after algebra"
    assert kinds[first] == ["leaving"]
    assert all(found == ["gone"] for found in kinds[first + 1 :])


def test_tensors_are_called_by_their_names() -> None:
    w = leaf(3)

    def step(x: Any) -> None:
        w.grad = None
        np.sum(w * x).backward()
        w.data -= w.grad

    compiled = autograd.compile(step, backend="numpy")
    compiled(np.ones(3))
    titles = [node["title"] for node in viz.draw(compiled.programs[0], {"weights": w}).nodes]
    assert "weights" in titles
    assert "→ weights" in titles
    assert "→ weights.grad" in titles
    assert "→ tensor" in [node["title"] for node in viz.draw(compiled.programs[0]).nodes]


@pytest.mark.parametrize("backend", ["numpy", "auto"])
@pytest.mark.parametrize("passes", ["ends", "all"])
def test_it_can_be_saved_in_every_form(tmp_path: Path, backend: str, passes: str) -> None:
    compiled = autograd.compile(lambda x: np.linalg.solve(x, x @ x), backend=backend)
    compiled(np.eye(3))
    drawn = viz.draw(compiled.programs[0], show=("shape", "dtype"), passes=passes)
    for form in (".svg", ".html", ".json", ".dot"):
        drawn.save(tmp_path / f"program{form}")
    ElementTree.fromstring((tmp_path / "program.svg").read_text(encoding="utf-8"))
    columns = json.loads((tmp_path / "program.json").read_text(encoding="utf-8"))["columns"]
    assert columns[0]["heading"] == "as recorded"
    assert 'label="as it runs"' in (tmp_path / "program.dot").read_text(encoding="utf-8")


def test_a_page_has_a_view_for_each_pass() -> None:
    compiled = program()
    page = viz.draw(compiled).html()
    for i, (name, _) in enumerate(compiled.passes[1:], 1):
        assert f'data-name="{i} after {name}"' in page


def test_a_step_that_there_is_not() -> None:
    drawn = viz.draw(small())
    assert drawn.step(-1).graph.shown == [drawn.steps]
    with pytest.raises(ValueError, match=f"from 0 to {drawn.steps}"):
        drawn.step(drawn.steps + 1)


def test_many_values() -> None:
    compiled = autograd.compile(lambda x: sum((np.tanh(x * k) for k in range(300)), x), backend="numpy")
    compiled(np.ones(3))
    drawn = viz.draw(compiled.programs[0])
    assert len(drawn.nodes) > 600
    ElementTree.fromstring(drawn.svg())


def test_too_many_values() -> None:
    compiled = autograd.compile(lambda x: sum((np.tanh(x * k) for k in range(1100)), x), backend="numpy")
    compiled(np.ones(3))
    with pytest.raises(ValueError, match="at most 3,000 can be drawn"):
        viz.draw(compiled.programs[0])


@pytest.mark.parametrize("options", [{"backward": True}, {"direction": "right"}])
def test_backward_is_a_part_of_it(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a program is drawn with"):
        viz.draw(program(), **options)


def test_unknown_options() -> None:
    with pytest.raises(ValueError, match="passes='some'"):
        viz.draw(small(), passes="some")
    with pytest.raises(ValueError, match="for programs"):
        viz.draw(leaf(2) * 2, passes="all")
