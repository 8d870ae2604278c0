"""`BackupAndRestore`: a training that was cut off goes on as if it had not been, to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.callbacks import BackupAndRestore, Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from nn.saving import ModelFileError
from nn.saving.archive import read_archive, write_archive
from nn.saving.state import packed, unpacked
from tests.nn.data import numbers

X, Y = numbers(50)


class CutOff(Callback):
    """Ends training, as a machine that stops would: by an exception after some steps."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError("the power is out")


def network() -> nn.Sequential:
    """Everything that has state: dropout of both kinds, batch statistics, slots, a metric that gathers."""
    model = nn.Sequential(
        [
            nn.Dense(8, "relu", input_dim=3),
            nn.Dropout(0.2, seed=5),
            nn.BatchNormalization(),
            nn.Dropout(0.2),
            nn.Dense(1),
        ]
    )
    model.compile(nn.optimizers.Nadam(0.01), "mse", metrics=["mae", "r2"])
    return model


def run(folder: Path | None, freq: Any, after: int | None, **options: Any) -> tuple[nn.Model, Any, Any]:
    """Train for 5 epochs of 7 steps; return model, history and the callbacks."""
    nn.set_random_seed(7)
    model = network()
    stopping = EarlyStopping("val_loss", patience=3, restore_best_weights=True)
    callbacks: list[Callback] = [stopping, ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=10)]
    if folder is not None:
        callbacks.append(BackupAndRestore(folder, save_freq=freq))
    if after is not None:
        callbacks.append(CutOff(after))
    given = {"x": X, "y": Y, "validation_split": 0.1, "batch_size": 7} | options
    history = model.fit(epochs=5, verbose=0, callbacks=callbacks, **given)
    return model, history, callbacks


@pytest.mark.parametrize("freq", ["epoch", 1, 3])
@pytest.mark.parametrize("after", [3, 7, 8, 20, 33])
def test_it_goes_on_bit_for_bit(tmp_path: Path, freq: Any, after: int) -> None:
    """Parameters, buffers, slots, the learning rate, the history and the callbacks end as in one run."""
    whole, expected, callbacks = run(None, None, None)
    with pytest.raises(OSError, match="power"):
        run(tmp_path, freq, after)
    np.random.seed(99)  # noqa: NPY002 - whatever happens in between
    nn.generators.generator().random(10)
    resumed, history, again = run(tmp_path, freq, None)
    assert history.history == expected.history and history.epoch == expected.epoch
    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True))
    assert whole.optimizer is not None and resumed.optimizer is not None
    assert whole.optimizer.get_state() == resumed.optimizer.get_state()
    slots = dict(resumed.optimizer.slot_arrays())
    assert all(np.array_equal(array, slots[name]) for name, array in whole.optimizer.slot_arrays())
    assert (callbacks[0].wait, callbacks[0].best_epoch) == (again[0].wait, again[0].best_epoch)
    assert nn.generators.generator().random() == _next_after_whole()
    assert not (tmp_path / "latest.checkpoint").exists()


def _next_after_whole() -> float:
    run(None, None, None)
    return float(nn.generators.generator().random())


def test_twice_cut_off(tmp_path: Path) -> None:
    """A training may be cut off again and again."""
    whole, expected, _ = run(None, None, None)
    for after in (4, 9, 11):
        with pytest.raises(OSError, match="power"):
            run(tmp_path, 2, after)
    resumed, history, _ = run(tmp_path, 2, None)
    assert history.history == expected.history
    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True))


def test_batches_by_number_and_generators(tmp_path: Path) -> None:
    """What yields batches goes on at the batch where it was."""

    def batches() -> Any:
        return [(X[i : i + 10], Y[i : i + 10]) for i in range(0, 50, 10)]

    options = {"x": batches(), "y": None, "batch_size": None, "validation_split": 0.0, "validation_data": (X, Y)}
    _, expected, _ = run(None, None, None, **options)
    with pytest.raises(OSError, match="power"):
        run(tmp_path, 1, 8, **options)
    assert run(tmp_path, 1, None, **options)[1].history == expected.history


def test_a_checkpoint_of_another_training(tmp_path: Path) -> None:
    """Another model, other data, other callbacks, a damaged file: an error says what to do, and nothing is changed."""
    with pytest.raises(OSError, match="power"):
        run(tmp_path, 1, 3)
    with pytest.raises(ModelFileError, match="number of examples, now 39"):
        run(tmp_path, 1, None, x=X[:44], y=Y[:44])
    model = nn.Sequential([nn.Dense(1)])
    model.compile("adam", "mse")
    with pytest.raises(ModelFileError, match="To begin anew, delete it"):
        model.fit(X, Y, callbacks=[BackupAndRestore(tmp_path)], verbose=0)
    path = tmp_path / "latest.checkpoint"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelFileError, match="no model file"):
        run(tmp_path, 1, None)


