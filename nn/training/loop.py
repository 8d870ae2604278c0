"""The loop of `fit`: epochs, steps, validation; and all that it takes to go on from the middle of it."""

from __future__ import annotations

import math
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks.callback import CallbackList
from nn.callbacks.history import History
from nn.generators import global_states, set_global_states, set_state
from nn.training.interrupt import Interruptible
from nn.training.progress import Progress
from nn.training.sources import Source

if TYPE_CHECKING:
    from nn.training.trainer import Trainer


class Loop:
    """Training as it goes on. `epoch` is the current one, `source.done` the steps of it that are complete."""

    def __init__(
        self,
        trainer: Trainer,
        source: Source,
        validation: Source | None,
        epochs: range,
        validation_freq: int | frozenset[int],
        callbacks: Any,
        verbose: int | str,
    ) -> None:
        self.trainer = trainer
        self.source = source
        self.validation = validation
        self.validation_freq = validation_freq
        self.progress = Progress(verbose, epochs.stop, source.steps)
        params = {"epochs": epochs.stop, "steps": source.steps, "verbose": self.progress.verbose}
        self.history = History(params)
        self.epoch = epochs.start
        self.last = epochs.stop
        self.callbacks = CallbackList(callbacks, trainer, params)
        self.logs: dict[str, Any] = {}  # of the last epoch
        self.within = False  # whether an epoch has begun and not ended
        self._resumed = False  # whether the next epoch is the rest of one
        self._broken = False  # whether the loss was not finite, and a callback has chosen to end training over it

    def run(self) -> History:
        """Train; KeyboardInterrupt leaves between two steps, and FloatingPointError before one."""
        trainer, tell = self.trainer, self.callbacks.tell
        trainer.stop_training = False
        with (
            Interruptible() as guard,
            trainer.objective.kept(),
            np.errstate(all="ignore"),
        ):  # what overflows shows in the loss, which is looked at
            try:
                tell("on_train_begin", {})
                tell("on_loop_begin", self)
                while self.epoch < self.last and not trainer.stop_training:
                    self._epoch(guard)
                    self.epoch += 1
                    tell("on_boundary", self)
                tell("on_train_end", self.logs)
            finally:
                self.progress.close()
        return self.history

    def _epoch(self, guard: Interruptible) -> None:
        trainer, objective, tell = self.trainer, self.trainer.objective, self.callbacks.tell
        if not self._resumed:
            self.source.begin()
            tell("on_epoch_begin", self.epoch, {})
            objective.reset()
        self._resumed, self.within = False, True
        trainer.look_around()  # callbacks may have changed layers
        self.progress.begin(self.epoch, self.source.done)
        outside = copy_context()
        with trainer.mode(True):
            self._steps(guard, outside)
        logs = objective.logs() if not self._broken else {"loss": math.nan}
        if self.validation is not None and self._validates():
            measured = trainer.evaluate_source(self.validation, self.callbacks)
            logs |= {f"val_{name}": value for name, value in measured.items()}
        tell("on_epoch_end", self.epoch, logs)
        self.history.add(self.epoch, logs)
        self.progress.end(logs)
        self.logs, self.within = logs, False

    def _steps(self, guard: Interruptible, outside: Context) -> None:
        """Make the steps of an epoch; callbacks are told of them `outside` of the training mode."""
        trainer, objective, source, tell = self.trainer, self.trainer.objective, self.source, self.callbacks.tell
        begins, ends = self.callbacks.wants("on_train_batch_begin"), self.callbacks.wants("on_train_batch_end")
        boundary, step, progress = self.callbacks.wants("on_boundary"), trainer.train_step, self.progress
        for batch in source:
            number = source.done - 1
            if begins:
                outside.run(tell, "on_train_batch_begin", number, {})
                trainer.look_around()
            guard.busy = True
            try:
                objective.report(step(batch))
            except FloatingPointError as error:
                guard.busy = False
                outside.run(tell, "on_train_batch_end", number, {"loss": getattr(error, "loss", math.nan)})
                if not trainer.stop_training:
                    raise
                self._broken = True
                guard.pause()
                return
            guard.pause()
            if ends:
                outside.run(tell, "on_train_batch_end", number, objective.logs())
                trainer.look_around()
            progress.step(objective.logs)
            if boundary and number + 1 != source.steps:
                tell("on_boundary", self)
            if trainer.stop_training:
                return

    def _validates(self) -> bool:
        if isinstance(self.validation_freq, int):
            return (self.epoch + 1) % self.validation_freq == 0
        return self.epoch + 1 in self.validation_freq

    # --- going on from the middle -------------------------------------------------------------------------------

    def get_state(self) -> dict[str, Any]:
        """Return, beside the model's own state, what it takes to go on exactly as if nothing had happened."""
        own = {name: generator.bit_generator.state for name, generator in self.trainer.generators()}
        return {
            "epoch": self.epoch,
            "within": self.within,
            "stopping": self.trainer.stop_training,
            "source": self.source.get_state(),
            "validation": None if self.validation is None else self.validation.get_state(),
            "objective": self.trainer.objective.get_state(),
            "history": self.history.get_state(),
            "generators": {"global": global_states(), "own": own},
            "callbacks": [{name: getattr(callback, name) for name in callback.state} for callback in self._stateful()],
        }

    def _stateful(self) -> list[Any]:
        return [callback for callback in self.callbacks.callbacks if callback.state]

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from what `get_state` gave; ValueError where that was for another model or other callbacks."""
        own = dict(self.trainer.generators())
        if own.keys() != state["generators"]["own"].keys():
            raise ValueError("its model has other generators of random numbers")
        callbacks = self._stateful()
        if [set(values) for values in state["callbacks"]] != [set(callback.state) for callback in callbacks]:
            raise ValueError("it was made with other callbacks")
        if (self.validation is None) != (state["validation"] is None):
            raise ValueError("it was made with validation, or without, unlike this one")
        self.epoch = int(state["epoch"])
        self._resumed = bool(state["within"])
        self.trainer.stop_training = bool(state["stopping"])
        self.source.set_state(state["source"])
        if self.validation is not None:
            self.validation.set_state(state["validation"])
        self.trainer.objective.set_state(state["objective"])
        self.history.set_state(state["history"])
        for callback, values in zip(callbacks, state["callbacks"], strict=True):
            for name in callback.state:
                setattr(callback, name, values[name])
        for name, found in state["generators"]["own"].items():
            set_state(own[name], found)
        set_global_states(state["generators"]["global"])
