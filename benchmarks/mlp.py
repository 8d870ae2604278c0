"""One whole step of training a classifier: forward, ReLU, softmax cross-entropy, backward, update; float32."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = ("ours, nn", "torch", "torch, lean", "hips", "mygrad", "jax", "numpy", "products")
NEAR_THE_PEERS = (Target("ratio", 1 / 1.4, "torch"), Target("ratio", 1.0, "mygrad"))
CASES = (
    Case(
        "tiny: 2-8-8-2, batch 10", "training_step", {"sizes": [2, 8, 8, 2], "batch": 10}, PEERS,
        targets=(Target("ratio", 2.5, "torch"), Target("ratio", 6.0, "hips")),
    ),
    Case(
        "small: 784-128-10, batch 32", "training_step", {"sizes": [784, 128, 10], "batch": 32}, PEERS,
        targets=NEAR_THE_PEERS,
    ),
    Case(
        "mid: 784-512-512-10, batch 128", "training_step", {"sizes": [784, 512, 512, 10], "batch": 128}, PEERS,
        targets=NEAR_THE_PEERS,
    ),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure the three sizes."""
    return timed(CASES, settings)


SUBJECT = Subject("mlp", "One training step of a classifier, float32; numpy is written by hand", run)

if __name__ == "__main__":
    main((SUBJECT,))
