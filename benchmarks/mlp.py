"""One whole step of training a classifier: forward, ReLU, softmax cross-entropy, backward, update; float32."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

COMPILED = ("ours, numpy", "ours, native")
PEERS = (
    *COMPILED, "ours, nn", "torch", "torch, lean", "torch, compiled", "jax", "keras, jax", "hips", "mygrad", "tinygrad",
    "sklearn", "numpy", "products",
)  # fmt: skip
NEAR_THE_PEERS = (Target("ratio", 1 / 1.4, "torch"), Target("ratio", 1.0, "mygrad"))
TINY = {"sizes": [2, 8, 8, 2], "batch": 10}
SMALL = {"sizes": [784, 128, 10], "batch": 32}
MID = {"sizes": [784, 512, 512, 10], "batch": 128}


def best(numpy: float, native: float) -> tuple[Target, ...]:
    """Return targets for the compiled step of ours, beside the best of the other libraries."""
    return Target("best", numpy, part="ours, numpy"), Target("best", native, part="ours, native")


CASES = (
    Case(
        "tiny: 2-8-8-2, batch 10", "training_step", TINY, PEERS,
        targets=(Target("ratio", 2.5, "torch"), Target("ratio", 6.0, "hips"), *best(4.0, 20.0)),
    ),
    Case("tiny, Adam", "training_step", TINY | {"optimizer": "adam"}, PEERS, targets=best(4.0, 20.0)),
    Case(
        "small: 784-128-10, batch 32", "training_step", SMALL, PEERS, targets=(*NEAR_THE_PEERS, *best(1.0, 1.5)),
    ),
    Case("small, Adam", "training_step", SMALL | {"optimizer": "adam"}, PEERS, targets=best(1.0, 1.8)),
    Case(
        "mid: 784-512-512-10, batch 128", "training_step", MID, PEERS,
        targets=(*NEAR_THE_PEERS, *best(0.9, 1.0), Target("ratio", 1 / 1.15, "products", "ours, native")),
    ),
    Case("mid, Adam", "training_step", MID | {"optimizer": "adam"}, PEERS, targets=best(0.9, 1.05)),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure the three sizes, each with plain gradient descent and with Adam."""
    return timed(CASES, settings)


SUBJECT = Subject("mlp", "One training step of a classifier, float32; numpy is written by hand", run)

if __name__ == "__main__":
    main((SUBJECT,))
