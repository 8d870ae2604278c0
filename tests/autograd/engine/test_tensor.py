"""The surface of Tensor: reading, gradients, hooks, indexing, copying, protocols."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import Tensor, tensor
from tests.autograd.differences import directional


def leaf(values: Any, dtype: Any = float) -> Any:
    return tensor(values, requires_grad=True, dtype=dtype)


def test_it_copies_what_it_is_given() -> None:
    """Changing the array afterwards does not change the tensor."""
    a = np.ones(3)
    t = tensor(a)
    a[0] = 5
    assert t.data.tolist() == [1, 1, 1]


@pytest.mark.parametrize("data", [3.0, True, 7, [1, 2], [[1.5], [2.5]], np.float32(2), np.arange(3, dtype=np.int8)])
def test_dtype_and_shape_are_numpys(data: Any) -> None:
    """Without dtype= the tensor has what np.array makes of the data."""
    t, a = tensor(data), np.array(data)
    assert (t.dtype, t.shape, t.ndim, t.size) == (a.dtype, a.shape, a.ndim, a.size)
    assert isinstance(t.data, np.ndarray) and np.array_equal(t.data, a) and t.tolist() == a.tolist()


def test_reading_scalars() -> None:
    """item, float, int, bool, index, format and math functions see the only element."""
    t = leaf(2.5)
    assert (t.item(), float(t), int(t), bool(t), f"{t:.2f}", math.sqrt(tensor([4.0]))) == (2.5, 2.5, 2, True, "2.50", 2)
    assert [10, 20, 30][tensor(1)] == 20 and complex(t) == 2.5
    with pytest.raises(TypeError, match="index"):
        [1][t]


def test_repr_shows_values_and_the_operation() -> None:
    """A leaf says that it requires grad, a result which operation made it, float32 its dtype."""
    x = leaf([1.0, 2.0])
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], op=multiply)"
    assert repr(tensor(1, dtype="float32")) == "tensor(1., dtype=float32)"
    assert str(x) == "[1. 2.]" and f"{x}" == "[1. 2.]"


def test_iteration_len_contains_hash() -> None:
    """A tensor iterates over its first axis with gradients, has a length, and is a dictionary key by identity."""
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    first, second = x
    (first * 2 + second).sum().backward()
    assert x.grad.tolist() == [[2, 2], [1, 1]] and len(x) == 2
    assert 3.0 in x and 9.0 not in x
    assert {x: "a"}[x] == "a"


INDICES = [
    0, -1, slice(1, 3), slice(None, None, -2), Ellipsis, None, (0, 1), (slice(None), 2), (..., 0), (None, 1, ..., None),
    [0, 2], np.array([0, 0, 3]), np.array([[0], [2]]), (np.array([0, 1]), np.array([2, 2])), ([0, 1], slice(1, None)),
    np.array([True, False, True, False]), (slice(None), np.array([True, False, True])), np.True_, (), [],
    (np.array([0, 3]), None, slice(0, 2)), np.int64(2),
]  # fmt: skip


@pytest.mark.parametrize("index", INDICES, ids=lambda i: str(i).replace("\n", ""))
def test_every_kind_of_index(index: Any) -> None:
    """The value is NumPy's; the gradient is the derivative, also where an element is named twice."""
    a = np.arange(12.0).reshape(4, 3) / 5
    x = leaf(a)
    out = x[index]
    assert np.array_equal(out.data, a[index])
    c = np.random.default_rng(0).uniform(size=out.shape)
    np.sum(out * out * c).backward()
    along = np.random.default_rng(1).uniform(size=a.shape)
    slope = directional(lambda v: np.sum(v[index] ** 2 * c), [a], [along])
    assert np.sum(x.grad * along) == pytest.approx(slope)


def test_tensors_as_indices() -> None:
    """Integer and boolean tensors index like arrays; a later change of the index array does not matter."""
    x, i = leaf([1.0, 2.0, 3.0]), np.array([0, 2])
    out = x[i] * x[tensor([1, 1])] + x[x > 1.5]
    i[:] = 1
    out.sum().backward()
    assert x.grad.tolist() == [2, 1 + 3 + 1, 2 + 1]


