"""What is drawn: boxes and arrows made from a recorded graph, in plain strings that keep no array alive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Node, Tensor, reachable

SHOWN = ("shape", "dtype", "value", "grad")
SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "negative": "−x", "power": "xʸ", "square": "x²",
    "matmul": "@", "sqrt": "√",
}  # fmt: skip


@dataclass
class Box:
    """One box of a drawing; `kind` is operation, leaf, result, layer or fold."""

    id: str
    kind: str
    title: str
    lines: list[str] = field(default_factory=list)
    group: str | None = None


@dataclass
class Graph:
    """Boxes in an order where operands come first, arrows as pairs of ids, and what has been left out."""

    boxes: list[Box]
    edges: list[tuple[str, str]]
    notes: list[str] = field(default_factory=list)

    def groups(self) -> list[str]:
        """Return the names of the groups, in the order of their first boxes."""
        return list(dict.fromkeys(box.group for box in self.boxes if box.group is not None))


Spans = Sequence[tuple[str, int, int]]


def graph_of(
    roots: Sequence[Tensor],
    names: Mapping[str, Tensor],
    spans: Spans,
    show: Sequence[str],
    max_nodes: int,
) -> Graph:
    """Return the graph that `roots` were computed by, with at most about `max_nodes` boxes."""
    handles = {t._node: t for t in (*names.values(), *roots) if t._node is not None}
    called: dict[Node | None, str] = {t._node: name for name, t in names.items() if t._node is not None}
    nodes = reachable([t._node for t in roots if t._node is not None])
    if not nodes:
        return Graph([_constant(i, t, show) for i, t in enumerate(roots)], [], ["This tensor has no recorded graph."])
    ids = {node: f"n{i}" for i, node in enumerate(nodes)}
    groups = _grouped(nodes, spans)
    results = {t._node for t in roots}
    boxes = []
    for n in nodes:
        group = groups.get(n)
        symbol = "leaf" if n.op is None else _symbol(n)
        title = called.get(n, symbol).removeprefix(f"{group}.")
        lines = [symbol] if n.op is not None and title != symbol else []
        boxes.append(Box(ids[n], _kind(n, results), title, lines + _lines(n, handles.get(n), show), group))
    edges = [(ids[p], ids[n]) for n in nodes for p in n.inputs if p is not None]
    graph = Graph(boxes, edges)
    if len(graph.boxes) > max_nodes and graph.groups():
        graph = _merged(graph, {box.id: f"g{box.group}" for box in graph.boxes if box.group is not None}, _layer_box)
    if len(graph.boxes) > max_nodes:
        middle = graph.boxes[max_nodes // 2 : len(graph.boxes) - max_nodes // 2]
        graph = _merged(graph, {box.id: "fold" for box in middle}, _fold_box)
    return graph


def _constant(i: int, t: Tensor, show: Sequence[str]) -> Box:
    return Box(f"n{i}", "leaf", "constant", _facts(t.shape, t.dtype, t.data, None, show))


def _kind(node: Node, results: Iterable[Node | None]) -> str:
    return "leaf" if node.op is None else "result" if node in set(results) else "operation"


def _symbol(node: Node) -> str:
    """Return the operation as one writes it: x² and x^3 where the exponent is known."""
    assert node.op is not None
    exponent = None if node.saved is None or node.op.name != "power" else node.saved[2]
    if isinstance(exponent, int | float):
        return "x²" if exponent == 2 else f"x^{exponent:g}"
    return SYMBOLS.get(node.op.name, node.op.name)


def _lines(node: Node, handle: Tensor | None, show: Sequence[str]) -> list[str]:
    options = [f"{name}={value!r}" for name, value in node.params.items() if isinstance(value, int | str | tuple)]
    notes = [text for text in options if len(text) < 20]
    if node.dtype is None:
        return [*notes, f"{len(node.shape)} results"]
    value = None if handle is None else handle.data
    return [*notes, *_facts(node.shape, node.dtype, value, node.grad, show)]


def _facts(shape: tuple[int, ...], dtype: Any, value: Any, grad: Any, show: Sequence[str]) -> list[str]:
    """Return the lines that `show` asks for."""
    shape_text = "scalar" if shape == () else str(shape)
    lines = []
    if "shape" in show or "dtype" in show:
        lines.append(" ".join([shape_text] * ("shape" in show) + [str(dtype)] * ("dtype" in show)))
    if "value" in show and value is not None:
        lines.append(_short(value))
    if "grad" in show and grad is not None:
        lines.append(f"grad {_short(grad)}")
    return lines


def _short(value: Any) -> str:
    """Return a few characters on an array: its only element, or its range."""
    array = np.asarray(value.detach() if isinstance(value, Tensor) else value)
    if array.size == 1:
        return f"{array.item():.4g}"
    return f"{array.min():.3g} … {array.max():.3g}" if array.size else "empty"


def _grouped(nodes: Sequence[Node], spans: Spans) -> dict[Node, str]:
    """Return the group of each node: the smallest span it was born in; a leaf goes with its first user."""
    by_size = sorted(spans, key=lambda span: span[2] - span[1])
    groups: dict[Node, str] = {}
    for node in nodes if spans else ():
        if node.op is None:
            continue
        name = next((name for name, first, last in by_size if first < node.birth < last), None)
        if name is None:
            continue
        groups[node] = name
        for parent in node.inputs:
            if parent is not None and parent.op is None and parent.birth < by_size[0][1]:
                groups.setdefault(parent, name)
    return groups


def _merged(graph: Graph, into: Mapping[str, str], make: Any) -> Graph:
    """Replace the boxes that `into` names by one box for each of its values; arrows between the same two merge."""
    members: dict[str, list[Box]] = {}
    for box in graph.boxes:
        if box.id in into:
            members.setdefault(into[box.id], []).append(box)
    boxes, made = [], set()
    ids = {key: f"m{i}" for i, key in enumerate(members)}
    for box in graph.boxes:
        key = into.get(box.id)
        if key is None:
            boxes.append(box)
        elif key not in made:
            made.add(key)
            boxes.append(make(ids[key], members[key]))
    new = {box.id: ids[into[box.id]] if box.id in into else box.id for box in graph.boxes}
    edges = list(dict.fromkeys((new[a], new[b]) for a, b in graph.edges if new[a] != new[b]))
    hidden = len(graph.boxes) - len(boxes)
    return Graph(boxes, edges, [*graph.notes, f"{hidden:,} of {len(graph.boxes):,} boxes are folded into others."])


def _layer_box(id: str, members: Sequence[Box]) -> Box:
    operations = sum(box.kind != "leaf" for box in members)
    lines = [f"{operations} operations", *members[-1].lines[-1:]]
    return Box(id, "layer", str(members[0].group), lines)


def _fold_box(id: str, members: Sequence[Box]) -> Box:
    return Box(id, "fold", "…", [f"{len(members):,} operations not shown"])
