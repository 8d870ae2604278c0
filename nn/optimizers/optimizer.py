"""`Optimizer`: the loop over the parameters, whose values it updates in place. The rules are in `rules.py`."""

from __future__ import annotations

import copy
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np

from autograd import Tensor, as_tensor, callback, guarded, is_compiling
from nn.names import Configured, positional, refuse_unknown, snake_case
from nn.optimizers.schedules import SCHEDULES

BLOCK: Final = 16_384  # elements that are updated at a time: four arrays of so many float32 fit into a core's cache

Update = Callable[..., None]


class Optimizer(Configured):
    """What all optimisers share; `update` is the rule of each.

    `learning_rate` is a number, a schedule, or a function of the number of steps made, or of nothing. Before the
    update, gradients are clipped: each number to ±`clipvalue`, those of each parameter to the length `clipnorm`, or all
    together to the length `global_clipnorm`. With `weight_decay` every parameter first loses learning_rate ·
    weight_decay of itself.

    >>> import autograd, nn
    >>> w = autograd.tensor([1.0], requires_grad=True)
    >>> optimizer = nn.optimizers.SGD(learning_rate=0.5)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.])
    """

    kept_as: ClassVar = {"learning_rate": "_learning_rate"}
    not_shown: ClassVar = ("name",)
    slots: Mapping[str, float] = MappingProxyType({})  # each parameter's arrays of state, and what they start from
    scalars: ClassVar[tuple[str, ...]] = ()  # attributes with numbers that belong to the state

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **unknown: Any,
    ) -> None:
        refuse_unknown(type(self), unknown)
        kind = type(self).__name__
        self._follow(learning_rate)
        limits = {"clipnorm": clipnorm, "clipvalue": clipvalue, "global_clipnorm": global_clipnorm}
        given = [name for name, limit in limits.items() if limit is not None]
        if len(given) > 1 or any(not limits[name] > 0 for name in given):  # type: ignore[operator]
            raise ValueError(
                f"{kind}: at most one of {', '.join(limits)} can be given, and must be positive; not {limits}"
            )
        if weight_decay is not None and not weight_decay >= 0:
            raise ValueError(f"{kind}: weight_decay must not be negative, it is {weight_decay!r}")
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.name = name or snake_case(kind)
        self.iterations = 0
        self.rate = 0.0  # the learning rate of the current step
        self._builds = 0  # how often it was built, and got other arrays of state
        self._parameters: list[Tensor] = []
        self._names: list[str] = []
        self._groups: list[_Large | _Small] = []
        self._excluded: tuple[list[Tensor], tuple[str, ...]] = ([], ())  # from the weight decay: these, and by words

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step. Setting it replaces a number; a schedule sets its own."""
        given = self._learning_rate
        if not callable(given):
            return float(given)
        rate = float(given(self.iterations) if self._wants_step else given())
        if not 0 <= rate < math.inf:
            raise ValueError(f"{self.name}: the learning rate must not be negative; {given!r} gave {rate}")
        return rate

    @learning_rate.setter
    def learning_rate(self, rate: Any) -> None:
        if callable(self._learning_rate) and not callable(rate):
            raise TypeError(
                f"{self.name}: its learning rate follows {self._learning_rate!r}, so it cannot be set; "
                "make the optimizer with a number to do that"
            )
        self._follow(rate)

    def _follow(self, rate: Any) -> None:
        self._learning_rate = _rate(type(self).__name__, rate)
        self._wants_step = callable(self._learning_rate) and positional(self._learning_rate, required=True) > 0

    # --- taking charge --------------------------------------------------------------------------------------

    @property
    def built(self) -> bool:
        """Whether it has parameters to take care of."""
        return bool(self._groups)

    def build(self, parameters: Iterable[Tensor | tuple[str, Tensor]]) -> None:
        """Take charge of parameters, or of pairs (name, parameter): make their state, forget what there was before."""
        named = [p if isinstance(p, tuple) else (str(i), p) for i, p in enumerate(parameters)]
        unique = {id(p): (name, p) for name, p in named}
        if not unique:
            raise ValueError(f"{type(self).__name__}.build: no parameters; a model has none before it knows input_dim")
        self.iterations = 0
        self._builds += 1
        self._names, self._parameters = map(list, zip(*unique.values(), strict=True))
        small: dict[Any, list[int]] = {}
        self._groups = []
        for i, p in enumerate(self._parameters):
            if p.size >= BLOCK:
                self._groups.append(_Large(p, i, self.slots))
            else:
                small.setdefault(p.dtype, []).append(i)
        for members in small.values():
            self._groups.append(_Small([self._parameters[i] for i in members], members, self.slots))

    def named_parameters(self) -> list[tuple[str, Tensor]]:
        """Return the parameters that it was built for, with the names they had then."""
        return list(zip(self._names, self._parameters, strict=True))

    def in_charge_of(self, parameters: Sequence[Tensor]) -> bool:
        """Return whether these, in this order, are the parameters it was built for."""
        return len(parameters) == len(self._parameters) and all(map(operator.is_, parameters, self._parameters))

    def exclude_from_weight_decay(
        self, var_list: Sequence[Tensor] | None = None, var_names: Sequence[str] | None = None
    ) -> None:
        """Let the weight decay pass by these parameters, and those whose names contain one of `var_names`."""
        self._excluded = list(var_list or ()), tuple(var_names or ())

    # --- a step ---------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        self._update([_array(p.grad) for p in self._parameters])

    def apply(self, gradients: Sequence[Any], parameters: Sequence[Tensor] | None = None) -> None:
        """Update by these gradients, one for each parameter; None leaves it alone.

        They belong to `parameters`, of those it was built for and in any order; without them, to all in theirs. It
        is built for those of the first call if it is not yet.
        """
        if parameters is not None:
            gradients = self._in_own_order(gradients, parameters)
        if len(gradients) != len(self._parameters):
            raise ValueError(
                f"{type(self).__name__}.apply: {len(gradients)} gradients for {len(self._parameters)} parameters"
            )
        for g, (name, p) in zip(gradients, self.named_parameters(), strict=True):
            if g is not None and np.shape(g) != p.shape:
                raise ValueError(
                    f"{type(self).__name__}.apply: a gradient of shape {np.shape(g)} for the parameter {name} of shape "
                    f"{p.shape}"
                )
        self._update(gradients)

    def _update(self, gradients: Sequence[Any]) -> None:
        if not self._groups:
            raise RuntimeError(f"{type(self).__name__}.step: call build(model.parameters()) first")
        if is_compiling():
            self._record(gradients)
            return
        if self.clipnorm or self.clipvalue or self.global_clipnorm:
            gradients = self._clipped(gradients)
        self._advance()
        if self.weight_decay:
            self._decay(gradients)
        for group in self._groups:
            group.step(self.update, gradients)

    def _advance(self) -> None:
        self.rate = self.learning_rate
        self.iterations += 1
        self.begin()

    def _record(self, gradients: Sequence[Any]) -> None:
        """Update as `_update` does, in a function that is compiled: numbers that change are asked for at each run."""
        guarded(lambda: (self._builds, self.weight_decay, self.clipnorm, self.clipvalue, self.global_clipnorm))
        if self.clipnorm or self.clipvalue or self.global_clipnorm:
            gradients = self._clipped(gradients)
        names: list[str] = []

        def numbers() -> tuple[float, ...]:
            self._advance()
            if not names:
                names.extend(name for name, value in vars(self).items() if type(value) in (float, int))
            return tuple(float(getattr(self, name)) for name in names)

        found = callback(numbers)
        twin = copy.copy(self)
        vars(twin).update(zip(names, found, strict=True))
        if self.weight_decay:
            twin._decay(gradients)
        states: dict[int, list[Any]] = {}
        for group in self._groups:
            for i, _, values in group.states():
                states.setdefault(i, []).append(values)
        for i, (p, g) in enumerate(zip(self._parameters, gradients, strict=True)):
            if g is not None:
                w, delta = p.data, np.empty_like(g)
                twin.update(g, delta, *(as_tensor(values).data for values in states.get(i, ())))
                np.subtract(w, delta, w)

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Tensor]]) -> None:
        """Update by pairs (gradient, parameter), as from zip(gradients, model.trainable_weights)."""
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError(f"{type(self).__name__}.apply_gradients: there are no gradients")
        self.apply(*zip(*pairs, strict=True))

    def _in_own_order(self, gradients: Sequence[Any], parameters: Sequence[Tensor]) -> Sequence[Any]:
        """Return the gradient of each parameter it was built for, None for one that is not given."""
        if not self.built:
            self.build(parameters)
        found: dict[int, Any] = {}
        own = set(map(id, self._parameters))
        for g, parameter in zip(gradients, parameters, strict=True):
            if id(parameter) not in own or id(parameter) in found:
                problem = "is given twice" if id(parameter) in found else "is none of those it was built for"
                raise ValueError(
                    f"{type(self).__name__}.apply: a parameter of shape {parameter.shape} {problem}; build(parameters) "
                    "makes it take charge of others, and forget what it knew"
                )
            found[id(parameter)] = _array(g)
        return [found.get(id(parameter)) for parameter in self._parameters]

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self._parameters:
            parameter.grad = None

    def begin(self) -> None:
        """Prepare a step: `iterations` counts it already, `rate` is its learning rate."""

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        """Write what the values lose into `delta`, from the gradient g, which stays as it is; bring `state` forward."""
        raise NotImplementedError(f"{type(self).__name__} has no update method")

    def _clipped(self, gradients: Sequence[Any]) -> list[Any]:
        if self.clipvalue:
            return [None if g is None else np.clip(g, -self.clipvalue, self.clipvalue) for g in gradients]
        if is_compiling():
            return self._clipped_in_program(gradients)
        squares = [0.0 if g is None else float(np.vdot(g, g)) for g in gradients]
        if self.global_clipnorm:
            squares = [math.fsum(squares)] * len(squares)
        limit = self.clipnorm or self.global_clipnorm or math.inf
        return [
            g if g is None or square <= limit * limit else g * (limit / math.sqrt(square))
            for g, square in zip(gradients, squares, strict=True)
        ]

    def _clipped_in_program(self, gradients: Sequence[Any]) -> list[Any]:
        squares = [0.0 if g is None else np.sum(g * g, dtype=np.float64) for g in gradients]
        if self.global_clipnorm:
            squares = [sum(squares)] * len(squares)
        limit = self.clipnorm or self.global_clipnorm or math.inf
        return [
            g if g is None else g * np.astype(np.where(s <= limit * limit, 1.0, limit / np.sqrt(s)), g.dtype)
            for g, s in zip(gradients, squares, strict=True)
        ]

    def _decay(self, gradients: Sequence[Any]) -> None:
        assert self.weight_decay is not None
        kept, (excluded, words) = 1 - self.weight_decay * self.rate, self._excluded
        for name, p, g in zip(self._names, self._parameters, gradients, strict=True):
            if g is None or any(p is other for other in excluded) or any(word in name for word in words):
                continue
            np.multiply(p.data, kept, p.data)

    # --- state ----------------------------------------------------------------------------------------------

    def slot_arrays(self) -> Iterator[tuple[str, Any]]:
        """Yield ("kernel.momentum", array) for all arrays of state; writing to them changes the state."""
        for group in self._groups:
            for i, slot, values in group.states():
                yield f"{self._names[i]}.{slot}", values

    def get_state(self) -> dict[str, Any]:
        """Return the numbers of the state: how many steps were made, the learning rate, and what a rule adds."""
        rate = None if callable(self._learning_rate) else self._learning_rate
        left_out, words = self._excluded
        excluded = [name for name, p in self.named_parameters() if any(p is other for other in left_out)]
        return {
            "iterations": self.iterations, "learning_rate": rate, "excluded": excluded, "excluded_words": list(words)
        } | {name: getattr(self, name) for name in self.scalars}  # fmt: skip

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from the numbers that `get_state` gave."""
        iterations = state["iterations"]
        if type(iterations) is not int or iterations < 0:
            raise ValueError(f"{type(self).__name__}: {iterations!r} is no number of steps")
        self.iterations = iterations
        named = dict(self.named_parameters())
        self._excluded = [named[name] for name in state["excluded"]], tuple(map(str, state["excluded_words"]))
        if state["learning_rate"] is not None:
            self._follow(state["learning_rate"])
        for name in self.scalars:
            setattr(self, name, float(state[name]))


