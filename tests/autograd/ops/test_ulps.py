"""Every elementwise operation and each of its slopes, against mpmath, in units in the last place, tails included.

One row for each operation: its value and partial derivatives as mpmath functions, and where they are compared.
What is allowed more than 8 ulp is named, point by point and with its reason, in the tables after it. An error below
1e-300 counts in ulps of that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import autograd

mp.dps = 40

LIMIT = 8
FLOOR = 1e-300

Exact = Callable[..., Any]
Points = Sequence[tuple[float, ...]]


class Row(NamedTuple):
    """The value of an operation and its slope by each input (None where it has no rule), and points to compare at."""

    value: Exact
    slopes: tuple[Exact | None, ...]
    points: Points


def both(*values: float) -> list[float]:
    """Return the values and their negatives."""
    return [*(-v for v in values), *values]


def line(*values: Any) -> Points:
    """Return points of one coordinate, from numbers and lists of them."""
    return [(float(v),) for value in values for v in np.ravel(value)]


def grid(*axes: Any) -> Points:
    """Return every combination of the coordinates."""
    return [tuple(map(float, p)) for p in np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, len(axes))]


DENSE = np.linspace(-6, 6, 121)
TINY = both(1e-300, 1e-12, 1e-9, 1e-5)
TAILS = both(12.5, 20, 26, 30, 40, 700, 1000, 1e4)
HUGE = both(1e100, 1e200, 1e300)
REAL = line(DENSE, TINY, TAILS, HUGE)
TURNS = [*REAL, *line(both(np.pi / 4, np.pi / 2, np.pi, 2 * np.pi, 22, 355, 1e22))]
EXPONENTS = line(DENSE, TINY, TAILS)
NOT_ZERO = [p for p in REAL if p != (0,)]
POSITIVE = [p for p in REAL if p[0] > 0]
AROUND_ONE = [1 - 1e-9, 1 - 1e-5, 1 + 1e-9, 1 + 1e-5]
UNIT = line(np.linspace(-0.99, 0.99, 100), TINY, both(1 - 1e-9, 1 - 1e-5, 1 - 2.0**-53))
ERF = line(DENSE, TINY, both(0.84375, 1.25, 2.857, 2.858, 9.3, 12.5, 17.7, 20, 25.3, 26, 30, 1e4))
SINC = line(DENSE, TINY, both(1e-3, 0.2499, 0.2501, 0.475, 10.3, 100.3))
SIZES = both(1e-300, 1e-200, 1e-9, 0.3, 1, 2.7, 700, 1e200, 1e300)
PAIRS = grid(SIZES, SIZES)
UNEQUAL = [(x, y) for x, y in PAIRS if x != y]
MODULI = [
    (x, y) for x, y in [*grid([*DENSE, 1e4, 700.3], both(0.1, 0.2, 0.7, 3)), *grid([1e-12, 1.0, 4.1], both(1e300))]
    if x % y
]  # fmt: skip
POWERS = [
    *grid([1e-12, 0.3, 1 - 1e-9, 1, 1 + 1e-9, 2.7, 10, 1e4], [*np.linspace(-3, 4, 29), -20, 20, 60.5]),
    *grid([-1e4, -2.7, -1 - 1e-9, -1, -0.3, -1e-12], [-20, -3, -2, -1, 1, 2, 3, 7]),
    *grid([1e-300, 1e-200, 1e200, 1e300], [-1.5, -1, -0.5, 0.5, 1, 1.01, 1.5]),
]
LOGITS = [
    *grid(both(0.25, 1, 2.5, 30), both(0.125, 1, 3, 40)),
    *grid([-1000, -999.75, 1000, 1010.25], [-1000, -960.5, 1000, 1040]),
    *grid([700], [0, 1e-12, 1e-300]),
]

one = mpf(1)
LN2, LN10 = mpmath.log(2), mpmath.log(10)
DEGREE = mpmath.pi / 180


def zero(*_: Any) -> Any:
    return mpf(0)


def unit(*_: Any) -> Any:
    return one


def logistic(x: Any) -> Any:
    return one / (one + mpmath.exp(-x))


def gauss(x: Any) -> Any:
    return 2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-x * x)


def sinc_slope(x: Any) -> Any:
    """sinc'(x), whose two terms agree in the first 600 digits at x = 1e-300."""
    with mpmath.workdps(700):
        return (mpmath.cospi(x) - mpmath.sincpi(x)) / x if x else zero()


