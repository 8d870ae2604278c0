"""Products of a whole batch: by one product of matrices where the other operand is the same for all examples."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from autograd.batching.array import GUFUNCS, Batched, Unfit, is_at, level_of, lifted, rank
from autograd.batching.rules import rule


def _matmul(level: int, a: Any, b: Any, **options: Any) -> Any:
    """Multiply matrices, which are rows and columns where they have one axis."""
    m, n = rank(a), rank(b)
    if options or not m or not n:
        raise Unfit
    if not is_at(level, b) and n <= 2:
        return Batched(level, _by_one(a._raw, b, m))
    if not is_at(level, a) and n == 1 and m <= 2:
        return Batched(level, np.matmul(b._raw, a if m == 1 else np.transpose(a)))
    if not is_at(level, a) and m == 1 and n == 2:
        return Batched(level, np.matmul(a, b._raw))
    a, b = np.expand_dims(a, 0) if m == 1 else a, np.expand_dims(b, 1) if n == 1 else b
    ndim = max(rank(a), rank(b))
    out = Batched(level, np.matmul(lifted(a, level, ndim), lifted(b, level, ndim)))
    if m == 1 and n == 1:
        return out[..., 0, 0]
    return out[..., 0, :] if m == 1 else out[..., 0] if n == 1 else out


def _by_one(raw: Any, b: Any, ndim: int) -> Any:
    """Return the product of all examples with one matrix or vector: one product of all their rows."""
    if ndim < 2 or len(b.shape) < 2:
        return np.matmul(raw, b)
    rows = np.matmul(np.reshape(raw, (int(np.prod(raw.shape[:-1])), raw.shape[-1])), b)
    return np.reshape(rows, (*raw.shape[:-1], b.shape[-1]))


GUFUNCS[np.matmul] = _matmul


@rule(np.linalg.matmul)
def linalg_matmul(_level: int, x1: Any, x2: Any, /) -> Any:
    """Multiply matrices."""
    return np.matmul(x1, x2)


@rule(np.dot)
def dot(_level: int, a: Any, b: Any) -> Any:
    """Multiply over the last axis of a and the last but one of b."""
    m, n = rank(a), rank(b)
    if not m or not n:
        return np.multiply(a, b)
    return np.matmul(a, b) if n <= 2 else np.tensordot(a, b, axes=((m - 1,), (n - 2,)))


@rule(np.inner)
def inner(_level: int, a: Any, b: Any) -> Any:
    """Multiply over the last axes."""
    m, n = rank(a), rank(b)
    return np.tensordot(a, b, axes=((m - 1,), (n - 1,))) if m and n else np.multiply(a, b)


@rule(np.outer)
def outer(_level: int, a: Any, b: Any) -> Any:
    """Multiply every element of a by every one of b."""
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


@rule(np.linalg.outer)
def linalg_outer(_level: int, x1: Any, x2: Any, /) -> Any:
    """Multiply every element of a vector by every one of another."""
    return np.outer(x1, x2)


@rule(np.vdot)
def vdot(_level: int, a: Any, b: Any) -> Any:
    """Sum the products of all elements, the first conjugated."""
    return np.matmul(np.conj(np.reshape(a, (-1,))), np.reshape(b, (-1,)))


def _vecdot(_level: int, a: Any, b: Any, axis: int = -1, **options: Any) -> Any:
    if options or axis != -1:
        raise Unfit
    return np.sum(np.multiply(np.conj(a), b), axis=-1)


if hasattr(np, "vecdot"):
    GUFUNCS[np.vecdot] = _vecdot


@rule(np.tensordot)
def tensordot(_level: int, a: Any, b: Any, axes: Any = 2) -> Any:
    """Sum products over axes, by one product of matrices for each example."""
    m, n = rank(a), rank(b)
    if isinstance(axes, int):
        axes = tuple(range(m - axes, m)), tuple(range(axes))
    left, right = (
        tuple(i % k for i in (ax if isinstance(ax, tuple | list) else (ax,)))
        for ax, k in zip(axes, (m, n), strict=True)
    )
    rows, columns = [i for i in range(m) if i not in left], [i for i in range(n) if i not in right]
    shape_a, shape_b = np.shape(a), np.shape(b)
    if [shape_a[i] for i in left] != [shape_b[i] for i in right]:
        raise ValueError(f"tensordot: axes {left} of shape {shape_a} and {right} of shape {shape_b} differ in size")
    before, after, between = (
        [shape[i] for i in kept] for shape, kept in ((shape_a, rows), (shape_b, columns), (shape_a, left))
    )
    summed = int(np.prod(between, dtype=np.intp))
    flat_a = np.reshape(np.transpose(a, (*rows, *left)), (int(np.prod(before, dtype=np.intp)), summed))
    flat_b = np.reshape(np.transpose(b, (*right, *columns)), (summed, int(np.prod(after, dtype=np.intp))))
    return np.reshape(np.matmul(flat_a, flat_b), (*before, *after))


@rule(np.einsum)
def einsum(level: int, subscripts: Any, *operands: Any, **options: Any) -> Any:
    """Sum as the subscripts say, with one more label for the batch."""
    if not isinstance(subscripts, str):
        raise Unfit
    terms, arrow, result = subscripts.replace(" ", "").partition("->")
    batch = next(c for c in string.ascii_letters if c not in subscripts)
    if not arrow:
        letters = terms.replace(".", "").replace(",", "")
        result = "..." * ("..." in terms) + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    named = [batch * is_at(level, x) + term for term, x in zip(terms.split(","), operands, strict=True)]
    raws = [lifted(x, level, 0) for x in operands]
    options.setdefault("optimize", len(raws) > 1)
    return Batched(level, np.einsum(f"{','.join(named)}->{batch}{result}", *raws, **options))


@rule(np.linalg.solve)
def solve(level: int, a: Any, b: Any) -> Any:
    """Solve for each example; of one matrix for all of them the right-hand sides are columns beside each other."""
    m, n = rank(a), rank(b)
    if m < 2 or n < 1:
        raise Unfit
    columns: Any = np.expand_dims(b, -1) if n == 1 else b
    if not is_at(level, a) and m == 2 and rank(columns) == 2 and a.shape[-1] == columns.shape[0]:
        raw = columns._raw
        size, k = raw.shape[0], raw.shape[2]
        side = np.reshape(np.transpose(raw, (1, 0, 2)), (raw.shape[1], size * k))
        out = np.transpose(np.reshape(np.linalg.solve(a, side), (raw.shape[1], size, k)), (1, 0, 2))
    else:
        ndim = max(m, rank(columns))
        out = np.linalg.solve(lifted(a, level, ndim), lifted(columns, level, ndim))
    return Batched(level, out[..., 0] if n == 1 else out)


@rule(np.cross)
def cross(level: int, a: Any, b: Any, **options: Any) -> Any:
    """Multiply vectors along the last axis."""
    if options or level_of((options,)):
        raise Unfit
    ndim = max(rank(a), rank(b))
    return Batched(level, np.cross(lifted(a, level, ndim), lifted(b, level, ndim)))
