"""Operations with an error planted in their rule: what a gradient check must find, and what it should say about each.

`PLANTED` is the table; `RIGHT` has rules that look wrong and are not. Everything before and after a planted operation
works element by element, so that an element of the operation's operand is the same element of the function's input.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Final, NamedTuple

import numpy as np

import autograd

Function = Callable[..., Any]
Index = tuple[int, ...]


class Planted(NamedTuple):
    """An error: the function it is in, its inputs, the operation that has it, and what may be said about it."""

    name: str
    f: Function
    inputs: tuple[Any, ...]
    operation: str
    input: int | None  # which one has the wrong derivative; None: any
    indices: frozenset[Index] | None  # at which elements; None: any
    causes: frozenset[str]


def operation_named(name: str, forward: Function, *rules: Function | None, jvp: Function | None = None) -> Function:
    """Make an operation of a lambda; one rule is for all operands, several are for one operand each."""
    forward.__name__ = name.replace(" ", "_")
    vjp = rules[0] if len(rules) == 1 and rules[0] is not None else rules
    return autograd.operation(vjp=vjp, jvp=jvp)(forward)


def plant(
    name: str,
    around: Function,
    inputs: Collection[Any],
    causes: str,
    forward: Function,
    *rules: Function | None,
    jvp: Function | None = None,
    input: int | None = 0,
    at: Collection[Index] | None = None,
) -> Planted:
    """Make a row: the operation takes its name from the row's, with underscores; `causes` are divided by spaces."""
    f = around(operation_named(name, forward, *rules, jvp=jvp))
    indices = None if at is None else frozenset(at)
    return Planted(name, f, tuple(inputs), name.replace(" ", "_"), input, indices, frozenset(causes.split()))


def frozen(x: Any) -> Any:
    """Return the plain array, so that what is computed from it is a constant to the next derivative."""
    return x.data if isinstance(x, autograd.Tensor) else x


# --- what surrounds the planted operation ------------------------------------------------------------------


def to_number(op: Function) -> Function:
    return lambda x: np.sum(np.tanh(op(np.sin(x) * 1.5 + 0.25)) ** 2)


def to_vector(op: Function) -> Function:
    return lambda x: np.exp(0.3 * op(x * 1.25)) - 0.5 * x


def to_sum(op: Function) -> Function:
    return lambda x: np.sum(op(2.0 * x) * 1.5)


def of_two(op: Function) -> Function:
    return lambda a, b: np.sum(np.sin(0.5 * op(a * 1.5, b + 0.125)) * 2.0)


def of_two_to_vector(op: Function) -> Function:
    return lambda a, b: np.arctan(op(np.exp(0.5 * a), b * 1.25)) / 3.0


def exactly(op: Function) -> Function:
    """Only by a power of two, which keeps ties."""
    return lambda *xs: np.sum(np.sin(0.25 * op(*(2.0 * x for x in xs))) * 3.0)


def shorter(op: Function) -> Function:
    """For results of another shape than the operand's."""
    return lambda x: np.sin(op(x * 1.25)) * 2.0


def deep(op: Function) -> Function:
    def f(x: Any) -> Any:
        for layer in range(20):
            x = op(x) if layer == 13 else np.tanh(1.2 * x) + 0.1
        return x

    return f


def scaled(scale: float) -> Function:
    return lambda op: lambda x: scale * np.sum(op(x * 1.25 + 0.1) * 0.75)


def of_both_results(op: Function) -> Function:
    def f(x: Any) -> Any:
        p, q = op(x * 1.25)
        return np.sum(np.tanh(p) * 2.0) + np.sum(q**2)

    return f


# --- inputs ------------------------------------------------------------------------------------------------

