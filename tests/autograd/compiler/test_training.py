"""Whole training steps as one program: in-place updates, gradients left behind, state, and what goes wrong."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import tensor

Step = Callable[..., Any]


def classifier(seed: int = 0) -> tuple[list[Any], Any, Any]:
    rng = np.random.default_rng(seed)
    parameters = [
        tensor(rng.standard_normal(s) * 0.5, requires_grad=True, dtype=np.float32) for s in ((4, 8), (8,), (8, 3), (3,))
    ]
    return parameters, rng.standard_normal((6, 4)).astype(np.float32), np.array([0, 2, 1, 1, 0, 2])


def loss_of(parameters: list[Any], x: Any, labels: Any) -> Any:
    w, b, v, c = parameters
    z = autograd.relu(x @ w + b) @ v + c
    return -np.mean(autograd.log_softmax(z)[np.arange(len(labels)), labels])


def sgd(parameters: list[Any], x: Any, labels: Any) -> Any:
    loss = loss_of(parameters, x, labels)
    loss.backward()
    for p in parameters:
        p.data -= 0.1 * p.grad
        p.grad = None
    return loss


def clipped_adam() -> Step:
    state: dict[int, list[Any]] = {}
    count = tensor(0.0)

    def step(parameters: list[Any], x: Any, labels: Any) -> Any:
        loss = loss_of(parameters, x, labels) + 0.01 * sum(np.sum(p * p) for p in parameters)
        loss.backward()
        norm = np.sqrt(sum(np.sum(p.grad**2) for p in parameters))
        count.data += 1
        for p in parameters:
            if id(p) not in state:
                state[id(p)] = [autograd.as_tensor(np.zeros_like(p.detach().numpy())) for _ in range(2)]
            m, v = state[id(p)]
            g = p.grad * np.where(norm > 0.5, 0.5 / norm, 1.0)
            m.data += 0.1 * (g - m.data)
            v.data += 0.001 * (g * g - v.data)
            rate = 0.01 * np.sqrt(1 - 0.999**count.data) / (1 - 0.9**count.data)
            p.data -= rate * m.data / (np.sqrt(v.data) + 1e-7)
            p.grad = None
        return loss

    return step


@pytest.mark.parametrize("make", [lambda: sgd, clipped_adam], ids=["sgd", "clipped Adam"])
def test_steps_are_those_without_a_program(make: Callable[[], Step], backend: str) -> None:
    ours, x, labels = classifier()
    theirs = classifier()[0]
    eager, start = make(), make()
    for p in ours:  # the state is made before
        p.grad = None
    if start is not sgd:
        start(classifier(1)[0], x, labels)
    step = autograd.compile(lambda x, labels: eager_step(x, labels), backend=backend)
    twin = make()
    if twin is not sgd:
        _make_state(twin, ours, x, labels)
        _make_state(eager, theirs, x, labels)

    def eager_step(x: Any, labels: Any) -> Any:
        return twin(ours, x, labels)

    for _ in range(5):
        assert float(step(x, labels).item()) == pytest.approx(float(eager(theirs, x, labels).item()), rel=1e-5)
    for p, q in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=2e-5, atol=2e-6)
    assert len(step.programs) == 1


def _make_state(step: Step, parameters: list[Any], x: Any, labels: Any) -> None:
    """Let a step make its arrays of state, and put the parameters back."""
    before = [p.data.copy() for p in parameters]
    step(parameters, x, labels)
    for p, value in zip(parameters, before, strict=True):
        p.data = value


def test_a_parameter_with_another_array_is_found_again(backend: str) -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    double = autograd.compile(lambda x: np.sum(w.detach() * x), backend=backend)
    assert double(np.array([1.0, 1.0])).item() == 3
    w.data = np.array([5.0, 5.0])
    assert double(np.array([1.0, 1.0])).item() == 10
    w.data += 1
    assert double(np.array([1.0, 1.0])).item() == 12
    with autograd.no_grad():
        w[0] = 0.0
    assert double(np.array([1.0, 1.0])).item() == 6


def test_a_tensor_may_stand_on_a_part_of_an_array(backend: str) -> None:
    """Whose other parts stay as they are, and whose changes from outside are seen."""
    table = np.arange(12.0).reshape(3, 4)
    column = autograd.as_tensor(table[:, 1])

    def step(x: Any) -> Any:
        column.data += x
        return np.sum(column)

    compiled = autograd.compile(step, backend=backend)
    assert compiled(np.ones(3)).item() == 18
    table[0, 1] = 100
    assert compiled(np.ones(3)).item() == 119
    assert table.tolist() == [[0, 101, 2, 3], [4, 7, 6, 7], [8, 11, 10, 11]]


def test_gradients_are_left_behind_and_added(backend: str) -> None:
    w = tensor([1.0, 2.0], requires_grad=True)

    def backward(x: Any) -> None:
        np.sum(w * x).backward()

    compiled = autograd.compile(backward, backend=backend)
    for times in (1, 2, 3):
        compiled(np.array([3.0, 4.0]))
        np.testing.assert_array_equal(w.grad, np.array([3.0, 4.0]) * times)
    w.grad = None
    compiled(np.array([3.0, 4.0]))
    np.testing.assert_array_equal(w.grad, [3.0, 4.0])


def test_a_gradient_of_before_is_not_mixed_up_with_one_that_is_read(backend: str) -> None:
    w = tensor([1.0], requires_grad=True)
    w.grad = np.array([7.0])

    def step(x: Any) -> None:
        np.sum(w * x).backward()
        w.data -= w.grad

    compiled = autograd.compile(step, backend=backend)
    with pytest.raises(autograd.TraceError, match=r"Set \.grad to None"):
        compiled(np.array([3.0]))
    assert w.grad.tolist() == [7.0]
    assert w.data.tolist() == [1.0]


def test_tensors_of_arguments_are_updated(backend: str) -> None:
    p, q = tensor([1.0], requires_grad=True), tensor([5.0], requires_grad=True)

    def step(parameter: Any, x: Any) -> Any:
        loss = np.sum(parameter * parameter * x)
        loss.backward()
        return loss

    compiled = autograd.compile(step, backend=backend)
    assert compiled(p, np.array([1.0])).item() == 1
    assert compiled(q, np.array([1.0])).item() == 25
    assert (p.grad.tolist(), q.grad.tolist()) == ([2.0], [10.0])
    assert len(compiled.programs) == 1


def test_gradients_of_arguments_are_set_or_added(backend: str) -> None:
    """As the function says: onto what was there before, or in its place."""

    def adds(parameter: Any) -> None:
        np.sum(parameter * 3.0).backward()

    def sets(parameter: Any) -> None:
        parameter.grad = None
        np.sum(parameter * 3.0).backward()

    for function, wanted in ((adds, 5.0), (sets, 3.0)):
        compiled = autograd.compile(function, backend=backend)
        for _ in range(2):
            p = tensor([1.0], requires_grad=True)
            p.grad = np.array([2.0])
            compiled(p)
            assert p.grad.tolist() == [wanted]


def test_tensors_can_swap_their_values(backend: str) -> None:
    a, b = tensor([1.0, 2.0]), tensor([3.0, 4.0])

    def swap() -> None:
        a.data, b.data = b.data, a.data

    compiled = autograd.compile(swap, backend=backend)
    compiled()
    assert (a.data.tolist(), b.data.tolist()) == ([3.0, 4.0], [1.0, 2.0])
    compiled()
    assert (a.data.tolist(), b.data.tolist()) == ([1.0, 2.0], [3.0, 4.0])


def test_elements_of_a_tensor_are_assigned(backend: str) -> None:
    state = tensor(np.zeros((3, 2)))

    def note(x: Any) -> Any:
        state[1] = x
        state[0] += 1
        return np.sum(state)

    compiled = autograd.compile(note, backend=backend)
    assert [compiled(np.array([1.0, 2.0])).item() for _ in range(2)] == [5, 7]
    assert state.data.tolist() == [[2, 2], [1, 2], [0, 0]]


def test_what_is_written_to_a_part_is_seen_in_the_whole(backend: str) -> None:
    def f(x: Any) -> Any:
        y = x * 1.0
        row = y[1]
        row += 10
        y[0] *= 2
        return y, row, y[0]

    x = np.arange(6.0).reshape(3, 2)
    for a, b in zip(autograd.compile(f, backend=backend)(x), f(x), strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_has_changed_when_a_check_fails(backend: str) -> None:
    w = tensor([1.0, 2.0], requires_grad=True)

    def step(x: Any) -> Any:
        loss = np.sum(w * x)
        autograd.require(np.isfinite(loss), FloatingPointError("not finite"))
        loss.backward()
        w.data -= w.grad
        w.grad = None
        return loss

    compiled = autograd.compile(step, backend=backend)
    compiled(np.array([1.0, 1.0]))
    before = w.data.copy()
    with pytest.raises(FloatingPointError, match="not finite"):
        compiled(np.array([np.nan, 1.0]))
    np.testing.assert_array_equal(w.data, before)
    assert w.grad is None
    compiled(np.array([1.0, 1.0]))
    np.testing.assert_array_equal(w.data, before - 1)


def test_an_error_inside_leaves_everything_as_it_was(backend: str) -> None:
    """A singular matrix is found when the program runs: before it writes."""
    w = tensor(np.eye(2), requires_grad=True)

    def step(a: Any) -> Any:
        loss = np.sum(np.linalg.solve(a, w))
        loss.backward()
        w.data -= w.grad
        w.grad = None
        return loss

    compiled = autograd.compile(step, backend=backend)
    compiled(np.eye(2) * 2)
    before = w.data.copy()
    with pytest.raises(np.linalg.LinAlgError):
        compiled(np.zeros((2, 2)))
    np.testing.assert_array_equal(w.data, before)
    assert w.grad is None


def test_writing_is_last_and_in_one_go() -> None:
    """Behind the first write to a tensor of the outside stand only calls of C, between which no interrupt can fall."""
    ours, x, labels = classifier()
    step = autograd.compile(lambda x, labels: sgd(ours, x, labels), backend="numpy")
    step(x, labels)
    lines = step.programs[0].source.partition("commit = [")[2].partition("\n    ]")[0].splitlines()
    first = next(i for i, line in enumerate(lines) if " to" in line)
    *writes, back = lines[first:]
    assert writes
    assert all(line.strip().startswith("(subtract,") and " to" in line for line in writes)
    assert back.strip() == "*back,"  # which are calls of setitem


def test_random_numbers_are_drawn_at_each_call(backend: str) -> None:
    """From the generator, as they would be without a program."""

    def f(rng: Any) -> Step:
        return lambda x: x * (autograd.callback(rng.random, x.shape) > 0.5) * 2

    x = np.ones(20)
    eager, compiled = f(np.random.default_rng(0)), autograd.compile(f(np.random.default_rng(0)), backend=backend)
    for _ in range(4):
        np.testing.assert_array_equal(compiled(x), eager(x))


def test_a_callback_sees_arrays(backend: str) -> None:
    seen = []

    def look(a: Any) -> Any:
        seen.append(a.copy())
        return a.sum()

    compiled = autograd.compile(lambda x: autograd.callback(look, x * 2) + np.sum(x), backend=backend)
    assert [float(compiled(np.array([k, 1.0]))) for k in (1.0, 2.0)] == [6, 9]
    assert [a.tolist() for a in seen] == [[2, 2], [4, 2]]


def test_threads_do_not_see_each_other(backend: str) -> None:
    compiled = autograd.compile(lambda x: np.sum(np.tanh(x @ x.T), axis=0) * 2.0, backend=backend)
    inputs = [np.random.default_rng(k).standard_normal((40, 30)) for k in range(4)]
    wanted = [np.sum(np.tanh(x @ x.T), axis=0) * 2.0 for x in inputs]
    compiled(inputs[0])
    wrong = []

    def run(k: int) -> None:
        wrong.extend(k for _ in range(200) if not np.allclose(compiled(inputs[k]), wanted[k], rtol=1e-10))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# --- results that are differentiated outside --------------------------------------------------------------------------


def test_results_can_be_differentiated(backend: str) -> None:
    """By tensors it uses and by arguments, leaves or not; of several results, one of them twice."""
    w = tensor(np.random.default_rng(0).standard_normal((4, 3)), requires_grad=True)

    def f(x: Any) -> Any:
        h = np.tanh(x @ w)
        return h, {"sum": np.sum(h * h), "shape": h.shape}

    compiled = autograd.compile(f, backend=backend)
    data = np.random.default_rng(1).standard_normal((5, 4))
    for make in (lambda: data, lambda: tensor(data, requires_grad=True)):
        found = []
        for function in (f, compiled, compiled):
            w.grad, x = None, make()
            h, rest = function(x)
            (np.sum(h * 2) + rest["sum"] * rest["sum"]).backward()
            found.append((w.grad, x.grad if isinstance(x, autograd.Tensor) else None))
        for gradients in found[1:]:
            for g, wanted in zip(gradients, found[0], strict=True):
                assert (g is None) == (wanted is None)
                assert g is None or np.allclose(g, wanted, rtol=1e-12)


def test_transforms_of_a_compiled_function(backend: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.sin(x) ** 2)

    compiled, x = autograd.compile(f, backend=backend), np.array([0.5, 1.0, 2.0])
    np.testing.assert_allclose(autograd.grad(compiled)(x), autograd.grad(f)(x), rtol=1e-12)
    np.testing.assert_allclose(autograd.hessian(compiled)(x), autograd.hessian(f)(x), rtol=1e-12)
    np.testing.assert_allclose(autograd.jvp(compiled, (x,), (x,))[1], autograd.jvp(f, (x,), (x,))[1], rtol=1e-12)


def test_a_dropout_of_forward_is_that_of_backward(backend: str) -> None:
    """What a callback has given is kept for the gradient, and not drawn again."""
    rng = np.random.default_rng(0)
    dropped = autograd.compile(lambda x: x * (autograd.callback(rng.random, 50) > 0.5), backend=backend)
    for _ in range(3):
        x = tensor(np.ones(50), requires_grad=True)
        out = dropped(x)
        np.sum(out).backward()
        np.testing.assert_array_equal(x.grad, out.data)


# --- nn ---------------------------------------------------------------------------------------------------------------


def network(jit: Any, optimizer: Any = "adam") -> Any:
    nn.set_random_seed(0)
    model = nn.Sequential([
        nn.Input((10,)), nn.Dense(8, activation="relu", kernel_regularizer="l2", kernel_constraint="max_norm"),
        nn.BatchNormalization(), nn.Dropout(0.2), nn.Dense(3, activation="softmax"),
    ])  # fmt: skip
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=jit)
    return model


OPTIMIZERS = [
    "sgd", "rmsprop", "adam", "adamw", "nadam", "adamax", "adagrad", "adadelta", "lion",
    nn.optimizers.SGD(0.05, momentum=0.9, nesterov=True), nn.optimizers.Adam(global_clipnorm=0.1, amsgrad=True),
    nn.optimizers.RMSprop(centered=True, momentum=0.5, clipvalue=0.01),
    nn.optimizers.SGD(nn.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5), weight_decay=0.01, clipnorm=0.1),
]  # fmt: skip


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o if isinstance(o, str) else o.name)
def test_fit_by_programs_is_fit(optimizer: Any) -> None:
    """With all optimisers, clipping, schedules, regularisers, constraints, dropout, means; a smaller last batch."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((75, 10)).astype(np.float32), rng.integers(0, 3, 75)
    weights, histories = [], []
    for jit in (False, True):
        model = network(jit, copy.deepcopy(optimizer))
        histories.append(model.fit(x, y, epochs=3, verbose=0).history)
        weights.append(model.get_weights())
        assert model.optimizer.iterations == 9
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)
    assert len(model._programs._step.programs) == 2
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-4, atol=1e-5)
