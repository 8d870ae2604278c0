"""The facade, the helpers of `utils`, and the data sets."""

from __future__ import annotations

import hashlib
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn import datasets, keras, utils

NAMES = {
    "models": "Sequential Model load_model",
    "layers": "Dense Activation ReLU LeakyReLU ELU PReLU Softmax Dropout GaussianNoise Flatten Reshape Rescaling "
    "Normalization BatchNormalization LayerNormalization Concatenate Add Input InputLayer Layer",
    "losses": "MeanSquaredError BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy Huber LogCosh "
    "Hinge KLDivergence mean_squared_error binary_crossentropy huber Loss",
    "optimizers": "SGD RMSprop Adam AdamW Adagrad Adadelta Adamax Nadam Lion schedules Optimizer",
    "optimizers.schedules": "ExponentialDecay PiecewiseConstantDecay PolynomialDecay InverseTimeDecay CosineDecay",
    "metrics": "BinaryAccuracy AUC Precision Recall RootMeanSquaredError F1Score Metric",
    "activations": "relu sigmoid softmax tanh gelu linear get",
    "initializers": "GlorotUniform HeNormal glorot_uniform he_normal Zeros Constant RandomNormal get",
    "regularizers": "L1 L2 L1L2 l1 l2 l1_l2 Regularizer",
    "constraints": "MaxNorm NonNeg UnitNorm MinMaxNorm max_norm",
    "callbacks": "EarlyStopping ModelCheckpoint ReduceLROnPlateau LearningRateScheduler CSVLogger LambdaCallback "
    "TerminateOnNaN BackupAndRestore Callback History",
    "utils": "to_categorical set_random_seed normalize PyDataset Sequence",
    "datasets": "mnist boston_housing california_housing",
    "config": "floatx set_floatx epsilon",
    "backend": "floatx epsilon",
}


@pytest.mark.parametrize("module", NAMES)
def test_names_stand_where_keras_has_them(module: str) -> None:
    """By attribute of `keras`; and by import from `nn`."""
    found = keras
    for part in module.split("."):
        found = getattr(found, part)
    assert not [name for name in NAMES[module].split() if not hasattr(found, name)]
    if module != "backend":
        assert importlib.import_module(f"nn.{module}") is found


def test_the_public_names_are_complete() -> None:
    """`__all__` lists what there is, sorted as the linters sort it."""
    for module in (nn, keras, nn.layers, nn.losses, nn.metrics, nn.callbacks, nn.optimizers, nn.models):
        assert all(hasattr(module, name) for name in module.__all__) and len(set(module.__all__)) == len(module.__all__)
    assert keras.Sequential is nn.Sequential and keras.Input is nn.Input and keras.Model is nn.Model


def test_to_categorical() -> None:
    """Columns and lists of labels; what is no label, or beyond the classes, is an error."""
    assert utils.to_categorical([[1], [0]], 3).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert utils.to_categorical(np.array([[0, 1], [1, 1]])).shape == (2, 2, 2)
    for wrong, options in (([-1, 0], {}), ([0.5], {}), (["a"], {}), ([3], {"num_classes": 3})):
        with pytest.raises(ValueError, match="to_categorical"):
            utils.to_categorical(wrong, **options)


def test_a_seed_for_everything() -> None:
    """Python's, NumPy's and our generator begin anew, as Keras' function promises."""
    import random

    def draws() -> tuple[Any, ...]:
        keras.utils.set_random_seed(5)
        return random.random(), np.random.rand(), keras.layers.Dense(2)(np.ones((1, 2))).data.tolist()  # noqa: NPY002

    assert draws() == draws()
    for wrong in (-1, 1.5, "a", True, 2**32):
        with pytest.raises(ValueError, match="whole number"):
            keras.utils.set_random_seed(wrong)  # type: ignore[arg-type]


def test_floatx() -> None:
    """The dtype of new parameters; nothing but floats."""
    keras.config.set_floatx("float64")
    try:
        assert keras.layers.Dense(1)([[1.0]]).dtype == np.float64
    finally:
        keras.config.set_floatx("float32")
    with pytest.raises(TypeError, match="'float32'"):
        keras.config.set_floatx("int32")
    with pytest.raises(ValueError, match="small number"):
        keras.config.set_epsilon(1)
    assert keras.backend.epsilon() == 1e-7


def test_archived_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that Keras has kept is read; one that is not there is fetched once, and checked."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    source = tmp_path / "source"
    source.mkdir()
    rng = np.random.default_rng(0)
    np.savez(source / "small.npz", x=rng.normal(size=(10, 2)), y=np.arange(10))
    digest = hashlib.sha256((source / "small.npz").read_bytes()).hexdigest()
    data = datasets.Archived("small.npz", digest, "Ten rows.", split=False, origin=source.as_uri() + "/")
    (x, y), (x_test, y_test) = data.load_data(test_split=0.3)
    assert len(x) == 7 and sorted([*y, *y_test]) == list(range(10)) and x_test.shape == (3, 2)
    (source / "small.npz").unlink()
    assert np.array_equal(data.load_data(test_split=0.3)[0][0], x)
    (tmp_path / "datasets" / "small.npz").unlink()
    with pytest.raises(OSError, match="put the file there by hand"):
        data.load_data()
    np.savez(source / "small.npz", x=np.zeros(1))
    with pytest.raises(ValueError, match="SHA-256"):
        data.load_data()
    assert not list((tmp_path / "datasets").iterdir())
    np.savez(
        tmp_path / "datasets" / "mnist.npz",
        x_train=np.ones((2, 28, 28)),
        y_train=[1, 2],
        x_test=np.ones((1, 28, 28)),
        y_test=[3],
    )
    (_, labels), (_, test_labels) = datasets.mnist.load_data()
    assert labels.tolist() == [1, 2] and test_labels.tolist() == [3]


@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("digits", 1797, 64), ("breast_cancer", 569, 30), ("diabetes", 442, 10)]
)
def test_data_that_scikit_learn_ships(name: str, rows: int, columns: int) -> None:
    """Split at random, the same for the same seed."""
    pytest.importorskip("sklearn")
    (x, y), (x_test, y_test) = getattr(datasets, name).load_data(test_split=0.25)
    assert x.shape[1] == columns and len(x) + len(x_test) == rows and len(x) == int(rows * 0.75) == len(y)
    assert np.array_equal(getattr(datasets, name).load_data(test_split=0.25)[1][1], y_test)
    with pytest.raises(ValueError, match="test_split"):
        getattr(datasets, name).load_data(test_split=1.0)


def test_modules_of_the_facade() -> None:
    """`from nn.keras.layers import Dense` is `from tensorflow.keras.layers import Dense`."""
    for name in keras.__all__:
        if name.islower():
            assert importlib.import_module(f"nn.keras.{name}") is getattr(keras, name)
    assert keras.saving.load_model is keras.models.load_model and keras.__version__
    keras.backend.clear_session()


def test_merging_functions() -> None:
    """`add([a, b])` is `Add()([a, b])`; arguments of the layer come after the inputs."""
    a, b = np.ones((2, 3)), np.full((2, 3), 2.0)
    for name in ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate"):
        expected = getattr(keras.layers, name.capitalize())()([a, b])
        assert np.array_equal(getattr(keras.layers, name)([a, b]).data, expected.data)
    assert keras.layers.dot([a, b], axes=1).data.tolist() == [[6.0], [6.0]]
    symbol = keras.layers.concatenate([keras.Input((3,)), keras.Input((2,))], name="both")
    assert symbol.name == "both" and symbol.shape == (None, 5)
