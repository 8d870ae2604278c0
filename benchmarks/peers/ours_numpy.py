"""graphgrad, compiled to a plan of NumPy calls."""

from benchmarks.peers.compiled import VERSION as VERSION
from benchmarks.peers.compiled import tasks

(
    training_step, four_operations, elementwise, softmax_rows, normalized_rows, logistic, curvature,
) = tasks("numpy")  # fmt: skip
