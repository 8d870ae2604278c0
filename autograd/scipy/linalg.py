"""Derivatives of `scipy.linalg`: triangular and banded systems, Sylvester's equation, roots of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg as _linalg

from autograd.engine.broadcasting import matrix_transpose
from autograd.engine.registry import general
from autograd.engine.tensor import DISPATCH, Tensor

_TRANSPOSED = {0: 1, 1: 0, "N": "T", "T": "N"}


def __getattr__(name: str) -> Any:
    theirs = getattr(_linalg, name)
    numpys: Any = getattr(np.linalg, name, None)

    def run(*args: Any, **kwargs: Any) -> Any:
        if not any(isinstance(x, Tensor) for x in args):
            return theirs(*args, **kwargs)
        if numpys in DISPATCH:
            return numpys(*args, **kwargs)
        raise NotImplementedError(
            f"scipy.linalg.{name} has no derivative rule here. Use t.detach() to leave the graph, or "
            "autograd.operation to give it a rule of your own."
        )

    return run if callable(theirs) and not isinstance(theirs, type) else theirs


def _outer(a: Any, b: Any) -> Any:
    """Return a bᵀ of columns, or of single vectors."""
    return np.matmul(a, matrix_transpose(b)) if a.ndim > 1 else np.expand_dims(a, -1) * b


def _triangle(c: Any, lower: bool, unit: bool) -> Any:
    return np.tril(c, -1 if unit else 0) if lower else np.triu(c, 1 if unit else 0)


def _solve_triangular_vjp(
    g: Any, out: Any, a: Any, _b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> tuple[Any, Any]:
    adjoint = solve_triangular(a, g, trans=_TRANSPOSED[trans], lower=lower, unit_diagonal=unit_diagonal)
    c = np.negative(_outer(adjoint, out) if trans in (0, "N") else _outer(out, adjoint))
    return _triangle(c, lower, unit_diagonal), adjoint


_solve_triangular = general(
    lambda a, b, trans=0, lower=False, unit_diagonal=False: _linalg.solve_triangular(
        a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal
    ),
    joint=_solve_triangular_vjp, arity=2, name="solve_triangular", public=False,
)  # fmt: skip


def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, **kwargs: Any
) -> Any:
    """Return x with a @ x = b for a triangular a, (n, n), and b of (n,) or (n, k), as SciPy does.

    `trans` 1 or "T" solves aᵀ @ x = b. The other half of a is not looked at, and has the gradient 0.
    """
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        if trans not in _TRANSPOSED:
            raise NotImplementedError(f"solve_triangular: trans={trans!r} has no derivative rule; use 0, 1, 'N' or 'T'")
        return _solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal)
    return _linalg.solve_triangular(a, b, trans=trans, lower=lower, unit_diagonal=unit_diagonal, **kwargs)


def _solve_sylvester_vjp(g: Any, out: Any, a: Any, b: Any, _q: Any) -> tuple[Any, Any, Any]:
    adjoint = solve_sylvester(a.T, b.T, g)
    return np.negative(adjoint @ out.T), np.negative(out.T @ adjoint), adjoint


_solve_sylvester = general(
    lambda a, b, q: _linalg.solve_sylvester(a, b, q), joint=_solve_sylvester_vjp, arity=3, name="solve_sylvester",
    public=False,
)  # fmt: skip


def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """Return x with a @ x + x @ b = q, for square a and b, as SciPy does."""
    run = _solve_sylvester if any(isinstance(x, Tensor) for x in (a, b, q)) else _linalg.solve_sylvester
    return run(a, b, q)


_sqrtm = general(
    lambda a: _linalg.sqrtm(a), lambda g, out, _a: solve_sylvester(out.T, out.T, g), name="sqrtm", public=False
)


def sqrtm(A: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the square root of a matrix, as SciPy does."""
    return _sqrtm(A) if isinstance(A, Tensor) else _linalg.sqrtm(A, *args, **kwargs)


def solve_banded(l_and_u: tuple[int, int], ab: Any, b: Any, **kwargs: Any) -> Any:
    """Return x with a @ x = b, for a in the rows of its diagonals `ab`, as SciPy does.

    With tensors the matrix is made of its diagonals and solved as any other.
    """
    if not isinstance(ab, Tensor) and not isinstance(b, Tensor):
        return _linalg.solve_banded(l_and_u, ab, b, **kwargs)
    _, upper = l_and_u
    n = ab.shape[1]
    rows, columns = np.indices((n, n))
    band = rows - columns + upper
    inside = (band >= 0) & (band < ab.shape[0])
    return np.linalg.solve(np.where(inside, ab[np.where(inside, band, 0), columns], 0.0), b)
