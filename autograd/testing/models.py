"""Checking what holds its parameters itself, such as a model of `nn`: layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from autograd.engine.tensor import Tensor
from autograd.testing.check import run as run_check
from autograd.testing.comparison import Settings
from autograd.testing.report import Report


def check_model(
    model: Any, *inputs: Any, f: Callable[[], Any] | None = None, order: int = 1, **options: Any
) -> dict[str, Report]:
    """Check the derivatives by a model's parameters; return a report for each layer, by the layer's name.

    `model` has `named_parameters()`, yielding ("dense.kernel", tensor) and so on, as `nn.Module` has; those whose names
    begin alike are checked together. What is differentiated is `model(*inputs)`, or `f()` where that is given, such as
    a loss. Parameters get their values back, also when something is raised. Other options are those of `check_grad`.

    >>> import nn, numpy as np
    >>> model = nn.Sequential([nn.Dense(3, activation="tanh", input_dim=2), nn.Dense(1)])
    >>> reports = check_model(model, np.ones((4, 2)))
    >>> {name: report.passed for name, report in reports.items()}
    {'dense': True, 'dense_1': True}
    """
    run = f if f is not None else lambda: model(*inputs)
    run()  # a model may make its parameters at the first call
    layers: dict[str, list[tuple[str, Tensor]]] = {}
    for name, parameter in model.named_parameters():
        layers.setdefault(name.rpartition(".")[0] or name, []).append((name, parameter))
    if not layers:
        raise ValueError("check_model: the model has no parameters that require grad")
    settings = Settings(order=order, **options)
    return {layer: _checked(layer, held, run, settings) for layer, held in layers.items()}


def _checked(layer: str, held: Sequence[tuple[str, Tensor]], run: Callable[[], Any], settings: Settings) -> Report:
    parameters = [parameter for _, parameter in held]

    def of_parameters(*values: Any) -> Any:
        with _in_place_of(parameters, values):
            return run()

    of_parameters.__name__ = layer
    return run_check(of_parameters, [p.data for p in parameters], settings, [name for name, _ in held])


@contextmanager
def _in_place_of(parameters: Sequence[Tensor], values: Sequence[Any]) -> Iterator[None]:
    """Let tensors be others, value and node, for a while."""
    before = [(p._value, p._node) for p in parameters]
    try:
        for p, value in zip(parameters, values, strict=True):
            p._value, p._node = value._value, value._node
        yield
    finally:
        for p, (value, node) in zip(parameters, before, strict=True):
            p._value, p._node = value, node
