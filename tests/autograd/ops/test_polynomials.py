"""Polynomials beside what is generated: every function against NumPy and differences, multiple roots, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from tests.autograd.duck import Duck, unwrap

RNG = np.random.default_rng(0)
P, Q = np.array([2.0, -1.0, 0.5, 3.0]), np.array([1.5, -0.7])
X, Y, PLANE = np.linspace(-1, 2, 7), RNG.normal(size=7), RNG.normal(size=(7, 2))
WEIGHTS = RNG.uniform(0.5, 2, 7)
MATRIX = RNG.normal(size=(3, 3))

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "vander": (lambda x: np.vander(x), (P,)),
    "vander N": (lambda x: np.vander(x, 5, increasing=True), (P,)),
    "vander one": (lambda x: np.concatenate([np.vander(x, 1), np.reshape(x, (-1, 1))]), (P,)),
    "polyadd": (lambda a, b: np.polyadd(a, b), (P, Q)),
    "polyadd shorter": (lambda a, b: np.polyadd(a, b), (Q, P)),
    "polyadd a number": (lambda a, b: np.polyadd(a, b), (P, np.array(2.0))),
    "polysub": (lambda a, b: np.polysub(a, b), (Q, P)),
    "polymul": (lambda a, b: np.polymul(a, b), (P, Q)),
    "polydiv": (lambda a, b: np.polydiv(a, b), (P, Q)),
    "polydiv by more": (lambda a, b: np.polydiv(a, b), (Q, P)),
    "polyder": (lambda p: np.polyder(p), (P,)),
    "polyder 2": (lambda p: np.polyder(p, 2), (P,)),
    "polyint": (lambda p: np.polyint(p), (P,)),
    "polyint k": (lambda p, k: np.polyint(p, 2, k), (P, Q)),
    "polyint one k": (lambda p, k: np.polyint(p, 3, k), (P, np.array(2.0))),
    "poly": (lambda r: np.poly(r), (P,)),
    "poly of a matrix": (lambda a: np.poly(a), (MATRIX,)),
    "polyfit": (lambda x, y: np.polyfit(x, y, 3), (X, Y)),
    "polyfit exactly": (lambda x, y: np.polyfit(x, y, 6), (X, Y)),
    "polyfit w": (lambda x, y, w: np.polyfit(x, y, 2, w=w), (X, Y, WEIGHTS)),
    "polyfit two": (lambda x, y, w: np.polyfit(x, y, 2, w=w), (X, PLANE, WEIGHTS)),
    "polyfit cov": (lambda x, y, w: np.polyfit(x, y, 2, w=w, cov=True), (X, Y, WEIGHTS)),
    "polyfit two cov": (lambda x, y: np.polyfit(x, y, 1, cov=True), (X, PLANE)),
    "polyfit unscaled": (lambda x, y: np.polyfit(x, y, 1, cov="unscaled"), (X, Y)),
}


def several(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple) else [result]


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives(name: str, check_grad: Any) -> None:
    """The value is NumPy's, and so are derivatives by every argument, in both modes and of second order."""
    f, arrays = PROGRAMS[name]
    expected, found = f(*arrays), f(*map(tensor, arrays))
    assert type(found) is (tuple if isinstance(expected, tuple) else autograd.Tensor)
    for ours, theirs in zip(several(found), several(expected), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-11, atol=1e-12)
    check_grad(f, *arrays, order=2)


@pytest.mark.parametrize("name", PROGRAMS)
def test_single_precision(name: str) -> None:
    """The dtype of a result is NumPy's; a gradient has that of its input."""
    f, arrays = PROGRAMS[name]
    small = [a.astype(np.float32) for a in arrays]
    xs = [tensor(a, requires_grad=True) for a in small]
    found = several(f(*xs))
    assert [out.dtype for out in found] == [out.dtype for out in several(f(*small))]
    sum(out.sum() for out in found).backward()
    assert all(x.grad.dtype == np.float32 for x in xs if x.grad is not None)


