"""Derivatives of `scipy.special`: a table of records, each of a ufunc of SciPy's, which takes tensors from then on.

By the order of a Bessel function, or by the parameters of an incomplete gamma or beta function, there is no formula to
compute a derivative by; asking for one raises NotImplementedError.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as _special

from autograd.engine.registry import PUBLIC, elementwise, stepwise
from autograd.engine.tensor import DISPATCH, Tensor
from autograd.ops.reduction import logsumexp as _logsumexp
from autograd.scipy._operands import not_scipys

globals().update({name: getattr(_special, name) for name in dir(_special) if not name.startswith("_")})

_ROOT_PI = math.sqrt(math.pi)
_ROOT_2PI = math.sqrt(2 * math.pi)
_LARGE = 80.0  # exp of it is finite in float32 too

Rule = Callable[..., Any]


def __getattr__(name: str) -> Any:
    return getattr(_special, name)


def _takes_tensors(ufunc: Any, *rules: Rule | None) -> None:
    name = f"scipy.special.{ufunc.__name__}"
    DISPATCH[ufunc] = elementwise(ufunc, *rules, name=name, public=False)


def _no_formula(ufunc: Any, parameter: str) -> Rule:
    """Return a rule for an argument by which there is no derivative, of a function of several."""

    def refuse(*_: Any) -> Any:
        raise NotImplementedError(
            f"scipy.special.{ufunc.__name__}: there is no formula for its derivative by {parameter}. Pass {parameter} "
            "as a plain array, or give the function a rule by autograd.operation."
        )

    if ufunc.nin == 2:
        return lambda g, _out, _x, _y: refuse(g)
    return lambda g, _out, _x, _y, _z: refuse(g)


# --- gamma, beta and their kin ---------------------------------------------------------------------------------------

_zeta = getattr(_special._ufuncs, "_zeta", _special.zeta)  # the ufunc of two arguments, inside of a function


def zeta(x: Any, q: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return the zeta function of Hurwitz, of Riemann where q is left out, as SciPy does; by q it has a derivative."""
    if not not_scipys(x, q):
        return _special.zeta(x, q, *args, **kwargs)
    return _zeta(x, 1.0 if q is None else q)


psi = digamma = _special.psi
gammaln = _special.gammaln

_takes_tensors(
    _zeta,
    _no_formula(_zeta, "its first argument"),
    lambda g, _out, s, q: g * np.negative(s) * _zeta(s + 1, q),
)
_takes_tensors(psi, lambda g, _out, x: g * _zeta(2.0, x))
_takes_tensors(gammaln, lambda g, _out, x: g * psi(x))
_takes_tensors(_special.loggamma, lambda g, _out, x: g * psi(x))
_takes_tensors(_special.gamma, lambda g, out, x: g * out * psi(x))


def _rgamma_psi(x: Any) -> Any:
    """Return psi(x) / gamma(x), which is finite at the poles too: by reflection (Abramowitz and Stegun, 6.1.17)."""
    left = np.less(x, 0.5)
    z = 1 - np.where(left, x, 0.5)
    turn = np.pi * z
    reflected = _special.gamma(z) * (np.cos(turn) + np.sin(turn) * psi(z) / np.pi)
    x = np.where(left, 1.0, x)
    return np.where(left, reflected, _special.rgamma(x) * psi(x))


_takes_tensors(_special.rgamma, lambda g, _out, x: np.negative(g) * _rgamma_psi(x))
DISPATCH[_special.gammasgn] = stepwise(_special.gammasgn, name="scipy.special.gammasgn", public=False)
_takes_tensors(
    _special.beta,
    lambda g, out, a, b: g * out * (psi(a) - psi(a + b)),
    lambda g, out, a, b: g * out * (psi(b) - psi(a + b)),
)
_takes_tensors(
    _special.betaln,
    lambda g, _out, a, b: g * (psi(a) - psi(a + b)),
    lambda g, _out, a, b: g * (psi(b) - psi(a + b)),
)
_takes_tensors(
    _special.binom,
    lambda g, out, n, k: g * out * (psi(n + 1) - psi(n - k + 1)),
    lambda g, out, n, k: g * out * (psi(n - k + 1) - psi(k + 1)),
)


