"""`check_grad`: what it accepts and refuses, what it says, and that it leaves its inputs alone."""

from __future__ import annotations

import gc
import json
import warnings
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.testing import GradientCheckError, Report, check_grad

X = np.array([0.5, -1.0, 2.0])


@autograd.operation(vjp=lambda g, _out, x: -g * np.cos(x))
def upside_down(x: Any) -> Any:
    """The sine, with the negative of its slope."""
    return np.sin(x)


def wrong(x: Any) -> Any:
    return np.sum(np.tanh(upside_down(x)) ** 2)


# --- bad input: each its own message -----------------------------------------------------------------------


def counting() -> Any:
    """Return a function whose result changes from call to call."""
    calls = []

    def f(x: Any) -> Any:
        calls.append(1)
        return x * float(len(calls))

    return f


def writes_in_place(x: Any) -> Any:
    x.data[0] = 5.0
    return x * 2.0


@pytest.mark.parametrize(
    ("f", "inputs", "error", "message"),
    [
        (np.sin, (np.array([1, 2]),), TypeError, r"input 0 holds int64.*x\.astype\(float\)"),
        (np.multiply, (X, np.array([True])), TypeError, "input 1 holds bool"),
        (np.sin, ("abc",), TypeError, "input 0 is str 'abc', and no array of numbers"),
        (np.sin, (), TypeError, "no inputs were given"),
        (3, (X,), TypeError, "3 is no function"),
        (counting(), (X,), ValueError, r"gives another result when it is called again.*\(0\.5, then 1\.0\).*random"),
        (writes_in_place, (X,), ValueError, r"writes to its input 0: element \(0,\) was 0\.5 and is 5\.0 afterwards"),
        (lambda _x: "abc", (X,), TypeError, "returned str, which is no array"),
        (lambda _x: None, (X,), TypeError, "returned None, in which there is no array"),
        (lambda x: float(np.sum(x)), (X,), TypeError, "returned float, which is not a tensor: the result has left the"),
        (lambda x: x.data * 2, (X,), TypeError, "returned ndarray, which is not a tensor"),
        (np.argmax, (X,), TypeError, "returned int64, which is not differentiable"),
        (lambda x: x > 0, (X,), TypeError, "returned bool, which is not differentiable"),
        (
            lambda x: x[x.data > X[0]],
            (X + 1e-9,),
            ValueError,
            "returned 2 numbers at the given point and 1 close to it",
        ),
        (np.log, (np.array([-1.0]),), ValueError, "every element of the result is nan"),
        (lambda x: np.reshape(x, (2, 2)), (X,), ValueError, r"reshape.*3 elements do not fill"),
    ],
)
def test_what_cannot_be_checked_says_why(f: Any, inputs: Any, error: Any, message: str) -> None:
    """Bad input raises before anything is compared, and is never a numerical failure."""
    with pytest.raises(error, match=message), np.errstate(all="ignore"):
        check_grad(f, *inputs)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"method": "guess"}, "method='guess' is not known; choose from 'auto', 'ridders', 'complex', 'central'"),
        ({"kinks": "no"}, "kinks='no' is not known"),
        ({"modes": ["reverse"]}, "modes='reverse' is not known; choose from 'rev', 'fwd'"),
        ({"modes": ()}, "modes is empty"),
        ({"order": 0}, "order=0; give 1, 2 or more"),
        ({"directions": "some"}, "directions='some'; give a number from 1, or 'full'"),
    ],
)
def test_unknown_options(option: dict[str, Any], message: str) -> None:
    """A wrong option says what there is."""
    with pytest.raises(ValueError, match=message):
        check_grad(np.sin, X, **option)


def test_inputs_are_never_changed_also_when_f_raises() -> None:
    """The arrays of the caller are copied before f sees them, at every step."""
    x = X.copy()
    x.flags.writeable = False
    calls = []

    def breaks(v: Any) -> Any:
        calls.append(1)
        if len(calls) > 20:
            raise RuntimeError("enough")
        return np.sin(v)

    with pytest.raises(RuntimeError, match="enough"):
        check_grad(breaks, x)
    assert np.array_equal(x, X)
    check_grad(wrong, x)
    assert np.array_equal(x, X)


def test_a_function_that_raises_off_its_domain_is_checked_inside() -> None:
    """ValueError at a step counts as no value there, as nan does."""

    def careful(x: Any) -> Any:
        if np.any(x.data <= 0):
            raise ValueError("the logarithm of nothing")
        return np.log(x)

    assert check_grad(careful, np.array([1e-3, 2.0]), directions=2)


