"""The page is made of the numbers in the file alone."""

import json
import math
import subprocess
import sys

import pytest

from benchmarks import compile_time, data_size, functions, mlp, scalars, shapes
from benchmarks.measure import Row, Subject, Target
from benchmarks.page import rendered, write
from benchmarks.plots import BATCH, COMPILING, DATA, WINDOW, slope
from benchmarks.report import facts
from benchmarks.runner import main

ROUNDS = {"ours": [4.0, 4.0], "ours, numpy": [2.0, 2.0], "jax": [6.0, 10.0], "torch": [9.0, 9.0], "numpy": [1.0, 1.0]}


def report(**subjects):
    """Return what a run of these rows would write, as it comes out of the file."""
    found = {
        "date": "2026-01-02T03:04:05+00:00", "seconds": 90.0, "quick": False,
        "machine": {"system": "Linux", "processor": "a CPU", "cores": 2, "python": "3.12", "threads": {}},
        "versions": {"ours": "1", "jax": "2", "jax, checker": "2"}, "missing": {}, "titles": {"mlp": "Steps"},
        "subjects": {name: [facts(row) for row in rows] for name, rows in subjects.items()},
    }  # fmt: skip
    return json.loads(json.dumps(found))


def sweep(name):
    """Return rows at three sizes; times grow with the square of the size."""
    return {name: [Row(f"{n} rows", "ms", {"ours": [n * n, n * n], "jax": [5.0, 6.0]}, at=n) for n in (10, 20, 40)]}


def test_the_page_sets_ours_beside_the_best_peer():
    """The best is the least median that is no limit; ratios are of its rounds to those of each part of ours."""
    targets = (Target("best", 2.0), Target("best", 1.0, part="ours, native"), Target("ratio", 3.0, "torch"))
    page = rendered(report(mlp=[Row("tiny", "µs", ROUNDS, targets, {"tinygrad": "needs clang"})]))
    assert "| tiny | jax, 8 µs | 2.00 (1.75 – 2.25) | 4.00 (3.50 – 4.50) | – | 1 µs | – |" in page
    assert "| mlp | tiny | ours | at least 2× the best | 2× jax | met |" in page
    assert "| mlp | tiny | ours, native | at least 1× the best |  | open |" in page
    assert "| mlp | tiny | ours | at least 3× torch | 2.25× torch | missed |" in page
    assert "1 of 3 are met" in page
    assert "## mlp\n\nSteps. The median of each." in page
    assert "- tinygrad: needs clang\n" in page
    assert "2026-01-02" in page and "jax 2." in page and "checker" not in page


def test_a_quick_run_says_so():
    """At the top, before any number."""
    quick = report(mlp=[Row("tiny", "µs", ROUNDS)]) | {"quick": True}
    assert "these numbers mean little" in rendered(quick).partition("## ")[0]


def test_rows_of_another_form_are_left_out():
    """Those of the checkers have no medians, and a page of their own."""
    found = report()
    found["subjects"]["checkers"] = [{"case": "x", "unit": "caught", "measured": {}, "skipped": {}}]
    assert "checkers" not in rendered(found)


def test_many_cases_stand_below_each_other():
    """Up to six are columns; a sweep is rows, and says how time grows."""
    few = rendered(report(mlp=[Row("tiny", "µs", ROUNDS), Row("mid", "µs", ROUNDS)]))
    assert "|  | tiny | mid |" in few and "| torch | 9 µs | 9 µs |" in few
    many = rendered(report(shapes=[Row(f"batch {n}", "µs", ROUNDS, at=n) for n in range(1, 9)]))
    assert "|  | ours | ours, numpy | jax | torch | numpy |" in many
    assert "| batch 3 | 4 µs | 2 µs | 8 µs | 9 µs | 1 µs |" in many


def test_the_slope_is_that_of_logarithms():
    """2 where twice the size takes four times as long; nan from a single point."""
    rows = report(**sweep("data_size"))["subjects"]["data_size"]
    assert slope(rows, "ours") == pytest.approx(2.0) and slope(rows, "jax") == pytest.approx(0.0)
    assert math.isnan(slope(rows[:1], "ours"))
    assert "ours 2.00, jax 0.00" in rendered(report(**sweep("data_size")))


def test_the_pictures_lie_in_a_folder_beside_the_page(tmp_path):
    """Each is drawn where there are rows for it, named in the page, and the same when it is drawn again."""
    pytest.importorskip("matplotlib")
    rows = [Row("cold", "ms", ROUNDS), Row("warm", "ms", ROUNDS)]
    found = report(mlp=[Row("tiny", "µs", ROUNDS)], compile_time=rows, **sweep("shapes"), **sweep("data_size"))
    page = tmp_path / "docs" / "numbers.md"
    write(found, page)
    pictures = {path.name: path.read_text() for path in (tmp_path / "docs" / "numbers").iterdir()}
    assert set(pictures) == {"ratios.svg", "batches.svg", "data.svg", "compiling.svg"}
    assert all(f"(numbers/{name})" in page.read_text() and "<svg" in text for name, text in pictures.items())
    assert "best peer: jax" in pictures["ratios.svg"]
    write(found, page)
    assert {path.name: path.read_text() for path in (tmp_path / "docs" / "numbers").iterdir()} == pictures


def test_without_rows_there_are_no_pictures(tmp_path):
    """Nor a folder for them."""
    write(report(), tmp_path / "numbers.md")
    assert [path.name for path in tmp_path.iterdir()] == ["numbers.md"]


def test_only_a_full_run_writes_the_page_unasked(tmp_path, capsys):
    """Some subjects, or a quick run, leave it; where one is asked for, it is written."""
    page, other, out = tmp_path / "page.md", tmp_path / "other.md", tmp_path / "numbers.json"
    some = ["--only", "mlp", "--quick", "--against", "--out", str(out)]
    subjects = [Subject("mlp", "Steps", lambda _: [Row("tiny", "µs", ROUNDS)])]
    main(subjects, some, page=page)
    assert not page.exists()
    main(subjects, [*some, "--page", str(other)], page=page)
    assert other.exists() and not page.exists()
    main(subjects, ["--out", str(out)], page=page)
    assert page.exists() and "tiny" in capsys.readouterr().out


def test_subjects_have_the_names_that_the_page_asks_for():
    """Tables and pictures find their rows by the subjects' names."""
    assert {module.SUBJECT.name for module in (scalars, mlp, functions)} == {*WINDOW}
    assert (shapes.SUBJECT.name, data_size.SUBJECT.name, compile_time.SUBJECT.name) == (BATCH, DATA, COMPILING)


def test_the_page_is_made_of_a_file_again(tmp_path):
    """By the command that its module's docstring gives."""
    numbers, page = tmp_path / "numbers.json", tmp_path / "page.md"
    numbers.write_text(json.dumps(report(functions=[Row("chain", "ms", ROUNDS)])))
    subprocess.run([sys.executable, "-m", "benchmarks.page", numbers, page], check=True)
    assert "| chain | jax, 8 ms |" in page.read_text()
