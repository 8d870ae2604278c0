"""`draw`: from a tensor to a picture that can be shown, saved and read."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import graphviz
import numpy as np

from autograd import Tensor, enable_grad
from viz.dot import dot_source, run_dot
from viz.files import ending, write
from viz.folding import Spans
from viz.labels import SHOWN
from viz.model import Graph, around, counted, graph_of
from viz.page import page
from viz.program import PASSES, is_program, program_graphs
from viz.raster import raster
from viz.svg import svg

ENGINES = ("auto", "builtin", "dot")
GROUPS = ("auto", None)
DIRECTIONS = ("down", "right")
ENDINGS = (".svg", ".png", ".pdf", ".html", ".dot", ".json")
_MOST_STEPS, _MOST_BOXES = 40, 2_000  # in a page


class Drawing:
    """The picture of a computation graph. It keeps strings only: no array stays alive because of it.

    Made by `draw`. A notebook shows it; `svg()` and `source` are its texts, `save(path)` writes it to a file.
    """

    def __init__(
        self,
        graph: Graph,
        engine: str,
        timeout: float,
        views: Mapping[str, Graph] | None = None,
        passes: Sequence[Graph] = (),
    ) -> None:
        self.graph = graph
        self.views = dict(views or {})  # what a page shows besides, by the words on its buttons
        self.passes = list(passes)  # of a program, a picture after each
        self.engine = engine
        self.timeout = timeout

    @property
    def nodes(self) -> list[dict[str, Any]]:
        """The boxes, operands first, each a dict of "id", "kind", "title", "lines" and "group"."""
        return [asdict(box) for box in self.graph.seen()[0]]

    @property
    def edges(self) -> list[tuple[str, str]]:
        """The arrows, as pairs of ids: one for each use of a value, so `a + a` has two."""
        return list(self.graph.seen()[1])

    @property
    def steps(self) -> int:
        """How many steps backward takes, one for each box; of a program, its passes; 0 if not known (see `step`)."""
        return len(self.passes) - 1 if self.passes else len(self.graph.steps)

    def step(self, number: int) -> Drawing:
        """Return the picture after so many steps of backward: gradients filled in, slopes at the arrows.

        The first step gives the result the gradient 1. A box that has got its gradient shows at the arrows into it
        what it is multiplied by on the way to each operand: its derivative by that, where it is a number. A negative
        number counts from the end: -1 is all of backward. Nothing is freed and no `.grad` changes.

        Of a program it is the graph after so many passes, of which 0 is what was recorded, -1 what runs.

        Needs show=("grad",) or ("grad_norm",), one result of a single element, no folded boxes, and saved values
        that backward has not freed; RuntimeError otherwise. ValueError for a step that there is not.

        >>> import autograd
        >>> a, b = (autograd.tensor(x, requires_grad=True) for x in (2.0, 3.0))
        >>> drawing = draw(a * b, {"a": a, "b": b}, show=("value", "grad"))
        >>> [node["lines"] for node in drawing.step(-1).nodes]
        [['2', 'grad 3'], ['3', 'grad 2'], ['6', 'grad 1']]
        """
        steps = self.graph.steps
        if not self.steps:
            raise RuntimeError(
                "step: backward cannot be shown: draw one result of a single element with show=('grad',), before "
                "backward has passed (or with retain_graph=True), and with max_nodes so large that nothing is folded"
            )
        if not isinstance(number, int) or not -self.steps - 1 <= number <= self.steps:
            raise ValueError(
                f"step: there are {self.steps} steps, from 0 to {self.steps}, or from the end; not {number!r}"
            )
        number = number if number >= 0 else self.steps + 1 + number
        if self.passes:
            return Drawing(self.passes[number], self.engine, self.timeout)
        done = steps[:number]
        now = {step.box: step for step in done}
        empty = {step.box: [line.split()[0] + " …" for line in step.lines] for step in steps}
        boxes = []
        for box in self.graph.boxes:
            lines = [line for line in box.lines if not line.startswith(("grad ", "‖grad‖ "))]
            lines += now[box.id].lines if box.id in now else empty.get(box.id, [])
            boxes.append(replace(box, lines=lines, bad=box.bad or (box.id in now and now[box.id].bad)))
        slopes = {i: text for step in done for i, text in step.slopes.items()}
        return Drawing(replace(self.graph, boxes=boxes, slopes=slopes), self.engine, self.timeout)

    def svg(self) -> str:
        """Return the picture as SVG text.

        Raises RuntimeError with engine="dot" where `dot` is not installed, is too slow, or fails.
        """
        if self.engine == "dot":
            return run_dot(self.source, "svg", self.timeout).decode()
        return svg(self.graph)

    @property
    def source(self) -> str:
        """The graph in graphviz' language: forward only."""
        return dot_source(self.graph)

    def focus(self, name: str, radius: int = 2) -> Drawing:
        """Return the part of the picture that is at most `radius` arrows away from the boxes of this title, either way.

        A box in a group may be called by both names ("dense.kernel"), and any by its id. Raises ValueError for a name
        that no box has.

        >>> import autograd
        >>> x = autograd.tensor(1.0, requires_grad=True)
        >>> y = autograd.exp(autograd.sin(autograd.tanh(x)))
        >>> [node["title"] for node in draw(y, {"y": y}).focus("sin", 1).nodes]
        ['tanh', 'sin', 'y']
        """
        if self.graph.ladder is not None:
            raise ValueError("focus: is for pictures without backward=")
        return Drawing(around(self.graph, name, radius), self.engine, self.timeout)

    def html(self) -> str:
        """Return one page that needs nothing else: to move and zoom in, with a search, and what is known of each box.

        Layers open and close with a click; where backward can be shown (`step`), in up to 40 steps, there is a picture
        for each. The lines that operations were called at are known under `autograd.detect_anomaly()`.
        """
        views = {"As drawn" if self.views or self.passes else "Graph": self.graph, **self.views}
        if self.passes:
            views |= {f"{i} {graph.columns[i].heading}": graph for i, graph in enumerate(self.passes)}
        elif 0 < self.steps <= _MOST_STEPS:
            views |= {f"Step {i}": self.step(i).graph for i in range(1, self.steps + 1)}
        return page(views, repr(self).strip("<>"))

    def to_json(self) -> str:
        """Return boxes, arrows, groups and notes as JSON; with what stands in columns, of backward or of a program."""
        graph = self.graph
        found = {"nodes": self.nodes, "edges": self.edges, "groups": graph.groups, "notes": graph.notes}
        if graph.ladder is not None:
            found |= {"backward": graph.ladder.columns, "saved": graph.ladder.rungs}
        if graph.columns:
            found["columns"] = [asdict(graph.columns[number]) for number in graph.shown]
        return json.dumps(found)

    def to_graphviz(self) -> graphviz.Source:
        """Return the graph as an object of the `graphviz` package."""
        return graphviz.Source(self.source)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: .svg, .html, .dot, .json; .png or .pdf, by matplotlib or, if chosen, by dot.

        The file is replaced at once, or left as it was if anything fails. Raises ValueError for another ending,
        ImportError for .png and .pdf without matplotlib, and RuntimeError as `svg` does.
        """
        form = ending(path, ENDINGS)
        if form in (".png", ".pdf"):
            kind = form.removeprefix(".")
            by_dot = self.engine == "dot"
            content = run_dot(self.source, kind, self.timeout) if by_dot else raster(self.svg(), kind)
        else:
            texts: dict[str, Callable[[], str]] = {
                ".svg": self.svg, ".html": self.html, ".json": self.to_json, ".dot": lambda: self.source
            }  # fmt: skip
            content = texts[form]().encode()
        write(path, content)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        except Exception as error:  # a notebook shows the reason, and not a page of traceback
            return {"text/plain": f"{self!r}: {error}"}

    def __repr__(self) -> str:
        operations = counted(self.graph.operations, "operation", "operations")
        leaves = counted(self.graph.leaves, "leaf", "leaves")
        return f"<Drawing of {operations} and {leaves}, {counted(len(self.edges), 'arrow', 'arrows')}>"

    def __str__(self) -> str:
        shown, edges = self.graph.seen()
        boxes = [f"{box.id} {' | '.join([box.title, *box.lines])}" for box in shown]
        arrows = [f"{a} -> {b}" for a, b in edges]
        return "\n".join([repr(self), *boxes, *arrows, *self.graph.notes])


def draw(
    tensor: Tensor | Sequence[Tensor] | Any,
    names: Any = None,
    *,
    show: Sequence[str] = ("shape",),
    backward: bool | int | str = False,
    direction: str = "down",
    group: str | None = "auto",
    max_nodes: int = 150,
    passes: str = "ends",
    engine: str = "auto",
    timeout: float = 10.0,
) -> Drawing:
    """Draw the graph that computed `tensor` (one, or several); of a model, that of its outputs for two examples.

    `names` tells what tensors are called: a dict such as `locals()`, or a model, whose layers then also group the
    boxes, unless `group` is None. `show` is any of "shape", "dtype", "value", "stats" (mean and deviation), "grad",
    "grad_norm" and "saved" (the bytes kept for backward). Values are known of what is named, of `tensor`, of what is
    saved for backward, and of what small operations make of these; a box with nan or infinity is red. More than
    `max_nodes` boxes are folded, by layer and then in the middle, and the picture says so. It runs in the `direction`
    "down" or "right". `engine` "auto" and "builtin" lay out by ourselves, the same on every machine; "dot" asks
    graphviz, for at most `timeout` seconds.

    With `backward` there is a second column, its mirror image, with what backward does at each box, and between them
    how many bytes are saved for it; with backward=2 a third one, of double backward; "only" leaves the second alone.
    That needs one result of a single element (as `loss.backward()` does), before backward has freed what it needs.
    Nothing is freed by it.

    Of a program of `autograd.compile` (f.programs[0]) it draws what was recorded, and beside it, at the same places,
    what runs after all passes, in groups that are computed in one loop; with passes="all", each pass in between too.
    `names` tells what tensors are called that it reads and writes, `show` is "shape" or "dtype", `group` None leaves
    the loops out. A page (`html`) has a view for each pass, as `step`. At most 3,000 values are drawn, none is folded.

    Raises TypeError for what is no tensor, ValueError for an unknown option, RuntimeError where `backward` cannot be.

    >>> import autograd
    >>> a = autograd.tensor(2.0, requires_grad=True)
    >>> draw(a * a + a, {"a": a})
    <Drawing of 2 operations and 1 leaf, 4 arrows>
    """
    wanted = (show,) if isinstance(show, str) or not isinstance(show, Iterable) else tuple(show)
    if is_program(tensor):
        _check_options(wanted, engine, group, max_nodes, direction, passes)
        if backward or direction != "down":
            raise ValueError(
                "draw: a program is drawn with backward=False, as that is part of it, and direction='down'"
            )
        whole, frames = program_graphs(tensor, wanted, _read_names(names)[0], passes, group is not None)
        return Drawing(whole, engine, timeout, passes=frames)
    if _is_model(tensor):
        model = copy.deepcopy(tensor)  # of which nothing is changed, not even what was recorded last
        tensor, names = _outputs(model), model if names is None else names
    roots = _roots(tensor)
    _check_options(wanted, engine, group, max_nodes, direction, passes)
    if passes != "ends":
        raise ValueError("draw: passes= is for programs of autograd.compile")
    times = _times_back(backward, roots, engine, direction)
    called, spans = _read_names(names)
    frozen = names is not None and not isinstance(names, Mapping)
    spans = spans if group else []
    stepped = bool({"grad", "grad_norm"} & set(wanted))
    graph = graph_of(roots, called, spans, wanted, max_nodes, frozen, passes=times, stepped=stepped)
    views = {}
    if any(box.kind in ("layer", "fold") for box in graph.boxes) and graph.operations + graph.leaves <= _MOST_BOXES:
        views["All operations"] = graph_of(roots, called, spans, wanted, _MOST_BOXES, frozen, passes=times)
    if graph.groups:
        views["Layers"] = graph_of(roots, called, spans, wanted, max_nodes, frozen, True, times)
    for each in (graph, *views.values()):
        each.direction = direction
        if each.ladder is not None:
            each.ladder.alone = backward == "only"
    return Drawing(graph, engine, timeout, views)


def _is_model(asked: Any) -> bool:
    return hasattr(asked, "named_parameters") and callable(asked) and not isinstance(asked, type)


def _outputs(model: Any) -> list[Tensor]:
    """Return what a model makes of zeros of its input's shape, with its graph."""
    shapes = getattr(model, "input_shape", None)
    if shapes is None:
        raise ValueError(
            f"draw: the shape that {type(model).__name__} takes is not known. Give its first layer an input_dim, or "
            "draw what it makes of data: viz.draw(model(x), model)"
        )
    several = shapes if isinstance(shapes, list) else [shapes]
    zeros = [np.zeros([2 if n is None else n for n in shape], np.float32) for shape in several]
    with enable_grad():
        made = model(zeros if isinstance(shapes, list) else zeros[0])
    if isinstance(made, dict):
        made = list(made.values())
    return list(made) if isinstance(made, list | tuple) else [made]


