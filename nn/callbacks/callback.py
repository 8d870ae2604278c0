"""`Callback`: what is told of training as it goes on, and may stop it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nn.training.loop import Loop

HOOKS: Final = tuple(
    f"on_{what}_{when}"
    for what in ("train", "epoch", "batch", "train_batch", "test", "test_batch", "predict", "predict_batch")
    for when in ("begin", "end")
)
Logs = dict[str, Any]


class Callback:
    """Something that `fit`, `evaluate` and `predict` tell what they do: override the hooks that matter.

    `model` is the model, `params` has "epochs", "steps" and "verbose". Set `self.model.stop_training = True` to end
    training with the current step. `logs` maps names to numbers, those of an epoch "val_loss" and the like too; what is
    added to it in `on_epoch_end` gets into the history.

    >>> import nn
    >>> class Steps(Callback):
    ...     count = 0
    ...     def on_train_batch_end(self, batch, logs=None):
    ...         self.count += 1
    >>> model = nn.Sequential([nn.Dense(1)])
    >>> model.compile(loss="mse")
    >>> steps = Steps()
    >>> history = model.fit([[1.0], [2.0], [3.0]], [1, 2, 3], batch_size=2, epochs=5, callbacks=[steps], verbose=0)
    >>> steps.count
    10
    """

    model: Any = None
    params: dict[str, Any] = {}  # noqa: RUF012 - replaced, never written to
    state: tuple[str, ...] = ()  # attributes that belong to the state of training, and are kept by a checkpoint

    def set_model(self, model: Any) -> None:
        """Take note of the model."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take note of the number of epochs, of the steps of one, and of `verbose`."""
        self.params = params

    def on_loop_begin(self, loop: Loop) -> None:
        """Take note of the loop, after all callbacks know that training begins and before its first step."""

    def on_boundary(self, loop: Loop) -> None:
        """Take note that a step, or an epoch with its validation, is complete: the state of training is whole."""

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Take note that training begins."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Take note that training has ended."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Take note that an epoch begins; they are counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take note of what an epoch has come to."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Do as on_train_batch_begin: its older name."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Do as on_train_batch_end: its older name."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Take note that a step begins; they are counted from 0 in each epoch."""

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Take note of the means over the epoch so far."""

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Take note that `evaluate`, or validation, begins."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Take note of what `evaluate`, or validation, has come to."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Take note that a batch of `evaluate` begins."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Take note of the means over the batches so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Take note that `predict` begins."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Take note that `predict` has ended."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Take note that a batch of `predict` begins."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Take note of the outputs of a batch, which are logs["outputs"]."""


class CallbackList:
    """Several callbacks as one; a hook that none of them overrides costs nothing: `wants` tells so."""

    def __init__(self, callbacks: Iterable[Callback] | Callback | None, model: Any, params: dict[str, Any]) -> None:
        self.callbacks: Sequence[Callback] = ()
        self._told: Mapping[str, Sequence[Callable[..., None]]] = _NOBODY
        if callbacks is None:
            return
        given = [callbacks] if isinstance(callbacks, Callback) else list(callbacks or ())
        for callback in given:
            if not isinstance(callback, Callback):
                raise TypeError(f"callbacks: needs a Callback, such as EarlyStopping(); not {callback!r}")
            callback.set_model(model)
            callback.set_params(params)
        self.callbacks = given
        self._told = {hook: [own for c in given if (own := _own(c, hook)) is not None] for hook in _NOBODY}

    def wants(self, hook: str) -> bool:
        """Return whether any callback overrides this hook."""
        return bool(self._told[hook])

    def tell(self, hook: str, *about: Any) -> None:
        """Call a hook of every callback that overrides it, in their order."""
        for told in self._told[hook]:
            told(*about)


_NOBODY: Final[Mapping[str, Sequence[Callable[..., None]]]] = dict.fromkeys(
    (*HOOKS, "on_loop_begin", "on_boundary"), ()
)


_OLDER: Final = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


def _own(callback: Callback, hook: str) -> Callable[..., None] | None:
    """Return a callback's own method for a hook, under its older name if it has none under the present one."""
    own: Callable[..., Any] = getattr(callback, hook)
    if getattr(own, "__func__", own) is not getattr(Callback, hook):
        return own
    return _own(callback, _OLDER[hook]) if hook in _OLDER else None
