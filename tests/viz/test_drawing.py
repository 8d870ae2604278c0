"""`draw`, and what can be done with a Drawing."""

from __future__ import annotations

import gc
import json
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from tests.viz.graphs import Model, leaf
from tests.viz.test_dot import needs_dot


def small(**options: Any) -> viz.Drawing:
    """Return a drawing of two operations."""
    a = leaf(2)
    return viz.draw(np.sum(a * a), {"a": a}, **options)


def test_plain_data() -> None:
    """Boxes and arrows are plain data that JSON can write, and a change of them changes no drawing."""
    drawing = small()
    nodes = json.loads(json.dumps(drawing.nodes))
    first = {"id": "n0", "kind": "leaf", "title": "a", "lines": ["(2,)"], "group": None, "bad": False, "site": None}
    assert nodes[0] == first
    assert drawing.edges == [("n0", "n1"), ("n0", "n1"), ("n1", "n2")]
    drawing.edges.clear()
    drawing.nodes[0]["lines"].append("more")
    assert len(drawing.edges) == 3 and drawing.nodes[0]["lines"] == ["(2,)"]


def test_summaries() -> None:
    """repr counts, str lists."""
    drawing = small()
    assert repr(drawing) == "<Drawing of 2 operations and 1 leaf, 3 arrows>"
    assert str(drawing).splitlines()[1:3] == ["n0 a | (2,)", "n1 × multiply | (2,)"]


def test_needs_no_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With an empty PATH everything works but what asks for dot, and even that shows in a notebook."""
    monkeypatch.setenv("PATH", "")
    drawing = small()
    assert drawing.svg().startswith("<svg")
    drawing.save(tmp_path / "a.svg")
    assert set(drawing._repr_mimebundle_(include=None, exclude=None)) == {"image/svg+xml", "text/plain"}
    assert str(drawing.to_graphviz().source) == drawing.source
    asked = small(engine="dot")
    assert "not installed" in asked._repr_mimebundle_()["text/plain"]
    with pytest.raises(RuntimeError, match="not installed"):
        asked.svg()


def test_auto_is_builtin() -> None:
    """The picture is the same on every machine, unless dot is asked for."""
    assert small().svg() == small(engine="builtin").svg()


@pytest.mark.parametrize("form", ["svg", "dot", "SVG"])
def test_save(form: str, tmp_path: Path) -> None:
    """A file is replaced with the picture, and nothing else is left in the folder."""
    target = tmp_path / f"graph.{form}"
    target.write_text("old")
    small().save(str(target))
    assert target.read_text(encoding="utf-8") == (small().source if form == "dot" else small().svg())
    assert list(tmp_path.iterdir()) == [target]


@needs_dot
@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")])
def test_save_through_dot(form: str, start: bytes, tmp_path: Path) -> None:
    """With dot there are more kinds of files."""
    small(engine="dot", timeout=60.0).save(tmp_path / f"a.{form}")
    assert (tmp_path / f"a.{form}").read_bytes().startswith(start)


def test_save_says_what_it_can_write(tmp_path: Path) -> None:
    """Another ending is an error that lists the ones there are, and writes nothing."""
    for drawing in (small(), small(engine="dot")):
        for name in ("a.bmp", "svg"):
            with pytest.raises(
                ValueError, match=r"the ending must be one of \.svg, \.png, \.pdf, \.html, \.dot, \.json$"
            ):
                drawing.save(tmp_path / name)
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        small().save(tmp_path / "no" / "a.svg")
    assert not list(tmp_path.iterdir())


def test_save_leaves_the_old_file_if_it_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What stood there stays until all of the new file is written."""
    target = tmp_path / "a.svg"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        small().save(target)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "neato"}, "engine='neato' is not known; allowed: 'auto', 'builtin', 'dot'"),
        ({"group": "layers"}, "group='layers' is not known; allowed: 'auto', None"),
        ({"show": ("shape", "size")}, "show='size' is not known; allowed: 'shape', 'dtype', 'value', 'stats'"),
        ({"show": "values"}, "show='values' is not known"),
        ({"max_nodes": 2}, "max_nodes=2 is too few"),
        ({"direction": "up"}, "direction='up' is not known; allowed: 'down', 'right'"),
        ({"direction": "right", "backward": True}, "use engine='builtin' and direction='down'"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    """What is not known is an error that lists what is."""
    with pytest.raises(ValueError, match=message):
        small(**options)


def test_what_is_no_tensor() -> None:
    """Arrays, lists of them, and names that are neither a dict nor a model are errors; so is nothing."""
    with pytest.raises(TypeError, match="wants a tensor, a list of tensors, or a model, not ndarray"):
        viz.draw(np.ones(2))
    with pytest.raises(TypeError, match="not float"):
        viz.draw([leaf(), 1.0])
    with pytest.raises(TypeError, match="names must be a dict of tensors or a model, not list"):
        viz.draw(leaf(), ["a"])
    with pytest.raises(ValueError, match="nothing in the list"):
        viz.draw([])


def test_names_may_be_locals() -> None:
    """locals() has more than tensors, and all else is passed over."""
    a, count, b = leaf(2), 3, autograd.tensor(1.0)
    y = a * b * count
    titles = [node["title"] for node in viz.draw(y, locals()).nodes]
    assert titles == ["b", "a", "× multiply", "y"]


def test_group_none() -> None:
    """Without grouping, names of parameters are whole and there is no cluster."""
    model = Model()
    drawing = viz.draw(model.loss(np.ones((4, 64))), model, group=None)
    assert {node["group"] for node in drawing.nodes} == {None}
    assert "dense_0.kernel" in [node["title"] for node in drawing.nodes]
    assert "cluster" not in drawing.source
    assert "cluster" in viz.draw(model.loss(np.ones((4, 64))), model).source


def test_a_model_without_spans() -> None:
    """A model that tells no spans still tells names."""

    class Named:
        def named_parameters(self) -> list[tuple[str, autograd.Tensor]]:
            return [("w", w)]

    w = leaf(2)
    assert viz.draw(w * 2, Named()).nodes[0]["title"] == "w"


def test_holds_nothing_alive() -> None:
    """When the tensors go, a drawing keeps their names only."""
    a = leaf(50)
    y = a * a
    drawing = viz.draw(y, {"a": a}, show=("value", "grad"))
    watched = [weakref.ref(a), weakref.ref(a.data), weakref.ref(y)]
    del a, y
    gc.collect()
    assert [ref() for ref in watched] == [None, None, None]
    assert drawing.svg().startswith("<svg")


def test_drawing_changes_no_tensor() -> None:
    """Values are read, and nothing is recorded."""
    x = autograd.tensor(2.0, requires_grad=True)
    y = x * 3
    held, birth = type(x._value), autograd.tick()
    viz.draw(y, {"x": x}, show=("value", "grad", "shape", "dtype")).svg()
    assert type(x._value) is held and x.grad is None and autograd.tick() == birth + 1


def numbers() -> tuple[dict[str, Any], Any]:
    """Return five operations on numbers with all their names, and the result."""
    a, b, c, f = (autograd.tensor(x, requires_grad=True) for x in (2.0, -3.0, 10.0, -2.0))
    d = a * b
    e = d + c
    result = e * f + 0.5
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "L": result}, result


