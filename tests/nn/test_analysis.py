"""Linear layers are one, and signals that vanish are seen to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.analysis import NotLinearError, collapse_linear, signal_report
from tests.nn.data import classes

LINEAR: dict[str, tuple[Any, tuple[int, ...]]] = {
    "one layer": (lambda: [nn.Dense(2)], (3,)),
    "many": (lambda: [nn.Dense(7), nn.Dense(5, use_bias=False), nn.Activation("linear"), nn.Dense(2)], (3,)),
    "with dropout": (lambda: [nn.Dropout(0.5), nn.Dense(4), nn.Identity(), nn.GaussianNoise(1), nn.Dense(2)], (3,)),
    "with batch normalisation": (
        lambda: [nn.BatchNormalization(), nn.Dense(4), nn.BatchNormalization(scale=False), nn.Dense(2)],
        (3,),
    ),
    "with normalisation": (
        lambda: [nn.Normalization(mean=[1, 2, 3], variance=[4, 5, 6]), nn.Rescaling(2, 1), nn.Dense(2)],
        (3,),
    ),
    "ending in a rescaling": (lambda: [nn.Dense(2), nn.Rescaling([2.0, 3.0], -1.0)], (3,)),
    "of images": (
        lambda: [nn.Rescaling(1 / 255, 0.5), nn.BatchNormalization(axis=1), nn.Flatten(), nn.Dense(2)],
        (2, 4),
    ),
    "models in models": (lambda: [nn.Sequential([nn.Dense(4), nn.Dense(3)]), nn.Dense(2)], (3,)),
}  # fmt: skip


@pytest.mark.parametrize("name", LINEAR)
def test_linear_layers_are_one(name: str) -> None:
    """The one layer computes what the model does, for any parameters and statistics."""
    make, shape = LINEAR[name]
    nn.config.set_floatx("float64")
    try:
        model = nn.Sequential(make(), input_shape=shape)
    finally:
        nn.config.set_floatx("float32")
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.5, 2, w.shape) for w in model.get_weights()])
    x = rng.normal(size=(5, *shape))
    one = collapse_linear(model)
    assert type(one) is nn.Dense and one.activation is nn.activations.linear and one.units == 2
    np.testing.assert_allclose(one(x.reshape(5, -1)).data, model.predict(x, verbose=0), rtol=1e-12)


def test_a_chain_of_symbols() -> None:
    """A model of symbols collapses if its layers follow one another, and says so if they do not."""
    x = nn.Input((3,))
    h = nn.Dense(4)(x)
    model = nn.Model(x, nn.Dense(2)(h))
    data = np.ones((1, 3))
    assert np.allclose(collapse_linear(model)(data).data, model.predict(data, verbose=0), atol=1e-6)
    with pytest.raises(ValueError, match="do not follow one another"):
        collapse_linear(nn.Model(x, nn.Add()([h, nn.Dense(4)(x)])))


@pytest.mark.parametrize(
    ("model", "error", "says"),
    [
        (nn.Sequential([nn.Dense(3, input_dim=2), nn.Dense(3, "sigmoid"), nn.Dense(1)]), NotLinearError,
         "layer 2 'dense_1' is not linear: its activation is 'sigmoid'"),
        (nn.Sequential([nn.Dense(3, input_dim=2), nn.LeakyReLU()]), NotLinearError, "'leaky_re_lu' is not linear: "),
        (nn.Sequential([nn.LayerNormalization(input_shape=(2,)), nn.Dense(1)]), NotLinearError, "layer_normalization"),
        (nn.Sequential([nn.Dense(3)]), ValueError, "no parameters yet"),
        (nn.Sequential([nn.Rescaling(2.0, input_shape=(3,))]), ValueError, "no Dense layer"),
        (nn.Sequential([nn.Dense(3, input_shape=(4, 2))]), ValueError, "more than one axis"),
    ],
)  # fmt: skip
def test_what_does_not_collapse(model: Any, error: Any, says: str) -> None:
    """It refuses with the name of the layer that is not linear, or what is missing."""
    with pytest.raises(error) as raised:
        collapse_linear(model)
    assert says in str(raised.value)


def deep(activation: str) -> nn.Sequential:
    nn.set_random_seed(0)
    return nn.Sequential([*(nn.Dense(8, activation) for _ in range(6)), nn.Dense(3, "softmax")])


def test_a_vanishing_signal_is_seen() -> None:
    """Through six sigmoids the spread and the gradient fall from layer to layer; through relu they do not."""
    x, y = classes()
    sigmoid, relu = signal_report(deep("sigmoid"), x), signal_report(deep("relu"), x)
    spreads = [signal.spread for signal in sigmoid.layers[:6]]
    assert spreads[5] < spreads[0] / 10
    assert sigmoid.ratio < 1e-2 < 0.1 < relu.ratio
    assert 0.2 < relu.layers[0].zeros < 0.8 and sigmoid.layers[0].zeros == 0
    model = deep("sigmoid")
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert signal_report(model, x, y).ratio < 1e-2


def test_a_report_changes_nothing() -> None:
    """Gradients, statistics and modes are as before; layers that are used twice are measured over both uses."""
    x, y = classes()
    model = nn.Sequential([nn.Dense(4, "relu"), nn.BatchNormalization(), nn.Dropout(0.5), nn.Dense(3, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x, y, verbose=0)
    kept = [p.grad for p in model.parameters()]
    before = model.state_dict()
    report = signal_report(model, x, y)
    assert all(a is b for a, b in zip(kept, (p.grad for p in model.parameters()), strict=True))
    assert all(np.array_equal(before[name], value) for name, value in model.state_dict().items())
    assert [signal.layer for signal in report.layers] == ["dense", "batch_normalization", "dropout", "dense_1"]
    assert report.layers[2].gradient is None and "forward" not in vars(model.layers[0])
    text, html = str(report), report._repr_html_()
    assert "gradient of the first layer / of the last" in text and "<table>" in html and "dense_1" in html
    a = nn.Input((4,))
    shared = nn.Dense(4, "tanh")
    twice = nn.Model(a, nn.Dense(1)(shared(shared(a))))
    assert len(signal_report(twice, x).layers) == 2
