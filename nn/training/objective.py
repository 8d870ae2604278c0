"""What training minimises and reports: the losses and metrics of a model's outputs, as `compile` was told."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from autograd import Tensor
from nn import losses, metrics
from nn.activations import Logits, logits_of
from nn.losses import Loss
from nn.metrics import Metric
from nn.metrics.metric import array_of
from nn.names import numbered, plain
from nn.training.targets import Output, check_probabilities, suits_accuracy


class Term(NamedTuple):
    """One output's part of the loss, and its metrics by the names they are reported by."""

    output: Output
    loss: Loss
    weight: float
    metrics: list[tuple[str, Metric]]
    weighted: list[tuple[str, Metric]]


class Objective:
    """The losses and metrics that `compile` was given, looked up at once; they find their outputs in `bind`."""

    def __init__(self, loss: Any, loss_weights: Any, given_metrics: Any, weighted_metrics: Any) -> None:
        self._given = {
            "loss": loss, "loss_weights": loss_weights, "metrics": given_metrics, "weighted_metrics": weighted_metrics
        }  # fmt: skip
        self._loss = _each(loss, _known_loss)
        self._loss_weights = _each(loss_weights, _known_weight)
        self._metrics = _each(given_metrics, _known_metric)
        self._weighted = _each(weighted_metrics, _known_metric)
        self.terms: list[Term] = []
        self.total = self.count = 0.0
        self.parts: list[float] = []
        self.reported: dict[str, Any] = {}
        self.keeps = False
        self._seen: Any = None
        self._losses: list[Loss] = []

    def get_config(self) -> dict[str, Any]:
        """Return what `compile` was given, in values that JSON has."""
        return {name: plain(given) for name, given in self._given.items()}

    # --- finding the outputs ----------------------------------------------------------------------------------

    def losses_for(self, outputs: Sequence[Output], shapes: Sequence[tuple[int, ...]]) -> list[Loss]:
        """Return the loss of each output; "crossentropy" goes by the shapes of the first targets."""
        # The sizes of inner axes may differ from batch to batch.
        key = [(out.name, out.label, len(out.shape), out.shape[-1:], out.activation) for out in outputs]
        if key != self._seen:
            losses = _spread(self._loss, outputs, "loss")
            for i, (output, loss, shape) in enumerate(zip(outputs, losses, shapes, strict=True)):
                if loss is None:
                    raise ValueError(f"compile: there is no loss for the output {output.name!r}; pass loss='mse', say")
                if isinstance(loss, str):
                    losses[i] = _crossentropy(output, shape)
            self._seen, self._losses, self.terms = key, losses, []
        for loss, output in zip(self._losses, outputs, strict=True):
            check_probabilities(loss, output)
        return self._losses

    def bind(self, outputs: Sequence[Output], ys: Sequence[Any]) -> None:
        """Give each output its loss, weight and metrics, by the targets of some examples; once for one kind."""
        if self.terms:
            return
        weights = _spread(self._loss_weights, outputs, "loss_weights")
        plain = _spread(self._metrics, outputs, "metrics", lists=True)
        weighted = _spread(self._weighted, outputs, "weighted_metrics", lists=True)
        taken: set[str] = {"loss"}
        for i, (output, loss) in enumerate(zip(outputs, self._losses, strict=True)):
            prefix = f"{output.name}_" if len(outputs) > 1 else ""
            named = [_named(metric, prefix, "", taken, output, ys[i], loss) for metric in plain[i]]
            others = [_named(metric, prefix, "weighted_", taken, output, ys[i], loss) for metric in weighted[i]]
            self.terms.append(Term(output, loss, 1.0 if weights[i] is None else float(weights[i]), named, others))
        self.parts = [0.0] * (len(outputs) if len(outputs) > 1 else 0)

    # --- a batch ----------------------------------------------------------------------------------------------

    def value(
        self, ys: Sequence[Any], outs: Sequence[Any], ws: Sequence[Any] | None, noted: Sequence[Logits]
    ) -> tuple[Any, list[Any]]:
        """Return the loss of a batch as a tensor, and, where there are several, that of each output."""
        term = self.terms[0]
        if len(self.terms) == 1:
            value = term.loss.value(ys[0], outs[0], None if ws is None else ws[0], logits_of(outs[0], noted))
            return (value if term.weight == 1 else value * term.weight), []
        total, parts = None, []
        for i, term in enumerate(self.terms):
            value = term.loss.value(ys[i], outs[i], None if ws is None else ws[i], logits_of(outs[i], noted))
            parts.append(value)
            value = value * term.weight
            total = value if total is None else total + value
        return total, parts

    def add(self, size: int, value: float, parts: Sequence[float]) -> None:
        """Take in the loss of a batch of `size` examples."""
        self.total += value * size
        self.count += size
        for i, part in enumerate(parts):
            self.parts[i] += part * size

    def measure(self, ys: Sequence[Any], outs: Sequence[Any], ws: Sequence[Any] | None) -> None:
        """Take a batch into the metrics."""
        for i, term in enumerate(self.terms):
            if not term.metrics and not term.weighted:
                continue
            predicted = outs[i].data if type(outs[i]) is Tensor else np.asarray(outs[i])
            for _, metric in term.metrics:
                metric.update_state(ys[i], predicted)
            for _, metric in term.weighted:
                metric.update_state(ys[i], predicted, None if ws is None else ws[i])

    def measured(self, ys: Sequence[Any], outs: Sequence[Any], ws: Sequence[Any] | None) -> list[Any]:
        """Return, in a compiled step, what each metric gathers of a batch: (total, weight), or the predictions."""
        found: list[Any] = []
        for i, term in enumerate(self.terms):
            predicted = outs[i].data if type(outs[i]) is Tensor else outs[i]
            for _, metric in term.metrics:
                found.append(metric.share(ys[i], predicted) if metric.has_share else predicted)
            w = None if ws is None else ws[i]
            for _, metric in term.weighted:
                found.append(metric.share(ys[i], predicted, w) if metric.has_share else predicted)
        return found

    def absorb(self, found: Sequence[Any], ys: Sequence[Any], ws: Sequence[Any] | None) -> None:
        """Take in what `measured` gave."""
        shares = iter(found)
        for i, term in enumerate(self.terms):
            for _, metric in term.metrics:
                metric.absorb(next(shares)) if metric.has_share else metric.update_state(ys[i], next(shares))
            for _, metric in term.weighted:
                share, w = next(shares), None if ws is None else ws[i]
                metric.absorb(share) if metric.has_share else metric.update_state(ys[i], share, w)

    def report(self, logs: Mapping[str, Any] | None) -> None:
        """Take what a step of one's own has returned, to be reported as it is."""
        if logs is not None:
            self.reported = {name: array_of(value).tolist() for name, value in logs.items()}

    def reset(self) -> None:
        """Forget all batches."""
        self.reported = {}
        self.total = self.count = 0.0
        self.parts = [0.0] * len(self.parts)
        for term in self.terms:
            for _, metric in (*term.metrics, *term.weighted):
                metric.reset_state()

    def logs(self) -> dict[str, Any]:
        """Return the mean loss of all batches and the metrics, by their names."""
        if self.reported and not self.count:  # a step of one's own that measures by itself
            return dict(self.reported)
        count = self.count or 1.0
        found: dict[str, Any] = {"loss": self.total / count}
        for term, part in zip(self.terms, self.parts, strict=False):
            found[f"{term.output.name}_loss"] = part / count
        for term in self.terms:
            found.update((name, metric.result()) for name, metric in (*term.metrics, *term.weighted))
        return found | self.reported

    def modes(self) -> dict[str, str | None]:
        """Return which way each reported number is better, "min" or "max", None where that is not known."""
        losses = ("loss", *(f"{term.output.name}_loss" for term in self.terms[: len(self.parts)]))
        measured = ((name, metric.mode) for term in self.terms for name, metric in (*term.metrics, *term.weighted))
        return {**dict.fromkeys(losses, "min"), **dict(measured)}

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep what is gathered in a `with` block: what else is evaluated in it, by a callback, leaves no trace."""
        before, self.keeps = self.keeps, True
        try:
            yield
        finally:
            self.keeps = before

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Gather anew inside a `with` block; behind it go on with what is to be kept, if there is anything."""
        before = self.get_state() if self.keeps else None
        self.reset()
        try:
            yield
        finally:
            if before is not None:
                self.set_state(before)

    # --- what has been gathered -------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Return what has been gathered of an epoch so far."""
        gathered = [metric.get_state() for term in self.terms for _, metric in (*term.metrics, *term.weighted)]
        return {
            "total": self.total, "count": self.count, "parts": list(self.parts), "metrics": gathered,
            "reported": dict(self.reported),
        }  # fmt: skip

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Go on from what `get_state` gave."""
        self.total, self.count, self.parts = state["total"], state["count"], list(state["parts"])
        self.reported = dict(state["reported"])
        every = [metric for term in self.terms for _, metric in (*term.metrics, *term.weighted)]
        for metric, gathered in zip(every, state["metrics"], strict=True):
            metric.set_state(gathered)


def _crossentropy(output: Output, shape: tuple[int, ...]) -> Loss:
    if output.shape[-1] == 1:
        return losses.BinaryCrossentropy()
    if len(shape) < len(output.shape) + 1 or shape[-1] == 1:
        return losses.SparseCategoricalCrossentropy()
    return losses.CategoricalCrossentropy()


# --- what compile was given --------------------------------------------------------------------------------


def _each(given: Any, known: Any) -> Any:
    """Apply `known` to every name in lists and dicts."""
    if isinstance(given, Mapping) and "class_name" not in given:
        return {key: _each(item, known) for key, item in given.items()}
    if isinstance(given, list | tuple):
        return [_each(item, known) for item in given]
    return None if given is None else known(given)


def _known_loss(loss: Any) -> Loss | str:
    """Return a loss, or "crossentropy" where that is to be chosen by the targets; ValueError for an unknown name."""
    if isinstance(loss, str) and loss.lower() in ("crossentropy", "ce"):
        return "crossentropy"
    found = losses.get(loss)
    if found.reduction in ("none", None):
        raise ValueError("compile: a loss with reduction='none' has no single value to minimise")
    return found


def _known_weight(weight: Any) -> float:
    if isinstance(weight, bool) or not isinstance(weight, int | float | np.number):
        raise TypeError(
            f"compile: loss_weights are numbers, one for each output, not {weight!r}. Metrics go by their name: "
            "metrics=['accuracy']."
        )
    return float(weight)


def _known_metric(metric: Any) -> Metric | str:
    return metric if metrics.is_accuracy(metric) else metrics.get(metric)


def _spread(given: Any, outputs: Sequence[Output], what: str, *, lists: bool = False) -> list[Any]:
    """Return what was given for each output: a dict by their names, a list in their order, or one for all.

    With `lists` there may be several for each.
    """
    n = len(outputs)
    if isinstance(given, dict):
        names = [output.name for output in outputs]
        unknown = [name for name in given if name not in names]
        if unknown:
            raise ValueError(f"compile: {what} names the output {unknown[0]!r}; the outputs are {', '.join(names)}")
        found = [given.get(name) for name in names]
    elif isinstance(given, list) and len(given) == n and (n > 1 or not lists):
        found = list(given)
    elif isinstance(given, list) and not lists:
        raise ValueError(f"compile: {what} has {len(given)} entries for {n} outputs")
    else:
        found = [given] * n
    if not lists:
        return found
    several = [[] if item is None else item if isinstance(item, list) else [item] for item in found]
    return several if n == 1 else copy.deepcopy(several)  # each output gathers by itself


def _named(
    metric: Metric | str, prefix: str, second: str, taken: set[str], output: Output, y: Any, loss: Loss
) -> tuple[str, Metric]:
    """Return a metric with a name that no other has, where its own is taken one with `second` before it, or a number.

    The accuracy is the one that fits targets and output.
    """
    if isinstance(metric, str):
        if not suits_accuracy(loss, y):
            warnings.warn(f"{metric!r} counts classes, but y holds other numbers: use metrics=['mae']", stacklevel=6)
        metric = metrics.fitting_accuracy(metric, y.shape, (len(y), *output.shape))
    name = f"{prefix}{metric.name}"
    if name in taken and second:
        name = f"{prefix}{second}{metric.name}"
    name = numbered(name, taken)
    taken.add(name)
    return name, metric
