"""Which operation is at fault: every recorded one is checked by itself, at the values that it had.

If all of them are right, the error is between them: contributions that do not add up, or values that were computed
outside the graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from autograd.engine.anomaly import call_site
from autograd.engine.calls import ITEM, apply
from autograd.engine.derivative import pull
from autograd.engine.graph import Node, reachable
from autograd.engine.op import SEVERAL, Op
from autograd.engine.tensor import node_of
from autograd.testing.comparison import Comparison, Mismatch, Settings, tolerance
from autograd.testing.conditions import Condition, Unmet
from autograd.testing.differences import noise, ridders
from autograd.testing.subject import Subject, flat, own, split


class Step(NamedTuple):
    """One recorded operation, with all values it was given."""

    node: Node
    operands: tuple[Any, ...]
    value: Any

    @property
    def op(self) -> Op:
        assert self.node.op is not None
        return self.node.op

    @property
    def live(self) -> list[int]:
        """The operands that gradients flow to."""
        return [k for k, parent in enumerate(self.node.inputs) if parent is not None and parent.flows]


class Recorder:
    """An observer that keeps every operation with its operands, and where it was called."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def recorded(self, node: Node, value: Any, operands: Sequence[Any]) -> None:
        node.site = call_site()
        self.steps.append(Step(node, tuple(operands), value))

    def pulled(self, node: Node, g: Any, contribution: Any) -> None:
        """Nothing to note."""


class Recording:
    """One recorded run of a function: its steps in order, its inputs and its results."""

    def __init__(self, subject: Subject, arrays: Sequence[Any]) -> None:
        recorder = Recorder()
        self.nodes, outs = subject.trace(arrays, recorder)
        self.roots = [node_of(out) for out in outs]
        self.values = [out.data for out in outs]
        needed = set(reachable([root for root in self.roots if root is not None]))
        self.steps = [step for step in recorder.steps if step.node in needed]


class Fault(NamedTuple):
    """An operation that is wrong by itself: the step, and what was found when it was compared alone."""

    step: Step
    comparison: Comparison
    mismatch: Mismatch

    @property
    def alone(self) -> Subject:
        return self.comparison.subject


def alone(step: Step) -> Subject | None:
    """Return one operation as a subject: a function of its live operands, the others as they were."""
    live = step.live
    if step.op is ITEM or not live or any(step.operands[k] is None for k in live):
        return None  # an item only picks; a checkpoint's outer values are not its operands

    def f(*xs: Any) -> Any:
        operands = list(step.operands)
        for k, x in zip(live, xs, strict=True):
            operands[k] = x
        out = apply(step.op, operands, step.node.params)
        parts = list(out) if isinstance(out, SEVERAL) else [out]
        return [part for part in parts if part.dtype.kind in "fc"]

    return Subject(f, [np.asarray(step.operands[k]) for k in live])


def first_fault(recording: Recording, settings: Settings) -> Fault | None:
    """Return the first operation, in the order of the computation, whose own derivative is wrong."""
    return next(filter(None, (fault_of(step, settings) for step in recording.steps)), None)


def _is_complex(x: Any) -> bool:
    return any(map(_is_complex, x)) if isinstance(x, SEVERAL) else getattr(x, "dtype", np.dtype(float)).kind == "c"


def fault_of(step: Step, settings: Settings) -> Fault | None:
    """Return what is wrong with one operation by itself, at the order of the settings, if anything is."""
    if _is_complex((step.value, *step.operands)):
        return None  # complex numbers are checked as real and imaginary parts of a whole function only
    subject = alone(step)
    if subject is None:
        return None
    for _ in range(1, settings.order):
        subject = subject.gradient(settings.rng().uniform(0.5, 1.5, subject.m))
    comparison = Comparison(subject, settings).run()
    found = [m for m in comparison.mismatches if m.problem == "value"]
    return Fault(step, comparison, max(found, key=lambda m: m.weight)) if found else None


def first_unmet(recording: Recording, condition: Condition) -> tuple[Step, Unmet] | None:
    """Return the first operation that does not meet a condition by itself, and what is wrong with it."""
    for step in recording.steps:
        subject = alone(step)
        if subject is not None:
            problem = condition(subject, np.where(np.isfinite(subject.y), 0.7 + 0.1 * np.cos(np.arange(subject.m)), 0))
            if problem is not None:
                return step, problem
    return None


# --- between the operations --------------------------------------------------------------------------------


class Sum(NamedTuple):
    """A value whose cotangent is wrong although every operation's own rule is right."""

    node: Node
    users: list[Node]
    element: tuple[int, ...]
    numeric: float
    error: float
    analytic: float


