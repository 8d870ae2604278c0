"""Measure all subjects: `python -m benchmarks`."""

from benchmarks import (
    chain,
    checkers,
    compile_time,
    data_size,
    dispatch,
    drawing,
    drop_in,
    functions,
    import_time,
    memory,
    mlp,
    scalars,
    shapes,
    training,
)
from benchmarks.runner import PAGE, main

MODULES = (
    dispatch, scalars, mlp, functions, drop_in, shapes, data_size, compile_time, training, chain, memory, import_time,
    drawing, checkers,
)  # fmt: skip

if __name__ == "__main__":
    main([module.SUBJECT for module in MODULES], page=PAGE)
