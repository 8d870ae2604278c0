"""From a direction on which something is wrong to one wrong element of the Jacobian, by halving."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.testing.comparison import Comparison, Direction, Functionals, Mismatch, axis, excess
from autograd.testing.differences import ridders


class Element(NamedTuple):
    """One derivative: of output i by input j, by the engine and by differences."""

    i: int
    j: int
    analytic: float
    numeric: float
    error: float


def pinpoint(comparison: Comparison, mismatch: Mismatch) -> Element:
    """Return the element of the Jacobian that is most clearly wrong among those behind a mismatch."""
    subject = comparison.subject
    j = _input(comparison, mismatch)
    direction = axis(subject, j)
    scale = direction.u[j]
    estimate = comparison.numeric(direction, subject.along(direction.u))
    known = estimate.known & comparison.finite
    value, error = np.where(known, estimate.value, 0), np.where(known, estimate.error, 0)
    i = _output(comparison, mismatch, direction, value, error)
    unit = np.eye(1, subject.m, i)[0]
    analytic = subject.reverse(unit)[j] if mismatch.mode == "rev" else subject.forward(direction.u)[i] / scale
    if np.count_nonzero(mismatch.direction.u) == np.count_nonzero(mismatch.w) == 1:  # it was judged with more care
        return Element(i, j, mismatch.analytic / scale, mismatch.numeric / scale, abs(mismatch.error / scale))
    return Element(i, j, float(analytic), float(value[i] / scale), float(error[i] / abs(scale)))


def _input(comparison: Comparison, mismatch: Mismatch) -> int:
    """Return one input that the mismatch comes from: the half with the larger error is halved again."""
    u = mismatch.direction.u
    held = np.flatnonzero(u)
    while len(held) > 1:
        halves = np.array_split(held, 2)
        sizes = [_excess(comparison, mismatch, np.where(np.isin(np.arange(u.size), half), u, 0)) for half in halves]
        if max(sizes) <= 1:  # wrong only together, as where inputs tie
            break
        held = halves[int(np.argmax(sizes))]
    return int(held[0])


def _excess(comparison: Comparison, mismatch: Mismatch, u: Any) -> float:
    """Return how far <w, J u> is off, in units of what is accepted."""
    subject, w = comparison.subject, mismatch.w
    outputs = Functionals(subject.m, rows=w[None])
    along, starts = subject.along(u), mismatch.direction.starts
    estimate = ridders(lambda t: outputs.of(along(t)), outputs.bound(comparison.noise), starts)
    if not estimate.known[0]:
        return 0.0
    here = np.where(u == 0, 0, subject.reverse(w)) @ u if mismatch.mode == "rev" else outputs.of(subject.forward(u))[0]
    return float(excess(here, estimate.value[0], estimate.error[0]))


def _output(comparison: Comparison, mismatch: Mismatch, direction: Direction, value: Any, error: Any) -> int:
    """Return the output whose derivative along an axis is most clearly wrong, of those that have a weight."""
    subject, w = comparison.subject, mismatch.w
    held = np.flatnonzero(w)
    if mismatch.mode == "fwd" and len(held) > 1:
        return int(held[np.argmax(excess(subject.forward(direction.u), value, error)[held])])
    while len(held) > 1:
        halves = np.array_split(held, 2)
        gaps = []
        for half in halves:
            part = np.where(np.isin(np.arange(subject.m), half), w, 0)
            found = np.where(direction.u == 0, 0, subject.reverse(part)) @ direction.u
            gap = abs(found - part @ value)
            gaps.append(gap if np.isfinite(gap) else np.inf)
        held = halves[int(np.argmax(gaps))]
    return int(held[0])
