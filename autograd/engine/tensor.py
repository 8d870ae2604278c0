"""`Tensor`: what a user holds. A value, and the node that the graph knows it by.

The operators and methods that compute something are not written here: each operation's record adds its own
(see `registry.py`). Here is what a handle does: reading, gradients, assignment, copying, and NumPy's two protocols.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from threading import Lock
from typing import Any, Final, NoReturn, TypeAlias, final

import numpy as np

from autograd.engine.arguments import by_position
from autograd.engine.derivative import Lift, pull, retain
from autograd.engine.errors import BatchError
from autograd.engine.graph import VARIABLE, Node, new_leaf
from autograd.engine.mode import interceptor
from autograd.engine.notebook import as_html
from autograd.engine.published import Published

Hook: TypeAlias = Callable[[Any], Any]

DISPATCH: Final[dict[Any, Callable[..., Any]]] = {}
"""What runs when a NumPy function meets a Tensor: by function, by ufunc, or by (ufunc, method)."""

METHODS: Final[dict[str, Callable[..., Any]]] = {}
"""What runs for the method of a ufunc that has no entry there, and for a call with options: by the method's name."""

REBOUND: Final = [0]
"""How often a tensor that exists was given another array; who remembers where values lie looks whether it has grown."""

_new = object.__new__
_NUMPYS = (np.ndarray, np.generic)
_commit = Lock()  # two threads may run backward into the same leaf; taken once a pass


