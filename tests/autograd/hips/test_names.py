"""The names of HIPS autograd: each is there, and does what its users expect."""

from __future__ import annotations

import copy
import subprocess
import sys
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import autograd
import autograd.numpy as anp
import viz
from autograd import core, grad
from autograd.builtins import DictBox, SequenceBox
from autograd.core import VJPNode, backward_pass, make_jvp, make_vjp, vspace
from autograd.extend import (
    Box,
    SparseObject,
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
    notrace_primitive,
    primitive,
)
from autograd.misc import const_graph, flatten, flatten_func
from autograd.numpy.numpy_boxes import ArrayBox
from autograd.numpy.numpy_vjps import unbroadcast_f
from autograd.numpy.numpy_vspaces import ArrayVSpace
from autograd.test_util import check_equivalent, check_grads, combo_check, scalar_close
from autograd.testing import check_grad
from autograd.tracer import Node, getval, isbox, new_box, trace, trace_stack
from autograd.transforms import MAKERS
from autograd.util import subval, subvals, toposort
from autograd.wrap_util import unary_to_nary

NAMES = {
    "autograd": (
        "grad value_and_grad grad_and_aux grad_named multigrad_dict elementwise_grad deriv holomorphic_grad jacobian "
        "hessian hessian_tensor_product hessian_vector_product tensor_jacobian_product vector_jacobian_product "
        "make_vjp make_jvp make_hvp make_ggnvp checkpoint primitive numpy scipy misc extend builtins core tracer util "
        "wrap_util test_util differential_operators dict isinstance list tuple type"
    ),
    "autograd.numpy": "linalg fft random numpy_boxes make_diagonal array_from_args concatenate_args array ndarray pi",
    "autograd.extend": (
        "primitive notrace_primitive defvjp defvjp_argnum defvjp_argnums defjvp defjvp_argnum defjvp_argnums "
        "def_linear vspace VSpace SparseObject Box VJPNode JVPNode register_notrace"
    ),
    "autograd.util": "subval subvals func toposort",
    "autograd.builtins": "list dict tuple isinstance type DictBox SequenceBox",
    "autograd.numpy.numpy_vspaces": "ArrayVSpace ComplexArrayVSpace",
    "autograd.numpy.numpy_jvps": "broadcast",
    "autograd.numpy.numpy_wrapper": "_astype array",
    "autograd.tracer": "primitive isbox getval trace Node toposort new_box trace_stack Box",
    "autograd.core": "make_vjp make_jvp vspace backward_pass VJPNode",
    "autograd.differential_operators": "make_jvp_reversemode grad vspace _make_vjp _make_jvp",
    "autograd.wrap_util": "unary_to_nary",
    "autograd.misc": "flatten flatten_func const_graph",
    "autograd.misc.optimizers": "sgd rmsprop adam",
    "autograd.misc.fixed_points": "fixed_point",
    "autograd.test_util": "check_grads combo_check check_vjp check_jvp check_equivalent scalar_close",
    "autograd.scipy": "special stats linalg signal integrate",
}


@pytest.mark.parametrize("module", NAMES)
def test_names_are_there(module: str) -> None:
    for name in NAMES[module].split():
        assert getattr(import_module(module), name) is not None


def test_every_name_of_numpy_is_there() -> None:
    for name in dir(np):
        if not name.startswith("_"):
            assert hasattr(anp, name), name
    for part in ("linalg", "fft", "random"):
        missing = set(dir(getattr(np, part))) - set(dir(getattr(anp, part)))
        assert not {name for name in missing if not name.startswith("_")}
    assert not hasattr(anp, "no_such_name")


def test_plain_arrays_stay_plain() -> None:
    for x in (anp.array([1.0, 2.0]), anp.sum([1.0, 2.0]), anp.full(2, 1.0), anp.asarray([1]), anp.exp(1.0)):
        assert not isinstance(x, autograd.Tensor)


