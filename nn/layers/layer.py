"""`Layer`: a module that knows when to make its parameters, and that symbols can be put through to make a model."""

from __future__ import annotations

import inspect
import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar, Final, TypeAlias

import numpy as np

from autograd import Tensor, as_tensor, no_grad, tensor
from nn import constraints, initializers, regularizers
from nn.budget import afford, check_size
from nn.config import float_dtype, floatx
from nn.layers.symbol import Call, Symbol, flat, mapped, several
from nn.module import Module
from nn.names import Configured, positional, refuse_unknown, snake_case

_LISTS: Final = (list, tuple)
_FLEETING: Final = ("_made", "_regularized", "_constrained")  # weak references, made anew when they are needed
_MOST_AXES: Final = 32


def zeros(input_shape: Any, examples: int, dtype: Any) -> Any:
    """Return zeros for so many examples of a shape with None for their number; of several shapes, several of them.

    Raises ValueError inside `budget.at_most` where they are larger than parameters may be, and than a few images.
    """

    def made(shape: Sequence[int | None], _: int) -> Any:
        sizes = [examples if n is None else n for n in shape]
        check_size(f"an input of shape {tuple(shape)}", math.prod(sizes))
        return as_tensor(np.zeros(sizes, dtype))

    return several(input_shape, made)


