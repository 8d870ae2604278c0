"""Products of matrices, and what comes from factorising them."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd.engine.broadcasting import (
    Axis,
    astype,
    matrix_transpose,
    normalized_axes,
    restore_axes,
    unbroadcast,
)
from autograd.engine.derivative import in_one
from autograd.engine.domain import DISTINCT, INVERTIBLE, POSITIVE_DEFINITE
from autograd.engine.registry import composite, general, publish
from autograd.engine.tensor import as_tensor, value_of


def _product(a: Any, b: Any) -> Any:
    """Return a @ b of plain matrices: by .dot where they are tiny, in half the time; of large ones it takes longer."""
    return a.dot(b) if a.size < 4096 else a @ b


def _matmul_a(g: Any, _out: Any, _a: Any, b: Any) -> Any:
    if type(g) is type(b) is np.ndarray and b.ndim == len(_a.shape) == 2:
        return _product(g, b.T)
    if b.ndim == 1:
        return _fit(np.expand_dims(g, -1) * b if len(_a.shape) > 1 else g * b, _a.shape)
    if len(_a.shape) == 1:
        return _fit(np.matmul(b, np.expand_dims(g, -1))[..., 0], _a.shape)
    return _fit(g @ matrix_transpose(b), _a.shape)


def _matmul_b(g: Any, _out: Any, a: Any, _b: Any) -> Any:
    if type(g) is type(a) is np.ndarray and a.ndim == len(_b.shape) == 2:
        return _product(a.T, g)
    if a.ndim == 1:
        return _fit(np.expand_dims(a, -1) * np.expand_dims(g, -2) if len(_b.shape) > 1 else g * a, _b.shape)
    if len(_b.shape) == 1:
        if a.ndim == 2:
            return g @ a
        return _fit(np.matmul(matrix_transpose(a), np.expand_dims(g, -1))[..., 0], _b.shape)
    if len(_b.shape) == 2 and a.ndim > 2:  # one matrix for a stack: one product instead of many and a sum
        return matrix_transpose(np.reshape(a, (-1, a.shape[-1]))) @ np.reshape(g, (-1, g.shape[-1]))
    return _fit(matrix_transpose(a) @ g, _b.shape)


def _fit(c: Any, shape: tuple[int, ...]) -> Any:
    return c if c.shape == shape else unbroadcast(c, shape)


def _matmul_advice(a: Any, b: Any) -> str:
    if not np.ndim(a) or not np.ndim(b):
        return "a product of matrices needs at least one axis on each side; use * to scale by a number"
    inner = b.shape[-2] if b.ndim > 1 else b.shape[0]
    if a.shape[-1] == inner:
        return ""
    advice = f"inner sizes {a.shape[-1]} and {inner} differ."
    if b.ndim > 1 and b.shape[-1] == a.shape[-1]:
        advice += " Did you mean a @ b.T?"
    elif a.ndim > 1 and a.shape[-2] == inner:
        advice += " Did you mean a.T @ b?"
    return advice


matmul = general(
    np.matmul, _matmul_a, _matmul_b, operator="matmul", one_array=True, advice=_matmul_advice,
    jvp=lambda ts, _out, a, b: (
        ts[0] @ b if ts[1] is None else a @ ts[1] if ts[0] is None else ts[0] @ b + a @ ts[1]
    ),
    samples=(
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 2)),
        ((2, 1, 2, 3), (4, 3, 2)),
        ((5, 2, 3), (3, 2)),
        ((3,), (2, 3, 4)),
        ((2, 4, 3), (3,)),
    ),
    doc="The matrix product a @ b; leading axes are a stack and broadcast, a 1-d operand is a row or a column.",
)  # fmt: skip


def _rank(x: Any) -> int:
    """Return np.ndim(x), which on a tensor would take the way of a call of NumPy's."""
    return len(x.shape) if hasattr(x, "shape") else np.ndim(x)


def dot(a: Any, b: Any) -> Any:
    """Return the product over the last axis of a and the last but one of b, or a * b where one is 0-d."""
    rank = _rank(b)
    if rank == 0 or a.ndim == 0:
        return a * b
    if rank <= 2:
        return matmul(a, b)
    return tensordot(a, b, axes=((a.ndim - 1,), (rank - 2,)))


def inner(a: Any, b: Any) -> Any:
    """Return the product over the last axes of a and b."""
    rank = _rank(b)
    if rank == 0 or a.ndim == 0:
        return a * b
    return tensordot(a, b, axes=((a.ndim - 1,), (rank - 1,)))


