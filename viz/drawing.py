"""`draw`: from a tensor to a picture that can be shown, saved and read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import graphviz

from autograd import Tensor
from viz.dot import dot_source, run_dot
from viz.model import SHOWN, Graph, Spans, graph_of
from viz.svg import svg

ENGINES = ("auto", "builtin", "dot")
GROUPS = ("auto", None)
FORMS = ("svg", "dot", "png", "pdf")


class Drawing:
    """The picture of a computation graph. It keeps strings only: no array stays alive because of it."""

    def __init__(self, graph: Graph, engine: str, timeout: float) -> None:
        self.graph = graph
        self.engine = engine
        self.timeout = timeout

    def svg(self) -> str:
        """Return the picture as SVG text."""
        if self.engine == "dot":
            return run_dot(self.source, "svg", self.timeout).decode()
        return svg(self.graph)

    @property
    def source(self) -> str:
        """The graph in graphviz' language."""
        return dot_source(self.graph)

    def to_graphviz(self) -> graphviz.Source:
        """Return the graph as an object of the `graphviz` package."""
        return graphviz.Source(self.source)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the picture to a file: .svg or .dot, and by graphviz' `dot` program .png or .pdf.

        The file is replaced at once, or left as it was if anything fails. Raises ValueError for another ending.
        """
        target = Path(path)
        form = target.suffix.lower().removeprefix(".")
        if form not in FORMS:
            raise ValueError(f"save: cannot write {target.name!r}; the ending must be one of .{', .'.join(FORMS)}")
        if form in ("svg", "dot"):
            content = (self.svg() if form == "svg" else self.source).encode()
        else:
            content = run_dot(self.source, form, self.timeout)
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
            file.write(content)
        os.chmod(file.name, 0o644)
        os.replace(file.name, target)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": repr(self)}
        except Exception as error:  # a notebook shows the reason, and not a page of traceback
            return {"text/plain": f"{self!r}: {error}"}

    def __repr__(self) -> str:
        kinds = [box.kind for box in self.graph.boxes]
        leaves = kinds.count("leaf")
        return f"<Drawing of {len(kinds) - leaves} operations and {leaves} leaves, {len(self.graph.edges)} arrows>"

    def __str__(self) -> str:
        return "\n".join(
            [repr(self), *(f"{box.id} {' '.join([box.title, *box.lines])}" for box in self.graph.boxes)]
            + [f"{a} -> {b}" for a, b in self.graph.edges]
            + self.graph.notes
        )


def draw(
    tensor: Tensor | Sequence[Tensor],
    names: Any = None,
    *,
    show: Sequence[str] = ("shape",),
    group: str | None = "auto",
    max_nodes: int = 150,
    engine: str = "auto",
    timeout: float = 10.0,
) -> Drawing:
    """Draw the graph that computed `tensor` (one, or several).

    `names` tells what tensors are called: a dict such as `locals()`, or a model, whose layers then also group the
    boxes. `show` is any of "shape", "dtype", "value" and "grad"; a value is known of leaves and of what is named. More
    than `max_nodes` boxes are folded, by layer and then in the middle, and the picture says so. `engine` "auto" and
    "builtin" lay out by ourselves; "dot" asks graphviz, for at most `timeout` seconds.

    Raises TypeError for what is no tensor, ValueError for an unknown option.

    >>> import autograd
    >>> a = autograd.tensor(2.0, requires_grad=True)
    >>> draw(a * a + a, {"a": a})
    <Drawing of 2 operations and 1 leaves, 4 arrows>
    """
    roots: list[Any] = list(tensor) if isinstance(tensor, list | tuple) else [tensor]
    for root in roots:
        if not isinstance(root, Tensor):
            raise TypeError(f"draw: wants a tensor, or a list of tensors, not {type(root).__name__}")
    shown = (show,) if isinstance(show, str) else tuple(show)
    for option, given, allowed in (("show", shown, SHOWN), ("engine", (engine,), ENGINES), ("group", (group,), GROUPS)):
        unknown = [value for value in given if value not in allowed]
        if unknown:
            known = ", ".join(map(repr, allowed))
            raise ValueError(f"draw: {option}={unknown[0]!r} is not known; it is one of {known}")
    if max_nodes < 2:
        raise ValueError(f"draw: max_nodes={max_nodes} must be at least 2")
    called, spans = _read_names(names)
    return Drawing(graph_of(roots, called, spans if group else [], shown, max_nodes), engine, timeout)


def _read_names(names: Any) -> tuple[dict[str, Tensor], Spans]:
    """Return what tensors are called, and the spans of the layers of a model."""
    if names is None:
        return {}, []
    if isinstance(names, Mapping):
        return {str(name): t for name, t in names.items() if isinstance(t, Tensor)}, []
    if not hasattr(names, "named_parameters"):
        raise TypeError(f"draw: names must be a dict of tensors or a model, not {type(names).__name__}")
    return dict(names.named_parameters()), names.spans() if hasattr(names, "spans") else []
