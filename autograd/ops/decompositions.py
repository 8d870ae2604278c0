"""Singular values, eigenvalues, QR, and what is made of them.

The rules are written for matrices in the Hermitian inner product, where complex cotangents are the conjugates of ours.
Vectors are determined up to a factor of size 1, real ones up to sign: only what does not depend on that factor has a
derivative, as projectors have. Where two values are equal their vectors can be any in a plane, and a function of them
has no slope that the vectors alone would tell: its gradient is infinite or nan there. That of the values is finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.broadcasting import matrix_transpose
from autograd.engine.domain import Domain
from autograd.engine.registry import composite, constant, general
from autograd.engine.tensor import DISPATCH, Tensor


def _conj(a: Any) -> Any:
    return np.conj(a) if a.dtype.kind == "c" else a


def _adjoint(a: Any) -> Any:
    return _conj(matrix_transpose(a))


def _row(s: Any) -> Any:
    return np.expand_dims(s, -2)


def _column(s: Any) -> Any:
    return np.expand_dims(s, -1)


def _over(x: Any, y: Any) -> Any:
    """Return x / y, and 0 where x is 0: what nobody asks for has no influence."""
    still = np.equal(x, 0) & np.equal(y, 0)
    return np.where(still, 0, x / np.where(still, 1, y))


def _over_gaps(x: Any, s: Any) -> Any:
    """Return x over the differences of values, s_j - s_i, with zeros on the diagonal."""
    eye = np.eye(s.shape[-1])
    return _over(x * (1 - eye), _row(s) - _column(s) + eye)


def _skew(a: Any) -> Any:
    return a - _adjoint(a)


def _diagonal(s: Any) -> Any:
    return _column(s) * np.eye(s.shape[-1])


def _orthogonal(rng: np.random.Generator, stack: tuple[int, ...], n: int) -> Any:
    return np.linalg.qr(rng.normal(size=(*stack, n, n)))[0]


def _apart(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Draw a matrix whose singular values, and eigenvalues if it is square, are about 1, 2, 3 …."""
    *stack, m, n = shape
    if m == n:
        p = np.eye(n) + 0.3 * rng.uniform(-1, 1, (*stack, n, n)) / n
        return p @ np.diag(np.arange(1.0, n + 1)) @ np.linalg.inv(p)
    k = min(m, n)
    left, right = _orthogonal(rng, tuple(stack), m), _orthogonal(rng, tuple(stack), n)
    return (left[..., :k] * np.arange(1.0, k + 1)) @ right[..., :k, :]


