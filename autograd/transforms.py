"""Functions in, derivatives out: `grad`, `vjp`, `jvp` and what is made of them.

Every transform runs the function on fresh variables, so that its trace is what was born since; what the trace
depends on beyond that decides whether the result is itself recorded. Nesting them therefore needs no bookkeeping,
and gives any order of any mix of modes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Final

import numpy as np

from autograd.batching.rows import blocks
from autograd.engine.broadcasting import astype
from autograd.engine.derivative import Lift, pull, push
from autograd.engine.graph import VARIABLE, Node, new_leaf, tick, walk
from autograd.engine.mode import enable_grad, mode_scope, recording
from autograd.engine.op import SEVERAL
from autograd.engine.tensor import (
    LIFT,
    Tensor,
    current,
    from_value,
    node_of,
    own_array,
)
from autograd.ops.arithmetic import positive

Function = Callable[..., Any]
Tree = Any
_ARRAYS = (Tensor, np.ndarray)


# --- nested containers -------------------------------------------------------------------------------------


def tree_leaves(tree: Tree) -> list[Any]:
    """Return what stands in nested lists, tuples and dicts, in order; anything else is a leaf."""
    if isinstance(tree, dict):
        return [leaf for key in tree for leaf in tree_leaves(tree[key])]
    if isinstance(tree, SEVERAL):
        return [leaf for item in tree for leaf in tree_leaves(item)]
    return [] if tree is None else [tree]


def tree_like(tree: Tree, leaves: Sequence[Any]) -> Tree:
    """Return `tree` with its leaves replaced, in order."""
    return _refilled(tree, iter(leaves))


def _refilled(tree: Tree, leaves: Any) -> Tree:
    if isinstance(tree, dict):
        return {key: _refilled(value, leaves) for key, value in tree.items()}
    if isinstance(tree, SEVERAL):
        items = [_refilled(item, leaves) for item in tree]
        return items if isinstance(tree, list) else getattr(type(tree), "_make", tuple)(items)
    return None if tree is None else next(leaves)


# --- tracing -----------------------------------------------------------------------------------------------


MAKERS: Final[dict[type, Function]] = {}
"""What makes variables of values of other types: `autograd.boxes.Box.type_mappings`."""


def variable(x: Any, what: str) -> Tensor:
    """Return a fresh tensor to differentiate by, with the value of x; joined to x's own graph if it has one."""
    value = x
    if type(x) is not np.ndarray:
        if type(x) is Tensor and x.requires_grad:
            return positive(x)  # type: ignore[no-any-return]
        if type(x) in MAKERS:
            return MAKERS[type(x)](x, 0, None)  # type: ignore[no-any-return]
        value = current(x)
        if isinstance(value, (bool, int, float)) and not isinstance(value, np.generic):
            value = np.asarray(value)[()]
        elif not hasattr(value, "__array_function__") and not isinstance(value, np.generic):
            value = own_array(value)
    if value.dtype.kind not in "fc":
        if type(x) is not np.ndarray or value.dtype.kind not in "iub":
            instead = f"{float(value)}" if value.dtype.kind in "iu" and not value.shape else "x.astype(float)"
            raise TypeError(
                f"{what}: cannot differentiate by {value.dtype} values of shape {value.shape}; only floating-point "
                f"and complex values have derivatives. Write {instead}."
            )
        value = value.astype(float)
    return from_value(value, new_leaf(value.shape, value.dtype, VARIABLE))


