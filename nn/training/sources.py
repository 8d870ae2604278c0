"""Where batches come from: arrays in memory, or anything that yields batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np

from nn.generators import generator
from nn.layers.symbol import mapped
from nn.training.inputs import count_of, leaves


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
    return mapped(lambda array: None if array is None else array[rows], x)


class Source:
    """An epoch's batches. `done` batches of it have been given out, and are left out by an iteration."""

    steps: int | None
    done: int = 0
    position: int = 0  # where it is in the data

    def begin(self) -> None:
        """Start an epoch."""
        self.done = 0

    def __iter__(self) -> Iterator[Batch]:
        raise NotImplementedError

    def get_state(self) -> dict[str, Any]:
        """Return where it is, to go on from there."""
        return {"done": self.done, "position": self.position, "order": getattr(self, "order", None)}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state; the next iteration is the rest of that epoch."""
        done, position = state["done"], state["position"]
        if type(done) is not int or type(position) is not int or done < 0 or position < 0:
            raise ValueError(f"{done!r} steps of an epoch, from {position!r} on, are no place in the data")
        self.done, self.position = done, position


class Arrays(Source):
    """Batches of the rows of arrays, in a new order each epoch.

    With `steps` an epoch has so many batches; if it `goes_on` it begins where the last one ended, and the rows start
    anew when there are no more; otherwise an epoch is the first so many.
    """

    def __init__(
        self, data: Batch, batch_size: int, *, shuffle: bool = False, steps: int | None = None, goes_on: bool = True
    ) -> None:
        self.data = data
        self.n = data.size
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.goes_on = goes_on and steps is not None
        whole = -(-self.n // self.batch_size)
        self.steps = whole if steps is None else steps if goes_on else min(steps, whole)
        self.order: Any = None
        self._fresh = True

    def begin(self) -> None:
        super().begin()
        if self._fresh or not self.goes_on:
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
                None if w is None else take(w, rows),
            )

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self.order = state["order"]
        self._fresh = self.order is None and not self.done and not self.position
        if not self._fresh and not _is_order(self.order, self.n if self.shuffle else None):
            raise ValueError(f"the number of examples, now {self.n}, or shuffle was another one")


class Stream(Source):
    """Batches that something yields: a generator, a list of batches, a data loader, or a `Sequence` of batches.

    `prepare` makes a `Batch` of each. With `steps` an epoch has so many of them; if it `goes_on` it begins where the
    last one ended, as an epoch of a generator always does.
    """

    def __init__(
        self,
        batches: Iterable[Any],
        prepare: Callable[[Any], Batch],
        *,
        steps: int | None = None,
        shuffle: bool = False,
        goes_on: bool = True,
    ) -> None:
        self.batches = batches
        self.prepare = prepare
        self.once = isinstance(batches, Iterator)
        self.counted = steps is not None
        self.goes_on = self.counted and (goes_on or self.once)
        self.steps = steps if steps is not None else _length(batches)
        self.shuffle = shuffle and is_sequence(batches)
        self.order: Any = None
        self._iterator: Iterator[Any] | None = None
        self._peeked: Iterator[Any] | None = None

    def peek(self) -> Batch:
        """Return the first batch, which stays the first."""
        if is_sequence(self.batches):
            return self.prepare(self.batches[0])  # type: ignore[index]
        iterator = iter(self.batches)
        first = next(iterator, _END)
        if first is _END:
            raise ValueError("there is not one batch to iterate over")
        self._peeked = chain([first], iterator)
        return self.prepare(first)

    def begin(self) -> None:
        super().begin()
        if self._iterator is None or not self.goes_on:
            if self.once and self._iterator is not None:
                raise ValueError(
                    "the generator has ended with the first epoch: pass steps_per_epoch (or validation_steps), or "
                    "something that can be iterated again, such as a list of batches"
                )
            self._restart()

    def _restart(self) -> None:
        self.position = 0
        self.order = generator().permutation(len(self.batches)) if self.shuffle else None  # type: ignore[arg-type]
        self._iterator = self._opened()

    def _opened(self) -> Iterator[Any]:
        if self._peeked is not None:
            opened, self._peeked = self._peeked, None
            return opened
        return each_batch(self.batches, self.order)

    def __iter__(self) -> Iterator[Batch]:
        while self.steps is None or self.done < self.steps:
            assert self._iterator is not None
            raw = next(self._iterator, _END)
            if raw is _END:
                if not self.goes_on:
                    break
                if self.once or not self.position:
                    raise ValueError(f"what yields batches has ended after {self.done} of {self.steps} steps")
                self._restart()
                continue
            self.position += 1
            self.done += 1
            yield self.prepare(raw)
        if is_sequence(self.batches):
            self.batches.on_epoch_end()  # type: ignore[attr-defined]

    def set_state(self, state: dict[str, Any]) -> None:
        if not _is_order(state["order"], len(self.batches) if self.shuffle else None):  # type: ignore[arg-type]
            raise ValueError("the number of batches, or shuffle, was another one")
        super().set_state(state)
        self.order = state["order"]
        self._iterator = self._opened()
        if next(islice(self._iterator, max(self.position - 1, 0), self.position), _END) is _END and self.position:
            raise ValueError(f"what yields batches has no {self.position} of them")


def _is_order(order: Any, n: int | None) -> bool:
    """Return whether this is an order of n things, or None where there is no order."""
    if n is None or order is None:
        return n is None and order is None
    return isinstance(order, np.ndarray) and np.array_equal(np.sort(order), np.arange(n))


_END: Any = object()


def is_sequence(x: Any) -> bool:
    """Return whether this is a `Sequence`, as Keras has it: batches by number, told when an epoch ends."""
    return not isinstance(x, type) and all(hasattr(x, name) for name in ("__getitem__", "__len__", "on_epoch_end"))


def each_batch(x: Any, order: Any = None) -> Iterator[Any]:
    """Iterate over batches; those of a `Sequence` by their numbers, in an order if one is given."""
    if not is_sequence(x):
        return iter(x)
    return (x[i] for i in (range(len(x)) if order is None else order.tolist()))


def is_stream(x: Any) -> bool:
    """Return whether this yields batches, rather than being an array of examples."""
    if is_sequence(x):
        return True
    if hasattr(x, "shape") or hasattr(x, "__array__") or isinstance(x, dict | str | bytes | tuple):
        return False
    if isinstance(x, list):
        return bool(x) and all(isinstance(item, tuple) and len(item) in (2, 3) and _is_array(item[0]) for item in x)
    return hasattr(x, "__iter__")


def _is_array(x: Any) -> bool:
    return len(getattr(x, "shape", ())) > 1 or isinstance(x, dict)


def _length(batches: Any) -> int | None:
    try:
        return len(batches)
    except TypeError:
        return None
