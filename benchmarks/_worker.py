"""The child's side of a measurement: one process, one library. Started by `workers.py`, not by hand.

Orders come as lines of JSON on stdin, `{"do": name, ...}`; each is answered by one line on stdout.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
STATUS = Path("/proc/self/status")
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Peer:
    """One library's module, and the task of it that is being measured."""

    def __init__(self, name: str, distribution: str, ours: bool) -> None:
        sys.path.insert(0, str(ROOT))
        importlib.import_module("benchmarks.peers")
        if not ours:  # so that `import autograd` finds HIPS'; our modules are found through their package
            sys.path.remove(str(ROOT))
        self.module = importlib.import_module(f"benchmarks.peers.{name}")
        self.version: str = getattr(self.module, "VERSION", None) or metadata.version(distribution)
        self.let_go()

    def let_go(self) -> None:
        """Hold no task, nor the arrays it has."""
        self.step: Callable[[], Any] = lambda: None
        self.read: Callable[[Any], list[float]] = lambda _: []

    def make(self, task: str, options: dict[str, Any]) -> None:
        """Prepare a task; the one before is let go first."""
        self.let_go()
        self.step, self.read = getattr(self.module, task)(**options)

    def first(self, task: str, options: dict[str, Any]) -> dict[str, Any]:
        """Prepare a task and run its first step; return the seconds of both: what a user of a compiler waits for."""
        start = time.perf_counter()
        self.make(task, options)
        result = self.step()
        return {"seconds": time.perf_counter() - start, "values": self.read(result)}

    def check(self, steps: int) -> list[float]:
        """Run some steps and return what they have come to, as numbers."""
        result = None
        for _ in range(steps):
            result = self.step()
        return self.read(result)

    def time(self, calls: int, blocks: int) -> float:
        """Return the seconds that one step takes: the median of several blocks of calls."""
        step, seconds = self.step, []
        step()
        for _ in range(blocks):
            start = time.perf_counter()
            for _ in repeat(None, calls):
                step()
            seconds.append((time.perf_counter() - start) / calls)
        return median(seconds)

    def once(self) -> dict[str, Any]:
        """Run one step; return its seconds, the process's peak of memory, and how far that is above before."""
        forget_peak()
        before, start = resident(), time.perf_counter()
        result = self.step()
        seconds = time.perf_counter() - start
        peak = peak_resident()
        return {"seconds": seconds, "peak": peak, "above": peak - before, "values": self.read(result)}


def forget_peak() -> None:
    """Start the kernel's record of the peak anew, where there is one (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def resident() -> int:
    """Return the bytes of memory in use now; where the system does not tell, the peak so far."""
    return _status("VmRSS") or peak_resident()


def peak_resident() -> int:
    """Return the most bytes of memory that were in use at once."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT


def _status(field: str) -> int:
    if not STATUS.exists():
        return 0
    lines = STATUS.read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def answer(peer: Peer, order: dict[str, Any]) -> dict[str, Any]:
    """Carry out one order, a method of `peer`; whatever it raises is the parent's to report."""
    try:
        return {"result": getattr(peer, order.pop("do"))(**order)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main(name: str, distribution: str, place: str) -> None:
    """Load a library and serve orders until there are no more."""
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints must not get between the replies
    try:
        peer = Peer(name, distribution, place == "ours")
    except ImportError as error:
        print(json.dumps({"error": str(error)}), file=replies)
        return
    print(json.dumps({"result": peer.version}), file=replies)
    for line in sys.stdin:
        print(json.dumps(answer(peer, json.loads(line))), file=replies)


if __name__ == "__main__":
    main(*sys.argv[1:])
