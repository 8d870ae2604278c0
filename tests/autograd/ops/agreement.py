"""What a call of NumPy's function on tensors owes: NumPy's value, its right derivatives, and no other array type."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
from autograd import tensor
from autograd.testing.samples import several
from tests.autograd.duck import Duck, unwrap


def quietly(f: Callable[..., Any], *arrays: Any) -> Any:
    """Call f without NumPy's warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return f(*arrays)


def agrees(f: Callable[..., Any], *arrays: Any) -> None:
    """Assert that f gives of tensors the values, shapes and dtypes that NumPy gives, in double and single precision."""
    for dtype, rtol in ((np.float64, 1e-13), (np.float32, 5e-6)):
        plain = [a.astype(dtype) if a.dtype.kind == "f" else a for a in arrays]
        expected = several(quietly(f, *(a.copy() for a in plain)))
        actual = several(quietly(f, *(tensor(a, requires_grad=True) for a in plain)))
        for ours, theirs in zip(actual, expected, strict=True):
            assert isinstance(ours, autograd.Tensor)
            assert (ours.dtype, ours.shape) == (np.asarray(theirs).dtype, np.shape(theirs))
            np.testing.assert_allclose(ours.data, theirs, rtol=rtol, atol=rtol)


def runs_on_ducks(f: Callable[..., Any], *arrays: Any) -> None:
    """Assert that an array type that speaks only NumPy's protocols gives the same values and gradients."""
    xs, ducks = ([tensor(kind(a), requires_grad=True) for a in arrays] for kind in (np.copy, Duck))
    out, duck = (quietly(lambda *xs: several(f(*xs))[0], *leaves) for leaves in (xs, ducks))
    assert type(duck._value) is Duck
    np.testing.assert_array_equal(unwrap(duck._value), out.data)
    out.backward(np.ones(out.shape, out.dtype))
    duck.backward(Duck(np.ones(out.shape, out.dtype)))
    for x, d in zip(xs, ducks, strict=True):
        np.testing.assert_allclose(unwrap(d.grad), x.grad, rtol=1e-13, atol=1e-14)


def smooth(f: Callable[..., Any], *arrays: Any) -> Callable[..., Any]:
    """Return f with those of its results alone that depend on its arrays."""
    outs = several(f(*(tensor(a, requires_grad=True) for a in arrays)))
    depends = [out.requires_grad for out in outs]
    return lambda *xs: [out for out, d in zip(several(f(*xs)), depends, strict=True) if d]


def change(f: Callable[..., Any], *zs: Any) -> tuple[Any, Any]:
    """Return how a real number that f of complex numbers makes changes: by its gradient, and by a difference."""
    rng = np.random.default_rng(3)
    ts = [rng.normal(size=z.shape) + 1j * rng.normal(size=z.shape) for z in zs]
    out = f(*zs)
    weight = rng.normal(size=np.shape(out)) + 1j * rng.normal(size=np.shape(out))

    def loss(*zs: Any) -> Any:
        return np.sum(np.real(weight * f(*zs)))

    gradients = autograd.grad(loss, argnums=tuple(range(len(zs))))(*zs)
    moved = [loss(*(z + e * t for z, t in zip(zs, ts, strict=True))) for e in (1e-6, -1e-6)]
    return sum(np.sum(np.real(g * t)) for g, t in zip(gradients, ts, strict=True)), (moved[0] - moved[1]) / 2e-6
