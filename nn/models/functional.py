"""`Functional`: a model made of symbols: with branches, shared layers, several inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any, Self

from nn.layers.core import InputLayer
from nn.layers.layer import Layer
from nn.layers.symbol import Symbol, flat
from nn.models.model import Model, Names, feature_problem, layers_from, layers_of
from nn.models.plan import Plan, replayed
from nn.models.summary import Row
from nn.module import Module
from nn.names import numbered

_LISTS = (list, tuple)

_shapes: ContextVar[dict[Any, Any] | None] = ContextVar("shapes", default=None)
"""What has been found while a shape is asked for: models that use models twice, and so on, would double the work."""


class Functional(Model):
    """What `Model(inputs, outputs)` makes. Both are symbols, or lists or dicts of them."""

    _apart = Model._apart | {"_named", "_labels"}

    def __init__(self, inputs: Any, outputs: Any, name: str | None = None, **options: Any) -> None:
        super().__init__(name=name, **options)
        self._take(Plan(inputs, outputs))

    def _take(self, plan: Plan) -> None:
        self._plan = plan
        self._named = Names(plan.layers())
        names = {id(layer): name for name, layer in self._named.items()}
        shown = (layer for layer in self._named.values() if not isinstance(layer, InputLayer))
        for i, layer in enumerate(shown, 1):
            layer.label = f"layer {i} {names[id(layer)]!r}"
            self._adopt(layer)
        self.input_names = _unlike([names.get(id(symbol.call.layer), symbol.name) for symbol in plan.sources])
        ends = list(flat(plan.outputs))
        several = isinstance(plan.outputs, dict)
        self.output_names = list(plan.outputs) if several else _unlike([names[id(s.call.layer)] for s in ends])
        self._labels: dict[str, str] = dict(zip(self.output_names, (s.call.layer.label for s in ends), strict=True))
        self.example_shape = plan.sources[0].shape[1:] if len(plan.sources) == 1 else None
        self.input_count = None if isinstance(plan.inputs, dict) else len(plan.sources)
        self.built = True

    # --- running ----------------------------------------------------------------------------------------------------

    def forward(self, x: Any) -> Any:
        return self._plan.run(self._in_order(x, _LISTS), lambda layer, *args: layer(*args))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes of the outputs for these of the inputs."""
        given = self._in_order(input_shape, (list,))
        found = _shapes.get()
        if found is None:
            token = _shapes.set({})
            try:
                return self.compute_output_shape(input_shape)
            finally:
                _shapes.reset(token)
        key = (id(self), *map(tuple, given))
        if key not in found:
            found[key] = self._plan.run(
                given,
                lambda layer, *shapes: layer.compute_output_shape(shapes[0] if len(shapes) == 1 else list(shapes)),
            )
        return found[key]

    def _in_order(self, x: Any, lists: Any) -> list[Any]:
        """Return what is given for each input: alone, as a list, or as a dict by the keys or names of the inputs."""
        inputs = self._plan.inputs
        if isinstance(x, dict):
            names = list(inputs) if isinstance(inputs, dict) else self.input_names
            if set(x) != set(names):
                raise ValueError(f"the inputs are {', '.join(names)}; {', '.join(map(str, x))} are given")
            return [x[name] for name in names]
        count: int = len(self._plan.sources)
        if isinstance(x, lists) and (count > 1 or len(x) == 1):
            if len(x) != count or isinstance(inputs, dict):
                kind = "dict" if isinstance(inputs, dict) else "list"
                raise ValueError(f"the model takes a {kind} of the {count} inputs {', '.join(self.input_names)}")
            return list(x)
        if count > 1 or isinstance(inputs, dict):
            raise ValueError(f"the model takes {count} inputs, {', '.join(self.input_names)}; one is given")
        return [x]

    # --- what it is made of -------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, layer) for every layer, and what a class of one's own has as attributes besides."""
        yield from self.__dict__.get("_named", {}).items()
        yield from super().named_children()

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order."""
        return list(self._named.values())

    @property
    def inputs(self) -> list[Symbol]:
        """The symbols of the inputs."""
        return self._plan.sources

    @property
    def outputs(self) -> list[Symbol]:
        """The symbols of the outputs."""
        return list(flat(self._plan.outputs))

    def check_features(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError, naming layer and columns, for an x whose examples have another shape than is taken."""
        symbol = self._plan.sources[0]
        first = next((step.layer for step in self._plan.steps if 0 in flat(step.inputs)), symbol.call.layer)
        problem = feature_problem(first, symbol.shape, shape, self.columns)
        if problem is not None:
            raise ValueError(problem)

    def output_label(self, name: str) -> str:
        """Return how an error calls the layer that an output comes from."""
        return self._labels[name]

    def rows(self) -> list[Row]:
        """Return the rows of a summary."""
        names = {id(layer): name for name, layer in self._named.items()}
        shapes: dict[int, dict[str, None]] = {}
        sources: dict[int, dict[str, None]] = {}
        for symbol in self._plan.symbols():
            shapes.setdefault(id(symbol.call.layer), {})[str(symbol.shape)] = None
        for call in self._plan.calls:
            came = {names.get(id(symbol.call.layer), symbol.name): None for symbol in flat(call.inputs)}
            sources.setdefault(id(call.layer), {}).update(came)
        return [
            Row(name, layer, ", ".join(shapes.get(id(layer), ["?"])), ", ".join(sources.get(id(layer), ["-"])))
            for name, layer in self._named.items()
        ]

    # --- pickling and configuration -----------------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        layers = list(self._named.values())
        calls = self._plan.described({id(layer): i for i, layer in enumerate(layers)})
        state = {key: value for key, value in super().__getstate__().items() if key not in ("_plan", "_named")}
        return {**state, "_pickled": (layers, calls)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        layers, calls = state.pop("_pickled")
        self.__dict__.update(state)
        self._take(Plan(*replayed(layers, calls)))

    def get_config(self) -> dict[str, Any]:
        """Return the layers, their calls, the inputs and the outputs, in values that JSON has."""
        number = {id(layer): i for i, layer in enumerate(self._named.values())}
        return {"name": self.name, "layers": layers_of(self._named), **self._plan.described(number)}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a model of what `get_config` gave."""
        layers: list[Layer] = layers_from(config["layers"])
        return cls(*replayed(layers, dict(config)), name=config["name"])


def _unlike(names: list[str]) -> list[str]:
    """Return names that no two inputs, or outputs, share.

    >>> _unlike(["a", "b", "a"])
    ['a', 'b', 'a_1']
    """
    found: dict[str, None] = {}
    counts: dict[str, int] = {}
    for name in names:
        found[numbered(name, found, counts)] = None
    return list(found)