def by_exponent(x: Any, y: Any) -> Any:
    """Return the slope of x**y by y; where x is negative it has none, by our convention nan."""
    return mpmath.nan if x < 0 else x**y * mpmath.log(x)


def truncated(x: Any, y: Any) -> Any:
    """Return x / y without its fraction."""
    return mpmath.sign(x / y) * mpmath.floor(abs(x / y))


def first(x: Any, y: Any) -> Any:
    return mpf(int(x > y))


def second(x: Any, y: Any) -> Any:
    return mpf(int(x < y))


EXACT: dict[str, Row] = {
    "positive": Row(lambda x: x, (unit,), REAL),
    "negative": Row(lambda x: -x, (lambda _: -one,), REAL),
    "add": Row(lambda x, y: x + y, (unit, unit), PAIRS),
    "subtract": Row(lambda x, y: x - y, (unit, lambda _x, _y: -one), PAIRS),
    "multiply": Row(lambda x, y: x * y, (lambda _x, y: y, lambda x, _y: x), PAIRS),
    "divide": Row(lambda x, y: x / y, (lambda _x, y: 1 / y, lambda x, y: -x / y**2), PAIRS),
    "power": Row(lambda x, y: x**y, (lambda x, y: y * x ** (y - 1), by_exponent), POWERS),
    "reciprocal": Row(lambda x: 1 / x, (lambda x: -1 / x**2,), NOT_ZERO),
    "square": Row(lambda x: x * x, (lambda x: 2 * x,), REAL),
    "sqrt": Row(mpmath.sqrt, (lambda x: 1 / (2 * mpmath.sqrt(x)),), POSITIVE),
    "cbrt": Row(mpmath.cbrt, (lambda x: 1 / (3 * mpmath.cbrt(x) ** 2),), POSITIVE),
    "remainder": Row(
        lambda x, y: x - y * mpmath.floor(x / y), (unit, lambda x, y: -mpmath.floor(x / y)), MODULI
    ),
    "fmod": Row(lambda x, y: x - y * truncated(x, y), (unit, lambda x, y: -truncated(x, y)), MODULI),
    "abs": Row(abs, (mpmath.sign,), NOT_ZERO),
    "sign": Row(mpmath.sign, (lambda _: mpf(0),), REAL),
    "angle": Row(mpmath.arg, (lambda _: mpf(0),), NOT_ZERO),
    "fabs": Row(abs, (mpmath.sign,), NOT_ZERO),
    "copysign": Row(
        lambda x, y: abs(x) * mpmath.sign(y), (lambda x, y: mpmath.sign(x) * mpmath.sign(y), None), PAIRS
    ),
    "maximum": Row(max, (first, second), UNEQUAL),
    "minimum": Row(min, (second, first), UNEQUAL),
    "fmax": Row(max, (first, second), UNEQUAL),
    "fmin": Row(min, (second, first), UNEQUAL),
    "clip": Row(
        lambda x, low, high: min(max(x, low), high),
        (
            lambda x, low, high: mpf(int(low <= x <= high)),
            lambda x, low, _high: mpf(int(x < low)),
            lambda x, _low, high: mpf(int(high < x)),
        ),
        grid(SIZES, [-1.5, -1e-300], [0.5, 1e200]),
    ),
    "where": Row(
        lambda c, x, y: x if c else y,
        (None, lambda c, _x, _y: c, lambda c, _x, _y: 1 - c),
        grid([0, 1], [0.3, 1e200], [-1e-300, 7]),
    ),
    "exp": Row(mpmath.exp, (mpmath.exp,), EXPONENTS),
    "exp2": Row(lambda x: 2**x, (lambda x: LN2 * 2**x,), EXPONENTS),
    "expm1": Row(mpmath.expm1, (mpmath.exp,), EXPONENTS),
    "log": Row(mpmath.log, (lambda x: 1 / x,), [*POSITIVE, *line(AROUND_ONE)]),
    "log2": Row(lambda x: mpmath.log(x) / LN2, (lambda x: 1 / (LN2 * x),), [*POSITIVE, *line(AROUND_ONE)]),
    "log10": Row(lambda x: mpmath.log(x) / LN10, (lambda x: 1 / (LN10 * x),), [*POSITIVE, *line(AROUND_ONE)]),
    "log1p": Row(
        mpmath.log1p, (lambda x: 1 / (1 + x),),
        [*POSITIVE, *line(np.linspace(-0.99, 0, 100), TINY, -1 + 1e-9, -1 + 2.0**-53)],
    ),
    "logaddexp": Row(
        lambda x, y: mpmath.log(mpmath.exp(x) + mpmath.exp(y)),
        (lambda x, y: logistic(x - y), lambda x, y: logistic(y - x)), LOGITS,
    ),
    "logaddexp2": Row(
        lambda x, y: mpmath.log(2**x + 2**y) / LN2,
        (lambda x, y: logistic(LN2 * (x - y)), lambda x, y: logistic(LN2 * (y - x))), LOGITS,
    ),
    "relu": Row(lambda x: max(x, zero()), (lambda x: mpf(int(x > 0)),), NOT_ZERO),
    "sigmoid": Row(logistic, (lambda x: logistic(x) * logistic(-x),), EXPONENTS),
    "softplus": Row(lambda x: mpmath.log1p(mpmath.exp(x)), (logistic,), EXPONENTS),
    "logistic_density": Row(
        lambda x: logistic(x) * logistic(-x), (lambda x: -logistic(x) * logistic(-x) * mpmath.tanh(x / 2),), EXPONENTS,
    ),
    "log_sigmoid": Row(lambda x: -mpmath.log1p(mpmath.exp(-x)), (lambda x: logistic(-x),), EXPONENTS),
    "leaky_relu": Row(
        lambda x: x if x > 0 else mpf(0.2) * x, (lambda x: one if x > 0 else mpf(0.2),), NOT_ZERO
    ),
    "elu": Row(
        lambda x: x if x > 0 else mpmath.expm1(x), (lambda x: one if x > 0 else mpmath.exp(x),), EXPONENTS
    ),
    "relu6": Row(
        lambda x: min(max(x, zero()), 6 * one), (lambda x: mpf(int(0 < x < 6)),), [p for p in NOT_ZERO if p != (6,)]
    ),
    "hard_tanh": Row(
        lambda x: min(max(x, -one), one), (lambda x: mpf(int(-1 < x < 1)),), [p for p in REAL if abs(p[0]) != 1]
    ),
    "softsign": Row(lambda x: x / (1 + abs(x)), (lambda x: 1 / (1 + abs(x)) ** 2,), REAL),
    "silu": Row(
        lambda x: x * logistic(x), (lambda x: logistic(x) * (1 + x * logistic(-x)),), EXPONENTS
    ),
    "erf": Row(mpmath.erf, (gauss,), ERF),
    "erfc": Row(mpmath.erfc, (lambda x: -gauss(x),), ERF),
    "i0": Row(lambda x: mpmath.besseli(0, x), (lambda x: mpmath.besseli(1, x),), EXPONENTS),
    "sin": Row(mpmath.sin, (mpmath.cos,), TURNS),
    "cos": Row(mpmath.cos, (lambda x: -mpmath.sin(x),), TURNS),
    "tan": Row(mpmath.tan, (lambda x: mpmath.sec(x) ** 2,), TURNS),
    "arcsin": Row(mpmath.asin, (lambda x: 1 / mpmath.sqrt((1 - x) * (1 + x)),), UNIT),
    "arccos": Row(mpmath.acos, (lambda x: -1 / mpmath.sqrt((1 - x) * (1 + x)),), UNIT),
    "arctan": Row(mpmath.atan, (lambda x: 1 / (1 + x * x),), REAL),
    "arctan2": Row(
        mpmath.atan2, (lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)), PAIRS
    ),
    "hypot": Row(
        mpmath.hypot, (lambda x, y: x / mpmath.hypot(x, y), lambda x, y: y / mpmath.hypot(x, y)), PAIRS
    ),
    "sinh": Row(mpmath.sinh, (mpmath.cosh,), EXPONENTS),
    "cosh": Row(mpmath.cosh, (mpmath.sinh,), EXPONENTS),
    "tanh": Row(mpmath.tanh, (lambda x: mpmath.sech(x) ** 2,), EXPONENTS),
    "arcsinh": Row(mpmath.asinh, (lambda x: 1 / mpmath.sqrt(1 + x * x),), REAL),
    "arccosh": Row(
        mpmath.acosh, (lambda x: 1 / mpmath.sqrt((x - 1) * (x + 1)),),
        line(1 + 2.0**-52, 1 + 1e-9, 1 + 1e-5, np.linspace(1.01, 6, 100), 700, 1e4, 1e100, 1e200, 1e300),
    ),
    "arctanh": Row(mpmath.atanh, (lambda x: 1 / ((1 - x) * (1 + x)),), UNIT),
    "deg2rad": Row(lambda x: x * DEGREE, (lambda _: DEGREE,), REAL),
    "rad2deg": Row(lambda x: x / DEGREE, (lambda _: 1 / DEGREE,), REAL),
    "sinc": Row(mpmath.sincpi, (sinc_slope,), SINC),
}  # fmt: skip

