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
