"""The words in a box."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from tests.viz.graphs import leaf
from viz.labels import details, short, title

X = leaf(3, 4)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (X * X, ["× multiply", "(3, 4)"]),
        (X + X, ["+ add", "(3, 4)"]),
        (X - 1, ["− subtract", "… − constant", "(3, 4)"]),
        (1 / X, ["÷ divide", "constant ÷ …", "(3, 4)"]),
        (X**2, ["** power", "… ** 2", "(3, 4)"]),
        (np.ones((2, 3)) @ X, ["@ matmul", "constant @ …", "(2, 4)"]),
        (np.maximum(X, 0.5), ["maximum", "with 0.5", "(3, 4)"]),
        (np.where(np.ones((3, 4), bool), X, X), ["where", "with a constant", "(3, 4)"]),
        (np.sum(X), ["sum", "scalar"]),
        (np.sum(X, axis=1, keepdims=True), ["sum", "axis=1, keepdims=True", "(3, 1)"]),
        (np.sum(X, axis=(0, 1)), ["sum", "axis=(0, 1)", "scalar"]),
        (X.reshape(4, 3), ["reshape", "(4, 3)"]),
        (X[1:, 0], ["getitem", "[1:, 0]", "(2,)"]),
        (X[::2], ["getitem", "[::2]", "(2, 4)"]),
        (X[..., None], ["getitem", "[..., None]", "(3, 4, 1)"]),
        (X[np.array([0, 1])], ["getitem", "[ndarray]", "(2, 4)"]),
        (np.split(X, 2, axis=1)[1], ["item", "index=1", "(3, 2)"]),
        (X, ["leaf", "(3, 4)"]),
    ],
)
def test_words_of_a_node(result: Any, expected: list[str]) -> None:
    """A box says what the operation is, which constants and options it has, and the shape of the result."""
    assert [title(result._node), *details(result._node, ["shape"])] == expected


def test_words_of_several_outputs() -> None:
    """A tuple node has no dtype; it says how many results there are."""
    node = np.split(X, 2, axis=1)[0]._node.inputs[0]
    assert node.dtype is None and details(node, ["shape", "dtype", "value", "grad"])[-1] == "2 results"


def test_words_after_backward() -> None:
    """Backward frees the constants; the box then says that there is one."""
    x = leaf(2)
    y = np.sum(x**3)
    power = y._node.inputs[0]
    y.backward()
    assert details(power, ["shape"]) == ["… ** constant", "(2,)"]


def test_show_chooses_the_lines() -> None:
    """Each word of `show` adds its own, and a gradient that is not there differs from one of 0."""
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    assert details(x._node, []) == []
    assert details(x._node, ["dtype"]) == ["float64"]
    assert details(x._node, ["shape", "dtype", "value", "grad"], x) == ["(2,) float64", "[1, 2]", "grad none"]
    x.grad = np.zeros(2)
    assert details(x._node, ["grad"]) == ["grad [0, 0]"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2.0, "2"),
        (np.float32(0.1), "0.1"),
        (np.array(True), "True"),
        (np.array([True, False]), "[True, False]"),
        (np.zeros((0, 3)), "empty"),
        (np.zeros((1, 1)), "[0]"),
        (np.array([np.nan, np.inf]), "[nan, inf]"),
        (np.arange(10), "0 … 9"),
        (np.arange(10) > 3, "False … True"),
        (np.array([1 + 2j]), "[1+2j]"),
        (np.full(10, 1j), "10 values"),
        (autograd.tensor(1.5), "1.5"),
        (autograd.tensor([1.0, 2.0, 3.0, 4.0]), "1 … 4"),
    ],
)
def test_short_values(value: Any, expected: str) -> None:
    """Up to three elements are written out, of more there is the range; of any dtype, and if empty."""
    assert short(value) == expected