@final
class Tensor(Published):
    """An array that records what is done with it, so that gradients can flow back to it.

    Make one with `autograd.tensor`. NumPy's functions and operators work on it and return Tensors.

    >>> import autograd, numpy as np
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> np.sum(x * x).backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("__weakref__", "_node", "_value")

    _value: Any
    _node: Node | None

    def __init__(self, data: Any, requires_grad: bool = False, dtype: Any = None) -> None:
        value = own_array(data, dtype)
        # A NumPy scalar is as good as a 0-d array, and arithmetic on it is eight times faster.
        self._value = value if value.shape or type(value) is not np.ndarray else value[()]
        self._node = None
        self.requires_grad = requires_grad

    def __init_subclass__(cls) -> None:
        raise TypeError("Tensor has no subclass: operations look for Tensor itself. Hold one in a class of your own.")

    # --- reading ------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The value, as an array that shares this tensor's memory. Assign to it to replace all values."""
        if (mode := interceptor()) is not None:
            return mode.value(self)
        if isinstance(self._value, np.generic):
            self._rebind(np.asarray(self._value))
        return self._value

    @data.setter
    def data(self, value: Any) -> None:
        new = value.data if isinstance(value, Tensor) else value
        if new is self._value:  # t.data -= … has written in place already
            return
        if np.shape(new) != self.shape:
            raise ValueError(f"data: this tensor has shape {self.shape}, the new values {np.shape(new)}")
        if (mode := interceptor()) is not None:
            mode.assign(self, new)
            return
        self._rebind(own_array(new, self.dtype))

    def _rebind(self, value: Any) -> None:
        """Let this tensor stand on another array."""
        self._value = value
        REBOUND[0] += 1

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape  # type: ignore[no-any-return]

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._value.dtype  # type: ignore[no-any-return]

    @property
    def ndim(self) -> int:
        return len(self._value.shape)

    @property
    def size(self) -> int:
        return self._value.size  # type: ignore[no-any-return]

    @property
    def T(self) -> Any:
        """The transpose: all axes in reverse order."""
        return np.transpose(self)

    @property
    def mT(self) -> Any:
        """The transpose of matrices: the last two axes exchanged."""
        return np.swapaxes(self, -1, -2)

    @property
    def itemsize(self) -> int:
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def item(self) -> Any:
        """Return the only element, as a Python scalar."""
        return self._only()

    def _only(self) -> Any:  # what `item` is, unless a program has put another into autograd.boxes.Box
        if self.size != 1:
            raise ValueError(f"item: needs exactly one element, this tensor has shape {self.shape}")
        return current(self).item()

    def numpy(self) -> Any:
        """Return the value as an array that shares this tensor's memory, out of the graph's sight."""
        return self.data

    def tolist(self) -> Any:
        """Return the values as nested lists of Python scalars."""
        return self.data.tolist()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len: a 0-d tensor has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __float__(self) -> float:
        self._refuse_numpy("float")
        return float(self._only())

    def __int__(self) -> int:
        return int(self._only())

    def __complex__(self) -> complex:
        self._refuse_numpy("complex")
        return complex(self._only())

    def _refuse_numpy(self, to: str) -> None:
        """Refuse to become a number of an option of a NumPy function, which does not tell us and would lose it."""
        if self.requires_grad and (caller := sys._getframe(2)).f_globals.get("__name__", "").startswith("numpy."):
            raise TypeError(
                f"{caller.f_code.co_name}: there is no derivative by this option, a tensor that requires grad. Give "
                f"its value, {to}(t.detach()), or write what depends on it with other functions."
            )

    def __index__(self) -> int:
        if self.shape or self.dtype.kind not in "iu":
            raise TypeError(f"index: needs a 0-d integer tensor, this one is {self.dtype} of shape {self.shape}")
        return int(self._only())

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(
                f"bool: a tensor of shape {self.shape} has no single truth value. Use np.any(t) or np.all(t)."
            )
        return bool(current(self).item())

    def __contains__(self, item: Any) -> bool:
        return current(item) in current(self)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.size == 1 and spec else format(str(self), spec)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            html = as_html(self._value, self.requires_grad, self.is_leaf, self.grad)
        except Exception:  # a notebook takes the plain text then
            return {"text/plain": repr(self)}
        return {"text/html": html, "text/plain": repr(self)}

    def __repr__(self) -> str:
        body = np.array2string(self.data, separator=", ", prefix="tensor(")
        notes = [] if self.dtype == np.float64 else [f"dtype={self.dtype}"]
        if self._node is not None and self._node.op is not None:
            notes.append(f"op={self._node.op.name}")
        elif self.requires_grad:
            notes.append("requires_grad=True")
        return f"tensor({', '.join([body, *notes])})"

    def __str__(self) -> str:
        return str(self.data)

    __hash__ = object.__hash__  # `==` compares elements; a tensor as a key is itself

    # --- gradients ----------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow back to or through this tensor."""
        return self._node is not None and self._node.flows

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        if wanted == self.requires_grad:
            return
        if not self.is_leaf:
            raise RuntimeError("requires_grad: only a leaf can change it. Use detach() to cut a tensor off the graph.")
        self._node = _leaf(self) if wanted else None

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by hand and not by a recorded operation."""
        return self._node is None or self._node.op is None

    @property
    def grad(self) -> Any:
        """The gradient that backward() has accumulated here, or None.

        A NumPy array of this tensor's shape and dtype; a Tensor after `backward(create_graph=True)`.
        """
        if self._node is None:
            return None
        if (mode := interceptor()) is not None:
            mode.reads(self._node)
        return self._node.grad

    @grad.setter
    def grad(self, value: Any) -> None:
        if value is not None and np.shape(value) != self.shape:
            raise ValueError(f"grad: this tensor has shape {self.shape}, the gradient {np.shape(value)}")
        if self._node is not None:
            if (mode := interceptor()) is not None:
                mode.graded(self._node, self._node.grad)
            self._node.grad = value
        elif value is not None:
            raise RuntimeError("grad: this tensor does not require grad, so it holds no gradient")

    def zero_grad(self) -> None:
        """Forget the accumulated gradient."""
        self.grad = None

    def backward(
        self,
        grad: Any = None,
        retain_graph: bool = False,
        create_graph: bool = False,
        inputs: Sequence[Tensor] | None = None,
    ) -> None:
        """Add the gradient of this tensor to the `.grad` of the leaves it depends on.

        `grad` is the cotangent to start from, of this tensor's shape; it may be left out for a single element,
        where it is 1. With `retain_graph` a second pass is possible. With `create_graph` the gradients are
        Tensors that can be differentiated again. With `inputs` only these tensors get a gradient.

        Raises RuntimeError for a tensor that does not require grad, for more than one element without `grad`,
        and for a second pass through a freed graph. If anything is raised, no `.grad` has changed.
        """
        node = self._node
        if node is None or not self.requires_grad:
            raise RuntimeError(
                "backward: this tensor does not depend on any tensor that requires grad. "
                "Make one with tensor(data, requires_grad=True), and compute outside no_grad()."
            )
        seed = self._seed(grad, create_graph)
        wanted = None if inputs is None else {_wanted(x) for x in inputs}
        lift = LIFT if create_graph else None
        found = pull({node: seed}, wanted or (), keep=retain_graph or create_graph, lift=lift)
        if wanted is not None:
            found = {n: found.get(n) for n in wanted}
        _accumulate(found, create_graph)

    def _seed(self, grad: Any, create_graph: bool) -> Any:
        """Return the cotangent that backward starts from."""
        if grad is None:
            if self.size != 1:
                raise RuntimeError(
                    f"backward: this tensor has shape {self.shape}; only a single element has a gradient by itself. "
                    "Reduce it first, as in t.sum().backward(), or pass grad=, an array of that shape."
                )
            value = current(self)
            if value.dtype.kind == "c":
                raise RuntimeError(
                    f"backward: this tensor is {value.dtype}; only a real number has a gradient by itself. Take a real "
                    "number of it, as np.real(t) or np.abs(t), or pass grad=."
                )
            plain = not value.shape and isinstance(value, _NUMPYS)
            seed = value.dtype.type(1) if plain else np.ones_like(value)
        else:
            if np.shape(grad) != self.shape:
                raise ValueError(f"backward: grad has shape {np.shape(grad)}, the tensor {self.shape}")
            seed = grad if isinstance(grad, Tensor) else own_array(grad, self.dtype)
        if create_graph:
            return seed if isinstance(seed, Tensor) else from_value(seed, None)
        return current(seed)

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate tensor too, in `.grad`, at the next backward()."""
        node = self._node
        if node is None or not self.requires_grad:
            raise RuntimeError("retain_grad: this tensor does not require grad")
        if node.op is not None and retain not in (node.hooks or ()):
            node.hooks = [*(node.hooks or ()), retain]

    def register_hook(self, hook: Hook) -> Callable[[], None]:
        """Call `hook(gradient)` whenever backward() has this tensor's gradient; return what removes it again.

        The gradient is read-only; what the hook returns, if not None, takes its place.
        """
        node = self._node
        if node is None or not self.requires_grad:
            raise RuntimeError("register_hook: this tensor does not require grad, so no gradient comes by")
        registered = partial(hook)  # one function may be registered twice, and each be removed by itself
        node.hooks = [*(node.hooks or ()), registered]

        def remove() -> None:
            node.hooks = [h for h in node.hooks or () if h is not registered] or None

        return remove

    def detach(self) -> Tensor:
        """Return a tensor that shares this one's memory and has no part in its graph."""
        return from_value(current(self), None)

    # --- copying ------------------------------------------------------------------------------------------

    def __copy__(self) -> Tensor:
        return from_value(current(self), self._node)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        node = self._node
        own = node is None or (node.op is None and node.params is not VARIABLE)  # of the user's, not of a trace
        copied: Any = Tensor(self, self.requires_grad) if own else np.copy(self)
        memo[id(self)] = copied
        return copied  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        return Tensor, (self.data, self.requires_grad)

    # --- protocols ----------------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        whole = dtype is not None and np.dtype(dtype).kind in "biu"  # they have no slope to lose
        if self.requires_grad and not whole:
            raise TypeError(
                "this tensor requires grad, and a NumPy array would silently leave the graph. "
                "Use t.detach() or t.numpy() to read it, or a NumPy function that has a derivative here."
            )
        return np.array(current(self), dtype=dtype, copy=copy)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        called = method == "__call__"
        function = DISPATCH.get(ufunc if called else (ufunc, method))
        if function is not None and not kwargs:
            return function(*inputs)
        if called or function is None:
            return METHODS[method](ufunc, *inputs, **kwargs)
        return function(*inputs, **kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        function = DISPATCH.get(func)
        if function is None:
            no_rule(f"{func.__module__}.{func.__name__}".replace("numpy", "np", 1))
        if kwargs:
            args, kwargs = by_position(func, args, kwargs)
        return function(*args, **kwargs)

    def __dlpack__(self, **options: Any) -> Any:
        if self.requires_grad:
            raise TypeError("this tensor requires grad: pass t.detach() to from_dlpack")
        return self.data.__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self.data.__dlpack_device__()


def tensor(data: Any, requires_grad: bool = False, dtype: Any = None) -> Tensor:
    """Make a Tensor from a copy of `data`: a number, nested lists, an array.

    `dtype` defaults to that of the data, as NumPy finds it. An array type of another library that speaks
    NumPy's protocols is kept. Raises TypeError for data that is no array of numbers, and for an integer
    tensor that requires grad.

    >>> tensor([[1, 2], [3, 4]], dtype="float32")
    tensor([[1., 2.],
            [3., 4.]], dtype=float32)
    """
    return Tensor(data, requires_grad, dtype)


def as_tensor(data: Any, dtype: Any = None) -> Tensor:
    """Return `data` as a Tensor, on the same memory where it is an array of that dtype; a Tensor as it is.

    A constant: it does not require grad. While it is in use the array should not be written to. Raises TypeError for
    data that is no array of numbers.

    >>> import numpy as np
    >>> a = np.zeros(2)
    >>> np.shares_memory(as_tensor(a).data, a), as_tensor([1, 2], dtype=float)
    (True, tensor([1., 2.]))
    """
    if type(data) is Tensor:
        return data if dtype is None or data.dtype == dtype else data.astype(dtype)
    array = data if dtype is None or getattr(data, "dtype", None) == dtype else own_array(data, dtype)
    if type(array) is np.ndarray and array.shape and array.dtype.kind in "biufc":
        return from_value(array, None)
    return Tensor(array)


def from_value(value: Any, node: Node | None) -> Tensor:
    """Make a Tensor on `value` itself, without a copy or a check."""
    t = _new(Tensor)
    t._value = value
    t._node = node
    return t


def value_of(x: Any) -> Any:
    """Return the raw value of a Tensor, and anything else as it is."""
    return x._value if type(x) is Tensor else x


_PLAIN: Final = frozenset({float, int, bool, complex, np.ndarray, np.float64, np.float32, np.int64, np.bool_})


def is_traced(x: Any) -> bool:
    """Return whether x is a tensor, or an array of another type than NumPy's, such as those inside vmap."""
    kind = type(x)
    if kind is Tensor:
        return True
    return kind not in _PLAIN and hasattr(x, "__array_function__") and not isinstance(x, np.ndarray | np.generic)


def current(x: Any) -> Any:
    """Return the raw value as `value_of` does, but of who runs the operations in our place, if somebody does."""
    mode = interceptor()
    return mode.value(x) if mode is not None and type(x) is Tensor else value_of(x)


def node_of(x: Any) -> Node | None:
    """Return the node of a Tensor; None for a constant and for anything else."""
    return x._node if type(x) is Tensor else None


LIFT: Final = Lift(from_value, value_of, node_of)


def own_array(data: Any, dtype: Any = None) -> Any:
    """Return a fresh array of numbers with the values of `data`; a duck array stays of its type."""
    data = current(data)
    if not isinstance(data, np.ndarray | np.generic) and hasattr(data, "__array_function__"):
        array = np.copy(data)
        return array if dtype is None else np.astype(array, dtype)
    try:
        array = np.array(data, dtype=dtype)
    except ValueError as error:
        raise ValueError(f"tensor: {error}. All rows of a tensor must have the same length.") from None
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"tensor: NumPy makes an array of dtype {array.dtype} of this data; a tensor holds numbers. "
            "Look for None, strings or mixed objects in it."
        )
    return array