def test_it_keeps_the_checkpoint_if_told(tmp_path: Path) -> None:
    """With delete_checkpoint=False the last state stays; a run that is complete has nothing left to do."""
    model = network()
    model.fit(X, Y, epochs=2, callbacks=[BackupAndRestore(tmp_path, delete_checkpoint=False)], verbose=0)
    assert (tmp_path / "latest.checkpoint").exists()
    again = network()
    history = again.fit(X, Y, epochs=2, callbacks=[BackupAndRestore(tmp_path)], verbose=0)
    assert history.epoch == [0, 1] and all(
        np.array_equal(a, b) for a, b in zip(model.get_weights(), again.get_weights(), strict=True)
    )
    with pytest.raises(ValueError, match="save_freq"):
        BackupAndRestore(tmp_path, save_freq="batch")
    with pytest.raises(ValueError, match="must not be empty"):
        BackupAndRestore("")


def test_streams_with_steps_go_on(tmp_path: Path) -> None:
    """Where an epoch is not a pass over the batches, the place in them belongs to the state; in validation's too."""

    class Noisy(nn.utils.PyDataset):
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> Any:
            rows = slice(index * 15, index * 15 + 15)
            return X[rows], Y[rows]

    options = {
        "x": Noisy(), "y": None, "batch_size": None, "validation_split": 0.0, "steps_per_epoch": 4,
        "validation_data": Noisy(), "validation_steps": 2,
    }  # fmt: skip
    _, expected, _ = run(None, None, None, **options)
    for freq, after in ((1, 6), ("epoch", 9)):
        with pytest.raises(OSError, match="power"):
            run(tmp_path, freq, after, **options)
        assert run(tmp_path, freq, None, **options)[1].history == expected.history


def test_a_state_that_does_not_fit_changes_nothing(tmp_path: Path) -> None:
    """Whatever is wrong with a state, parameters, optimizer and generators are as they were before."""
    with pytest.raises(OSError, match="power"):
        run(tmp_path, 1, 3)
    path = tmp_path / "latest.checkpoint"
    (document,), arrays = read_archive(path, ("state.json",))
    for broken in (
        lambda d: d["loop"]["generators"]["own"].clear(),
        lambda d: d["loop"]["generators"]["global"].update(nn={"bit_generator": "PCG64"}),
        lambda d: d["loop"].update(history={}),
        lambda d: d["optimizer"].update(iterations="many"),
        lambda d: d["loop"]["callbacks"].pop(),
    ):
        state = unpacked(document, arrays)
        broken(state)
        changed, more = packed(state)
        write_archive(path, {"state.json": changed}, arrays | more)
        model = network()
        before = model.get_weights()
        place = nn.generators.generator().bit_generator.state
        with pytest.raises(ModelFileError, match="of another training"):
            model.fit(X[:45], Y[:45], batch_size=7, epochs=5, verbose=0,
                      callbacks=[EarlyStopping(), ReduceLROnPlateau(), BackupAndRestore(tmp_path)])  # fmt: skip
        assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
        assert model.optimizer is not None and model.optimizer.iterations == 0
        assert nn.generators.generator().bit_generator.state == place


def test_checkpoints_are_numbered_on(tmp_path: Path) -> None:
    """ModelCheckpoint by steps knows the epoch in which training goes on."""

    def train(after: int | None) -> None:
        nn.set_random_seed(0)
        callbacks = [
            ModelCheckpoint(tmp_path / "s{epoch}-{batch}.keras", save_freq=5), BackupAndRestore(tmp_path / "b", 1)
        ]  # fmt: skip
        network().fit(X, Y, epochs=3, batch_size=16, verbose=0,
                      callbacks=[*callbacks, *([CutOff(after)] if after else [])])  # fmt: skip

    with pytest.raises(OSError, match="power"):
        train(7)
    train(None)
    assert sorted(p.name for p in tmp_path.glob("s*")) == ["s2-1.keras", "s3-2.keras"]


def test_a_training_that_had_stopped_stays_stopped(tmp_path: Path) -> None:
    """Cut off after early stopping, or with the checkpoint kept: no epoch is added."""

    class CutOffAtTheEnd(Callback):
        def on_train_end(self, logs: Any = None) -> None:
            raise OSError("the power is out")

    def train(*callbacks: Callback) -> Any:
        nn.set_random_seed(0)
        stopping = EarlyStopping("loss", patience=1, min_delta=100)
        return network().fit(X, Y, epochs=9, verbose=0, callbacks=[stopping, *callbacks])

    whole = train()
    with pytest.raises(OSError, match="power"):
        train(CutOffAtTheEnd(), BackupAndRestore(tmp_path))
    for _ in range(2):
        assert train(BackupAndRestore(tmp_path, delete_checkpoint=False)).history == whole.history
