"""The exercises of the lecture, run: what they print is what the lecture says."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("pandas", reason="the demonstration's extra is not installed")
pytest.importorskip("sklearn", reason="the demonstration's extra is not installed")

from examples.lecture import (
    hidden_layer,
    images,
    linear_layers,
    linear_regression,
    logistic_regression,
    softmax,
    vanishing_signal,
)

Capture = pytest.CaptureFixture[str]


def test_linear_regression(capsys: Capture) -> None:
    """A neuron comes close to least squares; on unscaled columns training is refused with what to do."""
    mean, neuron, exact = linear_regression.main().values()
    assert exact < neuron < 1.05 * exact < 0.7 * mean
    printed = capsys.readouterr().out
    assert "Column 's1' of x reaches 276" in printed and "Normalization" in printed


def test_logistic_regression(capsys: Capture) -> None:
    """One neuron with a sigmoid tells tumours apart."""
    assert logistic_regression.main() > 0.9
    assert "malignant" in capsys.readouterr().out


def test_linear_layers(capsys: Capture) -> None:
    """Three linear layers are one, to the rounding of float32; with sigmoids they are not."""
    assert linear_layers.main() < 1e-3
    assert "layer 1 'dense' is not linear: its activation is 'sigmoid'" in capsys.readouterr().out


def test_a_hidden_layer(capsys: Capture) -> None:
    """Ten epochs have a line each, with validation; Adam and early stopping do better than one neuron."""
    assert hidden_layer.main() > 0.95
    lines = capsys.readouterr().out.splitlines()
    assert sum(bool(re.match(r"10/10 - \d+s - .* - val_acc: ", line)) for line in lines) == 10


def test_the_signal_vanishes(capsys: Capture) -> None:
    """SGD does not train sigmoids at any rate; ReLU and tanh it does, and Adam trains sigmoids."""
    *sigmoid, relu, tanh, adam = vanishing_signal.main()
    assert all(found.accuracy <= 0.6 and found.ratio < 1e-3 for found in sigmoid) and len(sigmoid) == 4
    assert all(found.accuracy >= 0.95 for found in (relu, tanh, adam))
    assert relu.ratio > 0.1 and tanh.ratio > 0.1 and adam.ratio < 1e-3
    assert vanishing_signal.trained("relu", vanishing_signal.keras.optimizers.SGD(0.03)) == relu
    assert "gradient of the first layer / of the last" in capsys.readouterr().out


def test_images(capsys: Capture) -> None:
    """Patches of two photographs are told apart, and better in colour."""
    found = images.main()
    assert 0.7 < found["gray"] < found["colour"] > 0.95
    assert "(427, 640, 3)" in capsys.readouterr().out


def test_softmax(capsys: Capture) -> None:
    """Labels as numbers and as rows of ten are the same to training."""
    by_number, by_row = softmax.main()
    assert by_number == by_row > 0.93
    assert "add up to 1.000" in capsys.readouterr().out
