"""What C computes beside loops over elements: products of matrices, elements by number, places of extremes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from autograd.compiler.c_expressions import C_TYPES, in_c_types, writer_of
from autograd.compiler.c_products import orientation
from autograd.compiler.graph import Slot, Value
from autograd.compiler.layout import Layout, contiguous, size_of

if TYPE_CHECKING:
    from autograd.compiler.c_memory import Memory


def known_to_c(value: Value) -> bool:
    """Return whether C can compute a value; else it is left to NumPy."""
    if value.kind == "elementwise":
        return writer_of(value) is not None
    if value.kind in ("reduce", "store"):
        return in_c_types(value)
    if value.kind == "check":
        return True
    if value.kind == "call":
        return picked(value) is not None or is_arg_extreme(value)
    if value.kind == "matmul":
        return value.dtype.kind == "f" and in_c_types(value) and all(a.dtype == value.dtype for a in value.operands())
    return False


def is_arg_extreme(value: Value) -> bool:
    """Return whether a call is an argmax or argmin along the last axis."""
    params = value.params
    if params["key"] not in (np.argmax, np.argmin) or len(value.args) != 1 or len(params["args"]) != 1:
        return False
    x, axis = value.args[0], params["kwargs"].get("axis")
    last = axis in (-1, len(x.shape) - 1) or (axis is None and len(x.shape) == 1)
    return bool(x.shape) and last and params["kwargs"].keys() <= {"axis"} and x.dtype.kind == "f" and x.dtype in C_TYPES


class Picked(NamedTuple):
    """A call that reads, or adds to, the elements of `x` that arrays of whole numbers name along its first axes."""

    x: Value
    indices: list[Value]
    added: Value | None  # what is added there
    shape: tuple[int, ...]  # of the indices together
    rest: tuple[int, ...]  # the axes behind, which are taken whole


def picked(value: Value) -> Picked | None:
    """Return what x[i, j, …] or np.add.at(x, (i, j, …), v) is about, if C can do it."""
    key, args = value.params["key"], value.params["args"]
    if value.dtype is None or value.dtype not in C_TYPES or value.params["kwargs"]:
        return None
    if key == "take_at":
        parts, added = args[2:], None
    elif key == ("at", np.add) and len(args) == 3 and isinstance(args[2], Slot):
        inside = args[1]
        parts = (inside,) if isinstance(inside, Slot) else inside if isinstance(inside, tuple) else ()
        added = value.args[args[2].position]
    else:
        return None
    if not parts or not all(isinstance(part, Slot) for part in parts):
        return None
    x, indices = value.args[0], [value.args[part.position] for part in parts]
    if any(i.dtype.kind not in "iu" or i.dtype not in C_TYPES for i in indices) or x.dtype != value.dtype:
        return None
    shape = np.broadcast_shapes(*(i.shape for i in indices))
    rest = x.shape[len(indices) :]
    if added is not None and (added.shape != (*shape, *rest) or added.dtype != x.dtype):
        return None
    return Picked(x, indices, added, shape, rest)


def operand_must_be_copied(value: Value, i: int, layout: Layout) -> bool:
    """Return whether an operand lies in a way that its user cannot take it: BLAS wants rows or columns."""
    a = value.args[i]
    if value.kind in ("call",) or (value.kind in ("elementwise", "reduce") and not known_to_c(value)):
        return layout.root is not a
    if value.kind != "matmul" or not known_to_c(value) or len(a.shape) < 1:
        return value.kind == "matmul" and layout.root is not a
    if len(a.shape) == 1:
        return layout.strides[0] < 1 and a.shape[0] > 1
    return orientation(a.shape[-2:], layout.strides[-2:]) is None


# --- in C -----------------------------------------------------------------------------------------------------------


def picked_source(memory: Memory, value: Value) -> str:
    """Write x[i, j, …], or x with something added there; an index beyond the axis ends the run with code 4."""
    found = picked(value)
    assert found is not None
    kind, n = C_TYPES[value.dtype], size_of(found.rest)
    lines = ["{", f"{kind} *Y = {memory.address(value)};", f"const {kind} *X = {memory.start(found.x)};"]
    if found.added is not None:
        lines.append(f"const {kind} *V = {memory.start(found.added)};")
        lines.append(f"memcpy(Y, X, {value.nbytes});")
    for k, index in enumerate(found.indices):
        lines.append(f"const {C_TYPES[index.dtype]} *J{k} = {memory.start(index)};")
    lines.append("int64_t o = 0;")
    for d, extent in enumerate(found.shape):
        lines.append(f"for (int64_t b{d} = 0; b{d} < {extent}; b{d}++)")
    lines += ["{", "int64_t at = 0, i;"]
    for k, index in enumerate(found.indices):
        lead = len(found.shape) - len(index.shape)
        strides = contiguous(index.shape)
        where = " + ".join(
            f"b{lead + d} * {s}" for d, (m, s) in enumerate(zip(index.shape, strides, strict=True)) if m != 1
        )
        size = found.x.shape[k]
        lines.append(f"i = (int64_t)J{k}[{where or 0}]; if (i < 0) i += {size}; if (i < 0 || i >= {size}) return 4;")
        lines.append(f"at = at * {size} + i;")
    step = f"Y[o * {n} + r] = X[at * {n} + r]" if found.added is None else f"Y[at * {n} + r] += V[o * {n} + r]"
    return "\n".join([*lines, f"for (int64_t r = 0; r < {n}; r++) {step};", "o++;", "}", "}"])


def arg_extreme_source(memory: Memory, value: Value) -> str:
    """Write the index of the first extreme along the last axis; a nan is one."""
    x = value.args[0]
    n, kind = x.shape[-1], C_TYPES[x.dtype]
    sign = ">" if value.params["key"] is np.argmax else "<"
    return (
        f"{{ const {kind} *X = {memory.start(x)}; int64_t *Y = {memory.address(value)};\n"
        f"for (int64_t r = 0; r < {value.size}; r++, X += {n}) {{ int64_t b = 0; for (int64_t i = 1; i < {n}; i++) "
        f"if (X[b] == X[b] && (X[i] {sign} X[b] || X[i] != X[i])) b = i; Y[r] = b; }} }}"
    )
