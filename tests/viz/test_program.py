"""Compiled programs: what was recorded, and at the same places what each pass has left of it."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import viz
from tests.viz.graphs import leaf
from viz import program as drawn
from viz.model import Column, Graph
from viz.placing import LINE_SIZE, TITLE_SIZE, placed
from viz.svg import svg
from viz.text import text_width


def compiled(f: Callable[..., Any], *arguments: Any, backend: str = "numpy") -> Any:
    """Return the program of a function of these arguments."""
    made = autograd.compile(f, backend=backend)
    made(*arguments)
    return made.programs[0]


def training_step(w: Any) -> Any:
    def step(x: Any) -> Any:
        loss = np.mean(np.tanh(x @ w * 1.0) ** 2)
        loss.backward()
        w.data -= 0.1 * w.grad
        w.grad = None
        return loss

    return compiled(step, np.ones((5, 4)))


def program() -> Any:
    """Return a training step as a program."""
    return training_step(leaf(4, 3))


def short_program() -> Any:
    """Return one of few values, one of which a pass leaves out: times one."""
    return compiled(lambda x: np.sum(np.tanh(x * 1.0) + 2.0), np.ones((2, 3)))


def titles(column: Column) -> dict[str, str]:
    return {id: box.title for id, box in column.boxes.items()}


def arrows(column: Column) -> list[tuple[str, str]]:
    """Return the arrows of a column by the titles of their ends."""
    found = titles(column)
    return [(found[a], found[b]) for a, b in column.arrows]


def places(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Return where the boxes of a picture of one column are, and how large, by their ids."""
    box = r'id="v(\w+?)c\d+"[^>]*><rect x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"'
    return {id: tuple(place) for id, *place in re.findall(box, svg(graph, live="v"))}


# --- what is in the columns ----------------------------------------------------------------------------------


def test_a_program_before_and_after_its_passes() -> None:
    """All that was recorded stands in the first column, and what runs in the last, with what became of the rest."""
    drawing = viz.draw(short_program())
    first, last = drawing.graph.columns
    assert (first.heading, last.heading) == ("as recorded", "as it runs")
    assert list(titles(first).values()) == ["argument 0", "× multiply", "tanh", "+ add", "sum"]
    assert list(titles(last).values()) == ["argument 0", "tanh", "+ add", "sum"]
    assert arrows(last) == [("argument 0", "tanh"), ("tanh", "+ add"), ("+ add", "sum")]
    (left_out,) = last.gone.values()
    assert (left_out.title, left_out.lines, left_out.kind) == ("× multiply", ["algebra"], "gone")
    assert not first.gone
    assert drawing.graph.notes == ["1 value is left out: 1 by algebra."]
    assert repr(drawing) == "<Drawing of 4 operations and 1 leaf, 5 arrows>"
    assert [node["title"] for node in drawing.nodes] == list(titles(first).values())


def test_a_value_has_the_same_id_in_all_columns() -> None:
    columns = viz.draw(program(), passes="all").graph.columns
    of_tanh = [id for column in columns for id, title in titles(column).items() if title == "tanh"]
    assert len(of_tanh) == len(columns) and len(set(of_tanh)) == 1


def test_what_a_pass_makes_of_a_value_stands_in_its_place() -> None:
    first, last = viz.draw(compiled(lambda x: np.tanh(x) ** 2, np.ones((2, 3)))).graph.columns
    (id,) = (id for id, title in titles(first).items() if title == "** power")
    assert first.boxes[id].lines == ["… ** 2", "(2, 3)"]
    assert (last.boxes[id].title, last.boxes[id].lines) == ("square", ["(2, 3)"])


def test_what_is_left_out_has_the_name_that_it_was_recorded_by() -> None:
    """Though passes had made something else of it before."""
    first, last = viz.draw(program()).graph.columns
    assert last.gone
    assert {id: box.title for id, box in last.gone.items()} == {id: titles(first)[id] for id in last.gone}


def test_what_numbers_mean_that_are_given_again() -> None:
    """Values of the same number in different graphs are the same only if all graphs between have one."""

    class Value:
        kind = "elementwise"

        def __init__(self, number: int) -> None:
            self.number = number

    class Program:
        effects: tuple[()] = ()

        def __init__(self, *numbers: int) -> None:
            self.values = [Value(number) for number in numbers]

    found = [list(ids.values()) for ids in drawn._ids([Program(0, 1), Program(0, 5), Program(0), Program(0, 5, 0)])]
    assert found == [["n0", "n1"], ["n0", "n2"], ["n0"], ["n0", "n3", "n4"]]


