"""What cannot be compiled is said with the line and what to write instead, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd
from autograd import TraceError, tensor

outside = np.zeros(3)
state = tensor([1.0, 2.0, 3.0], requires_grad=True)
kept: list[Any] = []


def branches(x: Any) -> Any:
    return x if np.sum(x) > 0 else -x


def asks_for_a_number(x: Any) -> Any:
    return x * np.sum(x).item()


def asks_a_tensor(x: Any) -> Any:
    return x * float(np.sum(state))


def writes_outside(x: Any) -> Any:
    outside[:] = x
    return x


def adds_outside(x: Any) -> Any:
    np.add(x, 1, out=outside)
    return x


def makes_an_array(x: Any) -> Any:
    return np.asarray(x)


def returns_what_is_not_traced(x: Any) -> Any:
    return x, np.ones(3) * 2


def masks(x: Any) -> Any:
    return x[x > 0]


def counts(x: Any) -> Any:
    return np.nonzero(x)


def changes_its_argument(x: Any) -> Any:
    x += 1
    return x


CASES = [
    (branches, "branch on a traced value", "np.where"),
    (asks_for_a_number, "asked for its number", "return it"),
    (asks_a_tensor, "asked for its number", "return it"),
    (writes_outside, "plain NumPy array", r"t\.data = value"),
    (adds_outside, "written into a plain array", r"t\.data"),
    (makes_an_array, "plain NumPy array", "as it is"),
    (returns_what_is_not_traced, "output 1 is a plain array", "callback"),
    (masks, "traced mask", "np.where"),
    (counts, "depends on values", "outside"),
]


@pytest.mark.parametrize(("function", "what", "instead"), CASES, ids=lambda x: getattr(x, "__name__", ""))
def test_the_error_names_the_line_and_what_to_write(
    function: Callable[..., Any], what: str, instead: str, backend: str
) -> None:
    compiled = autograd.compile(function, backend=backend)
    with pytest.raises(TraceError, match=what) as raised:
        compiled(np.array([1.0, -2.0, 3.0]))
    assert "test_errors.py:" in str(raised.value)
    assert len(__import__("re").findall(instead, str(raised.value)))
    assert outside.tolist() == [0, 0, 0]
    assert not compiled.programs


def test_an_argument_changed_in_place_is_refused(backend: str) -> None:
    x = np.zeros(3)
    with pytest.raises(TraceError, match="argument 0, a plain array, is changed in place"):
        autograd.compile(changes_its_argument, backend=backend)(x)
    assert not x.any()


def test_an_outside_array_changed_behind_the_program_is_noticed(backend: str) -> None:
    table = np.ones(3)

    def f(x: Any) -> Any:
        y = x * table
        table[0] = 5
        return y

    with pytest.raises(TraceError, match="was changed in place"):
        autograd.compile(f, backend=backend)(np.ones(3))


def test_a_traced_array_that_is_kept_says_so(backend: str) -> None:
    def keeps(x: Any) -> Any:
        kept.append(x)
        return x * 2

    autograd.compile(keeps, backend=backend)(np.ones(2))
    with pytest.raises(TraceError, match="earlier trace"):
        kept[-1] + 1


def test_a_failed_trace_changes_nothing(backend: str) -> None:
    w = tensor([1.0, 2.0], requires_grad=True)
    w.grad = np.array([9.0, 9.0])

    def step(x: Any) -> Any:
        w.grad = None
        loss = np.sum(w * x)
        loss.backward()
        w.data -= w.grad
        return x if loss > 0 else -x

    with pytest.raises(TraceError):
        autograd.compile(step, backend=backend)(np.ones(2))
    assert w.grad.tolist() == [9, 9]
    assert w.data.tolist() == [1, 2]
    assert (w + 1).data.tolist() == [2, 3]


def test_errors_of_the_function_itself_come_through(backend: str) -> None:
    with pytest.raises(ValueError, match="matmul"):
        autograd.compile(lambda x: x @ autograd.tensor(np.ones((4, 2))), backend=backend)(np.ones((2, 3)))


def test_an_unknown_back_end() -> None:
    with pytest.raises(ValueError, match="backend must be one of"):
        autograd.compile(lambda x: x, backend="gpu")


MORE = [
    (lambda x: x if x[0] in (1.0, 2.0) else -x, "branch on a traced value"),
    (lambda x: x * [1, 2, 3][np.argmax(x)], "asked for its number"),
    (lambda x: x[: int(np.sum(x))], "asked for its number"),
    (lambda x: sum(i for i in range(x)), "asked for its number"),
    (lambda x: np.array([x, x]) * 2, "plain NumPy array"),
    (lambda x: np.unique(x), "depends on values"),
    (lambda x: np.where(x > 0)[0], "depends on values"),
    (lambda x: x * np.array_equal(x, x), "Python would see"),
    (lambda x: autograd.callback(lambda: "text"), "callback"),
    (lambda x: x * (state.data[0] > 0 and 2), "branch on a traced value"),
]


@pytest.mark.parametrize(("function", "what"), MORE)
def test_more_that_a_program_cannot_do(function: Callable[..., Any], what: str, backend: str) -> None:
    with pytest.raises(TraceError, match=what) as raised:
        autograd.compile(function, backend=backend)(np.array([1.0, -2.0, 3.0]))
    assert "test_errors.py:" in str(raised.value)


IN_PLACE = [
    lambda x: np.fill_diagonal(x, 0), lambda x: np.put(x, [0], 9), lambda x: np.place(x, x > 0, 9),
    lambda x: np.putmask(x, np.eye(3) > 0, 9), lambda x: np.nan_to_num(x, copy=False), lambda x: x.sort(),
    lambda x: x.fill(0),
]  # fmt: skip


@pytest.mark.parametrize("function", IN_PLACE)
@pytest.mark.parametrize("of_a_tensor", [False, True])
def test_what_numpy_does_in_place_is_not_done_while_recording(
    function: Callable[..., Any], of_a_tensor: bool, backend: str
) -> None:
    """To an array of the user's: it is refused, or done by the program."""
    x = np.arange(9.0).reshape(3, 3) - 4
    w = autograd.as_tensor(x.copy())

    def f(x: Any) -> Any:
        function(w.data if of_a_tensor else x)
        return x * 1

    with pytest.raises((TraceError, AttributeError, ValueError, TypeError)):
        autograd.compile(f, backend=backend)(x)
    np.testing.assert_array_equal(x, np.arange(9.0).reshape(3, 3) - 4)
    np.testing.assert_array_equal(w.data, x)


def test_an_error_outside_the_program_still_names_the_line(backend: str) -> None:
    """Of a callback that gives another shape than it did."""
    sizes = iter([3, 3, 4])
    compiled = autograd.compile(lambda x: x + autograd.callback(lambda: np.ones(next(sizes))), backend=backend)
    for _ in range(2):
        assert compiled(np.ones(3)).tolist() == [2, 2, 2]
    with pytest.raises((RuntimeError, ValueError)):
        compiled(np.ones(3))
