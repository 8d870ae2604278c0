"""A graph of a million nodes in a row, at the default recursion limit: seconds, and the process's peak of memory."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, fresh
from benchmarks.runner import main
from benchmarks.workers import Settings

LENGTH = 1_000_000


def run(settings: Settings) -> list[Row]:
    """Measure forward and backward together."""
    length = LENGTH // 100 if settings.quick else LENGTH
    peers = ("torch", "hips", "mygrad", "micrograd")
    case = Case("", "additions", {"count": length}, peers, first={"count": 100})
    seconds = Row(f"{length:,} additions", "s", targets=(Target("ratio", 1.0, "torch"),))
    peak = Row("peak of the process", "GB", targets=(Target("value", 0.9),))
    fresh(case, settings, 5, {"seconds": seconds, "peak": peak})
    return [seconds, peak]


SUBJECT = Subject("chain", "A chain of additions, forward and backward", run)

if __name__ == "__main__":
    main((SUBJECT,))
