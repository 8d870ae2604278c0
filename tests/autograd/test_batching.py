"""vmap, and what it computes with: every operation on a batch is that operation on each example."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import BatchError, Tensor, grad, hessian, jacobian, jvp, tensor, vjp, vmap
from autograd.batching import rows
from autograd.batching.array import Batched
from autograd.batching.boundary import Batch
from autograd.testing.samples import Sample, samples, several
from tests.autograd.test_contracts import weights

ALL = [pytest.param(s, id=str(s)) for s in samples() if s.op.name != "nonzero"]  # whose shape depends on the values
ROW_BY_ROW: set[str] = set()
"""Operations whose rules look at single values, so that a Jacobian through them takes one pass for each row."""

RNG = np.random.default_rng(0)


def close(a: Any, b: Any) -> None:
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape and a.dtype == b.dtype
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11)


def batch_of(sample: Sample, size: int = 3) -> tuple[list[list[Any]], list[Any]]:
    """Return examples, each a list of arrays, and the arrays of all of them."""
    examples = [sample.arrays(seed) for seed in range(size)]
    return examples, [np.stack(column) for column in zip(*examples, strict=True)]


def outs(sample: Sample, *arrays: Any) -> tuple[Any, ...]:
    return tuple(several(sample.run(*arrays)))


# --- every registered operation ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", ALL)
def test_vmap_is_each_example(sample: Sample) -> None:
    """On a batch an operation gives what it gives for each example: with all operands batched, and with any one."""
    examples, arrays = batch_of(sample)
    for batched in [range(len(arrays)), *([i] for i in range(len(arrays)))]:
        axes = tuple(0 if i in batched else None for i in range(len(arrays)))
        given = [a if i in batched else examples[0][i] for i, a in enumerate(arrays)]
        expected = [outs(sample, *(x[i] if i in batched else examples[0][i] for i in range(len(x)))) for x in examples]
        found = vmap(lambda *xs: outs(sample, *xs), in_axes=axes)(*given)
        for f, e in zip(found, zip(*expected, strict=True), strict=True):
            assert type(f) is np.ndarray
            close(f, np.stack([x.data for x in e]))


@pytest.mark.parametrize("sample", ALL)
def test_gradients_through_vmap(sample: Sample) -> None:
    """Gradients of all operands through a batch are those of the loop, and summed for an operand that is shared."""
    examples, arrays = batch_of(sample)
    if not (first := sample.floats(*map(tensor, examples[0]))):
        return
    cotangents = weights(first)

    def total(outs: Any) -> Any:
        return sum(np.sum(np.tanh(out) * c) for out, c in zip(outs, cotangents, strict=True))

    for shared in [None, *range(len(arrays))]:
        axes = tuple(None if i == shared else 0 for i in range(len(arrays)))
        if set(axes) == {None} or any(a.dtype.kind != "f" for a in arrays):
            continue

        def batched(xs: Any, axes: Any = axes) -> Any:
            return total(vmap(lambda *xs: sample.floats(*xs), in_axes=axes)(*xs))

        def loop(xs: Any, shared: Any = shared) -> Any:
            return sum(total(sample.floats(*(x if i == shared else x[k] for i, x in enumerate(xs)))) for k in range(3))

        given = [examples[0][i] if i == shared else a for i, a in enumerate(arrays)]
        for f, e in zip(grad(batched)(given), grad(loop)(given), strict=True):
            close(f, e)
        tangents = [np.cos(a) for a in given]
        close(jvp(batched, (given,), (tangents,))[1], jvp(loop, (given,), (tangents,))[1])


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the Jacobians of these tests take one pass for two rows already."""
    monkeypatch.setattr(rows, "FEW", 2)


def one_by_one(monkeypatch: pytest.MonkeyPatch, function: Callable[[], Any]) -> Any:
    """Return what a Jacobian is by one reverse pass for each output."""

    def refuse(*_: Any) -> Any:
        raise BatchError("")

    with monkeypatch.context() as patch:
        patch.setattr(rows, "_together", refuse)
        patch.setattr(rows, "rows_by_columns", lambda *_: None)
        return function()


