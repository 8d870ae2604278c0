"""Functions composed of operations, and random expressions: one NumPy program, run on raw arrays and on tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd
from autograd import tensor
from tests.autograd.differences import directional

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "ravel": (lambda x: np.ravel(x), ((2, 3),)),
    "repeat": (lambda x: np.repeat(x, 2, axis=1), ((2, 3),)),
    "repeat flat": (lambda x: np.repeat(x, 3), ((2, 3),)),
    "repeat counts": (lambda x: np.repeat(x, [1, 0, 2], axis=-1), ((2, 3),)),
    "tile": (lambda x: np.tile(x, (2, 1, 2)), ((2, 3),)),
    "tile short": (lambda x: np.tile(x, 2), ((2, 3),)),
    "flipud": (lambda x: np.flipud(x), ((2, 3),)),
    "fliplr": (lambda x: np.fliplr(x), ((2, 3),)),
    "pad edge": (lambda x: np.pad(x, 2, mode="edge"), ((2, 3),)),
    "pad reflect": (lambda x: np.pad(x, ((1, 0), (0, 2)), mode="reflect"), ((2, 3),)),
    "pad symmetric": (lambda x: np.pad(x, 1, mode="symmetric"), ((2, 3),)),
    "pad wrap": (lambda x: np.pad(x, 1, mode="wrap"), ((2, 3),)),
    "vstack": (lambda x, y: np.vstack([x, y]), ((3,), (2, 3))),
    "hstack": (lambda x, y: np.hstack([x, y]), ((2, 1), (2, 3))),
    "hstack 1-d": (lambda x, y: np.hstack([x, y]), ((2,), (3,))),
    "column_stack": (lambda x, y: np.column_stack([x, y]), ((2,), (2, 3))),
    "append": (lambda x, y: np.append(x, y), ((2,), (2, 3))),
    "atleast_2d": (lambda x: np.atleast_2d(x), ((3,),)),
    "take": (lambda x: np.take(x, [2, 0, 2], axis=1), ((2, 3),)),
    "take flat": (lambda x: np.take(x, [5, 0]), ((2, 3),)),
    "take_along_axis": (lambda x: np.take_along_axis(x, np.array([[2, 0], [1, 1]]), axis=1), ((2, 3),)),
    "diagonal": (lambda x: np.diagonal(x, 1), ((3, 4),)),
    "diagonal below": (lambda x: np.diagonal(x, -1, 1, 2), ((2, 4, 3),)),
    "trace": (lambda x: np.trace(x), ((3, 4),)),
    "diag of a vector": (lambda x: np.diag(x, -1), ((3,),)),
    "diag of a matrix": (lambda x: np.diag(x), ((3, 3),)),
    "dot": (lambda x, y: np.dot(x, y), ((2, 3), (3, 2))),
    "dot scalar": (lambda x, y: np.dot(x, y), ((), (3, 2))),
    "dot stacked": (lambda x, y: np.dot(x, y), ((2, 3), (4, 3, 2))),
    "inner": (lambda x, y: np.inner(x, y), ((2, 3), (4, 3))),
    "outer": (lambda x, y: np.outer(x, y), ((2, 3), (4,))),
    "vdot": (lambda x, y: np.vdot(x, y), ((2, 3), (2, 3))),
    "tensordot": (lambda x, y: np.tensordot(x, y, axes=((0, 2), (1, 0))), ((2, 3, 4), (4, 2, 5))),
    "tensordot 1": (lambda x, y: np.tensordot(x, y, axes=1), ((2, 3), (3, 4))),
    "tensordot 0": (lambda x, y: np.tensordot(x, y, axes=0), ((2,), (3,))),
    "ptp": (lambda x: np.ptp(x, axis=1), ((2, 3),)),
    "average": (lambda x, w: np.average(x, axis=0, weights=w * w), ((2, 3), (2, 3))),
    "norm": (lambda x: np.linalg.norm(x), ((2, 3),)),
    "norm 1": (lambda x: np.linalg.norm(x, 1, axis=1), ((2, 3),)),
    "norm 3": (lambda x: np.linalg.norm(x, 3, axis=0, keepdims=True), ((2, 3),)),
    "norm inf": (lambda x: np.linalg.norm(x, np.inf, axis=1), ((2, 3),)),
    "norm -inf": (lambda x: np.linalg.norm(x, -np.inf, axis=1), ((2, 3),)),
    "norm fro": (lambda x: np.linalg.norm(x, "fro"), ((2, 3),)),
    "norm matrix 1": (lambda x: np.linalg.norm(x, 1), ((2, 3),)),
    "norm matrix inf": (lambda x: np.linalg.norm(x, np.inf, axis=(2, 0)), ((2, 2, 3),)),
    "float_power": (lambda x: np.float_power(x * x + 1, 1.5), ((2, 3),)),
    "divmod": (lambda x, y: sum(np.divmod(x, 2 + y * y)), ((2, 3), (2, 3))),
    "add.reduce": (lambda x: np.add.reduce(x), ((2, 3),)),
    "multiply.reduce": (lambda x: np.multiply.reduce(x, axis=1, keepdims=True), ((2, 3),)),
    "maximum.reduce": (lambda x: np.maximum.reduce(x, axis=None), ((2, 3),)),
    "add.accumulate": (lambda x: np.add.accumulate(x, axis=1), ((2, 3),)),
    "where": (lambda x, y: np.where(x > 0, y, x * y), ((2, 3), (2, 3))),
}


def draw(shapes: tuple[tuple[int, ...], ...], seed: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(-2, 2, shape) for shape in shapes]


@pytest.mark.parametrize("name", PROGRAMS)
def test_composition(name: str) -> None:
    """The value is NumPy's, and both modes give the change along a direction."""
    f, shapes = PROGRAMS[name]
    arrays, along = draw(shapes), draw(shapes, seed=1)
    value, slope = autograd.jvp(f, arrays, along)
    np.testing.assert_allclose(value, f(*arrays), rtol=1e-13)
    np.testing.assert_allclose(slope, directional(f, arrays, along), rtol=1e-8, atol=1e-9)
    c = np.random.default_rng(2).uniform(-1, 1, np.shape(value))
    gradients = autograd.grad(lambda *xs: np.sum(f(*xs) * c), tuple(range(len(arrays))))(*arrays)
    total = sum(np.sum(g * d) for g, d in zip(gradients, along, strict=True))
    np.testing.assert_allclose(total, np.sum(slope * c), rtol=1e-11)


