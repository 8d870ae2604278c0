"""Callbacks that write down, change the learning rate, or end training at a nan."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks.callback import HOOKS, Callback, Logs
from nn.names import positional

if TYPE_CHECKING:
    from nn.training.loop import Loop


class LambdaCallback(Callback):
    """A callback made of functions, each under the name of its hook.

    >>> LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs)).on_epoch_end(0, {"loss": 1.0})
    0 {'loss': 1.0}
    """

    def __init__(self, **hooks: Callable[..., Any] | None) -> None:
        for name, function in hooks.items():
            if name not in HOOKS:
                raise TypeError(f"LambdaCallback: {name!r} is no hook; those are {', '.join(HOOKS)}")
            if function is not None:
                setattr(self, name, function)


class LearningRateScheduler(Callback):
    """Sets the learning rate at the begin of each epoch to schedule(epoch, learning_rate), or schedule(epoch)."""

    def __init__(self, schedule: Callable[..., float], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose
        self._takes_rate = positional(schedule) > 1

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        optimizer = self.model.optimizer
        rate = self.schedule(epoch, optimizer.learning_rate) if self._takes_rate else self.schedule(epoch)
        if not isinstance(rate, float | int | np.number) or isinstance(rate, bool):
            raise TypeError(f"LearningRateScheduler: the schedule must return a number, it returned {rate!r}")
        optimizer.learning_rate = float(rate)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: LearningRateScheduler setting learning rate to {float(rate)}.")

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        if logs is not None:
            logs["learning_rate"] = self.model.optimizer.learning_rate


class CSVLogger(Callback):
    """Writes a line of a CSV file for each epoch, with a line of names at its head; `append` goes on in the file."""

    state = ("_keys",)

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        self.filename = Path(filename)
        self.separator = separator
        self.append = append
        self._keys: list[str] | None = None
        self._later: list[str] = []  # what may not be in the first row

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        self._keys = None

    def on_loop_begin(self, loop: Loop) -> None:
        known = loop.trainer.objective.logs() if loop.validation is not None else ()
        self._later = [f"val_{name}" for name in known]

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        row, fresh = logs or {}, self._keys is None
        if self._keys is None:
            self._keys = [*row, *(name for name in self._later if name not in row)]
        with open(self.filename, "w" if fresh and not self.append else "a", newline="") as file:
            writer = csv.writer(file, delimiter=self.separator)
            if fresh and not file.tell():
                writer.writerow(["epoch", *self._keys])
            writer.writerow([epoch, *(_cell(row.get(key, "NA")) for key in self._keys)])


def _cell(value: Any) -> Any:
    return f"[{', '.join(map(str, np.ravel(value)))}]" if np.ndim(value) else value


class TerminateOnNaN(Callback):
    """Ends training, instead of raising FloatingPointError, when the loss is nan or infinite."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True
