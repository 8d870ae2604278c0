"""Reductions that pass over nan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, tensor
from tests.autograd.ops.agreement import agrees, change, quietly, runs_on_ducks

RNG = np.random.default_rng(3)
WHOLE = RNG.permutation(12).reshape(3, 4) * 0.3 - 1.7
X = WHOLE.copy()
X[0, 1] = X[2, 0] = X[2, 3] = np.nan
MASK = np.ones((3, 4), bool)
MASK[0, 2] = MASK[1, 0] = False
REDUCTIONS = ("nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmax", "nanmin")

CALLS: dict[str, Callable[..., Any]] = {}
for _name in REDUCTIONS:
    _f: Any = getattr(np, _name)
    CALLS[_name] = _f
    CALLS[f"{_name} over an axis"] = lambda x, f=_f: f(x, axis=0, keepdims=True)
    CALLS[f"{_name} over two axes"] = lambda x, f=_f: f(x[None], axis=(0, 2))
    _start = {"initial": -0.1} if _name[3:] in ("max", "min") else {}
    CALLS[f"{_name} where"] = lambda x, f=_f, start=_start: (
        f(x, axis=1, where=MASK, **start) if not start or type(x) is autograd.Tensor else _extreme_where(f, x, start)
    )
for _name in ("nancumsum", "nancumprod"):
    _f = getattr(np, _name)
    CALLS[_name] = _f
    CALLS[f"{_name} along an axis"] = lambda x, f=_f: f(x, axis=1, dtype=np.float64)
CALLS["nansum initial"] = lambda x: np.nansum(x, axis=0, initial=2.0)
CALLS["nanvar ddof"] = lambda x: np.nanvar(x, 1, None, None, 1)
CALLS["nanstd correction"] = lambda x: np.nanstd(x, axis=1, correction=1)
CALLS["nanvar about a mean"] = lambda x: np.nanvar(x, axis=0, mean=np.nanmean(x, axis=0, keepdims=True))
CALLS["nanmean dtype"] = lambda x: np.nanmean(x, axis=1, dtype=np.float64)


def _extreme_where(f: Any, x: Any, start: dict[str, Any]) -> Any:
    worst = np.inf if f is np.nanmin else -np.inf
    return f(np.where(MASK, x, worst), axis=1, initial=x.dtype.type(start["initial"]))


@pytest.mark.parametrize("name", CALLS)
def test_values_and_derivatives(name: str, check_grad: Any) -> None:
    """With nan among the elements and without, in both modes and orders."""
    for x in (X, WHOLE):
        agrees(CALLS[name], x)
        check_grad(CALLS[name], x, order=2)
    if "where" not in name:
        runs_on_ducks(CALLS[name], X)


@pytest.mark.parametrize("name", ["nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nancumsum", "nancumprod"])
def test_of_complex_numbers(name: str) -> None:
    z = X + 1j * WHOLE[::-1]
    f = getattr(np, name)
    np.testing.assert_allclose(f(tensor(z)).data, f(z), rtol=1e-13)
    got, expected = change(f, np.where(np.isnan(X), 1, z))
    assert got == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_lines_of_nan_alone(name: str) -> None:
    """They give what NumPy gives, with its warning, and have no gradient."""
    f = getattr(np, name)
    raw = np.array([[np.nan, np.nan], [np.nan, 2.0]])
    x = tensor(raw, requires_grad=True)
    if name in ("nansum", "nanprod"):
        out = f(x, axis=1)
    else:
        words = "slice encountered" if name[3:] in ("max", "min") else "Mean of empty|Degrees of freedom"
        with pytest.warns(RuntimeWarning, match=words):
            out = f(x, axis=1)
    np.testing.assert_array_equal(out.data, quietly(lambda: f(raw, axis=1)))
    out.backward(np.ones(2))
    np.testing.assert_array_equal(x.grad, [[0, 0], [0, 0 if name in ("nanvar", "nanstd") else 1]])


def test_extremes_share_and_do_not_give_to_nan() -> None:
    np.testing.assert_array_equal(grad(np.nanmax)(np.array([2.0, np.nan, 2.0, 1.0])), [0.5, 0, 0.5, 0])
    np.testing.assert_array_equal(grad(np.nanmax)(np.array([-np.inf, np.nan, -np.inf])), [0.5, 0, 0.5])
    np.testing.assert_array_equal(grad(lambda x: np.nanmin(x, initial=1.0))(np.array([2.0, np.nan, 1.0])), [0, 0, 0.5])
    x = tensor([np.nan], requires_grad=True)
    assert np.nanmax(x, initial=3.0).item() == 3


def test_whole_numbers_have_no_nan() -> None:
    x = np.array([[1, 2], [3, 5]])
    for name in (*REDUCTIONS, "nancumsum", "nanargmax", "nanargmin"):
        ours, theirs = getattr(np, name)(tensor(x), 0), getattr(np, name)(x, 0)
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.data, theirs)


def test_places_pass_over_nan() -> None:
    assert np.nanargmax(tensor(X), axis=1).tolist() == np.nanargmax(X, axis=1).tolist()
    assert np.nanargmin(tensor(X)).item() == np.nanargmin(X)
    with pytest.raises(ValueError, match="All-NaN"):
        np.nanargmax(tensor([np.nan]))


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda x: np.nansum(x, out=np.zeros(())), TypeError, "nansum: out= cannot be used"),
        (lambda x: np.nanmax(x, where=np.ones(2, bool)), ValueError, "where needs initial"),
        (lambda x: np.nanmax(x[:0]), ValueError, "axis 0 of shape"),
        (lambda x: np.nanvar(x, ddof=1, correction=1), ValueError, "give one of them"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        f(tensor([1.0, np.nan]))


def test_compiled_and_in_batches() -> None:
    def f(x: Any) -> Any:
        return np.sum(np.nanmax(x, axis=0)) + np.nanstd(x) + np.nanprod(x) + np.sum(np.nancumsum(x, axis=1) ** 2)

    gradient = grad(f)
    batch = np.stack([X, WHOLE])
    np.testing.assert_allclose(autograd.compile(gradient)(X), gradient(X))
    np.testing.assert_allclose(autograd.vmap(gradient)(batch), [gradient(x) for x in batch])
