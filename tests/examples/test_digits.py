"""The demonstration, run: it reads digits, draws its graph, and its gradients are right."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="the demonstration's extra is not installed")
pytest.importorskip("matplotlib", reason="the demonstration's extra is not installed")

from examples import digits


def test_the_whole_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """It reads at least 96 % of the test images, and writes a graph grouped by layer and two pictures."""
    monkeypatch.chdir(tmp_path)
    digits.main()
    printed = capsys.readouterr().out
    accuracy = float(printed.partition("Test accuracy ")[2].partition("%")[0])
    assert accuracy >= 96
    checked = [line for line in printed.splitlines() if line.startswith("  dense")]
    assert len(checked) == 3 and all("all right" in line for line in checked)
    graph = (tmp_path / "out/graph.svg").read_text()
    ElementTree.fromstring(graph)
    assert all(name in graph for name in ("dense_1", "dense_2", "kernel", "crossentropy", "(64, 128)"))
    for picture in ("history.png", "predictions.png"):
        assert (tmp_path / "out" / picture).read_bytes().startswith(b"\x89PNG")
