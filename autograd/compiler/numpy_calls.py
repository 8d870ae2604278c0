"""What straight-line NumPy calls beside NumPy: memory laid out, calls without allocation, a last part in one go."""

from __future__ import annotations

import operator
from collections import deque
from functools import partial
from itertools import starmap
from typing import Any, Final

import numpy as np

from autograd.compiler.layout import size_of


def strong_zero(c: Any, g: Any) -> None:
    """Make a nan in c zero, in place, where g is exactly zero; looked for by a sum of squares."""
    flat = c.reshape(-1)
    total = flat.dot(flat)
    if total != total:
        np.copyto(c, 0, where=np.isnan(c) & np.equal(g, 0))


def choose(condition: Any, x: Any, y: Any, out: Any) -> None:
    """np.where into an array that is there."""
    np.copyto(out, y)
    np.copyto(out, x, where=condition if condition.dtype == bool else np.not_equal(condition, 0))


def strong_zero_of(c: Any, g: Any, out: Any) -> None:
    """Write c into out, with a nan as zero where g is zero."""
    np.copyto(out, c)
    strong_zero(out, g)


def check(condition: Any, error: Any) -> None:
    """Raise the error unless the condition is true."""
    if not condition:
        raise error() if callable(error) else error


def fill(out: Any, number: Any) -> None:
    """Fill an array, as the start of what is added to it."""
    out.fill(number)


def workspace(nbytes: int) -> Any:
    """Return memory that begins at a cache line."""
    memory = np.empty(nbytes + 64, np.uint8)
    start = -memory.ctypes.data % 64
    return memory[start : start + nbytes]


def place(ws: Any, offset: int, shape: tuple[int, ...], dtype: str) -> Any:
    """Return an array in the workspace."""
    kind = np.dtype(dtype)
    return ws[offset : offset + size_of(shape) * kind.itemsize].view(kind).reshape(shape)


def blocks(rows: int, size: int) -> list[tuple[int, int, int]]:
    """Return (first row, row behind the last, number of rows) of each block."""
    return [(lo, min(lo + size, rows), min(size, rows - lo)) for lo in range(0, rows, size)]


def in_one_go(calls: list[tuple[Any, ...]]) -> None:
    """Make prepared calls without a step of Python in between, where an interrupt could fall."""
    deque(starmap(operator.call, calls), maxlen=0)


NAMES: Final[dict[str, Any]] = {
    **{name: f for name, f in vars(np).items() if isinstance(f, np.ufunc)},
    "copyto": np.copyto, "matmul": np.matmul, "choose": choose, "strong_zero_of": strong_zero_of,
    "fill": fill, "check": check,
    "workspace": workspace, "place": place, "blocks": blocks, "in_one_go": in_one_go, "empty": np.empty,
    "asarray": np.asarray, "array": np.array, "broadcast_to": np.broadcast_to, "dot": np.dot,
    "inf": np.inf, "float64": np.float64, "partial": partial,
}  # fmt: skip
