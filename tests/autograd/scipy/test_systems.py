"""scipy.linalg, scipy.signal and scipy.integrate with tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.signal

import autograd
from autograd.scipy import integrate, linalg, signal
from autograd.testing import check_grad
from tests.autograd.duck import Duck, unwrap

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 3)) + 3 * np.eye(3)
B = RNG.normal(size=(2, 2)) + 3 * np.eye(2)
Q = RNG.normal(size=(3, 2))


@pytest.mark.parametrize("options", [{}, {"lower": True}, {"trans": 1}, {"lower": True, "trans": "T"}])
@pytest.mark.parametrize("unit", [False, True])
@pytest.mark.parametrize("b", [Q, Q[:, 0]])
def test_triangular_systems(options: dict[str, Any], unit: bool, b: Any) -> None:
    def solve(a: Any, b: Any) -> Any:
        return linalg.solve_triangular(a, b, unit_diagonal=unit, **options)

    check_grad(solve, A, b).raise_if_failed()
    np.testing.assert_array_equal(solve(A, b), scipy.linalg.solve_triangular(A, b, unit_diagonal=unit, **options))


def test_sylvesters_equation_and_roots() -> None:
    check_grad(linalg.solve_sylvester, A, B, Q).raise_if_failed()
    square = A @ A.T + np.eye(3)
    check_grad(linalg.sqrtm, square).raise_if_failed()
    np.testing.assert_allclose(linalg.sqrtm(autograd.tensor(square)).data, scipy.linalg.sqrtm(square))


@pytest.mark.parametrize("b", [Q, Q[:, 0]])
def test_banded_systems(b: Any) -> None:
    bands = np.array([[0.0, 0.3, 0.2], [2.0, 3.0, 4.0], [0.5, 0.1, 0.0]])
    check_grad(lambda ab, b: linalg.solve_banded((1, 1), ab, b), bands, b).raise_if_failed()
    found = linalg.solve_banded((1, 1), autograd.tensor(bands), b)
    np.testing.assert_allclose(found.data, scipy.linalg.solve_banded((1, 1), bands, b))


def test_the_rest_of_scipys_linalg() -> None:
    check_grad(linalg.inv, A).raise_if_failed()
    np.testing.assert_array_equal(linalg.hankel([1, 2]), scipy.linalg.hankel([1, 2]))
    with pytest.raises(NotImplementedError, match=r"scipy.linalg.logm has no derivative rule"):
        linalg.logm(autograd.tensor(A))


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize("shapes", [((5,), (3,)), ((5, 4), (2, 3)), ((4, 4, 3), (2, 1, 3))])
def test_convolution(mode: str, shapes: Any) -> None:
    a, b = (RNG.normal(size=shape) for shape in shapes)
    check_grad(lambda a, b: signal.convolve(a, b, mode=mode), a, b).raise_if_failed()
    found = signal.convolve(autograd.tensor(a), b, mode=mode)
    np.testing.assert_allclose(found.data, scipy.signal.convolve(a, b, mode), atol=1e-12)
    if mode == "valid":
        swapped = signal.convolve(autograd.tensor(b), a, mode=mode)
        np.testing.assert_allclose(swapped.data, scipy.signal.convolve(b, a, mode), atol=1e-12)


def test_convolution_of_images_with_filters() -> None:
    images, filters = RNG.normal(size=(2, 3, 5, 5)), RNG.normal(size=(3, 4, 2, 2))
    out = signal.convolve(images, filters, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid")
    expected = sum(
        np.stack(
            [[scipy.signal.convolve(image[c], filters[c, k], "valid") for k in range(4)] for image in images]
        )
        for c in range(3)
    )  # fmt: skip
    np.testing.assert_allclose(out, expected)


def test_the_solution_of_a_differential_equation() -> None:
    t = np.array([0.0, 0.3, 0.7, 1.2])
    tight = {"rtol": 1e-11, "atol": 1e-11}

    def slope(y: Any, t: Any, a: Any, b: Any) -> Any:
        return np.array([1.0, 0.5]) * np.sin(y[::-1] * a) + b * np.cos(t) * y

    def loss(y0: Any, t: Any, a: Any, b: Any) -> Any:
        return np.sum(integrate.odeint(slope, y0, t, (a, b), **tight) ** 2 * np.arange(1.0, 9.0).reshape(4, 2))

    args = (np.array([0.4, -0.2]), t, np.array([1.1, 0.7]), 0.3)
    gradients = autograd.grad(loss, (0, 1, 2, 3))(*args)
    for i, g in enumerate(gradients):
        direction = np.cos(np.arange(np.size(args[i]))).reshape(np.shape(args[i]))
        e = 1e-5
        up, down = (loss(*(x + s * e * direction if k == i else x for k, x in enumerate(args))) for s in (1, -1))
        assert np.sum(g * direction) == pytest.approx((up - down) / (2 * e), rel=1e-5, abs=1e-6)


def test_the_solution_has_derivatives_of_any_order_and_mode() -> None:
    """To the solver's own accuracy: func returns a list here, and one of its parameters is constant."""

    def slope(y: Any, t: Any, a: Any, b: Any) -> Any:
        u, v = y
        return [np.sin(v * a[0]) + b * np.cos(t) * u, 0.5 * np.sin(u * a[1]) + b * t * v]

    def solve(y0: Any, t: Any, a: Any) -> Any:
        return integrate.odeint(slope, y0, t, (a, 0.3), rtol=1e-10, atol=1e-10)

    args = np.array([0.4, -0.2]), np.array([0.1, 0.5, 1.2]), np.array([1.1, 0.7])
    check_grad(solve, *args, order=1, rtol=1e-6, atol=1e-6).raise_if_failed()

    def loss(s: Any) -> Any:
        return np.sum(solve(s * args[0], s * args[1], s * args[2]) ** 2)

    def along(f: Any) -> Any:
        return lambda s: autograd.jvp(f, (s,), (1.0,))[1]

    h = 1e-4
    second = (autograd.grad(loss)(1.1 + h) - autograd.grad(loss)(1.1 - h)) / (2 * h)
    for outer in (autograd.grad, along):
        assert outer(loss)(1.1) == pytest.approx((loss(1.1 + h) - loss(1.1 - h)) / (2 * h), rel=1e-6)
        for inner in (autograd.grad, along):
            assert outer(inner(loss))(1.1) == pytest.approx(second, rel=1e-6)
    third = (along(along(loss))(1.1 + h) - along(along(loss))(1.1 - h)) / (2 * h)
    assert autograd.grad(along(along(loss)))(1.1) == pytest.approx(third, rel=1e-5)


