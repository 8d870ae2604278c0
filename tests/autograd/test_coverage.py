"""No function of NumPy is forgotten, and none is silently wrong on a tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.testing import check_grad
from tests.autograd.coverage import MODULES, REASONS, functions, kind_of, options_not_taken

ALL = [(title, name, f) for title, module in MODULES.items() for name, f in functions(module)]


@pytest.mark.parametrize("title, name, function", ALL, ids=[f"{title}.{name}" for title, name, _ in ALL])
def test_every_function_has_a_rule_or_a_reason(title: str, name: str, function: Any) -> None:
    kind = kind_of(function)
    if kind is None:
        assert name in REASONS, f"{title}.{name} has neither"
    else:
        assert name not in REASONS, f"{title}.{name} has both"


@pytest.mark.parametrize("name", ["asarray", "asanyarray", "ascontiguousarray", "require", "array", "kaiser"])
def test_what_is_not_handed_on_refuses_a_tensor_that_requires_grad(name: str) -> None:
    t = autograd.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match="leave the graph"):
        getattr(np, name)(*((3, t) if name == "kaiser" else (t,)))


@pytest.mark.parametrize("title, name, function", ALL, ids=[f"{title}.{name}" for title, name, _ in ALL])
def test_no_option_is_unknown(title: str, name: str, function: Any) -> None:
    kind = kind_of(function)
    if kind is None or kind.endswith("reads values") or isinstance(function, np.ufunc):
        pytest.skip("it takes no tensor, or NumPy's own function does the work")
    if np.lib.NumpyVersion(np.__version__) < "2.3.0":
        pytest.skip("options that were given up since, and functions that do not say what they take")
    assert not options_not_taken(function), f"{title}.{name}"


A = np.random.default_rng(0).normal(size=(2, 3))
B = np.random.default_rng(1).normal(size=(3, 4))

CALLS: dict[str, Callable[[Any], Any]] = {
    "named operands": lambda a: (np.median(a=a, axis=0), np.diag(v=a), np.repeat(a=a, repeats=2), np.tile(A=a, reps=2)),
    "named operands of records": lambda a: (np.sum(a=a, axis=1), np.cumsum(a=a, axis=1), np.sort(a=a, axis=0)),
    "einsum, optimized": lambda a: (
        np.einsum("ij,jk->ik", a, B, optimize=True), np.einsum("ij,jk,lk->il", a, B, B, optimize="greedy"),
        np.einsum("ij,jk->ik", a, B, optimize=["einsum_path", (0, 1)]),
        np.einsum("ij->i", a, dtype=np.float32, casting="same_kind"),
    ),
    "einsum of lists of axes": lambda a: (
        np.einsum(a, [0, 1], B, [1, 2], [0, 2]), np.einsum(a, [0, 1], B, [1, 2]),
        np.einsum(a, [Ellipsis, 1], B, [1, 2], [Ellipsis, 2]), np.einsum(a, [0, 1], [1]),
    ),
    "reshape by columns": lambda a: (
        np.reshape(a, (3, 2), order="F"), a.reshape(3, 2, order="F"), a.reshape(-1, order="F"),
    ),
    "ravel in an order": lambda a: (
        np.ravel(a, order="F"), a.ravel("F"), a.flatten("F"), a.T.ravel(),
    ),
    "take": lambda a: (
        np.take(a, [0, 7], mode="wrap"), np.take(a, [-1, 7], 1, mode="clip"), np.take(a=a, indices=[[0], [1]], axis=0),
    ),
    "stacks in a dtype": lambda a: (
        np.vstack([a, a], dtype=np.float32), np.hstack([a, a], dtype=np.float32), np.stack([a, a], dtype=np.float32),
        np.concatenate([a, [[1, 2, 3]]], dtype=float), np.concatenate([a, a], 1, dtype="f4", casting="unsafe"),
    ),
    "what has no effect": lambda a: (
        np.copy(a, order="F"), np.broadcast_to(a, (1, 2, 3), subok=False), np.sort(a, stable=True),
        np.astype(a, np.float32, copy=False), a.astype(np.float32, copy=False), np.linspace(a[0], 2, 5, device=None),
    ),
    "trace": lambda a: (np.trace(a, dtype=np.float32), np.linalg.trace(a, dtype=np.float32), np.trace(a, 1, 0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_calls_with_options(name: str) -> None:
    """NumPy's own result, and the right derivative, where there are options and operands by name."""
    outs, expected = CALLS[name](autograd.tensor(A, requires_grad=True)), CALLS[name](A)
    for out, plain in zip(outs, expected, strict=True):
        assert out.requires_grad
        assert out.dtype == plain.dtype
        np.testing.assert_allclose(out.detach().data, plain, rtol=1e-6 if plain.dtype == np.float32 else 1e-13)
    check_grad(lambda a: [o for o in CALLS[name](a) if o.dtype == np.float64], A).raise_if_failed()


def test_orders_by_how_elements_lie() -> None:
    """What "A" and "K" give depends on the array's memory, as in NumPy."""
    for plain in (A, A.T, np.asfortranarray(A), np.ones((2, 3, 4)).transpose(1, 0, 2) * np.arange(4)):
        t = autograd.as_tensor(plain)
        for order in ("A", "K"):
            np.testing.assert_array_equal(np.ravel(t, order=order).data, np.ravel(plain, order=order))
        np.testing.assert_array_equal(np.reshape(t, -1, order="A").data, np.reshape(plain, -1, order="A"))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda a: np.dot(a, B, out=np.zeros((2, 4))), "dot: out= cannot be used"),
        (lambda a: np.concatenate([a, a], 0, np.zeros((4, 3))), "concatenate: out= cannot be used"),
        (lambda a: np.vstack([a, a], dtype=int), "cannot cast float64 to int64"),
        (lambda a: a.astype(int, casting="safe"), "cannot cast float64 to int64"),
        (lambda a: np.sort(a, order="name"), "structured arrays"),
        (lambda a: np.take(a, [0], out=np.zeros(1)), "take: out= cannot be used"),
        (lambda a: np.einsum("ij->", a, slowly=True), "unexpected keyword argument 'slowly'"),
    ],
)
def test_options_that_are_refused(call: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call(autograd.tensor(A, requires_grad=True))
    with pytest.raises(ValueError, match="order='X' is not known"):
        np.reshape(autograd.tensor(A), 6, order="X")  # type: ignore[call-overload]


def test_reshaped_copies() -> None:
    """An option of NumPy 2.1."""
    t = autograd.tensor(A, requires_grad=True)
    assert not np.shares_memory(autograd.reshape(t, 6, copy=True).detach().data, t.data)
    check_grad(lambda a: autograd.reshape(a, 6, copy=True) ** 2, A).raise_if_failed()


def test_sorting_downwards() -> None:
    """An option of NumPy 2.5, with what it gives there: nan at the end, ties in their order."""
    t = autograd.tensor([np.nan, 1.0, 2.0, 2.0, -0.0, 0.0])
    np.testing.assert_array_equal(autograd.sort(t, descending=True).data, [2, 2, 1, 0, 0, np.nan])
    np.testing.assert_array_equal(np.signbit(autograd.sort(t, descending=True).data), [0, 0, 0, 1, 0, 0])
    np.testing.assert_array_equal(autograd.argsort(autograd.tensor([2, 1, 2, 1]), descending=True).data, [0, 2, 1, 3])
    for axis in (0, -1, None):
        check_grad(lambda x, axis=axis: autograd.sort(x, axis, descending=True), A).raise_if_failed()
