"""What was measured, as numbers for a file and as a table for a reader."""

from __future__ import annotations

from statistics import median, quantiles
from typing import Any

from benchmarks.measure import Row, Subject, Target
from benchmarks.workers import is_rival

HEADINGS = ("", "", "median", "quartiles", "peer / ours", "target", "")


def facts(row: Row) -> dict[str, Any]:
    """Return a row as plain data: medians and quartiles, of the numbers and of each round's ratios to ours."""
    measured = {}
    for name, values in row.rounds.items():
        measured[name] = spread(values) | {"least": min(values), "ratio": spread(_ratios(row, name))}
    return {
        "case": row.case,
        "unit": row.unit,
        "at": row.at,
        "measured": measured,
        "best": {part: best for part in row.rounds if _is_ours(part) and (best := beside_the_best(row, part))},
        "targets": [judged(row, target) for target in row.targets],
        "skipped": row.skipped,
    }


def judged(row: Row, target: Target) -> dict[str, Any]:
    """Return a target beside what was measured, round by round; `met` is None where its peer is missing."""
    found: dict[str, Any] = {**target._asdict(), "text": described(row, target), "measured": None, "met": None}
    name = best_rival(row) if target.kind == "best" else target.peer
    if name not in row.rounds or target.part not in row.rounds:
        return found
    ours, peer = row.rounds[target.part], row.rounds[name]
    values = peer if target.kind == "value" else _ratios(row, name, target.part)
    if target.kind == "above":
        values = [a - b for a, b in zip(ours, peer, strict=False)]
    middle = median(values)
    met = middle >= target.bound if target.kind in ("ratio", "best") else middle <= target.bound
    return found | {"peer": name, "measured": middle, "met": met}


def best_rival(row: Row) -> str:
    """Return the library that is the best of those that are neither ours nor a limit; "" if there is none."""
    rivals = [name for name in row.rounds if is_rival(name)]
    return min(rivals, key=lambda name: median(row.rounds[name]), default="")


def beside_the_best(row: Row, part: str) -> dict[str, Any]:
    """Return which library is the best, and its ratios to a part of ours; nothing where there is none."""
    best = best_rival(row)
    return {"peer": best, **spread(_ratios(row, best, part))} if best else {}


def _is_ours(name: str) -> bool:
    return name.partition(",")[0] == "ours"


def described(row: Row, target: Target) -> str:
    """Return a target in a few words."""
    bound = shown(target.bound)
    return {
        "ratio": f"at least {bound}× {target.peer}",
        "best": f"at least {bound}× the best",
        "above": f"at most {bound} {row.unit} above {target.peer}",
        "value": f"at most {bound} {row.unit}",
    }[target.kind]


def spread(values: list[float]) -> dict[str, float]:
    """Return the median and the quartiles."""
    low, middle, high = quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return {"median": middle, "low": low, "high": high}


def _ratios(row: Row, name: str, part: str = "ours") -> list[float]:
    return [peer / ours for ours, peer in zip(row.rounds[part], row.rounds[name], strict=False)]


def table(subject: Subject, rows: list[dict[str, Any]]) -> str:
    """Return the rows of a subject as a table, with a line for each library that was left out."""
    lines = [line for row in rows for line in _lines(row)]
    widths = [max(len(line[i]) for line in (HEADINGS, *lines)) for i in range(len(HEADINGS))]
    padded = ([cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in (HEADINGS, *lines))
    skipped = {f"skipped {name}: {reason}": None for row in rows for name, reason in row["skipped"].items()}
    return "\n".join((f"{subject.name}: {subject.title}", *("  ".join(line).rstrip() for line in padded), *skipped))


def _lines(row: dict[str, Any]) -> list[tuple[str, ...]]:
    lines: list[tuple[str, ...]] = []
    for i, (name, found) in enumerate(row["measured"].items()):
        ratio = found["ratio"]
        verdicts = [_verdict(target, row["unit"]) for target in row["targets"] if _place(target) == name]
        first, *more = verdicts or [("", "")]
        lines.append((
            "" if i else row["case"],
            name,
            f"{shown(found['median'])} {row['unit']}",
            f"{shown(found['low'])} – {shown(found['high'])}",
            "" if name == "ours" else times(ratio),
            *first,
        ))  # fmt: skip
        lines += [("", "", "", "", "", *verdict) for verdict in more]
    return lines


def shown(value: float) -> str:
    """Return a number by three digits, from a thousand on all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def times(ratio: dict[str, Any]) -> str:
    """Return a ratio with its quartiles."""
    return f"{ratio['median']:.2f} ({ratio['low']:.2f} – {ratio['high']:.2f})"


def _place(target: dict[str, Any]) -> str:
    """Return on whose line a target stands."""
    return str(target["peer"] if target["part"] == "ours" else target["part"])


def _verdict(target: dict[str, Any], unit: str) -> tuple[str, str]:
    if target["met"] is None:
        return target["text"], "open"
    text = target["text"] + found_at(target, unit)
    return text, "met" if target["met"] else "missed"


def found_at(target: dict[str, Any], unit: str) -> str:
    """Return what was measured for a target in brackets, where its line of the table does not say so."""
    if target["kind"] == "above":
        return f" ({shown(target['measured'])} {unit})"
    if target["kind"] == "best" or (target["kind"] == "ratio" and target["part"] != "ours"):
        return f" ({shown(target['measured'])}× {target['peer']})"
    return ""
