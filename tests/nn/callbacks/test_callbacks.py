"""Callbacks: when they are told what, and what those that come with the package do."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from nn.callbacks.callback import HOOKS
from tests.nn.data import numbers, regressor, same

X, Y = numbers(64)


class Told(Callback):
    """Notes what it is told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []


for hook in HOOKS:
    setattr(Told, hook, lambda self, *about, hook=hook: self.told.append((hook, *about)))


def test_the_order_of_the_hooks() -> None:
    """As in Keras: train, epoch, batches, validation within the epoch."""
    told = Told()
    model = regressor()
    model.fit(X, Y, batch_size=32, epochs=2, callbacks=[told], validation_data=(X, Y), verbose=0)
    batches = ["on_train_batch_begin", "on_train_batch_end"] * 2
    test = ["on_test_begin", *["on_test_batch_begin", "on_test_batch_end"] * 2, "on_test_end"]
    epoch = ["on_epoch_begin", *batches, *test, "on_epoch_end"]
    assert [name for name, *_ in told.told] == ["on_train_begin", *epoch, *epoch, "on_train_end"]
    by_name = {name: about for name, *about in told.told}
    assert by_name["on_epoch_end"][0] == 1 and by_name["on_epoch_end"][1].keys() == {
        "loss",
        "mae",
        "val_loss",
        "val_mae",
    }
    assert by_name["on_train_batch_end"][0] == 1 and by_name["on_train_batch_end"][1].keys() == {"loss", "mae"}
    assert told.model is model and told.params == {"epochs": 2, "steps": 2, "verbose": 0}
    told.told.clear()
    model.evaluate(X, Y, batch_size=32, callbacks=told, verbose=0), model.predict(X, callbacks=[told], verbose=0)
    names = [name for name, *_ in told.told]
    assert names == [
        *test,
        "on_predict_begin",
        *["on_predict_batch_begin", "on_predict_batch_end"] * 2,
        "on_predict_end",
    ]
    assert told.told[-2][2]["outputs"].shape == (32, 1)


def test_what_a_callback_adds_to_the_logs_gets_into_the_history() -> None:
    """So with the learning rate of a scheduler."""
    adds = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(mine=epoch * 10))
    schedule = LearningRateScheduler(lambda epoch, rate: 0.1 if epoch == 0 else rate / 2)
    history = regressor().fit(X, Y, epochs=3, callbacks=[adds, schedule], verbose=0).history
    assert history["mine"] == [0, 10, 20] and history["learning_rate"] == [0.1, 0.05, 0.025]
    history = regressor().fit(X, Y, epochs=2, callbacks=[LearningRateScheduler(lambda epoch: 0.5)], verbose=0).history
    assert history["learning_rate"] == [0.5, 0.5]
    with pytest.raises(TypeError, match="must return a number"):
        regressor().fit(X, Y, callbacks=[LearningRateScheduler(lambda epoch: "slow")], verbose=0)
    with pytest.raises(TypeError, match="needs a Callback"):
        regressor().fit(X, Y, callbacks=[EarlyStopping], verbose=0)


