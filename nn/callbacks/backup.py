"""A checkpoint of training that goes on as if it had never been interrupted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nn.callbacks.callback import Callback, Logs
from nn.callbacks.monitoring import checked_frequency
from nn.saving.archive import read_archive, write_archive
from nn.saving.arrays import SLOTS, WEIGHTS, beneath, gathered, load_slots
from nn.saving.files import ModelFileError
from nn.saving.state import packed, unpacked

if TYPE_CHECKING:
    from nn.training.loop import Loop

_DOCUMENT: Final = "state.json"


class BackupAndRestore(Callback):
    """Keeps the state of training in `backup_dir`; when `fit` is called again, it goes on from there, bit for bit.

    That is: parameters and buffers, the optimizer's arrays, its learning rate and step count, every generator of
    random numbers, the epoch, the step in it and the order of the examples, metrics, the history, and the state of
    the other callbacks. The call must be the same: model, data, callbacks. `save_freq` is "epoch" or a number of
    steps. When training is complete the checkpoint is deleted, unless `delete_checkpoint` is False.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: int | str = "epoch",
        delete_checkpoint: bool = True,
    ) -> None:
        if not os.fspath(backup_dir):
            raise ValueError("BackupAndRestore: backup_dir must not be empty")
        self.backup_dir = Path(backup_dir)
        self.save_freq, self._every = save_freq, checked_frequency("BackupAndRestore", save_freq)
        self.delete_checkpoint = delete_checkpoint
        self._saved_at = 0

    @property
    def path(self) -> Path:
        """The file that holds the state."""
        return self.backup_dir / "latest.checkpoint"

    def on_loop_begin(self, loop: Loop) -> None:
        self._saved_at = 0
        if self.path.exists():
            self._restore(loop)

    def on_boundary(self, loop: Loop) -> None:
        steps = loop.trainer.optimizer.iterations if loop.trainer.optimizer else 0
        if not loop.within if self._every is None else steps - self._saved_at >= self._every:
            self._saved_at = steps
            self._save(loop)

    def on_train_end(self, logs: Logs | None = None) -> None:  # noqa: ARG002
        if self.delete_checkpoint:
            self.path.unlink(missing_ok=True)

    def _save(self, loop: Loop) -> None:
        document, arrays = _taken(loop)
        self.backup_dir.mkdir(parents=True, exist_ok=True)
        write_archive(self.path, {_DOCUMENT: document}, arrays)

    def _restore(self, loop: Loop) -> None:
        (document,), arrays = read_archive(self.path, (_DOCUMENT,))
        before = _taken(loop)
        try:
            _put_back(loop, document, arrays)
        except Exception as error:  # whatever a state of something else leads to
            _put_back(loop, *before)
            raise ModelFileError(
                f"{self.path}: is of another training than this one: {error}. To begin anew, delete it."
            ) from error
        assert loop.trainer.optimizer is not None
        self._saved_at = loop.trainer.optimizer.iterations


def _taken(loop: Loop) -> tuple[Any, dict[str, Any]]:
    """Return the state of training as a document and arrays."""
    optimizer = loop.trainer.optimizer
    assert optimizer is not None
    document, arrays = packed({"loop": loop.get_state(), "optimizer": optimizer.get_state()})
    return document, arrays | gathered(loop.trainer, optimizer)


def _put_back(loop: Loop, document: Any, arrays: dict[str, Any]) -> None:
    """Go on from what `_taken` gave."""
    optimizer = loop.trainer.optimizer
    assert optimizer is not None
    state = unpacked(document, arrays)
    load_slots(optimizer, beneath(SLOTS, arrays))
    loop.trainer.load_state_dict(beneath(WEIGHTS, arrays))
    optimizer.set_state(state["optimizer"])
    loop.set_state(state["loop"])