def _gamma_density(a: Any, x: Any) -> Any:
    return np.exp(_special.xlogy(a - 1, x) - x - gammaln(a))


_takes_tensors(_special.gammainc, _no_formula(_special.gammainc, "a"), lambda g, _out, a, x: g * _gamma_density(a, x))
_takes_tensors(
    _special.gammaincc,
    _no_formula(_special.gammaincc, "a"),
    lambda g, _out, a, x: np.negative(g) * _gamma_density(a, x),
)
_takes_tensors(
    _special.betainc,
    _no_formula(_special.betainc, "a"),
    _no_formula(_special.betainc, "b"),
    lambda g, _out, a, b, x: (
        g * np.exp(_special.xlogy(a - 1, x) + _special.xlog1py(b - 1, np.negative(x)) - _special.betaln(a, b))
    ),
)
_takes_tensors(
    _special.stdtr,
    _no_formula(_special.stdtr, "df"),
    lambda g, _out, df, t: (
        g * np.exp(np.negative((df + 1) / 2) * np.log1p(t * t / df) - _special.betaln(0.5, df / 2)) / np.sqrt(df)
    ),
)


def polygamma(n: Any, x: Any) -> Any:
    """Return the n-th derivative of psi, as SciPy does; by x it can be differentiated."""
    if not not_scipys(n, x):
        return _special.polygamma(n, x)
    if isinstance(n, Tensor):
        raise TypeError("scipy.special.polygamma: n has no derivative; pass it as a plain number or array")
    n = np.asarray(n, dtype=float)
    if not n.ndim:
        return psi(x) if n == 0 else float((-1.0) ** (n + 1) * _special.gamma(n + 1)) * _zeta(float(n) + 1, x)
    order = np.where(n == 0, 1.0, n)
    return np.where(n == 0, psi(x), (-1.0) ** (order + 1) * _special.gamma(order + 1) * _zeta(order + 1, x))


def multigammaln(a: Any, d: int) -> Any:
    """Return the logarithm of the gamma function of d dimensions, as SciPy does."""
    if not not_scipys(a):
        return _special.multigammaln(a, d)
    constant = d * (d - 1) * 0.25 * math.log(math.pi)
    return constant + np.sum(gammaln(np.expand_dims(a, -1) - 0.5 * np.arange(d)), axis=-1)


def factorial(n: Any, *args: Any, **kwargs: Any) -> Any:
    """Return n!, as SciPy does; of a tensor gamma(n + 1)."""
    return _special.gamma(n + 1) if not_scipys(n) else _special.factorial(n, *args, **kwargs)


def _of_real_or_complex(real: Any, of_complex: Any) -> Any:
    """Return the function that is ours of real numbers, and SciPy's of complex ones."""
    return lambda x: (of_complex if getattr(x, "dtype", np.dtype(float)).kind == "c" else real)(x)


# --- error functions and the normal distribution ---------------------------------------------------------------------

for _name, _ours in (
    ("erf", "erf"), ("erfc", "erfc"), ("expit", "sigmoid"), ("log_expit", "log_sigmoid"), ("expm1", "expm1"),
    ("log1p", "log1p"), ("exp2", "exp2"), ("cbrt", "cbrt"),
):  # fmt: skip
    if hasattr(_special, _name):
        DISPATCH[getattr(_special, _name)] = PUBLIC[_ours]


for _name, _slope in (("erf", 2 / _ROOT_PI), ("erfc", -2 / _ROOT_PI)):
    _ufunc = getattr(_special, _name)
    DISPATCH[_ufunc] = _of_real_or_complex(
        PUBLIC[_name],
        elementwise(
            _ufunc, lambda g, _out, x, slope=_slope: g * slope * np.exp(-x * x), public=False,
            arity=1, options=(), name=f"scipy.special.{_name}",
        ),
    )  # fmt: skip