def _leaf(t: Tensor) -> Node:
    if t.dtype.kind in "fc":
        return new_leaf(t.shape, t.dtype)
    raise TypeError(
        f"requires_grad: this tensor holds {t.dtype}, and only floating-point and complex values have gradients. "
        "Write tensor(data, requires_grad=True, dtype=float)."
    )


def _wanted(x: Any) -> Node:
    node = node_of(x)
    if node is None:
        raise RuntimeError("backward: every one of `inputs` must be a tensor that requires grad")
    return node


def _accumulate(found: dict[Node, Any], create_graph: bool) -> None:
    """Add what a pass has found to the nodes' gradients: all of it, once nothing can fail any more."""
    mode = interceptor()
    with _commit:
        for node, g in found.items():
            if mode is not None:
                mode.graded(node, node.grad, added=True)
            if g is None:
                g = np.zeros(node.shape, node.dtype)
                g = from_value(g, None) if create_graph else g
            if getattr(value_of(g), "batch_level", 0) > node.birth:
                raise BatchError(
                    "backward: inside a function that vmap runs, a tensor from outside would get a gradient for each "
                    "example. Return the value and call backward() outside, or use vmap(grad(f)) and pass the tensor "
                    "with None in in_axes."
                )
            if node.grad is not None:
                g = node.grad + g
                g = np.asarray(g) if isinstance(g, np.generic) else g
            found[node] = g
        for node, g in found.items():
            node.grad = g


def no_rule(name: str) -> NoReturn:
    """Say that a function of NumPy has no rule, and what there is."""
    known = sorted({getattr(key, "__name__", "") for key in DISPATCH} - {""})
    close = difflib.get_close_matches(name.rpartition(".")[2], known, 3)
    raise NotImplementedError(
        f"{name} has no derivative rule here, so it cannot take a tensor. "
        + (f"Did you mean {' or '.join(close)}? " if close else "")
        + "Use t.detach() to leave the graph, or autograd.operation to give it a rule of your own. "
        f"NumPy functions that have one: {', '.join(known)}."
    )
