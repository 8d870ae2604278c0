"""A few lines that reproduce a failure: the operation alone, at the values it had, cut down where that still fails."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.engine.op import Op
from autograd.engine.registry import PUBLIC
from autograd.testing.blame import Fault, Step, fault_of
from autograd.testing.comparison import Settings

_MOST_NUMBERS = 40


def snippet(fault: Fault, element: int, settings: Settings) -> str:
    """Return code that fails with the same operation; it imports what can be imported, and says what cannot."""
    step = _smaller(fault, element, settings)
    call, imports = _call(step)
    names = [chr(ord("a") + k) for k in range(len(step.operands))]
    live = [names[k] for k in step.live]
    lines = ["import numpy as np", *imports, "from autograd.testing import check_grad", ""]
    lines += [f"{name} = {_written(value)}" for name, value in zip(names, step.operands, strict=True)]
    arguments = ", ".join(names) if step.op.arity or step.op.bind is None else f"[{', '.join(names)}]"
    options = "".join(f", {key}={_written(value)}" for key, value in step.node.params.items())
    order = "" if settings.order <= 2 else f", order={settings.order}"
    lines.append(f"print(check_grad(lambda {', '.join(live)}: {call}({arguments}{options}), {', '.join(live)}{order}))")
    return "\n".join(lines)


def _smaller(fault: Fault, element: int, settings: Settings) -> Step:
    """Cut an operation down to the one wrong element, or to the first two along each axis, if it is wrong then too."""
    step = fault.step
    if fault.alone.n <= 4:
        return step
    operand, index = fault.alone.locate(element)
    shape = np.shape(step.operands[step.live[operand]])
    cuts: list[Callable[[Any], Any]] = [lambda a: np.array(a[index]) if a.shape == shape else a]
    sizes = sorted({s for k in step.operands for s in np.shape(k) if s > 2})
    cuts += [partial(_shortened, dict.fromkeys(some, 2)) for some in (sizes, *([s] for s in sizes))]
    for cut in cuts:
        try:
            operands = tuple(cut(np.asarray(x)) if np.ndim(x) else x for x in step.operands)
            small = Step(step.node, operands, step.op.forward(*operands, **step.node.params))
            if fault_of(small, settings) is not None:
                return small
        except Exception:  # the operation does not take this cut
            continue
    return step


def _shortened(keep: dict[int, int], a: Any) -> Any:
    """Return an array with its axes of some sizes cut to others."""
    return a[tuple(slice(keep.get(size)) for size in a.shape)]


def _call(step: Step) -> tuple[str, list[str]]:
    """Return how to call an operation, and what to import for it."""
    op = step.op
    if op.name in PUBLIC and getattr(PUBLIC[op.name], "op", None) is op:
        return f"autograd.{op.name}", ["import autograd"]
    written = _original(op)
    module, name = written.__module__, written.__qualname__
    if "<" not in name and getattr(sys.modules.get(module), name, None) is not None and module != "__main__":
        return name, [f"from {module} import {name}"]
    code = written.__code__
    return op.name, [f"# {op.name} is the operation defined at {code.co_filename}:{code.co_firstlineno}"]


def _original(op: Op) -> Any:
    function: Any = op.forward
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _written(value: Any) -> str:
    """Return a value as Python code; of an array too large to print, one of the same shape."""
    if not isinstance(value, np.ndarray):
        return repr(value.item() if isinstance(value, np.generic) else value)
    if value.size > _MOST_NUMBERS:
        low, high = (float(f"{x:.3g}") for x in (value.min(), value.max()))
        return f"np.random.default_rng(0).uniform({low}, {high}, {value.shape})  # in place of the {value.size} it had"
    text = np.array2string(value, separator=", ", floatmode="unique", threshold=value.size + 1, max_line_width=100)
    dtype = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", dtype=np.{value.dtype}"
    return f"np.array({' '.join(text.split())}{dtype})"
