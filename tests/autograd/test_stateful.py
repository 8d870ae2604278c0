"""The engine against the naive one of `naive.py`, through random lives of graphs: built, changed, pulled and freed."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from autograd import Node, Tensor, no_grad, tensor
from autograd.engine import derivative
from autograd.engine.published import Published
from tests.autograd import naive
from tests.autograd.naive import Naive

LARGEST_VALUE, LARGEST_COTANGENT = 256.0, 1e6
RTOL = {np.dtype("float64"): 1e-12, np.dtype("float32"): 1e-5}

UNARY: dict[str, tuple[Any, Any]] = {
    "negative": (np.negative, [lambda _x: -1]),
    "tanh": (np.tanh, [lambda x: 1 - np.tanh(x) ** 2]),
    "sin": (np.sin, [np.cos]),
    "square": (lambda x: x * x, [lambda x: x + x]),
}
BINARY: dict[str, tuple[Any, Any]] = {
    "add": (np.add, [lambda _x, _y: 1, lambda _x, _y: 1]),
    "subtract": (np.subtract, [lambda _x, _y: 1, lambda _x, _y: -1]),
    "multiply": (np.multiply, [lambda _x, y: y, lambda x, _y: x]),
    # heaviside(…, 0.5) is the slope with ties split, in the dtype of its input; of booleans it would be float64.
    "maximum": (np.maximum, [lambda x, y: np.heaviside(x - y, 0.5), lambda x, y: np.heaviside(y - x, 0.5)]),
}
MOVES: dict[str, Callable[[Any], Any]] = {
    "transpose": np.transpose,
    "ravel": lambda x: np.reshape(x, (-1,)),
    "column": lambda x: np.reshape(x, (-1, 1)),
    "broadcast": lambda x: np.broadcast_to(x, (2, *np.shape(x))),
}
INDICES: list[Any] = [
    ..., None, 0, -1, slice(None, None, -1), [0, 0, -1], (slice(None), 0), (..., [0, 0]), ([0, 0, -1], [0, -1, 0]),
    (None, 0), (slice(1, None), slice(None, -1)), [-1, 0, -1], [0, 0],
]  # fmt: skip

GRID = st.integers(-64, 64) | st.sampled_from([0, 8])  # the second so that ties are not rare
VALUES = st.lists(GRID, min_size=6, max_size=6).map(lambda eighths: np.array(eighths) / 8)
SHAPES = st.sampled_from([(), (3,), (2, 1), (2, 3)])
DTYPES = st.sampled_from(["float64", "float32"])
QUIET = st.sampled_from([False, False, False, False, True])


class Handle:
    """What a bundle holds: a tensor and its counterpart, or nothing any more, since bundles forget nothing."""

    def __init__(self, out: Any, node: Any) -> None:
        self.tensor, self.node = out, node

    def clear(self) -> None:
        self.tensor = self.node = None


class Hook(Handle):
    """The same for a registered hook: `tensor` is what removes it."""

    def __init__(self, remove: Any, node: Naive, doubles: bool) -> None:
        super().__init__(remove, node)
        self.doubles = doubles


def apply(f: Callable[..., Any], naively: Callable[..., Naive], *xs: Handle) -> Handle:
    return Handle(f(*(x.tensor for x in xs)), naively(*(x.node for x in xs)))


def move(f: Callable[..., Any], *xs: Handle) -> Handle:
    return apply(f, partial(naive.moved, f), *xs)


def summed(x: Handle, **options: Any) -> Handle:
    return apply(partial(np.sum, **options), partial(naive.total, **options), x)


def combined(name: str, x: Handle, y: Handle) -> Handle:
    f, slopes = BINARY[name]
    return apply(f, partial(naive.elementwise, f, slopes), x, y)


def scalarised(x: Handle, weights: Any) -> Handle:
    return summed(combined("multiply", x, Handle(tensor(weights), Naive(weights))))


def fits(f: Callable[..., Any], *xs: Handle) -> bool:
    """Whether NumPy can compute f on these shapes."""
    try:
        f(*(np.zeros(x.node.value.shape) for x in xs))
    except (ValueError, IndexError):
        return False
    return True


def raises(action: Callable[[], Any]) -> bool:
    """Whether a RuntimeError comes; it is not kept, since its traceback would keep tensors alive."""
    try:
        action()
    except RuntimeError:
        return True
    return False


def replaced(x: Any, v: Any, index: Any) -> Any:
    out = np.copy(x)
    out[index] = v
    return out


def mode(quiet: bool) -> AbstractContextManager[Any]:
    return no_grad() if quiet else nullcontext()


def close(ours: Any, expected: Any, scale: float = 0.0) -> bool:
    """Whether shape and dtype are equal and the values too, up to rounding of numbers as large as `scale`."""
    if ours.shape != expected.shape or ours.dtype != expected.dtype:
        return False
    largest = max(scale, float(np.max(np.abs(expected))))
    return bool(np.all(np.abs(ours - expected) <= RTOL[expected.dtype] * largest))


class Graphs(RuleBasedStateMachine):
    """After every step all live tensors and their gradients are those of the naive engine."""

    tensors: Bundle[Handle] = Bundle("tensors")
    hooks: Bundle[Hook] = Bundle("hooks")

    def __init__(self) -> None:
        super().__init__()
        self.live: list[Handle] = []
        self.hooked: list[Hook] = []
        self.values: list[tuple[Naive, weakref.ref[Any]]] = []
        gc.disable()
        gc.freeze()  # so that teardown looks at the objects of this example only

    def teardown(self) -> None:
        """At the end everything goes backward; once all handles are gone, so is every Tensor and Node, uncollected."""
        failing = sys.exc_info()[0] is not None  # then a traceback holds tensors
        try:
            if not failing:
                self.backward_of_all(np.arange(-2, 4) / 8, retain_graph=False, order=-1, weighted=False)
                self.values_and_gradients_are_equal()
            for handle in [*self.live, *self.hooked]:
                handle.clear()
            assert failing or not [x for x in gc.get_objects() if type(x) in (Node, Tensor)]
        finally:
            gc.unfreeze()
            gc.enable()

    # --- building -----------------------------------------------------------------------------------------

    def keep(self, handle: Handle, quiet: bool = False) -> Any:
        """Add the result of a step, unless its values grow too large; what was computed quietly is a constant."""
        if np.max(np.abs(handle.node.value)) > LARGEST_VALUE:
            return multiple()
        if quiet:
            handle.node = Naive(handle.node.value)
        self.live.append(handle)
        self.watch(handle)
        return handle

    def watch(self, handle: Handle) -> None:
        value = handle.tensor._value
        if handle.node.parents and isinstance(value, np.ndarray):
            self.values.append((handle.node, weakref.ref(value)))

    @initialize(target=tensors, values=VALUES)
    def first(self, values: Any) -> Any:
        kinds = [((2, 3), "float64"), ((2, 3), "float64"), ((3,), "float64"), ((2, 1), "float32")]
        return multiple(*(self.leaf(np.roll(values, i), *kind, flows=True) for i, kind in enumerate(kinds)))

    @rule(target=tensors, values=VALUES, shape=SHAPES, dtype=DTYPES, flows=st.booleans())
    def leaf(self, values: Any, shape: Any, dtype: str, flows: bool) -> Any:
        value = np.resize(values, shape).astype(dtype)
        return self.keep(Handle(tensor(value, requires_grad=flows), Naive(value, leaf=flows)))

    @rule(target=tensors, name=st.sampled_from(sorted(UNARY)), x=tensors, quiet=QUIET)
    def unary(self, name: str, x: Handle, quiet: bool) -> Any:
        f, slopes = UNARY[name]
        with mode(quiet):
            return self.keep(apply(f, partial(naive.elementwise, f, slopes), x), quiet)

    @rule(target=tensors, name=st.sampled_from(sorted(BINARY)), x=tensors, y=tensors, quiet=QUIET)
    def binary(self, name: str, x: Handle, y: Handle, quiet: bool) -> Any:
        with mode(quiet):
            return self.keep(combined(name, x, y if fits(np.add, x, y) else summed(y)), quiet)

    @rule(target=tensors, x=tensors, axis=st.sampled_from([None, 0, -1]), keepdims=st.booleans())
    def total(self, x: Handle, axis: int | None, keepdims: bool) -> Any:
        return self.keep(summed(x, axis=axis if x.tensor.ndim else None, keepdims=keepdims))

    @rule(target=tensors, x=tensors, y=tensors)
    def matmul(self, x: Handle, y: Handle) -> Any:
        for a, b in ((x, y), (x, move(np.transpose, y)), (move(np.transpose, x), y)):
            if a.tensor.ndim < 3 > b.tensor.ndim and fits(np.matmul, a, b):
                return self.keep(apply(np.matmul, naive.matmul, a, b))
        return multiple()

    # --- moving elements ----------------------------------------------------------------------------------

    @rule(target=tensors, name=st.sampled_from(sorted(MOVES)), x=tensors, quiet=QUIET)
    def rearrange(self, name: str, x: Handle, quiet: bool) -> Any:
        if x.tensor.size > 24:
            return multiple()
        with mode(quiet):
            return self.keep(move(MOVES[name], x), quiet)

    @rule(target=tensors, x=tensors, index=st.sampled_from(INDICES))
    def getitem(self, x: Handle, index: Any) -> Any:
        read = lambda x: x[index]
        if not fits(read, x) or not x.node.value[index].size:
            return multiple()
        return self.keep(move(read, x))

    @rule(target=tensors, c=tensors, x=tensors, y=tensors)
    def where(self, c: Handle, x: Handle, y: Handle) -> Any:
        """The condition is a tensor too: its leaves get a gradient of zeros."""
        if not fits(np.where, c, x, y):
            c, y = summed(c), summed(y)
        return self.keep(apply(lambda c, x, y: np.where(c > 0, x, y), naive.where, c, x, y))

    @rule(target=tensors, x=tensors, y=tensors, axis=st.sampled_from([0, -1]))
    def concatenate(self, x: Handle, y: Handle, axis: int) -> Any:
        joined = lambda x, y: np.concatenate([x, y, x], axis=axis)
        if not fits(joined, x, y) or x.tensor.size + y.tensor.size > 24:
            return multiple()
        return self.keep(move(joined, x, y))

    @rule(target=tensors, x=tensors, used=st.sampled_from([(0,), (1,), (1, 0)]))
    def split(self, x: Handle, used: tuple[int, ...]) -> Any:
        """Several outputs are one operation, which one pass frees: so the naive engine slices a copy."""
        if not x.tensor.ndim or x.tensor.size < 2:
            return multiple()
        flat = move(lambda x: np.reshape(x, (-1,)), x)
        whole = naive.moved(np.copy, flat.node)
        parts = np.split(flat.tensor, [1])
        nodes = [naive.moved(lambda x, i=i: np.split(x, [1])[i], whole) for i in (0, 1)]
        return multiple(*(self.keep(Handle(parts[i], nodes[i])) for i in used))

    # --- changing -----------------------------------------------------------------------------------------

    @rule(x=tensors, v=tensors, index=st.sampled_from(INDICES), quiet=st.booleans())
    def setitem(self, x: Handle, v: Handle, index: Any, quiet: bool) -> None:
        """A leaf that requires grad takes values only inside no_grad(), and stays what it is."""
        f = partial(replaced, index=index)
        v = v if fits(f, x, v) else summed(v)
        if not fits(f, x, v):
            return
        is_leaf = x.tensor.is_leaf and x.tensor.requires_grad
        with mode(quiet):
            refused = raises(lambda: x.tensor.__setitem__(index, v.tensor))
        assert refused == (is_leaf and not quiet)
        if is_leaf:
            x.node.value = x.node.value if refused else f(x.node.value, v.node.value)
            return
        x.node = naive.moved(f, x.node, v.node)
        x.node = Naive(x.node.value) if quiet else x.node
        self.watch(x)

    @rule(target=tensors, x=tensors, v=tensors)
    def add_in_place(self, x: Handle, v: Handle) -> Any:
        """The name is bound to a new tensor; whoever holds the old one sees no change."""
        v = v if fits(np.add, x, v) else summed(v)
        before = Handle(x.tensor, x.node)
        x.tensor += v.tensor
        x.node = combined("add", before, v).node
        assert x.tensor is not before.tensor
        self.watch(x)
        return self.keep(before)

    @rule(x=tensors, values=VALUES)
    def assign_data(self, x: Handle, values: Any) -> None:
        """What has read the old values keeps them."""
        if x.tensor.is_leaf:
            x.tensor.data = np.resize(values, x.tensor.shape)
            x.node.value = np.resize(values, x.tensor.shape).astype(x.tensor.dtype)

    @rule(target=tensors, x=tensors)
    def detach(self, x: Handle) -> Any:
        return self.keep(Handle(x.tensor.detach(), Naive(x.node.value)))

    @rule(target=tensors, x=tensors, pickled=st.booleans())
    def duplicate(self, x: Handle, pickled: bool) -> Any:
        """A copy of a leaf is a leaf without a past, a deep copy of a result another result."""
        if not pickled and not x.tensor.is_leaf:
            return self.keep(move(copy.deepcopy, x))
        other = pickle.loads(pickle.dumps(x.tensor)) if pickled else copy.deepcopy(x.tensor)
        assert other.is_leaf and not np.shares_memory(other.data, x.tensor.data)
        return self.keep(Handle(other, Naive(x.node.value, leaf=x.node.requires_grad)))

    @precondition(lambda self: len(self.live) > 2)
    @rule(x=consumes(tensors))
    def delete(self, x: Handle) -> None:
        """No graph holds the user's handle."""
        self.live.remove(x)
        gone = weakref.ref(x.tensor)
        x.clear()
        assert gone() is None

    # --- gradients ----------------------------------------------------------------------------------------

    @rule(x=tensors)
    def retain_grad(self, x: Handle) -> None:
        assert raises(x.tensor.retain_grad) == (not x.node.requires_grad)
        x.node.retained = x.node.requires_grad

    @rule(target=hooks, x=tensors, kinds=st.lists(st.booleans(), min_size=1, max_size=2))
    def register_hooks(self, x: Handle, kinds: list[bool]) -> Any:
        """Each doubles the gradient, or only looks at it."""
        new = [self.hook(x, doubles) for doubles in kinds if x.node.requires_grad]
        self.hooked += new
        return multiple(*new)

    def hook(self, x: Handle, doubles: bool) -> Hook:
        remove = x.tensor.register_hook(lambda g: g * 2 if doubles else None)
        x.node.hooks += doubles
        return Hook(remove, x.node, doubles)

    @rule(hook=consumes(hooks))
    def remove_hook(self, hook: Hook) -> None:
        hook.tensor()
        hook.node.hooks -= hook.doubles
        self.hooked.remove(hook)
        hook.clear()

    @rule(x=tensors)
    def zero_grad(self, x: Handle) -> None:
        x.tensor.zero_grad()
        x.node.forget()

    @rule(x=tensors)
    def halve_grad(self, x: Handle) -> None:
        """A gradient is the user's to write to; nothing else changes with it."""
        if x.tensor.grad is not None:
            x.tensor.grad *= 0.5
            x.node.grad = x.node.grad * 0.5

    @rule(x=tensors, values=VALUES, scalar=st.booleans(), retain_graph=st.booleans(), twice=st.booleans())
    def backward(self, x: Handle, values: Any, scalar: bool, retain_graph: bool, twice: bool) -> None:
        weights: Any = np.resize(values, x.tensor.shape)
        if scalar:
            x, weights = scalarised(x, weights), None
        elif not x.node.requires_grad:
            assert raises(partial(x.tensor.backward, weights))
            return
        for _ in range(1 + twice):
            self.pull(x, weights, retain_graph)

    @rule(values=VALUES, retain_graph=st.booleans(), order=st.sampled_from([1, -1]), weighted=st.booleans())
    def backward_of_all(self, values: Any, retain_graph: bool, order: int, weighted: bool) -> None:
        """One sum of everything that no pass has freed: most is reached by several ways, unweighted by one array."""
        root = Handle(tensor(np.zeros((2, 3))), Naive(np.zeros((2, 3))))
        for i, x in enumerate(self.live[::order]):
            if not x.node.requires_grad or not naive.pull(x.node, 1.0).complete:
                continue
            if weighted:
                x = scalarised(x, np.asarray(values[i % len(values)]))
            root = combined("add", root, x if x.tensor.shape == (2, 3) else summed(x))
        self.pull(root, np.resize(values, (2, 3)), retain_graph)

    def pull(self, x: Handle, weights: Any, retain_graph: bool) -> None:
        """Go backward in both engines; a graph that is freed already raises, and the gradients stay as they were."""
        if not x.node.requires_grad:
            return
        expected = naive.pull(x.node, 1.0 if weights is None else weights)
        if expected.scale > LARGEST_COTANGENT:
            return
        before = [(h.tensor.grad, copy.copy(h.tensor.grad)) for h in self.live if h.tensor.grad is not None]
        seed = copy.copy(weights)
        assert raises(lambda: x.tensor.backward(seed, retain_graph=retain_graph)) == (not expected.complete)
        assert weights is None or np.array_equal(seed, weights)
        assert all(np.array_equal(handed_out, copied) for handed_out, copied in before)
        if not retain_graph:
            for node in expected.passed:
                node.freed = True
        for node, g in expected.found.items() if expected.complete else ():
            node.grad = g if node.grad is None else node.grad + g
            node.scale += expected.scale

    # --- what must hold after every step --------------------------------------------------------------------

    @invariant()
    def values_and_gradients_are_equal(self) -> None:
        for handle in self.live:
            t, node = handle.tensor, handle.node
            assert t.requires_grad == node.requires_grad and t.is_leaf == (not node.parents)
            assert close(t._value, node.value)
            assert (t.grad is None) == (node.grad is None)
            if t.grad is not None:
                assert type(t.grad) is np.ndarray and t.grad.flags.writeable
                assert close(t.grad, node.grad, node.scale)

    @invariant()
    def gradients_share_no_memory(self) -> None:
        grads = [h.tensor.grad for h in self.live if h.tensor.grad is not None]
        assert not any(np.shares_memory(a, b) for a, b in combinations(grads, 2))
        assert not any(np.shares_memory(g, h.tensor._value) for g in grads for h in self.live)

    @invariant()
    def nothing_else_is_alive(self) -> None:
        """An intermediate value is gone unless a handle, or a graph that is not freed yet, has a use for it."""
        held = [h.node for h in self.live]
        alive = [(node, value) for node, ref in self.values if (value := ref()) is not None]
        self.values = [(node, weakref.ref(value)) for node, value in alive]
        useful = set(held)
        for node in naive.ancestors(held + [hook.node for hook in self.hooked]):
            if node.parents and not node.freed:
                useful |= {node, *(parent for parent, _ in node.parents)}
        needed = [value for node, value in alive if node in useful] + [h.tensor._value for h in self.live]
        for node, value in alive:
            assert node in useful or any(np.shares_memory(value, other) for other in needed)


