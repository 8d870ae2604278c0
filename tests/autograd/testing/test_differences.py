"""The numerical derivatives, against exact ones, and what they say of their own errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from autograd.testing.differences import central, noise, one_sided, ridders

HARD: dict[str, tuple[Callable[[Any], Any], float, Callable[[float], Any]]] = {
    "exp at 1": (np.exp, 1.0, mpmath.exp),
    "log at 1e-3": (np.log, 1e-3, lambda x: 1 / mpmath.mpf(x)),
    "cube at 1e3": (lambda x: x**3, 1e3, lambda x: 3 * mpmath.mpf(x) ** 2),
    "sqrt at 1e-6": (np.sqrt, 1e-6, lambda x: 1 / (2 * mpmath.sqrt(x))),
    "1/x at 1e-2": (lambda x: 1 / x, 1e-2, lambda x: -1 / mpmath.mpf(x) ** 2),
    "tanh at 4": (np.tanh, 4.0, lambda x: 1 / mpmath.cosh(x) ** 2),
    "sin of 1e4 x at 1": (lambda x: np.sin(1e4 * x), 1.0, lambda x: 1e4 * mpmath.cos(1e4 * mpmath.mpf(x))),
    "1e6 + sin at 1": (lambda x: 1e6 + np.sin(x), 1.0, mpmath.cos),
}

ROUGH = {"1e6 + sin at 1": 1e-8, "sin of 1e4 x at 1": 1e-9}  # what rounding of the function, or of its argument, allows


def phi(f: Callable[[Any], Any], x: float) -> Callable[[float], Any]:
    """Return f along a direction of the size of x, as the checker walks it."""

    def run(t: float) -> Any:
        with np.errstate(all="ignore"):
            return np.array([f(x + t * abs(x))])

    return run


@pytest.mark.parametrize("name", HARD)
def test_ridders_is_right_and_knows_how_right(name: str) -> None:
    """The error is at most 1e-12 (or what the function's rounding allows), and at most ten times the estimated one."""
    f, x, slope = HARD[name]
    along = phi(f, x)
    rough = noise(along, along(0.0))
    found = ridders(along, rough, target=0)
    exact = float(slope(x)) * abs(x)
    error = abs(found.value[0] - exact)
    assert error <= 10 * found.error[0]
    allowed = ROUGH.get(name, 2e-12)
    assert found.error[0] <= 50 * allowed * abs(exact)
    assert error <= allowed * abs(exact)


@pytest.mark.parametrize("name", [n for n in HARD if "1e4" not in n and "1e6" not in n])
def test_central_differences_know_how_right_they_are(name: str) -> None:
    """A plain central difference is good to six digits or so, and its estimate covers the error."""
    f, x, slope = HARD[name]
    along = phi(f, x)
    found = central(along, noise(along, along(0.0)))
    error = abs(found.value[0] - float(slope(x)) * abs(x))
    assert error <= 10 * found.error[0] <= 1e-3 * abs(float(slope(x)) * abs(x)) + 1e-6


def test_noise_sees_rounding_that_the_result_does_not_show() -> None:
    """(1e8 + x) - 1e8 is a small number with the rounding of a large one."""
    along = phi(lambda x: (1e8 + x) - 1e8, 0.7e-3)
    assert 1e-9 < noise(along, along(0.0))[0] < 1e-7
    plain = phi(np.sin, 0.7)
    assert noise(plain, plain(0.0))[0] < 1e-15


def test_what_is_not_finite_counts_as_no_estimate() -> None:
    """Beside a pole or the edge of the domain smaller steps are taken; where there is no side, nothing is known."""
    assert ridders(phi(np.log, 1e-3), np.array([1e-16])).known.all()
    edge = lambda t: np.array([np.sqrt(t)]) if t >= 0 else np.array([np.nan])
    assert not ridders(edge, np.array([1e-16])).known.any()


@pytest.mark.parametrize(
    ("f", "left", "right"), [(np.abs, -1, 1), (lambda t: np.maximum(t, 0.0), 0, 1), (np.sin, 1, 1), (np.exp, 1, 1)]
)
def test_one_sided_derivatives(f: Any, left: float, right: float) -> None:
    """Both slopes are found, and whether they differ."""
    sides = one_sided(lambda t: np.array([f(t)]), np.array([f(0.0)]), np.array([1e-16]))
    assert sides.left.value[0] == pytest.approx(left, abs=1e-6)
    assert sides.right.value[0] == pytest.approx(right, abs=1e-6)
    assert sides.kink()[0] == (left != right)
    assert not sides.jump[0]


def test_a_jump_is_no_kink() -> None:
    """A step of any height at the point itself is told from a steep slope."""
    rough = np.array([1e-16])
    assert one_sided(lambda t: np.array([np.floor(1 + t)]), np.array([1.0]), rough).jump[0]
    assert one_sided(lambda t: np.array([1e-3 * np.sign(t) + t]), np.array([0.0]), rough).jump[0]
    assert not one_sided(lambda t: np.array([np.tanh(1e4 * t)]), np.array([0.0]), rough).jump[0]


@pytest.mark.parametrize("distance", [1e-3, 1e-5, 1e-7])
def test_the_distance_to_a_kink(distance: float) -> None:
    """Its order of magnitude is found from where the two sides begin to differ."""
    along = lambda t: np.array([np.abs(t - distance)])
    near = one_sided(along, along(0.0), np.array([1e-17])).near[0]
    assert distance / 10 <= near <= distance * 10
