"""What may be wrong with a rule, by the pattern of its error: two matrices are compared, and the rule is tried with
its arguments exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.engine.derivative import Part
from autograd.testing.blame import Fault
from autograd.testing.comparison import Settings, axis, tolerance
from autograd.testing.differences import one_sided, ridders
from autograd.testing.report import Cause
from autograd.testing.subject import Subject, split

_MOST: Final = 100
"""So many rows and columns of a large Jacobian are enough to see a pattern."""


SIGN: Final = Cause("sign", "the analytic derivative is the negative of the numerical one")


class Pattern(NamedTuple):
    """A block of the Jacobian by the engine and by differences; rows are outputs, columns elements of one operand."""

    analytic: Any
    numeric: Any
    wrong: Any
    kinks: Any  # where the slopes from both sides differ; looked at only where something seems wrong
    slopes: Any  # the columns by differences, with all rows
    columns: Any  # the numbers of the inputs that the columns are for
    operand: int
    subject: Subject

    @property
    def matters(self) -> Any:
        """Where either is not zero."""
        return (np.abs(self.numeric) > _small(self.numeric)) | (np.abs(self.analytic) > _small(self.numeric))

    @property
    def closeness(self) -> float:
        """How close a hypothesis must come, relatively: far closer than the rule as it is."""
        size = np.abs(self.numeric).max(initial=0)
        gap = np.abs(self.analytic - self.numeric)
        worst = float(gap[np.isfinite(gap)].max(initial=0))
        return float(min(1e-6, 0.01 * worst / size)) if size and worst else 1e-6


def pattern(subject: Subject, mode: str, output: int, element: int, settings: Settings) -> Pattern:
    """Return the block of the Jacobian that belongs to one operand, with the wrong derivative in it."""
    rng = settings.rng()
    operand, _ = subject.locate(element)
    start = first_number(subject, operand)
    size = subject.arrays[operand].size
    square = subject.m == size  # then it may be transposed, which shows in a block on the diagonal only
    wanted = np.unique([element, start + output]) if square else np.array([element])
    columns = _chosen(rng, np.arange(start, start + size), wanted)
    estimates = [_column(subject, j) for j in columns]
    slopes = np.stack([value for value, _ in estimates], axis=1)
    errors = np.stack([error for _, error in estimates], axis=1)
    largest = np.unique([output, *np.abs(slopes).argmax(axis=0)[: _MOST - 1]])
    rows = columns - start if square else _chosen(rng, np.arange(subject.m), largest)
    ours = _ours(subject, mode, rows, columns)
    numeric, errors = slopes[rows], errors[rows]
    wrong = ~(np.abs(ours - numeric) <= tolerance(numeric, errors) + 1e-7 * _small(numeric))
    kinks = np.zeros_like(wrong)
    for c in np.flatnonzero(wrong.any(axis=0)):
        kinks[:, c], between = _kinks(subject, columns[c], rows, ours[:, c])
        wrong[:, c] &= ~between
    return Pattern(ours, numeric, wrong, kinks, slopes, columns, operand, subject)


def _kinks(subject: Subject, j: int, rows: Any, ours: Any) -> tuple[Any, Any]:
    """Return which outputs have a kink along an axis, and where ours lies between the slopes on its sides."""
    direction = axis(subject, j)
    sides = one_sided(subject.along(direction.u), subject.y, subject.noise)
    at = direction.u[j] * ours
    kink, low, high = (a[rows] for a in (sides.kink(), sides.low - 10 * sides.error, sides.high + 10 * sides.error))
    return kink, kink & (low <= at) & (at <= high)


def first_number(subject: Subject, operand: int) -> int:
    """Return the number that the first element of an input has among all."""
    return sum(a.size for a in subject.arrays[:operand])


def _column(subject: Subject, j: int) -> tuple[Any, Any]:
    direction = axis(subject, j)
    estimate = ridders(subject.along(direction.u), subject.noise, direction.starts)
    known = np.isfinite(estimate.error)
    scale = direction.u[j]
    return np.where(known, estimate.value, 0) / scale, np.where(known, estimate.error, 0) / scale


def _ours(subject: Subject, mode: str, rows: Any, columns: Any) -> Any:
    if mode == "rev":
        return np.stack([subject.reverse(np.eye(1, subject.m, i)[0])[columns] for i in rows])
    return np.stack([subject.forward(np.eye(1, subject.n, j)[0])[rows] for j in columns], axis=1)


def _chosen(rng: np.random.Generator, candidates: Any, first: Any) -> Any:
    """Return at most so many of the candidates, `first` among them, in their order."""
    if len(candidates) <= _MOST:
        return candidates
    others = np.setdiff1d(candidates, first)
    return np.sort(np.concatenate([first, rng.choice(others, _MOST - len(first), replace=False)]))


def _small(numeric: Any) -> float:
    return 1e-9 * float(np.abs(numeric[np.isfinite(numeric)]).max(initial=0)) or float(np.finfo(float).tiny)


# --- the hypotheses, the most telling first ----------------------------------------------------------------


def causes(p: Pattern, fault: Fault | None) -> tuple[Cause, ...]:
    """Return what would explain the error, the likeliest first; at the end always that the formula is wrong."""
    found = [cause for hypothesis in _HYPOTHESES for cause in hypothesis(p, fault)]
    first: dict[str, Cause] = {}
    for cause in found:
        first.setdefault(cause.name, cause)
    first["formula"] = Cause("formula", "the rule computes something else; compare it with the derivative on paper")
    return tuple(first.values())[:4]


def _nan(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    if np.any(~np.isfinite(p.analytic) & np.isfinite(p.numeric)):
        yield Cause("nan", "the rule makes nan or inf where the derivative is finite: look for 0 * inf, 0 / 0, log(0)")


def _exchanged(p: Pattern, fault: Fault | None) -> Iterator[Cause]:
    """Try the rule with two of its values exchanged: if it is right then, that is the error."""
    if fault is None or fault.step.op.kind == "linear" or isinstance(fault.step.value, tuple):
        return
    if p.subject.m != np.size(fault.step.value):
        return
    values = [fault.step.value, *fault.step.operands]
    for k, other in combinations(range(len(values)), 2):
        if np.shape(values[k]) != np.shape(values[other]) or type(values[k]) in (int, float):
            continue
        swapped = list(values)
        swapped[k], swapped[other] = values[other], values[k]
        if not _right(p, fault, swapped):
            continue
        if k == 0:
            text = f"with its result and operand {other - 1} exchanged the rule is right: it uses one for the other"
            yield Cause("output-for-input", text)
        else:
            yield Cause(
                "operands", f"with operands {k - 1} and {other - 1} exchanged the rule is right: it takes the wrong one"
            )


def _right(p: Pattern, fault: Fault, values: list[Any]) -> bool:
    """Whether the rule, called with these values, gives the numerical derivative."""
    op, params = fault.step.op, fault.step.node.params
    k = fault.step.live[p.operand]
    g = np.random.default_rng(0).standard_normal(p.subject.m)
    (cotangent,) = split(g, [np.shape(fault.step.value)])
    try:
        with np.errstate(all="ignore"):
            if op.joint is not None:
                found = op.pieces(cotangent, tuple(values), params)[k]
            else:
                rule = op.vjps[k]
                found = None if rule is None else rule(cotangent, *values, **params)
    except Exception:  # a rule may fail in any way when it is given what it was not written for
        return False
    if found is None or isinstance(found, Part) or np.shape(found) != np.shape(fault.step.operands[k]):
        return False
    expected = g @ p.slopes
    here = p.columns - first_number(p.subject, p.operand)
    return bool(np.allclose(np.ravel(found)[here], expected, rtol=p.closeness, atol=10 * _small(expected)))


def _ties(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    """The error sits only where an input alone meets a kink, or where values tie or are 0 and others are not."""
    x, bad = p.subject.x, np.zeros(p.subject.n, bool)
    bad[p.columns[p.wrong.any(axis=0)]] = True
    special = x == 0
    if p.subject.n <= 4096:
        special |= (np.abs(x[:, None] - x[None, :]) < 1e-12).sum(axis=1) > 1
    at_kinks = p.kinks.any() and not (p.wrong & ~p.kinks).any()
    at_ties = bad.any() and special[bad].all() and not special[p.columns].all()
    if at_kinks or at_ties:
        yield Cause("ties", "it is wrong only where inputs tie or are 0: shares of a tie must add up to one")


def _detached(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    if not np.any(p.analytic) and np.any(p.numeric):
        yield Cause(
            "detached",
            "no gradient arrives: the rule is None or 0, or the value left the graph (float, .data)",
        )


def _ratio(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    """All that is wrong is off by one factor."""
    here = p.wrong & (np.abs(p.numeric) > _small(p.numeric))
    if not here.any() or here.sum() < 0.34 * p.matters.sum():
        return
    ratios = p.analytic[here] / p.numeric[here]
    ratio = float(np.median(ratios))
    if not np.allclose(ratios, ratio, rtol=1e-5, atol=0) or ratio == 0:
        return
    if np.isclose(ratio, -1, rtol=1e-6):
        yield SIGN
        return
    share = Fraction(ratio).limit_denominator(100_000)
    if share.numerator == 1 and share.denominator in _sizes(p) and np.isclose(ratio, float(share), rtol=1e-6):
        k = share.denominator
        yield Cause("contributions", f"1/{k} of it arrives: a mean where a sum is meant, or one of {k} contributions")
    where = "" if np.array_equal(here, p.matters) else ", where it is wrong at all"
    sign = " and the sign is wrong" if ratio < 0 else ""
    yield Cause("factor", f"the derivative is off by the constant factor {ratio:.9g}{where}{sign}")
    if share.numerator == 1 and share.denominator > 1:
        yield Cause("contributions", f"one of {share.denominator} uses of the operand may have overwritten another")


def _sizes(p: Pattern) -> set[int]:
    """Return the sizes of axes, and of whole arrays, that a sum may go over."""
    shapes = [a.shape for a in p.subject.arrays] + p.subject.shapes
    axes = {s for shape in shapes for s in shape}
    totals = {int(np.prod(shape)) for shape in shapes}
    return {s for s in axes | totals if s > 1}


def _transposed(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    """The right numbers stand at other places."""
    if p.wrong.sum() < 2 or not np.all(np.isfinite(p.analytic)):
        return
    near: dict[str, Any] = {"rtol": p.closeness, "atol": 10 * _small(p.numeric)}
    rows = np.allclose(np.sort(p.analytic, axis=1), np.sort(p.numeric, axis=1), **near)
    columns = np.allclose(np.sort(p.analytic, axis=0), np.sort(p.numeric, axis=0), **near)
    anywhere = np.allclose(np.sort(p.analytic, axis=None), np.sort(p.numeric, axis=None), **near)
    square = p.analytic.shape == p.analytic.T.shape and np.allclose(p.analytic, p.numeric.T, **near)
    if rows or columns or anywhere or square:
        yield Cause("transpose", "the right numbers at other places: a transpose, a permutation or an axis is wrong")


def _elements(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    matters = max(int(p.matters.sum()), 1)
    if 0 < p.wrong.sum() <= 0.34 * matters and matters > 2:
        yield Cause(
            "element", f"{int(p.wrong.sum())} of {matters} derivatives are wrong, the others right: a mask or an index"
        )


def _missing(p: Pattern, _fault: Fault | None) -> Iterator[Cause]:
    """What is wrong is zero, and more of it than a forgotten element or two."""
    here = p.wrong & p.matters
    if here.any() and not np.any(p.analytic[here]) and np.any(p.analytic) and here.sum() > 0.34 * p.matters.sum():
        yield Cause(
            "contributions", "parts of the sum are missing: a use overwritten by another, or a broadcast not summed"
        )


_HYPOTHESES: Final = (_nan, _exchanged, _detached, _ties, _ratio, _transposed, _missing, _elements)
