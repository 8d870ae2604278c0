"""Functions of samples beside what is generated: every option against NumPy and differences, edges and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from tests.autograd.duck import Duck, unwrap

RNG = np.random.default_rng(0)
LINE, PLANE = RNG.normal(size=6), RNG.normal(size=(4, 5))
COORDINATES = np.cumsum(RNG.uniform(0.5, 1.5, 6))
ROWS, COLUMNS = np.cumsum(RNG.uniform(0.5, 1.5, 4)), np.cumsum(RNG.uniform(0.5, 1.5, 5))
POINTS, HEIGHTS = np.array([-1.1, 0.2, 0.9, 2.1]), np.array([1.0, -2.0, 0.5, 3.0])
AT = np.array([[-2.0, -0.7, 0.05], [0.5, 1.75, 3.1]])

PROGRAMS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "diff prepend": (lambda x, p: np.diff(x, prepend=p), (LINE, LINE[:2])),
    "diff numbers": (lambda x, p, q: np.diff(x, 2, 0, p, q), (PLANE, np.array(2.0), np.array(3.0))),
    "diff append": (lambda x, q: np.diff(x, axis=1, append=q), (PLANE, PLANE[:, :2])),
    "diff more than there is": (lambda x: np.concatenate([np.diff(x, 7), x[:1]]), (LINE,)),
    "diff not at all": (lambda x: np.diff(x, 0), (LINE,)),
    "ediff1d": (lambda x: np.ediff1d(x), (PLANE,)),
    "ediff1d ends": (lambda x, b, e: np.ediff1d(x, to_begin=b, to_end=e), (PLANE, np.array(1.0), LINE)),
    "trapezoid": (lambda y: np.trapezoid(y), (PLANE,)),
    "trapezoid dx": (lambda y, dx: np.trapezoid(y, dx=dx, axis=0), (PLANE, np.array(0.5))),
    "trapezoid x": (lambda y, x: np.trapezoid(y, x, axis=0), (PLANE, ROWS)),
    "trapezoid of as many x": (lambda y, x: np.trapezoid(y, x, axis=1), (PLANE, PLANE * 2)),
    "gradient": (lambda f: np.gradient(f), (LINE,)),
    "gradient of a plane": (lambda f: np.gradient(f), (PLANE,)),
    "gradient spacing": (lambda f, h: np.gradient(f, h, edge_order=2), (PLANE, np.array(0.3))),
    "gradient spacings": (lambda f, h, x: np.gradient(f, h, x), (PLANE, np.array(0.3), COLUMNS)),
    "gradient coordinates": (lambda f, x: np.gradient(f, x), (LINE, COORDINATES)),
    "gradient order 2": (lambda f, x: np.gradient(f, x, axis=0, edge_order=2), (PLANE, ROWS)),
    "gradient even": (lambda f: np.gradient(f, np.arange(6) * 0.5, edge_order=2), (LINE,)),
    "gradient axes": (lambda f: np.gradient(f, 2.0, 3.0, axis=(1, -2)), (PLANE,)),
    "gradient of two": (lambda f: np.gradient(f), (LINE[:2],)),
    "gradient of three": (lambda f, x: np.gradient(f, x, edge_order=2), (LINE[:3], COORDINATES[:3])),
    "interp": (lambda x, xp, fp: np.interp(x, xp, fp), (AT, POINTS, HEIGHTS)),
    "interp ends": (lambda x, xp, fp: np.interp(x, xp, fp, left=-7.0, right=9.0), (AT, POINTS, HEIGHTS)),
    "interp by ends": (
        lambda x, xp, fp, a, b: np.interp(x, xp, fp, a, b), (AT, POINTS, HEIGHTS, np.array(4.0), np.array(5.0))
    ),
    "interp period": (lambda x, xp, fp: np.interp(x, xp, fp, period=1.7), (AT, POINTS, HEIGHTS)),
    "interp by period": (
        lambda x, xp, fp, p: np.interp(x, xp, fp, period=p), (AT, POINTS, HEIGHTS, np.array(1.85))
    ),
    "interp a number": (lambda x, xp, fp: np.interp(x, xp, fp), (np.array(0.4), POINTS, HEIGHTS)),
    "interp of one point": (lambda x, xp, fp: np.interp(x, xp, fp), (AT, POINTS[:1], HEIGHTS[:1])),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_value_and_derivatives(name: str, check_grad: Any) -> None:
    """The value is NumPy's, and so are derivatives by every argument, in both modes and of second order."""
    f, arrays = PROGRAMS[name]
    expected, found = f(*arrays), f(*map(tensor, arrays))
    assert type(found) is (tuple if isinstance(expected, tuple) else autograd.Tensor)
    for ours, theirs in zip(several(found), several(expected), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours.data, theirs, rtol=1e-13, atol=1e-14)
    check_grad(f, *arrays, order=2)


