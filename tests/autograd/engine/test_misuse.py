"""What a user gets for a mistake: the field's usual exception, with the operation, the shapes and what to do."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor

T = tensor(np.ones((2, 3)), requires_grad=True)
V = tensor([1.0, 2.0, 3.0], requires_grad=True)
A = np.ones((2, 3))
UNKNOWN = np.frompyfunc(pow, 2, 1)


def twice() -> None:
    y = np.sum(V * V)
    y.backward()
    y.backward()


def custom(vjp: Any, arrays: int = 1) -> Callable[[], None]:
    def run() -> None:
        if arrays == 1:
            one = autograd.operation(vjp=vjp)(lambda x: x * 2)
            np.sum(one(V)).backward()
        else:
            two = autograd.operation(vjp=vjp)(lambda x, y: x * y)
            np.sum(two(V, V)).backward()

    return run


def into(array: Any) -> None:
    array += T


def assign_out_of_range() -> None:
    t = V * 1.0
    t[5] = 1.0


MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], list[str]]] = {
    "backward of many elements": (lambda: (T * 2).backward(), RuntimeError, ["(2, 3)", "grad=", "sum()"]),
    "backward without a graph": (lambda: tensor([1.0]).backward(), RuntimeError, ["requires_grad=True"]),
    "backward twice": (twice, RuntimeError, ["freed", "retain_graph=True"]),
    "backward with a wrong gradient": (lambda: T.backward(np.ones(3)), ValueError, ["(3,)", "(2, 3)"]),
    "backward to an input without grad": (
        lambda: np.sum(T).backward(inputs=[tensor(1.0)]), RuntimeError, ["inputs", "requires grad"],
    ),
    "shapes that do not broadcast": (lambda: T + np.ones((4, 3)), ValueError, ["add", "(2, 3)", "(4, 3)", "axis -2"]),
    "shapes that do not multiply": (lambda: T @ np.ones((5, 3)), ValueError, ["matmul", "(5, 3)", "a @ b.T"]),
    "a product with a number": (lambda: T @ 2.0, ValueError, ["matmul", "use *"]),
    "an index out of range": (lambda: V[5], IndexError, ["getitem", "5", "size 3"]),
    "too many indices": (lambda: V[0, 0], IndexError, ["getitem", "1-dimensional"]),
    "assignment out of range": (assign_out_of_range, IndexError, ["update", "5"]),
    "assignment into a leaf": (lambda: V.__setitem__(0, 1.0), RuntimeError, ["leaf", "no_grad()", "copy()"]),
    "a recorded value into integers": (
        lambda: tensor([1, 2]).__setitem__(0, V[0]), TypeError, ["int64", "dtype=float"],
    ),
    "an integer that requires grad": (lambda: tensor([1], requires_grad=True), TypeError, ["int64", "dtype=float"]),
    "the gradient of a complex number": (lambda: np.sum(V * 1j).backward(), RuntimeError, ["complex128", "np.real(t)"]),
    "the sum of a list of tensors": (lambda: np.sum([V, V]), TypeError, ["detach()"]),
    "a rule with the wrong number": (
        custom(lambda g, _out, _x, _y: (g,), 2), ValueError, ["<lambda>", "2 inputs", "1 of them"],
    ),
    "a rule with the wrong shape": (
        custom(lambda _g, _out, _x: np.ones(7)), ValueError, ["<lambda>", "(7,)", "(3,)"],
    ),
    "too few rules": (custom([], 2), ValueError, ["2 arrays need 2 rules"]),
    "a function without a rule": (
        lambda: np.busday_count(T, T), NotImplementedError, ["np.busday_count", "autograd.operation", "cholesky"],
    ),
    "a ufunc without a rule": (lambda: UNKNOWN(T, T), NotImplementedError, ["pow", "NumPy functions that have"]),
    "a ufunc method without a rule": (lambda: UNKNOWN.outer(T, T), NotImplementedError, ["pow", ".outer"]),
    "data with None": (lambda: tensor([1.0, None]), TypeError, ["object", "None"]),
    "data with strings": (lambda: tensor(["a", "b"]), TypeError, ["<U1", "numbers"]),
    "rows of different lengths": (lambda: tensor([[1.0], [1.0, 2.0]]), ValueError, ["same length"]),
    "an object array as operand": (lambda: V * np.array([Fraction(1, 2)] * 3), TypeError, ["multiply", "operand"]),
    "a string as operand": (lambda: V + "a", TypeError, ["add", "str"]),
    "None as operand": (lambda: autograd.exp(None), TypeError, ["exp", "NoneType"]),
    "out=": (lambda: np.add(A, T, out=np.zeros((2, 3))), TypeError, ["np.add", "out="]),
    "where= of a ufunc": (lambda: np.exp(T, where=A > 0), TypeError, ["np.exp", "np.where"]),
    "an array += a tensor": (lambda: into(np.ones((2, 3))), TypeError, ["out="]),
    "an array of a recording tensor": (lambda: np.asarray(T), TypeError, ["detach()"]),
    "truth of many elements": (lambda: bool(T), ValueError, ["np.any", "(2, 3)"]),
    "float of many elements": (lambda: float(T), ValueError, ["item", "(2, 3)"]),
    "length of a scalar": (lambda: len(tensor(1.0)), TypeError, ["0-d"]),
    "an unknown option": (lambda: np.sort(T, dtype=float), TypeError, ["sort", "dtype"]),
    "an unknown option of a reduction": (lambda: autograd.sum(T, axes=0), TypeError, ["sum()", "axes"]),
    "too many arguments": (lambda: autograd.tril(T, 0, True, 1), TypeError, ["tril", "4 arguments"]),
    "too many arguments of a reduction": (lambda: autograd.any(T, 0, None, True, 1), TypeError, ["any()"]),
    "no argument": (lambda: autograd.matmul(T), TypeError, []),
    "concatenation of unlike shapes": (lambda: np.concatenate([T, V[None, :2]]), ValueError, ["concatenate", "(1, 2)"]),
    "stacking unlike shapes": (lambda: np.stack([T, V]), ValueError, ["stack", "(2, 3)", "(3,)"]),
    "a shape that is not filled": (lambda: T.reshape(4, 2), ValueError, ["reshape", "6 elements", "(4, 2)"]),
    "an axis that is not there": (lambda: np.sum(T, axis=2), ValueError, ["sum", "axis 2"]),
    "broadcasting to a shape that does not fit": (lambda: np.broadcast_to(T, (3, 3)), ValueError, ["broadcast_to"]),
    "einsum with too few operands": (lambda: np.einsum("ij,jk", T), ValueError, ["einsum"]),
    "solve with unlike sizes": (lambda: np.linalg.solve(np.eye(3), T), ValueError, ["solve", "3 columns"]),
    "inverse of a rectangle": (lambda: np.linalg.inv(T), np.linalg.LinAlgError, ["inv", "square", "(2, 3)"]),
    "cholesky of an indefinite matrix": (
        lambda: np.linalg.cholesky(-tensor(np.eye(2))), np.linalg.LinAlgError, ["cholesky", "positive definite"],
    ),
    "an option of a NumPy function that is a tensor": (
        lambda: np.interp(9.0, [0.0, 1.0], [2.0, 3.0], right=V[0]), TypeError, ["interp", "option", "t.detach()"],
    ),
    "a start of a NumPy function that is a tensor": (lambda: np.sum(A, initial=V[0]), ValueError, []),
    "a mode of pad": (lambda: np.pad(V, 1, mode="empty"), NotImplementedError, ["pad", "empty", "reflect"]),
    "a norm that is none": (lambda: np.linalg.norm(T, 3), ValueError, ["norm", "ord=3", "fro"]),
    "grad of many elements": (lambda: autograd.grad(np.exp)(A), TypeError, ["grad", "(2, 3)", "jacobian"]),
    "grad by an integer": (lambda: autograd.grad(np.exp)(3), TypeError, ["grad", "int64", "3.0"]),
    "grad by an argument that is not there": (
        lambda: autograd.grad(np.exp, 1)(3.0), TypeError, ["argnums=1", "1 arguments"],
    ),
    "grad of a function that returns text": (lambda: autograd.grad(lambda _x: "a")(1.0), TypeError, ["grad", "str"]),
    "tangents of another shape": (lambda: autograd.jvp(np.exp, (A,), (np.ones(3),)), ValueError, ["jvp", "(3,)"]),
    "cotangents of another shape": (lambda: autograd.vjp(np.exp, A)[1](np.ones(3)), ValueError, ["vjp", "(2, 3)"]),
    "a gradient of another shape": (lambda: setattr(V, "grad", np.ones(2)), ValueError, ["grad", "(3,)", "(2,)"]),
    "data of another shape": (lambda: setattr(V, "data", np.ones(2)), ValueError, ["data", "(3,)", "(2,)"]),
    "requires_grad of a result": (lambda: setattr(V * 2, "requires_grad", False), RuntimeError, ["leaf", "detach()"]),
    "a hook on a constant": (lambda: tensor(1.0).register_hook(print), RuntimeError, ["register_hook"]),
    "a hook that returns another shape": (
        lambda: _with_hook(lambda _g: np.ones(7)), ValueError, ["hook", "(3,)"],
    ),
    "a rule that is no function": (
        lambda: autograd.operation(vjp=[print])(lambda x: x), TypeError, ["rule", "Python function"],
    ),
}  # fmt: skip


def _with_hook(hook: Callable[[Any], Any]) -> None:
    y = V * 1.0
    y.register_hook(hook)
    np.sum(y).backward()


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name: str) -> None:
    """The exception is of the usual type, its message has what is needed, and nothing has changed by it."""
    mistake, error, words = MISTAKES[name]
    T.grad, V.grad = np.full((2, 3), 5.0), np.full(3, 5.0)
    values = V.data.copy()
    with pytest.raises(error) as raised:
        mistake()
    for word in words:
        assert word in str(raised.value), str(raised.value)
    assert autograd.is_grad_enabled()
    assert np.array_equal(V.data, values)
    if name != "backward twice":
        assert np.all(T.grad == 5) and np.all(V.grad == 5)


def test_a_tensor_cannot_be_subclassed() -> None:
    """Operations look for exactly Tensor; a subclass would pass for a constant."""
    with pytest.raises(TypeError, match="subclass"):
        type("Mine", (autograd.Tensor,), {})
