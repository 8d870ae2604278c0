"""Programs written for HIPS autograd give the numbers that HIPS autograd gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.golden import hips

EXPECTED = json.loads(Path(hips.__file__).with_suffix(".json").read_text())
FOUND = hips.numbers()


@pytest.mark.parametrize("name", EXPECTED)
def test_numbers(name: str) -> None:
    np.testing.assert_allclose(FOUND[name], EXPECTED[name], rtol=1e-10, atol=1e-13)


def test_all_are_compared() -> None:
    assert FOUND.keys() == EXPECTED.keys()
