"""Optimisers: what golden values do not show. Large and small parameters, clipping, state, misuse."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import nn
from autograd import tensor
from nn.optimizers import OPTIMIZERS, schedules

EVERY = [cls for name, cls in OPTIMIZERS.table.items() if name == cls.__name__]


def trained(optimizer: Any, parameters: list[Any], steps: int = 10, seed: int = 0) -> list[Any]:
    """Make steps with random gradients; return the values of the parameters."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        optimizer.apply([rng.normal(size=p.shape).astype(p.dtype) for p in parameters])
    return [p.data for p in parameters]


@pytest.mark.parametrize("cls", EVERY)
def test_large_parameters_go_as_small_ones(cls: Any) -> None:
    """A parameter that is updated block by block ends where the same numbers in small ones do."""
    start = np.random.default_rng(1).normal(size=(40_000, 1))
    large, pieces = (
        tensor(start, requires_grad=True),
        [tensor(part, requires_grad=True) for part in np.split(start, 40)],
    )
    one, many = cls(), cls()
    one.build([large]), many.build(pieces)
    rng = np.random.default_rng(2)
    for _ in range(3):
        g = rng.normal(size=start.shape)
        given = g.copy()
        one.apply([g])
        many.apply(np.split(g, 40))
        assert np.array_equal(g, given)
    np.testing.assert_allclose(large.data, np.concatenate([p.data for p in pieces]), rtol=1e-12)


@pytest.mark.parametrize("cls", EVERY)
def test_float32_stays(cls: Any) -> None:
    """Parameters and state keep their dtype; a parameter without a gradient stays as it is."""
    a, b = tensor(np.ones(3, np.float32), requires_grad=True), tensor(np.ones(2, np.float32), requires_grad=True)
    optimizer = cls(weight_decay=0.1)
    optimizer.build([a, b])
    for _ in range(3):
        optimizer.apply([np.ones(3, np.float32), None])
    assert a.dtype == np.float32 and np.array_equal(b.data, [1, 1]) and not np.array_equal(a.data, [1, 1, 1])
    assert all(array.dtype == np.float32 for _, array in optimizer.slot_arrays())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda o: pickle.loads(pickle.dumps(o))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("cls", EVERY)
def test_copies_go_on_alike(cls: Any, copied: Any) -> None:
    """A copy of optimizer and parameters makes the same further steps; the original is left alone."""
    parameters = [tensor(np.ones(3), requires_grad=True), tensor(np.ones((200, 100)), requires_grad=True)]
    optimizer = cls()
    optimizer.build(parameters)
    trained(optimizer, parameters, 3)
    other, theirs = copied((optimizer, parameters))
    before = [p.data.copy() for p in parameters]
    expected = [v.copy() for v in trained(other, theirs, 3, seed=5)]
    assert all(np.array_equal(p.data, b) for p, b in zip(parameters, before, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(trained(optimizer, parameters, 3, seed=5), expected, strict=True))


@pytest.mark.parametrize("cls", EVERY)
def test_state_goes_on_bit_for_bit(cls: Any) -> None:
    """From its numbers and arrays another optimizer makes the same steps."""
    start = [np.ones(3), np.ones((200, 100))]
    one = [tensor(v, requires_grad=True) for v in start]
    optimizer = cls()
    optimizer.build([("w", one[0]), ("v", one[1])])
    trained(optimizer, one, 3)
    other = [tensor(p.data, requires_grad=True) for p in one]
    fresh = cls()
    fresh.build([("w", other[0]), ("v", other[1])])
    arrays = {name: array.copy() for name, array in optimizer.slot_arrays()}
    assert all(name.startswith(("w.", "v.")) for name in arrays)
    for name, array in fresh.slot_arrays():
        array[...] = arrays[name]
    fresh.set_state(optimizer.get_state())
    a, b = trained(optimizer, one, 3, seed=9), trained(fresh, other, 3, seed=9)
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_decay_passes_by_what_is_excluded() -> None:
    """By tensor, and by a part of the name."""
    named = [(name, tensor(np.ones(1), requires_grad=True)) for name in ("a.kernel", "a.bias", "b.kernel")]
    optimizer = nn.SGD(1.0, weight_decay=0.5)
    optimizer.build(named)
    optimizer.exclude_from_weight_decay(var_list=[named[2][1]], var_names=["bias"])
    optimizer.apply([np.zeros(1)] * 3)
    assert [p.item() for _, p in named] == [0.5, 1.0, 1.0]


def test_clipping_looks_at_all_or_at_each() -> None:
    """clipnorm is for each parameter, global_clipnorm for all together, clipvalue for each number."""

    def stepped(**limit: float) -> list[float]:
        ps = [tensor(np.zeros(1), requires_grad=True) for _ in range(2)]
        optimizer = nn.SGD(1.0, **limit)
        optimizer.build(ps)
        optimizer.apply([np.array([3.0]), np.array([4.0])])
        return [-p.item() for p in ps]

    assert stepped(clipnorm=3.5) == [3, 3.5] and stepped(clipvalue=1.0) == [1, 1]
    assert stepped(global_clipnorm=1.0) == pytest.approx([0.6, 0.8])


def test_the_learning_rate() -> None:
    """A number can be set; a schedule is followed, from step 0, and cannot."""
    optimizer = nn.SGD(0.1)
    optimizer.learning_rate = 0.5
    assert optimizer.learning_rate == 0.5 and optimizer.get_config()["learning_rate"] == 0.5
    following = nn.SGD(schedules.PiecewiseConstantDecay([0], [1.0, 10.0]))
    w = tensor(np.zeros(1), requires_grad=True)
    following.build([w])
    for _ in range(2):
        following.apply([np.ones(1)])
    assert w.item() == -11 and following.learning_rate == 10
    with pytest.raises(TypeError, match="follows"):
        following.learning_rate = 0.1
    plain = nn.SGD(lambda step: 1.0 if step < 1 else 0.0)
    plain.build([w])
    plain.apply([np.ones(1)]), plain.apply([np.ones(1)])
    assert w.item() == -12


def test_keras_ways_to_apply() -> None:
    """apply(gradients, parameters) and apply_gradients(pairs) build for the parameters, once."""
    w = tensor(np.zeros(2), requires_grad=True)
    optimizer = nn.Adam(0.1)
    optimizer.apply_gradients([(np.ones(2), w)])
    optimizer.apply([np.ones(2)], [w])
    assert optimizer.iterations == 2 and optimizer.built


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.SGD(-1), "negative"),
        (lambda: nn.SGD("fast"), "unknown schedule 'fast'"),
        (lambda: nn.SGD(0.1, momentum=2), "momentum must be from 0 to 1"),
        (lambda: nn.Adam(beta_1=-1), "beta_1"),
        (lambda: nn.Adam(clipnorm=1.0, clipvalue=1.0), "at most one"),
        (lambda: nn.Adam(clipnorm=-1.0), "positive"),
        (lambda: nn.SGD(weight_decay=-0.1), "weight_decay"),
        (lambda: nn.SGD().build([]), "no parameters"),
        (lambda: nn.SGD().step(), "call build"),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), "positive"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), "rise"),
    ],
)
def test_misuse(make: Any, says: str) -> None:
    """Each mistake has an error that names the optimizer and the argument."""
    with pytest.raises((ValueError, RuntimeError)) as raised:
        make()
    assert says in str(raised.value)


