"""Reductions with dtype, initial and where, which the records' samples do not have; running totals."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, tensor
from tests.autograd.ops.agreement import agrees, change, runs_on_ducks

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 4))
MASK = RNG.uniform(size=(3, 4)) < 0.6
MASK[:, 0] = True
ROW = np.array([True, False, True, True])
V = RNG.normal(size=5)

CALLS: dict[str, Callable[..., Any]] = {
    "sum where": lambda x: np.sum(x, where=MASK),
    "sum where over an axis": lambda x: np.sum(x, axis=1, keepdims=True, where=MASK),
    "sum where of a row": lambda x: np.sum(x, axis=0, where=ROW),
    "sum initial": lambda x: np.sum(x, axis=0, initial=2.5),
    "sum dtype": lambda x: np.sum(x, dtype=np.float64),
    "sum by position": lambda x: np.sum(x, 0, None, None, True),
    "prod where": lambda x: np.prod(x, where=MASK),
    "prod initial": lambda x: np.prod(x, axis=(0, 1), initial=2.5, where=MASK),
    "mean where": lambda x: np.mean(x, where=MASK),
    "mean where over an axis": lambda x: np.mean(x, axis=0, keepdims=True, where=MASK),
    "mean dtype": lambda x: np.mean(x, axis=1, dtype=np.float64),
    "max initial below and above": lambda x: np.max(x, axis=0, initial=0.3),
    "max where": lambda x: np.max(x, axis=1, initial=-9.0, where=MASK),
    "min where of a row": lambda x: np.min(x, axis=0, initial=0.3, where=ROW),
    "min by position": lambda x: np.min(x, 1, None, True),
    "amax": lambda x: np.amax(x, axis=0),
    "ptp by position": lambda x: np.ptp(x, 0, None, True),
    "cumsum dtype": lambda x: np.cumsum(x, 1, np.float64),
    "cumprod dtype": lambda x: np.cumprod(x, dtype=np.float64),
    "method sum": lambda x: x.sum(axis=0, where=MASK),
    "method max": lambda x: x.max(initial=0.0, where=MASK),
    "method mean": lambda x: x.mean(1, np.float64),
}  # fmt: skip
if hasattr(np, "cumulative_sum"):
    CALLS |= {
        "cumulative_sum": lambda x: np.cumulative_sum(x, axis=1),
        "cumulative_sum from 0": lambda x: np.cumulative_sum(x, axis=-2, include_initial=True),
        "cumulative_prod from 1": lambda x: np.cumulative_prod(x[0], include_initial=True),
        "cumulative_prod dtype": lambda x: np.cumulative_prod(x, axis=0, dtype=np.float64),
    }


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str, check_grad: Any) -> None:
    """A call with options has NumPy's value, and the right derivatives of both orders in both modes."""
    agrees(CALLS[name], X)
    check_grad(CALLS[name], X, order=2)
    if not name.startswith("method"):
        runs_on_ducks(CALLS[name], X)


@pytest.mark.parametrize(
    "f",
    [
        lambda z: np.sum(z, where=MASK, initial=1j),
        lambda z: np.prod(z, axis=0, where=MASK),
        lambda z: np.mean(z, axis=1, where=MASK),
        lambda z: np.max(z, axis=1, initial=-9, where=MASK),
        lambda z: np.cumsum(z, dtype=complex),
    ],
)
def test_of_complex_numbers(f: Callable[..., Any]) -> None:
    by_gradient, by_difference = change(f, X + 1j * RNG.normal(size=X.shape))
    assert by_gradient == pytest.approx(by_difference, rel=1e-6)


def test_what_is_masked_has_gradient_zero_even_if_it_is_nan() -> None:
    x = np.array([1.0, np.nan, 3.0])
    mask = np.array([True, False, True])
    for f in (np.sum, np.prod, np.mean):
        gradient = grad(lambda x, f=f: f(x, where=mask))(x)
        assert gradient[1] == 0 and np.isfinite(gradient).all()
    np.testing.assert_array_equal(grad(lambda x: np.max(x, initial=0.0, where=mask))(x), [0, 0, 1])


def test_a_mask_may_be_a_tensor() -> None:
    x = tensor([1.0, -2.0, 3.0], requires_grad=True)
    np.sum(x, where=x > 0).backward()
    np.testing.assert_array_equal(x.grad, [1, 0, 1])


