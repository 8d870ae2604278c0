"""`History`: what `fit` returns."""

from __future__ import annotations

from html import escape
from typing import Any, Final, TypeAlias

import numpy as np

_COLORS: Final = ("#3b6fb6", "#dd8833")  # training, validation
_SIZE: Final = (260, 130)
_MOST_ROWS: Final = 10

Curve: TypeAlias = tuple[str, list[int], list[float]]  # "training" or "validation", epochs, values


class History:
    """The results of training: `history` maps each reported name to its values, one for each of the epochs in `epoch`.

    `params` has the number of epochs, the steps of one and `verbose`. A notebook shows curves and a table.

    >>> history = History({"epochs": 2})
    >>> history.add(0, {"loss": 0.5}), history.add(1, {"loss": 0.25})
    (None, None)
    >>> history.history, history
    ({'loss': [0.5, 0.25]}, <History of 2 epochs, last: loss 0.25>)
    """

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}
        self._epochs: dict[str, list[int]] = {}  # which epochs the values are of, as not all need to be reported in all

    def add(self, epoch: int, logs: dict[str, Any]) -> None:
        """Append the results of one epoch."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)
            self._epochs.setdefault(name, []).append(epoch)

    def get_state(self) -> dict[str, Any]:
        """Return all results."""
        epochs = {name: list(numbers) for name, numbers in self._epochs.items()}
        return {"epoch": list(self.epoch), "history": {k: list(v) for k, v in self.history.items()}, "epochs": epochs}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from results that `get_state` gave."""
        self.epoch = list(state["epoch"])
        self.history = {name: list(values) for name, values in state["history"].items()}
        self._epochs = {name: list(numbers) for name, numbers in state["epochs"].items()}

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {_shown(values[-1])}" for name, values in self.history.items())
        return f"<History of {len(self.epoch)} epochs{f', last: {last}' if last else ''}>"

    def plot(self, ax: Any = None) -> Any:
        """Draw every reported number over the epochs, training and validation together; return the Axes.

        `ax` is matplotlib's, one for each number that `curves` names, or for a single one; without it a figure is
        made. Raises ImportError where matplotlib is not installed.
        """
        curves = self.curves()
        if not curves:
            raise ValueError("History.plot: there are no epochs to draw yet")
        if ax is None:
            try:
                from matplotlib import pyplot as plt
            except ImportError:
                raise ImportError('History.plot needs matplotlib: pip install "graphgrad[plot]"') from None
            _, ax = plt.subplots(1, len(curves), figsize=(4.2 * len(curves), 3.2), layout="constrained", squeeze=False)
        axes = np.ravel(ax)
        if len(axes) < len(curves):
            raise ValueError(
                f"History.plot: {len(curves)} numbers to draw ({', '.join(curves)}), {len(axes)} axes given"
            )
        for one, (name, lines) in zip(axes, curves.items(), strict=False):
            for (label, epochs, values), color in zip(lines, _COLORS, strict=False):
                one.plot(epochs, values, color=color, label=label, marker="o" if len(values) < 3 else None)
            one.set(title=name, xlabel="epoch")
            one.xaxis.get_major_locator().set_params(integer=True)
            one.grid(alpha=0.25)
            if len(lines) > 1:
                one.legend(frameon=False)
        return axes[0] if len(axes) == 1 else axes

    def curves(self) -> dict[str, list[Curve]]:
        """Return for each number its curve in training and, if there is one, in validation; epochs count from 1."""
        found: dict[str, list[Curve]] = {}
        for name, values in self.history.items():
            numbers = [float(v) for v in values if np.ndim(v) == 0]
            if len(numbers) == len(values):
                base, label = (name[4:], "validation") if name.startswith("val_") else (name, "training")
                found.setdefault(base, []).append((label, [epoch + 1 for epoch in self._epochs[name]], numbers))
        return found

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            return {"text/html": self._repr_html_(), "text/plain": repr(self)}
        except Exception:  # a notebook takes the plain text then
            return {"text/plain": f"<History of {len(self.epoch)} epochs>"}

    def _repr_html_(self) -> str:
        if not self.epoch:
            return f"<p>{escape(repr(self))}</p>"
        pictures = "".join(_picture(name, lines) for name, lines in self.curves().items())
        columns = {name: values for name, values in self.history.items() if len(values) == len(self.epoch)}
        first = max(0, len(self.epoch) - _MOST_ROWS)
        rows = [["…"]] if first else []
        rows += [
            [str(self.epoch[i] + 1), *(_shown(values[i]) for values in columns.values())]
            for i in range(first, len(self.epoch))
        ]
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        head = "".join(f"<th>{escape(name)}</th>" for name in ("epoch", *columns))
        return f"<div>{pictures}</div><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _shown(value: Any) -> str:
    return np.array2string(np.asarray(value), precision=4) if np.ndim(value) else f"{float(value):.4g}"


def _picture(name: str, lines: list[Curve]) -> str:
    """Return the curves of one number as a small SVG."""
    width, height = _SIZE
    values = [v for _, _, numbers in lines for v in numbers if np.isfinite(v)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    last = max([2, *(epochs[-1] for _, epochs, _ in lines if epochs)])

    def place(epoch: int, value: float) -> tuple[float, float]:
        across, up = (epoch - 1) / (last - 1), (value - low) / ((high - low) or 1)
        return round(8 + (width - 16) * across, 1), round(height - 22 - (height - 50) * up, 1)

    parts = [f'<text x="8" y="16" font-size="12" fill="#222">{escape(name)}</text>']
    for (label, epochs, numbers), color in zip(lines, _COLORS, strict=False):
        points = [place(e, v) for e, v in zip(epochs, numbers, strict=True) if np.isfinite(v)]
        path = " ".join(f"{x},{y}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.6"/>')
        if points:
            parts.append(f'<circle cx="{points[-1][0]}" cy="{points[-1][1]}" r="2.5" fill="{color}"/>')
        x = 8 if label == "training" else width // 2
        end = f"{label} {_shown(numbers[-1])}" if numbers else label
        parts.append(f'<text x="{x}" y="{height - 5}" font-size="10" fill="{color}">{escape(end)}</text>')
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'
