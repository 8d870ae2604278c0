"""What was measured, as numbers for a file and as a table for a reader."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from benchmarks.measure import Row, Subject, Target

HEADINGS = ("", "", "median", "quartiles", "peer / ours", "target", "")


def facts(row: Row) -> dict[str, Any]:
    """Return a row as plain data: medians and quartiles, of the numbers and of each round's ratios to ours."""
    measured = {}
    for name, values in row.rounds.items():
        measured[name] = spread(values) | {"least": min(values), "ratio": spread(_ratios(row, name))}
    return {
        "case": row.case,
        "unit": row.unit,
        "measured": measured,
        "targets": [judged(row, target) for target in row.targets],
        "skipped": row.skipped,
    }


def judged(row: Row, target: Target) -> dict[str, Any]:
    """Return a target beside what was measured, round by round; `met` is None where its peer is missing."""
    found: dict[str, Any] = {**target._asdict(), "text": described(row, target), "measured": None, "met": None}
    if target.peer not in row.rounds:
        return found
    ours, peer = row.rounds["ours"], row.rounds[target.peer]
    values = {
        "ratio": _ratios(row, target.peer),
        "above": [a - b for a, b in zip(ours, peer, strict=False)],
        "value": peer,
    }[target.kind]
    middle = median(values)
    met = middle >= target.bound if target.kind == "ratio" else middle <= target.bound
    return found | {"measured": middle, "met": met}


def described(row: Row, target: Target) -> str:
    """Return a target in a few words."""
    bound = f"{target.bound:.3g}"
    return {
        "ratio": f"at least {bound}×",
        "above": f"ours at most {bound} {row.unit} above",
        "value": f"at most {bound} {row.unit}",
    }[target.kind]


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the quartiles."""
    low, middle, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": middle, "low": low, "high": high}


def _ratios(row: Row, name: str) -> list[float]:
    return [peer / ours for ours, peer in zip(row.rounds["ours"], row.rounds[name], strict=False)]


def table(subject: Subject, rows: list[dict[str, Any]]) -> str:
    """Return the rows of a subject as a table, with a line for each library that was left out."""
    lines = [line for row in rows for line in _lines(row)]
    widths = [max(len(line[i]) for line in (HEADINGS, *lines)) for i in range(len(HEADINGS))]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in (HEADINGS, *lines))
    skipped = {f"skipped {name}: {reason}": None for row in rows for name, reason in row["skipped"].items()}
    return "\n".join((f"{subject.name}: {subject.title}", *("  ".join(line).rstrip() for line in padded), *skipped))


def _lines(row: dict[str, Any]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    targets = {target["peer"]: target for target in row["targets"]}
    for i, (name, found) in enumerate(row["measured"].items()):
        ratio = found["ratio"]
        lines.append((
            "" if i else row["case"],
            name,
            f"{found['median']:.3g} {row['unit']}",
            f"{found['low']:.3g} – {found['high']:.3g}",
            "" if name == "ours" else f"{ratio['median']:.2f} ({ratio['low']:.2f} – {ratio['high']:.2f})",
            *_verdict(targets.get(name), row["unit"]),
        ))  # fmt: skip
    return lines


def _verdict(target: dict[str, Any] | None, unit: str) -> tuple[str, str]:
    if target is None:
        return "", ""
    measured = f" ({target['measured']:.3g} {unit})" if target["kind"] == "above" else ""
    return target["text"] + measured, "met" if target["met"] else "missed"
