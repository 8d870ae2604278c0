"""`Sequential`: layers one behind the other, with Keras' compile, fit, evaluate and predict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd import no_grad, tick
from nn import data
from nn.initializers import generator
from nn.layers import ACTIVATIONS, Layer
from nn.losses import Loss, get_loss
from nn.metrics import Metric, get_metric
from nn.module import Module
from nn.optimizers import Optimizer, get_optimizer
from nn.progress import Progress, batches


class History:
    """What `fit` returns: `history` maps each reported name to its values, one for each of the epochs `epoch`."""

    def __init__(self, params: dict[str, Any]) -> None:
        self.params = params
        self.epoch: list[int] = []
        self.history: dict[str, list[float]] = {}

    def add(self, epoch: int, logs: dict[str, float]) -> None:
        """Append the results of one epoch."""
        self.epoch.append(epoch)
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = {name: round(values[-1], 4) for name, values in self.history.items()}
        return f"<History of {len(self.epoch)} epochs, last: {last}>"


class Sequential(Module):
    """A model of layers, each applied to what the one before gives.

    >>> from nn import Dense, set_random_seed
    >>> set_random_seed(0)
    >>> model = Sequential([Dense(8, activation="relu", input_dim=2), Dense(1)])
    >>> model.compile(optimizer="adam", loss="mse")
    >>> x = np.array([[0.0, 1.0], [1.0, 0.0]])
    >>> history = model.fit(x, [1.0, 2.0], epochs=3, verbose=0)
    >>> len(history.history["loss"]), model.predict(x).shape
    (3, (2, 1))
    """

    def __init__(self, layers: Sequence[Layer] = ()) -> None:
        self.layers: list[Layer] = []
        self.loss: Loss | None = None
        self.optimizer: Optimizer | None = None
        self.metrics: list[tuple[str, Metric]] = []
        self._loss_span: tuple[int, int] | None = None
        self._in_charge_of = 0
        for layer in layers:
            self.add(layer)

    def add(self, layer: Layer) -> None:
        """Append a layer; it gets a name like "dense_1" if it has none."""
        if not isinstance(layer, Layer):
            raise TypeError(f"add: wants a layer such as Dense(8), not {layer!r}")
        if not layer.name:
            kind = type(layer).__name__.lower()
            taken = {other.name for other in self.layers}
            names = (kind if i == 0 else f"{kind}_{i}" for i in range(len(self.layers) + 1))
            layer.name = next(name for name in names if name not in taken)
        layer.label = f"layer {len(self.layers) + 1} {layer.name!r}"
        self.layers.append(layer)
        self._build_known()

    def _build_known(self) -> None:
        """Make the parameters as far as the number of inputs is known."""
        size = getattr(self.layers[0], "input_dim", None)
        if size is not None:
            self.build(size)

    def build(self, features: int) -> int:
        """Make the parameters of all layers for inputs of so many features; return the number of outputs."""
        if not self.layers:
            raise ValueError("Sequential: has no layers yet; add one, as in model.add(Dense(1))")
        for layer in self.layers:
            features = layer.build(features)
        return features

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def logits(self, x: Any) -> Any:
        """Compute what the last activation is applied to."""
        *first, last = self.layers
        for layer in first:
            x = layer(x)
        span = tick()
        out = last.before_activation(x)
        last._span = (span, tick())
        return out

    def spans(self) -> list[tuple[str, int, int]]:
        loss = [] if self._loss_span is None or self.loss is None else [(self.loss.name, *self._loss_span)]
        return [*super().spans(), *loss]

    # --- training -----------------------------------------------------------------------------------------

    def compile(
        self,
        optimizer: str | Optimizer = "rmsprop",
        loss: str | Loss | None = None,
        metrics: Sequence[str | Metric] | None = None,
    ) -> None:
        """Choose how to train; ValueError at once for a name that is not known.

        Where the loss fits the last activation (sigmoid and binary, softmax and categorical cross-entropy) it is
        computed from logits, so that it is exact and a certain but wrong answer still learns.
        """
        self.optimizer = get_optimizer(optimizer)
        self.loss = None if loss is None else get_loss(loss)
        self.metrics = [get_metric(metric) for metric in metrics or ()]
        self._in_charge_of = 0

    def loss_on(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss of a batch as a tensor, and the predictions as an array."""
        loss = self._compiled()
        activation = self.layers[-1].activation
        fused = loss.fused_with is not None and activation is ACTIVATIONS[loss.fused_with]
        out = self.logits(x) if fused else self(x)
        span = tick()
        value = loss.of_logits(y, out) if fused else loss(y, out)
        self._loss_span = (span, tick())
        if not self.metrics:
            return value, None
        with no_grad():
            return value, (activation(out) if fused else out).data

    def _compiled(self) -> Loss:
        if self.loss is None or self.optimizer is None:
            raise RuntimeError("the model has no loss yet: call model.compile(optimizer='adam', loss='mse') first")
        return self.loss

    def train_on_batch(self, x: Any, y: Any) -> dict[str, float]:
        """Make one step on a batch; return the loss and the metrics before it."""
        x = self._features(x)
        return self._step(x, self._targets(y, x))

    def _step(self, x: Any, y: Any) -> dict[str, float]:
        assert self.optimizer is not None
        loss, predicted = self.loss_on(x, y)
        value = loss.item()
        if not np.isfinite(value):
            raise FloatingPointError(f"the loss became {value}. {_scale_advice(x)}")
        parameters = len(self.parameters()) if not self._in_charge_of else self._in_charge_of
        if parameters != self._in_charge_of:
            self.optimizer.build(self.parameters())
            self._in_charge_of = parameters
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return {"loss": value, **self._measured(y, predicted)}

    def _measured(self, y: Any, predicted: Any) -> dict[str, float]:
        return {name: float(np.mean(metric(y, predicted))) for name, metric in self.metrics}

    def _features(self, x: Any) -> Any:
        array = data.features(x)
        self._named(x, array)
        return array.astype(self._dtype(), copy=False)

    def _named(self, x: Any, array: Any) -> None:
        """Build for the features of x; an error names its columns."""
        try:
            self.build(array.shape[-1])
        except ValueError as error:
            if hasattr(x, "columns"):
                error.add_note(f"x has the columns {[str(c) for c in x.columns]}")
            raise

    def _dtype(self) -> Any:
        return next((p.dtype for p in self.parameters()), np.dtype(np.float32))

    def _targets(self, y: Any, x: Any) -> Any:
        last = self.layers[-1]
        activation = next((name for name, f in ACTIVATIONS.items() if f is last.activation), "")
        y = data.targets(y, self._compiled(), self.build(x.shape[-1]), activation, len(x))
        return y if y.dtype.kind in "iu" else y.astype(self._dtype(), copy=False)

    def fit(
        self,
        x: Any,
        y: Any,
        batch_size: int = 32,
        epochs: int = 1,
        verbose: int | str = "auto",
        validation_split: float = 0.0,
        validation_data: tuple[Any, Any] | None = None,
        shuffle: bool = True,
    ) -> History:
        """Train on x and y for some epochs; return the `History`.

        `validation_split` takes the last rows, before shuffling, for validation; `validation_data` is (x, y).
        `verbose` 0 prints nothing, 1 (as "auto") a bar, 2 a line for each epoch.
        """
        if batch_size < 1 or epochs < 0:
            raise ValueError(f"fit: batch_size={batch_size} must be at least 1, and epochs={epochs} not negative")
        x = self._features(x)
        y = self._targets(y, x)
        if validation_split and validation_data is None:
            x, y, validation_data = _split(x, y, validation_split)
        elif validation_data is not None:
            x_val = self._features(validation_data[0])
            validation_data = (x_val, self._targets(validation_data[1], x_val))
        steps = -(-len(x) // batch_size)
        history = History({"epochs": epochs, "steps": steps, "verbose": verbose})
        progress = Progress(1 if verbose == "auto" else int(verbose), epochs, steps)
        try:
            for epoch in range(epochs):
                order = generator().permutation(len(x)) if shuffle else None
                history.add(epoch, self._epoch(epoch, x, y, batch_size, order, validation_data, progress))
        finally:
            progress.close()
        return history

    def _epoch(
        self, epoch: int, x: Any, y: Any, batch_size: int, order: Any, validation: Any, progress: Progress
    ) -> dict[str, float]:
        progress.begin_epoch(epoch)
        means = _Means()
        self.train()
        for rows in batches(len(x), batch_size, order):
            batch = x[rows]
            means.add(len(batch), self._step(batch, y[rows]))
            progress.step(means.values())
        self.eval()
        logs = means.values()
        if validation is not None:
            measured = self._evaluated(validation[0], validation[1], batch_size)
            logs |= {f"val_{name}": value for name, value in measured.items()}
        progress.end_epoch(logs)
        return logs

    def _evaluated(self, x: Any, y: Any, batch_size: int) -> dict[str, float]:
        means = _Means()
        with no_grad():
            for rows in batches(len(x), batch_size):
                loss, predicted = self.loss_on(x[rows], y[rows])
                means.add(len(x[rows]), {"loss": loss.item(), **self._measured(y[rows], predicted)})
        return means.values()

    def evaluate(self, x: Any, y: Any, batch_size: int = 32, return_dict: bool = False) -> Any:
        """Return the loss, or [loss, metrics…] if there are metrics; with `return_dict` by their names."""
        x = self._features(x)
        logs = self._evaluated(x, self._targets(y, x), batch_size)
        if return_dict:
            return logs
        return list(logs.values()) if self.metrics else logs["loss"]

    def predict(self, x: Any, batch_size: int = 32) -> Any:
        """Return the outputs for x as an array of shape (n, units)."""
        x = self._features(x)
        self.eval()
        with no_grad():
            return np.concatenate([self(x[rows]).data for rows in batches(len(x), batch_size)])

    def summary(self) -> None:
        """Print the layers, their output shapes and parameters."""
        rows = [("Layer (type)", "Output Shape", "Param #")]
        for layer in self.layers:
            units = getattr(layer, "units", None)
            count = sum(p.size for p in layer.parameters())
            rows.append((f"{layer.name} ({type(layer).__name__})", f"(None, {units})" if units else "?", f"{count:,}"))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        total = sum(p.size for p in self.parameters())
        print("\n".join([lines[0], "-" * len(lines[0]), *lines[1:], f"Total params: {total:,}"]))


class _Means:
    """Means over batches, weighted by their sizes."""

    def __init__(self) -> None:
        self._count = 0
        self._sums: dict[str, float] = {}

    def add(self, count: int, logs: dict[str, float]) -> None:
        self._count += count
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * count

    def values(self) -> dict[str, float]:
        return {name: total / self._count for name, total in self._sums.items()}


def _split(x: Any, y: Any, fraction: float) -> tuple[Any, Any, tuple[Any, Any]]:
    first = int(len(x) * (1 - fraction))
    if not 0 < first < len(x):
        raise ValueError(f"fit: validation_split={fraction} leaves {first} of {len(x)} examples for training")
    return x[:first], y[:first], (x[first:], y[first:])


def _scale_advice(x: Any) -> str:
    spread = np.std(np.reshape(x, (len(x), -1)), axis=0)
    widest = int(np.argmax(spread))
    if spread[widest] > 100:
        return f"Column {widest} of x has a spread of {spread[widest]:.3g}: scale the features, as in (x - mean) / std."
    return "A smaller learning rate may help, as in Adam(learning_rate=1e-4)."

