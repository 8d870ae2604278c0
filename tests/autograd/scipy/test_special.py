"""scipy.special with tensors: its own values, and derivatives of first and second order in both modes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import scipy.special

import autograd
from autograd.scipy import special
from autograd.testing import check_grad

POSITIVE = np.array([0.3, 0.7, 1.9, 6.2])
UNIT = np.array([0.02, 0.3, 0.5, 0.9])
SIGNED = np.array([-1.7, -0.3, 0.4, 2.1])

Case = tuple[Callable[..., Any], tuple[Any, ...]]
ON_POSITIVE = """gammaln gamma psi digamma loggamma rgamma erfcx log_ndtr exp10 log1p j0 j1 y0 y1 i0 i1 i0e i1e k0 k1
entr expi exp1 factorial softmax log_softmax logsumexp"""
ON_SIGNED = """erf erfc expit log_expit ndtr expm1 exp2 cbrt"""

CASES: dict[str, Case] = {
    **{name: (getattr(special, name), (POSITIVE,)) for name in ON_POSITIVE.split()},
    **{name: (getattr(special, name), (SIGNED,)) for name in ON_SIGNED.split()},
    **{name: (getattr(special, name), (UNIT,)) for name in ["erfinv", "erfcinv", "logit", "ndtri"]},
    **{
        name: (getattr(special, name), (POSITIVE + 1, POSITIVE[::-1].copy()))
        for name in ["beta", "betaln", "binom", "xlogy", "xlog1py", "rel_entr", "kl_div"]
    },
    **{
        f"{name}({order}, x)": (partial(getattr(special, name), order), (POSITIVE,))
        for name, order in (
            ("gammainc", 1.5), ("gammaincc", 1.5), ("jv", 1.5), ("jn", 2), ("yv", 1.5), ("yn", 2), ("iv", 0.5),
            ("ive", 0.5), ("kv", 0.5), ("kn", 2), ("expn", 3), ("stdtr", 3.5), ("zeta", 2.5), ("polygamma", 2),
        )
    },
    "betainc": (lambda x: special.betainc(1.5, 2.5, x), (UNIT,)),
    "multigammaln": (lambda x: special.multigammaln(x, 3), (POSITIVE + 2,)),
    "logsumexp with weights": (lambda a, b: special.logsumexp(a, b=b), (SIGNED, POSITIVE)),
    "logsumexp along an axis": (
        lambda a: special.logsumexp(a, axis=1, keepdims=True), (np.arange(6.0).reshape(2, 3),),
    ),
    "softmax along an axis": (lambda a: special.softmax(a, axis=0), (np.arange(6.0).reshape(2, 3),)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    f, arrays = CASES[name]
    check_grad(f, *arrays).raise_if_failed()
    plain, recorded = f(*arrays), f(*map(autograd.tensor, arrays))
    assert not isinstance(plain, autograd.Tensor)
    np.testing.assert_allclose(recorded.data, plain, rtol=1e-12)


def test_scipys_own_functions_take_tensors_too() -> None:
    assert special.gammaln is scipy.special.gammaln
    assert autograd.grad(scipy.special.gammaln)(1.0) == pytest.approx(-np.euler_gamma)


def test_the_sign_of_a_sum_of_exponentials() -> None:
    a, b = autograd.tensor([0.0, 1.0]), np.array([1.0, -1.0])
    out, sign = special.logsumexp(a, b=b, return_sign=True)
    expected = scipy.special.logsumexp([0.0, 1.0], b=b, return_sign=True)
    assert (out.item(), sign.item()) == pytest.approx(tuple(map(float, expected)))


@pytest.mark.parametrize("name, args", [("gammainc", (2.0, 1.0)), ("jv", (1.5, 1.0)), ("betainc", (2.0, 1.0, 0.5))])
def test_a_parameter_without_a_formula_is_refused(name: str, args: tuple[float, ...]) -> None:
    with pytest.raises(NotImplementedError, match=f"{name}: there is no formula"):
        autograd.grad(getattr(special, name))(*args)


def test_limits() -> None:
    gradient = autograd.grad(lambda x, y: special.xlogy(x, y), (0, 1))
    assert gradient(0.0, 0.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    "a, b",
    [
        ([1000.0, 0.0], [0.0, 1.0]), ([np.inf, 0.0], [0.0, 1.0]), ([np.nan, 0.0], [0.0, 1.0]), ([1.0, 2.0], [0.0, 0.0]),
        ([1.0, 0.0], [1.0, -1.0]), ([-np.inf, -np.inf], [1.0, 1.0]), ([np.inf, 1.0], [1.0, 1.0]),
        ([[1.0, 2.0], [3.0, 4.0]], [0.5, 0.0]),
    ],
)  # fmt: skip
def test_what_weighs_nothing_does_not_count(a: Any, b: Any) -> None:
    """As in SciPy an element of weight 0 adds nothing, however large it is; by its weight there is a derivative."""
    with np.errstate(all="ignore"):
        found = special.logsumexp(autograd.tensor(a), b=autograd.tensor(b), axis=-1)
        np.testing.assert_allclose(found.data, scipy.special.logsumexp(a, b=b, axis=-1), rtol=1e-14)


def test_the_slope_by_a_weight_of_zero() -> None:
    by_b = autograd.grad(lambda b: special.logsumexp(np.array([1.0, 2.0]), b=b))(np.array([0.0, 1.0]))
    np.testing.assert_allclose(by_b, [np.exp(-1.0), 1.0])


@pytest.mark.parametrize(
    "name, x, slope",
    [
        ("rgamma", 0.0, 1.0), ("rgamma", -1.0, -1.0), ("rgamma", -2.0, 2.0), ("rgamma", -3.0, -6.0),
        ("log_ndtr", -1e10, 1e10), ("log_ndtr", 40.0, np.exp(-800.0) / np.sqrt(2 * np.pi)),
        ("erfcx", 1e6, -1e-12 / np.sqrt(np.pi)), ("erfcx", 1e200, 0.0),
    ],
)  # fmt: skip
def test_slopes_at_poles_and_far_out(name: str, x: float, slope: float) -> None:
    """Where the plain formula is 0 times infinity, or the difference of two numbers that agree in all digits."""
    with np.errstate(over="ignore"):
        assert autograd.grad(getattr(special, name))(x) == pytest.approx(slope, rel=1e-11, abs=0)


def test_the_zeta_function_of_one_argument() -> None:
    x = np.array([2.0, 3.5])
    np.testing.assert_allclose(special.zeta(autograd.tensor(x)).data, scipy.special.zeta(x), rtol=1e-14)
    with pytest.raises(NotImplementedError, match="zeta: there is no formula"):
        autograd.grad(special.zeta)(2.0)


def test_polygamma_of_several_orders() -> None:
    n, x = np.array([0, 1, 3]), np.array([0.5, 1.5, 2.5])
    check_grad(lambda x: special.polygamma(n, x), x).raise_if_failed()
    np.testing.assert_allclose(special.polygamma(n, autograd.tensor(x)).data, scipy.special.polygamma(n, x))
    with pytest.raises(TypeError, match="n has no derivative"):
        special.polygamma(autograd.tensor(1.0), x)


def test_what_is_not_holomorphic_is_refused() -> None:
    with pytest.raises(TypeError, match="not holomorphic"):
        autograd.jvp(lambda z: special.ive(0.5, z), (np.array(1 + 1j),), (np.array(1j),))


def test_an_empty_bin_of_two_histograms() -> None:
    """Where both are 0 the slopes are those of a ratio of 1; where only x is 0 the true one is infinite."""
    p, q = np.array([0.0, 0.5]), np.array([0.0, 0.25])
    by_p, by_q = autograd.grad(lambda p, q: np.sum(special.rel_entr(p, q)), (0, 1))(p, q)
    np.testing.assert_allclose(by_p, [1.0, np.log(2.0) + 1])
    np.testing.assert_allclose(by_q, [0.0, -2.0])
    by_p, by_q = autograd.grad(lambda p, q: np.sum(special.kl_div(p, q)), (0, 1))(p, q)
    np.testing.assert_allclose(by_p, [0.0, np.log(2.0)])
    np.testing.assert_allclose(by_q, [1.0, -1.0])


@pytest.mark.parametrize("function", [scipy.special.erf, scipy.special.erfc])
def test_error_functions_of_complex_numbers(function: Any) -> None:
    z = np.array([0.5 + 0.3j, -1.0 + 2.0j])
    t = autograd.tensor(z, requires_grad=True)
    np.testing.assert_array_equal(function(t).detach().data, function(z))
    check_grad(function, z).raise_if_failed()