class _Trace:
    """One run of a function on fresh variables."""

    def __init__(self, f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int], what: str):
        outside = recording()
        if outside:
            self._run(f, args, kwargs, argnums, what)
        else:
            with mode_scope(True):
                self._run(f, args, kwargs, argnums, what)
        self.nodes = [v._node for v in self.variables]
        self.floor = floor = min([n.birth for n in self.nodes if n is not None], default=0)
        outs = [self.out] if type(self.out) is Tensor else tree_leaves(self.out)
        roots = [n for n in map(node_of, outs) if n is not None and n.birth >= floor]
        self.order, older = walk(roots, floor)
        self.recorded = older and bool(outside)  # the result can be differentiated by what is older than the variables

    def _run(self, f: Function, args: Sequence[Any], kwargs: dict[str, Any], argnums: Sequence[int], what: str) -> None:
        self.trees = [args[i] for i in argnums]
        self.flat = all(type(tree) is np.ndarray for tree in self.trees)  # what is nested takes longer
        self.leaves = self.trees if self.flat else tree_leaves(self.trees)
        self.variables = [variable(leaf, what) for leaf in self.leaves]
        call = list(args)
        for i, tree in zip(argnums, self.results(self.variables), strict=True):
            call[i] = tree
        self.out = f(*call, **kwargs)

    def lift(self, given: Sequence[Any]) -> Lift | None:
        """Return how the passes over the trace, with these cotangents or tangents, are recorded; None if they are not.

        Where only those can be differentiated by, what the trace has saved is constant.
        """
        if self.recorded:
            return LIFT
        if not recording() or not any(isinstance(g, Tensor) and g.requires_grad for g in given):
            return None
        now = tick()
        return LIFT._replace(tensor=lambda value, node: from_value(value, node if node and node.birth > now else None))

    def pull(self, seeds: dict[Node, Any], keep: bool, lift: Lift | None = None) -> list[Any]:
        """Return the gradients by the variables, each in the form of its argument."""
        wanted = [n for n in self.nodes if n is not None]
        found: dict[Node, Any] = {}
        if self.recorded:
            keep, lift = True, LIFT
        if seeds:
            found = pull(seeds, set(wanted), keep=keep, floor=self.floor, lift=lift, order=self.order)
        gradients = []
        for n, v, leaf in zip(wanted, self.variables, self.leaves, strict=True):
            g = found.get(n)
            gradients.append(self._gradient(np.zeros_like(current(v)) if g is None else g, leaf))
        return gradients

    def formed(self, g: Any, leaf: Any) -> Any:
        """Return a derivative as a tensor, where it is recorded or by one, and raw otherwise."""
        return from_value(g, None) if type(g) is not Tensor and (self.recorded or type(leaf) is Tensor) else g

    def _gradient(self, g: Any, leaf: Any) -> Any:
        g = self.formed(g, leaf)
        scalar = not isinstance(leaf, _ARRAYS) and type(g) is not Tensor
        return g[()] if scalar and np.ndim(leaf) == 0 else g

    def results(self, gradients: list[Any]) -> list[Tree]:
        """Return the gradients in the containers of the arguments."""
        return gradients if self.flat else tree_like(self.trees, gradients)

    def output(self) -> Any:
        """Return what the function returned: raw values, unless it is recorded or was called with tensors."""
        if self.recorded:
            return self.out
        if self.flat and type(self.out) is Tensor:
            return current(self.out)
        as_tensors = any(isinstance(leaf, Tensor) for leaf in self.leaves)
        outs = [o.detach() if as_tensors and isinstance(o, Tensor) else current(o) for o in tree_leaves(self.out)]
        return tree_like(self.out, outs)


def _positions(argnums: int | Sequence[int], args: Sequence[Any], what: str) -> list[int]:
    if type(argnums) is int and 0 <= argnums < len(args):
        return [argnums]
    numbers = [argnums] if isinstance(argnums, int) else list(argnums)
    for n in numbers:
        if not -len(args) <= n < len(args):
            raise TypeError(f"{what}: argnums={argnums}, but the function was called with {len(args)} arguments")
    return [n % len(args) for n in numbers]


def _scalar_seed(out: Any, what: str) -> dict[Node, Any]:
    """Return the cotangent 1 for a result that is a single number."""
    if type(out) is not Tensor:
        if isinstance(out, (bool, np.bool_)):
            raise TypeError(f"{what}: the function must return a number, it returned a truth value, which has no slope")
        if not isinstance(out, (int, float, np.generic)) and getattr(out, "size", 0) != 1:
            raise TypeError(f"{what}: the function must return a single number, it returned {type(out).__name__}")
        warnings.warn(
            f"{what}: the result does not depend on the arguments, so the gradient is zero. "
            "float(t), t.item() and t.data leave the graph: return the tensor itself.",
            stacklevel=3,
        )
        return {}
    value = current(out)
    if value.size != 1:
        raise TypeError(
            f"{what}: the function must return a single number, it returned shape {out.shape}. "
            "Reduce it, as in np.sum(...), or use jacobian."
        )
    if value.dtype.kind == "c":
        raise TypeError(f"{what}: the function must return a real number, it returned {out.dtype}")
    node = out._node
    if node is None:
        return {}
    return {node: value.dtype.type(1) if isinstance(value, np.generic) else np.ones_like(value)}


# --- the transforms ----------------------------------------------------------------------------------------


