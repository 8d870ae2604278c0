"""Each pass on a graph of its own: what it leaves out, and what it must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd


def names(f: Callable[..., Any], *args: Any) -> list[str]:
    """Return the operations that are left of a function after all passes."""
    compiled = autograd.compile(f, backend="numpy")
    compiled(*args)
    return [v.fn for v in compiled.programs[0].optimized.values if v.kind not in ("input", "constant")]


x = np.array([[1.0, -2.0, 3.0]])


@pytest.mark.parametrize(
    ("function", "left"),
    [
        (lambda x: (np.exp(x), np.tanh(x))[0], ["exp"]),
        (lambda x: np.exp(x) * np.exp(x), ["exp", "multiply"]),
        (lambda x: x * 1.0 / 1, []),
        (lambda x: np.negative(np.negative(x)), []),
        (lambda x: x.T.T, []),
        (lambda x: np.reshape(np.reshape(x, (3, 1)), (1, 3)), []),
        (lambda x: x**2, ["square"]),
        (lambda x: x - 0.0, []),
        (lambda x: x * (np.ones_like(x) * 2 + 1), ["broadcast_to", "multiply"]),
        (lambda x: np.astype(x, np.float64), []),
        (lambda x: np.copy(x) + x, ["add"]),
    ],
)
def test_what_changes_nothing_is_left_out(function: Callable[..., Any], left: list[str]) -> None:
    assert [name for name in names(function, x) if name != "copy"] == left


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x + 0.0,  # of -0.0 it makes 0.0
        lambda x: x - (-0.0),
        lambda x: x * 0.0,
        lambda x: x - x,
        lambda x: x / x,
        lambda x: 0.0 - (0.0 - x),
        lambda x: np.where(np.isnan(x), 0.0, x),
        lambda x: x * 1e308 * 1e-308,
        lambda x: (x + 1e16) - 1e16,
    ],
)
def test_what_changes_something_stays(function: Callable[..., Any], backend: str) -> None:
    """Of nan, infinities and zeros with a sign."""
    special = np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 1.0])
    with np.errstate(all="ignore"):
        found, wanted = autograd.compile(function, backend=backend)(special), function(special)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(wanted))


def test_numbers_of_the_passes_are_those_of_before() -> None:
    """So that a drawing can tell what became of a value."""
    compiled = autograd.compile(lambda x: np.sum(np.exp(x) * np.exp(x)), backend="numpy")
    compiled(x)
    first, last = compiled.programs[0].passes[0][1], compiled.programs[0].passes[-1][1]
    assert {v.number for v in last.values} <= {v.number for v in first.values}
    assert len(last.values) < len(first.values)


def test_memory_is_used_again() -> None:
    """Thirty operations in a row take the place of two."""

    def f(x: Any) -> Any:
        for _ in range(30):
            x = np.tanh(x @ np.eye(50))
        return np.sum(x)

    compiled = autograd.compile(f, backend="numpy")
    compiled(np.ones((50, 50)))
    stats = compiled.programs[0].stats()
    assert stats["bytes planned"] <= 2 * 50 * 50 * 8 + 64
    assert stats["bytes naive"] >= 30 * 50 * 50 * 8
