"""The pictures of the page, by matplotlib: ratios as bars, sweeps as lines; all axes of time are logarithmic."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

from benchmarks.report import shown

# The subjects that pictures are of.
WINDOW: Final = ("scalars", "mlp", "functions")
BATCH, DATA, COMPILING = "shapes", "data_size", "compile_time"
# Ours in one colour, darker the more is compiled; each peer keeps its own in all pictures. Okabe and Ito's, mostly.
COLOURS: Final = {
    "ours": "#8ec7ee", "ours, numpy": "#2f8fd0", "ours, native": "#08467a",
    "torch": "#d55e00", "torch, lean": "#e8a26b", "torch, compiled": "#8c3d00",
    "jax": "#009e73", "keras, jax": "#7fceb8", "mygrad": "#cc79a7",
    "tinygrad": "#6b4c9a", "numpy": "#777777", "products": "#bbbbbb", "hips": "#b09a00",
}  # fmt: skip
PARTS: Final = ("ours", "ours, numpy", "ours, native")
DASHED: Final = ("numpy", "products")


def draw(report: dict[str, Any], folder: Path) -> list[Path]:
    """Draw what there are numbers for; return the files, none without matplotlib."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        return []
    made = []
    for name, (picture, rows) in _pictures(report["subjects"]).items():
        folder.mkdir(parents=True, exist_ok=True)
        # Text stays text; no date and no random names: the same numbers make the same file.
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 9, "font.family": "sans-serif"}):
            figure = Figure(layout="constrained", facecolor="white")
            picture(figure, rows)
            made.append(folder / f"{name}.svg")
            figure.savefig(made[-1], metadata={"Date": None})
    return made


def _pictures(subjects: dict[str, Any]) -> dict[str, tuple[Callable[[Any, list[Any]], None], list[Any]]]:
    """Return the pictures by name, and the rows of each; only those with rows."""
    pictures: dict[str, tuple[Callable[[Any, list[Any]], None], list[Any]]] = {
        "ratios": (_ratios, [row for name in WINDOW for row in subjects.get(name, []) if row["best"]]),
        "batches": (_batches, _sweep(subjects, BATCH)),
        "data": (_data, _sweep(subjects, DATA)),
        "compiling": (_compiling, subjects.get(COMPILING, [])),
    }
    return {name: found for name, found in pictures.items() if found[1]}


def _sweep(subjects: dict[str, Any], name: str) -> list[Any]:
    rows = [row for row in subjects.get(name, []) if row["at"] is not None]
    return rows if len(rows) > 1 else []


def slope(rows: list[Any], name: str) -> float:
    """Return the slope of log time over log size, by least squares; nan with fewer than two sizes."""
    points = [(row["at"], row["measured"][name]["median"]) for row in rows if name in row["measured"]]
    if len(points) < 2:
        return math.nan
    return linear_regression(*([math.log(v) for v in values] for values in zip(*points, strict=True))).slope


def _ratios(figure: Any, rows: list[Any]) -> None:
    """Draw a group of bars for each workload, with the quartiles of the ratio."""
    parts = [part for part in PARTS if any(part in row["best"] for row in rows)]
    figure.set_size_inches(8, 1.2 + len(rows) * (0.2 + 0.16 * len(parts)))
    axes = figure.add_subplot()
    height = 0.8 / len(parts)
    for i, part in enumerate(parts):
        found = [(y, row["best"][part]) for y, row in enumerate(rows) if part in row["best"]]
        middle = [ratio["median"] for _, ratio in found]
        spread = [[abs(ratio["median"] - ratio[side]) for _, ratio in found] for side in ("low", "high")]
        places = [y + (i - (len(parts) - 1) / 2) * height for y, _ in found]
        # A logarithmic bar has no zero to start from: these start at 1, the best peer.
        widths = [value - 1 for value in middle]
        axes.barh(places, widths, height * 0.9, left=1, color=COLOURS[part], label=part, xerr=spread, ecolor="#333333")
        for place, (_, ratio) in zip(places, found, strict=True):
            faster = ratio["median"] >= 1
            axes.annotate(
                f"{ratio['median']:.2g}×", (ratio["high" if faster else "low"], place), (4 if faster else -4, 0),
                textcoords="offset points", va="center", ha="left" if faster else "right", fontsize=7,
            )  # fmt: skip
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    axes.set_yticks(range(len(rows)), [f"{row['case']}\nbest peer: {_peer(row)}" for row in rows])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.set_xlabel("time of the best peer / time of ours\n(log scale; right of 1 ours is faster; lines are quartiles)")
    figure.legend(loc="outside upper center", ncols=len(parts), frameon=False)


def _peer(row: Any) -> str:
    return str(next(iter(row["best"].values()))["peer"])


def _lines(figure: Any, rows: list[Any], label: str) -> None:
    """Draw a line for each library, with the quartiles as a band."""
    figure.set_size_inches(7.5, 4.5)
    axes = figure.add_subplot()
    for name in dict.fromkeys(name for row in rows for name in row["measured"]):
        found = [(row["at"], row["measured"][name]) for row in rows if name in row["measured"]]
        sizes = [at for at, _ in found]
        middle, low, high = ([numbers[key] for _, numbers in found] for key in ("median", "low", "high"))
        colour, style = COLOURS.get(name, "#000000"), "--" if name in DASHED else "-"
        width = 2.2 if name in PARTS else 1.2
        axes.plot(sizes, middle, style, color=colour, linewidth=width, marker="o", markersize=3, label=name)
        axes.fill_between(sizes, low, high, color=colour, alpha=0.15, linewidth=0)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(label)
    axes.set_ylabel(f"time of one call, {rows[0]['unit']}")
    axes.grid(alpha=0.3)
    figure.legend(loc="outside right upper", frameon=False)


def _batches(figure: Any, rows: list[Any]) -> None:
    _lines(figure, rows, "rows in a batch")


def _data(figure: Any, rows: list[Any]) -> None:
    _lines(figure, rows, "rows of data")


def _compiling(figure: Any, rows: list[Any]) -> None:
    """Draw a dot for each library, and one for what it takes with a cache on disk."""
    names = list(dict.fromkeys(name for row in rows for name in row["measured"]))
    figure.set_size_inches(7.5, 0.8 + 0.45 * len(names))
    axes = figure.add_subplot()
    height = 0.8 / len(rows)
    for i, row in enumerate(rows):
        found = [(y, row["measured"][name]["median"]) for y, name in enumerate(names) if name in row["measured"]]
        places = [y + (i - (len(rows) - 1) / 2) * height for y, _ in found]
        values = [value for _, value in found]
        colour = ("#444444", "#aaaaaa")[i % 2]
        axes.plot(values, places, "o", color=colour, label=row["case"])
        for place, value in zip(places, values, strict=True):
            axes.annotate(shown(value), (value, place), (7, 0), textcoords="offset points", va="center", fontsize=7)
    axes.set_xscale("log")
    axes.margins(x=0.1)
    axes.grid(alpha=0.3)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.set_xlabel(f"time, {rows[0]['unit']} (log scale)")
    figure.legend(loc="outside upper center", ncols=len(rows), frameon=False)