def value_and_grad(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, argnum: int | Sequence[int] | None = None
) -> Function:
    """Return a function that gives (f(...), its gradient by the arguments `argnums`).

    Arguments may be arrays, numbers, Tensors, and nested lists, tuples and dicts of them; the gradient has the
    same form. With `has_aux` f returns (value, anything) and the result is ((value, anything), gradient).
    `argnum` is another name of `argnums`, as in HIPS autograd.

    Raises TypeError for integers, and for a function that does not return a single number.

    >>> import numpy as np
    >>> value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    (np.float64(5.0), array([2., 4.]))
    """
    argnums = argnums if argnum is None else argnum

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        trace = _Trace(f, args, kwargs, _positions(argnums, args, "grad"), "grad")
        seeds = _scalar_seed(trace.out[0] if has_aux else trace.out, "grad")
        gradients = trace.results(trace.pull(seeds, keep=False))
        return trace.output(), gradients[0] if isinstance(argnums, int) else tuple(gradients)

    return run


def grad(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False, *, argnum: int | Sequence[int] | None = None
) -> Function:
    """Return a function that gives the gradient of `f` by its arguments `argnums`; see `value_and_grad`.

    >>> grad(grad(lambda x: x**3))(2.0)
    np.float64(12.0)
    """
    both = value_and_grad(f, argnums, has_aux, argnum=argnum)

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        value, gradient = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return run


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """Return f(*primals) and the function that maps a cotangent of it to one cotangent for each primal.

    >>> import numpy as np
    >>> out, pullback = vjp(lambda x: x * x, np.array([1.0, 2.0]))
    >>> pullback(np.array([1.0, 10.0]))
    (array([ 2., 40.]),)
    """
    trace = _Trace(f, primals, {}, range(len(primals)), "vjp")
    return trace.output(), lambda cotangent: _pulled(trace, cotangent, "vjp")


def _pulled(trace: _Trace, cotangent: Tree, what: str) -> tuple[Any, ...]:
    """Return the cotangents of the primals of a trace, from one of its result."""
    outs, given = tree_leaves(trace.out), _beside(trace.out, cotangent)
    lift = trace.lift(given)
    if len(given) != len(outs):
        raise ValueError(f"{what}: the function returned {len(outs)} arrays, {len(given)} cotangents were given")
    seeds: dict[Node, Any] = {}
    for out, g in zip(outs, given, strict=True):
        if g is None:
            continue
        node = node_of(out)
        if np.shape(g) != np.shape(out):
            raise ValueError(f"{what}: the result has shape {np.shape(out)}, its cotangent {np.shape(g)}")
        if node is not None:
            g = current(g) if lift is None else g
            g = g if hasattr(g, "shape") else np.asarray(g, out.dtype)
            seeds[node] = seeds[node] + g if node in seeds else g
    found = trace.pull(seeds, True, lift)
    return tuple(trace.results(_tensors(found) if any(isinstance(g, Tensor) for g in given) else found))


