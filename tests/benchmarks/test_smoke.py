"""Every benchmark runs, with no peer but ourselves; what it measures is no concern of a test."""

import json
import math
from dataclasses import replace

import pytest

from benchmarks import (
    chain,
    checkers,
    compile_time,
    data_size,
    dispatch,
    drop_in,
    functions,
    import_time,
    memory,
    mlp,
    scalars,
    shapes,
    training,
)
from benchmarks.measure import Row, Target, agree, timed
from benchmarks.peers.mistakes import PROBLEMS, TIMED
from benchmarks.report import facts, judged, table
from benchmarks.runner import main, measured
from benchmarks.workers import Crew, Interpreters, Settings, Unavailable, Worker

MODULES = (
    dispatch, scalars, mlp, functions, shapes, data_size, compile_time, training, chain, memory, import_time,
    drop_in,
)  # fmt: skip
SUBJECTS = [module.SUBJECT for module in MODULES]
ALONE = frozenset[str]()


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_each_subject_measures_ours_alone(subject, capsys):
    """Its report survives JSON; every row has positive numbers of ours, and targets without their peer stay open."""
    report = json.loads(json.dumps(measured([subject], Settings(against=ALONE, quick=True))))
    rows = report["subjects"][subject.name]
    assert rows
    for row in rows:
        assert list(row["measured"]) == ["ours"]
        found = row["measured"]["ours"]
        assert 0 <= found["least"] <= found["low"] <= found["median"] <= found["high"] < math.inf
        assert all(target["met"] is None for target in row["targets"] if {target["peer"], target["part"]} != {"ours"})
        assert not row["best"]
    printed = capsys.readouterr().out
    assert printed.startswith(subject.name) and "ours" in printed


def test_the_command_line_writes_the_file(tmp_path, capsys):
    """One subject, no peers, another file."""
    out = tmp_path / "new" / "numbers.json"
    main(SUBJECTS, ["--only", "scalars", "--against", "--quick", "--out", str(out)])
    report = json.loads(out.read_text())
    assert list(report["subjects"]) == ["scalars"]
    assert report["quick"] and report["machine"]["cores"] and report["versions"]["ours"]
    assert "scalars" in capsys.readouterr().out


def test_a_missing_peer_is_skipped_and_named(tmp_path, capsys):
    """No interpreter for it: a line in the table, and its targets stay open."""
    nowhere = str(tmp_path / "python")
    settings = Settings(Interpreters(peers=nowhere, hips=nowhere), frozenset({"torch", "hips"}), quick=True)
    report = measured([scalars.SUBJECT], settings)
    (row,) = report["subjects"]["scalars"]
    assert set(row["skipped"]) == {"torch", "hips"} == set(report["missing"])
    assert {target["met"] for target in row["targets"]} == {None}
    assert f"skipped torch: there is no interpreter at {nowhere}" in capsys.readouterr().out


def test_a_failing_order_is_told_and_leaves_the_worker_alive():
    """What a library raises arrives as the reason; the next order is served."""
    with Worker("numpy", Interpreters()) as worker:
        with pytest.raises(Unavailable, match=r"AttributeError.*four_operations"):
            worker.ask("make", task="four_operations", options={})
        worker.ask("make", task="multiply", options={"size": 2, "spelling": "operator"})
        assert worker.ask("time", calls=1, blocks=1) > 0


HERE = frozenset({"numpy", "products", "ours, nn"})


@pytest.mark.parametrize("case", mlp.CASES[:2], ids=lambda case: case.name)
def test_hand_written_numpy_agrees_with_ours(case):
    """The check before timing passes for peers that are always there, by either optimiser."""
    (row,) = timed((case,), Settings(against=HERE, quick=True))
    assert set(row.rounds) == {"ours", "ours, nn", "numpy", "products"} and not row.skipped


SMALLER = {"elementwise": {"count": 1000}, "logistic": {"rows": 100, "features": 5}}


@pytest.mark.parametrize("case", functions.CASES[:-1], ids=lambda case: case.name)
def test_hand_written_functions_agree_with_ours(case):
    """Values and gradients of what is timed as a function, on fewer numbers."""
    options = SMALLER.get(case.task, {"rows": 7, "columns": 5})
    (row,) = timed((replace(case, options=options),), Settings(against=HERE, quick=True))
    assert set(row.rounds) == {"ours", "numpy"} and not row.skipped


