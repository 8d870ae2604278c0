"""The optimisers, with Keras' names, defaults and formulas: each is the rule by which a parameter w changes."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np

from nn.optimizers.optimizer import Optimizer


def _approach(mean: Any, new: Any, weight: float, scratch: Any) -> None:
    """mean += weight · (new - mean), in place."""
    np.subtract(new, mean, scratch)
    np.multiply(scratch, weight, scratch)
    np.add(mean, scratch, mean)


def _fraction(kind: str, **given: float) -> None:
    for name, value in given.items():
        if not 0 <= value <= 1:
            raise ValueError(f"{kind}: {name} must be from 0 to 1, it is {value!r}")


class SGD(Optimizer):
    """w -= rate · g; with momentum v = momentum · v - rate · g, and w += v.

    With `nesterov` it goes on along the new velocity: w += momentum · v - rate · g.
    """

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False, **options: Any
    ) -> None:
        super().__init__(learning_rate, **options)
        _fraction("SGD", momentum=momentum)
        self.momentum = momentum
        self.nesterov = nesterov
        self.slots = {"momentum": 0.0} if momentum else {}

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        np.multiply(g, self.rate, delta)
        for v in state:  # here -v, since what is in delta is subtracted
            np.multiply(v, self.momentum, v)
            np.add(v, delta, v)
            if self.nesterov:
                np.add(delta, v * self.momentum, delta)
            else:
                np.copyto(delta, v)


class RMSprop(Optimizer):
    """v = rho · v + (1 - rho) · g², and w -= rate · g / √(v + epsilon) (Tieleman and Hinton, 2012).

    With `centered` v - m² stands in place of v, m being the running mean of g; with `momentum` the quotients add up
    in a velocity as in SGD.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        _fraction("RMSprop", rho=rho, momentum=momentum)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        names = ["velocity", *["average_gradient"] * centered, *["momentum"] * (momentum > 0)]
        self.slots = dict.fromkeys(names, 0.0)

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        v, *rest = state
        _approach(v, np.multiply(g, g, delta), 1 - self.rho, delta)
        if self.centered:
            m, *rest = rest
            _approach(m, g, 1 - self.rho, delta)
            np.subtract(v, np.multiply(m, m, delta), delta)
            np.add(delta, self.epsilon, delta)
        else:
            np.add(v, self.epsilon, delta)
        np.sqrt(delta, delta)
        np.divide(g, delta, delta)
        np.multiply(delta, self.rate, delta)
        for velocity in rest:
            np.multiply(velocity, self.momentum, velocity)
            np.add(velocity, delta, velocity)
            np.copyto(delta, velocity)


class _Moments(Optimizer):
    """What the optimizers of Adam's family share: rates for the running means of g and of g², and epsilon."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        _fraction(type(self).__name__, beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon


class Adam(_Moments):
    """w -= rate · √(1 - beta_2ᵗ) / (1 - beta_1ᵗ) · m / (√v + epsilon) (Kingma and Ba, 2015).

    m and v are the running means of g and g² with the rates beta_1 and beta_2; t counts the steps. With `amsgrad` the
    largest v so far stands in its place (Reddi et al., 2018).
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **options)
        self.amsgrad = amsgrad
        self.slots = dict.fromkeys(["momentum", "velocity", *["velocity_hat"] * amsgrad], 0.0)

    def begin(self) -> None:
        t = self.iterations
        self._factor = self.rate * (1 - self.beta_2**t) ** 0.5 / (1 - self.beta_1**t)

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        m, v, *largest = state
        _approach(m, g, 1 - self.beta_1, delta)
        _approach(v, np.multiply(g, g, delta), 1 - self.beta_2, delta)
        for peak in largest:
            v = np.maximum(peak, v, out=peak)
        np.add(np.sqrt(v, delta), self.epsilon, delta)
        np.divide(m, delta, delta)
        np.multiply(delta, self._factor, delta)


