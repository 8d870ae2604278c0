"""Who is blamed: the operation whose own rule is wrong, what lies between operations, and bugs of the engine itself."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, settings

import autograd
from autograd.engine import derivative
from autograd.testing import check_grad
from autograd.testing.comparison import Comparison, Settings
from autograd.testing.conditions import unmet
from autograd.testing.strategies import Expression, expressions
from autograd.testing.subject import Subject
from tests.extent import THOROUGH

X = np.array([0.5, -1.0, 2.0])
HERE = "test_blame.py"


@autograd.operation(vjp=lambda g, _out, x: g * np.sin(x))
def off(x: Any) -> Any:
    """The sine with a wrong slope."""
    return np.sin(x)


def test_the_first_wrong_operation_is_blamed_not_its_users() -> None:
    """In a long expression with two wrong operations the earlier one is named, with the line that calls it."""

    def f(x: Any) -> Any:
        a = np.exp(-x) * x
        b = off(a) + x
        return np.sum(off(b) * np.tanh(a))

    blame = check_grad(f, X).failures[0].blame
    assert blame is not None and blame.operation == "off"
    line = f.__code__.co_firstlineno + 2
    assert blame.site == f"{__file__}:{line} in f"
    assert blame.rule is not None and HERE in blame.rule


def test_the_element_is_found_among_thousands() -> None:
    """One element of 3,000 that is off by 1e-6 of itself is found, in reverse mode alone too."""
    n, j = 3000, 1234

    @autograd.operation(vjp=lambda g, _out, x: g * np.cos(x) * np.where(np.arange(n) == j, 1 + 1e-6, 1))
    def nearly(x: Any) -> Any:
        return np.sin(x)

    x = np.random.default_rng(0).uniform(0.5, 1, n)
    for modes in (("rev", "fwd"), ("rev",)):
        report = check_grad(lambda x: nearly(x) * 3.0, x, modes=modes, order=1)
        failure = report.failures[0]
        assert failure.index == (j,) and failure.output_index == (j,)
        assert failure.blame.operation == "nearly" and failure.blame.index == (j,)
        assert failure.causes[0].name == "element"
        assert failure.ratio == pytest.approx(1 + 1e-6, abs=1e-8)


def test_a_value_that_left_the_graph() -> None:
    """A constant that changes with the inputs is named with the operation that takes it and its line."""
    report = check_grad(lambda x: np.sum(np.sin(x) * x.data), X)
    failure = report.failures[0]
    assert failure.blame.operation == "multiply" and failure.blame.operand == 1
    assert "a constant to the graph, and yet it changes with the inputs" in failure.blame.text
    assert HERE in failure.blame.site and failure.causes[0].name == "detached"


def test_no_graph_at_all() -> None:
    """Under no_grad() nothing is recorded: the gradient is zero, and the cause says so."""
    failure = check_grad(autograd.no_grad()(lambda x: np.sum(np.sin(x))), X).failures[0]
    assert failure.blame is None and failure.causes[0].name == "detached"


def test_operations_of_several_results_and_checkpoints() -> None:
    """The walk passes tuple nodes and checkpoints, and finds what is wrong behind them."""

    def f(x: Any) -> Any:
        first, second = np.split(x, [1])
        inner = autograd.checkpoint(lambda v: np.sum(v * v))(second)
        return np.sum(first * inner) + np.sum(off(second))

    assert check_grad(f, X).failures[0].blame.operation == "off"


# --- bugs of the engine ------------------------------------------------------------------------------------


def rewritten(old: str, new: str) -> Callable[..., Any]:
    """Return the engine's backward pass with one line changed."""
    source = textwrap.dedent(inspect.getsource(derivative._Pass.run))
    assert old in source
    names = dict(vars(derivative))
    exec(source.replace(old, new), names)
    return names["run"]  # type: ignore[no-any-return]


def first_only(c: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting by picking where it should sum."""
    c = c[(0,) * (c.ndim - len(shape))]
    return c[tuple(slice(size) for size in shape)]


OVERWRITTEN = rewritten("cotangents[parent] = old + c", "cotangents[parent] = c")
LOST_SIGN = rewritten("cotangents[parent] = old + c", "cotangents[parent] = old - c")
SHARED = rewritten("cotangents[parent] = c\n", "cotangents[parent] = c; ours.add(parent)\n")
SPECIAL = rewritten("c = strong_zero(c, g, lift)", "c = c * (np.abs(c) < 3)")

BUGS: dict[str, tuple[Any, str, Any]] = {
    "fan-out overwritten": (derivative._Pass, "run", OVERWRITTEN),
    "fan-out subtracted": (derivative._Pass, "run", LOST_SIGN),
    "sums in place into what others hold": (derivative._Pass, "run", SHARED),
    "large cotangents lost": (derivative._Pass, "run", SPECIAL),
    "broadcast not summed": (derivative, "unbroadcast", first_only),
}
LIKE_OTHERS = {"fan-out subtracted", "large cotangents lost"}
QUICK = settings(
    max_examples=2000, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def holds(e: Expression) -> bool:
    """Whether a first-order check holds, without the search for who is to blame."""
    subject = Subject(e, e.inputs)
    compared = Comparison(subject, Settings(order=1, modes=("rev",))).run()
    return not compared.mismatches and not any(unmet(subject, np.ones(subject.m), order=1).values())


@pytest.mark.parametrize("bug", [name for name in BUGS if THOROUGH or name not in LIKE_OTHERS])
def test_engine_bugs_shrink_to_a_few_operations(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A random graph that shows the bug shrinks to at most 3 operations on at most 4 elements."""
    monkeypatch.setattr(*BUGS[bug])
    found = find(expressions(), lambda e: not holds(e), settings=QUICK)
    assert not check_grad(found, *found.inputs, order=1)
    assert 1 <= len(found.steps) <= 3, found
    assert sum(x.size for x in found.inputs) <= 4, found


def test_a_fan_out_that_is_overwritten_is_told_from_a_wrong_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every rule is right alone, the sum of contributions to a value is blamed, with who uses it."""
    monkeypatch.setattr(derivative._Pass, "run", OVERWRITTEN)

    def f(x: Any) -> Any:
        a = np.sin(x)
        return np.sum(a * np.exp(a))

    failure = check_grad(f, X, order=1).failures[0]
    assert failure.blame.operation == "sin" and failure.causes[0].name == "contributions"
    assert "used by" in failure.blame.text and "exp" in failure.blame.text and "multiply" in failure.blame.text


def test_many_kinks_do_not_hide_an_error() -> None:
    """A hundred elements at a kink come first and are accepted; the wrong one behind them is still found."""
    n, j = 300, 250

    @autograd.operation(vjp=lambda g, _out, x: g * (x > 0) * np.where(np.arange(n) == j, 1.01, 1))
    def rectified(x: Any) -> Any:
        return np.maximum(x, 0.0)

    x = np.where(np.arange(n) < 200, 0.0, 1.0)
    for kinks in ("subgradient", "skip"):
        failure = check_grad(rectified, x, order=1, kinks=kinks).failures[0]
        assert failure.index == (j,) and failure.causes[0].name == "element"
