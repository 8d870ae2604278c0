"""The command line: which subjects, against whom; prints the tables and writes the numbers."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measure import Form, Subject
from benchmarks.page import write
from benchmarks.report import facts, table
from benchmarks.workers import HIPS_ENVIRONMENT, PEERS, ROOT, Interpreters, Settings

OUT = ROOT / "out" / "benchmarks.json"
PAGE = ROOT / "docs" / "benchmarks.md"


def main(subjects: Sequence[Subject], arguments: Sequence[str] | None = None, page: Path | None = None) -> None:
    """Measure the subjects that the command line asks for; all of them at full length make a new `page`."""
    options = _options(subjects, arguments)
    settings = Settings(
        Interpreters(peers=options.peers, hips=options.hips),
        frozenset(PEERS if options.against is None else options.against),
        options.quick,
    )
    wanted = [subject for subject in subjects if not options.only or subject.name in options.only]
    report = measured(wanted, settings)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    in_full = not (options.quick or options.only or options.against is not None)
    if target := options.page or (page if in_full else None):
        write(report, target)


def measured(subjects: Sequence[Subject], settings: Settings) -> dict[str, Any]:
    """Measure, print each table as soon as it is there, and return everything as plain data."""
    start = datetime.now(UTC)
    results = {}
    for subject in subjects:
        form = subject.form or Form(facts, table)
        results[subject.name] = [form.facts(row) for row in subject.run(settings)]
        print(form.table(subject, results[subject.name]), end="\n\n", flush=True)
    return {
        "date": start.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - start).total_seconds(), 1),
        "quick": settings.quick,
        "machine": machine(),
        "versions": settings.versions,
        "missing": settings.missing,
        "titles": {subject.name: subject.title for subject in subjects},
        "subjects": results,
    }


def machine() -> dict[str, Any]:
    """Return what the numbers depend on."""
    return {
        "system": platform.system(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "threads": {name: value for name, value in os.environ.items() if name.endswith("_NUM_THREADS")},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _options(subjects: Sequence[Subject], arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[s.name for s in subjects], help="these subjects, not all")
    parser.add_argument("--against", nargs="*", choices=list(PEERS), metavar="PEER", help="these libraries, not all")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: to see that it works")
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON", help="interpreter with torch, jax, …")
    parser.add_argument("--hips", default=str(HIPS_ENVIRONMENT), metavar="PYTHON", help="the one with HIPS autograd")
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE", help="where the numbers go, as JSON")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the page there, whatever was measured")
    return parser.parse_args(arguments)