def test_constants_options_and_numbers_that_take_part() -> None:
    def f(x: Any) -> Any:
        return np.where(x > 0.5, x @ np.arange(9.0).reshape(3, 3), 2.0 - np.max(x, axis=1, keepdims=True))

    boxes = {node["title"]: node["lines"] for node in viz.draw(compiled(f, np.ones((2, 3)))).nodes}
    assert boxes["max"] == ["axes=(1,)", "(2,)"]
    assert boxes["greater"] == ["with 0.5", "(2, 3)"]
    assert boxes["− subtract"] == ["2 − …", "(2, 1)"]
    filled = viz.draw(compiled(lambda x: x + np.ones_like(x), np.ones((2, 3))), show=("shape", "dtype"))
    assert [node["lines"] for node in filled.nodes if node["kind"] == "constant"] == [["1", "float64"]]


def test_constants_that_are_no_numbers() -> None:
    """Dates and truth values are written as they are."""
    day = np.array(["1999-12-31"], "datetime64[D]")
    drawing = viz.draw(compiled(lambda x: (x == day[0]) | np.zeros(x.shape, bool), day))
    lines = [node["lines"] for node in drawing.nodes if node["kind"] == "constant"]
    assert ["1999-12-31"] in lines
    assert "False" in viz.draw(compiled(lambda x: (x > 0) & np.zeros_like(x > 0), np.ones(2)), passes="all").svg()


def test_effects_and_the_names_of_tensors() -> None:
    """What is left behind is a box; tensors are called as `names` says, whether they are read or written to."""
    w = leaf(4, 3)
    for names, name in (({"w": w}, "w"), ({"v": leaf(4, 3)}, "tensor"), (None, "tensor")):
        for column in viz.draw(training_step(w), names).graph.columns:
            assert [box.title for box in column.boxes.values() if box.kind == "store"] == [f"→ {name}"]
            assert [box.title for box in column.boxes.values() if box.kind == "frozen"] == [name]
            assert ("− subtract", f"→ {name}") in arrows(column)


@pytest.mark.parametrize(("cleared", "title"), [(True, "→ w.grad"), (False, "→ w.grad +=")])
def test_gradients_that_are_left(cleared: bool, title: str) -> None:
    w = leaf(3)

    def gradient(x: Any) -> None:
        if cleared:
            w.grad = None
        np.sum(x * w).backward()

    for column in viz.draw(compiled(gradient, np.ones(3)), {"w": w}).graph.columns:
        assert [box.title for box in column.boxes.values() if box.kind == "store"] == [title]


# --- loops ---------------------------------------------------------------------------------------------------


def test_what_is_computed_in_one_loop_is_in_one_group() -> None:
    """In the last column, with products by themselves."""
    made = program()
    first, last = viz.draw(made).graph.columns
    by_group: dict[str | None, set[str]] = {}
    for box in last.boxes.values():
        by_group.setdefault(box.group, set()).add(box.title)
    nests = [stage for stage in made.stages if hasattr(stage, "loops") and len(stage.values) > 1]
    assert len(last.groups) == len(nests) and not first.groups
    assert all(box.group is None for box in first.boxes.values())
    assert "@ matmul" in by_group[None] and "@ matmul" not in set().union(*(by_group[id] for id in last.groups))
    (with_store,) = (id for id in last.groups if "→ tensor" in by_group[id])
    assert by_group[with_store] == {"× multiply", "− subtract", "→ tensor"}
    assert viz.draw(made).graph.groups[with_store].endswith(": (4, 3)")


def test_a_nest_of_several_loops_is_a_group_of_groups() -> None:
    made = compiled(lambda x: x - np.log(np.sum(np.exp(x), axis=1, keepdims=True)), np.ones((5, 3)))
    graph = viz.draw(made).graph
    inner = {title: graph.groups[graph.around[id]] for id, title in graph.groups.items() if id in graph.around}
    assert len(inner) > 1 and set(inner.values()) == {"group 1: 5 rows"}
    assert {"loop 1.1: (5, 3)", "loop 1.2: (5, 1)"} <= inner.keys()
    lines = viz.draw(made).source.splitlines()
    depth = [next(len(line) - len(line.lstrip()) for line in lines if name in line) for name in ("group 1", "loop 1.1")]
    assert depth[0] < depth[1]


def test_without_groups() -> None:
    graph = viz.draw(program(), group=None).graph
    assert not graph.groups and all(box.group is None for column in graph.columns for box in column.boxes.values())
    ElementTree.fromstring(viz.draw(program(), group=None).svg())


# --- passes --------------------------------------------------------------------------------------------------


