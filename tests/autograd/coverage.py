"""Every public function of NumPy, np.linalg and np.fft: what it is to a tensor, or why it takes none.

The table parametrises a test, and `make docs` renders it as docs/coverage.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from autograd.engine.tensor import DISPATCH

MODULES: Final[dict[str, Any]] = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}

NOT_FOR_TENSORS: Final[dict[str, str]] = {
    "makes an array of shapes and plain numbers": (
        "arange empty eye full identity indices ones tri tril_indices triu_indices zeros diag_indices fromfunction "
        "mask_indices bartlett blackman hamming hanning fftfreq rfftfreq"
    ),
    "NumPy does not hand it on; `autograd.kaiser` is differentiable by beta": "kaiser",
    "NumPy does not hand it on: `np.stack`, `autograd.as_tensor` or `autograd.numpy.array` take tensors": (
        "array asarray asanyarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix bmat require"
    ),
    "makes an array of text, files or memory": (
        "from_dlpack frombuffer fromfile fromiter fromregex fromstring genfromtxt load loadtxt"
    ),
    "is about shapes, dtypes or single values": (
        "broadcast_shapes isdtype isscalar issubdtype iterable mintypecode promote_types nested_iters"
    ),
    "is about dates": "busday_count busday_offset datetime_as_string datetime_data is_busday isnat",
    "writes numbers as text": "base_repr binary_repr format_float_positional format_float_scientific",
    "is a setting, or information": (
        "get_include get_printoptions getbufsize geterr geterrcall info printoptions set_printoptions setbufsize "
        "seterr seterrcall show_config show_runtime test"
    ),
    "makes a ufunc of a Python function, which `autograd.extend.defvjp` gives a derivative": "frompyfunc",
    "is an old name, of `vstack`": "row_stack",
}

REASONS: Final = {name: reason for reason, names in NOT_FOR_TENSORS.items() for name in names.split()}


HEAD: Final = """# Coverage

Every public function of NumPy {version}, made by `make docs`. A tensor among the arguments of a function runs ours in
its place. *elementwise*, *linear*, *general* operations and *compositions* of them have derivatives of every order, in
reverse and forward mode. A *step* has the derivative zero. What only *reads values* leaves the graph. All others take
no tensor, and say so by `NotImplementedError` or `TypeError`; why is said here. SciPy's are in `autograd.scipy`."""


def functions(module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public functions of a module, by name."""
    for name in sorted(dir(module)):
        function = getattr(module, name)
        if not name.startswith("_") and callable(function) and not isinstance(function, type):
            yield name, function


def kind_of(function: Any) -> str | None:
    """Return what a function of NumPy is to a tensor; None if it takes none."""
    ours = DISPATCH.get(function)
    if ours is None:
        return None
    if hasattr(ours, "op"):
        kind: str = ours.op.kind
        return "no derivative: a step" if kind == "stepwise" else kind
    return "no derivative: reads values" if hasattr(ours, "unrecorded") else "composition"


def options_not_taken(function: Any) -> list[str]:
    """Return the options that a function of NumPy has and ours has not. What `out` is given is refused for all."""
    theirs = [p for p in inspect.signature(function).parameters.values() if p.default is not p.empty]
    ours = DISPATCH[function]
    op = getattr(ours, "op", None)
    known = set() if op is None else set(op.options)
    for target in (inspect.unwrap(ours),) if op is None else filter(None, (op.wider, op.bind)):
        parameters = inspect.signature(target).parameters.values()
        known |= {p.name for p in parameters}
        if any(p.kind is p.VAR_KEYWORD for p in parameters):
            return []
    return [p.name for p in theirs if p.name not in {*known, "out"} and p.kind is not p.POSITIONAL_ONLY]


def page() -> str:
    """Return the page of all functions."""
    version = ".".join(np.__version__.split(".")[:2])
    lines = [HEAD.format(version=version)]
    for title, module in MODULES.items():
        known = [(name, kind_of(f)) for name, f in functions(module)]
        count = sum(kind is not None and not kind.startswith("no") for _, kind in known)
        lines += [
            "",
            f"## {title}",
            "",
            f"{count} of {len(known)} have derivatives.",
            "",
            "| function | to a tensor |",
            "|---|---|",
        ]
        lines += [f"| `{title}.{name}` | {kind or 'takes none: ' + REASONS.get(name, '?')} |" for name, kind in known]
    return "\n".join(lines) + "\n"
