"""NumPy's functions, operators and indices on a batch: what they give for each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import vmap

RNG = np.random.default_rng(0)

V, M, T3 = (5,), (3, 4), (2, 3, 4)
SPD = np.eye(3) * 3
CALLS: list[tuple[str, tuple[Any, ...], Callable[..., Any]]] = [
    ("reduce", (M,), lambda x: [np.sum(x), np.mean(x, 0), np.prod(x, axis=-1, keepdims=True), np.max(x, axis=(0, 1))]),
    (
        "reduce all",
        (M,),
        lambda x: [np.var(x), np.std(x, 1, ddof=1), np.ptp(x, axis=0), np.median(x), np.nanmean(x, 1)],
    ),
    ("reduce 0-d", ((),), lambda x: [np.sum(x), np.sum(x, axis=-1), np.max(x, axis=(), keepdims=True), np.median(x)]),
    ("counts", (M,), lambda x: [np.count_nonzero(x > 0), np.any(x > 1, axis=1), np.all(x < 9), np.argmax(x)]),
    ("arg", (M,), lambda x: [np.argmin(x, axis=0), np.argmax(x, axis=1, keepdims=True), np.nanargmax(x)]),
    ("where=", (M,), lambda x: [np.sum(x, where=x > 0), np.add(x, 1, where=True)]),
    ("run", (M,), lambda x: [np.cumsum(x), np.cumprod(x, 0), np.diff(x), np.diff(x, 2, 0), np.add.accumulate(x, 1)]),
    ("sort", (M,), lambda x: [np.sort(x), np.sort(x, axis=None), np.argsort(x, 0), np.partition(x, 2), np.lexsort(x)]),
    ("fft", (M,), lambda x: [np.fft.fft(x), np.fft.rfft(x, 6, 0), np.fft.fftn(x), np.fft.fft2(x), np.fft.fftshift(x)]),
    ("ifft", (M,), lambda x: [np.fft.irfft(x), np.fft.ifftn(x, axes=(0,)), np.fft.fftn(x, s=(2,), axes=(1,))]),
    (
        "shape",
        (T3,),
        lambda x: [np.reshape(x, (4, -1)), np.reshape(x, -1), np.transpose(x), np.transpose(x, (1, 2, 0))],
    ),
    (
        "axes",
        (T3,),
        lambda x: [np.swapaxes(x, 0, -1), np.moveaxis(x, (0, 1), (2, 0)), np.rollaxis(x, 2), np.squeeze(x)],
    ),
    ("order F", (T3,), lambda x: [np.reshape(x, (4, 6), order="F"), np.ravel(x, "F"), x.flatten()]),
    ("expand", (M,), lambda x: [np.expand_dims(x, (0, -1)), np.squeeze(x[:, None]), np.broadcast_to(x, (2, 3, 4))]),
    ("least", ((),), lambda x: [np.atleast_1d(x), np.atleast_2d(x), np.atleast_3d(x), np.reshape(x, (1, 1))]),
    ("least 2", (V, M), lambda x, y: [np.atleast_3d(x), np.atleast_3d(y), *np.broadcast_arrays(x[:4], y)]),
    ("roll", (M,), lambda x: [np.roll(x, 2), np.roll(x, (1, 2), (0, 1)), np.flip(x), np.flip(x, 1), np.rot90(x)]),
    ("repeat", (M,), lambda x: [np.repeat(x, 2), np.repeat(x, [1, 0, 2], 0), np.tile(x, 2), np.tile(x, (2, 1, 2))]),
    ("pad", (M,), lambda x: [np.pad(x, 1), np.pad(x, ((1, 0), (2, 1)), "edge"), np.pad(x, (1, 2), "reflect")]),
    ("pad values", (V,), lambda x: [np.pad(x, 2, constant_values=(1, 2)), np.pad(x, 2, "linear_ramp", end_values=3)]),
    (
        "triangles",
        (M, V),
        lambda x, v: [np.tril(x, 1), np.triu(x), np.tril(v), np.diag(x), np.diag(v, -1), np.trace(x)],
    ),
    (
        "diagonal",
        (T3,),
        lambda x: [np.diagonal(x), np.diagonal(x, 1, 1, 2), np.linalg.diagonal(x), np.trace(x, 0, 2, 1)],
    ),
    ("join", (M, M), lambda x, y: [np.concatenate([x, y], 1), np.concatenate([x, y], None), np.stack([x, y], -1)]),
    (
        "join shared",
        (M,),
        lambda x: [np.concatenate([x, np.ones((1, 4))]), np.stack([np.zeros(M), x]), np.append(x, 1.0)],
    ),
    ("stacks", (V, V), lambda x, y: [np.vstack([x, y]), np.hstack([x, y]), np.dstack([x, y]), np.column_stack([x, y])]),
    ("split", (T3,), lambda x: [*np.split(x, 2, 2), *np.array_split(x, [1, 2], 1), *np.hsplit(x, 3), *np.vsplit(x, 2)]),
    (
        "like",
        (M,),
        lambda x: [np.zeros_like(x), np.ones_like(x, shape=3), np.full_like(x, 2), np.full_like(x, x[0, 0])],
    ),
    (
        "point",
        (M,),
        lambda x: [np.clip(x, -1, None), np.round(x, 1), np.nan_to_num(x), np.sinc(x), np.i0(x), np.real(x)],
    ),
    ("point 2", (M, (4,)), lambda x, y: [np.where(x > y, x, y), np.isclose(x, y), np.clip(x, y, 2), np.hypot(y, x)]),
    ("select", (V,), lambda x: [np.select([x < 0, x > 1], [x * 2, x], 5.0), np.piecewise(x, [x < 0], [0, 1])]),
    ("dtype", (M,), lambda x: [np.astype(x, "f4"), x.astype(int), np.result_type(x, np.float32).itemsize * x]),
    ("ufuncs", (V, V), lambda x, y: [*np.divmod(x, y), *np.modf(x), np.add.outer(x, y), np.multiply.reduce(x)]),
    ("reduceat", (V,), lambda x: [np.add.reduceat(x, [0, 2]), np.maximum.reduce(x), np.minimum.accumulate(x)]),
    ("interp", (V,), lambda x: [np.interp(x, [-1.0, 0.0, 1.0], [2.0, 3.0, 5.0]), np.searchsorted([0.0, 1.0], x)]),
    (
        "interp 2",
        (V, V),
        lambda x, y: [np.interp(x, [-1.0, 0.0, 1.0, 2.0, 3.0], y), np.polyval(y, x), np.digitize(x, [0])],
    ),
    (
        "signal",
        (V, V),
        lambda x, y: [np.convolve(x, y), np.correlate(x, y), np.cov(x, y), np.gradient(x), np.ediff1d(x)],
    ),
    (
        "quantile",
        (M,),
        lambda x: [np.quantile(x, [0.1, 0.5], axis=0), np.percentile(x, 30), np.trapezoid(x), np.average(x)],
    ),
    ("matmul", (M, (4, 2)), lambda a, b: [a @ b, np.dot(a, b), np.matmul(a[0], b), a @ b[:, 0], a[0] @ b[:, 0]]),
    ("matmul shared", (M,), lambda a: [a @ np.ones((4, 2)), np.ones((2, 3)) @ a, np.ones(3) @ a, a @ np.arange(4.0)]),
    ("vector", ((4,),), lambda v: [v @ np.ones((4, 2)), np.ones((2, 4)) @ v, v @ np.ones(4), np.ones((5, 2, 4)) @ v]),
    ("stack of", (T3, (4,)), lambda a, v: [a @ v, a @ a[0].T, a[0] @ np.swapaxes(a, 1, 2), v @ np.swapaxes(a, 1, 2)]),
    (
        "dot",
        (T3, M),
        lambda a, b: [np.dot(a, np.ones((2, 4, 3))), np.inner(a, b), np.outer(a, b), np.vdot(b, b), np.dot(2.0, a)],
    ),
    (
        "tensordot",
        (T3, M),
        lambda a, b: [np.tensordot(a, b, 2), np.tensordot(a, b, ([1], [0])), np.kron(b, b), np.inner(b, b)],
    ),
    (
        "einsum",
        (M, (4, 3)),
        lambda a, b: [np.einsum("ij,jk", a, b), np.einsum("ij,ji->", a, b), np.einsum("...j->j...", a)],
    ),
    (
        "cross",
        (M,),
        lambda a: [np.cross(a[:, :3], a[:, 1:]), np.cross(a[0, :3], np.ones(3)), np.linalg.norm(a), np.vecdot(a, a)],
    ),
    (
        "norms",
        (M,),
        lambda a: [np.linalg.norm(a, axis=1), np.linalg.norm(a, 1), np.linalg.norm(a, "fro", (0, 1), True)],
    ),
    (
        "linalg",
        ((3, 3),),
        lambda a: [np.linalg.inv(a + SPD), np.linalg.det(a), *np.linalg.slogdet(a), np.linalg.pinv(a)],
    ),
    (
        "factors",
        ((3, 3),),
        lambda a: [*np.linalg.qr(a), np.linalg.cholesky(a @ a.T + SPD), np.linalg.matrix_power(a, 3)],
    ),
    (
        "solve",
        ((3, 3), (3,)),
        lambda a, b: [np.linalg.solve(a + SPD, b), np.linalg.solve(SPD, b), np.linalg.solve(SPD, a)],
    ),
    (
        "solve 2",
        ((3, 3),),
        lambda a: [
            np.linalg.solve(a + SPD, np.ones(3)),
            np.linalg.multi_dot([a, a, a]),
            np.linalg.lstsq(a, np.ones(3))[0],
        ],
    ),
    (
        "solve 3",
        ((3, 3),),
        lambda a: [np.linalg.solve(np.stack([SPD, SPD]), a), np.linalg.solve(a + SPD, np.ones((2, 3, 1)))],
    ),
    (
        "methods",
        (M,),
        lambda x: [x.sum(), x.T, x.mean(axis=0), x.reshape(4, 3), x.transpose(1, 0), x.ravel().dot(x.ravel())],
    ),
    ("operators", (M,), lambda x: [x + 1, 2 - x, -x, abs(x), x**2, x // 2, x % 2, x > 0, np.stack(list(x)), x == x]),
    (
        "index",
        (T3,),
        lambda x: [x[1], x[:, None, 1:, ::-2], x[..., 0], x[1, 2, 3], x[:, [0, 0, 2]], x[[1, 0], :, [1, 2]]],
    ),
    (
        "index 2",
        (T3,),
        lambda x: [x[np.array([[0], [1]]), [0, 2]], x[:, np.eye(3, 4, dtype=bool)], x[0, :, [1, 2]], x[()]],
    ),
    (
        "index 3",
        (V, T3),
        lambda v, x: [v[np.argsort(v)], x[:, np.argmax(x[0], 0)], x[np.argmax(x, 0), :, 0], x[0, np.argmax(v) % 3]],
    ),
    ("index 4", (V,), lambda v: [np.take_along_axis(np.arange(5.0), np.argsort(v), 0), np.take(v, np.argsort(v)[:2])]),
    (
        "along",
        (M,),
        lambda x: [np.take_along_axis(x, np.argsort(x, 1), 1), np.take(x, 2, axis=1), np.take(x, [[0, 5]])],
    ),
    (
        "others",
        (M,),
        lambda x: [
            np.unwrap(x),
            np.nanmax(x, 0),
            np.cumsum(x, axis=0),
            np.delete(x, 1, 0),
            np.vander(x[0]),
            np.vstack([x, x], dtype=np.float32),
            np.hstack([x, x], dtype=np.float32),
        ],
    ),
]


@pytest.mark.parametrize("shapes, f", [pytest.param(s, f, id=n) for n, s, f in CALLS])
def test_numpy_functions_on_batches(shapes: tuple[tuple[int, ...], ...], f: Callable[..., Any]) -> None:
    """NumPy's own functions and operators give for a batch what they give for each example, empty batches too."""
    arrays = [RNG.normal(size=(3, *s)) for s in shapes]
    expected = [f(*(a[k] for a in arrays)) for k in range(3)]
    for size in (3, 0):
        found = vmap(f)(*(a[:size] for a in arrays))
        assert len(found) == len(expected[0])
        for i, x in enumerate(found):
            rows = np.stack([e[i] for e in expected])
            assert type(x) is np.ndarray and x.dtype == rows.dtype
            np.testing.assert_allclose(x, rows[:size], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("shapes, f", [pytest.param(s, f, id=n) for n, s, f in CALLS])
def test_numpy_functions_on_batches_in_batches(shapes: tuple[tuple[int, ...], ...], f: Callable[..., Any]) -> None:
    """The same for a batch of batches, with the examples of either along any axis."""
    arrays = [RNG.normal(size=(3, 2, *s)) for s in shapes]
    twice = vmap(vmap(f))(*arrays)
    turned = vmap(vmap(f), in_axes=-1, out_axes=-1)(*(np.moveaxis(a, 0, -1) for a in arrays))
    for i, (x, t) in enumerate(zip(twice, turned, strict=True)):
        rows = np.stack([np.stack([f(*(a[j, k] for a in arrays))[i] for k in range(2)]) for j in range(3)])
        np.testing.assert_allclose(x, rows, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(t, np.moveaxis(x, 0, -1), rtol=1e-12, atol=1e-12)


# --- parts that are read and written ------------------------------------------------------------------------------


def test_writing_into_a_batch() -> None:
    """x[index] = v and x[index] += v write into every example, by any index, into views and by masks too."""
    indices: list[Any] = [
        1,
        (slice(None), 2),
        (Ellipsis, [0, 0, 2]),
        ([0, 1], slice(None), [1, 2]),
        np.eye(2, 3, dtype=bool),
    ]

    def f(x: Any, v: Any, index: Any) -> Any:
        y = np.copy(x)
        y[index] = v
        z = np.copy(x)
        z[index] += v
        w = np.zeros_like(x)
        np.add.at(w, index, v)
        return y, z, w

    for size in (1, 3):
        x = RNG.normal(size=(size, 2, 3, 4))
        v = RNG.normal(size=size)
        for index in indices:
            expected = [f(a, b, index) for a, b in zip(x, v, strict=True)]
            for found, e in zip(vmap(lambda x, v, i=index: f(x, v, i))(x, v), zip(*expected, strict=True), strict=True):
                np.testing.assert_array_equal(found, np.stack(e))


def test_writing_by_an_index_of_each_example() -> None:
    """The index of what is written may differ from example to example; so may a mask, if one number is written."""
    x = RNG.normal(size=(4, 5, 2))

    def f(x: Any) -> Any:
        y, z, w = np.copy(x), np.zeros_like(x), np.copy(x)
        y[np.argmax(x, 0), [0, 1]] = 7.0
        np.add.at(z, (np.argsort(x[:, 0]) % 3, 1), x[:, 1])
        w[x > 0] = 0.0
        w.T[:, np.argmin(x[:, 1])] = x[0]
        return y, z, w

    for found, expected in zip(vmap(f)(x), zip(*map(f, x), strict=True), strict=True):
        np.testing.assert_array_equal(found, np.stack(expected))
