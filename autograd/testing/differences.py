"""Derivatives by differences, each with an estimate of its own error.

All of them take `phi`, a function of one number whose result is a vector: the outputs at `x + t * u`. A step at which
an output is not finite counts as no estimate there. Sources: C. J. F. Ridders, Advances in Engineering Software 4(2),
1982, for the extrapolation; J. J. Moré and S. M. Wild, SIAM J. Sci. Comput. 33(3), 2011, for measuring the noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

Phi = Callable[[float], Any]

STARTS: Final = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
"""First steps, in units of the direction: five scales of the function, from its own size down."""

_LEVELS: Final = 6
_EPS: Final = float(np.finfo(float).eps)


class Estimate(NamedTuple):
    """A derivative and a bound on its error, element by element; where there is none, nan and inf."""

    value: Any
    error: Any

    @property
    def known(self) -> Any:
        """Where there is an estimate at all."""
        return np.isfinite(self.error)


def _unknown(size: int) -> Estimate:
    return Estimate(np.full(size, np.nan), np.full(size, np.inf))


def _better(a: Estimate, b: Estimate) -> Estimate:
    """Take from each pair the one with the smaller error."""
    first = a.error <= b.error
    return Estimate(np.where(first, a.value, b.value), np.where(first, a.error, b.error))


def _refined(large: Estimate, small: Estimate) -> Estimate:
    """Take the better one of estimates with large and small steps; where they contradict each other, the latter.

    The error of small steps is rounding, and measured; that of large ones is guessed, and wrong beyond a kink or pole.
    Small ones that are vague themselves contradict nothing.
    """
    contradict = np.abs(large.value - small.value) > 3 * (large.error + small.error)
    contradict &= small.error < 0.05 * np.maximum(np.abs(large.value), np.abs(small.value))
    first = (large.error <= small.error) & ~contradict
    return Estimate(np.where(first, large.value, small.value), np.where(first, large.error, small.error))


_NODES: Final = np.array([1.0, 1.83, 2.71, 3.37, 4.49, 5.23])
"""Where noise is measured, in steps: irregular, so that rounding to a grid cannot look like a straight line."""


def noise(phi: Phi, y: Any) -> Any:
    """Return how much rounding moves each output: what remains of f where a smooth one would be straight.

    Steps of 1e-13 show the rounding of f itself, as what a line does not fit. At the smallest scale where f is seen to
    change, what a cubic does not fit shows rounding in between that is coarser, as of (1e8 + x) - 1e8. Each side is
    measured by itself and without x, since f may have a kink or jump there.
    """
    rough = np.fmin(*(_misfit(phi, sign * 1e-13, 4, 1)[1] for sign in (1, -1)))
    coarse, resolved = np.zeros_like(rough), np.zeros(rough.shape, bool)
    for h in (1e-7, 3.7e-5, 1.03e-4, 1.07e-3, 1.1e-2):
        (change, right), (other, left) = (_misfit(phi, sign * h, 6, 3) for sign in (1, -1))
        change, misfit = np.where(right <= left, change, other), np.fmin(right, left)
        coarse = np.where(resolved, coarse, misfit)
        resolved |= misfit < 0.1 * change
        if resolved.all():
            break
    measured = np.maximum(np.where(np.isfinite(rough), rough, 0), np.where(np.isfinite(coarse), coarse, 0))
    return measured + _EPS * np.abs(np.where(np.isfinite(y), y, 0))


def _misfit(phi: Phi, h: float, points: int, degree: int) -> tuple[Any, Any]:
    """Return how far outputs move beside x, and the largest part of that which no polynomial of a degree explains."""
    nodes = _NODES[:points]
    values = np.array([phi(h * node) for node in nodes])
    unexplained = np.linalg.qr(np.vander(nodes, degree + 1), mode="complete")[0][:, degree + 1 :]
    with np.errstate(invalid="ignore"):
        return np.ptp(values, axis=0), np.abs(unexplained.T @ values).max(axis=0)


def ridders(
    phi: Phi, noise: Any, starts: Sequence[float] = STARTS, *, shrink: float = 1.7, target: float = 1e-10
) -> Estimate:
    """Return the best of several extrapolations of central differences, one for each first step.

    `shrink`, from step to step, is no whole number, so that no frequency of f is aliased to a low one at all steps.
    It stops as soon as all errors are below `target` relative to their values (1e-2 of it, to the largest value).
    Where outputs move at large steps and not at all at smaller ones, those are below what f resolves, and do not count.
    """
    best = _unknown(np.size(noise))
    moved = np.zeros(np.size(noise), bool)
    for start in starts:
        found = _extrapolated(phi, start, noise, shrink, target)
        still = (found.value == 0) & moved
        best = _refined(best, Estimate(found.value, np.where(still, np.inf, found.error)))
        moved |= found.value != 0
        least = 2 * noise / (0.1 * start) if target else 0  # of smaller steps, by their rounding alone
        if np.all(_reached(best, target) | (best.error <= least)):
            break
    return best


def _reached(best: Estimate, target: float) -> Any:
    size = np.abs(np.where(best.known, best.value, 0))
    return best.error <= target * np.maximum(size, 1e-2 * size.max(initial=0))


def _extrapolated(phi: Phi, start: float, noise: Any, shrink: float, target: float) -> Estimate:
    """Return the best element of one Ridders tableau: steps start, start / shrink, …, polynomials in step²."""
    best = _unknown(np.size(noise))
    row: list[Any] = []
    for level in range(_LEVELS):
        h = start / shrink**level
        above, row = row, [(phi(h) - phi(-h)) / (2 * h)]
        floor = 2 * noise / h
        for j, upper in enumerate(above, 1):
            factor = shrink ** (2 * j)
            value = (factor * row[-1] - upper) / (factor - 1)
            error = np.maximum(np.maximum(np.abs(value - row[-1]), np.abs(value - upper)), floor)
            best = _better(best, Estimate(value, np.where(np.isfinite(error), error, np.inf)))
            row.append(value)
        if level > 1 and np.all(_reached(best, target) | (best.error <= 4 * floor)):
            break  # good enough, or rounding rules from here on
    return best


def central(phi: Phi, noise: Any) -> Estimate:
    """Return a plain central difference, with the step that balances truncation and rounding."""
    h = _EPS ** (1 / 3)
    fine, coarse = ((phi(s) - phi(-s)) / (2 * s) for s in (h, 2 * h))
    error = np.abs(fine - coarse) + noise / h
    return Estimate(fine, np.where(np.isfinite(error), error, np.inf))


class Sides(NamedTuple):
    """The derivatives from the left and from the right, and whether the function jumps between them."""

    left: Estimate
    right: Estimate
    jump: Any
    near: Any  # the largest step, in units of the direction, up to which both sides agree; inf where they always do

    @property
    def error(self) -> Any:
        return self.left.error + self.right.error

    @property
    def low(self) -> Any:
        return np.fmin(self.left.value, self.right.value)

    @property
    def high(self) -> Any:
        return np.fmax(self.left.value, self.right.value)

    def kink(self) -> Any:
        """Whether the two differ by more than their errors."""
        apart = self.high - self.low
        return apart > 10 * self.error + 1e-6 * np.maximum(np.abs(self.low), np.abs(self.high))


def one_sided(phi: Phi, y: Any, noise: Any) -> Sides:
    """Return the derivatives on both sides, by Richardson's extrapolation over steps from 1e-10 to 1e-1."""
    left = right = _unknown(np.size(y))
    near = np.full(np.size(y), np.inf)
    agreed = np.zeros(np.size(y), bool)
    for h in 10.0 ** -np.arange(10, 0, -1):
        r, s = (_richardson(phi, y, sign * h, noise) for sign in (1, -1))
        size = np.maximum(np.abs(r.value), np.abs(s.value))
        apart = np.abs(r.value - s.value) > r.error + s.error + 1e-3 * size
        near = np.where(apart & np.isinf(near), np.where(agreed, h, 0.0), near)
        agreed |= ~apart & r.known & s.known
        right, left = _refined(r, right), _refined(s, left)
    small, tiny, far = (np.fmax(np.abs(phi(h) - y), np.abs(phi(-h) - y)) for h in (1e-10, 1e-12, 1e-1))
    jump = (tiny > 100 * noise) & (tiny > 0.5 * small) & (tiny > 1e-3 * far)
    return Sides(left, right, jump, near)


def _richardson(phi: Phi, y: Any, h: float, noise: Any) -> Estimate:
    d0, d1, d2 = ((phi(h / k) - y) / (h / k) for k in (1, 2, 4))
    first, second = 2 * d1 - d0, 2 * d2 - d1
    value = (4 * second - first) / 3
    error = np.abs(value - second) + 16 * noise / abs(h)
    return Estimate(value, np.where(np.isfinite(error), error, np.inf))