def test_arrays_of_tensors() -> None:
    def f(x: Any) -> Any:
        made = anp.array([[x[0], 2.0], [x[1] * x[0], x[2]]])
        assert isinstance(made, ArrayBox) and made.shape == (2, 2)
        return anp.sum(made**2) + anp.sum([x[0], x[1]]) + anp.sum(anp.full((2, 2), x[2]))

    check_grad(f, np.array([1.0, 2.0, 3.0])).raise_if_failed()
    t = autograd.tensor([1.0, 2.0], requires_grad=True)
    assert anp.asarray(t) is t
    assert anp.array(t).requires_grad
    assert anp.array([t, t], dtype=np.float32).dtype == np.float32
    assert anp.array([t[0]], ndmin=2).shape == (1, 1)
    assert anp.array_from_args((), {}, t, t).shape == (2, 2)
    assert anp.concatenate_args(0, t, t).shape == (4,)
    assert anp.make_diagonal(t).shape == (2, 2)


def test_functions_of_lists() -> None:
    """A list of traced values is an array of them, in the first places of functions too."""
    assert grad(lambda x: anp.linalg.norm([x, x + 2]))(0.0) == 1.0
    assert grad(lambda x: anp.dot([x, 2.0], (x, x)))(3.0) == 8.0
    assert grad(lambda x: anp.append([x, x], x * x)[2])(3.0) == 6.0
    np.testing.assert_array_equal(grad(lambda x: anp.mean([x, 2 * x]))(np.ones(2)), [0.75, 0.75])


@pytest.mark.parametrize("k", [-2, 0, 1])
def test_make_diagonal_is_the_inverse_of_diagonal(k: int) -> None:
    x = np.arange(6.0).reshape(2, 3)
    made = anp.make_diagonal(x, k, axis1=0, axis2=2)
    np.testing.assert_array_equal(np.diagonal(made, k, axis1=0, axis2=2), x)
    assert np.count_nonzero(made) == np.count_nonzero(x)
    check_grad(lambda x: anp.make_diagonal(x, k, axis1=-1, axis2=-2), x).raise_if_failed()
    np.testing.assert_array_equal(anp.make_diagonal(np.array([1.0, 2.0]), axis1=-1, axis2=-2), [[1, 0], [0, 2]])


def test_arrays_written_as_an_index() -> None:
    """What r_ and c_ make of arrays they make of tensors, whatever the words in front say."""
    x, m = np.array([1.0, 2.0, 3.0]), np.arange(6.0).reshape(2, 3)
    calls: list[Any] = [
        lambda r, c, x, m: r[x, 0.0, x],
        lambda r, c, x, m: r[x, 1:3, 0:1:3j],
        lambda r, c, x, m: r["0,2", x, [4, 5, 6]],
        lambda r, c, x, m: r["1,2,0", x, x],
        lambda r, c, x, m: r["-1", m, m],
        lambda r, c, x, m: r["0,3,-2", x, x],
        lambda r, c, x, m: r[m, m],
        lambda r, c, x, m: c[x, x, [0, 0, 0]],
        lambda r, c, x, m: c[m, m],
        lambda r, c, x, m: c[x[0], 5.0],
        lambda r, c, x, m: c["1,2,0", x],
    ]
    for call in calls:
        expected = call(np.r_, np.c_, x, m)
        made = call(anp.r_, anp.c_, autograd.tensor(x, requires_grad=True), autograd.tensor(m, requires_grad=True))
        np.testing.assert_array_equal(made.detach().data, expected)
        np.testing.assert_array_equal(call(anp.r_, anp.c_, x, m), expected)
    check_grad(lambda x: [anp.r_[x, 0.0, x], anp.c_[x, x**2]], x).raise_if_failed()
    with pytest.raises(NotImplementedError, match="matrix"):
        anp.r_["c", autograd.tensor(x, requires_grad=True)]


def test_whole_numbers_of_traced_values() -> None:
    """They have no slope that could get lost."""

    def f(x: Any) -> Any:
        k = anp.int64(x[:, 1])
        assert k.dtype == np.int64 and np.asarray(x, int).dtype == int
        return anp.sum(x[:, 0][k])

    np.testing.assert_array_equal(grad(f)(np.array([[1.0, 1.2], [2.0, 0.7]])), [[1, 0], [1, 0]])
    with pytest.raises(TypeError, match="leave the graph"):
        np.float32(autograd.tensor([1.0], requires_grad=True))


def test_where_by_name() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(anp.where(condition=x > 1, x=x, y=0.0), [0, 2])
    np.testing.assert_array_equal(anp.where(x > 1)[0], [1])
    np.testing.assert_array_equal(grad(lambda x: anp.sum(anp.where(x > 1, x=x**2, y=x)))(x), [1, 4])


