"""What `fit` prints: Keras' line for each epoch, or a bar where there is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import Any


def formatted(logs: dict[str, float]) -> str:
    """Return " - loss: 0.7779 - acc: 0.4125": four decimals, or an exponent below 0.001.

    >>> formatted({"loss": 0.77789, "val_loss": 0.00001})
    ' - loss: 0.7779 - val_loss: 1.0000e-05'
    """
    return "".join(
        f" - {name}: {value:.4f}" if abs(value) > 1e-3 or value == 0 else f" - {name}: {value:.4e}"
        for name, value in logs.items()
    )


class Progress:
    """The output of one call of `fit`: `verbose` 0 is nothing, 1 a bar for each epoch, 2 a line for each epoch.

    The bar is tqdm's, and drawn only on a terminal or in a notebook; elsewhere 1 prints lines, without one escape byte.
    """

    def __init__(self, verbose: int, epochs: int, steps: int) -> None:
        self.verbose = verbose
        self.epochs = epochs
        self.steps = steps
        self._bar: Any = None
        self._tqdm = _bar_class() if verbose == 1 else None

    def begin_epoch(self, epoch: int) -> None:
        self._start = time.perf_counter()
        heading = f"Epoch {epoch + 1}/{self.epochs}"
        if self._tqdm is not None:
            look = "{desc} |{bar:12}| {n_fmt}/{total_fmt}{postfix}"
            self._bar = self._tqdm(total=self.steps, desc=heading, bar_format=look, dynamic_ncols=True)
        elif self.verbose and self.epochs > 1:
            print(heading)

    def step(self, logs: dict[str, float]) -> None:
        if self._bar is not None:
            self._bar.set_postfix_str(formatted(logs)[3:], refresh=False)
            self._bar.update()

    def end_epoch(self, logs: dict[str, float]) -> None:
        seconds = time.perf_counter() - self._start
        if self._bar is not None:
            self._bar.set_postfix_str(formatted(logs)[3:])
            self._bar.close()
            self._bar = None
        elif self.verbose:
            each = f"{seconds / self.steps * 1e3:.0f}ms"
            print(f"{self.steps}/{self.steps} - {seconds:.0f}s - {each}/step{formatted(logs)}")

    def close(self) -> None:
        """Leave the terminal in order when training ends early."""
        if self._bar is not None:
            self._bar.close()


def _bar_class() -> Any:
    """Return tqdm's bar if there is somewhere to draw it, else None."""
    in_notebook = "ipykernel" in sys.modules
    if not in_notebook and not sys.stderr.isatty():
        return None
    try:
        from tqdm.auto import tqdm  # an extra: without it there are lines
    except ImportError:
        return None
    return tqdm


def batches(n: int, batch_size: int, order: Any = None) -> Iterable[Any]:
    """Yield the indices of each batch: slices, or parts of `order`."""
    for start in range(0, n, batch_size):
        part = slice(start, min(start + batch_size, n))
        yield part if order is None else order[part]
