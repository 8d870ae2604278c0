"""The ten laws of the design, each by a test that would fail if it were broken."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import tensor
from tests.autograd.differences import directional
from tests.autograd.duck import Duck


def leaf(values: Any, dtype: Any = float) -> Any:
    return tensor(values, requires_grad=True, dtype=dtype)


def test_law_1_only_protocols() -> None:
    """A program of operations runs on an array type that has no method and refuses to be converted."""
    x = tensor(Duck([[1.0, 2.0], [3.0, 4.0]]), requires_grad=True)
    y = np.sum(np.exp(-x) @ np.transpose(x) / np.sqrt(np.linalg.norm(x)) + x[0, np.array([1, 1])])
    y.backward()
    assert type(x.grad) is Duck


def test_law_2_no_aliases() -> None:
    """Gradients of x + y are arrays of their own; the seed, the hook's view and fan-out stay untouched."""
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    z = x + y
    seen: list[Any] = []
    z.register_hook(seen.append)
    seed = np.ones(2)
    (z + z).backward(seed)
    x.grad += 10
    assert y.grad.tolist() == [2, 2] and seed.tolist() == [1, 1] and seen[0].tolist() == [2, 2]
    assert not np.shares_memory(x.grad, y.grad)


def test_law_2_in_place_sums_are_our_own() -> None:
    """Three uses of x add up in place only in arrays that pull made: g itself, used by z too, keeps its value."""
    x = leaf([1.0, 2.0])
    a, b, c = x + 0.0, x + 0.0, x + 0.0
    z = leaf([0.0, 0.0])
    (a + b + c + z).backward(np.ones(2))
    assert x.grad.tolist() == [3, 3] and z.grad.tolist() == [1, 1]


def test_law_3_cotangents_take_the_primal_dtype() -> None:
    """A float64 constant in between does not make a float32 leaf's gradient float64."""
    x = leaf([1.0, 2.0], np.float32)
    np.sum(np.sin(x * np.array([1.0, 2.0])) * 3.0).backward()
    assert x.grad.dtype == np.float32


def test_law_4_gradients_are_committed_together() -> None:
    """When a rule fails after another leaf has its gradient, no `.grad` has changed."""

    @autograd.operation(vjp=lambda _g, _out, _x: 1 / 0)
    def broken(x: Any) -> Any:
        return x * 1.0

    x, y = leaf([1.0]), leaf([2.0])
    x.grad = np.array([7.0])
    early = broken(x)
    with pytest.raises(ZeroDivisionError):
        np.sum(early * y).backward()
    assert x.grad.tolist() == [7] and y.grad is None
    assert autograd.is_grad_enabled()


def test_law_5_saved_values_are_freed_on_the_way() -> None:
    """After backward the intermediate values are gone, even while the result is held; a second pass says why."""
    x = leaf(np.ones(1000))
    h = np.exp(x)
    value = weakref.ref(h._value)
    y = np.sum(h * h)
    del h
    assert value() is not None
    y.backward()
    assert value() is None
    with pytest.raises(RuntimeError, match="retain_graph=True"):
        y.backward()
    assert x.grad[0] == pytest.approx(2 * np.e**2)


