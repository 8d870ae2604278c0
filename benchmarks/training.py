"""What people wait for: a step of `fit` on a small network, the answer to one row, and a whole program that trains.

One program, word for word, is run by ours and by Keras on each of its backends; for scikit-learn and PyTorch it is
written as their users do.
"""

from __future__ import annotations

from benchmarks.measure import Case, Row, Subject, Target, fresh, timed
from benchmarks.runner import main
from benchmarks.workers import Settings

KERAS = ("keras, jax", "keras, tf", "keras, torch")
PEERS = ("sklearn", "torch", *KERAS)
FASTER = tuple(Target("ratio", 1.0, peer) for peer in PEERS)
SIZES, STEPS = [10, 10, 1], 100
CASES = (
    Case(
        "a step of fit, 10-10-1, batch 32", "fit",
        {"sizes": SIZES, "steps": STEPS, "optimizer": "sgd", "metrics": [], "shuffle": True}, PEERS,
        targets=(Target("value", 100.0), *FASTER), per=STEPS,
    ),
    Case(
        "the same, rows in order", "fit",
        {"sizes": SIZES, "steps": STEPS, "optimizer": "sgd", "metrics": [], "shuffle": False}, PEERS, per=STEPS,
    ),
    Case(
        "in order, with Adam and accuracy", "fit",
        {"sizes": SIZES, "steps": STEPS, "optimizer": "adam", "metrics": ["accuracy"], "shuffle": False}, PEERS,
        per=STEPS,
    ),
    Case("predict, one row", "predict_one", {"sizes": SIZES}, PEERS, targets=(Target("value", 50.0),)),
)  # fmt: skip
# Everything that its user waits for after the imports: a compiler's time too.
DIGITS = Case(
    "train the digits, 30 epochs", "train_digits", {"epochs": 30}, KERAS,
    targets=tuple(Target("ratio", 5.0, peer) for peer in KERAS), unit="s", first=None,
)  # fmt: skip
AGAIN = Case(
    "the same, trained before", "train_digits", {"epochs": 30}, KERAS, unit="s", first={"epochs": 1}
)  # fmt: skip


def run(settings: Settings) -> list[Row]:
    """Measure steps and answers in turn, the programs in fresh processes."""
    rows = timed(CASES, settings)
    for case in (DIGITS, AGAIN):
        row = Row(case.name, case.unit, targets=case.targets)
        fresh(case, settings, 5, {"seconds": row})
        rows.append(row)
    return rows


SUBJECT = Subject("training", "fit and predict with Keras' interface, float32", run)

if __name__ == "__main__":
    main((SUBJECT,))
