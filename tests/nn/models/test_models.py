"""The three ways to build a model, and what they have in common."""

from __future__ import annotations

import copy
import gc
import pickle
import re
import weakref
from typing import Any

import numpy as np
import pytest

import nn
from nn.layers import Dense, Input
from tests.nn.data import numbers, regressor, same


def sequential() -> nn.Model:
    return nn.Sequential([Dense(4, "relu", input_dim=3), Dense(1)])


def of_symbols() -> nn.Model:
    x = Input((3,))
    return nn.Model(x, Dense(1)(Dense(4, "relu")(x)))


class Net(nn.Model):
    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.hidden, self.out = Dense(units, "relu"), Dense(1)

    def forward(self, x: Any) -> Any:
        return self.out(self.hidden(x))


class KerasNet(nn.Model):
    """As Keras' guide writes it: `call`, which is told whether it trains."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.out = Dense(4, "relu"), Dense(1)
        self.blocks = [nn.Dropout(0.5)]

    def call(self, inputs: Any, training: bool = False) -> Any:
        h = self.hidden(inputs)
        return self.out(self.blocks[0](h, training=training))


WAYS = {"Sequential": sequential, "symbols": of_symbols, "a class": Net, "a class with call": KerasNet}


@pytest.mark.parametrize("way", WAYS)
def test_each_way_trains_evaluates_predicts(way: str) -> None:
    """Compile, fit, evaluate, predict, weights; float32 stays float32."""
    nn.set_random_seed(0)
    x, y = numbers()
    model = WAYS[way]()
    model.compile(nn.Adam(0.02), "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=60, validation_split=0.25, verbose=0)
    assert history.history.keys() == {"loss", "mae", "val_loss", "val_mae"} and history.epoch == list(range(60))
    assert history.history["val_loss"][-1] < 0.3 * history.history["val_loss"][0]
    out = model.predict(x, verbose=0)
    assert out.shape == (64, 1) and out.dtype == np.float32
    loss, mae = model.evaluate(x[48:], y[48:], verbose=0)
    assert (loss, mae) == pytest.approx((history.history["val_loss"][-1], history.history["val_mae"][-1]), rel=1e-5)
    assert model.evaluate(x, y, verbose=0, return_dict=True).keys() == {"loss", "mae"}
    assert len(model.get_weights()) == 4 and len(model.layers) >= 2
    assert np.array_equal(model(x).data, model.predict_on_batch(x))
    assert len(model.train_on_batch(x, y)) == 2 and model.test_on_batch(x, y, return_dict=True).keys() == {
        "loss",
        "mae",
    }


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize("way", ["Sequential", "symbols", "a class"])
def test_copies_go_on_alike(way: str, copied: Any) -> None:
    """A copy, made in the middle of training, goes on as the original does, which it leaves alone."""
    x, y = numbers()
    model = WAYS[way]()
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(x, y, epochs=2, verbose=0)
    other = copied(model)
    before = model.state_dict()
    other.fit(x, y, epochs=2, verbose=0, shuffle=False)
    assert all(np.array_equal(before[name], value) for name, value in model.state_dict().items())
    model.fit(x, y, epochs=2, verbose=0, shuffle=False)
    assert same(model, other)
    if way != "a class":
        assert other.layers[-1].output is other.output and other.output.call.layer is other.layers[-1]


def test_a_model_that_infers_by_itself() -> None:
    """As in Keras a model that is called infers, unless it is told otherwise; fit leaves it so."""
    model = nn.Sequential([nn.Dropout(0.5, input_shape=(8,))])
    x = np.ones((4, 8))
    assert np.array_equal(model(x).data, x) and not np.array_equal(model(x, training=True).data, x)
    assert np.array_equal(KerasNet()(x[:, :3]).data.shape, (4, 1))
    model.train()
    assert not np.array_equal(model(x).data, x) and np.array_equal(model.predict(x, verbose=0), x)
    assert model.layers[0].training


# --- Sequential ----------------------------------------------------------------------------------------------


def test_when_a_sequential_is_built() -> None:
    """By input_dim, by an Input, by build, or by the first data; before that it has no parameters."""
    ways = [
        nn.Sequential([Dense(2, input_dim=3)]),
        nn.Sequential([Dense(2, input_shape=(3,))]),
        nn.Sequential([Input((3,)), Dense(2)]),
        nn.Sequential([nn.InputLayer((3,)), Dense(2)]),
    ]
    later = nn.Sequential([Dense(2)])
    assert not later.built and not later.parameters() and later.outputs == []
    later.build((None, 3))
    seen = nn.Sequential([Dense(2)])
    seen(np.ones((1, 3)))
    for model in [*ways, later, seen]:
        assert model.built and [p.shape for p in model.parameters()] == [(3, 2), (2,)]
        assert model.inputs[0].shape == (None, 3) and model.output.shape == model.output_shape == (None, 2)


def test_add_and_pop() -> None:
    """Layers come and go; the parameters of those that stay, stay; names are given once."""
    model = nn.Sequential()
    model.add(Dense(4, input_dim=3))
    kernel = model.layers[0].kernel
    model.add(Dense(2))
    model.add(Dense(1, name="out"))
    assert list(dict(model.named_children())) == ["dense", "dense_1", "out"] and model.layers[0].kernel is kernel
    assert model.layers[1].label == "layer 2 'dense_1'"
    assert model.pop().name == "out" and model.predict(np.ones((1, 3)), verbose=0).shape == (1, 2)
    with pytest.raises(ValueError, match="in the model already"):
        model.add(model.layers[0])
    with pytest.raises(ValueError, match="only be the first"):
        model.add(Input((3,)))
    with pytest.raises(ValueError, match="two layers 'dense'"):
        nn.Sequential([Dense(1, name="dense"), Dense(1, name="dense")])
    with pytest.raises(TypeError, match="wants a layer"):
        model.add(Dense)
    with pytest.raises(ValueError, match="no layers yet"):
        nn.Sequential().predict(np.ones((1, 3)), verbose=0)


def test_a_model_changed_after_compile_warns() -> None:
    """A layer that comes, and one that is frozen after training, start the optimizer's state anew, with a warning."""
    x, y = numbers()
    model = nn.Sequential([Dense(1, input_dim=3)])
    model.compile("adam", "mse")
    model.add(Dense(1))
    with pytest.warns(UserWarning, match="has changed since it was compiled"):
        model.fit(x, y, verbose=0)
    model.fit(x, y, verbose=0)
    model.layers[0].trainable = False
    before = model.layers[0].get_weights()
    with pytest.warns(UserWarning, match=r"state of the optimizer \(Adam\) starts anew"):
        model.fit(x, y, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.layers[0].get_weights(), strict=True))
    model.compile("adam", "mse")
    model.layers[0].trainable = True
    model.fit(x, y, verbose=0)


