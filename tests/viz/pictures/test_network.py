"""Circles and edges: as many as there are units and weights, in SVG that parses and holds nothing else."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from viz import pictures


def count(picture: pictures.Picture, tag: str) -> int:
    return len(elements(picture, tag))


def elements(picture: pictures.Picture, tag: str) -> list[Any]:
    return list(ElementTree.fromstring(picture.svg()).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def texts(picture: pictures.Picture) -> list[str]:
    return ["".join(element.itertext()) for element in elements(picture, "text")]


def test_a_neuron() -> None:
    """Inputs, bias and sum; numbers on the edges, blue for positive and red for negative ones."""
    picture = pictures.neuron([0.5, -1.25], 0.1, "relu")
    assert count(picture, "circle") == 4 and count(picture, "line") == 3
    assert {"0.5", "-1.25", "0.1", "Σ", "relu", "y"} <= set(texts(picture))
    colors = [line.get("stroke") for line in elements(picture, "line")]
    assert colors[0] == colors[2] != colors[1]
    assert {"w₁", "w₁₂", "b"} <= set(texts(pictures.neuron(12))) and "⋮" in texts(pictures.neuron(12))
    assert "linear" not in texts(pictures.neuron(2, activation=None))


def test_a_layer() -> None:
    """Every input to every unit, and the bias to each; of a Dense layer its weights."""
    picture = pictures.layer(3, 2, "relu")
    assert count(picture, "line") == 3 * 2 + 2 and count(picture, "circle") == 3 + 2 + 1
    assert "y = relu(x W + b)" in texts(picture) and {"3 inputs", "2 units"} <= set(texts(picture))
    dense = nn.Dense(2, use_bias=False)
    dense.build((None, 3))
    assert count(pictures.layer(dense), "line") == 6
    with pytest.raises(TypeError, match="wants a Dense layer"):
        pictures.layer(nn.Flatten())


def test_a_network() -> None:
    """Of sizes, and of a model, whose dropout is not drawn; softmax is one block."""
    picture = pictures.network([2, 4, 3], ["relu", "softmax"])
    assert count(picture, "line") == 2 * 4 + 4 + 4 * 3 + 3 and texts(picture).count("softmax") == 1
    assert [t for t in texts(picture) if t.startswith("y")] == ["y₁", "y₂", "y₃"]
    inner = nn.Sequential([nn.Dense(4, input_dim=2), nn.ReLU(), nn.Dropout(0.5)])
    model = nn.Sequential([inner, nn.Dense(3), nn.Softmax()])
    drawn = pictures.network(model)
    assert count(drawn, "line") == count(picture, "line") and texts(drawn).count("softmax") == 1
    assert repr(drawn) == "<Picture: A network of 2 → 4 → 3>"


def test_large_ones_are_cut() -> None:
    """At most eight circles in a column, and how many are left out; a million inputs take no time."""
    picture = pictures.network([1_000_000, 10])
    assert count(picture, "circle") < 20 and "999,993 more" in texts(picture) and "x₁₀₀₀₀₀₀" in texts(picture)


def test_weights_that_are_not_numbers() -> None:
    """nan and infinity are drawn in red, and break nothing."""
    model = nn.Sequential([nn.Dense(2, input_dim=2)])
    model.layers[0].kernel.data = np.array([[np.nan, np.inf], [0.0, 1.0]])
    assert count(pictures.network(model), "line") == 6


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: pictures.network([3]), "at least two sizes"),
        (lambda: pictures.network([3, 2], ["relu", "relu"]), "1 and 2|2 and 2"),
        (lambda: pictures.network([3, 0]), "whole number of at least 1"),
        (lambda: pictures.network(nn.Sequential([nn.Dense(2)])), "give input_dim"),
        (lambda: pictures.network(nn.Sequential([nn.Flatten()])), "no Dense layer"),
        (lambda: pictures.neuron([]), "at least 1"),
        (lambda: pictures.layer(3, True), "units must be a whole number"),
    ],
)
def test_what_cannot_be_drawn(make: Any, says: str) -> None:
    """The error says what is wanted."""
    with pytest.raises(ValueError, match=says):
        make()


def test_saved_and_shown(tmp_path: Path) -> None:
    """As SVG only, in a folder that is there; a notebook gets the same text."""
    picture = pictures.neuron(2)
    picture.save(tmp_path / "n.svg")
    assert (tmp_path / "n.svg").read_text() == picture.svg() == picture._repr_mimebundle_()["image/svg+xml"]
    picture.save(tmp_path / "n.png")
    assert (tmp_path / "n.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ValueError, match=r"the ending must be one of \.svg, \.png, \.pdf"):
        picture.save(tmp_path / "n.bmp")
    with pytest.raises(FileNotFoundError, match="no folder"):
        picture.save(tmp_path / "no" / "n.svg")
