"""`Layer`: when parameters are made, what can be called on what, a layer of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from autograd import Tensor, tensor
from nn.budget import at_most
from tests.autograd.duck import Duck


class Scale(nn.Layer):
    """A layer as Keras' guide writes them: build, add_weight, call."""

    def __init__(self, start: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.start = start

    def build(self, input_shape: Any) -> None:
        self.factor = self.add_weight((input_shape[-1],), nn.initializers.Constant(self.start))
        self.seen = self.add_weight((), "zeros", trainable=False, name="seen")

    def call(self, x: Any, training: bool = False) -> Any:
        if training:
            self.seen.data += 1
        return x * self.factor


def test_a_layer_of_ones_own() -> None:
    """Built once, at the first call; parameters and buffers are told apart; `call` is told whether it trains."""
    layer = Scale(2.0)
    assert layer([[1, 2]]).data.tolist() == [[2, 4]]
    factor = layer.factor
    layer([[1, 2]], training=True), layer([[1, 2]], training=False), layer.train()([[1, 2]]), layer.eval()([[1, 2]])
    assert layer.factor is factor and layer.seen.item() == 2
    assert [len(w) for w in (layer.weights, layer.trainable_weights, layer.non_trainable_weights)] == [2, 1, 1]
    assert layer.compute_output_shape((None, 2)) == (None, 2)
    config = {"start": 2.0, "name": "scale", "dtype": "float32", "trainable": True, "input_shape": None}
    assert layer.get_config() == config


def test_output_shapes_of_ones_own_are_found_by_a_run() -> None:
    """A layer that says nothing of shapes can be part of a model of symbols."""

    class Halves(nn.Layer):
        def forward(self, x: Any) -> Any:
            return x[:, : x.shape[1] // 2]

    x = nn.Input((6,))
    assert Halves()(x).shape == (None, 3)
    model = nn.Model(x, nn.Dense(1)(Halves()(x)))
    assert model.predict(np.ones((2, 6)), verbose=0).shape == (2, 1)


@pytest.mark.parametrize(
    "x", [[[1, 2]], np.array([[1, 2]]), np.array([[1.0, 2.0]]), tensor([[1.0, 2.0]], dtype="float32")], ids=str
)
def test_what_a_layer_is_called_on(x: Any) -> None:
    """Lists and arrays of any dtype are converted to the layer's; the result is a tensor in any case."""
    for layer in (nn.Dense(1, kernel_initializer="ones"), nn.Dropout(0.5).eval(), nn.Flatten(), nn.Add()):
        out = layer([x, x]) if isinstance(layer, nn.Add) else layer(x)
        assert type(out) is Tensor and out.dtype == np.float32


def test_an_array_of_another_library_stays_one() -> None:
    """What speaks NumPy's protocols is not converted to a NumPy array."""
    layer = nn.Dense(1, "tanh", dtype="float64")
    layer.build((None, 2))
    for p in layer.parameters():
        p._value = Duck(p.data)
    out = layer(Duck(np.ones((3, 2))))
    assert isinstance(out._value, Duck) and out.shape == (3, 1)


def test_build_twice_changes_nothing() -> None:
    """build is for the first time; another shape is refused when it is used."""
    layer = nn.Dense(2)
    layer.build((None, 3))
    kernel = layer.kernel
    layer.build((None, 3))
    assert layer.kernel is kernel
    with pytest.raises(ValueError, match="expects 3 features"):
        layer(np.ones((1, 4)))


def test_weights_by_keras_names() -> None:
    """get_weights copies; set_weights checks number and shapes, and changes nothing if they do not fit."""
    layer = nn.BatchNormalization()
    layer.build((None, 2))
    assert len(layer.get_weights()) == 4 and layer.count_params() == 8
    before = layer.get_weights()
    before[0][:] = 9
    assert layer.get_weights()[0].tolist() == [1, 1]
    for wrong in ([np.ones(2)] * 3, [np.ones(2)] * 3 + [np.ones(3)]):
        with pytest.raises(ValueError, match=r"set_weights|moving_variance"):
            layer.set_weights(wrong)
    assert layer.get_weights()[0].tolist() == [1, 1]
    layer.set_weights(before)
    assert layer.get_weights()[0].tolist() == [9, 9]


def test_what_regularisers_add() -> None:
    """`losses` has one for each parameter that has a regulariser, built-in or a function."""
    layer = nn.Dense(1, kernel_regularizer="l2", bias_regularizer=lambda w: np.sum(w) + 1, kernel_initializer="ones")
    layer.build((None, 3))
    assert [loss.item() for loss in layer.losses] == pytest.approx([0.03, 1.0])


def test_making_parameters_can_be_limited() -> None:
    """Inside `at_most` a layer that would make more raises before it does."""
    with at_most(100), pytest.raises(ValueError, match="would make 1,000,000"):
        nn.Dense(1000).build((None, 1000))
    with at_most(8):
        nn.Dense(2).build((None, 3))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.Dense(0), "positive whole number"),
        (lambda: nn.Dense(2.5), "positive whole number"),
        (lambda: nn.Dense(True), "positive whole number"),
        (lambda: nn.Dense(1, dtype="int32"), "'float32', 'float64' or 'float16'"),
        (lambda: nn.Dense(1, name="a/b"), "without '/'"),
        (lambda: nn.Dense(1, input_dim=-3), "whole numbers"),
        (lambda: nn.Dense(1)(np.ones(3)), "a row of features"),
        (lambda: nn.Dropout(1.5), "from 0 to 1"),
        (lambda: nn.GaussianNoise(-1), "negative"),
        (lambda: nn.LeakyReLU(-0.1), "negative"),
        (lambda: nn.ReLU(max_value=-1), "negative"),
        (lambda: nn.Reshape((3, -1, -1)), "at most one -1"),
        (lambda: nn.Reshape((3, 5))(np.ones((2, 4))), "cannot take the shape"),
        (lambda: nn.Permute((1, 3)), "from 1 in some order"),
        (lambda: nn.BatchNormalization(axis=0)(np.ones((2, 3))), "axis 0"),
        (lambda: nn.Normalization(mean=1.0), "together"),
        (lambda: nn.Normalization().adapt(np.array([[np.nan]])), "nan"),
        (lambda: nn.Add()(np.ones((2, 3))), "list of at least 2"),
        (lambda: nn.Add()([np.ones((2, 3)), np.ones((2, 4))]), "do not fit"),
        (lambda: nn.Concatenate()([np.ones((2, 3)), np.ones((2, 3, 1))]), "do not fit along axis -1"),
        (lambda: nn.Subtract()([np.ones((2, 3))] * 3), "exactly two"),
        (lambda: nn.Dot(axes=1)([np.ones((2, 3)), np.ones((2, 4))]), "no axes"),
        (lambda: nn.Activation("relu")(), "needs an input"),
        (lambda: nn.Add()([nn.Input((3,)), np.ones((2, 3))]), "symbols only"),
        (lambda: nn.Layer()(np.ones(1)), "no forward method"),
    ],
)  # fmt: skip
def test_misuse(make: Any, says: str) -> None:
    """Each mistake has an error that names the layer and says what was wrong."""
    with pytest.raises((ValueError, TypeError, NotImplementedError)) as raised:
        make()
    assert says in str(raised.value)