def wrong_sum(recording: Recording, settings: Settings) -> Sum | None:
    """Return the last value whose contributions from its users do not add up to its derivative."""
    rng = settings.rng()
    weights = [rng.uniform(0.5, 1.5, np.shape(v)) for v in recording.values]
    pairs = [(root, own(w)) for root, w in zip(recording.roots, weights, strict=True) if root is not None]
    seeds = {root: sum(w for other, w in pairs if other is root) for root, _ in pairs}
    nodes = [step.node for step in recording.steps if step.node.dtype is not None]
    found = pull(dict(seeds), {*nodes, *recording.nodes}, keep=True)
    for node in [*reversed(nodes), *recording.nodes]:
        g = found.get(node)
        if g is not None and node.flows:
            wrong = _compare_sum(recording, node, g, weights, settings)
            if wrong is not None:
                return wrong
    return None


def _compare_sum(recording: Recording, node: Node, g: Any, weights: Sequence[Any], settings: Settings) -> Sum | None:
    """Check the cotangent of one value along a few directions, by computing again all that follows from it."""
    value = _value(recording, node)
    base = flat([value])
    g = flat([g])
    wanted = flat(weights)

    def along(u: Any) -> Any:
        return lambda t: np.array([wanted @ flat(replayed(recording, node, split(base + t * u, [node.shape])[0]))])

    size = np.abs(base).max(initial=0) or 1.0
    rough = noise(along(np.full(base.size, size)), along(0 * base)(0.0))
    rng = settings.rng()
    for _ in range(2):
        u = rng.choice([-1.0, 1.0], base.size) * size
        estimate = ridders(along(u), rough)
        allowed = tolerance(estimate.value[0], estimate.error[0]) + 1e-7 * np.abs(g * u).sum()
        if abs(g @ u - estimate.value[0]) > allowed:
            break
    else:
        return None
    wrong = [(j, ridders(along(size * unit), rough)) for j, unit in _units(base.size)]
    j, estimate = max(wrong, key=lambda pair: abs(g[pair[0]] * size - pair[1].value[0]))
    users = [step.node for step in recording.steps for parent in step.node.inputs if parent is node]
    index = tuple(int(i) for i in np.unravel_index(j, node.shape))
    return Sum(node, users, index, float(estimate.value[0] / size), float(estimate.error[0] / size), float(g[j]))


def _units(size: int) -> Iterator[tuple[int, Any]]:
    """Yield (number, unit vector) for up to 64 elements."""
    for j in range(min(size, 64)):
        unit = np.zeros(size)
        unit[j] = 1
        yield j, unit


def _value(recording: Recording, node: Node) -> Any:
    for step in recording.steps:
        if step.node is node:
            return step.value
        for parent, operand in zip(step.node.inputs, step.operands, strict=True):
            if parent is node:
                return operand
    raise KeyError(node)


def replayed(recording: Recording, node: Node, value: Any) -> list[Any]:
    """Return the results when `node` has another value: every step behind it is computed again."""
    values: dict[Node, Any] = {node: own(value)}
    with np.errstate(all="ignore"):
        for step in recording.steps:
            if step.node is node or not any(parent in values for parent in step.node.inputs):
                continue
            operands = [
                operand if parent is None else values.get(parent, operand)
                for parent, operand in zip(step.node.inputs, step.operands, strict=True)
            ]
            values[step.node] = step.op.forward(*operands, **step.node.params)
    return [
        v if root is None else values.get(root, v) for root, v in zip(recording.roots, recording.values, strict=True)
    ]


def outside(subject: Subject, recording: Recording) -> tuple[Step, int] | None:
    """Return the first operation, and which operand, that takes as a constant what changes with the inputs."""
    other = Recording(subject, subject.split(subject.x * (1 + 1e-3) + 1e-3 * (subject.x == 0)))
    if len(other.steps) != len(recording.steps):
        return None
    for ours, theirs in zip(recording.steps, other.steps, strict=True):
        for k, (a, b) in enumerate(zip(ours.operands, theirs.operands, strict=True)):
            if ours.node.inputs[k] is None and not _same(a, b):
                return ours, k
    return None


def _same(a: Any, b: Any) -> bool:
    return a is b or (np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f"))


def written_at(op: Op, operand: int) -> str | None:
    """Return "file:line" of the rule by which an operation pulls to an operand."""
    rule = op.joint if op.joint is not None else op.vjps[operand] if operand < len(op.vjps) else None
    if rule is None:
        return None
    while hasattr(rule, "__wrapped__"):
        rule = rule.__wrapped__
    return f"{rule.__code__.co_filename}:{rule.__code__.co_firstlineno}"
