"""The page that a full run writes, docs/benchmarks.md: from the numbers in the file alone, nothing is measured here.

`python -m benchmarks.page out/benchmarks.json docs/benchmarks.md` writes it anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.plots import BATCH, COMPILING, DATA, PARTS, WINDOW, draw, slope
from benchmarks.report import shown, times

Report: TypeAlias = dict[str, Any]
NARROW: Final = 6  # as many cases stand beside each other, more below each other
PICTURES: Final = {
    "ratios": "How many times faster than the best peer: 1 is as fast, left of it slower",
    "batches": "A training step of 64-64-10 by size of batch",
    "data": "Loss and gradient of a logistic regression by rows of data",
    "compiling": "From a function to the result of its first call, in a new process",
}
INTRODUCTION: Final = """\
# Benchmarks

Written by `make bench`; how it measures is told in [benchmarks/README.md](../benchmarks/README.md).

Every library computes the same thing on the same arrays, and has to agree with ours to four digits before it is timed.
They take turns in one run, each in a process of its own; a time is the median over the rounds, and in brackets are
the quartiles of each round's own ratio, so that a machine that slows down in between spoils neither.

- **ours** is eager: operations run as they are called, and backward walks what was recorded.
- **ours, numpy** and **ours, native** are the same function compiled by `autograd.compile`: to a plan of NumPy calls,
  and to C.
- **ours, nn** is the package `nn`: its layers, loss and optimiser.
- **torch** is PyTorch with its optimiser as it comes; **torch, lean** updates in place by hand, or by Adam in one
  kernel; **torch, compiled** is `torch.compile` of the whole task as one graph, the fastest form of it that we found.
- **jax** is under `jit`, **keras, jax** is `train_on_batch` on JAX, **tinygrad** is under `TinyJit`, **hips** is HIPS
  autograd, **sklearn** is `MLPClassifier.partial_fit`.
- **numpy** is NumPy with derivatives by hand, **products** only the matrix products of the task: limits, not peers.
"""


def write(report: Report, page: Path) -> None:
    """Write the page, and its pictures into a folder beside it that has its name."""
    pictures = draw(report, page.with_suffix(""))
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(rendered(report, pictures))


def rendered(report: Report, pictures: Iterable[Path] = ()) -> str:
    """Return the page as Markdown."""
    rows = {name: [row for row in found if "targets" in row] for name, found in report["subjects"].items()}
    shapes = {path.stem: f"{path.parent.name}/{path.name}" for path in pictures}
    parts = [INTRODUCTION, _machine(report), *_window(rows, shapes), *_targets(rows), *_details(report, rows, shapes)]
    return "\n".join(parts)


def _machine(report: Report) -> str:
    machine, versions = report["machine"], report["versions"]
    threads = ", ".join(f"{name}={value}" for name, value in machine["threads"].items()) or "each library's own"
    line = (
        f"Measured on {report['date'][:10]} in {report['seconds'] / 60:.0f} minutes: {machine['processor']}, "
        f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}; threads: {threads}."
    )
    if report["quick"]:
        line = f"**A quick run, to see that it works: these numbers mean little.** {line}"
    listed = "; ".join(f"{name} {version}" for name, version in versions.items() if "checker" not in name)
    return f"{line}\nVersions: {listed}.\n"


def _window(rows: dict[str, list[Any]], pictures: dict[str, str]) -> Iterator[str]:
    """Yield the table in which ours stands beside the best peer of each workload."""
    wanted = [row for name in WINDOW for row in rows.get(name, []) if row["best"]]
    if not wanted:
        return
    yield "## Beside the best peer\n"
    yield "The best peer's time divided by ours: more than 1 is faster than all of them.\n"
    yield _markdown(
        ("workload", "best peer", *PARTS, "numpy", "products"),
        [(row["case"], _best(row), *(_beside(row, part) for part in PARTS), *_limits(row)) for row in wanted],
    )
    yield from _picture("ratios", pictures)


def _best(row: Any) -> str:
    peer = next(iter(row["best"].values()))["peer"]
    return f"{peer}, {_amount(row, peer)}"


def _beside(row: Any, part: str) -> str:
    return times(row["best"][part]) if part in row["best"] else "–"


def _limits(row: Any) -> list[str]:
    return [_amount(row, name) for name in ("numpy", "products")]


def _amount(row: Any, name: str) -> str:
    return f"{shown(row['measured'][name]['median'])} {row['unit']}" if name in row["measured"] else "–"


def _targets(rows: dict[str, list[Any]]) -> Iterator[str]:
    lines = [
        (subject, row["case"], _owner(target), target["text"], *_verdict(target, row["unit"]))
        for subject, found in rows.items()
        for row in found
        for target in row["targets"]
    ]
    if lines:
        met = sum(line[-1] == "met" for line in lines)
        yield "## Targets\n"
        yield f"{met} of {len(lines)} are met. No test fails over one; one whose libraries are not there is open.\n"
        yield _markdown(("subject", "case", "of", "target", "measured", ""), lines)


def _owner(target: Any) -> str:
    return str(target["peer"] if target["kind"] == "value" else target["part"])


def _verdict(target: Any, unit: str) -> tuple[str, str]:
    if target["met"] is None:
        return "", "open"
    by_ratio = target["kind"] in ("ratio", "best")
    measured = f"{shown(target['measured'])}" + (f"× {target['peer']}" if by_ratio else f" {unit}")
    return measured, "met" if target["met"] else "missed"


def _details(report: Report, rows: dict[str, list[Any]], pictures: dict[str, str]) -> Iterator[str]:
    """Yield a table for each subject: cases beside each other, one library a line."""
    for subject, found in rows.items():
        if not found:
            continue
        names = list(dict.fromkeys(name for row in found for name in row["measured"]))
        yield f"## {subject}\n\n{report['titles'].get(subject, '')}. The median of each.\n"
        table = [("", *names), *((row["case"], *(_amount(row, name) for name in names)) for row in found)]
        if len(found) <= NARROW:
            table = list(zip(*table, strict=True))
        yield _markdown(table[0], table[1:])
        yield from _sweep(subject, found, names, pictures)
        yield from _skipped(found)


def _sweep(subject: str, found: list[Any], names: list[str], pictures: dict[str, str]) -> Iterator[str]:
    if subject == DATA and len(found) > 2:
        slopes = ", ".join(f"{name} {slope(found, name):.2f}" for name in names)
        yield f"Slope of log time over log rows, 1 where twice the rows take twice the time: {slopes}.\n"
    yield from _picture({DATA: "data", BATCH: "batches", COMPILING: "compiling"}.get(subject, ""), pictures)


def _picture(name: str, pictures: dict[str, str]) -> Iterator[str]:
    if name in pictures:
        yield f"![{PICTURES[name]}]({pictures[name]})\n"


def _skipped(found: list[Any]) -> Iterator[str]:
    """Yield why libraries are missing, the same reason once."""
    reasons: dict[str, list[str]] = {}
    for row in found:
        for name, reason in row["skipped"].items():
            reasons.setdefault(f"{name}: {reason[:300]}", []).append(row["case"])
    lines = [f"- {line}{_where(cases, len(found))}" for line, cases in reasons.items()]
    if lines:
        yield "Left out:\n\n" + "\n".join(lines) + "\n"


def _where(cases: list[str], of: int) -> str:
    if len(cases) == of:
        return ""
    return f" ({'; '.join(cases)})" if len(cases) < 3 else f" (in {len(cases)} of {of} cases)"


def _markdown(heading: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    rule = tuple("---" for _ in heading)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heading, rule, *lines)) + "\n"


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
