"""What C computes beside loops over elements: products of matrices, elements by number, places of extremes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from autograd.compiler.c_expressions import C_TYPES, in_c_types, writer_of
from autograd.compiler.graph import Slot, Value
from autograd.compiler.layout import Layout, contiguous, size_of

if TYPE_CHECKING:
    from autograd.compiler.c_memory import Memory

TINY_PRODUCT: Final = 8192  # multiplications up to which a product is a loop of our own


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
    return last and params["kwargs"].keys() <= {"axis"} and x.dtype.kind == "f" and x.dtype in C_TYPES


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
    return _orientation(a.shape[-2:], layout.strides[-2:]) is None


def _orientation(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int] | None:
    """Return (112 if transposed else 111, leading dimension) for BLAS; None for what it cannot take."""
    (m, n), (row, column) = shape, strides
    if (column == 1 or n == 1) and (row >= n or m == 1):
        return 111, max(row if m > 1 else n, n, 1)
    if (row == 1 or m == 1) and (column >= m or n == 1):
        return 112, max(column if n > 1 else m, m, 1)
    return None


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


def product_source(memory: Memory, value: Value) -> str:
    a, b = value.args
    kind, letter = C_TYPES[value.dtype], "s" if value.dtype.itemsize == 4 else "d"
    (sa, ta), (sb, tb) = (_as_matrix(memory, x, i) for i, x in enumerate((a, b)))
    m, k, n = sa[-2], sa[-1], sb[-1]
    la, lb = (memory.layouts[x] for x in (a, b))
    lead_a, lead_b = sa[:-2], sb[:-2]
    if lead_a and not any(lead_b) and not lead_b and _flat_rows(sa, ta):
        m, ta, sa, lead_a = m * math.prod(lead_a), (ta[-2], ta[-1]), (m * math.prod(lead_a), k), ()
    batch = _broadcast(lead_a, lead_b)
    lines = [
        "{", f"const {kind} *A = {memory.address(la.root)} + {la.offset};",
        f"const {kind} *B = {memory.address(lb.root)} + {lb.offset};", f"{kind} *C = {memory.address(value)};",
    ]  # fmt: skip
    if not (m and n and math.prod(batch)):
        return ""
    if not k:
        return f"memset({memory.address(value)}, 0, {value.nbytes});"
    at_a, at_b = "A", "B"
    for axis, extent in enumerate(batch):
        lines.append(f"for (int64_t g{axis} = 0; g{axis} < {extent}; g{axis}++) {{")
    if batch:
        at_a += _batch_offset(batch, lead_a, ta)
        at_b += _batch_offset(batch, lead_b, tb)
        lines.append(f"const {kind} *Ag = {at_a}, *Bg = {at_b};")
        at_a, at_b = "Ag", "Bg"
    if m * n * k <= TINY_PRODUCT:
        lines.append(_tiny_product(kind, letter, at_a, at_b, (m, k, n), ta[-2:], tb[-2:]))
    else:
        lines.append(_blas(letter, at_a, at_b, (m, k, n), (sa[-2:], ta[-2:]), (sb[-2:], tb[-2:])))
    if batch:
        lines.append(f"C += {m * n};")
    return "\n".join([*lines, *("}" for _ in batch), "}"])


def _as_matrix(memory: Memory, x: Value, i: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    layout = memory.layouts[x]
    if len(x.shape) > 1:
        return x.shape, layout.strides
    n, s = x.shape[0], layout.strides[0]
    return ((1, n), (n * s, s)) if i == 0 else ((n, 1), (s, 1))


def _flat_rows(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Return whether a stack of matrices is one tall matrix."""
    step = strides[-2] * shape[-2]
    for n, s in zip(reversed(shape[:-2]), reversed(strides[:-2]), strict=True):
        if n != 1 and s != step:
            return False
        step *= n
    return strides[-1] == 1 or shape[-1] == 1


def _broadcast(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    return np.broadcast_shapes(a, b)


def _batch_offset(batch: tuple[int, ...], lead: tuple[int, ...], strides: tuple[int, ...]) -> str:
    shift = len(batch) - len(lead)
    return "".join(f" + g{axis + shift} * {strides[axis]}" for axis, n in enumerate(lead) if n != 1 and strides[axis])


def _tiny_product(
    kind: str, letter: str, a: str, b: str, sizes: tuple[int, int, int], ta: tuple[int, ...], tb: tuple[int, ...]
) -> str:
    m, k, n = sizes
    fma = f"GG_FMA_{'F' if letter == 's' else 'D'}"
    if tb[1] == 1 or n == 1 or tb[0] != 1:
        return (
            f"for (int64_t i = 0; i < {m}; i++) {{ {kind} acc[{n}] = {{0}}; for (int64_t l = 0; l < {k}; l++) {{ "
            f"const {kind} x = {a}[i * {ta[0]} + l * {ta[1]}];\n#pragma omp simd\n"
            f"for (int64_t j = 0; j < {n}; j++) acc[j] = {fma}(x, {b}[l * {tb[0]} + j * {tb[1]}], acc[j]); }}\n"
            f"for (int64_t j = 0; j < {n}; j++) C[i * {n} + j] = acc[j]; }}"
        )
    # b is transposed in memory: turned around first, so that the innermost loop goes along rows
    return (
        f"{{ {kind} T[{k * n}]; for (int64_t j = 0; j < {n}; j++) for (int64_t l = 0; l < {k}; l++) "
        f"T[l * {n} + j] = {b}[l * {tb[0]} + j * {tb[1]}];\n"
        + _tiny_product(kind, letter, a, "T", sizes, ta, (n, 1))
        + "}"
    )


def _blas(letter: str, a: str, b: str, sizes: tuple[int, int, int], left: Any, right: Any) -> str:
    m, k, n = sizes
    if n == 1:
        found = _orientation(*left)
        assert found is not None
        trans, ld = found
        rows, columns = (m, k) if trans == 111 else (k, m)
        return f"gg_{letter}gemv(101, {trans}, {rows}, {columns}, 1, {a}, {ld}, {b}, {max(right[1][0], 1)}, 0, C, 1);"
    if m == 1:
        found = _orientation(*right)
        assert found is not None
        trans, ld = found
        rows, columns = (k, n) if trans == 111 else (n, k)
        turned = 112 if trans == 111 else 111
        return f"gg_{letter}gemv(101, {turned}, {rows}, {columns}, 1, {b}, {ld}, {a}, {max(left[1][1], 1)}, 0, C, 1);"
    first, second = _orientation(*left), _orientation(*right)
    assert first is not None
    assert second is not None
    sizes_and_kinds = f"101, {first[0]}, {second[0]}, {m}, {n}, {k}"
    return f"gg_{letter}gemm({sizes_and_kinds}, 1, {a}, {first[1]}, {b}, {second[1]}, 0, C, {n});"
