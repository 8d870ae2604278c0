"""The gallery: every picture is made, and the index says of each what it is, or why it is not there."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from viz.__main__ import main
from viz.gallery import ENTRIES, gallery


@pytest.fixture(autouse=True)
def no_screen() -> None:
    pytest.importorskip("matplotlib").use("Agg")


def test_all_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each is written, is what its ending says, and stands in the index; no figure stays open."""
    from matplotlib import pyplot as plt

    assert main(["gallery", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out == f"{len(ENTRIES)} pictures and index.html in {tmp_path / 'out'}\n"
    assert {p.name for p in (tmp_path / "out").iterdir()} == {"index.html", *(entry.file for entry in ENTRIES)}
    index = (tmp_path / "out" / "index.html").read_text()
    for entry in ENTRIES:
        content = (tmp_path / "out" / entry.file).read_bytes()
        if entry.file.endswith(".svg"):
            ElementTree.fromstring(content)
        assert entry.file.endswith(".svg") or content.startswith((b"\x89PNG", b"<!DOCTYPE html>"))
        assert f'"{entry.file}"' in index
    assert not plt.get_fignums()


def test_without_matplotlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Graphs and networks are there; of the others the index says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.pyplot", None)
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    assert main(["gallery", str(tmp_path)]) == 0
    assert "10 left out: pixel_grid needs matplotlib" in capsys.readouterr().out
    index = (tmp_path / "index.html").read_text()
    assert index.count("pip install &quot;graphgrad[plot]&quot;") == 10 and "ladder.svg" in index


def test_a_folder_that_cannot_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line on stderr, and the status 2."""
    (tmp_path / "file").write_text("")
    assert main(["gallery", str(tmp_path / "file" / "out")]) == 2
    assert capsys.readouterr().err.startswith("gallery: ")
    with pytest.raises(OSError):
        gallery(tmp_path / "file")