@pytest.mark.parametrize("name", PROGRAMS)
def test_duck_arrays(name: str) -> None:
    """What speaks NumPy's protocols alone goes through, forward and backward."""
    f, arrays = PROGRAMS[name]

    def pulled(wrapped: Callable[[Any], Any]) -> list[Any]:
        xs = [tensor(wrapped(a), requires_grad=True) for a in arrays]
        for out in filter(lambda out: out.requires_grad, several(f(*xs))):
            out.backward(wrapped(np.cos(np.arange(out.size)).reshape(out.shape)), retain_graph=True)
        return [unwrap(x.grad) for x in xs if x.grad is not None]

    for ours, expected in zip(pulled(Duck), pulled(np.array), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", ["vander N", "polyder", "polydiv", "poly", "poly of a matrix", "polyfit w"])
def test_complex_coefficients(name: str, check_grad: Any) -> None:
    f, arrays = PROGRAMS[name]
    zs = [a + 0.3j * np.cos(np.arange(a.size)).reshape(a.shape) for a in arrays]
    for ours, theirs in zip(several(f(*map(tensor, zs))), several(f(*zs)), strict=True):
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-10, atol=1e-12)

    def parts(*halves: Any) -> list[Any]:
        n = len(halves) // 2
        outs = several(f(*(x + 1j * y for x, y in zip(halves[:n], halves[n:], strict=True))))
        return [part for out in outs for part in (np.real(out), np.imag(out))]

    check_grad(parts, *(z.real.copy() for z in zs), *(z.imag.copy() for z in zs), order=1)


def test_polyfit_of_complex_values(check_grad: Any) -> None:
    z = Y + 1j * Y[::-1]
    np.testing.assert_allclose(np.polyfit(tensor(X), z, 2).data, np.polyfit(X, z, 2), rtol=1e-11)
    check_grad(lambda x, a: np.real(np.polyfit(x, a + 1j * Y, 2)), X, Y)


# --- values and roots --------------------------------------------------------------------------------------


def test_polyval_of_no_and_one_coefficient() -> None:
    x = tensor([1.0, 2.0], requires_grad=True)
    p = tensor(np.zeros(0), requires_grad=True)
    out = np.polyval(p, x)
    out.sum().backward()
    assert out.data.tolist() == [0.0, 0.0] and p.grad.shape == (0,) and x.grad.tolist() == [0.0, 0.0]


def test_polyval_of_lists_and_polynomials() -> None:
    p = tensor([1.0, 2.0], requires_grad=True)
    assert np.polyval(p, [3, 4]).data.tolist() == [5.0, 6.0]
    assert np.polyval(np.poly1d([1, 0, 1]), tensor(2.0)).item() == 5.0
    with pytest.raises(TypeError, match="a polynomial itself"):
        np.polyval(p, np.poly1d([1, 2]))
    with pytest.raises(ValueError, match="in one row"):
        np.polyval(tensor(np.ones((2, 2))), [1.0, 2.0])


def test_roots_and_poly_are_inverse() -> None:
    """The derivative of roots after poly is the identity, up to their order."""
    wanted = np.array([0.5, -1.5, 3.0, 7.0])
    order = np.argsort(np.roots(np.poly(wanted)))
    slopes = autograd.jacobian(lambda r: np.roots(np.poly(r)))(wanted)
    np.testing.assert_allclose(slopes[order][:, np.argsort(wanted)], np.eye(4), atol=1e-9)


def test_roots_beside_zeros() -> None:
    """Zeros that lead or trail have derivatives too: of the other roots, and of the root at 0."""
    p = tensor([0.0, 2.0, -6.0, 4.0, 0.0], requires_grad=True)
    out = np.roots(p)
    np.testing.assert_allclose(out.data, [2.0, 1.0, 0.0], atol=1e-12)
    out.backward(np.array([0.0, 0.0, 1.0]))
    np.testing.assert_allclose(p.grad, [0.0, 0.0, 0.0, 0.0, -1 / 4])


