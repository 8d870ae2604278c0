"""The page of a graph: one file, harmless whatever the names are, and what it does in a browser."""

from __future__ import annotations

import html.parser
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
import nn
import viz
from tests.viz.graphs import hostile_names, leaf

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


class Elements(html.parser.HTMLParser):
    """All tags with their attributes, and the text of the script that holds the facts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.facts = ""
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") == "facts"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.facts += data
            self._inside = False


def layered() -> viz.Drawing:
    """Return a drawing of three layers and a loss, with the lines that the operations were called at."""
    nn.set_random_seed(0)
    model = nn.Sequential([nn.Dense(4, "relu", input_dim=3), nn.Dense(4, "tanh"), nn.Dense(1)])
    model.compile("sgd", "mse")
    with autograd.detect_anomaly():
        loss = model.loss_on(np.ones((2, 3)), np.ones(2))
    return viz.draw(loss, model)


def test_it_needs_nothing_else() -> None:
    """No address but that of SVG's namespace, and a policy that lets the page load nothing."""
    text = layered().html()
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) == {"http://www.w3.org/2000/svg"}
    page = Elements(text)
    assert not [(tag, attrs) for tag, attrs in page.tags if {"src", "href", "srcset", "action"} & attrs.keys()]
    assert "default-src 'none'" in text and len(json.loads(page.facts)) == 2


def test_hostile_names() -> None:
    """Three hundred names that try to break out stay text: no element, no attribute, no script comes of them."""
    plain = viz.draw(sum(leaf() for _ in range(2)))  # type: ignore[arg-type]
    known = {tag for tag, _ in Elements(plain.html()).tags}
    names = hostile_names()
    leaves = {name: leaf() for name in names}
    page = Elements(viz.draw(list(leaves.values()), leaves, max_nodes=400).html())
    assert {tag for tag, _ in page.tags} <= known
    assert sum(tag == "script" for tag, _ in page.tags) == 2
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    titles = {box["title"] for box in json.loads(page.facts)[0].values()}
    assert titles == set(leaves)


def test_views() -> None:
    """Layers where there are groups; all operations where some are folded; steps where backward can be shown."""
    names = lambda drawing: [attrs["data-name"] for tag, attrs in Elements(drawing.html()).tags if tag == "section"]
    assert names(layered()) == ["As drawn", "Layers"]
    x = leaf()
    y = x
    for _ in range(200):
        y = np.sin(y)
    assert names(viz.draw(y)) == ["As drawn", "All operations"]
    assert names(viz.draw(x * x)) == ["Graph"]
    assert names(viz.draw(x * x, {"x": x}, show=("grad",))) == ["Graph", "Step 1", "Step 2"]
    for _ in range(3000):
        y = np.sin(y)
    assert names(viz.draw(y)) == ["Graph"]


def test_saved(tmp_path: Path) -> None:
    """`save` writes the page, and the plain data as JSON."""
    drawing = layered()
    drawing.save(tmp_path / "g.html")
    assert (tmp_path / "g.html").read_text(encoding="utf-8") == drawing.html()
    drawing.save(tmp_path / "g.json")
    found = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    assert found["nodes"] == drawing.nodes and [tuple(edge) for edge in found["edges"]] == drawing.edges


def in_browser(page: str, actions: str, folder: Path) -> Any:
    """Return what JavaScript returns that is run in the page after it has loaded."""
    script = f"""<script>
addEventListener("load", async () => {{
  const shown = () => document.querySelector("section.shown");
  const at = element => {{
    const {{ x, y, width, height }} = element.getBoundingClientRect();
    return {{ clientX: x + width / 2, clientY: y + height / 2, bubbles: true }};
  }};
  const box = text => [...shown().querySelectorAll(".box")].find(b => b.textContent.startsWith(text));
  let found;
  try {{ found = await (async () => {{ {actions} }})(); }} catch (error) {{ found = {{ error: String(error) }}; }}
  const out = document.createElement("pre");
  out.id = "found";
  out.textContent = JSON.stringify(found);
  document.body.append(out);
}});
</script>"""
    file = folder / "page.html"
    file.write_text(page.replace("</body>", f"{script}</body>"), encoding="utf-8")
    assert BROWSER is not None
    command = [
        BROWSER, "--headless", "--disable-gpu", "--window-size=1000,700", "--virtual-time-budget=4000",
        f"--user-data-dir={folder / 'profile'}", *["--no-sandbox"] * (os.name == "posix" and os.getuid() == 0),
        "--dump-dom", file.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    match = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.S)
    assert match, done.stderr[-2000:]
    return json.loads(html.unescape(match[1]))