def test_every_value_is_known_in_a_beginners_graph() -> None:
    """Without names too: what backward keeps, and what follows from it, is written into the boxes."""
    names, result = numbers()
    leaves = {name: names[name] for name in "abcf"}
    lines = [(node["title"], node["lines"][-1]) for node in viz.draw(result, leaves, show=("value",)).nodes]
    assert {value for _, value in lines} == {"2", "-3", "10", "-6", "4", "-2", "-8", "-7.5"}


def test_steps_of_backward() -> None:
    """Gradients come box by box, from the result; slopes stand at the arrows of what is done; nothing changes."""
    names, result = numbers()
    drawing = viz.draw(result, names, show=("value", "grad"))
    assert drawing.steps == 8

    def grads(number: int) -> dict[str, str]:
        return {node["title"]: node["lines"][-1] for node in drawing.step(number).nodes}

    assert set(grads(0).values()) == {"grad …"} and not drawing.step(0).graph.slopes
    assert grads(1)["L"] == "grad 1" and grads(1)["e"] == "grad …"
    done = grads(-1)
    assert (done["a"], done["b"], done["c"], done["f"], done["e"]) == (
        "grad 6",
        "grad -4",
        "grad -2",
        "grad 4",
        "grad -2",
    )
    assert grads(8) == done and grads(drawing.steps - 1) != done
    slopes = {drawing.edges[i]: text for i, text in drawing.step(-1).graph.slopes.items()}
    ids = {node["title"]: node["id"] for node in drawing.nodes}
    assert slopes[ids["a"], ids["d"]] == "×-3" and slopes[ids["c"], ids["e"]] == "×1"
    assert "×-3" in drawing.step(-1).svg() and "×-3" in drawing.step(-1).source
    assert all(t.grad is None for t in names.values())
    result.backward()
    assert names["a"].grad == 6.0


