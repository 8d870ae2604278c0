"""Make what is generated from the registry anew: `make docs`. A test asserts that it is current.

- `autograd/__init__.pyi` and `autograd/engine/published.pyi`: what editors and type checkers read
- `docs/operations.md`: every operation and composition
- `docs/edge-cases.md`: what happens at the singular points, from the data that the test runs
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import autograd
from autograd.engine.op import PUBLIC
from autograd.engine.published import Published
from autograd.engine.tensor import DISPATCH
from tests.autograd import edge_cases

ROOT = Path(__file__).resolve().parent.parent


def parameters(function: Any) -> str:
    """Return the parameters of a published function, as they stand in a stub."""
    op = getattr(function, "op", None)
    if op is None:
        return ", ".join(_parameters(inspect.signature(function)))
    if op.bind != op._positional:
        return ", ".join(_parameters(inspect.signature(op.bind)))
    rule = next((r for r in (op.joint, *op.vjps) if r is not None), None)
    names = list(inspect.signature(rule).parameters)[2 : 2 + op.arity] if rule else list("xyz"[: op.arity])
    arrays = [f"{name.lstrip('_')}: Any" for name in names]
    return ", ".join([*arrays, *(f"{name}: Any = ..." for name in op.options)])


def _parameters(signature: inspect.Signature) -> Iterator[str]:
    keyword_only = False
    for p in signature.parameters.values():
        stars = {p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "")
        if p.kind is p.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            yield "*"
        yield f"{stars}{p.name}: Any" + ("" if p.default is p.empty else " = ...")


def package_stub() -> str:
    """Return the stub of the package: what `__init__.py` imports, and every published function."""
    source = (ROOT / "autograd/__init__.py").read_text()
    imports = [line for line in source.splitlines() if line.startswith("from ") and "PUBLIC" not in line]
    imports = [_reexported(line) for line in imports if not line.startswith("from autograd import")]
    functions = [f"def {name}({parameters(PUBLIC[name])}) -> Any: ..." for name in sorted(PUBLIC) if name != "divmod"]
    head = ["# Made from the registry by `make docs`.", "from typing import Any", "", *imports]
    own = "from autograd.engine.op import OPS as OPS, elementwise as elementwise, general as general"
    head += [own + ", linear as linear, stepwise as stepwise", "", "__version__: str", ""]
    return "\n".join([*head, *functions, f"def divmod({parameters(PUBLIC['divmod'])}) -> Any: ..."]) + "\n"


def _reexported(line: str) -> str:
    head, _, names = line.partition(" import ")
    return f"{head} import {', '.join(f'{name} as {name}' for name in names.split(', '))}"


def tensor_stub() -> str:
    """Return the stub of the methods and operators that the records add to Tensor."""
    lines = ["# Made from the registry by `make docs`.", "from typing import Any", "", "class Published:"]
    for name, function in sorted(vars(Published).items()):
        if not callable(function) or name == "__doc__":
            continue
        if name in ("__eq__", "__ne__"):
            lines.append(f"    def {name}(self, y: object, /) -> Any: ...")
        elif name.startswith("__r") and name.endswith("__") and name not in ("__round__", "__rshift__"):
            lines.append(f"    def {name}(self, x: Any, /) -> Any: ...")
        else:
            _, _, rest = parameters(function).partition(", ")
            rest = f"{rest}, /" if name.startswith("__") and rest else rest
            lines.append(f"    def {name}(self{', ' if rest else ''}{rest}) -> Any: ...")
    return "\n".join(lines) + "\n"


def operations_page() -> str:
    """Return the table of operations, by the file that holds them."""
    served: dict[str, list[str]] = {}
    for key, function in DISPATCH.items():
        if hasattr(key, "__name__") and function.__name__ in PUBLIC:
            module = (getattr(key, "__module__", None) or "numpy").replace("numpy", "np", 1)
            served.setdefault(function.__name__, []).append(f"`{module}.{key.__name__}`")
    lines = [
        "# Operations",
        "",
        "Every function of `autograd`, made from the registry by `make docs`. By the structure of its Jacobian an",
        "operation is *elementwise* (diagonal), *linear* (constant), *general* or *stepwise* (zero); a *composition* is",
        "written in terms of operations. Each is also a door for NumPy's function, so `np.exp(t)` is `autograd.exp(t)`.",
        "",
    ]
    names = {function.__name__: function for function in PUBLIC.values()}
    for file in sorted({_file(function) for function in names.values()}):
        lines += [f"## {file}", "", "| function | kind | NumPy | |", "|---|---|---|---|"]
        for name, function in sorted(names.items()):
            if _file(function) == file:
                op = getattr(function, "op", None)
                doc = (function.__doc__ or "").strip().splitlines()[0].replace("|", "\\|")
                lines.append(
                    f"| `{name}` | {op.kind if op else 'composition'} | {', '.join(served.get(name, []))} | {doc} |"
                )
        lines.append("")
    return "\n".join(lines)


def _file(function: Any) -> str:
    op = getattr(function, "op", None)
    rules = [op.forward, op.joint, *op.vjps, op.jvp] if op else [inspect.unwrap(function)]
    modules = [getattr(inspect.unwrap(r), "__globals__", {}).get("__name__", "") for r in rules if r is not None]
    return next((m.rpartition(".")[2] for m in modules if m.startswith("autograd.ops.")), "comparison")


PAGES = {
    "autograd/__init__.pyi": package_stub,
    "autograd/engine/published.pyi": tensor_stub,
    "docs/operations.md": operations_page,
    "docs/edge-cases.md": edge_cases.page,
}

if __name__ == "__main__":
    assert autograd.OPS
    for path, make in PAGES.items():
        (ROOT / path).write_text(make())
        print(f"wrote {path}")