@needs_browser
def test_moving_and_zooming(tmp_path: Path) -> None:
    """The wheel zooms about the pointer, dragging moves, and a button brings the whole picture back."""
    found = in_browser(
        layered().html(),
        """
        const svg = shown().firstElementChild, main = document.querySelector("main");
        const view = () => svg.getAttribute("viewBox").split(" ").map(Number);
        const start = view();
        const area = main.getBoundingClientRect();
        const corner = { clientX: area.left, clientY: area.top, bubbles: true };
        main.dispatchEvent(new WheelEvent("wheel", { ...corner, deltaY: -400, cancelable: true }));
        const closer = view();
        const place = { clientX: 300, clientY: 300, bubbles: true };
        main.dispatchEvent(new PointerEvent("pointerdown", place));
        main.dispatchEvent(new PointerEvent("pointermove", { ...place, clientX: 400 }));
        main.dispatchEvent(new PointerEvent("pointerup", place));
        const moved = view();
        document.querySelector("[data-do=fit]").click();
        return { start, closer, moved, again: view() };
        """,
        tmp_path,
    )
    start, closer = found["start"], found["closer"]
    assert closer[2] < start[2] * 0.7 and closer[:2] == pytest.approx(start[:2], abs=1e-6)
    assert found["moved"][0] < closer[0] and found["moved"][1:] == closer[1:]
    assert found["again"] == start


@needs_browser
def test_searching(tmp_path: Path) -> None:
    """What does not match fades; Enter goes from match to match; Escape ends it."""
    found = in_browser(
        layered().html(),
        """
        const input = document.querySelector("input"), said = () => document.querySelector("output").textContent;
        const type = text => { input.value = text; input.dispatchEvent(new Event("input")); };
        const press = key => input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        type("MATMUL");
        const first = [said(), shown().querySelectorAll(".found").length];
        press("Enter"); press("Enter");
        const second = said();
        type("nothing like it");
        const none = said();
        press("Escape");
        return { first, second, none, end: [said(), shown().querySelectorAll(".found, .searching").length] };
        """,
        tmp_path,
    )
    assert found == {"first": ["3 found", 3], "second": "2 of 3", "none": "0 found", "end": ["", 0]}


@needs_browser
def test_opening_and_closing_layers(tmp_path: Path) -> None:
    """A click on a layer shows its operations, one on the title of a group closes it; buttons say which is shown."""
    found = in_browser(
        layered().html(),
        """
        const names = () => [shown().dataset.name, document.querySelector("[aria-pressed=true]").textContent];
        const start = names();
        const title = [...shown().querySelectorAll(".group-title")].find(t => t.textContent === "dense_1");
        title.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        const closed = [...names(), shown().querySelectorAll(".box").length];
        box("dense_1").dispatchEvent(new MouseEvent("click", { bubbles: true }));
        return { start, closed, opened: names() };
        """,
        tmp_path,
    )
    assert found == {
        "start": ["As drawn", "As drawn"], "closed": ["Layers", "Layers", 4], "opened": ["As drawn", "As drawn"]
    }  # fmt: skip


@needs_browser
def test_pointing_at_a_box(tmp_path: Path) -> None:
    """A note says all that is known, with the line that called the operation; arrows and neighbours stand out."""
    found = in_browser(
        layered().html(),
        """
        const target = box("relu"), tip = document.querySelector("aside");
        const before = tip.hidden;
        target.dispatchEvent(new PointerEvent("pointerover", at(target)));
        const text = tip.textContent, near = shown().querySelectorAll(".near").length;
        document.querySelector("main").dispatchEvent(new PointerEvent("pointerleave"));
        return { before, text, near, after: [tip.hidden, shown().querySelectorAll(".near").length] };
        """,
        tmp_path,
    )
    assert found["before"] is True and found["after"] == [True, 0] and found["near"] == 4
    assert found["text"].startswith("relu(2, 4)in densemade at ") and "test_page.py" in found["text"]


@needs_browser
def test_steps_by_the_keyboard(tmp_path: Path) -> None:
    """The arrow keys go through backward, and the part that is looked at stays."""
    x = autograd.tensor(3.0, requires_grad=True)
    found = in_browser(
        viz.draw(x * x, {"x": x}, show=("value", "grad")).html(),
        """
        const view = () => shown().firstElementChild.getAttribute("viewBox");
        const press = key => dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        press("ArrowRight");
        press("+");
        const zoomed = view();
        press("ArrowRight");
        return { name: shown().dataset.name, text: box("x").textContent, same: view() === zoomed };
        """,
        tmp_path,
    )
    assert found == {"name": "Step 2", "text": "x3grad 6", "same": True}
