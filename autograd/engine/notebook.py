"""How a notebook shows a tensor: its numbers, and a table of what else is known of it."""

from __future__ import annotations

from html import escape
from typing import Any, Final

import numpy as np

_MOST: Final = 60  # elements that are all written out


def as_html(value: Any, requires_grad: bool, leaf: bool, grad: Any) -> str:
    """Return a table with shape, dtype, memory and the state of the gradient, above the numbers."""
    array = np.asarray(value)
    rows = {
        "shape": str(array.shape),
        "dtype": str(array.dtype),
        "memory": f"{array.nbytes:,} bytes",
        "gradient": _state(requires_grad, leaf, grad),
    }
    head = "".join(f"<th>{escape(name)}</th>" for name in rows)
    body = "".join(f"<td>{escape(text)}</td>" for text in rows.values())
    numbers = np.array2string(array, threshold=_MOST, precision=4, max_line_width=100)
    table = f"<table><thead><tr>{head}</tr></thead><tbody><tr>{body}</tr></tbody></table>"
    return f"{table}<pre>{escape(numbers[:4000])}</pre>"


def _state(requires_grad: bool, leaf: bool, grad: Any) -> str:
    if not requires_grad:
        return "not recorded"
    kind = "a leaf" if leaf else "of an operation"
    if grad is None:
        return f"{kind}, none yet" if leaf else kind
    values = np.asarray(getattr(grad, "data", grad))
    with np.errstate(all="ignore"):
        length = float(np.sqrt(np.vdot(values, values).real))
    return f"{kind}, of length {length:.4g}" if np.isfinite(length) else f"{kind}, NOT FINITE"
