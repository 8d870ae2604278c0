"""What is drawn: boxes and arrows made from a recorded graph, in plain strings that keep no array alive."""

from __future__ import annotations

import difflib
import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from autograd import Node, Tensor, cotangents, reachable, slopes
from viz import labels
from viz.folding import Call, Fold, Section, Spans, Unit, calls, folded, in_order, sections
from viz.ladder import Ladder, ladder_of
from viz.values import is_bad, values_of


@dataclass
class Box:
    """One box of a drawing.

    `kind` is operation, leaf, constant, frozen, result, failed, layer, fold, gradient, or chip: another place of a box
    that many use. Of a program it may be store; and leaving or gone, of what a pass has left out. `group` is an id in
    the graph's `groups`.
    """

    id: str
    kind: str
    title: str
    lines: list[str] = field(default_factory=list)
    group: str | None = None
    bad: bool = False  # whether a value or gradient in it is nan or infinite
    site: str | None = None  # the line that made it, where it was recorded


@dataclass
class Column:
    """One of several graphs that have the same layout, by the ids of the whole graph's boxes.

    `gone` has a box for what was in a column before. `groups` are those that are drawn in this one.
    """

    heading: str
    boxes: dict[str, Box]
    arrows: list[tuple[str, str]]
    gone: dict[str, Box] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)


class Step(NamedTuple):
    """What backward does to one box: the lines on its gradient, whether that is bad, and slopes of arrows into it."""

    box: str
    lines: list[str]
    bad: bool
    slopes: dict[int, str]


def counts(boxes: Iterable[Box]) -> tuple[int, int]:
    """Return how many of the boxes are operations, and how many leaves and constants."""
    kinds = Counter(box.kind for box in boxes)
    return kinds["operation"] + kinds["result"], kinds["leaf"] + kinds["constant"] + kinds["frozen"]


@dataclass
class Graph:
    """Boxes in an order where operands come first, arrows as pairs of ids, and what has to be said about them.

    `groups` has the titles of the groups by their ids, `around` the group that one lies in, if it does. Groups do not
    depend on each other in a circle. `steps` are those of backward, where they are known, and `slopes` the words on
    arrows by their numbers. Where there are `columns`, boxes and edges are all that there are in any of them, and the
    ones whose numbers are in `shown` are drawn side by side.
    """

    boxes: list[Box]
    edges: list[tuple[str, str]]
    groups: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    operations: int = 0
    leaves: int = 0
    steps: list[Step] = field(default_factory=list)
    slopes: dict[int, str] = field(default_factory=dict)
    ladder: Ladder | None = None
    direction: str = "down"
    around: dict[str, str] = field(default_factory=dict)
    columns: list[Column] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)

    def seen(self) -> tuple[list[Box], list[tuple[str, str]]]:
        """Return the boxes and arrows to read: those of the column that is shown, if it is the only one, or all."""
        if len(self.shown) != 1:
            return self.boxes, self.edges
        column = self.columns[self.shown[0]]
        return list(column.boxes.values()), column.arrows