def test_types_of_values() -> None:
    t = autograd.tensor([1.0])
    assert autograd.isinstance(t, np.ndarray) and autograd.isinstance(t, ArrayBox)
    assert not autograd.isinstance(t, float) and autograd.isinstance(autograd.tensor(1.0), float)
    assert autograd.type(t) is np.ndarray and autograd.type([]) is autograd.list
    with pytest.raises(AttributeError, match="no attribute 'lists'"):
        _ = autograd.lists  # type: ignore[attr-defined]


def test_traced_values_are_boxes() -> None:
    seen: list[Any] = []

    def f(x: Any) -> Any:
        seen.append((isbox(x), isinstance(x, ArrayBox), getval(x), x._value))
        return x * 2.0

    grad(f)(3.0)
    assert seen == [(True, True, 3.0, 3.0)]
    assert not isbox(3.0) and getval(3.0) == 3.0
    assert isinstance({"a": 1}, DictBox)


class Named(Node):
    """A step that knows what it is called by."""

    def __init__(self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any) -> None:
        words = [str(getval(a)) for a in args]
        for n, parent in zip(parent_argnums, parents, strict=True):
            words[n] = parent.text
        self.text = f"{fun.__name__}({', '.join([*words, *(f'{k}={v}' for k, v in kwargs.items() if v is not None)])})"
        self.value = value

    def initialize_root(self, text: str) -> None:
        self.text = text


def test_traces_of_ones_own() -> None:
    value, node = trace(Named.new_root("x"), lambda x: anp.sum(anp.sin(x)[1:] / 2.0), np.arange(3.0))
    assert node.text == "sum(divide(getitem(sin(x), index=slice(1, None, None)), 2.0))"
    assert value == node.value == np.sum(np.sin([1.0, 2.0]) / 2)
    _, node = trace(Named.new_root("x"), grad(lambda x: anp.sin(2.0 * x)), 1.0)
    assert "cos(multiply(2.0, positive(x)))" in node.text
    with pytest.warns(UserWarning, match="independent"):
        assert trace(Named.new_root("x"), lambda x: 3.0, 1.0) == (3.0, None)
    with pytest.raises(NotImplementedError, match="subclass"):
        trace(Node.__new__(Node), np.sin, 1.0)


# --- primitives -------------------------------------------------------------------------------------------------------


def scaled() -> Any:
    @primitive
    def scale(x: Any, factor: Any, *, power: int = 1) -> Any:
        return x * factor**power

    return scale


def test_a_rule_for_each_argument_and_options() -> None:
    scale = scaled()
    defvjp(
        scale,
        lambda ans, x, factor, power=1: lambda g: g * factor**power,
        lambda ans, x, factor, power=1: unbroadcast_f(factor, lambda g: g * x * power * factor ** (power - 1)),
    )
    x = np.array([1.0, 2.0])
    for power in (1, 3):
        check_grad(lambda x, f, power=power: scale(x, f, power=power), x, np.array(1.5)).raise_if_failed()
    assert not isinstance(scale(x, 2.0), autograd.Tensor)


def test_a_primitive_is_an_operation_like_any_other() -> None:
    scale = scaled()
    defvjp(scale, lambda ans, x, f: lambda g: g * f, lambda ans, x, f: lambda g: np.sum(g * x))
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = scale(x, 3.0)
    assert "op=scale" in repr(y)
    assert "scale" in viz.draw(y).svg()
    function = autograd.compile(autograd.value_and_grad(lambda x: np.sum(scale(x, 3.0) ** 2)))
    for _ in range(2):
        value, gradient = function(np.array([1.0, 2.0]))
        assert float(value) == 45.0
        np.testing.assert_allclose(gradient, [18.0, 36.0])


def test_rules_by_argument_number() -> None:
    by_one, by_all = scaled(), scaled()
    defvjp_argnum(by_one, lambda n, ans, args, kwargs: lambda g: np.sum(g * args[1 - n]) if n else g * args[1 - n])
    defvjp_argnums(
        by_all,
        lambda argnums, ans, args, kwargs: (
            lambda g: tuple(np.sum(g * args[1 - n]) if n else g * args[1 - n] for n in argnums)
        ),
    )
    for f in (by_one, by_all):
        check_grad(f, np.array([1.0, 2.0]), np.array(1.5)).raise_if_failed()


