"""tinygrad on the CPU, each task a function under `TinyJit`; its back end there calls clang, or what `CC` names."""

from __future__ import annotations

import os
import shutil
from typing import Any

import numpy as np

os.environ.setdefault("DEV", "CPU")

from tinygrad import Context, Device, Tensor, TinyJit, nn

from benchmarks.peers import Task
from benchmarks.peers.problem import (
    ADAM_RATE,
    EPSILON,
    LEARNING_RATE,
    VARIANCE_EPSILON,
    classification,
    norms,
    regression,
    summary,
    table,
)

if shutil.which(os.environ.get("CC", "clang")) is None:
    raise ImportError("tinygrad needs clang for its CPU back end, and there is none")


def _placed(array: Any) -> Tensor:
    return Tensor(array).clone().realize()


def _finished(out: Any) -> Any:
    Device[Device.DEFAULT].synchronize()
    return out


def training_step(sizes: list[int], batch: int, optimizer: str = "sgd") -> Task:
    """Train a classifier by one step."""
    problem = classification(sizes, batch)
    x, labels = _placed(problem.x), _placed(problem.labels.astype(np.int32))
    parameters = [_placed(p) for p in problem.parameters]
    if optimizer == "sgd":
        chosen = nn.optim.SGD(parameters, lr=LEARNING_RATE)
    else:
        chosen = nn.optim.Adam(parameters, lr=ADAM_RATE, eps=EPSILON)

    @TinyJit
    @Context(TRAINING=1)
    def train(x: Tensor, labels: Tensor) -> Tensor:
        chosen.zero_grad()
        h = x
        for w, b in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
            h = (h @ w + b).relu()
        loss = (h @ parameters[-2] + parameters[-1]).sparse_categorical_crossentropy(labels).backward()
        return loss.realize(*chosen.schedule_step())

    return lambda: _finished(train(x, labels)), lambda loss: summary(loss.item(), [p.numpy() for p in parameters])


def _gradient(f: Any, arrays: list[Any], *constants: Any) -> Task:
    leaves, rest = ([_placed(a) for a in group] for group in (arrays, constants))

    @TinyJit
    def function(*tensors: Tensor) -> list[Tensor]:
        value = f(*tensors)
        out = [value, *value.gradient(*tensors[: len(leaves)])]
        Tensor.realize(*out)
        return out

    def read(out: list[Tensor]) -> list[float]:
        return norms(out[0].item(), [g.numpy() for g in out[1:]])

    return lambda: _finished(function(*leaves, *rest)), read


def elementwise(count: int) -> Task:
    """Compute the value and the gradient of a chain of elementwise operations."""
    return _gradient(lambda z: ((z.tanh() * z.sigmoid() + (-(z**2)).exp()) ** 2).sum(), [table(1, count)[0]])


def softmax_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a softmax of each row, among other operations."""
    return _gradient(lambda x: ((4 * x.tanh()).softmax(1) ** 2).sum(), [table(rows, columns)])


def normalized_rows(rows: int, columns: int) -> Task:
    """Compute the value and the gradient of a layer norm, among other operations."""
    arrays = [table(rows, columns), np.ones(columns, np.float32), np.zeros(columns, np.float32)]
    return _gradient(lambda x, w, b: ((x.layernorm(1, VARIANCE_EPSILON) * w + b).tanh() ** 2).sum(), arrays)


def logistic(rows: int, features: int) -> Task:
    """Compute the loss of a logistic regression on all rows, and its gradient by weights and bias."""
    x, signs, parameters = regression(rows, features)
    return _gradient(lambda w, b, x, signs: (-signs * (x @ w + b)).softplus().mean(), parameters, x, signs)


def four_operations() -> Task:
    """Compute (a·b + a)² + b and its gradient, in float32."""
    return _gradient(lambda a, b: (a * b + a) ** 2 + b, [np.array(v, np.float32) for v in (2, 3)])
