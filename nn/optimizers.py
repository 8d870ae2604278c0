"""Optimisers, with Keras' names, defaults and formulas. They update the parameters' values in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from autograd import Tensor
from nn.names import by_name

BLOCK: Final = 16_384  # elements that are updated at a time: four arrays of so many float32 fit into a core's cache

Update = Callable[..., None]


class Optimizer:
    """The loop over the parameters; `update` is the rule.

    >>> import autograd
    >>> w = autograd.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD(learning_rate=0.5)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.])
    """

    slots: int = 0  # how many arrays of state each parameter has

    def __init__(self, learning_rate: float = 0.01) -> None:
        if not learning_rate >= 0:
            raise ValueError(f"{type(self).__name__}: learning_rate must not be negative, it is {learning_rate!r}")
        self.learning_rate = learning_rate
        self.iterations = 0
        self._parameters: list[Tensor] = []
        self._groups: list[_Large | _Small] = []

    def build(self, parameters: Iterable[Tensor]) -> None:
        """Take charge of `parameters`: make their state, and forget what there was before."""
        self.iterations = 0
        self._parameters = list({id(p): p for p in parameters}.values())
        if not self._parameters:
            raise ValueError(f"{type(self).__name__}.build: no parameters; a model has none before it knows input_dim")
        small: dict[Any, list[Tensor]] = {}
        self._groups = []
        for p in self._parameters:
            if p.size >= BLOCK:
                self._groups.append(_Large(p, self.slots))
            else:
                small.setdefault(p.dtype, []).append(p)
        self._groups += [_Small(members, self.slots) for members in small.values()]

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        if not self._groups:
            raise RuntimeError(f"{type(self).__name__}.step: call build(model.parameters()) first")
        self.iterations += 1
        for group in self._groups:
            group.step(self.update)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self._parameters:
            parameter.grad = None

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        """Write what the values lose into `delta`, from the gradient g, which stays as it is; bring `state` forward."""
        raise NotImplementedError(f"{type(self).__name__} has no update method")


class _Large:
    """A parameter that is updated by itself, some rows at a time, so that what is in the cache is used there."""

    def __init__(self, parameter: Tensor, slots: int) -> None:
        self.parameter = parameter
        rows = max(1, BLOCK * len(parameter) // parameter.size)
        self.parts = [slice(i, i + rows) for i in range(0, len(parameter), rows)]
        self.delta = np.empty_like(parameter.data[:rows])
        self.state = [np.zeros_like(parameter.data) for _ in range(slots)]

    def step(self, update: Update) -> None:
        w, g = self.parameter.data, _gradient(self.parameter)
        for part in self.parts if g is not None else ():
            values = w[part]
            delta = self.delta[: len(values)]
            update(g[part], delta, *(v[part] for v in self.state))
            np.subtract(values, delta, values)


class _Small:
    """Parameters of one dtype that are updated as one: of a tiny one, calling NumPy costs more than its arithmetic."""

    def __init__(self, parameters: Sequence[Tensor], slots: int) -> None:
        self.parameters = parameters
        like, ends = parameters[0].data, np.cumsum([p.size for p in parameters]).tolist()
        self.g, self.delta, *self.state = (np.zeros_like(like, shape=(ends[-1],)) for _ in range(2 + slots))
        self.parts = [slice(end - p.size, end) for p, end in zip(parameters, ends, strict=True)]
        self.deltas = [self.delta[part].reshape(p.shape) for p, part in zip(parameters, self.parts, strict=True)]

    def step(self, update: Update) -> None:
        gradients = [_gradient(p) for p in self.parameters]
        if any(g is None for g in gradients):
            self._step_some(gradients, update)
            return
        update(np.concatenate(gradients, axis=None, out=self.g), self.delta, *self.state)
        for p, delta in zip(self.parameters, self.deltas, strict=True):
            w = p.data
            np.subtract(w, delta, w)

    def _step_some(self, gradients: Sequence[Any], update: Update) -> None:
        for p, g, part, delta in zip(self.parameters, gradients, self.parts, self.deltas, strict=True):
            if g is not None:
                update(np.reshape(g, -1), self.delta[part], *(v[part] for v in self.state))
                w = p.data
                np.subtract(w, delta, w)


def _gradient(p: Tensor) -> Any:
    g = p.grad
    return g.data if type(g) is Tensor else g


class SGD(Optimizer):
    """w -= learning_rate · g; with momentum v = momentum · v - learning_rate · g, and w += v.

    With `nesterov` it goes on along the new velocity: w += momentum · v - learning_rate · g.
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(learning_rate)
        if not 0 <= momentum <= 1:
            raise ValueError(f"SGD: momentum must be from 0 to 1, it is {momentum!r}")
        self.momentum = momentum
        self.nesterov = nesterov
        self.slots = 1 if momentum else 0

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        np.multiply(g, self.learning_rate, delta)
        for v in state:  # here -v, since what is in delta is subtracted
            np.multiply(v, self.momentum, v)
            np.add(v, delta, v)
            if self.nesterov:
                np.add(delta, v * self.momentum, delta)
            else:
                np.copyto(delta, v)


class RMSprop(Optimizer):
    """v = rho · v + (1 - rho) · g², and w -= learning_rate · g / √(v + epsilon) (Tieleman and Hinton, 2012)."""

    slots = 1

    def __init__(self, learning_rate: float = 0.001, rho: float = 0.9, *, epsilon: float = 1e-7) -> None:
        super().__init__(learning_rate)
        self.rho = rho
        self.epsilon = epsilon

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        (v,) = state
        _approach(v, np.multiply(g, g, delta), 1 - self.rho, delta)
        np.sqrt(np.add(v, self.epsilon, delta), delta)
        np.divide(g, delta, delta)
        np.multiply(delta, self.learning_rate, delta)


class Adam(Optimizer):
    """w -= learning_rate · √(1 - beta_2ᵗ) / (1 - beta_1ᵗ) · m / (√v + epsilon) (Kingma and Ba, 2015).

    m and v are the running means of g and g² with the rates beta_1 and beta_2; t counts the steps.
    """

    slots = 2

    def __init__(
        self, learning_rate: float = 0.001, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7
    ) -> None:
        super().__init__(learning_rate)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        m, v = state
        _approach(m, g, 1 - self.beta_1, delta)
        _approach(v, np.multiply(g, g, delta), 1 - self.beta_2, delta)
        t = self.iterations
        rate = self.learning_rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        np.add(np.sqrt(v, delta), self.epsilon, delta)
        np.divide(m, delta, delta)
        np.multiply(delta, rate, delta)


def _approach(mean: Any, new: Any, weight: float, scratch: Any) -> None:
    """mean += weight · (new - mean), in place."""
    np.subtract(new, mean, scratch)
    np.multiply(scratch, weight, scratch)
    np.add(mean, scratch, mean)


OPTIMIZERS: Final[dict[str, type[Optimizer]]] = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get_optimizer(optimizer: str | Optimizer) -> Optimizer:
    """Return an optimiser, given by name or as one."""
    return optimizer if isinstance(optimizer, Optimizer) else by_name("optimizer", optimizer, OPTIMIZERS)()
