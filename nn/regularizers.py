"""What is added to the loss for the sizes of parameters, by Keras' names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from nn.names import Configured, Registry, table_of


class Regularizer(Configured):
    """A function of a parameter whose value is added to the loss, also in validation; write `__call__`."""

    def __call__(self, w: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __call__ method")


class L1L2(Regularizer):
    """l1 · Σ|w| + l2 · Σw².

    >>> L1L2(l1=0.5, l2=0.1)(np.array([1.0, -2.0]))
    np.float64(2.0)
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _strength("l1", l1)
        self.l2 = _strength("l2", l2)

    def __call__(self, w: Any) -> Any:
        parts = []
        if self.l1:
            parts.append(self.l1 * np.sum(np.abs(w)))
        if self.l2:
            parts.append(self.l2 * np.sum(np.square(w)))
        return sum(parts) if parts else 0.0


class L1(L1L2):
    """l1 · Σ|w|: makes parameters small, and many of them 0."""

    def __init__(self, l1: float = 0.01) -> None:
        super().__init__(l1=l1)


class L2(L1L2):
    """l2 · Σw²: makes parameters small.

    >>> L2(0.1)(np.array([1.0, -2.0]))
    np.float64(0.5)
    """

    def __init__(self, l2: float = 0.01) -> None:
        super().__init__(l2=l2)


class OrthogonalRegularizer(Regularizer):
    """factor times the mean |cosine| of all pairs of rows of a matrix, or of columns: keeps them apart."""

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        if mode not in ("rows", "columns"):
            raise ValueError(f"OrthogonalRegularizer: mode must be 'rows' or 'columns', not {mode!r}")
        self.factor = _strength("factor", factor)
        self.mode = mode

    def __call__(self, w: Any) -> Any:
        if w.ndim != 2:
            raise ValueError(f"OrthogonalRegularizer: needs a matrix, the parameter has shape {w.shape}")
        rows = w if self.mode == "rows" else np.transpose(w)
        lengths = np.sqrt(np.maximum(np.sum(np.square(rows), axis=1, keepdims=True), 1e-12))
        rows = rows / lengths
        n = rows.shape[0]
        cosines = np.matmul(rows, np.transpose(rows)) * (1.0 - np.eye(n, dtype=rows.dtype))
        return self.factor * 0.5 * np.sum(np.abs(cosines)) / max(n * (n - 1.0) / 2.0, 1.0)


def _strength(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
        raise ValueError(f"{name} must be a number of at least 0, not {value!r}")
    return float(value)


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

REGULARIZERS: Final[Registry[Callable[[Any], Any]]] = Registry(
    "regularizer", table_of([L1, L2, L1L2, OrthogonalRegularizer])
)


def get(identifier: Any) -> Callable[[Any], Any] | None:
    """Return a regulariser, given by name, as one, or as a function of a parameter; None is none."""
    return None if identifier is None else REGULARIZERS.get(identifier)
