"""What NumPy does at its edges, in programs too: views, writing in place, options, dtypes, layouts, sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import as_tensor
from autograd.compiler import native
from tests.autograd.compiler.comparison import equal, same, same_steps

A = np.arange(12.0).reshape(3, 4) - 3.5
S = np.arange(9.0).reshape(3, 3) - 2.5

Writes = Callable[[Any], Any]


def writing(view: Writes) -> Writes:
    """Return a function that writes into a view of a fresh array, and looks at both."""

    def f(x: Any) -> Any:
        y = x * 2
        z = view(y)
        z += 1
        y *= 3
        return y, z * 1.0

    return f


VIEWS: dict[str, Writes] = {
    "row": lambda y: y[1], "rows": lambda y: y[1:], "column": lambda y: y[:, 1], "steps": lambda y: y[::-1, ::2],
    "new axis": lambda y: y[:, None], "part of a part": lambda y: y[1:][0][1:], "all": lambda y: y[...],
    "T": lambda y: y.T, "transpose": lambda y: np.transpose(y, (1, 0)), "reshape": lambda y: y.reshape(2, 6),
    "ravel": lambda y: y.ravel(), "swapaxes": lambda y: np.swapaxes(y, 0, 1), "expand_dims": lambda y: y[None],
    "flip": np.flip, "squeeze": lambda y: np.squeeze(y[None], 0), "moveaxis": lambda y: np.moveaxis(y, 0, 1),
    "split": lambda y: np.split(y, 2, axis=1)[1], "part of T": lambda y: y.T[1:], "T of a part": lambda y: y[1:].T,
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_written_to_is_seen_in_the_whole_and_the_other_way_round(view: str, backend: str) -> None:
    same(writing(VIEWS[view]), backend, A)


COPIES: dict[str, Writes] = {
    "copy": np.copy, "astype": lambda y: y.astype(np.float64), "flatten": lambda y: y.flatten(),
    "indexed": lambda y: y[[0, 2]], "clip": lambda y: np.clip(y, None, 1e9), "positive": lambda y: +y,
    "repeat": lambda y: np.repeat(y, 1), "diagonal of a copy": lambda y: np.diagonal(y).copy(),
}  # fmt: skip


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_written_to_is_not(copy: str, backend: str) -> None:
    same(writing(COPIES[copy]), backend, A)
    same(lambda x: writing(COPIES[copy])(x)[1], backend, A)


def test_an_argument_is_not_changed_by_writing_to_a_copy_of_it(backend: str) -> None:
    def f(x: Any) -> Any:
        y = x.astype(x.dtype)
        y += 1
        return y

    same(f, backend, A)


def test_an_element_is_a_number_and_no_view(backend: str) -> None:
    """So two elements can be swapped by way of names."""

    def swap(x: Any) -> Any:
        y = x * 1.5
        first, second = y[0], y[1]
        y[0], y[1] = second, first
        return y, first

    def then_write(x: Any) -> Any:
        y = x * 1.5
        element = y[0]
        y += 1
        y[2] = y[1] * 2.0
        return element, y

    same(swap, backend, A[0])
    same(then_write, backend, A[0])


def test_an_element_of_a_tensor_is_read_at_each_call(backend: str) -> None:
    w = as_tensor(np.array([1.0, 2.0]))
    compiled = autograd.compile(lambda x: x * w.data[0] + w.data[-1], backend=backend)
    assert compiled(np.ones(1)).tolist() == [3]
    w.data[:] = [7.0, 9.0]
    assert compiled(np.ones(1)).tolist() == [16]


def test_a_view_of_a_tensor_is_written_to(backend: str) -> None:
    def make() -> Any:
        w = as_tensor(S.copy())

        def f(x: Any) -> None:
            view = w.data.T
            view -= x
            w.data.reshape(-1)[:2] = 5.0
            diagonal = w.data[1:, ::-1]
            diagonal *= 2.0

        return [w], f

    same_steps(make, backend, (1.0,), (2.0,))


def test_assignments_of_all_forms(backend: str) -> None:
    def f(x: Any) -> Any:
        y = x * 2
        y[y > 5] = 0
        y[[0, 1]] = 5.0
        y[1:, 0] += x[1:, 0]
        y[..., -1] = np.arange(3.0)
        y[np.array([0, 2]), np.array([1, 1])] = x[0, :2]
        for row in y:
            row += row[0]
        np.add.at(y, np.array([0, 0, 1]), x)
        np.copyto(y[0], x[1])
        y **= 2
        y //= 3
        return y

    same(f, backend, S)


SAFE: dict[str, Writes] = {
    "divide": lambda x: np.divide(1.0, x, out=np.zeros_like(x), where=x > 0),
    "log": lambda x: np.log(x, out=np.full_like(x, -1.0), where=x > 0),
    "add": lambda x: np.add(x, 100, out=x * 2, where=x > 0),
    "no where": lambda x: np.multiply(x, x, out=np.empty_like(x)),
    "copyto": lambda x: (lambda y: (np.copyto(y, 0.0, where=x > 0), y)[1])(x * 2),
}


@pytest.mark.parametrize("name", SAFE)
def test_what_is_masked_out_stays(name: str, backend: str) -> None:
    same(SAFE[name], backend, A)


OPTIONS: dict[str, Writes] = {
    "order": lambda x: (np.reshape(x * 2, (4, 3), order="F"), np.ravel(x * 2, order="F"), (x * 2).flatten("F")),
    "method order": lambda x: ((x * 2).reshape(4, 3, order="F"), (x * 2).ravel("F")),
    "filled": lambda x: (x + np.full_like(x, fill_value=3.0), np.full_like(x, 2, dtype=np.float32) + x),
    "dtypes": lambda x: (x + np.zeros_like(x, np.float32), np.ones_like(x, int) + x, x > np.zeros_like(x, bool)),
    "sum": lambda x: (np.sum(x, where=x > 0), np.sum(x, initial=2.0), np.sum(x, dtype=np.float32), np.sum(x, 1)),
    "mean": lambda x: (np.mean(x, where=x > 0), np.mean(x, 0, np.float32), np.mean(x, axis=(0, 1), keepdims=True)),
    "max": lambda x: (np.max(x, where=x > 0, initial=0.0), np.max(x, 0, initial=1.0), x.max(keepdims=True)),
    "any": lambda x: (np.any(x > 3, where=x > 0), np.all(x > -9, axis=0), np.any(x, 1, keepdims=True)),
    "var": lambda x: (np.var(x, correction=1), np.std(x, axis=0, ddof=1), np.var(x, 1, keepdims=True)),
    "clip": lambda x: (np.clip(x, 0, None), np.clip(x, 0, 1), x.clip(max=2.0), np.clip(x, x - 1, x[0])),
    "prod": lambda x: (np.prod(x[:, :2], axis=-1), x.prod(axis=(0, 1), keepdims=True)),
    "outer": lambda x: (np.add.outer(x[0], x[1]), np.multiply.accumulate(x, 1), np.maximum.reduce(x, axis=1)),
    "two results": lambda x: (*np.modf(x), *np.divmod(x, 2.0), *np.frexp(x)),
    "dtype": lambda x: (np.add(x, 1, dtype=np.float32), np.multiply(x, x, casting="unsafe")),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_numpys_functions(name: str, backend: str) -> None:
    same(OPTIONS[name], backend, A)


LOOKS: dict[str, Writes] = {
    "diagonal": np.diagonal, "einsum": lambda y: np.einsum("ii->i", y), "atleast": np.atleast_3d, "flipud": np.flipud,
    "vsplit": lambda y: np.vsplit(y, 3)[0], "rot90": lambda y: np.rot90(y, 2),
    "broadcast": lambda y: np.broadcast_arrays(y, y)[0], "callback": lambda y: autograd.callback(lambda a: a, y),
}  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_what_a_call_returns_is_not_overwritten(look: str, backend: str) -> None:
    """Also when it lies in the memory of its operand, which is used again."""

    def f(x: Any) -> Any:
        y = x * 2 + 1
        seen = LOOKS[look](y)
        z = np.exp(x * 0.1) @ x
        z = np.cumsum((z * 3 + 1) @ x, axis=0) + z
        return seen * 1.5, z, LOOKS[look](x * 2)

    compiled = same(f, backend, S)
    results = compiled(S)
    kept = [np.array(r) for r in results]
    compiled(S + 100)
    equal(results, kept)


def test_a_callback_may_keep_what_it_sees(backend: str) -> None:
    seen: list[Any] = []
    compiled = autograd.compile(
        lambda x: autograd.callback(lambda a: seen.append(a) or a.sum(), x * 2), backend=backend
    )
    for k in (1.0, 2.0, 3.0):
        compiled(np.array([k, 0.0]))
    assert [a.tolist() for a in seen] == [[2, 0], [4, 0], [6, 0]]


def test_results_are_the_callers_own(backend: str) -> None:
    """They share memory with nothing: neither with each other nor with those of the next call."""
    compiled = autograd.compile(lambda x: (x * 2, (x * 2).T, (x * 2)[0], x[1:], np.sum(x * 2, axis=0)), backend=backend)
    first = compiled(S)
    kept = [r.copy() for r in first]
    second = compiled(S + 1)
    equal(first, kept)
    for r in first:
        r[...] = 0
    equal(second, [k + (1 if i == 3 else 6 if i == 4 else 2) for i, k in enumerate(kept)])


def test_plain_numbers_take_the_dtype_of_what_they_meet(backend: str) -> None:
    """Python's numbers only: what a function makes of one is one of NumPy's, and does not."""

    def f(x: Any, rate: Any) -> Any:
        half = autograd.callback(lambda: 0.5)
        return x * (rate * 2) - rate / 3 + rate**2, x * np.sqrt(rate), x * np.maximum(rate, 0.1), x + (half - rate)

    same(f, backend, A.astype(np.float32), 0.5)


def test_whole_numbers(backend: str) -> None:
    def f(x: Any, y: Any) -> Any:
        return (
            x // y, x % y, np.abs(x), np.sign(x), x**2, x / y, np.maximum(x, y), x << 1, ~x, x ^ y, -x, np.sqrt(x * x),
            np.where(x > 0, x, 0.5), np.sum(x * 0.5), np.mean(x), np.var(x), np.minimum(x, 2), np.clip(x, -1, 1),
            np.clip(x, 0.5, 2.5), np.max(x), np.prod(x), np.argmax(x), np.cumsum(x), x == 2**53 + 1, x > 1.5, x * y,
        )  # fmt: skip

    same(f, backend, np.array([2**53 + 1, -7, 5]), np.array([2, 3, -1]))
    same(f, backend, np.array([-1, -7, 5], np.int8), np.array([2, 3, -1], np.int16))


def test_small_and_unsigned_whole_numbers_wrap_and_compare(backend: str) -> None:
    def f(x: Any, y: Any) -> Any:
        return -x, x - y, x * y, x + y, x // y, x % y, x**y, x / y, x < 300, x > -1, np.sum(x), np.prod(x), np.max(x)

    same(f, backend, np.array([1, 200, 3], np.uint8), np.array([2, 100, 255], np.uint8))
    same(lambda x: (x < 300, x >= -1000, x + 1, x == 128), backend, np.array([1, -128, 127], np.int8))
    big = np.array([2**63 + 5, 1], np.uint64)
    same(lambda x, y: (x + y, x < y, np.sum(x), x > -1, np.maximum(x, y), x / y), backend, big, big[::-1].copy())
    same(lambda x, y: (x == y, x < y), backend, np.array([2**62 + 1, -1]), np.array([2**62 + 1, 2**63], np.uint64))


def test_booleans(backend: str) -> None:
    def f(x: Any, y: Any) -> Any:
        return (
            x | y, x & y, x ^ y, ~x, x + y, x * y, np.maximum(x, y), x > y, np.sum(x), np.max(x), np.min(x), np.any(x),
            np.mean(x), np.prod(x), np.where(x, 1, 2), x * 2, x * 1.5, np.argmax(x), np.cumsum(x), np.logical_not(x),
        )  # fmt: skip

    same(f, backend, np.array([True, False, True]), np.array([True, True, False]))


def test_mixed_dtypes(backend: str) -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x + y, x * y < z, np.where(z > 0, x, y), y / x, np.hypot(x, z), x**z, y.astype(np.int32), z.astype(bool)

    rest = np.array([0.5, 1.5, 2.5], np.float32), np.array([1, 0, 2], np.uint8)
    same(f, backend, np.array([1, 2, 3], np.int16), *rest)
    same(f, backend, np.array([1.0, 2.0, 3.0], np.float16), *rest)


@pytest.mark.parametrize("dtype", [">f8", ">f4", ">i4", "float16", "longdouble", "complex128"])
def test_tensors_of_other_dtypes_and_byte_orders(dtype: str, backend: str) -> None:
    """As arguments, and as tensors that are used without being given, read and written."""

    def make() -> Any:
        w = as_tensor(np.array([1, 2, 3]).astype(dtype))

        def f(x: Any) -> Any:
            total = np.sum(w * x).data.astype(np.complex128)
            w.data += x
            return total

        return [], lambda x: (f(x), (w * 1).data.astype(np.complex128))

    x = np.array([1, 0, 2]).astype(dtype)
    same_steps(make, backend, (x,), (x,))


def test_large_nests_in_blocks(backend: str) -> None:
    """Square ones with a row beside, small sums beside wide rows, shorter operands as long as the rows."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((600, 600)), rng.standard_normal((600, 1))

    def f(x: Any, y: Any) -> Any:
        row = np.sum(x * 0.01, axis=0)
        return np.tanh(x) / (np.abs(row) + 1), np.sum(y * 1.0, axis=0), np.tanh(x[0]) * x, np.max(x * y[:, 0], axis=1)

    same(f, backend, x, y)
    same(lambda x, y: (x * 2, y[..., None] - y), backend, rng.standard_normal((3, 70_000)), y[:3])
    same(lambda x: np.exp(x @ x.T * 1e-3) / np.exp(x[:, 0]), backend, x)


