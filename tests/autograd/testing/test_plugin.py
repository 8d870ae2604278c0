"""The pytest plugin: a test that uses its fixture, run by a pytest of its own."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import numpy as np, autograd

@autograd.operation(vjp=lambda g, _out, x: -g * np.cos(x))
def off(x):
    return np.sin(x)

def test_right(check_grad):
    report = check_grad(np.sin, np.ones(3), order=1)
    print("seed", report.seed)

def test_wrong(check_grad):
    check_grad(off, np.ones(3))

def test_own_seed(check_grad):
    assert check_grad(np.sin, np.ones(3), order=1, seed=5).seed == 5
"""


def test_the_fixture_fails_a_test_with_the_report(pytester: pytest.Pytester) -> None:
    """A wrong gradient fails the test, and what is shown is the report, not our own code."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["E*gradient check of off(float64 (3,)): FAILED", "E*operation off, called at*"])
    result.stdout.fnmatch_lines(["E*1. sign: *", "E*to reproduce"])
    result.stdout.no_fnmatch_line("*raise GradientCheckError*")


def test_the_seed_is_an_option(pytester: pytest.Pytester) -> None:
    """--gradcheck-seed chooses the random directions; it is in the help."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest("-s", "-k", "right", "--gradcheck-seed=7")
    result.stdout.fnmatch_lines(["*seed 7*"])
    pytester.runpytest("--help").stdout.fnmatch_lines(["*--gradcheck-seed=*", "*seed of the random directions*"])
