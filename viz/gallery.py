"""Every picture that the package makes, with what makes it: `python -m viz gallery FOLDER`."""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

import autograd
import nn
from viz import pictures
from viz.drawing import draw
from viz.files import write
from viz.pictures.axes import close


class Entry(NamedTuple):
    """A picture: the name of its file, what it shows, the call that makes it, and what makes it."""

    file: str
    shows: str
    call: str
    make: Callable[[], Any]


def gallery(folder: str | os.PathLike[str]) -> list[tuple[Entry, str | None]]:
    """Write all pictures and an index.html into a folder; return each with the reason why it is not there, or None.

    Those that matplotlib draws are left out where it is not installed, and the index says so.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    made: list[tuple[Entry, str | None]] = []
    for entry in ENTRIES:
        try:
            _save(entry.make(), target / entry.file)
        except ImportError as error:
            made.append((entry, str(error)))
        else:
            made.append((entry, None))
    write(target / "index.html", index(made).encode())
    return made


def _save(picture: Any, path: Path) -> None:
    if hasattr(picture, "save"):
        picture.save(path)
        return
    figure = np.ravel(np.asarray(picture, object))[0].figure
    figure.savefig(path, dpi=80, metadata={"Software": None})
    close(figure)


def index(made: list[tuple[Entry, str | None]]) -> str:
    """Return a page with all pictures, and the calls that make them."""
    figures = [
        f"<figure><figcaption><b>{escape(entry.shows)}</b><br><code>{escape(entry.call)}</code></figcaption>"
        + (f"<p>Not here: {escape(missing)}</p>" if missing else _shown(entry))
        + "</figure>"
        for entry, missing in made
    ]
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>graphgrad: gallery</title>
<style>
body {{ font: 15px Helvetica, Arial, "Liberation Sans", sans-serif; color: #1f2430; background: #eef0f4; margin: 24px; }}
main {{ display: flex; flex-wrap: wrap; gap: 20px; align-items: flex-start; }}
figure {{ margin: 0; padding: 14px; background: #fff; border-radius: 10px; max-width: min(100%, 1100px); }}
figcaption {{ margin-bottom: 10px; }}
code {{ font-size: 12px; color: #50566a; overflow-wrap: anywhere; }}
img {{ max-width: 100%; max-height: 720px; }}
</style>
</head>
<body>
<h1>Gallery</h1>
<main>
{"".join(figures)}
</main>
</body>
</html>
"""


def _shown(entry: Entry) -> str:
    if entry.file.endswith(".html"):
        return f'<a href="{entry.file}">Open the page</a>'
    return f'<img src="{entry.file}" alt="{escape(entry.shows)}">'


# --- what is drawn -----------------------------------------------------------------------------------------


def _numbers() -> tuple[dict[str, Any], Any]:
    """Return the five operations of a beginner."""
    a, b, c, f = (autograd.tensor(x, requires_grad=True) for x in (2.0, -3.0, 10.0, -2.0))
    d = a * b
    e = d + c
    g = e * f
    result = autograd.tanh(g * 0.1)
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "g": g, "L": result}, result


def _stepped(number: int) -> Any:
    names, result = _numbers()
    return draw(result, names, show=("value", "grad")).step(number)


