"""Tensors that share arrays with each other or with the outside, and gradients that are there before a call."""

from __future__ import annotations

import contextlib
import copy
import gc
import signal
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import as_tensor, tensor
from tests.autograd.compiler.comparison import equal, same_steps

ones = np.ones(3)


def leaf(*values: float) -> Any:
    return tensor(np.array(values or (1.0, 2.0, 3.0)), requires_grad=True)


# --- one array, several tensors ---------------------------------------------------------------------------------------


def test_a_shared_array_is_shared_until_one_tensor_has_another(backend: str) -> None:
    def make() -> Any:
        a = as_tensor(np.ones(3))
        b = a.detach()

        def f(step: str, x: Any) -> Any:
            if step == "write":
                a.data += x
            return a.data * x + b.data * 100

        return [a, b], f

    same_steps(make, backend, ("read", ones), ("write", ones), ("read", ones), ("write", ones))
    theirs, eager = make()
    ours, step = make()
    compiled = autograd.compile(step, backend=backend)
    for k, args in enumerate([("read", ones), ("write", ones), ("read", ones)]):
        equal(compiled(*args), eager(*args))
        ours[k % 2].data = theirs[k % 2].data = np.full(3, 7.0 + k)
        equal(compiled(*args), eager(*args))
        equal(ours, theirs)


def test_a_tensor_that_is_given_an_array_leaves_the_other_alone(backend: str) -> None:
    """Which a program that writes into the array cannot do: it is refused."""

    def make() -> Any:
        a = as_tensor(np.ones(3))
        before = a.detach()

        def f(x: Any) -> Any:
            a.data = a.data - x
            return before * 2.0, a * 2.0

        return [a, before], f

    with pytest.raises(autograd.TraceError, match="share an array"):
        same_steps(make, backend, (ones,))


def test_tensors_on_parts_of_one_array(backend: str) -> None:
    """What is written to one is seen in the other; or it is refused."""

    def make() -> Any:
        flat = np.arange(6.0)
        first, whole = as_tensor(flat[:3]), as_tensor(flat)

        def f(x: Any) -> Any:
            first.data -= x
            return np.sum(whole)

        return [first, whole], f

    try:
        same_steps(make, backend, (ones,), (ones,))
    except autograd.TraceError:
        return


def test_an_argument_may_be_the_array_of_a_tensor_that_is_written_to(backend: str) -> None:
    """It is read as it was when the call began, as far as that is so without a program."""
    start = np.arange(9.0).reshape(3, 3)
    results = []
    for compiled in (False, True):
        w = as_tensor(start.copy())

        def f(x: Any, w: Any = w) -> Any:
            product = np.exp(x * 0.1) @ x
            w.data = w.data + 1
            return product

        step = autograd.compile(lambda x, f=f: f(x), backend=backend) if compiled else f
        results.append([step(w.data), step(w.data), w])
    equal(results[1], results[0])


def test_one_tensor_as_two_arguments(backend: str) -> None:
    def f(a: Any, b: Any) -> Any:
        a.data += 1
        return b * 2.0

    results = []
    for step in (f, autograd.compile(f, backend=backend)):
        a, b = as_tensor(np.ones(3)), as_tensor(np.ones(3))
        results.append([step(a, b), step(a, a), step(b, a), a, b])
    equal(results[1], results[0])


def test_a_tensor_that_is_written_to_is_no_argument_too(backend: str) -> None:
    """It would be another one to a program."""
    w, v = as_tensor(np.ones(3)), as_tensor(np.ones(3))

    def f(a: Any) -> Any:
        w.data += 1
        return a * 2.0

    def g(a: Any) -> Any:
        a.data += 1
        return w * 2.0

    for function in (f, g):
        with pytest.raises(autograd.TraceError, match="argument"):
            autograd.compile(function, backend=backend)(w)
        compiled = autograd.compile(function, backend=backend)
        compiled(v)
        with pytest.raises(RuntimeError, match="argument 0"):
            compiled(w)