@pytest.mark.parametrize("name", PROGRAMS)
def test_duck_arrays(name: str) -> None:
    """What speaks NumPy's protocols alone goes through, forward and backward."""
    f, arrays = PROGRAMS[name]

    def pulled(wrapped: Callable[[Any], Any]) -> list[Any]:
        xs = [tensor(wrapped(a), requires_grad=True) for a in arrays]
        outs = several(f(*xs))
        for out in outs:
            out.backward(wrapped(np.cos(np.arange(out.size)).reshape(out.shape)), retain_graph=True)
        return [unwrap(x.grad) for x in xs]

    for ours, expected in zip(pulled(Duck), pulled(np.array), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", PROGRAMS)
def test_single_precision(name: str) -> None:
    """The dtype of a result is NumPy's; a gradient has that of its input."""
    f, arrays = PROGRAMS[name]
    small = [a.astype(np.float32) for a in arrays]
    xs = [tensor(a, requires_grad=True) for a in small]
    found = several(f(*xs))
    if "gradient" not in name:  # where NumPy's dtype depends on whether a spacing is an array
        assert [out.dtype for out in found] == [out.dtype for out in several(f(*small))]
    sum(out.sum() for out in found).backward()
    assert all(x.grad.dtype == np.float32 for x in xs)


@pytest.mark.parametrize("name", ["interp", "interp period", "gradient coordinates", "diff numbers"])
def test_compiled(name: str) -> None:
    """In a program the places of the points are found anew at each call."""
    f, arrays = PROGRAMS[name]
    step = autograd.grad(lambda *xs: np.sum(np.sin(f(*xs))), argnums=tuple(range(len(arrays))))
    program = autograd.compile(lambda *xs: step(*xs))
    moved = [a if "interp" in name and i else a + 0.4 for i, a in enumerate(arrays)]
    for inputs in (arrays, moved):
        for ours, expected in zip(program(*inputs), step(*inputs), strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-12)


def several(result: Any) -> list[Any]:
    return list(result) if isinstance(result, tuple) else [result]


# --- interp ------------------------------------------------------------------------------------------------


def test_interp_at_the_points() -> None:
    """The value at a point is exactly its own; the slope is that to the right of it, at the last that to the left."""
    xp, fp = np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 3.0])
    x = tensor([0.0, 1.0, 3.0], requires_grad=True)
    out = np.interp(x, xp, fp)
    assert out.data.tolist() == fp.tolist()
    out.sum().backward()
    assert x.grad.tolist() == [2.0, 0.5, 0.5]


def test_interp_far_out_and_nan() -> None:
    """Outside of the points the slope is 0, at infinity too; a nan stays visible."""
    x = tensor([-np.inf, np.inf, 1e300], requires_grad=True)
    fp = tensor(HEIGHTS, requires_grad=True)
    np.interp(x, POINTS, fp).sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]
    assert fp.grad.tolist() == [1.0, 0.0, 0.0, 2.0]
    assert np.isnan(np.interp(tensor(np.nan), POINTS, HEIGHTS).data)


def test_interp_of_complex_heights(check_grad: Any) -> None:
    z = HEIGHTS + 1j * HEIGHTS[::-1] ** 2
    out = np.interp(tensor(AT), POINTS, z)
    np.testing.assert_allclose(out.data, np.interp(AT, POINTS, z), rtol=1e-14)

    def f(x: Any, xp: Any, a: Any, b: Any) -> Any:
        out = np.interp(x, xp, a + 1j * b, left=1j)
        return [np.real(out), np.imag(out)]

    check_grad(f, AT, POINTS, z.real, z.imag)
    with pytest.raises(TypeError):
        np.interp(tensor(AT) * 1j, POINTS, z)


