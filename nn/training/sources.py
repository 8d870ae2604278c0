"""Where batches come from: arrays in memory, or anything that yields batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from nn.generators import generator
from nn.training.inputs import Sparse, count_of, leaves


class Batch(NamedTuple):
    """Some examples: inputs as the model takes them, targets for each output, and weights if there are any."""

    x: Any
    y: list[Any]
    w: list[Any] | None

    @property
    def size(self) -> int:
        """How many examples there are."""
        return len(self.x) if type(self.x) is np.ndarray else count_of(leaves(self.x))


def take(x: Any, rows: Any) -> Any:
    """Return these rows of every array of a structure."""
    if isinstance(x, np.ndarray | Sparse):
        return x[rows]
    if isinstance(x, dict):
        return {key: take(item, rows) for key, item in x.items()}
    return type(x)(take(item, rows) for item in x)


class Source:
    """An epoch's batches. `done` batches of it have been given out, and are left out by an iteration."""

    steps: int | None
    done: int = 0

    def begin(self) -> None:
        """Start an epoch."""
        self.done = 0

    def __iter__(self) -> Iterator[Batch]:
        raise NotImplementedError

    def get_state(self) -> dict[str, Any]:
        """Return where it is in the epoch, to go on from there."""
        return {"done": self.done}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state; the next iteration is the rest of that epoch."""
        self.done = int(state["done"])


class Arrays(Source):
    """Batches of the rows of arrays, in a new order each epoch.

    With `steps` an epoch has so many batches, and goes on where the last one ended.
    """

    def __init__(self, data: Batch, batch_size: int, *, shuffle: bool = False, steps: int | None = None) -> None:
        self.data = data
        self.n = data.size
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.steps = -(-self.n // self.batch_size) if steps is None else steps
        self.endless = steps is not None
        self.order: Any = None
        self.position = 0
        self._fresh = True

    def begin(self) -> None:
        super().begin()
        if self._fresh or not self.endless:
            self._restart()

    def _restart(self) -> None:
        self._fresh = False
        self.position = 0
        self.order = generator().permutation(self.n) if self.shuffle else None

    def __iter__(self) -> Iterator[Batch]:
        x, y, w = self.data
        size, plain = self.batch_size, type(x) is np.ndarray
        assert self.steps is not None
        while self.done < self.steps:
            if self.position >= self.n:
                self._restart()
            part = slice(self.position, self.position + size)
            rows = part if self.order is None else self.order[part]
            self.position += size
            self.done += 1
            yield Batch(
                x[rows] if plain else take(x, rows),
                [a[rows] for a in y],
                None if w is None else [None if a is None else a[rows] for a in w],
            )

    def get_state(self) -> dict[str, Any]:
        return {"done": self.done, "position": self.position, "order": self.order}

    def set_state(self, state: dict[str, Any]) -> None:
        if (state["order"] is not None) != self.shuffle or (self.shuffle and len(state["order"]) != self.n):
            raise ValueError(f"the number of examples, now {self.n}, or shuffle was another one")
        super().set_state(state)
        self.position = int(state["position"])
        self.order = state["order"]
        self._fresh = False


class Stream(Source):
    """Batches that something yields: a generator, a list of batches, a data loader, or a `Sequence` of batches.

    `prepare` makes a `Batch` of each. With `steps` an epoch has so many of them, and goes on where the last one ended.
    """

    def __init__(
        self, batches: Iterable[Any], prepare: Callable[[Any], Batch], *, steps: int | None, shuffle: bool
    ) -> None:
        self.batches = batches
        self.prepare = prepare
        self.once = iter(batches) is batches if not is_sequence(batches) else False
        self.endless = steps is not None
        self.steps = steps if steps is not None else _length(batches)
        self.shuffle = shuffle and is_sequence(batches)
        self.order: Any = None
        self._iterator: Iterator[Any] | None = None
        self._epochs = 0
        self._peeked: list[Any] = []

    def peek(self) -> Batch:
        """Return the first batch, which stays the first."""
        if is_sequence(self.batches):
            return self.prepare(self.batches[0])  # type: ignore[index]
        first = next(iter(self.batches), _END)
        if first is _END:
            raise ValueError("there is not one batch to iterate over")
        if self.once:
            self._peeked = [first]
        return self.prepare(first)

    def begin(self) -> None:
        super().begin()
        if self._iterator is None or not self.endless:
            if self.once and self._epochs:
                raise ValueError(
                    "the generator has ended with the first epoch: pass steps_per_epoch, or something that can be "
                    "iterated again, such as a list of batches"
                )
            self.order = generator().permutation(len(self.batches)) if self.shuffle else None  # type: ignore[arg-type]
            self._iterator = self._start()
        self._epochs += 1

    def _start(self) -> Iterator[Any]:
        if is_sequence(self.batches):
            return each_batch(self.batches, self.order)
        peeked, self._peeked = self._peeked, []
        return chain(peeked, self.batches)

    def __iter__(self) -> Iterator[Batch]:
        while self.steps is None or self.done < self.steps:
            assert self._iterator is not None
            raw = next(self._iterator, _END)
            if raw is _END:
                if not self.endless:
                    break
                if self.once:
                    raise ValueError(f"the generator has ended after {self.done} of {self.steps} steps of an epoch")
                self._iterator = self._start()
                continue
            self.done += 1
            yield self.prepare(raw)
        if is_sequence(self.batches):
            self.batches.on_epoch_end()  # type: ignore[attr-defined]

    def get_state(self) -> dict[str, Any]:
        return {"done": self.done, "order": self.order}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self.order = state["order"]
        self._iterator = self._start()
        self._epochs += 1
        for _ in range(self.done):
            next(self._iterator, None)


_END: Any = object()


def is_sequence(x: Any) -> bool:
    """Return whether this is a `Sequence`, as Keras has it: batches by number, told when an epoch ends."""
    return hasattr(x, "__getitem__") and hasattr(x, "__len__") and hasattr(x, "on_epoch_end")


def each_batch(x: Any, order: Any = None) -> Iterator[Any]:
    """Iterate over batches; those of a `Sequence` by their numbers, in an order if one is given."""
    if not is_sequence(x):
        return iter(x)
    return (x[i] for i in (range(len(x)) if order is None else order.tolist()))


def is_stream(x: Any) -> bool:
    """Return whether this yields batches, rather than being an array of examples."""
    if is_sequence(x):
        return True
    if hasattr(x, "shape") or hasattr(x, "__array__") or isinstance(x, dict | str | bytes):
        return False
    if isinstance(x, list | tuple):
        return bool(x) and all(isinstance(item, tuple) and len(item) in (2, 3) and _is_array(item[0]) for item in x)
    return hasattr(x, "__iter__")


def _is_array(x: Any) -> bool:
    return len(getattr(x, "shape", ())) > 1 or isinstance(x, dict)


def _length(batches: Any) -> int | None:
    try:
        return len(batches)
    except TypeError:
        return None


def checked_batch_size(batch_size: Any) -> int:
    """Return a batch size; ValueError if it is none."""
    whole = isinstance(batch_size, int | np.integer) and not isinstance(batch_size, bool)
    if not whole or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number of at least 1, not {batch_size!r}")
    return int(batch_size)
