"""Gradient checkers at their own defaults: which wrong gradients they catch, which right ones they refuse, how fast.

The table is Markdown, for docs/gradient-checking.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import mean, median
from typing import Any, Final, NamedTuple

from benchmarks.measure import Form, Row, Subject
from benchmarks.peers.mistakes import MISTAKES, RIGHT, TIMED
from benchmarks.runner import main
from benchmarks.workers import Settings, Unavailable, Worker, alone

SEEDS = 20
INTERRUPTED_CALLS = list(range(2, 10))
SECOND_ORDER = "first order right, second detached"


class Checker(NamedTuple):
    """A column of the table: the process that runs it, and which of its modes."""

    peer: str
    mode: str = ""


CHECKERS: Final = {
    "ours": Checker("ours, checker"),
    "torch": Checker("torch, checker"),
    "torch, fast": Checker("torch, checker", "fast"),
    "JAX, rev": Checker("jax, checker", "rev"),
    "JAX, fwd": Checker("jax, checker", "fwd"),
    "HIPS": Checker("hips, checker"),
}


def run(settings: Settings) -> list[Row]:
    """Ask all checkers about all problems; then time them, one at a time."""
    seeds = range(1 if settings.quick else SEEDS)
    with ExitStack() as stack:
        bench = Bench(settings, stack)
        return [
            *(bench.verdicts(name, "caught", seeds, 2 if name == SECOND_ORDER else None) for name in MISTAKES),
            *(bench.verdicts(name, "false alarms", seeds, None) for name in RIGHT),
            bench.interrupted(),
            *(bench.seconds(name, order) for order in (1, 2) for name in TIMED),
        ]


class Bench:
    """The processes of all checkers that there are."""

    def __init__(self, settings: Settings, stack: ExitStack) -> None:
        self._quick = settings.quick
        self._workers: dict[str, Worker] = {}
        self._missing: dict[str, str] = {}
        for peer in dict.fromkeys(checker.peer for checker in CHECKERS.values()):
            library = peer.partition(",")[0]
            if library != "ours" and not settings.against & {library, peer}:
                continue
            try:
                self._workers[peer] = stack.enter_context(settings.start(peer))
            except Unavailable as error:
                self._missing[peer] = str(error)

    def _columns(self, row: Row) -> Iterator[tuple[str, Worker, str]]:
        for name, (peer, mode) in CHECKERS.items():
            if peer in self._workers:
                yield name, self._workers[peer], mode
            elif peer in self._missing:
                row.skipped[name] = self._missing[peer]

    def verdicts(self, problem: str, unit: str, seeds: range, order: int | None) -> Row:
        """Count the seeds at which each checker complains; one that breaks at a seed has no count."""
        row = Row(problem, unit)
        for name, worker, mode in self._columns(row):
            try:
                for seed in seeds:
                    options = {"problem": problem, "seed": seed, "mode": mode, "order": order}
                    worker.ask("make", task="checked", options=options)
                    row.rounds.setdefault(name, []).extend(worker.ask("check", steps=1))
            except Unavailable as error:
                row.rounds.pop(name, None)
                row.skipped[name] = str(error)
        return row

    def interrupted(self) -> Row:
        """Learn whether an input is another one after its function has raised."""
        row = Row("input left changed when f raises", "yes or no")
        for name, worker, mode in self._columns(row):
            try:
                worker.ask("make", task="interrupted", options={"calls": INTERRUPTED_CALLS, "mode": mode})
                row.rounds[name] = worker.ask("check", steps=1)
            except Unavailable as error:
                row.skipped[name] = str(error)
        return row

    def seconds(self, problem: str, order: int) -> Row:
        """Time one check of a right gradient, the checkers in turn and all other processes stopped."""
        row = Row(f"{problem}, " + ("first order" if order == 1 else "first and second order"), "ms")
        rounds, blocks = (1, 1) if self._quick else (5, 5)
        for _ in range(rounds):
            for name, worker, mode in self._columns(row):
                options = {"problem": problem, "seed": 0, "mode": mode, "order": order}
                try:
                    with alone(worker, self._workers.values()):
                        worker.ask("make", task="checked", options=options)
                        row.rounds.setdefault(name, []).append(worker.ask("time", calls=1, blocks=blocks) * 1e3)
                except Unavailable as error:
                    row.skipped[name] = str(error)
        return row


def facts(row: Row) -> dict[str, Any]:
    """Return a row as plain data: the share of seeds, or the median time, and each single one."""
    middle = median if row.unit == "ms" else mean
    measured = {name: {"value": middle(values), "rounds": values} for name, values in row.rounds.items()}
    return {"case": row.case, "unit": row.unit, "measured": measured, "skipped": row.skipped}


def table(subject: Subject, rows: list[dict[str, Any]]) -> str:
    """Return one table in Markdown, why cells of it are empty, and at which seeds ours was wrong."""
    names = [name for name in CHECKERS if any(name in row["measured"] for row in rows)]
    lines = [("", *names), ("---", *("---" for _ in names))]
    lines += [(f"{row['case']} ({row['unit']})", *(_cell(row, name) for name in names)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    notes = dict.fromkeys((*_skipped(rows, names), *_wrong(rows)))
    return "\n".join((f"{subject.name}: {subject.title}\n", *(f"| {line} |" for line in padded), "", *notes))


def _skipped(rows: list[dict[str, Any]], names: list[str]) -> Iterator[str]:
    for row in rows:
        for name, reason in row["skipped"].items():
            reason = reason.removeprefix("NotImplementedError: ")
            yield f"– {name}, {row['case']}: {reason}" if name in names else f"skipped {name}: {reason}"


def _cell(row: dict[str, Any], name: str) -> str:
    if name not in row["measured"]:
        return "–"
    value = row["measured"][name]["value"]
    return f"{value:.3g}" if row["unit"] != "yes or no" else "yes" if value else "no"


def _wrong(rows: list[dict[str, Any]]) -> Iterator[str]:
    wanted = {"caught": 1.0, "false alarms": 0.0}
    for row in rows:
        if row["unit"] in wanted and "ours" in row["measured"]:
            verdicts = row["measured"]["ours"]["rounds"]
            if seeds := [seed for seed, verdict in enumerate(verdicts) if verdict != wanted[row["unit"]]]:
                yield f"ours is wrong about {row['case']} at the seeds {', '.join(map(str, seeds))}"


SUBJECT = Subject("checkers", "What checkers say of wrong and of right gradients", run, Form(facts, table))

if __name__ == "__main__":
    main((SUBJECT,))