def test_freezing_everything_is_an_error() -> None:
    """Training a model of which nothing is trained says so."""
    model = regressor()
    model.trainable = False
    with pytest.raises(ValueError, match="no parameters to train"):
        model.fit(*numbers(), verbose=0)


# --- symbols ---------------------------------------------------------------------------------------------------


def branches() -> nn.Model:
    """Two inputs, a shared layer, a merge, two outputs."""
    a, b = Input((3,), name="a"), Input((3,), name="b")
    shared = Dense(4, "tanh", name="shared")
    merged = nn.Concatenate()([shared(a), shared(b), nn.Add()([a, b])])
    return nn.Model([a, b], [Dense(1, name="number")(merged), Dense(3, "softmax", name="kind")(merged)])


def test_branches_shared_layers_several_ends() -> None:
    """Lists and dicts of inputs and outputs, a loss and metrics for each, weights of the losses; all from one data."""
    nn.set_random_seed(0)
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 80, 3))
    number, kind = (a - b).sum(axis=1), np.argmax(a, axis=1)
    model = branches()
    assert model.input_names == ["a", "b"] and model.output_names == ["number", "kind"]
    assert len(model.parameters()) == 6  # the shared layer's once
    model.compile(
        nn.Adam(0.02),
        {"number": "mse", "kind": "sparse_categorical_crossentropy"},
        loss_weights={"number": 2.0},
        metrics={"kind": ["acc"], "number": ["mae"]},
    )
    history = model.fit([a, b], [number, kind], epochs=100, verbose=0, validation_split=0.2)
    assert list(history.history) == [
        prefix + name
        for prefix in ("", "val_")
        for name in ("loss", "number_loss", "kind_loss", "number_mae", "kind_acc")
    ]
    last = {name: values[-1] for name, values in history.history.items()}
    assert last["loss"] == pytest.approx(2 * last["number_loss"] + last["kind_loss"], rel=1e-6)
    assert last["kind_acc"] > 0.9
    as_dict = model.evaluate({"b": b, "a": a}, {"kind": kind, "number": number}, verbose=0, return_dict=True)
    as_list = model.evaluate([a, b], [number, kind], verbose=0, batch_size=80)
    assert list(as_dict.values()) == pytest.approx(as_list, rel=1e-4)
    out = model.predict([a, b], batch_size=7, verbose=0)
    assert [part.shape for part in out] == [(80, 1), (80, 3)]