def test_operators_with_numbers_and_arrays_on_either_side() -> None:
    """Every operator and its reflection gives NumPy's value and both gradients."""
    a, b = np.array([1.5, 2.5]), np.array([0.5, 2.0])
    binary = [
        lambda x, y: x + y,
        lambda x, y: x - y,
        lambda x, y: x * y,
        lambda x, y: x / y,
        lambda x, y: x**y,
        lambda x, y: x % y,
        lambda x, y: x @ y,
    ]
    for f in binary:
        for x, y in ((leaf(a), b), (a, leaf(b)), (leaf(a), leaf(b))):
            out = f(x, y)
            assert isinstance(out, Tensor) and np.array_equal(out.data, f(a, b))
            np.sum(out).backward()
    for f in binary[:-1]:
        for number in (2, 2.0, np.float64(2), np.float32(2)):
            assert np.array_equal(f(leaf(a), number).data, f(a, number))
            assert np.array_equal(f(number, leaf(a)).data, f(number, a))


def test_comparisons_are_elementwise_and_have_no_gradient() -> None:
    """Comparisons give boolean tensors; & | ~ combine them."""
    x = leaf([1.0, 2.0, 3.0])
    mask = (x > 1) & ~(x == 3) | (x <= 1)
    assert mask.dtype == bool and mask.data.tolist() == [True, True, False] and not mask.requires_grad
    assert (2.0 < x).data.tolist() == [False, False, True]
    (x * mask).sum().backward()
    assert x.grad.tolist() == [1, 1, 0]


def test_python_scalars_keep_float32() -> None:
    """A Python number does not change the dtype."""
    x = leaf([1.0], np.float32)
    assert {(x * 2.0).dtype, (2 + x).dtype, (x**2).dtype, np.maximum(x, 0).dtype} == {np.dtype(np.float32)}


def test_gradients_accumulate_until_zeroed() -> None:
    """Each backward adds to .grad without writing to the array that was handed out before."""
    x = leaf([1.0])
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert first.tolist() == [2] and x.grad.tolist() == [5]
    x.zero_grad()
    assert x.grad is None


def test_inputs_restrict_what_gets_a_gradient() -> None:
    """backward(inputs=…) gives gradients to those tensors only, intermediate ones included."""
    x, y = leaf(2.0), leaf(3.0)
    h = x * y
    (h * h).backward(inputs=[h, y])
    assert (h.grad, y.grad, x.grad) == (12, 24, None)


def test_create_graph_gives_differentiable_gradients() -> None:
    """x.grad is then a Tensor, and its own backward adds the second derivative."""
    x = leaf(2.0)
    (x**3).backward(create_graph=True)
    g = x.grad
    assert isinstance(g, Tensor) and g.item() == 12
    x.grad = None
    g.backward()
    assert x.grad == 12


def test_create_graph_under_no_grad() -> None:
    """The gradient's own graph is recorded whatever the mode around is."""
    x = leaf(2.0)
    y = x**3
    with autograd.no_grad():
        y.backward(create_graph=True)
    assert x.grad.requires_grad


def test_retain_grad() -> None:
    """An intermediate tensor keeps its gradient when asked to, and only then."""
    x = leaf(2.0)
    h, other = x * 3, x * 4
    h.retain_grad()
    (h * h + other).backward()
    assert (h.grad, other.grad, x.grad) == (12, None, 40)


def test_hooks() -> None:
    """A hook sees the whole gradient once, may replace it, cannot write to it, and can be removed."""
    x = leaf([1.0, 2.0])
    seen: list[Any] = []
    h = x * 1.0
    h.register_hook(lambda g: seen.append(g.copy()))
    remove = h.register_hook(lambda g: g * 10)
    (h + h).sum().backward(retain_graph=True)
    assert [g.tolist() for g in seen] == [[2, 2]] and x.grad.tolist() == [20, 20]
    remove()
    x.zero_grad()
    h.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [1, 1]
    h.register_hook(lambda g: g.__setitem__(0, 5.0))
    with pytest.raises(ValueError, match="read-only"):
        h.sum().backward()


def test_hooks_on_leaves() -> None:
    """A leaf's hook changes what is accumulated."""
    x = leaf([1.0])
    x.register_hook(lambda g: -g)
    (x * 2).sum().backward()
    assert x.grad.tolist() == [-2]