STEPS: dict[str, tuple[Exact, Points]] = {
    "floor": (mpmath.floor, REAL),
    "ceil": (mpmath.ceil, REAL),
    "trunc": (lambda x: mpmath.sign(x) * mpmath.floor(abs(x)), REAL),
    "rint": (mpmath.nint, REAL),
    "round": (mpmath.nint, REAL),
    "heaviside": (lambda x, y: y if x == 0 else first(x, 0), [*PAIRS, (0, 0.3)]),
    "floor_divide": (lambda x, y: mpmath.floor(x / y), MODULI),
}


class Allowance(NamedTuple):
    """What the value (None) or the slope by one input may be off at some points, in ulps of it or of `size`."""

    name: str
    part: int | None
    points: Points
    limit: float
    why: str
    size: float = FLOOR


ADDS_UP = "x cancels what is added to it: exact in ulps of 1, which both are near"
BESIDE = "beside its zero 1 cancels x·sigmoid(-x): exact in ulps of 1"
CANCELS = "the zeros lie just below n + 1/2; cos(πx) cancels sinc(x): exact in ulps of 1"
NEAR_ZEROS = [
    Allowance("silu", 0, [p for p in EXPONENTS if -1.35 < p[0] < -1.15], 1, BESIDE, size=1.0),
    Allowance("logaddexp", None, [(-1, -0.4586), (-0.7, -0.7), (-0.69, -0.696)], 2, ADDS_UP, size=1.0),
    Allowance("logaddexp2", None, [(-1, -0.999), (-1.01, -1.01)], 2, ADDS_UP, size=1.0),
    Allowance("sinc", 0, [p for p in SINC if abs(p[0]) > 1 and 0.39 < abs(p[0]) % 1 < 0.51], 1, CANCELS, size=1.0),
    Allowance("sinc", 0, line(both(1.43, 1.4303, 2.459, 3.471)), 1, CANCELS, size=1.0),
]