class AdamW(Adam):
    """`Adam` with a weight decay of 0.004, which is apart from the gradient (Loshchilov and Hutter, 2019)."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=weight_decay, **options)


class Adagrad(Optimizer):
    """a += g², and w -= rate · g / √(a + epsilon) (Duchi et al., 2011); a starts at `initial_accumulator_value`."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        **options: Any,
    ) -> None:
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
        self.slots = {"accumulator": initial_accumulator_value}

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        (a,) = state
        np.add(a, np.multiply(g, g, delta), a)
        np.sqrt(np.add(a, self.epsilon, delta), delta)
        np.divide(g, delta, delta)
        np.multiply(delta, self.rate, delta)


class Adadelta(Optimizer):
    """d = √(b + epsilon) / √(a + epsilon) · g, and w -= rate · d (Zeiler, 2012).

    a and b are the running means of g² and d², with the rate rho.
    """

    slots = MappingProxyType({"accumulated_grad": 0.0, "accumulated_delta_var": 0.0})

    def __init__(self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        _fraction("Adadelta", rho=rho)
        self.rho = rho
        self.epsilon = epsilon

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        a, b = state
        _approach(a, np.multiply(g, g, delta), 1 - self.rho, delta)
        step = np.sqrt(b + self.epsilon) / np.sqrt(a + self.epsilon) * g
        _approach(b, step * step, 1 - self.rho, delta)
        np.multiply(step, self.rate, delta)


class Adamax(_Moments):
    """u = max(beta_2 · u, |g|), and w -= rate / (1 - beta_1ᵗ) · m / (u + epsilon), with m as in `Adam`."""

    slots = MappingProxyType({"momentum": 0.0, "norm": 0.0})

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        m, u = state
        _approach(m, g, 1 - self.beta_1, delta)
        np.multiply(u, self.beta_2, u)
        np.maximum(u, np.abs(g, delta), out=u)
        np.divide(m, np.add(u, self.epsilon, delta), delta)
        np.multiply(delta, self.rate / (1 - self.beta_1**self.iterations), delta)


class Nadam(_Moments):
    """`Adam` that looks ahead along its momentum, whose weight grows from step to step (Dozat, 2016)."""

    slots = MappingProxyType({"momentum": 0.0, "velocity": 0.0})
    scalars = ("momentum_product",)
    momentum_product = 1.0

    def build(self, parameters: Any) -> None:
        super().build(parameters)
        self.momentum_product = 1.0

    def begin(self) -> None:
        t = self.iterations
        now, then = (self.beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        self.momentum_product *= now
        self._of_g = (1 - now) / (1 - self.momentum_product)
        self._of_m = then / (1 - self.momentum_product * then)
        self._scale = 1 / (1 - self.beta_2**t)

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        m, v = state
        _approach(m, g, 1 - self.beta_1, delta)
        _approach(v, np.multiply(g, g, delta), 1 - self.beta_2, delta)
        np.sqrt(np.multiply(v, self._scale, delta), delta)
        np.add(delta, self.epsilon, delta)
        np.divide(m * self._of_m + g * self._of_g, delta, delta)
        np.multiply(delta, self.rate, delta)


class Lion(Optimizer):
    """w -= rate · sign(beta_1 · m + (1 - beta_1) · g), and m = beta_2 · m + (1 - beta_2) · g (Chen et al., 2023)."""

    slots = MappingProxyType({"momentum": 0.0})

    def __init__(self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.99, **options: Any) -> None:
        super().__init__(learning_rate, **options)
        _fraction("Lion", beta_1=beta_1, beta_2=beta_2)
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def update(self, g: Any, delta: Any, *state: Any) -> None:
        (m,) = state
        np.sign(m * self.beta_1 + g * (1 - self.beta_1), delta)
        np.multiply(delta, self.rate, delta)
        m += (1 - self.beta_2) * (g - m)