def test_interp_of_whole_numbers_and_lists() -> None:
    fp = tensor([0.0, 10.0, 40.0], requires_grad=True)
    out = np.interp([1, 3], [0, 2, 4], fp)
    assert out.data.tolist() == [5.0, 25.0]
    out.sum().backward()
    assert fp.grad.tolist() == [0.5, 1.0, 0.5]


# --- unwrap ------------------------------------------------------------------------------------------------


def test_unwrap_passes_gradients_through() -> None:
    angles = np.array([0.0, 3.0, -3.0, -0.5, 2.9])
    x = tensor(angles, requires_grad=True)
    out = np.unwrap(x)
    np.testing.assert_array_equal(out.data, np.unwrap(angles))
    out.backward(np.arange(5.0))
    assert x.grad.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    with pytest.raises(TypeError):
        np.unwrap(x * 1j)


# --- edges and refusals ------------------------------------------------------------------------------------


def test_booleans_and_whole_numbers() -> None:
    truth = np.array([True, False, False])
    assert np.diff(tensor(truth)).data.tolist() == np.diff(truth).tolist()
    assert np.diff(tensor([1, 4, 9])).data.tolist() == [3, 5]
    assert np.ediff1d(tensor([1, 4]), to_end=[7]).data.tolist() == [3, 7]
    assert np.gradient(tensor([1, 4, 9])).data.tolist() == [3.0, 4.0, 5.0]
    assert np.trapezoid(tensor([1, 2, 3])).item() == 4.0


def test_complex_samples() -> None:
    z = LINE + 1j * LINE[::-1]
    for f in (np.diff, np.ediff1d, np.gradient, lambda z: np.trapezoid(z, COORDINATES)):
        x = tensor(z, requires_grad=True)
        out = f(x)
        np.testing.assert_allclose(out.data, f(z), rtol=1e-13)
        g = np.asarray(np.exp(1j * np.arange(out.size)).reshape(out.shape))
        out.backward(g)
        np.testing.assert_allclose(np.sum(x.grad * z), np.sum(g * f(z)), rtol=1e-12)


def test_empty() -> None:
    x = tensor(np.zeros((0, 3)), requires_grad=True)
    np.diff(x).sum().backward()
    np.trapezoid(x).sum().backward()
    assert x.grad.shape == (0, 3)
    assert np.ediff1d(x).shape == (0,) and np.interp(x, POINTS, HEIGHTS).shape == (0, 3)


@pytest.mark.parametrize(
    ("f", "error", "words"),
    [
        (lambda x: np.diff(x, -1), ValueError, "n=-1"),
        (lambda x: np.diff(x[0]), ValueError, "x is 0-d"),
        (lambda x: np.diff(x, axis=1), IndexError, "axis"),
        (lambda x: np.ediff1d(x, to_end=1j), TypeError, "to_end is complex128"),
        (lambda x: np.gradient(x[:1]), ValueError, "needs 2 of them"),
        (lambda x: np.gradient(x[:2], edge_order=2), ValueError, "needs 3 of them"),
        (lambda x: np.gradient(x, edge_order=3), ValueError, "it is 1 or 2"),
        (lambda x: np.gradient(x, 1.0, 2.0), TypeError, "2 spacings for 1 axes"),
        (lambda x: np.gradient(x, [1.0, 2.0]), ValueError, "there must be 3"),
        (lambda x: np.gradient(x, axis=1), IndexError, "axis"),
        (lambda x: np.interp(x, [0.0, 1.0], x), ValueError, r"xp has shape \(2,\) and fp \(3,\)"),
        (lambda x: np.interp(x, [0.0, 1.0], x, period=2), ValueError, r"xp has shape \(2,\) and fp \(3,\)"),
        (lambda x: np.interp(x, [], []), ValueError, "there is no point"),
        (lambda x: np.interp(x, x, x, period=0), ValueError, "the period is 0"),
    ],
)
def test_what_is_refused(f: Callable[[Any], Any], error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        f(tensor([1.0, 2.0, 4.0]))


def test_none_is_a_method() -> None:
    for name in ("diff", "ediff1d", "gradient", "interp", "trapezoid", "unwrap"):
        assert callable(getattr(autograd, name)) and not hasattr(tensor(1.0), name)