def _rate(kind: str, rate: Any) -> Any:
    if isinstance(rate, Mapping | str):
        rate = SCHEDULES.get(rate)
    if callable(rate):
        return rate
    number = isinstance(rate, int | float | np.number) and not isinstance(rate, bool)
    if not number or not 0 <= rate < math.inf:
        raise ValueError(
            f"{kind}: learning_rate must not be negative; it is a number such as 0.01, or a schedule, and not {rate!r}"
        )
    return float(rate)


def _array(g: Any) -> Any:
    return g.data if type(g) is Tensor else g


class _Large:
    """A parameter that is updated by itself, some rows at a time, so that what is in the cache is used there."""

    def __init__(self, parameter: Tensor, number: int, slots: Mapping[str, float]) -> None:
        self.parameter = parameter
        self.number = number
        rows = max(1, BLOCK * len(parameter) // parameter.size)
        self.parts = [slice(i, i + rows) for i in range(0, len(parameter), rows)]
        self.delta = np.empty_like(parameter.data[:rows])
        self.state = {slot: np.full_like(parameter.data, start) for slot, start in slots.items()}

    def step(self, update: Update, gradients: Sequence[Any]) -> None:
        w, g, state = self.parameter.data, gradients[self.number], self.state.values()
        for part in self.parts if g is not None else ():
            values = w[part]
            delta = self.delta[: len(values)]
            update(g[part], delta, *(v[part] for v in state))
            np.subtract(values, delta, values)

    def states(self) -> Iterator[tuple[int, str, Any]]:
        return ((self.number, slot, values) for slot, values in self.state.items())


class _Small:
    """Parameters of one dtype that are updated as one: of a tiny one, calling NumPy costs more than its arithmetic."""

    def __init__(self, parameters: Sequence[Tensor], numbers: Sequence[int], slots: Mapping[str, float]) -> None:
        self.parameters = parameters
        self.numbers = numbers
        ends = np.cumsum([p.size for p in parameters]).tolist()
        self.parts = [slice(end - p.size, end) for p, end in zip(parameters, ends, strict=True)]
        like = parameters[0].data
        self.state = {slot: np.full_like(like, start, shape=(ends[-1],)) for slot, start in slots.items()}
        self._make_room()

    def _make_room(self) -> None:
        """Make the arrays that are filled anew in each step; those of the parameters are views of one."""
        like, size = self.parameters[0].data, self.parts[-1].stop
        self.g, self.delta = (np.zeros_like(like, shape=(size,)) for _ in range(2))
        self.deltas = [self.delta[part].reshape(p.shape) for p, part in zip(self.parameters, self.parts, strict=True)]

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key not in ("g", "delta", "deltas")}

    def __setstate__(self, state: dict[str, Any]) -> None:  # a copied view would be an array of its own
        vars(self).update(state)
        self._make_room()

    def step(self, update: Update, gradients: Sequence[Any]) -> None:
        chosen = [gradients[i] for i in self.numbers]
        if any(g is None for g in chosen):
            self._step_some(chosen, update)
            return
        update(np.concatenate(chosen, axis=None, out=self.g), self.delta, *self.state.values())
        for p, delta in zip(self.parameters, self.deltas, strict=True):
            w = p.data
            np.subtract(w, delta, w)

    def _step_some(self, gradients: Sequence[Any], update: Update) -> None:
        for p, g, part, delta in zip(self.parameters, gradients, self.parts, self.deltas, strict=True):
            if g is not None:
                update(np.reshape(g, -1), self.delta[part], *(v[part] for v in self.state.values()))
                w = p.data
                np.subtract(w, delta, w)

    def states(self) -> Iterator[tuple[int, str, Any]]:
        for slot, values in self.state.items():
            for i, p, part in zip(self.numbers, self.parameters, self.parts, strict=True):
                yield i, slot, values[part].reshape(p.shape)
