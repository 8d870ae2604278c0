"""PNG and PDF of our own SVG: the right size, and in the right places the right colours."""

from __future__ import annotations

import io
import sys
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

import autograd
import viz
from viz.raster import raster

matplotlib = pytest.importorskip("matplotlib")


def pixels(png: bytes) -> Any:
    from matplotlib import image

    return image.imread(io.BytesIO(png))[..., :3]


def test_shapes_in_their_places() -> None:
    """A rectangle moved by its group, a circle, paths of every command we use: filled where SVG fills them."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60"><rect width="100" height="60" fill="#ffffff"/>'
        '<g transform="translate(10 5)"><rect x="0" y="0" width="20" height="10" rx="0" fill="#ff0000"/>'
        '<path d="M30,0 h20 v10 H30 z" fill="#00ff00"/></g><circle cx="80" cy="40" r="10" fill="#0000ff"/>'
        '<path d="M10,40 C10,40 30,40 30,40 V55 l-20,0 z" fill="#ff00ff"/>'
        '<line x1="40" y1="40" x2="60" y2="40" stroke="#000000" stroke-width="4"/></svg>'
    )
    image = pixels(raster(svg, "png"))
    assert image.shape == (120, 200, 3)
    for (x, y), color in {
        (20, 10): (1, 0, 0), (45, 10): (0, 1, 0), (80, 40): (0, 0, 1), (20, 48): (1, 0, 1), (50, 40): (0, 0, 0),
        (5, 5): (1, 1, 1), (65, 10): (1, 1, 1), (95, 55): (1, 1, 1),
    }.items():  # fmt: skip
        np.testing.assert_allclose(image[2 * y, 2 * x], color, atol=0.02, err_msg=str((x, y)))


def test_a_drawing() -> None:
    """As large as its SVG, twice as sharp, with the colours of its boxes."""
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    drawing = viz.draw(np.sum(x * x), {"x": x}, show=("value", "grad"))
    root = ElementTree.fromstring(drawing.svg())
    image = pixels(raster(drawing.svg(), "png"))
    width, height = (float(n) for n in root.get("viewBox", "").split()[2:])
    assert image.shape[:2] == (round(2 * height), round(2 * width))
    colors = {tuple(color) for color in np.round(image.reshape(-1, 3) * 255).astype(int).tolist()}
    assert {(0xFD, 0xF0, 0xDB), (0xEA, 0xF1, 0xFC), (0xDE, 0xF3, 0xE2)} <= colors
    assert raster(drawing.svg(), "pdf").startswith(b"%PDF")
    assert raster(drawing.svg(), "png") == raster(drawing.svg(), "png")


@pytest.mark.parametrize("name", ["ladder", "folded", "network"])
def test_every_kind_of_picture(name: str) -> None:
    """Ladders, folded graphs, networks: nothing in them is beyond it; names that look like formulas stay text."""
    w = autograd.tensor(np.ones((2, 2)), requires_grad=True)
    y: Any = w
    for _ in range(30):
        y = np.tanh(y @ w)
    made = {
        "ladder": lambda: viz.draw(np.sum(w * w), {"$x^2$ \\alpha": w}, backward=2),
        "folded": lambda: viz.draw(np.sum(y), max_nodes=9),
        "network": lambda: viz.network([2, 12, 3], ["relu", "softmax"]),
    }[name]()
    assert pixels(raster(made.svg(), "png")).min() < 0.5


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The error says what to install; nothing is written."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"graphgrad\[plot\].*engine='dot'"):
        viz.neuron(2).save(tmp_path / "a.png")
    assert not list(tmp_path.iterdir())