# --- what passes, what fails -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["auto", "ridders", "complex", "central"])
@pytest.mark.parametrize("f", [np.sin, lambda x: np.sum(np.exp(x) * x), lambda x: np.outer(x, x) @ x])
def test_right_gradients_pass_by_every_method(f: Any, method: Any) -> None:
    """Smooth, analytic functions."""
    order = 1 if method == "complex" else 2
    check_grad(f, X, method=method, order=order).raise_if_failed()


@pytest.mark.parametrize("method", ["auto", "ridders", "complex", "central"])
def test_wrong_gradients_fail_by_every_method(method: Any) -> None:
    """Each method sees a wrong sign."""
    assert not check_grad(wrong, X, method=method, order=1)


def test_the_complex_step_needs_complex_numbers() -> None:
    """A function that does not take them is told apart from a wrong gradient."""
    with pytest.raises(ValueError, match="method='complex' needs a function that takes complex numbers"):
        check_grad(lambda x: np.floor(x) * x, X + 0.25, method="complex")


def test_auto_trusts_the_complex_step_only_where_differences_agree() -> None:
    """abs() drops the imaginary part: its complex step is 0, its slope is not."""
    assert check_grad(lambda x: np.abs(x) * x, X)


def test_nested_inputs_and_outputs() -> None:
    """Lists, tuples and dicts of arrays, numbers and tensors go in and out; a failure counts arrays in order."""
    tree = {"w": X, "more": [np.float64(3.0), autograd.tensor([[1.0, 2.0]])]}

    def f(p: Any) -> Any:
        return {"a": p["w"] * p["more"][0], "b": (np.sum(p["more"][1]), upside_down(p["more"][1]))}

    report = check_grad(f, tree)
    assert [(f.input, f.output) for f in report.failures] == [(2, 2)]


def test_sizes_nothing_one_and_many() -> None:
    """Empty, 0-d, size-1 and large inputs; the large Jacobian is checked by random directions."""
    for x in (np.zeros((0, 3)), np.float64(0.5), np.array([[0.5]]), np.linspace(-2, 2, 3000)):
        assert check_grad(lambda x: np.sin(x) * x, x, order=1)
    assert check_grad(np.sum, np.zeros(0))


def test_float32_is_compared_with_the_float64_gradient() -> None:
    """Right ones pass, noise of cancellation included; one that goes through float16 on its way fails."""
    x = np.linspace(0.1, 1, 5, dtype=np.float32)
    check_grad(lambda x: np.sum(((x + np.float32(1e3)) - np.float32(1e3)) ** 2), x, order=1).raise_if_failed()

    @autograd.operation(
        vjp=lambda g, _out, x: (g * np.cos(x)).astype(np.float16 if x.dtype == np.float32 else float).astype(x.dtype)
    )
    def coarse(x: Any) -> Any:
        return np.sin(x)

    report = check_grad(coarse, x, order=1)
    assert [failure.check for failure in report.failures] == ["single precision"]


@pytest.mark.parametrize(
    ("kinks", "at", "passes"),
    [
        ("subgradient", [0.0, 1.0], True),
        ("reject", [0.0, 1.0], False),
        ("skip", [0.0, 1.0], True),
        ("reject", [1e-3, 1.0], True),
    ],
)
@pytest.mark.parametrize("f", [np.abs, lambda x: np.maximum(x, 0.0), lambda x: np.sum(np.abs(x))])
def test_kinks(f: Any, kinks: Any, at: list[float], passes: bool) -> None:
    """Where slopes differ, what lies between them is accepted, or refused as such, or not looked at."""
    report = check_grad(f, np.array(at), kinks=kinks)
    assert report.passed is passes
    assert passes or "has a kink at this point: its slopes from both sides are" in report.failures[0].text


def test_beyond_the_slopes_of_a_kink_is_wrong() -> None:
    """A slope of 2 for relu at 0 lies between nothing."""

    @autograd.operation(vjp=lambda g, _out, x: g * np.where(x == 0, 2.0, x > 0))
    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    for kinks in ("subgradient", "reject"):
        assert not check_grad(relu, np.array([0.0, 1.0]), kinks=kinks)


@pytest.mark.parametrize(("f", "x"), [(np.floor, [2.0, 0.5]), (np.sign, [0.0, 1.0]), (lambda x: x % 1.0, [3.0, 0.5])])
def test_a_jump_is_named(f: Any, x: list[float]) -> None:
    """There is no derivative, and the report says so instead of comparing numbers."""
    report = check_grad(f, np.array(x))
    assert "the function jumps at this point" in report.failures[0].text


