"""When `fit` trains by compiled steps, and that it notices what has changed meanwhile."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import autograd
import nn

x = np.random.default_rng(0).standard_normal((96, 4)).astype(np.float32)
y = (x.sum(axis=1, keepdims=True) > 0).astype(np.float32)


def network(*more: nn.Layer, jit: Any = "auto", **options: Any) -> nn.Sequential:
    nn.set_random_seed(0)
    model = nn.Sequential([nn.Input((4,)), nn.Dense(8, "tanh"), *more, nn.Dense(1, "sigmoid")])
    model.compile(**{"optimizer": "adam", "loss": "binary_crossentropy", "jit_compile": jit} | options)
    return model


def programs(model: Any) -> int:
    step = model._programs._step
    return 0 if step is None else len(step.programs)


def test_after_64_steps() -> None:
    """A short training is over before a compiler is. The optimizer counts them, so resuming changes nothing."""
    model = network()
    model.fit(x, y, epochs=21, verbose=0)
    assert (model.optimizer.iterations, programs(model)) == (63, 0)
    model.fit(x, y, epochs=1, verbose=0)
    assert programs(model) == 1
    copied = copy.deepcopy(model)
    assert programs(copied) == 0
    copied.fit(x, y, epochs=1, verbose=0)
    assert programs(copied) == 1


@pytest.mark.parametrize("options", [{"jit": False}, {"run_eagerly": True}])
def test_never(options: dict[str, Any]) -> None:
    model = network(**options)
    model.fit(x, y, epochs=30, verbose=0)
    assert programs(model) == 0


def test_an_unknown_wish() -> None:
    with pytest.raises(ValueError, match="jit_compile must be"):
        network(jit="always")


def branching(y_true: Any, y_pred: Any) -> Any:
    error = np.mean((y_pred - y_true) ** 2, axis=-1)
    return error if np.sum(error) < 1e9 else error * 2


def test_what_cannot_be_compiled_is_computed_as_before() -> None:
    """And with True it is an error that names the line."""
    eager, auto = network(jit=False, loss=branching), network(loss=branching)
    for model in (eager, auto):
        nn.set_random_seed(1)
        model.fit(x, y, epochs=30, verbose=0)
    assert programs(auto) == 0
    for a, b in zip(eager.get_weights(), auto.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(autograd.TraceError, match=r"test_programs\.py"):
        network(jit=True, loss=branching).fit(x, y, verbose=0)


class Halving(nn.Callback):
    """Changes layer and optimizer while a model trains."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            self.model.layers[1].rate = 0.9
            self.model.optimizer.beta_1 = 0.5
        if epoch == 4:
            self.model.layers[0].trainable = False


def test_what_callbacks_change_is_seen() -> None:
    weights = []
    for jit in (False, True):
        model = network(nn.Dropout(0.1, seed=0), jit=jit)
        model.fit(x, y, epochs=6, verbose=0, callbacks=[Halving()])
        weights.append(model.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_a_loss_that_is_not_finite_changes_nothing() -> None:
    model = network(jit=True, loss="mse")
    model.fit(x, y, verbose=0)
    before, steps = model.get_weights(), model.optimizer.iterations
    with pytest.raises(FloatingPointError, match="the loss became inf"):
        model.train_on_batch(x, y + 1e30)
    assert model.optimizer.iterations == steps
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_batches_of_ever_other_sizes_are_not_compiled_for_ever() -> None:
    model = network(jit=True)
    for n in range(10, 30):
        model.train_on_batch(x[:n], y[:n])
    assert programs(model) == 4


def test_several_inputs_outputs_and_weights() -> None:
    """By names; with weights of examples and classes, and metrics that are more than a mean."""
    weights, losses = [], []
    for jit in (False, True):
        nn.set_random_seed(0)
        a, b = nn.Input((4,), name="a"), nn.Input((4,), name="b")
        h = nn.Dense(6, "relu")(nn.Concatenate()([a, b]))
        model = nn.Model([a, b], {"p": nn.Dense(1, "sigmoid", name="p")(h), "q": nn.Dense(2, name="q")(h)})
        model.compile(
            "adam", {"p": "binary_crossentropy", "q": "mse"}, loss_weights={"p": 1.0, "q": 0.5},
            metrics={"p": ["accuracy", "AUC"], "q": ["mae"]}, weighted_metrics={"p": ["mse"]}, jit_compile=jit,
        )  # fmt: skip
        targets = {"p": y, "q": x[:, :2]}
        share = {"p": np.linspace(0.5, 1.5, 96), "q": np.ones(96)}
        run = model.fit({"a": x, "b": x}, targets, sample_weight=share, epochs=3, verbose=0, shuffle=False)
        weights.append(model.get_weights())
        losses.append(run.history)
        assert programs(model) == (1 if jit else 0)
    for u, v in zip(*weights, strict=True):
        np.testing.assert_allclose(u, v, rtol=1e-4, atol=1e-5)
    for name, values in losses[0].items():
        np.testing.assert_allclose(losses[1][name], values, rtol=1e-4, atol=1e-5)