def test_forward_rules() -> None:
    for give in (
        lambda f: defjvp(f, lambda g, ans, x, y: g * y, lambda g, ans, x, y: g * x),
        lambda f: defjvp(f, "same", "same"),
        lambda f: defjvp_argnum(f, lambda n, g, ans, args, kwargs: g * args[1 - n]),
        lambda f: defjvp_argnums(
            f, lambda ns, gs, ans, args, kwargs: sum(g * args[1 - n] for n, g in zip(ns, gs, strict=True))
        ),
        def_linear,
    ):
        product = primitive(lambda x, y: x * y)
        give(product)
        _, t = autograd.jvp(product, (2.0, 3.0), (1.0, 10.0))
        assert float(t) == 23.0


def test_iterables_of_arrays() -> None:
    """Where NumPy wants a list, the values of a dict and what map gives are taken too, as HIPS autograd does."""
    params = {"a": np.ones(2), "b": np.arange(2.0)}
    for join in (anp.stack, anp.vstack, anp.hstack, anp.dstack, anp.column_stack, anp.concatenate, anp.array):
        found = grad(lambda d, join=join: np.sum(join(d.values()) ** 2))(params)
        assert found["a"].tolist() == [2, 2] and found["b"].tolist() == [0, 2]
        np.testing.assert_array_equal(join(params.values()), join(list(params.values())))
    assert grad(lambda x: np.sum(anp.concatenate(map(np.sin, (x, x)))))(np.zeros(2)).tolist() == [2, 2]
    np.testing.assert_array_equal(anp.concatenate(np.eye(2)), np.concatenate(np.eye(2)))


def test_integer_arrays_are_variables() -> None:
    """As in lifelines, where durations may be whole numbers; a Python int is none, as in HIPS autograd."""
    times = np.array([1, 2, 3])
    slope = autograd.elementwise_grad(lambda rate, t: rate * t**2.0, 1)(2.0, times)
    assert slope.tolist() == [4, 8, 12] and slope.dtype == float and times.dtype == int
    assert grad(lambda d: np.sum(d["n"] ** 2))({"n": np.array(3)})["n"] == 6
    with pytest.raises(TypeError, match=r"Write 3\.0"):
        grad(lambda x: x**2)(3)


class Marked(np.ndarray):
    """An array type of somebody else's, which handles ufuncs by itself and knows nothing of tensors."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [x.view(np.ndarray) if isinstance(x, Marked) else x for x in inputs]
        return np.asarray(getattr(ufunc, method)(*plain, **options)).view(Marked)


def test_boxes_of_other_types() -> None:
    """As PennyLane has it: a type says what makes variables of it, and leaves operations with those to them."""
    made: list[Any] = []

    def box(value: Any, trace: int, node: Any) -> Any:
        made.append(value)
        return ArrayBox(value, trace, node)

    x, y = np.array([1.0, 2.0]).view(Marked), np.array([3.0, 4.0]).view(Marked)
    Box.type_mappings[Marked] = box
    try:
        assert grad(lambda x: np.sum(y * x * x))(x).tolist() == [6, 16] and made == [x]
        assert type(y * y) is Marked
        assert autograd.vmap(lambda x: y[0] * x)(np.ones(2)).tolist() == [3, 3]
    finally:
        del MAKERS[Marked]
    Box.register(Marked)
    assert grad(lambda x: np.sum(x**2))(x).tolist() == [2, 4]


def test_what_is_put_into_the_class_of_boxes() -> None:
    """As tidy3d does: tensors have it then; NumPy's protocols, which HIPS autograd's boxes lack, stay ours."""
    program = """
import autograd.numpy as np
from autograd import grad, tensor
from autograd.numpy.numpy_boxes import ArrayBox
ArrayBox.tidy = True
ArrayBox.__array_function__ = ArrayBox.__array_ufunc__ = ArrayBox.sum = None
ArrayBox.item = lambda self: np.ravel(self)[0]
print(tensor(1.0).tidy, grad(lambda x: np.sin(x).sum() + x.item() ** 2)(np.zeros(1)), float(tensor(2.0)))
print(issubclass(ArrayBox, object), ArrayBox.ndim is type(tensor(1.0)).ndim, isinstance([], ArrayBox))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True [1.] 2.0\nTrue True False\n"