_rng = np.random.default_rng(20)
X: Final = np.array([0.4, 0.55, 0.7, 0.83, 0.97, 1.1, 1.3])
MIXED: Final = np.array([-1.2, -0.7, 0.35, 0.9, -0.45, 1.1, 0.6, -0.9])
LONG: Final = _rng.uniform(-0.9, 0.9, 1000)
A: Final = _rng.normal(size=(4, 4)) + 2 * np.eye(4)
B: Final = _rng.normal(size=(4, 4))
CUBE: Final = _rng.normal(size=(3, 3, 3))
ROWS: Final = _rng.normal(size=(6, 3))
BATCH: Final = _rng.normal(size=(2, 3, 4))
MAP: Final = _rng.normal(size=(7, 7))
WINDOW: Final = np.tri(5, 7, 2) - np.tri(5, 7, -1)
BIG: Final = _rng.normal(size=(40, 40))
BIG_MAP: Final = _rng.normal(size=(100, 100)) / 10
ORDER: Final = np.array([2, 0, 5, 1, 6, 3, 4])
REPEATED: Final = np.array([0, 2, 2, 5, 3, 2, 1, 5])
TIED: Final = np.array([0.5, 1.25, 0.75, 1.25, -0.5])
ZEROS: Final = np.array([0.8, 0.0, -0.6, 1.1, -0.2, 0.0, 0.4])
_BASES: Final = np.array([0.5, 0.0, 1.5, 2.0])


def at_one(factor: float, size: int = 1000, place: int = 137) -> Any:
    """Return ones with one other factor among them."""
    factors = np.ones(size)
    factors[place] = factor
    return factors


def _no_diagonal(x: Any) -> Any:
    return 1.0 - np.eye(x.shape[-1])


def _softmax(x: Any) -> Any:
    e = np.exp(x - np.max(x))
    return e / np.sum(e)


def _scattered(g: Any, size: int) -> Any:
    """Put g at the repeated places: of those that meet, the last one stays."""
    last = np.array([np.flatnonzero(k == REPEATED)[-1] if k in REPEATED else 0 for k in range(size)])
    return g[last] * np.isin(np.arange(size), REPEATED)


def _one_of_1000(name: str, factor: float, causes: str = "element") -> Planted:
    factors = at_one(factor)
    return plant(
        name, to_vector, [LONG], causes,
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * factors, at=[(137,)],
    )  # fmt: skip


# --- the table ---------------------------------------------------------------------------------------------

_SIGNS = (
    plant("sine turned", to_number, [X], "sign", lambda x: np.sin(x), lambda g, _out, x: -g * np.cos(x)),
    plant("logarithm turned", to_vector, [X], "sign", lambda x: np.log(x), lambda g, _out, x: -g / x),
    plant(
        "difference with a plus", of_two, [X, X[::-1]], "sign",
        lambda a, b: a - b, lambda g, _out, _a, _b: g, lambda g, _out, _a, _b: g, input=1,
    ),
    plant(
        "product of matrices turned", of_two, [A, B], "sign", lambda a, b: a @ b,
        lambda g, _out, _a, b: g @ b.T, lambda g, _out, a, _b: -(a.T @ g), input=1,
    ),
    plant("small sine turned", scaled(1e-8), [X], "sign", lambda x: np.sin(x), lambda g, _out, x: -g * np.cos(x)),
    plant("large sine turned", scaled(1e8), [X], "sign", lambda x: np.sin(x), lambda g, _out, x: -g * np.cos(x)),
    plant(
        "tangent of sine turned", to_vector, [X], "sign",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x), jvp=lambda t, _out, x: -t[0] * np.cos(x),
    ),
    plant(
        "magnitude with slope one", to_vector, [MIXED], "sign element", lambda x: abs(x), lambda g, _out, _x: g * 1.0,
        at=[(0,), (1,), (4,), (7,)],
    ),
)  # fmt: skip

