"""Functions of matrices and vectors, against NumPy's own values and against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing import check_grad

RNG = np.random.default_rng(0)
SQUARE = RNG.normal(size=(3, 3)) + 2 * np.eye(3)
TALL = RNG.normal(size=(4, 3))
V, W = RNG.normal(size=(2, 4, 3))
STACK = RNG.normal(size=(2, 3, 3)) + 2 * np.eye(3)

Case = tuple[Callable[..., Any], tuple[Any, ...]]
CASES: dict[str, Case] = {
    **{f"power {n}": (lambda a, n=n: np.linalg.matrix_power(a, n), (STACK,)) for n in (-2, 0, 1, 3, 6)},
    "chain": (lambda *a: np.linalg.multi_dot(a), (TALL, SQUARE, TALL.T, TALL)),
    "chain of two": (lambda *a: np.linalg.multi_dot(a), (TALL, SQUARE)),
    "chain from a vector to a vector": (lambda *a: np.linalg.multi_dot(a), (V[0], SQUARE, TALL.T, TALL[:, 0])),
    "Kronecker": (np.kron, (TALL, SQUARE)),
    "Kronecker, other ranks": (np.kron, (V[0], STACK)),
    "cross": (np.cross, (V, W)),
    "cross of one with many": (np.cross, (V[0], W)),
    "cross along others": (lambda a, b: np.cross(a, b, axisa=0, axisc=0), (V.T, W)),
    "cross along an axis": (lambda a, b: np.cross(a, b, axis=0), (V.T, W.T)),
    "linalg.cross": (lambda a, b: np.linalg.cross(a, b, axis=0), (V.T, W.T)),
    "linalg.vecdot": (np.linalg.vecdot, (V, W)),
    "linalg.vecdot along an axis": (lambda a, b: np.linalg.vecdot(a, b, axis=0), (V, W)),
    **{
        f"cond {p}": (lambda a, p=p: np.linalg.cond(a, p), (SQUARE,)) for p in (None, 2, -2, 1, np.inf, "fro", "nuc")
    },
    "cond of a stack": (np.linalg.cond, (STACK,)),
    "upper Cholesky factor": (lambda a: np.linalg.cholesky(a @ a.T + np.eye(3), upper=True), (SQUARE,)),
    "linalg.outer": (np.linalg.outer, (V[0], W[0])),
    "linalg.matmul": (np.linalg.matmul, (TALL, SQUARE)),
    "linalg.tensordot": (lambda a, b: np.linalg.tensordot(a, b, axes=1), (TALL, SQUARE)),
    "linalg.matrix_transpose": (np.linalg.matrix_transpose, (STACK,)),
    "linalg.diagonal": (lambda a: np.linalg.diagonal(a, offset=1), (STACK,)),
    "linalg.trace": (lambda a: np.linalg.trace(a, offset=-1), (STACK,)),
    **{
        f"matrix_norm {p}": (lambda a, p=p: np.linalg.matrix_norm(a, ord=p, keepdims=True), (STACK,))
        for p in ("fro", "nuc", 2, -2, 1, -1, np.inf)
    },
    **{f"vector_norm {p}": (lambda a, p=p: np.linalg.vector_norm(a, ord=p), (STACK,)) for p in (1, 2, 3, np.inf)},
    "vector_norm along axes": (lambda a: np.linalg.vector_norm(a, axis=(0, 2), ord=3, keepdims=True), (STACK,)),
    "norm of columns and rows": (lambda a: np.linalg.norm(a, 2, axis=(2, 0)), (STACK,)),
}  # fmt: skip
CASES["tensorinv"] = (
    lambda a: np.linalg.tensorinv(a, ind=1),
    ((RNG.normal(size=(4, 4)) + 3 * np.eye(4)).reshape(4, 2, 2),),
)
CASES["tensorsolve"] = (
    np.linalg.tensorsolve,
    ((RNG.normal(size=(4, 4)) + 3 * np.eye(4)).reshape(2, 2, 4), V[:2, :2].copy()),
)
CASES["tensorsolve, axes moved"] = (
    lambda a, b: np.linalg.tensorsolve(a, b, axes=(0,)),
    ((RNG.normal(size=(4, 4)) + 3 * np.eye(4)).reshape(4, 2, 2), V[:2, :2].copy()),
)
for _name, _args in (("vecdot", (V, W)), ("matvec", (STACK, V[:2])), ("vecmat", (V[:2], STACK))):
    if hasattr(np, _name):
        CASES[_name] = (getattr(np, _name), _args)


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    f, arrays = CASES[name]
    np.testing.assert_allclose(f(*map(tensor, arrays)).data, f(*arrays), rtol=1e-12, atol=1e-12)
    check_grad(f, *arrays).raise_if_failed()


def test_complex_vectors_are_conjugated() -> None:
    z, w = V + 1j * W, W - 1j * V
    np.testing.assert_allclose(np.linalg.vecdot(tensor(z), w).data, np.linalg.vecdot(z, w))
    if hasattr(np, "vecmat"):
        np.testing.assert_allclose(np.vecmat(tensor(z[:2]), STACK).data, np.vecmat(z[:2], STACK))


def test_errors() -> None:
    a = tensor(SQUARE)
    with pytest.raises(TypeError, match="whole number"):
        np.linalg.matrix_power(a, 1.5)
    with pytest.raises(ValueError, match="3 elements"):
        np.cross(a[:, :2], a[:, :2])
    with pytest.raises(TypeError, match="out="):
        np.linalg.multi_dot([a, a], out=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="not a norm of matrices"):
        np.linalg.norm(a, 3)
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.matrix_power(tensor(np.zeros((2, 2))), -1)
    assert autograd.grad(lambda a: np.sum(np.linalg.matrix_power(a, 0)))(SQUARE).tolist() == np.zeros((3, 3)).tolist()
