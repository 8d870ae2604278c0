"""What a right derivative owes besides its value: each condition is a function that says what is wrong, or nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from autograd import transforms
from autograd.engine.derivative import pull
from autograd.engine.mode import no_grad
from autograd.engine.tensor import Tensor, from_value, node_of
from autograd.testing.comparison import rounded
from autograd.testing.layouts import LAYOUTS
from autograd.testing.subject import Subject, flat, own, split


class Unmet(NamedTuple):
    """What is wrong: a sentence and, where two gradients differ, at which input number, and what they are."""

    text: str
    j: int | None = None
    expected: float = math.nan
    found: float = math.nan


Condition = Callable[[Subject, Any], Unmet | None]


def backward_twice(subject: Subject, v: Any) -> Unmet | None:
    """Pulling the same cotangent twice gives the same bits."""
    first, second = subject.reverse(v), subject.reverse(v)
    return None if np.array_equal(first, second, equal_nan=True) else _differ(subject, first, second, "a second time")


_TINY: Final = float(np.finfo(float).tiny)  # below it numbers have fewer digits


def zero_cotangent(subject: Subject, _v: Any) -> Unmet | None:
    """A cotangent of zeros gives exact zeros."""
    g = subject.reverse(np.zeros(subject.m))
    return None if not np.any(g) else _differ(subject, np.zeros(subject.n), g, "a zero cotangent")


def linear_in_the_cotangent(subject: Subject, v: Any) -> Unmet | None:
    """Twice the cotangent gives twice the gradient; a sum of two gives the sum, to rounding."""
    g = subject.reverse(v)
    usual = np.abs(v[v != 0]).max(initial=0) < 1e100
    doubled, granted = subject.reverse(2 * v), subject.granted(g)
    if usual and not np.all(np.isclose(doubled, 2 * g, 1e-12, _TINY + 2 * granted, equal_nan=True)):
        return _differ(subject, 2 * g, doubled, "twice the cotangent")
    w = np.where(np.arange(subject.m) % 3 == 0, -0.5, 1.0) * v
    expected, together = g + subject.reverse(w), subject.reverse(v + w)
    allowed = 1e-9 * (np.abs(g) + np.abs(expected - g)) + 10 * subject.gradient_noise(v) + 2 * granted
    near = ~np.isfinite(expected) | (np.abs(together - expected) <= allowed)
    return None if near.all() else _differ(subject, expected, together, "a sum of two cotangents")


def recorded_in_the_cotangent(subject: Subject, v: Any) -> Unmet | None:
    """The gradient can be differentiated by the cotangent, in which it is linear: a second derivative needs it."""
    u, w = subject.any_direction(), np.where(np.arange(subject.m) % 3 == 0, -0.5, 1.0) * v
    recorded = subject.recorded_pullback()

    def along(*cotangents: Any) -> Any:
        pairs = zip(recorded(cotangents), subject.split(u), strict=True)
        return sum((np.sum(g * part) for g, part in pairs), Tensor(0.0))

    _, pullback = transforms.vjp(along, *split(v, subject.shapes))
    found, g = float(flat(pullback(1.0)) @ w), subject.reverse(w)
    expected = float(g @ u)
    allowed = (1e-9 * np.abs(g) + 10 * subject.gradient_noise(w) + 2 * subject.granted(g)) @ np.abs(u)
    if abs(found - expected) <= allowed or not np.isfinite(expected):
        return None
    return Unmet(
        f"the gradient's own derivative by the cotangent gives {found!r} along some directions, and not {expected!r}: "
        "wherever a cotangent depends on the inputs, the second derivative is wrong"
    )


def shapes_and_dtypes(subject: Subject, v: Any) -> Unmet | None:
    """Every gradient has the shape and dtype of its input."""
    for i, (a, g) in enumerate(zip(subject.arrays, in_own_dtypes(subject, v), strict=True)):
        if np.shape(g) != a.shape or np.asarray(g).dtype != a.dtype:
            return Unmet(
                f"the gradient by {subject.names[i]} has shape {np.shape(g)} and dtype {np.asarray(g).dtype}; the "
                f"input has {a.shape} and {a.dtype}"
            )
    return None


def nothing_written_or_shared(subject: Subject, v: Any) -> Unmet | None:
    """Backward writes neither to inputs nor to the cotangent, and no gradient shares memory with them or another."""
    arrays = [np.array(a) for a in subject.arrays]
    seeds = split(v, subject.shapes)
    gradients = _pulled(subject, arrays, seeds)
    for a, before, name in zip(arrays, subject.arrays, subject.names, strict=True):
        if not np.array_equal(a, before, equal_nan=True):
            return Unmet(f"{name} has other values after backward")
    if not np.array_equal(flat(seeds), v):
        return Unmet("the cotangent that backward was given has other values afterwards")
    found = [(name, g) for name, g in zip(subject.names, gradients, strict=True) if isinstance(g, np.ndarray)]
    held = [*zip(subject.names, arrays, strict=True), *(("the cotangent", seed) for seed in seeds)]
    for k, (name, g) in enumerate(found):
        for other, array in [*held, *((f"the gradient by {n}", h) for n, h in found[:k])]:
            if np.shares_memory(g, array):
                return Unmet(f"the gradient by {name} shares its memory with {other}")
    return None


def layouts(subject: Subject, v: Any) -> Unmet | None:
    """Fortran order, strides, negative strides and read-only memory give the same."""
    expected = subject.reverse(v)
    for name, layout in LAYOUTS.items():
        given = [layout(a) for a in subject.split(subject.x)]
        try:
            g = subject.pullback(given)(v)
        except ValueError as error:  # as NumPy raises for a write to read-only memory
            return Unmet(f"with inputs in {name} memory it raises {type(error).__name__}: {error}")
        allowed = 1e-9 * np.abs(expected) + 10 * subject.gradient_noise(v) + subject.granted(expected)
        wrong = ~(np.abs(g - expected) <= allowed) & np.isfinite(expected)
        if wrong.any():  # a gradient that is next to nothing, by cancellation, is granted its rounding
            moved = np.array([pullback(v) for pullback in rounded(subject)])
            wrong &= ~(np.abs(g - expected) <= 10 * np.ptp(moved, axis=0))
        if wrong.any():
            return _differ(subject, expected, g, f"inputs in {name} memory")
    return None


def single_precision(subject: Subject, v: Any) -> Unmet | None:
    """An input in float32 has the gradient that float64 gives, to the noise of computing in float32.

    The noise is measured: how far the gradient moves when its inputs move by a unit in the last place, and how much
    of the function's own value is lost in float32.
    """
    exact = subject.reverse(v)
    ours = flat(in_own_dtypes(subject, v))
    jitters = [in_own_dtypes(subject, v, move) for move in (-2, -1, 1, 2)]
    noise = np.max([np.abs(flat(g) - ours) for g in jitters], axis=0)
    eps = np.concatenate([np.full(a.size, float(np.finfo(a.dtype).eps)) for a in subject.arrays])
    size = np.concatenate([np.full(g.size, np.abs(g).max(initial=0)) for g in subject.split(exact)])
    lost = np.maximum(2.5 * eps, _lost(subject))
    tiny = np.concatenate([np.full(a.size, float(np.finfo(a.dtype).tiny)) for a in subject.arrays])
    allowed = 20 * (noise + lost * (np.abs(exact) + size)) + tiny  # below it numbers have fewer digits
    wrong = ~(np.abs(ours - exact) <= allowed) & np.isfinite(exact)
    return _differ(subject, exact, ours, "the inputs in single precision", wrong) if wrong.any() else None


def _lost(subject: Subject) -> float:
    """Return the error of the outputs in the inputs' own dtypes, relative to the largest of them."""
    with no_grad():
        y = flat(subject.call([from_value(own(np.array(a)), None) for a in subject.arrays]))
    finite = np.isfinite(subject.y) & np.isfinite(y)
    gap, size = (np.abs(a[finite]).max(initial=0) for a in (y - subject.y, subject.y))
    return float(gap / size) if size else 0.0