@pytest.mark.parametrize("sample", ALL)
def test_jacobian_is_its_rows(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """First and second derivatives by a batch of cotangents are those by one after another."""
    arrays = sample.arrays()
    if not sample.floats(*map(tensor, arrays)) or any(a.dtype.kind != "f" for a in arrays):
        return
    numbers = tuple(range(len(arrays)))
    count = len(sample.floats(*map(tensor, arrays)))
    refused: list[str] = []
    together = rows._together

    def noted(*args: Any) -> Any:
        try:
            return together(*args)
        except BatchError as error:
            refused.append(str(error))
            raise

    for k in range(count):
        first = jacobian(lambda *xs, k=k: sample.floats(*xs)[k], numbers)
        second = jacobian(lambda *xs, k=k: grad(lambda *x: np.sum(np.tanh(sample.floats(*x)[k])))(*xs), numbers)
        for made in (first, second):
            expected = one_by_one(monkeypatch, lambda made=made: made(*arrays))
            monkeypatch.setattr(rows, "_together", noted)
            for f, e in zip(made(*arrays), expected, strict=True):
                close(f, e)
            monkeypatch.setattr(rows, "_together", together)
    assert not refused or sample.op.name in ROW_BY_ROW, refused[0]


@pytest.mark.parametrize("sample", ALL)
def test_jacobian_inside_vmap(sample: Sample) -> None:
    """A Jacobian of each example, by batches inside a batch."""
    examples, arrays = batch_of(sample, 2)
    if not sample.floats(*map(tensor, examples[0])) or any(a.dtype.kind != "f" for a in arrays):
        return
    made = jacobian(lambda *xs: sample.floats(*xs)[-1], tuple(range(len(arrays))))
    for f, e in zip(vmap(made)(*arrays), zip(*(made(*x) for x in examples), strict=True), strict=True):
        close(f, np.stack(e))


def test_tables_and_assignments_with_gradients() -> None:
    """A tensor from outside is read by an index of each example, and t[i] = v takes a value of each."""
    table = tensor(RNG.normal(size=(4, 2)), requires_grad=True)
    which = np.array([3, 0, 3])
    np.sum(vmap(lambda i: table[i] ** 2)(which)).backward()
    expected = np.zeros((4, 2))
    np.add.at(expected, which, 2 * table.data[which])
    close(table.grad, expected)

    def f(x: Any) -> Any:
        t = np.zeros_like(table)
        t[1] = x * table[0]
        return np.sum(t**2)

    x = RNG.normal(size=(3, 2))
    close(vmap(grad(f))(x).data, np.stack([grad(f)(a).data for a in x]))


# --- vmap itself ---------------------------------------------------------------------------------------------------


def test_axes_and_containers() -> None:
    """Axes per argument, in containers, from the end, shared; results in the form that f returns, at any axis."""
    x, y = RNG.normal(size=(2, 3)), RNG.normal(size=(4, 3))
    f = vmap(
        lambda d, y, scale=1.0: {"s": (d["x"] + d["k"]) * y * scale, "p": [y, None]}, ({"x": -1, "k": None}, 1), -1
    )
    out = f({"x": x, "k": 2.0}, y[:2], scale=3.0)
    close(out["s"], (x + 2) * y[:2] * 3)
    close(out["p"][0], y[:2])
    assert out["p"][1] is None
    close(vmap(lambda a, b: (a, b), out_axes=(0, 1))(x, x)[1], x.T)
    close(vmap(lambda a: (1.0, np.zeros(2)))(x)[1], np.zeros((2, 2)))
    assert vmap(lambda a: 7)(x).tolist() == [7, 7]


def test_tensors_in_tensors_out() -> None:
    """Tensors come as Tensors, and what depends on one that requires grad is recorded; raw arrays come raw."""
    x = RNG.normal(size=(3, 2))
    seen: list[type] = []

    def f(a: Any) -> Any:
        seen.append(type(a))
        return autograd.tanh(a)

    assert type(vmap(f)(x)) is np.ndarray
    assert type(vmap(f)(tensor(x))) is Tensor
    assert vmap(f)(tensor(x, requires_grad=True)).requires_grad
    assert seen == [Batched, Tensor, Tensor]
    with autograd.no_grad():
        assert not vmap(f)(tensor(x, requires_grad=True)).requires_grad


def test_what_is_shared_gets_the_sum() -> None:
    """A tensor from outside: its gradient is summed over the batch, where it meets an example and where it does not."""
    w = tensor([2.0, 3.0], requires_grad=True)
    x = RNG.normal(size=(4, 2))
    cases: list[tuple[Callable[[Any], Any], Any]] = [
        (lambda a: np.sum(a * w), x.sum(0)),
        (lambda _a: np.sum(w * w), 8 * w.data),
        (lambda _a: w, np.full(2, 4.0)),
        (lambda a: w[0] * a[0] + np.sum(w), [x[:, 0].sum() + 4, 4.0]),
    ]
    for f, expected in cases:
        w.grad = None
        np.sum(vmap(f)(x)).backward()
        np.testing.assert_allclose(w.grad, expected)
        (g,) = vjp(lambda w, f=f: np.sum(vmap(f)(x)), w)[1](1.0)  # a variable that f does not use
        assert g.data.tolist() == [0, 0]


def test_sums_over_batches_in_batches() -> None:
    """Of two batches in each other, and at the second order, what is shared gets all sums once."""
    w = np.array(1.5)
    x, y = RNG.normal(size=3), RNG.normal(size=4)

    def total(w: Any) -> Any:
        return np.sum(vmap(lambda a: np.sum(vmap(lambda b: np.sin(a * b * w))(y)))(x))

    def plain(w: Any) -> Any:
        return np.sum(np.sin(x[:, None] * y * w))

    close(grad(total)(w), grad(plain)(w))
    close(hessian(total)(w), hessian(plain)(w))
    close(grad(grad(grad(total)))(w), grad(grad(grad(plain)))(w))
    close(jvp(grad(total), (w,), (w,))[1], jvp(grad(plain), (w,), (w,))[1])


def test_no_perturbation_confusion_in_batches() -> None:
    """d/dx x · d/dy (x + y) is 1 in every mix of modes, with batches inside, around and between."""

    def forward(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (np.ones_like(x),))[1]

    xs = np.array([1.0, 3.0])
    for outer in (grad, forward, jacobian):
        for inner in (grad, forward, jacobian):
            close(vmap(outer(lambda x, inner=inner: x * inner(lambda y: x + y)(1.0)))(xs), np.ones(2))
            close(vmap(outer(lambda x, inner=inner: x * inner(lambda y: x * y)(2.0)))(xs), 2 * xs)
            close(vmap(lambda z, o=outer, i=inner: o(lambda x: x * i(lambda y: x * y * z)(2.0))(z))(xs), 2 * xs**2)
        between = outer(lambda x: np.sum(x * vmap(lambda y: grad(lambda z: x * z * y)(y))(xs)))
        close(between(np.array(2.0)), np.asarray(2 * 2.0 * xs.sum()))


def test_errors_name_the_axis_and_the_sizes() -> None:
    """What is wrong with the axes is said with the argument, its shape and its sizes."""
    x = np.ones((2, 3))
    with pytest.raises(ValueError, match=r"argument 0, shape \(2, 3\): 2 along axis 0; argument 1, shape \(3,\): 3"):
        vmap(lambda a, b: a)(x, x[0])
    with pytest.raises(ValueError, match=r"argument 1 of shape \(\) has no axis 0 .*None in in_axes"):
        vmap(lambda a, b: a)(x, 2.0)
    with pytest.raises(ValueError, match=r"no axis 2 to map over"):
        vmap(lambda a: a, in_axes=2)(x)
    with pytest.raises(ValueError, match=r"in_axes has 2 entries"):
        vmap(lambda a: a, in_axes=(0, 1))(x)
    with pytest.raises(ValueError, match="no argument has an axis"):
        vmap(lambda a: a, in_axes=None)(x)
    with pytest.raises(ValueError, match="out_axes is None"):
        vmap(lambda a: a, out_axes=None)(x)
    with pytest.raises(ValueError, match="out with 2 axes has no axis 2"):
        vmap(lambda a: a, out_axes=2)(x)
    with pytest.raises(ValueError, match="no container like"):
        vmap(lambda a: a, in_axes=({"x": 0},))(x)


def test_errors_on_values() -> None:
    """Where f asks a batch for one truth, number, shape or plain array, the error says what to write instead."""
    x = np.array([1.0, -2.0])
    for f, words in (
        (lambda a: a if a > 0 else -a, "np.where"),
        (lambda a: float(a), "one answer"),
        (lambda a: np.zeros(2)[np.astype(a, int)], "as_tensor"),
        (lambda a: np.array([a, a]), "np.stack"),
        (lambda a: np.stack([a, a])[np.stack([a, a]) > 0], "keeps the shape"),
        (lambda a: np.unique(np.stack([a, 1.0])), "depends on the values"),
        (lambda a: np.add(a, 1, out=np.zeros(())), "zeros_like"),
    ):
        with pytest.raises(BatchError, match=words):
            vmap(f)(x)
    with pytest.raises(BatchError, match=r"np\.where"):
        vmap(lambda a: a if a > 0 else -a)(tensor(x, requires_grad=True))
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        vmap(lambda a: a.nope)(x)
    assert "2 examples of shape ()" in repr(Batch(2).examples(x))


def test_backward_inside_a_batch() -> None:
    """It reaches what is made there; to a tensor from outside it would give one gradient for each example."""
    w = tensor([1.0, 2.0], requires_grad=True)
    x = np.arange(6.0).reshape(3, 2)

    def outside(x: Any) -> Any:
        np.sum(w * x).backward()
        return x

    with pytest.raises(BatchError, match="outside"):
        vmap(outside)(x)
    assert w.grad is None

    def inside(x: Any) -> Any:
        v = tensor([1.0, 2.0], requires_grad=True)
        np.sum(v * x).backward()
        return v.grad

    np.testing.assert_array_equal(vmap(inside)(x), x)


# --- Jacobians that fall back --------------------------------------------------------------------------------------


def test_a_rule_that_takes_no_batch_is_run_row_by_row() -> None:
    """A rule that looks at numbers, a hook, an observer, a compiled function: the result is the same."""

    @autograd.operation(vjp=lambda g, _out, x: np.asarray(g) * float(x[0]))
    def odd(x: Any) -> Any:
        return x * x[0]

    x = np.array([1.0, 2.0, 3.0, 4.0])
    close(jacobian(odd)(x), np.eye(4))
    seen: list[Any] = []

    def hooked(x: Any) -> Any:
        y = x * x
        y.register_hook(lambda g: seen.append(g))
        return y

    close(jacobian(hooked)(x), np.diag(2 * x))
    assert [type(g) for g in seen] == [np.ndarray] * 4
    with autograd.detect_anomaly():
        close(jacobian(lambda x: x**2)(x), np.diag(2 * x))
    compiled = autograd.compile(lambda x: x**2, backend="numpy")
    close(jacobian(compiled)(x), np.diag(2 * x))
    close(vmap(compiled)(np.stack([x, x])), np.stack([x**2, x**2]))
    inside = autograd.compile(lambda x: (jacobian(lambda x: x**2)(x), vmap(lambda a: a * a, 0, 0)(x)), backend="numpy")
    for _ in range(2):
        close(inside(x)[0], np.diag(2 * x))
        close(inside(x)[1], x**2)


def test_jacobian_in_chunks_and_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """In several passes, by forward mode where there are more results than variables, and by rows: one result."""
    a, x = RNG.normal(size=(7, 3)), RNG.normal(size=3)

    def f(x: Any, y: Any) -> Any:
        return np.tanh(np.reshape(a @ x, (7, 1)) * y + x[:2])

    whole = jacobian(f, (0, 1))(x, 0.5)
    assert [g.shape for g in whole] == [(7, 2, 3), (7, 2)]
    monkeypatch.setattr(rows, "rows_by_columns", lambda *_: None)
    for budget in (rows.BUDGET, 600, 1):
        monkeypatch.setattr(rows, "BUDGET", budget)
        for g, e in zip(jacobian(f, (0, 1))(x, 0.5), whole, strict=True):
            close(g, e)


def test_where_forward_mode_is_not_finite_it_is_not_taken() -> None:
    """sqrt(x) y at x = y = 0 has slope 0 in reverse mode, and inf · 0 forward: the Jacobian is that of reverse mode."""
    wide = jacobian(lambda x: np.sqrt(x[0]) * x[1] * np.ones(5))(np.zeros(2))
    assert wide.tolist() == np.zeros((5, 2)).tolist()


def test_jacobians_at_the_edges() -> None:
    """Empty and 0-d results and variables, float32, complex, containers, results that do not depend on the variable."""
    x = np.arange(3.0)
    assert jacobian(lambda x: x[:0])(x).shape == (0, 3)
    assert jacobian(lambda x: x)(x[:0]).shape == (0, 0)
    assert jacobian(np.sin)(0.0).shape == () and jacobian(lambda x: x * np.ones(2))(2.0).tolist() == [1, 1]
    assert jacobian(lambda x: x * x)(x.astype("f4")).dtype == np.float32
    assert jacobian(lambda x: np.ones(9) * x[0] * np.float32(2))(x.astype("f4")).dtype == np.float32
    z = x + 1j
    close(jacobian(lambda z: z * z)(z), np.diag(2 * z))
    d = jacobian(lambda d: d["a"] * d["b"][0])({"a": x, "b": [2.0]})
    assert d["a"].tolist() == (2 * np.eye(3)).tolist() and d["b"][0].tolist() == x.tolist()
    assert jacobian(lambda x: np.ones(2))(x).tolist() == np.zeros((2, 3)).tolist()
    found = jacobian(lambda t: t * t)(tensor(x, requires_grad=True))
    assert type(found) is Tensor and found.requires_grad
    outer = grad(lambda x: np.sum(jacobian(lambda y: np.sin(y) * x)(x) ** 2))
    close(outer(x), grad(lambda x: np.sum((np.cos(x) * x) ** 2))(x))