def test_a_column_for_each_pass() -> None:
    made = program()
    columns = viz.draw(made, passes="all").graph.columns
    between = [f"after {name}" for name, _ in made.passes[1:]]
    assert [column.heading for column in columns] == ["as recorded", *between, "as it runs"]
    assert columns[1].gone and all(box.kind == "leaving" for box in columns[1].gone.values())
    assert {box.kind for box in columns[-1].gone.values()} == {"gone"}
    assert viz.draw(made, passes="all").svg().count('font-weight="bold">after ') == len(between)


def test_a_step_for_each_pass() -> None:
    """Steps have the boxes of one column, at the same places in all."""
    made = short_program()
    drawing = viz.draw(made)
    assert drawing.steps == len(made.passes)
    graphs = [graph for _, graph in made.passes] + [made.graph]
    for number, graph in enumerate(graphs):
        assert len(drawing.step(number).nodes) == len(graph.values)
        assert drawing.step(number).steps == 0
    assert str(drawing.step(-1)) == str(drawing.step(drawing.steps))
    assert repr(drawing.step(-1)) == "<Drawing of 3 operations and 1 leaf, 3 arrows>"
    assert drawing.step(0).graph.notes == ["Nothing is left out."]
    assert drawing.step(-1).svg().count("as recorded") == 0
    with pytest.raises(ValueError, match="there are"):
        drawing.step(drawing.steps + 1)


def test_nothing_moves() -> None:
    """Pictures of all passes have the same size, and in all of them a value has the same place."""
    drawing = viz.draw(program())
    graphs = [drawing.step(number).graph for number in range(drawing.steps + 1)]
    assert len({re.findall('viewBox="[^"]*"', svg(graph))[0] for graph in graphs}) == 1
    for before, after in pairwise(map(places, graphs)):
        assert len(after) > 20
        assert all(after[id] == place for id, place in before.items() if id in after)


def test_boxes_are_as_wide_as_the_words_in_any_column() -> None:
    graph = viz.draw(program(), passes="all").graph
    areas = placed(graph).boxes
    for column in graph.columns:
        for id, box in (column.boxes | column.gone).items():
            words = [text_width(box.title, TITLE_SIZE, bold=True), *(text_width(line, LINE_SIZE) for line in box.lines)]
            assert areas[id].size.width > max(words)
            assert areas[id].size.height > TITLE_SIZE + len(box.lines) * LINE_SIZE


def test_a_page_has_a_view_for_each_pass() -> None:
    made = program()
    page = viz.draw(made).html()
    names = ["as recorded", *(f"after {name}" for name, _ in made.passes[1:]), "as it runs"]
    assert re.findall('data-name="([^"]*)"', page) == ["As drawn", *(f"{i} {name}" for i, name in enumerate(names))]


def test_a_page_knows_all_that_it_shows() -> None:
    """Facts on each box, by an id that there is only once, and arrows from box to box."""
    page = viz.draw(program()).html()
    (text,) = re.findall('<script type="application/json" id="facts">(.*)</script>', page)
    known = [id for facts in json.loads(text) for id in facts]
    assert sorted(re.findall('class="box" id="([^"]*)"', page)) == sorted(known)
    assert len(set(known)) == len(known)
    assert {end for ends in re.findall('data-from="([^"]*)" data-to="([^"]*)"', page) for end in ends} <= set(known)


# --- arrows --------------------------------------------------------------------------------------------------


def test_what_many_use_stands_beside_each() -> None:
    """Chips are drawn where a column has them, and their ids are nobody else's."""
    made = compiled(lambda x: np.tanh(x * 1.0) + np.sin(x) + np.cos(x) + np.exp(x) + np.abs(x) + x, np.ones(3))
    graph = viz.draw(made).graph
    for column, without in zip(graph.columns, ("tanh", "× multiply"), strict=True):
        starts = [a for a, b in column.arrows if column.boxes[a].title in ("argument 0", "↑ argument 0")]
        users = {titles(column)[b] for a, b in column.arrows if a in starts}
        assert len(set(starts)) == len(starts) == 6
        assert users == {"× multiply", "tanh", "sin", "cos", "exp", "absolute", "+ add"} - {without}
        assert sorted(id for id, box in column.boxes.items() if box.kind == "chip") == sorted({*starts} - {"n0"})
    ids = [box.id for box in graph.boxes]
    assert len(set(ids)) == len(ids)


