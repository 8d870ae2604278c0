"""Curves that a lecture shows: activations with their slopes, losses, how training went, how far gradients get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from viz.pictures.axes import BAD, TRAINING, VALIDATION, axes


def activation(name: str | Callable[[Any], Any], *, ax: Any = None, limits: tuple[float, float] = (-5, 5)) -> Any:
    """Draw an activation, by name or as a function, and its slope, over `limits`; return the Axes.

    Raises ValueError for a name that is not known.
    """
    function = nn.activations.get(name)
    x = np.linspace(*limits, 501)
    value, slope = autograd.jvp(function, (x,), (np.ones_like(x),))
    ax = axes(ax, "activation")
    title = name if isinstance(name, str) else getattr(name, "__name__", "activation")
    ax.plot(x, _values(value), color=TRAINING, linewidth=2, label=f"{title}(x)")
    ax.plot(x, _values(slope), color=VALIDATION, linewidth=1.6, linestyle="--", label="its slope")
    _cross(ax)
    ax.set(xlabel="x", title=title)
    ax.legend(frameon=False)
    return ax


def loss(name: str | nn.Loss, *, ax: Any = None) -> Any:
    """Draw what a loss of one prediction is, for each right answer; return the Axes.

    A cross-entropy over the probability p that is predicted, for the answers 0 and 1 (with more classes: over that of
    the right one); any other over the difference between prediction and answer.
    """
    found = nn.losses.get(name)
    ax = axes(ax, "loss")
    p = np.linspace(1e-3, 1 - 1e-3, 500)
    if isinstance(found, nn.BinaryCrossentropy):
        for right, color in ((1.0, TRAINING), (0.0, VALIDATION)):
            values = _each(found, [right], p[:, None])
            ax.plot(p, values, color=color, linewidth=2, label=f"the answer is {right:.0f}")
        ax.legend(frameon=False)
        x_label = "p, the predicted probability"
    elif isinstance(found, nn.CategoricalCrossentropy | nn.SparseCategoricalCrossentropy):
        answer = 0 if isinstance(found, nn.SparseCategoricalCrossentropy) else [1.0, 0.0]
        ax.plot(p, _each(found, answer, np.stack([p, 1 - p], axis=-1)), color=TRAINING, linewidth=2)
        x_label = "p, the predicted probability of the right class"
    else:
        margin = isinstance(found, nn.Hinge | nn.SquaredHinge)  # of which the sign of the answer is all that counts
        x = np.linspace(-3, 3, 501)
        ax.plot(x, _each(found, [1.0 if margin else 0.0], x[:, None]), color=TRAINING, linewidth=2)
        x_label = "prediction, where the answer is 1" if margin else "prediction − answer"
    ax.set(xlabel=x_label, ylabel="loss", title=found.name)
    ax.grid(alpha=0.25)
    return ax


def _each(found: nn.Loss, answer: Any, predictions: Any) -> Any:
    """Return the loss of each of many predictions, for one answer."""
    answers = np.asarray(answer)
    return [found(answers[None], row[None]).item() for row in predictions]


def history(run: nn.History, *, ax: Any = None) -> Any:
    """Draw what an epoch reported, training and validation together; return the Axes (of several numbers, an array).

    `run` is what `fit` returned, or a model that was trained. The same as `run.plot(ax)`.
    """
    found = getattr(run, "history", None) if isinstance(run, nn.Model) else run
    if not isinstance(found, nn.History):
        raise TypeError(f"history: wants what model.fit returned, not {type(run).__name__}")
    if not found.epoch:
        raise ValueError("history: there are no epochs to draw yet")
    return found.plot(ax)


def gradient_flow(model: nn.Model, x: Any, y: Any = None, *, ax: Any = None) -> Any:
    """Draw how long the gradient by the parameters of each layer is, on a logarithmic scale; return the Axes.

    The gradient is that of the loss on x and y, as in `nn.analysis.signal_report`; a layer without any, or whose
    gradient is 0, has no bar, and one that is not finite a red name.
    """
    report = nn.analysis.signal_report(model, x, y)
    found = [(signal.layer, signal.gradient) for signal in report.layers if signal.gradient is not None]
    if not found:
        raise ValueError("gradient_flow: no layer of the model has parameters that are trained")
    ax = axes(ax, "gradient_flow", (max(4.6, 0.6 * len(found)), 3.4))
    names, lengths = zip(*found, strict=True)
    places = np.arange(len(names))
    shown = [length if np.isfinite(length) and length > 0 else np.nan for length in lengths]
    ax.bar(places, shown, color=TRAINING, width=0.65)
    ax.set_yscale("log")
    ax.set_xticks(places, names, rotation=35, ha="right", rotation_mode="anchor")
    for label, length in zip(ax.get_xticklabels(), lengths, strict=True):
        if not np.isfinite(length):
            label.set_color(BAD)
    ax.set(ylabel="length of the gradient", title=f"first layer / last: {report.ratio:.2g}")
    ax.grid(axis="y", alpha=0.25)
    return ax


def _values(value: Any) -> Any:
    return value.data if isinstance(value, autograd.Tensor) else np.asarray(value)


def _cross(ax: Any) -> None:
    ax.axhline(0, color="#9aa1b0", linewidth=0.8, zorder=0)
    ax.axvline(0, color="#9aa1b0", linewidth=0.8, zorder=0)
    ax.grid(alpha=0.25)