def test_law_5_retained_graphs_run_twice() -> None:
    """With retain_graph a second pass adds the same gradient again."""
    x = leaf(3.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad == 12


def several_outputs() -> None:
    first, second = np.split(leaf(np.ones((4, 2))), 2)
    (np.sum(first) + np.sum(second * first)).backward()


def failing_operation() -> None:
    with pytest.raises(ValueError, match="broadcast"):
        leaf(np.ones(3)) + np.ones(4)


def cube(x: Any) -> Any:
    return np.sum(np.tanh(x) ** 3)


ACTIONS: dict[str, Any] = {
    "backward": lambda: np.sum(np.tanh(leaf(np.ones(10)) @ np.ones((10, 10))) ** 2).backward(),
    "no backward": lambda: cube(leaf(np.ones(3))),
    "several outputs": several_outputs,
    "a failing operation": failing_operation,
    "grad": lambda: autograd.grad(cube)(np.ones(3)),
    "jvp": lambda: autograd.jvp(cube, (np.ones(3),), (np.ones(3),)),
    "hvp": lambda: autograd.hvp(cube, (np.ones(3),), (np.ones(3),)),
    "jacobian": lambda: autograd.jacobian(np.sin)(np.ones(3)),
    "checkpoint": lambda: autograd.checkpoint(cube)(leaf(np.ones(3))).backward(),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_law_5_no_cycles(action: str) -> None:
    """Everything that was made on the way is freed by reference counts alone."""
    ACTIONS[action]()
    while gc.collect():  # what other tests have left, and what is left of that
        pass
    gc.disable()
    try:
        ACTIONS[action]()
        assert gc.collect() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_law_6_strong_zero(dtype: Any) -> None:
    """What is not chosen has no influence on first and second derivatives; a nan that is chosen travels."""

    def f(x: Any) -> Any:
        return np.sum(np.where(x > 0, np.log(x) * x, 0.0))

    x = np.array([0.0, -1.0, 2.0], dtype)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(autograd.grad(f)(x), [0, 0, np.log(2) + 1], rtol=1e-6)
        np.testing.assert_allclose(np.diag(autograd.hessian(f)(x)), [0, 0, 0.5], rtol=1e-6)
        np.testing.assert_allclose(autograd.jvp(f, (x,), (np.ones(3, dtype),))[1], np.log(2) + 1, rtol=1e-6)
        assert np.isnan(autograd.grad(lambda v: np.sum(np.sqrt(v) * v))(x)[1])


def test_law_7_grad_mode_is_per_thread() -> None:
    """no_grad() in one thread does not reach another."""
    inside, checked = threading.Event(), threading.Event()
    seen: list[bool] = []

    def other() -> None:
        inside.wait()
        seen.append(autograd.is_grad_enabled())
        checked.set()

    thread = threading.Thread(target=other)
    thread.start()
    with autograd.no_grad():
        inside.set()
        checked.wait()
    thread.join()
    assert seen == [True]


def test_law_7_grad_mode_is_per_task() -> None:
    """Nor does it reach another task of the same thread."""

    async def quiet(started: asyncio.Event, done: asyncio.Event) -> bool:
        with autograd.no_grad():
            started.set()
            await done.wait()
            return autograd.is_grad_enabled()

    async def loud(started: asyncio.Event, done: asyncio.Event) -> bool:
        await started.wait()
        enabled = autograd.is_grad_enabled()
        done.set()
        return enabled

    async def both() -> list[bool]:
        started, done = asyncio.Event(), asyncio.Event()
        return await asyncio.gather(quiet(started, done), loud(started, done))

    assert asyncio.run(both()) == [False, True]


def test_law_7_threads_add_to_one_leaf() -> None:
    """Backward passes of several threads into one leaf lose no contribution."""
    x = leaf(1.0)

    def work() -> None:
        for _ in range(200):
            (x * 2.0).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad == 1600


def test_law_8_unused_outputs() -> None:
    """Of a tuple node any part may be used: the others count as zero, and all parts add up."""
    x = leaf([1.0, 2.0, 3.0, 4.0])
    first, _, last = np.split(x, [1, 2])
    (np.sum(last * last) + first.sum()).backward()
    assert x.grad.tolist() == [1, 0, 6, 8]
    a = leaf(np.eye(2) * 2)
    sign, logdet = np.linalg.slogdet(a)
    (logdet * 3.0 + sign).backward()
    np.testing.assert_allclose(a.grad, np.eye(2) * 1.5)


class TestLaw9:
    """Assignment is a functional update."""

    def test_earlier_readers_keep_the_old_value(self) -> None:
        """What has read t before does not see the new value, and its gradient does not either."""
        x, v = leaf([1.0, 2.0]), leaf(5.0)
        t = x * 1.0
        before = t * t
        t[0] = v
        (np.sum(before) + np.sum(t * t)).backward()
        assert x.grad.tolist() == [2, 8] and v.grad == 10

    @pytest.mark.parametrize(
        ("index", "v"),
        [
            (0, 3.0),
            (slice(1, None), [5.0, 6.0]),
            (np.array([True, False, True]), 4.0),
            (np.array([0, 0, 2]), [1.0, 2.0, 3.0]),
            ((Ellipsis, None), [[1.0], [2.0], [3.0]]),
        ],
    )
    def test_values_and_gradients_of_every_order(self, index: Any, v: Any) -> None:
        """The value is NumPy's; gradients by both sides are those of the result, at second order too."""

        def f(x: Any, v: Any) -> Any:
            t = x * 1.0
            t[index] = v
            return np.sum(t**3)

        x, v = np.array([1.0, 2.0, 3.0]), np.asarray(v)
        expected = x.copy()
        expected[index] = v
        t = tensor(x)
        t[index] = v
        assert np.array_equal(t.data, expected)

        def raw(x: Any, v: Any) -> float:
            t = x.copy()
            t[index] = v
            return float(np.sum(t**3))

        along = [np.ones(3), np.ones(v.shape)]
        gx, gv = autograd.grad(f, (0, 1))(x, v)
        np.testing.assert_allclose(np.sum(gx) + np.sum(gv), directional(raw, [x, v], along), rtol=1e-8)
        second = autograd.grad(lambda x, v: sum(map(np.sum, autograd.grad(f, (0, 1))(x, v))), (0, 1))(x, v)
        slope = directional(lambda x, v: sum(map(np.sum, autograd.grad(f, (0, 1))(x, v))), [x, v], along)
        np.testing.assert_allclose(sum(map(np.sum, second)), slope, rtol=1e-7)

    def test_augmented_assignment_rebinds(self) -> None:
        """x += y makes a new tensor; other names of the old one do not see it."""
        x = y = leaf([1.0])
        x += 1.0
        assert y.data.tolist() == [1] and x.data.tolist() == [2] and x is not y

    def test_a_leaf_refuses_outside_no_grad(self) -> None:
        """Assignment into a leaf that requires grad raises; inside no_grad() it changes the values."""
        w = leaf([1.0, 2.0])
        with pytest.raises(RuntimeError, match=r"leaf.*no_grad\(\)"):
            w[0] = 5.0
        assert w.data.tolist() == [1, 2]
        with autograd.no_grad():
            w[0] = 5.0
        assert w.data.tolist() == [5, 2] and w.requires_grad and w.is_leaf


def test_law_10_a_million_nodes() -> None:
    """A chain of a million additions is built, differentiated and freed at the default recursion limit."""
    assert sys.getrecursionlimit() <= 1000
    x = leaf(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1
    del y


def test_law_10_doublings() -> None:
    """x + x forty times is forty nodes, not 2⁴⁰ paths."""
    x = leaf(1.0)
    y = x
    for _ in range(40):
        y = y + y
    y.backward()
    assert x.grad == 2.0**40
