"""`check_grad` finds every planted error, in the right operation, and says what it is."""

from __future__ import annotations

from functools import cache

import pytest

from autograd.testing import Failure, Report, check_grad
from tests.autograd.testing.planted import PLANTED, RIGHT, Planted

_ROWS = {row.name: row for row in PLANTED}


@cache
def report_on(name: str) -> Report:
    row = _ROWS[name]
    return check_grad(row.f, *row.inputs)


def failure_of(row: Planted) -> Failure | None:
    """Return the main failure, or None if the error was not found."""
    return next(iter(report_on(row.name).failures), None)


def at_the_right_element(row: Planted) -> bool:
    failure = failure_of(row)
    if failure is None:
        return False
    return row.input in (None, failure.input) and (row.indices is None or failure.index in row.indices)


def of_the_right_cause(row: Planted) -> bool:
    failure = failure_of(row)
    return failure is not None and bool(failure.causes) and failure.causes[0].name in row.causes


@pytest.mark.parametrize("name", _ROWS)
def test_every_planted_error_is_found_in_its_operation(name: str) -> None:
    """The check fails, and blames the operation whose rule is wrong."""
    report, failure = report_on(name), failure_of(_ROWS[name])
    assert failure is not None, report
    assert failure.blame is not None, report
    assert failure.blame.operation == _ROWS[name].operation, report


def test_the_element_is_the_wrong_one() -> None:
    """At least 95 % of the reports name an element of the right input whose derivative is wrong."""
    others = [(row.name, failure_of(row)) for row in PLANTED if not at_the_right_element(row)]
    assert len(others) <= 0.05 * len(PLANTED), others


def test_the_first_cause_is_the_one() -> None:
    """At least 80 % of the reports put first what was done to the rule."""
    others = [(row.name, failure_of(row)) for row in PLANTED if not of_the_right_cause(row)]
    assert len(others) <= 0.2 * len(PLANTED), others


@pytest.mark.parametrize("seed", range(1, 11))
def test_a_millionth_of_one_in_a_thousand_is_found_with_every_seed(seed: int) -> None:
    """Finding it is not luck: no direction scales a single element down."""
    row = _ROWS["one of 1000 by a millionth"]
    report = check_grad(row.f, *row.inputs, order=1, seed=seed)
    assert [failure.index for failure in report.failures[:1]] == [(137,)], report


def test_there_are_many_and_each_has_its_name() -> None:
    """The table has at least 40 rows, and no name twice, since reports are looked up by it."""
    assert len(_ROWS) == len(PLANTED) >= 40


@pytest.mark.parametrize("row", RIGHT, ids=lambda row: row.name)
def test_what_only_looks_wrong_is_accepted(row: Planted) -> None:
    """A legitimate subgradient, and a formula that is right where it is evaluated, pass."""
    report = check_grad(row.f, *row.inputs)
    assert report.passed, report
