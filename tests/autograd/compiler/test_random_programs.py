"""Random programs on several tensors: read, computed with, looked at in parts, written to, swapped, reduced.

The random graphs of `test_operations.py` are pure and differentiable; these are not, and what they leave behind counts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import autograd
from autograd import as_tensor
from tests.autograd.compiler.comparison import same_steps
from tests.extent import some_of

Array = Any
LARGEST = 400_000  # elements of what is computed on the way

ONE: list[Callable[[Array], Array]] = [
    np.tanh, np.negative, np.square, np.floor, lambda a: np.exp(-np.abs(a)), lambda a: np.sqrt(np.abs(a) + 1),
    lambda a: a > 0.1, lambda a: np.log1p(np.abs(a)), lambda a: a * 1.0, lambda a: 2.0 * a - 0.0, np.cumsum,
]  # fmt: skip
TWO: list[Callable[[Array, Array], Array]] = [
    np.add, np.subtract, np.multiply, np.maximum, np.minimum, lambda a, b: a / (np.abs(b) + 1), np.equal,
    lambda a, b: np.where(a > b, a, b * 0.5), lambda a, b: np.where(a > 0, 1.0, b), lambda a, b: a * (b > 0),
]  # fmt: skip
VIEWS: list[Callable[[Array], Array]] = [
    lambda a: a.T, lambda a: a[::-1], lambda a: a[..., 1:], lambda a: a[1:], lambda a: np.reshape(a, -1),
    lambda a: np.reshape(a, a.shape[::-1]), lambda a: a[..., None], lambda a: a[0], lambda a: a[..., ::2],
    lambda a: np.broadcast_to(a, (2, *a.shape)), lambda a: np.swapaxes(a, 0, -1), lambda a: a[..., -1],
]  # fmt: skip
REDUCTIONS = [np.sum, np.max, np.min, np.mean, np.any, np.all]
AXES = [None, 0, -1]


class Machine:
    """Runs steps (kind, i, j, choice): `i` and `j` count values and tensors, modulo how many there are."""

    def __init__(self, values: list[Array], tensors: list[Any]) -> None:
        self.values = list(values)
        self.tensors = tensors

    def step(self, kind: str, i: int, j: int, choice: int) -> None:
        a, b = (_floating(self.values[k % len(self.values)]) for k in (i, j))
        found = getattr(self, kind)(a, b, self.tensors[j % len(self.tensors)], choice)
        if found is not None:
            self.values.append(found)

    def one(self, a: Array, _b: Array, _t: Any, choice: int) -> Array:
        return ONE[choice % len(ONE)](a)

    def two(self, a: Array, b: Array, _t: Any, choice: int) -> Array:
        shape = _broadcast(a, b)
        return None if shape is None else TWO[choice % len(TWO)](a, b)

    def view(self, a: Array, _b: Array, _t: Any, choice: int) -> Array:
        return VIEWS[choice % len(VIEWS)](a) if 0 < a.ndim < 3 and min(a.shape) > 1 else None

    def reduce(self, a: Array, _b: Array, _t: Any, choice: int) -> Array:
        if not a.ndim or not a.size:
            return None
        function, axis = REDUCTIONS[choice % len(REDUCTIONS)], AXES[choice // 7 % len(AXES)]
        return function(a, axis=axis, keepdims=bool(choice // 21 % 2))

    def product(self, a: Array, b: Array, _t: Any, _choice: int) -> Array:
        if a.ndim != 2 or b.ndim not in (1, 2) or max(a.shape) * max(b.shape) > LARGEST:
            return None
        if a.shape[1] == b.shape[0]:
            return np.tanh(a @ b)
        return np.tanh(a.T @ b) if a.shape[0] == b.shape[0] else None

    def load(self, _a: Array, _b: Array, t: Any, choice: int) -> Array:
        return [t.data * 1.0, t.data + 0.25, np.copy(t.data)][choice % 3]

    def store(self, a: Array, _b: Array, t: Any, choice: int) -> None:
        if _broadcast(a, t.data) != t.shape:
            return
        a = np.clip(a, -9, 9)
        match choice % 5:
            case 0:
                t.data += a
            case 1:
                t.data = np.broadcast_to(a, t.shape) * 0.5 + t.data * 0.5
            case 2:
                t.data *= 0.5
            case 3 if t.ndim:
                t.data[::-1] = np.tanh(t.data) + a
            case _:
                t.data = np.broadcast_to(a, t.shape)

    def swap(self, _a: Array, _b: Array, t: Any, choice: int) -> None:
        other = self.tensors[choice % len(self.tensors)]
        if other.shape == t.shape:
            t.data, other.data = other.data, t.data

    def write(self, a: Array, _b: Array, _t: Any, choice: int) -> Array:
        if not a.ndim or not a.size:
            return None
        y = a * 1.0
        if choice % 3 == 0:
            y[0] += y[-1]
        elif choice % 3 == 1:
            y[..., -1] = y[..., 0]
        else:
            y[y > 0] = 0.5
        return y


def _floating(a: Array) -> Array:
    return a * 1.0 if a.dtype.kind == "b" else a


def _broadcast(a: Array, b: Array) -> tuple[int, ...] | None:
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        return None
    return shape if len(shape) < 4 and int(np.prod(shape)) <= LARGEST else None


KINDS = ["one", "two", "two", "view", "reduce", "product", "load", "store", "store", "write", "swap"]
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), *(st.integers(0, 40) for _ in range(3))), min_size=6, max_size=25
)  # fmt: skip


def drawn(seed: int, shape: tuple[int, int]) -> list[Array]:
    rng = np.random.default_rng(seed)
    n, m = shape
    return [rng.standard_normal(s) for s in ((n, m), (n, 1), (m,), (n, m), (n, m), (m,), (), (n, 1))]


def compare(programs: list[tuple[Any, list[Any]]], backend: str) -> None:
    """Run them as one, three times on other arguments, with tensors of their own."""

    def make() -> Any:
        tensors = [[as_tensor(a.copy()) for a in drawn(k, shape)[3:]] for k, (shape, _) in enumerate(programs)]

        def f(arguments: list[list[Array]]) -> Any:
            results = []
            for (_, steps), own, values in zip(programs, tensors, arguments, strict=True):
                machine = Machine(values, own)
                for step in steps:
                    machine.step(*step)
                results.append([v * 1 for v in machine.values[3::2]])
            return results

        return [t for own in tensors for t in own], f

    calls = [[drawn(100 * k + i, shape)[:3] for i, (shape, _) in enumerate(programs)] for k in range(1, 4)]
    with np.errstate(all="ignore"):
        same_steps(make, backend, *([call] for call in calls), tolerance=1e-10)


GENERATED = settings(deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.explicit])


@settings(GENERATED, max_examples=some_of(20))
@given(
    programs=st.lists(
        st.tuples(st.tuples(st.integers(1, 4), st.integers(1, 4)), STEPS), min_size=12, max_size=12
    )
)  # fmt: skip
def test_small(programs: list[Any], backend: str) -> None:
    compare(programs, backend)


@pytest.mark.parametrize("shape", [(600, 120), (20_000, 3), (3, 60_000), (300, 300)])
@settings(GENERATED, max_examples=2)
@given(steps=st.lists(STEPS, min_size=3, max_size=3))
def test_large(shape: tuple[int, int], steps: list[Any], backend: str) -> None:
    """In blocks that fit the cache, on several threads."""
    compare([(shape, s) for s in steps], backend)


def test_the_machine_does_something() -> None:
    """As a check of the test: all kinds of steps change values or tensors."""
    for kind in KINDS:
        start = [a.copy() for a in drawn(0, (3, 3))]
        machine = Machine(start[:3], [as_tensor(a.copy()) for a in start[3:]])
        changed = 0
        for choice in range(12):
            machine.step(kind, 0, choice % 2, choice)
            kept = zip(machine.tensors, start[3:], strict=True)
            changed += len(machine.values) > 3 or any(not np.array_equal(t.data, a) for t, a in kept)
        assert changed, kind
    assert autograd.is_compiling() is False
