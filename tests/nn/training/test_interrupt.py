"""Ctrl-C ends training between two steps; exceptions leave things in order too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import nn
from nn.callbacks import Callback
from tests.nn.data import numbers, regressor

X, Y = numbers(64)
heard = pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="Ctrl-C is ignored here, as in a shell's background"
)


class PressAt(nn.Sequential):
    """A model that gets Ctrl-C in the middle of a step: after the backward pass, before the update."""

    at = 3

    def train_step(self, batch: Any) -> None:
        optimizer = self.optimizer
        assert optimizer is not None
        if optimizer.iterations + 1 == self.at:
            step = optimizer.step

            def pressed() -> None:
                os.kill(os.getpid(), signal.SIGINT)
                del optimizer.step  # type: ignore[method-assign]
                step()

            optimizer.step = pressed  # type: ignore[method-assign]
        super().train_step(batch)


@heard
def test_ctrl_c_waits_for_the_end_of_the_step() -> None:
    """The step that was under way is complete; the history has the complete epochs; training can go on."""
    nn.set_random_seed(0)
    model = PressAt([nn.Dense(1)])
    model.compile("adam", "mse")
    model.at = 6
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=16, epochs=3, shuffle=False, verbose=0)
    assert model.optimizer is not None and model.optimizer.iterations == 6
    assert model.history is not None and model.history.epoch == [0] and len(model.history.history["loss"]) == 1
    assert not model.training and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    nn.set_random_seed(0)
    other = nn.Sequential([nn.Dense(1)])
    other.compile("adam", "mse")
    other.fit(X, Y, batch_size=16, epochs=1, shuffle=False, verbose=0)
    other.fit(X[:32], Y[:32], batch_size=16, epochs=1, shuffle=False, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), other.get_weights(), strict=True))
    model.at = -1
    assert len(model.fit(X, Y, verbose=0).epoch) == 1


@heard
def test_ctrl_c_between_steps_is_raised_at_once() -> None:
    """While a callback runs, or data are awaited, nothing waits."""

    class Press(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                os.kill(os.getpid(), signal.SIGINT)
                raise AssertionError("the interrupt did not come")

    model = regressor()
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, batch_size=16, callbacks=[Press()], verbose=0)
    assert model.optimizer is not None and model.optimizer.iterations == 2


@heard
def test_in_other_threads_and_under_other_handlers() -> None:
    """Training in a thread leaves signals alone, and so does it where somebody else handles them."""
    seen: list[Any] = []
    found: list[Any] = []

    def work() -> None:
        regressor().fit(X, Y, epochs=2, verbose=0)
        found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
    before = signal.signal(signal.SIGINT, lambda *_: seen.append(1))
    try:
        model = PressAt([nn.Dense(1)])
        model.compile("adam", "mse")
        model.fit(X, Y, batch_size=16, epochs=2, verbose=0)
        assert seen == [1] and model.optimizer is not None and model.optimizer.iterations == 8
    finally:
        signal.signal(signal.SIGINT, before)


@heard
def test_a_script_ends_with_keyboard_interrupt() -> None:
    """A program that trains ends at Ctrl-C as Python programs do, and within a moment."""
    program = (
        "import nn, numpy as np\n"
        "m = nn.Sequential([nn.Dense(64, 'relu'), nn.Dense(1)]); m.compile('adam', 'mse')\n"
        "x = np.random.default_rng(0).normal(size=(4096, 64))\n"
        "print('go', flush=True)\n"
        "m.fit(x, x[:, 0], epochs=10**6, verbose=0)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None and process.stdout.readline() == "go\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == -signal.SIGINT and "KeyboardInterrupt" in errors


def test_an_exception_leaves_the_model_usable() -> None:
    """What a callback raises comes out; the model infers, and can be trained again."""

    class Raise(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                raise RuntimeError("mine")

    model = regressor()
    with pytest.raises(RuntimeError, match="mine"):
        model.fit(X, Y, epochs=3, callbacks=[Raise()], verbose=0)
    assert not model.training and model.history is not None and model.history.epoch == [0]
    model.fit(X, Y, verbose=0)