_FACTORS = (
    plant("exponential doubled", to_number, [X], "factor", lambda x: np.exp(x), lambda g, out, _x: 2 * g * out),
    plant("exponential by 1.001", to_vector, [X], "factor", lambda x: np.exp(x), lambda g, out, _x: 1.001 * g * out),
    plant(
        "sine by a millionth too much", to_vector, [X], "factor",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * (1 + 1e-6),
    ),
    plant(
        "long sine by 1.001", to_number, [LONG], "factor",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * 1.001,
    ),
    plant(
        "root halved", to_number, [X], "factor contributions",
        lambda x: np.sqrt(x), lambda g, out, _x: g / (4 * out),
    ),
    plant(
        "sine doubled in a deep chain", deep, [X], "factor",
        lambda x: np.sin(x), lambda g, _out, x: 2 * g * np.cos(x),
    ),
    plant("mean as a sum", to_number, [X], "factor", lambda x: np.mean(x), lambda g, _out, x: g * np.ones(x.shape)),
    plant(
        "mean divided twice", to_vector, [X], "contributions factor",
        lambda x: np.mean(x), lambda g, _out, x: g * np.ones(x.shape) / x.size**2,
    ),
    plant(
        "variance with one less", to_number, [X], "factor",
        lambda x: np.var(x), lambda g, _out, x: g * 2 * (x - np.mean(x)) / (x.size - 1),
    ),
    plant(
        "small sine by minus five", scaled(1e-8), [X], "factor",
        lambda x: np.sin(x), lambda g, _out, x: -5 * g * np.cos(x),
    ),
    plant(
        "large sine by 1.01", scaled(1e8), [X], "factor", lambda x: np.sin(x), lambda g, _out, x: 1.01 * g * np.cos(x),
    ),
    plant(
        "small scale inside", to_sum, [X], "factor",
        lambda x: 1e-8 * np.sin(x), lambda g, _out, x: 1.2e-8 * g * np.cos(x),
    ),
    plant(
        "norm not divided", to_number, [X], "factor formula",
        lambda x: np.sqrt(np.sum(x * x)), lambda g, _out, x: g * x,
    ),
)  # fmt: skip

_ELEMENTS = (
    _one_of_1000("one of 1000 by a millionth", 1 + 1e-6),
    _one_of_1000("one of 1000 by a thousandth", 1.001),
    _one_of_1000("one of 1000 by 1.01", 1.01),
    _one_of_1000("one of 1000 doubled", 2.0),
    _one_of_1000("one of 1000 turned", -1.0, "element sign"),
    _one_of_1000("one of 1000 zeroed", 0.0),
    plant(
        "one of 1000 by 1.01 in a sum", to_number, [LONG], "element",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * at_one(1.01), at=[(137,)],
    ),
    plant(
        "last element forgotten", to_vector, [X], "element",
        lambda x: x * x, lambda g, _out, x: 2 * g * x * at_one(0, 7, 6), at=[(6,)],
    ),
    plant(
        "first row forgotten", to_vector, [A], "element",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * (np.arange(4) > 0)[:, None],
        at=[(0, k) for k in range(4)],
    ),
    plant(
        "diagonal forgotten", to_number, [A], "element",
        lambda x: np.exp(x), lambda g, out, x: g * out * _no_diagonal(x), at=[(k, k) for k in range(4)],
    ),
    plant(
        "ends of a window forgotten", to_number, [X], "element contributions",
        lambda x: WINDOW @ x, lambda g, _out, _x: (WINDOW.T @ g) * [0, 1, 1, 1, 1, 1, 0], at=[(0,), (6,)],
    ),
    plant(
        "label forgotten in cross entropy", to_number, [X], "element",
        lambda x: np.log(np.sum(np.exp(x))) - x[2], lambda g, _out, x: g * _softmax(x), at=[(2,)],
    ),
    plant(
        "exponential linear unit half forgotten", to_number, [MIXED], "element contributions detached",
        lambda x: np.where(x > 0, x, np.exp(x) - 1), lambda g, _out, x: g * (x > 0),
        at=[(0,), (1,), (4,), (7,)],
    ),
    plant(
        "square right for positive numbers", to_vector, [MIXED], "sign element",
        lambda x: x * x, lambda g, _out, x: 2 * g * abs(x), at=[(0,), (1,), (4,), (7,)],
    ),
    plant(
        "clip that lets all through", to_vector, [MIXED], "element",
        lambda x: np.where(x > 1, 1.0, x), lambda g, _out, _x: g * 1.0, at=[(3,), (5,)],
    ),
)  # fmt: skip

