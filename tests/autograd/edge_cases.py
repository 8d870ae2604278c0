"""What happens at the singular points: one table, which `test_edge_cases.py` runs and `docs/edge-cases.md` shows."""

from __future__ import annotations

from typing import Any, NamedTuple

nan, inf = float("nan"), float("inf")


class Case(NamedTuple):
    """An expression in x (and the names of autograd and np), a point, and the gradient by x that is right there."""

    words: str
    code: str
    x: Any
    gradient: Any
    value: Any = None  # what the expression itself gives, where that is part of the convention
    warns: bool = False  # NumPy warns of it in the forward pass


class Refusal(NamedTuple):
    """An expression that raises, and words of the message."""

    words: str
    code: str
    x: Any
    error: str
    says: str


CASES = [
    Case("relu at 0; at nan: it keeps its trace", "relu(x)", [0.0, nan, -1.0, 2.0], [0, 1, 0, 1]),
    Case("leaky_relu at 0: the slope below", "leaky_relu(x)", [0.0, nan, -1.0], [0.2, 0.2, 0.2]),
    Case("elu at 0", "elu(x)", [0.0, 2.0], [1, 1]),
    Case("relu6 at 0, at 6; at nan", "relu6(x)", [0.0, 6.0, nan, 3.0], [0, 0, 1, 1]),
    Case("hard_tanh at ±1; at nan", "hard_tanh(x)", [-1.0, 1.0, nan, 0.0], [0, 0, 1, 1]),
    Case("abs at 0; at nan", "np.abs(x)", [0.0, nan, -2.0], [0, nan, -1]),
    Case("max with ties: split evenly", "np.max(x)", [3.0, 1.0, 3.0], [0.5, 0, 0.5]),
    Case("min with ties: split evenly", "np.min(x)", [1.0, 1.0, 1.0, 2.0], [1 / 3, 1 / 3, 1 / 3, 0]),
    Case("max with one nan: to the nan", "np.max(x)", [1.0, nan, 3.0], [0, 1, 0], nan),
    Case("max that ties with initial: it has its share", "np.max(x, initial=3.0)", [3.0, 1.0], [0.5, 0], 3.0),
    Case("max of no nan, with ties", "np.nanmax(x)", [3.0, nan, 3.0], [0.5, 0, 0.5], 3.0),
    Case("max of nan alone", "np.nanmax(x)", [nan, nan], [0, 0], nan, warns=True),
    Case("maximum so far, with ties: to the first", "np.maximum.accumulate(x)", [1.0, 3.0, 3.0], [1, 2, 0], [1, 3, 3]),
    Case("median of an even number: the mean of two", "np.median(x)", [4.0, 1.0, 3.0, 2.0], [0, 0, 0.5, 0.5], 2.5),
    Case("median with a tie in the middle", "np.median(x)", [2.0, 2.0], [0.5, 0.5], 2.0),
    Case("median with one nan: to the nan", "np.median(x)", [1.0, nan, 3.0], [0, 1, 0], nan),
    Case("median of no nan", "np.nanmedian(x)", [1.0, nan, 3.0, 2.0], [0, 0, 0, 1], 2.0),
    Case("maximum of equals: a half each", "np.maximum(x[0], x[1])", [2.0, 2.0], [0.5, 0.5]),
    Case("maximum(x, x)", "np.maximum(x, x)", [2.0], [1]),
    Case("maximum with a nan: the nan operand gets it", "np.maximum(x[0], x[1])", [nan, 1.0], [1, 0], nan),
    Case("minimum with a nan", "np.minimum(x[0], x[1])", [1.0, nan], [0, 1], nan),
    Case("sqrt at 0", "np.sqrt(x)", [0.0], [inf]),
    Case("sqrt at 0 under a zero cotangent", "0.0 * np.sqrt(x)", [0.0, 4.0], [0, 0]),
    Case("length at the origin", "np.linalg.norm(x)", [0.0, 0.0], [0, 0], 0.0),
    Case("sqrt(sum(x²)) at 0: use norm", "np.sqrt(np.sum(x * x))", [0.0, 0.0], [nan, nan]),
    Case("1-norm at 0", "np.linalg.norm(x, 1)", [0.0, -2.0], [0, -1]),
    Case("inf-norm with ties: split", "np.linalg.norm(x, np.inf)", [2.0, -2.0, 1.0], [0.5, -0.5, 0]),
    Case("x**0 at 0", "x**0", [0.0, 2.0], [0, 0], [1, 1]),
    Case("x**0.0 as tensors at 0", "x ** tensor(0.0)", [0.0], [0], [1]),
    Case("x**y by x at (0, 0)", "x ** tensor(0.0, requires_grad=True)", [0.0], [0]),
    Case("0**y by y, at y >= 0", "0.0**x", [0.0, 2.0], [0, 0], [1, 0]),
    Case("0**y by y, at y = -1", "0.0**x", [-1.0], [-inf], warns=True),
    Case("x**y by y, where the base is negative", "(-2.0) ** x", [2.0], [nan], [4]),
    Case("where(x > 0, log x, 0) at 0", "np.where(x > 0, np.log(x), 0)", [0.0, 2.0], [0, 0.5], warns=True),
    Case("where(x > 0, sqrt x, 0) at 0, below", "np.where(x > 0, np.sqrt(x), 0)", [0.0, -1.0], [0, 0], warns=True),
    Case("where(x ≠ 0, 1/x, 0) at 0", "np.where(x != 0, 1 / x, 0)", [0.0, 2.0], [0, -0.25], warns=True),
    Case("where(x ≠ 0, sin x / x, 1) at 0", "np.where(x != 0, np.sin(x) / x, 1)", [0.0], [0], warns=True),
    Case("clip at its bounds; at nan", "np.clip(x, -1, 1)", [-1.0, 1.0, nan, 3.0], [1, 1, 0, 0]),
    Case("sort with ties: stable", "np.sort(x)[0]", [1.0, 1.0], [1, 0]),
    Case("prod with one zero", "np.prod(x)", [0.0, 2.0, 3.0], [6, 0, 0]),
    Case("prod with two zeros", "np.prod(x)", [0.0, 0.0, 3.0], [0, 0, 0]),
    Case("cumprod with a zero", "np.cumprod(x)", [0.0, 2.0, 3.0], [9, 0, 0]),
    Case("std of a constant", "np.std(x)", [2.0, 2.0, 2.0], [0, 0, 0], 0.0),
    Case("std with ddof=1 of one element", "np.std(x, ddof=1)", [2.0], [nan], nan, warns=True),
    Case("logsumexp of all -inf", "logsumexp(x)", [-inf, -inf], [0, 0], -inf),
    Case("logsumexp with inf", "logsumexp(x)", [inf, 0.0], [1, 0], inf),
    Case("softmax of all -inf", "softmax(x)[0]", [-inf, -inf], [nan, nan], nan, warns=True),
    Case("softmax at ±1000", "softmax(x)[0]", [1000.0, -1000.0], [0, 0], 1.0),
    Case("log_softmax at ±1000", "log_softmax(x)[1]", [1000.0, -1000.0], [-1, 1], -2000.0),
    Case("sigmoid at ±1000", "sigmoid(x)", [1000.0, -1000.0], [0, 0], [1, 0]),
    Case("log_sigmoid at ±1000", "log_sigmoid(x)", [1000.0, -1000.0], [0, 1], [0, -1000]),
    Case("softplus at ±1000", "softplus(x)", [1000.0, -1000.0], [1, 0], [1000, 0]),
    Case("arctan2(0, 0)", "np.arctan2(x[0], x[1])", [0.0, 0.0], [0, 0]),
    Case("hypot(0, 0)", "np.hypot(x[0], x[1])", [0.0, 0.0], [0, 0]),
    Case("sinc at 0 and beside it", "np.sinc(x)", [0.0, 1e-9], [0, -3.2898681336964528e-09]),
    Case("tanh at 20", "np.tanh(x)", [20.0], [1.6993417021166355e-17]),
    Case("sigmoid at 40", "sigmoid(x)", [40.0], [4.248354255291589e-18]),
    Case("floor, round, sign: zeros, never None", "np.floor(x) + np.round(x) + np.sign(x)", [1.5, 0.0], [0, 0]),
    Case("a % b: 1 and -floor(a / b)", "x[0] % x[1]", [7.0, 2.0], [1, -3]),
    Case("1 / x at 0", "1 / x", [0.0], [-inf], [inf], warns=True),
    Case("0 / x at 0", "0 / x", [0.0], [nan], [nan], warns=True),
    Case("log at 0 and below", "np.log(x)", [0.0, -1.0], [inf, -1], [-inf, nan], warns=True),
    Case("arccos at ±1", "np.arccos(x)", [1.0, -1.0], [-inf, -inf]),
    Case("logaddexp(-inf, -inf)", "np.logaddexp(x[0], x[1])", [-inf, -inf], [0, 0], -inf),
    Case("logaddexp(inf, 0)", "np.logaddexp(x[0], x[1])", [inf, 0.0], [1, 0], inf),
    Case("an index repeated: adds up", "x[[0, 0, 1]]", [1.0, 2.0], [2, 1]),
    Case("det of a singular matrix: adjugate", "np.linalg.det(x)", [[1.0, 2.0], [2.0, 4.0]], [[4, -2], [-2, 1]], 0.0),
    Case("sum of nothing", "np.sum(x)", [], [], 0.0),
    Case("prod of nothing", "np.prod(x)", [], [], 1.0),
    Case("mean of nothing", "np.mean(x)", [], [], nan, warns=True),
    Case("a 0-d tensor has a 0-d gradient", "x * x", 3.0, 6.0, 9.0),
]