def test_a_layer_by_itself_infers() -> None:
    """As in Keras: dropout called outside a model lets everything through, until `train()` or training=True."""
    x = np.ones((4, 100), np.float32)
    layer = nn.Dropout(0.5)
    assert np.array_equal(layer(x).data, x)
    assert not np.array_equal(layer(x, training=True).data, x) and not np.array_equal(layer.train()(x).data, x)


def test_whole_numbers_as_state() -> None:
    """A buffer may count; a parameter may not."""
    layer = nn.Layer()
    count = layer.add_weight((), "zeros", dtype="int32", trainable=False, name="count")
    assert count.dtype == np.int32 and [name for name, _ in layer.named_buffers()] == ["count"]
    with pytest.raises(TypeError, match="int32"):
        layer.add_weight((2,), dtype="int32", name="w")
    with pytest.raises(ValueError, match="there is an attribute 'count'"):
        layer.add_weight((), name="count")
    with pytest.raises(ValueError, match="there is an attribute 'weights'"):
        layer.add_weight((), name="weights")


def test_calls_may_ask_their_base() -> None:
    """A class that writes `call` reaches that of a built-in layer, which is written as `forward`."""

    class Twice(nn.Dense):
        def call(self, x: Any) -> Any:
            return super().call(x) * 2  # type: ignore[misc]

    assert Twice(1, kernel_initializer="ones")([[1.0, 2.0]]).item() == 6
