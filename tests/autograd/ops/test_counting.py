"""Counting in bins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import grad, tensor

V = np.array([0.1, -0.6, 0.4, 2.0, 0.9, 0.4])
W = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
PLACES = np.array([0, 3, 1, 1, 0, 3])

COUNTS: dict[str, Callable[..., Any]] = {
    "bincount": lambda w: np.bincount(PLACES, w),
    "bincount of a list": lambda w: np.bincount([0, 3, 1, 1, 0, 3], weights=w, minlength=6),
    "bincount of a tensor": lambda w: np.bincount(tensor(PLACES) if type(w) is not np.ndarray else PLACES, w),
    "histogram": lambda w: np.histogram(V, 4, weights=w)[0],
    "histogram between edges": lambda w: np.histogram(V, [-0.5, 0.4, 0.5, 2.0], weights=w)[0],
    "histogram of a range": lambda w: np.histogram(V, 3, (0, 1), weights=w)[0],
    "density": lambda w: np.histogram(V, 3, weights=w, density=True)[0],
}


@pytest.mark.parametrize("name", COUNTS)
def test_by_the_weights(name: str, check_grad: Any) -> None:
    f = COUNTS[name]
    for requires in (False, True):
        np.testing.assert_allclose(f(tensor(W, requires_grad=requires)).data, f(W), rtol=1e-14)
    check_grad(f, W, order=2)


def test_each_weight_counts_where_its_element_is() -> None:
    np.testing.assert_array_equal(grad(lambda w: np.bincount([1, 0, 1], w)[1])(np.ones(3)), [1, 0, 1])


def test_values_alone() -> None:
    """What jumps has no gradient: it is computed on values."""
    t, pair = tensor(V), tensor(np.stack([V, W], axis=1))
    for ours, theirs in (
        (np.bincount(tensor(PLACES), minlength=5), np.bincount(PLACES, minlength=5)),
        (np.histogram(t, 3)[0], np.histogram(V, 3)[0]),
        (np.histogram(t, 3)[1], np.histogram(V, 3)[1]),
        (np.histogram2d(t, t, 2)[0], np.histogram2d(V, V, 2)[0]),
        (np.histogramdd(pair, [2, 3])[0], np.histogramdd(pair.data, [2, 3])[0]),
        (np.digitize(t, [0.0, 0.5]), np.digitize(V, [0.0, 0.5])),
        (np.searchsorted(np.sort(V), t), np.searchsorted(np.sort(V), V)),
        (np.histogram_bin_edges(t, 3), np.histogram_bin_edges(V, 3)),
        (np.count_nonzero(t, axis=0, keepdims=True), np.count_nonzero(V, axis=0, keepdims=True)),
    ):
        np.testing.assert_array_equal(ours.data, theirs)
        assert not ours.requires_grad
    assert not np.histogram(tensor(V, requires_grad=True))[0].requires_grad


@pytest.mark.parametrize("a", [V, np.full(3, 2.0)], ids=["several", "equal"])
@pytest.mark.parametrize("bins", [3, "sqrt"])
def test_edges_that_move_with_the_values(a: Any, bins: Any, check_grad: Any) -> None:
    """The least and the largest element are the ends, of a density too; given edges are what they are."""
    x = tensor(a, requires_grad=True)
    for made in (np.histogram(x, bins)[1], np.histogram_bin_edges(x, bins)):
        np.testing.assert_array_equal(made.data, np.histogram(a, bins)[1])
    if a is V:
        check_grad(lambda x: np.histogram(2 * x, bins)[1], a)
        check_grad(lambda x: np.histogram(2 * x, bins, density=True), a)
    check_grad(lambda e: np.histogram(V, e, density=True), np.array([-3.0, 0.45, 2.5]))


@pytest.mark.parametrize(
    ("f", "error", "says"),
    [
        (lambda w: np.bincount([0, 1], w), ValueError, r"x has shape \(2,\) and the weights \(6,\)"),
        (lambda w: np.bincount([-1] * 6, w), ValueError, "negative"),
        (lambda w: np.histogram(V[:2], weights=w), ValueError, "the weights"),
        (lambda w: np.histogram2d(V, V, weights=w), NotImplementedError, "np.histogram2d: .*np.bincount"),
        (lambda x: np.histogram2d(x, V), NotImplementedError, "the edges"),
    ],
)
def test_what_cannot_be(f: Callable[..., Any], error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        f(tensor(W, requires_grad=True))
