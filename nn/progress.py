"""What `fit` prints: Keras' line for each epoch, or a bar where there is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

try:
    import tqdm
except ImportError:  # an extra: without it there are lines
    tqdm = None

REFRESH = 0.1  # seconds between two states of a bar; text for each step would take as long as a small step


def formatted(logs: dict[str, float]) -> str:
    """Return " - loss: 0.7779 - acc: 0.4125": four decimals, or an exponent up to 0.001.

    >>> formatted({"loss": 0.77789, "val_loss": 0.00001})
    ' - loss: 0.7779 - val_loss: 1.0000e-05'
    """
    return "".join(
        f" - {name}: {value:.4f}" if abs(value) > 1e-3 else f" - {name}: {value:.4e}" for name, value in logs.items()
    )


def duration(seconds: float) -> str:
    """Return the time of a step in the unit that Keras takes: "2s", "6ms" or "310us".

    >>> duration(0.0061)
    '6ms'
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


class Progress:
    """The output of one call: `verbose` 0 is nothing, 1 or "auto" a bar for each epoch, 2 a line for each epoch.

    The bar is tqdm's, drawn only on a terminal or in a notebook; elsewhere 1 prints lines, without one escape byte.
    """

    def __init__(self, verbose: int | str, epochs: int, steps: int) -> None:
        if verbose not in (0, 1, 2, "auto"):
            raise ValueError(f"verbose: must be 0, 1, 2 or 'auto', not {verbose!r}")
        if epochs < 0:
            raise ValueError(f"epochs={epochs} must not be negative")
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = epochs
        self.steps = steps
        self._draws = self.verbose == 1 and tqdm is not None and _rewrites_lines()
        self._bar: Any = None

    def begin(self, epoch: int = 0) -> None:
        """Start an epoch."""
        self._start = self._shown = time.perf_counter()
        heading = f"Epoch {epoch + 1}/{self.epochs}" if self.epochs > 1 else ""
        if self._draws:
            look = "{desc} |{bar:12}| {n_fmt}/{total_fmt}{postfix}"
            self._bar = tqdm.tqdm(total=self.steps, desc=heading, bar_format=look, dynamic_ncols=True, file=sys.stdout)
        elif self.verbose == 2 and heading:
            print(heading)
        self._heading = f"{heading} - " if heading and self.verbose == 1 else ""

    def step(self, means: Means) -> None:
        """Move on by one step."""
        if self._bar is not None:
            self._bar.update()
            now = time.perf_counter()
            if now - self._shown > REFRESH:
                self._shown = now
                self._bar.set_postfix_str(formatted(means.values())[3:])

    def end(self, logs: dict[str, float]) -> None:
        """Report what an epoch has come to."""
        seconds = time.perf_counter() - self._start
        if self._bar is not None:
            self._bar.set_postfix_str(formatted(logs)[3:])
            self.close()
        elif self.verbose:
            each = f"{duration(seconds / self.steps)}/step"
            print(f"{self._heading}{self.steps}/{self.steps} - {seconds:.0f}s - {each}{formatted(logs)}", flush=True)

    def close(self) -> None:
        """Leave the terminal in order, when training has ended early too."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Means:
    """Means over batches, weighted by their sizes.

    >>> means = Means()
    >>> means.add(3, {"loss": 1.0}); means.add(1, {"loss": 5.0})
    >>> means.values()
    {'loss': 2.0}
    """

    def __init__(self) -> None:
        self._count = 0
        self._sums: dict[str, float] = {}

    def add(self, count: int, logs: dict[str, float]) -> None:
        self._count += count
        for name, value in logs.items():
            self._sums[name] = self._sums.get(name, 0.0) + value * count

    def values(self) -> dict[str, float]:
        return {name: total / self._count for name, total in self._sums.items()}


def _rewrites_lines() -> bool:
    """Return whether what is printed goes to a terminal or a notebook, where a line can be written again."""
    return "ipykernel" in sys.modules or sys.stdout.isatty()


def step_count(n: int, batch_size: int) -> int:
    """Return the number of batches that n examples make.

    >>> step_count(65, 32)
    3
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size} must be at least 1")
    return -(-n // batch_size)


def batches(n: int, batch_size: int, order: Any = None) -> Iterator[Any]:
    """Yield the indices of each batch: slices, or parts of `order`.

    >>> list(batches(3, 2))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    for start in range(0, n, batch_size):
        part = slice(start, min(start + batch_size, n))
        yield part if order is None else order[part]
