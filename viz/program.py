"""A compiled program through its passes: a column for the graph as recorded, after each pass, and as it runs.

Each value stands at the same place in all of them. What is computed in the end decides on the groups: nests of loops.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, Final

from viz.labels import SYMBOLS, facts, number, options, short
from viz.model import Box, Column, Graph, counted, counts, with_chips
from viz.stages import Place, Span, spans

PASSES: Final = ("ends", "all")
KNOWN: Final = ("shape", "dtype")  # of a value, before it is computed
LAST: Final = "as it runs"
_MOST: Final = 3_000  # values that are laid out
_SOURCES: Final = {"Argument": "leaf", "Held": "frozen", "Array": "constant", "Host": "leaf"}
_REDUCED: Final = {
    "add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min", "logical_and": "all", "logical_or": "any",
}  # fmt: skip
_LEFT: Final = {"store": "→ {}", "assign": "→ {}", "grad": "→ {}.grad", "add": "→ {}.grad +="}

Titles = Mapping[int, str]
"""What tensors are called, by the ids of the objects and of their nodes."""


def is_program(x: Any) -> bool:
    """Return whether this is a program of `autograd.compile`."""
    return all(hasattr(x, name) for name in ("passes", "stages", "graph"))


def program_graphs(
    program: Any, show: Sequence[str], names: Mapping[str, Any], passes: str, grouped: bool
) -> tuple[Graph, list[Graph]]:
    """Return the picture of a program before its first and after its last pass side by side, and one for each pass.

    With `passes` "all" the former has a column for each. Tensors of the outside are called by their `names`. Raises
    ValueError for a program that is too large to be laid out, and for what cannot be shown of one.
    """
    unknown = [word for word in show if word not in KNOWN]
    if unknown:
        raise ValueError(f"draw: show={unknown[0]!r} is not known of a program; allowed: 'shape', 'dtype'")
    frames = [*program.passes, (LAST, program.graph)]
    size = max(len(graph.values) for _, graph in frames)
    if size > _MOST:
        raise ValueError(
            f"draw: the program has {size:,} values, and at most {_MOST:,} can be drawn. Draw one of a part of the "
            "function, or read program.source"
        )
    titles = {id(key): name for name, t in names.items() for key in (t, t._node) if key is not None}
    ids = _ids([graph for _, graph in frames])
    columns = [
        _column(f"after {name}" if 0 < i < len(frames) - 1 else name, graph, ids[i], show, titles)
        for i, (name, graph) in enumerate(frames)
    ]
    _note_gone(columns, [name for name, _ in frames])
    places = _places(program.stages, ids[-1])
    nests = _nests(program.stages) if grouped else {}
    every = _together(columns, places, nests)
    whole = every if passes == "all" else _together([columns[0], columns[-1]], places, nests)
    return _shown(whole, range(len(whole.columns))), [_shown(every, [i]) for i in range(len(columns))]


def _shown(graph: Graph, numbers: Sequence[int]) -> Graph:
    """Return the picture with these columns, the numbers of the first, and a note on what the last of them lacks."""
    gone = Counter(box.lines[0] for box in graph.columns[numbers[-1]].gone.values())
    by = ", ".join(f"{n} by {name}" for name, n in gone.items())
    note = f"{counted(gone.total(), 'value is', 'values are')} left out: {by}." if gone else "Nothing is left out."
    operations, leaves = counts(graph.columns[numbers[0]].boxes.values())
    return replace(graph, shown=list(numbers), notes=[note], operations=operations, leaves=leaves)


# --- the same value in all graphs ----------------------------------------------------------------------------


def _ids(graphs: Sequence[Any]) -> list[dict[Any, str]]:
    """Return for each graph the id of each value and effect; a value has the id of the one that it has come from.

    That is the one of the same number in the graph before. A number is given to others when nothing has it any more.
    A value that is a store is the effect that it has.
    """
    found: list[dict[Any, str]] = []
    before: dict[int, str] = {}
    fresh = map("n{}".format, count())
    known: dict[Any, str] = {}
    for graph in graphs:
        effects = _effects(graph)
        now: dict[Any, str] = {key: known.setdefault(key, f"e{len(known)}") for key in effects}
        now |= {effect.value: now[key] for key, effect in effects.items() if effect.value.kind == "store"}
        after: dict[int, str] = {}
        for value in graph.values:
            if value not in now:
                now[value] = before.pop(value.number, "") or next(fresh)
                after.setdefault(value.number, now[value])
        before = after
        found.append(now)
    return found


def _effects(graph: Any) -> dict[Any, Any]:
    """Return the effects that leave something behind, by what they are known by in all graphs."""
    effects = (effect for effect in graph.effects if effect.value is not None and effect.kind != "check")
    return {(e.kind, e.target if isinstance(e.target, int) else id(e.target)): e for e in effects}


def _column(heading: str, graph: Any, ids: Mapping[Any, str], show: Sequence[str], titles: Titles) -> Column:
    """Return the boxes and arrows of one graph, with a box for each effect."""
    results = set(graph.outputs)
    boxes: dict[str, Box] = {}
    arrows: list[tuple[str, str]] = []
    for value in graph.values:
        if value.kind != "store":
            title, lines = _title(value, titles), _lines(value, show)
            boxes[ids[value]] = Box(ids[value], _kind(value, results), title, lines, site=value.line)
        arrows += [(ids[a], ids[value]) for a in value.operands()]
    for key, effect in _effects(graph).items():
        boxes[ids[key]] = Box(ids[key], "store", _left(effect, titles))
        if effect.value.kind != "store":
            arrows.append((ids[effect.value], ids[key]))
    return Column(heading, boxes, arrows)


def _note_gone(columns: Sequence[Column], names: Sequence[str]) -> None:
    """Put a box where something was recorded, or was there before, with the name of the pass that has left it out."""
    recorded = columns[0].boxes
    for before, column, name in zip(columns, columns[1:], names[1:], strict=False):
        for id, box in before.gone.items():
            if id in recorded:
                column.gone[id] = replace(box, kind="gone", title=recorded[id].title)
        for id, box in before.boxes.items():
            if id not in column.boxes:
                column.gone[id] = Box(id, "leaving", box.title, [name])


# --- one layout for all --------------------------------------------------------------------------------------


def _together(columns: Sequence[Column], places: Mapping[str, Place], nests: Mapping[int, Any]) -> Graph:
    """Return the graph of all boxes and arrows that there are in any column, with the groups of the last one."""
    every: dict[str, Box] = {}
    most: Counter[tuple[str, str]] = Counter()
    for column in columns:
        for id, box in (column.boxes | column.gone).items():
            every.setdefault(id, box)
        most |= Counter(column.arrows)
    where = spans(list(every), most, places)
    at = {id: i for i, id in enumerate(where)}
    edges = [(a, b) for a, b in most.elements() if at[a] < at[b]]
    boxes, linked = with_chips([replace(every[id], group=_group(span, nests)) for id, span in where.items()], edges)
    known = {box.id: box for box in boxes}
    moved = dict(zip(edges, linked, strict=True))
    drawn = [_linked(column, known, moved) for column in columns]
    groups, around = _groups(nests)
    last = drawn[-1]
    last.boxes = {id: replace(box, group=known[id].group) for id, box in last.boxes.items()}
    last.groups = list(groups)
    return Graph(boxes, linked, groups, around=around, columns=drawn)


def _linked(column: Column, boxes: Mapping[str, Box], moved: Mapping[tuple[str, str], tuple[str, str]]) -> Column:
    """Return a column with arrows from chips, where there are any, and with these, in no group."""
    arrows = [moved.get(arrow, arrow) for arrow in column.arrows]
    chips = {a: replace(boxes[a], group=None) for a, _ in arrows if boxes[a].kind == "chip"}
    return replace(column, boxes=chips | column.boxes, arrows=arrows)


def _groups(nests: Mapping[int, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the titles of the groups and what they lie in: nests of several loops, and loops."""
    groups: dict[str, str] = {}
    around: dict[str, str] = {}
    for i, (stage, nest) in enumerate(nests.items(), 1):
        over = [str(loop.shape) if loop.shape else "scalars" for loop in nest.loops]
        if len(over) == 1:
            groups[f"g{stage}"] = f"loop {i}: {over[0]}"
            continue
        groups[f"g{stage}"] = f"group {i}: {'scalars' if nest.rows is None else counted(nest.rows, 'row', 'rows')}"
        inner = {f"g{stage}_{k}": f"loop {i}.{k + 1}: {shape}" for k, shape in enumerate(over)}
        groups |= inner
        around |= dict.fromkeys(inner, f"g{stage}")
    return groups, around