def outer(a: Any, b: Any) -> Any:
    """Return every product of an element of a with one of b, as a matrix."""
    return np.reshape(a, (-1, 1)) * np.reshape(b, (1, -1))


def vdot(a: Any, b: Any) -> Any:
    """Return the sum of the products of all elements of a, conjugated, and b."""
    first = np.reshape(a, (-1,))
    return matmul(np.conj(first) if first.dtype.kind == "c" else first, np.reshape(b, (-1,)))


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return the sum of products over `axes`: a number of last and first axes, or a pair of sequences."""
    a, b = (x if hasattr(x, "shape") else as_tensor(x) for x in (a, b))
    if isinstance(axes, int):
        left, right = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    else:
        left, right = (
            tuple(i % t.ndim for i in (ax if isinstance(ax, tuple | list) else (ax,)))
            for ax, t in zip(axes, (a, b), strict=True)
        )
    if [a.shape[i] for i in left] != [b.shape[i] for i in right]:
        raise ValueError(f"tensordot: axes {left} of shape {a.shape} and {right} of shape {b.shape} differ in size")
    rows = tuple(i for i in range(a.ndim) if i not in left)
    columns = tuple(i for i in range(b.ndim) if i not in right)
    outer_a, outer_b = tuple(a.shape[i] for i in rows), tuple(b.shape[i] for i in columns)
    summed = (prod(a.shape[i] for i in left),)
    flat_a = _reordered(a, rows + left, ((prod(outer_a),) if rows else ()) + summed)
    flat_b = _reordered(b, right + columns, summed + ((prod(outer_b),) if columns else ()))
    return _shaped(matmul(flat_a, flat_b), outer_a + outer_b)


def _reordered(x: Any, axes: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    return _shaped(x if axes == tuple(range(x.ndim)) else np.transpose(x, axes), shape)


def _shaped(x: Any, shape: tuple[int, ...]) -> Any:
    return x if x.shape == shape else np.reshape(x, shape)


for _function in (dot, inner, outer, vdot):
    composite(_function, numpy=getattr(np, _function.__name__), method=_function in (dot,))
publish(tensordot, numpy=np.tensordot, method=False)


# --- systems and determinants ------------------------------------------------------------------------------


def _square_advice(a: Any, *_: Any, **__: Any) -> str:
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        return f"needs square matrices, shape (..., n, n); a has shape {a.shape}"
    condition = np.max(np.linalg.cond(a)) if np.all(np.isfinite(a)) else np.nan
    return f"the matrix is singular: its condition number is {condition:.3g}" if not condition < 1e15 else ""


def _solve_advice(a: Any, b: Any) -> str:
    if a.ndim >= 2 and b.ndim and a.shape[-1] != b.shape[-1 if b.ndim == 1 else -2]:
        return f"a has {a.shape[-1]} columns, so b needs as many rows; it has shape {b.shape}"
    return _square_advice(a)


def _columns(x: Any, single: bool) -> Any:
    """Return x as columns: with a last axis of size 1 where the right-hand side was a single vector."""
    return np.expand_dims(x, -1) if single else x


def _solve_a(g: Any, out: Any, a: Any, _b: Any) -> Any:
    single = len(_b.shape) == 1
    adjoint = np.linalg.solve(matrix_transpose(a), _columns(g, single))
    return _fit(np.negative(adjoint) @ matrix_transpose(_columns(out, single)), a.shape)


def _solve_b(g: Any, _out: Any, a: Any, _b: Any) -> Any:
    single = len(_b.shape) == 1
    adjoint = np.linalg.solve(matrix_transpose(a), _columns(g, single))
    return _fit(adjoint[..., 0] if single else adjoint, _b.shape)


def _solve_jvp(ts: tuple[Any, ...], out: Any, a: Any, _b: Any) -> Any:
    single = len(_b.shape) == 1
    right = 0 if ts[1] is None else _columns(ts[1], single)
    if ts[0] is not None:
        right = right - ts[0] @ _columns(out, single)
    t = np.linalg.solve(a, right)
    return t[..., 0] if single else t


solve = general(
    np.linalg.solve, _solve_a, _solve_b, jvp=_solve_jvp, domain=(INVERTIBLE, DISTINCT), advice=_solve_advice,
    samples=(((3, 3), (3, 2)), ((3, 3), (3,)), ((2, 3, 3), (2, 3, 1)), ((2, 3, 3), (3,)), ((3, 3), (4, 3, 2))),
    method=False,
    doc="x with a @ x = b; a is (..., n, n), b is (..., n, k), or (n,) for one right-hand side.",
)  # fmt: skip
inv = general(
    np.linalg.inv,
    lambda g, out, _a: np.negative(matrix_transpose(out) @ g @ matrix_transpose(out)),
    jvp=lambda ts, out, _a: np.negative(out @ ts[0] @ out),
    domain=INVERTIBLE, advice=_square_advice, samples=(((3, 3),), ((2, 2, 2),)), method=False,
    doc="The inverse of a, (..., n, n). LinAlgError, with the condition number, where a is singular.",
)  # fmt: skip


def _cofactors(a: Any) -> Any:
    """Return the derivative of det by each element: the signed determinants of the minors, (..., n, n)."""
    n = a.shape[-1]
    rest = np.array([[j for j in range(n) if j != i] for i in range(n)], dtype=np.intp).reshape(n, n - 1)
    minors = a[..., rest[:, None, :, None], rest[None, :, None, :]]
    steps = np.arange(n)
    return np.linalg.det(minors) * (-1.0) ** (steps[:, None] + steps)


def _det_vjp(g: Any, out: Any, a: Any) -> Any:
    if hasattr(value_of(out), "elements"):  # a batch, which is a stack of matrices as any other
        return _det_slope(g, out, a)
    return in_one(_det_slope, g, out, a)


def _det_slope(g: Any, out: Any, a: Any) -> Any:
    """Return g det(a) a⁻ᵀ, and where a is singular g times the cofactors, which that is the quotient of."""
    wide = np.expand_dims(np.expand_dims(g, -1), -1)
    plain = value_of(out)
    if np.any(np.equal(getattr(plain, "elements", plain), 0)):
        return wide * _cofactors(a)
    return wide * np.expand_dims(np.expand_dims(out, -1), -1) * matrix_transpose(np.linalg.inv(a))


det = general(
    np.linalg.det, _det_vjp, domain=INVERTIBLE, advice=_square_advice, method=False,
    samples=(((3, 3),), ((2, 2, 2),), ((1, 1),)),
    doc="The determinant of a, (..., n, n). At a singular matrix its gradient is the adjugate.",
)  # fmt: skip


def _slogdet_vjp(g: Any, out: Any, a: Any) -> Any:
    """Return that of the logarithm's tr(a⁻¹ da); the sign of a complex determinant turns by its imaginary part."""
    slope = g[1] if a.dtype.kind != "c" else g[1] + 1j * np.imag(g[0] * out[0])
    return np.expand_dims(np.expand_dims(slope, -1), -1) * matrix_transpose(np.linalg.inv(a))