def test_a_dict_of_outputs() -> None:
    """Outputs that are a dict come back as one, and targets go by its keys."""
    x = Input((3,))
    h = Dense(4)(x)
    model = nn.Model(inputs=x, outputs={"p": Dense(1)(h), "q": Dense(2)(h)})
    model.compile("sgd", "mse")
    data = np.ones((6, 3))
    assert model.predict(data, verbose=0).keys() == {"p", "q"}
    model.fit(data, {"q": np.zeros((6, 2)), "p": np.zeros(6)}, verbose=0)
    with pytest.raises(ValueError, match="the outputs are p, q"):
        model.fit(data, {"p": np.zeros(6)}, verbose=0)


def test_models_in_models() -> None:
    """A model is a layer of another; its parameters are trained, its layers can be taken apart."""
    base = nn.Sequential([Dense(8, "relu", input_dim=3), Dense(4, "relu")])
    x = Input((3,))
    model = nn.Model(x, Dense(1)(base(x)))
    assert len(model.parameters()) == 6
    part = nn.Model(base.inputs, base.layers[0].output)
    data = np.ones((2, 3))
    assert np.allclose(part.predict(data, verbose=0), base.layers[0](data).data)
    stacked = nn.Sequential([base, Dense(1)])
    assert stacked.predict(data, verbose=0).shape == (2, 1) and len(stacked.parameters()) == 6
    tail = nn.Model(base.layers[0].output, base.output)
    assert np.allclose(tail.predict(part.predict(data, verbose=0), verbose=0), base.predict(data, verbose=0))
    several = nn.Model(x, branches()([x, x]))
    assert [out.shape for out in several.predict(data, verbose=0)] == [(2, 1), (2, 3)]


def test_a_deep_graph_of_symbols() -> None:
    """3,000 layers are put in order, run, copied and pickled without recursion."""
    x = y = Input((2,))
    for i in range(3000):
        y = nn.Add()([y, x]) if i % 10 == 0 else nn.Rescaling(0.99)(y)
    model = nn.Model(x, y)
    out = model.predict(np.ones((1, 2)), verbose=0)
    assert np.isfinite(out).all()
    assert np.array_equal(pickle.loads(pickle.dumps(model)).predict(np.ones((1, 2)), verbose=0), out)


def test_values_are_dropped_when_nobody_needs_them() -> None:
    """In inference a long chain holds no more than the values that are still needed."""
    alive: list[Any] = []

    class Watch(nn.Layer):
        def forward(self, x: Any) -> Any:
            out = x + 1.0
            alive.append(weakref.ref(out))
            self.counted = sum(ref() is not None for ref in alive)
            return out

        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

    x = y = Input((2,))
    layers = [Watch() for _ in range(10)]
    for layer in layers:
        y = layer(y)
    nn.Model(x, y).predict(np.ones((1, 2)), verbose=0)
    assert max(layer.counted for layer in layers) <= 3


def test_a_model_is_freed_without_the_collector() -> None:
    """Models hold no cycles: the last reference frees them."""
    gc.disable()
    try:
        for make in (sequential, of_symbols, branches):
            model = make()
            model.compile("adam", {"number": "mse", "kind": "mse"} if make is branches else "mse")
            data = np.ones((4, 3))
            model.predict([data, data] if make is branches else data, verbose=0)
            gone = weakref.ref(model.layers[-1])
            del model
            assert gone() is None, make.__name__
    finally:
        gc.enable()


