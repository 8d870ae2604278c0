"""Functions of matrices and vectors that are composed of others: powers, chains, Kronecker and cross products."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd.engine.broadcasting import matrix_transpose
from autograd.engine.registry import composite
from autograd.engine.tensor import DISPATCH, Tensor
from autograd.ops import linalg
from autograd.ops.decompositions import svdvals


def matrix_power(a: Any, n: int) -> Any:
    """Return a @ a @ … n times, for a (..., m, m); of a negative n that of the inverse."""
    if int(n) != n:
        raise TypeError(f"matrix_power: n must be a whole number, not {n!r}")
    if n < 0:
        a, n = np.linalg.inv(a), -n
    found, square = None, a
    while n:
        if n & 1:
            found = square if found is None else found @ square
        n >>= 1
        square = square @ square if n else square
    return a * 0 + np.eye(a.shape[-1], dtype=a.dtype) if found is None else found


def _chain(sizes: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return for each part of a chain of matrices where to split it, so that the fewest numbers are multiplied."""
    count = len(sizes) - 1
    cost = {(i, i): 0 for i in range(count)}
    split: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs = {
                k: cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1] for k in range(i, j)
            }  # fmt: skip
            split[i, j] = min(costs, key=costs.__getitem__)
            cost[i, j] = costs[split[i, j]]
    return split


def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """Return the product of matrices, in the order that multiplies the fewest numbers; the outer two may be vectors."""
    if out is not None:
        raise TypeError("multi_dot: out= cannot be used with tensors; use the result")
    if len(arrays) < 2:
        raise ValueError("multi_dot: needs at least two matrices")
    if len(arrays) == 2 or any(np.ndim(a) != 2 for a in arrays[1:-1]):
        return reduce(np.matmul, arrays)
    first, last = arrays[0], arrays[-1]
    sizes = [1 if np.ndim(first) == 1 else first.shape[0], *(a.shape[0] for a in arrays[1:])]
    split = _chain([*sizes, 1 if np.ndim(last) == 1 else last.shape[1]])

    def product(i: int, j: int) -> Any:
        return arrays[i] if i == j else np.matmul(product(i, split[i, j]), product(split[i, j] + 1, j))

    return product(0, len(arrays) - 1)


def kron(a: Any, b: Any) -> Any:
    """Return the Kronecker product: blocks of b, each times an element of a."""
    ndim = max(np.ndim(a), np.ndim(b))
    left, right = (np.reshape(x, (1,) * (ndim - np.ndim(x)) + np.shape(x)) for x in (a, b))
    wide = [n for m in left.shape for n in (m, 1)], [n for m in right.shape for n in (1, m)]
    product = np.reshape(left, wide[0]) * np.reshape(right, wide[1])
    return np.reshape(product, tuple(m * n for m, n in zip(left.shape, right.shape, strict=True)))


