"""Every registered operation, and random graphs of them, give in a program what they give without one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import autograd
from autograd.compiler.tape import UNKNOWN_SHAPES
from autograd.testing.samples import Sample, samples, several
from autograd.testing.strategies import expressions
from autograd.transforms import tree_leaves
from tests.extent import some_of

EVERY = [s for s in samples() if s.op.name not in UNKNOWN_SHAPES]
CHUNKS = [EVERY[i : i + 16] for i in range(0, len(EVERY), 16)]
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-6}


def everything(sample: Sample, arrays: list[Any]) -> list[Any]:
    """Return the results of an operation, and the gradients of a number that is made of them."""
    results = several(sample.run(*map(autograd.as_tensor, arrays)))
    floating = [i for i, a in enumerate(arrays) if a.dtype.kind == "f"]
    if sample.op.kind == "stepwise" or not floating:
        return results

    def total(*xs: Any) -> Any:
        changed = list(arrays)
        for i, x in zip(floating, xs, strict=True):
            changed[i] = x
        return sum(
            (np.sum(np.sin(out + 1.0) * out) for out in sample.floats(*changed)),
            autograd.tensor(0.0, dtype=arrays[floating[0]].dtype),
        )

    return [*results, autograd.grad(total, argnums=tuple(range(len(floating))))(*(arrays[i] for i in floating))]


def agree(found: Any, wanted: Any, tolerance: float) -> None:
    """Compare all that is in two results: dtype, shape and values, nan and infinities at the same places."""
    for a, b in zip(tree_leaves(found), tree_leaves(wanted), strict=True):
        a, b = (np.asarray(x.data if isinstance(x, autograd.Tensor) else x) for x in (a, b))
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        size = float(np.abs(b[np.isfinite(b)]).max(initial=1)) if b.dtype.kind in "fc" else 1
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * size)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("chunk", CHUNKS, ids=lambda chunk: f"{chunk[0].op.name}-{chunk[-1].op.name}")
def test_value_and_gradient(chunk: list[Sample], dtype: Any, backend: str) -> None:
    """Of float32 too, with their dtypes; the samples of a chunk are one program."""

    def all_of_them(drawn: list[list[Any]]) -> list[Any]:
        return [everything(sample, arrays) for sample, arrays in zip(chunk, drawn, strict=True)]

    drawn = [[np.asarray(a) for a in sample.arrays(dtype=dtype)] for sample in chunk]
    agree(autograd.compile(all_of_them, backend=backend)(drawn), all_of_them(drawn), TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@settings(max_examples=some_of(10), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(graphs=st.lists(expressions(shape=(3, 4), max_steps=10), min_size=25, max_size=25))
def test_random_graphs(graphs: list[Any], dtype: Any, backend: str) -> None:
    """Up to a thousand in all, 25 in one program, with their gradients."""
    inputs = [[np.asarray(x, dtype) for x in graph.inputs] for graph in graphs]

    def values_and_gradients(inputs: list[list[Any]]) -> list[Any]:
        return [
            autograd.value_and_grad(lambda *ys, graph=graph: np.sum(graph(*ys)), argnums=(0, 1))(*xs)
            for graph, xs in zip(graphs, inputs, strict=True)
        ]

    found = autograd.compile(values_and_gradients, backend=backend)(inputs)
    agree(found, values_and_gradients(inputs), TOLERANCE[dtype])


def test_orders(backend: str) -> None:
    """Gradients of gradients, and forward mode, inside a program."""

    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) * x**3)

    def orders(x: Any, t: Any) -> Any:
        second = autograd.hvp(f, (x,), (t,))
        third = autograd.grad(lambda x: np.sum(autograd.grad(lambda x: np.sum(autograd.grad(f)(x) * t))(x) * t))(x)
        return autograd.hessian(f)(x), second, third, autograd.jvp(f, (x,), (t,))

    x, t = np.random.default_rng(0).standard_normal((2, 5))
    agree(autograd.compile(orders, backend=backend)(x, t), orders(x, t), 1e-11)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (), (1,), (1, 1), (2, 1, 3)])
def test_shapes_at_the_edge(shape: tuple[int, ...], backend: str) -> None:
    def f(x: Any) -> Any:
        y = np.exp(x) + np.sum(x, axis=-1, keepdims=True) if x.ndim else np.exp(x)
        return y, autograd.grad(lambda x: np.sum(np.sin(x) * x))(x), np.mean(x) if x.size else np.sum(x)

    x = np.random.default_rng(0).standard_normal(shape)
    agree(autograd.compile(f, backend=backend)(x), f(x), 1e-12)


def test_where_nothing_flows_a_nan_has_no_influence(backend: str) -> None:
    """The strong zero holds in a program, and real nans travel."""
    f = autograd.grad(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0) + np.sqrt(x * 0 + 1) * x))
    x = np.array([-1.0, 0.0, 2.0, np.nan, np.inf])
    with np.errstate(all="ignore"):
        agree(autograd.compile(f, backend=backend)(x), f(x), 1e-12)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-310, 1e308])
def test_special_values(special: float, backend: str) -> None:
    """Functions, comparisons, extremes and sums see them as NumPy does."""

    def f(x: Any, y: Any) -> Any:
        return [
            np.maximum(x, y), np.minimum(x, y), np.sign(x), np.exp(x), np.tanh(x), np.log1p(np.abs(x)), x / y, x * y,
            np.max(x), np.min(x), np.sum(x), np.equal(x, y), np.less(x, y), np.isfinite(x), np.floor(x), 1 / x, x**2,
            np.where(np.isnan(x), y, x), np.copysign(y, x), np.any(x), np.all(x), np.argmax(x), autograd.sigmoid(x),
        ]  # fmt: skip

    x, y = np.array([special, 1.0, -2.0, special]), np.array([3.0, special, special, special])
    with np.errstate(all="ignore"):
        agree(autograd.compile(f, backend=backend)(x, y), f(x, y), 1e-12)


@pytest.mark.parametrize(
    "dtype", ["int8", "int32", "int64", "uint8", "bool", "float16", "longdouble", "complex128", ">f8"]
)
def test_other_dtypes(dtype: str, backend: str) -> None:
    """What C has no loops for is left to NumPy, and comes out the same."""

    def f(x: Any) -> Any:
        return (
            x + x,
            x * 2,
            np.sum(x),
            np.equal(x, 1),
            np.where(x > 1 if x.dtype.kind != "c" else x == 1, x, x + x),
            x @ x,
        )

    x = np.array([1, 0, 3, 1]).astype(dtype)
    agree(autograd.compile(f, backend=backend)(x), f(x.astype(x.dtype.newbyteorder("="))), 1e-12)


LAYOUTS = {
    "fortran": np.asfortranarray, "strided": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "backwards": lambda a: a[::-1, ::-1].copy()[::-1, ::-1], "transposed": lambda a: a.T.copy().T,
    "unaligned": lambda a: np.frombuffer(b"x" + a.tobytes(), a.dtype, offset=1).reshape(a.shape),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_arrays_may_lie_anyhow(layout: str, backend: str) -> None:
    """Read-only too: a program made for one layout takes all others."""

    def f(x: Any) -> Any:
        return np.tanh(x) @ x.T, x[1:, ::-1] * 2, np.sum(x, axis=0)

    x = np.random.default_rng(0).standard_normal((4, 6))
    compiled = autograd.compile(f, backend=backend)
    compiled(x)
    other = LAYOUTS[layout](x)
    other.flags.writeable = False
    agree(compiled(other), f(x), 1e-12)
    assert len(compiled.programs) == 1


def test_large_arrays_are_shared_among_threads(backend: str) -> None:
    """Rows, sums over all and along each axis, extremes, products of matrices; sums of many float32 stay exact."""

    def f(x: Any) -> Any:
        y = np.tanh(x) * autograd.sigmoid(x) + np.exp(-(x**2))
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return np.sum(y), np.sum(y, axis=0), np.max(y, axis=1), e / np.sum(e, axis=1, keepdims=True), np.mean(y * y)

    x = np.random.default_rng(0).standard_normal((3000, 257)).astype(np.float32)
    found, exact = autograd.compile(f, backend=backend)(x), f(x.astype(np.float64))
    for a, b in zip(found, exact, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)
    assert abs(float(found[0]) - float(exact[0])) < 1e-6 * abs(float(exact[0]))


def test_products_of_every_form(backend: str) -> None:
    rng = np.random.default_rng(0)
    shapes = [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)),
        ((1, 2, 3), (5, 3, 4)), ((70, 80), (80, 90)), ((70, 80), (80,)), ((80,), (80, 90)), ((2, 0), (0, 3)),
        ((4, 1, 2, 3), (6, 3, 2)), ((1, 200), (200, 1)),
    ]  # fmt: skip
    pairs = [[rng.standard_normal(a), rng.standard_normal(b)] for a, b in shapes]

    def f(pairs: Any) -> Any:
        plain = [a @ b for a, b in pairs]
        turned = [(b.T @ a.T, a.T @ a, b @ b.T) for a, b in pairs if a.ndim == b.ndim == 2]
        slopes = [autograd.grad(lambda a, b: np.sum(np.sin(a @ b)), argnums=(0, 1))(a, b) for a, b in pairs]
        return plain, turned, slopes

    agree(autograd.compile(f, backend=backend)(pairs), f(pairs), 1e-12)


def test_elements_by_their_numbers(backend: str) -> None:
    """Gathering and adding at whole numbers, negative too; one beyond the axis is an IndexError, with no effect."""
    w = autograd.tensor(np.arange(12.0).reshape(4, 3), requires_grad=True)

    def f(rows: Any, columns: Any) -> Any:
        loss = np.sum(np.sin(w)[rows, columns] * np.arange(5.0)) + np.sum(w[rows] ** 2)
        loss.backward()
        w.data = w.data - 0.1 * w.grad
        w.grad = None
        return loss

    rows, columns = np.array([0, -1, 2, 0, 0]), np.array([2, 1, 0, -1, 2])
    start = w.data.copy()
    eager = [f(rows, columns).item(), w.data.copy()]
    w.data = start
    compiled = autograd.compile(f, backend=backend)
    agree([compiled(rows, columns).item(), w.data], eager, 1e-12)
    before = w.data.copy()
    with pytest.raises(IndexError):
        compiled(rows + 9, columns)
    np.testing.assert_array_equal(w.data, before)