class Layer(Module, Configured):
    """A part of a model, with a name, that makes its parameters when it first sees the shape of its input.

    Write `build(input_shape)`, which makes parameters by `add_weight`, and `call(x)` or `forward(x)`; a `call` with a
    parameter `training` is told whether it trains. A layer that is called by itself infers, unless `train()` was called
    or `training=True` is passed. Shapes are as in Keras, with None for the number of examples:
    (None, 3). Parameters are of `dtype`, by default that of `nn.config.floatx()`; arrays that come in are converted
    to it.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight((input_shape[-1],), "ones")
    ...     def call(self, x):
    ...         return x * self.factor
    >>> Scale()([[1, 2]]).data
    array([[1., 2.]], dtype=float32)
    """

    _apart = Module._apart | {"_made", "_regularizers", "_constraints", "example_shape"}
    not_shown: ClassVar = ("dtype",)
    _training = False
    built: bool = False
    name: str = ""
    label: str = ""  # what errors call it: a model adds the position
    kept_as: ClassVar = {"input_shape": "example_shape"}
    example_shape: tuple[int | None, ...] | None = None  # of an input, without the number of examples
    input_dim: None = None  # an argument that is kept as example_shape
    named: bool = False  # whether the name is final: the user's, or settled by the first model that it is part of
    numbered: bool = False  # whether it was settled by a model, so that another one may call it otherwise

    def __init__(
        self,
        *,
        name: str | None = None,
        dtype: Any = None,
        trainable: bool = True,
        input_shape: Sequence[int | None] | None = None,
        input_dim: int | None = None,
        **unknown: Any,
    ) -> None:
        kind = type(self).__name__
        if unknown.pop("activity_regularizer", None) is not None:
            raise TypeError(f"{kind}: activity_regularizer is not supported; kernel_regularizer is")
        refuse_unknown(type(self), unknown)
        if name is not None and (not isinstance(name, str) or not name or "/" in name):
            raise ValueError(f"{kind}: name must be a string without '/', not {name!r}")
        self.name = name or snake_case(kind)
        self.named = name is not None
        self.label = repr(self.name) if name else kind
        self.dtype = float_dtype(floatx() if dtype is None else dtype, kind)
        if input_dim is not None:
            input_shape = (input_dim,)
        if input_shape is not None:
            self.example_shape = checked_shape(input_shape, kind)
        if not trainable:
            self.trainable = False

    def __init_subclass__(cls) -> None:
        own = vars(cls)
        if "build" in own:
            cls.build = _building(own["build"])  # type: ignore[method-assign]
        if "call" in own and "forward" not in own:
            cls.forward = _calling(own["call"])  # type: ignore[method-assign]
        elif "forward" in own and "call" not in own:
            cls.call = own["forward"]  # type: ignore[attr-defined]  # a class that writes `call` may ask super() for it

    # --- what a layer of one's own writes -------------------------------------------------------------------

    def build(self, input_shape: Any) -> None:  # noqa: ARG002
        """Make the parameters for inputs of this shape (of several, a list of shapes); called once."""
        self.built = True

    def add_weight(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "glorot_uniform",
        dtype: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Tensor:
        """Make a parameter and keep it as the attribute `name`; one that is not `trainable` is a buffer."""
        sizes: Any = checked_shape(shape, f"{type(self).__name__}.add_weight", whole=True)
        afford(self.label, math.prod(sizes))
        name = name or f"weight_{len(vars(self).get('_owned', ()))}"
        if name in vars(self) or callable(known := getattr(type(self), name, None)) or isinstance(known, property):
            raise ValueError(f"{type(self).__name__}.add_weight: there is an attribute {name!r}; take another name=")
        whole = not trainable and np.dtype(dtype or self.dtype).kind in "iub"  # a counter, say
        values = initializers.initialized(
            initializers.get(initializer), sizes, self.dtype if whole else dtype or self.dtype
        )
        if whole:
            values = values.astype(dtype)
        made = tensor(values, requires_grad=trainable and self.trainable)
        if not trainable:
            self.register_buffer(name, made)
            return made
        self._own(name, parameter=True)
        object.__setattr__(self, name, made)
        for what, kept in (
            (regularizers.get(regularizer), "_regularizers"),
            (constraints.get(constraint), "_constraints"),
        ):
            if what is not None:
                vars(self).setdefault(kept, {})[name] = what
        return made

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output (of several, a list) for this shape of the input.

        Found by a run on zeros, unless a layer knows it.
        """
        return mapped(lambda t: (None, *np.shape(t)[1:]), self._on_zeros(input_shape, 2, self.dtype))

    def _on_zeros(self, input_shape: Any, examples: int, dtype: Any) -> Any:
        """Return the output for so many examples of zeros."""
        given = zeros(input_shape, examples, dtype)
        apart = isinstance(given, list) and positional(self.forward, required=True) > 1
        with no_grad(), self.mode(False), np.errstate(all="ignore"):
            return self.forward(*given) if apart else self.forward(given)

    # --- calling --------------------------------------------------------------------------------------------

    def __call__(self, *inputs: Any, training: bool | None = None, **options: Any) -> Any:
        """Apply the layer to tensors or arrays, or to symbols; `training` holds for this call only.

        Other named arguments are those of its `call`, and cannot be given with symbols.
        """
        if training is not None and training != self.training:
            with self.mode(training):
                return self(*inputs, **options)
        if not (self.built and inputs and type(inputs[0]) is Tensor):
            if any(isinstance(x, Symbol) for x in flat(inputs)):
                return self._called_on_symbols(inputs, options)
            inputs = tuple(map(self._received, inputs))
            if not self.built:
                self.build(self._shapes(inputs))
        return Module.__call__(self, *inputs, **options)

    def _received(self, x: Any) -> Any:
        """Return an input as the layer takes it: tensors as they are, arrays and numbers in its dtype."""
        if type(x) is Tensor:
            return x
        if hasattr(x, "__array_function__") and not isinstance(x, np.ndarray):  # an array type of another library
            return as_tensor(x)
        if isinstance(x, dict) or (isinstance(x, _LISTS) and x and all(getattr(item, "ndim", 0) > 1 for item in x)):
            return mapped(self._received, x)
        return as_tensor(np.asarray(x, self.dtype))

    def _shapes(self, inputs: tuple[Any, ...]) -> Any:
        """Return the shape of an input, of several a list (or dict) of them."""
        if not inputs:
            raise TypeError(f"{self.label}: needs an input to be called on")
        given = inputs[0] if len(inputs) == 1 else list(inputs)
        return mapped(lambda x: (None, *x.shape[1:]), given)

    def _called_on_symbols(self, inputs: tuple[Any, ...], options: Mapping[str, Any]) -> Any:
        if options:
            raise TypeError(
                f"{self.label}: was called on a symbol with {', '.join(options)}=; what is not an input of the model "
                "goes to the layer's constructor"
            )
        for x in flat(inputs):
            if not isinstance(x, Symbol):
                raise TypeError(
                    f"{self.label}: was called on a symbol and {type(x).__name__} together; want symbols only"
                )
        shapes = self._shapes(inputs)
        if not self.built:
            self.build(shapes)
        out_shapes = self.compute_output_shape(shapes)
        call = Call(self, inputs, out_shapes)
        out = several(out_shapes, lambda shape, i: Symbol(tuple(shape), self.dtype, call, i))
        self.made(list(flat(out)))
        return out

    def made(self, symbols: list[Symbol]) -> None:
        """Remember, without holding them, the symbols that a call has made."""
        alive = [refs for refs in self.__dict__.get("_made", ()) if all(ref() is not None for ref in refs)]
        self.__dict__["_made"] = [*alive, [weakref.ref(symbol) for symbol in symbols]]

    def _first_made(self) -> list[Symbol]:
        for refs in self.__dict__.get("_made", ()):
            symbols = [symbol for ref in refs if (symbol := ref()) is not None]
            if len(symbols) == len(refs):
                return symbols
        raise AttributeError(
            f"{self.label}: was not called on symbols yet; a model does so that knows its input's shape"
        )

    @property
    def output(self) -> Any:
        """The symbol (of several outputs, a list) that the first call in a model made."""
        symbols = self._first_made()
        return symbols[0] if len(symbols) == 1 else symbols

    @property
    def input(self) -> Any:
        """The symbol (of several inputs, a list) that the first call in a model took."""
        inputs = self._first_made()[0].call.inputs
        return inputs[0] if len(inputs) == 1 else list(inputs)

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in _FLEETING}

    # --- parameters, by Keras' names ------------------------------------------------------------------------

    @property
    def weights(self) -> list[Tensor]:
        """All parameters and buffers."""
        return [weight for _, weight, _ in self._named_tensors()]

    @property
    def trainable_weights(self) -> list[Tensor]:
        """The parameters that are not frozen."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]

    @property
    def non_trainable_weights(self) -> list[Tensor]:
        """The frozen parameters, and the buffers."""
        return [weight for weight in self.weights if not weight.requires_grad]

    variables = weights
    trainable_variables = trainable_weights
    non_trainable_variables = non_trainable_weights

    def get_weights(self) -> list[Any]:
        """Return copies of the values of all parameters and buffers."""
        return [np.copy(weight.data) for weight in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Take over values in the order of `get_weights`; ValueError, with nothing changed, if they do not fit."""
        names = [name for name, _, _ in self._named_tensors()]
        if len(weights) != len(names):
            raise ValueError(f"set_weights: {self.label} has {len(names)} arrays, {names}; {len(weights)} given")
        self.load_state_dict(dict(zip(names, weights, strict=True)))

    def count_params(self) -> int:
        """Return how many numbers the parameters and buffers hold."""
        return sum(weight.size for weight in self.weights)

    def regularized(self) -> Iterator[Attached]:
        """Yield (regulariser, layer, name of its parameter) for all that adds to the loss: what is not frozen."""
        return self._attached("_regularizers")

    def constrained(self) -> Iterator[Attached]:
        """Yield (constraint, layer, name of its parameter) for all that is held to something: what is not frozen."""
        return self._attached("_constraints")

    def _attached(self, kept: str) -> Iterator[Attached]:
        for module in self.modules():
            for name, function in vars(module).get(kept, {}).items():
                if getattr(module, name).requires_grad:
                    yield function, module, name  # type: ignore[misc]

    @property
    def losses(self) -> list[Any]:
        """What the regularisers add to the loss, each as a tensor."""
        return [function(getattr(layer, name)) for function, layer, name in self.regularized()]

    __repr__ = Configured.__repr__

    # --- configuration --------------------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return the arguments of the constructor, in values that JSON has."""
        return {name: value for name, value in super().get_config().items() if name != "input_dim"}


Attached: TypeAlias = tuple[Callable[[Any], Any], Layer, str]  # a function, and the parameter it is about


def checked_shape(shape: Any, what: str, whole: bool = False) -> tuple[int | None, ...]:
    """Return a shape as a tuple; ValueError for what is none. With `whole`, no size may be None."""
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    if len(sizes) > _MOST_AXES:
        raise ValueError(f"{what}: a shape has at most {_MOST_AXES} axes; this one has {len(sizes)}")
    for n in sizes:
        number = isinstance(n, int | np.integer) and not isinstance(n, bool) and n >= 0
        if not number and (n is not None or whole):
            raise ValueError(
                f"{what}: a shape has whole numbers{'' if whole else ', or None'}, such as (3,); not {shape!r}"
            )
    return tuple(None if n is None else int(n) for n in sizes)


def _building(build: Callable[..., None]) -> Callable[..., None]:
    """Let `build` run once, and note that it has."""

    @wraps(build)
    def run(self: Layer, *shapes: Any, **named: Any) -> None:
        if not self.built:
            build(self, *shapes, **named)
            self.built = True

    return run


def _calling(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return `forward` made of a `call`, which may want to be told whether it trains."""
    if "training" not in inspect.signature(call).parameters:
        return call

    @wraps(call)
    def forward(self: Layer, *inputs: Any, **options: Any) -> Any:
        return call(self, *inputs, training=self.training, **options)

    return forward
