"""From what was found wrong to what is reported: the element, who is to blame, the likely causes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np

from autograd.testing.blame import Fault, Recording, Sum, first_fault, first_unmet, outside, written_at, wrong_sum
from autograd.testing.causes import SIGN, causes, pattern
from autograd.testing.comparison import Comparison, Mismatch, Settings
from autograd.testing.conditions import CONDITIONS, Unmet
from autograd.testing.pinpoint import Element, pinpoint
from autograd.testing.report import Blame, Cause, Failure, number
from autograd.testing.snippet import snippet
from autograd.testing.subject import Subject

_OVERWRITTEN: Final = Cause(
    "contributions", "every operation's own rule is right here: contributions to this value were overwritten, not added"
)
_SPECIAL: Final = Cause("formula", "the rule does something else to some cotangents: a cast, a bound, a special case")
_LEFT: Final = Cause("detached", "float(t), t.item(), t.data and t.detach() leave the graph; use the tensor itself")


def failure(check: str, found: list[Mismatch], comparison: Comparison, first: Subject) -> Failure:
    """Return mismatches as one failure; `first` is the function itself where gradients were compared."""
    subject = comparison.subject
    worst = max(found, key=_severity)
    element = pinpoint(comparison, worst)
    k, index = subject.locate(element.j)
    output, output_index = subject.locate_output(element.i)
    place = Failure(check, "", k, subject.names[k], index, output, output_index, kink=worst.near)
    if worst.problem == "jump":
        return replace(place, text="the function jumps at this point, so it has no derivative")
    if worst.problem == "kink":
        low, high = (number(element.numeric + sign * element.error) for sign in (-1, 1))
        text = f"the function has a kink at this point: its slopes from both sides are {low} and {high}"
        return replace(place, text=text)
    place = replace(
        place,
        text="the derivative is not that of the function",
        numeric=element.numeric,
        error=element.error,
        analytic=element.analytic,
    )
    return _blamed(place, element, worst.mode, comparison, first)


def _severity(m: Mismatch) -> tuple[bool, bool, float]:
    """Order wrong values before kinks and jumps, those of one output first; the others by how few inputs they need."""
    value = m.problem == "value"
    return value, np.count_nonzero(m.w) == 1, m.weight if value else -float(np.count_nonzero(m.direction.u))


def _blamed(place: Failure, element: Element, mode: str, comparison: Comparison, first: Subject) -> Failure:
    """Add who is to blame: an operation, a sum of contributions, or a value that left the graph; and why."""
    settings = comparison.settings
    method = "auto" if settings.method == "complex" else settings.method  # one operation may not be analytic
    settings = settings._replace(modes=(mode,), method=method)
    recording = Recording(first, first.split(first.x))
    fault = first_fault(recording, settings)
    if fault is not None:
        return _with_fault(place, fault, settings)
    between = wrong_sum(recording, settings) if settings.order == 1 and mode == "rev" else None
    if between is not None:
        return replace(place, blame=_sum(between), causes=(_OVERWRITTEN if len(between.users) > 1 else _SPECIAL,))
    left = outside(first, recording)
    if left is not None:
        step, k = left
        text = f"operand {k} is a constant to the graph, and yet it changes with the inputs"
        return replace(place, blame=Blame(step.op.name, step.node.site, operand=k, text=text), causes=(_LEFT,))
    return replace(place, causes=causes(pattern(comparison.subject, mode, element.i, element.j, settings), None))


def _with_fault(place: Failure, fault: Fault, settings: Settings) -> Failure:
    """Add an operation that is wrong by itself, the pattern of its error, and code that shows it."""
    alone, step = fault.alone, fault.step
    element = pinpoint(fault.comparison, fault.mismatch)
    operand, index = alone.locate(element.j)
    live, shape = step.live[operand], alone.arrays[operand].shape
    numbers = (element.numeric, element.error, element.analytic)
    blame = Blame(step.op.name, step.node.site, written_at(step.op, live), live, index, shape, *numbers)
    likely = causes(pattern(alone, fault.mismatch.mode, element.i, element.j, settings), fault)
    return replace(place, blame=blame, causes=likely, snippet=snippet(fault, element.j, settings))


def _sum(found: Sum) -> Blame:
    """Blame the one user of a value, whose rule is right but not with this cotangent; or the sum over several."""
    node, users = found.node, [user for user in found.users if user.op is not None]
    numbers = (found.numeric, found.error, found.analytic)
    names = [user.op.name for user in users if user.op is not None]
    if len(users) == 1 and users[0].op is not None:
        text = "its rule is right alone, but not with the cotangent that arrives here"
        operand = users[0].inputs.index(node)
        rule = written_at(users[0].op, operand)
        return Blame(names[0], users[0].site, rule, operand, found.element, node.shape, *numbers, text)
    name = "input" if node.op is None else node.op.name
    by = ", ".join(names)
    text = f"the gradient of its result is wrong, although each operation is right alone; it is used by {by}"
    return Blame(name, node.site, None, 0, found.element, node.shape, *numbers, text)


def condition_failure(subject: Subject, name: str, problem: Unmet) -> Failure:
    """Return a condition that does not hold as a failure; blame the first operation that does not meet it by itself."""
    arrays = subject.arrays if name == "single precision" else subject.split(subject.x)
    found = first_unmet(Recording(subject, [np.array(a) for a in arrays]), CONDITIONS[name])
    blame = None
    if found is not None:
        step, alone = found
        k = step.live[0]
        blame = Blame(step.op.name, step.node.site, written_at(step.op, k), k, text=f"by itself: {alone.text}")
    if problem.j is None:
        return Failure(name, problem.text, blame=blame)
    i, index = subject.locate(problem.j)
    opposite = math.isclose(problem.found, -problem.expected, rel_tol=1e-3)
    return Failure(
        name,
        problem.text,
        input=i,
        input_name=subject.names[i],
        index=index,
        numeric=problem.expected,
        error=0.0,
        analytic=problem.found,
        blame=blame,
        causes=(SIGN,) if opposite else (),
    )