REFUSALS = [
    Refusal("max of nothing", "np.max(x)", [], "ValueError", "axis 0 of shape (0,) is empty"),
    Refusal("inv of singular", "np.linalg.inv(x)", [[1.0, 2.0], [2.0, 4.0]], "LinAlgError", "condition number"),
    Refusal("an integer leaf", "tensor([1, 2], requires_grad=True)", [], "TypeError", "dtype=float"),
]

LATER = "top-k and max-pooling with ties; xlogy; masked softmax. Their operations do not exist yet."


def page() -> str:
    """Return the documentation page of this table."""
    lines = [
        "# At the singular points",
        "",
        "What value and gradient are where a formula has none, or the wrong one; `tests/autograd/test_edge_cases.py`",
        "runs this table. The gradient is that of the sum of the expression.",
        "",
        "| case | expression | at x = | gradient |",
        "|---|---|---|---|",
        *(f"| {c.words} | `{c.code}` | {_short(c.x)} | {_short(c.gradient)} |" for c in CASES),
        "",
        "| refused | expression | at x = | error |",
        "|---|---|---|---|",
        *(f"| {r.words} | `{r.code}` | {_short(r.x)} | {r.error}: … {r.says} … |" for r in REFUSALS),
        "",
        f"Still to come: {LATER}",
    ]
    return "\n".join(lines) + "\n"


def _short(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_short, values))}]"
    return f"{values:.4g}"
