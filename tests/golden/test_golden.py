"""Parity with Keras, in float64: everything that `cases.py` computes, against what Keras came to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from nn import config, keras
from tests.golden.cases import SUITES, array

FOLDER = Path(__file__).parent
RANDOM = {"initializers"}  # the moments of random draws, whose generators differ
ROUNDED = {"training"}  # Keras brings some of it through float32, so small numbers beside large ones are off


@pytest.fixture(autouse=True)
def float64() -> Iterator[None]:
    """Parameters are float64, as Keras' were."""
    config.set_floatx("float64")
    yield
    config.set_floatx("float32")


def grad(f: Any, x: Any) -> Any:
    """Return the gradient of a scalar by the engine."""
    return array(autograd.grad(f)(x))


@pytest.mark.parametrize("suite", SUITES)
def test_as_keras(suite: str) -> None:
    """Every value is Keras' to 1e-6 of itself; the moments of 240,000 random numbers to 2 %."""
    found = SUITES[suite](keras, grad)
    with np.load(FOLDER / f"{suite}.npz") as golden:
        expected = {name.replace("|", "/"): golden[name] for name in golden.files}
    assert found.keys() == expected.keys()
    relative, absolute = (0.02, 1e-3) if suite in RANDOM else (1e-6, 1e-7 if suite in ROUNDED else 1e-9)
    wrong = [
        f"{name}: {np.array2string(np.asarray(value).ravel()[:6])} where Keras has {expected[name].ravel()[:6]}"
        for name, value in found.items()
        if np.shape(value) != expected[name].shape or not np.allclose(value, expected[name], relative, absolute)
    ]
    assert not wrong, f"{len(wrong)} of {len(found)} differ\n" + "\n".join(wrong)
