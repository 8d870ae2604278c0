"""Drawing a graph: built, laid out and written as SVG, beside graphviz' `dot` on the same graph."""

from __future__ import annotations

import random
import shutil
import time

import numpy as np

import autograd
import viz
from benchmarks.measure import Row, Subject, Target
from benchmarks.runner import main
from benchmarks.workers import Settings

LIMIT = 60.0  # seconds that dot may take
SIZES = ((1_000, 0.15), (5_000, 0.6), (20_000, 3.0))


def run(settings: Settings) -> list[Row]:
    """Draw random graphs of several sizes, with folding off; dot once for each, as it is slow."""
    rows = []
    for boxes, bound in SIZES[: 1 if settings.quick else None]:
        row = Row(f"{boxes:,} boxes", "s", targets=(Target("value", bound), Target("ratio", 1.0, "dot")))
        result = graph(boxes)
        for _ in range(2 if settings.quick else 7):
            start = time.perf_counter()
            viz.draw(result, max_nodes=10**9).svg()
            row.rounds.setdefault("ours", []).append(time.perf_counter() - start)
        _measure_dot(row, result)
        rows.append(row)
    return rows


def _measure_dot(row: Row, result: autograd.Tensor) -> None:
    if shutil.which("dot") is None:
        row.skipped["dot"] = "is not installed"
        return
    drawing = viz.draw(result, max_nodes=10**9, engine="dot", timeout=LIMIT)
    start = time.perf_counter()
    try:
        drawing.svg()
    except RuntimeError as error:
        row.skipped["dot"] = str(error).partition(". Use")[0]
    else:
        row.rounds["dot"] = [time.perf_counter() - start]


def graph(boxes: int) -> autograd.Tensor:
    """Return the sum of what is left over of random operations, half of one operand, on some that came shortly before.

    So many boxes in all, and three arrows for two of them.
    """
    draw = random.Random(0)
    made = [autograd.tensor(1.0, requires_grad=True) for _ in range(5)]
    unused = dict.fromkeys(range(5))
    while len(made) + 2 < boxes:
        near = max(0, len(made) - 1 - int(draw.expovariate(0.2)))
        first = next(iter(unused)) if len(unused) > 6 else max(0, len(made) - 1 - int(draw.expovariate(0.2)))
        unused.pop(first, None)
        if draw.random() < 0.5:
            made.append(draw.choice((np.sin, np.tanh, np.cos))(made[first]))
        else:
            unused.pop(near, None)
            made.append(draw.choice((np.maximum, np.minimum, np.arctan2))(made[first], made[near]))
        unused[len(made) - 1] = None
    return np.sum(np.stack([made[i] for i in unused]))


SUBJECT = Subject("drawing", "Drawing graphs, as SVG", run)

if __name__ == "__main__":
    main((SUBJECT,))