MISTAKES: dict[str, tuple[Any, str]] = {
    "no symbols": (lambda: nn.Model(np.ones(3), Input((3,))), "must be symbols"),
    "a forgotten input": (
        lambda: (lambda a, b: nn.Model(a, nn.Add()([a, b])))(Input((3,)), Input((3,), name="b")),
        "'b'",
    ),
    "an input twice": (lambda: (lambda a: nn.Model([a, a], a))(Input((3,))), "given twice"),
    "shapes": (lambda: nn.Add()([Input((3,)), Input((4,))]), "do not fit"),
    "features": (lambda: Dense(1, input_dim=4)(Input((3,))), "expects 4 features"),
    "too few inputs": (lambda: branches().predict(np.ones((2, 3)), verbose=0), "takes 2 inputs"),
    "wrong keys": (lambda: branches().predict({"a": np.ones((2, 3)), "c": np.ones((2, 3))}, verbose=0), "are a, b"),
    "different lengths": (lambda: branches().predict([np.ones((2, 3)), np.ones((3, 3))], verbose=0), "x[1] has 3"),
    "loss of no output": (lambda: _fit(branches(), {"nr": "mse"}), "names the output 'nr'"),
    "an output without loss": (lambda: _fit(branches(), {"number": "mse"}), "no loss for the output 'kind'"),
    "losses that are too many": (lambda: _fit(branches(), ["mse"] * 3), "3 entries for 2 outputs"),
    "no output": (lambda: nn.Sequential([Dense(1)]).output, "has no output"),
    "an unknown layer": (lambda: sequential().get_layer("nothing"), "there are dense, dense_1"),
    "no targets for an output": (lambda: _fit(branches(), "mse", np.ones(4)), "one array for each output"),
}


def _fit(model: nn.Model, loss: Any, y: Any = None) -> None:
    model.compile("sgd", loss)
    data = np.ones((4, 3))
    model.fit([data, data], [np.ones(4), np.ones((4, 3)) / 3] if y is None else y, verbose=0)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_with_symbols(mistake: str) -> None:
    """Each has an error that names inputs, outputs or layers."""
    make, says = MISTAKES[mistake]
    with pytest.raises((ValueError, TypeError, AttributeError)) as raised:
        make()
    assert says in str(raised.value)


# --- a class of one's own ----------------------------------------------------------------------------------------


def test_a_step_of_ones_own() -> None:
    """A model may write `train_step` anew; fit calls it with each batch."""

    class Half(Net):
        def train_step(self, batch: Any) -> None:
            super().train_step(batch._replace(x=batch.x[::2], y=[y[::2] for y in batch.y]))

    model = Half()
    model.compile("sgd", "mse")
    model.fit(*numbers(), verbose=0)
    assert model.objective.count == 32