def test_gradients_of_some_parameters_in_any_order() -> None:
    """They go to the parameters they belong to; the others, and the state, stay; strangers and twins are refused."""
    a, b, stranger = (tensor(np.ones(n), requires_grad=True) for n in (2, 3, 4))
    optimizer = nn.SGD(0.5, momentum=0.9)
    optimizer.build([a, b])
    optimizer.apply_gradients([(np.ones(3), b), (np.ones(2), a)])
    assert a.data.tolist() == [0.5] * 2 and b.data.tolist() == [0.5] * 3
    optimizer.apply([tensor(np.ones(3))], [b])
    assert a.data.tolist() == [0.5] * 2 and b.data.tolist() == pytest.approx([0.5 - 0.95] * 3)
    assert optimizer.iterations == 2
    with pytest.raises(ValueError, match=r"shape \(4,\) is none of those"):
        optimizer.apply_gradients([(np.ones(4), stranger)])
    with pytest.raises(ValueError, match=r"shape \(2,\) is given twice"):
        optimizer.apply_gradients([(np.ones(2), a), (np.ones(2), a)])
    with pytest.raises(ValueError, match="1 gradients for 2 parameters"):
        optimizer.apply([np.ones(2)])


def test_functions_as_learning_rates() -> None:
    """A function of nothing, as Keras has it, or of the number of steps."""
    w = tensor([1.0], requires_grad=True)
    for rate, second in ((lambda: 0.25, 0.25), (lambda step: 0.25 * (step + 1), 0.5)):
        optimizer = nn.SGD(rate)
        optimizer.apply([np.ones(1)], [w])
        assert optimizer.rate == 0.25 and optimizer.learning_rate == second


def test_cosine_restarts_of_equal_length() -> None:
    """With t_mul=1 every round is as long; a factor below 1 would never end, and is refused."""
    schedule = schedules.CosineDecayRestarts(0.1, 10, t_mul=1.0, m_mul=0.5)
    assert schedule(10**7 * 10) == 0.0 and schedule(25) == pytest.approx(0.1 * 0.25 * 0.5)
    with pytest.raises(ValueError, match="t_mul must be at least 1"):
        schedules.CosineDecayRestarts(0.1, 10, t_mul=0.5)


def test_arguments_that_are_not_known() -> None:
    """The error says which may be meant, also of Keras' former names."""
    with pytest.raises(TypeError, match=r"Adam: unknown argument 'lr'\. Did you mean 'learning_rate'\?"):
        nn.Adam(lr=0.1)
    with pytest.raises(TypeError, match="Did you mean 'momentum'"):
        nn.SGD(momentun=0.9)


def test_gradients_of_other_shapes_are_refused() -> None:
    """Also where they have as many elements."""
    w, b = (tensor(np.ones(shape), requires_grad=True) for shape in ((2, 3), (3,)))
    optimizer = nn.SGD()
    optimizer.build([("w", w), ("b", b)])
    for gradients in ([np.ones((3, 2)), None], [np.ones(3), np.ones((2, 3))]):
        with pytest.raises(ValueError, match=r"for the parameter w of shape \(2, 3\)"):
            optimizer.apply(gradients)
    with pytest.raises(ValueError, match="there are no gradients"):
        optimizer.apply_gradients([])


def test_rates_by_functions_are_looked_at() -> None:
    """Defaults are no steps, and a negative rate is refused when it comes."""
    assert [nn.SGD(lambda rate=rate: rate).learning_rate for rate in (0.1, 0.01)] == [0.1, 0.01]
    with pytest.raises(ValueError, match="must not be negative"):
        _ = nn.SGD(lambda: -1.0).learning_rate
