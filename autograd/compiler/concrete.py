"""What a trace computes with beside what it notes: the arrays of this run, and calls that NumPy has no name for."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.compiler.graph import mapped
from autograd.compiler.traced import Traced


def has_traced(x: Any) -> bool:
    """Return whether there is a traced array in it."""
    items = x.values() if isinstance(x, dict) else x if isinstance(x, tuple | list) else ()
    return isinstance(x, Traced) or any(map(has_traced, items))


def copied(x: Any) -> Any:
    """Return arguments with copies of the arrays."""
    return np.array(x) if isinstance(x, np.ndarray) else mapped(copied, x)


def concrete_of(x: Any) -> Any:
    """Return the arrays of this run."""
    return x.concrete if isinstance(x, Traced) else mapped(concrete_of, x)


def untouched(x: Any) -> Any:
    """Return the arrays of this run, so that what they are passed to cannot write to them."""
    return read_only(x.concrete if isinstance(x, Traced) else x) if hasattr(x, "dtype") else mapped(untouched, x)


def read_only(x: Any) -> Any:
    """Return a view of an array that cannot be written to."""
    if isinstance(x, np.ndarray):
        x = x.view()
        x.flags.writeable = False
    return x


def share(a: Any, b: Any) -> bool:
    """Return whether two arrays lie in the same memory."""
    return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and np.may_share_memory(a, b)


def fingerprint(array: Any) -> int:
    """Return a number that changes, almost surely, when the array does; of large ones some elements are looked at."""
    flat = array.reshape(-1) if array.flags.c_contiguous else array.ravel()
    return hash(flat[:: max(1, flat.size // 4096)].tobytes())


def index_parts(index: Any) -> tuple[Any, ...]:
    """Return what take_at and updated take: whether it is a tuple, and the parts."""
    several = isinstance(index, tuple)
    parts = index if several else (index,)
    return (several, *(np.asarray(i) if isinstance(i, list) else i for i in parts))


def take_at(x: Any, several: bool, *parts: Any) -> Any:
    """Return x[parts]."""
    return x[parts if several else parts[0]]


def updated(x: Any, value: Any, several: bool, *parts: Any) -> Any:
    """Return a copy of x with x[parts] = value."""
    out = np.copy(x)
    out[parts if several else parts[0]] = value
    return out