def test_sizes_stay_while_stepping() -> None:
    """No box moves between two steps whose numbers are as long: room for a gradient is there from the start."""
    names, result = numbers()
    drawing = viz.draw(result, names, show=("value", "grad"))
    heights = {line for i in range(9) for line in drawing.step(i).svg().splitlines() if line.startswith("<svg")}
    assert len({line.split('height="')[1].split('"')[0] for line in heights}) == 1


def test_where_backward_cannot_be_shown() -> None:
    """After it has passed, for several elements or results, without show=("grad",), or where boxes are folded."""
    names, result = numbers()
    with pytest.raises(ValueError, match="there are 8 steps, from 0 to 8"):
        viz.draw(result, names, show=("grad",)).step(9)
    several = leaf(2)
    for drawing in (
        viz.draw(result, names), viz.draw(several * several, show=("grad",)),
        viz.draw([result, result], show=("grad",)), viz.draw(result, names, show=("grad",), max_nodes=4),
    ):  # fmt: skip
        assert drawing.steps == 0
        with pytest.raises(RuntimeError, match="step: backward cannot be shown"):
            drawing.step(0)
    result.backward()
    assert viz.draw(result, names, show=("grad",)).steps == 0


def test_nan_is_red() -> None:
    """A box whose value or gradient is not finite is marked, in SVG and for dot; so only if that is shown."""
    x, w = autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, np.nan], requires_grad=True)
    y = np.sum(x * w)
    drawing = viz.draw(y, {"x": x, "w": w}, show=("value",))
    assert [node["bad"] for node in drawing.nodes] == [False, True, True, True]
    assert "#c0392b" in drawing.svg() and "#c0392b" in drawing.source
    assert not any(node["bad"] for node in viz.draw(y, {"x": x, "w": w}).nodes)
    y.backward()
    w.grad = np.array([1.0, np.inf])
    assert viz.draw(y, {"w": w}, show=("grad_norm",)).nodes[0]["bad"]


def test_statistics_and_memory() -> None:
    """Mean and deviation of what is finite, lengths of gradients, bytes that wait for backward."""
    x = autograd.tensor([1.0, 3.0, np.inf], requires_grad=True)
    y = np.sum(x * x)
    boxes = viz.draw(y, {"x": x}, show=("stats", "grad_norm", "saved")).nodes
    assert boxes[0]["lines"] == ["mean 2, sd 1, 1 not finite", "‖grad‖ none"]
    assert boxes[1]["lines"][-1] == "saves 24 B"
    y.backward()
    assert viz.draw(y, {"x": x}, show=("saved",)).nodes[1]["lines"] == ["saved values freed"]
    x.grad = np.array([3.0, 4.0, 0.0])
    assert viz.draw(y, {"x": x}, show=("grad_norm",)).nodes[0]["lines"] == ["‖grad‖ 5"]


def test_frozen_parameters_are_grey() -> None:
    """One that an operation has kept has a box in its layer; one that the graph begins behind is named below."""
    model = nn.Sequential([nn.Dense(3, input_dim=2, name="a"), nn.Dense(3, name="b"), nn.Dense(1, name="c")])
    model.compile("sgd", "mse")
    model.layers[1].trainable = False
    x = np.ones((4, 2), np.float32)
    drawing = viz.draw(model.loss_on(x, np.ones(4)), model)
    frozen = [node for node in drawing.nodes if node["kind"] == "frozen"]
    assert [(node["title"], node["lines"], drawing.graph.groups[node["group"]]) for node in frozen] == [
        ("kernel", ["(3, 3)", "frozen"], "b")
    ]
    assert drawing.graph.notes == ["Frozen, and not part of the graph: b.bias."]
    model.layers[0].trainable = False
    drawing = viz.draw(model.loss_on(x, np.ones(4)), model)
    assert "a.kernel, a.bias, b.kernel, b.bias" in drawing.graph.notes[-1]


def test_focus() -> None:
    """What is near a box, with its groups, slopes and arrows; a name that is not there has a hint."""
    names, result = numbers()
    drawing = viz.draw(result, names, show=("value", "grad"))
    near = drawing.step(-1).focus("d", 1)
    assert [node["title"] for node in near.nodes] == ["a", "b", "d", "e"] and len(near.edges) == 3
    assert sorted(near.graph.slopes.values()) == ["×-3", "×1", "×2"] and near.svg().count("<g id=") == 4
    assert near.graph.notes == ["Around d; not shown: 4 boxes."]
    assert len(drawing.focus("d", 99).nodes) == len(drawing.nodes)
    model = nn.Sequential([nn.Dense(3, input_dim=2, name="first"), nn.Dense(1, name="second")])
    model.compile("sgd", "mse")
    whole = viz.draw(model.loss_on(np.ones((4, 2)), np.ones(4)), model)
    assert [node["title"] for node in whole.focus("second.kernel", 0).nodes] == ["kernel"]
    assert len(whole.focus("kernel", 0).nodes) == 2 and list(whole.focus("second.kernel", 0).graph.groups.values()) == [
        "second"
    ]
    with pytest.raises(ValueError, match=r"no box is called 'secnd\.kernel'\. Did you mean 'second\.kernel'"):
        whole.focus("secnd.kernel")