CONDITIONS: Final[dict[str, Condition]] = {
    "backward twice": backward_twice,
    "zero cotangent": zero_cotangent,
    "linear in the cotangent": linear_in_the_cotangent,
    "recorded in the cotangent": recorded_in_the_cotangent,
    "shape and dtype": shapes_and_dtypes,
    "nothing written or shared": nothing_written_or_shared,
    "layouts": layouts,
    "single precision": single_precision,
}


def unmet(subject: Subject, v: Any, order: int) -> dict[str, Unmet | None]:
    """Return the name of every condition that applies to derivatives up to this order, with what is wrong or None."""
    left_out = {single_precision} if all(a.dtype == np.float64 for a in subject.arrays) else set[Condition]()
    if order == 1:
        left_out.add(recorded_in_the_cotangent)
    with np.errstate(all="ignore"):
        return {name: check(subject, v) for name, check in CONDITIONS.items() if check not in left_out}


def in_own_dtypes(subject: Subject, v: Any, ulps: int = 0) -> list[Any]:
    """Return the gradients by the inputs in their own dtypes, the inputs moved by some units in the last place."""
    arrays = [np.array(a + ulps * np.spacing(np.abs(a)) if ulps else a) for a in subject.arrays]
    return _pulled(subject, arrays, split(v, subject.shapes))


def _pulled(subject: Subject, arrays: Sequence[Any], seeds: Sequence[Any]) -> list[Any]:
    """Return the gradients by the inputs as they come out of the engine."""
    nodes, outs = subject.trace(arrays)
    given: dict[Any, Any] = {}
    for out, seed in zip(outs, seeds, strict=True):
        node = node_of(out)
        if node is not None:
            cast = own(seed if seed.dtype == out.dtype else seed.astype(out.dtype))
            given[node] = given[node] + cast if node in given else cast
    found = pull(given, set(nodes)) if given else {}
    return [np.zeros_like(a) if found.get(n) is None else found[n] for n, a in zip(nodes, arrays, strict=True)]


def _differ(subject: Subject, expected: Any, found: Any, what: str, wrong: Any = None) -> Unmet:
    """Say at which element two gradients differ most."""
    with np.errstate(all="ignore"):
        gap = np.abs(found - expected)
    gap = np.where(np.isnan(gap), np.inf, gap)
    j = int(np.argmax(gap if wrong is None else np.where(wrong, gap, -1)))
    i, index = subject.locate(j)
    old, new = float(expected[j]), float(found[j])
    return Unmet(f"{what} gives {new!r} for element {index} of {subject.names[i]}, and not {old!r}", j, old, new)
