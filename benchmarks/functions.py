"""The value and the gradient of single functions, float32, and the product of a Hessian with a direction."""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

PEERS = ("ours, numpy", "ours, native", "torch", "torch, compiled", "jax", "hips", "mygrad", "tinygrad", "numpy")
SECOND_ORDER = ("ours, numpy", "ours, native", "torch", "torch, compiled", "jax", "hips")
ROWS = {"rows": 4096, "columns": 512}
CASES = (
    Case(
        "chain: Σ(tanh z·sigmoid z + exp -z²)², 10⁶ elements", "elementwise", {"count": 1_000_000}, PEERS, unit="ms",
        targets=(Target("best", 0.25, part="ours, numpy"), Target("best", 1.3, part="ours, native")),
    ),
    Case("softmax: Σ softmax(4 tanh x)², 4096 × 512", "softmax_rows", ROWS, PEERS, unit="ms"),
    Case("layer norm: Σ tanh(norm x · w + b)², 4096 × 512", "normalized_rows", ROWS, PEERS, unit="ms"),
    Case("logistic regression, 10⁶ rows × 20", "logistic", {"rows": 1_000_000, "features": 20}, PEERS, unit="ms"),
    Case(
        "Hessian × direction, 64-64-64-10, batch 128", "curvature", {"sizes": [64, 64, 64, 10], "batch": 128},
        SECOND_ORDER,
    ),
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure each function."""
    return timed(CASES, settings)


SUBJECT = Subject("functions", "Value and gradient of functions, float32; numpy is written by hand", run)

if __name__ == "__main__":
    main((SUBJECT,))
