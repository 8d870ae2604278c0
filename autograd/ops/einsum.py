"""Einstein's sums, by letters or by lists of axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.arguments import refuse_out
from autograd.engine.broadcasting import unbroadcast
from autograd.engine.registry import general
from autograd.ops.reduction_options import all_in_dtype

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _labels(subscripts: str, ndims: list[int]) -> tuple[list[str], str]:
    """Return one label per axis for each operand and the result: explicit, and without an ellipsis."""
    terms, arrow, result = subscripts.replace(" ", "").partition("->")
    operands = terms.split(",")
    if len(operands) != len(ndims):
        raise ValueError(f"einsum: {subscripts!r} names {len(operands)} operands, {len(ndims)} are given")
    free = [c for c in _LETTERS if c not in subscripts]
    widest = max((ndim - len(t) + 3 for t, ndim in zip(operands, ndims, strict=True) if "..." in t), default=0)
    stack = "".join(free[:widest])
    named = [
        t.replace("...", stack[widest - (ndim - len(t) + 3) :]) if "..." in t else t
        for t, ndim in zip(operands, ndims, strict=True)
    ]
    if not arrow:
        letters = "".join(t.replace("...", "") for t in operands)
        result = stack + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    return named, result.replace("...", stack)


def _einsum_call(
    *args: Any, optimize: Any = False, out: Any = None, dtype: Any = None, casting: Any = "safe", order: str = "K"
) -> Any:
    """Return operands and options, of einsum(subscripts, a, b, ...) or of einsum(a, axes, b, axes, ..., axes)."""
    del order
    refuse_out("einsum", out)
    if isinstance(args[0], str):
        subscripts, *operands = args
    else:
        operands, lists = list(args[: len(args) // 2 * 2 : 2]), args[1::2]
        subscripts = ",".join(map(_subscript, lists)) + ("->" + _subscript(args[-1]) if len(args) % 2 else "")
    if dtype is not None:
        operands = all_in_dtype("einsum", operands, dtype, casting)
    return tuple(operands), {"subscripts": subscripts} | ({"optimize": optimize} if optimize is not False else {})


def _subscript(axes: Any) -> str:
    """Return the letters for a list of numbers of axes, among which may be an ellipsis."""
    return "".join("..." if axis is Ellipsis else _LETTERS[axis] for axis in axes)


def _einsum_vjp(g: Any, _out: Any, *operands: Any, subscripts: str = "", optimize: Any = False) -> list[Any]:
    named, result = _labels(subscripts, [len(x.shape) for x in operands])
    how = {"optimize": True} if optimize is not False else {}  # a path that is given is that of the forward product
    return [_einsum_piece(g, i, operands, named, result, how) for i in range(len(operands))]


def _einsum_piece(g: Any, i: int, operands: Any, named: list[str], result: str, how: dict[str, Any]) -> Any:
    """Return the contribution to operand i: the einsum with g in its place, and its own axes as the result."""
    shape, labels = operands[i].shape, named[i]
    others = [(named[j], x) for j, x in enumerate(operands) if j != i]
    known = set(result).union(*(set(term) for term, _ in others))
    once = "".join(dict.fromkeys(labels))
    found = "".join(c for c in once if c in known)
    c = np.einsum(f"{','.join([result, *(term for term, _ in others)])}->{found}", g, *(x for _, x in others), **how)
    sizes = {label: size for label, size in zip(labels, shape, strict=True) if size != 1 or label not in found}
    full = tuple(sizes.get(label, c.shape[found.index(label)] if label in found else 1) for label in once)
    c = np.reshape(c, tuple(c.shape[found.index(label)] if label in found else 1 for label in once))
    c = unbroadcast(np.broadcast_to(c, full), tuple(shape[labels.index(label)] for label in once))
    for position in range(len(labels)):  # a label that stands twice, as in "ii": only the diagonal has a gradient
        if labels.index(labels[position]) != position:
            c = _onto_diagonal(c, labels.index(labels[position]), position, shape[position])
    return c


def _onto_diagonal(c: Any, first: int, position: int, size: int) -> Any:
    """Insert an axis at `position` so that c stands where its index equals that of axis `first`, else 0."""
    wide = np.expand_dims(c, position)
    mask_shape = tuple(size if a in (first, position) else 1 for a in range(wide.ndim))
    return wide * np.reshape(np.eye(size, dtype=c.dtype), mask_shape)


def _einsum_jvp(ts: tuple[Any, ...], _out: Any, *operands: Any, subscripts: str = "", **how: Any) -> Any:
    terms = [
        np.einsum(subscripts, *operands[:i], t, *operands[i + 1 :], **how) for i, t in enumerate(ts) if t is not None
    ]
    return sum(terms[1:], terms[0])


einsum = general(
    lambda *operands, subscripts, **how: np.einsum(subscripts, *operands, **how),
    joint=_einsum_vjp, jvp=_einsum_jvp,
    name="einsum", numpy=np.einsum, method=False, arity=0,
    bind=_einsum_call,
    samples=(
        ((2, 3), (3, 4), {"subscripts": "ij,jk->ik"}),
        ((2, 3), (3, 4), (4, 2), {"subscripts": "ij,jk,kl->il", "optimize": True}),
        ((3, 3), {"subscripts": "ii"}),
        ((3, 3), {"subscripts": "ii->i"}),
        ((2, 3), (2, 3), {"subscripts": "ij,ij"}),
        ((4, 2, 3), (3, 2), {"subscripts": "...ij,jk->...ik"}),
        ((2, 3), (4,), {"subscripts": "ij,k->k"}),
        ((2,), (2, 3), (3,), {"subscripts": "i,ij,j->"}),
    ),
    doc="Einstein's sum: einsum('ij,jk->ik', a, b). Ellipses, repeated and implicit labels, lists of axes as in NumPy.",
)  # fmt: skip
