"""The methods of ufuncs on tensors, and calls of ufuncs with options."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, no_grad, tensor
from tests.autograd.ops.agreement import agrees, runs_on_ducks

RNG = np.random.default_rng(4)
X = RNG.permutation(12).reshape(3, 4) * 0.3 - 1.7
POSITIVE = RNG.uniform(0.5, 2, (3, 4))
V, P = RNG.normal(size=5), RNG.uniform(0.5, 2, 4)
ODD = np.frompyfunc(pow, 2, 1)  # a ufunc that nobody knows
MASK = X > -1.2
HOLES = np.where(X > 1, np.nan, X)
FOLDED = "add multiply maximum minimum logaddexp logaddexp2 hypot fmax fmin subtract"

CALLS: dict[str, tuple[Any, ...]] = {}
for _name in FOLDED.split():
    _u: Any = getattr(np, _name)
    CALLS |= {
        f"{_name}.reduce": (_u.reduce, X),
        f"{_name}.reduce of an axis": (lambda x, u=_u: u.reduce(x, axis=-1, keepdims=True), X),
        f"{_name}.accumulate": (_u.accumulate, X),
        f"{_name}.accumulate along an axis": (lambda x, u=_u: u.accumulate(x, 1), X),
        f"{_name}.reduceat": (lambda x, u=_u: u.reduceat(x, [0, 2, 1, 2], axis=1), X),
        f"{_name}.outer": (_u.outer, X, V),
    }
    if _name != "subtract":
        CALLS[f"{_name}.reduce from a start"] = (lambda x, u=_u: u.reduce(x, axis=None, initial=0.25), X)
    if _name in ("add", "multiply", "maximum", "logaddexp"):
        CALLS[f"{_name}.reduce where"] = (lambda x, u=_u: u.reduce(x, axis=1, initial=-0.25, where=MASK), X)
CALLS |= {
    "divide.reduce": (lambda x: np.divide.reduce(x, axis=1), POSITIVE),
    "power.accumulate": (lambda x: np.power.accumulate(x, axis=1), POSITIVE),
    "arctan2.outer": (np.arctan2.outer, POSITIVE, P),
    "add.reduce dtype": (lambda x: np.add.reduce(x, 0, np.float64), X),
    "add.reduceat in order": (lambda x: np.add.reduceat(x, [1, 3], axis=1), X),
    "add.reduceat of rows": (lambda x: np.add.reduceat(x, np.array([1, 0])), X),
    "fmax.reduce of nan": (lambda x: np.fmax.reduce(x, axis=1), HOLES),
    "maximum.accumulate down": (lambda x: np.maximum.accumulate(x[::-1], axis=0), X),
    "subtract.reduce of one": (lambda x: np.subtract.reduce(x[:1]), X),
    "sin dtype": (lambda x: np.sin(x, dtype=np.float64), X),
    "multiply dtype": (lambda x, y: np.multiply(x, y, dtype=np.float64, casting="safe"), X, POSITIVE),
    "add signature": (lambda x: np.add(x, 1, signature="dd->d", order="C"), X),
    "add where everything": (lambda x: np.add(x, 1.0, where=True), X),
}


def _at(ufunc: Any, indices: Any) -> Callable[..., Any]:
    def f(x: Any, *values: Any) -> Any:
        x = x.copy()
        assert ufunc.at(x, indices, *values) is None
        return x

    return f


for _name in ("add", "subtract", "multiply", "divide", "power", "maximum"):
    _u = getattr(np, _name)
    CALLS |= {
        f"{_name}.at": (_at(_u, np.array([0, 2, 2, 1])), P[::-1].copy() + 0.1, P),
        f"{_name}.at once": (_at(_u, (np.array([0, 2]), np.array([1, 3]))), POSITIVE, P[:2].copy()),
        f"{_name}.at rows": (_at(_u, [0, 0]), POSITIVE, P),
    }
CALLS["sqrt.at"] = (_at(np.sqrt, [1, 1, 2]), POSITIVE)
CALLS["negative.at"] = (_at(np.negative, slice(1, None)), X)


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str, check_grad: Any) -> None:
    """A call has NumPy's value, and the right derivatives of both orders in both modes."""
    f, *arrays = CALLS[name]
    agrees(f, *arrays)
    check_grad(f, *arrays, order=2)
    if ".at" not in name and "signature" not in name and "where ev" not in name:
        runs_on_ducks(f, *arrays)


def test_of_truth() -> None:
    x = np.array([[True, False, True], [True, True, True]])
    for name in ("logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or"):
        u = getattr(np, name)
        for f in (u.reduce, lambda x, u=u: u.reduce(x, axis=1, keepdims=True), lambda x, u=u: u.accumulate(x, axis=1)):
            ours, theirs = f(tensor(x)), f(x)
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours.data, theirs)


