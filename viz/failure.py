"""A drawing of what was computed before something failed."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import ContextDecorator, suppress
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any, Final, Self

from autograd import Node, Tensor, tick
from viz.drawing import ENDINGS, Drawing
from viz.files import ending
from viz.model import graph_of

_OURS: Final = ("autograd", "nn", "viz", "numpy")
_MOST_LINES: Final = 5


class on_error(ContextDecorator):
    """Draw the graph as far as it got, if an exception leaves the `with` block (or the decorated function).

    The operation that failed is red, with the error's first words; tensors have the names that they have as variables
    where the error came from. The exception goes on, with a note that names the file. `path` ends as for
    `Drawing.save`; any other ending is an error at once.

    >>> import autograd, os, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = os.path.join(folder.name, "graph.svg")
    >>> x = autograd.tensor([[1.0, 2.0]], requires_grad=True)
    >>> try:
    ...     with on_error(path):
    ...         hidden = autograd.tanh(x)
    ...         hidden @ x
    ... except ValueError as error:
    ...     os.path.exists(path), error.__notes__[0].startswith("The graph up to here is drawn in ")
    (True, True)
    >>> folder.cleanup()
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        ending(path, ENDINGS)
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            return
        try:
            drawing = drawing_of(error, trace)
            if drawing is None:
                note = "There is no graph to draw: where this was raised, nothing had been recorded."
            else:
                drawing.save(self.path)
                note = f"The graph up to here is drawn in {os.fspath(self.path)}."
        except Exception as problem:  # the error that was there first matters more
            note = f"The graph up to here could not be drawn: {problem}"
        with suppress(Exception):  # of one's own, an exception may take no notes
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)


def drawing_of(error: BaseException, trace: TracebackType | None) -> Drawing | None:
    """Return the drawing of what led to an error; None where no tensor with a graph is to be found."""
    frames = list(_frames(trace))
    theirs = [frame for frame in frames if not _is_ours(frame)]
    op, operands = next(filter(None, map(_operation, reversed(frames))), (None, []))
    nodes = _nodes(operands)
    for frame in reversed(theirs):  # the innermost one that has any
        nodes = nodes or _nodes(_tensors(frame.f_locals.values()))
    if not nodes:
        return None
    names: dict[str, Tensor] = {}
    spans: list[tuple[str, int, int]] = []
    for frame in reversed(theirs):
        for name, value in frame.f_locals.items():
            if isinstance(value, Tensor):
                names.setdefault(name, value)
            elif _is_model(value):
                names = {**dict(value.named_parameters()), **names}
                spans = spans or value.spans()
    graph = graph_of([_failed(op, nodes)], names, spans, ["shape"], 150)
    lines = textwrap.wrap(f"{type(error).__name__}: {error}", 38)
    lines = lines[:_MOST_LINES] + ["…"] * (len(lines) > _MOST_LINES)
    title = _Unknown.name if op is None else str(op.name)
    graph.boxes = [
        replace(box, kind="failed", title=title, lines=lines, bad=True) if box.kind == "result" else box
        for box in graph.boxes
    ]
    return Drawing(graph, "auto", 10.0)


def _is_model(value: Any) -> bool:
    return all(hasattr(type(value), name) for name in ("named_parameters", "spans"))


def _nodes(tensors: Iterable[Tensor]) -> list[Node]:
    return list(dict.fromkeys(t._node for t in tensors if t._node is not None))


def _failed(op: Any, inputs: list[Node]) -> Tensor:
    """Return a tensor that stands for the result that was not made."""
    node = Node()
    node.op = _Unknown() if op is None else op  # type: ignore[assignment]
    node.inputs = tuple(inputs)
    node.saved, node.params, node.shape = None, {}, ()
    node.dtype = None  # type: ignore[assignment]
    node.birth, node.flows = tick(), False
    node.hooks = node.grad = node.site = None
    tensor = Tensor.__new__(Tensor)
    tensor._node, tensor._value = node, 0.0
    return tensor


class _Unknown:
    """In the place of an operation, where it was none that failed."""

    name = "failed here"


def _frames(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _OURS


def _operation(frame: FrameType) -> tuple[Any, list[Tensor]] | None:
    """Return the operation that a frame of the engine runs, and the tensors it was given."""
    op = frame.f_locals.get("op")
    if not _is_ours(frame) or not hasattr(op, "vjps"):
        return None
    return op, list(_tensors(frame.f_locals.values()))


def _tensors(values: Any) -> Iterator[Tensor]:
    """Yield the tensors among some values, and in their lists, tuples and dicts."""
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list | tuple | dict):
            items = value.values() if isinstance(value, dict) else value
            yield from (item for item in items if isinstance(item, Tensor))
