"""Polynomials as `np.polyval` and its relatives have them: arrays of coefficients, that of the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.broadcasting import astype, matrix_transpose
from autograd.engine.domain import Domain
from autograd.engine.mode import interceptor
from autograd.engine.registry import composite, general, publish
from autograd.engine.tensor import Tensor, as_tensor, current, from_value


def _coefficients(p: Any) -> Any:
    """Return p as a tensor with one axis."""
    p = as_tensor(p)
    return p if p.ndim else np.reshape(p, (1,))


# --- values ------------------------------------------------------------------------------------------------


def _numbered(p: Any) -> Any:
    """Return the powers that the coefficients p belong to, from the highest down to 1, in their dtype."""
    powers = np.arange(p.shape[0] - 1, 0, -1)
    return powers.astype(np.finfo(p.dtype).dtype) if p.dtype.kind in "fc" else powers


def _slope_of(p: Any) -> Any:
    return p[:-1] * _numbered(p)


def _polyval_p(g: Any, _out: Any, _p: Any, x: Any) -> Any:
    """Return the sums of g, g x, g x², …, the last of them first."""
    sums, term = [], g
    for _ in range(_p.shape[0]):
        sums.append(np.sum(term))
        term = term * x
    return np.stack(sums[::-1]) if sums else np.zeros_like(g, shape=(0,))


def _polyval_jvp(ts: tuple[Any, ...], _out: Any, p: Any, x: Any) -> Any:
    of_x = 0 if ts[1] is None else ts[1] * np.polyval(_slope_of(p), x)
    return of_x if ts[0] is None else of_x + np.polyval(ts[0], x)


def _polyval_operands(p: Any, x: Any) -> Any:
    if isinstance(x, np.poly1d):
        raise TypeError("polyval: x is a polynomial itself, which tensors cannot stand in; give it numbers")
    if np.ndim(p) != 1:
        raise ValueError(f"polyval: the coefficients are in one row; p has shape {np.shape(p)}")
    return (p, x), {}


polyval = general(
    np.polyval,
    _polyval_p,
    lambda g, _out, p, x: g * np.polyval(_slope_of(p), x),
    jvp=_polyval_jvp, bind=_polyval_operands, method=False,
    samples=(((4,), (2, 3)), ((3,), ()), ((1,), (4,)), ((2,), (0,))),
    doc="The value at each x of the polynomial with the coefficients p, highest power first.",
)  # fmt: skip


def _vander_sides(v: Any, increasing: bool) -> tuple[Any, Any, Any]:
    """Return the columns 1, x, … without the last, 1, 2, …, and where the columns x, x², … are."""
    n = v.shape[1]
    powers = np.arange(1, n, dtype=np.finfo(v.dtype).dtype if v.dtype.kind in "fc" else None)
    if increasing:
        return v[:, : max(n - 1, 0)], powers, slice(1, None)
    return v[:, 1:], powers[::-1], slice(0, max(n - 1, 0))


def _vander_vjp(g: Any, out: Any, _x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: ARG001
    lower, powers, higher = _vander_sides(out, increasing)
    return np.sum(g[:, higher] * powers * lower, axis=1)


def _vander_jvp(ts: tuple[Any, ...], out: Any, _x: Any, N: int | None = None, increasing: bool = False) -> Any:  # noqa: ARG001
    lower, powers, _ = _vander_sides(out, increasing)
    change = np.expand_dims(ts[0], 1) * powers * lower
    ones = np.zeros_like(change, shape=(out.shape[0], min(out.shape[1], 1)))
    return np.concatenate([ones, change] if increasing else [change, ones], axis=1)


_vander = general(np.vander, _vander_vjp, jvp=_vander_jvp, public=False)


def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Return the matrix with powers of x as its `N` columns, highest first; by default as many as x has elements."""
    if x.ndim != 1:
        raise ValueError(f"vander: takes numbers in one row; x has shape {x.shape}")
    wide = np.promote_types(x.dtype, np.int64)  # NumPy makes float64 of float32
    return _vander(x if x.dtype == wide else astype(x, wide), N=N, increasing=increasing)


