"""What gradient checkers are put to, the same for all libraries: wrong gradients to catch, right ones to let pass.

A library's module gives `tasks` its functions by name and a way to run its checker; it gets two tasks back.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from benchmarks.peers import Task

Function: TypeAlias = Callable[..., Any]


class Problem(NamedTuple):
    """A function by its name in the libraries' modules, where to check it, and how wrong its rule is.

    "planted sine" is scale · sin x with a gradient that is `factor` times the right one, element by element.
    """

    function: str
    inputs: tuple[Any, ...]
    scale: float = 1.0
    factor: Any = 1.0

    @property
    def planted(self) -> bool:
        """Whether the rule is one of our own, which where a library has two kinds is for reverse mode alone."""
        return self.function in PLANTED


PLANTED = ("planted sine", "detached sine", "bias, summed", "bias, not summed", "bias, one row")
Draw: TypeAlias = Callable[[np.random.Generator], Problem]


def _everywhere(factor: float, scale: float = 1.0, size: int = 10) -> Draw:
    return lambda rng: Problem("planted sine", (rng.standard_normal(size),), scale, np.full(size, factor))


def _one_of_1000(factor: float) -> Draw:
    def draw(rng: np.random.Generator) -> Problem:
        factors = np.ones(1000)
        factors[rng.integers(1000)] = factor
        return Problem("planted sine", (rng.standard_normal(1000),), 1.0, factors)

    return draw


def _bias(function: str) -> Draw:
    return lambda rng: Problem(function, (rng.standard_normal((8, 5)), rng.standard_normal(5)))


def _between(low: float, high: float, function: str, size: int = 10) -> Draw:
    return lambda rng: Problem(function, (rng.uniform(low, high, size),))


def _at_the_kink(rng: np.random.Generator) -> Problem:
    x = rng.choice([-1.0, 1.0], 10) * rng.uniform(0.5, 1.5, 10)
    x[::2] = 0
    return Problem("relu", (x,))


def _on_both_sides(rng: np.random.Generator) -> Problem:
    return Problem("log where positive", (rng.choice([-1.0, 1.0], 10) * rng.uniform(0.1, 2, 10),))


def _single_precision(rng: np.random.Generator) -> Problem:
    return Problem("sin", (rng.standard_normal(10, np.float32),))


MISTAKES: dict[str, Draw] = {
    "n = 10, all × 1.001": _everywhere(1.001),
    "n = 10, all × (1 + 1e-6)": _everywhere(1 + 1e-6),
    "n = 1000, one element × 1.01": _one_of_1000(1.01),
    "n = 1000, one element × (1 + 1e-6)": _one_of_1000(1 + 1e-6),
    "n = 1000, one element × 2": _one_of_1000(2.0),
    "n = 1000, one element × −1": _one_of_1000(-1.0),
    "1e-6 sin x, all × −5": _everywhere(-5.0, 1e-6),
    "1e-8 sin x, all × −1": _everywhere(-1.0, 1e-8),
    "first order right, second detached": lambda rng: Problem("detached sine", (rng.standard_normal(10),)),
    "bias: cotangent not summed": _bias("bias, not summed"),
    "bias: one row, not the sum": _bias("bias, one row"),
}
"""Wrong gradients of y = sin x, if the name says nothing else."""

RIGHT: dict[str, Draw] = {
    "log on [1e-4, 1e-3]": _between(1e-4, 1e-3, "log"),
    "x² near 1e6": _between(0.9e6, 1.1e6, "square"),
    "1/x near 1e-3": _between(0.5e-3, 1.5e-3, "reciprocal"),
    "relu within 1e-7 of 0": _between(-1e-7, 1e-7, "relu"),
    "relu, half of x exactly 0": _at_the_kink,
    "where(x > 0, log x, 0), safe form": _on_both_sides,
    "sin x in float32": _single_precision,
    "right rule, planted: sin x, n = 1000": _everywhere(1.0, size=1000),
    "right rule, planted: 1e-8 sin x": _everywhere(1.0, 1e-8),
    "right rule, planted: bias": _bias("bias, summed"),
}
"""Right gradients; the last ones show that what is caught above are the mistakes, not the way they are planted."""

TIMED: dict[str, Draw] = {f"sin x, n = {size}": _between(-1.0, 1.0, "sin", size) for size in (10, 1000)}

PROBLEMS = MISTAKES | RIGHT | TIMED


def plain(xp: Any) -> dict[str, Callable[[Problem, str], Function]]:
    """Return what needs no rule of its own, and is written alike in every library with NumPy's names."""
    return {
        "sin": lambda *_: xp.sin,
        "log": lambda *_: xp.log,
        "square": lambda *_: xp.square,
        "reciprocal": lambda *_: xp.reciprocal,
        "log where positive": lambda *_: lambda x: xp.where(x > 0, xp.log(xp.where(x > 0, x, 1.0)), 0.0),
    }


def tasks(
    functions: Mapping[str, Callable[[Problem, str], Function]],
    alarmed: Callable[..., bool],
    mismatch: tuple[type[Exception], ...] = (),
) -> tuple[Callable[..., Task], Callable[..., Task]]:
    """Return a library's two tasks.

    `functions` make a function for a problem, `alarmed(f, problem, mode, order, seed)` runs the checker at its defaults
    where the order is None, and returns whether it complains, or raises one of `mismatch` then.
    """

    def checked(problem: str, seed: int, mode: str = "", order: int | None = None) -> Task:
        """Check one problem; the result is 1 if the checker complains."""
        drawn = PROBLEMS[problem](np.random.default_rng(seed))
        f = functions[drawn.function](drawn, mode)

        def step() -> bool:
            try:
                with warnings.catch_warnings(action="ignore"):
                    return alarmed(f, drawn, mode, order, seed)
            except mismatch:
                return True
            except Exception as error:
                if drawn.planted and "shape" in str(error):  # the engine itself has looked at what the rule returns
                    return True
                raise

        return step, _as_numbers

    def interrupted(calls: list[int], mode: str = "") -> Task:
        """Check functions that raise at these calls; the result is 1 if an input is another one afterwards."""
        drawn = TIMED["sin x, n = 10"](np.random.default_rng(0))
        sin = functions["sin"](drawn, mode)
        return lambda: any(_changed(sin, drawn, call, alarmed, mode) for call in calls), _as_numbers

    return checked, interrupted


def _as_numbers(complains: bool) -> list[float]:
    return [float(complains)]


class _Interruption(Exception):
    pass


def _changed(f: Function, problem: Problem, call: int, alarmed: Callable[..., bool], mode: str) -> bool:
    left = call

    def failing(x: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise _Interruption
        return f(x)

    before = [x.tobytes() for x in problem.inputs]
    with suppress(Exception):  # the checker's word on it does not matter here
        alarmed(failing, problem, mode, None, 0)
    return before != [x.tobytes() for x in problem.inputs]
