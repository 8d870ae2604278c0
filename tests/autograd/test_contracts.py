"""What every registered operation owes: generated from the registry, nothing here names an operation twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from tests.autograd.duck import Duck, unwrap
from tests.autograd.samples import Sample, directional, samples, tensors_in

EVERY = [pytest.param(s, id=str(s)) for s in samples()]
SMOOTH = [pytest.param(s, id=str(s)) for s in samples() if s.op.kind != "stepwise"]
STEPWISE = [pytest.param(s, id=str(s)) for s in samples() if s.op.kind == "stepwise"]
PLAIN = [pytest.param(s, id=str(s)) for s in samples(broadcast=False) if s.op.kind != "stepwise"]


def leaves(arrays: list[Any]) -> list[Any]:
    return [tensor(a, requires_grad=True) for a in arrays]


def weights(result: Any, seed: int = 1) -> list[Any]:
    """Return random cotangents for all outputs of a result."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, out.shape) for out in tensors_in(result)]


def weighted(sample: Sample, cotangents: list[Any]) -> Any:
    """Return the function x -> <cotangents, op(x)> on raw arrays."""

    def f(*arrays: Any) -> float:
        outs = tensors_in(sample.run(*map(tensor, arrays)))
        return sum(float(np.sum(c * out.data)) for c, out in zip(cotangents, outs, strict=True))

    return f


def pulled(sample: Sample, arrays: list[Any], cotangents: list[Any], **how: Any) -> list[Any]:
    """Return the inputs' gradients of <cotangents, op(x)>, by reverse mode."""
    xs = leaves(arrays)
    outs = tensors_in(sample.run(*xs))
    total = sum((np.sum(out * c) for out, c in zip(outs, cotangents, strict=True)), tensor(0.0))
    total.backward(**how)
    return [x.grad for x in xs]


def directions_for(arrays: list[Any], seed: int = 2) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, a.shape) for a in arrays]


def close(actual: Any, expected: Any, rtol: float = 1e-7, atol: float = 1e-8) -> None:
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("sample", [p for p in EVERY if p.values[0].op.numpy is not None])
def test_value_is_numpys(sample: Sample) -> None:
    """Through the function and through np.*, the value and dtype are what NumPy gives on raw arrays."""
    arrays = sample.arrays()
    expected = tensors_in(sample.raw(*arrays))
    for run in (sample.run, sample.raw):
        for ours, theirs in zip(tensors_in(run(*map(tensor, arrays))), expected, strict=True):
            assert isinstance(ours, autograd.Tensor)
            assert ours.dtype == np.asarray(theirs).dtype
            np.testing.assert_allclose(ours.data, theirs, rtol=1e-14, atol=0)


@pytest.mark.parametrize("sample", SMOOTH)
def test_vjp_is_the_derivative(sample: Sample) -> None:
    """<gradient, direction> is the change of the weighted result along the direction."""
    arrays = sample.arrays()
    cotangents = weights(sample.run(*map(tensor, arrays)))
    along = directions_for(arrays)
    gradients = pulled(sample, arrays, cotangents)
    total = sum(float(np.sum(g * d)) for g, d in zip(gradients, along, strict=True) if g is not None)
    close(total, directional(weighted(sample, cotangents), arrays, along))


@pytest.mark.parametrize("sample", SMOOTH)
def test_jvp_is_the_derivative_and_the_adjoint_of_the_vjp(sample: Sample) -> None:
    """Forward mode gives the change along a direction, and <g, J t> equals <Jᵀ g, t>."""
    arrays = sample.arrays()
    along = directions_for(arrays)
    _, slopes = autograd.jvp(lambda *xs: tensors_in(sample.run(*xs)), arrays, along)
    cotangents = weights(slopes)
    forward = sum(float(np.sum(c * t)) for c, t in zip(cotangents, slopes, strict=True))
    close(forward, directional(weighted(sample, cotangents), arrays, along))
    gradients = pulled(sample, arrays, cotangents)
    close(forward, sum(float(np.sum(g * d)) for g, d in zip(gradients, along, strict=True)), 1e-11, 1e-12)


