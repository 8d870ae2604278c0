"""The SVG text: safe, well formed, and what it looked like when it was last looked at."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.viz.golden.views import VIEWS
from tests.viz.graphs import Model, hostile_names, leaf
from viz.model import Box, Graph, graph_of
from viz.svg import svg

GOLDEN = Path(__file__).with_name("golden")
ELEMENTS = {"svg", "title", "g", "rect", "path", "text"}


def check(text: str) -> ElementTree.Element:
    """Parse a picture and check that there is nothing in it but shapes and text."""
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in ELEMENTS
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        assert not any("url" in value or "javascript" in value for value in element.attrib.values())
    assert re.fullmatch(r"0 0 \d+ \d+", root.attrib["viewBox"])
    return root


@pytest.mark.parametrize("name", hostile_names())
def test_hostile_names(name: str) -> None:
    """A name cannot leave its place, wherever names are written."""
    box = Box("n0", "operation", name, [name, name], "g1")
    check(svg(Graph([box], [], {"g1": name}, [name])))


def test_a_hostile_name_of_a_tensor() -> None:
    """What a user calls a tensor is shown as it is written."""
    a = leaf(2)
    root = check(svg(graph_of([a * 2], {"<b>&amp;": a}, [], ["shape"], 150)))
    assert "<b>&amp;" in [element.text for element in root.iter()]


def test_elements_of_a_picture() -> None:
    """Each box is a group with its id; each arrow is a line and a head; titles and notes are texts."""
    model = Model()
    graph = graph_of([model.loss(np.ones((4, 64)))], dict(model.named_parameters()), model.spans(), ["shape"], 150)
    root = check(svg(graph))
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    assert ids == [box.id for box in graph.boxes]
    assert sum(element.tag.endswith("path") for element in root.iter()) == 2 * len(graph.edges)
    assert {"dense_0", "dense_1", "dense_2", "loss"} <= {element.text for element in root.iter()}


def test_notes_are_in_the_picture() -> None:
    """What is left out is said below the picture."""
    y = leaf()
    for _ in range(30):
        y = np.sin(y)
    texts = [element.text for element in check(svg(graph_of([y], {}, [], ["shape"], 10))).iter()]
    assert "22 of 30 operations are folded into 1 box." in texts


def test_an_empty_graph() -> None:
    """Nothing is a picture too."""
    check(svg(Graph([], [])))


@pytest.mark.parametrize("name", VIEWS)
def test_golden(name: str) -> None:
    """Each view looks as it did. After a change that is meant: `python -m tests.viz.golden`, and look at them."""
    assert VIEWS[name]() == (GOLDEN / f"{name}.svg").read_text(encoding="utf-8")
