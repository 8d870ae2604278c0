"""Functions that networks and statistics are made of, exact in the tails."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.engine.derivative import cast
from autograd.engine.domain import DISTINCT
from autograd.engine.registry import elementwise, general
from autograd.engine.tensor import Tensor


def of_reals(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let a function that compares, or takes absolute values, refuse complex numbers instead of being wrong on them."""

    @wraps(function)
    def run(x: Any) -> Any:
        if hasattr(x, "dtype") and x.dtype.kind == "c":
            raise TypeError("is for real numbers; take np.real(x), np.imag(x) or np.abs(x)")
        return function(x)

    return run


relu = elementwise(
    lambda x: np.maximum(x, 0),
    lambda g, out, _x: g * np.not_equal(out, 0),  # what is not 0 is positive or nan
    name="relu", bounded=True, domain=DISTINCT,
    doc="x where it is positive, else 0. Its slope at 0 is 0, and 1 at nan, which stays visible.",
)  # fmt: skip


def _sigmoid(x: Any) -> Any:
    t = np.exp(-np.abs(x))
    return np.maximum(t, x >= 0) / (1 + t)  # exp(x) or 1


def logistic(x: Any) -> Any:
    """Return sigmoid(x) inside a rule: recorded as itself on Tensors, since |x| in its formula has no slope at 0."""
    return sigmoid(x) if type(x) is Tensor else _sigmoid(x)


def _density(x: Any) -> Any:
    t = np.exp(-np.abs(x))
    return t / (1 + t) ** 2


def density(x: Any) -> Any:
    """Return logistic_density(x) inside a rule, recorded as itself on Tensors like `logistic`."""
    return logistic_density(x) if type(x) is Tensor else _density(x)


logistic_density = elementwise(
    of_reals(_density), lambda g, out, x: -g * out * np.tanh(x / 2), name="logistic_density",
    doc="sigmoid(x) sigmoid(-x), the slope of sigmoid and the density of the logistic distribution.",
)  # fmt: skip
sigmoid = elementwise(  # y (1 - y) has lost all digits already at x = 40
    of_reals(_sigmoid), lambda g, _out, x: g * density(x), name="sigmoid", aliases=("expit",),
    doc="1 / (1 + exp(-x)), without overflow.",
)  # fmt: skip
softplus = elementwise(
    of_reals(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))), lambda g, _out, x: g * logistic(x),
    name="softplus", doc="log(1 + exp(x)), without overflow.",
)  # fmt: skip
log_sigmoid = elementwise(
    of_reals(lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))),
    lambda g, _out, x: g * logistic(np.negative(x)),
    name="log_sigmoid", doc="log(sigmoid(x)), without overflow.",
)  # fmt: skip

# Rational approximations of erf and erfc, in four ranges of |x|: W. J. Cody, Math. Comp. 23 (1969), with the
# coefficients of fdlibm's s_erf.c (Sun Microsystems, 1993), highest power last.
_ERF_NEAR = (
    (1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02, -5.77027029648944159157e-03,
     -2.37630166566501626084e-05),
    (1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
     1.32494738004321644526e-04, -3.96022827877536812320e-06),
)  # fmt: skip
_ERF_MIDDLE = (
    (-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01, 3.18346619901161753674e-01,
     -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03),
    (1.0, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
     1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02),
)  # fmt: skip
_ERF_AT_ONE = 8.45062911510467529297e-01
_ERFC_FAR = (
    (-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e01, -6.23753324503260060396e01,
     -1.62396669462573470355e02, -1.84605092906711035994e02, -8.12874355063065934246e01, -9.81432934416914548592e00),
    (1.0, 1.96512716674392571292e01, 1.37657754143519042600e02, 4.34565877475229228821e02, 6.45387271733267880336e02,
     4.29008140027567833386e02, 1.08635005541779435134e02, 6.57024977031928170135e00, -6.04244152148580987438e-02),
)  # fmt: skip
_ERFC_FARTHER = (
    (-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e01, -1.60636384855821916062e02,
     -6.37566443368389627722e02, -1.02509513161107724954e03, -4.83519191608651397019e02),
    (1.0, 3.03380607434824582924e01, 3.25792512996573918826e02, 1.53672958608443695994e03, 3.19985821950859553908e03,
     2.55305040643316442583e03, 4.74528541206955367215e02, -2.24409524465858183362e01),
)  # fmt: skip


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Any) -> Any:
    above, below = coefficients
    p, q = above[-1], below[-1]
    for c in reversed(above[:-1]):
        p = p * x + c
    for c in reversed(below[:-1]):
        q = q * x + c
    return p / q