@pytest.mark.parametrize("sample", SMOOTH)
def test_second_order(sample: Sample) -> None:
    """The gradient's own gradient, by reverse over reverse and forward over reverse, is its change."""
    arrays = sample.arrays()
    cotangents = weights(sample.run(*map(tensor, arrays)))
    along, probe = directions_for(arrays), directions_for(arrays, seed=3)

    def slope(*xs: Any) -> Any:
        def f(*ys: Any) -> Any:
            outs = tensors_in(sample.run(*ys))
            return sum((np.sum(out * c) for out, c in zip(outs, cotangents, strict=True)), tensor(0.0))

        gradients = autograd.grad(f, argnums=tuple(range(len(xs))))(*xs)
        return sum(np.sum(g * p) for g, p in zip(gradients, probe, strict=True))

    expected = directional(slope, arrays, along)
    backward = autograd.grad(slope, argnums=tuple(range(len(arrays))))(*arrays)
    close(sum(float(np.sum(g * d)) for g, d in zip(backward, along, strict=True)), expected, 1e-6, 1e-7)
    close(autograd.jvp(slope, arrays, along)[1], expected, 1e-6, 1e-7)


@pytest.mark.parametrize("sample", STEPWISE)
def test_stepwise_has_zero_gradient(sample: Sample) -> None:
    """A stepwise result is recorded; gradients through it are zero arrays, never None, and never flow from booleans."""
    xs = [tensor(a, requires_grad=a.dtype.kind == "f") for a in sample.arrays()]
    for out in tensors_in(sample.run(*xs)):
        assert out.requires_grad == (out.dtype.kind == "f" and any(x.requires_grad for x in xs))
        if out.requires_grad:
            out.sum().backward()
            for x in xs:
                assert np.array_equal(x.grad, np.zeros(x.shape))


@pytest.mark.parametrize("sample", PLAIN)
def test_float32_stays_float32(sample: Sample) -> None:
    """float32 in gives float32 out, forward, reverse and forward mode, and close to the float64 gradient."""
    arrays = sample.arrays(dtype=np.float32)
    if "dtype" in sample.options:
        return
    outs = tensors_in(sample.run(*map(tensor, arrays)))
    assert {out.dtype for out in outs} == {np.dtype(np.float32)}
    cotangents = [w.astype(np.float32) for w in weights(outs)]
    single = pulled(sample, arrays, cotangents)
    double = pulled(sample, [a.astype(float) for a in arrays], cotangents)
    for ours, exact in zip(single, double, strict=True):
        assert ours.dtype == np.float32
        close(ours, exact, 2e-4, 2e-5)
    along = [d.astype(np.float32) for d in directions_for(arrays)]
    _, slopes = autograd.jvp(lambda *xs: tensors_in(sample.run(*xs)), arrays, along)
    assert {t.dtype for t in slopes} == {np.dtype(np.float32)}


def fortran(a: Any) -> Any:
    return np.asarray(a, order="F")


def strided(a: Any) -> Any:
    wide = np.full((*a.shape, 2), np.nan, a.dtype)
    wide[..., 0] = a
    return wide[..., 0]


def reversed_twice(a: Any) -> Any:
    return np.flip(np.flip(a).copy()) if a.ndim else a


def read_only(a: Any) -> Any:
    a = a.copy()
    a.flags.writeable = False
    return a


@pytest.mark.parametrize("layout", [fortran, strided, reversed_twice, read_only])
@pytest.mark.parametrize("sample", PLAIN)
def test_layout_does_not_matter(sample: Sample, layout: Any) -> None:
    """Raw operands in Fortran order, strided, with negative strides or read-only give the same, both ways."""
    arrays = sample.arrays()
    cotangents = weights(sample.run(*map(tensor, arrays)))

    def gradients(inputs: list[Any]) -> Any:
        _, pullback = autograd.vjp(lambda *xs: tensors_in(sample.run(*xs)), *inputs)
        return pullback(cotangents)

    for ours, plain in zip(gradients([layout(a) for a in arrays]), gradients(arrays), strict=True):
        close(ours, plain, 1e-13, 1e-14)


