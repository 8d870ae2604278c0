"""Derivatives of `scipy.linalg`: triangular and banded systems, Sylvester's equation, roots of matrices, Cholesky."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np
from scipy import linalg as _linalg

from autograd.compiler import callback
from autograd.engine.broadcasting import matrix_transpose
from autograd.engine.registry import general
from autograd.engine.tensor import DISPATCH
from autograd.scipy._operands import inside_rules, not_scipys

# SciPy's solvers run by `callback`: they are no NumPy functions, which a compiled function would know by itself.

_TRANSPOSED = {0: 1, 1: 0, "N": "T", "T": "N"}

# What is NumPy's function too, on so many arrays and with these options. (Not qr, eig and eigh: SciPy's give others.)
_NUMPYS: dict[str, tuple[int, frozenset[str]]] = {
    "det": (1, frozenset()),
    "inv": (1, frozenset()),
    "norm": (4, frozenset({"ord", "axis", "keepdims"})),
    "solve": (2, frozenset()),
    "svd": (3, frozenset({"full_matrices", "compute_uv"})),
    "svdvals": (1, frozenset()),
    "eigvalsh": (1, frozenset()),
}


def __getattr__(name: str) -> Any:
    theirs = getattr(_linalg, name)
    arrays, options = _NUMPYS.get(name, (0, frozenset()))

    def run(*args: Any, **kwargs: Any) -> Any:
        if not not_scipys(*args, *kwargs.values()):
            return theirs(*args, **kwargs)
        if run in DISPATCH:  # somebody has given it a rule
            return DISPATCH[run](*args, **kwargs)
        if 0 < len(args) <= arrays and kwargs.keys() <= options:
            return getattr(np.linalg, name)(*args, **kwargs)
        called = f"{name} called so" if arrays else name
        raise NotImplementedError(
            f"scipy.linalg.{called} has no derivative rule here. Use what np.linalg has, t.detach() to leave the "
            "graph, or autograd.operation to give it a rule of your own."
        )

    if not callable(theirs) or isinstance(theirs, type):
        return theirs
    globals()[name] = wraps(theirs)(run)  # so that it is the same at each look
    return run


def cholesky(a: Any, lower: bool = False, **kwargs: Any) -> Any:
    """Return the upper triangular U with Uᴴ @ U = a, or the `lower` L with L @ Lᴴ = a, as SciPy does.

    SciPy reads that half of a only; the gradient of a tensor is Hermitian, as a is.
    """
    if not not_scipys(a):
        return _linalg.cholesky(a, lower=lower, **kwargs)
    if lower:
        return np.linalg.cholesky(a)
    return np.conj(matrix_transpose(np.linalg.cholesky(np.conj(matrix_transpose(a)))))


def _outer(a: Any, b: Any) -> Any:
    """Return a bᵀ of columns, or of single vectors."""
    return np.matmul(a, matrix_transpose(b)) if a.ndim > 1 else np.expand_dims(a, -1) * b


def _triangle(c: Any, lower: bool, unit: bool) -> Any:
    return np.tril(c, -1 if unit else 0) if lower else np.triu(c, 1 if unit else 0)


def _solve_triangular_vjp(
    g: Any, out: Any, a: Any, _b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> tuple[Any, Any]:
    adjoint = _by_triangle(a, g, trans=_TRANSPOSED[trans], lower=lower, unit_diagonal=unit_diagonal)
    c = np.negative(_outer(adjoint, out) if trans in (0, "N") else _outer(out, adjoint))
    return _triangle(c, lower, unit_diagonal), adjoint


def _solve_triangular_forward(a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False) -> Any:
    return callback(_linalg.solve_triangular, a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal)


_solve_triangular = general(
    _solve_triangular_forward,
    joint=_solve_triangular_vjp, arity=2, name="solve_triangular", public=False,
)  # fmt: skip
_by_triangle = inside_rules(_solve_triangular, _solve_triangular_forward)


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **kwargs: Any
) -> Any:
    """Return x with a @ x = b for a triangular a, (n, n), and b of (n,) or (n, k), as SciPy does.

    `trans` 1 or "T" solves aᵀ @ x = b. The other half of a is not looked at, and has the gradient 0.
    """
    if not_scipys(a, b):
        if trans not in _TRANSPOSED:
            raise NotImplementedError(f"solve_triangular: trans={trans!r} has no derivative rule; use 0, 1, 'N' or 'T'")
        return _solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal)
    return _linalg.solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, **kwargs)


def _solve_sylvester_vjp(g: Any, out: Any, a: Any, b: Any, _q: Any) -> tuple[Any, Any, Any]:
    adjoint = _by_sylvester(matrix_transpose(a), matrix_transpose(b), g)
    out = matrix_transpose(out)
    return np.negative(adjoint @ out), np.negative(out @ adjoint), adjoint


def _solve_sylvester_forward(a: Any, b: Any, q: Any) -> Any:
    return callback(_linalg.solve_sylvester, a, b, q)


_solve_sylvester = general(
    _solve_sylvester_forward, joint=_solve_sylvester_vjp, arity=3,
    name="solve_sylvester", public=False,
)  # fmt: skip
_by_sylvester = inside_rules(_solve_sylvester, _solve_sylvester_forward)


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return x with a @ x + x @ b = q, for square a and b, as SciPy does."""
    run = _solve_sylvester if not_scipys(a, b, q) else _linalg.solve_sylvester
    return run(a, b, q)


