"""Convolution and correlation of sequences: `np.convolve` and `np.correlate`."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.registry import composite, general
from autograd.engine.tensor import as_tensor

_MODES = ("full", "same", "valid")


def _sequences(a: Any, v: Any, mode: Any = "full") -> Any:
    """Take NumPy's arguments: a number is a sequence of one."""
    if mode not in _MODES:
        raise ValueError(f"convolve: mode={mode!r} is none of {', '.join(map(repr, _MODES))}")
    return (_sequence(a), _sequence(v)), {"mode": mode}


def _sequence(x: Any) -> Any:
    return np.reshape(x, (1,)) if np.ndim(x) == 0 else x


def _in_full(g: Any, n: int, m: int, mode: str) -> Any:
    """Return g, the part of the full convolution of n and m elements that `mode` gives, with zeros for the rest."""
    if mode == "full":
        return g
    short = min(n, m) - 1
    before = short if mode == "valid" else short // 2
    after = n + m - 1 - before - g.shape[0]
    return np.concatenate([np.zeros_like(g, shape=(before,)), g, np.zeros_like(g, shape=(after,))])


def _convolve_a(g: Any, _out: Any, _a: Any, v: Any, mode: str = "full") -> Any:
    return np.convolve(_in_full(g, _a.shape[0], v.shape[0], mode), v[::-1], "valid")


def _convolve_v(g: Any, _out: Any, a: Any, _v: Any, mode: str = "full") -> Any:
    return np.convolve(_in_full(g, a.shape[0], _v.shape[0], mode), a[::-1], "valid")


def _convolve_jvp(ts: tuple[Any, ...], _out: Any, a: Any, v: Any, mode: Any = "full") -> Any:
    terms = [np.convolve(x, y, mode) for x, y in ((ts[0], v), (a, ts[1])) if x is not None and y is not None]
    return sum(terms[1:], terms[0])


def _convolve_advice(a: Any, v: Any, mode: str = "full") -> str:  # noqa: ARG001
    if a.ndim != 1 or v.ndim != 1:
        return f"takes sequences, arrays with one axis; a has shape {a.shape} and v {v.shape}"
    return "an empty sequence cannot be convolved" if not a.size or not v.size else ""


convolve = general(
    np.convolve, _convolve_a, _convolve_v, jvp=_convolve_jvp, bind=_sequences, method=False, advice=_convolve_advice,
    samples=(
        ((5,), (3,), {}),
        ((2,), (4,), {"mode": "full"}),
        ((5,), (2,), {"mode": "same"}),
        ((3,), (4,), {"mode": "same"}),
        ((5,), (4,), {"mode": "same"}),
        ((5,), (3,), {"mode": "valid"}),
        ((1,), (4,), {"mode": "valid"}),
    ),
    doc="The convolution of two sequences: the sum of a[i] v[k - i] over i. Of n and m elements, `mode` \"full\" gives "
    "all n + m - 1, \"same\" the middle max(n, m), \"valid\" those where they overlap completely.",
)  # fmt: skip


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return the sum of a[i + k] conj(v[i]) over i; modes as in `convolve`."""
    v = as_tensor(v)
    v = np.reshape(np.conj(v) if v.dtype.kind == "c" else v, (-1,) if not v.ndim else v.shape)[::-1]
    short, long = a.size, v.size
    if mode == "same" and short < long:  # of an even number before and after the middle, NumPy has one more before here
        return convolve(a, v)[short // 2 : short // 2 + long]
    return convolve(a, v, mode)


composite(correlate, numpy=np.correlate, method=False)
