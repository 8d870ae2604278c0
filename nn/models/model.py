"""`Model`: layers put together, that can be trained, looked at, and saved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from nn.layers import LAYERS, Layer
from nn.layers.symbol import Shape, Symbol, mapped
from nn.models import files
from nn.models.summary import Row, expanded, summary_html, summary_text
from nn.module import Module
from nn.names import Registry, numbered, plain
from nn.saving import strict_json
from nn.training.trainer import Trainer

MODELS: Final[Registry[Any]] = Registry("layer", LAYERS.table, base=Layer)
"""What a file may name: the layers, and the models, which enter themselves."""


class Model(Trainer):
    """A model: of symbols, as `Model(inputs, outputs)`, or a class of one's own with a `forward` (or `call`) method.

    A class of one's own assigns layers, or tensors that require grad, to attributes in `__init__`. Either can be
    compiled, trained, evaluated, saved, and used as a layer of another model.

    >>> import numpy as np
    >>> from nn import Dense, Input
    >>> x = Input((3,))
    >>> model = Model(x, Dense(2)(Dense(4, activation="relu")(x)))
    >>> model.predict(np.zeros((5, 3)), verbose=0).shape
    (5, 2)

    >>> class Net(Model):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.hidden, self.out = Dense(4, activation="relu"), Dense(2)
    ...     def forward(self, x):
    ...         return self.out(self.hidden(x))
    >>> Net().predict(np.zeros((5, 3)), verbose=0).shape
    (5, 2)
    """

    def __new__(cls, *arguments: Any, **options: Any) -> Any:
        return object.__new__(
            MODELS.table["Functional"] if cls is Model and (arguments or "inputs" in options) else cls
        )

    def __init__(self, *symbols: Any, **options: Any) -> None:
        if symbols or "inputs" in options or "outputs" in options:
            raise TypeError(
                f"{type(self).__name__}: a model of symbols is made by Model(inputs, outputs); a class of your own "
                "that passes them to super().__init__ derives from nn.models.Functional"
            )
        super().__init__(**options)

    # --- what it is made of ---------------------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return [child for child in self.children() if isinstance(child, Layer)]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return the layer of this name, or at this place; ValueError if there is none."""
        if (name is None) == (index is None):
            raise ValueError("get_layer: needs a name or an index, and not both")
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(f"get_layer: there are {len(layers)} layers, none at {index}")
            return layers[index]
        named = {known: child for known, child in self.named_children() if isinstance(child, Layer)}
        if name not in named:
            raise ValueError(f"get_layer: there is no layer {name!r}; there are {', '.join(named)}")
        return named[name]

    def build(self, input_shape: Any) -> None:
        """Make the parameters of all layers, for inputs of this shape with None for the number of examples."""
        self.build_shape = input_shape
        self._on_zeros(input_shape, 1, self.data_dtype)

    build_shape: Any = None  # of a class of one's own: what it was built for

    @property
    def input(self) -> Any:
        """The symbol of the input; of several, a list."""
        return _one_or_all(getattr(self, "inputs", []), "input", self)

    @property
    def output(self) -> Any:
        """The symbol of the output; of several, a list."""
        return _one_or_all(getattr(self, "outputs", []), "output", self)

    @property
    def input_shape(self) -> Any:
        """The shape of the input, with None for the number of examples; of several, a list."""
        return mapped(lambda symbol: symbol.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of the output, with None for the number of examples; of several, a list."""
        return mapped(lambda symbol: symbol.shape, self.output)

    def summary(self, expand_nested: bool = False, print_fn: Callable[[str], object] = print) -> None:
        """Print the layers, the shapes of their outputs and the numbers of their parameters; or give it to `print_fn`.

        With `expand_nested` the layers of models among them follow, indented.
        """
        rows = list(expanded(self.rows()) if expand_nested else self.rows())
        print_fn(summary_text(self.name, rows, self.parameters(), self.buffers()))

    def rows(self) -> list[Row]:
        """Return the rows of a summary."""
        return [Row(name, layer, "?") for name, layer in self.named_children() if isinstance(layer, Layer)]

    __repr__ = Module.__repr__

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            html = summary_html(self.name, self.rows(), self.parameters(), self.buffers())
        except Exception:  # a notebook takes the plain text then
            return {"text/plain": repr(self)}
        return {"text/html": html, "text/plain": repr(self)}

    # --- files ------------------------------------------------------------------------------------------------------

    def save(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write the model to one `.keras` file: layers, weights, what it was compiled with, the optimizer's state.

        The file is replaced at once, or left as it was. `load_model` reads it. With `overwrite=False` an existing
        file is an error (FileExistsError).
        """
        files.save_model(self, filepath, overwrite)

    def to_json(self) -> str:
        """Return layers and how they are put together, without parameters; `model_from_json` makes a model of it."""
        return strict_json.written(plain(self)).decode()

    def save_weights(self, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Write parameters and buffers to a `.safetensors` file, which other programs read too."""
        files.save_weights(self, filepath, overwrite)

    def load_weights(self, filepath: str | os.PathLike[str]) -> None:
        """Take over parameters and buffers of a `.safetensors` or `.keras` file; nothing changes if they do not fit."""
        files.load_weights(self, filepath)


def _one_or_all(symbols: Sequence[Symbol], what: str, model: Model) -> Any:
    if not symbols:
        raise AttributeError(
            f"{model.label}: has no {what} as a symbol; a model made of symbols has, when its shape is known"
        )
    return symbols[0] if len(symbols) == 1 else list(symbols)


class Names(dict[str, Layer]):
    """The layers of a model by names that no two share: their own, or numbered ("dense_1") if they were given none.

    The first model that a layer is part of settles its name.
    """

    def __init__(self, layers: Iterable[Layer] = ()) -> None:
        super().__init__()
        self._counts: dict[str, int] = {}
        for layer in layers:
            self.append(layer)

    def append(self, layer: Layer) -> str:
        """Add a layer; return its name. Raises ValueError where two were given one name."""
        name = layer.name
        if name in self and layer.named and not layer.numbered:
            raise ValueError(f"there are two layers {name!r}; give one of them another name=")
        name = numbered(name, self, self._counts)
        if not layer.named:
            layer.name, layer.named, layer.numbered = name, True, True
        self[name] = layer
        return name


def feature_problem(layer: Layer, shape: Shape, given: tuple[int, ...], columns: Sequence[str] | None) -> str | None:
    """Return what is wrong with an x of shape `given` for a layer that takes `shape`; None if nothing is."""
    wanted, found = shape[1:], given[1:]
    if len(wanted) == len(found) and all(n in (None, m) for n, m in zip(wanted, found, strict=True)):
        return None
    if len(wanted) == len(found) == 1:
        listed = "" if columns is None else f": {list(columns)}"
        return f"{layer.label} expects {wanted[0]} features (input_dim={wanted[0]}), x has {found[0]} columns{listed}"
    return f"{layer.label} expects examples of shape {wanted}, those of x have {found}"


def layers_of(named: Mapping[str, Layer]) -> list[dict[str, Any]]:
    """Return configurations of layers, in values that JSON has; a layer keeps the name it has in its model."""
    found = [plain(layer) for layer in named.values()]
    for config, name in zip(found, named, strict=True):
        config["config"]["name"] = name
    return found


def layers_from(configs: Any) -> list[Layer]:
    """Return layers made of configurations; ValueError for a class that is not known."""
    if not isinstance(configs, list):
        raise ValueError("the layers of a model are a list")
    return [MODELS.get(config) for config in configs]
