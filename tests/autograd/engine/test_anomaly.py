"""detect_anomaly: the operation, the index and the line that made a nan, forward and backward."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import autograd
from autograd import tensor


def test_forward_names_operation_index_and_line() -> None:
    """The first operation that makes a nan stops, at the line that called it."""
    x = tensor([[1.0, 2.0], [3.0, -4.0]], requires_grad=True)
    with autograd.detect_anomaly(), np.errstate(invalid="ignore"), pytest.raises(FloatingPointError) as raised:
        np.sqrt(x)
    message = str(raised.value)
    assert "sqrt: made nan at index (1, 1)" in message
    assert f"{Path(__file__).name}:18 in test_forward" in message


def test_backward_names_the_line_of_the_forward() -> None:
    """A nan made by a rule names the operation and where it was called."""
    x = tensor([0.0, 1.0], requires_grad=True)
    with autograd.detect_anomaly(), pytest.raises(FloatingPointError) as raised:
        y = x * x
        np.sum(np.sqrt(y)).backward()
    assert "backward of" in str(raised.value) and "test_anomaly.py:28" in str(raised.value)
    assert x.grad is None


def test_infinities_only_when_asked() -> None:
    """log(0) passes by default, and stops with infinite=True."""
    x = tensor([0.0], requires_grad=True)
    with np.errstate(divide="ignore"):
        with autograd.detect_anomaly():
            np.log(x)
        with autograd.detect_anomaly(infinite=True), pytest.raises(FloatingPointError, match="-inf at index"):
            np.log(x)


def test_what_the_strong_zero_mends_is_no_anomaly() -> None:
    """where(x > 0, log x, 0) passes backward."""
    x = tensor([0.0, 1.0], requires_grad=True)
    with autograd.detect_anomaly(), np.errstate(divide="ignore"):
        np.sum(np.where(x > 0, np.log(x), 0)).backward()
    assert x.grad.tolist() == [0, 1]


def test_it_leaves_the_mode_as_it_was() -> None:
    """Also after an exception, and recording goes on inside."""
    with pytest.raises(FloatingPointError), autograd.detect_anomaly(), np.errstate(invalid="ignore"):
        np.log(tensor([-1.0], requires_grad=True))
    assert autograd.is_grad_enabled()
