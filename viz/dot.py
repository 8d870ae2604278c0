"""A graph as DOT text, and graphviz' own layout of it where `dot` is installed."""

from __future__ import annotations

import subprocess

from viz.model import Box, Graph
from viz.svg import COLOURS, clean


def dot_source(graph: Graph) -> str:
    """Return the graph in graphviz' language: synthetic ids, plain quoted labels, a cluster for each group."""
    lines = [
        "digraph {",
        '  node [shape=box style="rounded,filled" fontname="Helvetica" fontsize=11]',
        '  edge [color="#7d8597" arrowsize=0.7]',
    ]
    for i, group in enumerate(graph.groups()):
        lines.append(f"  subgraph cluster_{i} {{")
        lines.append(f'    label={_quoted(group)} fontname="Helvetica" fontsize=11 color="#cdd2de" style=rounded')
        lines += [f"    {_node(box)}" for box in graph.boxes if box.group == group]
        lines.append("  }")
    lines += [f"  {_node(box)}" for box in graph.boxes if box.group is None]
    lines += [f"  {a} -> {b}" for a, b in graph.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _node(box: Box) -> str:
    fill, stroke = COLOURS[box.kind]
    label = "\\n".join(_escaped(text) for text in (box.title, *box.lines))
    return f'{box.id} [label="{label}" fillcolor="{fill}" color="{stroke}"]'


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return clean(text).replace("\\", "\\\\").replace('"', '\\"')


def run_dot(source: str, form: str, timeout: float) -> bytes:
    """Return what graphviz' `dot` makes of the source, as "svg", "png" or "pdf".

    Raises RuntimeError where `dot` is not installed, does not finish in `timeout` seconds, or fails.
    """
    try:
        done = subprocess.run(["dot", f"-T{form}"], input=source.encode(), capture_output=True, timeout=timeout)
    except FileNotFoundError:
        raise RuntimeError(
            "draw: graphviz' program `dot` is not installed. Install it (apt-get install graphviz, or "
            "brew install graphviz), or use engine='builtin', which needs nothing and writes SVG."
        ) from None
    except subprocess.TimeoutExpired:
        raise RuntimeError(
            f"draw: `dot` did not finish in {timeout} seconds. Use engine='builtin', a smaller max_nodes, "
            "or a larger timeout."
        ) from None
    if done.returncode:
        raise RuntimeError(f"draw: `dot` failed: {done.stderr.decode(errors='replace').strip():.300}")
    return done.stdout
