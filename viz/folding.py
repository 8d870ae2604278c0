"""Which nodes of a graph belong together: in the sections that layers recorded, and in boxes that stand for many."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from autograd import Node

Spans: TypeAlias = Sequence[tuple[str, int, int]]


class Section(NamedTuple):
    """A run of operations that one layer recorded. `number` tells the runs of one layer apart."""

    number: int
    name: str


class Fold(NamedTuple):
    """A box for what there is no room to show: "operations", or "leaves"."""

    what: str


OPERATIONS, LEAVES = Fold("operations"), Fold("leaves")

Unit: TypeAlias = Node | Section | Fold
"""What gets one box."""


def sections(nodes: Sequence[Node], spans: Spans, parameters: Collection[Node]) -> dict[Node, Section]:
    """Return the section of each node that was born in a span: in the smallest one, where they are nested.

    A layer that goes on after one inside of it has a section before and one after, so sections never depend on
    each other in a circle. A parameter is in the section that all operations which use it are in.
    """
    found: dict[Node, Section] = {}
    coming = sorted(spans, key=lambda span: span[1], reverse=True)
    around: list[tuple[str, int, int]] = []
    before, count = None, 0
    for node in nodes:
        if node.op is None:
            continue
        while coming and coming[-1][1] < node.birth:
            around.append(coming.pop())
        around = [span for span in around if span[2] > node.birth]
        inner = min(around, key=lambda span: span[2] - span[1], default=None)
        if inner is not None:
            count += inner is not before
            found[node] = Section(count, inner[0])
        before = inner
    return found | _with_their_users(nodes, found, parameters)


class Call(NamedTuple):
    """A layer's call, as one group of boxes; it may lie within another one."""

    number: int
    name: str
    around: Call | None

    @property
    def chain(self) -> list[Call]:
        """The calls around it and itself, the outermost first."""
        found: list[Call] = []
        call: Call | None = self
        while call is not None:
            found.append(call)
            call = call.around
        return found[::-1]


def calls(nodes: Sequence[Node], spans: Spans, parameters: Collection[Node]) -> dict[Node, Call]:
    """Return the innermost call that each node was recorded in; of a parameter, the innermost that has all its users.

    The nodes of a call were born one after the other, and those of calls within it too, so none of them depends on
    another in a circle.
    """
    found: dict[Node, Call] = {}
    coming = sorted(spans, key=lambda span: (span[1], -span[2]), reverse=True)
    open_: list[tuple[Call, int]] = []
    count = 0
    for node in nodes:
        if node.op is None:
            continue
        while coming and coming[-1][1] < node.birth:
            name, first, last = coming.pop()
            open_ = [(call, end) for call, end in open_ if end > first]
            open_.append((Call(count, name, open_[-1][0] if open_ and open_[-1][1] >= last else None), last))
            count += 1
        open_ = [(call, end) for call, end in open_ if end > node.birth]
        if open_:
            found[node] = open_[-1][0]
    users: dict[Node, list[Call] | None] = {}
    for node in nodes:
        chain = found[node].chain if node in found else []
        for parent in node.inputs:
            if parent is not None and parent.op is None and parent in parameters:
                common = users.get(parent, chain) or []
                users[parent] = [a for a, b in zip(common, chain, strict=False) if a is b]
    return found | {leaf: chain[-1] for leaf, chain in users.items() if chain}


def _with_their_users(
    nodes: Iterable[Node], found: Mapping[Node, Section], parameters: Collection[Node]
) -> dict[Node, Section]:
    """Return the sections of the parameters: of each that all its users are in one."""
    users: dict[Node, set[Section | None]] = {}
    for node in nodes:
        for parent in node.inputs:
            if parent is not None and parent.op is None and parent in parameters:
                users.setdefault(parent, set()).add(found.get(node))
    single = ((leaf, where.pop()) for leaf, where in users.items() if len(where) == 1)
    return {leaf: section for leaf, section in single if section is not None}


def in_order(nodes: Sequence[Node], unit_of: Mapping[Node, Unit]) -> list[Unit]:
    """Return the units in the order of their last nodes, so that operands still stand before their users."""
    return list(dict.fromkeys(unit_of[node] for node in reversed(nodes)))[::-1]


def folded(
    nodes: Sequence[Node], section_of: Mapping[Node, Section], max_nodes: int, collapse: bool = False
) -> dict[Node, Unit]:
    """Return what gets the box of each node: itself; or its section, or a fold, where there are too many nodes.

    With `collapse` every section is one box, even if there is room.
    """
    if len(nodes) <= max_nodes and not collapse:
        return {node: node for node in nodes}
    unit_of: dict[Node, Unit] = {node: section_of.get(node, node) for node in nodes}
    units = in_order(nodes, unit_of)
    if len(units) <= max_nodes:
        return unit_of
    leaves = _leaves_by_unit(nodes, unit_of)
    for folds in (1, 2):  # room for a fold of leaves is kept only if there has to be one
        seen, used = _seen(units, leaves, max_nodes - folds)
        if seen.issuperset(used):
            break
    for node in nodes:
        if unit_of[node] not in seen:
            unit_of[node] = LEAVES if node in used else OPERATIONS
    return unit_of


def _leaves_by_unit(nodes: Iterable[Node], unit_of: Mapping[Node, Unit]) -> dict[Unit, list[Node]]:
    """Return for each unit the leaves outside of it that it uses."""
    leaves: dict[Unit, dict[Node, None]] = {}
    for node in nodes:
        own = leaves.setdefault(unit_of[node], {})
        own |= {p: None for p in node.inputs if p is not None and p.op is None and unit_of[p] is p}
    return {unit: list(own) for unit, own in leaves.items()}


def _seen(units: Sequence[Unit], leaves: Mapping[Unit, Sequence[Node]], room: int) -> tuple[set[Unit], set[Node]]:
    """Return the units to show, from both ends inwards while there is room, and the leaves that these use.

    What is folded between the ends is one run of operations, so the fold never depends on itself.
    """
    operations = [unit for unit in units if not (isinstance(unit, Node) and unit.op is None)]
    seen: set[Unit] = set()
    used: set[Node] = set()
    for unit in _inwards(operations):
        new = [leaf for leaf in leaves[unit] if leaf not in seen]
        if room < 1 or (len(new) >= room and seen):
            break
        used.update(leaves[unit])
        new = new[: room - 1]
        seen.update([unit, *new])
        room -= 1 + len(new)
    return seen, used


def _inwards(items: Sequence[Unit]) -> Iterable[Unit]:
    """Yield the last item, the first, the last but one, the second, …"""
    first, last = 0, len(items) - 1
    while first <= last:
        yield items[last]
        if first < last:
            yield items[first]
        first, last = first + 1, last - 1