@pytest.mark.parametrize("name", ["ours, numpy", "ours, native"])
def test_what_is_compiled_agrees_with_ours(name):
    """A compiled step and a compiled function come to the same, or a line says why there is none."""
    step = replace(mlp.CASES[1], targets=())
    function = replace(functions.CASES[0], options={"count": 1000}, targets=())
    for row in timed((step, function), Settings(against=frozenset({name}), quick=True)):
        assert name in row.rounds or row.skipped[name]
        assert "something else" not in row.skipped.get(name, "")


def test_workers_are_started_anew_when_they_have_ended():
    """The next case gets another process; meanwhile tasks are let go."""
    with Crew(Settings()) as crew:
        first = crew.worker("numpy")
        assert crew.worker("numpy") is first
        first.close()
        assert crew.worker("numpy") is not first
        crew.rest()
        assert crew.worker("numpy").ask("check", steps=1) == []


def test_a_wrong_result_is_not_timed():
    """Results must agree to four digits; a peer that returns none makes no claim."""
    agree([1.00001, 0.0], [1.0, 0.0])
    agree([], [1.0])
    agree([None, 2.0], [1.0, 2.0])
    with pytest.raises(Unavailable, match="something else"):
        agree([1.001], [1.0])


@pytest.mark.parametrize(
    ("target", "measured_value", "met"),
    [
        (Target("ratio", 2.0, "torch"), 2.5, True),
        (Target("ratio", 3.0, "torch"), 2.5, False),
        (Target("above", -2.0, "torch"), -3.0, True),
        (Target("above", -4.0, "torch"), -3.0, False),
        (Target("value", 2.0), 2.0, True),
        (Target("value", 1.0), 2.0, False),
        (Target("ratio", 1.0, "jax"), None, None),
        (Target("ratio", 2.0, "torch", "ours, nn"), 1.25, False),
        (Target("best", 2.5), 2.5, True),
        (Target("best", 1.0, part="ours, nn"), 1.25, True),
        (Target("best", 1.0, part="ours, native"), None, None),
    ],
)
def test_targets_are_judged_on_medians(target, measured_value, met):
    """Ratios are of peer to ours, differences of ours to the peer; the best is neither ours nor a limit."""
    rounds = {"ours": [2.0, 2.0, 8.0], "torch": [5.0, 5.0, 5.0], "ours, nn": [4.0, 4.0, 4.0], "numpy": [1.0, 1.0, 1.0]}
    row = Row("case", "µs", rounds | {"mygrad": [9.0, 9.0, 1.0]}, (target,))
    found = judged(row, target)
    assert (found["measured"], found["met"]) == (measured_value, met)
    assert "case" in table(scalars.SUBJECT, [facts(row)])


def test_the_checkers_are_asked_without_any_peer(capsys):
    """Ours has a verdict of 0 or 1 on every problem at every seed, and the table of it is Markdown."""
    report = json.loads(json.dumps(measured([checkers.SUBJECT], Settings(against=ALONE, quick=True))))
    rows = report["subjects"]["checkers"]
    assert len(rows) == len(PROBLEMS) + 1 + len(TIMED)
    for row in rows:
        assert list(row["measured"]) == ["ours"] and not row["skipped"]
        found = row["measured"]["ours"]
        assert found["value"] > 0 if row["unit"] == "ms" else set(found["rounds"]) <= {0.0, 1.0}
    _title, _, heading, rule, *lines = capsys.readouterr().out.splitlines()
    assert heading.split() == ["|", "|", "ours", "|"] and set(rule) == set("|- ")
    assert sum(line.startswith("|") for line in lines) == len(rows)


def test_a_checker_that_breaks_has_no_verdict():
    """A dash in the table and the reason below; the others' verdicts stay, and ours is told where it was wrong."""
    rows = [Row("case", "caught", {"ours": [1.0, 0.0]}, skipped={"HIPS": "TypeError: no", "torch": "no torch"})]
    rows.append(Row("other", "caught", {"ours": [1.0, 1.0], "HIPS": [1.0, 0.0]}, skipped={"torch": "no torch"}))
    lines = checkers.table(checkers.SUBJECT, [checkers.facts(row) for row in rows]).splitlines()
    assert [line.split() for line in lines if line.startswith("|")][2:] == [
        ["|", "case", "(caught)", "|", "0.5", "|", "–", "|"],
        ["|", "other", "(caught)", "|", "1", "|", "0.5", "|"],
    ]
    assert lines[-3:] == [
        "– HIPS, case: TypeError: no",
        "skipped torch: no torch",
        "ours is wrong about case at the seeds 1",
    ]