def test_a_tensor_made_inside_is_written_to(backend: str) -> None:
    """One that is kept goes on to be what it was left as; one that is not would begin anew, and is refused."""
    kept: list[Any] = []

    def lazily(x: Any) -> Any:
        if not kept:
            kept.append(as_tensor(np.zeros(3)))
        kept[0].data += x
        return kept[0] * 1.0

    def anew(x: Any) -> Any:
        t = as_tensor(np.zeros(3))
        t.data += x
        return t * 1.0

    compiled = autograd.compile(lazily, backend=backend)
    assert [compiled(ones).data.tolist() for _ in range(2)] == [[1, 1, 1], [2, 2, 2]]
    with pytest.raises(autograd.TraceError, match="makes from a plain array"):
        autograd.compile(anew, backend=backend)(ones)


def test_one_parameter_as_two_arguments_has_one_gradient(backend: str) -> None:
    compiled = autograd.compile(lambda a, b: np.sum(a * b * b).backward(), backend=backend)
    w = leaf()
    compiled(w, w)
    np.testing.assert_allclose(w.grad, 3 * w.data**2)


def test_a_tensor_on_a_strided_part_writes_to_the_whole(backend: str) -> None:
    base = np.zeros((3, 2))
    w = as_tensor(base[:, 0])

    def f(x: Any) -> None:
        w.data += x

    compiled = autograd.compile(f, backend=backend)
    compiled(1.0)
    assert base.tolist() == [[1, 0], [1, 0], [1, 0]]
    base[0, 0] = 5
    compiled(1.0)
    assert base.tolist() == [[6, 0], [2, 0], [2, 0]]


@pytest.mark.parametrize("table", [np.ones(3), np.ones(6)[::2], np.array(1.0)], ids=["in order", "strided", "0-d"])
def test_arrays_of_the_outside_are_read_at_each_call(table: Any, backend: str) -> None:
    compiled = autograd.compile(lambda x: x * table, backend=backend)
    for value in (2.0, 3.0):
        table[...] = value
        assert compiled(ones).tolist() == [value] * 3


READS = {
    "tensor": lambda w, x: tensor(w) * x, "deepcopy": lambda w, x: copy.deepcopy(w) * x,
    "copy": lambda w, x: copy.copy(w) * x, "numpy": lambda w, x: w.numpy() * x,
    "asarray": lambda w, x: np.asarray(w) * x, "float32": lambda w, x: as_tensor(w, dtype=np.float32) * x,
    "element": lambda w, x: w[0] * x,
    "hvp": lambda w, x: autograd.hvp(lambda y: np.sum(y**3), (x,), (w,)),
    "jvp": lambda w, x: autograd.jvp(lambda y: np.sum(y**3), (x,), (w,)),
    "vjp": lambda w, x: autograd.vjp(lambda y: y**3, x)[1](w), "where": lambda w, x: np.where(w > 2, x, -x),
    "index": lambda w, x: as_tensor(x * 5)[w.detach().astype(int) % 3],
}  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_tensors_of_the_outside_are_read_at_each_call(name: str, backend: str) -> None:
    """However they come in; a way that would read them once only is refused."""
    w, x = as_tensor(ones.copy()), np.array([0.5, 1.0, 1.5])
    read = READS[name]
    compiled = autograd.compile(lambda x: read(w, x), backend=backend)
    for change in (lambda: None, lambda: w.data.fill(2.0), lambda: setattr(w, "data", np.array([4.0, 5.0, 6.0]))):
        change()
        try:
            found = compiled(x)
        except autograd.TraceError:
            return
        equal(found, read(w, x))


def test_an_index_that_is_a_tensor_is_read_at_each_call(backend: str) -> None:
    index = tensor([0, 2])
    compiled = autograd.compile(lambda x: as_tensor(x)[index], backend=backend)
    x = np.arange(3.0)
    for change in ([0, 2], [1, 1]):
        index.data = np.array(change)
        assert compiled(x).data.tolist() == x[change].tolist()


def test_a_cotangent_that_is_a_tensor_is_read_at_each_call(backend: str) -> None:
    w, g = leaf(), as_tensor(ones.copy())

    def f(x: Any) -> Any:
        w.grad = None
        (w * x).backward(g)
        return w.grad

    compiled = autograd.compile(f, backend=backend)
    for value in (1.0, 5.0):
        g.data = np.full(3, value)
        assert compiled(ones).tolist() == [value] * 3


# --- stores -----------------------------------------------------------------------------------------------------------


