"""`Sequential`: layers one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

from nn.layers.core import InputLayer
from nn.layers.layer import Layer
from nn.layers.symbol import Shape, Symbol
from nn.models.model import Model, Names, feature_problem, layers_from, layers_of
from nn.models.summary import Row
from nn.module import Module


class Sequential(Model):
    """A model of layers, each applied to what the one before gives.

    The parameters are made as soon as the shape of an example is known: from `input_dim` or `input_shape` of the
    first layer, from an `Input(shape)` before it, or from the first data.

    >>> from nn import Dense, set_random_seed
    >>> set_random_seed(0)
    >>> model = Sequential([Dense(8, activation="relu", input_dim=2), Dense(1)])
    >>> model.compile(optimizer="adam", loss="mse")
    >>> history = model.fit([[0.0, 1.0], [2.0, 3.0]], [1.0, 5.0], epochs=3, verbose=0)
    >>> model.predict([[1.0, 2.0]], verbose=0).shape
    (1, 1)
    """

    input_count = 1
    _apart = Model._apart | {"_layers", "_named", "_symbols"}

    def __init__(self, layers: Sequence[Layer | Symbol] | None = None, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name, **options)
        self._layers: list[Layer] = []
        self._named = Names()
        self._symbols: list[Symbol] = []  # what goes in, and what comes out of each layer, where the shape is known
        for layer in layers or ():
            self._append(layer)
        self._build_if_known()

    # --- putting together ------------------------------------------------------------------------------------------

    def add(self, layer: Layer | Symbol) -> None:
        """Append a layer; it gets a name like "dense_1" if it has none."""
        before = len(self._layers)
        self._append(layer)
        self._changed()
        try:
            self._build_if_known()
        except Exception:
            if len(self._layers) > before:
                self.pop()
            raise

    def pop(self) -> Layer:
        """Remove the last layer and return it."""
        if not self._layers:
            raise ValueError("pop: there are no layers")
        layer = self._layers.pop()
        self._named = Names(self._layers)
        del self._symbols[len(self._layers) + 1 :]
        self._changed()
        self._build_if_known()
        return layer

    def _append(self, layer: Layer | Symbol) -> None:
        if isinstance(layer, Symbol):
            layer = layer.call.layer
        if isinstance(layer, InputLayer):
            if self._layers or self.example_shape is not None:
                raise ValueError("Sequential: an Input can only be the first")
            self.example_shape = layer.shape
            return
        if not isinstance(layer, Layer):
            raise TypeError(f"Sequential: wants a layer such as Dense(8), not {layer!r}")
        if self._named.get(layer.name) is layer:
            raise ValueError(f"Sequential: {layer.label} is in the model already; make another one")
        name = self._named.append(layer)
        self._layers.append(layer)
        layer.label = f"layer {len(self._layers)} {name!r}"
        self._adopt(layer)
        if len(self._layers) == 1 and self.example_shape is None:
            self.example_shape = layer.example_shape

    def _changed(self) -> None:
        self.known_outputs = None
        self.built = False
        if self.compiled:
            self.changed = True

    def _build_if_known(self) -> None:
        if self._layers and self.example_shape is not None:
            self.build((None, *self.example_shape))

    def build(self, input_shape: Shape) -> None:
        """Make the parameters of all layers, for inputs of this shape with None for the number of examples."""
        if not self._layers:
            raise ValueError("Sequential: has no layers yet; add one, as in model.add(Dense(1))")
        self.example_shape = tuple(input_shape[1:])
        if not self._symbols:
            self._symbols = [InputLayer(self.example_shape).symbol()]
        for layer in self._layers[len(self._symbols) - 1 :]:
            self._symbols.append(layer(self._symbols[-1]))
        self.output_names = [next(reversed(self._named))]
        self.built = True

    @property
    def data_dtype(self) -> Any:
        """The dtype that data are converted to: that of the first layer."""
        first = self._layers[0] if self._layers else self
        return first.data_dtype if isinstance(first, Model) and first is not self else first.dtype

    # --- running ----------------------------------------------------------------------------------------------------

    def forward(self, x: Any) -> Any:
        for layer in self._layers:
            x = layer(x)
        return x

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shape of the output for this shape of the input."""
        for layer in self._layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    # --- what it is made of -------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, layer) for every layer, and what a class of one's own has as attributes besides."""
        yield from self.__dict__.get("_named", {}).items()
        yield from super().named_children()

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return list(self._layers)

    @property
    def inputs(self) -> list[Symbol]:
        """The symbol of the input, in a list; empty before the shape of an example is known."""
        return self._symbols[:1]

    @property
    def outputs(self) -> list[Symbol]:
        """The symbol of the output, in a list; empty before the shape of an example is known."""
        return self._symbols[-1:] if self.built else []

    def check_features(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError, naming layer and columns, for an x whose examples have another shape than is taken."""
        if not self._layers:
            raise ValueError("Sequential: has no layers yet; add one, as in model.add(Dense(1))")
        if self.example_shape is not None:
            problem = feature_problem(self._layers[0], (None, *self.example_shape), shape, self.columns)
            if problem is not None:
                raise ValueError(problem)

    def output_label(self, name: str) -> str:  # noqa: ARG002
        """Return how an error calls the last layer."""
        return self._layers[-1].label

    def rows(self) -> list[Row]:
        """Return the rows of a summary."""
        shapes = [str(symbol.shape) for symbol in self._symbols[1:]] or ["?"] * len(self._layers)
        return [Row(name, layer, shape) for (name, layer), shape in zip(self._named.items(), shapes, strict=True)]

    # --- pickling and configuration -----------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_symbols": []}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if self.built and self.example_shape is not None:
            self.__dict__["built"] = False
            self.build((None, *self.example_shape))

    def get_config(self) -> dict[str, Any]:
        """Return the layers and the shape of an example, in values that JSON has."""
        shape = None if self.example_shape is None else list(self.example_shape)
        return {"name": self.name, "input_shape": shape, "layers": layers_of(self._named)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a model of what `get_config` gave."""
        return cls(layers_from(config["layers"]), name=config["name"], input_shape=config["input_shape"])