# --- arithmetic --------------------------------------------------------------------------------------------


def _aligned(a: Any, b: Any) -> tuple[Any, Any]:
    """Return both polynomials with as many coefficients."""
    a, b = _coefficients(a), _coefficients(b)
    n = max(a.shape[0], b.shape[0])
    return _led(a, n - a.shape[0]), _led(b, n - b.shape[0])


def _led(p: Any, zeros: int) -> Any:
    return np.concatenate([np.zeros_like(p, shape=(zeros,)), p]) if zeros else p


def polyadd(a1: Any, a2: Any) -> Any:
    """Return the sum of two polynomials."""
    a, b = _aligned(a1, a2)
    return a + b


def polysub(a1: Any, a2: Any) -> Any:
    """Return the difference of two polynomials."""
    a, b = _aligned(a1, a2)
    return a - b


def _trimmed(p: Any) -> Any:
    """Return the coefficients from the first that is not zero, as NumPy multiplies them; at least the last."""
    p = _coefficients(p)
    values, start = current(p), 0
    while start < p.shape[0] - 1 and values[start] == 0:
        start += 1
    return p[start:] if start else p


def polymul(a1: Any, a2: Any) -> Any:
    """Return the product of two polynomials; zeros that lead one of them are left out, as by NumPy."""
    return np.convolve(_trimmed(a1), _trimmed(a2))


def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """Return the quotient and the remainder of two polynomials; zeros that lead the remainder are left out."""
    u, v = (_coefficients(p) + 0.0 for p in (u, v))
    n = v.shape[0]
    scale, dtype = 1.0 / v[0], np.result_type(u.dtype, v.dtype)
    rest = u if u.dtype == dtype else astype(u, dtype)
    quotient = [np.zeros_like(rest[0])] if u.shape[0] < n else []
    for k in range(u.shape[0] - n + 1):
        quotient.append(scale * rest[k])
        rest = np.concatenate([rest[:k], rest[k : k + n] - quotient[-1] * v, rest[k + n :]])
    values, start = current(rest), 0
    while start < rest.shape[0] - 1 and np.allclose(values[start], 0, rtol=1e-14):
        start += 1
    return np.stack(quotient), rest[start:]


def polyder(p: Any, m: int = 1) -> Any:
    """Return the m-th derivative of a polynomial."""
    if m < 0:
        raise ValueError(f"polyder: m={m}; a derivative is taken 0 times or more often (see polyint)")
    for _ in range(int(m)):
        p = p[:-1] * np.arange(p.shape[0] - 1, 0, -1)
    return p


def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """Return the m-th integral of a polynomial; `k` are the constants of integration, the first integral's first."""
    m = int(m)
    if m < 0:
        raise ValueError(f"polyint: m={m}; an integral is taken 0 times or more often (see polyder)")
    constants = _coefficients(np.zeros(m) if k is None else k)
    if constants.shape[0] < m and constants.shape[0] != 1:
        raise ValueError(f"polyint: k has shape {constants.shape}; m={m} integrals need one constant for all, or {m}")
    for i in range(m):
        constant = constants[0:1] if constants.shape[0] == 1 else constants[i : i + 1]
        p = np.concatenate([p / np.arange(p.shape[0], 0, -1), constant])
    return p


# --- roots -------------------------------------------------------------------------------------------------


def _poly_vjp(g: Any, out: Any, a: Any) -> Any:
    """Return -Σ gₖ Bₖ₋₁ᵀ, where adj(λ - A) = Σ Bₖ λⁿ⁻¹⁻ᵏ: B₀ = 1 and Bₖ = A Bₖ₋₁ + cₖ (Faddeev and LeVerrier).

    The derivative of det(λ - A) is -tr(adj(λ - A) dA): finite where eigenvalues are equal, too.
    """
    one = np.eye(a.shape[0], dtype=a.dtype)
    total, b = -g[1] * one, one
    for k in range(1, a.shape[0]):
        b = a @ b + out[k] * one
        total = total - g[k + 1] * matrix_transpose(b)
    return total