def _slogdet_jvp(ts: tuple[Any, ...], out: Any, a: Any) -> tuple[Any, Any]:
    change = np.einsum("...ij,...ji->...", np.linalg.inv(a), ts[0])
    if a.dtype.kind != "c":
        return np.zeros_like(change), change
    return 1j * np.imag(change) * out[0], np.real(change)


slogdet = general(
    np.linalg.slogdet, _slogdet_vjp, jvp=_slogdet_jvp,
    domain=INVERTIBLE, advice=_square_advice, samples=(((3, 3),), ((2, 2, 2),)), method=False,
    doc="The sign and the logarithm of the absolute value of the determinant of a, (..., n, n).",
)  # fmt: skip


def _lower_half(a: Any) -> Any:
    """Return the lower triangle with half of the diagonal."""
    return np.tril(a) - 0.5 * (a * np.eye(a.shape[-1], dtype=a.dtype))


def _adjoint(a: Any) -> Any:
    """Return the transpose of matrices, conjugated where they are complex."""
    turned = matrix_transpose(a)
    return np.conj(turned) if turned.dtype.kind == "c" else turned


def _cholesky_vjp(g: Any, out: Any, _a: Any) -> Any:
    """Return L⁻ᴴ Φ(Lᴴ g) L⁻¹, made Hermitian (I. Murray, arXiv:1602.07527, equation 10), for the conjugate of g."""
    g = np.conj(g) if g.dtype.kind == "c" else g
    upper = _adjoint(out)
    left = np.linalg.solve(upper, _lower_half(upper @ g))
    full = _adjoint(np.linalg.solve(upper, _adjoint(left)))
    half = 0.5 * (full + _adjoint(full))
    return np.conj(half) if half.dtype.kind == "c" else half


