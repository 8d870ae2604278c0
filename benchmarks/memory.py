"""How much memory a deep elementwise graph takes, 20 sines of 8 MB, and a step of Adam on the mid-sized network."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, fresh
from benchmarks.mlp import MID
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = (
    "ours, numpy", "ours, native", "ours, nn", "torch", "torch, compiled", "jax", "keras, jax", "hips", "mygrad",
    "tinygrad", "numpy",
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure forward and backward together."""
    count = 100_000 if settings.quick else 1_000_000
    case = Case("", "sines", {"count": count, "depth": 20}, ("torch", "hips", "mygrad"), first={"count": 10})
    peak = Row(f"20 × sin, {count:,} float64", "MB", targets=(Target("ratio", 1.0, "torch"),))
    seconds = Row("the same, time", "ms")
    fresh(case, settings, 5, {"above": peak, "seconds": seconds})
    return [peak, seconds, _trained(settings)]


def _trained(settings: Settings) -> Row:
    """Measure the whole process: the library, its compiler where it has one, and the first step."""
    row = Row("peak of the process, first mid step, Adam", "MB")
    options = MID | {"optimizer": "adam"}
    fresh(Case("", "training_step", options, PEERS, first=None), settings, 3, {"peak": row})
    return row


SUBJECT = Subject("memory", "Peak of memory: above what the process had with its input; and of the whole process", run)

if __name__ == "__main__":
    main((SUBJECT,))