def test_several_inputs_of_a_class() -> None:
    """A class takes a list or a dict of arrays as it is given."""

    class Two(nn.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out = Dense(1)

        def forward(self, inputs: Any) -> Any:
            a, b = inputs.values() if isinstance(inputs, dict) else inputs
            return {"sum": self.out(a + b)}

    a, b = np.ones((2, 6, 3))
    for x in ([a, b], {"a": a, "b": b}):
        model = Two()
        model.compile("sgd", "mse")
        model.fit(x, {"sum": np.zeros(6)}, verbose=0)
        assert model.predict(x, batch_size=4, verbose=0)["sum"].shape == (6, 1)


def test_what_a_model_must_return() -> None:
    """A forward that returns no tensor is named."""

    class Bad(nn.Model):
        def forward(self, x: Any) -> Any:
            return "nothing"

    model = Bad()
    model.compile("sgd", "mse")
    with pytest.raises(TypeError, match="returns str"):
        model.fit(*numbers(), verbose=0)


# --- summaries -----------------------------------------------------------------------------------------------------


def test_summary(capsys: pytest.CaptureFixture[str]) -> None:
    """The table has layers, shapes and counts, frozen ones and buffers apart, and where branches get their inputs."""
    model = nn.Sequential([Dense(10, input_dim=4), nn.BatchNormalization(), Dense(1)])
    model.layers[0].trainable = False
    model.summary()
    printed = capsys.readouterr().out
    assert re.search(r"│ dense \(Dense\) +│ \(None, 10\) +│ +50 │", printed)
    assert " Total params: 101 (404.00 B)\n Trainable params: 31" in printed and "Non-trainable params: 70" in printed
    nn.Sequential([Dense(3)]).summary()
    assert "0 (unbuilt)" in capsys.readouterr().out
    branches().summary()
    printed = capsys.readouterr().out
    assert "Connected to" in printed and "shared, add" in printed and printed.count("shared (Dense)") == 1
    Net().summary()
    assert "hidden (Dense)" in capsys.readouterr().out


def test_a_model_from_the_middle_of_another() -> None:
    """Its input is what a layer gives; copied, pickled or written down it has an input of its own."""
    base = sequential()
    assert isinstance(base, nn.Sequential)
    head = nn.Model(base.layers[0].output, base.output)
    z = np.ones((2, 4), np.float32)
    expected = base.layers[1](z).data
    for model in (head, copy.deepcopy(head), pickle.loads(pickle.dumps(head))):
        assert np.array_equal(model.predict(z, verbose=0), expected)
    again = nn.models.Functional.from_config(head.get_config())
    assert again.input.shape == (None, 4) and again.output_shape == (None, 1)


def test_models_that_use_models_twice() -> None:
    """Forty levels of them are 2⁴⁰ calls: their shapes are found level by level."""
    x = Input((3,))
    model = nn.Model(x, Dense(3)(x))
    for _ in range(40):
        x = Input((3,))
        model = nn.Model(x, model(model(x)))
    assert model.output_shape == (None, 3) and model.count_params() == 12


def test_a_functional_model_begins_a_sequential() -> None:
    """Its input shape is known, so the rest is built at once; without the last layer there still is an output."""
    model = nn.Sequential([of_symbols(), Dense(2)])
    assert model.built and model.output_shape == (None, 2)
    model.pop()
    assert model.output_shape == (None, 1)


def test_a_class_that_is_given_symbols() -> None:
    """It derives from Functional; the error of one that derives from Model says so."""

    def build(base: Any) -> Any:
        class Own(base):  # type: ignore[misc]
            def __init__(self) -> None:
                x = Input((3,))
                super().__init__(inputs=x, outputs=Dense(2)(x))

        return Own()

    assert build(nn.models.Functional).predict(np.ones((4, 3)), verbose=0).shape == (4, 2)
    with pytest.raises(TypeError, match=r"derives from nn\.models\.Functional"):
        build(nn.Model)


def test_an_optimizer_of_two_models() -> None:
    """It starts anew for each, silently for one that was just compiled, with a warning for one that had used it."""
    x, y = numbers()
    optimizer = nn.Adam()
    one, other = sequential(), sequential()
    one.compile(optimizer, "mse")
    one.fit(x, y, verbose=0)
    other.compile(optimizer, "mse")
    other.fit(x, y, verbose=0)
    with pytest.warns(UserWarning, match="another model has the same optimizer"):
        one.fit(x, y, verbose=0)


def test_a_frozen_model() -> None:
    """`trainable=False` freezes parameters that are made later, too."""
    base = Net(trainable=False)
    x, y = numbers()
    model = nn.Sequential([base, Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert len(model.trainable_weights) == 2 and len(model.non_trainable_weights) == 4


def test_a_model_with_its_own_regularised_weight_is_freed() -> None:
    """What training keeps of regularisers and constraints does not hold the model."""

    class Own(nn.Model):
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight((input_shape[-1], 1), regularizer="l2", constraint="non_neg", name="w")

        def call(self, x: Any) -> Any:
            return x @ self.w

    x, y = numbers()
    model = Own()
    model.compile("sgd", "mse")
    model.fit(x, y, verbose=0)
    assert model.w.data.min() >= 0 and np.array_equal(copy.deepcopy(model).w.data, model.w.data)
    gone = weakref.ref(model)
    gc.collect()
    gc.disable()
    try:
        del model
        assert gone() is None
    finally:
        gc.enable()


def test_layers_of_two_arguments() -> None:
    """A layer that is called as layer(a, b) may be part of a model of symbols."""

    class Gated(nn.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Dense(2)

        def call(self, a: Any, b: Any, training: bool = False) -> Any:
            return self.inner(a) * self.inner(b)

    a, b = Input((3,)), Input((3,))
    model = nn.Model([a, b], Gated()(a, b))
    x = np.ones((4, 3))
    assert model.predict([x, x], verbose=0).shape == (4, 2)
    assert model.input_shape == [(None, 3), (None, 3)] and model.output_shape == (None, 2)
    assert sequential().input_shape == (None, 3)


def test_what_a_step_of_ones_own_returns_is_reported() -> None:
    """In place of a loss that nobody measured; beside what was."""

    class Own(nn.Sequential):
        def train_step(self, batch: Any) -> Any:
            return {"loss": np.float32(0.25), "rows": len(batch.x)}

    class Both(nn.Sequential):
        def train_step(self, batch: Any) -> Any:
            super().train_step(batch)
            return {"rows": len(batch.x)}

    x, y = numbers(10)
    for cls, names in ((Own, ["loss", "rows"]), (Both, ["loss", "mae", "rows"])):
        model = cls([Dense(1)])
        model.compile("sgd", "mse", metrics=["mae"])
        history = model.fit(x, y, batch_size=8, verbose=0).history
        assert list(history) == names and history["rows"] == [2]
        assert model.train_on_batch(x, y, return_dict=True)["rows"] == 10


def test_nested_summaries(capsys: pytest.CaptureFixture[str]) -> None:
    """With expand_nested the layers of inner models follow; `print_fn` gets the whole text."""
    x = Input((3,))
    inner = nn.Sequential([Dense(4, input_dim=3), Dense(2)], name="inner")
    model = nn.Model(x, inner(x))
    texts: list[str] = []
    model.summary(expand_nested=True, print_fn=texts.append)
    assert len(texts) == 1 and "│     └ dense_1 (Dense)" in texts[0] and not capsys.readouterr().out
    model.summary()
    assert "└ dense" not in capsys.readouterr().out


def test_copies_without_parameters() -> None:
    """clone_model, to_json and model_from_json give the same layers with new numbers."""
    model = branches()
    for again in (nn.models.clone_model(model), nn.models.model_from_json(model.to_json())):
        assert again.get_config() == model.get_config()
        assert not same(again, model) and again.count_params() == model.count_params()
    with pytest.raises(nn.ModelFileError, match="no JSON"):
        nn.models.model_from_json("{")


def test_attributes_besides_the_layers() -> None:
    """A class that derives from Sequential or Functional may have modules of its own; they are trained and saved."""

    class Own(nn.Sequential):
        def __init__(self) -> None:
            super().__init__([Dense(2, input_dim=3)])
            self.extra = Dense(1)

        def forward(self, x: Any) -> Any:
            return self.extra(super().forward(x))

    model = Own()
    model(np.ones((1, 3)))
    assert [name for name, _ in model.named_parameters()] == [
        "dense.kernel", "dense.bias", "extra.kernel", "extra.bias"
    ]  # fmt: skip
    assert len(model.layers) == 1 and len(list(model.children())) == 2


def test_a_layer_that_does_not_fit_is_not_added() -> None:
    """The model stays as it was."""
    model = nn.Sequential([Dense(4, input_dim=3)])
    with pytest.raises(ValueError, match="cannot take the shape"):
        model.add(nn.Reshape((5,)))
    model.add(Dense(2))
    assert model.predict(np.ones((1, 3)), verbose=0).shape == (1, 2) and len(model.layers) == 2


def test_shapes_follow_layers_that_come_later() -> None:
    """A model that is part of another one may grow."""
    inner = nn.Sequential([Dense(4, input_dim=3)])
    x = Input((3,))
    outer = nn.Model(x, inner(x))
    inner.add(Dense(2))
    assert outer.compute_output_shape((None, 3)) == (None, 2)
    assert nn.Sequential([outer, Dense(1)]).predict(np.ones((1, 3)), verbose=0).shape == (1, 1)


def test_models_of_two_arguments() -> None:
    """`forward(a, b)` may be called with two arrays or symbols, as that of a layer."""

    class Sums(nn.Model):
        def forward(self, a: Any, b: Any) -> Any:
            return a + b

    assert Sums()(np.ones((2, 3)), np.ones((2, 3))).shape == (2, 3)
    a, b = Input((3,)), Input((3,))
    assert nn.Model([a, b], Sums()(a, b)).output_shape == (None, 3)


def test_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of the layers, with names escaped; a model that cannot be listed falls back to its text."""
    x = Input((3,), name="<b>in")
    model = nn.Model(x, Dense(2)(x))
    text = model._repr_mimebundle_()["text/html"]
    assert "&lt;b&gt;in (InputLayer)" in text and "Trainable params: 8" in text
    assert "Connected to" in text and "Connected to" not in sequential()._repr_mimebundle_()["text/html"]
    monkeypatch.setattr(type(model), "rows", lambda _self: 1 / 0)
    assert model._repr_mimebundle_() == {"text/plain": repr(model)}