_CONTRIBUTIONS = (
    plant("square with one use", to_vector, [X], "contributions factor", lambda x: x * x, lambda g, _out, x: g * x),
    plant(
        "cube with one use of three", to_number, [X], "contributions factor",
        lambda x: x * x * x, lambda g, _out, x: g * x * x,
    ),
    plant(
        "x sin x by one path", to_number, [X], "contributions formula",
        lambda x: x * np.sin(x), lambda g, _out, x: g * np.sin(x),
    ),
    plant(
        "quadratic form by one side", to_number, [X], "contributions formula",
        lambda x: x @ (MAP @ x), lambda g, _out, x: g * (MAP @ x),
    ),
    plant(
        "bias from the first row", of_two, [ROWS, X[:3]], "contributions",
        lambda x, b: x + b, lambda g, _out, _x, _b: g, lambda g, _out, _x, _b: g[0], input=1,
    ),
    plant(
        "bias averaged over the batch", of_two, [ROWS, X[:3]], "contributions factor",
        lambda x, b: x + b, lambda g, _out, _x, _b: g, lambda g, _out, _x, _b: np.mean(g, axis=0), input=1,
    ),
    plant(
        "bias summed over one axis of two", of_two_to_vector, [BATCH, X[:4]], "contributions",
        lambda x, b: x + b, lambda g, _out, _x, _b: g, lambda g, _out, _x, _b: np.sum(g, axis=0)[0], input=1,
    ),
    plant(
        "scale of rows from one column", of_two, [ROWS, X[:6, None]], "contributions element",
        lambda x, s: x * s, lambda g, _out, _x, s: g * s, lambda g, _out, x, _s: (g * x)[:, :1], input=1,
    ),
    plant(
        "matrix for a batch from the first", of_two, [BATCH, B], "contributions",
        lambda a, b: a @ b, lambda g, _out, _a, b: g @ b.T,
        lambda g, _out, a, _b: (np.swapaxes(a, -1, -2) @ g)[0], input=1,
    ),
    plant(
        "repeated places overwritten", shorter, [X], "contributions element",
        lambda x: x[REPEATED], lambda g, _out, x: _scattered(g, x.size), at=[(2,), (5,)],
    ),
    plant(
        "softmax without its sum", to_number, [X], "contributions formula element",
        lambda x: _softmax(x), lambda g, out, _x: g * out,
    ),
    plant(
        "centring without the mean", to_vector, [X], "contributions formula element",
        lambda x: x - np.mean(x), lambda g, _out, _x: g * 1.0,
    ),
)  # fmt: skip
_LARGE = (
    plant(
        "large matrix not transposed", of_two, [BIG / 6, BIG[::-1] / 6], "transpose",
        lambda a, b: a @ b, lambda g, _out, _a, b: g @ b.T, lambda g, _out, a, _b: a @ g, input=1,
    ),
    plant(
        "large linear map by its Jacobian", to_vector, [LONG[:100]], "transpose",
        lambda x: BIG_MAP @ x, lambda g, _out, _x: BIG_MAP @ g,
    ),
    plant(
        "long running sum forwards", lambda op: lambda x: np.tanh(op(x * 0.1)), [LONG], "transpose",
        lambda x: np.cumsum(x), lambda g, _out, _x: np.cumsum(g),
    ),
    plant(
        "large bias from the first row", of_two_to_vector, [BIG, BIG[5]], "contributions",
        lambda x, b: x + b, lambda g, _out, _x, _b: g, lambda g, _out, _x, _b: g[0], input=1,
    ),
    plant(
        "long softmax without its sum", to_vector, [LONG * 3], "contributions formula element",
        lambda x: _softmax(x), lambda g, out, _x: g * out,
    ),
    plant(
        "long square with one use", to_vector, [LONG], "contributions factor",
        lambda x: x * x, lambda g, _out, x: g * x,
    ),
    plant(
        "long sine of its result", to_vector, [LONG + 1], "output-for-input",
        lambda x: np.sin(x), lambda g, out, _x: g * np.cos(out),
    ),
    plant(
        "long rectifier with slope two at zero", exactly, [LONG * (np.arange(1000) != 400)], "ties element",
        lambda x: np.maximum(x, 0.0), lambda g, _out, x: g * (x > 0) + 2 * g * (x == 0), at=[(400,)],
    ),
    plant(
        "long row with its ends forgotten", to_vector, [LONG], "element",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * at_one(0, place=0) * at_one(0, place=999),
        at=[(0,), (999,)],
    ),
    plant(
        "large diagonal forgotten", to_vector, [BIG], "element",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * _no_diagonal(x), at=[(k, k) for k in range(40)],
    ),
)  # fmt: skip

