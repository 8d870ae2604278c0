"""A graph as DOT text, and graphviz' own layout of it where `dot` is installed."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import Final

from viz.model import Box, Graph
from viz.svg import ARROW, BAD, BAD_FILL, COLOURS, GROUP_FILL, GROUP_STROKE, LONGEST_NOTE
from viz.text import LONGEST, clean


def dot_source(graph: Graph) -> str:
    """Return the graph in graphviz' language: synthetic ids, quoted labels, a cluster for each group or column."""
    if graph.columns:
        graph = _in_clusters(graph)
    lines = [
        "digraph {",
        '  graph [fontname="Helvetica" fontsize=11]',
        '  node [shape=box style="rounded,filled" fontname="Helvetica" fontsize=11]',
        f'  edge [color="{ARROW}" arrowsize=0.7]',
    ]
    if graph.direction == "right":
        lines.append("  rankdir=LR")
    if graph.notes:
        lines.append(f'  label="{_joined(*graph.notes, longest=LONGEST_NOTE)}"')
    lines += _clusters(graph)
    lines += [f"  {_node(box)}" for box in graph.boxes if box.group is None]
    for i, (a, b) in enumerate(graph.edges):
        label = f' [label="{_joined(graph.slopes[i])}"]' if i in graph.slopes else ""
        lines.append(f"  {a} -> {b}{label}")
    return "\n".join([*lines, "}"]) + "\n"


def _in_clusters(graph: Graph) -> Graph:
    """Return a graph with the columns that are shown as groups."""
    whole = Graph([], [], notes=graph.notes)
    for number in graph.shown:
        column, mark = graph.columns[number], f"c{number}"
        groups = {id: title for id, title in graph.groups.items() if id in column.groups}
        whole.groups |= {mark: column.heading} | {f"{mark}{id}": title for id, title in groups.items()}
        whole.around |= {f"{mark}{id}": f"{mark}{graph.around.get(id, '')}" for id in groups}
        whole.boxes += [
            replace(box, id=f"{mark}{id}", group=f"{mark}{box.group or ''}") for id, box in column.boxes.items()
        ]
        whole.edges += [(f"{mark}{a}", f"{mark}{b}") for a, b in column.arrows]
    return whole


def _clusters(graph: Graph) -> list[str]:
    """Return a cluster for each group, within that of the group around it."""
    lines: list[str] = []
    stack: list[tuple[str, int]] = [(id, 1) for id in reversed(graph.groups) if id not in graph.around]
    while stack:
        id, depth = stack.pop()
        space = "  " * depth
        if not id:
            lines.append(f"{space}}}")
            continue
        lines.append(f"{space}subgraph cluster_{id} {{")
        lines.append(f'{space}  label="{_joined(graph.groups[id])}" labeljust=l style="rounded,filled"')
        lines.append(f'{space}  fillcolor="{GROUP_FILL}" color="{GROUP_STROKE}"')
        lines += [f"{space}  {_node(box)}" for box in graph.boxes if box.group == id]
        stack.append(("", depth))
        stack += [(inner, depth + 1) for inner in reversed(graph.groups) if graph.around.get(inner) == id]
    return lines


def _node(box: Box) -> str:
    fill, stroke = (BAD_FILL, BAD) if box.bad else COLOURS[box.kind]
    return f'{box.id} [label="{_joined(box.title, *box.lines)}" fillcolor="{fill}" color="{stroke}"]'


def _joined(*texts: str, longest: int = LONGEST) -> str:
    """Return lines as the inside of a quoted label. dot reads backslashes and names of characters (&lt;) in it."""
    cleaned = [clean(text, longest).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for text in texts]
    return "\\n".join(cleaned)


_PYGRAPHVIZ: Final = (
    "import sys, pygraphviz; graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode()); "
    "sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog='dot'))"
)


def run_dot(source: str, form: str, timeout: float) -> bytes:
    """Return what graphviz' `dot` makes of the source, as "svg", "png" or "pdf".

    Where the program is not installed but the package pygraphviz is, whose wheels carry it, that is used. Raises
    RuntimeError where neither is there, or it does not finish in `timeout` seconds, or fails.
    """
    command = ["dot", f"-T{form}"]
    if shutil.which("dot") is None:
        if importlib.util.find_spec("pygraphviz") is None:
            raise RuntimeError(
                "draw: graphviz' program `dot` is not installed. Install it (apt-get install graphviz, "
                "brew install graphviz, or pip install pygraphviz), or use engine='builtin', which needs nothing."
            )
        command = [sys.executable, "-c", _PYGRAPHVIZ, form]  # in a process of its own, which can be ended
    try:
        done = subprocess.run(command, input=source.encode(), capture_output=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"draw: `dot` did not finish in {timeout} seconds. Use engine='builtin', a smaller max_nodes, "
            "or a larger timeout."
        ) from None
    if done.returncode:
        raise RuntimeError(f"draw: `dot` failed: {done.stderr.decode(errors='replace').strip():.300}")
    return done.stdout