_of_matrix = general(
    np.poly, _poly_vjp, method=False, name="poly", samples=(((3, 3),), ((1, 1),), ((4, 4),)),
    doc="The coefficients of the polynomial with the given roots, or det(λ - a) of a square matrix.",
)  # fmt: skip


def poly(seq_of_zeros: Any) -> Any:
    """Return the coefficients of the polynomial with the given roots, or of det(λ - a) of a square matrix a."""
    several = isinstance(seq_of_zeros, list | tuple) and any(isinstance(root, Tensor) for root in seq_of_zeros)
    x = np.stack(seq_of_zeros) if several else _coefficients(seq_of_zeros)
    if x.ndim == 2 and x.shape[0] == x.shape[1] and x.size:
        return _of_matrix(x)
    if x.ndim != 1:
        raise ValueError(f"poly: takes roots in one row, or a square matrix; it has shape {x.shape}")
    x = x if x.dtype.kind in "fc" else astype(x, np.float64)
    one = np.ones_like(x, shape=(1,))
    p = one
    for i in range(x.shape[0]):
        p = np.concatenate([p, 0 * one]) - x[i] * np.concatenate([0 * one, p])
    if x.dtype.kind == "c":
        values = current(x)
        if np.all(np.equal(np.sort(values), np.sort(np.conj(values)))):
            return np.real(p)
    return p if x.size else np.reshape(p, ())


def _roots_vjp(g: Any, out: Any, p: Any) -> Any:
    """Return -Σ g rᵏ / p'(r) for each power k, since 0 = dp(r) + p'(r) dr at each root r."""
    used = np.where(np.equal(g, 0), 0, g / np.polyval(_slope_of(p), out))  # a double root that nothing depends on
    return _polyval_p(np.negative(used), None, p, out)


def _roots_jvp(ts: tuple[Any, ...], out: Any, p: Any) -> Any:
    return np.negative(np.polyval(ts[0], out) / np.polyval(_slope_of(p), out))