def _erfc_tail(a: Any) -> Any:
    """erfc(a) for a >= 1.25. The square in the exponent is split in two, so that it is exact."""
    s = 1 / (a * a)
    r = np.where(np.less(a, 1 / 0.35), _ratio(_ERFC_FAR, s), _ratio(_ERFC_FARTHER, s))
    z = cast(cast(a, np.dtype(np.float32)), a.dtype)
    return np.exp(-z * z - 0.5625) * np.exp((z - a) * (z + a) + r) / a


def _erf(x: Any) -> Any:
    x = x * 1.0
    a = np.abs(x)
    near = np.minimum(a, 0.84375)
    inner = x + x * _ratio(_ERF_NEAR, near * near)
    middle = _ERF_AT_ONE + _ratio(_ERF_MIDDLE, np.clip(a, 0.84375, 1.25) - 1)
    outer = np.where(np.less(a, 1.25), middle, 1 - _erfc_tail(np.clip(a, 1.25, 6.0)))
    return np.where(np.less(a, 0.84375) | np.isnan(x), inner, np.copysign(outer, x))


def _erfc(x: Any) -> Any:
    x = x * 1.0
    a = np.abs(x)
    tail = _erfc_tail(np.clip(a, 1.25, 28.0))
    far = np.where(np.greater(x, 0), tail, 2 - tail)
    middle = _ratio(_ERF_MIDDLE, np.clip(a, 0.84375, 1.25) - 1)
    middle = np.where(np.greater(x, 0), 1 - _ERF_AT_ONE - middle, 1 + _ERF_AT_ONE + middle)
    near = np.where(np.less(a, 0.84375), x, 0)
    inner = 1 - (near + near * _ratio(_ERF_NEAR, near * near))
    return np.where(np.less(a, 0.84375), inner, np.where(np.less(a, 1.25), middle, np.where(np.isnan(x), x, far)))


_TWO_OVER_ROOT_PI = 1.1283791670955126


def _bell(x: Any) -> Any:
    """2/√π exp(-x²), with x² split so that its larger part is exact: its rounding would be multiplied by x²."""
    x = np.clip(x, -30.0, 30.0)  # beyond is 0; at inf there is no z - x
    z = np.rint(x * 128.0) * (1 / 128)
    return _TWO_OVER_ROOT_PI * np.exp(-z * z) * np.exp((z - x) * (z + x))


erf = elementwise(
    of_reals(_erf), lambda g, _out, x: g * _bell(x), name="erf",
    doc="The error function, 2/√π times the integral of exp(-t²) from 0 to x.",
)  # fmt: skip
erfc = elementwise(
    of_reals(_erfc), lambda g, _out, x: np.negative(g) * _bell(x), name="erfc",
    doc="1 - erf(x), exact where that is tiny.",
)  # fmt: skip


def _shifted_down(x: Any, axis: Any) -> Any:
    return x - np.max(x, axis=axis, keepdims=True, initial=-np.inf)


def _softmax(x: Any, axis: Any = -1) -> Any:
    t = np.exp(_shifted_down(x, axis))
    return t / np.sum(t, axis=axis, keepdims=True)


def _log_softmax(x: Any, axis: Any = -1) -> Any:
    shifted = _shifted_down(x, axis)
    return shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


_ALONG: tuple[tuple[Any, ...], ...] = (((2, 3), {}), ((2, 3), {"axis": 0}), ((4,), {}))

softmax = general(
    _softmax,
    lambda g, out, _x, axis=-1: out * (g - np.sum(g * out, axis=axis, keepdims=True)),
    jvp=lambda ts, out, _x, axis=-1: out * (ts[0] - np.sum(ts[0] * out, axis=axis, keepdims=True)),
    name="softmax", samples=_ALONG, doc="exp(x) divided by its sum along `axis`. nan where all of x is -inf.",
)  # fmt: skip
log_softmax = general(
    _log_softmax,
    lambda g, out, _x, axis=-1: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True),
    jvp=lambda ts, out, _x, axis=-1: ts[0] - np.sum(ts[0] * np.exp(out), axis=axis, keepdims=True),
    name="log_softmax", samples=_ALONG, doc="The logarithm of softmax, exact where that is tiny.",
)  # fmt: skip
