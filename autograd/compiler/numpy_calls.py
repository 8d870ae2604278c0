"""What straight-line NumPy calls beside NumPy: memory laid out, calls without allocation, a last part in one go."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Sequence
from functools import partial
from itertools import starmap
from typing import Any, Final

import numpy as np

from autograd.compiler.layout import size_of

_BOOL: Final = np.dtype(bool)


def strong_zero(c: Any, g: Any) -> None:
    """Make a nan in c zero, in place, where g is exactly zero; looked for by a sum of squares."""
    flat = c.reshape(-1)
    total = flat.dot(flat)
    if total != total:
        np.copyto(c, 0, where=np.isnan(c) & np.equal(g, 0))


def choose(condition: Any, x: Any, y: Any, out: Any) -> None:
    """np.where into an array that is there."""
    out[...] = y
    true = condition if getattr(condition, "dtype", None) is _BOOL else np.not_equal(condition, 0)
    np.copyto(out, x, where=true)


def strong_zero_of(c: Any, g: Any, out: Any) -> None:
    """Write c into out, with a nan as zero where g is zero."""
    np.copyto(out, c)
    strong_zero(out, g)


def check(condition: Any, error: Any) -> None:
    """Raise the error unless the condition is true."""
    if not condition:
        raise error() if callable(error) else error


def start_of(fn: str, dtype: Any) -> Any:
    """Return what a reduction begins with: it changes nothing, not even the sign of a zero."""
    if fn in ("maximum", "minimum"):
        if dtype.kind == "b":
            return fn == "minimum"
        if dtype.kind in "iu":
            limits = np.iinfo(dtype)
            return limits.min if fn == "maximum" else limits.max
        infinity = complex(np.inf, np.inf) if dtype.kind == "c" else np.inf
        return -infinity if fn == "maximum" else infinity
    return -0.0 if fn == "add" and dtype.kind == "f" else getattr(np, fn).identity


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


def apart(result: Any, args: Sequence[Any]) -> Any:
    """Return what a call has returned, copied where it lies in the memory of an argument, which is used again."""
    if isinstance(result, tuple | list):
        return [apart(item, args) for item in result]
    if isinstance(result, np.ndarray):
        shared = any(isinstance(a, np.ndarray) and np.may_share_memory(result, a) for a in args)
        return result.copy() if shared else result
    return result


def in_one_go(calls: list[tuple[Any, ...]]) -> None:
    """Make prepared calls without a step of Python in between, where an interrupt could fall."""
    deque(starmap(operator.call, calls), maxlen=0)


NAMES: Final[dict[str, Any]] = {
    **{name: f for name, f in vars(np).items() if isinstance(f, np.ufunc)},
    "matmul": np.matmul, "choose": choose, "strong_zero_of": strong_zero_of,
    "check": check, "setitem": operator.setitem,
    "workspace": workspace, "place": place, "blocks": blocks, "in_one_go": in_one_go, "empty": np.empty,
    "broadcast_to": np.broadcast_to, "dot": np.dot, "float64": np.float64, "partial": partial,
}  # fmt: skip