SYMMETRIC = A @ A.T + np.eye(3)


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("a", [SYMMETRIC, SYMMETRIC + 0.1j * (A - A.T)], ids=["real", "complex"])
def test_cholesky_gives_the_half_that_scipy_gives(lower: bool, a: Any) -> None:
    found = linalg.cholesky(autograd.tensor(a), lower=lower)
    np.testing.assert_allclose(found.data, scipy.linalg.cholesky(a, lower=lower), atol=1e-14)
    if a.dtype == float:
        check_grad(lambda a: linalg.cholesky((a + a.T) / 2, lower), a).raise_if_failed()


@pytest.mark.parametrize(
    "call",
    [
        lambda t: linalg.qr(t), lambda t: linalg.eigh(t, t), lambda t: linalg.eig(t), lambda t: linalg.det(a=t),
        lambda t: linalg.solve(t, A, assume_a="pos"), lambda t: linalg.inv(t, True),
        lambda t: linalg.block_diag(A, [t]),
    ],
)  # fmt: skip
def test_what_numpy_has_in_another_way_is_refused(call: Any) -> None:
    """What SciPy gives by these calls is not what NumPy's function of that name does."""
    with pytest.raises(NotImplementedError, match="no derivative rule"):
        call(autograd.tensor(SYMMETRIC))


@pytest.mark.parametrize("name", ["det", "inv", "norm", "svdvals", "eigvalsh"])
def test_what_numpy_has_too(name: str) -> None:
    found = getattr(linalg, name)(autograd.tensor(SYMMETRIC))
    np.testing.assert_allclose(found.data, getattr(scipy.linalg, name)(SYMMETRIC))


@pytest.mark.parametrize("lower, upper, n", [(0, 0, 4), (2, 1, 6), (1, 3, 6), (0, 2, 5)])
def test_bands_of_any_number(lower: int, upper: int, n: int) -> None:
    bands = RNG.normal(size=(lower + upper + 1, n))
    bands[upper] += 4
    b = RNG.normal(size=(n, 2))
    check_grad(lambda ab, b: linalg.solve_banded((lower, upper), ab, b), bands, b).raise_if_failed()
    with pytest.raises(ValueError, match="solve_banded"):
        linalg.solve_banded((lower, upper + 1), autograd.tensor(bands), b)