def test_roots_of_real_coefficients_have_real_gradients(check_grad: Any) -> None:
    p = np.array([1.0, 0.3, 2.0, -0.5])
    gradient = autograd.grad(lambda p: np.sum(np.abs(np.roots(p)) ** 2))(p)
    assert gradient.dtype == np.float64
    check_grad(lambda p: np.sum(np.abs(np.roots(p)) ** 2), p)


def test_a_double_root_matters_only_where_it_is_used() -> None:
    """The slope of a double root is infinite; that of another root, and of the coefficients by roots, is not."""
    p = tensor(np.poly([1.0, 1.0, 4.0]), requires_grad=True)
    out = np.roots(p)
    out[np.argmax(np.abs(out.data))].backward()
    assert np.isfinite(p.grad).all()
    assert autograd.grad(lambda r: np.sum(np.poly(r)))(np.array([1.0, 1.0, 4.0])).tolist() == [0.0, 0.0, 0.0]
    double = autograd.grad(lambda a: np.poly(a)[2])(np.eye(2) * 3.0)
    np.testing.assert_allclose(double, 3.0 * np.eye(2))


def test_no_roots() -> None:
    assert np.roots(tensor([2.0])).shape == (0,)
    assert np.roots(tensor([0.0, 0.0])).shape == (0,)
    assert autograd.poly(np.zeros(0)).item() == np.poly(np.zeros(0)) == 1.0
    p = tensor([2.0], requires_grad=True)
    np.sum(np.roots(p)).backward()
    assert p.grad.tolist() == [0.0]


def test_poly_of_a_list_of_tensors() -> None:
    x = tensor(2.0, requires_grad=True)
    out = np.poly([x, 1.0, x])
    assert out.data.tolist() == [1.0, -5.0, 8.0, -4.0]
    out[3].backward()
    assert x.grad == -4.0


def test_conjugate_roots_make_real_coefficients() -> None:
    r = np.array([1 + 2j, 1 - 2j, 3.0])
    out = np.poly(tensor(r))
    assert out.dtype == np.poly(r).dtype == np.float64
    np.testing.assert_allclose(out.data, np.poly(r))


# --- arithmetic --------------------------------------------------------------------------------------------


def test_leading_zeros_are_left_out_as_by_numpy() -> None:
    a, b = np.array([0.0, 0.0, 1.0, 2.0]), np.array([0.0, 3.0])
    x = tensor(a, requires_grad=True)
    out = np.polymul(x, b)
    assert out.data.tolist() == np.polymul(a, b).tolist()
    out.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 3.0, 3.0]
    assert np.polymul(tensor([0.0, 0.0]), b).data.tolist() == [0.0]
    quotient, rest = np.polydiv(tensor([1.0, 3.0, 2.0]), tensor([1.0, 1.0]))
    assert (quotient.data.tolist(), rest.data.tolist()) == ([1.0, 2.0], [0.0])


def test_polyder_until_nothing_is_left() -> None:
    p = tensor(P, requires_grad=True)
    assert np.polyder(p, 0).data.tolist() == P.tolist() and np.polyint(p, 0).data.tolist() == P.tolist()
    out = np.polyder(p, 5)
    assert out.shape == np.polyder(P, 5).shape


def test_whole_numbers() -> None:
    assert np.polyder(tensor([1, 2, 3])).data.tolist() == [2, 2]
    assert np.polyadd(tensor([1, 2]), [3]).data.tolist() == [1, 5]
    assert np.vander(tensor([1, 2])).dtype == np.vander([1, 2]).dtype
    assert np.poly(tensor([1, 2])).data.tolist() == [1.0, -3.0, 2.0]


# --- fitting -----------------------------------------------------------------------------------------------


