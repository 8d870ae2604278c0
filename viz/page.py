"""A graph as one page that holds all it needs: to move in, to search, and to open and close layers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from viz.model import Box, Graph
from viz.svg import svg
from viz.text import clean

_HERE: Final = Path(__file__).parent


def page(views: Mapping[str, Graph], title: str) -> str:
    """Return a page with a picture for each view, by the words on its button, of which the first is shown."""
    pictures, facts = [], []
    for i, (name, graph) in enumerate(views.items()):
        pictures.append(f'<section data-view="{i}" data-name="{escape(name)}">{svg(graph, live=f"v{i}")}</section>')
        known = {f"v{i}{box.id}": _facts(graph, box) for box in graph.boxes if not graph.columns}
        for number in graph.shown:
            boxes = graph.columns[number].gone | graph.columns[number].boxes
            known |= {f"v{i}{id}c{number}": _facts(graph, box) for id, box in boxes.items()}
        for number, column in enumerate(graph.ladder.columns if graph.ladder is not None else (), 1):
            known |= {
                f"v{i}{id}c{number}": _facts(graph, Box(id, "gradient", title, lines))
                for id, (title, lines) in column.items()
            }
        facts.append(known)
    script = (_HERE / "page.js").read_text(encoding="utf-8")
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>{escape(clean(title))}</title>
<style>
{style}</style>
</head>
<body>
<header>
<nav></nav>
<label><input type="search" placeholder="Search: a name, an operation, a shape" aria-label="Search"></label>
<output></output>
<button type="button" data-do="fit">Whole picture</button>
</header>
<main>
{"".join(pictures)}
</main>
<aside hidden></aside>
<script type="application/json" id="facts">{_json(facts)}</script>
<script>
{script}</script>
</body>
</html>
"""


def _facts(graph: Graph, box: Box) -> dict[str, Any]:
    """Return what is known of a box, in words."""
    return {
        "title": box.title,
        "lines": box.lines,
        "group": graph.groups.get(box.group or "", ""),
        "site": box.site or "",
        "kind": box.kind,
    }


def _json(value: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
