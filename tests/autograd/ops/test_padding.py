"""Borders, in all modes of np.pad: NumPy's values, and derivatives against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing import check_grad

X = np.random.default_rng(0).normal(size=(4, 5))

CASES: dict[str, Callable[[Any], Any]] = {
    "constant": lambda x: np.pad(x, ((1, 0), (2, 1)), constant_values=3.0),
    "by axis": lambda x: np.pad(x, {-1: (1, 2), 0: 1}),
    "edge": lambda x: np.pad(x, 2, "edge"),
    "reflect": lambda x: np.pad(x, ((1, 3), (0, 6)), "reflect"),
    "reflect, odd": lambda x: np.pad(x, ((1, 3), (0, 4)), "reflect", reflect_type="odd"),
    "symmetric": lambda x: np.pad(x, ((1, 4), (7, 0)), "symmetric"),
    "symmetric, odd": lambda x: np.pad(x, ((1, 4), (5, 0)), "symmetric", reflect_type="odd"),
    "wrap": lambda x: np.pad(x, (3, 7), "wrap"),
    "linear ramp": lambda x: np.pad(x, ((2, 0), (1, 3)), "linear_ramp"),
    "linear ramp to values": lambda x: np.pad(x, 2, "linear_ramp", end_values=((5, -1), (2, 0))),
    "mean": lambda x: np.pad(x, ((1, 2), (0, 1)), "mean"),
    "mean of some": lambda x: np.pad(x, 2, "mean", stat_length=((1, 2), (3, 9))),
    "maximum": lambda x: np.pad(x, 1, "maximum"),
    "minimum of some": lambda x: np.pad(x, (2, 1), "minimum", stat_length=2),
    "median": lambda x: np.pad(x, ((0, 1), (2, 2)), "median", stat_length=3),
}


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    if name == "by axis" and np.lib.NumpyVersion(np.__version__) < "2.2.0":
        pytest.skip("NumPy before 2.2 takes no dict")
    pad = CASES[name]
    np.testing.assert_allclose(pad(tensor(X)).data, pad(X), rtol=1e-13, atol=1e-15)
    check_grad(pad, X).raise_if_failed()
    np.testing.assert_allclose(autograd.vmap(pad)(np.stack([X, -X]))[1], pad(-X), rtol=1e-13, atol=1e-15)
    assert pad(tensor(X, dtype="float32")).dtype == np.float32


def test_whole_numbers_are_numpys() -> None:
    x = np.arange(6).reshape(2, 3)
    for mode in ("mean", "median", "linear_ramp"):
        np.testing.assert_array_equal(np.pad(tensor(x), 2, mode).data, np.pad(x, 2, mode))


def test_what_cannot_be() -> None:
    x = tensor(X, requires_grad=True)
    with pytest.raises(NotImplementedError, match="mode 'empty' has no derivative rule"):
        np.pad(x, 1, "empty")
    with pytest.raises(NotImplementedError, match="pad in steps"):
        np.pad(x, 4, "reflect", reflect_type="odd")
