"""What Keras has in `utils`: labels as rows, batches by number, seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.config import clear_session as clear_session
from nn.generators import set_random_seed as set_random_seed


def to_categorical(x: Any, num_classes: int | None = None) -> Any:
    """Return labels (...) as rows (..., num_classes) that are 1 at the label and 0 elsewhere.

    `num_classes` is one more than the largest label by default. Raises ValueError for a label that is no whole number
    from 0 to num_classes - 1.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    labels = np.asarray(x)
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels[..., 0]
    if labels.dtype.kind not in "biuf" or np.any(labels != np.floor(labels)) or np.any(labels < 0):
        raise ValueError(f"to_categorical: labels must be whole numbers of at least 0, not {labels!r:.80}")
    count = int(np.max(labels, initial=-1)) + 1 if num_classes is None else num_classes
    if np.any(labels >= count):
        raise ValueError(f"to_categorical: the label {labels.max()} is beyond num_classes={count}, counted from 0")
    return (labels[..., None] == np.arange(count)).astype(float)


def normalize(x: Any, axis: int = -1, order: float = 2) -> Any:
    """Return x with vectors of length 1 along `axis`; those of length 0 stay.

    >>> normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    length = np.linalg.norm(x, order, axis, keepdims=True)
    return x / np.where(length == 0, 1, length)


class PyDataset:
    """Batches by number: write `__len__` and `__getitem__(i)`, which returns (x, y) or (x, y, weight).

    `fit` takes them in a new order each epoch, and calls `on_epoch_end` after it.

    >>> class Squares(PyDataset):
    ...     def __len__(self):
    ...         return 2
    ...     def __getitem__(self, i):
    ...         x = np.array([[i], [i + 1.0]])
    ...         return x, x**2
    >>> import nn
    >>> model = nn.Sequential([nn.Dense(1)])
    >>> model.compile(loss="mse")
    >>> len(model.fit(Squares(), epochs=3, verbose=0).epoch)
    3

    The arguments, Keras' hints on how to load batches at the same time, are kept and change nothing.
    """

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    @property
    def num_batches(self) -> int:
        """How many batches there are."""
        return len(self)

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} has no __len__ method: return how many batches there are")

    def __getitem__(self, i: int) -> Any:
        raise NotImplementedError(f"{type(self).__name__} has no __getitem__ method: return batch number i")

    def on_epoch_end(self) -> None:
        """Prepare for the next epoch."""


Sequence = PyDataset
