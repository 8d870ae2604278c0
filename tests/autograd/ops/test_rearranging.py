"""Functions that move elements, against NumPy's own values and against differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing import check_grad

RNG = np.random.default_rng(0)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(2, 4))
C = RNG.normal(size=(2, 3, 4))
V = RNG.normal(size=5)
MASK = np.array([True, False, True])

Case = tuple[Callable[..., Any], tuple[Any, ...]]
CASES: dict[str, Case] = {
    "atleast_3d of a number": (np.atleast_3d, (np.array(2.0),)),
    "atleast_3d of a vector": (np.atleast_3d, (V,)),
    "atleast_3d of a matrix": (np.atleast_3d, (A,)),
    "dstack": (lambda a, b: np.dstack([a, b]), (A, A + 1)),
    "hsplit": (lambda a: np.hsplit(a, 2)[1], (A,)),
    "hsplit of a vector": (lambda a: np.hsplit(a, [2])[1], (V,)),
    "vsplit": (lambda a: np.vsplit(a, 3)[1], (A,)),
    "dsplit": (lambda a: np.dsplit(a, [1, 2])[1], (C,)),
    **{f"rot90 {k}": (lambda a, k=k: np.rot90(a, k), (A,)) for k in (-1, 0, 1, 2, 3)},
    "rot90 of other axes": (lambda a: np.rot90(a, 1, (2, 0)), (C,)),
    **{
        f"rollaxis {axis} {start}": (lambda a, axis=axis, start=start: np.rollaxis(a, axis, start), (C,))
        for axis, start in ((2, 0), (0, 2), (0, 3), (-1, 1), (1, -1))
    },
    "resize, larger": (lambda a: np.resize(a, (4, 7)), (A,)),
    "resize, smaller": (lambda a: np.resize(a, (2,)), (A,)),
    "delete": (lambda a: np.delete(a, 1, axis=1), (A,)),
    "delete several": (lambda a: np.delete(a, [0, 3]), (V,)),
    "delete a slice": (lambda a: np.delete(a, slice(None, None, 2), axis=0), (A,)),
    "insert": (lambda a, v: np.insert(a, 2, v, axis=1), (A, RNG.normal(size=3))),
    "insert a number": (lambda a, v: np.insert(a, [1, 3], v), (V, np.array(7.0))),
    "insert several": (lambda a, v: np.insert(a, [1, 1, 4], v), (V, RNG.normal(size=3))),
    "block": (lambda a, b: np.block([[a, a], [b, b]]), (A, B)),
    "block of vectors": (lambda a: np.block([a, 1.0, a]), (V,)),
    "broadcast_arrays": (lambda a, b: np.broadcast_arrays(a, b)[0], (A[:1], A)),
    "meshgrid": (lambda a, b: np.meshgrid(a, b)[0] * np.meshgrid(a, b)[1], (V, V[:3])),
    "meshgrid ij": (lambda a, b: np.meshgrid(a, b, indexing="ij")[1], (V, V[:3])),
    "meshgrid sparse": (lambda a, b: np.meshgrid(a, b, sparse=True)[0], (V, V[:3])),
    "meshgrid of three": (lambda a, b, c: sum(np.meshgrid(a, b, c)), (V, V[:3], V[:2])),
    "meshgrid of one": (lambda a: np.meshgrid(a)[0], (V,)),
    "diagflat": (lambda a: np.diagflat(a, -1), (A,)),
    "choose": (lambda a, b: np.choose(np.array([[0, 1, 1, 0]] * 3), [a, b]), (A, A[0])),
    "select": (lambda a, b: np.select([A > 1, A > 0], [a, b], 3.0), (A, A[0])),
    "compress": (lambda a: np.compress(MASK, a, axis=0), (A,)),
    "compress, flat": (lambda a: np.compress([False, True, True], a), (A,)),
    "extract": (lambda a: np.extract(A > 0, a), (A,)),
    "piecewise": (lambda a: np.piecewise(a, [A < 0, A > 0.5], [lambda x: x**2, 3.0, lambda x: -x]), (A,)),
    "partition": (lambda a: np.sort(np.partition(a, 2)[..., :2]), (A,)),
    "partition, flat": (lambda a: np.partition(a, 5, axis=None)[5], (A,)),
    "unique": (np.unique, (V,)),
    "unique rows": (lambda a: np.unique(a, axis=0), (A,)),
    "trim_zeros": (lambda a: np.trim_zeros(a * np.array([0.0, 1, 0, 1, 0])), (V,)),
    "trim_zeros in front": (lambda a: np.trim_zeros(a * np.array([0.0, 1, 0, 1, 0]), "f"), (V,)),
    "apply_along_axis": (lambda a: np.apply_along_axis(lambda v: v[:2] * np.sum(v), 1, a), (C,)),
    "apply_along_axis, to numbers": (lambda a: np.apply_along_axis(lambda v: np.sum(v**2), 0, a), (A,)),
    "apply_over_axes": (lambda a: np.apply_over_axes(np.sum, a, [0, 2]), (C,)),
}  # fmt: skip
if hasattr(np, "unstack"):
    CASES["unstack"] = (lambda a: np.unstack(a, axis=1)[2], (A,))


@pytest.mark.parametrize("name", CASES)
def test_values_and_derivatives(name: str) -> None:
    f, arrays = CASES[name]
    found, expected = f(*map(tensor, arrays)), f(*arrays)
    assert isinstance(found, autograd.Tensor)
    np.testing.assert_array_equal(found.data, expected)
    check_grad(f, *arrays).raise_if_failed()


def test_what_unique_tells_besides() -> None:
    x = np.array([3.0, 1.0, 3.0, 2.0])
    found = np.unique(tensor(x), return_index=True, return_inverse=True, return_counts=True)
    for ours, theirs in zip(found, np.unique(x, True, True, True), strict=True):
        np.testing.assert_array_equal(getattr(ours, "data", ours), theirs)
    np.testing.assert_array_equal(autograd.grad(lambda x: np.sum(np.unique(x)))(x), [1, 1, 0, 1])


def test_nan_to_num() -> None:
    x = np.array([1.0, np.nan, np.inf, -np.inf])
    for options in ({}, {"nan": 2.0, "posinf": 3.0, "neginf": 4.0}):
        found = np.nan_to_num(tensor(x), **options)
        np.testing.assert_array_equal(found.data, np.nan_to_num(x, **options))
        gradient = autograd.grad(lambda x, o=options: np.sum(np.nan_to_num(x, **o)))(x)
        np.testing.assert_array_equal(gradient, [1, 0, 0, 0])
    z = x + 1j
    np.testing.assert_array_equal(np.nan_to_num(tensor(z)).data, np.nan_to_num(z))
    with pytest.raises(TypeError, match="copy=False"):
        np.nan_to_num(tensor(x), copy=False)


def test_sort_complex() -> None:
    z = np.array([1 + 2j, 1 - 1j, 0.5j])
    np.testing.assert_array_equal(np.sort_complex(tensor(z)).data, np.sort_complex(z))
    np.testing.assert_array_equal(np.sort_complex(tensor(V)).data, np.sort_complex(V))


PUTS: dict[str, Callable[[Any, Any], None]] = {
    "put": lambda a, v: np.put(a, [0, -1, 5], v),
    "put, clipped": lambda a, v: np.put(a, [0, 99, 5], v, mode="clip"),
    "put one": lambda a, v: np.put(a, [1, 2], v[0]),
    "place": lambda a, v: np.place(a, A > 0, v),
    "putmask": lambda a, v: np.putmask(a, A > 0, v),
    "put_along_axis": lambda a, v: np.put_along_axis(a, np.array([[0], [2], [1]]), np.reshape(v, (3, 1)), axis=1),
    "put_along_axis, flat": lambda a, v: np.put_along_axis(a, np.array([0, 2, 11]), v, axis=None),
    "copyto": lambda a, v: np.copyto(a, np.reshape(v, (3, 1))),
    "copyto by a mask": lambda a, v: np.copyto(a, np.reshape(v, (3, 1)), where=A > 0),
    "fill_diagonal": lambda a, v: np.fill_diagonal(a, v),
    "the method put": lambda a, v: a.put([0, -1, 5], v),
    "the method fill": lambda a, v: a.fill(v[1]),
    "the method sort": lambda a, v: a.sort(axis=0),
}


@pytest.mark.parametrize("name", PUTS)
def test_putting_values_in(name: str) -> None:
    """The handle takes another value, as by t[i] = v; the array and its earlier readers keep the old one."""
    put, v = PUTS[name], np.array([1.5, 2.5, 3.5])

    def f(x: Any, v: Any) -> Any:
        t = x * 1.0
        before = t * 2
        put(t, v)
        return t * before

    expected = A.copy()
    put(expected, v)
    np.testing.assert_array_equal(f(tensor(A), tensor(v)).data, expected * A * 2)
    check_grad(f, A, v).raise_if_failed()


def test_tensors_cannot_be_put_into_plain_arrays() -> None:
    for put in (lambda a, v: np.copyto(a, v), lambda a, v: np.putmask(a, A > 0, v)):
        with pytest.raises(TypeError, match="plain array"):
            put(A.copy(), tensor(A, requires_grad=True))


def test_what_only_reads() -> None:
    t = tensor(A, requires_grad=True)
    assert (t.nbytes, t.itemsize, t.mT.shape) == (A.nbytes, A.itemsize, (4, 3))
    np.testing.assert_array_equal(t.compress([True, False, True], axis=0).data, A[[0, 2]])
    assert tensor([1.0, 2.0]).searchsorted(1.5) == 1
    np.testing.assert_array_equal(np.argwhere(t > 0), np.argwhere(A > 0))
    np.testing.assert_array_equal(np.isin(t, [A[0, 0]]), np.isin(A, [A[0, 0]]))
    np.testing.assert_array_equal(np.lexsort((t[0], t[1])), np.lexsort((A[0], A[1])))
    np.testing.assert_array_equal(np.argpartition(t, 2).data, np.argpartition(A, 2))


def test_errors() -> None:
    t = tensor(A)
    for call, error, words in (
        (lambda: np.meshgrid(t[0], indexing="no"), ValueError, "indexing='no'"),
        (lambda: np.choose(np.zeros(3, int), [t[0, :3]], out=np.zeros(3)), TypeError, "out="),
        (lambda: np.trim_zeros(t), NotImplementedError, "one axis"),
        (lambda: np.fill_diagonal(t * 1, 0.0, wrap=True), TypeError, "wrap"),
        (lambda: np.broadcast_arrays(t, t, subok=True), TypeError, "subok"),
    ):  # fmt: skip
        with pytest.raises(error, match=words):
            call()
