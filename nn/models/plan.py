"""From symbols to steps: in which order the layers between inputs and outputs are called, and on what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from nn.layers.core import InputLayer
from nn.layers.layer import Layer
from nn.layers.symbol import Call, Symbol, flat, mapped


class Step(NamedTuple):
    """One call of a layer: the slots of its inputs, those of its outputs, and those that nobody needs after it."""

    layer: Layer
    inputs: tuple[Any, ...]
    first: int
    call: Call
    dropped: tuple[int, ...]


class Plan:
    """The calls that lie between `inputs` and `outputs`, symbols or lists or dicts of them, in order.

    Every symbol has a slot, a number; the inputs have the first ones.
    """

    def __init__(self, inputs: Any, outputs: Any) -> None:
        for what, structure in (("inputs", inputs), ("outputs", outputs)):
            for symbol in flat(structure):
                if not isinstance(symbol, Symbol):
                    raise TypeError(
                        f"Model: {what} must be symbols, as from Input(shape) and from layers called on it; "
                        f"{type(symbol).__name__} is given"
                    )
        self.inputs, self.outputs = inputs, outputs
        self.sources: list[Symbol] = list(flat(inputs))
        slots = {_key(symbol): slot for slot, symbol in enumerate(self.sources)}
        if len(slots) != len(self.sources):
            raise ValueError("Model: one symbol is given twice among the inputs")
        self.calls = _in_order(list(flat(outputs)), slots)
        for call in self.calls:
            if isinstance(call.layer, InputLayer):
                names = ", ".join(symbol.name for symbol in self.sources)
                raise ValueError(
                    f"Model: the outputs depend on {call.layer.name!r}, which is not among the inputs, {names}"
                )
        size = len(slots)
        for call in self.calls:
            for i in range(call.count):
                slots.setdefault((id(call), i), size + i)
            size += call.count
        self.size = size
        self.outs = mapped(lambda symbol: slots[_key(symbol)], outputs)
        self.steps = _steps(self.calls, slots, set(flat(self.outs)))

    def run(self, given: Sequence[Any], apply: Callable[..., Any]) -> Any:
        """Return what `apply(layer, *inputs)` makes of what is given, in the structure of the outputs."""
        values: list[Any] = [*given, *(None,) * (self.size - len(given))]
        for layer, inputs, first, call, dropped in self.steps:
            out = apply(layer, *[values[i] if type(i) is int else mapped(values.__getitem__, i) for i in inputs])
            if call.single:
                values[first] = out
            else:
                values[first : first + call.count] = out.values() if isinstance(out, dict) else out
            for slot in dropped:
                values[slot] = None
        return mapped(values.__getitem__, self.outs)

    def layers(self) -> list[Layer]:
        """Return every layer once: inputs first, then in the order of the calls."""
        starts = [symbol.call.layer for symbol in self.sources if isinstance(symbol.call.layer, InputLayer)]
        return list(dict.fromkeys([*starts, *(call.layer for call in self.calls)]))

    def symbols(self) -> list[Symbol]:
        """Return every symbol that something depends on, or that is an output, once."""
        every = [*self.sources, *(s for call in self.calls for s in flat(call.inputs)), *flat(self.outputs)]
        return list({_key(symbol): symbol for symbol in every}.values())

    # --- as plain data --------------------------------------------------------------------------------------------

    def described(self, number: dict[int, int]) -> dict[str, Any]:
        """Return the calls by the layers' numbers, and inputs and outputs by the calls', in values that JSON has."""
        calls: list[dict[str, Any]] = []
        places: dict[tuple[int, int], dict[str, int]] = {}

        def reference(structure: Any) -> Any:
            return mapped(lambda symbol: places[_key(symbol)], structure)

        for symbol in self.sources:
            places[_key(symbol)] = {"call": len(calls), "output": 0}
            if isinstance(symbol.call.layer, InputLayer):
                calls.append({"layer": number[id(symbol.call.layer)], "inputs": []})
            else:  # what a layer gives that is not part of the model
                calls.append({"input": list(symbol.shape[1:]), "dtype": symbol.dtype.name})
        for call in self.calls:
            for i in range(call.count):
                places.setdefault((id(call), i), {"call": len(calls), "output": i})
            calls.append({"layer": number[id(call.layer)], "inputs": reference(list(call.inputs))})
        return {"calls": calls, "inputs": reference(self.inputs), "outputs": reference(self.outputs)}


def replayed(layers: Sequence[Layer], description: dict[str, Any]) -> tuple[Any, Any]:
    """Call layers on symbols as `described` says; return the inputs and the outputs."""
    made: list[list[Symbol]] = []

    def symbols(structure: Any) -> Any:
        if isinstance(structure, dict) and structure.keys() == {"call", "output"}:
            return made[_number(structure["call"], made)][_number(structure["output"])]
        if isinstance(structure, dict):
            return {key: symbols(item) for key, item in structure.items()}
        if not isinstance(structure, list):
            raise ValueError(f"{structure!r} stands for no symbol")
        return [symbols(item) for item in structure]

    for call in description["calls"]:
        if "input" in call:
            made.append([InputLayer(call["input"], dtype=call["dtype"]).symbol()])
            continue
        layer, inputs = layers[_number(call["layer"], layers)], symbols(call["inputs"])
        out = layer.symbol() if isinstance(layer, InputLayer) else layer(*inputs)
        made.append(list(flat(out)))
    return symbols(description["inputs"]), symbols(description["outputs"])


def _number(value: Any, of: Sequence[Any] | None = None) -> int:
    if type(value) is not int or value < 0 or (of is not None and value >= len(of)):
        raise ValueError(f"{value!r} is the number of nothing")
    return value


def _key(symbol: Symbol) -> tuple[int, int]:
    return id(symbol.call), symbol.index


def _in_order(ends: Sequence[Symbol], sources: dict[tuple[int, int], int]) -> list[Call]:
    """Return the calls that the ends depend on, up to the sources, each after those it depends on itself."""
    order: list[Call] = []
    done: set[int] = set()
    stack: list[tuple[Symbol, bool]] = [(symbol, False) for symbol in reversed(ends)]
    while stack:
        symbol, ready = stack.pop()
        call = symbol.call
        if id(call) in done or _key(symbol) in sources:
            continue
        if ready:
            done.add(id(call))
            order.append(call)
            continue
        stack.append((symbol, True))
        stack.extend((s, False) for s in reversed(list(flat(call.inputs))))
    return order


def _steps(calls: Sequence[Call], slots: dict[tuple[int, int], int], kept: set[int]) -> list[Step]:
    """Return the calls as steps; a slot is dropped after the last call that needs it, unless it is an output's."""
    steps: list[Step] = []
    needed = set(kept)
    for call in reversed(calls):
        inputs = mapped(lambda symbol: slots[_key(symbol)], call.inputs)
        last = set(flat(inputs)) - needed
        needed |= last
        steps.append(Step(call.layer, inputs, slots[id(call), 0], call, tuple(sorted(last))))
    return steps[::-1]