def test_ties_and_nan_of_a_running_extreme() -> None:
    """The first element that reached it has the gradient; from the first nan on it is nan."""
    running = grad(lambda x: np.sum(np.maximum.accumulate(x)))
    np.testing.assert_array_equal(running(np.array([1.0, 3.0, 3.0, 2.0])), [1, 3, 0, 0])
    x = tensor([1.0, np.nan, 3.0, np.nan], requires_grad=True)
    out = np.minimum.accumulate(x)
    out.backward(np.ones(4))
    np.testing.assert_array_equal(out.data, [1, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(x.grad, [1, 3, 0, 0])


def test_of_nothing() -> None:
    empty = tensor(np.zeros((0, 2)))
    assert np.hypot.reduce(empty).tolist() == [0, 0]
    assert np.logaddexp.reduce(empty).tolist() == [-np.inf, -np.inf]
    assert np.subtract.accumulate(empty).shape == np.maximum.accumulate(empty).shape == (0, 2)
    with pytest.raises(ValueError, match="the axis is empty"):
        np.subtract.reduce(empty)


def test_logaddexp_of_all_infinite() -> None:
    np.testing.assert_array_equal(grad(np.logaddexp.reduce)(np.array([-np.inf, -np.inf])), [0, 0])
    np.testing.assert_allclose(grad(lambda x: np.logaddexp.accumulate(x)[-1])(np.array([1000.0, 1000.0])), [0.5, 0.5])


def test_at_leaves_alone_who_has_read_before() -> None:
    """As t[i] = v: the handle takes a new value, and the gradient is right for both."""
    x = tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 1
    before = y * y
    np.multiply.at(y, [0, 0], 3.0)
    (np.sum(before) + np.sum(y)).backward()
    np.testing.assert_array_equal(y.data, [9, 2, 3])
    np.testing.assert_array_equal(x.grad, [2 + 9, 4 + 1, 6 + 1])


def test_at_on_a_leaf() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="a leaf that requires grad"):
        np.add.at(x, [0], 1.0)
    with no_grad():
        np.add.at(x, [0, 0], 1.0)
    assert x.tolist() == [3, 2] and x.is_leaf
    constant = tensor([1, 2])
    np.add.at(constant, tensor([1, 1]), 5)
    assert constant.tolist() == [1, 12]


def test_at_on_a_plain_array() -> None:
    a = np.zeros(3)
    np.add.at(a, tensor([0, 0]), tensor(1.0))
    np.testing.assert_array_equal(a, [2, 0, 0])
    with pytest.raises(TypeError, match=re.escape("autograd.tensor(array)")):
        np.add.at(a, [0], tensor(1.0, requires_grad=True))


def test_dtypes_of_a_call() -> None:
    x = tensor(np.ones(2, np.float32), requires_grad=True)
    out = np.add(x, 1, dtype=np.float64)
    assert out.dtype == np.float64
    out.backward(np.ones(2))
    assert x.grad.dtype == np.float32
    assert np.add(tensor([1]), tensor([2]), dtype=float).dtype == np.float64
    with pytest.raises(TypeError, match="cast"):
        np.add(x, x, dtype=np.int64)
    assert not np.add(x, x, dtype=np.int64, casting="unsafe").requires_grad


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda x: np.log(x, where=x > 1), TypeError, "np.log: where= leaves elements of out= as they were"),
        (lambda x: np.exp(x, out=np.ones((2, 3))), TypeError, "np.exp: out= cannot be used with tensors"),
        (lambda x: np.add.reduce(x, out=np.ones(3)), TypeError, "out= cannot be used"),
        (lambda x: np.hypot.reduce(x, out=np.ones(3)), TypeError, "np.hypot.reduce: out= cannot be used"),
        (lambda x: np.subtract.reduce(x, axis=(0, 1)), ValueError, "np.subtract.reduce: its order matters"),
        (lambda x: np.subtract.reduce(x, where=np.ones(3, bool)), NotImplementedError, "np.subtract.reduce: where="),
        (lambda x: np.logaddexp.accumulate(x[0, 0]), TypeError, "x is 0-d"),
        (lambda x: np.add.reduceat(x, [0, 5]), IndexError, "numbers from 0 to 1"),
        (lambda x: ODD.at(x, 0, 1), NotImplementedError, "np.pow (vectorized).at has no derivative rule"),
        (lambda x: ODD.reduce(x), NotImplementedError, "np.pow (vectorized).reduce has no derivative rule"),
        (lambda x: ODD.outer(x, x), NotImplementedError, "np.pow (vectorized).outer has no derivative rule"),
        (lambda x: ODD(x, x, dtype=float), NotImplementedError, "np.pow (vectorized) has no derivative rule"),
        (lambda x: np.add.at(tensor([1, 2]), [0], 1.5), TypeError, "does not fit into a tensor of int64"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=re.escape(says)):
        f(tensor(np.ones((2, 3)), requires_grad=True))


def test_compiled_and_in_batches() -> None:
    def f(x: Any) -> Any:
        y = np.add.reduceat(np.logaddexp.accumulate(x), [0, 1]) * 1
        np.add.at(y, ([0, 0], [1, 1]), x[0, 0])
        return np.sum(np.maximum.accumulate(x, axis=1) ** 2) + np.sum(y**2) + np.sum(np.multiply.outer(x[0], x[1]))

    gradient = grad(f)
    batch = np.stack([X, POSITIVE])
    np.testing.assert_allclose(autograd.compile(gradient)(X), gradient(X), rtol=1e-12)
    np.testing.assert_allclose(autograd.vmap(gradient)(batch), [gradient(x) for x in batch], rtol=1e-12)