def test_an_arrow_that_goes_back() -> None:
    """A value that is known in the end stands early, but was computed late: the arrow from there goes up."""
    w = autograd.tensor(np.full((3, 3), 0.1))

    def f(x: Any) -> Any:
        late = np.tanh(np.tanh(x @ w) @ w)
        never = (np.zeros_like(x) > 1) & (late > 0)
        return np.sum(x + never), np.sum(late)

    drawing = viz.draw(compiled(f, np.ones((4, 3))))
    first = drawing.graph.columns[0]
    (back,) = set(first.arrows) - set(drawing.graph.edges)
    assert [first.boxes[id].title for id in back] == ["bitwise_and", "+ add"]
    layout = placed(drawing.graph)
    tip = layout.boxes[back[1]].corner.y + layout.boxes[back[1]].size.height
    assert layout.boxes[back[0]].corner.y > tip
    assert f",{tip:.1f} l-3.8,8 h7.6 z" in drawing.svg()


# --- what it can be made into --------------------------------------------------------------------------------


def unusual(x: Any) -> Any:
    """Calls of NumPy, a check, several results, a callback, and nothing that is written to."""
    autograd.require(np.all(np.isfinite(x)), ValueError("not finite"))
    q, r = np.linalg.qr(np.linalg.solve(x, x @ x))
    return q @ r, np.cumsum(x), autograd.callback(lambda: 2.0) * x


@pytest.mark.parametrize("backend", ["numpy", "auto"])
def test_it_can_be_saved_in_every_form(tmp_path: Path, backend: str) -> None:
    drawing = viz.draw(compiled(unusual, np.eye(3), backend=backend), show=("shape", "dtype"))
    for form in (".svg", ".html", ".json", ".dot", ".png"):
        drawing.save(tmp_path / f"program{form}")
    ElementTree.fromstring((tmp_path / "program.svg").read_text(encoding="utf-8"))
    columns = json.loads((tmp_path / "program.json").read_text(encoding="utf-8"))["columns"]
    assert [column["heading"] for column in columns] == ["as recorded", "as it runs"]


def test_for_dot_a_column_is_a_cluster() -> None:
    drawing = viz.draw(short_program(), engine="dot")
    source = drawing.source
    assert re.findall('label="(as [^"]*|loop [^"]*)"', source) == ["as recorded", "as it runs", "loop 1: (2, 3)"]
    first, last = drawing.graph.columns
    assert source.count(" -> ") == len(first.arrows) + len(last.arrows)
    (multiply,) = (id for id, title in titles(first).items() if title == "× multiply")
    assert f"c0{multiply} [" in source and f"c1{multiply} [" not in source
    assert re.findall('label="(as [^"]*)"', drawing.step(-1).source) == ["as it runs"]
    if shutil.which("dot"):
        ElementTree.fromstring(drawing.svg())


def test_a_part_of_it() -> None:
    """`focus` finds what any column calls a box; in a step it follows the arrows that this has."""
    drawing = viz.draw(short_program())
    assert [node["title"] for node in drawing.focus("tanh", 1).nodes] == ["argument 0", "× multiply", "tanh", "+ add"]
    assert [node["title"] for node in drawing.step(0).focus("argument 0", 1).nodes] == ["argument 0", "× multiply"]
    near = drawing.step(-1).focus("tanh", 1)
    assert [node["title"] for node in near.nodes] == ["argument 0", "tanh", "+ add"]
    assert near.graph.notes == ["Around tanh; not shown: 1 box."]
    ElementTree.fromstring(near.svg())
    squared = viz.draw(compiled(lambda x: np.tanh(x) ** 2, np.ones(3)))
    assert [node["title"] for node in squared.step(-1).focus("square", 0).nodes] == ["square"]


# --- what it says no to --------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"backward": True}, {"direction": "right"}])
def test_it_has_a_layout_of_its_own(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a program is drawn with"):
        viz.draw(short_program(), **options)


def test_unknown_passes() -> None:
    with pytest.raises(ValueError, match="passes='some' is not known; allowed: 'ends', 'all'"):
        viz.draw(short_program(), passes="some")
    with pytest.raises(ValueError, match="passes= is for programs"):
        viz.draw(np.tanh(leaf(3)), passes="all")


def test_what_is_not_known_before_it_runs() -> None:
    with pytest.raises(ValueError, match="show='value' is not known of a program; allowed: 'shape', 'dtype'"):
        viz.draw(short_program(), show=("shape", "value"))


def test_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds are drawn, and too many are an error that says how many there are."""
    made = compiled(lambda x: sum((np.tanh(x * k) for k in range(300)), x), np.ones(3))
    drawing = viz.draw(made)
    assert len(drawing.graph.columns[0].boxes) > 600
    ElementTree.fromstring(drawing.svg())
    monkeypatch.setattr(drawn, "_MOST", 100)
    with pytest.raises(ValueError, match=r"draw: the program has 9\d\d values, and at most 100 can be drawn"):
        viz.draw(made)