_TRANSPOSES = (
    plant(
        "shifted by one", shorter, [X], "transpose element formula",
        lambda x: x[1:] * 1.0, lambda g, _out, _x: np.concatenate([g, np.zeros(1)]),
    ),
    plant(
        "lower triangle for the upper", to_vector, [A], "transpose element",
        lambda x: np.triu(x), lambda g, _out, _x: np.tril(g), at=[(i, k) for i in range(4) for k in range(4) if i != k],
    ),
    plant(
        "parts of a joint exchanged", lambda op: lambda a, b: np.sin(op(a * 1.5, b)), [X, X**2],
        "transpose operands", lambda a, b: np.concatenate([a, b]),
        lambda g, _out, _a, _b: g[7:], lambda g, _out, _a, _b: g[:7], input=None,
    ),
    plant(
        "choice with its sides exchanged", of_two, [MIXED, MIXED[::-1] * 2], "transpose operands formula",
        lambda a, b: np.where(MIXED > 0, a, b),
        lambda g, _out, _a, _b: g * (MIXED < 0), lambda g, _out, _a, _b: g * (MIXED > 0), input=None,
    ),
    plant(
        "left matrix not transposed", of_two, [A, B], "transpose",
        lambda a, b: a @ b, lambda g, _out, _a, b: g @ b.T, lambda g, _out, a, _b: a @ g, input=1,
    ),
    plant(
        "right matrix not transposed", of_two_to_vector, [A, B], "transpose",
        lambda a, b: a @ b, lambda g, _out, _a, b: g @ b, lambda g, _out, a, _b: a.T @ g,
    ),
    plant(
        "outer product the wrong way", of_two, [X, X[::-1] ** 2], "transpose",
        lambda a, b: a[:, None] * b, lambda g, _out, _a, b: g.T @ b, lambda g, _out, a, _b: a @ g,
    ),
    plant(
        "permutation not inverted", to_vector, [X], "transpose",
        lambda x: x[ORDER], lambda g, _out, _x: g[ORDER],
    ),
    plant("linear map by its Jacobian", to_number, [X], "transpose", lambda x: MAP @ x, lambda g, _out, _x: MAP @ g),
    plant("transposition not undone", to_number, [A], "transpose", lambda x: x.T * 1.0, lambda g, _out, _x: g * 1.0),
    plant(
        "axes turned on and not back", to_vector, [CUBE], "transpose",
        lambda x: np.transpose(x, (1, 2, 0)), lambda g, _out, _x: np.transpose(g, (1, 2, 0)),
    ),
    plant(
        "sums of rows along columns", shorter, [A], "transpose element formula",
        lambda x: np.sum(x, axis=1), lambda g, _out, x: g * np.ones(x.shape),
    ),
    plant(
        "running sum forwards", to_number, [X], "transpose", lambda x: np.cumsum(x), lambda g, _out, _x: np.cumsum(g),
    ),
    plant(
        "shift the same way", to_vector, [X], "transpose", lambda x: np.roll(x, 2), lambda g, _out, _x: np.roll(g, 2),
    ),
    plant(
        "solution by the matrix itself", to_number, [X], "transpose",
        lambda x: np.linalg.solve(MAP, x), lambda g, _out, _x: np.linalg.solve(MAP, g),
    ),
    plant(
        "inverse not transposed", lambda op: lambda x: np.sum(np.sin(op(x * 1.25)) * B), [A], "transpose",
        lambda x: np.linalg.inv(x), lambda g, out, _x: -(out @ g @ out),
    ),
    plant(
        "determinant not transposed", to_vector, [A], "transpose",
        lambda x: np.linalg.det(x), lambda g, out, x: g * out * np.linalg.inv(x),
    ),
)  # fmt: skip

