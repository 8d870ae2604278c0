"""Tensors in a notebook: numbers, and a table of what else is known; nothing is ever raised."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

import autograd

X = autograd.tensor([1.0, 2.0], requires_grad=True)


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (X, ["(2,)", "float64", "16 bytes", "a leaf, none yet", "[1. 2.]"]),
        (X * 2, ["of an operation"]),
        (autograd.tensor(np.float32(3.5)), ["()", "float32", "not recorded", "3.5"]),
        (autograd.tensor(np.zeros((0, 3))), ["(0, 3)", "0 bytes", "[]"]),
        (autograd.tensor(np.arange(10_000)), ["80,000 bytes", "..."]),
        (autograd.tensor([np.nan, 1 + 2j]), ["complex128"]),
        (autograd.tensor([True]), ["bool"]),
    ],
)
def test_a_table(tensor: Any, words: list[str]) -> None:
    """Shape, dtype, memory, the state of the gradient; well-formed, and short however large the array is."""
    text = tensor._repr_mimebundle_(include=None, exclude=None)["text/html"]
    ElementTree.fromstring(f"<div>{text}</div>")
    assert all(word in text for word in words), text
    assert len(text) < 6000


def test_states_of_a_gradient() -> None:
    """None yet, its length, or not finite."""
    x = autograd.tensor([3.0, 4.0], requires_grad=True)
    x.grad = np.array([3.0, 4.0])
    assert "a leaf, of length 5" in x._repr_mimebundle_()["text/html"]
    x.grad = np.array([np.inf, 0.0])
    assert "NOT FINITE" in x._repr_mimebundle_()["text/html"]
    np.sum(x * x).backward(create_graph=True)
    assert "of length" in x._repr_mimebundle_()["text/html"] or "NOT FINITE" in x._repr_mimebundle_()["text/html"]


def test_it_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """If something goes wrong the notebook takes the plain text."""
    monkeypatch.setattr("autograd.engine.tensor.as_html", lambda *_: 1 / 0)
    assert X._repr_mimebundle_() == {"text/plain": repr(X)}
