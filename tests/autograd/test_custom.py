"""Operations of one's own, by a rule or by two functions, and checkpoint."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import grad, hessian, jacobian, jvp, tensor, vmap
from autograd.testing import check_grad
from autograd.transforms import tree_leaves


@autograd.operation(vjp=[lambda g, out, _x, _y: g * out, lambda g, _out, _x, _y: g])
def exp_plus(x: Any, y: Any) -> Any:
    """exp(x) + y, wrong on purpose: its rule for x says exp(x) + y."""
    return np.exp(x) + y


@autograd.operation(vjp=lambda g, _out, x, *, power=2: g * power * x ** (power - 1))
def raised(x: Any, *, power: int = 2) -> Any:
    """x to a power."""
    return x**power


@autograd.operation(vjp=lambda g, _out, x, y: (g[0] * y + g[1], g[0] * x))
def product_and_first(x: Any, y: Any) -> Any:
    return x * y, x * 1.0


def test_rules_are_what_is_used() -> None:
    """The rules given are called with g, the result and the inputs; one for each array."""
    x, y = tensor(0.0, requires_grad=True), tensor(5.0, requires_grad=True)
    exp_plus(x, y).backward()
    assert (x.grad, y.grad) == (6, 1)
    assert exp_plus.__doc__.startswith("exp(x) + y") and "exp_plus" in repr(exp_plus(x, y))


def test_options_and_every_order() -> None:
    """Options reach the rule; written in NumPy, it serves every order and both modes."""
    assert autograd.grad(lambda x: raised(x, power=4))(2.0) == 32
    assert autograd.grad(autograd.grad(lambda x: raised(x, power=4)))(2.0) == 48
    assert autograd.jvp(lambda x: raised(x, power=3), (2.0,), (1.0,))[1] == 12
    with pytest.raises(TypeError, match=r"raised: base= is not an option.*power"):
        raised(2.0, base=3)


def test_several_results_and_a_joint_rule() -> None:
    """A function may return a tuple; one rule may return all cotangents."""
    x, y = tensor(2.0, requires_grad=True), tensor(3.0, requires_grad=True)
    p, f = product_and_first(x, y)
    (p * 10 + f).backward()
    assert (x.grad, y.grad) == (31, 20)


def test_only_what_a_rule_names_is_kept() -> None:
    """`_x` is freed as soon as its handle is; `out` stays until backward."""
    x = tensor(np.ones(100), requires_grad=True)
    h = x * 2.0
    out = exp_plus(h, 1.0)
    value = weakref.ref(h._value)
    del h
    assert value() is None
    out.sum().backward()


def test_it_registers_nothing() -> None:
    """An operation of one's own takes no name in the registry."""
    assert "raised" not in autograd.OPS and "raised" not in autograd.PUBLIC


def test_a_rule_may_return_plain_numbers() -> None:
    """A float for a 0-d array is as good as an array; a function may return one too."""

    @autograd.operation(vjp=lambda _g, _out, _x: 7.0)
    def seven(x: Any) -> Any:
        return float(x) * 7

    assert autograd.grad(seven)(1.0) == 7


