"""`Sequential`: layers one behind the other, with Keras' compile, fit, evaluate and predict."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograd import Tensor, is_grad_enabled, no_grad, tick
from nn import data
from nn.initializers import generator
from nn.layers import ACTIVATIONS, Layer, Shape
from nn.losses import Loss, MeanSquaredError, get_loss
from nn.metrics import Metric, accuracy, get_metric
from nn.module import Module
from nn.optimizers import Optimizer, get_optimizer
from nn.progress import Means, Progress, batches, step_count
from nn.summary import counted, table


class History:
    """What `fit` returns: `history` maps each reported name to its values, one for each of the epochs in `epoch`."""

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
    >>> len(history.history["loss"]), model.predict(x, verbose=0).shape
    (3, (2, 1))
    """

    def __init__(self, layers: Sequence[Layer] = (), name: str = "sequential") -> None:
        self.name = name
        self.layers: list[Layer] = []
        self.loss: Loss | None = None
        self.optimizer: Optimizer | None = None
        self.metrics: list[tuple[str, Metric]] = []
        self._loss_span: tuple[int, int] | None = None
        self._in_charge = False  # whether the optimiser knows the parameters
        self._columns: list[str] | None = None
        for layer in layers:
            self.add(layer)

    # --- layers -------------------------------------------------------------------------------------------

    def add(self, layer: Layer) -> None:
        """Append a layer; it gets a name like "dense_1" if it has none."""
        if not isinstance(layer, Layer):
            raise TypeError(f"add: wants a layer such as Dense(8), not {layer!r}")
        taken = {other.name for other in self.layers}
        if layer.name in taken:
            raise ValueError(f"add: there is a layer {layer.name!r} already; give this one another name=")
        if not layer.name:
            kind = type(layer).__name__.lower()
            names = (kind if i == 0 else f"{kind}_{i}" for i in range(len(taken) + 1))
            layer.name = next(name for name in names if name not in taken)
        layer.label = f"layer {len(self.layers) + 1} {layer.name!r}"
        self.layers.append(layer)
        self._in_charge = False
        if self.layers[0].input_shape is not None:
            self.build(self.layers[0].input_shape)

    def children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, layer) for every layer."""
        return ((layer.name, layer) for layer in self.layers)

    def build(self, shape: Shape) -> Shape:
        """Make the parameters of all layers for examples of this shape; return the shape of one's outputs."""
        return self._shapes(shape)[-1]

    def _shapes(self, shape: Shape) -> list[Shape]:
        """Build for examples of this shape; return what each layer makes of it."""
        if not self.layers:
            raise ValueError("Sequential: has no layers yet; add one, as in model.add(Dense(1))")
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.build(shapes[-1]))
        self.layers[0].input_shape = shape
        return shapes[1:]

    def forward(self, x: Any) -> Any:
        if not isinstance(x, Tensor | np.ndarray):
            x = self._features(x)
        for layer in self.layers:
            x = layer(x)
        return x

    def _logits(self, x: Any) -> Any:
        """Compute what the last activation is applied to."""
        *first, last = self.layers
        for layer in first:
            x = layer(x)
        start = tick()
        out = last.before_activation(x)
        if is_grad_enabled():
            last._span = (start, tick())
        return out

    def spans(self) -> list[tuple[str, int, int]]:
        """Return (name, first, last birth number) of what each layer, and the loss, recorded in its last call."""
        loss = [] if self._loss_span is None or self.loss is None else [(self.loss.name, *self._loss_span)]
        return [*super().spans(), *loss]

    # --- one step -----------------------------------------------------------------------------------------

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
        asked = [metrics] if isinstance(metrics, str) else list(metrics or ())
        chosen = get_optimizer(optimizer), None if loss is None else get_loss(loss), [get_metric(m) for m in asked]
        self.optimizer, self.loss, self.metrics = chosen
        if self.loss is not None and self.loss.reduction == "none":
            raise ValueError("compile: a loss with reduction='none' has no single value to minimise")
        self._in_charge = False

    def loss_on(self, x: Any, y: Any) -> Tensor:
        """Return the loss on a batch, as a tensor to call backward() on or to draw."""
        x, y = self._examples(x, y)
        loss: Tensor = self._loss_and_predictions(x, y)[0]
        return loss

    def train_on_batch(self, x: Any, y: Any) -> dict[str, float]:
        """Make one step on a batch; return the loss and the metrics before it, by their names."""
        x, y = self._examples(x, y)
        with np.errstate(all="ignore"):  # what overflows shows in the loss, which is looked at
            return self._step(x, y)

    def _step(self, x: Any, y: Any) -> dict[str, float]:
        optimizer = self.optimizer
        assert optimizer is not None
        loss, predicted = self._loss_and_predictions(x, y)
        value = loss.item()
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss became {value}. {data.scale_advice(x, self._columns)}")
        if not self._in_charge:
            optimizer.build(self.parameters())
            self._in_charge = True
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return {"loss": value, **self._measured(y, predicted)}

    def _loss_and_predictions(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return the loss of a prepared batch as a tensor, and what metrics need: the predictions as an array."""
        loss, activation = self._compiled()[0], self.layers[-1].activation
        fused = loss.fused_with is not None and activation is ACTIVATIONS[loss.fused_with]
        out = self._logits(x) if fused else self(x)
        start = tick()
        from_logits = fused or getattr(loss, "from_logits", False)
        value = loss.of_logits(y, out) if from_logits else loss.of_predictions(y, out)
        if is_grad_enabled():
            self._loss_span = (start, tick())
        if not self.metrics:
            return value, None
        with no_grad():
            return value, (activation(out) if fused else out).data

    def _measured(self, y: Any, predicted: Any) -> dict[str, float]:
        return {name: float(np.mean(metric(y, predicted))) for name, metric in self.metrics}

    def _compiled(self) -> tuple[Loss, Optimizer]:
        if self.loss is None or self.optimizer is None:
            raise RuntimeError("the model has no loss yet: call model.compile(optimizer='adam', loss='mse') first")
        return self.loss, self.optimizer

    # --- what comes in ------------------------------------------------------------------------------------

    def _features(self, x: Any) -> Any:
        """Return x checked, in the dtype of the parameters; makes these if they are not there yet."""
        array, names = data.features(x), data.column_names(x)
        expected = getattr(self.layers[0], "input_dim", None) if self.layers else None
        if expected not in (None, array.shape[-1]):
            listed = "" if names is None else f": {names}"
            label = self.layers[0].label
            raise ValueError(
                f"{label} expects {expected} features (input_dim={expected}), x has {array.shape[-1]} columns{listed}"
            )
        self.build(array.shape[1:])
        self._columns = names
        return array.astype(self._dtype(), copy=False)

    def _dtype(self) -> Any:
        return next((p.dtype for p in self.parameters()), np.dtype(np.float32))

    def _examples(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Return x and y checked and in the form that a step takes."""
        loss, _ = self._compiled()
        x = self._features(x)
        last = self.layers[-1].activation
        activation = next((name for name, function in ACTIVATIONS.items() if function is last), "")
        y = data.targets(y, loss, self.build(x.shape[1:]), activation, len(x))
        if isinstance(loss, MeanSquaredError) and np.any(y != np.floor(y)):
            for name, metric in self.metrics:
                if metric is accuracy:
                    message = f"{name!r} counts classes, but y holds other numbers: use metrics=['mae']"
                    warnings.warn(message, stacklevel=3)
        return x, y if np.issubdtype(y.dtype, np.intp) else y.astype(self._dtype(), copy=False)

    # --- training -----------------------------------------------------------------------------------------

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
        x, y = self._examples(x, y)
        if validation_data is not None:
            validation_data = self._examples(*validation_data)
        elif validation_split:
            x, y, validation_data = _split(x, y, validation_split)
        progress = Progress(verbose, epochs, step_count(len(x), batch_size))
        history = History({"epochs": epochs, "steps": progress.steps, "verbose": progress.verbose})
        try:
            for epoch in range(epochs):
                progress.begin(epoch)
                history.add(epoch, self._epoch(x, y, validation_data, batch_size, shuffle, progress))
        finally:
            progress.close()
        return history

    def _epoch(
        self, x: Any, y: Any, validation: Any, batch_size: int, shuffle: bool, progress: Progress
    ) -> dict[str, float]:
        self.train()
        order = generator().permutation(len(x)) if shuffle else None
        means = Means()
        with np.errstate(all="ignore"):  # what overflows shows in the loss, which is looked at
            for rows in batches(len(x), batch_size, order):
                batch = x[rows]
                means.add(len(batch), self._step(batch, y[rows]))
                progress.step(means)
        self.eval()
        measured = {} if validation is None else self._evaluated(validation[0], validation[1], batch_size)
        logs = means.values() | {f"val_{name}": value for name, value in measured.items()}
        progress.end(logs)
        return logs

    def _evaluated(self, x: Any, y: Any, batch_size: int, progress: Progress | None = None) -> dict[str, float]:
        means = Means()
        with no_grad():
            for rows in batches(len(x), batch_size):
                loss, predicted = self._loss_and_predictions(x[rows], y[rows])
                means.add(len(x[rows]), {"loss": loss.item(), **self._measured(y[rows], predicted)})
                if progress is not None:
                    progress.step(means)
        return means.values()

    def evaluate(
        self, x: Any, y: Any, batch_size: int = 32, verbose: int | str = "auto", return_dict: bool = False
    ) -> Any:
        """Return the loss, or [loss, metrics…] if there are metrics; with `return_dict` by their names."""
        x, y = self._examples(x, y)
        self.eval()
        progress = Progress(verbose, 1, step_count(len(x), batch_size))
        progress.begin()
        logs = self._evaluated(x, y, batch_size, progress)
        progress.end(logs)
        if return_dict:
            return logs
        return list(logs.values()) if self.metrics else logs["loss"]

    def predict(self, x: Any, batch_size: int = 32, verbose: int | str = "auto") -> Any:
        """Return the outputs for x as an array of shape (n, units)."""
        x = self._features(x)
        self.eval()
        progress, outputs = Progress(verbose, 1, step_count(len(x), batch_size)), []
        progress.begin()
        with no_grad():
            for rows in batches(len(x), batch_size):
                outputs.append(self(x[rows]).data)
                progress.step(Means())
        progress.end({})
        return np.concatenate(outputs)

    def summary(self) -> None:
        """Print the layers, the shapes of their outputs and the numbers of their parameters."""
        known = None if not self.layers or self.layers[0].input_shape is None else self.layers[0].input_shape
        shapes = ["?"] * len(self.layers) if known is None else [str((None, *s)) for s in self._shapes(known)]
        counts = [f"{sum(p.size for p in layer.parameters()):,}" if known else "0 (unbuilt)" for layer in self.layers]
        names = [f"{layer.name} ({type(layer).__name__})" for layer in self.layers]
        print(f'Model: "{self.name}"', table(list(zip(names, shapes, counts, strict=True))), sep="\n")
        parameters = self.parameters()
        print(counted("Total", parameters), counted("Trainable", parameters), counted("Non-trainable", []), sep="\n")


def _split(x: Any, y: Any, fraction: float) -> tuple[Any, Any, tuple[Any, Any]]:
    first = math.floor(len(x) * (1 - fraction))
    if not 0 < first < len(x):
        raise ValueError(f"fit: validation_split={fraction} leaves {first} of {len(x)} examples for training")
    return x[:first], y[:first], (x[first:], y[first:])
