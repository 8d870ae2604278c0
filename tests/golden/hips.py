"""Programs in the manner of HIPS autograd's own examples; run by HIPS autograd they make tests/golden/hips.json.

    pip install autograd==1.9.1 scipy numpy==2.4.6
    python tests/golden/hips.py > tests/golden/hips.json

tests/autograd/hips/test_programs.py runs them with ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy

import autograd.numpy as np
from autograd import (
    deriv,
    elementwise_grad,
    grad,
    grad_and_aux,
    grad_named,
    hessian,
    hessian_vector_product,
    holomorphic_grad,
    jacobian,
    make_ggnvp,
    make_hvp,
    make_jvp,
    make_vjp,
    tensor_jacobian_product,
)
from autograd.extend import defvjp, primitive
from autograd.misc import flatten
from autograd.misc.fixed_points import fixed_point
from autograd.misc.optimizers import adam, rmsprop, sgd

Numbers = Iterator[tuple[str, Any]]


def derivatives_of_tanh() -> Numbers:
    """The example of the first page: derivatives of derivatives of a function made of exponentials."""

    def tanh(x: Any) -> Any:
        y = np.exp(-2.0 * x)
        return (1.0 - y) / (1.0 + y)

    f: Callable[..., Any] = tanh
    for order in range(6):
        yield f"derivative {order} of tanh", f(0.7)
        f = grad(f)


def a_primitive() -> Numbers:
    """A function with a rule of its own."""

    @primitive
    def logsumexp(x: Any) -> Any:
        largest = np.max(x)
        return largest + np.log(np.sum(np.exp(x - largest)))

    def rule(ans: Any, x: Any) -> Any:
        shape = x.shape
        return lambda g: np.full(shape, g) * np.exp(x - np.full(shape, ans))

    defvjp(logsumexp, rule)
    x = np.array([1.5, 6.7, 1e-10])
    yield "a primitive", logsumexp(x**2)
    yield "its gradient", grad(lambda y: logsumexp(y**2))(x)
    yield "its Hessian", hessian(lambda y: logsumexp(y**2))(x)


def a_network() -> Numbers:
    """Parameters in nested containers: optimisers, vectors, products with matrices of second derivatives."""
    rng = numpy.random.RandomState(0)
    params = [{"w": rng.randn(3, 4), "b": rng.randn(4)}, {"w": rng.randn(4, 2), "b": rng.randn(2)}]
    inputs, targets = rng.randn(5, 3), rng.randn(5, 2)

    def network(params: Any, x: Any) -> Any:
        for layer in params[:-1]:
            x = np.tanh(np.dot(x, layer["w"]) + layer["b"])
        return np.dot(x, params[-1]["w"]) + params[-1]["b"]

    def loss(params: Any, _iteration: int = 0) -> Any:
        return np.mean((network(params, inputs) - targets) ** 2)

    for optimizer in (sgd, rmsprop, adam):
        trained = optimizer(grad(loss), params, num_iters=20, step_size=0.05)
        yield f"trained by {optimizer.__name__}", flatten(trained)[0]
    vector, unflatten = flatten(params)
    v = rng.randn(len(vector))

    def outputs(q: Any) -> Any:
        return network(unflatten(q), inputs)

    def of_vector(q: Any) -> Any:
        return loss(unflatten(q))

    yield "gradient by a vector", grad(of_vector)(vector)
    yield "Hessian times vector", hessian_vector_product(of_vector)(vector, v)
    yield "make_hvp", make_hvp(of_vector)(vector)[0](v)
    yield "Gauss-Newton matrix times vector", make_ggnvp(lambda q: outputs(q).ravel())(vector)(v)
    yield "make_jvp", make_jvp(of_vector)(vector)(v)
    yield "make_vjp", make_vjp(outputs)(vector)[0](targets)
    yield "tensor times Jacobian", tensor_jacobian_product(outputs)(vector, targets)


def operators() -> Numbers:
    """Each operator on a function of a few numbers."""
    x = np.array([0.3, 1.2, -0.7])
    yield "by name", grad_named(lambda a, b: a * b**2, "b")(3.0, 2.0)
    yield "by several", grad(lambda a, b, c: a * b**2 * c, (0, 2))(3.0, 2.0, 5.0)
    yield "by keyword", grad(lambda a, b: a * b**2, argnum=1)(3.0, 2.0)
    yield "elementwise", elementwise_grad(elementwise_grad(np.sin))(x)
    yield "forward", deriv(lambda x: x**3)(2.0)
    yield "with more", grad_and_aux(lambda x: (x**2, x + 1))(3.0)[0]
    yield "Jacobian", jacobian(lambda x: np.outer(x, x**2))(x)
    z = holomorphic_grad(lambda z: np.sin(z) * z)(0.3 + 0.4j)
    yield "complex derivative", [z.real, z.imag]
    z = grad(lambda z: np.real(z) * np.abs(z) ** 2 + np.imag(z * z))(0.3 + 0.4j)
    yield "gradient by a complex number", [z.real, z.imag]


def a_fixed_point() -> Numbers:
    """Newton's method for a root, differentiated by the equation that it solves."""

    def newton(a: Any) -> Any:
        return lambda x: 0.5 * (x + a / x)

    yield "root", grad(fixed_point, 1)(newton, 2.0, 1.0, lambda x, y: np.abs(x - y), 1e-12)


def a_recurrent_network() -> Numbers:
    """A loop, and an array made of numbers on the way."""
    rng = numpy.random.RandomState(1)
    inputs = rng.randn(5, 3)

    def loss(params: Any) -> Any:
        h = np.zeros(4)
        for x in inputs:
            h = np.tanh(np.dot(h, params[0]) + x @ params[1])
        return np.sum(np.array([h[0], h[1] * 2, [3.0, h[2]][1]]) ** 2)

    by_again, by_input = grad(loss)((0.1 * rng.randn(4, 4), rng.randn(3, 4)))
    yield "recurrent, by one", by_again
    yield "recurrent, by the other", by_input


def numbers() -> dict[str, list[float]]:
    """Return what all programs give, as flat lists."""
    programs = (derivatives_of_tanh, a_primitive, a_network, operators, a_fixed_point, a_recurrent_network)
    found: dict[str, list[float]] = {}
    for program in programs:
        for name, value in program():
            parts = value if isinstance(value, tuple) else [value]
            found[name] = [float(x) for part in parts for x in numpy.ravel(part)]
    return found


if __name__ == "__main__":
    json.dump(numbers(), sys.stdout, indent=1)
    print()
