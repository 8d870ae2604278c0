"""The function under check: what it is given, what it returns, and its derivatives by the engine.

Everything here is one flat vector in and one out, in float64; the function itself gets copies of its inputs, in their
own nesting, so that nothing it does can reach the caller's arrays.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any, Final

import numpy as np

from autograd import transforms
from autograd.engine.derivative import push
from autograd.engine.graph import Node, new_leaf
from autograd.engine.mode import Observer, enable_grad, mode_scope, no_grad
from autograd.engine.tensor import LIFT, Tensor, from_value, node_of, value_of
from autograd.testing.differences import noise

Function = Callable[..., Any]

_ODD: Final = 0.7390851332151607
"""A factor with many digits, so that no cotangent is a 1, which a rule may get right by chance."""


class Subject:
    """A function of `n` numbers with `m` results, at the point `x`."""

    def __init__(
        self, f: Function, inputs: Sequence[Any], names: Sequence[str] = (), rtol: float = 0.0, atol: float = 0.0
    ) -> None:
        if not callable(f):
            raise TypeError(
                f"check_grad: {f!r:.60} is no function; write check_grad(f, x), with x what f is called with"
            )
        self.f = f
        self.tolerances = rtol, atol
        self.inputs = list(inputs)
        leaves = transforms.tree_leaves(self.inputs)
        if not leaves:
            raise TypeError(
                "check_grad: no inputs were given; write check_grad(f, x) with the arrays to differentiate by"
            )
        self.arrays = [_checked(leaf, i) for i, leaf in enumerate(leaves)]
        self.names = list(names) or [f"input {i}" for i in range(len(leaves))]
        self.x = flat(self.arrays)
        self.n = self.x.size
        self.evaluations = 0
        self._pullback: Function | None = None
        self._traced: tuple[list[Node], list[Any]] | None = None
        self._analytic = True  # until a complex run has failed
        self.y, self.shapes = self._examined()
        self.m = self.y.size
        self._least_noise: Any = 0.0  # what is not to be seen by itself: that of the function this is a gradient of

    # --- values -------------------------------------------------------------------------------------------

    def split(self, x: Any) -> list[Any]:
        """Return fresh arrays in the shapes of the inputs, with the numbers of the vector x."""
        return split(x, [a.shape for a in self.arrays])

    def locate(self, j: int) -> tuple[int, tuple[int, ...]]:
        """Return which input number j belongs to, and its index there."""
        return _locate(j, [a.shape for a in self.arrays])

    def locate_output(self, i: int) -> tuple[int, tuple[int, ...]]:
        """Return which output number i belongs to, and its index there."""
        return _locate(i, self.shapes)

    def call(self, leaves: Sequence[Any]) -> list[Any]:
        """Run the function on these tensors; return its results, each a real floating-point tensor."""
        self.evaluations += 1
        out = self.f(*transforms.tree_like(self.inputs, leaves))
        outs = transforms.tree_leaves(out)
        if not outs:
            raise TypeError(f"check_grad: the function returned {out!r}, in which there is no array to differentiate")
        for each in outs:
            _check_output(each)
        return outs

    def values(self, x: Any) -> Any:
        """Return the outputs at x, nan where the function cannot be computed there."""
        arrays = self.split(x)
        try:
            with no_grad(), np.errstate(all="ignore"):
                outs = self.call([from_value(own(a), None) for a in arrays])
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            return np.full(self.m, np.nan)
        y = flat([out.data for out in outs])
        if y.size != self.m:
            raise ValueError(
                f"check_grad: the function returned {self.m} numbers at the given point and {y.size} close to it; the "
                "shape of a differentiable function's result must not depend on the values of its inputs"
            )
        return y

    def along(self, u: Any) -> Callable[[float], Any]:
        """Return the function t -> outputs at x + t u, which computes each of them once."""

        @cache
        def run(t: float) -> Any:
            return self.values(self.x + t * u)

        return run

    def imaginary(self, u: Any) -> Any:
        """Return the derivative along u by a complex step, or None if the function does not take complex numbers."""
        if not self._analytic:
            return None
        step = 1e-30
        arrays = self.split(self.x + 1j * step * u)
        try:
            with no_grad(), np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error", np.exceptions.ComplexWarning)
                self.evaluations += 1
                out = self.f(*transforms.tree_like(self.inputs, [from_value(own(a), None) for a in arrays]))
            found = np.concatenate([np.ravel(value_of(each)) for each in transforms.tree_leaves(out)])
        except (TypeError, ArithmeticError, ValueError, RuntimeError, AttributeError, np.exceptions.ComplexWarning):
            found = np.zeros(0)
        if found.dtype.kind != "c" or found.size != self.m:
            self._analytic = False
            return None
        return found.imag / step

    # --- derivatives by the engine ------------------------------------------------------------------------

    def trace(self, arrays: Sequence[Any], observer: Observer | bool = True) -> tuple[list[Node], list[Any]]:
        """Run the function on these very arrays, recorded; return the nodes of its inputs, and its results."""
        nodes = [new_leaf(a.shape, a.dtype) for a in arrays]
        with mode_scope(observer), np.errstate(all="ignore"):
            return nodes, self.call([from_value(own(a), node) for a, node in zip(arrays, nodes, strict=True)])

    def pullback(self, arrays: Sequence[Any]) -> Function:
        """Return the function from a cotangent of the outputs, at these very arrays, to one of the inputs."""
        pullback = self.recorded_pullback(arrays)
        shapes = self.shapes  # `run` must not hold self, which holds it

        def run(v: Any) -> Any:
            with _raised_in("reverse mode"):
                return flat(pullback(split(v, shapes)))

        return run

    def recorded_pullback(self, arrays: Sequence[Any] | None = None) -> Function:
        """Return the function from cotangents, one for each output and tensors or not, to gradients by the inputs."""
        with np.errstate(all="ignore"), _raised_in("reverse mode"):
            at = self.split(self.x) if arrays is None else arrays
            return transforms.vjp(lambda *leaves: self.call(leaves), *at)[1]

    def reverse(self, v: Any) -> Any:
        """Return vᵀJ, by reverse mode."""
        if self._pullback is None:
            self._pullback = self.pullback(self.split(self.x))
        return self._pullback(_ODD * v) / _ODD

    def forward(self, u: Any) -> Any:
        """Return J u, by forward mode."""
        if self._traced is None:
            self._traced = self.trace(self.split(self.x))
        nodes, outs = self._traced
        roots = [node_of(out) for out in outs]
        tangents = dict(zip(nodes, map(own, self.split(u)), strict=True))
        with np.errstate(all="ignore"), enable_grad(), _raised_in("forward mode, which runs the rules on tensors"):
            found = push(tangents, [root for root in roots if root is not None], LIFT)
        slopes = [None if root is None else found.get(root) for root in roots]
        return flat([np.zeros(out.shape) if t is None else t for t, out in zip(slopes, outs, strict=True)])

    def gradient(self, v: Any) -> Subject:
        """Return the gradient of <v, outputs> as a subject of its own: its derivative is of second order."""
        cotangents = split(v, self.shapes)

        def gradients(*leaves: Any) -> Any:
            def scalar(*xs: Any) -> Any:
                pairs = zip(self.call(xs), cotangents, strict=True)
                return sum((np.sum(out * c) for out, c in pairs), Tensor(0.0))

            return transforms.grad(scalar, argnums=tuple(range(len(leaves))))(*leaves)

        found = Subject(gradients, self.arrays, self.names, *self.tolerances)
        found._least_noise = self.gradient_noise(v)
        return found

    def granted(self, derivative: Any) -> Any:
        """Return how far off derivatives may be besides, since the function itself is only so exact."""
        rtol, atol = self.tolerances
        return rtol * np.abs(derivative) + atol

    @cached_property
    def scales(self) -> tuple[Any, Any]:
        """Return for every number of x the typical size of its array, and its own size (of a zero: the typical one)."""
        whole = np.concatenate([np.full(a.size, typical(a)) for a in self.arrays])
        own_size = np.abs(self.x)
        return whole, np.where((own_size > 0) & np.isfinite(own_size), own_size, whole)

    @cached_property
    def noise(self) -> Any:
        """How much rounding moves each output."""
        return np.maximum(noise(self.along(self.any_direction()), self.y), self._least_noise)

    def gradient_noise(self, v: Any) -> Any:
        """Return what a gradient <v, J> cannot be told from 0 by: the noise of <v, y> over the size of each input."""
        return (np.abs(v) @ self.noise) / self.scales[0]

    def any_direction(self, seed: int = 0) -> Any:
        """Return a direction with every number moving by about its own size."""
        rng = np.random.default_rng(seed)
        return rng.choice([-1.0, 1.0], self.n) * rng.uniform(0.5, 1.0, self.n) * self.scales[1]

    # --- what must hold before anything can be checked ----------------------------------------------------

    def _examined(self) -> tuple[Any, list[tuple[int, ...]]]:
        """Run the function three times; return its outputs, or say why it cannot be checked."""
        first, shapes = self._run_on_copies(recorded=True)
        for recorded in (True, False):
            again, _ = self._run_on_copies(recorded)
            if again.shape != first.shape or not _same(again, first):
                raise ValueError(
                    "check_grad: the function gives another result when it is called again with the same inputs"
                    + _difference(first, again)
                    + ". Draw random numbers outside of it, or from a generator that it makes anew each time; put "
                    "dropout and the like into inference mode"
                )
        return first, shapes

    def _run_on_copies(self, recorded: bool) -> tuple[Any, list[tuple[int, ...]]]:
        arrays = self.split(self.x)
        _, outs = self.trace(arrays, recorded)
        for i, (now, before) in enumerate(zip(arrays, self.split(self.x), strict=True)):
            if not np.array_equal(now, before, equal_nan=True):
                index = tuple(int(k) for k in np.argwhere(now != before)[0])
                old, new = float(before[index]), float(now[index])
                raise ValueError(
                    f"check_grad: the function writes to its {self.names[i]}: element {index} was {old!r} and is "
                    f"{new!r} afterwards. Work on a copy, or write x = x + … instead of x.data += …"
                )
        return flat([out.data for out in outs]), [out.shape for out in outs]


@contextmanager
def _raised_in(where: str) -> Iterator[None]:
    """Say of an exception that a rule raises how it came to be called."""
    try:
        yield
    except Exception as error:
        error.add_note(f"check_grad: raised in {where}: a rule uses NumPy functions, and writes to nothing it is given")
        raise


# --- vectors and arrays ------------------------------------------------------------------------------------


def flat(arrays: Sequence[Any]) -> Any:
    """Return all numbers of some arrays as one vector of float64."""
    return np.concatenate([np.ravel(value_of(a)).astype(float) for a in arrays]) if len(arrays) else np.zeros(0)


def split(x: Any, shapes: Sequence[tuple[int, ...]]) -> list[Any]:
    """Return fresh arrays of these shapes with the numbers of the vector x."""
    parts, start = [], 0
    for shape in shapes:
        end = start + math.prod(shape)
        parts.append(np.array(x[start:end]).reshape(shape))
        start = end
    return parts


def typical(a: Any) -> float:
    """Return the median size of what is not zero in an array, or 1."""
    sizes = np.abs(a[(a != 0) & np.isfinite(a)])
    return float(np.median(sizes)) if sizes.size else 1.0


def _locate(j: int, shapes: Sequence[tuple[int, ...]]) -> tuple[int, tuple[int, ...]]:
    for k, shape in enumerate(shapes):
        size = math.prod(shape)
        if j < size:
            return k, tuple(int(i) for i in np.unravel_index(j, shape))
        j -= size
    raise IndexError(j)


def own(a: Any) -> Any:
    """Return a 0-d array as a NumPy scalar, as a Tensor holds it, and any other as it is."""
    return a if a.shape else a[()]


def _checked(leaf: Any, i: int) -> Any:
    """Return a copy of an input in its own dtype, or say why one cannot differentiate by it."""
    value = np.array(value_of(leaf), copy=True)
    if value.dtype.kind == "f":
        return value
    if value.dtype.kind in "iub":
        raise TypeError(
            f"check_grad: input {i} holds {value.dtype}, and only floating-point values have derivatives. Pass "
            "x.astype(float); or, if it is an index or a label, fix it: check_grad(lambda x: f(x, labels), x)"
        )
    raise TypeError(f"check_grad: input {i} is {type(leaf).__name__} {leaf!r:.60}, and no array of numbers")


def _check_output(out: Any) -> None:
    if not isinstance(out, Tensor):
        if isinstance(out, bool | int | float | complex | np.ndarray | np.generic):
            raise TypeError(
                f"check_grad: the function returned {type(out).__name__}, which is not a tensor: the result has left "
                "the graph, as by float(t), t.item(), t.data or t.numpy(). Return the tensor itself"
            )
        raise TypeError(
            f"check_grad: the function returned {type(out).__name__}, which is no array; it must return a tensor, or "
            "nested lists, tuples and dicts of tensors"
        )
    if out.dtype.kind != "f":
        raise TypeError(
            f"check_grad: the function returned {out.dtype}, which is not differentiable: booleans and integers, as of "
            "a comparison or argmax, have no derivative"
        )


def _same(again: Any, first: Any) -> bool:
    """Return whether two results are equal but for rounding: a rule may take another way where it is recorded."""
    finite = np.abs(first[np.isfinite(first)])
    scale = float(np.max(finite, initial=0.0))
    return bool(np.allclose(again, first, rtol=0, atol=1e-12 * scale, equal_nan=True))


def _difference(first: Any, again: Any) -> str:
    if first.shape != again.shape:
        return f" ({first.size} numbers, then {again.size})"
    i = int(np.argmax(~((first == again) | (np.isnan(first) & np.isnan(again)))))
    return f" ({float(first[i])!r}, then {float(again[i])!r})"
