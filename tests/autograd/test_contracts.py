"""What every registered operation owes: generated from the registry, nothing here names an operation twice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.testing.samples import Sample, samples, several
from tests.autograd.duck import Duck, unwrap

EVERY = [pytest.param(s, id=str(s)) for s in samples()]
SMOOTH = [pytest.param(s, id=str(s)) for s in samples() if s.op.kind != "stepwise"]
STEPWISE = [pytest.param(s, id=str(s)) for s in samples() if s.op.kind == "stepwise"]
PLAIN = [pytest.param(s, id=str(s)) for s in samples(broadcast=False) if s.op.kind != "stepwise"]


def leaves(arrays: list[Any]) -> list[Any]:
    return [tensor(a, requires_grad=True) for a in arrays]


def weights(outs: list[Any], seed: int = 1) -> list[Any]:
    """Return random cotangents for all outputs of a result."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(-1, 1, out.shape) for out in outs]


def pulled(sample: Sample, arrays: list[Any], cotangents: list[Any], **how: Any) -> list[Any]:
    """Return the inputs' gradients of <cotangents, op(x)>, by reverse mode."""
    xs = leaves(arrays)
    outs = sample.floats(*xs)
    total = sum((np.sum(out * c) for out, c in zip(outs, cotangents, strict=True)), tensor(0.0))
    total.backward(**how)
    return [x.grad for x in xs]


def close(actual: Any, expected: Any, rtol: float = 1e-7, atol: float = 1e-8) -> None:
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("sample", [p for p in EVERY if p.values[0].op.numpy is not None])
def test_value_is_numpys(sample: Sample) -> None:
    """Through the function and through np.*, the value and dtype are what NumPy gives on raw arrays."""
    arrays = sample.arrays()
    expected = several(sample.raw(*arrays))
    for run in (sample.run, sample.raw):
        for ours, theirs in zip(several(run(*map(tensor, arrays))), expected, strict=True):
            assert isinstance(ours, autograd.Tensor)
            assert ours.dtype == np.asarray(theirs).dtype
            np.testing.assert_allclose(ours.data, theirs, rtol=1e-14, atol=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("sample", SMOOTH)
def test_derivatives(sample: Sample, dtype: Any, check_grad: Any) -> None:
    """Both modes give the first and second derivatives; layouts, dtypes, memory: all that `check_grad` looks at."""
    check_grad(sample.floats, *sample.arrays(dtype=dtype), order=2)


@pytest.mark.parametrize("sample", [p for p in PLAIN if p.values[0].op.kind == "elementwise"])
def test_third_order(sample: Sample, check_grad: Any) -> None:
    """The rules are smooth themselves: a third derivative is right too."""
    check_grad(sample.floats, *sample.arrays(), order=3)


@pytest.mark.parametrize("sample", SMOOTH)
def test_forward_mode_is_the_adjoint_of_reverse_mode(sample: Sample) -> None:
    """<g, J t> equals <Jᵀ g, t> to rounding, which is closer than any difference can look."""
    arrays = sample.arrays()
    along = [np.random.default_rng(2).uniform(-1, 1, a.shape) for a in arrays]
    _, slopes = autograd.jvp(sample.floats, arrays, along)
    cotangents = weights(slopes)
    forward = sum(float(np.sum(c * t)) for c, t in zip(cotangents, slopes, strict=True))
    gradients = pulled(sample, arrays, cotangents)
    close(forward, sum(float(np.sum(g * d)) for g, d in zip(gradients, along, strict=True)), 1e-11, 1e-12)


@pytest.mark.parametrize("sample", STEPWISE)
def test_stepwise_has_zero_gradient(sample: Sample) -> None:
    """A stepwise result is recorded; gradients through it are zero arrays, never None, and never flow from booleans."""
    xs = [tensor(a, requires_grad=a.dtype.kind == "f") for a in sample.arrays()]
    for out in several(sample.run(*xs)):
        assert out.requires_grad == (out.dtype.kind == "f" and any(x.requires_grad for x in xs))
        if out.requires_grad:
            out.sum().backward()
            for x in xs:
                assert np.array_equal(x.grad, np.zeros(x.shape))


@pytest.mark.parametrize("sample", PLAIN)
def test_float32_stays_float32(sample: Sample) -> None:
    """float32 in gives float32 out, and so does forward mode."""
    arrays = sample.arrays(dtype=np.float32)
    if "dtype" in sample.options:
        return
    assert {out.dtype for out in sample.floats(*map(tensor, arrays))} == {np.dtype(np.float32)}
    _, slopes = autograd.jvp(sample.floats, arrays, arrays)
    assert {t.dtype for t in slopes} == {np.dtype(np.float32)}


@pytest.mark.parametrize("sample", PLAIN)
def test_nothing_is_mutated_and_nothing_aliased(sample: Sample) -> None:
    """Inputs, cotangents and saved values keep their values; no gradient shares memory with them or another one."""
    arrays = sample.arrays()
    xs = leaves(arrays)
    outs = sample.floats(*xs)
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
    cotangents = weights(sample.floats(*map(tensor, arrays)))
    expected = pulled(sample, arrays, cotangents)
    xs = [tensor(Duck(a), requires_grad=True) for a in arrays]
    outs = sample.floats(*xs)
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
