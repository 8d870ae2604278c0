"""What an expression on scalars costs, forward and backward: nothing but overhead."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

CASES = (
    Case(
        "value and gradient", "four_operations", {}, ("torch", "hips", "mygrad", "micrograd", "jax"),
        targets=(Target("ratio", 2.4, "torch"), Target("ratio", 8.0, "hips")),
    ),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure the expression."""
    return timed(CASES, settings)


SUBJECT = Subject("scalars", "(a·b + a)² + b on scalars, forward and backward", run)

if __name__ == "__main__":
    main((SUBJECT,))
