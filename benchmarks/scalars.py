"""What an expression on scalars costs, forward and backward: nothing but overhead."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = (
    "ours, numpy", "ours, native", "torch", "torch, compiled", "hips", "mygrad", "micrograd", "jax", "tinygrad"
)  # fmt: skip
CASES = (
    Case(
        "(a·b + a)² + b, scalars", "four_operations", {}, PEERS,
        targets=(
            Target("ratio", 2.4, "torch"), Target("ratio", 8.0, "hips"),
            Target("ratio", 1.0, "micrograd", "ours, numpy"), Target("ratio", 3.0, "micrograd", "ours, native"),
        ),
    ),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure the expression."""
    return timed(CASES, settings)


SUBJECT = Subject("scalars", "(a·b + a)² + b on scalars, forward and backward", run)

if __name__ == "__main__":
    main((SUBJECT,))
