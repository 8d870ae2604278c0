"""Train a network on real handwritten digits, draw its graph, check its gradients: `python -m examples.digits`.

The data are the 1,797 images of 8 × 8 pixels that scikit-learn ships. Everything is written into `out/`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

import nn
import viz
from autograd.testing import check_model

try:
    import matplotlib
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split
except ImportError as error:
    raise SystemExit(f'{error}. The demonstration needs more: pip install "graphgrad[demo]"') from None

matplotlib.use("Agg")
from matplotlib import pyplot as plt

BLUE, ORANGE, RED, INK = "#3b6fb6", "#dd8833", "#c43b3b", "#222222"


def digits() -> tuple[Any, Any, Any, Any]:
    """Return images to learn from, images to test on, and the labels of both; pixels go from 0 to 1."""
    images, labels = load_digits(return_X_y=True)
    split: tuple[Any, Any, Any, Any] = train_test_split(
        images / 16, labels, test_size=0.2, stratify=labels, random_state=0
    )
    return split


def network(dtype: str = "float32") -> nn.Sequential:
    """Return the network, ready to train."""
    model = nn.Sequential(
        [
            nn.Dense(128, activation="relu", input_dim=64, dtype=dtype),
            nn.Dense(64, activation="relu", dtype=dtype),
            nn.Dense(10, activation="softmax", dtype=dtype),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


# --- the pictures ------------------------------------------------------------------------------------------


def draw_one_step(model: nn.Sequential, x: Any, y: Any, path: Path) -> None:
    """Write the computation graph of one training step: the loss on a batch, grouped by layer."""
    viz.draw(model.loss_on(x, y), names=model).save(path)


def plot_history(history: nn.History, path: Path) -> None:
    """Draw loss and accuracy over the epochs, on the training and on the validation images."""
    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    epochs = np.array(history.epoch) + 1
    for axis, name, title in zip(axes, ("loss", "accuracy"), ("Cross-entropy", "Accuracy"), strict=True):
        for key, color, label in ((name, BLUE, "training"), (f"val_{name}", ORANGE, "validation")):
            values = history.history[key]
            axis.plot(epochs, values, color=color, label=label, linewidth=1.8)
            axis.plot(epochs[-1], values[-1], "o", color=color, markersize=4)
        axis.set(title=title, xlabel="epoch", xlim=(1, epochs[-1] + 0.5))
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yscale("log")
    axes[1].yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1, decimals=0))
    axes[1].set_ylim(None, 1.01)
    axes[1].legend(frameon=False, loc="lower right")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def plot_predictions(model: nn.Sequential, x: Any, y: Any, path: Path) -> int:
    """Draw the test images that the network is least sure of, wrong answers first; return how many are wrong."""
    probabilities = model.predict(x, verbose=0)
    answers = probabilities.argmax(axis=1)
    hardest = np.argsort(probabilities[np.arange(len(y)), y])[:24]
    wrong = int((answers != y).sum())
    figure, axes = plt.subplots(3, 8, figsize=(10, 4.9), layout="constrained")
    for axis, i in zip(axes.flat, hardest, strict=True):
        _plot_digit(axis, x[i].reshape(8, 8), int(answers[i]), float(probabilities[i].max()), int(y[i]))
    figure.suptitle(
        f"The 24 hardest of {len(y)} test images: read as … (how sure). Red: wrong, {wrong} in all.", fontsize=12
    )
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return wrong


def _plot_digit(axis: Any, image: Any, answer: int, sureness: float, truth: int) -> None:
    right = answer == truth
    axis.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    title = f"{answer} ({sureness:.0%})" if right else f"{answer} ({sureness:.0%}), is {truth}"
    axis.set_title(title, fontsize=10, color=INK if right else RED, fontweight="normal" if right else "bold")
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set(color="#bbbbbb" if right else RED, linewidth=1 if right else 3)


# --- all of it ---------------------------------------------------------------------------------------------


def main(epochs: int = 30, out: Path = Path("out")) -> float:
    """Run the demonstration; return the accuracy on the test images."""
    start = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    nn.set_random_seed(0)
    x, x_test, y, y_test = digits()
    model = network()
    print(f"{len(x):,} handwritten digits to learn from, {len(x_test)} to test on\n")
    model.summary()
    print("\nTraining; the last tenth of the images is for validation")
    history = model.fit(x, y, epochs=epochs, validation_split=0.1)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    reports = check_model(model, f=lambda: model.loss_on(x[:32], y[:32]))
    draw_one_step(model, x[:32], y[:32], out / "graph.svg")
    plot_history(history, out / "history.png")
    wrong = plot_predictions(model, x_test, y_test, out / "predictions.png")
    print(f"\nTest accuracy {accuracy:.2%}: {wrong} of {len(y_test)} wrong, loss {loss:.4f}")
    print("\nDerivatives of the loss by the parameters, in both modes, against extrapolated differences")
    for name, report in reports.items():
        how = "one by one" if report.one_by_one else "along random directions"
        print(f"  {name:9} {'all right' if report else 'WRONG'}: {report.derivatives:,} compared, {how}")
    print(f"\nPictures, in {out}/")
    print("  graph.svg       the computation graph of one training step")
    print("  history.png     loss and accuracy, epoch by epoch")
    print("  predictions.png the hardest test images and what the network reads")
    print(f"\nDone in {time.perf_counter() - start:.1f} s")
    return float(accuracy)


if __name__ == "__main__":
    main()