def test_from_left_to_right() -> None:
    """Wider than high, for our own layout and for dot, in a page's views too, and while stepping."""
    names, result = numbers()
    drawing = viz.draw(result, names, show=("grad",), direction="right")
    for each in (drawing, drawing.step(2), drawing.focus("d", 9)):
        width, height = map(float, each.svg().split('viewBox="0 0 ')[1].split('"')[0].split())
        assert width > height
    assert "rankdir=LR" in drawing.source and "rankdir" not in viz.draw(result).source


def test_a_model_by_itself() -> None:
    """It is drawn with its own names and groups, on zeros of the shape that it takes."""
    model = nn.Sequential([nn.Dense(3, "relu", input_dim=2, name="first"), nn.Dropout(0.5), nn.Dense(1, name="second")])
    drawing = viz.draw(model)
    assert list(drawing.graph.groups.values()) == ["first", "second"] and drawing.nodes[-1]["lines"][-1] == "(2, 1)"
    a, b = nn.Input((2,)), nn.Input((3,))
    both = nn.Model([a, b], {"x": nn.Dense(1)(a), "y": nn.Dense(1)(b)})
    assert sum(node["kind"] == "result" for node in viz.draw(both).nodes) == 2
    with pytest.raises(
        ValueError, match=r"the shape that Sequential takes is not known.*viz\.draw\(model\(x\), model\)"
    ):
        viz.draw(nn.Sequential([nn.Dense(1)]))
    with pytest.raises(TypeError, match="not type"):
        viz.draw(nn.Sequential)


def test_values_that_are_no_longer_true() -> None:
    """When leaves have changed since, what would be computed of them again is not shown."""
    w = autograd.tensor([1.0, 2.0], requires_grad=True)
    square = w * w
    total = np.sum(square)
    del square
    names = {"w": w, "L": total}
    assert [node["lines"][-1] for node in viz.draw(total, names, show=("value",)).nodes] == ["[1, 2]", "[1, 4]", "5"]
    total.backward()
    w.data[...] -= 0.1 * w.grad
    lines = [node["lines"] for node in viz.draw(total, names, show=("value",)).nodes]
    assert lines[0] == ["[0.8, 1.6]"] and lines[1] == [] and lines[2][-1] == "5"


def test_drawing_a_model_forgets_nothing() -> None:
    """The layers of what was computed before keep their groups."""
    model = nn.Sequential([nn.Dense(3, input_dim=2, name="a"), nn.Dense(1, name="b")])
    before = np.sum(model(np.ones((4, 2))))
    viz.draw(model)
    assert list(viz.draw(before, model).graph.groups.values()) == ["a", "b"]


def test_slopes_of_two_arrows_stand_together() -> None:
    """`a * a` has one text for both of its arrows."""
    a = autograd.tensor(2.0, requires_grad=True)
    assert ">×2, ×2<" in viz.draw(a * a, {"a": a}, show=("grad",)).step(-1).svg()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda y: viz.draw(y, show=None), "show=None is not known"),
        (lambda y: viz.draw(y, max_nodes="a"), "max_nodes must be a whole number"),
        (lambda y: viz.draw(y, show=("grad",)).step(1.5), "not 1.5"),
        (lambda y: viz.draw(y).focus("x", -1), "radius must not be negative"),
        (lambda y: viz.draw(y, backward=True).focus("x"), "without backward="),
        (lambda y: viz.draw(y, backward=np.ones(2)), "is not known; allowed: False, True, 2, 'only'"),
    ],
)
def test_what_is_asked_is_looked_at(draw: Any, message: str) -> None:
    """Wrong kinds of things are errors that say what is allowed."""
    with pytest.raises(ValueError, match=message):
        draw(np.sum(leaf(2)))


def test_names_that_no_file_can_hold(tmp_path: Path) -> None:
    """A lone surrogate in a name breaks no form."""
    x = leaf(2)
    drawing = viz.draw(np.sum(x), {"\ud800": x})
    for form in ("svg", "html", "dot", "json"):
        drawing.save(tmp_path / f"a.{form}")
