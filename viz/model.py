"""What is drawn: boxes and arrows made from a recorded graph, in plain strings that keep no array alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autograd import Node, Tensor, reachable
from viz import labels
from viz.folding import Fold, Section, Spans, Unit, folded, in_order, sections


@dataclass
class Box:
    """One box of a drawing; `kind` is operation, leaf, constant, result, layer or fold, `group` an id in `groups`."""

    id: str
    kind: str
    title: str
    lines: list[str] = field(default_factory=list)
    group: str | None = None


@dataclass
class Graph:
    """Boxes in an order where operands come first, arrows as pairs of ids, and what has to be said about them.

    `groups` has the titles of the groups by their ids. Groups do not depend on each other in a circle.
    """

    boxes: list[Box]
    edges: list[tuple[str, str]]
    groups: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    operations: int = 0
    leaves: int = 0


def graph_of(
    roots: Sequence[Tensor], names: Mapping[str, Tensor], spans: Spans, show: Sequence[str], max_nodes: int
) -> Graph:
    """Return the graph that `roots` were computed by, with at most `max_nodes` boxes."""
    nodes = reachable([t._node for t in roots if t._node is not None])
    called: dict[Node, str] = {}
    for name, tensor in names.items():
        if tensor._node is not None:
            called.setdefault(tensor._node, name)
    section_of = sections(nodes, spans, called)
    unit_of = folded(nodes, section_of, max_nodes)
    members: dict[Unit, list[Node]] = {unit: [] for unit in in_order(nodes, unit_of)}
    for node in nodes:
        members[unit_of[node]].append(node)
    ids = {unit: f"n{i}" for i, unit in enumerate(members)}
    write = _Writer(roots, names, called, section_of, show)
    boxes = [write.box(ids[unit], unit, inside) for unit, inside in members.items()]
    boxes += write.constants(len(boxes))
    shown = {box.group for box in boxes}
    groups = {_id(section): section.name for section in section_of.values() if _id(section) in shown}
    leaves = sum(node.op is None for node in nodes)
    graph = Graph(boxes, _edges(nodes, unit_of, ids), groups, [], len(nodes) - leaves, leaves + len(boxes) - len(ids))
    graph.notes = _notes(graph)
    return graph


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


def _id(section: Section) -> str:
    return f"g{section.number}"


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
        section_of: Mapping[Node, Section],
        show: Sequence[str],
    ) -> None:
        self.roots, self.names, self.called, self.section_of, self.show = roots, names, called, section_of, show
        self.values: dict[Node, Tensor] = {}
        if "value" in show:
            self.values = {t._node: t for t in (*names.values(), *roots) if t._node is not None}
        self.results = {t._node for t in roots}

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
        section = self.section_of.get(node)
        name, title = self.called.get(node), labels.title(node)
        lines = labels.details(node, self.show, self.values.get(node))
        if name is not None and node.op is not None:
            lines = [title, *lines]
        if name is not None:
            title = name if section is None else name.removeprefix(f"{section.name}.")
        kind = "leaf" if node.op is None else "result" if node in self.results else "operation"
        return Box(id, kind, title, lines, None if section is None else _id(section))

    def constants(self, first: int) -> list[Box]:
        """Return boxes for the roots that no gradient flows to."""
        plain = [t for t in self.roots if t._node is None]
        return [
            Box(f"n{first + i}", "constant", self._name(t), labels.facts(t.shape, t.dtype, self.show, t))
            for i, t in enumerate(plain)
        ]

    def _name(self, tensor: Tensor) -> str:
        return next((name for name, named in self.names.items() if named is tensor), "constant")