def test_stores_from_calls_and_others_do_not_see_each_other(backend: str) -> None:
    """What is read was read before anything is written to, whatever computes it."""

    def make() -> Any:
        w, v, u = as_tensor(np.arange(1.0, 4)), as_tensor(np.zeros(3)), as_tensor(np.ones(3))

        def f(x: Any) -> Any:
            old = w.data * 1.0
            w.data = np.cumsum(w.data)
            v.data = old
            u.data, v.data = v.data + x, u.data
            w.data[1:] = w.data[:-1] * 0.5
            return old

        return [w, v, u], f

    same_steps(make, backend, (ones,), (ones * 2,), (ones,))


def test_tensors_without_axes(backend: str) -> None:
    """Given what a call, a sum, an argument or a plain number is."""

    def make() -> Any:
        tensors = [tensor(0.0) for _ in range(5)]
        a, b, c, d, e = tensors

        def f(x: Any, rate: Any) -> Any:
            a.data = np.median(x)
            b.data = 0.9 * b.data + 0.1 * np.cumsum(x)[-1]
            c.data += np.sum(x * rate)
            d.data = rate
            e.data = e.data * 0.5 + 1
            return a * b + c.data * d.data * e.data

        return tensors, f

    same_steps(make, backend, (ones, 0.5), (ones * 2, 0.25), (ones, 0.5))


@pytest.mark.parametrize("n", [4, 9000])
def test_a_tensor_is_turned_around_in_place(n: int, backend: str) -> None:
    def make() -> Any:
        w, u, s = as_tensor(np.arange(float(n))), as_tensor(np.ones(n)), as_tensor(np.arange(9.0).reshape(3, 3))

        def f(x: Any) -> Any:
            w.data = w.data[::-1] + x
            u.data += w.data[::-1] * 0.5
            w.data[1:] = w.data[:-1] * 0.25
            s.data = s.data.T * 2 + s.data[0]
            return np.sum(u), s.data[0] * 1.0

        return [w, u, s], f

    x = np.linspace(0, 1, n)
    same_steps(make, backend, (x,), (x,), (x,))


def test_assigning_values_of_another_kind(backend: str) -> None:
    """They are cast as without a program; another shape is an error."""

    def make() -> Any:
        whole = tensor(np.ones(3, int))
        single = tensor(ones, dtype=np.float32)

        def f(x: Any) -> None:
            whole.data = x * 1.6
            single.data = x / 3

        return [whole, single], f

    same_steps(make, backend, (ones,), (ones * 2,))
    w = as_tensor(ones.copy())

    def broadcasts(x: Any) -> None:
        w.data = x

    with pytest.raises((ValueError, autograd.TraceError), match="shape"):
        autograd.compile(broadcasts, backend=backend)(np.ones(1))
    assert w.data.tolist() == [1, 1, 1]


# --- gradients --------------------------------------------------------------------------------------------------------


def test_a_gradient_of_an_argument_is_cleared(backend: str) -> None:
    def f(p: Any, x: Any) -> None:
        p.grad = None
        np.sum(p * p * x).backward()
        p.data -= 0.1 * p.grad

    p, q = leaf(), leaf()
    compiled = autograd.compile(f, backend=backend)
    for _ in range(3):
        f(p, ones)
        compiled(q, ones)
        equal([q, q.grad], [p, p.grad])


def test_a_gradient_of_before_at_an_argument_counts(backend: str) -> None:
    """Without a program it is added to; a program does so, or says that it cannot."""

    def f(p: Any, x: Any) -> None:
        np.sum(p * x).backward()
        p.data -= p.grad

    p, q = leaf(), leaf()
    compiled = autograd.compile(f, backend=backend)
    for _ in range(2):
        f(p, ones)
        try:
            compiled(q, ones)
        except (autograd.TraceError, RuntimeError) as error:
            assert "before" in str(error)
            return
        equal([q, q.grad], [p, p.grad])


def test_backward_goes_on_behind_an_argument_that_is_no_leaf(backend: str) -> None:
    """To the leaves it was computed from; or it is refused."""
    w, v = leaf(), leaf()

    def f(h: Any) -> None:
        np.sum(h * h).backward()

    f(w * 2)
    try:
        autograd.compile(f, backend=backend)(v * 2)
    except autograd.TraceError:
        return
    equal(v.grad, w.grad)


