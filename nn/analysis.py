"""What a network amounts to, and how far a signal gets in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor, enable_grad
from nn.activations import linear
from nn.layers import (
    Activation,
    AlphaDropout,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    Identity,
    InputLayer,
    Layer,
    Normalization,
    Rescaling,
)
from nn.models import Functional, Model, Sequential
from nn.training.intake import flat_outputs, received

# --- linear layers are one ---------------------------------------------------------------------------------

_PASSING = (Identity, InputLayer, Flatten, Dropout, AlphaDropout, GaussianDropout, GaussianNoise)
"""Layers that give, when they infer, just the numbers that they are given."""


class NotLinearError(ValueError):
    """A model that no single layer can stand for; the message names the layer that makes it so."""


def collapse_linear(model: Model) -> Dense:
    """Return the one `Dense` layer, in float64, that a model of linear layers amounts to.

    However many layers there are: without activations between them, (x W₁ + b₁) W₂ + b₂ is x (W₁ W₂) + (b₁ W₂ + b₂).
    Normalisation with fixed statistics counts as linear; dropout, and what only reshapes, is left out.

    Raises NotLinearError naming the first layer that is not linear, and ValueError for a model that is no chain of
    layers, or whose parameters are not there yet.

    >>> from nn import Dense, Sequential
    >>> deep = Sequential([Dense(8, input_dim=3), Dense(4), Dense(2)])
    >>> one = collapse_linear(deep)
    >>> x = np.ones((5, 3))
    >>> one.units, bool(np.allclose(one(x).data, deep.predict(x, verbose=0), atol=1e-5))
    (2, True)
    """
    if not model.built:
        raise ValueError("collapse_linear: the model has no parameters yet; give input_dim, or call it once")
    factor: Any = np.ones(())
    offset: Any = np.zeros(())  # x · factor, or x @ factor where it is a matrix; plus the offset
    for layer in _chain(model):
        if isinstance(layer, Dense):
            kernel = layer.kernel.data.astype(np.float64)
            bias = 0.0 if layer.bias is None else layer.bias.data
            offset = np.broadcast_to(offset, kernel.shape[:1]) @ kernel + bias
            factor = factor @ kernel if factor.ndim == 2 else np.reshape(factor, (-1, 1)) * kernel
        elif not isinstance(layer, _PASSING):
            scale, shift = (np.ravel(np.broadcast_to(part, _example(layer))) for part in _scale_and_shift(layer))
            factor, offset = factor * scale, offset * scale + shift
    if factor.ndim < 2:
        raise ValueError("collapse_linear: the model has no Dense layer")
    one = Dense(factor.shape[1], dtype="float64", input_dim=factor.shape[0], name="collapsed")
    one.build((None, factor.shape[0]))
    one.set_weights([factor, offset])
    return one


def _chain(model: Layer) -> Iterator[Layer]:
    """Yield the layers of a model of which each takes what the one before gives; ValueError for any other."""
    stack: list[Layer] = [model]
    while stack:
        layer = stack.pop()
        if isinstance(layer, Sequential):
            stack.extend(reversed(layer.layers))
        elif isinstance(layer, Functional):
            steps = layer._plan.steps
            if [list(step.inputs) for step in steps] != [[i] for i in range(len(steps))] or len(layer.outputs) > 1:
                raise ValueError(f"collapse_linear: the layers of {layer.name!r} do not follow one another")
            stack.extend(step.layer for step in reversed(steps))
        elif isinstance(layer, Model):
            raise ValueError(f"collapse_linear: {layer.name!r} is a class of its own, whose layers cannot be followed")
        elif _is_linear(layer):
            if isinstance(layer, Dense) and len(layer.input.shape) > 2:
                raise ValueError(f"collapse_linear: {layer.label} has inputs of more than one axis")
            yield layer
        else:
            raise NotLinearError(f"collapse_linear: {layer.label} is not linear: {_reason(layer)}")


def _is_linear(layer: Layer) -> bool:
    if isinstance(layer, Dense | Activation):
        return layer.activation is linear
    return isinstance(layer, (*_PASSING, BatchNormalization, Normalization, Rescaling))


def _reason(layer: Layer) -> str:
    activation = getattr(layer, "activation", None)
    return (
        type(layer).__name__
        if activation is None
        else f"its activation is {getattr(activation, '__name__', activation)!r}"
    )


def _scale_and_shift(layer: Any) -> tuple[Any, Any]:
    """Return by what an elementwise layer multiplies, and what it adds."""
    if isinstance(layer, Activation):
        return 1.0, 0.0
    if isinstance(layer, Rescaling):
        return np.asarray(layer.scale, float), np.asarray(layer.offset, float)
    if isinstance(layer, Normalization):
        mean, deviation = layer.mean.data.astype(float), layer.deviation().astype(float)
        return (deviation, mean) if layer.invert else (1 / deviation, -mean / deviation)
    gamma = 1.0 if layer.gamma is None else layer.gamma.data
    scale = gamma / np.sqrt(layer.moving_variance.data.astype(float) + layer.epsilon)
    shift = (0.0 if layer.beta is None else layer.beta.data) - layer.moving_mean.data * scale
    trailing = (1,) * (len(layer.input.shape) - 1 - layer.axis % len(layer.input.shape))
    return np.reshape(scale, (-1, *trailing)), np.reshape(shift, (-1, *trailing))


def _example(layer: Layer) -> tuple[int, ...]:
    shape = layer.input.shape[1:]
    if None in shape:
        raise ValueError(f"collapse_linear: the shape of the input of {layer.label} is not known: {shape}")
    return shape  # type: ignore[no-any-return]


# --- how far a signal gets -----------------------------------------------------------------------------------


class Signal(NamedTuple):
    """What a layer does to a signal.

    `spread` is the standard deviation of its outputs over the examples (the root of its mean square over the units),
    `zeros` the part of the outputs that are 0, and `gradient` the length of the gradient by the layer's parameters.
    """

    layer: str
    spread: float
    zeros: float
    gradient: float | None


class SignalReport:
    """What `signal_report` returns: `layers`, and `ratio`, the gradient of the first layer over that of the last."""

    def __init__(self, layers: list[Signal]) -> None:
        self.layers = layers
        lengths = [signal.gradient for signal in layers if signal.gradient is not None]
        self.ratio = lengths[0] / lengths[-1] if lengths and lengths[-1] else float("nan")

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (s.layer, f"{s.spread:.3g}", f"{s.zeros:.0%}", "-" if s.gradient is None else f"{s.gradient:.3g}")
            for s in self.layers
        ]

    def __str__(self) -> str:
        rows = [("layer", "spread", "zeros", "gradient"), *self._cells()]
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = [
            "  ".join(
                cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
            )
            for row in rows
        ]
        return "\n".join([*lines, f"gradient of the first layer / of the last: {self.ratio:.2g}"])

    def __repr__(self) -> str:
        return f"<SignalReport of {len(self.layers)} layers, gradient first / last {self.ratio:.2g}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{name}</th>" for name in ("layer", "spread", "zeros", "gradient"))
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in self._cells())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(repr(self))}</p>"


def signal_report(model: Model, x: Any, y: Any = None) -> SignalReport:
    """Return for each layer how its output spreads over the examples, and how long the gradient by its parameters is.

    Where a signal vanishes, spreads or gradients fall from layer to layer. The gradient is that of the loss the model
    was compiled with, on targets `y`; without them that of the mean square of the outputs. The model is not changed.

    >>> from nn import Dense, Sequential, set_random_seed
    >>> set_random_seed(0)
    >>> deep = Sequential([*(Dense(8, "sigmoid") for _ in range(6)), Dense(1, "sigmoid")])
    >>> report = signal_report(deep, np.random.default_rng(0).normal(size=(100, 2)))
    >>> report.ratio < 1e-2
    True
    """
    taken = received(model, x)
    model.predict_on_batch(taken[:1] if isinstance(taken, np.ndarray) else taken)  # makes the parameters, if need be
    parameters = [p for p in model.parameters() if p.requires_grad]
    before = [p.grad for p in parameters]
    try:
        for p in parameters:
            p.grad = None
        with model.mode(False), enable_grad(), np.errstate(all="ignore"), _outputs_noted(model) as outputs:
            outs = flat_outputs(model(taken)) if y is None else []
            total = model.loss_on(x, y) if y is not None else sum(np.mean(out * out) for out in outs)
        if parameters and isinstance(total, Tensor) and total.requires_grad:
            total.backward()
        with np.errstate(all="ignore"):  # what is not finite shows in the numbers
            return SignalReport([_signal(name, layer, outputs.get(id(layer), ())) for name, layer in _parts(model)])
    finally:
        for p, grad in zip(parameters, before, strict=True):
            p.grad = grad


def _parts(model: Model) -> Iterator[tuple[str, Layer]]:
    """Yield (name, layer) for the layers that are no models themselves."""
    for name, layer in model.named_modules():
        if isinstance(layer, Layer) and not isinstance(layer, Model | InputLayer):
            yield name, layer


def _signal(name: str, layer: Layer, outputs: Any) -> Signal:
    values = np.concatenate([np.ravel(out) for out in outputs]) if outputs else np.zeros(0)
    gradients = [p.grad for p in layer.parameters() if p.requires_grad and p.grad is not None]
    length = float(np.sqrt(sum(float(np.vdot(g, g)) for g in gradients))) if gradients else None
    if not values.size:
        return Signal(name, float("nan"), float("nan"), length)
    variances = np.concatenate([np.ravel(np.var(out, axis=0, dtype=np.float64)) for out in outputs if out.size])
    return Signal(name, float(np.sqrt(variances.mean())), float(np.mean(values == 0)), length)


@contextmanager
def _outputs_noted(model: Model) -> Iterator[dict[int, list[Any]]]:
    """Collect what each layer gives, in every call of it, inside the block."""
    found: dict[int, list[Any]] = {}
    layers = [layer for _, layer in _parts(model)]

    def noting(layer: Layer, forward: Callable[..., Any]) -> Callable[..., Any]:
        def run(*inputs: Any) -> Any:
            out = forward(*inputs)
            found.setdefault(id(layer), []).extend(t.data for t in flat_outputs(out) if isinstance(t, Tensor))
            return out

        return run

    try:
        for layer in layers:
            layer.__dict__["forward"] = noting(layer, layer.forward)
        yield found
    finally:
        for layer in layers:
            layer.__dict__.pop("forward", None)