@pytest.mark.parametrize("sample", PLAIN)
def test_nothing_is_mutated_and_nothing_aliased(sample: Sample) -> None:
    """Inputs, cotangents and saved values keep their values; no gradient shares memory with them or another one."""
    arrays = sample.arrays()
    xs = leaves(arrays)
    outs = tensors_in(sample.run(*xs))
    values = [out.data.copy() for out in outs]
    cotangents = weights(outs)
    kept = [c.copy() for c in cotangents]
    for out, c in zip(outs, cotangents, strict=True):
        out.backward(c, retain_graph=True)
    gradients = [x.grad for x in xs]
    for g in gradients:
        assert type(g) is np.ndarray and g.flags.writeable
        g += 1.0
    for x, a in zip(xs, arrays, strict=True):
        assert np.array_equal(x.data, a)
    for out, value, c, k in zip(outs, values, cotangents, kept, strict=True):
        assert np.array_equal(out.data, value, equal_nan=True) and np.array_equal(c, k)
    others = [*gradients, *(x.data for x in xs), *(out.data for out in outs), *cotangents]
    for i, g in enumerate(gradients):
        assert not any(np.shares_memory(g, other) for j, other in enumerate(others) if j != i)


@pytest.mark.parametrize("sample", PLAIN)
def test_a_duck_array_runs_it(sample: Sample) -> None:
    """An array type that speaks only NumPy's protocols goes forward and backward, and stays of its type."""
    arrays = sample.arrays()
    cotangents = weights(sample.run(*map(tensor, arrays)))
    expected = pulled(sample, arrays, cotangents)
    xs = [tensor(Duck(a), requires_grad=True) for a in arrays]
    outs = tensors_in(sample.run(*xs))
    for out, c in zip(outs, cotangents, strict=True):
        assert type(out._value) is Duck
        out.backward(Duck(c), retain_graph=True)
    rules = sample.op.vjps if len(sample.op.vjps) == len(xs) else (sample.op.joint,) * len(xs)
    for x, e, rule in zip(xs, expected, rules, strict=True):
        if rule is None:
            continue
        assert type(x.grad) is Duck
        close(unwrap(x.grad), e, 1e-12, 1e-13)


@pytest.mark.parametrize("shape", [(), (0,), (0, 3), (2, 0)], ids=str)
@pytest.mark.parametrize("sample", [p for p in PLAIN if p.values[0].op.kind == "elementwise"])
def test_elementwise_on_0d_and_empty(sample: Sample, shape: tuple[int, ...]) -> None:
    """0-d and empty operands give results and gradients of their shape."""
    odd = Sample(sample.op, (shape,) * len(sample.shapes), sample.options)
    xs = leaves(odd.arrays())
    out = odd.run(*xs)
    assert out.shape == shape
    out.backward(np.ones(shape))
    wanted = [x for x, rule in zip(xs, sample.op.vjps, strict=True) if rule is not None]
    assert all(type(x.grad) is np.ndarray and x.grad.shape == shape for x in wanted)


@pytest.mark.parametrize("op", autograd.OPS.values(), ids=str)
def test_the_record_is_complete(op: Any) -> None:
    """Every operation has a sentence of documentation and its function under its name."""
    assert op.doc and op.doc.strip()[-1] == "."
    function = autograd.PUBLIC[op.name]
    assert function.__name__ == op.name and function.__doc__
    assert op.kind in {"elementwise", "linear", "general", "stepwise"}


def test_every_public_function_is_exported_and_documented() -> None:
    """`autograd.__all__` names what exists, and each of it has a docstring."""
    for name in autograd.__all__:
        assert getattr(autograd, name).__doc__, name
    for name, function in autograd.PUBLIC.items():
        assert getattr(autograd, name) is function