def _roots(tensor: Any) -> list[Tensor]:
    """Return the tensors to draw, and nothing but tensors."""
    roots = list(tensor) if isinstance(tensor, list | tuple) else [tensor]
    if not roots:
        raise ValueError("draw: there is nothing in the list of tensors")
    for root in roots:
        if not isinstance(root, Tensor):
            raise TypeError(f"draw: wants a tensor, a list of tensors, or a model, not {type(root).__name__}")
    return roots


def _check_options(
    wanted: Sequence[str], engine: str, group: str | None, max_nodes: int, direction: str, passes: str
) -> None:
    options: list[tuple[str, Sequence[Any], Sequence[Any]]] = [
        ("show", wanted, SHOWN), ("engine", (engine,), ENGINES), ("group", (group,), GROUPS),
        ("direction", (direction,), DIRECTIONS), ("passes", (passes,), PASSES),
    ]  # fmt: skip
    for option, given, allowed in options:
        unknown = [value for value in given if value not in allowed]
        if unknown:
            raise ValueError(f"draw: {option}={unknown[0]!r} is not known; allowed: {', '.join(map(repr, allowed))}")
    if isinstance(max_nodes, bool) or not isinstance(max_nodes, int):
        raise ValueError(f"draw: max_nodes must be a whole number, not {max_nodes!r}")
    if max_nodes < 3:
        raise ValueError(f"draw: max_nodes={max_nodes} is too few; it must be at least 3")


def _times_back(backward: Any, roots: Sequence[Tensor], engine: str, direction: str) -> int:
    """Return how many passes of backward to draw."""
    if not isinstance(backward, bool | int | str) or backward not in (False, True, 2, "only"):
        raise ValueError(f"draw: backward={backward!r} is not known; allowed: False, True, 2, 'only'")
    if backward and len(roots) > 1:
        raise ValueError("draw: backward= is for one result")
    if backward and (engine == "dot" or direction != "down"):
        raise ValueError("draw: backward= has a layout of its own; use engine='builtin' and direction='down'")
    return 1 if backward == "only" else int(backward)


def _read_names(names: Any) -> tuple[dict[str, Tensor], Spans]:
    """Return what tensors are called, and the spans of the layers of a model."""
    if names is None:
        return {}, []
    if isinstance(names, Mapping):
        return {str(name): t for name, t in names.items() if isinstance(t, Tensor)}, []
    if not hasattr(names, "named_parameters"):
        raise TypeError(f"draw: names must be a dict of tensors or a model, not {type(names).__name__}")
    return dict(names.named_parameters()), names.spans() if hasattr(names, "spans") else []