_EXCHANGES = (
    plant(
        "sine of its result", to_vector, [X], "output-for-input",
        lambda x: np.sin(x), lambda g, out, _x: g * np.cos(out),
    ),
    plant(
        "exponential twice", to_number, [X], "output-for-input",
        lambda x: np.exp(x), lambda g, out, _x: g * np.exp(out),
    ),
    plant(
        "tanh by its input", to_number, [X], "output-for-input",
        lambda x: np.tanh(x), lambda g, _out, x: g * (1 - x**2),
    ),
    plant(
        "root by its input", to_vector, [X], "output-for-input",
        lambda x: np.sqrt(x), lambda g, _out, x: g / (2 * x),
    ),
    plant("cube by its result", to_number, [X], "output-for-input", lambda x: x**3, lambda g, out, _x: 3 * g * out**2),
    plant(
        "logarithm by its result", to_vector, [X + 1], "output-for-input",
        lambda x: np.log(x), lambda g, out, _x: g / out,
    ),
    plant(
        "product by itself", of_two, [X, X[::-1] ** 2], "operands",
        lambda a, b: a * b, lambda g, _out, a, _b: g * a, lambda g, _out, a, _b: g * a,
    ),
    plant(
        "both factors by themselves", of_two_to_vector, [X, X[::-1] ** 2], "operands",
        lambda a, b: a * b, lambda g, _out, a, b: (g * a, g * b), input=None,
    ),
    plant(
        "quotient by its numerator", of_two, [X, X[::-1] ** 2], "operands",
        lambda a, b: a / b, lambda g, _out, a, _b: g / a, lambda g, _out, a, b: -g * a / b**2,
    ),
    plant(
        "quotient upside down", of_two_to_vector, [X, X[::-1] ** 2], "operands",
        lambda a, b: a / b, lambda g, _out, _a, b: g / b, lambda g, _out, a, b: -g * b / a**2, input=1,
    ),
    plant(
        "power with base and exponent exchanged", of_two, [X, X[::-1] ** 2 + 1], "operands",
        lambda a, b: a**b, lambda g, _out, a, b: g * a * b ** (a - 1), lambda g, out, a, _b: g * out * np.log(a),
    ),
)  # fmt: skip

_TIES = (
    plant(
        "rectifier with slope two at zero", exactly, [ZEROS], "ties element",
        lambda x: np.maximum(x, 0.0), lambda g, _out, x: g * (x > 0) + 2 * g * (x == 0), at=[(1,), (5,)],
    ),
    plant(
        "larger of two to both", exactly, [TIED, TIED * [1, 1, 2, 1, 2]], "ties",
        lambda a, b: np.maximum(a, b), lambda g, _out, a, b: (g * (a >= b), g * (b >= a)),
        input=None, at=[(0,), (1,), (3,)],
    ),
    plant(
        "larger of one and itself", lambda op: lambda x: np.sum(np.sin(op(2.0 * x, 2.0 * x))), [X],
        "ties factor contributions",
        lambda a, b: np.maximum(a, b), lambda g, _out, a, b: (g * (a >= b), g * (b >= a)),
    ),
    plant(
        "largest to each that ties", exactly, [TIED], "ties",
        lambda x: np.max(x), lambda g, out, x: g * (x == out), at=[(1,), (3,)],
    ),
    plant(
        "sorted by equal values", exactly, [TIED], "ties element",
        lambda x: np.sort(x), lambda g, out, x: (x[:, None] == out) @ g, at=[(1,), (3,)],
    ),
)  # fmt: skip

_NANS = (
    plant(
        "sinc at zero", exactly, [ZEROS], "nan",
        lambda x: np.sinc(x), lambda g, out, x: g * (np.cos(np.pi * x) - out) / x, at=[(1,), (5,)],
    ),
    plant(
        "zero to a power", lambda op: lambda y: np.sum(np.sin(op(y * 1.5)) * 2.0), [X[:4]], "nan",
        lambda y: _BASES**y, lambda g, out, _y: g * out * np.log(_BASES), at=[(1,)],
    ),
    plant(
        "softplus by a quotient", to_sum, [np.array([0.5, -1.0, 400.0, 2.0])], "nan",
        lambda x: np.logaddexp(0.0, x), lambda g, _out, x: g * np.exp(x) / (1 + np.exp(x)), at=[(2,)],
    ),
)  # fmt: skip

_DETACHED = (
    plant("sine with a rule of zeros", to_vector, [X], "detached", lambda x: np.sin(x), lambda g, _out, _x: g * 0.0),
    plant(
        "product without a rule", of_two, [X, X[::-1]], "detached",
        lambda a, b: a * b, lambda g, _out, _a, b: g * b, None, input=1,
    ),
    plant(
        "sine frozen for the second order", to_vector, [X], "detached",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(frozen(x)),
    ),
    plant(
        "exponential frozen for the second order", to_number, [X], "detached",
        lambda x: np.exp(x), lambda g, out, _x: g * frozen(out),
    ),
    plant(
        "cube half frozen for the second order", to_number, [X], "contributions factor",
        lambda x: x**3, lambda g, _out, x: 3 * g * x * frozen(x),
    ),
)  # fmt: skip