def _near_one(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return _ends(shape) + rng.uniform(-0.1, 0.1, shape)


def _ends(shape: tuple[int, ...]) -> Any:
    """Return 1 for the first and last coefficient and 0 between: roots on the unit circle, as far apart as can be."""
    ends = np.zeros(shape)
    ends[..., 0] = ends[..., -1] = 1
    return ends


_APART = Domain("APART", _near_one, lambda k: _ends(np.shape(k)) + ((k + 4) % 9 - 4) / 64)

roots = general(
    np.roots, _roots_vjp, jvp=_roots_jvp, method=False, domain=_APART, samples=(((2,),), ((4,),), ((6,),)),
    advice=lambda p: "" if p.ndim <= 1 else f"the coefficients are in one row; p has shape {p.shape}",
    doc="The roots of the polynomial with coefficients p: complex where any is. Two that are equal have no slope.",
)  # fmt: skip


# --- fitting -----------------------------------------------------------------------------------------------


def polyfit(x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    """Return the coefficients of the polynomial of degree `deg` that fits y, (n,) or (n, k), at x, (n,), best.

    That is, with the least sum of squares of w (p(x) - y). With `cov` also their covariance, divided by the number of
    degrees of freedom unless it is "unscaled". Differentiable by x, y and w. Raises LinAlgError where the points do
    not determine it, by the measure `rcond`.
    """
    if full:
        raise TypeError(
            "polyfit: full=True also returns numbers that have no derivative. Leave it away; the residuals are "
            "np.polyval(p, x) - y, and the rest is in np.linalg.svd of np.vander(x, deg + 1)."
        )
    x, y = as_tensor(x) + 0.0, as_tensor(y) + 0.0
    _check_points(x, y, deg)
    a = vander(x, int(deg) + 1)
    if w is not None:
        w = as_tensor(w) + 0.0
        if w.shape != x.shape:
            raise TypeError(f"polyfit: w has shape {w.shape} and x {x.shape}; each point has a weight")
        a, y = a * np.expand_dims(w, 1), y * (w if y.ndim == 1 else np.expand_dims(w, 1))
    triangle = _triangle(a, x.shape[0] * np.finfo(x.dtype).eps if rcond is None else rcond)
    c, gram = _least_squares(a, y, triangle)
    return (c, _covariance(a, y, c, _inverse(triangle, gram), cov)) if cov else c


def _check_points(x: Any, y: Any, deg: int) -> None:
    if deg < 0:
        raise ValueError(f"polyfit: deg={deg}; a degree is 0 or more")
    if x.ndim != 1 or y.ndim not in (1, 2) or x.shape[0] != y.shape[0] or not x.size:
        raise TypeError(
            f"polyfit: x has shape {x.shape} and y {y.shape}; x is (n,), and y is (n,), or (n, k) for k fits at once"
        )


def _triangle(a: Any, rcond: Any) -> Any:
    """Return R of A = Q R as a constant, or say that A has no full rank by the measure of NumPy."""
    rows, columns = a.shape
    problem = np.linalg.LinAlgError(
        f"polyfit: {rows} points do not determine the {columns} coefficients, for rounding at least: too few are "
        "different. Lower deg, or shift and scale x."
    )
    if rows < columns:
        raise problem
    r = np.linalg.qr(current(a), mode="r")
    lengths = np.sqrt(np.sum(np.abs(r) ** 2, axis=0))
    sizes = np.linalg.svd(r / np.where(np.equal(lengths, 0), 1, lengths), compute_uv=False)
    full_rank = sizes[-1] > rcond * sizes[0]
    mode = interceptor()
    if mode is not None:
        mode.require(full_rank, problem)
    elif not full_rank:
        raise problem
    return from_value(r, None)


def _adjoint(a: Any) -> Any:
    turned = np.transpose(a)
    return np.conj(turned) if turned.dtype.kind == "c" else turned


def _least_squares(a: Any, y: Any, triangle: Any) -> tuple[Any, Any]:
    """Return the c with the least |A c - y|, by the normal equations of B = A R⁻¹, and their matrix Bᴴ B.

    With R from A = Q R, B is as good as orthogonal, so that no digits are lost. Whatever R is, c is the same: so R is
    a constant, and the derivatives are those of the normal equations.
    """
    b = np.transpose(np.linalg.solve(np.transpose(triangle), np.transpose(a)))
    gram = _adjoint(b) @ b
    return np.linalg.solve(triangle, np.linalg.solve(gram, _adjoint(b) @ y)), gram


def _inverse(triangle: Any, gram: Any) -> Any:
    """Return the inverse of Aᴴ A = Rᴴ Bᴴ B R."""
    half = np.linalg.inv(triangle)
    return half @ np.linalg.solve(gram, _adjoint(half))


def _covariance(a: Any, y: Any, c: Any, inverse: Any, cov: Any) -> Any:
    n, order = a.shape
    if cov == "unscaled":
        factor: Any = 1
    elif n <= order:
        raise ValueError(f"polyfit: {n} points and {order} coefficients leave nothing to scale the covariance by")
    else:
        factor = np.sum(np.square(np.abs(a @ c - y)), axis=0) / (n - order)
    return inverse * factor if y.ndim == 1 else np.expand_dims(inverse, 2) * factor


for _function in (vander, polyadd, polysub, polymul, polydiv, polyder, polyint, polyfit):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)
publish(
    poly, numpy=np.poly, method=False
)  # NumPy asks its elements for their types, so that a list of tensors comes here