SMOOTH_STEPS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a + b,
    lambda a, b: a - 2.0 * b,
    lambda a, b: a * b,
    lambda a, b: a / (2.0 + b * b),
    lambda a, b: np.tanh(a) * np.sin(b),
    lambda a, b: np.exp(-a * a) + b,
    lambda a, b: np.log(1.0 + a * a) - np.arctan(b),
    lambda a, b: np.logaddexp(a, b),
    lambda a, b: np.sum(a, axis=0) + b,
    lambda a, b: a * np.mean(b, axis=1, keepdims=True),
    lambda a, b: (a @ b.T) @ np.cos(a),
    lambda a, b: np.concatenate([a, b], axis=1)[:, 1:4],
    lambda a, b: np.transpose(a)[::-1].T + b,
    lambda a, b: a[np.array([0, 0])] * b,
    lambda a, b: np.cumsum(a, axis=1) * b,
    lambda a, b: np.stack([a, b])[0] - np.flip(b),
    lambda a, b: np.hypot(a, 1.0 + b * b),
    lambda a, b: np.prod(a, axis=1, keepdims=True) * b,
]


@settings(max_examples=300)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(range(len(SMOOTH_STEPS))), st.integers(0, 99), st.integers(0, 99)),
        min_size=1,
        max_size=8,
    ),
    values=st.lists(st.integers(-16, 16), min_size=12, max_size=12),
)
def test_random_expressions(steps: list[tuple[int, int, int]], values: list[int]) -> None:
    """Any graph of operations, with shared and unused parts, has its derivative in both modes and at second order."""
    x, y = np.reshape(np.array(values) / 8, (2, 2, 3))

    def f(x: Any, y: Any) -> Any:
        made = [x, y]
        for step, i, j in steps:
            made.append(np.tanh(SMOOTH_STEPS[step](made[i % len(made)], made[j % len(made)])))
        return np.sum(made[-1])

    along = draw(((2, 3), (2, 3)), seed=4)
    expected = directional(f, [x, y], along)
    gradients = autograd.grad(f, (0, 1))(x, y)
    reverse = sum(np.sum(g * d) for g, d in zip(gradients, along, strict=True))
    np.testing.assert_allclose(reverse, expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(autograd.jvp(f, (x, y), along)[1], reverse, rtol=1e-9, atol=1e-11)

    def slope(x: Any, y: Any) -> Any:
        gx, gy = autograd.grad(f, (0, 1))(x, y)
        return np.sum(gx * along[0]) + np.sum(gy * along[1])

    second = autograd.grad(slope, (0, 1))(x, y)
    total = sum(np.sum(g * d) for g, d in zip(second, along, strict=True))
    np.testing.assert_allclose(total, autograd.jvp(slope, (x, y), along)[1], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(total, directional(slope, [x, y], along), rtol=1e-5, atol=1e-6)


def test_both_doors_make_the_same_graph() -> None:
    """`np.exp(t)`, `autograd.exp(t)` and `t.exp()` record the same operation."""
    t = tensor([1.0, 2.0], requires_grad=True)
    names = {f._node.op.name for f in (np.exp(t), autograd.exp(t), t.exp())}
    assert names == {"exp"}