_sqrtm = general(
    lambda a: callback(_linalg.sqrtm, a),
    lambda g, out, _a: _by_sylvester(matrix_transpose(out), matrix_transpose(out), g),
    name="sqrtm",
    public=False,
)


def sqrtm(A: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the square root of a matrix, as SciPy does."""
    if not not_scipys(A):
        return _linalg.sqrtm(A, *args, **kwargs)
    if args or kwargs:
        raise TypeError("sqrtm: of a tensor it takes no options; call sqrtm(a)")
    return _sqrtm(A)


def _at_band(n: int, lower: int, upper: int) -> tuple[Any, Any, Any]:
    """Return of each element of the bands its row in the matrix, its column, and whether it is inside of that."""
    column = np.arange(n)[None, :]
    row = column + np.arange(-upper, lower + 1)[:, None]
    return np.clip(row, 0, n - 1), np.broadcast_to(column, row.shape), (row >= 0) & (row < n)


def _solve_banded_vjp(g: Any, out: Any, ab: Any, _b: Any, lower: int = 0, upper: int = 0) -> tuple[Any, Any]:
    n = ab.shape[1]
    row, column, inside = _at_band(n, upper, lower)  # of the transpose, whose element (i, j) is (j, i) of the matrix
    mirrored = np.where(inside, ab[upper + column - row, row], 0.0)
    adjoint = _by_bands(mirrored, g, lower=upper, upper=lower)
    row, column, inside = _at_band(n, lower, upper)
    c = np.negative(adjoint[row] * out[column])
    return np.where(inside, np.sum(c, axis=-1) if out.ndim > 1 else c, 0.0), adjoint


def _solve_banded_forward(ab: Any, b: Any, lower: int = 0, upper: int = 0) -> Any:
    return callback(_linalg.solve_banded, (lower, upper), ab, b)


_solve_banded = general(
    _solve_banded_forward,
    joint=_solve_banded_vjp, arity=2, options=("lower", "upper"), name="solve_banded", public=False,
)  # fmt: skip
_by_bands = inside_rules(_solve_banded, _solve_banded_forward)


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any, **kwargs: Any) -> Any:
    """Return x with a @ x = b, of (n,) or (n, k), as SciPy does.

    The rows of `ab` are the diagonals of a, the uppermost first. What of them lies outside of a has the gradient 0.
    """
    if not not_scipys(ab, b):
        return _linalg.solve_banded(l_and_u, ab, b, **kwargs)
    lower, upper = l_and_u
    return _solve_banded(ab, b, lower=lower, upper=upper)
