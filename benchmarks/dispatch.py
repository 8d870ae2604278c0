"""What it costs to record one operation on a small array: a product of two 8×8 matrices, float64."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = ("numpy", "torch", "hips", "mygrad")
CASES = (
    Case(
        "x * y", "multiply", {"size": 8, "spelling": "operator"}, PEERS,
        targets=(Target("above", 0.6, "numpy"),),
    ),
    Case(
        "np.multiply(x, y)", "multiply", {"size": 8, "spelling": "function"}, PEERS,
        targets=(Target("above", 1.0, "numpy"),),
    ),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure both spellings."""
    return timed(CASES, settings)


SUBJECT = Subject("dispatch", "One recorded operation, 8×8 float64; numpy is the raw call", run)

if __name__ == "__main__":
    main((SUBJECT,))
