"""A thousand right derivatives where differences are hard to take; `check_grad` accepts every one that is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import pytest

import autograd
from autograd.testing import check_grad
from tests.extent import some_of

Rng = np.random.Generator
Case = tuple[Any, ...]  # a function and its inputs


class Family(NamedTuple):
    """Functions that are hard in one way: how many, and what makes them from random numbers."""

    name: str
    number: int
    case: Callable[[Rng], Case]
    options: dict[str, Any] = {}  # noqa: RUF012 - a default that nothing writes to


# --- inputs ------------------------------------------------------------------------------------------------


def vector(rng: Rng, low: float = -2.0, high: float = 2.0) -> Any:
    """Return an array of a few numbers in a range."""
    return rng.uniform(low, high, rng.choice([1, 2, 5, 12]))


def powers_of_ten(rng: Rng, low: float, high: float) -> Any:
    return 10 ** vector(rng, low, high)


def signed(rng: Rng, a: Any) -> Any:
    return a * rng.choice([-1.0, 1.0], a.shape)


def near(rng: Rng, kink: float, distance: float = 1e-7) -> Any:
    """Return numbers of which about a third is that close to a kink, a third exactly on it."""
    a = rng.normal(size=9)
    a[:3] = kink + rng.uniform(-distance, distance, 3)
    a[3:6] = kink
    return rng.permutation(a)


def almost_tied(rng: Rng, shape: Any = 8) -> Any:
    """Return numbers of which many are 1e-9 apart."""
    return rng.integers(0, 3, shape) + 1e-9 * rng.permutation(int(np.prod(shape))).reshape(shape)


def ill_conditioned(rng: Rng, condition: float, size: int = 4) -> Any:
    u, v = (np.linalg.qr(rng.normal(size=(size, size)))[0] for _ in range(2))
    return (u * np.geomspace(1, 1 / condition, size)) @ v


def of(f: Callable[..., Any], *inputs: Callable[[Rng], Any]) -> Callable[[Rng], Case]:
    """Return what makes a case: one function at random inputs."""
    return lambda rng: (f, *(make(rng) for make in inputs))


def between(low: float, high: float) -> Callable[[Rng], Any]:
    return lambda rng: vector(rng, low, high)


def decades(low: float, high: float) -> Callable[[Rng], Any]:
    return lambda rng: powers_of_ten(rng, low, high)


def either_sign(low: float, high: float) -> Callable[[Rng], Any]:
    return lambda rng: signed(rng, powers_of_ten(rng, low, high))


def normal(*shape: int) -> Callable[[Rng], Any]:
    return lambda rng: rng.normal(size=shape)


# --- functions that need more than an expression -----------------------------------------------------------


def softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x, axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def logsumexp(x: Any) -> Any:
    top = np.max(x)
    return top + np.log(np.sum(np.exp(x - top)))


def deep_chain(x: Any) -> Any:
    for _ in range(50):
        x = np.tanh(1.1 * x) + 0.01
    return x


def ill_conditioned_system(rng: Rng) -> Case:
    """Return the solution by the matrix, which is as near to a singular one as its condition says, and the vector."""
    return lambda a, b: np.linalg.solve(a, b), ill_conditioned(rng, 10 ** rng.uniform(2, 8)), rng.normal(size=4)


def by_the_right_side(rng: Rng) -> Case:
    """Return the solution by the vector alone: at a condition of 1e8 the rounding of both solves differs by 1e-9."""
    a = ill_conditioned(rng, 1e6)
    return lambda b: np.linalg.solve(a, b), rng.normal(size=4)


def perceptron(rng: Rng) -> Case:
    """Return the cross entropy of a small network by its parameters."""
    x, labels = rng.normal(size=(6, 4)), rng.integers(0, 3, 6)

    def loss(w: Any, b: Any, v: Any) -> Any:
        logits = np.tanh(x @ w + b) @ v
        top = np.max(logits, axis=1, keepdims=True)
        scores = logits - top - np.log(np.sum(np.exp(logits - top), axis=1, keepdims=True))
        return -np.mean(scores[np.arange(6), labels])

    return loss, rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3))


def cancelling_quotient(rng: Rng) -> Case:
    x = vector(rng, 0.5, 2.0)
    return lambda x, y: x / (x + y), x, -x * (1 + 10 ** rng.uniform(-5, -2))


def almost_equal(rng: Rng) -> Case:
    a = rng.normal(size=9)
    gaps = rng.choice([0.0, 1e-9, -1e-9, 1e-7, 0.5], 9)
    f = rng.choice([np.maximum, np.minimum, np.fmax, lambda a, b: abs(a - b)])
    return lambda a, b: f(a, b), a, a + gaps


def mixed_magnitudes(rng: Rng, size: int) -> Case:
    weights = 10 ** rng.uniform(-6, 6, size)
    return lambda x: np.sum(weights * x * x), signed(rng, 10 ** rng.uniform(-6, 6, size))


def with_zeros(rng: Rng) -> Any:
    a = rng.normal(size=6)
    a[rng.permutation(6)[: rng.integers(1, 4)]] = 0
    return a


def near_an_axis(rng: Rng) -> Case:
    a, b = rng.normal(size=6), rng.normal(size=6)
    a[:2] *= 1e-8
    b[2:4] *= 1e-8
    return lambda y, x: np.arctan2(y, x), a, b


def order_statistic(rng: Rng) -> Case:
    k = int(rng.integers(8))
    functions = (
        lambda x: np.sort(x), lambda x: np.max(x), lambda x: np.min(x), lambda x: np.sort(x)[k],
        lambda x: np.ptp(x), lambda x: np.sort(x)[3:5].mean(),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], almost_tied(rng)


def clipped(rng: Rng) -> Case:
    return lambda x: np.clip(x, -0.5, 1.0) ** 2, np.concatenate([near(rng, -0.5), near(rng, 1.0)])


def guarded_logarithm(rng: Rng) -> Case:
    """Return it at negative numbers too, and at 0 where what is chosen does not jump."""
    x = signed(rng, powers_of_ten(rng, -4, 1))
    if rng.integers(2):
        return lambda x: np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), 0.0), x
    x = np.append(x, 0.0)
    return lambda x: np.where(x > 0, x**2 * np.log(np.where(x > 0, x, 1.0)), 0.0), x


def of_single_precision(rng: Rng) -> Case:
    w = rng.normal(size=(5, 4))
    functions = (
        lambda x: np.tanh(x @ w), lambda x: softmax(x @ w), lambda x: np.sum(np.exp(x) * np.sin(x)),
        lambda x: np.log(1 + x * x), lambda x: x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True)),
        lambda x: np.maximum(x, 0) * 3, lambda x: np.cumsum(x, axis=0),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], rng.normal(size=(3, 5)).astype(np.float32)


def of_one_or_none(rng: Rng) -> Case:
    """Return a function at an empty, a 0-d or a size-1 array."""
    shapes = ((), (1,), (1, 1), (0,), (0, 3), (2, 0), (1, 3, 1))
    functions = (
        lambda x: np.sin(x) * x, lambda x: np.sum(np.exp(x)), lambda x: np.sum(x * x, axis=None, keepdims=True),
        lambda x: np.concatenate([np.ravel(x), np.ravel(2 * x)]), lambda x: x + np.ones((1, 1, 1)), lambda x: x.T * 2,
    )  # fmt: skip
    return functions[rng.integers(len(functions))], rng.normal(size=shapes[rng.integers(len(shapes))])


def of_a_thousand(rng: Rng) -> Case:
    """Return functions from 1,000 numbers to as many or to ten."""
    w = rng.normal(size=(1000, 10)) / 30
    functions = (
        lambda x: np.sin(x) * np.exp(-x), lambda x: softmax(x), lambda x: np.cumsum(x) / 30, lambda x: np.sort(x),
        lambda x: np.tanh(x @ w), lambda x: np.reshape(x, (10, 100)).max(axis=1) * 2, lambda x: abs(x) * x,
        lambda x: (x - np.mean(x)) / np.std(x), lambda x: np.maximum(x, 0), lambda x: np.clip(x, -1, 1),
        lambda x: 1e8 + x**2, lambda x: np.log1p(np.exp(-10 * x)),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], rng.normal(size=1000)


def vanishing(rng: Rng) -> Case:
    """Return functions whose derivative is zero, exactly or by cancellation."""
    functions = (
        lambda x: np.sin(x) ** 2 + np.cos(x) ** 2, lambda x: x * 0.0 + 3.0, lambda x: (x - x) * np.exp(x),
        lambda x: np.floor(x) + np.sign(x), lambda x: np.exp(x) * np.exp(-x), lambda x: np.sum(softmax(x)),
        lambda x: np.log(np.exp(x)) - x, lambda x: np.sum(x - np.mean(x)),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], vector(rng, 0.3, 0.9)


def at_a_minimum(rng: Rng) -> Case:
    a = vector(rng)
    functions = (
        lambda x: np.sum((x - a) ** 2), lambda x: np.sum((x - a) ** 4), lambda x: np.cos(x - a),
        lambda x: np.sqrt(1 + (x - a) ** 2), lambda x: 100 * np.sum((x - a) ** 2) ** 2 + np.sum((x - a) ** 2),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], a


def with_an_unused_input(rng: Rng) -> Case:
    return lambda x, y: np.sum(x * x) + 0.0 * np.sum(y), vector(rng), 1e6 * vector(rng)


def near_the_origin(rng: Rng) -> Case:
    functions = (
        lambda x: np.linalg.norm(x), lambda x: np.sqrt(np.sum(x * x)), lambda x: np.hypot(x[0], x[1:]),
        lambda x: x / np.linalg.norm(x),
    )  # fmt: skip
    return functions[rng.integers(len(functions))], 1e-8 * rng.normal(size=4)


FAMILIES: Final = (
    Family("log of small numbers", 40, of(lambda x: np.log(x), decades(-4, -3))),
    Family("log of tiny numbers", 30, of(lambda x: np.log(x), lambda rng: 1e-12 * vector(rng, 1, 2))),
    Family("reciprocal near zero", 40, of(lambda x: 1 / x, either_sign(-6, -2))),
    Family("square of large numbers", 20, of(lambda x: x**2, between(0.9e6, 1.1e6))),
    Family("sum of large squares", 10, of(lambda x: np.sum(x * x), between(-1e6, 1e6))),
    Family("cube of large numbers", 20, of(lambda x: x**3, between(0.5e3, 2e3))),
    Family("root of small numbers", 20, of(lambda x: np.sqrt(x), decades(-7, -5))),
    Family("exp of large numbers", 20, of(lambda x: np.exp(x), between(25, 35))),
    Family("tail of a bell curve", 20, of(lambda x: np.exp(-x * x), between(5.5, 6.5))),
    Family("rectifier at its kink", 25, of(lambda x: np.maximum(x, 0.0), lambda rng: near(rng, 0))),
    Family("sum of rectified squares", 15, of(lambda x: np.sum(autograd.relu(x) * x), lambda rng: near(rng, 0))),
    Family("magnitude at its kink", 25, of(lambda x: 3 * abs(x), lambda rng: near(rng, 0))),
    Family("rectifier after a product", 15, of(lambda x: np.maximum(2 * x - 1, 0) ** 2, lambda rng: near(rng, 0.5))),
    Family("the larger of almost equal numbers", 30, almost_equal),
    Family("tanh at 4", 20, of(lambda x: np.tanh(x), between(3.8, 4.2))),
    Family("tanh at 18", 20, of(lambda x: np.tanh(x), between(17.8, 18.2))),
    Family("fast waves", 20, of(lambda x: np.sin(100 * x), between(-3, 3))),
    Family("sums of mixed magnitudes", 25, lambda rng: mixed_magnitudes(rng, 12)),
    Family("long sums of mixed magnitudes", 3, lambda rng: mixed_magnitudes(rng, 1000), {"order": 1}),
    Family("large offset outside", 20, of(lambda x: 1e6 + np.sin(x), between(-3, 3))),
    Family("large offset inside", 20, of(lambda x: (1e8 + x) - 1e8, between(0.5, 2))),
    Family("near what rounding leaves", 20, of(lambda x: np.sinc(autograd.erfc(autograd.erfc(x))), between(5.3, 5.65))),
    Family("scaled down", 20, of(lambda x: 1e-8 * np.sin(x), between(-3, 3))),
    Family("scaled up", 20, of(lambda x: 1e8 * np.sum(np.sin(x) * x), between(-3, 3))),
    Family("logsumexp of large logits", 25, of(logsumexp, lambda rng: signed(rng, vector(rng, 45, 50)))),
    Family("softmax of large logits", 25, of(softmax, lambda rng: signed(rng, vector(rng, 45, 50)))),
    Family("products with zeros", 25, of(lambda x: np.prod(x), with_zeros)),
    Family("running products with zeros", 15, of(lambda x: np.cumprod(x), with_zeros)),
    Family("quotient that almost cancels", 25, cancelling_quotient),
    Family("solution of an ill-conditioned system", 15, ill_conditioned_system),
    Family("solution by the right side", 10, by_the_right_side),
    Family("determinant", 20, of(lambda a: np.linalg.det(a), normal(4, 4))),
    Family("inverse", 20, of(lambda a: np.linalg.inv(a), normal(4, 4))),
    Family("norm near zero", 20, near_the_origin),
    Family("guarded logarithm", 25, guarded_logarithm),
    Family("clip at its bounds", 20, clipped),
    Family("order statistics that almost tie", 30, order_statistic),
    Family("powers of small bases", 20, of(lambda x: x**2.5, decades(-4, -2))),
    Family("powers by both operands", 15, of(lambda x, y: x**y, lambda rng: rng.uniform(1e-3, 0.1, 5), normal(5))),
    Family("arctan2 near the axes", 20, near_an_axis),
    Family("single precision", 25, of_single_precision),
    Family("one number or none", 40, of_one_or_none),
    Family("fifty layers", 15, of(deep_chain, between(-1, 1)), {"order": 1}),
    Family("perceptron with cross entropy", 10, perceptron),
    Family("a thousand numbers", 24, of_a_thousand, {"order": 1}),
    Family("vanishing derivative", 25, vanishing),
    Family("at a minimum", 20, at_a_minimum),
    Family("an unused input", 5, with_an_unused_input),
    Family("variance far from zero", 10, of(lambda x: np.var(x), lambda rng: 1e4 + vector(rng, 1, 2))),
    Family("sigmoid at 40", 15, of(lambda x: 1 / (1 + np.exp(-x)), either_sign(1.5, 1.6))),
    Family("log1p and expm1 of tiny numbers", 15, of(lambda x: np.log1p(x) + np.expm1(x), either_sign(-12, -8))),
    Family("arcsin near one", 10, of(lambda x: np.arcsin(x), lambda rng: 1 - powers_of_ten(rng, -6, -3))),
    Family("tangent near its pole", 10, of(lambda x: np.tan(x), lambda rng: np.pi / 2 - powers_of_ten(rng, -4, -2))),
    Family(
        "product of matrices in full", 3, of(lambda a, b: a @ b, normal(8, 8), normal(8, 9)),
        {"directions": "full", "order": 1},
    ),
    Family(
        "product of larger matrices", 5, of(lambda a, b: np.tanh(a @ b), normal(20, 30), normal(30, 10)), {"order": 1}
    ),
)  # fmt: skip


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_right_derivative_is_accepted(family: Family) -> None:
    """No report fails; every fourth one is of second order too, where the family does not say otherwise."""
    alarms = []
    tried = some_of(family.number)
    for k in range(tried):
        f, *inputs = family.case(np.random.default_rng([k, *family.name.encode()]))
        report = check_grad(f, *inputs, **{"order": 2 if k % 4 == 0 else 1, "seed": k, **family.options})
        if not report.passed:
            alarms.append((k, inputs, report))
    assert not alarms, f"{len(alarms)} of {tried}, at {[k for k, *_ in alarms]}; {alarms[0][1]}\n{alarms[0][2]}"


def test_there_are_a_thousand() -> None:
    """The families have 1,000 cases together, in second order too, and in full where it is large."""
    assert sum(family.number for family in FAMILIES) >= 1000