class TestCheckpoint:
    """checkpoint(f) is f, with less kept in memory."""

    @staticmethod
    def layer(x: Any, w: Any) -> Any:
        return np.tanh(x @ w) + x

    def test_values_and_gradients_are_those_of_f(self) -> None:
        """Also nested, and at second order, by both modes."""
        rng = np.random.default_rng(0)
        x, w = rng.normal(size=(2, 3)), rng.normal(size=(3, 3))
        kept = autograd.checkpoint(self.layer)

        def plain(x: Any, w: Any) -> Any:
            return np.sum(self.layer(self.layer(x, w), w) ** 2)

        def saving(x: Any, w: Any) -> Any:
            return np.sum(autograd.checkpoint(lambda x: kept(kept(x, w), w))(x) ** 2)

        for a, b in zip(autograd.grad(plain, (0, 1))(x, w), autograd.grad(saving, (0, 1))(x, w), strict=True):
            np.testing.assert_allclose(a, b)
        v = rng.normal(size=(3, 3))
        for f in (plain, saving):
            second = autograd.hvp(lambda w, f=f: f(x, w), (w,), (v,))[0]
            np.testing.assert_allclose(second, autograd.hvp(lambda w: plain(x, w), (w,), (v,))[0])
            slope = autograd.jvp(lambda w, f=f: f(x, w), (w,), (v,))[1]
            np.testing.assert_allclose(slope, autograd.jvp(lambda w: plain(x, w), (w,), (v,))[1])

    def test_what_is_closed_over_gets_its_gradient(self) -> None:
        """A parameter that is not an argument is not forgotten."""
        w = tensor(3.0, requires_grad=True)
        autograd.checkpoint(lambda x: x * w * w)(2.0).backward()
        assert w.grad == 12

    def test_intermediate_values_are_not_kept(self) -> None:
        """Between forward and backward only the arguments are alive."""
        made: list[Any] = []

        def f(x: Any) -> Any:
            h = np.exp(x)
            made.append(weakref.ref(h._value))
            return np.sum(h * h)

        x = tensor(np.ones(10), requires_grad=True)
        y = autograd.checkpoint(f)(x)
        assert made[0]() is None
        y.backward()
        assert len(made) == 2 and x.grad[0] == pytest.approx(2 * np.e**2)

    def test_several_results(self) -> None:
        """A tuple of tensors comes out as one; unused ones count as zero."""
        x = tensor(2.0, requires_grad=True)
        square, cube = autograd.checkpoint(lambda x: (x**2, x**3))(x)
        assert (square.item(), cube.item()) == (4, 8)
        cube.backward()
        assert x.grad == 12


def test_several_results_have_their_derived_forward_mode() -> None:
    """A rule for all results of an operation serves forward mode too, at every order."""

    @autograd.operation(vjp=lambda g, _out, x, y: (g[0] * 2 * x + g[1] * y, g[1] * x))
    def both(x: Any, y: Any) -> Any:
        return x * x, x * y

    x, y = np.array([1.0, 2.0]), np.array([3.0, 5.0])
    _, (first, second) = autograd.jvp(both, (x, y), (np.ones(2), np.array([0.0, 1.0])))
    assert first.tolist() == [2, 4] and second.tolist() == [3, 7]
    check_grad(lambda x, y: both(np.sin(x), y)[1] * both(x, y)[0], x, y).raise_if_failed()
    check_grad(lambda x: both(x, 3.0)[0], x).raise_if_failed()


def test_a_rule_of_our_own_functions_gives_arrays() -> None:
    """`autograd.cos` on raw arrays makes a tensor, which does not get into .grad or into sums."""

    @autograd.operation(vjp=lambda g, _out, x: g * autograd.cos(x))
    def sine(x: Any) -> Any:
        return np.sin(x)

    x = tensor([0.5, 1.0], requires_grad=True)
    (np.sum(sine(x) * x) + np.sum(sine(x))).backward()
    assert type(x.grad) is np.ndarray
    check_grad(lambda x: sine(x) * x, x).raise_if_failed()


# --- custom_vjp ----------------------------------------------------------------------------------------------------


def _pair() -> tuple[Any, Any, list[str]]:
    """Return a function with a rule, the same without, and the list of calls of its parts."""
    calls: list[str] = []

    def plain(x: Any, d: Any, n: int = 3) -> Any:
        return {"a": np.sin(x) * d["k"], "b": [x**n]}

    @autograd.custom_vjp
    def f(x: Any, d: Any, n: int = 3) -> Any:
        """The function."""
        calls.append("f")
        return plain(x, d, n)

    def fwd(x: Any, d: Any, n: int) -> Any:
        calls.append("fwd")
        return plain(x, d, n), (x, np.cos(x), d, n)

    def bwd(residuals: Any, g: Any) -> Any:
        calls.append("bwd")
        x, c, d, n = residuals
        return g["a"] * c * d["k"] + g["b"][0] * n * x ** (n - 1), {"k": np.sum(g["a"] * np.sin(x))}, None

    f.defvjp(fwd, bwd)
    return f, plain, calls


