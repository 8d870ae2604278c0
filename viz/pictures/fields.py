"""What a network says over a plane: where it decides, how the loss lies around its weights, what it mixes up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

import nn
from viz.pictures.axes import BAD, CLASSES, INK, axes

_STEPS: Final = 160
_SLICE: Final = 41


def decision_boundary(model: Any, x: Any, y: Any, *, ax: Any = None) -> Any:
    """Draw what a classifier of two features decides over the plane, with the examples x (n, 2) and labels y on it.

    `model` is a network that ends in a sigmoid or softmax, or whatever has a `predict` that gives labels or
    probabilities. The colour of a place is that of the class, paler where it is less certain. Returns the Axes.
    """
    points, labels = np.asarray(x, float), np.asarray(y)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"decision_boundary: needs x of two features, (n, 2), not {points.shape}")
    if labels.ndim == 2:
        labels = labels[:, 0] if labels.shape[1] == 1 else labels.argmax(axis=1)
    if len(points) != len(labels) or not len(points) or not np.isfinite(points).all():
        raise ValueError(
            f"decision_boundary: needs as many labels as points, at least one, and numbers that are finite; x has "
            f"{len(points)} and y {len(labels)}"
        )
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.08 * np.maximum(high - low, 1e-9)
    across, up = (np.linspace(low[i] - edge[i], high[i] + edge[i], _STEPS) for i in (0, 1))
    grid = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    out = _predicted(model, grid)
    classes = _classes(labels, out)
    numbers = np.searchsorted(classes, labels)
    winner, certainty = _decided(out, classes)
    ax = axes(ax, "decision_boundary", (4.8, 4.2))
    colors = _rgb(len(classes))
    shade = 0.12 + 0.38 * certainty[:, None]
    field = (1 - shade) + shade * colors[winner]
    extent = (across[0], across[-1], up[0], up[-1])
    ax.imshow(field.reshape(_STEPS, _STEPS, 3), origin="lower", extent=extent, aspect="auto", interpolation="bilinear")
    for k in np.unique(winner)[1:]:
        ax.contour(across, up, (winner == k).reshape(_STEPS, _STEPS), [0.5], colors=[INK], linewidths=0.8)
    for k, name in enumerate(classes):
        own = points[numbers == k]
        if not len(own):
            continue
        ax.scatter(own[:, 0], own[:, 1], s=18, color=[colors[k]], edgecolor="white", linewidth=0.5, label=str(name))
    ax.legend(frameon=True, framealpha=0.9, loc="upper right")
    return ax


def _predicted(model: Any, grid: Any) -> Any:
    if isinstance(model, nn.Model):
        return model.predict(grid, batch_size=4096, verbose=0)
    return np.asarray((model.predict_proba if hasattr(model, "predict_proba") else model.predict)(grid))


def _classes(labels: Any, out: Any) -> Any:
    """Return the classes, in the order of the outputs; ValueError where there are more than outputs can tell apart."""
    classes = np.unique(labels)
    outputs = out.shape[1] if out.ndim == 2 and out.shape[1] > 1 else 0
    if not outputs and not _are_labels(out, classes):
        outputs = 2  # one probability
    if not outputs:
        return np.union1d(classes, np.unique(out))
    numbered = classes.dtype.kind in "biu" and classes.min() >= 0 and classes.max() < outputs
    if not numbered and len(classes) != outputs:
        raise ValueError(f"decision_boundary: y has {len(classes)} classes, and the model {outputs} outputs")
    return np.arange(outputs) if numbered else classes


def _are_labels(out: Any, classes: Any) -> bool:
    return out.dtype.kind != "f" or (len(classes) > 1 and bool(np.isin(out, classes).all()))


def _decided(out: Any, classes: Any) -> tuple[Any, Any]:
    """Return the number of the class of each row of outputs, and how certain it is, from 0 to 1."""
    if out.ndim == 2 and out.shape[1] > 1:
        return out.argmax(axis=1), np.clip(out.max(axis=1), 0, 1)
    flat = np.reshape(out, -1)
    if _are_labels(flat, classes):
        return np.searchsorted(classes, flat), np.ones(len(flat))
    return (flat > 0.5).astype(int), np.clip(2 * np.abs(flat - 0.5), 0, 1)


def loss_surface(
    model: nn.Model, x: Any, y: Any, *, path: Sequence[Sequence[Any]] = (), span: float = 1.0, ax: Any = None
) -> Any:
    """Draw the loss on x and y over a plane of the space of weights, through those that the model has; return the Axes.

    `path` are weights that training went through, each as `model.get_weights()` gives them: the plane is then the one
    that holds most of the way (its two main components), and the way is drawn. Without it, two random directions,
    scaled layer by layer as the weights are (Li et al., 2018), `span` times so far. The model is not changed.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.Dense(1, input_dim=1)])
    >>> model.compile("sgd", "mse")
    >>> path = [model.get_weights()]
    >>> remember = nn.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: path.append(model.get_weights()))
    >>> _ = model.fit([[0.0], [1.0]], [1.0, 3.0], epochs=5, callbacks=[remember], verbose=0)
    """
    here = [np.asarray(w, float) for w in model.get_weights()]
    centre = _joined(here)
    way = np.array([_joined(weights) for weights in path]).reshape(-1, len(centre)) - centre
    directions = _main(way) if len(way) > 1 else _random(here, span)
    places = way @ directions.T
    reach = _reach(places) if len(way) > 1 else (np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    across, up = (np.linspace(reach[0][i], reach[1][i], _SLICE) for i in (0, 1))
    z = np.empty((_SLICE, _SLICE))
    try:
        for (row, column), _ in np.ndenumerate(z):
            model.set_weights(_parted(centre + across[column] * directions[0] + up[row] * directions[1], here))
            measured = model.evaluate(x, y, verbose=0)
            z[row, column] = measured[0] if isinstance(measured, list) else measured
    finally:
        model.set_weights(here)
    ax = axes(ax, "loss_surface", (5.2, 4.2))
    finite = z[np.isfinite(z)]
    levels = np.unique(np.quantile(finite, np.linspace(0, 1, 22)))
    drawn = ax.contourf(across, up, np.where(np.isfinite(z), z, finite.max()), levels, cmap="viridis")
    ax.figure.colorbar(drawn, ax=ax, label="loss")
    if len(way) > 1:
        ax.plot(places[:, 0], places[:, 1], "-o", color="white", markersize=2.5, linewidth=1.2)
        ax.plot(*places[0], "o", color=BAD, markersize=6)
    ax.plot(0, 0, "*", color="white", markeredgecolor=INK, markersize=11)
    ax.set(xlabel="first direction", ylabel="second direction")
    return ax


def _joined(weights: Sequence[Any]) -> Any:
    return np.concatenate([np.ravel(np.asarray(w, float)) for w in weights])


def _parted(flat: Any, like: Sequence[Any]) -> list[Any]:
    ends = np.cumsum([w.size for w in like])
    return [np.reshape(part, w.shape) for part, w in zip(np.split(flat, ends[:-1]), like, strict=True)]


def _main(way: Any) -> Any:
    """Return the two directions along which a way goes most; the second is any other where it is a straight line."""
    directions = np.linalg.svd(way, full_matrices=way.shape[1] <= 2)[2][:2]
    if len(directions) < 2:
        other = np.random.default_rng(0).normal(size=way.shape[1])
        other -= (other @ directions[0]) * directions[0]
        directions = np.stack([directions[0], other / (np.linalg.norm(other) or 1)])
    return directions


def _random(here: Sequence[Any], span: float) -> Any:
    rng = np.random.default_rng(0)
    scaled = []
    for _ in range(2):
        drawn = [rng.normal(size=w.shape) for w in here]
        lengths = [np.linalg.norm(w) / (np.linalg.norm(d) or 1) for w, d in zip(here, drawn, strict=True)]
        scaled.append(_joined([d * (span * length) for d, length in zip(drawn, lengths, strict=True)]))
    return np.stack(scaled)


def _reach(places: Any) -> tuple[Any, Any]:
    low, high = np.minimum(places.min(axis=0), 0), np.maximum(places.max(axis=0), 0)
    room = np.maximum(0.25 * (high - low), 0.25 * (high - low).max() + 1e-9)
    return low - room, high + room


def confusion(y_true: Any, y_pred: Any, *, names: Sequence[Any] | None = None, ax: Any = None) -> Any:
    """Draw how many examples of each class (the row) are taken for which (the column); return the Axes.

    Labels (n,), rows (n, classes) of which the largest counts, or, of two classes, probabilities (n, 1). `names` are
    those of the classes 0, 1, ….
    """
    truth, found = (_labels(np.asarray(y)) for y in (y_true, y_pred))
    if len(truth) != len(found) or not len(truth):
        raise ValueError(f"confusion: {len(truth)} true labels and {len(found)} predicted ones; they must be as many")
    classes = np.union1d(truth, found)
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (np.searchsorted(classes, truth), np.searchsorted(classes, found)), 1)
    shown = [str(c) for c in classes] if names is None else _named(classes, names)
    side = max(3.0, 0.5 * len(classes) + 1.2)
    ax = axes(ax, "confusion", (side + 0.6, side))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ax.text(
                column, row, f"{count:,}", ha="center", va="center", color="white" if share[row, column] > 0.55 else INK
            )
    ax.set_xticks(np.arange(len(classes)), shown, rotation=0 if max(map(len, shown)) < 4 else 40)
    ax.set_yticks(np.arange(len(classes)), shown)
    right = np.trace(counts) / counts.sum()
    ax.set(xlabel="taken for", ylabel="is", title=f"{right:.1%} right")
    return ax


def _named(classes: Any, names: Sequence[Any]) -> list[str]:
    """Return the names of classes: those numbered from 0, or as many as there are classes, in their order."""
    if classes.dtype.kind in "biu" and classes.min() >= 0 and classes.max() < len(names):
        return [str(names[int(c)]) for c in classes]
    if len(names) != len(classes):
        raise ValueError(f"confusion: {len(names)} names for the classes {', '.join(map(str, classes))}")
    return list(map(str, names))


def _labels(y: Any) -> Any:
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(axis=1)
    flat = np.reshape(y, -1)
    if flat.dtype.kind == "f" and np.all(flat == np.floor(flat)):
        return flat.astype(int)
    return (flat > 0.5).astype(int) if flat.dtype.kind == "f" and np.all((flat >= 0) & (flat <= 1)) else flat


def _rgb(count: int) -> Any:
    """Return as many colours as there are classes, as rows of red, green and blue."""
    texts = [CLASSES[i % len(CLASSES)] for i in range(count)]
    return np.array([[int(text[i : i + 2], 16) / 255 for i in (1, 3, 5)] for text in texts])