def test_large_extremes_of_whole_numbers_and_booleans(backend: str) -> None:
    x = np.arange(800_000).reshape(-1, 4) - 400_000

    def f(x: Any) -> Any:
        small = (x > 1e9) & (x < 0)
        rows = np.max(x * 2, axis=0), np.min(x + 1, axis=0), np.sum(x * 3, axis=0)
        return *rows, np.max(small, axis=0), np.min(~small, axis=0), np.any(x * 2 > 9, axis=0), np.max(x - 1, axis=1)

    same(f, backend, x)


def test_large_updates(backend: str) -> None:
    """Of several tensors of the outside, some from calls, in blocks and beside each other."""

    def make() -> Any:
        rng = np.random.default_rng(0)
        w, m, v = (as_tensor(rng.standard_normal((600, 120))) for _ in range(3))

        def f(x: Any) -> Any:
            z = np.cumsum(x + 1, axis=0)
            old = w.data * 1.0
            m.data *= 0.5
            w.data = np.cumsum(w.data, axis=1) * 1e-2 + np.mean(m.data**2, axis=0)
            v.data = old + v.data[::-1]
            return np.sum(z), np.sum(old * w.data, axis=1)

        return [w, m, v], f

    x = np.random.default_rng(1).standard_normal((600, 120))
    same_steps(make, backend, (x,), (x,), (-x,))