def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """Return the vectors across a and b, of three elements along `axisa` and `axisb`; they lie along `axisc`."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        raise ValueError(f"cross: needs vectors of 3 elements, not of {a.shape[-1]} and {b.shape[-1]}")
    (a0, a1, a2), (b0, b1, b2) = ([x[..., i] for i in range(3)] for x in (a, b))
    return np.moveaxis(np.stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], axis=-1), -1, axisc)


def _conj(x: Any) -> Any:
    return np.conj(x) if np.iscomplexobj(x) else x


def vecdot(x1: Any, x2: Any, axis: int = -1) -> Any:
    """Return the sums of conj(x1) · x2 along an axis."""
    return np.sum(_conj(x1) * x2, axis=axis)


def matvec(x1: Any, x2: Any) -> Any:
    """Return products of matrices (..., m, n) with vectors (..., n)."""
    return np.matmul(x1, np.expand_dims(x2, -1))[..., 0]


def vecmat(x1: Any, x2: Any) -> Any:
    """Return products of vectors (..., m), conjugated, with matrices (..., m, n)."""
    return np.matmul(np.expand_dims(_conj(x1), -2), x2)[..., 0, :]


def tensorinv(a: Any, ind: int = 2) -> Any:
    """Return the inverse of a as a matrix of its first `ind` axes by the others."""
    rows, columns = a.shape[:ind], a.shape[ind:]
    size = int(np.prod(rows))
    return np.reshape(np.linalg.inv(np.reshape(a, (size, -1))), columns + rows)


def tensorsolve(a: Any, b: Any, axes: Sequence[int] | None = None) -> Any:
    """Return x with tensordot(a, x, x.ndim) = b; `axes` of a are moved to its end first."""
    if axes is not None:
        rest = [i for i in range(np.ndim(a)) if i not in [ax % np.ndim(a) for ax in axes]]
        a = np.transpose(a, (*rest, *axes))
    shape = np.shape(a)[np.ndim(b) :]
    return np.reshape(np.linalg.solve(np.reshape(a, (np.size(b), -1)), np.reshape(b, (-1,))), shape)


def cond(x: Any, p: Any = None) -> Any:
    """Return the condition number of x, (..., m, n): by singular values, or by another norm of x and its inverse."""
    if p in (None, 2, -2):
        s = svdvals(x)
        return s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
    return np.linalg.norm(x, p, axis=(-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, axis=(-2, -1))


def _upper_or_lower(a: Any, *, upper: bool = False) -> Any:
    lower = linalg.cholesky(a)
    return _conj(matrix_transpose(lower)) if upper else lower


_function: Any
for _function, _numpys in (
    (matrix_power, np.linalg.matrix_power), (kron, np.kron), (cross, np.cross), (tensorinv, np.linalg.tensorinv),
    (cond, np.linalg.cond),
):  # fmt: skip
    composite(_function, numpy=_numpys, method=False)
for _function, _name in ((vecdot, "vecdot"), (matvec, "matvec"), (vecmat, "vecmat")):
    composite(_function, numpy=getattr(np, _name, None), method=False)


DISPATCH[np.linalg.multi_dot] = multi_dot
DISPATCH[np.linalg.tensorsolve] = tensorsolve
DISPATCH[np.linalg.cholesky] = lambda a, **options: _upper_or_lower(a if type(a) is Tensor else Tensor(a), **options)
DISPATCH[np.linalg.cross] = lambda x1, x2, axis=-1: cross(x1, x2, axis=axis)
DISPATCH[np.linalg.vecdot] = vecdot
DISPATCH[np.linalg.outer] = lambda x1, x2: np.outer(x1, x2)
DISPATCH[np.linalg.matmul] = lambda x1, x2: np.matmul(x1, x2)
DISPATCH[np.linalg.tensordot] = lambda x1, x2, axes=2: np.tensordot(x1, x2, axes=axes)
DISPATCH[np.linalg.matrix_transpose] = DISPATCH[np.matrix_transpose] = matrix_transpose
DISPATCH[np.linalg.diagonal] = lambda x, offset=0: np.diagonal(x, offset, -2, -1)
DISPATCH[np.linalg.trace] = lambda x, offset=0, dtype=None: np.trace(x, offset, -2, -1, dtype)
DISPATCH[np.linalg.matrix_norm] = lambda x, keepdims=False, ord="fro": linalg.norm(x, ord, (-2, -1), keepdims)
DISPATCH[np.linalg.vector_norm] = lambda x, axis=None, keepdims=False, ord=2: _vector_norm(x, axis, keepdims, ord)


def _vector_norm(x: Any, axis: Any, keepdims: bool, ord: Any) -> Any:
    """Return the norm of what lies along one or several axes, as of one vector."""
    if ord == 2 or isinstance(axis, int) or (axis is None and np.ndim(x) == 1):
        return linalg.norm(x, None if ord == 2 else ord, axis, keepdims)
    axes = tuple(range(np.ndim(x))) if axis is None else tuple(i % np.ndim(x) for i in axis)
    rest = tuple(i for i in range(np.ndim(x)) if i not in axes)
    flat = np.reshape(np.transpose(x, (*rest, *axes)), (*(np.shape(x)[i] for i in rest), -1))
    found = linalg.norm(flat, ord, -1)
    kept = tuple(1 if i in axes else n for i, n in enumerate(np.shape(x)))
    return np.reshape(found, kept) if keepdims else found