def test_nothing_that_could_be_compared_is_no_success() -> None:
    """At the edge of its domain sqrt has no derivative from both sides."""
    report = check_grad(np.sqrt, np.zeros(2))
    assert report.failures[0].check == "numerical derivative"


def test_modes_and_orders_by_themselves() -> None:
    """Only what was asked for is checked; a rule that is right once and constant fails at second order."""

    def constant_slope(g: Any, _out: Any, x: Any) -> Any:
        return g * 2 * (x.data if isinstance(x, autograd.Tensor) else x)

    @autograd.operation(vjp=constant_slope)
    def frozen(x: Any) -> Any:
        return x * x

    assert check_grad(frozen, X, order=1, modes="rev")
    report = check_grad(frozen, X)
    assert report.failures[0].check.startswith("second order")
    assert report.failures[0].blame.operation == "frozen"
    assert check_grad(lambda x: x**5, 2.0, order=4)


def test_a_wrong_forward_rule_is_found() -> None:
    """Reverse mode may be right where jvp= is not."""

    @autograd.operation(vjp=lambda g, _out, x: g * np.cos(x), jvp=lambda ts, _out, x: ts[0] * np.sin(x))
    def half_right(x: Any) -> Any:
        return np.sin(x)

    report = check_grad(half_right, X)
    assert [f.check for f in report.failures] == ["forward"]
    assert report.failures[0].blame.operation == "half_right"
    assert check_grad(half_right, X, modes="rev", order=1)


# --- conditions besides the value --------------------------------------------------------------------------


def test_a_gradient_that_changes_from_pass_to_pass() -> None:
    """A rule with a state of its own gives another gradient the second time."""
    calls = []

    def drifting(g: Any, _out: Any, _x: Any) -> Any:
        calls.append(1)
        return g * (1 + 1e-12 * len(calls))

    report = check_grad(autograd.operation(vjp=drifting)(lambda x: x * 1.0), X, order=1)
    assert "backward twice" in [f.check for f in report.failures]


@pytest.mark.parametrize(
    ("rule", "check"),
    [
        (lambda g, _out, x: np.where(g == 0, 1.0, g) * np.cos(x), "zero cotangent"),
        (lambda g, _out, x: np.abs(g) * np.cos(x), "linear in the cotangent"),
        (lambda g, _out, x: np.clip(g, -1.6, 1.6) * np.cos(x), "linear in the cotangent"),
        (lambda g, _out, x: g * np.cos(x) if x.flags.c_contiguous else g * np.sin(x), "layouts"),
    ],
)
def test_conditions_that_do_not_hold(rule: Any, check: str) -> None:
    """Zero gives zero, twice gives twice, a layout changes nothing: a rule that is right otherwise is found."""
    report = check_grad(autograd.operation(vjp=rule)(lambda x: np.sin(x)), X, order=1)
    assert check in [f.check for f in report.failures]
    assert "input 0" in next(f for f in report.failures if f.check == check).text


def test_a_rule_that_loses_the_cotangents_graph() -> None:
    """Values and second derivatives by the inputs are right: only a cotangent that depends on them would tell."""

    def detached(g: Any, _out: Any, x: Any) -> Any:
        return autograd.as_tensor(g).detach() * np.cos(x) if isinstance(g, autograd.Tensor) else g * np.cos(x)

    f = autograd.operation(vjp=detached, jvp=lambda ts, _out, x: ts[0] * np.cos(x))(lambda x: np.sin(x))
    report = check_grad(f, X)
    assert [f.check for f in report.failures] == ["recorded in the cotangent"]
    assert report.failures[0].blame.operation == f.__name__
    assert check_grad(f, X, order=1)


@pytest.mark.parametrize("factor, passes", [(1 + 5e-7, True), (1 + 5e-6, False)])
def test_functions_that_are_only_so_exact(factor: float, passes: bool) -> None:
    """`rtol` and `atol` are accepted besides, in every check; without them nothing is."""
    f = autograd.operation(vjp=lambda g, _out, x: factor * g * np.cos(x))(lambda x: np.sin(x))
    assert check_grad(f, X, modes="rev", rtol=1e-6).passed == passes
    assert check_grad(f, X, modes="rev", atol=1e-6).passed == passes
    assert not check_grad(f, X, modes="rev")
    with pytest.raises(ValueError, match="rtol=-1"):
        check_grad(f, X, rtol=-1)


def test_a_rule_that_writes_to_what_it_is_given() -> None:
    """An input that backward has changed is named."""

    def writes(g: Any, _out: Any, x: Any) -> Any:
        if isinstance(x, np.ndarray):
            x[0] += 1e-300 if x[0] else 1.0
            x[0] = -x[0]
        return g * 1.0

    report = check_grad(autograd.operation(vjp=writes)(lambda x: x * 1.0), X, order=1)
    assert "nothing written or shared" in [f.check for f in report.failures]


