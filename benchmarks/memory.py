"""How much memory a deep elementwise graph takes: 20 sines of 8 MB, above the process with its input."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, fresh
from benchmarks.runner import main
from benchmarks.workers import Settings


def run(settings: Settings) -> list[Row]:
    """Measure forward and backward together."""
    count = 100_000 if settings.quick else 1_000_000
    case = Case("", "sines", {"count": count, "depth": 20}, ("torch", "hips", "mygrad"), first={"count": 10})
    peak = Row(f"20 × sin, {count:,} float64", "MB", targets=(Target("ratio", 1.0, "torch"),))
    seconds = Row("the same, time", "ms")
    fresh(case, settings, 5, {"above": peak, "seconds": seconds})
    return [peak, seconds]


SUBJECT = Subject("memory", "Peak of memory above what the process had with its input", run)

if __name__ == "__main__":
    main((SUBJECT,))
