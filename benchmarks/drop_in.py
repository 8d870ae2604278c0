"""Programs of HIPS autograd's users, unchanged: on theirs, and on ours in its place."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from benchmarks.measure import Case, Row, Subject, Target, timed
from benchmarks.runner import main
from benchmarks.workers import Settings


def _case(name: str, task: str, options: dict[str, Any], times: float, rounds: int = 25) -> Case:
    return Case(name, task, options, ("hips",), targets=(Target("ratio", times, "hips"),), rounds=rounds)


CASES = (
    _case("Rosenbrock's function, 100 variables", "rosenbrock", {"n": 100}, 3.0),
    _case("logistic regression, 200 × 10", "logistic_regression", {"rows": 200, "features": 10}, 3.0),
    _case("recurrent network, 20 steps, batch 16, width 32", "recurrent", {"steps": 20, "batch": 16, "width": 32}, 3.0),
    _case("singular value decomposition, 30 × 20", "singular_values", {"rows": 30, "columns": 20}, 1.0),
    _case("Hessian of Rosenbrock's function, 200 variables", "rosenbrock_hessian", {"n": 200}, 5.0),
    _case("a list of 1,000 arrays", "list_of_arrays", {"count": 1000}, 3.0, rounds=5),  # 4,000 take HIPS 19 s
    _case("lifelines: a Weibull fit", "weibull_fit", {}, 1.0),
)


def run(settings: Settings) -> list[Row]:
    """Measure each program; lifelines' fit only where it is installed beside us: pip would bring HIPS autograd."""
    there = find_spec("lifelines") is not None
    return timed(tuple(case for case in CASES if there or case.task != "weibull_fit"), settings)


SUBJECT = Subject("drop_in", "Programs written for HIPS autograd, run unchanged on both", run)

if __name__ == "__main__":
    main((SUBJECT,))