def test_large_updates_behind_a_call(backend: str) -> None:
    def make() -> Any:
        pair = [as_tensor(np.ones((600, 120))) for _ in range(2)]

        def f(x: Any) -> Any:
            z = np.cumsum(x + 1, axis=0)
            for t in pair:
                t.data *= 0.5
            return z

        return pair, f

    x = np.ones((600, 120))
    same_steps(make, backend, (x,), (x,))


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_any_number_of_threads(threads: int, monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    """Rows are shared out whole: results do not depend on it beyond the order of sums."""
    monkeypatch.setattr(native, "threads", lambda: threads)

    def f(x: Any) -> Any:
        y = np.tanh(x) * autograd.sigmoid(x)
        soft = np.exp(x - np.max(x, axis=1, keepdims=True))
        return (
            np.sum(y),
            np.sum(y, axis=0),
            np.max(y, axis=0),
            np.any(y > 0.9),
            soft / np.sum(soft, axis=1, keepdims=True),
        )

    same(f, backend, np.random.default_rng(0).standard_normal((4001, 67)), tolerance=1e-11)


@pytest.mark.parametrize("axis", [None, 0, 1])
def test_sums_of_many_float32_are_exact(axis: int | None, backend: str) -> None:
    """To 1e-6, or as exact as NumPy's own where these are worse."""
    x = np.random.default_rng(0).random((6, 400_000), np.float32)
    x = x if axis != 0 else x.T.copy()
    exact = np.sum(x.astype(np.float64), axis=axis)
    found = autograd.compile(lambda x: np.sum(x * 1.0, axis=axis), backend=backend)(x)
    theirs = float(np.max(np.abs(np.sum(x, axis=axis) / exact - 1)))
    assert np.max(np.abs(found / exact - 1)) <= max(1e-6, theirs)


EXTREME = np.array(
    [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e308, -1e308, 5e-324, 0.5, -2.5, 1e-8, 710.0, -745.2]
)
UFUNCS = [f for f in vars(np).values() if isinstance(f, np.ufunc) and f.signature is None and f.nout == 1]
ONE = [f for f in UFUNCS if any(t.startswith("d->") for t in f.types)]
TWO = [f for f in UFUNCS if any(t.startswith("dd->") for t in f.types)]


EITHER_ZERO = {np.maximum, np.minimum, np.fmax, np.fmin}  # of 0.0 and -0.0, NumPy does not say which


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_ufunc_at_the_edge_of_numbers(dtype: Any, backend: str) -> None:
    """Infinities, nan, zeros with a sign, subnormal and the largest numbers: as NumPy itself."""
    with np.errstate(all="ignore"):
        values = EXTREME.astype(dtype)
        x, y = (a.ravel().copy() for a in np.meshgrid(values, values))

    def f(x: Any, y: Any, values: Any) -> Any:
        return [*(function(values) for function in ONE), *(function(x, y) for function in TWO)]

    with np.errstate(all="ignore"):
        found, wanted = autograd.compile(f, backend=backend)(x, y, values), f(x, y, values)
    for function, a, b in zip([*ONE, *TWO], found, wanted, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=1e-12 if dtype is np.float64 else 1e-6, err_msg=function.__name__)
        if a.dtype.kind == "f" and function not in EITHER_ZERO:
            zero = b == 0
            np.testing.assert_array_equal(np.signbit(a[zero]), np.signbit(b[zero]), err_msg=function.__name__)


def test_subnormal_numbers_are_kept(backend: str) -> None:
    same(lambda x: (x * 0.5, x / 3, np.sqrt(x), x + x, x * x), backend, np.array([5e-324, 1e-310, 2.3e-308]))


def test_compiled_in_compiled_in_gradients(backend: str) -> None:
    inner = autograd.compile(lambda x: np.tanh(x) * x, backend=backend)

    def f(x: Any) -> Any:
        return np.sum(inner(x) ** 2)

    def everything(x: Any) -> Any:
        slopes = autograd.grad(f)(x), autograd.hessian(f)(x), autograd.jacobian(inner)(x)
        return *slopes, autograd.jvp(f, (x,), (x,)), autograd.hvp(f, (x,), (np.cos(x),))

    x = np.array([0.5, -1.0, 2.0])
    same(everything, backend, x, tolerance=1e-11)
    equal(everything(x), autograd.compile(everything, backend=backend)(x), 1e-11)


def test_numbers_of_numpy_are_arrays_without_axes(backend: str) -> None:
    """They change from call to call, and serve as an index too; one beyond the axis raises."""
    compiled = autograd.compile(lambda x, i, s: (x[i] * s, np.take(x, i, axis=0), x[1:][i]), backend=backend)
    for i, s in ((0, 2.0), (1, 3.0), (-1, 0.5)):
        equal(compiled(S, np.int64(i), np.float64(s)), (S[i] * s, S[i], S[1:][i]))
    assert len(compiled.programs) == 1
    with pytest.raises(IndexError):
        compiled(S, np.int64(9), np.float64(1))
