"""The step of `fit` as one compiled program, and when it is worth it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from autograd import compile as compiled
from autograd import require
from nn.training.sources import Batch

if TYPE_CHECKING:
    from nn.training.trainer import Trainer

WARM: Final = 64
"""Steps of the optimizer after which a step is compiled: a short training is over before a compiler is.

They are counted by the optimizer, so that training that is taken up again goes on as it would have.
"""


MOST: Final = 4
"""Kinds of batches that steps are compiled for: if they are of ever other shapes, the rest is computed eagerly."""


class LossNotFinite(Exception):
    """Raised by a compiled step, before anything has changed."""


class StepPrograms:
    """The compiled steps of a model; never part of a copy of it."""

    def __init__(self) -> None:
        self._seen: Any = None
        self._step: Any = None  # a compiled function
        self._shapes: set[Any] = set()  # of the batches that steps are compiled for
        self._refused = False  # whether the step cannot be compiled, as the model is

    def __reduce__(self) -> Any:
        return StepPrograms, ()

    def look_around(self, trainer: Trainer) -> None:
        """Forget the programs if the model is no longer what they were made of."""
        seen = (
            trainer.optimizer,
            trainer.objective,
            *((part, vars(part).get("_changes", 0)) for part in trainer.modules() if part is not trainer),
            *((p, p.requires_grad) for p in trainer.parameters()),
            trainer.settings(),
        )
        if self._seen is None or len(seen) != len(self._seen) or not all(map(_same, seen, self._seen)):
            self._seen, self._step, self._refused = seen, None, False
            self._shapes.clear()

    def run(self, trainer: Trainer, batch: Batch, *, strict: bool) -> tuple[float, list[float], list[Any]] | None:
        """Make a step; return the loss, that of each output and what metrics gather; None where it is not compiled.

        Raises LossNotFinite, with nothing changed.
        """
        weights = [] if batch.w is None else batch.w
        if self._refused or self._seen is None or any(w is None for w in weights) or self._is_one_too_many(batch):
            return None
        if self._step is None:
            self._step = compiled(_step_of(weakref.proxy(trainer), len(batch.y)))
        optimizer = trainer.optimizer
        assert optimizer is not None
        before = {name: getattr(optimizer, name) for name in ("iterations", *optimizer.scalars)}
        known = len(self._step.programs)
        try:
            loss, parts, found = self._step(batch.x, *batch.y, *weights)
        except LossNotFinite:
            vars(optimizer).update(before)
            raise
        except Exception:
            if strict or len(self._step.programs) > known:
                raise
            vars(optimizer).update(before)
            self._refused = True
            return None
        return float(loss), [float(part) for part in parts], found

    def _is_one_too_many(self, batch: Batch) -> bool:
        """Return whether steps are compiled for as many kinds of batches as there may be, and this is another one."""
        shape = len(batch.y[0]) if type(batch.x) is not np.ndarray else batch.x.shape
        if shape in self._shapes:
            return False
        if len(self._shapes) >= MOST:
            return True
        self._shapes.add(shape)
        return False


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) == 2:
        return a[0] is b[0] and a[1] == b[1]
    return a is b or (isinstance(a, tuple) and a == b)


def _step_of(trainer: Any, outputs: int) -> Callable[..., Any]:
    """Return a step of a model with so many outputs, as a function of x, the targets and the weights."""

    def step(x: Any, *rest: Any) -> tuple[Any, list[Any], list[Any]]:
        ys, ws = list(rest[:outputs]), list(rest[outputs:]) or None
        loss, parts, outs = trainer.loss_and_outputs(Batch(x, ys, ws))
        require(np.isfinite(loss), LossNotFinite)
        optimizer = trainer.optimizer
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        trainer.constrain()
        found = trainer.objective.measured(ys, outs, ws)
        optimizer.zero_grad()
        return loss.data, [part.data for part in parts], found

    return step
