"""A compiled program, before and after its passes: the graph as recorded, and beside each box what is left there.

Positions are those of the first column, so that what a pass has left out is seen as a gap at its height.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from viz.labels import SYMBOLS, facts
from viz.ladder import Ladder, Words
from viz.model import Box, Graph, counted

_MOST = 3_000  # values that are laid out
_SOURCES = {"Argument": "leaf", "Held": "frozen", "Array": "constant", "Host": "constant"}


def is_program(x: Any) -> bool:
    """Return whether this is a program of `autograd.compile`."""
    return all(hasattr(x, name) for name in ("passes", "stages", "recorded"))


def program_graphs(program: Any, show: Sequence[str]) -> tuple[Graph, dict[str, Graph]]:
    """Return the picture of a program as recorded and as it runs, and one for each pass, by what it is called.

    Raises ValueError for a program that is too large to be laid out.
    """
    (_, recorded), *passes = program.passes
    if len(recorded.values) > _MOST:
        raise ValueError(f"draw: the program has {len(recorded.values):,} values; at most {_MOST:,} can be drawn")
    last = program.passes[-1][1]
    first = _graph(recorded, show)
    whole = _beside(first, last, "as it runs", show, _places(program), recorded)
    views = {
        f"{i} {name}": _beside(first, graph, f"after {name}", show, {}, recorded)
        for i, (name, graph) in enumerate(passes, 1)
    }
    return whole, views


def _graph(recorded: Any, show: Sequence[str]) -> Graph:
    """Return the boxes and arrows of what was recorded, with a box for each effect."""
    results = set(recorded.outputs)
    boxes = [Box(_id(value), _kind(value, results), _title(value), _facts(value, show)) for value in recorded.values]
    edges = [(_id(a), _id(value)) for value in recorded.values for a in value.operands()]
    for i, effect in enumerate(recorded.effects):
        if effect.value is None or effect.kind == "check":
            continue
        words = {"store": "→ tensor", "assign": "→ argument"}.get(effect.kind, "→ .grad")
        boxes.append(Box(f"e{i}", "gradient", words))
        edges.append((_id(effect.value), f"e{i}"))
    inputs = sum(value.kind in ("input", "constant") for value in recorded.values)
    return Graph(boxes, edges, operations=len(recorded.values) - inputs, leaves=inputs)


def _beside(
    graph: Graph, after: Any, heading: str, show: Sequence[str], places: Mapping[int, str], recorded: Any
) -> Graph:
    """Return the graph with a second column: what is left after a pass, each at its own height."""
    known = {box.id for box in graph.boxes}
    results = set(after.outputs)
    column: dict[str, Words] = {}
    for value in after.values:
        if _id(value) in known:
            place = places.get(value.number)
            lines = [*_facts(value, show), *([place] if place else [])]
            column[_id(value)] = ("⇒ " * (value in results) + _title(value), lines)
    for i, effect in enumerate(recorded.effects):
        if f"e{i}" in known and any(e.kind == effect.kind and e.target is effect.target for e in after.effects):
            column[f"e{i}"] = graph.boxes[[box.id for box in graph.boxes].index(f"e{i}")].title, []
    arrows = [(_id(a), _id(value)) for value in after.values for a in value.operands()]
    arrows = [(a, b) for a, b in arrows if a in column and b in column and (a, b) not in set(graph.edges)]
    gone = len(recorded.values) - len(after.values)
    ladder = Ladder([column], {}, headings=("as recorded", heading), mirrored=False, more=arrows)
    ladder.notes.append(f"{counted(gone, 'value is', 'values are')} left out.")
    drawn = Graph(graph.boxes, graph.edges, operations=graph.operations, leaves=graph.leaves, ladder=ladder)
    drawn.notes = list(ladder.notes)
    return drawn


def _places(program: Any) -> dict[int, str]:
    """Return in words where each value is computed: "loop 2.1" is the first loop of the second group of loops."""
    places: dict[int, str] = {}
    group = 0
    for stage in program.stages:
        loops = getattr(stage, "loops", None)
        group += loops is not None
        for i, loop in enumerate(loops or (), 1):
            places |= {value.number: f"loop {group}.{i}" for value in loop.values}
    return places


def _id(value: Any) -> str:
    return f"n{value.number}"


def _kind(value: Any, results: set[Any]) -> str:
    if value.kind == "input":
        return _SOURCES.get(type(value.params["source"]).__name__, "leaf")
    return "result" if value in results else "constant" if value.kind == "constant" else "operation"


def _title(value: Any) -> str:
    symbol = SYMBOLS.get(value.fn)
    return f"{symbol} {value.fn}" if symbol else str(value.fn)


def _facts(value: Any, show: Sequence[str]) -> list[str]:
    """Return shape and dtype, as far as they are asked for, and what a constant is."""
    if value.dtype is None:
        return [f"{len(value.shape)} results"]
    if value.kind == "constant" and not value.shape:
        return [f"{value.params['value'][()]:.6g}"]
    plain = [a for a in value.args if isinstance(a, int | float)]
    return [*(f"with {a:.6g}" for a in plain), *facts(value.shape, value.dtype, show)]