def _group(span: Span, nests: Mapping[int, Any]) -> str | None:
    """Return the group that something is in."""
    if span.stage is None or span.stage not in nests:
        return None
    several = len(nests[span.stage].loops) > 1
    return f"g{span.stage}_{span.loop[1]}" if several and span.loop is not None else f"g{span.stage}"


def _nests(stages: Sequence[Any]) -> dict[int, Any]:
    """Return the stages that compute several values together, by their numbers."""
    return {k: stage for k, stage in enumerate(stages) if hasattr(stage, "loops") and len(stage.values) > 1}


def _places(stages: Sequence[Any], ids: Mapping[Any, str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for k, stage in enumerate(stages):
        for i, together in enumerate(getattr(stage, "loops", [stage])):
            places |= {ids[value]: (k, i) for value in together.values}
    return places


# --- in words ------------------------------------------------------------------------------------------------


def _kind(value: Any, results: set[Any]) -> str:
    if value.kind == "input":
        return _SOURCES.get(type(value.params["source"]).__name__, "leaf")
    return "result" if value in results else "constant" if value.kind == "constant" else "operation"


def _title(value: Any, titles: Titles) -> str:
    if value.kind == "input":
        return titles.get(id(getattr(value.params["source"], "tensor", None)), str(value.fn))
    name = _REDUCED.get(value.fn, value.fn) if value.kind == "reduce" else value.fn
    symbol = SYMBOLS.get(name)
    return f"{symbol} {name}" if symbol else str(name)


def _left(effect: Any, titles: Titles) -> str:
    """Return where an effect leaves something."""
    several = "tensors" if hasattr(effect.target, "tensors") else "tensor"
    other = f"argument {effect.target}" if isinstance(effect.target, int) else several
    return _LEFT.get(effect.kind, "→ {}").format(titles.get(id(effect.target), other))


def _lines(value: Any, show: Sequence[str]) -> list[str]:
    """Return what a constant is, plain numbers that take part, options, and shape and dtype as far as asked for."""
    if value.dtype is None:
        return [f"{len(value.shape)} results"]
    if value.kind == "constant":
        wanted = show if value.shape else [word for word in show if word != "shape"]
        return [short(value.params["value"]), *facts(value.shape, value.dtype, wanted)]
    lines = _with_numbers(value)
    if value.kind in ("reduce", "view"):
        lines += options(value.fn, value.params, value.shape)
    return [*lines, *facts(value.shape, value.dtype, show)]


def _with_numbers(value: Any) -> list[str]:
    """Return on a line how plain numbers take part: "… ** 2", "with 0.5"."""
    operands = ["…" if hasattr(a, "number") else number(a) for a in value.args]
    plain = [operand for operand in operands if operand != "…"]
    if not plain:
        return []
    symbol = SYMBOLS.get(value.fn)
    return [f" {symbol} ".join(operands) if symbol and len(operands) == 2 else f"with {', '.join(plain)}"]