def test_detach_shares_memory_and_cuts() -> None:
    """detach() has the same memory and no gradient; data= replaces all values."""
    x = leaf([1.0, 2.0])
    d = x.detach()
    assert np.shares_memory(d.data, x.data) and not d.requires_grad
    (x * d).sum().backward()
    assert x.grad.tolist() == [1, 2]
    x.data = [5, 6]
    assert x.data.tolist() == [5, 6] and x.dtype == float and x.requires_grad


def test_requires_grad_can_be_changed_on_a_leaf() -> None:
    """Turning it on and off makes a fresh leaf of it."""
    x = tensor([1.0])
    x.requires_grad = True
    (x * 2).sum().backward()
    assert x.grad.tolist() == [2]
    x.requires_grad = False
    assert x.grad is None and not (x * 2).requires_grad


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_deepcopy_and_pickle_make_leaves(duplicate: Any) -> None:
    """A copy of a leaf has the values and requires_grad, memory of its own, and no part in the graph."""
    x = leaf([1.0, 2.0])
    other = duplicate(x)
    assert np.array_equal(other.data, x.data) and other.requires_grad and other.is_leaf
    assert not np.shares_memory(other.data, x.data)


def test_deepcopy_of_a_result_stays_in_the_graph_and_pickle_does_not() -> None:
    x = leaf([1.0, 2.0])
    copied, loaded = copy.deepcopy(x * 2), pickle.loads(pickle.dumps(x * 2))
    assert loaded.is_leaf and loaded.requires_grad and np.array_equal(loaded.data, copied.data)
    np.sum(copied).backward()
    assert x.grad.tolist() == [2, 2]


def test_copy_is_another_handle_and_the_method_an_operation() -> None:
    """copy.copy(t) is the same value and node; t.copy() is a recorded copy."""
    x = leaf([1.0])
    same, recorded = copy.copy(x), x.copy()
    assert same._node is x._node and not np.shares_memory(recorded.data, x.data)
    recorded.sum().backward()
    assert x.grad.tolist() == [1] and same.grad is x.grad


def test_array_and_dlpack() -> None:
    """Constants convert to NumPy; what records asks to be detached; dlpack shares memory."""
    t = tensor([1.0, 2.0])
    assert np.asarray(t).tolist() == [1, 2] and np.array(t, dtype=np.float32).dtype == np.float32
    assert np.shares_memory(np.from_dlpack(t), t.data)
    with pytest.raises(TypeError, match="detach"):
        np.from_dlpack(leaf([1.0]))


def test_numpy_functions_on_values() -> None:
    """Questions about shape, dtype and equality are answered; zeros_like gives a tensor."""
    x = leaf([[1.0, 2.0]])
    assert (np.shape(x), np.ndim(x), np.size(x)) == ((1, 2), 2, 2)
    assert np.allclose(x, [[1, 2]]) and np.array_equal(x, x)
    assert isinstance(np.zeros_like(x), Tensor) and np.ones_like(x).data.tolist() == [[1, 1]]
    assert x.T.shape == (2, 1)


def test_no_grad_and_enable_grad_nest_and_decorate() -> None:
    """The innermost wins; as decorators they hold for the call, also a recursive one."""

    @autograd.no_grad()
    def quiet(depth: int) -> bool:
        return quiet(depth - 1) if depth else autograd.is_grad_enabled()

    assert not quiet(2) and autograd.is_grad_enabled()
    with autograd.no_grad(), autograd.enable_grad():
        assert (leaf(1.0) * 2).requires_grad
    with autograd.no_grad():
        assert not (leaf(1.0) * 2).requires_grad


def test_a_0d_tensor_that_is_indexed_and_used_besides() -> None:
    """What indexing adds to a 0-d cotangent finds an array to be added into."""
    x = tensor(2.0, requires_grad=True)
    (x[...] + x + x + x[None][0]).backward()
    assert x.grad == 4
    h = np.sum(x)
    (h[()] + h + h).backward()
    assert x.grad == 7


def test_a_hook_registered_twice_is_removed_once() -> None:
    """Each registration has a remover of its own, and calling it again changes nothing."""

    def double(g: Any) -> Any:
        return g * 2

    x = tensor(1.0, requires_grad=True)
    first, second = x.register_hook(double), x.register_hook(double)
    first()
    (x * 1.0).backward()
    assert x.grad == 2
    second()
    first()
    second()
    x.zero_grad()
    (x * 1.0).backward()
    assert x.grad == 1
