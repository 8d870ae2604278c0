"""Optimisers, with Keras' names, defaults and formulas. They update the parameters' values in place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from autograd import Tensor
from nn.names import by_name


class Optimizer:
    """The loop over the parameters; `update` is the rule of one.

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
        self._rows: list[tuple[Tensor, Any, list[Any]]] = []

    def build(self, parameters: Iterable[Tensor]) -> None:
        """Take charge of `parameters`: make their state, and forget what there was before."""
        self.iterations = 0
        self._rows = [
            (p, np.empty_like(p.data), [np.zeros_like(p.data) for _ in range(self.slots)]) for p in parameters
        ]

    def step(self) -> None:
        """Update every parameter that has a gradient."""
        self.iterations += 1
        for parameter, scratch, state in self._rows:
            g = parameter.grad
            if g is not None:
                self.update(parameter.data, g, scratch, *state)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter, _, _ in self._rows:
            parameter.grad = None

    def update(self, w: Any, g: Any, scratch: Any, *state: Any) -> None:
        """Change the values w in place by the gradient g; `scratch` is an array to compute in."""
        raise NotImplementedError(f"{type(self).__name__} has no update method")


class SGD(Optimizer):
    """w -= learning_rate * g; with momentum v = momentum * v - learning_rate * g, and w += v."""

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0, nesterov: bool = False) -> None:
        super().__init__(learning_rate)
        self.momentum = momentum
        self.nesterov = nesterov
        self.slots = 1 if momentum else 0

    def update(self, w: Any, g: Any, scratch: Any, *state: Any) -> None:
        np.multiply(g, self.learning_rate, scratch)
        if not state:
            np.subtract(w, scratch, w)
            return
        v = state[0]
        np.multiply(v, self.momentum, v)
        np.subtract(v, scratch, v)
        if self.nesterov:  # one more step along the new velocity
            np.subtract(w, scratch, w)
            np.multiply(v, self.momentum, scratch)
            np.add(w, scratch, w)
        else:
            np.add(w, v, w)


class RMSprop(Optimizer):
    """v = rho * v + (1 - rho) * g², and w -= learning_rate * g / √(v + epsilon)."""

    slots = 1

    def __init__(self, learning_rate: float = 0.001, rho: float = 0.9, epsilon: float = 1e-7) -> None:
        super().__init__(learning_rate)
        self.rho = rho
        self.epsilon = epsilon

    def update(self, w: Any, g: Any, scratch: Any, *state: Any) -> None:
        (v,) = state
        _average(v, self.rho, np.multiply(g, g, scratch))
        np.sqrt(np.add(v, self.epsilon, scratch), scratch)
        np.divide(g, scratch, scratch)
        np.multiply(scratch, self.learning_rate, scratch)
        np.subtract(w, scratch, w)


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

    def update(self, w: Any, g: Any, scratch: Any, *state: Any) -> None:
        m, v = state
        np.subtract(g, m, scratch)
        np.multiply(scratch, 1 - self.beta_1, scratch)
        np.add(m, scratch, m)
        _average(v, self.beta_2, np.multiply(g, g, scratch))
        t = self.iterations
        rate = self.learning_rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)
        np.add(np.sqrt(v, scratch), self.epsilon, scratch)
        np.divide(m, scratch, scratch)
        np.multiply(scratch, rate, scratch)
        np.subtract(w, scratch, w)


def _average(v: Any, keep: float, new: Any) -> None:
    """v = keep * v + (1 - keep) * new, in place; `new` is used up."""
    np.multiply(v, keep, v)
    np.multiply(new, 1 - keep, new)
    np.add(v, new, v)


OPTIMIZERS: Final[dict[str, type[Optimizer]]] = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam}


def get_optimizer(optimizer: str | Optimizer) -> Optimizer:
    """Return an optimiser, given by name or as one."""
    return optimizer if isinstance(optimizer, Optimizer) else by_name("optimizer", optimizer, OPTIMIZERS)()