# --- the report --------------------------------------------------------------------------------------------


def report_on_wrong() -> Report:
    return check_grad(wrong, X)


def test_a_report_is_true_if_all_held() -> None:
    """`if check_grad(...)` and `assert check_grad(...)` mean what they say; the exception carries the report."""
    good, bad = check_grad(np.sin, X), report_on_wrong()
    assert good and not bad and good.raise_if_failed() is good
    with pytest.raises(GradientCheckError, match="operation upside_down") as caught:
        bad.raise_if_failed()
    assert caught.value.report is bad
    assert isinstance(caught.value, AssertionError)
    assert repr(bad) == "<Report on wrong: FAILED: reverse and forward>"


def test_the_text_names_all_that_is_needed() -> None:
    """Element, numbers, operation with its line and its rule's line, causes, and code that fails the same way."""
    text = str(report_on_wrong())
    for part in (
        "gradient check of wrong(float64 (3,)): FAILED",
        "element (",
        "of input 0",
        "numeric ",
        "analytic ",
        "ratio     -1",
        "operation upside_down, called at",
        "test_check_grad.py:",
        "its rule ",
        "1. sign: the analytic derivative is the negative",
        "from tests.autograd.testing.test_check_grad import upside_down",
        "held: backward twice",
    ):
        assert part in text, part


def test_the_snippet_reproduces_the_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """Run as it stands, it prints a report that blames the same operation."""
    snippet = report_on_wrong().failures[0].snippet
    exec(snippet, {})
    assert "operation upside_down" in capsys.readouterr().out


def test_as_data_and_as_html() -> None:
    """`to_dict` goes through JSON as it is; the HTML has the same content, escaped."""
    report = report_on_wrong()
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert data["passed"] is False
    failure = data["failures"][0]
    assert failure["blame"]["operation"] == "upside_down" and failure["ratio"] == pytest.approx(-1)
    assert failure["causes"][0]["name"] == "sign" and data["seed"] == 0
    html = report._repr_html_()
    assert "upside_down" in html and "<pre>" in html and "lambda a: upside_down(a)" in html
    assert "&lt;lambda&gt;" in check_grad(lambda x: x * 1.0, X)._repr_html_()


def test_the_seed_makes_it_repeatable() -> None:
    """The same seed gives the same report and looks at the same points, another one goes in other directions."""
    big = np.linspace(-1, 1, 200)

    def points(seed: int) -> list[bytes]:
        seen = []

        def f(x: Any) -> Any:
            seen.append(x.data.tobytes())
            return np.sin(x)  # 200 by 200: too many derivatives to compare each by itself

        assert check_grad(f, big, seed=seed, order=1)
        return seen

    assert points(3) == points(3)
    assert points(3) != points(4)
    assert check_grad(wrong, big, seed=3).seed == 3


def test_a_result_that_does_not_depend_on_the_inputs_is_noted() -> None:
    """It passes, since the derivative is zero; but hardly anybody means it."""
    report = check_grad(lambda _x: autograd.tensor(3.0), X)
    assert report and report.notes == ["the result does not change with the inputs: all derivatives are zero"]


@pytest.mark.parametrize("f", [np.sin, wrong, lambda x: np.sum(np.abs(x - 0.5)), lambda x: np.sum(np.sin(x) * x.data)])
def test_a_check_leaves_nothing_behind(f: Any) -> None:
    """No reference cycle, and no changed mode or warning filter."""
    check_grad(f, X)
    filters = list(warnings.filters)
    gc.collect()
    gc.disable()
    left = []
    try:
        for _ in range(3):  # now and then another thread leaves something, that of pytest-xdist for one
            check_grad(f, X)
            left.append(gc.collect())
    finally:
        gc.enable()
    assert min(left) == 0
    assert autograd.is_grad_enabled() and warnings.filters == filters


def test_a_rule_that_raises_says_in_which_mode() -> None:
    """What a rule raises comes through, with a note on how it was called; the grad mode is what it was."""

    def writes_to_its_cotangent(g: Any, _out: Any, x: Any) -> Any:
        return np.multiply(g, np.cos(x), out=g)

    with pytest.raises(TypeError, match="out= cannot be used with tensors") as caught:
        check_grad(autograd.operation(vjp=writes_to_its_cotangent)(lambda x: np.sin(x)), X, modes="fwd")
    assert "raised in forward mode" in caught.value.__notes__[0]
    assert autograd.is_grad_enabled()
