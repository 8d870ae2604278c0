"""Callbacks that watch one of the numbers that an epoch reports."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks.callback import Callback, Logs

if TYPE_CHECKING:
    from nn.training.loop import Loop


class Monitor(Callback):
    """Knows whether a number that is watched has become better by more than `min_delta`.

    `mode` is "min", "max", or "auto": "min" for a loss, and for a metric what its class says.
    """

    state: tuple[str, ...] = ("best",)

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"{type(self).__name__}: mode is 'auto', 'min' or 'max', not {mode!r}")
        self.monitor = monitor
        self.mode = mode
        self.min_delta = abs(min_delta)
        self.best: float | None = None

    def _current(self, logs: Logs | None) -> float | None:
        """Return the number that is watched; where there is none, warn of what there is."""
        found = (logs or {}).get(self.monitor)
        if found is None:
            known = ", ".join(logs or ())
            warnings.warn(
                f"{type(self).__name__}: there is no {self.monitor!r} to watch; there are {known}", stacklevel=4
            )
            return None
        if np.ndim(found):
            raise ValueError(
                f"{type(self).__name__}: {self.monitor!r} is an array of {np.size(found)} numbers, one for each class; "
                "watch one number, such as F1Score(average='macro')"
            )
        return float(found)

    def _better(self, value: float, than: float | None) -> bool:
        if than is None:
            return True
        return value > than + self.min_delta if self._way() == "max" else value < than - self.min_delta

    def on_loop_begin(self, loop: Loop) -> None:  # noqa: ARG002
        self._way()

    def _way(self) -> str:
        """Return "max" or "min"; ValueError where that is to be found, and is not known."""
        if self.mode != "auto":
            return self.mode
        modes: dict[str, str | None] = self.model.objective.modes()
        found = modes.get(self.monitor) or modes.get(self.monitor.removeprefix("val_"))
        if found is None:
            raise ValueError(
                f"{type(self).__name__}: is a larger {self.monitor!r} better? Pass mode='max' or mode='min'. It is "
                f"known of {', '.join(name for name, mode in modes.items() if mode)}."
            )
        return found


class EarlyStopping(Monitor):
    """Ends training when the watched number has not become better for `patience` epochs.

    Better than the best so far by more than `min_delta`; and than `baseline`, where that is given. With
    `restore_best_weights` the model ends with those of the best epoch. Epochs before `start_from_epoch` do not count.
    """

    state = ("best", "wait", "stopped_epoch", "best_epoch", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        self.wait = self.stopped_epoch = self.best_epoch = 0
        self.best = None
        self.best_weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        current = self._current(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.restore_best_weights and self.best_weights is None:
            self.best_weights = self.model.get_weights()
        self.wait += 1
        if self._better(current, self.best):
            self.best, self.best_epoch = current, epoch
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            if self.baseline is None or self._better(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        if self.stopped_epoch and self.verbose:
            print(f"Epoch {self.stopped_epoch + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)


class ReduceLROnPlateau(Monitor):
    """Multiplies the learning rate by `factor` when the watched number has not become better for `patience` epochs.

    Not below `min_lr`, and not within `cooldown` epochs after the last time.
    """

    state = ("best", "wait", "cooldown_counter")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 0.0001,
        cooldown: int = 0,
        min_lr: float = 0.0,
    ) -> None:
        super().__init__(monitor, mode, min_delta)
        if not 0 <= factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be at least 0 and less than 1, it is {factor!r}")
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.on_train_begin()

    def on_train_begin(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        self.best = None
        self.wait = self.cooldown_counter = 0

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        optimizer = self.model.optimizer
        if logs is not None:
            logs["learning_rate"] = optimizer.learning_rate
        current = self._current(logs)
        if current is None:
            return
        if self.cooldown_counter:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._better(current, self.best):
            self.best, self.wait = current, 0
        elif not self.cooldown_counter:
            self.wait += 1
            if self.wait >= self.patience and optimizer.learning_rate > self.min_lr:
                optimizer.learning_rate = max(optimizer.learning_rate * self.factor, self.min_lr)
                if self.verbose:
                    print(
                        f"\nEpoch {epoch + 1}: ReduceLROnPlateau reducing learning rate to {optimizer.learning_rate}."
                    )
                self.cooldown_counter, self.wait = self.cooldown, 0


class ModelCheckpoint(Monitor):
    """Saves the model at the end of each epoch, or every `save_freq` steps; with `save_best_only` where it is better.

    `filepath` may have the fields {epoch}, {batch} and those of the logs, as in
    "model-{epoch:02d}-{val_loss:.3f}.keras". With `save_weights_only` it ends in .safetensors.
    """

    state = ("best", "_since", "_epoch")

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, 0)
        self.filepath = os.fspath(filepath)
        ending = ".safetensors" if save_weights_only else ".keras"
        if not self.filepath.endswith(ending):
            raise ValueError(f"ModelCheckpoint: filepath must end in {ending}, not {self.filepath!r}")
        self.save_freq, self._every = save_freq, checked_frequency("ModelCheckpoint", save_freq)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.best = initial_value_threshold
        self._epoch = 0
        self._since = 0

    def on_loop_begin(self, loop: Loop) -> None:
        if self.save_best_only:
            super().on_loop_begin(loop)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:  # noqa: ARG002
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        if self._every is None:
            return
        self._since += 1
        if self._since >= self._every:
            self._since = 0
            self._save(self._epoch, logs, batch=batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        if self._every is None:
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Logs | None, **fields: Any) -> None:
        if self.save_best_only:
            current = self._current(logs)
            if current is not None:
                if not self._better(current, self.best):
                    self._say(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {self.best:.5f}")
                    return
                self.best = current
        try:
            path = Path(self.filepath.format(epoch=epoch + 1, **fields, **(logs or {})))
        except KeyError as error:
            raise KeyError(
                f"ModelCheckpoint: {self.filepath!r} has the field {error}; there are epoch, {', '.join(logs or ())}"
            ) from None
        path.parent.mkdir(parents=True, exist_ok=True)
        save: Callable[[Path], None] = self.model.save_weights if self.save_weights_only else self.model.save
        save(path)
        self._say(f"\nEpoch {epoch + 1}: saved the model to {path}")

    def _say(self, text: str) -> None:
        if self.verbose:
            print(text)


def checked_frequency(what: str, save_freq: int | str) -> int | None:
    """Return after how many steps to save, None for "epoch"; ValueError for anything else."""
    if save_freq == "epoch":
        return None
    if isinstance(save_freq, bool) or not isinstance(save_freq, int) or save_freq < 1:
        raise ValueError(f"{what}: save_freq is 'epoch' or a number of steps, not {save_freq!r}")
    return save_freq