def _symmetric_apart(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    q = _orthogonal(rng, shape[:-2], shape[-1])
    return (q * (np.arange(1.0, shape[-1] + 1) - 2.4)) @ np.swapaxes(q, -1, -2)


def _steps(k: Any) -> Any:
    m, n = k.shape[-2:]
    return ((k + 4) % 9 - 4) / 40 + np.eye(m, n) * np.arange(1.0, n + 1)


def _hermitian(a: Any) -> Any:
    return (a + np.conj(np.swapaxes(a, -1, -2))) / 2


APART = Domain("APART", _apart, _steps)
SYMMETRIC = Domain("SYMMETRIC", _symmetric_apart, lambda k: _hermitian(_steps(k)), _hermitian)


# --- singular values -------------------------------------------------------------------------------------------------


def _svd_pull(u: Any, s: Any, vh: Any, gu: Any, gs: Any, gvh: Any) -> Any:
    """Return the cotangent of u diag(s) vh from those of its factors (J. Townsend, 2016; Wan and Zhang, 2019)."""
    uhgu, vhgv = _adjoint(u) @ gu, vh @ _adjoint(gvh)
    inner = _over_gaps(_skew(uhgu), s * s) * _row(s) + _column(s) * _over_gaps(_skew(vhgv), s * s) + _diagonal(gs)
    if u.dtype.kind == "c":
        inner = inner + _over(0.5 * _skew(uhgu) * np.eye(s.shape[-1]), _row(s))
    c = u @ inner @ vh
    m, n, k = u.shape[-2], vh.shape[-1], s.shape[-1]
    if m > k:
        c = c + _over(gu - u @ uhgu, _row(s)) @ vh
    if n > k:
        c = c + u @ _over(gvh - _adjoint(vhgv) @ vh, _column(s))
    return c


def _svd_vjp(g: Any, out: Any, _a: Any, full_matrices: bool = True) -> Any:
    u, s, vh = out[0], out[1], out[2]
    gu, gs, gvh = (_conj(part) for part in g)
    k = s.shape[-1]
    if full_matrices:  # columns beyond the k first turn with these: du₂ = -u₁ du₁ᴴ u₂
        gu = gu[..., :k] - u[..., k:] @ (_adjoint(gu[..., k:]) @ u[..., :k])
        gvh = gvh[..., :k, :] - (vh[..., :k, :] @ _adjoint(gvh[..., k:, :])) @ vh[..., k:, :]
        u, vh = u[..., :k], vh[..., :k, :]
    return _conj(_svd_pull(u, s, vh, gu, gs, gvh))


_svd = general(
    lambda a, full_matrices=True: np.linalg.svd(a, full_matrices=full_matrices), _svd_vjp,
    name="svd", numpy=None, method=False, domain=APART,
    samples=(
        ((3, 3), {}), ((4, 3), {}), ((2, 3), {}), ((4, 3), {"full_matrices": False}),
        ((3, 4), {"full_matrices": False}), ((2, 3, 2), {"full_matrices": False}),
    ),
    doc="u, s, vh with a = u @ diag(s) @ vh, a being (..., m, n).",
)  # fmt: skip


def _svdvals_vjp(g: Any, _out: Any, a: Any) -> Any:
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return _conj(u * _row(g)) @ _conj(vh)


svdvals = general(
    lambda a: np.linalg.svd(a, compute_uv=False), _svdvals_vjp, name="svdvals", method=False, domain=APART,
    samples=(((3, 3),), ((4, 3),), ((2, 2, 3),)), doc="The singular values of a, (..., m, n), the largest first.",
)  # fmt: skip


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """Return u, s, vh with a = u @ diag(s) @ vh, or s alone without `compute_uv`; a is (..., m, n).

    What depends on the signs of the vectors, or in the plane of equal singular values on their choice, has no
    derivative. With `hermitian` the lower triangle is taken for the other too.
    """
    if hermitian:
        a = np.tril(a) + _adjoint(np.tril(a, -1))
    return _svd(a, full_matrices=full_matrices) if compute_uv else svdvals(a)


# --- eigenvalues -----------------------------------------------------------------------------------------------------


def _eigh_pull(w: Any, v: Any, gw: Any, gv: Any) -> Any:
    """Return the Hermitian cotangent of v diag(w) vᴴ (M. Giles, 2008)."""
    inner = _diagonal(gw) + _over_gaps(_adjoint(v) @ gv, w)
    c = v @ inner @ _adjoint(v)
    return 0.5 * (c + _adjoint(c))


eigh = general(
    np.linalg.eigh, lambda g, out, _a, UPLO="L": _conj(  # noqa: ARG005
        _eigh_pull(out[0], out[1], g[0], _conj(g[1]))
    ),
    name="eigh", method=False, domain=SYMMETRIC, samples=(((3, 3), {}), ((2, 2, 2), {"UPLO": "U"})),
    doc="Eigenvalues, ascending, and eigenvectors of a symmetric (Hermitian) a, (..., n, n); so is its gradient.",
)  # fmt: skip


def _eigvalsh_vjp(g: Any, _out: Any, a: Any, UPLO: Any = "L") -> Any:
    _, v = np.linalg.eigh(a, UPLO)
    return _conj(v * _row(g)) @ matrix_transpose(v)


eigvalsh = general(
    np.linalg.eigvalsh, _eigvalsh_vjp, name="eigvalsh", method=False, domain=SYMMETRIC,
    samples=(((3, 3), {}), ((2, 2, 2), {"UPLO": "U"})),
    doc="The eigenvalues, ascending, of a symmetric (Hermitian) a, (..., n, n); its gradient is so too.",
)  # fmt: skip


def _eig_vjp(g: Any, out: Any, _a: Any) -> Any:
    """Return that of a = v diag(w) v⁻¹ with columns of length 1 (Boeddeker et al., arXiv:1701.00392)."""
    w, v = out[0], out[1]
    gw, vhgv = _conj(g[0]), _adjoint(v) @ _conj(g[1])
    along = np.real(vhgv) * np.eye(w.shape[-1])
    inner = _over_gaps(vhgv - (_adjoint(v) @ v) @ along, _conj(w)) + _diagonal(gw)
    return _conj(np.linalg.solve(_adjoint(v), inner @ _adjoint(v)))


eig = general(
    np.linalg.eig, _eig_vjp, name="eig", method=False, domain=APART, samples=(((3, 3),), ((2, 2, 2),)),
    doc="Eigenvalues and eigenvectors of length 1 of a, (..., n, n); complex unless all of them are real.",
)  # fmt: skip


def _eigvals_vjp(g: Any, _out: Any, a: Any) -> Any:
    _, v = np.linalg.eig(a)
    return matrix_transpose(np.linalg.inv(v)) @ (_column(g) * matrix_transpose(v))


eigvals = general(
    np.linalg.eigvals, _eigvals_vjp, name="eigvals", method=False, domain=APART, samples=(((3, 3),), ((2, 2, 2),)),
    doc="The eigenvalues of a, (..., n, n); complex unless all of them are real.",
)  # fmt: skip


# --- QR --------------------------------------------------------------------------------------------------------------


def _qr_pull(q: Any, r: Any, gq: Any, gr: Any) -> Any:
    """Return the cotangent of q @ r, r square with a real diagonal (Walter and Lehmann, arXiv:1009.6112)."""
    m = r @ _adjoint(gr) - _adjoint(gq) @ q
    below = np.tril(m, -1)
    mirrored = below + _adjoint(below) + np.real(m) * np.eye(m.shape[-1])
    return _adjoint(np.linalg.solve(r, _adjoint(gq + q @ mirrored)))


def _qr_vjp(g: Any, out: Any, a: Any, mode: str = "reduced") -> Any:
    q, r = out[0], out[1]
    gq, gr = (_conj(part) for part in g)
    m, n = a.shape[-2:]
    if mode == "complete" and m > n:  # columns beyond the n first turn with these: dq₂ = -q₁ dq₁ᴴ q₂
        gq = gq[..., :n] - q[..., n:] @ (_adjoint(gq[..., n:]) @ q[..., :n])
        q, r, gr = q[..., :n], r[..., :n, :], gr[..., :n, :]
    if m >= n:
        return _conj(_qr_pull(q, r, gq, gr))
    rest = gr[..., m:]  # of a = (x y) = q (u v), with v = qᴴ y
    first = _qr_pull(q, r[..., :m], gq + a[..., m:] @ _adjoint(rest), gr[..., :m])
    return _conj(np.concatenate([first, q @ rest], axis=-1))


_qr = general(
    lambda a, mode="reduced": np.linalg.qr(a, mode), _qr_vjp, name="qr", method=False, domain=APART,
    samples=(
        ((3, 3), {}), ((4, 3), {}), ((2, 3), {}), ((2, 3, 2), {}), ((3, 2), {"mode": "complete"}),
    ),
    doc="q, r with a = q @ r, q of orthonormal columns and r upper triangular; a is (..., m, n).",
)  # fmt: skip


def qr(a: Any, mode: str = "reduced") -> Any:
    """Return q, r with a = q @ r, q of orthonormal columns and r upper triangular; a is (..., m, n).

    Modes are "reduced", "complete" and "r". Its gradient needs the first min(m, n) columns to be independent.
    """
    if mode not in ("reduced", "complete", "r"):
        raise NotImplementedError(f"qr: mode={mode!r} has no derivative rule; use 'reduced', 'complete' or 'r'")
    return _qr(a)[1] if mode == "r" else _qr(a, mode=mode)


# --- pseudo-inverses -------------------------------------------------------------------------------------------------


def _pinv_pull(g: Any, p: Any, a: Any) -> Any:
    """Return the cotangent of a from that of its pseudo-inverse p (Golub and Pereyra, 1973)."""
    gh, ph = _adjoint(g), _adjoint(p)
    c = np.negative(ph @ g @ ph)
    beside, beyond = gh @ p, p @ gh if a.shape[-1] == a.shape[-2] else None
    c = c + (beside - a @ (p @ beside)) @ ph
    beyond = ph @ (p @ gh) if beyond is None else ph @ beyond
    return c + (beyond - (beyond @ p) @ a)


def _pinv_vjp(g: Any, out: Any, a: Any, rcond: Any = None) -> Any:  # noqa: ARG001
    return _conj(_pinv_pull(_conj(g), out, a))


def _pinv_jvp(ts: tuple[Any, ...], out: Any, a: Any, rcond: Any = None) -> Any:  # noqa: ARG001
    t, th, ph = ts[0], _adjoint(ts[0]), _adjoint(out)
    left, right = th - (th @ a) @ out, th - out @ (a @ th)
    return out @ ph @ left + right @ ph @ out - out @ t @ out


_pinv = general(
    lambda a, rcond=None: np.linalg.pinv(a, rcond=rcond), _pinv_vjp, jvp=_pinv_jvp, name="pinv", method=False,
    domain=APART, samples=(((3, 3), {}), ((4, 3), {}), ((2, 3), {"rcond": 1e-10}), ((2, 3, 2), {})),
    doc="The pseudo-inverse of a, (..., m, n), of constant rank.",
)  # fmt: skip


def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """Return the pseudo-inverse of a, (..., m, n): (..., n, m). Its derivative takes the rank as constant.

    Singular values below `rcond` (`rtol`) times the largest count as 0. With `hermitian` the lower triangle is taken
    for the other too.
    """
    if hermitian:
        a = np.tril(a) + _adjoint(np.tril(a, -1))
    rcond = rtol if rcond is None else rcond
    return _pinv(a) if rcond is None else _pinv(a, rcond=rcond)


def _least_squares_vjp(g: Any, out: Any, a: Any, b: Any, rcond: Any = None) -> tuple[Any, Any]:
    p = np.linalg.pinv(a) if rcond is None else np.linalg.pinv(a, rcond)
    g, b = (_column(x) if x.ndim == 1 else x for x in (g, b))
    by_b = matrix_transpose(p) @ g
    return _pinv_vjp(g @ matrix_transpose(b), p, a), by_b[:, 0] if out.ndim == 1 else by_b


_least_squares = general(
    lambda a, b, rcond=None: np.linalg.lstsq(a, b, rcond=rcond)[0], joint=_least_squares_vjp, arity=2,
    options=("rcond",), name="least_squares", method=False, domain=APART,
    samples=(((4, 3), (4, 2), {}), ((3, 3), (3, 1), {}), ((2, 3), (2, 2), {})),
    doc="x of the least |b - a @ x|, and of those the shortest, for a (m, n) and b (m,) or (m, k).",
)  # fmt: skip


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """Return (x, sums of squares of the residuals, rank, singular values) of the least squares a @ x = b, as NumPy."""
    x = _least_squares(a, b, rcond=rcond)
    plain = a.detach().data if isinstance(a, Tensor) else a
    rank = np.linalg.lstsq(plain, np.zeros(np.shape(a)[:1]), rcond=rcond)[2]
    m, n = np.shape(a)
    left = b - np.matmul(a, x)
    squares = np.sum(np.real(left * np.conj(left)), axis=0, keepdims=np.ndim(b) == 1)
    return x, squares if rank == n < m else squares[:0], rank, svdvals(a)


for _function in (svd, qr, pinv, lstsq):
    composite(_function, numpy=getattr(np.linalg, _function.__name__), method=False)
DISPATCH[np.linalg.svdvals] = svdvals
for _read in (np.linalg.matrix_rank, np.einsum_path):
    constant(_read)