cholesky = general(
    np.linalg.cholesky, _cholesky_vjp,
    jvp=lambda ts, out, _a: out @ _lower_half(_congruent(out, 0.5 * (ts[0] + _adjoint(ts[0])))),
    domain=POSITIVE_DEFINITE, samples=(((3, 3),), ((2, 2, 2),)), method=False,
    advice=lambda a: _square_advice(a) or "the matrix is not symmetric (Hermitian) and positive definite",
    doc="The lower triangular L with L @ Lᴴ = a, Hermitian positive definite, (..., n, n), and so is its gradient.",
)  # fmt: skip


def _congruent(lower: Any, a: Any) -> Any:
    """Return L⁻¹ a L⁻ᴴ, of a Hermitian a."""
    return _adjoint(np.linalg.solve(lower, _adjoint(np.linalg.solve(lower, a))))


# --- norms -------------------------------------------------------------------------------------------------


def _length_vjp(g: Any, out: Any, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return g x / |x|, and 0 at the origin."""
    length = restore_axes(out, x.shape, axis, keepdims)
    inner = np.conj(x) if x.dtype.kind == "c" else x
    return restore_axes(g, x.shape, axis, keepdims) * (inner / np.where(np.equal(length, 0), 1, length))


def _square_of_size(x: Any) -> Any:
    return x * x if x.dtype.kind != "c" else np.square(np.real(x)) + np.square(np.imag(x))


_length = general(
    lambda x, axis=None, keepdims=False: np.sqrt(np.sum(_square_of_size(x), axis=axis, keepdims=keepdims)), _length_vjp,
    name="length", method=False, domain=DISTINCT,
    samples=(((3,), {}), ((2, 3), {"axis": 1}), ((2, 3), {"axis": (0, 1), "keepdims": True})),
    doc="The square root of the sum of squares over `axis`; its gradient at the origin is 0.",
)  # fmt: skip


def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """Return a norm of vectors, or of matrices where `axis` names two axes (or x has two and `ord` is given).

    Vectors: None and 2 (length), 1, inf, -inf, 0 and any other number. Matrices: None and "fro", "nuc", 1, -1, 2, -2,
    inf, -inf.
    The gradient at the origin is 0; ties of inf share it.

    >>> import autograd
    >>> autograd.norm(autograd.tensor([3.0, 4.0])).item()
    5.0
    """
    if ord is None or (ord == "fro" and x.ndim >= 2):
        return _length(x, axis=axis, keepdims=keepdims)
    axes = normalized_axes(axis, x.ndim)
    if len(axes) == 2:
        return _matrix_norm(x, ord, axes, keepdims)
    if len(axes) != 1:
        raise ValueError(f"norm: ord={ord!r} needs one axis or two, x has shape {x.shape} and axis is {axis}")
    return _vector_norm(x, ord, axes[0], keepdims)


def _vector_norm(x: Any, ord: Any, axis: int, keepdims: bool) -> Any:
    if ord == 2:
        return _length(x, axis=axis, keepdims=keepdims)
    if ord == 0:
        return np.sum(astype(np.not_equal(x, 0), x.dtype), axis=axis, keepdims=keepdims)
    size = np.abs(x)
    if ord == np.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if ord == -np.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if ord == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is not a norm of vectors")
    top = np.max(size.detach(), axis=axis, keepdims=True)  # scaled, so that no power overflows and 0 has slope 0
    scale = np.where(np.equal(top, 0), 1, top)
    inner = np.sum((size / scale) ** ord, axis=axis, keepdims=keepdims)
    empty = np.equal(inner, 0)
    root = np.where(empty, 0, np.where(empty, 1, inner) ** (1 / ord))
    return root * (scale if keepdims else np.reshape(scale, root.shape))


def _matrix_norm(x: Any, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Any:
    rows, columns = axes
    if ord in (1, -1, np.inf, -np.inf):
        summed, over = (rows, columns) if abs(ord) == 1 else (columns, rows)
        extreme = np.max if ord > 0 else np.min
        sums = np.sum(np.abs(x), axis=summed, keepdims=True)
        total = extreme(sums, axis=over, keepdims=True)
        return total if keepdims else np.squeeze(total, axis=axes)
    if ord not in ("nuc", 2, -2):
        raise ValueError(f"norm: ord={ord!r} is not a norm of matrices; they are fro, nuc, 1, -1, 2, -2, inf and -inf")
    values = np.linalg.svd(np.moveaxis(x, axes, (-2, -1)), compute_uv=False)
    total = np.sum(values, axis=-1) if ord == "nuc" else values[..., 0 if ord == 2 else -1]
    return np.expand_dims(total, axes) if keepdims else total


composite(norm, numpy=np.linalg.norm)
