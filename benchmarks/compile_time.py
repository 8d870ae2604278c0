"""What a user of a compiler waits for: from the function to the result of its first call, each in a new process."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import UNITS, Row, Subject, Target, agree
from benchmarks.mlp import TINY
from benchmarks.runner import main
from benchmarks.workers import Settings, Unavailable

PEERS = ("ours, numpy", "ours, native", "torch", "torch, compiled", "jax", "keras, jax", "tinygrad")
CACHES = (
    "GRAPHGRAD_CACHE",
    "XDG_CACHE_HOME",
    "TORCHINDUCTOR_CACHE_DIR",
    "CACHEDB",
)  # where compilers keep what they have made
ROUNDS = 3
COLD = (Target("value", 10.0, "ours, numpy"), Target("value", 500.0, "ours, native"))


def run(settings: Settings) -> list[Row]:
    """Compile the tiny step with nothing on disk; then again, with what the process before has left there."""
    cold = Row("tiny step, nothing on disk", "ms", targets=COLD)
    warm = Row("the same, from the disk's cache", "ms", targets=(Target("value", 5.0, "ours, native"),))
    for _ in range(1 if settings.quick else ROUNDS):
        expected: list[float] = []
        for name in settings.chosen(PEERS):
            if name in cold.skipped:
                continue
            with tempfile.TemporaryDirectory() as folder:
                try:
                    seconds = [_first(name, settings, Path(folder), expected) for _ in (cold, warm)]
                except Unavailable as error:
                    cold.skipped[name] = str(error)
                    continue
            for row, found in zip((cold, warm), seconds, strict=True):
                row.rounds.setdefault(name, []).append(found / UNITS[row.unit])
    return [cold, warm]


def _first(name: str, settings: Settings, folder: Path, expected: list[float]) -> float:
    """Return the seconds of compiling a step and taking it, in a new process with a cache of its own."""
    variables = {variable: str(folder / variable.lower()) for variable in CACHES}
    with settings.start(name, variables) as worker:
        found = worker.ask("first", task="training_step", options=TINY)
    expected[:] = expected or found["values"]
    agree(found["values"], expected)
    return float(found["seconds"])


SUBJECT = Subject("compile_time", "Compile the tiny training step and take it once, in a new process", run)

if __name__ == "__main__":
    main((SUBJECT,))