def _network(frozen: bool = False, bad: bool = False) -> tuple[nn.Sequential, Any]:
    """Return a small classifier and its loss, with gradients."""
    nn.set_random_seed(0)
    model = nn.Sequential(
        [
            nn.Dense(8, "relu", input_dim=4, name="hidden"),
            nn.Dense(6, "tanh", name="middle"),
            nn.Dense(3, "softmax", name="out"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    if frozen:
        model.layers[1].trainable = False
    if bad:
        model.layers[2].kernel.data[0, 0] = np.nan  # type: ignore[attr-defined]
    rng = np.random.default_rng(0)
    loss = model.loss_on(rng.normal(size=(16, 4)), np.arange(16) % 3)
    loss.backward(retain_graph=True)
    return model, loss


def _step_of_training() -> Any:
    model, loss = _network(frozen=True)
    return draw(loss, model, show=("shape", "grad_norm"))


def _with_nan() -> Any:
    model, loss = _network(bad=True)
    return draw(loss, model, show=("shape", "stats"))


def _folded() -> Any:
    """Ten thousand operations of a recurrent network, in at most 150 boxes."""
    rng = np.random.default_rng(0)
    w = autograd.tensor(rng.normal(size=(8, 8)) * 0.3, requires_grad=True)
    h: Any = autograd.tensor(np.ones(8))
    for _ in range(3334):
        h = autograd.tanh(h @ w + 0.1)
    return draw(np.sum(h), {"w": w}, max_nodes=24)


def _ladder() -> Any:
    model, loss = _network()
    return draw(loss, model, backward=2)


def _program() -> Any:
    """Return a step of linear regression as it is compiled."""
    rng = np.random.default_rng(0)
    w = autograd.tensor(rng.normal(size=(4, 1)), requires_grad=True)
    b = autograd.tensor(np.zeros(1), requires_grad=True)

    def step(x: Any, y: Any) -> Any:
        loss = np.mean((x @ w + b - y) ** 2)
        loss.backward()
        for parameter in (w, b):
            parameter.data -= 0.1 * parameter.grad
            parameter.grad = None
        return loss

    compiled = autograd.compile(step, backend="numpy")
    compiled(rng.normal(size=(16, 4)), rng.normal(size=(16, 1)))
    return draw(compiled.programs[0], {"w": w, "b": b})


def _page() -> Any:
    model, loss = _network()
    return draw(loss, model, show=("shape", "grad_norm", "saved"))


def _moons() -> tuple[Any, Any]:
    """Return points of two classes, as two half circles in each other."""
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.pi, 240)
    y = np.arange(240) % 2
    x = np.stack([np.cos(angle) + y, np.sin(angle) * (1 - 2 * y) + 0.5 * y], axis=1)
    return x + rng.normal(size=x.shape) * 0.15, y


def _trained() -> tuple[nn.Sequential, Any, Any, nn.History, list[Any]]:
    """Return a network trained on `_moons`, its data, its history, and its weights after each epoch."""
    x, y = _moons()
    nn.set_random_seed(1)
    model = nn.Sequential([nn.Dense(8, "tanh", input_dim=2), nn.Dense(8, "tanh"), nn.Dense(1, "sigmoid")])
    model.compile(nn.Adam(0.02), "binary_crossentropy", metrics=["accuracy"])
    path = [model.get_weights()]
    remember = nn.callbacks.LambdaCallback(on_epoch_end=lambda _epoch, _logs: path.append(model.get_weights()))
    run = model.fit(x, y, epochs=60, validation_split=0.25, verbose=0, callbacks=[remember])
    return model, x, y, run, path


def _digit() -> Any:
    """Return a two of 8 × 8 pixels, from 0 to 16."""
    rows = ("00089200", "000FFE10", "000CGG30", "0003GD00", "0008GA00", "007GF500", "00GGGGG9", "0059GGF5")
    digits = "0123456789ABCDEFG"
    return np.array([[digits.index(c) for c in row] for row in rows], np.int64)


def _photo() -> Any:
    """Return a small colour image: a sunset."""
    up, across = np.mgrid[0:48, 0:64] / 48.0
    sun = np.exp(-(((across - 0.8) ** 2 + (up - 0.55) ** 2) / 0.03))
    sky = np.stack([0.95 - 0.4 * up, 0.45 + 0.2 * (1 - up), 0.35 + 0.5 * up], axis=-1)
    sea = np.stack([0.1 + 0.4 * sun, 0.2 + 0.2 * sun, 0.35 + 0.1 * np.sin(60 * up)], axis=-1)
    image = np.where((up < 0.65)[..., None], sky + sun[..., None] * (1 - sky), sea)
    return (255 * np.clip(image, 0, 1)).astype(np.uint8)


def _deep() -> Any:
    nn.set_random_seed(0)
    deep = nn.Sequential([*(nn.Dense(8, "sigmoid") for _ in range(6)), nn.Dense(1, "sigmoid", name="out")])
    return pictures.gradient_flow(deep, np.random.default_rng(0).normal(size=(100, 2)))


def _boundary() -> Any:
    model, x, y, _, _ = _trained()
    return pictures.decision_boundary(model, x, y)


def _surface() -> Any:
    model, x, y, _, path = _trained()
    return pictures.loss_surface(model, x, y, path=path)


def _confusion() -> Any:
    model, x, y, _, _ = _trained()
    return pictures.confusion(y, model.predict(x, verbose=0))


ENTRIES: Final = [
    Entry("expression.svg", "Five operations, with values, before backward", 'g = viz.draw(L, locals(), show=("value", "grad")); g.step(0)', lambda: _stepped(0)),
    Entry("halfway.svg", "Backward, halfway: gradients, and the slopes that they are multiplied by", "g.step(4)", lambda: _stepped(4)),
    Entry("backward.svg", "All of backward", "g.step(-1)", lambda: _stepped(-1)),
    Entry("training.svg", "A training step by layers, with lengths of gradients; what is frozen is grey", 'viz.draw(loss, model, show=("shape", "grad_norm"))', _step_of_training),
    Entry("nan.svg", "Where a nan comes from, and how far it gets", 'viz.draw(loss, model, show=("shape", "stats"))', _with_nan),
    Entry("folded.svg", "Ten thousand operations, folded", "viz.draw(loss, max_nodes=24)", _folded),
    Entry("ladder.svg", "Forward, backward and double backward, with the bytes that are saved", "viz.draw(loss, model, backward=2)", _ladder),
    Entry("program.svg", "A compiled training step: what was recorded, and what runs, in loops", 'viz.draw(step.programs[0], {"w": w, "b": b})', _program),
    Entry("page.html", "One page to move, search and look closer in", 'viz.draw(loss, model).save("graph.html")', _page),
    Entry("neuron.svg", "A neuron", "viz.neuron([0.5, -1.2, 2.0], 0.3)", lambda: pictures.neuron([0.5, -1.2, 2.0], 0.3)),
    Entry("layer.svg", "A layer", 'viz.layer(3, 4, "relu")', lambda: pictures.layer(3, 4, "relu")),
    Entry("network.svg", "A network, by its weights", "viz.network(model)", lambda: pictures.network(_trained()[0])),
    Entry("sizes.svg", "A network that is too large to be drawn whole", 'viz.network([64, 32, 10], ["relu", "softmax"])', lambda: pictures.network([64, 32, 10], ["relu", "softmax"])),
    Entry("pixels.png", "An image is numbers", "viz.pixel_grid(image)", lambda: pictures.pixel_grid(_digit())),
    Entry("gray.png", "Which number is which gray", "viz.show_image(image)", lambda: pictures.show_image(_digit())),
    Entry("channels.png", "A colour image is three", "viz.channels(image)", lambda: pictures.channels(_photo())),
    Entry("activation.png", "An activation and its slope", 'viz.activation("sigmoid")', lambda: pictures.activation("sigmoid")),
    Entry("loss.png", "A loss", 'viz.loss("binary_crossentropy")', lambda: pictures.loss("binary_crossentropy")),
    Entry("history.png", "How training went", "viz.history(model.fit(...))", lambda: pictures.history(_trained()[3])),
    Entry("boundary.png", "What a network decides", "viz.decision_boundary(model, x, y)", _boundary),
    Entry("surface.png", "The loss around the weights, and the way through it", "viz.loss_surface(model, x, y, path=weights_of_each_epoch)", _surface),
    Entry("confusion.png", "What is taken for what", "viz.confusion(y, model.predict(x))", _confusion),
    Entry("flow.png", "Gradients that vanish", "viz.gradient_flow(model, x, y)", _deep),
]  # fmt: skip
"""All pictures, in the order of the index."""
