"""Looking up by name, and what is written down of things made by name."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import nn
from nn import activations, callbacks, constraints, initializers, layers, losses, metrics, optimizers, regularizers
from nn.layers import LAYERS
from nn.names import Registry, arguments, custom_objects, snake_case

REGISTRIES: list[tuple[Registry[Any], dict[str, tuple[Any, ...]]]] = [
    (LAYERS, {"Dense": (3,), "Activation": ("relu",), "Dropout": (0.5,), "Dot": (1,), "Rescaling": (0.5,),
              "Reshape": ((2, 2),), "Permute": ((2, 1),), "GaussianNoise": (0.1,), "GaussianDropout": (0.1,),
              "AlphaDropout": (0.1,)}),
    (initializers.INITIALIZERS, {}),
    (regularizers.REGULARIZERS, {}),
    (constraints.CONSTRAINTS, {}),
    (losses.LOSSES, {}),
    (metrics.METRICS, {}),
    (optimizers.OPTIMIZERS, {}),
    (optimizers.schedules.SCHEDULES, {
        "PiecewiseConstantDecay": ([1], [0.1, 0.2]), "PolynomialDecay": (0.1, 5), "CosineDecay": (0.1, 5),
        "CosineDecayRestarts": (0.1, 5), "ExponentialDecay": (0.1, 5, 0.5), "InverseTimeDecay": (0.1, 5, 0.5),
    }),
]  # fmt: skip
CLASSES = [
    pytest.param(registry, cls, extra.get(name, ()), id=name)
    for registry, extra in REGISTRIES
    for name, cls in registry.table.items()
    if isinstance(cls, type) and name == cls.__name__
]


@pytest.mark.parametrize(("registry", "cls", "given"), CLASSES)
def test_a_configuration_makes_the_same_again(registry: Registry[Any], cls: Any, given: Any) -> None:
    """What a class writes of itself is JSON, and makes one that writes the same; the registry knows it by a dict."""
    made = cls(*given)
    config = made.get_config()
    assert json.loads(json.dumps(config)) == config
    again = registry.get({"class_name": cls.__name__, "config": config})
    assert type(again) is cls and again.get_config() == config
    assert repr(made).startswith(cls.__name__)


@pytest.mark.parametrize(
    ("get", "names"),
    [
        (losses.get, ["mse", "MSE", "mean_squared_error", "MeanSquaredError", "KLD", "kl_divergence", "logcosh"]),
        (optimizers.get, ["SGD", "sgd", "Adam", "ADAM", "rmsprop", "RMSprop", "adamw", "nadam", "lion"]),
        (metrics.get, ["mae", "MAE", "rmse", "auc", "precision", "binary_accuracy", "r2_score"]),
        (initializers.get, ["he_normal", "HeNormal", "zeros", "glorot_uniform", "uniform", "normal"]),
        (activations.get, ["relu", "ReLU", "swish", "silu", "exponential", "leaky_relu", "log_softmax"]),
        (regularizers.get, ["l1", "L2", "l1_l2", "l1l2"]),
        (constraints.get, ["max_norm", "MaxNorm", "non_neg", "unit_norm"]),
    ],
)  # fmt: skip
def test_names_in_any_form(get: Any, names: list[str]) -> None:
    """Case and underscores do not matter; aliases are known."""
    assert all(get(name) is not None for name in names)


@pytest.mark.parametrize(
    ("make", "meant"),
    [
        (lambda: nn.Sequential([nn.Dense(1)]).compile("adamm", "mse"), "'adam'"),
        (lambda: nn.Sequential([nn.Dense(1)]).compile("adam", "mean_squred_error"), "'mean_squared_error'"),
        (lambda: nn.Sequential([nn.Dense(1)]).compile("adam", "mse", metrics=["acuracy"]), "'accuracy'"),
        (lambda: nn.Sequential([nn.Dense(1)]).compile("adam", {"out": "msee"}), "'mse'"),
        (lambda: nn.Dense(1, "rellu"), "'relu'"),
        (lambda: nn.Dense(1, kernel_initializer="he_norml"), "'he_normal'"),
        (lambda: nn.Dense(1, kernel_regularizer="l3"), "unknown regularizer"),
        (lambda: nn.Dense(1, unitz=3), "Dense: unknown argument 'unitz'. Did you mean 'units'?"),
        (lambda: callbacks.LambdaCallback(on_epoch_ended=print), "on_epoch_end"),
    ],
)
def test_unknown_names_say_what_was_meant(make: Any, meant: str) -> None:
    """They fail where they are given, before any data are seen."""
    with pytest.raises((ValueError, TypeError)) as raised:
        make()
    assert meant in str(raised.value)


def test_a_list_of_names_has_each_once() -> None:
    """The error lists names in one form only."""
    with pytest.raises(ValueError, match="Known") as raised:
        losses.get("nothing")
    known = str(raised.value).partition("Known: ")[2].rstrip(".").split(", ")
    assert "mean_squared_error" in known and "MeanSquaredError" not in known


def twice(x: Any) -> Any:
    return x * 2


def test_functions_of_ones_own() -> None:
    """They are written by name, known again where they are passed, and refused under a built-in one's name."""
    config = nn.Dense(1, twice).get_config()
    assert config["activation"] == "twice"
    with pytest.raises(ValueError, match="unknown activation 'twice'"):
        nn.Dense.from_config(config)
    with custom_objects({"twice": twice}):
        assert nn.Dense.from_config(config).activation is twice

    def relu(x: Any) -> Any:
        return x

    with pytest.raises(ValueError, match="give your own function another name"):
        nn.Dense(1, relu).get_config()
    assert "relu" in repr(nn.Dense(1, relu))


def test_a_layer_that_keeps_its_arguments_otherwise_says_so() -> None:
    """get_config of a class that does not store an argument under its name names the argument."""

    class Odd(nn.Layer):
        def __init__(self, size: int, **options: Any) -> None:
            super().__init__(**options)
            self.width = size

    with pytest.raises(NotImplementedError, match="'size'"):
        Odd(3).get_config()


def test_arguments_of_bases_count() -> None:
    """Where a constructor passes **options on, the bases' arguments are its own too."""
    assert list(arguments(nn.AdamW))[:3] == ["learning_rate", "weight_decay", "beta_1"]
    assert {"clipnorm", "name"} <= arguments(nn.AdamW).keys()


def test_snake_case_is_keras() -> None:
    """Names of layers are made as Keras makes them."""
    names = {"ReLU": "re_lu", "PReLU": "p_re_lu", "BatchNormalization": "batch_normalization", "ELU": "elu"}
    assert {cls: snake_case(cls) for cls in names} == names
    assert layers.LeakyReLU().name == "leaky_re_lu"


def test_repr_shows_what_is_not_the_default() -> None:
    """Short, and an array among the arguments does no harm."""
    assert repr(nn.Dense(3, "relu")) == "Dense(units=3, activation='relu', name='dense')"
    assert "Constant" in repr(initializers.Constant(np.ones(3)))
    assert repr(nn.Adam(0.01)) == "Adam(learning_rate=0.01)"
