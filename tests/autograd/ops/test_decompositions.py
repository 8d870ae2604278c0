"""Decompositions beside the generated tests: complex ones by what does not depend on phases, ties, options, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing import check_grad

RNG = np.random.default_rng(0)


def complex_matrix(m: int, n: int) -> tuple[Any, Any]:
    """Return a real and an imaginary part, of a matrix with singular values well apart."""
    u, _ = np.linalg.qr(RNG.normal(size=(m, m)) + 1j * RNG.normal(size=(m, m)))
    v, _ = np.linalg.qr(RNG.normal(size=(n, n)) + 1j * RNG.normal(size=(n, n)))
    k = min(m, n)
    z = (u[:, :k] * np.arange(1.0, k + 1)) @ v[:k]
    return z.real, z.imag


def by_parts(f: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda x, y: f(x + 1j * y)


def real_parts(z: Any) -> tuple[Any, Any]:
    return np.real(z), np.imag(z)


@pytest.mark.parametrize("shape", [(3, 3), (4, 3), (3, 4)])
@pytest.mark.parametrize("full", [True, False])
def test_complex_singular_vectors(shape: tuple[int, int], full: bool) -> None:
    def f(z: Any) -> Any:
        u, s, vh = np.linalg.svd(z, full_matrices=full)
        k = s.shape[-1]
        beyond = u[:, k:] @ np.conj(u[:, k:]).T if u.shape[1] > k else 0.0
        return real_parts(
            (u[:, :k] * np.tanh(s)) @ vh[:k] + np.sum(np.abs(u[:, 0]) ** 3) + np.sum(beyond * np.arange(3)[:1])
        )

    check_grad(by_parts(f), *complex_matrix(*shape)).raise_if_failed()


def test_complex_eigenvectors() -> None:
    def hermitian(z: Any) -> Any:
        w, v = np.linalg.eigh(z + np.conj(z).T)
        whole = (v * np.exp(0.3 * w)) @ np.conj(v).T
        return np.real(whole), np.imag(np.tril(whole, -1)), np.abs(v) ** 2

    check_grad(by_parts(hermitian), *complex_matrix(3, 3)).raise_if_failed()

    def general(z: Any) -> Any:
        w, v = np.linalg.eig(z)
        return (*real_parts((v * np.sin(w)) @ np.linalg.inv(v)), np.abs(v))

    check_grad(by_parts(general), *complex_matrix(3, 3)).raise_if_failed()


def test_real_matrices_with_complex_eigenvalues() -> None:
    a = np.array([[1.0, 2.0, 0.1], [-2.0, 0.5, 0.3], [0.2, -0.1, 3.0]])

    def f(a: Any) -> Any:
        w, v = np.linalg.eig(a)
        return (*real_parts((v * np.exp(0.2 * w)) @ np.linalg.inv(v)), np.abs(w), np.abs(np.linalg.eigvals(a)) ** 3)

    check_grad(f, a).raise_if_failed()
    assert autograd.grad(lambda a: np.sum(np.abs(np.linalg.eigvals(a))))(a).dtype == np.float64


def test_complex_complete_qr() -> None:
    def f(z: Any) -> Any:
        q, r = np.linalg.qr(z, "complete")
        return real_parts(q[:, 2:] @ np.conj(q[:, 2:]).T) + real_parts(r)

    check_grad(by_parts(f), *complex_matrix(4, 2)).raise_if_failed()


def test_equal_values() -> None:
    """Of the identity the values have gradients, and vectors that are any in a plane have none: that is visible."""
    eye, weights = np.eye(3), np.arange(9.0).reshape(3, 3)
    for f in (
        lambda a: np.sum(np.linalg.svd(a)[1] ** 2),
        lambda a: np.sum(np.linalg.eigh(a)[0] ** 2),
        lambda a: np.sum(np.linalg.eigvalsh(a) ** 2),
        lambda a: np.linalg.norm(a, "nuc") * 2,
    ):
        np.testing.assert_allclose(autograd.grad(f)(eye), 2 * eye, atol=1e-12)

    def square(a: Any) -> Any:
        w, v = np.linalg.eigh(a)
        return np.sum((v * w**2) @ v.T * weights)

    assert not np.isfinite(autograd.grad(square)(eye)).all()


@pytest.mark.parametrize("zero", [np.zeros((2, 2)), np.diag([1.0, 0.0])])
def test_singular_matrices_have_finite_gradients(zero: Any) -> None:
    for f in (lambda a: np.sum(np.linalg.svd(a, compute_uv=False) ** 2), lambda a: np.linalg.norm(a, "nuc")):
        assert np.isfinite(autograd.grad(f)(zero)).all()


def test_options() -> None:
    a = RNG.normal(size=(3, 3))
    for f in (
        lambda a: np.linalg.svd(a, hermitian=True)[1],
        lambda a: np.linalg.pinv(a, hermitian=True),
        lambda a: np.linalg.pinv(a, rtol=1e-12),
        lambda a: np.linalg.qr(a, "r"),
        lambda a: np.linalg.svdvals(a),
    ):
        np.testing.assert_allclose(f(tensor(a)).data, f(a), atol=1e-12)
        check_grad(f, a).raise_if_failed()
    with pytest.raises(NotImplementedError, match="qr: mode='raw'"):
        np.linalg.qr(tensor(a), "raw")
    assert type(np.linalg.svd(tensor(a))).__name__ == "SVDResult"
    assert type(np.linalg.eigh(tensor(a))).__name__ == "EighResult"
    assert np.linalg.matrix_rank(tensor(a)) == 3


@pytest.mark.parametrize("shape", [(5, 3), (3, 3), (2, 3)])
@pytest.mark.parametrize("columns", [None, 2])
def test_least_squares(shape: tuple[int, int], columns: int | None) -> None:
    a = RNG.normal(size=shape)
    b = RNG.normal(size=shape[0] if columns is None else (shape[0], columns))
    found, expected = np.linalg.lstsq(tensor(a), tensor(b)), np.linalg.lstsq(a, b)
    for x, y in zip(found, expected, strict=True):
        np.testing.assert_allclose(x.data if isinstance(x, autograd.Tensor) else x, y, atol=1e-12)
    check_grad(lambda a, b: np.linalg.lstsq(a, b)[0], a, b).raise_if_failed()
    if shape[0] > shape[1]:
        check_grad(lambda a, b: np.linalg.lstsq(a, b)[1], a, b).raise_if_failed()


def test_single_precision_stays_so() -> None:
    a = RNG.normal(size=(3, 3)).astype(np.float32)
    for f in (lambda a: np.sum(np.linalg.svd(a)[0]), lambda a: np.sum(np.linalg.pinv(a))):
        assert autograd.grad(f)(a).dtype == np.float32


@pytest.mark.parametrize("f", [np.linalg.svd, np.linalg.eigh, np.linalg.qr, np.linalg.pinv])
def test_what_is_no_matrix_is_refused_by_name(f: Any) -> None:
    with pytest.raises(np.linalg.LinAlgError, match=rf"{f.__name__}|dimension"):
        f(tensor(np.ones(3)))
