"""The engine's derivatives against differences: along which directions, how closely, and what happens at kinks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from autograd.testing.differences import STARTS, Estimate, Phi, Sides, central, one_sided, ridders
from autograd.testing.subject import Function, Subject

FULL_JACOBIAN: Final = 4096
"""Up to this many derivatives, every one is checked by itself."""

RELATIVE: Final = 1e-9
_ERRORS: Final = 10  # so many times the error that differences estimate of themselves is accepted
_ENOUGH: Final = 64  # mismatches of one kind: more of them tell nothing new
_EPS: Final = float(np.finfo(float).eps)
_TINY: Final = float(np.finfo(float).tiny)

Mode = Literal["rev", "fwd"]
Method = Literal["auto", "ridders", "complex", "central"]
Kinks = Literal["subgradient", "reject", "skip"]


class Settings(NamedTuple):
    """How to check: the options of `check_grad`."""

    order: int = 2
    modes: tuple[str, ...] = ("rev", "fwd")
    method: str = "auto"
    directions: int | str = 4
    kinks: str = "subgradient"
    seed: int = 0
    rtol: float = 0.0
    atol: float = 0.0

    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)

    def full(self, subject: Subject) -> bool:
        """Whether the whole Jacobian is to be checked."""
        return self.directions == "full" or subject.n * subject.m <= FULL_JACOBIAN


class Direction(NamedTuple):
    """Where to go from x: along `u`, with these first steps."""

    u: Any
    starts: Sequence[float] = STARTS


class Mismatch(NamedTuple):
    """A derivative <w, J u> on which the engine and the differences do not agree."""

    mode: str
    problem: str  # "value", "kink" or "jump"
    w: Any
    direction: Direction
    analytic: float
    numeric: float
    error: float
    near: float  # how far the closest kink is, in units of the direction; inf if none was met

    @property
    def weight(self) -> float:
        """How bad it is: the difference in units of what would be accepted."""
        return float(excess(self.analytic, self.numeric, self.error))


class Functionals:
    """Several linear functions of the outputs: single outputs by their numbers, or rows of weights."""

    def __init__(self, m: int, index: Any = None, rows: Any = None) -> None:
        self.m = m
        self.index = index
        self.rows = rows

    def __len__(self) -> int:
        return len(self.index if self.rows is None else self.rows)

    def __getitem__(self, chosen: Any) -> Functionals:
        if self.rows is None:
            return Functionals(self.m, self.index[chosen])
        return Functionals(self.m, rows=self.rows[chosen])

    def of(self, y: Any) -> Any:
        """Apply to outputs; what has no weight counts nothing, not even as nan."""
        if self.rows is None:
            return y[self.index]
        finite = np.isfinite(y)
        products = self.rows @ np.where(finite, y, 0)
        return products if finite.all() else np.where(np.any(self.rows[:, ~finite] != 0, axis=1), np.nan, products)

    def bound(self, errors: Any) -> Any:
        """Return how large an error comes out of these errors of the outputs."""
        return errors[self.index] if self.rows is None else np.abs(self.rows) @ errors

    def weights(self, k: Any) -> Any:
        """Return function k as a vector of weights."""
        if self.rows is not None:
            return self.rows[k]
        w = np.zeros(self.m)
        w[self.index[k]] = 1
        return w


class Comparison:
    """What was found on one subject: mismatches, and what could not be decided."""

    def __init__(self, subject: Subject, settings: Settings) -> None:
        self.subject = subject
        self.settings = settings
        self.mismatches: list[Mismatch] = []
        self.compared = 0
        self.kinks = 0
        self.moves = False  # whether any output changes along any direction
        self.noise = subject.noise
        self.finite = np.isfinite(subject.y)
        near = np.abs([subject.y, subject.values(subject.x + 0.1 * subject.any_direction())])
        self._size = float(near[np.isfinite(near)].max(initial=0))
        self._resolved, self._lost = np.zeros(subject.m, bool), np.zeros(subject.m, bool)

    @property
    def unresolved(self) -> int:
        """How many outputs have no numerical derivative along any direction."""
        return int(np.sum(self._lost & ~self._resolved))

    def run(self) -> Comparison:
        """Compare along all directions; stop early when it is clear that much is wrong."""
        subject, settings = self.subject, self.settings
        if not subject.n or not subject.m:
            return self
        probes, pulled = self._pulled() if "rev" in settings.modes else (None, None)
        for direction in directions(subject, settings):
            self._along = subject.along(direction.u)
            estimate = self.numeric(direction, self._along)
            known = estimate.known & self.finite
            told = known & ~self._vague(estimate.value, estimate.error, self.noise)
            self._lost |= ~told
            self._resolved |= told & ((estimate.value != 0) | (estimate.error <= 1e-9 * self._size))
            self.moves |= bool(np.any(estimate.value[known]))
            estimate = Estimate(np.where(known, estimate.value, 0), np.where(known, estimate.error, 0))
            if "fwd" in settings.modes:
                outputs = Functionals(subject.m, np.flatnonzero(known))
                self._compare("fwd", direction, outputs, outputs.of(subject.forward(direction.u)), estimate)
            if probes is not None:
                self._compare("rev", direction, *self._reverse(probes, pulled, direction, known), estimate)
            if len(self.mismatches) > _ENOUGH:
                break
        return self

    def _pulled(self) -> tuple[Functionals, Any]:
        """Return functions of the outputs, and what reverse mode makes of each: the Jacobian, or random products."""
        subject = self.subject
        if self.settings.full(subject):
            probes = Functionals(subject.m, np.flatnonzero(self.finite))
        else:
            count = self.settings.directions if isinstance(self.settings.directions, int) else 4
            signs = self.settings.rng().choice([-1.0, 1.0], (count, subject.m))
            probes = Functionals(subject.m, rows=signs * self.finite)
        rows = [subject.reverse(probes.weights(k)) for k in range(len(probes))]
        return probes, np.stack(rows) if rows else np.zeros((0, subject.n))

    def _reverse(self, probes: Functionals, pulled: Any, direction: Direction, known: Any) -> tuple[Functionals, Any]:
        """Return the products with the direction, of those outputs whose numerical derivative is known."""
        if probes.rows is None:
            use = known[probes.index]
            return probes[use], _dot(pulled[use], direction.u)
        if known[self.finite].all():
            return probes, _dot(pulled, direction.u)
        masked = Functionals(self.subject.m, rows=probes.rows * known)
        return masked, np.array([_dot(self.subject.reverse(w), direction.u) for w in masked.rows])

    def numeric(self, direction: Direction, phi: Phi) -> Estimate:
        """Return the derivatives of all outputs along a direction, by the method that was asked for."""
        subject, method = self.subject, self.settings.method
        step = subject.imaginary(direction.u) if method in ("auto", "complex") else None
        if method == "complex":
            if step is None:
                raise ValueError(
                    "check_grad: method='complex' needs a function that takes complex numbers and returns them, and "
                    "this one does not; use method='ridders'"
                )
            return Estimate(step, 16 * _EPS * np.abs(step))
        if method == "central":
            return central(phi, self.noise)
        if step is None:
            return ridders(phi, self.noise, direction.starts)
        return _confirmed(ridders(phi, self.noise, direction.starts, target=1e-7), step)

    def _vague(self, value: Any, error: Any, noise: Any) -> Any:
        """Whether an estimate is too rough to tell anything, and not only because the derivative is next to nothing."""
        return (error > 1e-2 * np.abs(value)) & (error > 1e-6 * self._size) & (error > 1e4 * noise)

    # --- what does not agree at once ----------------------------------------------------------------------

    def _compare(
        self, mode: str, direction: Direction, outputs: Functionals, analytic: Any, estimate: Estimate
    ) -> None:
        """Record the products that do not agree, after a closer look at those that seem not to."""
        self.compared += len(outputs)
        value, error = outputs.of(estimate.value), outputs.bound(estimate.error)
        size = np.fmax(np.abs(value), np.abs(analytic))
        vague = self._vague(size, error, outputs.bound(self.noise))
        error = error + self.subject.granted(value) / _ERRORS
        doubtful = ~_agree(analytic, value, error) | vague
        look = np.flatnonzero(doubtful | (self.settings.kinks != "subgradient"))
        if not look.size:
            return
        judgement = self._judged(direction, outputs[look], analytic[look], Estimate(value[look], error[look]))
        self.kinks += int(np.sum(judgement.verdict == "kink"))
        wrong = np.flatnonzero(judgement.wrong(self.settings.kinks))
        if not wrong.size:
            return
        worst = wrong[np.argsort(-excess(analytic[look], judgement.value, judgement.error)[wrong], kind="stable")][
            :_ENOUGH
        ]
        look = look[worst]
        outputs, analytic = outputs[look], analytic[look]
        granted = Estimate(value[look], error[look] + self._rounding(outputs, direction.u))
        judgement = self._judged(direction, outputs, analytic, granted)
        for k in np.flatnonzero(judgement.wrong(self.settings.kinks)):
            problem = str(judgement.verdict[k]).replace("beyond", "value")
            numbers = (float(a[k]) for a in (analytic, judgement.value, judgement.error, judgement.near))
            self.mismatches.append(Mismatch(mode, problem, outputs.weights(k), direction, *numbers))

    def _judged(self, direction: Direction, outputs: Functionals, analytic: Any, first: Estimate) -> Judgement:
        """Look closer at some products: at the derivatives from both sides, and at a second estimate."""
        along, spread = self._along, outputs.bound(self.noise)

        def phi(t: float) -> Any:
            return outputs.of(along(t))

        sides = one_sided(phi, outputs.of(self.subject.y), spread)
        starts = (*(0.37 * s for s in direction.starts), 1e-6, 1e-7, 1e-8, 1e-9)
        return _judgement(analytic, first, ridders(phi, spread, starts, shrink=2.3, target=0), sides)

    def _rounding(self, outputs: Functionals, u: Any) -> Any:
        """Return how far rounding of x moves the engine's own <w, J u>: an ill-conditioned function is granted that.

        Where it moves by more than a thousandth of its parts, inputs that tied do so no more, and that is no rounding.
        """
        if not len(outputs):
            return np.zeros(0)
        weights = [outputs.weights(k) for k in range(len(outputs))]
        moved = [[pull(w) for w in weights] for pull in rounded(self.subject)]
        gap = np.ptp([_dot(np.array(rows), u) for rows in moved], axis=0)
        parts = _dot(np.abs(moved[0]), np.abs(u))
        return np.where(gap <= 1e-3 * parts, gap, 0)


def rounded(subject: Subject) -> list[Function]:
    """Return the pullbacks at points that differ from x by rounding."""
    moved = [subject.x + 2 * _EPS * subject.any_direction(seed) for seed in range(4)]
    return [subject.pullback(subject.split(x)) for x in moved]


class Judgement(NamedTuple):
    """What is thought of some products after a closer look, and the numerical derivatives that it rests on.

    The verdict is "right"; "kink", accepted there; "beyond" the slopes at a kink; a "jump"; or a wrong "value".
    """

    verdict: Any
    value: Any
    error: Any
    near: Any

    def wrong(self, kinks: str) -> Any:
        """Return which are wrong, by what is to be done at kinks."""
        accepted = {"subgradient": ["right", "kink"], "reject": ["right"], "skip": ["right", "kink", "beyond"]}[kinks]
        return ~np.isin(self.verdict, accepted)


def _judgement(analytic: Any, first: Estimate, again: Estimate, sides: Sides) -> Judgement:
    """Judge by two estimates and both one-sided derivatives."""
    low, high = sides.low - 10 * sides.error, sides.high + 10 * sides.error
    between = (low <= analytic) & (analytic <= high)
    kink = sides.kink() & np.isfinite(sides.error)
    off = ~((low - 10 * first.error <= first.value) & (first.value <= high + 10 * first.error))  # the steps crossed one
    right = _agree(analytic, first.value, first.error) | _agree(analytic, again.value, again.error)
    # Two estimates that contradict each other are worth no more than their distance.
    apart = np.abs(first.value - again.value)
    right |= (apart > 10 * (first.error + again.error)) & (np.abs(analytic - first.value) <= 10 * apart)
    conditions = [sides.jump, kink & between, kink, off & between, off, right]
    verdict = np.select(conditions, ["jump", "kink", "beyond", "right", "beyond", "right"], "value")
    best = Estimate(*(np.where(again.error < first.error, *pair) for pair in zip(again, first, strict=True)))
    by_sides = verdict != "value"
    value = np.where(by_sides, (sides.low + sides.high) / 2, best.value)
    error = np.where(by_sides, (sides.high - sides.low) / 2 + sides.error, best.error)
    return Judgement(verdict, value, error, sides.near)


def tolerance(value: Any, error: Any) -> Any:
    """Return how far from the numerical derivative is still right: there is no absolute part."""
    return _ERRORS * error + RELATIVE * np.abs(value)


def excess(analytic: Any, value: Any, error: Any) -> Any:
    """Return how far the engine is off, in units of what is accepted; infinitely where it is not finite."""
    gap = np.abs(analytic - value) / np.maximum(tolerance(value, error), _TINY)
    return np.where(np.isfinite(gap), gap, np.inf)


def _agree(analytic: Any, value: Any, error: Any) -> Any:
    gap = np.abs(analytic - value)
    return gap <= np.maximum(tolerance(value, error), _TINY)


def _confirmed(found: Estimate, step: Any) -> Estimate:
    """Take the complex step, exact to rounding, wherever the differences agree with it: there f is analytic."""
    exact = 16 * _EPS * np.abs(step)
    agree = np.isfinite(step) & (np.abs(step - found.value) <= 10 * found.error)
    agree &= found.error <= np.maximum(1e-6 * np.abs(step), _TINY)
    return Estimate(np.where(agree, step, found.value), np.where(agree, np.fmin(exact, found.error), found.error))


def _dot(rows: Any, u: Any) -> Any:
    """Return rows @ u, where a nan or infinity in `rows` does not count if u is 0 there."""
    return np.where(u == 0, 0, rows) @ u


# --- directions --------------------------------------------------------------------------------------------


def directions(subject: Subject, settings: Settings) -> Iterator[Direction]:
    """Yield every axis (if the whole Jacobian is checked), all inputs together, and random directions.

    Together, since inputs that tie stay tied then: there max(a, a) has a derivative, which its parts have not.
    """
    rng = settings.rng()
    whole, own = subject.scales
    full = settings.full(subject)
    if full:
        yield from (axis(subject, j) for j in range(subject.n))
    yield Direction(np.full(subject.n, np.median(whole) if subject.n else 1.0))
    count = settings.directions if isinstance(settings.directions, int) else 2
    for k in range(2 if full else max(count - 1, 1)):
        random = rng.choice([-1.0, 1.0], subject.n) if k % 2 == 0 else rng.standard_normal(subject.n)
        yield Direction(random * (whole if k % 4 in (0, 3) else own))


def axis(subject: Subject, j: int) -> Direction:
    """Return the direction of input number j, in units of its own size and, if that is far smaller, of its array's."""
    whole, own = subject.scales
    u = np.zeros(subject.n)
    u[j] = own[j]
    ratio = whole[j] / own[j]
    return Direction(u, STARTS if ratio < 10 else (*STARTS, *(s * ratio for s in STARTS)))
