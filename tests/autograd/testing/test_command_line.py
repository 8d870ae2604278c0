"""`python -m autograd.check`, as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograd.check import main

MINE = """
import numpy as np, autograd, nn

def right(x, w, power=2):
    return np.sum((x * w) ** power)

@autograd.operation(vjp=lambda g, _out, x: g * np.sin(x))
def off(x):
    return np.sin(x)

def wrong(x):
    return np.sum(off(x))

def labelled(x, labels):
    return np.sum(x[np.arange(2), labels])

def batch():
    return np.ones((2, 3)), np.array([0, 2])

points = np.array([0.25, 0.5])
number = 3
model = nn.Sequential([nn.Dense(3, activation="tanh", input_dim=2), nn.Dense(2, activation="softmax")])
model.compile(loss="sparse_categorical_crossentropy")
examples = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([0, 1])
bad_model = nn.Sequential([nn.Dense(3, activation=off, input_dim=2), nn.Dense(1)])
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file with functions and models, in the current folder."""
    (tmp_path / "mine.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    return "mine.py"


def test_a_function_that_is_right(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line says that it held; parameters with a default are left alone, drawn inputs are announced."""
    assert main([f"{mine}:right"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("ok") and "1 check held" in out
    assert "drawing inputs of shape (2, 3), (2, 3)" in err


def test_a_function_that_is_wrong(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The report follows, and the exit status is 1."""
    assert main([f"{mine}:wrong", "--inputs", "points"]) == 1
    out = capsys.readouterr().out
    assert "FAILED  wrong" in out and "operation off" in out and "1 of 1 failed" in out


def test_inputs_from_the_file_from_shapes_and_in_float32(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Inputs are what stands beside the function, or are drawn in the shapes given."""
    assert main([f"{mine}:right", "--shapes", "4x1", "0d", "--dtype", "float32", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["right"]["inputs"] == ["float32 (4, 1)", "float32 ()"] and found["right"]["passed"] is True
    assert main([f"{mine}:labelled", "--inputs", "batch"]) == 2
    assert "input 1 holds int64" in capsys.readouterr().err


def test_operations(capsys: pytest.CaptureFixture[str]) -> None:
    """Operations are checked on the samples of their records."""
    assert main(["--op", "sin", "--op", "greater", "--order", "1"]) == 0
    out = capsys.readouterr().out
    assert "sin-(2,3)" in out and "not differentiable" in out and "6 checks held" in out


def test_every_operation(capsys: pytest.CaptureFixture[str]) -> None:
    """All of them hold, to first order here; the generated tests go further."""
    assert main(["--all", "--order", "1"]) == 0
    assert "FAILED" not in capsys.readouterr().out


def test_models_layer_by_layer(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each layer has its line; with examples and labels it is the loss that is checked."""
    assert main(["--model", f"{mine}:model"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[:2]] == ["dense", "dense_1"]
    assert main(["--model", f"{mine}:model", "--inputs", "examples", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"dense", "dense_1"}
    assert main(["--model", f"{mine}:bad_model"]) == 1
    out = capsys.readouterr().out
    assert "FAILED  dense " in out and "ok      dense_1" in out and "of dense." in out and "operation off" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine.py:rihgt"], "there is no 'rihgt'. Did you mean right?"),
        (["mine.py:number"], "is int, not a function"),
        (["mine.py"], "write package.module:name or path.py:name"),
        (["nowhere.py:f"], "nowhere.py"),
        (["no.such.module:f"], "No module named"),
        (["--op", "sn"], "there is no operation 'sn'. Did you mean sin"),
        (["--op", "float_power"], "it is composed of operations; check it as autograd:float_power"),
        (["--model", "mine.py:number"], "has no named_parameters(): not a model"),
        (["mine.py:right", "--shapes", "2y3"], "'2y3' is no shape"),
        (["mine.py:right", "--inputs", "pionts"], "Did you mean points?"),
        (["numpy:argmax"], "which is not differentiable"),
    ],
)
@pytest.mark.usefixtures("mine")
def test_what_cannot_be_run(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The status is 2 and one line on stderr says what to write instead."""
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_as_a_program(mine: str) -> None:
    """`python -m autograd.check` exits with the status, and prints what a shell can use."""
    run = [sys.executable, "-m", "autograd.check"]
    assert subprocess.run([*run, f"{mine}:wrong"], capture_output=True).returncode == 1
    done = subprocess.run([*run, "--op", "exp", "--json"], capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["exp-(2,3)"]["passed"]
    usage = subprocess.run(run, capture_output=True, text=True)
    assert usage.returncode == 2 and "usage: python -m autograd.check" in usage.stderr
