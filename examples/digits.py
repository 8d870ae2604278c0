"""Train a network on real handwritten digits, draw its graph, check its gradients: `python -m examples.digits`.

The data are the 1,797 images of 8 × 8 pixels that scikit-learn ships. Everything is written into `out/`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import nn
import viz

try:
    import matplotlib
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
except ImportError as error:
    raise SystemExit(f'{error}. The demonstration needs more: pip install "graphgrad[demo]"') from None

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402  (after the choice of the backend)

BLUE, ORANGE, RED = "#3b6fb6", "#dd8833", "#c43b3b"


def digits() -> tuple[Any, Any, Any, Any]:
    """Return training images, test images, training labels, test labels; pixels from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    split: tuple[Any, Any, Any, Any] = train_test_split(
        images / 16, labels, test_size=0.2, stratify=labels, random_state=0
    )
    return split


def network() -> nn.Sequential:
    """Return the network, ready to train."""
    model = nn.Sequential(
        [
            nn.Dense(64, activation="relu", input_dim=64),
            nn.Dense(32, activation="relu"),
            nn.Dense(10, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def draw_one_step(model: nn.Sequential, x: Any, y: Any, path: Path) -> None:
    """Write the computation graph of one training step: the loss on a batch, grouped by layer."""
    loss, _ = model.loss_on(x.astype(np.float32), y)
    viz.draw(loss, model).save(path)


def gradient_error(model: nn.Sequential, x: Any, y: Any, probes: int = 200) -> float:
    """Return the largest relative error of the gradient, against central differences at some of the weights.

    In float64, on a copy of the model, so that the differences are exact to about nine digits.
    """
    dense = [layer for layer in model.layers if isinstance(layer, nn.Dense)]
    copy = nn.Sequential([nn.Dense(layer.units, layer.activation, dtype="float64") for layer in dense])
    copy.compile("sgd", "sparse_categorical_crossentropy")
    copy.build(x.shape[1])
    copy.load_state_dict(model.state_dict())
    loss, _ = copy.loss_on(x, y)
    loss.backward()
    parameters = copy.parameters()
    scale = max(float(np.abs(p.grad).max()) for p in parameters)
    rng = np.random.default_rng(0)
    worst = 0.0
    for _ in range(probes):
        p = parameters[rng.integers(len(parameters))]
        i = tuple(rng.integers(n) for n in p.shape)
        worst = max(worst, abs(_difference(copy, p, i, x, y) - p.grad[i]) / scale)
    return worst


def _difference(model: nn.Sequential, p: Any, i: tuple[int, ...], x: Any, y: Any, h: float = 1e-6) -> float:
    """Return the central difference of the loss by one weight."""
    old = float(p.data[i])
    values = []
    with autograd.no_grad():
        for step in (h, -h):
            p.data[i] = old + step
            values.append(model.loss_on(x, y)[0].item())
    p.data[i] = old
    return (values[0] - values[1]) / (2 * h)


def plot_history(history: nn.History, path: Path) -> None:
    """Draw loss and accuracy over the epochs, on the training and on the test images."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for axis, name, title in zip(axes, ("loss", "accuracy"), ("Cross-entropy", "Accuracy"), strict=True):
        epochs = np.array(history.epoch) + 1
        axis.plot(epochs, history.history[name], color=BLUE, label="training")
        axis.plot(epochs, history.history[f"val_{name}"], color=ORANGE, label="test")
        axis.set(title=title, xlabel="epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yscale("log")
    axes[1].set_ylim(None, 1.005)
    axes[1].legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def plot_predictions(model: nn.Sequential, x: Any, y: Any, path: Path) -> int:
    """Draw the test images that the network is least sure of, each with its answer; return how many are wrong."""
    probabilities = model.predict(x)
    answers = probabilities.argmax(axis=1)
    hardest = np.argsort(probabilities[np.arange(len(y)), y])[:24]
    figure, axes = plt.subplots(3, 8, figsize=(10, 5), layout="constrained")
    for axis, i in zip(axes.flat, hardest, strict=True):
        right = answers[i] == y[i]
        axis.imshow(x[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        title = f"{answers[i]} ({probabilities[i, answers[i]]:.0%})" + ("" if right else f", is {y[i]}")
        axis.set_title(title, fontsize=10, color="#222222" if right else RED, fontweight="normal" if right else "bold")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(color="#bbbbbb" if right else RED, linewidth=1 if right else 2.5)
    wrong = int((answers != y).sum())
    figure.suptitle(f"The hardest of {len(y)} test images; {wrong} answers are wrong (red)", fontsize=12)
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return wrong


def main(epochs: int = 20, out: Path = Path("out")) -> float:
    """Run the demonstration; return the accuracy on the test images."""
    out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    nn.set_random_seed(0)
    x, x_test, y, y_test = digits()
    model = network()
    print(f"{len(x)} images to train on, {len(x_test)} to test, {sum(p.size for p in model.parameters()):,} parameters")
    history = model.fit(x, y, epochs=epochs, validation_data=(x_test, y_test))
    accuracy = float(model.evaluate(x_test, y_test, return_dict=True)["accuracy"])
    error = gradient_error(model, x[:32], y[:32])
    draw_one_step(model, x[:32], y[:32], out / "graph.svg")
    plot_history(history, out / "history.png")
    wrong = plot_predictions(model, x_test, y_test, out / "predictions.png")
    print(f"test accuracy       {accuracy:.2%} ({wrong} of {len(y_test)} wrong)")
    print(f"gradient check      largest relative error {error:.1e}, against central differences at 200 weights")
    print(f"pictures            {out}/graph.svg  {out}/history.png  {out}/predictions.png")
    print(f"time                {time.perf_counter() - start:.1f} s")
    return accuracy


if __name__ == "__main__":
    main()