_FORMULAS = (
    plant("sigmoid by itself", to_number, [X], "formula", lambda x: 1 / (1 + np.exp(-x)), lambda g, out, _x: g * out),
    plant("arctan without a square", to_vector, [X], "formula", lambda x: np.arctan(x), lambda g, _out, x: g / (1 + x)),
    plant(
        "tangent with a minus", to_number, [X / 3], "formula",
        lambda x: np.tan(x), lambda g, out, _x: g * (1 - out**2),
    ),
    plant(
        "slope in half precision", to_vector, [X], "formula",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x).astype(np.float16).astype(x.dtype),
    ),
    plant(
        "cotangent in half precision", to_number, [X], "formula",
        lambda x: np.sin(x), lambda g, _out, x: g.astype(np.float16).astype(x.dtype) * np.cos(x),
    ),
    plant(
        "sine and cosine with one sign", of_both_results, [X], "formula sign element",
        lambda x: (np.sin(x), np.cos(x)), lambda g, _out, x: g[0] * np.cos(x) + g[1] * np.sin(x),
        jvp=lambda t, _out, x: (t[0] * np.cos(x), -t[0] * np.sin(x)),
    ),
    plant(
        "two results exchanged", of_both_results, [X], "formula transpose",
        lambda x: (x * x, 3.0 * x), lambda g, _out, x: g[1] * 2 * x + g[0] * 3.0,
        jvp=lambda t, _out, x: (t[0] * 2 * x, t[0] * 3.0),
    ),
    plant(
        "layer norm without the mean", to_number, [X], "formula",
        lambda x: (x - np.mean(x)) / np.std(x), lambda g, out, x: (g - out * np.mean(g * out)) / np.std(x),
    ),
    plant(
        "sine turned for single precision", to_vector, [X.astype(np.float32)], "sign formula",
        lambda x: np.sin(x), lambda g, _out, x: g * np.cos(x) * (-1 if x.dtype == np.float32 else 1),
    ),
)  # fmt: skip

_cosine = operation_named("inner cosine", lambda x: np.cos(x), lambda g, _out, x: g * np.sin(x))


def _by_inner_cosine(g: Any, _out: Any, x: Any) -> Any:
    return g * (_cosine(x) if isinstance(x, autograd.Tensor) else np.cos(x))


_ELSEWHERE = (
    Planted(
        "a rule with a wrong operation in it",
        to_vector(operation_named("right sine", lambda x: np.sin(x), _by_inner_cosine)),
        (X,), "right_sine", 0, None, frozenset({"sign"}),
    ),
    Planted(
        "a value that has left the graph", lambda x: np.sum(np.sin(x) * (frozen(x) * 2.0)),
        (X,), "multiply", 0, None, frozenset({"detached"}),
    ),
)  # fmt: skip

PLANTED: Final = (
    *_SIGNS, *_FACTORS, *_ELEMENTS, *_CONTRIBUTIONS, *_LARGE, *_TRANSPOSES,
    *_EXCHANGES, *_TIES, *_NANS, *_DETACHED, *_FORMULAS, *_ELSEWHERE,
)  # fmt: skip
"""Every planted error."""

RIGHT: Final = (
    plant(
        "rectifier with slope one at zero", exactly, [ZEROS], "",
        lambda x: np.maximum(x, 0.0), lambda g, _out, x: g * (x >= 0),
    ),
    plant(
        "larger of two to the first", exactly, [TIED, TIED * [1, 1, 2, 1, 2]], "",
        lambda a, b: np.maximum(a, b), lambda g, _out, a, b: (g * (a >= b), g * (b > a)),
    ),
    plant(
        "largest shared by those that tie", exactly, [TIED], "",
        lambda x: np.max(x), lambda g, out, x: g * (x == out) / np.sum(x == out),
    ),
    plant(
        "logsumexp without a shift", to_number, [X], "",
        lambda x: np.log(np.sum(np.exp(x))), lambda g, out, x: g * np.exp(x - out),
    ),
    plant("tanh by its result", to_vector, [MIXED], "", lambda x: np.tanh(x), lambda g, out, _x: g * (1 - out**2)),
)  # fmt: skip
"""Rules that look like errors, and are not."""
