"""Updates of many tensors that become one, over an array that all of them lie in: nobody can tell, but by the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Tensor, tensor

SHAPES = ((3, 4), (4,), (4, 2), (2,))


def tensors(shapes: Any = SHAPES, seed: int = 0, dtype: Any = np.float32) -> list[Tensor]:
    rng = np.random.default_rng(seed)
    return [tensor(rng.normal(size=shape).astype(dtype), requires_grad=True) for shape in shapes]


def momentum(ps: list[Tensor], ms: list[Tensor]) -> None:
    for p, m in zip(ps, ms, strict=True):
        g = p.grad
        m.data = 0.9 * m.data + g
        p.data -= 0.1 * m.data
        p.grad = None


def loss(x: Any, ps: list[Tensor]) -> Any:
    w1, b1, w2, b2 = ps
    return np.mean((np.tanh(x @ w1 + b1) @ w2 + b2) ** 2)


def stepper(ps: list[Tensor], ms: list[Tensor]) -> Callable[[Any], Any]:
    def step(x: Any) -> Any:
        out = loss(x, ps)
        out.backward()
        momentum(ps, ms)
        return out

    return step


class Twice:
    """The same training, eager and compiled."""

    def __init__(self, seed: int = 0) -> None:
        self.x = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
        self.eager, self.compiled = (self._made(seed) for _ in range(2))
        self.slow = stepper(*self.eager)
        self.fast = autograd.compile(stepper(*self.compiled), backend="numpy")

    @staticmethod
    def _made(seed: int) -> tuple[list[Tensor], list[Tensor]]:
        ps = tensors(seed=seed)
        return ps, [tensor(np.zeros_like(p.data)) for p in ps]

    def step(self, times: int = 2) -> None:
        for _ in range(times):
            np.testing.assert_allclose(self.fast(self.x).data, self.slow(self.x).data, rtol=1e-5)
        for ours, theirs in zip(self.compiled, self.eager, strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a.data, b.data, rtol=1e-5, atol=1e-6)

    @property
    def is_flat(self) -> bool:
        return self.fast.programs[0].passes[-1][0] == "flat storage"


def test_an_update_is_one_for_all_parameters() -> None:
    both = Twice()
    both.step()
    assert both.is_flat
    program = both.fast.programs[0]
    assert sum(v.kind == "store" for v in program.graph.values) == 2  # the parameters, and the momenta
    ps, ms = both.compiled
    for group in (ps, ms):
        assert len({id(t.data.base) for t in group}) == 1
        assert [t.data.flags.c_contiguous for t in group] == [True] * 4
    assert ps[0].data.base is not ms[0].data.base


def test_an_array_that_somebody_else_knows_stays_what_the_tensor_stands_on() -> None:
    both = Twice()
    known = both.compiled[0][2].data
    both.step()
    assert known is both.compiled[0][2].data
    assert both.compiled[0][0].data.base is not None  # the others lie together


def test_a_view_of_an_array_keeps_it_where_it_is() -> None:
    both = Twice()
    row = both.compiled[0][0].data[1]
    both.step()
    np.testing.assert_array_equal(row, both.compiled[0][0].data[1])


def test_tensors_may_be_given_other_arrays_between_the_steps() -> None:
    both = Twice()
    both.step()
    for ps, _ in (both.eager, both.compiled):
        ps[1].data = np.full(4, 0.5, np.float32)
    both.step()
    assert both.compiled[0][1].data.base is both.compiled[0][0].data.base  # moved there too


def test_another_array_that_somebody_knows_is_written_to_at_each_step() -> None:
    both = Twice()
    both.step()
    for ps, _ in (both.eager, both.compiled):
        ps[1].data = np.full(4, 0.5, np.float32)
    known = both.compiled[0][1].data
    both.step()
    assert known is both.compiled[0][1].data
    both.step()
    assert len(both.fast.programs) == 1


def test_a_tensor_that_was_made_read_only_is_refused() -> None:
    both = Twice()
    both.step()
    p = both.compiled[0][1]
    values = p.data.copy()
    values.flags.writeable = False
    p._rebind(values)
    with pytest.raises(ValueError, match="read-only"):
        both.fast(both.x)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 1, 0, 2), (0, 2), (1, 3)])
def test_another_program_may_use_some_of_the_tensors_in_another_order(order: tuple[int, ...]) -> None:
    both = Twice()
    both.step()

    def decay(ps: list[Tensor]) -> Callable[[], None]:
        def run() -> None:
            for i in order:
                ps[i].data *= 0.5

        return run

    decay(both.eager[0])()
    autograd.compile(decay(both.compiled[0]), backend="numpy")()
    both.step()


def test_native_and_numpy_programs_share_tensors(backend: str) -> None:
    both = Twice()
    both.step()

    def decay(ps: list[Tensor]) -> Callable[[], None]:
        def run() -> None:
            for p in ps:
                p.data *= 0.5

        return run

    other = autograd.compile(decay(both.compiled[0]), backend=backend)
    for _ in range(2):
        decay(both.eager[0])()
        other()
        both.step()


def run_both(update: Callable[[list[Tensor], Any], Any], shapes: Any, *args: Any, times: int = 2) -> Any:
    """Run an update, eager and compiled, on tensors of these shapes; return its program."""
    eager, ours = tensors(shapes, dtype=np.float64), tensors(shapes, dtype=np.float64)
    compiled = autograd.compile(lambda *args: update(ours, args), backend="numpy")
    for _ in range(times):
        expected, found = update(eager, args), compiled(*args)
        for a, b in zip(autograd.transforms.tree_leaves(found), autograd.transforms.tree_leaves(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    for a, b in zip(ours, eager, strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-12)
    return compiled.programs[0]


def is_flat(program: Any) -> bool:
    return bool(program.passes[-1][0] == "flat storage")


@pytest.mark.parametrize("n", [3, 5000, 60_000])
def test_gradients_that_are_given(n: int) -> None:
    def update(ps: list[Tensor], gs: Any) -> None:
        for p, g in zip(ps, gs, strict=True):
            p.data -= 0.1 * g

    shapes = ((n, 2), (2,), (7,))
    program = run_both(update, shapes, *(np.random.default_rng(3).normal(size=s) for s in shapes))
    assert is_flat(program)
    if n == 60_000:
        assert " in blocks(" in program.source


def test_what_is_stored_and_returned_too() -> None:
    def update(ps: list[Tensor], gs: Any) -> Any:
        new = [0.5 * p.data + g for p, g in zip(ps, gs, strict=True)]
        for p, n in zip(ps, new, strict=True):
            p.data = n
        return new

    run_both(update, ((3,), (2, 2)), np.arange(3.0), np.ones((2, 2)))


def test_gradients_that_are_returned_too() -> None:
    def update(ps: list[Tensor], xs: Any) -> Any:
        (x,) = xs
        gs = [x @ np.full((2, k), 0.5) for k in (3, 4)]
        for p, g in zip(ps, gs, strict=True):
            p.data -= 0.1 * g
        return gs

    assert is_flat(run_both(update, ((5, 3), (5, 4)), np.arange(10.0).reshape(5, 2)))


def test_gradients_that_numpy_is_called_for() -> None:
    def update(ps: list[Tensor], xs: Any) -> None:
        for p, x in zip(ps, xs, strict=True):
            p.data -= 0.1 * np.linalg.inv(x)

    assert is_flat(run_both(update, ((2, 2), (3, 3)), np.diag([1.0, 2.0]), np.diag([3.0, 4.0, 5.0])))


def test_a_gradient_that_serves_two_updates() -> None:
    def update(ps: list[Tensor], gs: Any) -> None:
        g = gs[0] @ np.full((3, 3), 0.5)
        for p in ps:
            p.data -= p.data * g

    assert is_flat(run_both(update, ((3,), (3,)), np.arange(3.0)))


def test_what_two_updates_have_in_common_keeps_them_as_they_are() -> None:
    def update(ps: list[Tensor], gs: Any) -> None:
        g = np.sqrt(gs[0])
        for p in ps:
            p.data -= p.data * g

    assert not is_flat(run_both(update, ((3,), (3,)), np.arange(3.0)))


def test_a_norm_of_all_gradients_scales_all() -> None:
    def update(ps: list[Tensor], gs: Any) -> None:
        norm = np.sqrt(sum(np.sum(g * g) for g in gs))
        for p, g in zip(ps, gs, strict=True):
            p.data -= 0.1 / norm * g

    assert is_flat(run_both(update, ((3,), (2, 2)), np.arange(3.0), np.ones((2, 2))))


@pytest.mark.parametrize("rate", [(0.1, 0.2), (0.1, 0.1)])
def test_different_rates_are_different_updates(rate: tuple[float, float]) -> None:
    def update(ps: list[Tensor], gs: Any) -> None:
        for p, g, r in zip(ps, gs, rate, strict=True):
            p.data -= r * g

    assert is_flat(run_both(update, ((3,), (4,)), np.arange(3.0), np.ones(4))) is (rate[0] == rate[1])


def test_tensors_that_change_places() -> None:
    def update(ps: list[Tensor], _: Any) -> None:
        a, b = ps
        a.data, b.data = 1.0 * b.data + 1.0, 1.0 * a.data + 1.0

    run_both(update, ((3,), (3,)), np.zeros(1))


def test_an_update_that_reads_another_one_tensor() -> None:
    def update(ps: list[Tensor], _: Any) -> None:
        a, b, c, d = ps
        old = [a.data + 0.0, b.data + 0.0]
        for p in (a, b):
            p.data *= 0.5
        for p, o in zip((c, d), old, strict=True):
            p.data = 0.9 * p.data + 0.1 * o

    run_both(update, ((3,), (4,), (3,), (4,)), np.zeros(1))


def test_averages_follow_tensors_that_only_are_read() -> None:
    def update(ps: list[Tensor], _: Any) -> None:
        a, b, c, d = ps
        for p, other in ((c, a), (d, b)):
            p.data = 0.9 * p.data + 0.1 * other.data

    run_both(update, ((3,), (4,), (3,), (4,)), np.zeros(1))


def test_a_product_reads_what_is_updated() -> None:
    """What reads one of the tensors does so before any is written to, though it is only stored itself."""

    def update(ps: list[Tensor], _: Any) -> None:
        a, b, c = ps
        new = a.data @ b.data
        for p in (a, b):
            p.data = 0.5 * p.data + 1.0
        c.data = new

    run_both(update, ((2, 2), (2, 3), (2, 3)), np.zeros(1))


def test_tensors_on_one_array_are_left_alone() -> None:
    base = np.arange(6.0)
    ps = [tensor(0.0) for _ in range(2)]
    for p, part in zip(ps, (base[:4], base[2:]), strict=True):
        p._rebind(part)

    def update() -> None:
        ps[0].data *= 2.0

    autograd.compile(update, backend="numpy")()
    np.testing.assert_array_equal(base, [0, 2, 4, 6, 4, 5])


def test_arrays_in_fortran_order_stay_so() -> None:
    ps = tensors(((3, 4), (2, 5)))
    for p in ps:
        p._rebind(np.asfortranarray(p.data))
    before = [p.data.copy() for p in ps]

    def update() -> None:
        for p in ps:
            p.data *= 0.5

    autograd.compile(update, backend="numpy")()
    for p, b in zip(ps, before, strict=True):
        assert p.data.flags.f_contiguous
        np.testing.assert_array_equal(p.data, 0.5 * b)


def by_rules(rules: list[str], ps: list[Tensor], ms: list[Tensor], x: Any) -> None:
    for p, m, rule in zip(ps, ms, rules, strict=True):
        if rule == "scale":
            p.data *= 0.5
        elif rule == "add":
            p.data += x * np.tanh(p.data)
        else:
            m.data = 0.5 * m.data + p.data
            p.data -= m.data * x


def assert_same(ps: list[Tensor], ms: list[Tensor], other_ps: list[Tensor], other_ms: list[Tensor]) -> None:
    for a, b in zip(ps + ms, other_ps + other_ms, strict=True):
        np.testing.assert_allclose(a.data, b.data, rtol=1e-14)


_shape = st.sampled_from([(), (1,), (3,), (2, 3), (4, 1), (0,), (2, 0)])
_rule = st.sampled_from(["scale", "follow", "add"])


@given(
    st.lists(st.tuples(_shape, _rule), min_size=2, max_size=7),
    st.sets(st.integers(0, 6)), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_random_updates(parts: list[Any], known: set[int], seed: int) -> None:
    """Tensors of all shapes by several rules; arrays of some are known to others, who see what is done."""
    rng = np.random.default_rng(seed)
    rules = [rule for _, rule in parts]
    start = [rng.normal(size=shape) for shape, _ in parts]
    eager, ours = (([tensor(a.copy()) for a in start], [tensor(0 * a) for a in start]) for _ in range(2))
    kept = [(ours[0][i], ours[0][i].data) for i in known if i < len(parts)]
    compiled = autograd.compile(lambda x: by_rules(rules, *ours, x), backend="numpy")
    for _ in range(3):
        by_rules(rules, *eager, 0.25)
        compiled(0.25)
        assert_same(*ours, *eager)
        assert all(p.data is array for p, array in kept)
    for ps, _ in (eager, ours):
        ps[0].data = 2 * ps[0].data
    by_rules(rules, *eager, 0.25)
    compiled(0.25)
    assert_same(*ours, *eager)
