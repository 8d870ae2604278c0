"""`Metric`: a number that is gathered over batches and reported beside the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from nn.losses.loss import array, weights_like
from nn.names import Configured, snake_case


class Metric(Configured):
    """Something gathered over batches: `reset_state`, `update_state(y_true, y_pred, sample_weight)`, `result`.

    What it gathers are the attributes named in `gathered`, numbers or arrays; `reset_state` sets them all, and is
    called by the constructor, so that an `__init__` of one's own sets first what it needs. `mode` says to callbacks
    which way is better, "max" or "min".

    >>> class Largest(Metric):
    ...     gathered = ("largest",)
    ...     def reset_state(self):
    ...         self.largest = 0.0
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.largest = max(self.largest, float(np.max(y_pred)))
    ...     def result(self):
    ...         return self.largest
    >>> largest = Largest()
    >>> largest([0, 1], [0.3, 0.5])
    0.5
    """

    gathered: ClassVar[tuple[str, ...]] = ()
    mode: ClassVar[str | None] = None

    def __init__(self, *, name: str | None = None) -> None:
        self.name = name or snake_case(type(self).__name__)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all batches."""
        raise NotImplementedError(f"{type(self).__name__} has no reset_state method")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take in a batch: arrays with a row for each example."""
        raise NotImplementedError(f"{type(self).__name__} has no update_state method")

    def result(self) -> Any:
        """Return the number for all batches so far."""
        raise NotImplementedError(f"{type(self).__name__} has no result method")

    def __call__(self, *batch: Any, **options: Any) -> Any:
        """Take in a batch, given as to `update_state`, and return the number for all so far."""
        self.update_state(*batch, **options)
        return self.result()

    @property
    def has_share(self) -> bool:
        """Whether what it gathers of a batch is a sum that a compiled step can compute: see `share`."""
        return False

    def share(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return what a batch adds to what is gathered, by NumPy functions alone."""
        raise NotImplementedError

    def absorb(self, share: Any) -> None:
        """Take in what `share` gave."""
        raise NotImplementedError

    def get_state(self) -> dict[str, Any]:
        """Return what has been gathered, as arrays."""
        return {name: np.array(getattr(self, name)) for name in self.gathered}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` gave."""
        for name in self.gathered:
            value = np.array(state[name])
            setattr(self, name, value if value.ndim else value.item())


def array_of(y: Any) -> Any:
    """Return targets or predictions, which may be lists or tensors, as an array."""
    return y.data if isinstance(y, Tensor) else array(y)


class Sum(Metric):
    """The sum of numbers, each times its weight: `update_state(values, sample_weight)`.

    >>> Sum()([1.0, 3.0], sample_weight=[1, 0.5])
    2.5
    """

    gathered: ClassVar[tuple[str, ...]] = ("total",)

    def reset_state(self) -> None:
        self.total = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Take in numbers, and weights for each, or for each row of them."""
        self._gather(np.asarray(values), sample_weight)

    def _gather(self, values: Any, sample_weight: Any) -> float:
        """Take in numbers; return how much they weigh in all."""
        if sample_weight is None:
            self.total += float(np.add.reduce(values, axis=None, dtype=np.float64))
            return float(values.size)
        values = np.asarray(values, np.float64)
        weights = np.broadcast_to(weights_like(sample_weight, values), values.shape)
        self.total += float(np.sum(values * weights))
        return float(np.sum(weights))

    def result(self) -> Any:
        return self.total


class Mean(Sum):
    """The mean of numbers, weighted where there are weights: `update_state(values, sample_weight)`.

    >>> Mean()([1.0, 3.0], sample_weight=[3, 1])
    1.5
    """

    gathered = ("total", "count")

    def reset_state(self) -> None:
        self.total = self.count = 0.0

    def _gather(self, values: Any, sample_weight: Any) -> float:
        weight = super()._gather(values, sample_weight)
        self.count += weight
        return weight

    def result(self) -> Any:
        return self.total / self.count if self.count else 0.0


class MeanMetric(Mean):
    """The mean over all examples of what `values(y_true, y_pred)` gives for each; weighted, where there are weights."""

    def values(self, y_true: Any, y_pred: Any) -> Any:
        """Return an array of a number for each example."""
        raise NotImplementedError(f"{type(self).__name__} has no values method")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        self._gather(self.values(array_of(y_true), array_of(y_pred)), sample_weight)

    @property
    def has_share(self) -> bool:
        kind = type(self)
        return kind.update_state is MeanMetric.update_state and kind._gather is Mean._gather

    def share(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> tuple[Any, Any]:
        values = self.values(y_true, y_pred)
        if sample_weight is None:
            return np.add.reduce(values, axis=None, dtype=np.float64), float(values.size)
        values = np.astype(values, np.float64)
        weights = np.broadcast_to(weights_like(sample_weight, values), values.shape)
        return np.sum(values * weights), np.sum(weights)

    def absorb(self, share: tuple[Any, Any]) -> None:
        self.total += float(share[0])
        self.count += float(share[1])


class FunctionMetric(MeanMetric):
    """A function of (y_true, y_pred) that gives a number for each example, or one for the batch."""

    def __init__(self, function: Callable[[Any, Any], Any], *, name: str | None = None) -> None:
        super().__init__(name=name or getattr(function, "__name__", None) or getattr(function, "name", "metric"))
        self.function = function

    def values(self, y_true: Any, y_pred: Any) -> Any:
        found = self.function(y_true, y_pred)
        values = np.asarray(getattr(found, "data", found) if hasattr(found, "requires_grad") else found)
        return values if values.ndim else np.full(len(y_pred), values)