def _erfcx_slope(out: Any, x: Any) -> Any:
    """Return 2 x out - 2/√π; far out, where the two cancel, its asymptotic series (Abramowitz and Stegun, 7.1.23)."""
    far = np.greater(x, 50.0)
    s = 1 / np.where(far, x, 50.0) ** 2
    series = s * (-1 + s * (1.5 + s * (-3.75 + s * 13.125))) / _ROOT_PI
    return np.where(far, series, 2 * np.where(far, 0.0, x) * out - 2 / _ROOT_PI)


_takes_tensors(_special.erfinv, lambda g, out, _x: g * (_ROOT_PI / 2) * np.exp(out * out))
_takes_tensors(_special.erfcinv, lambda g, out, _x: g * (-_ROOT_PI / 2) * np.exp(out * out))
_takes_tensors(_special.erfcx, lambda g, out, x: g * _erfcx_slope(out, x))
_takes_tensors(_special.logit, lambda g, _out, x: g / (x * (1 - x)))
_takes_tensors(_special.ndtr, lambda g, _out, x: g * np.exp(-0.5 * x * x) / _ROOT_2PI)
_takes_tensors(  # where exp(-x²/2 - out) would have lost all digits, erfcx has them
    _special.log_ndtr, lambda g, _out, x: g * (math.sqrt(2 / math.pi) / _special.erfcx(x * -math.sqrt(0.5)))
)
_takes_tensors(_special.ndtri, lambda g, out, _x: g * _ROOT_2PI * np.exp(0.5 * out * out))
_takes_tensors(_special.exp10, lambda g, out, _x: g * math.log(10) * out)

# --- Bessel functions (Abramowitz and Stegun, 9.1.27 and 9.6.26) ------------------------------------------------------

_jv, _yv, _iv, _kv = _special.jv, _special.yv, _special.iv, _special.kv

_takes_tensors(_special.j0, lambda g, _out, x: np.negative(g) * _special.j1(x))
_takes_tensors(_special.j1, lambda g, _out, x: g * 0.5 * (_special.j0(x) - _jv(2.0, x)))
_takes_tensors(_special.y0, lambda g, _out, x: np.negative(g) * _special.y1(x))
_takes_tensors(_special.y1, lambda g, _out, x: g * 0.5 * (_special.y0(x) - _yv(2.0, x)))
_takes_tensors(_special.i0, lambda g, _out, x: g * _special.i1(x))
_takes_tensors(_special.i1, lambda g, _out, x: g * 0.5 * (_special.i0(x) + _iv(2.0, x)))
_takes_tensors(_special.i0e, lambda g, out, x: g * (_special.i1e(x) - np.sign(x) * out))
_takes_tensors(_special.i1e, lambda g, out, x: g * (0.5 * (_special.i0e(x) + _special.ive(2.0, x)) - np.sign(x) * out))
_takes_tensors(_special.k0, lambda g, _out, x: np.negative(g) * _special.k1(x))
_takes_tensors(_special.k1, lambda g, _out, x: g * -0.5 * (_special.k0(x) + _kv(2.0, x)))
for _bessel, _sign in ((_jv, -1.0), (_yv, -1.0), (_iv, 1.0)):
    _takes_tensors(
        _bessel, _no_formula(_bessel, "its order"),
        lambda g, _out, v, x, f=_bessel, sign=_sign: g * 0.5 * (f(v - 1, x) + sign * f(v + 1, x)),
    )  # fmt: skip
for _bessel in (_kv, _special.kn):
    _takes_tensors(
        _bessel, _no_formula(_bessel, "its order"),
        lambda g, _out, v, x: g * -0.5 * (_kv(np.abs(v - 1), x) + _kv(v + 1, x)),
    )  # fmt: skip
_takes_tensors(
    _special.yn,
    _no_formula(_special.yn, "its order"),
    lambda g, _out, v, x: g * 0.5 * (_yv(v - 1.0, x) - _yv(v + 1.0, x)),
)


def _sign_of_real(x: Any) -> Any:
    if x.dtype.kind == "c":
        raise TypeError("scipy.special.ive: is not holomorphic; write iv(v, z) * np.exp(-np.abs(np.real(z)))")
    return np.sign(x)


