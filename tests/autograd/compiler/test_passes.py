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


def test_what_is_left_out_keeps_shapes_and_dtypes(backend: str) -> None:
    """Times one may be a cast, or a change of shape; of whole numbers a quotient is none."""
    whole, single = np.array([[1, -2, 3]]), np.array([[-0.0, 2.0, np.nan]], np.float32)

    def f(x: Any, n: Any, s: Any) -> Any:
        return [
            n * 1.0, n / 1, n * 1, n - 0, n - 0.0, s * np.float64(1), s * 1.0, s * np.ones(3), s / np.ones((2, 1)),
            x * np.ones((3, 1)), x - np.zeros((2, 3)), np.where(True, n, s), np.where(False, x, 1.0), x**1, x**0, n**2,
            s**2, x**0.5, s**-1.0, np.negative(np.negative(n.astype(np.uint8))), np.astype(np.astype(s, float), "f4"),
            np.astype(np.astype(x, np.float32), float), (n > 0) & False, (n > 0) & True, (n > 0) | False, x.T.T * 1,
            np.reshape(np.broadcast_to(x, (2, 3)), 6) * 1.0, np.broadcast_to(s, (4, 3))[1:, ::-1] + 0,
            np.negative(np.negative(s)),
        ]  # fmt: skip

    with np.errstate(all="ignore"):
        found, wanted = autograd.compile(f, backend=backend)(x, whole, single), f(x, whole, single)
    for a, b in zip(found, wanted, strict=True):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(
            np.signbit(a) if a.dtype.kind == "f" else a, np.signbit(b) if b.dtype.kind == "f" else b
        )


def test_numbers_that_look_alike_are_not_one(backend: str) -> None:
    """Zeros of both signs, whole numbers and those with a point, truths; sums over other axes, other views."""
    ones = np.ones((2, 2))

    def f(x: Any) -> Any:
        return [
            np.copysign(x, 0.0), np.copysign(x, -0.0), np.add(x, 1), np.add(x, True), x * np.float32(0.1), x * 0.1,
            np.sum(x, axis=0), np.sum(x, axis=1), x[0], x[1], x[:1], x[1:], x.T, np.argmax(x, 0), np.argmax(x, 1),
            np.where(x > 0, 0.0, x), np.where(x > 0, -0.0, x), np.round(x, 0), np.round(x, 1),
        ]  # fmt: skip

    y = ones * [[1.25, -2.5], [3.75, 4.5]]
    for a, b in zip(autograd.compile(f, backend=backend)(y), f(y), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(np.signbit(a), np.signbit(b))


def test_calls_of_python_are_neither_merged_nor_left_out(backend: str) -> None:
    """Each is made at each run, in order, also where nobody looks at its result."""
    calls: list[str] = []

    def note(name: str, result: Any) -> Any:
        calls.append(name)
        return result

    def f(x: Any) -> Any:
        a = autograd.callback(note, "a", 1.0)
        b = autograd.callback(note, "a", 1.0)
        autograd.callback(lambda y: note("c", y.sum()), x)
        autograd.callback(lambda y: note("c", y.sum()), x * 2)
        return x + a - b

    compiled = autograd.compile(f, backend=backend)
    for _ in range(3):
        calls.clear()
        assert compiled(np.ones(2)).tolist() == [1, 1]
        assert calls == ["a", "a", "c", "c"]


def test_what_no_value_flows_into_is_zero_with_a_plus(backend: str) -> None:
    """Of arrays and of single numbers."""
    f = autograd.grad(lambda x: np.sum(np.where(x > 0, np.log(x) * -1.0, 0.0)))
    compiled = autograd.compile(f, backend=backend)
    for value in (np.array(0.0), np.array(-0.0), np.array([0.0, -0.0, 2.0]), np.array(2.0)):
        with np.errstate(all="ignore"):
            found, wanted = compiled(value), f(value)
        np.testing.assert_array_equal(found, wanted)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(wanted))
