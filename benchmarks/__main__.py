"""Measure all subjects: `python -m benchmarks`."""

from benchmarks import chain, checkers, dispatch, drawing, import_time, memory, mlp, scalars, training
from benchmarks.runner import main

if __name__ == "__main__":
    main(
        [module.SUBJECT for module in (dispatch, scalars, mlp, training, chain, memory, import_time, drawing, checkers)]
    )
