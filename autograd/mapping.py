"""`vmap`: a function of one example becomes one of a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import numpy as np

from autograd.batching.array import Batched
from autograd.batching.boundary import Batch
from autograd.engine.mode import interceptor
from autograd.engine.tensor import Tensor, current, from_value
from autograd.transforms import tree_leaves, tree_like

Function = Callable[..., Any]


def vmap(f: Function, in_axes: Any = 0, out_axes: Any = 0) -> Function:
    """Return `f`, a function of one example, as a function of a batch of them that runs it once for all.

    `in_axes` says along which axis of the arguments the examples lie: an int for all, or one entry for each argument,
    which is an int, None for what is the same for all examples, or a container of these like the argument. `out_axes`
    says where they shall lie in the results, likewise. Keyword arguments are the same for all. `f` sees arrays of the
    shape of one example, Tensors where the argument is one; it takes and returns nested lists, tuples and dicts of
    them. Derivatives go in and out: `vmap(grad(f))`, `grad` of a vmap, batches in batches, tensors that f uses without
    being given them, whose gradients are summed. NumPy functions without a rule for batches run example by example.

    Raises ValueError for sizes that differ, and where f has no axis to map over; BatchError where f asks for the
    truth or the number of a value that differs from example to example. Random numbers are drawn once for all.

    >>> import autograd, numpy as np
    >>> def loss(w, x, y):
    ...     return (np.tanh(w @ x) - y) ** 2
    >>> w, x, y = np.array([1.0, -1.0]), np.array([[1.0, 1.0], [2.0, 1.0], [0.0, 0.5]]), np.zeros(3)
    >>> vmap(autograd.grad(loss), in_axes=(None, 0, 0))(w, x, y).round(2)
    array([[ 0.  ,  0.  ],
           [ 1.28,  0.64],
           [-0.  , -0.36]])
    """

    @wraps(f)
    def run(*args: Any, **kwargs: Any) -> Any:
        leaves = tree_leaves(args)
        axes = _in_axes(in_axes, args)
        size = _size(args, axes)
        if interceptor() is not None:
            return _one_by_one(f, args, kwargs, axes, size, out_axes)
        batch = Batch(size)
        given = [
            x if axis is None else batch.examples(x, axis) for x, axis in zip(map(_array, leaves), axes, strict=True)
        ]
        out = f(*tree_like(args, given), **kwargs)
        tensors = any(isinstance(x, Tensor) for x in leaves)
        results = tree_leaves(out)
        found = [
            batch.array(_plain(x, tensors), _end(axis, np.ndim(x), "out"))
            for x, axis in zip(results, _spread(out_axes, out, "out_axes"), strict=True)
        ]
        batch.enclose(found)
        return tree_like(out, found)

    return run


def _array(x: Any) -> Any:
    return x if isinstance(x, Tensor | np.ndarray | Batched) or hasattr(x, "__array_function__") else np.asarray(x)


def _plain(x: Any, tensors: bool) -> Any:
    """Return a result as a raw array where it is not recorded and no argument was a tensor."""
    if not isinstance(x, Tensor):
        return from_value(np.asarray(x) if not hasattr(x, "shape") else x, None) if tensors else _array(x)
    return x if tensors or x.requires_grad else current(x)


def _in_axes(in_axes: Any, args: tuple[Any, ...]) -> list[int | None]:
    """Return the axis of the examples for each array among the arguments, None where it has none."""
    if isinstance(in_axes, list | tuple) and len(in_axes) != len(args):
        raise ValueError(
            f"vmap: in_axes has {len(in_axes)} entries, {in_axes}; the function was called with {len(args)} arguments"
        )
    found: list[int | None] = []
    for i, arg in enumerate(args):
        spec = in_axes[i] if isinstance(in_axes, list | tuple) else in_axes
        for x, axis in zip(tree_leaves(arg), _spread(spec, arg, f"in_axes of argument {i}"), strict=True):
            found.append(None if axis is None else _end(axis, np.ndim(x), f"argument {i}", np.shape(x)))
    return found


def _spread(spec: Any, tree: Any, what: str) -> list[Any]:
    """Return an entry for each leaf of a tree, from one for all of it or a container like it."""
    if spec is None or isinstance(spec, int):
        return [spec] * len(tree_leaves(tree))
    if isinstance(spec, dict) and isinstance(tree, dict) and spec.keys() == tree.keys():
        return [axis for key in tree for axis in _spread(spec[key], tree[key], what)]
    if isinstance(spec, list | tuple) and isinstance(tree, list | tuple) and len(spec) == len(tree):
        return [axis for s, t in zip(spec, tree, strict=True) for axis in _spread(s, t, what)]
    raise ValueError(f"vmap: {what} is {spec!r}, which is no int, no None, and no container like {tree!r:.60}")


def _end(axis: int | None, ndim: int, what: str, shape: tuple[int, ...] | None = None) -> int:
    """Return an axis as a non-negative one; of a result, whose examples have `ndim` axes, there is one more."""
    if shape is None:
        if axis is None:
            raise ValueError("vmap: out_axes is None, but every result has one value for each example; give its axis")
        ndim += 1
    if axis is None or not -ndim <= axis < ndim:
        of = f"of shape {shape}" if shape is not None else f"with {ndim} axes"
        raise ValueError(
            f"vmap: {what} {of} has no axis {axis} to map over. "
            + (
                "Give None in in_axes for what is the same for all examples."
                if shape is not None
                else "Change out_axes."
            )
        )
    return axis % ndim


def _size(args: tuple[Any, ...], axes: Sequence[int | None]) -> int:
    """Return how many examples there are, which all arguments must agree on."""
    owners = [i for i, arg in enumerate(args) for _ in tree_leaves(arg)]
    shapes = map(np.shape, tree_leaves(args))
    found = [(shape[a], i, a, shape) for shape, i, a in zip(shapes, owners, axes, strict=True) if a is not None]
    if not found:
        raise ValueError(
            "vmap: no argument has an axis to map over; in_axes must give an axis for one of them at least"
        )
    if len({size for size, *_ in found}) > 1:
        sizes = "; ".join(f"argument {i}, shape {shape}: {size} along axis {a}" for size, i, a, shape in found)
        raise ValueError(f"vmap: the arguments have different numbers of examples. {sizes}")
    return int(found[0][0])


def _one_by_one(
    f: Function, args: tuple[Any, ...], kwargs: dict[str, Any], axes: Sequence[int | None], size: int, out_axes: Any
) -> Any:
    """Run f for each example, inside a compiled function, whose arrays take no other array type."""
    leaves = tree_leaves(args)
    if not size:
        raise ValueError("vmap: inside a compiled function there must be an example, to see what the results are like")
    outs = []
    for k in range(size):
        given = [x if a is None else x[(slice(None),) * a + (k,)] for x, a in zip(leaves, axes, strict=True)]
        outs.append(f(*tree_like(args, given), **kwargs))
    spread = _spread(out_axes, outs[0], "out_axes")
    columns = zip(*map(tree_leaves, outs), strict=True)
    stacked = [np.stack(c, axis=_end(a, np.ndim(c[0]), "out")) for c, a in zip(columns, spread, strict=True)]
    return tree_like(outs[0], stacked)
