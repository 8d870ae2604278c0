"""What is called from a program at each run: it is Python as it ever was, at the first call too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
from autograd import as_tensor, tensor
from tests.autograd.compiler.comparison import equal, same, same_steps

ones = np.ones(2)


class Pair(NamedTuple):
    first: Any
    second: Any


def follows(make: Callable[[Any], Callable[..., Any]], backend: str, *args: Any) -> None:
    """Compare three calls, between which a tensor that the function uses gets another array."""
    w = tensor(np.ones(2), requires_grad=True)
    f = make(w)
    compiled = autograd.compile(f, backend=backend)
    for k in range(3):
        w.data = np.full(2, float(k))
        equal(compiled(*args), f(*args))


def test_it_may_change_tensors(backend: str) -> None:
    """Once for each call, not by the program as well."""

    def make() -> Any:
        count = as_tensor(np.zeros(1))

        def tick() -> float:
            count.data += 1
            return 0.0

        return [count], lambda x: x + autograd.callback(tick)

    same_steps(make, backend, (ones,), (ones,), (ones,))


@pytest.mark.parametrize(
    "make",
    [
        lambda w: lambda x: x + autograd.callback(lambda: np.array((w.detach() * 2).data)),
        lambda w: lambda x: x + autograd.callback(lambda a: float(np.sum((w.detach() * a).data)), x * 2),
        lambda w: lambda x: x + autograd.callback(lambda a: autograd.grad(lambda y: np.sum(y**2 * a))(a), x),
        lambda w: lambda x: x + autograd.callback(autograd.compile(lambda a: a * 3), x),
        lambda w: lambda x: x + autograd.callback(lambda a: np.array(a) * 2, w.detach()),
        lambda w: lambda x: np.sum((w * x).data) * autograd.callback(lambda a: np.array(a).sum(), (w * x).detach()),
        lambda w: lambda x: x + autograd.callback(lambda d, s: d["a"] * s[0], {"a": x * 2}, s=[3.0, x]),
    ],
    ids=["tensor", "tensor and array", "grad", "compiled", "takes a tensor", "takes a traced tensor", "containers"],
)
def test_it_may_compute_with_tensors(make: Any, backend: str) -> None:
    follows(make, backend, ones * 1.5)


def test_nothing_is_being_compiled_inside(backend: str) -> None:
    seen: list[bool] = []

    def look() -> float:
        seen.append(autograd.is_compiling())
        return 1.0

    compiled = autograd.compile(lambda x: x * autograd.callback(look), backend=backend)
    compiled(ones)
    compiled(ones)
    assert seen == [False, False]


RESULTS = [
    lambda a: a, lambda a: (a, 2.0), lambda a: Pair(a, np.float32(2)), lambda a: [a, True], lambda a: (a.sum(), 3, a),
]  # fmt: skip


@pytest.mark.parametrize("result", RESULTS)
def test_results_of_all_kinds(result: Any, backend: str) -> None:
    """Arrays and numbers, and tuples of them; whether it takes something traced or not."""

    def total(found: Any) -> Any:
        return found * 2 if not isinstance(found, tuple | list) else found[0] * 2 + found[1]

    same(lambda x: x + total(autograd.callback(lambda: result(np.ones(2, np.float32)))), backend, ones)
    same(lambda x: x + total(autograd.callback(result, x * 2)), backend, ones)


def test_a_program_may_call_itself_in_between(backend: str) -> None:
    """Each run has memory of its own."""

    def f(x: Any, depth: Any) -> Any:
        y = np.tanh(x @ x.T) * depth
        inner = autograd.callback(lambda y, d: np.array(run(y, d - 1)) if d > 0 else y * 0, y, depth)
        return np.cumsum(y, axis=0) + inner

    x, depth = np.arange(9.0).reshape(3, 3) * 0.1, np.float64(3)
    run: Callable[..., Any] = f
    wanted = f(x, depth)
    run = autograd.compile(f, backend=backend)
    equal(run(x, depth), wanted)
    equal(run(x, depth), wanted)


def test_what_it_raises_comes_through_and_nothing_has_changed(backend: str) -> None:
    w = as_tensor(np.zeros(2))

    def look(a: Any) -> Any:
        if a.sum() > 10:
            raise KeyError("ours")
        return a

    def step(x: Any) -> None:
        w.data += autograd.callback(look, x * 2)

    compiled = autograd.compile(step, backend=backend)
    compiled(ones)
    with pytest.raises(KeyError, match="ours"):
        compiled(ones * 10)
    assert w.data.tolist() == [2, 2]
    compiled(ones)
    assert w.data.tolist() == [4, 4]


def test_one_that_raises_while_recording(backend: str) -> None:
    """Leaves no program, and the next call records."""
    answers = iter([None, 2.0, 2.0])

    def look() -> Any:
        answer = next(answers)
        if answer is None:
            raise KeyError("not yet")
        return answer

    compiled = autograd.compile(lambda x: x * autograd.callback(look), backend=backend)
    with pytest.raises(KeyError, match="not yet"):
        compiled(ones)
    assert not compiled.programs
    assert compiled(ones).tolist() == compiled(ones).tolist() == [2, 2]