def test_custom_vjp_in_every_mode() -> None:
    """Gradients, second order, forward mode, batches and programs are those of the function without a rule."""
    f, plain, calls = _pair()
    x, d = np.array([0.3, 0.5]), {"k": 2.0}

    def total(f: Any) -> Any:
        def run(x: Any, d: Any) -> Any:
            out = f(x, d, n=2)
            return np.sum(out["a"] ** 2) + np.sum(out["b"][0] * x)

        return run

    assert f.__name__ == "f" and f.__doc__ == "The function."
    grad(total(f), (0, 1))(x, d)
    assert calls == ["fwd", "bwd"]
    for transform in (
        lambda f: grad(f, (0, 1))(x, d),
        lambda f: (hessian(f)(x, d), jacobian(grad(f), 1)(x, d)["k"]),
        lambda f: grad(lambda x: np.sum(grad(lambda x: np.sum(grad(f)(x, d) * x))(x)))(x),
        lambda f: jvp(f, (x, d), (x, {"k": 1.0}))[1],
        lambda f: vmap(grad(f), (0, None))(np.stack([x, x + 1]), d),
    ):
        for a, b in zip(tree_leaves(transform(total(f))), tree_leaves(transform(total(plain))), strict=True):
            np.testing.assert_allclose(a, b)
    compiled = autograd.compile(lambda x, k: grad(total(f))(x, {"k": k}), backend="numpy")
    for k in (2.0, 3.0):
        np.testing.assert_allclose(compiled(x, k), grad(total(plain))(x, {"k": k}))


def test_custom_vjp_is_an_operation() -> None:
    """Its node has its name, is drawn and freed like any other; without a graph f itself runs."""
    f, _, calls = _pair()
    x = tensor([0.3, 0.5], requires_grad=True)
    out = f(x, {"k": 1.0})["a"]
    assert out._node.inputs[0].op.name == "f"
    out.sum().backward()
    np.testing.assert_allclose(x.grad, np.cos(x.data))
    with pytest.raises(RuntimeError, match="freed"):
        out.sum().backward()
    calls.clear()
    with autograd.no_grad():
        assert not f(x, {"k": 1.0})["a"].requires_grad
    assert calls == ["f"]


def test_custom_vjp_nondiff_argnums_and_none() -> None:
    """What is named there comes first to bwd; None is no gradient; plain numbers are arrays."""

    @partial(autograd.custom_vjp, nondiff_argnums=(0,))
    def apply(h: Any, x: Any, y: Any) -> Any:
        return h(x) + y

    apply.defvjp(lambda h, x, y: (h(x) + y, x), lambda h, x, g: (g * grad(h)(x), None))
    assert grad(lambda x, y: apply(np.sin, x, y), (0, 1))(0.5, 1.0) == (np.cos(0.5), 0)


def test_custom_vjp_errors() -> None:
    """No rule yet, a tensor closed over, a wrong pair, wrong cotangents: each is named with what is wanted."""
    w = tensor(2.0, requires_grad=True)
    f = autograd.custom_vjp(lambda x: x * w)
    with pytest.raises(TypeError, match="defvjp"):
        f(1.0)
    f.defvjp(lambda x: (x * w, x), lambda x, g: (g,))
    with pytest.raises(TypeError, match="Make it an argument"):
        f(1.0)
    with pytest.raises(TypeError, match="Make it an argument"):
        grad(f)(1.0)
    g = autograd.custom_vjp(lambda x: x * 2)
    g.defvjp(lambda x: x * 2, lambda x, g: (g,))
    with pytest.raises(TypeError, match=r"\(result, residuals\)"):
        grad(g)(1.0)
    g.defvjp(lambda x: (x * 2, None), lambda _r, g: g)
    with pytest.raises(ValueError, match="one cotangent"):
        grad(g)(1.0)
    g.defvjp(lambda x: (x * 2, None), lambda _r, g: ([g, g],))
    with pytest.raises(ValueError, match="2 arrays for argument 0, of 1"):
        grad(g)(1.0)
    h = autograd.custom_vjp(lambda x, *, n: x * n)
    h.defvjp(lambda x: (x, x), lambda x, g: (g,))
    with pytest.raises(TypeError, match="by keyword only"):
        h(1.0, n=2)