def test_independence_by_traces() -> None:
    """As PennyLane finds out whether a function depends on its arguments."""
    with trace_stack.new_trace() as number:
        start = new_box((np.array(1.0), 2.0), number, VJPNode.new_root())
    assert start._trace == number == (start[0] * start[1])._trace
    assert isinstance(start, SequenceBox) and isinstance([], SequenceBox) and not isinstance({}, SequenceBox)
    assert SequenceBox is not list and vspace(np.ones(2)).shape == ArrayVSpace(np.ones(2)).shape


def test_traces_by_hand() -> None:
    """As pymoo does it: a variable, and several passes from a node, over a graph that stays."""
    x = new_box(np.array([1.0, 2.0]), 0, VJPNode.new_root())
    y = np.sin(x) * x[0]
    rows = [backward_pass(new_box(row, 0, VJPNode.new_root()), y._node) for row in np.eye(2)]
    expected = autograd.jacobian(lambda x: np.sin(x) * x[0])(np.array([1.0, 2.0]))
    np.testing.assert_allclose(anp.stack(rows)._value, expected)
    np.testing.assert_allclose(backward_pass(np.ones(2), y._node), expected.sum(0))
    assert all(isbox(v) for v in new_box((np.ones(2), 1.0), 0, None))


def test_copies_of_traced_values_are_traced() -> None:
    """xarray copies deeply what it is given. A tensor of one's own becomes another one."""
    for f in (
        lambda x: np.sum(copy.deepcopy(x) ** 2),
        lambda x: np.sum(copy.deepcopy({"x": [x * 1.0]})["x"][0] ** 2),
        lambda x: np.sum(copy.copy(x) ** 2),
    ):
        np.testing.assert_array_equal(grad(f)(np.array([1.0, 2.0])), [2.0, 4.0])
    t = autograd.tensor([1.0, 2.0], requires_grad=True)
    copied = copy.deepcopy(t)
    np.sum(copied**2).backward()
    assert copied.is_leaf and t.grad is None and copied.grad.tolist() == [2, 4]


def test_cotangents_of_containers_with_none() -> None:
    """None stands for zeros, of all that is below it."""
    pullback, _ = core.make_vjp(lambda x: (np.sum(x**2), {"a": 1, "b": [np.sin(x), x]}), np.zeros(2))
    assert pullback((1.0, None)).tolist() == [0, 0]
    assert pullback((None, {"a": None, "b": [np.ones(2), None]})).tolist() == [1, 1]
    assert pullback((None, None)).tolist() == [0, 0]


def test_rules_of_lists_that_return_an_array() -> None:
    f = primitive(lambda ps: ps[0] * ps[1] + ps[2])
    defvjp(f, lambda ans, ps: lambda g: np.array([g * ps[1], g * ps[0], g]))
    assert grad(lambda x: f([x, 2.0, x * 3]))(1.5) == 5.0


@pytest.mark.parametrize(
    "chosen",
    [
        lambda x: x < 0, np.isnan, np.argmax, lambda x: np.argsort(x)[:1], lambda x: np.floor(x) > 1, np.nonzero,
        lambda x: [np.argmin(x)],
    ],
    ids=["less", "isnan", "argmax", "argsort", "floor", "nonzero", "list"],
)  # fmt: skip
def test_rules_are_asked_only_where_gradients_flow(chosen: Any) -> None:
    """An index that is computed from a traced value needs no rule."""

    def zeroed(x: Any, index: Any) -> Any:
        y = np.array(x)
        y[index] = 0
        return y

    f = primitive(zeroed)
    defvjp(f, lambda ans, x, index: lambda g: f(g, index))
    x = np.array([1.0, -2.0, 3.0])
    expected = zeroed(np.full(3, 2.0), chosen(x))
    np.testing.assert_array_equal(grad(lambda x: np.sum(f(2 * x, chosen(x))))(x), expected)


