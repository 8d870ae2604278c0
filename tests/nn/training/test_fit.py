"""`fit` and its arguments: what is trained on, in which order, with which weights, and what is printed."""

from __future__ import annotations

import io
import os
import sys
import threading
import tracemalloc
from collections import namedtuple
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import nn
from nn.utils import PyDataset
from tests.nn.data import classes, numbers, regressor, same


def test_the_same_seed_gives_the_same_bits() -> None:
    """Two runs from one seed end in equal parameters; another seed does not."""
    x, y = numbers()

    def run(seed: int) -> nn.Sequential:
        nn.set_random_seed(seed)
        model = nn.Sequential([nn.Dense(8, "relu"), nn.Dropout(0.3), nn.Dense(1)])
        model.compile("adam", "mse")
        model.fit(x, y, epochs=3, verbose=0)
        return model

    assert same(run(0), run(0)) and not same(run(0), run(1))


def test_validation_split_takes_the_last_rows() -> None:
    """They are taken before shuffling, and never trained on; weights are split with them."""
    x, y = numbers(20)
    seen: list[Any] = []

    class Watch(nn.Sequential):
        def train_step(self, batch: Any) -> None:
            seen.append(batch.x)
            super().train_step(batch)

    model = Watch([nn.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, validation_split=0.3, sample_weight=np.ones(20), batch_size=4, verbose=0)
    rows = np.concatenate(seen)
    assert len(rows) == 14 and {tuple(r) for r in rows.tolist()} == {tuple(r) for r in x[:14].tolist()}
    assert not np.array_equal(rows, x[:14])
    seen.clear()
    model.fit(x, y, batch_size=8, shuffle=False, verbose=0)
    assert np.array_equal(np.concatenate(seen), x) and [len(part) for part in seen] == [8, 8, 4]


def test_the_loss_of_an_epoch_is_weighted_by_size() -> None:
    """The mean over batches counts each by its examples."""
    x = np.array([[0.0], [0.0], [3.0]], np.float32)
    model = nn.Sequential([nn.Dense(1, use_bias=False, kernel_initializer="ones")])
    model.compile(nn.SGD(0.0), "mse", metrics=["mae"])
    history = model.fit(x, np.zeros(3), batch_size=2, shuffle=False, verbose=0)
    assert history.history == {"loss": [pytest.approx(3)], "mae": [pytest.approx(1)]}


def test_weights_of_examples_and_classes() -> None:
    """An example of weight 0 does not count; a class' weight is that of its examples; classes not named weigh 1."""
    x, y = classes(60, count=2)
    flipped = y.copy()
    flipped[:20] = 1 - flipped[:20]

    def trained(labels: Any, **options: Any) -> nn.Sequential:
        nn.set_random_seed(0)
        model = nn.Sequential([nn.Dense(1, "sigmoid")])
        model.compile("sgd", "binary_crossentropy")
        model.fit(x, labels, epochs=5, shuffle=False, batch_size=60, verbose=0, **options)
        return model

    weight = np.r_[np.zeros(20), np.ones(40)]
    assert same(trained(flipped, sample_weight=weight), trained(y, sample_weight=weight))
    assert same(trained(y, class_weight={0: 1, 1: 3}), trained(y, class_weight={1: 3}))
    assert same(trained(y, class_weight={1: 3}), trained(y, sample_weight=np.where(y == 1, 3.0, 1.0)))
    assert same(
        trained(y, class_weight={1: 3}, sample_weight=weight), trained(y, sample_weight=weight * np.where(y, 3, 1))
    )
    by_column = trained(y, sample_weight=weight[:, None])
    assert same(by_column, trained(y, sample_weight=weight))


class Batches(PyDataset):
    """Batches by number, which notes the order they are asked for in."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.ended = 0

    def __len__(self) -> int:
        return 4

    def __getitem__(self, i: int) -> Any:
        self.asked.append(i)
        x, y = numbers(16)
        return x[i * 4 : i * 4 + 4], y[i * 4 : i * 4 + 4]

    def on_epoch_end(self) -> None:
        self.ended += 1


def endless() -> Iterator[Any]:
    x, y = numbers(16)
    while True:
        yield x[:8], y[:8]
        yield x[8:], y[8:], np.ones(8)


def test_what_yields_batches() -> None:
    """Generators, lists of batches, anything iterable, and batches by number."""
    x, y = numbers(16)
    model = regressor()
    assert model.fit(endless(), epochs=3, steps_per_epoch=3, verbose=0).params["steps"] == 3
    assert model.optimizer is not None and model.optimizer.iterations == 9
    once = ((x[i : i + 4], y[i : i + 4]) for i in range(0, 16, 4))
    assert len(model.fit(once, verbose=0).epoch) == 1
    model = regressor()
    model.fit([(x[:8], y[:8]), (x[8:], y[8:])], epochs=2, verbose=0)
    assert model.optimizer.iterations == 4
    data = Batches()
    model.fit(data, epochs=2, verbose=0, validation_data=Batches())
    assert data.ended == 2 and sorted(data.asked[1:]) == [0, 0, 1, 1, 2, 2, 3, 3]
    data = Batches()
    model.fit(data, shuffle=False, verbose=0)
    assert data.asked[1:] == [0, 1, 2, 3]
    assert model.evaluate(endless(), steps=2, verbose=0) == pytest.approx(model.evaluate(x, y, batch_size=8, verbose=0))
    assert model.predict(endless(), steps=2, verbose=0).shape == (16, 1)
    assert model.predict(Batches(), verbose=0).shape == (16, 1)
    model.fit(x, y, validation_data=endless(), validation_steps=3, verbose=0)


def test_a_generator_starts_with_its_first_batch() -> None:
    """Looking at the first batch, to build the model, does not swallow it."""
    seen = []

    def batches() -> Iterator[Any]:
        for i in range(3):
            yield np.full((2, 1), float(i)), np.zeros(2)

    class Watch(nn.Sequential):
        def train_step(self, batch: Any) -> None:
            seen.append(batch.x[0, 0])
            super().train_step(batch)

    model = Watch([nn.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(batches(), verbose=0)
    assert seen == [0, 1, 2]


def test_arrays_with_steps_go_on_where_they_were() -> None:
    """With steps_per_epoch the next epoch goes on in the data, which begin anew when they are used up."""
    x = np.arange(10.0)[:, None]
    seen: list[float] = []

    class Watch(nn.Sequential):
        def train_step(self, batch: Any) -> None:
            seen.extend(batch.x[:, 0].tolist())
            super().train_step(batch)

    model = Watch([nn.Dense(1)])
    model.compile(nn.SGD(0.0), "mse")
    model.fit(x, x, batch_size=4, steps_per_epoch=2, epochs=3, shuffle=False, verbose=0)
    assert seen == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]


GENERATOR_MISTAKES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "ended": (lambda: iter([numbers(4)]), {"epochs": 2}, "ended with the first epoch"),
    "too short": (lambda: iter([numbers(4)]), {"steps_per_epoch": 3}, "after 1 of 3 steps"),
    "empty": (lambda: iter([]), {}, "not one batch"),
    "no targets": (lambda: iter([numbers(4)[0]]), {}, "targets are missing"),
    "four things": (lambda: iter([(1, 2, 3, 4)]), {}, "not 4 things"),
    "other columns": (lambda: iter([numbers(4), numbers(4, features=2)]), {}, "expects 3 features"),
    "weights beside it": (lambda: iter([numbers(4)]), {"sample_weight": np.ones(4)}, "is for arrays"),
    "split": (lambda: iter([numbers(4)]), {"validation_split": 0.5}, "validation_split needs arrays"),
}


@pytest.mark.parametrize("name", GENERATOR_MISTAKES)
def test_mistakes_of_generators(name: str) -> None:
    """Each says what the generator did, or lacks."""
    make, options, says = GENERATOR_MISTAKES[name]
    with pytest.raises(ValueError, match=says):
        regressor().fit(make(), verbose=0, **options)


def test_validation_in_some_epochs() -> None:
    """validation_freq is a stride, or the epochs themselves; initial_epoch counts on."""
    x, y = numbers(16)
    history = regressor().fit(x, y, epochs=6, validation_data=(x, y), validation_freq=3, verbose=0)
    assert len(history.history["loss"]) == 6 and len(history.history["val_loss"]) == 2
    history = regressor().fit(x, y, epochs=6, validation_data=(x, y), validation_freq=[1, 2, 6], verbose=0)
    assert len(history.history["val_loss"]) == 3
    history = regressor().fit(x, y, epochs=6, initial_epoch=4, verbose=0)
    assert history.epoch == [4, 5] and history.params["epochs"] == 6
    assert regressor().fit(x, y, epochs=2, initial_epoch=5, verbose=0).epoch == []


def test_constraints_and_regularisers_hold_in_training() -> None:
    """A constraint holds after every step; what a regulariser adds is in loss and val_loss, and in no metric."""
    x, y = numbers(16)
    model = nn.Sequential([nn.Dense(4, kernel_constraint="max_norm"), nn.Dense(1, kernel_regularizer=nn.L2(10.0))])
    model.compile(nn.SGD(0.01), "mse", metrics=["mse"])
    history = model.fit(x, y, epochs=2, validation_data=(x, y), verbose=0).history
    assert np.linalg.norm(model.layers[0].kernel.data, axis=0).max() <= 2 + 1e-5
    added = 10 * float(np.sum(model.layers[1].kernel.data ** 2))
    assert history["val_loss"][-1] - history["val_mse"][-1] == pytest.approx(added, rel=1e-4)


def test_accuracy_goes_by_the_shapes() -> None:
    """'acc' and 'accuracy' fit one output, labels and one-hot rows; the history has the name that was given."""
    x, y = classes(count=3)
    for name in ("acc", "accuracy"):
        for labels, loss in ((y, "sparse_categorical_crossentropy"), (np.eye(3)[y], "categorical_crossentropy")):
            nn.set_random_seed(0)
            model = nn.Sequential([nn.Dense(3, "softmax")])
            model.compile(nn.Adam(0.1), loss, metrics=[name])
            history = model.fit(x, labels, epochs=10, verbose=0).history
            assert history[name][-1] > 0.9 and list(history) == ["loss", name]
    model = nn.Sequential([nn.Dense(1, "sigmoid")])
    model.compile(nn.Adam(0.1), "bce", metrics="acc")
    model.fit(x, y == 0, epochs=1, verbose=0)
    with pytest.warns(UserWarning, match="use metrics="):
        regressor(metrics=["acc"]).fit(*numbers(), verbose=0)


def test_crossentropy_goes_by_the_labels() -> None:
    """'crossentropy' is the binary, the sparse or the categorical one."""
    x, y = classes(count=3)
    for units, labels, fitting in ((1, y == 0, nn.BinaryCrossentropy), (3, y, nn.SparseCategoricalCrossentropy),
                                   (3, np.eye(3)[y], nn.CategoricalCrossentropy)):  # fmt: skip
        model = nn.Sequential([nn.Dense(units, "sigmoid" if units == 1 else "softmax")])
        model.compile("sgd", "crossentropy")
        model.fit(x, labels, verbose=0)
        assert type(model.objective.terms[0].loss) is fitting


def test_metrics_of_several_kinds() -> None:
    """Names, objects and functions; twice the same name gets a number; weighted ones count weights."""

    def bias(y_true: Any, y_pred: Any) -> Any:
        return y_pred - y_true

    x, y = numbers(16)
    model = regressor(
        metrics=["mae", "mae", nn.metrics.RootMeanSquaredError(name="root"), bias], weighted_metrics=["mae"]
    )
    history = model.fit(x, y, sample_weight=np.arange(16), verbose=0).history
    assert list(history) == ["loss", "mae", "mae_1", "root", "bias", "weighted_mae"]
    assert history["mae"] == history["mae_1"] != history["weighted_mae"]
    assert model.metrics_names == list(history)


def test_sparse_matrices_and_tensors() -> None:
    """scipy's sparse matrices train as the dense ones do, a batch at a time; tensors are arrays."""
    sparse = pytest.importorskip("scipy.sparse")
    x, y = numbers()
    x = np.where(np.abs(x) > 0.5, x, 0)
    models = []
    for data in (x, sparse.csr_matrix(x), sparse.coo_array(x)):
        model = regressor()
        model.fit(data, y, epochs=3, verbose=0, validation_split=0.1)
        assert model.predict(data, verbose=0).shape == (64, 1) and model.evaluate(data, y, verbose=0)[0] > 0
        models.append(model)
    assert same(models[0], models[1]) and same(models[0], models[2])
    with pytest.raises(ValueError, match=r"nan or infinity, in row 2 and column 1"):
        regressor().fit(sparse.csr_matrix(([np.nan], ([2], [1])), shape=(4, 3)), np.ones(4), verbose=0)
    with pytest.raises(TypeError, match=r"y.toarray\(\)"):
        regressor().fit(x, sparse.csr_matrix(x), verbose=0)


# --- what is printed -------------------------------------------------------------------------------------------------


def test_the_lines_of_verbose_2(capsys: pytest.CaptureFixture[str]) -> None:
    """They have Keras' form, four decimals or an exponent, and no escape byte; one epoch has no heading."""
    x, y = numbers()
    regressor().fit(x, y, epochs=2, verbose=2, validation_split=0.5)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2" and "\x1b" not in "".join(lines)
    pattern = (
        r"1/1 - 0s - \d+[mu]?s/step - loss: \d+\.\d{4} - mae: \d\.\d{4} - val_loss: \d+\.\d{4} - val_mae: \d\.\d{4}"
    )
    import re

    assert re.fullmatch(pattern, lines[1]), lines[1]
    regressor(optimizer=nn.SGD(0.0)).fit(x, x[:, 0] * 0, verbose=2)
    assert "Epoch" not in capsys.readouterr().out


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_no_escape_bytes_without_a_terminal(verbose: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the output is no terminal, verbose=1 prints a plain line for each epoch."""
    regressor().fit(*numbers(), epochs=2, verbose=verbose)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 2 and "\x1b" not in printed and "\r" not in printed
    assert printed.startswith("Epoch 1/2 - 2/2 - 0s")


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a bar makes way for the epoch's line; there is none without tqdm, or on one of no width."""
    pytest.importorskip("tqdm")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def last_line() -> list[str]:
        """Return what the last line was, one thing after the other."""
        out = Terminal()
        monkeypatch.setattr(sys, "stdout", out)
        regressor().fit(*numbers(), epochs=2, batch_size=8, validation_split=0.5)
        return out.getvalue().strip("\n").split("\n")[-1].split("\r")

    *bars, line = last_line()
    assert any("Epoch 2/2 0/4 |" in bar for bar in bars)
    assert line.startswith("Epoch 2/2 - 4/4 - 0s - ") and " - val_mae: " in line
    with monkeypatch.context() as patched:
        patched.setattr(Terminal, "fileno", lambda _: 1)
        patched.setattr(os, "get_terminal_size", lambda _: os.terminal_size((0, 0)))
        assert len(last_line()) == 1
    monkeypatch.setitem(sys.modules, "tqdm.std", None)
    (line,) = last_line()
    assert line.startswith("Epoch 2/2 - 4/4 - 0s - ") and " - val_mae: " in line


def test_verbose_0_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed by any of the three."""
    model, (x, y) = regressor(), numbers()
    model.fit(x, y, verbose=0), model.evaluate(x, y, verbose=0), model.predict(x, verbose=0)
    assert capsys.readouterr().out == ""


# --- mistakes --------------------------------------------------------------------------------------------------------


ARGUMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "batch_size 0": ({"batch_size": 0}, "at least 1"),
    "batch_size 2.5": ({"batch_size": 2.5}, "whole number"),
    "epochs": ({"epochs": "3"}, "epochs must be a whole number"),
    "negative epochs": ({"epochs": -1}, "at least 0"),
    "verbose": ({"verbose": 3}, "verbose: must be 0, 1, 2 or 'auto'"),
    "shuffle": ({"shuffle": "batch"}, "True or False"),
    "split": ({"validation_split": 1.0}, "from 0 to 1"),
    "a split that leaves nothing": ({"validation_split": 0.999}, "leaves 0 of 64"),
    "validation without targets": ({"validation_data": (np.ones((2, 3)),)}, "targets are missing"),
    "validation of four": ({"validation_data": (1, 2, 3, 4)}, "not 4 things"),
    "validation with other columns": ({"validation_data": (np.ones((2, 2)), np.ones(2))}, "expects 3 features"),
    "validation with nan": ({"validation_data": (np.full((2, 3), np.nan), np.ones(2))}, "nan"),
    "weights that are too few": ({"sample_weight": [1, 2]}, "each of the 64 examples"),
    "negative weights": ({"sample_weight": -np.ones(64)}, "look at rows 0, 1"),
    "class_weight": ({"class_weight": [1, 2]}, "is a dict"),
    "class_weight of numbers": ({"class_weight": {0: 1}}, "not classes"),
    "freq": ({"validation_freq": 0, "validation_split": 0.1}, "at least 1"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_wrong_arguments(name: str) -> None:
    """Each is refused before the first step."""
    options, says = ARGUMENTS[name]
    model = regressor()
    model.build((None, 3))
    before = model.state_dict()
    with pytest.raises((ValueError, TypeError)) as raised:
        model.fit(*numbers(), **({"verbose": 0} | options))
    assert says in str(raised.value)
    assert all(np.array_equal(before[name], value) for name, value in model.state_dict().items())


def test_before_compile() -> None:
    """Training, and evaluating, need `compile` first, and say so; predicting does not."""
    model = nn.Sequential([nn.Dense(1)])
    for use in (model.fit, model.evaluate, model.train_on_batch, model.loss_on):
        with pytest.raises(RuntimeError, match=r"call model.compile"):
            use(*numbers())
    assert model.predict(numbers()[0], verbose=0).shape == (64, 1)
    with pytest.raises(ValueError, match="no loss for the output"):
        model.compile("sgd")
        model.fit(*numbers(), verbose=0)


def test_lists_are_split_for_validation() -> None:
    """Plain lists, of one output or several, are parted as arrays are; class weights are for training only."""
    x, y = numbers(20)
    model = regressor()
    model.fit(x.tolist(), y.tolist(), validation_split=0.3, sample_weight=np.ones(20).tolist(), verbose=0)

    class Two(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Dense(1), nn.Dense(2)

        def forward(self, x: Any) -> Any:
            return self.a(x), self.b(x)

    two = Two()
    two.compile("sgd", ["mse", "mae"])
    ys = [y, np.stack([y, y], 1)]
    history = two.fit(x, ys, validation_split=0.25, sample_weight=[np.ones(20), None], verbose=0)
    assert {"output_1_loss", "val_output_2_loss"} <= set(history.history)
    two.fit(x, ys, sample_weight=np.ones(20).tolist(), verbose=0)
    assert isinstance(two.predict(x, verbose=0), tuple)

    xs, labels = classes(40, count=2)
    weighted = nn.Sequential([nn.Dense(1, "sigmoid", input_dim=4)])
    weighted.compile("sgd", "bce")
    options: dict[str, Any] = {"validation_split": 0.5, "shuffle": False, "verbose": 0}
    history = weighted.fit(xs, labels, class_weight={0: 7.0}, **options)
    assert history.history["val_loss"][0] == pytest.approx(weighted.evaluate(xs[20:], labels[20:], verbose=0))


def test_validation_steps_look_at_the_same_rows() -> None:
    """Each epoch's validation begins with the first rows, so that its numbers can be compared."""
    x, y = numbers(64)
    model = regressor(optimizer=nn.SGD(0.0))
    history = model.fit(x, y, validation_data=(x, y), validation_steps=1, epochs=3, verbose=0).history
    assert history["val_loss"][0] == pytest.approx(model.evaluate(x[:32], y[:32], verbose=0)[0])
    assert len(set(history["val_loss"])) == 1
    assert model.evaluate(x, y, steps=99, verbose=0) == model.evaluate(x, y, verbose=0)


def test_metrics_go_on_over_a_last_batch_of_one() -> None:
    """What yields batches may end with a smaller one, or have axes of several lengths: an epoch's means take in all."""
    x, y = numbers(33)
    model = regressor(optimizer=nn.SGD(0.0))
    batches = [(x[:32], y[:32]), (x[32:], y[32:])]
    history = model.fit(batches, verbose=0).history
    assert history["mae"][0] == pytest.approx(model.evaluate(x, y, verbose=0)[1], rel=1e-6)


def test_predict() -> None:
    """At most `steps` batches are looked at; what comes back is not the memory of what was given."""
    x, _ = numbers(10)
    same_again = nn.Sequential([nn.layers.Identity()])
    assert same_again.predict(x, batch_size=4, steps=2, verbose=0).shape == (8, 3)
    for out in (same_again.predict(x, verbose=0), same_again.predict_on_batch(x)):
        assert np.array_equal(out, x) and not np.shares_memory(out, x)


def test_what_callbacks_do_leaves_no_trace() -> None:
    """evaluate, train_on_batch and a fit of the same model inside a callback leave the epoch's means alone."""
    x, y = numbers(64)

    class Busy(nn.Callback):
        depth = 0

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate(x[:3], y[:3] * 9, verbose=0)
            self.model.test_on_batch(x[:3], y[:3] * 9)
            if self.depth == 0:
                self.depth = 1
                self.model.fit(x[:3], y[:3] * 9, verbose=0, callbacks=[self])
                self.depth = 0

    rate: dict[str, Any] = {"optimizer": nn.SGD(0.0)}
    plain = regressor(**rate).fit(x, y, batch_size=16, verbose=0, shuffle=False).history
    busy = regressor(**rate).fit(x, y, batch_size=16, verbose=0, shuffle=False, callbacks=[Busy()]).history
    assert busy == plain

    class Compiles(nn.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.optimizer.learning_rate = 0.5

        def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
            self.model.compile("sgd", "mse")

    with pytest.raises(RuntimeError, match="training is going on"):
        regressor().fit(x, y, verbose=0, callbacks=[Compiles()])


def test_another_thread_may_predict_meanwhile() -> None:
    """Dropout is off in a thread that predicts, and on in the one that trains."""
    x, y = numbers(64)
    model = nn.Sequential([nn.Dense(8, input_dim=3), nn.Dropout(0.5), nn.Dense(1)])
    model.compile(nn.SGD(0.0), "mse")
    expected = model.predict(x, verbose=0)
    found: list[bool] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            found.append(np.array_equal(model.predict(x, verbose=0), expected))

    thread = threading.Thread(target=watch)
    thread.start()
    losses = model.fit(x, y, epochs=30, verbose=0).history["loss"]
    done.set()
    thread.join()
    assert found and all(found) and len(set(losses)) == 30


def test_frozen_parameters_are_left_alone() -> None:
    """They are neither regularised nor held to a constraint."""
    x, y = numbers()
    dense = nn.Dense(1, kernel_regularizer="l2", kernel_constraint="non_neg", input_dim=3)
    model = nn.Sequential([dense, nn.Dense(1)])
    dense.kernel.data = -np.ones((3, 1))
    dense.trainable = False
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert np.all(dense.kernel.data == -1) and not model.losses


def test_crossentropy_stays_what_it_was_chosen_to_be() -> None:
    """Validation targets of another form than those of training are refused, and change nothing."""
    x, y = classes(64)
    model = nn.Sequential([nn.Dense(3, "softmax", input_dim=4)])
    model.compile("sgd", "crossentropy", metrics=["acc"])
    with pytest.raises(ValueError, match="For rows of probabilities use categorical_crossentropy"):
        model.fit(x, y, validation_data=(x, np.eye(3)[y]), verbose=0)
    assert model.fit(x, y, validation_data=(x, y[:, None]), verbose=0).history["val_acc"][0] > 0.3


def test_evaluating_targets_of_another_shape_meanwhile() -> None:
    """evaluate with y (n, 1) in a callback, or steps that report, leave no trace in an epoch over y (n,)."""
    x, y = classes(64, count=2)

    class Own(nn.Sequential):
        def train_step(self, batch: Any) -> Any:
            super().train_step(batch)
            return {"mine": 1.0}

        def test_step(self, batch: Any) -> Any:
            super().test_step(batch)
            return {"mine": 99.0}

    class Evaluates(nn.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.model.evaluate(x[:4], y[:4, None], verbose=0)

    found = []
    for callbacks in ([], [Evaluates()]):
        nn.set_random_seed(0)
        model = Own([nn.Dense(1, "sigmoid", input_dim=4)])
        model.compile(nn.SGD(0.0), "bce", metrics=["acc"])
        found.append(model.fit(x, y, batch_size=8, verbose=0, shuffle=False, callbacks=callbacks).history)
    assert found[0] == found[1] and found[0]["mine"] == [1.0]


def test_steps_that_report_only() -> None:
    """Without a loss of their own: train_on_batch and evaluate return what there is, arrays among it."""

    class Own(nn.Sequential):
        def train_step(self, batch: Any) -> Any:
            return {"mine": np.array([1.0, 2.0])}

        test_step = train_step

    x, y = numbers(8)
    model = Own([nn.Dense(1)])
    model.compile("sgd", "mse")
    assert model.train_on_batch(x, y) == [1.0, 2.0] == model.evaluate(x, y, verbose=0)


def test_steps_that_report_tensors() -> None:
    """A step may report the loss itself, which requires grad; what is reported is its number."""

    class Own(nn.Sequential):
        def train_step(self, batch: Any) -> Any:
            x, y = batch.x, batch.y[0]
            loss = ((self(x) - y) ** 2).mean()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            return {"loss": loss}

    x, y = numbers(8)
    model = Own([nn.Dense(1)])
    model.compile("sgd", "mse")
    first, *_, last = model.fit(x, y, epochs=20, verbose=0).history["loss"]
    assert isinstance(first, float) and last < first


def test_class_weights_along_an_axis() -> None:
    """Labels of a sequence are weighted one by one, and by the weights of the examples besides."""
    from nn.training.intake import examples

    model = nn.Sequential([nn.Dense(3, "softmax", input_shape=(2, 3))])
    model.compile("sgd", "scce")
    x, y = np.ones((2, 2, 3)), [[2, 1], [0, 2]]
    assert examples(model, x, y, None, {0: 10.0}).w[0].tolist() == [[1, 1], [10, 1]]
    assert examples(model, x, y, [1.0, 2.0], {0: 10.0}).w[0].tolist() == [[1, 1], [20, 2]]
    model.fit(x, y, class_weight={0: 10.0}, verbose=0)


def test_callbacks_see_a_model_that_infers() -> None:
    """The training mode is that of the steps: a callback that calls the model gets what `predict` gives."""
    x, y = numbers(64)
    same: list[bool] = []

    class Looks(nn.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            same.append(np.array_equal(self.model(x).data, self.model.predict(x, verbose=0)))

    model = nn.Sequential([nn.Dense(8), nn.Dropout(0.5), nn.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0, callbacks=[Looks()])
    assert same == [True, True]

    class Ends(nn.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.compile("adam", "mae")

    with pytest.raises(RuntimeError, match="training is going on"):
        model.fit(x, y, verbose=0, callbacks=[Ends()])


def test_a_head_that_is_replaced() -> None:
    """What is known of the outputs is found anew by compile and fit."""
    x, y = classes(30)

    class Net(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.head: nn.Layer = nn.Dense(1)

        def forward(self, x: Any) -> Any:
            return self.head(x)

    net = Net()
    net.compile("sgd", "mse")
    net.fit(x, y, verbose=0)
    net.head = nn.Dense(3, "softmax")
    net.compile("sgd", "scce")
    net.fit(x, y, verbose=0)
    net.head = nn.Sequential([nn.Dense(3), nn.Softmax()])
    net.compile("sgd", "scce")
    net.fit(x, y, verbose=0)
    assert net.predict(x, verbose=0).shape == (30, 3)


def test_sparse_matrices_stay_sparse_when_they_are_split() -> None:
    """validation_split takes rows of the matrix, and makes none of them dense before its batch comes."""
    sparse = pytest.importorskip("scipy.sparse")
    x = sparse.random(2000, 4000, density=0.001, format="csr", random_state=0)
    model = nn.Sequential([nn.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x[:64], np.ones(64), verbose=0)
    tracemalloc.start()
    try:
        model.fit(x, np.ones(2000), validation_split=0.5, verbose=0)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_outputs_that_are_no_rows() -> None:
    """An output without a row for each example is an error that says so; named tuples come back as they are."""

    class Net(nn.Model):
        def forward(self, x: Any) -> Any:
            return self.made(x)

    Pair = namedtuple("Pair", "a b")
    x, y = numbers(64)
    net = Net()
    net.made = lambda x: np.sum(x)
    net.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"'output_1' is of shape \(\) for 32 examples; it needs a row for each"):
        net.fit(x, y, verbose=0)
    net.made = lambda x: Pair(x * 1, x * 2)
    assert net.predict(x, verbose=0).b.shape == (64, 3) and type(net.predict(x, verbose=0)) is Pair