ARGUMENT = "np.sinc takes the sine of a rounded πx: exact in ulps of 1 only"
NUMPYS_OWN = [Allowance("sinc", None, [p for p in SINC if abs(p[0]) > 0.8], 1, ARGUMENT, size=1.0)]

FAR_APART = [(700, 1e-12), (1e-12, 700), (30.3, 0.1), (0.1, 30.3)]
POWER = "y - 1 is rounded where y < 1/2, and log(x) multiplies that"
SHARE = "x - y is rounded, and the exponential multiplies that: up to |x - y| ulp"
ROUNDED_EXPONENTS = [
    Allowance("power", 0, [(1e4, -0.3), (1e-12, 0.3)], 16, POWER),
    Allowance("power", 0, [(1e200, 0.3), (1e-200, 0.1)], 512, POWER),
    *(Allowance(name, k, FAR_APART, 512, SHARE) for name in ("logaddexp", "logaddexp2") for k in (0, 1)),
]
ALLOWANCES = [*NEAR_ZEROS, *NUMPYS_OWN, *ROUNDED_EXPONENTS]

SMOOTH = {name: op for name, op in autograd.OPS.items() if op.kind == "elementwise" and any(op.vjps)}
PARTS = [
    pytest.param(name, part, id=name if part is None else f"{name}-slope{part}")
    for name, op in SMOOTH.items()
    for part in (None, *(k for k, rule in enumerate(op.vjps) if rule is not None))
]


