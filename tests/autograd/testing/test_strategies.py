"""The strategies: what they draw, what they shrink to, and up to 2,000 random graphs whose derivatives are right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

import autograd
from autograd.engine import domain
from autograd.testing import LAYOUTS, check_grad
from autograd.testing.strategies import Expression, arrays, broadcastable, dtypes, expressions, layouts, shapes
from tests.extent import some_of

GRAPHS = settings(max_examples=some_of(400), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
DOMAINS = [value for value in vars(domain).values() if isinstance(value, domain.Domain)]


@GRAPHS
@given(expressions())
def test_random_graphs_to_second_order(e: Expression) -> None:
    """Any graph of operations has its derivatives in both modes and at second order."""
    check_grad(e, *e.inputs).raise_if_failed()


@settings(GRAPHS, max_examples=some_of(1100))
@given(expressions(n_inputs=3, max_steps=12))
def test_larger_random_graphs(e: Expression) -> None:
    """Graphs of up to twelve operations on three inputs that broadcast."""
    check_grad(e, *e.inputs, order=1).raise_if_failed()


@settings(GRAPHS, max_examples=some_of(500))
@given(expressions(shape=(2, 1, 3)), dtypes(), layouts())
def test_random_graphs_in_any_dtype_and_layout(e: Expression, dtype: Any, layout: Any) -> None:
    """Precision and memory layout change nothing but digits."""
    check_grad(e, *(layout(x.astype(dtype)) for x in e.inputs), order=1).raise_if_failed()


@given(broadcastable(3))
def test_broadcastable_shapes(found: tuple[tuple[int, ...], ...]) -> None:
    """They broadcast together."""
    assert len(found) == 3
    np.broadcast_shapes(*found)


@pytest.mark.parametrize("where", DOMAINS, ids=str)
@given(data=st.data())
def test_arrays_are_in_their_domain_and_on_the_grid(where: domain.Domain, data: st.DataObject) -> None:
    """Every element is a multiple of 1/8 (or a truth value, or whole); matrices are what their domain's name says."""
    square = where.name in ("INVERTIBLE", "POSITIVE_DEFINITE")
    x = data.draw(arrays(shape=(2, 2) if square else shapes(), domain=where))
    if x.dtype.kind == "f":
        assert np.array_equal(16 * x, np.round(16 * x))
    if where.name == "POSITIVE":
        assert np.all(x > 0)
    if where.name == "DISTINCT":
        assert len(np.unique(x)) == x.size and np.all(x != 0)
    if square:
        assert np.linalg.cond(x) < 100
    if where.name == "POSITIVE_DEFINITE":
        assert np.array_equal(x, x.T) and np.all(np.linalg.eigvalsh(x) > 0)


@given(arrays(shape=(2, 3), layout=layouts(), dtype=dtypes()))
def test_layouts_keep_shape_and_dtype(x: Any) -> None:
    """Whatever the memory, it is the same array."""
    assert x.shape == (2, 3) and x.dtype in (np.float32, np.float64) and np.all(np.isfinite(x))


def test_layouts_are_what_they_are_called() -> None:
    """Each of them differs from plain memory in its own way, and is equal to it."""
    x = np.arange(6.0).reshape(2, 3)
    for layout in LAYOUTS.values():
        assert np.array_equal(layout(x), x)
    assert LAYOUTS["Fortran"](x).flags.f_contiguous
    assert not LAYOUTS["strided"](x).flags.contiguous
    assert min(LAYOUTS["negative-stride"](x).strides) < 0
    assert not LAYOUTS["read-only"](x).flags.writeable


def test_what_they_shrink_to() -> None:
    """A failure that needs nothing shrinks to nothing: a 0-d zero, an expression of no step."""
    plain = settings(database=None, derandomize=True)
    assert find(shapes(), lambda _: True, settings=plain) == ()
    zero = find(arrays(), lambda _: True, settings=plain)
    assert zero.shape == () and zero == 0
    e = find(expressions(), lambda _: True, settings=plain)
    assert e.steps == () and all(np.array_equal(x, [[0.0]]) for x in e.inputs)
    e = find(expressions(), lambda e: len(e.steps) > 0, settings=plain)
    assert repr(e) == "x0 = [[0.0]]; x1 = [[0.0]]; v0 = add(x0, x0)"


def test_steps_can_be_left_out() -> None:
    """Indices count modulo the number of values, so every sublist of the steps is an expression too."""
    e = Expression((np.ones((1, 1)), np.zeros((1, 1))), (("add", 0, 1), ("multiply", 9, 4), ("sin", 7, 0)))
    for k in range(3):
        shorter = Expression(e.inputs, e.steps[:k] + e.steps[k + 1 :])
        assert np.isfinite(shorter(*map(autograd.tensor, e.inputs)).data).all()


def test_unknown_steps() -> None:
    """A wrong name says which there are."""
    with pytest.raises(ValueError, match=r"\['log'\] are no steps; there are \['add', "):
        expressions(operations=["log"])