_takes_tensors(
    _special.ive, _no_formula(_special.ive, "its order"),
    lambda g, out, v, x: g * (0.5 * (_special.ive(v - 1, x) + _special.ive(v + 1, x)) - _sign_of_real(x) * out),
)  # fmt: skip

# --- entropies and integrals -----------------------------------------------------------------------------------------


def _over(x: Any, y: Any) -> Any:
    """Return x / y, and 0 where both are 0."""
    both = np.equal(x, 0) & np.equal(y, 0)
    return np.where(both, 0, x / np.where(both, 1, y))


def _log_or_0(x: Any, y: Any) -> Any:
    """Return log(y), and 0 where x and y are 0."""
    both = np.equal(x, 0) & np.equal(y, 0)
    return np.where(both, 0, np.log(np.where(both, 1, y)))


def _log_ratio(x: Any, y: Any) -> Any:
    """Return log(x / y), and 0 where both are 0, as an empty bin of two histograms is: the ratio of equal ones."""
    both = np.equal(x, 0) & np.equal(y, 0)
    return np.log(np.where(both, 1, x) / np.where(both, 1, y))


_takes_tensors(
    _special.xlogy,
    lambda g, _out, x, y: g * _log_or_0(x, y),
    lambda g, _out, x, y: g * _over(x, y),
)
_takes_tensors(
    _special.xlog1py,
    lambda g, _out, x, y: g * _log_or_0(x, 1 + y),
    lambda g, _out, x, y: g * _over(x, 1 + y),
)
_takes_tensors(_special.entr, lambda g, _out, x: g * np.negative(1 + np.log(x)))
_takes_tensors(
    _special.rel_entr,
    lambda g, _out, x, y: g * (_log_ratio(x, y) + 1),
    lambda g, _out, x, y: np.negative(g) * _over(x, y),
)
_takes_tensors(
    _special.kl_div,
    lambda g, _out, x, y: g * _log_ratio(x, y),
    lambda g, _out, x, y: g * (1 - _over(x, y)),
)
_takes_tensors(_special.expi, lambda g, _out, x: g * np.exp(x) / x)
_takes_tensors(_special.exp1, lambda g, _out, x: np.negative(g) * np.exp(np.negative(x)) / x)
_takes_tensors(
    _special.expn, _no_formula(_special.expn, "n"), lambda g, _out, n, x: np.negative(g) * _special.expn(n - 1, x)
)


def logsumexp(a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """Return log(sum(b · exp(a))) over `axis`, as SciPy does; with `return_sign` its absolute value's, and the sign."""
    if not not_scipys(a, b):
        return _special.logsumexp(a, axis=axis, b=b, keepdims=keepdims, return_sign=return_sign)
    if b is None and not return_sign:
        return _logsumexp(a, axis=axis, keepdims=keepdims)
    weights = 1.0 if b is None else b
    counted = np.not_equal(_constant(weights), 0)  # what weighs nothing is not the largest, even if it is infinite
    top = np.max(np.where(counted, _constant(a), -np.inf), axis=axis, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0)
    a = a - shift
    a = np.where(counted, a, np.where(np.less(a, _LARGE), a, _LARGE))
    total = np.sum(weights * np.exp(a), axis=axis, keepdims=keepdims)
    sign = np.sign(_constant(total))
    out = np.log(total * sign if return_sign else total) + (shift if keepdims else np.reshape(shift, total.shape))
    return (out, sign) if return_sign else out


def _constant(x: Any) -> Any:
    return x.detach() if isinstance(x, Tensor) else x


def softmax(x: Any, axis: Any = None) -> Any:
    """Return exp(x) over its sum, as SciPy does: over all elements, or along `axis`."""
    return _normalized("softmax", x, axis)


def log_softmax(x: Any, axis: Any = None) -> Any:
    """Return the logarithm of softmax, as SciPy does: over all elements, or along `axis`."""
    return _normalized("log_softmax", x, axis)


def _normalized(name: str, x: Any, axis: Any) -> Any:
    if not not_scipys(x):
        return getattr(_special, name)(x, axis=axis)
    if axis is None:
        return np.reshape(PUBLIC[name](np.reshape(x, (-1,))), x.shape)
    return PUBLIC[name](x, axis=axis)
