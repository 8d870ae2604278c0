"""How time grows with data: a logistic regression's loss and gradient on 10,000 rows, doubled up to ten million."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = ("ours, numpy", "ours, native", "torch", "torch, compiled", "jax", "hips", "mygrad", "numpy")
FEATURES = 8
SIZES = tuple(10_000 * 2**k for k in range(11))


def run(settings: Settings) -> list[Row]:
    """Measure each size; quickly, the first few."""
    sizes = SIZES[:3] if settings.quick else SIZES
    cases = [
        Case(f"{rows:,} rows", "logistic", {"rows": rows, "features": FEATURES}, PEERS, unit="ms", rounds=5, at=rows)
        for rows in sizes
    ]
    return timed(tuple(cases), settings)


SUBJECT = Subject("data_size", f"Logistic regression on {FEATURES} features, loss and gradient, float32", run)

if __name__ == "__main__":
    main((SUBJECT,))