def test_gradients_that_are_plain_arrays_are_left_behind(backend: str) -> None:
    def make() -> Any:
        w, u, idle = leaf(), leaf(), leaf()

        def f(x: Any) -> None:
            u.grad = np.full(3, 0.5)
            np.sum(w * x).backward(inputs=[w, idle])

        return [w, u, idle], f

    same_steps(make, backend, (ones,), (ones,))


def test_a_gradient_that_is_there_is_another_program_or_refused(backend: str) -> None:
    w = leaf()

    def f(x: Any) -> Any:
        return x * 1.0 if w.grad is None else x + 100

    compiled = autograd.compile(f, backend=backend)
    assert compiled(ones).tolist() == [1, 1, 1]
    w.grad = ones
    try:
        assert compiled(ones).tolist() == [101, 101, 101]
    except (autograd.TraceError, RuntimeError) as error:
        assert "before" in str(error)


def test_gradients_of_gradients_hooks_and_blocks_without_gradients(backend: str) -> None:
    def make() -> Any:
        w, v = leaf(), leaf(3.0, 2.0, 1.0)
        v.register_hook(lambda g: g * 2)

        def f(x: Any) -> Any:
            np.sum(np.sin(w * x) * v).backward(create_graph=True)
            g, w.grad, v.grad = w.grad, None, None
            penalty = np.sum(g * g)
            penalty.backward()
            with autograd.no_grad():
                w[0] = 5.0
                w[1:] = w[1:] - 0.1 * w.grad[1:]
                v.data = v.data - 0.1 * v.grad
            w.grad = v.grad = None
            return penalty.detach()

        return [w, v], f

    same_steps(make, backend, (ones,), (ones * 0.5,), (ones,))


def test_backward_outside_is_of_the_values_of_forward(backend: str) -> None:
    """Though the tensors have been given other arrays in between; it can be done twice."""
    x = np.arange(9.0).reshape(3, 3) - 2
    gradients = []
    for compiled in (False, True):
        w = tensor(np.full((3, 3), 0.3), requires_grad=True)

        def f(x: Any, w: Any = w) -> Any:
            return np.sum(np.tanh(x @ w))

        step = autograd.compile(lambda x, f=f: f(x), backend=backend) if compiled else f
        step(x).backward()
        given = tensor(x, requires_grad=True)
        out = step(given)
        w.data = np.full((3, 3), 7.0)
        out.backward(retain_graph=True)
        out.backward()
        gradients.append([w.grad, given.grad])
    equal(gradients[1], gradients[0])


class Interrupt(Exception):
    """Raised by an alarm, wherever Python is."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no alarms here")
@pytest.mark.parametrize("given_them", [False, True])
def test_an_interrupt_leaves_all_tensors_at_the_same_step(given_them: bool, backend: str) -> None:
    """Whenever it comes: those that a call computes too, copies, choices, and those that are arguments."""
    tensors = [as_tensor(np.zeros(4)) for _ in range(60)]
    values = [lambda t, x: x, lambda t, x: np.where(t > x, t, x), lambda t, x: np.roll(x, 1), lambda t, x: t * 0 + x]

    def step(tensors: Any, x: Any) -> None:
        for i, t in enumerate(tensors):
            t.data = values[i % 4](t.data, x)

    compiled = autograd.compile(step if given_them else lambda _, x: step(tensors, x), backend=backend)
    given = tensors if given_them else None
    compiled(given, np.ones(4))

    def alarm(*_: Any) -> None:
        raise Interrupt

    before, errors = signal.signal(signal.SIGALRM, alarm), np.geterr()
    gc.disable()  # what is raised in a callback of the collector, as Hypothesis has one, is lost
    try:
        x = np.ones(4)
        for k in range(300):
            with contextlib.suppress(Interrupt):
                signal.setitimer(signal.ITIMER_REAL, 1e-4 + k * 1e-6)
                for _ in range(200):
                    x = x + 1
                    compiled(given, x)
                signal.setitimer(signal.ITIMER_REAL, 0)
            steps = {float(v) for t in tensors for v in t.data}
            assert len(steps) == 1, steps
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        np.seterr(**errors)  # which an interrupt may have left as they are inside of a program
        gc.enable()
