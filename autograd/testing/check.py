"""`check_grad`: one call that compares every derivative of a function with differences, and finds what is wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, get_args

import numpy as np

from autograd.testing.blame import Recording, Sum, first_fault, first_unmet, outside, written_at, wrong_sum
from autograd.testing.causes import SIGN, causes, pattern
from autograd.testing.comparison import Comparison, Kinks, Method, Mismatch, Mode, Settings
from autograd.testing.conditions import CONDITIONS, Unmet, unmet
from autograd.testing.pinpoint import Element, pinpoint
from autograd.testing.report import Blame, Cause, Failure, Report, number
from autograd.testing.snippet import snippet
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
) -> Report:
    """Compare the derivatives of `f` at `inputs` with differences; on failure, find the operation that is wrong.

    `f` is called with a tensor for every array in `inputs` (of any shape; nested lists, tuples and dicts keep their
    form) and returns a tensor, or nested ones; it gets copies, so the inputs are never changed. It is called often: it
    must be deterministic.

    `order`: derivatives up to this order. `modes`: "rev" and "fwd". `method`: "ridders" extrapolates central
    differences and knows its own error; "complex" steps into the complex plane, which is exact but right for analytic
    functions only; "auto" takes the second where the first confirms it; "central" is plain and coarse. `directions`:
    how many random ones where the Jacobian has more than 4,096 elements; smaller ones, or all with "full", are
    checked element by element. `kinks`: where slopes from both sides differ, "subgradient" accepts what lies between
    them, "reject" fails, "skip" looks away.

    float32 inputs are checked in float64, and the float32 gradient against that. There is no absolute tolerance: an
    error counts when it is ten times the measured error of the differences plus 1e-9 of the derivative.

    Returns a `Report`, which is true if all checks held; `.raise_if_failed()` raises with the report as message. Raises
    TypeError or ValueError for what cannot be checked: integer inputs, results that are no tensors, an `f` that is not
    deterministic or writes to its inputs. The method is described in `docs/gradient-checking.md`.

    >>> report = check_grad(lambda x: x * np.sin(x), np.array([0.5, 1.0]))
    >>> report.passed
    True
    """
    chosen = (modes,) if isinstance(modes, str) else tuple(modes)
    return run(f, inputs, Settings(order, chosen, method, directions, kinks, seed))


def run(f: Callable[..., Any], inputs: Sequence[Any], settings: Settings, names: Sequence[str] = ()) -> Report:
    """Check with all settings in one; `names` are what to call the inputs."""
    start = time.perf_counter()
    _validate(settings)
    subject = Subject(f, inputs, names)
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
        for name, problem in unmet(subject, weights).items():
            report.checks.append(name)
            if problem is not None:
                report.failures.append(_unmet_failure(subject, name, problem))
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
    many = settings.directions
    if many != "full" and (not isinstance(many, int) or many < 1):
        raise ValueError(f"check_grad: directions={many!r}; give a number from 1, or 'full'")


# --- from what was compared to what is reported ------------------------------------------------------------


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
        report.failures.append(_explained(check, mismatches, comparison, first, settings))
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


def _explained(
    check: str, found: list[Mismatch], comparison: Comparison, first: Subject, settings: Settings
) -> Failure:
    """Return the failure with the element, the operation and the likely causes."""
    subject = comparison.subject
    worst = max(found, key=_severity)
    element = pinpoint(comparison, worst)
    k, index = subject.locate(element.j)
    output, output_index = subject.locate_output(element.i)
    place = Failure(
        check, "the derivative is not that of the function", k, subject.names[k], index, output, output_index,
        element.numeric, element.error, element.analytic, worst.near,
    )  # fmt: skip
    if worst.problem == "jump":
        return _with(place, text="the function jumps at this point, so it has no derivative", numeric=math.nan)
    if worst.problem == "kink":
        low, high = (number(element.numeric + sign * element.error) for sign in (-1, 1))
        text = f"the function has a kink at this point: its slopes from both sides are {low} and {high}"
        return _with(place, text=text, numeric=math.nan)
    return _blamed(place, element, worst.mode, first, subject, settings)


def _severity(m: Mismatch) -> tuple[bool, bool, float]:
    """Order wrong values before kinks and jumps, those of one output first; the others by how few inputs they need."""
    value = m.problem == "value"
    return value, np.count_nonzero(m.w) == 1, m.weight if value else -float(np.count_nonzero(m.direction.u))


def _blamed(
    place: Failure, element: Element, mode: str, first: Subject, subject: Subject, settings: Settings
) -> Failure:
    recording = Recording(first)
    method = "auto" if settings.method == "complex" else settings.method  # one operation may not be analytic
    settings = settings._replace(modes=(mode,), method=method)
    fault = first_fault(recording, settings)
    if fault is not None:
        alone = Comparison(fault.alone, settings)
        inner = pinpoint(alone, fault.mismatch)
        operand, index = fault.alone.locate(inner.j)
        live = fault.step.live[operand]
        blame = Blame(
            fault.step.op.name, fault.step.node.site, written_at(fault.step.op, live), live, index,
            fault.alone.arrays[operand].shape, inner.numeric, inner.error, inner.analytic,
        )  # fmt: skip
        likely = causes(pattern(fault.alone, mode, inner.i, inner.j, settings), fault)
        return _with(place, blame=blame, causes=likely, snippet=snippet(fault, settings))
    between = wrong_sum(recording, settings) if settings.order == 1 and mode == "rev" else None
    if between is not None:
        return _with(
            place, blame=_blame_sum(between), causes=(_OVERWRITTEN,) if len(between.users) > 1 else (_FORMULA,)
        )
    step = outside(first, recording)
    if step is not None:
        name, k = step[0].op.name, step[1]
        text = f"operand {k} is a constant to the graph, and yet it changes with the inputs"
        blame = Blame(name, step[0].node.site, None, k, (), (), math.nan, math.nan, math.nan, text)
        return _with(place, blame=blame, causes=(_LEFT,))
    likely = causes(pattern(subject, mode, element.i, element.j, settings), None)
    return _with(place, causes=likely)


_OVERWRITTEN = Cause(
    "contributions", "every operation's own rule is right here: contributions to this value were overwritten, not added"
)
_FORMULA = Cause("formula", "the rule does something else to some cotangents: a cast, a bound, a special case")
_LEFT = Cause("detached", "float(t), t.item(), t.data and t.detach() leave the graph; use the tensor itself")


def _blame_sum(found: Sum) -> Blame:
    """Blame the one user of a value, whose rule is right but not with this cotangent; or the sum over several."""
    node, users = found.node, [user for user in found.users if user.op is not None]
    numbers = (found.numeric, found.error, found.analytic)
    if len(users) == 1 and users[0].op is not None:
        text = "its rule is right alone, but not with the cotangent that arrives here"
        operand = users[0].inputs.index(node)
        rule = written_at(users[0].op, operand)
        return Blame(users[0].op.name, users[0].site, rule, operand, found.element, node.shape, *numbers, text)
    name = "input" if node.op is None else node.op.name
    by = ", ".join(user.op.name for user in users if user.op is not None)
    text = f"the gradient of its result is wrong, although each operation is right alone; it is used by {by}"
    return Blame(name, node.site, None, 0, found.element, node.shape, *numbers, text)


def _unmet_failure(subject: Subject, name: str, problem: Unmet) -> Failure:
    """Return a condition that does not hold as a failure; blame the first operation that does not meet it by itself."""
    recording = Recording(subject, own_dtypes=name == "single precision")
    found = first_unmet(recording, CONDITIONS[name])
    blame = None
    if found is not None:
        step, alone = found
        nothing = (math.nan, math.nan, math.nan)
        rule = written_at(step.op, step.live[0])
        blame = Blame(step.op.name, step.node.site, rule, step.live[0], (), (), *nothing, f"by itself: {alone.text}")
    if problem.j is None:
        return Failure(name, problem.text, blame=blame)
    k, index = subject.locate(problem.j)
    opposite = math.isclose(problem.found, -problem.expected, rel_tol=1e-3)
    return Failure(
        name, problem.text, k, subject.names[k], index, numeric=problem.expected, analytic=problem.found, error=0.0,
        blame=blame, causes=(SIGN,) if opposite else (),
    )  # fmt: skip


def _with(failure: Failure, **changes: Any) -> Failure:
    return Failure(**{**vars(failure), **changes})
