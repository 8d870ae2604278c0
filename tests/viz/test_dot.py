"""DOT text, and the program that reads it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.viz.graphs import Model, hostile_names, leaf
from viz.dot import dot_source, run_dot
from viz.model import Box, Graph, graph_of

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz' program dot is not installed")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def test_nodes_edges_and_clusters() -> None:
    """Every box, arrow and group is in the source, and ids are synthetic."""
    model = Model()
    graph = graph_of([model.loss(np.ones((4, 64)))], dict(model.named_parameters()), model.spans(), ["shape"], 150)
    source = dot_source(graph)
    assert re.findall(r"(n\d+) -> (n\d+)", source) == graph.edges
    assert sorted(re.findall(r"(n\d+) \[label", source)) == sorted(box.id for box in graph.boxes)
    assert source.count("subgraph cluster_g") == 4
    assert "record" not in source and "label=<" not in source


def test_clusters_in_clusters() -> None:
    """A group within another is a cluster within its cluster, and each box is in the innermost."""
    boxes = [Box("n0", "leaf", "a", [], "g0"), Box("n1", "operation", "b", [], "g1"), Box("n2", "result", "c")]
    graph = Graph(boxes, [("n0", "n1"), ("n1", "n2")], {"g0": "outer", "g1": "outer.inner"}, around={"g1": "g0"})
    lines = [line.strip() for line in dot_source(graph).splitlines()]
    start, inner = lines.index("subgraph cluster_g0 {"), lines.index("subgraph cluster_g1 {")
    assert start < inner and lines.count("}") == 3
    assert lines[inner + 3].startswith("n1 ") and any(line.startswith("n0 ") for line in lines[start:inner])
    assert lines[inner + 4 : inner + 6] == ["}", "}"] and lines[inner + 6].startswith("n2 ")


@pytest.mark.parametrize("name", hostile_names())
def test_hostile_names_stay_in_their_strings(name: str) -> None:
    """With the quoted strings taken out, what is left is what a harmless name leaves."""
    graph = Graph([Box("n0", "operation", name, [name], "g1")], [], {"g1": name}, [name])
    harmless = Graph([Box("n0", "operation", "x", ["x"], "g1")], [], {"g1": "x"}, ["x"])
    assert STRING.sub("S", dot_source(graph)) == STRING.sub("S", dot_source(harmless))


def test_notes_are_the_label() -> None:
    """The source says what the picture leaves out."""
    assert 'label="No operations: a leaf has no graph behind it."' in dot_source(graph_of([leaf()], {}, [], [], 9))


@needs_dot
def test_dot_reads_every_hostile_name() -> None:
    """All hostile names together parse, and graphviz shows them as they are."""
    boxes = [Box(f"n{i}", "operation", name) for i, name in enumerate([*hostile_names(), "&lt;\\N"])]
    picture = run_dot(dot_source(Graph(boxes, [])), "svg", 60.0).decode()
    assert "<script" not in picture and "&amp;lt;\\N" in picture


def test_no_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the program, one short error says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"not installed\. Install it \(apt-get install graphviz"):
        run_dot("digraph {}", "svg", 10.0)


@pytest.mark.parametrize(("script", "message"), [("exec sleep 60", "did not finish in 0.2"), ("exit 3", "failed")])
def test_a_dot_that_hangs_or_fails(script: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A program that does not answer is stopped, and one that fails is reported."""
    program = tmp_path / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(RuntimeError, match=message):
        run_dot("digraph {}", "svg", 0.2 if "sleep" in script else 10.0)


PYGRAPHVIZ = """
class AGraph:
    def __init__(self, string):
        self.text = string
    def draw(self, format, prog):
        {}
"""
ECHO, HANG = "return b'<svg/>' + format.encode() + self.text.encode()", "import time; time.sleep(60)"


@pytest.mark.parametrize(("drawn", "outcome"), [(ECHO, None), (HANG, "did not finish in 2.0")])
def test_pygraphviz_in_its_place(
    drawn: str, outcome: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the program the package that carries it is asked, in a process that can be ended."""
    code = PYGRAPHVIZ.format(drawn)
    (tmp_path / "pygraphviz.py").write_text(code)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.syspath_prepend(str(tmp_path))
    if outcome is None:
        assert run_dot("digraph { ä }", "svg", 30.0).decode() == "<svg/>svgdigraph { ä }"
    else:
        with pytest.raises(RuntimeError, match=outcome):
            run_dot("digraph {}", "svg", 2.0)