def test_tangents_of_whole_numbers() -> None:
    """There are none, whatever shape a rule gives them."""
    f = primitive(lambda x: (x * 2, np.zeros((2, 3), int)))
    defjvp(f, lambda g, ans, x: (g * 2, np.zeros(3)))

    def h(x: Any) -> Any:
        values, index = f(x)
        return np.sum(values) + 0 * np.sum(np.concatenate([index, index], axis=1))

    assert autograd.make_jvp(h)(np.arange(3.0))(np.ones(3))[1] == 6.0


def test_rules_for_functions_of_scipys_linear_algebra() -> None:
    from autograd.scipy import linalg

    assert linalg.expm is linalg.expm
    with pytest.raises(NotImplementedError, match="expm"):
        grad(lambda x: np.sum(linalg.expm(x)))(np.eye(2))
    defvjp(linalg.expm, lambda ans, x: lambda g: 2 * g)
    np.testing.assert_array_equal(grad(lambda x: np.sum(linalg.expm(x)))(np.eye(2)), np.full((2, 2), 2.0))


def test_a_primitive_inside_vmap() -> None:
    """One that takes plain arrays only is called for each example."""
    square = primitive(lambda x: np.asarray(x, float) ** 2)
    defvjp(square, lambda ans, x: lambda g: 2 * g * square(x) / x)
    x = np.arange(1.0, 7.0).reshape(2, 3)
    np.testing.assert_array_equal(autograd.vmap(square)(x), x**2)
    np.testing.assert_array_equal(autograd.vmap(grad(lambda x: np.sum(square(x))))(x), 2 * x)
    np.testing.assert_array_equal(autograd.jacobian(square)(x[0]), np.diag(2 * x[0]))
    np.testing.assert_array_equal(autograd.vmap(lambda x: anp.array([x, [x, 2.0][1]]))(x[0]), [[v, 2] for v in x[0]])


def test_constants_in_a_container_have_no_tangent() -> None:
    total = primitive(lambda parts: parts[0] * parts[1] + parts[2]["c"])
    defjvp(total, lambda g, ans, parts: g[0] * parts[1] + parts[0] * g[1] + g[2]["c"])
    _, t = autograd.jvp(lambda x: total([x, 5.0, {"c": np.ones(2)}]), (2.0,), (1.0,))
    np.testing.assert_array_equal(t, [5.0, 5.0])


def test_other_functions_can_be_given_a_rule() -> None:
    """A ufunc of somebody else's takes tensors from then on."""
    cube = np.frompyfunc(lambda x: x**3, 1, 1)
    with pytest.raises(NotImplementedError):
        grad(cube)(2.0)
    defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    assert grad(cube)(2.0) == 12.0
    assert cube(2.0) == 8.0


def test_containers_and_none_among_the_arguments() -> None:
    @primitive
    def total(params: Any, scale: Any, nothing: Any = None) -> Any:
        assert nothing is None
        return (np.sum(params["a"]) + params["b"][0]) * scale

    defvjp(
        total,
        lambda ans, params, scale, nothing=None: (
            lambda g: {"a": g * scale * np.ones(np.shape(params["a"])), "b": [g * scale]}
        ),
        lambda ans, params, scale, nothing=None: lambda g: g * ans / scale,
    )
    gradient = grad(lambda p: total(p, 2.0, None) ** 2)({"a": np.ones(2), "b": [3.0]})
    np.testing.assert_allclose(gradient["a"], [40.0, 40.0])
    assert float(gradient["b"][0]) == 40.0


def test_several_results_and_sparse_cotangents() -> None:
    @primitive
    def parts(x: Any) -> Any:
        return x[0], x[1:]

    defvjp(parts, lambda ans, x: lambda g: np.concatenate([np.reshape(g[0], (1,)), g[1]]))
    check_grad(lambda x: parts(x)[0] * np.sum(parts(x)[1] ** 2), np.arange(1.0, 4.0)).raise_if_failed()

    @primitive
    def first(x: Any) -> Any:
        return x[0]

    def rule(ans: Any, x: Any) -> Any:
        def sparse(g: Any) -> Any:
            def add(dense: Any) -> Any:
                dense[0] += g
                return dense

            return SparseObject(vspace(x), add)

        return sparse

    defvjp(first, rule)
    np.testing.assert_array_equal(grad(first)(np.array([1.0, 2.0])), [1.0, 0.0])


