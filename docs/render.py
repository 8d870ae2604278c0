"""Make what is generated anew: `make docs`. A test asserts that it is current.

- `autograd/__init__.pyi` and `autograd/engine/published.pyi`, for editors and type checkers: from the registry
- `docs/operations.md`, every operation and composition: from the registry
- `docs/gallery.md`, every picture with the call that makes it: from `viz/gallery.py`
- `docs/coverage.md`, what every function of NumPy is to a tensor: from the registry and the table of a test
- `docs/edge-cases.md`, what happens at the singular points: from the table that a test runs
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import autograd
import viz
from autograd.engine.published import Published
from autograd.engine.registry import PUBLIC
from autograd.engine.tensor import DISPATCH
from autograd.testing.samples import samples
from tests.autograd import coverage, edge_cases
from viz.gallery import ENTRIES

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Made from the registry by `make docs`.\nfrom typing import Any\n"
ONE_TENSOR = {s.op.name for s in samples(broadcast=False) if isinstance(s.run(*s.arrays()), autograd.Tensor)}
"""The operations that return a tensor, and not several: found by running them."""


# --- stubs ---------------------------------------------------------------------------------------------------


def package_stub() -> str:
    """Return the stub of the package: what `__init__.py` imports, and every published function."""
    source = ast.parse((ROOT / "autograd/__init__.py").read_text())
    imports = [line for node in source.body if isinstance(node, ast.ImportFrom) for line in _reexport(node)]
    functions = [_stub(f"{name}({parameters(f)})", result(f), f) for name, f in sorted(PUBLIC.items())]
    lines = [HEAD, *imports, "", "__version__: str", "", *functions]
    return "\n".join(lines) + "\n"


def published_stub() -> str:
    """Return the stub of the methods and operators that the records add to Tensor."""
    lines = [HEAD, "from autograd.engine.tensor import Tensor", "", "class Published:"]
    methods = vars(Published)
    for name, f in sorted(methods.items()):
        if not inspect.isfunction(f):
            continue
        special = name.startswith("__")
        rest = [p for p in parameters(f).split(", ")[1:] if p != "/"]
        arguments = ", ".join(["self", *rest, *(["/"] if special and rest else [])])
        made_by = PUBLIC.get(name) or methods.get(name.replace("__r", "__", 1)) or f  # a reflection, by its operator
        if name in ("__eq__", "__ne__"):  # as `object` has them, so that they may override its own
            lines.append(f"    def {name}(self, y: object, /) -> Any: ...")
        else:
            lines.append(_stub(f"{name}({arguments})", result(made_by), None if special else made_by, "    "))
    return "\n".join(lines) + "\n"


def parameters(function: Any) -> str:
    """Return the parameters of a published function, as they stand in a stub."""
    op = getattr(function, "op", None)
    if op is None or op.bind is not None or op.wider is not None:
        takes = function if op is None else op.bind or op.wider
        return ", ".join(_parameters(inspect.signature(takes)))
    rule = next((r for r in (op.joint, *op.vjps) if r is not None), None)
    names = list(inspect.signature(rule).parameters)[2 : 2 + op.arity] if rule else list("xyz"[: op.arity])
    arrays = [f"{name.lstrip('_')}: Any" for name in names]
    return ", ".join([*arrays, "/", *(f"{name}: Any = ..." for name in op.options)])


def result(function: Any) -> str:
    """Return the type of what a published function returns; of a composition, what it declares."""
    op = getattr(function, "op", None)
    declared = inspect.signature(function).return_annotation
    return "Tensor" if declared == "Tensor" or (op and op.name in ONE_TENSOR) else "Any"


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    kinds = [p.kind for p in signature.parameters.values()]
    for i, p in enumerate(signature.parameters.values()):
        if p.kind is p.KEYWORD_ONLY and not {p.KEYWORD_ONLY, p.VAR_POSITIONAL} & set(kinds[:i]):
            yield "*"
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        yield f"{stars}{p.name}: Any" + ("" if p.default is p.empty else " = ...")


def _reexport(node: ast.ImportFrom) -> Iterator[str]:
    for name in [alias.name for alias in node.names if alias.name in autograd.__all__]:
        yield f"from {node.module} import {name} as {name}"


def _stub(head: str, returned: str, documented: Any = None, indent: str = "") -> str:
    """Return the lines of a stub's function, with the documentation that an editor shows."""
    head = f"{indent}def {head} -> {returned}:"
    return f"{head} ..." if documented is None else f'{head}\n{indent}    """{_summary(documented)}"""'


