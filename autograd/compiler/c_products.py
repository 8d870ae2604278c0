"""Products of matrices in C: by a loop where they are tiny, by a kernel of our own up to where threads pay, by BLAS.

BLAS shares a product among threads that wait for each other, from a size on where one alone takes some microseconds. On
cores that have something else to do that wait is milliseconds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd.compiler.c_expressions import C_TYPES
from autograd.compiler.graph import Value

if TYPE_CHECKING:
    from autograd.compiler.c_memory import Memory

TINY_PRODUCT: Final = 8192  # multiplications up to which a product is a loop
LARGE_PRODUCT: Final = 4_000_000  # multiplications from which on several threads are faster
LONGEST_PANEL: Final = 1024  # rows of a panel, which lies on the stack
ROWS: Final = 6
"""Rows that a kernel does at once: with two vectors in each, and what is multiplied, they fill sixteen registers."""


def product_source(memory: Memory, value: Value, kernels: dict[str, str]) -> str:
    """Write a product of two matrices, or of stacks of them; functions that it calls are put into `kernels`."""
    a, b = value.args
    kind, letter = C_TYPES[value.dtype], "s" if value.dtype.itemsize == 4 else "d"
    (sa, ta), (sb, tb) = (_as_matrix(memory, x, i) for i, x in enumerate((a, b)))
    m, k, n = sa[-2], sa[-1], sb[-1]
    la, lb = (memory.layouts[x] for x in (a, b))
    lead_a, lead_b = sa[:-2], sb[:-2]
    if lead_a and not lead_b and _flat_rows(sa, ta):
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
    if m * n * k > TINY_PRODUCT and min(m, n) >= ROWS and m * n * k <= LARGE_PRODUCT and k <= LONGEST_PANEL:
        kernels[kind] = kernel_source(kind, letter)
        strides = ", ".join(map(str, (*ta[-2:], at_b, *tb[-2:])))
        lines.append(f"{kind} panel[{k} * 2 * GG_VECTOR / sizeof({kind})] __attribute__((aligned(64)));")
        lines.append(f"gg_product_{letter}({m}, {k}, {n}, {at_a}, {strides}, C, panel);")
    elif m * n * k <= TINY_PRODUCT:
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
        found = orientation(*left)
        assert found is not None
        trans, ld = found
        rows, columns = (m, k) if trans == 111 else (k, m)
        return f"gg_{letter}gemv(101, {trans}, {rows}, {columns}, 1, {a}, {ld}, {b}, {max(right[1][0], 1)}, 0, C, 1);"
    if m == 1:
        found = orientation(*right)
        assert found is not None
        trans, ld = found
        rows, columns = (k, n) if trans == 111 else (n, k)
        turned = 112 if trans == 111 else 111
        return f"gg_{letter}gemv(101, {turned}, {rows}, {columns}, 1, {b}, {ld}, {a}, {max(left[1][1], 1)}, 0, C, 1);"
    first, second = orientation(*left), orientation(*right)
    assert first is not None
    assert second is not None
    sizes_and_kinds = f"101, {first[0]}, {second[0]}, {m}, {n}, {k}"
    return f"gg_{letter}gemm({sizes_and_kinds}, 1, {a}, {first[1]}, {b}, {second[1]}, 0, C, {n});"


def orientation(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, int] | None:
    """Return (112 if transposed else 111, leading dimension) for BLAS; None for what it cannot take."""
    (m, n), (row, column) = shape, strides
    if (column == 1 or n == 1) and (row >= n or m == 1):
        return 111, max(row if m > 1 else n, n, 1)
    if (row == 1 or m == 1) and (column >= m or n == 1):
        return 112, max(column if n > 1 else m, m, 1)
    return None


# --- the kernel ---


VECTORS: Final = r"""
#if defined(__AVX512F__)
#define GG_VECTOR 64
#elif defined(__AVX__)
#define GG_VECTOR 32
#else
#define GG_VECTOR 16
#endif
#ifdef __clang__
#define GG_CONTRACTED
#define GG_CONTRACT _Pragma("clang fp contract(fast)")
#else
#define GG_CONTRACTED __attribute__((optimize("fp-contract=fast")))
#define GG_CONTRACT
#endif
"""

DRIVER: Final = r"""
/* C = A B, with C in C order. `panel` has room for k rows of two vectors: some columns of B, for all rows of A. */
static void gg_product_@s(
    int64_t m, int64_t k, int64_t n, const @T *A, int64_t a_row, int64_t a_column, const @T *B, int64_t b_row,
    int64_t b_column, @T *C, @T *panel
) {
    const int64_t vector = GG_VECTOR / sizeof(@T);
    for (int64_t j = 0; j < n; j += 2 * vector) {
        const int narrow = n - j <= vector;
        const int64_t wide = narrow ? vector : 2 * vector, width = n - j < wide ? n - j : wide;
        for (int64_t l = 0; l < k; l++) {
            for (int64_t w = 0; w < width; w++) panel[l * wide + w] = B[l * b_row + (j + w) * b_column];
            for (int64_t w = width; w < wide; w++) panel[l * wide + w] = 0;
        }
        for (int64_t i = 0; i < m;) {
            const int several = i + @R <= m;
            (several ? narrow ? gg_rows_@s_@R_1 : gg_rows_@s_@R_2 : narrow ? gg_rows_@s_1_1 : gg_rows_@s_1_2)
                (k, width, A + i * a_row, a_row, a_column, panel, C + i * n + j, n);
            i += several ? @R : 1;
        }
    }
}
"""


def kernel_source(kind: str, letter: str) -> str:
    """Return the C functions that multiply matrices of one dtype."""
    vector = f"typedef {kind} gg_vector_{letter} __attribute__((vector_size(GG_VECTOR)));"
    driver = DRIVER.replace("@T", kind).replace("@s", letter).replace("@R", str(ROWS))
    return "\n".join([vector, *(_rows_source(kind, letter, r, w) for r in (1, ROWS) for w in (1, 2)), driver])


def _rows_source(kind: str, letter: str, rows: int, vectors: int) -> str:
    """Return the C function that multiplies some rows with a panel of one or two vectors, all sums in registers."""
    vector = f"gg_vector_{letter}"
    sums = [(r, w) for r in range(rows) for w in range(vectors)]
    return "\n".join([
        f"GG_CONTRACTED static void gg_rows_{letter}_{rows}_{vectors}(int64_t k, int64_t width, const {kind} *A, "
        f"int64_t a_row, int64_t a_column, const {kind} *panel, {kind} *C, int64_t c_row) {{",
        f"GG_CONTRACT const {vector} *b = (const {vector} *)panel;",
        *(f"{vector} s{r}_{w} = {{0}};" for r, w in sums),
        f"for (int64_t l = 0; l < k; l++, A += a_column, b += {vectors}) {{",
        *(f"const {vector} b{w} = b[{w}];" for w in range(vectors)),
        *(f"s{r}_{w} += A[{r} * a_row] * b{w};" for r, w in sums),
        "}",
        f"if (width * sizeof({kind}) == {vectors} * GG_VECTOR) {{",
        *(f"memcpy(C + {r} * c_row + {w} * GG_VECTOR / sizeof({kind}), &s{r}_{w}, GG_VECTOR);" for r, w in sums),
        "} else {",
        f"{vector} out[{vectors}];",
        *(
            " ".join(f"out[{w}] = s{r}_{w};" for w in range(vectors))
            + f" memcpy(C + {r} * c_row, out, width * sizeof({kind}));"
            for r in range(rows)
        ),
        "}", "}", "",
    ])  # fmt: skip
