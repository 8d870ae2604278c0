"""What backward would do: the numbers it would make, with nothing freed or changed."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.engine.derivative import pull
from autograd.testing.samples import samples_of


def test_cotangents_are_those_of_backward() -> None:
    """Of leaves and of what lies between; backward is still possible, and .grad untouched."""
    rng = np.random.default_rng(0)
    x, w = (autograd.tensor(rng.normal(size=shape), requires_grad=True) for shape in ((3, 4), (4, 2)))
    h = np.tanh(x @ w)
    y = np.sum(h * h)
    found = autograd.cotangents(y)
    assert x.grad is None and w.grad is None
    np.testing.assert_allclose(found[h._node], 2 * h.data)
    y.backward()
    assert np.array_equal(found[x._node], x.grad) and np.array_equal(found[w._node], w.grad)
    births = [node.birth for node in found]
    assert births == sorted(births, reverse=True)


def test_where_backward_would_raise() -> None:
    """The same errors: no graph, several elements, saved values that are gone."""
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="does not depend on any tensor"):
        autograd.cotangents(autograd.tensor(1.0))
    with pytest.raises(RuntimeError, match="only a single element"):
        autograd.cotangents(x * x)
    assert autograd.cotangents(x * x, [1.0, 0.0])[x._node].tolist() == [2.0, 0.0]
    y = np.sum(x * x)
    y.backward()
    with pytest.raises(RuntimeError, match="freed"):
        autograd.cotangents(y)
    with pytest.raises(RuntimeError, match="freed"):
        autograd.slopes(y._node.inputs[0])


def test_slopes_of_each_use() -> None:
    """A number that is used twice has a slope for each use; constants and leaves have none."""
    x = autograd.tensor(3.0, requires_grad=True)
    assert autograd.slopes((x * x)._node) == (3.0, 3.0)
    assert autograd.slopes((x * 5.0)._node) == (5.0, None)
    assert autograd.slopes(x._node) == ()
    v = autograd.tensor([1.0, 2.0], requires_grad=True)
    assert autograd.slopes(v[1]._node)[0].tolist() == [0.0, 1.0]
    assert [s.tolist() for s in autograd.slopes(np.concatenate([v, v])._node)] == [[1.0, 1.0]] * 2
    assert autograd.slopes((v + x)._node)[1] == 2.0


@pytest.mark.parametrize("name", sorted(autograd.OPS))
def test_slopes_of_every_operation(name: str) -> None:
    """For each input what backward gives for a cotangent of ones."""
    for sample in islice(samples_of(autograd.OPS[name]), 2):
        arrays = [autograd.tensor(a, requires_grad=a.dtype.kind == "f") for a in sample.arrays()]
        for out in sample.floats(*arrays):
            node: Any = out._node
            if node is None or not node.flows or len(set(node.inputs)) < len(node.inputs):
                continue
            inputs = [parent for parent in node.inputs if parent is not None]
            expected = pull({node: np.ones(node.shape, node.dtype)}, inputs, keep=True, stop=inputs)
            for slope, parent in zip(autograd.slopes(node), node.inputs, strict=True):
                if parent is not None and parent.dtype is not None and expected.get(parent) is not None:
                    np.testing.assert_allclose(slope, expected[parent], rtol=1e-12, atol=1e-300)