def _summary(function: Any) -> str:
    return (function.__doc__ or "").strip().splitlines()[0]


# --- pages ---------------------------------------------------------------------------------------------------


def operations_page() -> str:
    """Return the table of operations, by the file that holds them."""
    served: dict[str, list[str]] = {}
    for key, function in DISPATCH.items():
        if hasattr(key, "__name__") and not (isinstance(key, np.ufunc) and getattr(np, key.__name__, None) is not key):
            module = (getattr(key, "__module__", None) or "numpy").replace("numpy", "np", 1)
            served.setdefault(function.__name__, []).append(f"`{module}.{key.__name__}`")
    rows: dict[str, list[str]] = {}
    for name, function in sorted({f.__name__: f for f in PUBLIC.values()}.items()):
        kind = function.op.kind if hasattr(function, "op") else "composition"
        summary = _summary(function).replace("|", "\\|")
        row = f"| `{name}` | {kind} | {', '.join(served.get(name, []))} | {summary} |"
        rows.setdefault(_file(name, function), []).append(row)
    lines = [
        "# Operations",
        "",
        "Every function of `autograd`, made from the registry by `make docs`. By its Jacobian, an operation is",
        "*elementwise* (diagonal), *linear* (constant), *general* or *stepwise* (zero); a *composition* is",
        "written in terms of operations. Each is also what NumPy's function does to a tensor: `np.exp(t)` is",
        "`autograd.exp(t)`.",
    ]
    for file in sorted(rows):
        lines += ["", f"## {file}", "", "| function | kind | NumPy | |", "|---|---|---|---|", *rows[file]]
    return "\n".join(lines) + "\n"


def _file(name: str, function: Any) -> str:
    """Return the name of the file that holds the record or the composition."""
    op = getattr(function, "op", None)
    code = [op.forward, op.joint, *op.vjps, op.jvp, op.wider] if op else [function]
    for part in code:
        module = getattr(inspect.unwrap(part), "__globals__", {}).get("__name__", "") if part else ""
        if module.startswith("autograd.ops."):
            return str(module.rpartition(".")[2])
    # A step made of NumPy's own function has no code of ours that would tell; its name stands in the file.
    named = re.compile(rf'"{name}"|^{name} = ', re.MULTILINE)
    return next(path.stem for path in sorted((ROOT / "autograd/ops").glob("*.py")) if named.search(path.read_text()))


def picture() -> str:
    """Return the drawing at the head of the README: an expression with its values, after backward."""
    a, b = autograd.tensor(2.0, requires_grad=True), autograd.tensor(3.0, requires_grad=True)
    product = a * b
    total = product + a
    c = total**2 + b
    c.backward(retain_graph=True)
    names = {"a": a, "b": b, "a·b": product, "a·b + a": total, "c": c}
    return viz.draw(c, names, show=("value", "grad")).svg()


GALLERY = """# Gallery

Every picture that the package makes, with the call that makes it. Made by `make docs`; `python -m viz gallery out/`
writes them, and an index.html, into a folder of yours. How to draw: [Drawing](drawing.md).
"""


def gallery_page() -> str:
    """Return the page that shows every picture with the call that makes it."""
    parts = [GALLERY]
    for entry in ENTRIES:
        if entry.file.endswith(".html"):
            continue
        parts.append(f"## {entry.shows}\n\n`{entry.call}`\n\n![{entry.shows}](gallery/{entry.file})\n")
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "autograd/__init__.pyi": package_stub,
    "autograd/engine/published.pyi": published_stub,
    "docs/operations.md": operations_page,
    "docs/coverage.md": coverage.page,
    "docs/edge-cases.md": edge_cases.page,
    "docs/expression.svg": picture,
    "docs/gallery.md": gallery_page,
}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (ROOT / name).write_text(make())
        print(f"wrote {name}")
