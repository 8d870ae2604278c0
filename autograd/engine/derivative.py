"""Reverse mode (`pull`) and forward mode (`push`): the two readers of the graph that differentiate.

Both call the rules of the operations on what the nodes have saved. Without `lift` those are raw arrays: first
order, at no cost beyond the rules. With it, saved values come back as Tensors, the same rules record a graph
again, and so every higher order comes from the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.engine.broadcasting import unbroadcast
from autograd.engine.errors import BatchError
from autograd.engine.graph import Node, Typed, new_leaf, reachable
from autograd.engine.mode import enable_grad, recording

if TYPE_CHECKING:
    from autograd.engine.op import Op

ndarray = np.ndarray
generic = np.generic


class Lift(NamedTuple):
    """How to go between raw values and Tensors; handed in, since Tensors are built on top of this module."""

    tensor: Callable[[Any, Node | None], Any]
    value: Callable[[Any], Any]
    node: Callable[[Any], Node | None]


class Part:
    """A cotangent that is zero outside `[index]`: of an array, or of one output of a tuple node.

    Parts are added in place, so that n indexings of one array cost their own sizes, not n times the array's.
    """

    __slots__ = ("g", "index", "unique")

    def __init__(self, index: Any, g: Any, unique: bool = True) -> None:
        self.index = index
        self.g = g
        self.unique = unique  # no element is named twice, so that plain addition is right

    def add_into(self, dense: Any) -> None:
        if self.unique:
            dense[self.index] += self.g
        else:
            np.add.at(dense, self.index, self.g)


def pull(
    seeds: dict[Node, Any],
    wanted: Collection[Node] = (),
    *,
    keep: bool = False,
    floor: int = 0,
    stop: Collection[Node] = (),
    lift: Lift | None = None,
    order: list[Node] | None = None,
) -> dict[Node, Any]:
    """Run the graph backward from the cotangents `seeds`; return those of the leaves and of `wanted`.

    A node that is reached without any contribution is given None. Saved values are freed as they are passed,
    unless `keep`. Nodes born before `floor`, and what lies behind the nodes in `stop`, are left alone.
    No result aliases another one, a saved value or a seed. `order` are the nodes that the seeds depend on, if somebody
    knows them already, as `reachable` gives them.
    """
    mode = recording()
    if lift is not None and not mode:
        with enable_grad():
            return pull(seeds, wanted, keep=keep, floor=floor, stop=stop, lift=lift, order=order)
    with np.errstate(all="ignore"):
        watch = None if isinstance(mode, bool) else mode.pulled
        if order is None:
            order = reachable(seeds, floor, stop)
        return _Pass(seeds, lift, watch).run(wanted, keep, floor, stop, order)


class _Pass:
    """One backward pass: the cotangents that have arrived so far, by node, and which of them it may write to."""

    __slots__ = ("cotangents", "lift", "ours", "watch")

    def __init__(self, seeds: dict[Node, Any], lift: Lift | None, watch: Callable[[Node, Any, Any], None] | None):
        self.cotangents = dict(seeds)
        self.ours: set[Node] = set()  # the nodes whose cotangent is a raw array that nobody else holds
        self.lift = lift
        self.watch = watch

    # The hot loop of every backward pass: split into functions it would cost a third more (0.4 µs a contribution).
    def run(  # noqa: C901
        self, wanted: Collection[Node], keep: bool, floor: int, stop: Collection[Node], order: list[Node]
    ) -> dict[Node, Any]:
        results: dict[Node, Any] = {}
        cotangents, ours, lift, watch = self.cotangents, self.ours, self.lift, self.watch
        for node in reversed(order):
            g = cotangents.pop(node, None)
            if node.hooks is not None and g is not None:
                ours.discard(node)
                g = _hooked(node, g)
            op = node.op
            if op is None or node in wanted or (node.hooks is not None and retain in node.hooks):
                results[node] = g if g is None or (node in ours and type(g) is ndarray) else _copied(g)
            if op is None or g is None or (stop and node in stop):
                continue
            saved, params = node.saved, node.params
            if saved is None:
                raise _freed(node)
            if not keep:
                node.saved = None
            if node.dtype is None:
                g = _all_outputs(node, g)
            args = saved if lift is None else _lifted(node, saved, lift)
            joint = op.joint is not None
            for parent, rule in zip(node.inputs, op.pieces(g, args, params) if joint else op.vjps):  # noqa: B905
                if parent is None or rule is None or parent.birth < floor or not parent.flows:
                    continue
                c = rule if joint else rule(g, *args, **params)
                if type(c) is Part:
                    self.add_part(parent, c)
                    continue
                # Of a vector the question of strong_zero is asked here: a call costs half of what it asks.
                if op.singular and c is not g and not (type(c) is ndarray and c.ndim == 1 and (s := c.dot(c)) == s):
                    c = strong_zero(c, g, lift)
                if c.shape != parent.shape:
                    c = _shaped(op, c, parent.shape)
                if c.dtype is not parent.dtype:
                    c = cast(c, parent.dtype)
                if watch is not None:
                    watch(node, g, c if lift is None else lift.value(c))
                old = cotangents.get(parent)
                if old is None:
                    cotangents[parent] = c
                    # Only asked of leaves, where it saves the copy of the result.
                    if parent.op is None and type(c) is ndarray and c is not g and c.base is None:
                        for value in saved:
                            if value is c:
                                break
                        else:
                            ours.add(parent)
                elif type(old) is ndarray and type(c) is ndarray and parent in ours:
                    old += c
                else:
                    cotangents[parent] = old + c
                    if lift is None:
                        ours.add(parent)
            c = None  # let go of it before the next rule runs
        return results

    def add_part(self, node: Node, part: Part) -> None:
        """Add a contribution to a part of `node`."""
        values = self.cotangents
        old = values.get(node)
        if node.dtype is None:  # a tuple node: its cotangent is a dict, by output
            outputs = values.setdefault(node, {})
            outputs[part.index] = outputs[part.index] + part.g if part.index in outputs else part.g
            return
        if old is None:
            plain = type(part.g) is ndarray or isinstance(part.g, generic)
            old = values[node] = (
                np.zeros(node.shape, node.dtype) if plain else np.zeros_like(part.g, shape=node.shape, dtype=node.dtype)
            )
            if plain and part.unique and part.g.dtype == node.dtype:
                self.ours.add(node)
                old[part.index] = part.g  # in a third of the time of adding
                return
        elif node not in self.ours or isinstance(old, generic):  # a sum of 0-d cotangents is a scalar, never written to
            old = values[node] = np.copy(old)
        self.ours.add(node)
        try:
            part.add_into(old)
        except BatchError as error:  # a plain sum so far, and what comes differs from example to example
            if error.array is None:
                raise
            old = values[node] = np.zeros_like(error.array, shape=node.shape, dtype=node.dtype) + old
            part.add_into(old)


def slopes(node: Node) -> tuple[Any, ...]:
    """Return what the rules of a node make of a cotangent of ones: for each input, None where nothing flows.

    Of a single number that is the derivative by each input. Nothing is freed. Raises RuntimeError where the values
    that the rules need are freed already.
    """
    op = node.op
    if op is None or node.dtype is None:
        return (None,) * len(node.inputs)
    if node.saved is None:
        raise _freed(node)
    g = np.ones(node.shape, node.dtype)
    found: list[Any] = []
    with np.errstate(all="ignore"):
        rules = op.pieces(g, node.saved, node.params) if op.joint is not None else op.vjps
        for parent, rule in zip(node.inputs, rules):  # noqa: B905 - as in the pass above
            if parent is None or rule is None or not parent.flows or parent.dtype is None:
                found.append(None)
                continue
            c = rule if op.joint is not None else rule(g, *node.saved, **node.params)
            if type(c) is Part:
                dense = np.zeros(parent.shape, parent.dtype)
                c.add_into(dense)
                c = dense
            found.append(cast(c if c.shape == parent.shape else _shaped(op, c, parent.shape), parent.dtype))
    return (*found, *[None] * (len(node.inputs) - len(found)))


def push(
    tangents: dict[Node, Any], outputs: Collection[Node], lift: Lift, *, recorded: bool = False
) -> dict[Node, Any]:
    """Run the graph forward from the `tangents` of some nodes; return those of `outputs` that depend on them.

    With `recorded`, tangents are Tensors and the result can be differentiated again.
    """
    floor = min(node.birth for node in tangents)
    nodes = reachable(outputs, floor, tangents)
    last_use = {parent: node for node in nodes for parent in node.inputs if parent is not None}
    found = dict(tangents)
    for node in nodes:
        if node in tangents or not any(parent in found for parent in node.inputs):
            continue
        ts = tuple(None if parent is None else found.get(parent) for parent in node.inputs)
        assert node.op is not None
        if node.saved is None:
            raise _freed(node)
        args = _lifted(node, node.saved, lift) if recorded else node.saved
        t = node.op.tangent(node, ts, args, lift, recorded)
        if t is not None:
            found[node] = t
        for parent in node.inputs:
            if parent is not None and last_use[parent] is node and parent not in outputs:
                found.pop(parent, None)
    return {node: found[node] for node in outputs if node in found}


def transposed(
    rule: Callable[..., Any],
    t: Any,
    like: Typed,
    args: tuple[Any, ...],
    params: dict[str, Any],
    lift: Lift,
    recorded: bool,
) -> Any:
    """Return J t from a rule that computes Jᵀ g: the rule is linear in g, so pull `t` through it.

    The g that it is recorded with is 1, since 0 would meet the strong zero (see `strong_zero`).
    """
    several = like.dtype is None  # a tuple node: one g for each output, and so one tangent
    specs: Any = like.shape if several else (like,)
    leaves = [new_leaf(spec.shape, spec.dtype) for spec in specs]
    gs = [lift.tensor(np.ones_like(lift.value(t), shape=leaf.shape, dtype=leaf.dtype), leaf) for leaf in leaves]
    with enable_grad():
        c = rule(tuple(gs) if several else gs[0], *args, **params)
        if type(c) is Part:
            raise TypeError("a rule that returns a part must belong to a linear operation")
        node = lift.node(c)
        if node is None:
            return None
        found = pull({node: t}, leaves, keep=recorded, floor=leaves[0].birth, lift=lift if recorded else None)
    if not several:
        return found.get(leaves[0])
    tangents = [found.get(leaf) for leaf in leaves]
    return tuple(np.zeros_like(g) if s is None else s for s, g in zip(tangents, map(lift.value, gs), strict=True))


def strong_zero(c: Any, g: Any, lift: Lift | None = None) -> Any:
    """Make a NaN in the contribution `c` zero where the cotangent `g` is exactly zero.

    What a zero cotangent reaches has no influence, whatever its slope: this gives `where(x > 0, log(x), 0)` its
    right gradient at 0. Looking for a NaN by a sum of squares costs 0.25 µs on a small array, a tenth of a mask.
    """
    value = c if lift is None else lift.value(c)
    if type(value) is ndarray:
        flat = value.ravel()
        total = flat.dot(flat)
        if total == total:
            return c
    elif isinstance(value, generic):
        if value == value:
            return c
    elif type(elements := getattr(value, "elements", None)) is ndarray:  # a batch
        flat = elements.ravel()
        if (total := flat.dot(flat)) == total:
            return c
    return np.where(np.isnan(c) & np.equal(g, 0), 0, c)


def in_one(function: Callable[..., Any], *arrays: Any) -> Any:
    """Return function(*arrays), of a function that looks at values; to a program that is recorded it is one call."""
    for a in arrays:
        whole = getattr(type(a), "in_one", None)
        if whole is not None:
            return whole(a, function, arrays)
    return function(*arrays)


def cast(c: Any, dtype: np.dtype[Any]) -> Any:
    """Return `c` in the dtype of its primal: of a real one, the imaginary part of its cotangent says nothing."""
    if c.dtype == dtype:
        return c
    if c.dtype.kind == "c" and dtype.kind != "c":
        c = np.real(c)
    return dtype.type(c) if isinstance(c, generic) else np.astype(c, dtype)


def _freed(node: Node) -> RuntimeError:
    assert node.op is not None
    return RuntimeError(
        f"backward: the values that {node.op.name!r} saved are freed, because backward has passed here before. "
        "Pass retain_graph=True the first time, or compute the result again."
    )


def _lifted(node: Node, saved: tuple[Any, ...], lift: Lift) -> tuple[Any, ...]:
    """Turn the saved values `(out, *inputs)` into Tensors on their own nodes."""
    return tuple(
        value if owner is None or value is None or isinstance(value, Typed) else lift.tensor(value, owner)
        for value, owner in zip(saved, (node, *node.inputs), strict=True)
    )


def _all_outputs(node: Node, g: dict[int, Any]) -> tuple[Any, ...]:
    """Return the cotangents of all outputs of a tuple node, zeros for those that were not used."""
    like = next(iter(g.values()))
    specs: Any = node.shape
    return tuple(
        g[i] if i in g else np.zeros_like(like, shape=spec.shape, dtype=spec.dtype) for i, spec in enumerate(specs)
    )


def retain(_g: Any) -> None:
    """The hook that `retain_grad()` sets: `pull` returns the cotangent of a node that has it."""


def _hooked(node: Node, g: Any) -> Any:
    """Run the node's hooks; each may return another cotangent, but not write to the one it is given."""
    for hook in list(node.hooks or ()):
        if type(g) is ndarray:
            g = g.view()
            g.flags.writeable = False
        new = hook(g)
        if new is None:
            continue
        if getattr(new, "shape", None) != node.shape:
            raise ValueError(f"hook: a gradient of shape {node.shape} is wanted, the hook returned {new!r}")
        g = new
    return g


def _shaped(op: Op, c: Any, shape: tuple[int, ...]) -> Any:
    """Undo the broadcasting of an elementwise operation; any other must return the shape of its input."""
    if op.diagonal:
        return unbroadcast(c, shape)
    raise ValueError(f"{op.name}: its rule returned a cotangent of shape {c.shape} for an input of shape {shape}")


def _copied(g: Any) -> Any:
    return np.asarray(g) if isinstance(g, generic) else np.copy(g)