def test_a_root_with_options_is_refused() -> None:
    with pytest.raises(TypeError, match="sqrtm: of a tensor it takes no options"):
        linalg.sqrtm(autograd.tensor(SYMMETRIC), False)


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize(
    "function, arrays",
    [
        (lambda a, b: linalg.solve_triangular(a, b, trans=1), (A, Q)), (linalg.solve_sylvester, (A, B, Q)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (A + 3, Q)), (linalg.sqrtm, (SYMMETRIC,)),
        (linalg.cholesky, (SYMMETRIC,)), (signal.convolve, (A, B)),
    ],
    ids=["triangular", "sylvester", "banded", "sqrtm", "cholesky", "convolve"],
)  # fmt: skip
def test_they_compile(function: Any, arrays: Any, backend: str) -> None:
    """SciPy's solvers are called by the program at each run, on what it has then."""
    gradient = autograd.grad(lambda *xs: np.sum(np.sin(function(*xs))), tuple(range(len(arrays))))
    compiled = autograd.compile(gradient, backend=backend)
    compiled(*arrays)
    others = [1.1 * a for a in arrays]
    for ours, expected in zip(compiled(*others), gradient(*others), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_scipys_call_of_convolve() -> None:
    a, b = autograd.tensor([1.0, 2.0, 3.0]), np.array([1.0, 1.0])
    for found in (signal.convolve(a, b, "full", "direct"), signal.convolve(a, b, mode="full", method="fft")):
        np.testing.assert_allclose(found.data, [1.0, 3.0, 5.0, 3.0])
    with pytest.raises(ValueError, match="method='slow'"):
        signal.convolve(a, b, method="slow")


@pytest.mark.parametrize(
    "options",
    [{}, {"tfirst": True}, {"rtol": np.array([1e-9, 1e-9])}, {"Dfun": lambda y, t, rate: -rate * np.eye(2)}],
    ids=["none", "tfirst", "tolerances", "Dfun"],
)
def test_options_of_the_solver(options: dict[str, Any]) -> None:
    """What speaks of func, or of each element of y, is not handed to the adjoint equation, which has others."""
    t = np.linspace(0.0, 1.0, 4)

    def decay(y: Any, t: Any, rate: Any) -> Any:
        return -rate * y

    def loss(rate: Any) -> Any:
        f = (lambda t, y, rate: decay(y, t, rate)) if options.get("tfirst") else decay
        return np.sum(integrate.odeint(f, np.array([1.0, 2.0]), t, args=(rate,), **options))

    expected = pytest.approx(-3.0 * np.sum(t * np.exp(-1.3 * t)), rel=1e-5)
    assert autograd.grad(loss)(1.3) == expected
    assert autograd.jvp(loss, (1.3,), (1.0,))[1] == expected


def test_calls_of_odeint_that_are_refused() -> None:
    rate = autograd.tensor(1.3, requires_grad=True)
    call = (lambda y, t, rate: -rate * y), np.array([1.0]), np.array([0.0, 1.0])
    with pytest.raises(TypeError, match="full_output"):
        integrate.odeint(*call, (rate,), full_output=True)
    with pytest.raises(TypeError, match="args must be a tuple"):
        integrate.odeint(*call, rate)


def test_the_first_values_do_not_depend_on_the_only_time() -> None:
    gradient = autograd.grad(lambda t: np.sum(integrate.odeint(lambda y, t: -y, np.array([1.0]), t)))
    np.testing.assert_array_equal(gradient(np.array([0.3])), [0.0])


@pytest.mark.parametrize(
    "function, arrays",
    [
        (linalg.solve_triangular, (A, Q)), (linalg.solve_sylvester, (A, B, Q)), (linalg.sqrtm, (SYMMETRIC,)),
        (lambda a, b: linalg.solve_banded((1, 1), a, b), (A + 3, Q)), (signal.convolve, (A, B)),
    ],
    ids=["triangular", "sylvester", "sqrtm", "banded", "convolve"],
)  # fmt: skip
def test_gradients_are_plain_arrays(function: Any, arrays: Any) -> None:
    """Rules that call their own operation call its forward, where there is nothing to record."""
    xs = [autograd.tensor(a, requires_grad=True) for a in arrays]
    np.sum(function(*xs)).backward()
    assert {type(x.grad) for x in xs} == {np.ndarray}
    assert type(autograd.jvp(function, arrays, arrays)[1]) is np.ndarray


@pytest.mark.parametrize("mode", ["full", "valid", "same"])
@pytest.mark.parametrize("shapes", [((6,), (3,)), ((3,), (6,)), ((5, 4), (2, 3)), ((3, 1, 2), (1, 1, 2))], ids=str)
def test_convolution_to_second_order(mode: str, shapes: Any) -> None:
    a, b = (RNG.normal(size=shape) for shape in shapes)
    check_grad(lambda a, b: signal.convolve(a, b, mode=mode), a, b, order=2).raise_if_failed()


def test_arrays_of_other_types_are_convolved() -> None:
    """A duck array, and the examples inside of vmap, by NumPy's functions alone."""
    rows, b = RNG.normal(size=(4, 6)), RNG.normal(size=3)

    def total(x: Any, b: Any) -> Any:
        return np.sum(np.sin(signal.convolve(x, b)))

    x = autograd.tensor(Duck(rows[0]), requires_grad=True)
    total(x, autograd.tensor(Duck(b))).backward()
    expected = np.stack([autograd.grad(total)(row, b) for row in rows])
    assert type(x.grad) is Duck
    np.testing.assert_allclose(unwrap(x.grad), expected[0])
    np.testing.assert_allclose(autograd.vmap(autograd.grad(total), in_axes=(0, None))(rows, b), expected)


def test_products_without_an_axis_to_convolve() -> None:
    found = signal.convolve(autograd.tensor(A), Q, axes=([], []), dot_axes=([1], [0]))
    np.testing.assert_allclose(found.data, A @ Q)


@pytest.mark.parametrize("small", [(2, 3), (20, 20), (40, 40)], ids=["element by element", "windows", "transforms"])
@pytest.mark.parametrize("method", ["auto", "direct", "fft"])
def test_ways_of_convolving(small: tuple[int, int], method: str) -> None:
    """Whatever way is the fastest, the result is the same, in gradients as well."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(41, 45)), rng.normal(size=small)
    out, pull = autograd.vjp(lambda a, b: signal.convolve(a, b, method=method), a, b)
    np.testing.assert_allclose(out, scipy.signal.convolve(a, b, method="direct"), atol=1e-11)
    g = rng.normal(size=out.shape)
    by_a, by_b = pull(g)
    np.testing.assert_allclose(by_a, scipy.signal.correlate(g, b, "valid", "direct"), atol=1e-11)
    np.testing.assert_allclose(by_b, scipy.signal.correlate(g, a, "valid", "direct"), atol=1e-11)


def test_a_nan_stays_where_it_is() -> None:
    a, b = np.ones((60, 60)), np.ones((30, 30))
    a[0, 0] = np.nan
    out = signal.convolve(autograd.tensor(a), b).data
    assert np.isnan(out[:30, :30]).all() and np.isnan(out).sum() == 900


def _decayed(p: Any) -> Any:
    return integrate.odeint(lambda y, _t, p: [-p[0] * y[0]], np.ones(1), np.array([0.0, 1.0]), (p,))[-1]


@pytest.mark.parametrize(
    "f",
    [
        linalg.solve_triangular, lambda a, _b: linalg.solve_sylvester(a, a, a), lambda a, _b: linalg.sqrtm(a @ a.T),
        lambda a, b: linalg.solve_banded((1, 1), a, b), lambda _a, b: signal.convolve(b, b), lambda _a, b: _decayed(b),
    ],
    ids=["triangular", "sylvester", "sqrtm", "banded", "convolve", "odeint"],
)  # fmt: skip
def test_each_example_of_a_batch(f: Any) -> None:
    """SciPy's code takes plain arrays: inside vmap it is called for each example, in derivatives too."""
    a, b = A + 0.1 * RNG.normal(size=(2, 2, 3, 3)), RNG.uniform(0.5, 1.0, size=(2, 2, 3))
    for g in (f, autograd.jacobian(f, 0 if f is linalg.solve_triangular else 1)):
        expected = np.array([[g(a[i, j], b[i, j]) for j in range(2)] for i in range(2)])
        found = autograd.vmap(autograd.vmap(g))(a, b)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
