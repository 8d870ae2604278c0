"""Hypothesis strategies for tests of derivatives: shapes, arrays in a domain, layouts, dtypes, whole expressions.

Numbers come from a grid of eighths, on which sums and products are exact, and shrink to the simplest of their domain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.engine.domain import REAL, Domain
from autograd.engine.mode import no_grad
from autograd.engine.registry import OPS, PUBLIC
from autograd.engine.tensor import value_of
from autograd.testing.layouts import LAYOUTS

try:
    from hypothesis import strategies as st
    from hypothesis.extra import numpy as npst
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise ImportError(
        "autograd.testing.strategies needs Hypothesis: pip install 'graphgrad[test]', or pip install hypothesis"
    ) from error

Shape = tuple[int, ...]
_SMALLEST, _LARGEST = 1e-6, 100.0


def shapes(max_dims: int = 3, max_side: int = 3, min_side: int = 1) -> SearchStrategy[Shape]:
    """Shapes of up to `max_dims` axes; they shrink to ()."""
    return npst.array_shapes(min_dims=0, max_dims=max_dims, min_side=min_side, max_side=max_side)


def broadcastable(n: int, max_dims: int = 3, max_side: int = 3) -> SearchStrategy[tuple[Shape, ...]]:
    """Tuples of `n` shapes that broadcast together."""
    drawn = npst.mutually_broadcastable_shapes(num_shapes=n, max_dims=max_dims, max_side=max_side)
    return drawn.map(lambda found: found.input_shapes)


def dtypes() -> SearchStrategy[Any]:
    """float64 and float32."""
    return st.sampled_from([np.dtype(np.float64), np.dtype(np.float32)])


def layouts() -> SearchStrategy[Callable[[Any], Any]]:
    """Functions that put an array elsewhere in memory and return an equal one: those of `autograd.testing.LAYOUTS`."""
    return st.sampled_from([np.array, *LAYOUTS.values()])


@st.composite
def arrays(
    draw: st.DrawFn,
    shape: Shape | SearchStrategy[Shape] | None = None,
    domain: Domain = REAL,
    dtype: Any = np.float64,
    layout: Callable[[Any], Any] | SearchStrategy[Callable[[Any], Any]] = np.array,
) -> Any:
    """Arrays with their elements in a domain of `autograd.engine.domain`, on its grid.

    `shape`, `dtype` and `layout` may be strategies themselves. REAL reaches from -8 to 8.
    """
    shape = draw(shapes()) if shape is None else draw(shape) if isinstance(shape, SearchStrategy) else shape
    dtype = draw(dtype) if isinstance(dtype, SearchStrategy) else dtype
    layout = draw(layout) if isinstance(layout, SearchStrategy) else layout
    k = draw(npst.arrays(np.int64, shape, elements=st.integers(-64, 64), fill=st.nothing()))
    values = np.asarray(domain.grid(k))
    return layout(values.astype(dtype) if values.dtype.kind == "f" else values)


# --- expressions -------------------------------------------------------------------------------------------


class Expression(NamedTuple):
    """A random graph: a function of its inputs, made of steps (operation, i, j) on the values made so far.

    i and j count modulo the number of values, so that any step can be left out. All values broadcast together; those
    that the strategy draws are 0 or of a size between 1e-6 and 100, so that none is lost where it meets another.
    """

    inputs: tuple[Any, ...]
    steps: tuple[tuple[str, int, int], ...]

    def __call__(self, *inputs: Any) -> Any:
        """Compute the last value, on arrays or tensors."""
        values = list(inputs)
        for name, i, j in self.steps:
            values.append(_steps()[name](values[i % len(values)], values[j % len(values)]))
        return values[-1]

    def __repr__(self) -> str:
        names = [f"x{k}" for k in range(len(self.inputs))]
        lines = [f"{name} = {np.array(a).tolist()}" for name, a in zip(names, self.inputs, strict=True)]
        for name, i, j in self.steps:
            a, b = names[i % len(names)], names[j % len(names)]
            names.append(f"v{len(names) - len(self.inputs)}")
            lines.append(f"{names[-1]} = {name}({a}, {b})" if _binary(name) else f"{names[-1]} = {name}({a})")
        return "; ".join(lines)


def expressions(
    n_inputs: int = 2, shape: Shape = (2, 2), max_steps: int = 8, operations: Sequence[str] | None = None
) -> SearchStrategy[Expression]:
    """Random expressions of `n_inputs` arrays, smooth everywhere; they shrink to no step, and to zeros.

    `operations` chooses from: every elementwise operation without options that is smooth on all numbers, and some that
    move, add up or pick elements. The inputs broadcast to `shape`.
    """
    names = sorted(_steps()) if operations is None else list(operations)
    unknown = set(names) - _steps().keys()
    if unknown:
        raise ValueError(f"expressions: {sorted(unknown)} are no steps; there are {sorted(_steps())}")
    names.sort(key=lambda name: (name != "add", name))  # the simplest first
    step = st.tuples(st.sampled_from(names), st.integers(0, 15), st.integers(0, 15))
    parts = [(1,) * k + shape[k:] for k in range(len(shape), -1, -1)]
    inputs = st.tuples(*(arrays(shape=st.sampled_from(parts)) for _ in range(n_inputs)))
    return st.builds(_sensible, inputs, st.lists(step, max_size=max_steps))


def _sensible(inputs: tuple[Any, ...], steps: list[tuple[str, int, int]]) -> Expression:
    """Return the expression without the steps whose values are too large or too small, or nan."""
    values, kept = list(inputs), []
    for name, i, j in steps:
        i, j = i % len(values), j % len(values)
        with no_grad(), np.errstate(all="ignore"):
            value = value_of(_steps()[name](values[i], values[j]))
        size = np.abs(value)
        if np.all((size <= _LARGEST) & ((size >= _SMALLEST) | (size == 0))):
            values.append(value)
            kept.append((name, i, j))
    return Expression(inputs, tuple(kept))


def _binary(name: str) -> bool:
    return name in _PAIRS or (name in OPS and OPS[name].arity == 2)


_PAIRS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "outer": lambda a, b: np.sum(a * b, axis=-1, keepdims=True) * b,
    "choose": lambda a, b: np.where(np.arange(np.broadcast_shapes(np.shape(a), np.shape(b))[-1]) % 2 == 0, a, b),
}
_SINGLE: Final[dict[str, Callable[[Any], Any]]] = {
    "total": lambda a: np.sum(a, keepdims=True) if np.ndim(a) else a + 0.0,
    "average": lambda a: np.mean(a, axis=-1, keepdims=True) if np.ndim(a) else a + 0.0,
    "running": lambda a: np.cumsum(a, axis=-1) if np.ndim(a) else a + 0.0,
    "backwards": lambda a: np.flip(a),
    "stacked": lambda a: np.stack([a, a * a])[1],
    "picked": lambda a: a[..., np.zeros(a.shape[-1], int)] if np.ndim(a) else a + 0.0,
    "product": lambda a: np.prod(a, axis=-1, keepdims=True) if np.ndim(a) else a + 0.0,
}


@cache
def _steps() -> dict[str, Callable[[Any, Any], Any]]:
    """Return all steps by name, each a function of two values that ignores the second if it needs one."""
    steps = dict(_PAIRS)
    for name, single in _SINGLE.items():
        steps[name] = lambda a, _b, single=single: single(a)  # type: ignore[misc]
    for name, op in OPS.items():
        domains = [op.domain] if isinstance(op.domain, Domain) else op.domain
        if op.kind != "elementwise" or op.options or any(d is not REAL for d in domains) or None in op.vjps:
            continue
        function = PUBLIC[name]
        if op.arity == 2:
            steps[name] = function
        elif op.arity == 1:
            steps[name] = lambda a, _b, function=function: function(a)  # type: ignore[misc]
    return steps
