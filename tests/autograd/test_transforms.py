"""grad, vjp, jvp and what is made of them: nested, on containers, over closures."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, ggnvp, grad, hessian, hvp, jacobian, jvp, linearize, tensor, value_and_grad, vjp
from autograd.testing import check_grad

Point = namedtuple("Point", "x y")


def test_containers_mirror() -> None:
    """The gradient has the lists, tuples, named tuples, dicts and Nones of the argument."""
    argument = {"a": [np.ones(2), (2.0, None)], "p": Point(np.array(3.0), 4.0)}

    def f(d: Any) -> Any:
        return np.sum(d["a"][0] * d["a"][1][0]) * d["p"].x * d["p"].y

    g = grad(f)(argument)
    assert g["a"][0].tolist() == [24, 24] and g["a"][1] == (24, None)
    assert isinstance(g["p"], Point) and (g["p"].x, g["p"].y) == (16, 12)
    assert isinstance(g["p"].x, np.ndarray) and isinstance(g["p"].y, np.float64)


def test_argnums_and_keywords() -> None:
    """An int gives one gradient, a tuple a tuple in its order; keywords are passed on."""

    def f(x: Any, y: Any, scale: float = 1.0) -> Any:
        return x * y**2 * scale

    assert grad(f, 1)(2.0, 3.0) == 12
    assert grad(f, (1, 0))(2.0, 3.0, scale=2.0) == (24, 18)
    assert grad(f, -1)(2.0, 3.0) == 12
    assert value_and_grad(f)(2.0, 3.0) == (18, 9)


def test_has_aux() -> None:
    """What f returns beside its value comes back, as plain values."""
    gradient, aux = grad(lambda x: (x * x, {"double": 2 * x}), has_aux=True)(3.0)
    assert gradient == 6 and aux == {"double": 6.0} and not isinstance(aux["double"], Tensor)


def test_any_order_and_mix() -> None:
    """Derivatives of x⁵ and sin, reverse and forward nested in every way, are exact."""

    def forward(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    for first in (grad, forward):
        for second in (grad, forward):
            for third in (grad, forward):
                assert third(second(first(lambda x: x**5)))(2.0) == pytest.approx(60 * 4)
                assert third(second(first(np.sin)))(0.3) == pytest.approx(-np.cos(0.3))


def test_no_perturbation_confusion() -> None:
    """The inner derivative is by the inner variable only, in every mix of modes (Siskind and Pearlmutter, 2005)."""

    def forward(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    for outer in (grad, forward):
        for inner in (grad, forward):
            assert outer(lambda x, inner=inner: x * inner(lambda y: x + y)(1.0))(1.0) == 1
            assert outer(lambda x, inner=inner: x * inner(lambda y: x * y)(2.0))(3.0) == 6


def test_closures_over_recorded_tensors() -> None:
    """A gradient that depends on a tensor from outside is recorded; one that does not is plain."""
    w = tensor(3.0, requires_grad=True)
    g = grad(lambda x: x**2 * w)(2.0)
    assert isinstance(g, Tensor) and g.item() == 12
    g.backward()
    assert w.grad == 4
    assert not isinstance(grad(lambda x: x**2)(2.0), Tensor)


def test_tensors_in_tensors_out() -> None:
    """A Tensor argument gives a Tensor gradient; of a leaf that requires grad, a recorded one."""
    x = tensor(2.0, requires_grad=True)
    g = grad(lambda v: v**3)(x)
    g.backward()
    assert g.item() == 12 and x.grad == 12
    assert isinstance(grad(lambda v: v**3)(tensor(2.0)), Tensor)


def test_under_no_grad() -> None:
    """A transform records for itself; around it nothing is."""
    x = tensor(2.0, requires_grad=True)
    with autograd.no_grad():
        assert grad(lambda v: v**3)(2.0) == 12
        assert not grad(lambda v: v**3)(x).requires_grad


def test_unused_arguments_get_zeros() -> None:
    """Of what has no influence the gradient is zeros; where nothing has any, a warning says why that may be."""
    assert grad(lambda _x, y: y * 1.0, (0, 1))(np.ones(2), 3.0)[0].tolist() == [0, 0]
    with pytest.warns(UserWarning, match=r"does not depend.*float\(t\)"):
        assert grad(lambda x: float(x) ** 2)(2.0) == 0
    assert jvp(lambda _x: np.ones(2), (1.0,), (1.0,))[1].tolist() == [0, 0]


def test_vjp_and_jvp_on_several_arrays() -> None:
    """Outputs may be containers; a pullback runs more than once; primals that are lists keep their form."""
    (s, p), pullback = vjp(lambda d: (d[0] + d[1], d[0] * d[1]), [np.array([1.0, 2.0]), 3.0])
    assert s.tolist() == [4, 5] and p.tolist() == [3, 6]
    for _ in range(2):
        ((gx, gy),) = pullback((np.array([1.0, 0.0]), np.array([0.0, 1.0])))
        assert gx.tolist() == [1, 3] and gy == 1 + 2
    (s, p), (ds, dp) = jvp(lambda x, y: (x + y, x * y), (2.0, 3.0), (1.0, 10.0))
    assert (s, p, ds, dp) == (5, 6, 11, 23)


def test_jacobian_and_hessian() -> None:
    """Shapes are result + argument; values those of the formulas; argnums may be several."""
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert jacobian(lambda x: a @ x)(np.ones(2)).tolist() == a.tolist()
    by_matrix = jacobian(lambda m: m @ m)(a)
    assert by_matrix.shape == (2, 2, 2, 2)
    np.testing.assert_allclose(
        by_matrix, np.einsum("ik,jl->ijkl", np.eye(2), a.T) + np.einsum("jl,ik->ijkl", np.eye(2), a)
    )
    jx, jy = jacobian(lambda x, y: x * y, (0, 1))(np.array([1.0, 2.0]), 3.0)
    assert jx.tolist() == [[3, 0], [0, 3]] and jy.tolist() == [1, 2]
    np.testing.assert_allclose(hessian(lambda x: x @ a @ x)(np.ones(2)), a + a.T)


def test_hvp_is_the_hessian_times_a_vector() -> None:
    """Without making the Hessian, for several primals at once."""
    rng = np.random.default_rng(0)
    x, y, u, v = rng.normal(size=(4, 3))

    def f(x: Any, y: Any) -> Any:
        return np.sum(np.sin(x) * np.exp(y * x))

    hx, hy = hvp(f, (x, y), (u, v))
    (xx, xy), (yx, yy) = (jacobian(grad(f, i), (0, 1))(x, y) for i in (0, 1))
    np.testing.assert_allclose(hx, xx @ u + xy @ v)
    np.testing.assert_allclose(hy, yx @ u + yy @ v)


def test_float32_and_scalars_keep_their_kind() -> None:
    """Gradients have the dtype of their argument."""
    assert grad(lambda x: np.sum(x * 2.0))(np.ones(2, np.float32)).dtype == np.float32
    assert isinstance(grad(np.sin)(np.float32(1)), np.float32)


def test_the_function_keeps_its_name() -> None:
    """A transformed function is wrapped, so that a traceback and help() name it."""

    def energy(x: Any) -> Any:
        """The energy."""
        return x * x

    assert grad(energy).__name__ == "energy" and grad(energy).__doc__ == "The energy."


def test_linearize_runs_the_function_once() -> None:
    """Its second result is the derivative along any tangents, each time; recorded where it depends on a tensor."""
    calls = []

    def f(x: Any, y: Any) -> Any:
        calls.append(1)
        return {"p": x * y, "s": np.sum(np.sin(x))}

    x = np.array([1.0, 2.0])
    out, along = linearize(f, x, 3.0)
    assert out["p"].tolist() == [3, 6]
    for dx, dy in ((np.array([1.0, 0.0]), 0.0), (x, 2.0)):
        expected = jvp(f, (x, 3.0), (dx, dy))[1]
        found = along(dx, dy)
        np.testing.assert_array_equal(found["p"], expected["p"])
        assert found["s"] == expected["s"]
    assert len(calls) == 3
    with pytest.raises(ValueError, match="linearize: tangents of shapes"):
        along(1.0, 1.0)
    w = tensor(2.0, requires_grad=True)
    linearize(lambda x: x**2 * w, 3.0)[1](1.0).backward()
    assert w.grad == 6
    np.testing.assert_allclose(grad(lambda x: linearize(np.sin, x)[1](1.0))(0.3), -np.sin(0.3))
    np.testing.assert_allclose(autograd.vmap(linearize(np.sin, x)[1])(np.eye(2)), np.diag(np.cos(x)))


def test_ggnvp_is_the_product_with_the_gauss_newton_matrix() -> None:
    """Jᵀ H J v, by any argument, with any g, in the form of the argument; differentiable itself."""
    rng = np.random.default_rng(0)
    a, x, v = rng.normal(size=(4, 3)), rng.normal(size=3), rng.normal(size=3)

    def f(a: Any, x: Any) -> Any:
        return np.tanh(a @ x)

    def g(y: Any) -> Any:
        return np.sum(np.exp(y) * y[0])

    j = jacobian(f, 1)(a, x)
    np.testing.assert_allclose(ggnvp(f, argnum=1)(a, x)(v), j.T @ j @ v)
    product = ggnvp(f, g, 1)(a, x)
    for _ in range(2):
        np.testing.assert_allclose(product(v), j.T @ hessian(g)(f(a, x)) @ j @ v)
    np.testing.assert_allclose(ggnvp(lambda d: f(a, d["x"]))({"x": x})({"x": v})["x"], j.T @ j @ v)
    slope = grad(lambda x: np.sum(ggnvp(f, g, 1)(a, x)(v)))(x)

    def formula(x: Any) -> Any:
        j = jacobian(f, 1)(a, x)
        return np.sum(np.transpose(j) @ (hessian(g)(f(a, x)) @ (j @ v)))

    np.testing.assert_allclose(slope, grad(formula)(x))


def test_no_confusion_between_variables_closed_over() -> None:
    """Three levels of any modes over the same variables: d/dx x (d/dy xy (d/dz xyz at y) at x) is 8x³."""

    def forward(f: Any) -> Any:
        return lambda x: jvp(f, (x,), (1.0,))[1]

    def linearized(f: Any) -> Any:
        return lambda x: linearize(f, x)[1](1.0)

    modes = (grad, forward, jacobian, linearized)
    for a in modes:
        for b in modes:
            for c in modes:
                found = a(lambda x, b=b, c=c: x * b(lambda y: x * y * c(lambda z: x * y * z)(y))(x))(2.0)
                assert found == pytest.approx(64)


@pytest.mark.parametrize("mode", ["vjp", "linearize"])
def test_linear_maps_are_differentiated_by_what_they_are_given(mode: str) -> None:
    """The map at a point is a linear function like any other, and its derivatives are arrays of arrays."""
    a, x = np.arange(6.0).reshape(2, 3), np.array([0.3, 0.5, 0.7])
    jac = a @ np.diag(np.cos(x))
    matrix = jac.T if mode == "vjp" else jac
    out, given = (vjp if mode == "vjp" else linearize)(lambda x: a @ np.sin(x), x)
    apply = (lambda v: given(v)[0]) if mode == "vjp" else given
    v = np.linspace(1.0, 2.0, matrix.shape[1])
    for found, expected in [
        (jacobian(apply)(v), matrix),
        (grad(lambda v: np.sum(apply(v) ** 2))(v), 2 * matrix.T @ matrix @ v),
        (hessian(lambda v: np.sum(apply(v) ** 2))(v), 2 * matrix.T @ matrix),
        (jvp(apply, (v,), (v,))[1], matrix @ v),
        (
            grad(lambda s: np.sum(s * grad(lambda v: np.sum(apply(v) ** 2))(s * v)))(1.5),
            6 * np.sum(matrix.T @ matrix @ v),
        ),
    ]:
        assert type(found) is not Tensor
        np.testing.assert_allclose(found, expected, rtol=1e-13)
    t = tensor(v, requires_grad=True)
    np.sum(apply(t)).backward()
    np.testing.assert_allclose(t.grad.data, matrix.sum(0), rtol=1e-13)
    with autograd.no_grad():
        assert not apply(t).requires_grad
    assert type(apply(tensor(v))) is Tensor and type(apply(v)) is np.ndarray
    assert type(out) is np.ndarray


@pytest.mark.parametrize("mode", ["vjp", "linearize"])
def test_linear_maps_inside_a_trace(mode: str) -> None:
    """Both the point and what the map is given can depend on the variable outside."""

    def f(z: Any) -> Any:
        _, given = (vjp if mode == "vjp" else linearize)(lambda a: a**3, z * np.array([1.0, 2.0]))
        apply = (lambda v: given(v)[0]) if mode == "vjp" else given
        return np.sum(grad(lambda v: np.sum(apply(v) ** 2))(z * np.ones(2)))

    assert grad(f)(1.3) == pytest.approx(5 * 2 * 9 * 17 * 1.3**4, rel=1e-13)


@autograd.custom_vjp
def by_rule(x: Any) -> Any:
    return curved(x)


by_rule.defvjp(
    lambda x: (curved(x), x),
    lambda x, g: (np.cos(x) * np.sum(x**2) * g + 2 * x * np.sum(g * np.sin(x)),),
)


def curved(x: Any) -> Any:
    return np.sin(x) * np.sum(x**2)


def squares(x: Any) -> Any:
    return np.sum(curved(x) ** 2)


PRODUCTS: dict[str, tuple[Any, Any]] = {
    "vjp of a checkpoint": (lambda x, v: vjp(autograd.checkpoint(curved), x)[1](v)[0], lambda x: jacobian(curved)(x).T),
    "vjp of a rule": (lambda x, v: vjp(by_rule, x)[1](v)[0], lambda x: jacobian(curved)(x).T),
    "hvp": (lambda x, v: hvp(squares, (x,), (v,))[0], hessian(squares)),
    "make_hvp": (lambda x, v: autograd.make_hvp(squares)(x)[0](v), hessian(squares)),
    "ggnvp": (lambda x, v: ggnvp(curved)(x)(v), lambda x: jacobian(curved)(x).T @ jacobian(curved)(x)),
    "make_jvp": (lambda x, v: autograd.make_jvp(curved)(x)(v)[1], jacobian(curved)),
    "in a batch": (
        lambda x, v: autograd.vmap(vjp(curved, x)[1])(np.stack([v, 2 * v]))[0][1] / 2, lambda x: jacobian(curved)(x).T
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PRODUCTS)
def test_products_are_differentiated_by_the_point_and_the_vector(name: str) -> None:
    """Each is a matrix that depends on the point, times a vector."""
    product, matrix = PRODUCTS[name]
    x, v = np.array([0.3, 0.7, 1.1]), np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(jacobian(product, 1)(x, v), matrix(x), rtol=1e-12)
    np.testing.assert_allclose(jacobian(product, 0)(x, v), jacobian(lambda x: matrix(x) @ v)(x), rtol=1e-12)
    mixed = jacobian(jacobian(product, 0), 1)(x, v)
    np.testing.assert_allclose(mixed @ v, jacobian(product, 0)(x, v), rtol=1e-12)


DIFFERENTIABLE: dict[str, Any] = {
    "checkpoint": lambda x, w: autograd.checkpoint(lambda x: np.sin(x) * w * np.sum(x))(x),
    "checkpoint of what is outside": lambda x, w: x * autograd.checkpoint(lambda: np.sin(w) * np.sum(w))(),
    "checkpoint of several": lambda x, w: autograd.checkpoint(lambda x: (np.sin(x) * w, x**2))(x),
    "checkpoint of a checkpoint": lambda x, w: autograd.checkpoint(lambda x: autograd.checkpoint(np.sin)(x) * x * w)(x),
    "vmap of a checkpoint": lambda x, w: autograd.vmap(autograd.checkpoint(lambda a: np.sin(a) * w))(x),
    "custom_vjp": lambda x, w: by_rule(x * w),
    "vmap of custom_vjp": lambda x, w: autograd.vmap(by_rule)(np.stack([x, w])),
    "jacobian": lambda x, w: jacobian(curved)(x * w),
    "linearize": lambda x, w: linearize(curved, x)[1](w),
    "jvp": lambda x, w: jvp(curved, (x,), (w,)),
    "vjp": lambda x, w: vjp(curved, x)[1](w),
    "hvp": lambda x, w: hvp(squares, (x,), (w,)),
    "compile": autograd.compile(lambda x, w: np.sin(x) * w * np.sum(x), backend="numpy"),
}


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_second_derivatives_through_transforms(name: str) -> None:
    """Also where the cotangent is constant, so that it does not tell a rule that its work is recorded."""
    x, w = np.array([0.3, 0.7, 1.1]), np.array([1.0, 2.0, -0.5])
    check_grad(DIFFERENTIABLE[name], x, w).raise_if_failed()