def test_a_fit_of_high_degree_is_as_exact_as_numpys() -> None:
    """Condition 1e8: the normal equations would have lost every digit of the gradient."""
    x = np.linspace(0, 1, 40)
    y = np.exp(x)
    at = 0.7
    np.testing.assert_allclose(np.polyval(np.polyfit(tensor(x), y, 10), at).data, np.exp(at), rtol=1e-12)
    gradient = autograd.grad(lambda y: np.polyval(np.polyfit(x, y, 10), at))(y)
    exact = np.polynomial.legendre.legvander(2 * x - 1, 10) @ np.linalg.solve(
        (v := np.polynomial.legendre.legvander(2 * x - 1, 10)).T @ v,
        np.polynomial.legendre.legvander(np.array([2 * at - 1]), 10)[0],
    )
    np.testing.assert_allclose(gradient, exact, rtol=0, atol=1e-9)


def test_compiled() -> None:
    """In a program R is found anew, and points that do not determine the polynomial are noticed."""
    step = autograd.grad(lambda x, y: np.sum(np.polyfit(x, y, 2) ** 2), argnums=(0, 1))
    program = autograd.compile(lambda x, y: step(x, y))
    for x in (X, X**3 + X):
        for ours, expected in zip(program(x, Y), step(x, Y), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-9)
    with pytest.raises(np.linalg.LinAlgError, match="do not determine"):
        program(np.ones(7), Y)


@pytest.mark.parametrize(
    ("f", "error", "words"),
    [
        (lambda x: np.polyfit(x, x, -1), ValueError, "deg=-1"),
        (lambda x: np.polyfit(x, x, 1, full=True), TypeError, "full=True"),
        (lambda x: np.polyfit(x, x[:2], 1), TypeError, r"y \(2,\)"),
        (lambda x: np.polyfit(x[:0], x[:0], 1), TypeError, r"x has shape \(0,\)"),
        (lambda x: np.polyfit(x, x, 1, w=x[:2]), TypeError, "each point has a weight"),
        (lambda x: np.polyfit(x, x, 3), np.linalg.LinAlgError, "3 points do not determine the 4 coefficients"),
        (lambda x: np.polyfit(x * 0, x, 1), np.linalg.LinAlgError, "do not determine"),
        (lambda x: np.polyfit(x, x, 2, cov=True), ValueError, "leave nothing"),
        (lambda x: np.polyder(x, -1), ValueError, "m=-1"),
        (lambda x: np.polyint(x, -1), ValueError, "m=-1"),
        (lambda x: np.polyint(x, 3, [1.0, 2.0]), ValueError, "one constant for all, or 3"),
        (lambda x: np.poly(np.reshape(x, (1, 3))), ValueError, r"shape \(1, 3\)"),
        (lambda x: np.vander(np.reshape(x, (1, 3))), ValueError, r"shape \(1, 3\)"),
        (lambda x: np.roots(np.reshape(x, (1, 3))), ValueError, "in one row"),
    ],
)
def test_what_is_refused(f: Callable[[Any], Any], error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        f(tensor([1.0, 2.0, 4.0]))


def test_none_is_a_method() -> None:
    for name in (
        "poly", "polyadd", "polyder", "polydiv", "polyfit", "polyint", "polymul", "polysub", "polyval", "roots",
        "vander",
    ):  # fmt: skip
        assert callable(getattr(autograd, name)) and not hasattr(tensor(1.0), name)


@pytest.mark.parametrize("f", [np.roots, lambda p: np.polymul(p, p), lambda p: np.polydiv(p, p[1:])])
def test_shapes_that_depend_on_values_do_not_compile(f: Callable[[Any], Any]) -> None:
    """How many roots there are, and zeros in front, is not known before the program runs."""
    with pytest.raises(autograd.TraceError):
        autograd.compile(lambda p: f(autograd.as_tensor(p)))(P)
