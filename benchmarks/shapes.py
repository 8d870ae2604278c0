"""A training step of other shapes: deep, wide, and on batches from 1 row to 4096; gradient descent, float32."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = (
    "ours, numpy", "ours, native", "torch", "torch, lean", "torch, compiled", "jax", "mygrad", "numpy", "products"
)  # fmt: skip
SHAPES = (
    Case(
        "deep: 20 layers of 64, batch 64", "training_step", {"sizes": [64] * 20 + [10], "batch": 64}, PEERS, rounds=11
    ),
    Case(
        "wide: 3 layers of 2048, batch 64", "training_step", {"sizes": [2048] * 3 + [10], "batch": 64}, PEERS, rounds=11
    ),
)
BATCHES = tuple(
    Case(f"batch {batch}", "training_step", {"sizes": [64, 64, 10], "batch": batch}, PEERS, rounds=9, at=batch)
    for batch in (1, 4, 16, 64, 256, 1024, 4096)
)


def run(settings: Settings) -> list[Row]:
    """Measure both shapes, then 64-64-10 on each size of batch."""
    return timed((*SHAPES, *BATCHES), settings)


SUBJECT = Subject("shapes", "A training step, deep and wide; then 64-64-10 by size of batch, float32", run)

if __name__ == "__main__":
    main((SUBJECT,))
