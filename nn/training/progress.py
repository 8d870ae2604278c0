"""What `fit` prints: Keras' line for each epoch, or a bar where there is a terminal or a notebook."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

REFRESH: Final = 0.1  # seconds between two states of a bar; text for each step would take as long as a small step


def formatted(logs: Mapping[str, Any]) -> str:
    """Return " - loss: 0.7779 - acc: 0.4125": four decimals, or an exponent up to 0.001.

    >>> formatted({"loss": 0.77789, "val_loss": 0.00001})
    ' - loss: 0.7779 - val_loss: 1.0000e-05'
    """
    return "".join(f" - {name}: {_number(value)}" for name, value in logs.items())


def _number(value: Any) -> str:
    if np.ndim(value):
        return np.array2string(np.asarray(value), precision=4, floatmode="fixed", separator=" ")
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"


def duration(seconds: float) -> str:
    """Return the time of a step in the unit that Keras takes: "2s", "6ms" or "310us".

    >>> duration(0.0061)
    '6ms'
    """
    if seconds >= 1 or seconds == 0:
        return f"{seconds:.0f}s"
    return f"{seconds * 1e3:.0f}ms" if seconds >= 1e-3 else f"{seconds * 1e6:.0f}us"


class Progress:
    """The output of one call: a line for each epoch, with `verbose` 1 or "auto" a bar before it, with 0 nothing.

    The bar is tqdm's, drawn only on a terminal or in a notebook; elsewhere, and where tqdm is not installed, there are
    the lines, without one escape byte. `steps` is the number of steps of an epoch; None where nobody knows it yet.
    """

    def __init__(self, verbose: int | str, epochs: int, steps: int | None) -> None:
        if verbose not in (0, 1, 2, "auto"):
            raise ValueError(f"verbose: must be 0, 1, 2 or 'auto', not {verbose!r}")
        self.verbose = 1 if verbose == "auto" else int(verbose)
        self.epochs = epochs
        self.steps = steps
        self._tqdm = _bar_of_tqdm() if self.verbose == 1 else None
        self._bar: Any = None
        self._done = 0

    def begin(self, epoch: int = 0, done: int = 0) -> None:
        """Start an epoch, or go on with one of which so many steps are done."""
        if not self.verbose:
            return
        self._done = done
        self._start = self._shown = time.perf_counter()
        heading = f"Epoch {epoch + 1}/{self.epochs}" if self.epochs > 1 else ""
        if self._tqdm is not None:
            look = "{n_fmt}/{total_fmt} |{bar:20}| {desc}" if self.steps else "{n_fmt} {desc}"
            self._bar = self._tqdm(
                total=self.steps, initial=done, bar_format=f"{heading} {look}".lstrip(), dynamic_ncols=True,
                leave=False, file=sys.stdout,
            )  # fmt: skip
        elif self.verbose == 2 and heading:
            print(heading)
        self._heading = f"{heading} - " if heading and self.verbose == 1 else ""

    def step(self, logs: Callable[[], Mapping[str, Any]]) -> None:
        """Move on by one step; `logs` is asked for what to show beside the bar."""
        if not self.verbose:
            return
        self._done += 1
        if self._bar is not None:
            self._bar.update()
            now = time.perf_counter()
            if now - self._shown > REFRESH:
                self._shown = now
                self._bar.set_description_str(f"{self._time()}{formatted(logs())}")

    def end(self, logs: Mapping[str, Any]) -> None:
        """Report what an epoch has come to."""
        if not self.verbose:
            return
        self.close()
        print(f"{self._heading}{self._done}/{self.steps or self._done} - {self._time()}{formatted(logs)}", flush=True)

    def _time(self) -> str:
        """Return the seconds since the epoch began, and the time of a step: "2s - 6ms/step"."""
        seconds = time.perf_counter() - self._start
        return f"{seconds:.0f}s - {duration(seconds / max(1, self._done))}/step"

    def close(self) -> None:
        """Leave the terminal in order, when training has ended early too."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def _bar_of_tqdm() -> Any:
    """Return tqdm's bar for where the output goes, a notebook or a terminal; None elsewhere, or without tqdm."""
    notebook = "ipykernel" in sys.modules
    if not notebook and not _is_terminal(sys.stdout):
        return None
    # The notebook's bar needs ipywidgets; without, the terminal's rewrites its line there as well.
    for name in ("tqdm.notebook", "tqdm.std") if notebook and _installed("ipywidgets") else ("tqdm.std",):
        try:
            return importlib.import_module(name).tqdm
        except ImportError:
            continue
    return None


def _is_terminal(stream: Any) -> bool:
    """Return whether a stream is a terminal that has a width; some that programs make for programs have none."""
    if not stream.isatty():
        return False
    try:
        return os.get_terminal_size(stream.fileno()).columns > 0
    except OSError:  # it stands for a terminal that is elsewhere
        return True


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