def test_an_initial_that_wins_takes_the_gradient_and_one_that_ties_shares_it() -> None:
    x, start = tensor([1.0, 2.0], requires_grad=True), tensor(2.0, requires_grad=True)
    np.max(x, initial=start).backward()
    np.testing.assert_array_equal(x.grad, [0, 0.5])
    assert start.grad == 0.5
    np.testing.assert_array_equal(grad(lambda x: np.max(x, initial=5.0))(np.ones(2)), [0, 0])
    np.testing.assert_array_equal(grad(lambda x: np.min(x, initial=5.0))(np.ones(2)), [0.5, 0.5])
    assert grad(lambda s: np.sum(autograd.sum(np.ones((2, 3)), axis=0, initial=s)))(1.0) == 3
    assert grad(lambda s: autograd.prod(np.array([2.0, 4.0]), initial=s))(1.0) == 8


def test_a_nan_takes_the_gradient_from_initial() -> None:
    np.testing.assert_array_equal(grad(lambda x: np.max(x, initial=9.0))(np.array([1.0, np.nan])), [0, 1])


def test_reductions_of_nothing() -> None:
    assert np.max(tensor(np.zeros(0)), initial=2.0).item() == 2
    assert np.sum(tensor(np.zeros((0, 3))), axis=0, initial=1.0).tolist() == [1, 1, 1]
    x = tensor(np.ones((2, 2)), requires_grad=True)
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        out = np.mean(x, axis=0, where=np.array([[True, False], [True, False]]))
    np.testing.assert_array_equal(out.data, [1, np.nan])
    out.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [[0.5, 0], [0.5, 0]])


def test_whole_numbers_and_truth() -> None:
    x = np.array([[1, 0, 3], [0, 0, 2]])
    for f in (
        lambda x: np.sum(x, dtype=np.float32),
        lambda x: np.mean(x, axis=1, where=x > 0),
        lambda x: np.mean(x, dtype=int),
        lambda x: np.prod(x, where=x > 0, dtype=np.int8),
        lambda x: np.sum(x, initial=0.5),
        lambda x: np.any(x, axis=0, where=np.array([False, True, True])),
        lambda x: np.all(x, 1, None, True),
        lambda x: np.argmax(x, 1, keepdims=True),
        lambda x: np.argmin(x, None, None),
        lambda x: np.max(x, initial=7),
    ):
        with np.errstate(invalid="ignore"):
            ours, theirs = f(tensor(x)), f(x)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.data, theirs)
    half = np.full(3, 6e4, np.float16)
    assert np.mean(tensor(half), where=np.array([True, True, False])).item() == half[0]


def test_a_sum_in_whole_numbers_has_no_gradient() -> None:
    assert not np.sum(tensor([1.5, 2.5], requires_grad=True), dtype=int).requires_grad


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda x: np.sum(x, out=np.zeros(())), TypeError, "sum: out= cannot be used with tensors"),
        (lambda x: np.max(x, axis=0, out=np.zeros(3)), TypeError, "max: out= cannot be used"),
        (lambda x: np.cumsum(x, out=np.zeros(6)), TypeError, "cumsum: out= cannot be used"),
        (lambda x: np.argmax(x, out=np.zeros((), int)), TypeError, "argmax: out= cannot be used"),
        (lambda x: np.sum(x, where=np.ones(3)), TypeError, "where has dtype float64; it must hold booleans"),
        (
            lambda x: np.sum(x, where=np.ones((2, 2, 3), bool)),
            ValueError,
            "where of shape (2, 2, 3) does not broadcast",
        ),
        (lambda x: np.max(x, where=np.ones(3, bool)), ValueError, "max: where needs initial"),
        (lambda x: np.sum(x, initial=np.ones(3)), ValueError, "initial has shape (3,); it is one number"),
        (lambda x: autograd.sum(x, axes=0), TypeError, "axes"),
        (lambda x: np.max(x, axis=0), ValueError, "axis 0 of shape (0, 3) is empty"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    x = tensor(np.zeros((0, 3)) if "empty" in says else np.zeros((2, 3)))
    with pytest.raises(error, match=re.escape(says)):
        f(x)


def test_running_totals_of_more_than_one_axis_need_one() -> None:
    if hasattr(np, "cumulative_sum"):
        with pytest.raises(ValueError, match="needs axis="):
            np.cumulative_sum(tensor(X))
        assert np.cumulative_sum(tensor(2.0), include_initial=True).tolist() == [0, 2]