def _beside(tree: Tree, cotangent: Tree) -> list[Any]:
    """Return the cotangents of the leaves of a tree, None for all of what has None."""
    if cotangent is None:
        return [None] * len(tree_leaves(tree))
    if isinstance(tree, SEVERAL) and isinstance(cotangent, SEVERAL) and len(tree) == len(cotangent):
        return [g for item, c in zip(tree, cotangent, strict=True) for g in _beside(item, c)]
    if isinstance(tree, dict) and isinstance(cotangent, dict) and tree.keys() == cotangent.keys():
        return [g for key in tree for g in _beside(tree[key], cotangent[key])]
    return tree_leaves(cotangent)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f(*primals) and its derivative in the direction `tangents`, by forward mode.

    >>> jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.0))
    (np.float64(6.0), np.float64(3.0))
    """
    trace = _Trace(f, primals, {}, range(len(primals)), "jvp")
    return trace.output(), _pushed(trace, tangents, "jvp")


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """Return f(*primals) and the function that maps tangents, one for each primal, to the derivative along them.

    f runs once; each call of the second function runs forward mode on what was recorded.

    >>> import numpy as np
    >>> out, along = linearize(lambda x: x**2, np.array([1.0, 2.0]))
    >>> along(np.array([1.0, 0.0])), along(np.array([0.0, 1.0]))
    (array([2., 0.]), array([0., 4.]))
    """
    trace = _Trace(f, primals, {}, range(len(primals)), "linearize")
    return trace.output(), lambda *tangents: _pushed(trace, tangents, "linearize")


def _pushed(trace: _Trace, tangents: Sequence[Any], what: str) -> Tree:
    """Return the tangent of the result of a trace, from those of its primals."""
    given = tree_leaves(list(tangents))
    if [np.shape(t) for t in given] != [np.shape(x) for x in trace.leaves]:
        raise ValueError(
            f"{what}: tangents of shapes {[np.shape(t) for t in given]} for primals of shapes "
            f"{[np.shape(x) for x in trace.leaves]}; they must be the same"
        )
    lift = trace.lift(given)
    recorded = lift is not None
    directions = {}
    for node, t in zip(trace.nodes, given, strict=True):
        value = t if recorded and isinstance(t, Tensor) else _of_dtype(current(t), node.dtype)  # type: ignore[union-attr]
        directions[node] = from_value(value, None) if recorded and not isinstance(value, Tensor) else value
    outs = tree_leaves(trace.out)
    roots = [node for node in map(node_of, outs) if node is not None]
    with np.errstate(all="ignore"), enable_grad():
        found = push(directions, roots, lift or LIFT, recorded=recorded) if directions else {}  # type: ignore[arg-type]
    slopes = [found.get(node_of(out)) for out in outs]  # type: ignore[arg-type]
    slopes = [np.zeros_like(current(o)) if t is None else t for t, o in zip(slopes, outs, strict=True)]
    as_tensors = recorded or any(isinstance(x, Tensor) for x in (*trace.leaves, *given))
    return tree_like(trace.out, _tensors(slopes) if as_tensors else slopes)


def _tensors(arrays: Sequence[Any]) -> list[Any]:
    """Return derivatives as tensors, since there were some among what they were asked with."""
    return [a if isinstance(a, Tensor) else from_value(a, None) for a in arrays]


def _of_dtype(x: Any, dtype: Any) -> Any:
    return np.asarray(x, dtype) if not hasattr(x, "__array_function__") else x if x.dtype == dtype else astype(x, dtype)


def jacobian(f: Function, argnums: int | Sequence[int] = 0, *, argnum: int | Sequence[int] | None = None) -> Function:
    """Return a function that gives all first derivatives of `f`: shape f(x).shape + x.shape, for every array.

    >>> import numpy as np
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    argnums = argnums if argnum is None else argnum

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        trace = _Trace(f, args, kwargs, _positions(argnums, args, "jacobian"), "jacobian")
        out = trace.out
        if not isinstance(out, Tensor | int | float | np.generic) and not hasattr(out, "__array_function__"):
            raise TypeError(f"jacobian: the function must return one array, it returned {type(out).__name__}")
        variables = [node for node in trace.nodes if node is not None]
        found = blocks(
            lambda seeds: trace.pull(seeds, keep=True), node_of(out), np.shape(out), variables, recorded=trace.recorded
        )
        results = trace.results([trace.formed(g, leaf) for g, leaf in zip(found, trace.leaves, strict=True)])
        return results[0] if isinstance(argnums, int) else tuple(results)

    return run


def hessian(f: Function, argnums: int = 0, *, argnum: int | None = None) -> Function:
    """Return a function that gives all second derivatives of `f`: shape x.shape + x.shape.

    >>> import numpy as np
    >>> hessian(lambda x: np.prod(x))(np.array([2.0, 3.0]))
    array([[0., 1.],
           [1., 0.]])
    """
    argnums = argnums if argnum is None else argnum
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the Hessian of `f` at `primals` times `tangents`, without making the Hessian.

    One product for each primal, in a tuple. Second derivatives are symmetric, so it is the VJP of the gradient.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([6., 0.]),)
    """
    _, pullback = vjp(grad(f, argnums=tuple(range(len(primals)))), *primals)
    return pullback(tuple(tangents))


def _half_the_squares(x: Any) -> Any:
    return 0.5 * np.sum(x * x)


def ggnvp(f: Function, g: Function = _half_the_squares, argnum: int = 0) -> Function:
    """Return a function that gives, at a point, the product with the Gauss-Newton matrix of g(f(...)): Jᵀ H J v.

    J is the Jacobian of `f` by its argument `argnum`, H the Hessian of `g` at the value of f, by default that of half
    the sum of squares, which is the identity. What is left out of the Hessian of the whole is the curvature of f.

    >>> import numpy as np
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> product = ggnvp(lambda x: a @ x)(np.zeros(2))
    >>> product(np.array([1.0, 0.0]))
    array([10., 14.])
    """

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> Function:
        trace = _Trace(f, args, kwargs, _positions(argnum, args, "ggnvp"), "ggnvp")
        _, curvature = vjp(grad(g), trace.output())  # the Hessian is symmetric

        def product(v: Any) -> Any:
            return _pulled(trace, curvature(_pushed(trace, (v,), "ggnvp"))[0], "ggnvp")[0]

        return product

    return run
