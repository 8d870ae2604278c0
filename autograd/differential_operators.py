"""The operators of HIPS autograd by its names and signatures: `operator(f, argnum=0)(*args)`."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.custom import checkpoint as checkpoint
from autograd.transforms import ggnvp, jvp, linearize, tree_leaves, tree_like, vjp
from autograd.transforms import grad as grad
from autograd.transforms import hessian as hessian
from autograd.transforms import jacobian as jacobian
from autograd.transforms import value_and_grad as value_and_grad
from autograd.vector_space import vspace as vspace
from autograd.wrap_util import unary_to_nary

Function = Callable[..., Any]


@unary_to_nary
def make_vjp(fun: Function, x: Any) -> tuple[Function, Any]:
    """Return (the function that maps a cotangent of the result to one of the argument, the result).

    >>> pullback, out = make_vjp(lambda x: x**2)(3.0)
    >>> out, pullback(1.0)
    (np.float64(9.0), np.float64(6.0))
    """
    out, pullback = vjp(fun, x)
    return lambda g: pullback(g)[0], out


@unary_to_nary
def make_jvp(fun: Function, x: Any) -> Function:
    """Return the function that maps a tangent of the argument to (the result, its tangent), by forward mode.

    >>> make_jvp(lambda x: x**2)(3.0)(1.0)
    (np.float64(9.0), np.float64(6.0))
    """
    return lambda v: jvp(fun, (x,), (v,))


@unary_to_nary
def make_jvp_reversemode(fun: Function, x: Any) -> Function:
    """Return the function that maps a tangent of the argument to that of the result.

    >>> make_jvp_reversemode(lambda x: x**2)(3.0)(1.0)
    np.float64(6.0)
    """
    _, along = linearize(fun, x)
    return along


@unary_to_nary
def make_hvp(fun: Function, x: Any) -> tuple[Function, Any]:
    """Return (the function that multiplies the Hessian at x by a vector, the gradient at x).

    >>> product, gradient = make_hvp(lambda x: x**3)(2.0)
    >>> gradient, product(1.0)
    (np.float64(12.0), np.float64(12.0))
    """
    gradient, pullback = vjp(grad(fun), x)
    return lambda v: pullback(v)[0], gradient[()] if isinstance(x, float) else gradient


def make_ggnvp(f: Function, g: Function | None = None, f_argnum: int = 0) -> Function:
    """Return a function that gives, at a point, the product with the Gauss-Newton matrix of g(f(...)).

    g is half the sum of squares if it is not given.
    """
    return ggnvp(f, argnum=f_argnum) if g is None else ggnvp(f, g, argnum=f_argnum)


@unary_to_nary
def elementwise_grad(fun: Function, x: Any) -> Any:
    """Return the gradient of the sum of the result: of a function of each element, its derivative there.

    >>> elementwise_grad(np.sin)(np.array([0.0, np.pi]))
    array([ 1., -1.])
    """
    out, pullback = vjp(fun, x)
    if any(np.iscomplexobj(leaf) for leaf in tree_leaves(out)):
        raise TypeError("elementwise_grad: the function must return real numbers, it returned complex ones")
    return pullback(tree_like(out, [np.ones_like(leaf) for leaf in tree_leaves(out)]))[0]


@unary_to_nary
def deriv(fun: Function, x: Any) -> Any:
    """Return the derivative in the direction of ones, by forward mode: of a function of one number, its derivative.

    >>> deriv(lambda x: x**2)(3.0)
    np.float64(6.0)
    """
    ones = [np.ones_like(leaf) for leaf in tree_leaves(x)]
    return jvp(fun, (x,), (tree_like(x, ones),))[1]


@unary_to_nary
def holomorphic_grad(fun: Function, x: Any) -> Any:
    """Return the complex derivative of a function that has one.

    >>> holomorphic_grad(lambda z: z**2)(1j)
    np.complex128(2j)
    """
    if not any(np.iscomplexobj(leaf) for leaf in tree_leaves(x)):
        warnings.warn("holomorphic_grad: the argument is not complex", stacklevel=3)
    return grad(lambda z: np.real(fun(z)))(x)


@unary_to_nary
def grad_and_aux(fun: Function, x: Any) -> tuple[Any, Any]:
    """Return (the gradient of the first, the second) of two results.

    >>> grad_and_aux(lambda x: (x**2, "more"))(3.0)
    (np.float64(6.0), 'more')
    """
    gradient, aux = grad(fun, has_aux=True)(x)
    return gradient, aux


def grad_named(fun: Function, argname: str) -> Function:
    """Return the function that gives the gradient by the argument of this name.

    >>> grad_named(lambda a, b: a * b, "b")(2.0, 3.0)
    np.float64(2.0)
    """
    return grad(fun, list(inspect.signature(fun).parameters).index(argname))


def multigrad_dict(fun: Function) -> Function:
    """Return the function that gives a dict of the gradients by all arguments, by their names.

    >>> multigrad_dict(lambda a, b: a * b)(2.0, b=3.0)
    {'a': np.float64(3.0), 'b': np.float64(2.0)}
    """
    signature = inspect.signature(fun)

    @wraps(fun)
    def run(*args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()

        def by_names(arguments: dict[str, Any]) -> Any:
            again = inspect.BoundArguments(signature, type(bound.arguments)(arguments))
            return fun(*again.args, **again.kwargs)

        gradients: dict[str, Any] = grad(by_names)(dict(bound.arguments))
        return gradients

    return run


def hessian_tensor_product(fun: Function, argnum: int = 0) -> Function:
    """Return the function of the arguments and a tensor that gives the product of the Hessian with it.

    >>> hessian_vector_product(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """

    def product(*args_and_tensor: Any, **kwargs: Any) -> Any:
        *args, tensor = args_and_tensor
        pullback, _ = make_vjp(grad(fun, argnum), argnum)(*args, **kwargs)
        return pullback(tensor)

    return product


hessian_vector_product = hessian_tensor_product


def tensor_jacobian_product(fun: Function, argnum: int | Sequence[int] = 0) -> Function:
    """Return the function of the arguments and a tensor that gives the product of the tensor with the Jacobian.

    The tensor's axes are the first ones of the result; where that has more, they are those of a Jacobian.

    >>> vector_jacobian_product(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([2., 4.])
    """

    def product(*args_and_tensor: Any, **kwargs: Any) -> Any:
        *args, tensor = args_and_tensor
        pullback, out = make_vjp(fun, argnum)(*args, **kwargs)
        if np.shape(out) == np.shape(tensor):
            return pullback(tensor)
        summed = np.ndim(tensor)
        return jacobian(lambda *args: np.tensordot(tensor, fun(*args, **kwargs), axes=summed), argnum)(*args)

    return product


vector_jacobian_product = tensor_jacobian_product


# By these names HIPS autograd has them here, and without the underscore in `autograd.core`.


def _make_vjp(fun: Function, x: Any) -> tuple[Function, Any]:
    """Return (the function that maps a cotangent of fun(x) to one of x, fun(x))."""
    return make_vjp(fun)(x)  # type: ignore[no-any-return]


def _make_jvp(fun: Function, x: Any) -> Function:
    """Return the function that maps a tangent of x to (fun(x), its tangent)."""
    return make_jvp(fun)(x)  # type: ignore[no-any-return]
