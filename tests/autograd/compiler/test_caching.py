"""When a function is recorded anew, and when not."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd
import nn
from autograd import tensor


def test_by_shapes_dtypes_and_static_arguments(backend: str) -> None:
    compiled = autograd.compile(lambda x, n=2, name="a": x * n if name == "a" else x, backend=backend)
    for args, options, programs in (
        ((np.ones(3),), {}, 1), ((np.zeros(3),), {}, 1), ((np.ones(4),), {}, 2), ((np.ones(3, np.float32),), {}, 3),
        ((np.ones(3), 3), {}, 4), ((np.ones(3), 3), {}, 4), ((np.ones(3),), {"n": 3}, 5),
        ((np.ones(3),), {"name": "b"}, 6), ((tensor(np.ones(3)),), {}, 7),
    ):  # fmt: skip
        compiled(*args, **options)
        assert len(compiled.programs) == programs
    compiled.clear()
    assert not compiled.programs
    assert compiled(np.ones(3)).tolist() == [2, 2, 2]


def test_numbers_with_a_point_are_not_static(backend: str) -> None:
    compiled = autograd.compile(lambda x, rate: x * rate, backend=backend)
    assert [float(compiled(np.ones(1, np.float32), rate)[0]) for rate in (0.5, 2.0, 4.0)] == [0.5, 2, 4]
    assert compiled(np.ones(1, np.float32), 0.5).dtype == np.float32
    assert len(compiled.programs) == 1


class Pair(NamedTuple):
    first: Any
    second: Any


def test_containers_keep_their_kind(backend: str) -> None:
    def f(tree: dict[str, Any]) -> Any:
        return {"sum": tree["pair"].first + tree["list"][0], "again": (tree["pair"], [None, 3, "text"])}

    tree = {"pair": Pair(np.ones(2), tensor([1.0, 2.0])), "list": [np.float64(3.0)]}
    found = autograd.compile(f, backend=backend)(tree)
    assert found["sum"].tolist() == [4, 4]
    assert found["again"][0].second is tree["pair"].second
    assert isinstance(found["again"][0], Pair)
    assert found["again"][1] == [None, 3, "text"]


def test_recording_too_often_is_warned_about(backend: str) -> None:
    compiled = autograd.compile(lambda x: x + 1, backend="numpy")
    with pytest.warns(UserWarning, match="recorded for 8 kinds of arguments"):
        for n in range(1, 9):
            compiled(np.ones(n))
    assert backend


def test_what_a_function_looks_at_beside_is_guarded(backend: str) -> None:
    settings = {"scale": 2.0}
    compiled = autograd.compile(lambda x: x * autograd.guarded(lambda: settings["scale"]), backend=backend)
    assert compiled(np.ones(1)).tolist() == [2]
    settings["scale"] = 3.0
    assert compiled(np.ones(1)).tolist() == [3]
    settings["scale"] = 2.0
    assert compiled(np.ones(1)).tolist() == [2]
    assert len(compiled.programs) == 2


def test_a_layer_that_trains_is_another_program(backend: str) -> None:
    model = nn.Sequential([nn.Input((4,)), nn.Dropout(0.5, seed=0)])
    compiled = autograd.compile(lambda x: model(x).data, backend=backend)
    x = np.ones((2, 4), np.float32)
    model.eval()
    assert compiled(x).tolist() == x.tolist()
    model.train()
    assert sorted({float(v) for v in compiled(np.ones((50, 4), np.float32)).ravel()}) == [0, 2]
    model.eval()
    assert compiled(x).tolist() == x.tolist()


def test_grad_mode_is_another_program(backend: str) -> None:
    w = tensor([2.0], requires_grad=True)
    compiled = autograd.compile(lambda x: w * x, backend=backend)
    assert compiled(np.ones(1)).requires_grad
    with autograd.no_grad():
        assert not compiled(np.ones(1)).requires_grad


def test_inside_another_program_it_is_part_of_it(backend: str) -> None:
    inner = autograd.compile(lambda x: np.tanh(x), backend=backend)
    outer = autograd.compile(lambda x: np.sum(inner(x) * 2), backend=backend)
    assert float(outer(np.ones(2))) == pytest.approx(4 * np.tanh(1))
    assert (len(inner.programs), len(outer.programs)) == (0, 1)


def test_as_a_decorator() -> None:
    @autograd.compile
    def plain(x: Any) -> Any:
        """Twice."""
        return x * 2

    @autograd.compile(backend="numpy")
    def numpys(x: Any) -> Any:
        return x * 2

    assert plain.__doc__ == "Twice."
    assert plain(np.ones(1)).tolist() == numpys(np.ones(1)).tolist() == [2]
    assert numpys.programs[0].backend == "numpy"


def test_a_program_can_be_read(backend: str) -> None:
    def f(x: Any) -> Any:
        return np.sum(np.tanh(x * 1) ** 2) + 0 * 3

    compiled = autograd.compile(f, backend=backend)
    compiled(np.ones((4, 5)))
    (program,) = compiled.programs
    assert "tanh(" in program.source
    assert "# [4, 5] float64" in program.source
    stats = program.stats()
    assert stats["backend"] == backend
    assert stats["operations"] < stats["recorded"]
    assert stats["bytes planned"] <= stats["bytes naive"]
    assert program.passes[0][0] == "as recorded"
    assert (program.native_source is None) == (backend == "numpy")
    assert "float64[4, 5]" in repr(program)


def test_two_threads_record_once(backend: str) -> None:
    """Who comes second waits, and then runs what the first has recorded."""

    def f(x: Any) -> Any:
        time.sleep(0.02)
        return x * 3

    compiled = autograd.compile(f, backend=backend)
    results: list[Any] = []
    threads = [threading.Thread(target=lambda: results.append(compiled(np.ones(2)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.tolist() for r in results] == [[3, 3]] * 4
    assert len(compiled.programs) == 1


def test_the_order_of_names_does_not_matter(backend: str) -> None:
    compiled = autograd.compile(lambda x, a=1.0, b=2.0: x * a + b, backend=backend)
    assert compiled(np.ones(1), a=2.0, b=3.0).tolist() == [5]
    assert compiled(np.ones(1), b=1.0, a=4.0).tolist() == [5]
    assert len(compiled.programs) == 1


@pytest.mark.parametrize("value", [np.ones(2), np.nan, (1, "a"), None], ids=["array", "nan", "tuple", "None"])
def test_guards_of_all_kinds(value: Any, backend: str) -> None:
    """An array is compared element by element, and a nan is the nan that it was."""
    looked_at = {"it": value}

    def f(x: Any) -> Any:
        autograd.guarded(lambda: looked_at["it"])
        return x * 2

    compiled = autograd.compile(f, backend=backend)
    for _ in range(3):
        assert compiled(np.ones(1)).tolist() == [2]
    assert len(compiled.programs) == 1
    looked_at["it"] = np.zeros(2)
    assert compiled(np.ones(1)).tolist() == [2]
    assert len(compiled.programs) == 2


def test_containers_are_part_of_the_kind(backend: str) -> None:
    """A list is no tuple, and None is no array; values that are equal are static only within their type."""
    compiled = autograd.compile(lambda tree, n=1: tree["x"][0] * n, backend=backend)
    x = np.ones(2)
    for tree, n, programs in (
        ({"x": [x]}, 1, 1), ({"x": (x,)}, 1, 2), ({"x": [x, None]}, 1, 3), ({"x": [x, x]}, 1, 4), ({"x": [x]}, True, 5),
        ({"x": [x]}, 1.0, 6), ({"x": [x]}, 2.0, 6), ({"x": [x]}, 1, 6), ({"x": [np.float64(1)]}, 1, 7),
    ):  # fmt: skip
        np.testing.assert_array_equal(compiled(tree, n), tree["x"][0] * n)
        assert len(compiled.programs) == programs


def test_what_a_program_uses_is_freed_with_it(backend: str) -> None:
    """With the function, or by clear()."""
    for forget in ("clear", "del"):
        w = tensor(np.ones(3), requires_grad=True)

        def step(x: Any, w: Any = w) -> Any:
            w.grad = None
            np.sum(w * x).backward()
            w.data -= w.grad

        compiled = autograd.compile(step, backend=backend)
        compiled(np.ones(3))
        alive = weakref.ref(w)
        programs = weakref.ref(compiled.programs[0])
        if forget == "clear":
            compiled.clear()
        else:
            del compiled, step, w
        gc.collect()
        assert programs() is None
        assert (alive() is None) == (forget == "del")