def test_missing_rules_say_how_to_add_one() -> None:
    with pytest.raises(NotImplementedError, match=r"scale: has no derivative rule.*defvjp\(scale"):
        grad(lambda x: scaled()(x, 2.0))(1.0)
    scale = scaled()
    defvjp(scale, lambda ans, x, factor: lambda g: g * factor)
    with pytest.raises(NotImplementedError, match="argument 1"):
        grad(lambda f: scale(2.0, f))(1.0)
    ignored = primitive(lambda x, y: x + 0 * y)
    defvjp(ignored, lambda ans, x, y: lambda g: g, None)
    assert grad(lambda x: ignored(x, x))(1.0) == 1.0


def test_without_a_trace() -> None:
    seen: list[Any] = []
    look = notrace_primitive(lambda x: seen.append(x) or 1.0)
    assert grad(lambda x: x * look(x))(2.0) == 1.0
    assert seen == [2.0]


def test_as_a_method() -> None:
    class Model:
        factor = 3.0

        @primitive
        def scale(self, x: Any) -> Any:
            return self.factor * x

    defvjp(Model.scale, None, lambda ans, self, x: lambda g: g * self.factor)
    assert grad(Model().scale)(2.0) == 3.0


# --- the rest --------------------------------------------------------------------------------------------------------


def test_vector_spaces() -> None:
    space = vspace({"a": np.zeros((2, 3), np.float32), "b": [1.0, 2j]})
    assert space.size == 6 + 1 + 2
    assert space.iscomplex
    np.testing.assert_array_equal(space.ones()["b"], [1, 1 + 1j])  # the sum of the unit vectors
    assert space == vspace(space.zeros()) and space != vspace(np.zeros(9))
    basis = list(space.standard_basis())
    assert len(basis) == space.size
    gram = [[space.inner_prod(x, y) for y in basis] for x in basis]
    np.testing.assert_array_equal(gram, np.eye(9))
    check_equivalent(space.add(space.ones(), space.zeros()), space.ones())
    check_equivalent(space.scalar_mul(space.ones(), 2.0)["a"], np.full((2, 3), 2.0))
    assert space.randn()["a"].dtype == np.float32
    assert vspace(np.zeros((2, 3))).shape == (2, 3)
    with pytest.raises(TypeError, match="no vector space"):
        vspace("text")


def test_operators_on_functions_of_one_argument() -> None:
    pullback, out = make_vjp(lambda x: x**2, 3.0)
    assert (out, pullback(1.0)) == (9.0, 6.0)
    assert make_jvp(lambda x: x**2, 3.0)(1.0) == (9.0, 6.0)

    @unary_to_nary
    def twice(f: Any, x: Any, more: float = 0.0) -> Any:
        """Twice."""
        return 2 * f(x) + more

    assert twice(lambda a, b: a + 10 * b, 1)(1.0, 2.0) == 42.0
    assert twice(lambda a, b: a + 10 * b, (0, 1), more=1.0)(1.0, 2.0) == 43.0
    with pytest.raises(TypeError, match="argnum"):
        twice(abs, "x")
    assert subvals((1, 2), [(0, 5)]) == (5, 2) and subval((1, 2), 1, 5) == (1, 5)


def test_vectors_of_containers() -> None:
    value = {"b": np.ones((2, 2)), "a": (5.0, np.zeros(0))}
    vector, unflatten = flatten(value)
    np.testing.assert_array_equal(vector, [5.0, 1, 1, 1, 1])
    check_equivalent(unflatten(vector), value)
    assert list(unflatten(vector)) == ["b", "a"]
    assert flatten([])[0].shape == (0,)
    f, undo, flat = flatten_func(lambda p: [p[0] * 2, p[1] + 1], [np.ones(2), 3.0])
    np.testing.assert_array_equal(f(flat), [2.0, 2.0, 4.0])
    check_equivalent(undo(flat), [np.ones(2), 3.0])
    check_grad(f, flat).raise_if_failed()


def test_constant_graphs() -> None:
    calls: list[int] = []

    def f(scale: float, x: Any) -> Any:
        calls.append(1)
        return np.sum(np.sin(x) * scale)

    g = const_graph(f, 2.0)
    for k in range(3):
        assert float(g(np.full(2, float(k)))) == pytest.approx(4 * np.sin(k))
    assert len(calls) == 1


