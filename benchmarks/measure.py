"""What a subject consists of, and the two ways to measure: many short batches in turn, or once in a fresh process."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benchmarks.workers import Crew, Settings, Unavailable, Worker, alone

UNITS = {"µs": 1e-6, "ms": 1e-3, "s": 1.0, "MB": 1e6, "GB": 1e9}
BLOCKS = 5
MANY = 4


class Target(NamedTuple):
    """A bound that ours is to keep.

    `ratio`: peer / ours at least `bound`; `best`: the same of the best library that is neither ours nor a limit;
    `above`: ours - peer at most `bound`; `value`: at most `bound`, ours or the part of ours that `peer` names.
    """

    kind: str
    bound: float
    peer: str = "ours"
    part: str = "ours"  # which of ours keeps it


@dataclass(frozen=True)
class Case:
    """One thing to measure: a task of the modules in `peers/`, its options, who takes part, and the targets."""

    name: str
    task: str
    options: dict[str, Any]
    peers: tuple[str, ...]
    targets: tuple[Target, ...] = ()
    unit: str = "µs"
    per: int = 1  # how many of what is counted are done at once
    rounds: int = 25
    at: float | None = None  # where it stands on the axis of a sweep
    first: dict[str, Any] | None = field(default_factory=dict)  # options of a tiny run before, in a fresh process


@dataclass
class Row:
    """What was measured in a case: one number for each round, by library."""

    case: str
    unit: str
    rounds: dict[str, list[float]] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
    at: float | None = None


@dataclass(frozen=True)
class Subject:
    """A script's worth of measurements; with a form of its own where the numbers are no ratios to ours."""

    name: str
    title: str
    run: Callable[[Settings], list[Row]]
    form: Form | None = None


class Form(NamedTuple):
    """How rows become plain data, and how those become a table."""

    facts: Callable[[Row], dict[str, Any]]
    table: Callable[[Subject, list[dict[str, Any]]], str]


def timed(cases: tuple[Case, ...], settings: Settings) -> list[Row]:
    """Measure the seconds of each case: workers stay alive and take turns, round by round."""
    with Crew(settings) as crew:
        return [_timed(case, settings, crew) for case in cases]


def _timed(case: Case, settings: Settings, crew: Crew) -> Row:
    rounds, batch = (2, 0.002) if settings.quick else (case.rounds, 0.05)
    row = Row(case.name, case.unit, targets=case.targets, at=case.at)
    workers = _agreeing(case, settings, crew, row)
    plans = {name: _plan(worker, batch) for name, worker in workers.items()}
    names = list(workers)
    for i in range(rounds):
        turn = i % len(names)
        for name in names[turn:] + names[:turn]:
            with alone(workers[name], workers.values()):
                seconds = workers[name].ask("time", **plans[name])
            row.rounds.setdefault(name, []).append(seconds / case.per / UNITS[case.unit])
    crew.rest()
    return row


def _plan(worker: Worker, batch: float) -> dict[str, int]:
    """Return how many calls fill a block, so that all blocks together take about `batch` seconds.

    A call that takes more than that by itself is one block alone.
    """
    calls = 1
    while (seconds := worker.ask("time", calls=calls, blocks=1) * calls) < batch / BLOCKS / 4:
        calls *= 4
    return {"calls": max(1, int(calls * batch / BLOCKS / seconds)), "blocks": 1 if seconds > batch else BLOCKS}


def _agreeing(case: Case, settings: Settings, crew: Crew, row: Row) -> dict[str, Worker]:
    """Return the workers of a case that compute the same as ours; note the others as skipped."""
    workers: dict[str, Worker] = {}
    expected: list[float] = []
    for name in settings.chosen(case.peers):
        try:
            worker = crew.worker(name)
            worker.ask("make", task=case.task, options=case.options)
            values = worker.ask("check", steps=5)
            expected = expected or values
            agree(values, expected)
        except Unavailable as error:
            _skip(row, name, error)
        else:
            workers[name] = worker
    return workers


def agree(values: list[float | None], expected: list[float]) -> None:
    """Raise Unavailable if a library computes something else than ours. None, and no values at all, are no claim."""
    for value, want in zip(values, expected, strict=False):
        if value is not None and not math.isclose(value, want, rel_tol=1e-4, abs_tol=1e-7):
            raise Unavailable(f"computes something else: {values}, where ours has {expected}")


def _skip(row: Row, name: str, error: Unavailable) -> None:
    if name == "ours":
        raise error
    row.skipped[name] = str(error)


def fresh(case: Case, settings: Settings, rounds: int, rows: dict[str, Row]) -> None:
    """Run a case once in a new process, for each round and library in turn; put what `rows` name into them.

    A library that is slower than ours many times over is not asked twice.
    """
    finished: set[str] = set()
    for _ in range(1 if settings.quick else rounds):
        ours: dict[str, Any] = {}
        for name in settings.chosen(case.peers):
            if name in finished:
                continue
            try:
                found = _once(name, case, settings)
                ours = ours or found
                agree(found["values"], ours["values"])
            except Unavailable as error:
                finished.add(name)
                for row in rows.values():
                    _skip(row, name, error)
                continue
            if found["seconds"] > MANY * ours["seconds"]:
                finished.add(name)
            for key, row in rows.items():
                row.rounds.setdefault(name, []).append(found[key] / UNITS[row.unit])


def _once(name: str, case: Case, settings: Settings) -> Any:
    """Run a case once in a new process; first something tiny, if there is, that loads what is loaded on first use."""
    with settings.start(name) as worker:
        if case.first is not None:
            worker.ask("make", task=case.task, options=case.options | case.first)
            worker.ask("check", steps=1)
        worker.ask("make", task=case.task, options=case.options)
        return worker.ask("once")