def errors(name: str, part: int | None, points: Points, size: float = FLOOR) -> Any:
    """Return the distance to the exact result, in ulps of that, or of `size` where that is larger."""
    row, function = EXACT[name], autograd.PUBLIC[name]
    exact = row.value if part is None else row.slopes[part]
    assert exact is not None, f"{name} has a rule for input {part}, but its row no slope"
    inputs = columns(points)
    with np.errstate(all="ignore"):
        if part is None:
            ours = function(*inputs).data
        else:
            ours = autograd.grad(lambda *xs: np.sum(function(*xs)), argnums=part)(*inputs)
    return np.array([ulps(float(o), exact(*map(mpf, p)), size) for o, p in zip(ours, points, strict=True)])


def columns(points: Points) -> list[Any]:
    return [np.array(column, float) for column in zip(*points, strict=True)]


def ulps(ours: float, exact: Any, size: float = FLOOR) -> float:
    """Return |ours - exact| in units in the last place of the exact value, or of `size` where that is larger."""
    nearest = float(exact)
    if ours == nearest or (np.isnan(ours) and np.isnan(nearest)):  # also where both have overflowed
        return 0.0
    return float(abs(mpf(ours) - exact)) / float(np.spacing(max(abs(nearest), size)))


def test_every_elementwise_operation_has_a_row() -> None:
    """What is registered is compared, and nothing else is: a new operation needs a row here."""
    assert EXACT.keys() == SMOOTH.keys()
    for name, op in SMOOTH.items():
        assert [slope is None for slope in EXACT[name].slopes] == [rule is None for rule in op.vjps], name


@pytest.mark.parametrize(("name", "part"), PARTS)
def test_exact_to_8_ulp(name: str, part: int | None) -> None:
    """Also in the tails and beside singular points, where the naive formula has lost all digits."""
    allowed = {p for a in ALLOWANCES if (a.name, a.part) == (name, part) for p in a.points}
    points = [p for p in EXACT[name].points if p not in allowed]
    error = errors(name, part, points)
    worst = int(np.argmax(error))
    assert error[worst] <= LIMIT, f"{error[worst]:.3g} ulp at {points[worst]}"


@pytest.mark.parametrize("allowance", ALLOWANCES, ids=lambda a: f"{a.name}-{a.part}-{a.points[0]}")
def test_allowance(allowance: Allowance) -> None:
    """Where no formula at hand is within the limit, the error has the bound that the reason gives it."""
    name, part, points, limit, _, size = allowance
    error = errors(name, part, points, size)
    worst = int(np.argmax(error))
    assert error[worst] <= limit, f"{error[worst]:.3g} ulp at {points[worst]}"


@pytest.mark.parametrize("name", STEPS)
def test_steps_are_exact(name: str) -> None:
    """A step function has the exact value and a slope of exactly 0."""
    exact, points = STEPS[name]
    inputs = columns(points)
    function = autograd.PUBLIC[name]
    assert function(*inputs).data.tolist() == [float(exact(*map(mpf, p))) for p in points]
    slopes = autograd.grad(lambda x: np.sum(function(x, *inputs[1:])))(inputs[0])
    assert not slopes.any()


@pytest.mark.parametrize("exponent", [-2, -1, -0.5, 0.5, 1, 2, 2.0, 3, 7, 60.5])
def test_a_plain_exponent(exponent: float) -> None:
    """x ** 2 and the like, whose rule is another, have slopes exact to the same 8 ulp."""
    points = [x for x, _ in POWERS if x > 0 or exponent % 1 == 0]
    with np.errstate(all="ignore"):
        slopes = autograd.grad(lambda x: np.sum(x**exponent))(np.array(points))
    n = mpf(exponent)
    exact = [n * mpf(x) ** (n - 1) for x in points]
    assert max(ulps(float(o), e) for o, e in zip(slopes, exact, strict=True)) <= LIMIT