def graph_of(
    roots: Sequence[Tensor],
    names: Mapping[str, Tensor],
    spans: Spans,
    show: Sequence[str],
    max_nodes: int,
    frozen: bool = False,
    collapse: bool = False,
    passes: int = 0,
    stepped: bool = False,
) -> Graph:
    """Return the graph that `roots` were computed by; if it has more than `max_nodes` boxes, folded to so many.

    Named tensors that no gradient flows to have boxes too, where an operation has kept them; `frozen` says that they
    are parameters. With `collapse` each layer is one box. `passes` is how often backward is drawn beside it; with
    `stepped` its steps are noted, if it can be shown step by step.
    """
    nodes = reachable([t._node for t in roots if t._node is not None])
    called: dict[Node, str] = {}
    for name, tensor in names.items():
        if tensor._node is not None:
            called.setdefault(tensor._node, name)
    section_of = sections(nodes, spans, called)
    write = _Writer(roots, names, called, calls(nodes, spans, called), show, nodes, frozen)
    room = max_nodes
    while True:
        unit_of = folded(nodes, section_of, room, collapse)
        ids = {unit: f"n{i}" for i, unit in enumerate(in_order(nodes, unit_of))}
        graph = write.graph(unit_of, ids, chips=not passes)
        over = len(graph.boxes) - max_nodes
        if passes or over <= 0 or len(ids) == len(nodes) or room == 3:
            break
        room = max(3, room - (3 * over + 3) // 4)  # what is beside the folded boxes needs room too, and less with fewer
    if passes:
        place = {node: ids[unit_of[node]] for node in nodes}
        graph.ladder = ladder_of(roots[0], nodes, place, {box.id: box.title for box in graph.boxes}, passes)
        graph.notes += graph.ladder.notes
    if stepped and len(ids) == len(nodes) and len(roots) == 1:
        graph.steps = _steps(roots[0], ids, nodes, _edges(nodes, unit_of, ids), show)
    return graph


def with_chips(boxes: Sequence[Box], edges: Sequence[tuple[str, str]]) -> tuple[list[Box], list[tuple[str, str]]]:
    """Put a chip, "↑ w", beside each user but the first of what many use: arrows would run across all the rest."""
    uses: dict[str, list[int]] = {}
    for i, (a, _) in enumerate(edges):
        uses.setdefault(a, []).append(i)
    known, fed, changed = {box.id: box for box in boxes}, {b for _, b in edges}, list(edges)
    chips: dict[str, list[Box]] = {}  # by their users
    for source, numbers in uses.items():
        if source in fed or known[source].kind == "fold" or len({edges[i][1] for i in numbers}) < _MANY:
            continue
        place = {edges[numbers[0]][1]: source}
        for i in numbers:
            user = edges[i][1]
            if user not in place:
                place[user] = f"{source}{user}"
                chip = Box(place[user], "chip", f"↑ {known[source].title}", [], known[user].group)
                chips.setdefault(user, []).append(chip)
            changed[i] = place[user], user
    return [part for box in boxes for part in (*chips.get(box.id, ()), box)], changed


_MANY: Final = 5  # users of one box


def around(graph: Graph, name: str, radius: int) -> Graph:
    """Return the boxes that are at most `radius` arrows from those called `name`; ValueError if there are none."""
    called: dict[str, list[str]] = {}
    shown = [graph.columns[number].boxes.values() for number in graph.shown]
    for box in itertools.chain(graph.boxes, *shown):
        group = graph.groups.get(box.group or "")
        for known in dict.fromkeys((box.id, box.title, f"{group}.{box.title}")):
            called.setdefault(known, []).append(box.id)
    if radius < 0:
        raise ValueError(f"focus: radius must not be negative, it is {radius}")
    if name not in called:
        close = difflib.get_close_matches(str(name), called, 1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        raise ValueError(f"focus: no box is called {name!r}.{hint}")
    near: dict[str, list[str]] = {}
    for a, b in graph.seen()[1]:
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    kept = set(called[name])
    edge = list(kept)
    for _ in range(radius):
        edge = [other for id in edge for other in near.get(id, ()) if other not in kept]
        kept.update(edge)
    boxes = [box for box in graph.boxes if box.id in kept]
    numbers = [i for i, (a, b) in enumerate(graph.edges) if a in kept and b in kept]
    place = {i: k for k, i in enumerate(numbers)}
    inside = {box.group for box in boxes if box.group is not None}
    while more := {graph.around[id] for id in inside if id in graph.around} - inside:
        inside |= more
    groups = {id: title for id, title in graph.groups.items() if id in inside}
    columns = [
        replace(
            column, groups=[id for id in column.groups if id in inside],
            boxes={id: box for id, box in column.boxes.items() if id in kept},
            gone={id: box for id, box in column.gone.items() if id in kept},
            arrows=[(a, b) for a, b in column.arrows if a in kept and b in kept],
        )
        for column in graph.columns
    ]  # fmt: skip
    rest = sum(box.id not in kept for box in graph.seen()[0])
    operations, leaves = counts(boxes)
    notes = [f"Around {name}; not shown: {counted(rest, 'box', 'boxes')}."] if rest else []
    return replace(
        graph, boxes=boxes, edges=[graph.edges[i] for i in numbers], groups=groups, notes=notes, steps=[], ladder=None,
        slopes={place[i]: text for i, text in graph.slopes.items() if i in place}, operations=operations,
        leaves=leaves, columns=columns,
    )  # fmt: skip


def _uses_of_constants(
    nodes: Sequence[Node], names: Mapping[str, Tensor], unit_of: Mapping[Node, Unit]
) -> dict[str, list[Node]]:
    """Return the visible nodes that have kept a named tensor without a gradient as an operand, by its name."""
    known = {id(t._value): name for name, t in reversed(list(names.items())) if t._node is None}
    uses: dict[str, list[Node]] = {}
    for node in nodes if known else ():
        if unit_of[node] is not node or node.op is None:
            continue
        for i, parent in enumerate(node.inputs, 1):
            if parent is None and node.saved and i < len(node.saved) and id(node.saved[i]) in known:
                uses.setdefault(known[id(node.saved[i])], []).append(node)
    return uses


def _steps(
    root: Tensor,
    ids: Mapping[Unit, str],
    nodes: Sequence[Node],
    edges: Sequence[tuple[str, str]],
    show: Sequence[str],
) -> list[Step]:
    """Return what backward does, box by box; nothing where it is not possible, or has passed already."""
    if root.size != 1 or any(node.saved is None for node in nodes):
        return []
    try:
        found = cotangents(root)
    except RuntimeError:  # nothing here requires grad
        return []
    into: dict[str, list[int]] = {}
    for i, (_, b) in enumerate(edges):
        into.setdefault(b, []).append(i)
    steps = []
    for node, g in found.items():
        by_input = [slope for slope, parent in zip(slopes(node), node.inputs, strict=True) if parent is not None]
        numbers = into.get(ids[node], [])
        words = {
            i: f"×{labels.short(slope)}"
            for i, slope in zip(numbers, by_input, strict=True)
            if slope is not None and slope.size == 1 and node.shape == ()
        }
        steps.append(Step(ids[node], labels.gradient(g, show), is_bad(g), words))
    return steps


def _edges(nodes: Sequence[Node], unit_of: Mapping[Node, Unit], ids: Mapping[Unit, str]) -> list[tuple[str, str]]:
    """Return an arrow for each use of a node; only one between two boxes if either stands for several nodes."""
    edges: list[tuple[str, str]] = []
    merged: set[tuple[Unit, Unit]] = set()
    for node in nodes:
        to = unit_of[node]
        for parent in node.inputs:
            if parent is None or (start := unit_of[parent]) == to or (start, to) in merged:
                continue
            if start != parent or to != node:
                merged.add((start, to))
            edges.append((ids[start], ids[to]))
    return edges


def _id(call: Call) -> str:
    return f"g{call.number}"


def _notes(graph: Graph) -> list[str]:
    """Return what the picture has to say in words: that it is not all, or that there is nothing to see."""
    folds = [box for box in graph.boxes if box.kind in ("fold", "layer")]
    if folds:
        seen = sum(box.kind in ("operation", "result") for box in graph.boxes)
        hidden = graph.operations - seen
        return [f"{hidden:,} of {graph.operations:,} operations are folded into {counted(len(folds), 'box', 'boxes')}."]
    if graph.operations:
        return []
    constant = all(box.kind == "constant" for box in graph.boxes)
    return ["No graph: nothing here requires grad." if constant else "No operations: a leaf has no graph behind it."]


def counted(n: int, one: str, more: str) -> str:
    """Return a number of things in words: "1 box", "2,000 boxes"."""
    return f"{n:,} {one if n == 1 else more}"


def _operations(n: int) -> str:
    return counted(n, "operation", "operations")


class _Writer:
    """Makes the boxes, from what is known about nodes."""

    def __init__(
        self,
        roots: Sequence[Tensor],
        names: Mapping[str, Tensor],
        called: Mapping[Node, str],
        call_of: Mapping[Node, Call],
        show: Sequence[str],
        nodes: Sequence[Node],
        frozen: bool,
    ) -> None:
        self.roots, self.names, self.called, self.call_of, self.show = roots, names, called, call_of, show
        self.nodes, self.frozen = nodes, frozen
        wanted = {"value", "stats"} & set(show)
        self.values: dict[Node, Any] = values_of(nodes, (*names.values(), *roots)) if wanted else {}
        self.results = {t._node for t in roots}

    def graph(self, unit_of: Mapping[Node, Unit], ids: Mapping[Unit, str], chips: bool) -> Graph:
        """Return the graph with a box for each unit, and one for each named constant that they have kept."""
        members: dict[Unit, list[Node]] = {unit: [] for unit in ids}
        for node in self.nodes:
            members[unit_of[node]].append(node)
        boxes = [self.box(ids[unit], unit, inside) for unit, inside in members.items()]
        boxes += self.constants(len(boxes))
        uses = _uses_of_constants(self.nodes, self.names, unit_of)
        named, drawn = self.named_constants(uses, ids, len(boxes))
        boxes = [*named, *boxes]
        shown = {box.group for box in boxes}
        around = {c for call in self.call_of.values() if _id(call) in shown for c in call.chain}
        found = sorted(around, key=lambda call: call.number)
        leaves = sum(node.op is None for node in self.nodes)
        graph = Graph(boxes, [*_edges(self.nodes, unit_of, ids), *drawn], {_id(call): call.name for call in found})
        graph.operations, graph.leaves = len(self.nodes) - leaves, leaves + len(boxes) - len(ids)
        graph.around = {_id(call): _id(call.around) for call in found if call.around is not None}
        graph.notes = _notes(graph)
        apart = [name for name, t in self.names.items() if self.frozen and t._node is None and name not in uses]
        if apart and graph.operations:
            more = f" and {len(apart) - 4} more" if len(apart) > 4 else ""
            graph.notes.append(f"Frozen, and not part of the graph: {', '.join(apart[:4])}{more}.")
        if chips:
            graph.boxes, graph.edges = with_chips(graph.boxes, graph.edges)
        return graph

    def box(self, id: str, unit: Unit, inside: Sequence[Node]) -> Box:
        """Return the box of a node, or of all nodes of a section or fold."""
        operations = sum(node.op is not None for node in inside)
        if isinstance(unit, Section):
            shape = labels.details(inside[-1], ["shape"])[-1:] if "shape" in self.show else []
            return Box(id, "layer", unit.name, [_operations(operations), *shape])
        if isinstance(unit, Fold):
            leaves = counted(len(inside) - operations, "leaf", "leaves")
            if not operations:
                return Box(id, "fold", f"… {leaves} not shown")
            more = [f"and {leaves}"] if operations < len(inside) else []
            return Box(id, "fold", f"… {_operations(operations)} not shown", more)
        return self._node_box(id, unit)

    def _node_box(self, id: str, node: Node) -> Box:
        call = self.call_of.get(node)
        name, title = self.called.get(node), labels.title(node)
        lines = labels.details(node, self.show, self.values.get(node))
        if name is not None and node.op is not None:
            lines = [title, *lines]
        if name is not None:
            title = name if call is None else name.removeprefix(f"{call.name}.")
        kind = "leaf" if node.op is None else "result" if node in self.results else "operation"
        seen = self.values.get(node), node.grad if {"grad", "grad_norm"} & set(self.show) else None
        return Box(id, kind, title, lines, None if call is None else _id(call), self._bad(*seen), node.site)

    def constants(self, first: int) -> list[Box]:
        """Return boxes for the roots that no gradient flows to."""
        plain = [t for t in self.roots if t._node is None]
        return [
            Box(f"n{first + i}", "constant", self._name(t), labels.facts(t.shape, t.dtype, self.show, t))
            for i, t in enumerate(plain)
        ]

    def named_constants(
        self, uses: Mapping[str, Sequence[Node]], ids: Mapping[Unit, str], first: int
    ) -> tuple[list[Box], list[tuple[str, str]]]:
        """Return boxes for named tensors that no gradient flows to, and an arrow for each use of them."""
        boxes, edges = [], []
        for i, (name, users) in enumerate(uses.items(), first):
            tensor = self.names[name]
            where = {self.call_of.get(node) for node in users}
            call = where.pop() if len(where) == 1 else None
            if call is not None and not name.startswith(f"{call.name}."):  # what comes in
                call = None
            lines = [*labels.facts(tensor.shape, tensor.dtype, self.show, tensor), *["frozen"] * self.frozen]
            title = name if call is None else name.removeprefix(f"{call.name}.")
            group = None if call is None else _id(call)
            kind = "frozen" if self.frozen else "constant"
            boxes.append(Box(f"n{i}", kind, title, lines, group, self._bad(tensor)))
            edges += [(f"n{i}", ids[node]) for node in users]
        return boxes, edges

    def _bad(self, *seen: Any) -> bool:
        return any(value is not None and is_bad(value.data if isinstance(value, Tensor) else value) for value in seen)

    def _name(self, tensor: Tensor) -> str:
        return next((name for name, named in self.names.items() if named is tensor), "constant")