def test_checks() -> None:
    check_grads(anp.sin, modes=["fwd"], order=2)(1.0)
    combo_check(anp.sum, [0], order=1)([np.ones(2), np.ones((2, 3))], axis=[None, 0])
    wrong = primitive(lambda x: x * x)
    defvjp(wrong, lambda ans, x: lambda g: g * x)
    with pytest.raises(AssertionError):
        check_grads(wrong)(2.0)
    with pytest.raises(AssertionError):
        check_equivalent(1.0, 1.1)
    assert scalar_close(1.0, 1.0 + 1e-9) and not scalar_close(1.0, 1.1)


@pytest.mark.parametrize("error", [5e-7, 5e-6])
def test_checks_accept_a_millionth(error: float) -> None:
    """As in HIPS autograd; odeint, whose tolerance is about a hundredth of that, is checked so."""
    nearly = primitive(lambda x: 3 * x)
    defvjp(nearly, lambda ans, x: lambda g: 3 * (1 + error) * g)
    with pytest.raises(AssertionError) if error > 1e-6 else nullcontext():
        check_grads(nearly, modes=["rev"])(2.0)


def test_checks_by_argument_number() -> None:
    """As in HIPS autograd only the arguments that are named are checked; lists, options and constants go through."""
    wrong = primitive(lambda x, y: x * y)
    defvjp(wrong, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * 2 * x)
    check_grads(wrong)(2.0, 3.0)
    check_grads(wrong, 0, ["rev"])(2.0, 3.0)
    for argnum in (1, (0, 1), [1]):
        with pytest.raises(AssertionError):
            check_grads(wrong, argnum)(2.0, 3.0)
    with pytest.raises(AssertionError):
        check_grads(wrong, (2.0, 3.0))
    check_grads(anp.append, argnum=(0, 1))([1.0, 2.0], 3.0, axis=None)
    check_grads(lambda x: np.ones(3))(2.0)
    check_grads(lambda x: x**2)(3)
    check_grads(np.conj)(np.array([1.0 + 2.0j]))
    check_grads(lambda d, x: d.get("a", x) ** 2, argnum=(0, 1))({"b": 3.0}, 2.0)
    combo_check(anp.sin)([1.0, np.ones(2)])


def test_old_names() -> None:
    """What was given up before HIPS autograd 1.2 still works there, with a warning, and does here."""
    mul = primitive(lambda x, y: x * y)
    with pytest.warns(DeprecationWarning, match="old form"):
        mul.defgrad(lambda ans, x, y: lambda g: y * g)
        mul.defgrad(lambda ans, x, y: lambda g: x * g, argnum=1)
    check_grads(mul, (0, 1), order=2)(2.0, 3.0)
    with pytest.warns(DeprecationWarning, match="old form"):
        mul.defvjp(lambda g, ans, vs, gvs, x, y: g * y * vs.size, argnum=0)
        mul.defvjp_is_zero([1])
    assert grad(mul)(2.0, 3.0) == 3.0 and grad(mul, 1)(2.0, 3.0) == 0.0
    graph = {"d": "bc", "c": "a", "b": "a", "a": ""}
    assert list(toposort("d", graph.__getitem__)) in (list("dbca"), list("dcba"))


def test_scipys_minimize() -> None:
    def rosen(x: Any) -> Any:
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    result = scipy.optimize.minimize(autograd.value_and_grad(rosen), x0=np.zeros(2), jac=True, method="BFGS")
    np.testing.assert_allclose(result.x, [1.0, 1.0], rtol=1e-4)


def test_results_without_a_slope_are_refused() -> None:
    with pytest.raises(TypeError, match="truth value"):
        grad(lambda x: np.allclose(x, 1.0))(1.0)
    with pytest.raises(TypeError, match="real number"):
        grad(lambda x: x * 1j)(1.0)
    with pytest.warns(UserWarning, match="does not depend"):
        assert grad(lambda x: 1.0)(2.0) == 0.0


def test_mixed_files_are_noticed(tmp_path: Path) -> None:
    """What pip notes of HIPS autograd, beside ours."""
    (tmp_path / "autograd").symlink_to(Path(autograd.__file__).parent)
    (tmp_path / "autograd-1.9.1.dist-info").mkdir()
    command = [sys.executable, "-W", "error", "-c", "import autograd"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "pip uninstall autograd" in done.stderr