def test_stop_training_ends_with_the_step() -> None:
    """A callback may end training after any step."""

    class Stop(Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.stop_training = batch == 2

    model = regressor()
    model.fit(X, Y, batch_size=8, epochs=5, callbacks=[Stop()], verbose=0)
    assert model.optimizer is not None and model.optimizer.iterations == 3


class Scripted(nn.Sequential):
    """A model whose validation loss goes as told; its weight is the number of the epoch."""

    def __init__(self, losses: list[float]) -> None:
        super().__init__([nn.Dense(1, use_bias=False, input_dim=1)])
        self.script = losses
        self.epochs_done = 0
        self.compile(nn.SGD(0.1), "mse")

    def train_step(self, batch: Any) -> None:
        self.layers[0].set_weights([[[float(self.epochs_done)]]])
        self.objective.add(1, 0.0, [])

    def test_step(self, batch: Any) -> None:
        self.objective.add(1, self.script[self.epochs_done], [])
        self.epochs_done += 1

    def run(self, *callbacks: Callback) -> Any:
        data = np.ones((1, 1))
        return self.fit(
            data, data, epochs=len(self.script), validation_data=(data, data), callbacks=callbacks, verbose=0
        )


@pytest.mark.parametrize(
    ("options", "epochs", "weight"),
    [
        ({"patience": 0}, 3, 2),
        ({"patience": 2}, 6, 5),
        ({"patience": 2, "restore_best_weights": True}, 6, 3),
        ({"patience": 1, "min_delta": 1.5}, 3, 2),
        ({"patience": 1, "mode": "max"}, 2, 1),
        ({"patience": 1, "start_from_epoch": 3}, 5, 4),
        ({"patience": 2, "baseline": 1.0}, 3, 2),
        ({"patience": 9, "restore_best_weights": True}, 8, 3),
    ],
)
def test_early_stopping(options: dict[str, Any], epochs: int, weight: int) -> None:
    """When it ends, and with which weights; on the losses 5 3 4 2 6 7 8 9."""
    model = Scripted([5, 3, 4, 2, 6, 7, 8, 9])
    assert len(model.run(EarlyStopping(**options)).epoch) == epochs
    assert model.layers[0].kernel.item() == weight


def test_monitors_know_which_way_is_better() -> None:
    """A metric says so, whatever it is called; losses are to fall; what is not known is an error at once."""

    def gini(y_true: Any, y_pred: Any) -> Any:
        return np.mean(np.abs(y_pred - y_true), axis=-1)

    model = regressor(
        metrics=["mae", nn.metrics.R2Score(name="fit"), nn.metrics.RootMeanSquaredError(name="top"), gini]
    )
    for name, better in {"loss": 0.4, "val_mae": 0.4, "top": 0.4, "fit": 0.6}.items():
        stopping = EarlyStopping(name)
        model.fit(X, Y, callbacks=[stopping], validation_data=(X, Y), verbose=0)
        assert stopping._better(better, 0.5) and not stopping._better(1 - better, 0.5), name
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"is a larger 'gini' better\? Pass mode='max'.* known of loss, mae, fit, top"):
        model.fit(X, Y, callbacks=[EarlyStopping("gini")], verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert EarlyStopping("gini", mode="max")._better(0.6, 0.5)
    with pytest.warns(UserWarning, match="no 'val_loss' to watch; there are loss, mae"):
        regressor().fit(X, Y, callbacks=[EarlyStopping()], verbose=0)
    with pytest.raises(ValueError, match="mode is"):
        EarlyStopping(mode="up")


def test_reduce_lr_on_plateau(capsys: pytest.CaptureFixture[str]) -> None:
    """The rate falls after `patience` epochs, not within the cooldown, not below the least."""
    model = Scripted([5, 5, 5, 5, 5, 5, 5, 5])
    history = model.run(ReduceLROnPlateau(factor=0.5, patience=2, cooldown=1, min_lr=0.03, verbose=1)).history
    assert history["learning_rate"] == pytest.approx([0.1, 0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03])
    assert "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.05" in capsys.readouterr().out
    with pytest.raises(ValueError, match="less than 1"):
        ReduceLROnPlateau(factor=1.0)


def test_model_checkpoint(tmp_path: Path) -> None:
    """Each epoch, the best only, every so many steps, weights only; names with fields."""
    model = Scripted([5, 3, 4, 2])
    model.run(
        ModelCheckpoint(tmp_path / "all" / "{epoch:02d}-{val_loss:.1f}.keras"),
        ModelCheckpoint(tmp_path / "best.keras", save_best_only=True),
        ModelCheckpoint(tmp_path / "w{epoch}.safetensors", save_weights_only=True, save_best_only=True, mode="max"),
    )
    assert sorted(p.name for p in (tmp_path / "all").iterdir()) == [
        "01-5.0.keras", "02-3.0.keras", "03-4.0.keras", "04-2.0.keras"
    ]  # fmt: skip
    with_class = {"Scripted": nn.Sequential}
    assert nn.load_model(tmp_path / "best.keras", with_class).layers[0].kernel.item() == 3
    assert [p.name for p in tmp_path.glob("w*")] == ["w1.safetensors"]
    trained = regressor()
    trained.fit(X, Y, batch_size=8, epochs=2, verbose=0,
                callbacks=[ModelCheckpoint(tmp_path / "s{epoch}-{batch}.keras", save_freq=5)])  # fmt: skip
    assert sorted(p.name for p in tmp_path.glob("s*")) == ["s1-5.keras", "s2-2.keras", "s2-7.keras"]
    with pytest.raises(ValueError, match=r"must end in \.keras"):
        ModelCheckpoint("weights.h5")
    with pytest.raises(ValueError, match="save_freq"):
        ModelCheckpoint("m.keras", save_freq=0)
    with pytest.raises(KeyError, match=r"'val_acc'; there are epoch, loss"):
        regressor().fit(X, Y, callbacks=[ModelCheckpoint("m{val_acc}.keras")], verbose=0)


def test_csv_logger(tmp_path: Path) -> None:
    """One line for each epoch beneath the names; appending goes on in the file."""
    path = tmp_path / "log.csv"
    regressor().fit(X, Y, epochs=2, callbacks=[CSVLogger(path)], verbose=0)
    regressor().fit(X, Y, epochs=1, callbacks=[CSVLogger(path, append=True)], verbose=0)
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert (
        [row["epoch"] for row in rows] == ["0", "1", "0"]
        and float(rows[1]["loss"]) > 0
        and rows[0].keys() == {"epoch", "loss", "mae"}
    )
    regressor().fit(X, Y, epochs=1, callbacks=[CSVLogger(path, separator=";")], verbose=0)
    assert path.read_text().startswith("epoch;loss;mae") and path.read_text().count("\n") == 2


def test_terminate_on_nan(capsys: pytest.CaptureFixture[str]) -> None:
    """Instead of an error training ends, with parameters still finite."""
    model = nn.Sequential([nn.Dense(1)])
    model.compile(nn.SGD(1e20), "mse")
    history = model.fit(X, Y, epochs=5, callbacks=[TerminateOnNaN()], verbose=0)
    assert "terminating training" in capsys.readouterr().out and math.isnan(history.history["loss"][-1])
    assert len(history.epoch) < 5 and all(np.isfinite(w).all() for w in model.get_weights())


def test_callbacks_do_not_change_what_is_learned() -> None:
    """A run with callbacks that only look ends in the same bits as one without."""
    plain, watched = regressor(), regressor()
    plain.fit(X, Y, epochs=3, verbose=0)
    watched = regressor()
    watched.fit(X, Y, epochs=3, callbacks=[Told()], validation_data=(X, Y), verbose=0)
    assert same(plain, watched)


def test_hooks_by_their_older_names() -> None:
    """on_batch_begin and on_batch_end are told of the steps of training, once each."""

    class Older(Callback):
        def __init__(self) -> None:
            self.told: list[str] = []

        def on_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.told.append(f"begin {batch}")

        def on_batch_end(self, batch: int, logs: Any = None) -> None:
            self.told.append(f"end {batch}")

    older = Older()
    regressor().fit(X[:40], Y[:40], callbacks=[older], verbose=0)
    assert older.told == ["begin 0", "end 0", "begin 1", "end 1"]


def test_csv_of_what_is_measured_now_and_then(tmp_path: Path) -> None:
    """A column for what validation will measure is there from the first row, NA until then."""
    path = tmp_path / "log.csv"
    regressor().fit(
        X, Y, epochs=2, validation_data=(X, Y), validation_freq=2, callbacks=[CSVLogger(path)], verbose=0
    )  # fmt: skip
    with open(path, newline="") as file:
        first, second = csv.DictReader(file)
    assert first["val_loss"] == "NA" and float(second["val_loss"]) > 0 and first.keys() == second.keys()


def test_early_stopping_by_several_numbers() -> None:
    """A metric of several numbers cannot be monitored; the error says so."""
    model = regressor(metrics=[nn.metrics.R2Score(class_aggregation=None)])
    with pytest.raises(ValueError, match="r2_score"):
        model.fit(X, Y, callbacks=[EarlyStopping("r2_score", mode="max")], verbose=0)


def test_ways_that_nobody_needs() -> None:
    """A checkpoint of every epoch need not know which way is better; an output may be called val_x."""

    def gini(y_true: Any, y_pred: Any) -> Any:
        return np.mean(np.abs(y_pred - y_true), axis=-1)

    model = regressor(metrics=[gini])
    model.fit(X, Y, callbacks=[Checkpoints(monitor="gini")], verbose=0)
    x = nn.Input((3,))
    two = nn.Model(x, [nn.Dense(1, name="val_x")(x), nn.Dense(1, name="b")(x)])
    two.compile("sgd", "mse")
    two.fit(X, [Y, Y], callbacks=[EarlyStopping("val_x_loss")], verbose=0)


class Checkpoints(ModelCheckpoint):
    """One that writes nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__("m.keras", **options)

    def _save(self, epoch: int, logs: Any, **fields: Any) -> None:
        pass
