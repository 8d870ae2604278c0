"""`check_grad`: one call that compares every derivative of a function with differences, and finds what is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np

from autograd.testing.comparison import Comparison, Kinks, Method, Mode, Settings
from autograd.testing.conditions import unmet
from autograd.testing.explanation import condition_failure, failure
from autograd.testing.parts import in_real_parts
from autograd.testing.report import Failure, Report
from autograd.testing.subject import Subject

_MODES = {"rev": "reverse", "fwd": "forward"}
_ORDERS = {1: "", 2: "second order ", 3: "third order "}


def check_grad(
    f: Callable[..., Any],
    *inputs: Any,
    order: int = 2,
    modes: Mode | Sequence[Mode] = ("rev", "fwd"),
    method: Method = "auto",
    directions: int | str = 4,
    kinks: Kinks = "subgradient",
    seed: int = 0,
    rtol: float = 0.0,
    atol: float = 0.0,
) -> Report:
    """Compare the derivatives of `f` at `inputs` with differences; on failure, find the operation that is wrong.

    `f` is called with a tensor for every array in `inputs` (of any shape; nested lists, tuples and dicts keep their
    form) and returns a tensor, or nested ones; it gets copies, so the inputs are never changed. It is called often: it
    must be deterministic. Complex inputs and results are checked in their real and imaginary parts.

    `order`: derivatives up to this order. `modes`: "rev" and "fwd". `method`: "ridders" extrapolates central
    differences and knows its own error; "complex" steps into the complex plane, which is exact but right for analytic
    functions only; "auto" takes the second where the first confirms it; "central" is plain and coarse. `directions`:
    how many random ones where the Jacobian has more than 4,096 elements; smaller ones, or all with "full", are
    checked element by element. `kinks`: where slopes from both sides differ, "subgradient" accepts what lies between
    them, "reject" fails, "skip" looks away.

    float32 inputs are checked in float64, and the float32 gradient against that. An error counts when it is ten times
    the measured error of the differences plus 1e-9 of the derivative; `rtol` of the derivative and `atol` are accepted
    besides, where a function is only as exact as some solver in it.

    Returns a `Report`, which is true if all checks held; `.raise_if_failed()` raises with the report as message. Raises
    TypeError or ValueError for what cannot be checked: integer inputs, results that are no tensors, an `f` that is not
    deterministic or writes to its inputs. The method is described in `docs/gradient-checking.md`.

    >>> report = check_grad(lambda x: x * np.sin(x), np.array([0.5, 1.0]))
    >>> report.passed
    True
    """
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    return run(f, inputs, Settings(order, chosen, method, directions, kinks, seed, rtol, atol))


def run(f: Callable[..., Any], inputs: Sequence[Any], settings: Settings, names: Sequence[str] = ()) -> Report:
    """Check with all settings in one; `names` are what to call the inputs."""
    start = time.perf_counter()
    _validate(settings)
    exactness = settings.rtol, settings.atol
    subject = Subject(*in_real_parts(f, inputs, names), *exactness) if callable(f) else Subject(f, inputs)
    if subject.m and not np.isfinite(subject.y).any():
        raise ValueError(
            f"check_grad: every element of the result is {subject.y[0]:.3g} here; give inputs where it is finite"
        )
    described = [f"{a.dtype} {a.shape}" for a in subject.arrays]
    report = Report(getattr(f, "__name__", type(f).__name__), described, settings.seed)
    weights = settings.rng().uniform(0.5, 1.5, subject.m) * np.isfinite(subject.y)
    compared = subject
    for order in range(1, settings.order + 1):
        if order > 1:
            compared = compared.gradient(weights if order == 2 else settings.rng().uniform(0.5, 1.5, compared.m))
        _compare(compared, settings._replace(order=order), subject, report)
        report.evaluations += compared.evaluations
        if report.failures:
            break
    if "rev" in settings.modes:
        for name, problem in unmet(subject, weights, settings.order).items():
            report.checks.append(name)
            if problem is not None:
                report.failures.append(condition_failure(subject, name, problem))
    report.seconds = time.perf_counter() - start
    return report


def _validate(settings: Settings) -> None:
    for name, value, allowed in (
        ("method", settings.method, get_args(Method)),
        ("kinks", settings.kinks, get_args(Kinks)),
        *(("modes", mode, get_args(Mode)) for mode in settings.modes),
    ):
        if value not in allowed:
            raise ValueError(f"check_grad: {name}={value!r} is not known; choose from {', '.join(map(repr, allowed))}")
    if not settings.modes:
        raise ValueError("check_grad: modes is empty; give 'rev', 'fwd' or both")
    if not isinstance(settings.order, int) or settings.order < 1:
        raise ValueError(f"check_grad: order={settings.order!r}; give 1, 2 or more")
    for name in ("rtol", "atol"):
        if not getattr(settings, name) >= 0:
            raise ValueError(f"check_grad: {name}={getattr(settings, name)!r}; give 0 or more")
    many = settings.directions
    if many != "full" and (not isinstance(many, int) or many < 1):
        raise ValueError(f"check_grad: directions={many!r}; give a number from 1, or 'full'")


def _compare(compared: Subject, settings: Settings, first: Subject, report: Report) -> None:
    """Compare one order of derivative; add what failed, with its explanation, to the report."""
    comparison = Comparison(compared, settings).run()
    mismatches = comparison.mismatches
    if settings.order > 1 and settings.kinks != "reject":  # a gradient jumps where its function has a kink
        jumps = [m for m in mismatches if m.problem == "jump"]
        comparison.kinks += len(jumps)
        mismatches = [m for m in mismatches if m.problem != "jump"]
    report.derivatives += comparison.compared
    report.one_by_one &= settings.full(compared)
    label = _ORDERS.get(settings.order, f"order {settings.order} ")
    wrong = [mode for mode in settings.modes if any(m.mode == mode for m in mismatches)]
    report.checks += [label + _MODES[mode] for mode in settings.modes if mode not in wrong]
    if wrong:
        check = label + " and ".join(_MODES[mode] for mode in wrong)
        report.checks.append(check)
        report.failures.append(failure(check, mismatches, comparison, first))
    _note(comparison, label, report)


def _note(comparison: Comparison, label: str, report: Report) -> None:
    prefix, subject = f"{label.strip() or 'first order'}: ", comparison.subject
    if comparison.kinks:
        policy = {"subgradient": "accepted between its one-sided slopes", "skip": "left out"}
        how = policy.get(comparison.settings.kinks, "rejected")
        report.notes.append(f"{prefix}{comparison.kinks} derivatives at a kink, {how}")
    if comparison.unresolved:
        why = "not finite, or not on both sides"
        text = f"{comparison.unresolved} of {subject.m} results have no numerical derivative here ({why})"
        if comparison.unresolved == subject.m and comparison.settings.order == 1 and not report.failures:
            report.failures.append(
                Failure("numerical derivative", f"{text}: nothing could be compared; choose other inputs")
            )
        else:
            report.notes.append(f"{prefix}{text}; nothing was compared for them")
    elif not comparison.moves and subject.n and subject.m and comparison.settings.order == 1:
        report.notes.append("the result does not change with the inputs: all derivatives are zero")