# Without the phase that explains, and with one bug at a time: shrinking takes minutes as it is.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
LIVES = settings(max_examples=300, stateful_step_count=30, phases=PHASES, report_multiple_bugs=False)
TestGraphs = Graphs.TestCase
TestGraphs.settings = LIVES


class Forgetful(dict[Any, Any]):
    """A dictionary of cotangents that never says what has arrived before."""

    def get(self, _key: Any, default: Any = None) -> Any:
        return default


def overwrite_at_fan_out(patch: pytest.MonkeyPatch) -> None:
    run = derivative._Pass.run

    def forgetful(self: Any, *args: Any) -> Any:
        self.cotangents = Forgetful(self.cotangents)
        return run(self, *args)

    patch.setattr(derivative._Pass, "run", forgetful)


def never_free(patch: pytest.MonkeyPatch) -> None:
    run = derivative._Pass.run
    patch.setattr(derivative._Pass, "run", lambda self, wanted, _keep, *args: run(self, wanted, True, *args))


def forget_to_sum(patch: pytest.MonkeyPatch) -> None:
    first = lambda g, shape: np.resize(g, shape)
    patch.setattr(derivative, "unbroadcast", first)


def hand_out_aliases(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(derivative, "_copied", np.asarray)


def forget_the_cast(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(derivative, "cast", lambda c, _dtype: c)


def count_repeated_elements_once(patch: pytest.MonkeyPatch) -> None:
    def add_into(self: Any, dense: Any) -> None:
        dense[self.index] += self.g

    patch.setattr(derivative.Part, "add_into", add_into)


def write_where_others_read(patch: pytest.MonkeyPatch) -> None:
    functional = Published.__setitem__

    def in_place(t: Any, index: Any, v: Any) -> None:
        old = t.data
        functional(t, index, v)
        old[...] = t.data

    patch.setattr(Published, "__setitem__", in_place)


def hold_the_handles(patch: pytest.MonkeyPatch) -> None:
    detach, held = Tensor.detach, []

    def remembered(t: Tensor) -> Tensor:
        held.append(t)
        return detach(t)

    patch.setattr(Tensor, "detach", remembered)


@pytest.mark.parametrize(
    "bug",
    [
        overwrite_at_fan_out,
        never_free,
        forget_to_sum,
        hand_out_aliases,
        forget_the_cast,
        count_repeated_elements_once,
        write_where_others_read,
        hold_the_handles,
    ],
)
def test_it_can_fail(bug: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each bug that is planted in the engine is found within the examples of the test above."""
    bug(monkeypatch)
    unshrunk = settings(LIVES, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Graphs, settings=unshrunk)
