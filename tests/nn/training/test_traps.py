"""What Keras trains on silently, or fails at obscurely: each is refused before the first step, with the fix."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import nn
from nn.layers import Dense

X = np.arange(8.0).reshape(4, 2)


class Trap(NamedTuple):
    """Data, layers and a loss that do not go together, and words that the error must have."""

    x: Any
    y: Any
    layers: list[Any]
    loss: Any
    words: tuple[str, ...]


TRAPS: dict[str, Trap] = {
    "a column of targets for three units": Trap(
        X, np.ones((4, 1)), [Dense(3)], "mse", ("layer 1 'dense' gives (4, 3)", "needs 1 unit")
    ),
    "three targets for one unit": Trap(X, np.ones((4, 3)), [Dense(1)], "mse", ("layer 1 'dense'", "needs 3 units")),
    "labels for a softmax and mse": Trap(
        X, np.array([0, 1, 2, 1]), [Dense(3, "softmax")], "mse", ("use softmax and sparse_categorical_crossentropy",)
    ),
    "a vector for three units": Trap(X, np.ones(4) * 0.5, [Dense(3)], "mse", ("needs 1 unit",)),
    "labels from 1": Trap(
        X, np.array([1, 2, 1, 2]), [Dense(2, "softmax")], "scce", ("from 0 to 1", "'dense' has 2 units", "y.min()")
    ),
    "labels that are no whole numbers": Trap(X, np.ones(4) * 0.5, [Dense(2, "softmax")], "scce", ("whole numbers",)),
    "softmax of one unit": Trap(
        X, np.array([0, 1, 0, 1]), [Dense(1, "softmax")], "scce", ("Dense(1, 'sigmoid')", "layer 1 'dense'")
    ),
    "softmax of one unit with bce": Trap(X, np.zeros(4), [Dense(1), nn.Softmax()], "bce", ("gives 1 for everything",)),
    "labels -1 and 1": Trap(X, np.array([-1, 1, -1, 1]), [Dense(1, "sigmoid")], "bce", ("(y + 1) / 2",)),
    "three classes for a sigmoid": Trap(
        X, np.array([0, 1, 2, 1]), [Dense(1, "sigmoid")], "bce", ("Dense(3, 'softmax')", "sparse_categorical")
    ),
    "labels that are words": Trap(X, np.array(list("abab")), [Dense(1, "sigmoid")], "bce", ("np.unique",)),
    "labels that are None": Trap(X, np.array([None, 1, 2, 3]), [Dense(1)], "mse", ("None at (0,)",)),
    "labels of classes for categorical": Trap(
        X, np.array([0, 1, 0, 1]), [Dense(2, "softmax")], "cce", ("use sparse_categorical_crossentropy",)
    ),
    "rows of probabilities for sparse": Trap(
        X, np.eye(2)[[0, 1, 0, 1]], [Dense(2, "softmax")], "scce", ("use categorical_crossentropy",)
    ),
    "negative probabilities": Trap(X, -np.eye(2)[[0, 1, 0, 1]], [Dense(2, "softmax")], "cce", ("probabilities",)),
    "nan in x": Trap(
        np.where(X == 3, np.nan, X), np.ones(4), [Dense(1)], "mse", ("row 1 and column 1", "Drop those rows")
    ),
    "infinity in x": Trap(np.where(X == 3, np.inf, X), np.ones(4), [Dense(1)], "mse", ("infinity",)),
    "numbers beyond float32": Trap(X * 1e200, np.ones(4), [Dense(1)], "mse", ("beyond the range of float32",)),
    "nan in y": Trap(X, np.array([1, np.nan, 2, 3]), [Dense(1)], "mse", ("y: holds nan", "row 1", "of x too")),
    "another length": Trap(X, np.ones(3), [Dense(1)], "mse", ("x has 4 examples and y has 3",)),
    "nothing": Trap(X[:0], np.ones(0), [Dense(1)], "mse", ("is empty",)),
    "no columns": Trap(X[:, :0], np.ones(4), [Dense(1)], "mse", ("is empty",)),
    "one axis": Trap(X[:, 0], np.ones(4), [Dense(1)], "mse", ("x.reshape(-1, 1)", "x.reshape(1, -1)")),
    "other columns": Trap(
        X, np.ones(4), [Dense(1, input_dim=3)], "mse", ("layer 1 'dense' expects 3 features", "2 columns")
    ),
    "images that are not flat": Trap(
        np.ones((4, 5, 5)), np.array([0, 1, 0, 1]), [Dense(1, "sigmoid")], "bce", ("put Flatten() before",)
    ),
    "rows of different lengths": Trap([[1, 2], [3]], [1, 2], [Dense(1)], "mse", ("NumPy makes no array",)),
    "objects": Trap(np.array([[1, "a"], [2, 3]], object), [1, 2], [Dense(1)], "mse", ("'a' at (0, 1)",)),
    "numbers as objects": Trap(X.astype(object), np.ones(4), [Dense(1)], "mse", ("x.astype('float32')",)),
    "complex numbers": Trap(X + 1j, np.ones(4), [Dense(1)], "mse", ("real and imaginary",)),
    "times": Trap(np.array([["2020-01-01"], ["2020-01-02"]], "M8[D]"), [1, 2], [Dense(1)], "mse", ("np.timedelta64",)),
    "no targets": Trap(X, None, [Dense(1)], "mse", ("targets are missing",)),
    "bce of what is no probability": Trap(
        X,
        np.array([0, 1, 0, 1]),
        [Dense(1, kernel_initializer="ones")],
        "bce",
        ("layer 1 'dense' gives numbers from", "activation='sigmoid'", "BinaryCrossentropy(from_logits=True)"),
    ),
    "scce of what is no probability": Trap(
        X,
        np.array([0, 1, 0, 1]),
        [Dense(2, "tanh", kernel_initializer=nn.initializers.Constant(-1.0))],
        "scce",
        ("activation='softmax'", "SparseCategoricalCrossentropy(from_logits=True)"),
    ),
    "a softmax before from_logits": Trap(
        X,
        np.array([0, 1, 0, 1]),
        [Dense(2, "softmax")],
        nn.SparseCategoricalCrossentropy(from_logits=True),
        ("applies a softmax itself", "leave out one"),
    ),
    "labels for a sigmoid": Trap(
        X, np.array([0, 1, 0, 1]), [Dense(1, "sigmoid")], "scce", ("has 1 unit;", "use binary_crossentropy")
    ),
    "numbers as labels": Trap(X, X[:, 0] * 0.3, [Dense(3, "softmax")], "scce", ("Dense(1) and mse",)),
    "labels of images that are not flat": Trap(
        np.ones((4, 5, 5)), np.array([0, 1, 0, 1]), [Dense(2, "softmax")], "scce", ("put Flatten() before",)
    ),
    "a function": Trap(lambda: X, None, [Dense(1)], "mse", ("yields them if it is called",)),
    "a scalar for each example": Trap(
        X, np.ones(4), [Dense(1), nn.Activation(lambda x: x[:, 0])], "mse", ("one number for each example", "(4, 1)")
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(name: str) -> None:
    """The error has the layer, rows or columns, and what to do; no parameter has changed."""
    x, y, layers, loss, words = TRAPS[name]
    model = nn.Sequential(
        [type(layer).from_config(layer.get_config()) if isinstance(layer, Dense) else layer for layer in layers]
    )
    model.compile("sgd", loss)
    with pytest.raises((ValueError, TypeError)) as raised:
        model.fit(x, y, verbose=0)
    assert all(word in str(raised.value) for word in words), str(raised.value)
    assert model.optimizer is not None and model.optimizer.iterations == 0


def test_tables_are_named_by_their_columns() -> None:
    """Errors on a DataFrame name its columns: gaps, too many columns, and each kind that must be cast."""
    pd = pytest.importorskip("pandas")
    model = nn.Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    y = pd.Series(np.ones(4))
    table = pd.DataFrame(X, columns=["age", "fare"])
    with pytest.raises(ValueError, match=r"row 2 and column 'fare'"):
        model.fit(table.replace(5.0, np.nan), y, verbose=0)
    with pytest.raises(
        ValueError, match=r"expects 2 features \(input_dim=2\), x has 3 columns: \['age', 'fare', 'c'\]"
    ):
        model.predict(table.assign(c=1.0), verbose=0)
    odd = pd.DataFrame(
        {
            "whole": pd.array([1, 2, None, 4], dtype="Int64"),
            "kind": pd.Categorical(list("abab")),
            "text": list("abcd"),
            "numbers": pd.Series([1, 2, 3, 4], dtype=object),
            "day": pd.date_range("2020-01-01", periods=4),
            "fine": [True, False, True, False],
        }
    )
    with pytest.raises(TypeError) as raised:
        model.fit(odd, y, verbose=0)
    for words in ("x['whole'].astype('float32')", "x['kind'].cat.codes", "pd.get_dummies(x, columns=['kind']",
                  "pd.to_numeric(x['numbers'])", "columns=['text']", "pd.Timedelta('1D')"):  # fmt: skip
        assert words in str(raised.value)
    assert "'fine'" not in str(raised.value)
    for target, words in (
        (pd.Series([1, 2, 3, 4], dtype="Int64"), "y.astype('float32')"),
        (pd.Series(pd.Categorical(list("abab"))), "y.cat.codes"),
        (pd.Series(list("abab")), "np.unique"),
    ):
        with pytest.raises(TypeError) as raised:
            model.fit(table, target, verbose=0)
        assert words in str(raised.value)
    with pytest.raises(ValueError, match=r"x.to_frame\(\)"):
        model.fit(table["age"], y, verbose=0)


def test_the_casts_that_are_advised_work() -> None:
    """What the errors say to write is accepted."""
    pd = pytest.importorskip("pandas")
    kinds = pd.Series(pd.Categorical(list("abab")))
    x = pd.DataFrame({"a": pd.array([1, 2, 3, 4], dtype="Int64").astype("float32"), "b": kinds.cat.codes})
    x = pd.concat([x, pd.get_dummies(pd.DataFrame({"k": kinds}), columns=["k"], dtype=float)], axis=1)
    x["c"], x["d"] = pd.to_numeric(pd.Series(["1", "2", "3", "4"], dtype=object)), [True, False, True, False]
    days = pd.Series(pd.date_range("2020-01-01", periods=4))
    x["day"] = (days - days.min()) / pd.Timedelta("1D")
    model = nn.Sequential([Dense(1, "sigmoid")])
    model.compile("sgd", "bce", metrics=["acc"])
    model.fit(x, np.unique(list("abab"), return_inverse=True)[1], verbose=0)


def test_a_loss_that_explodes_says_so() -> None:
    """Training stops before the step, with the unscaled column and the ways out; parameters are still finite."""
    pd = pytest.importorskip("pandas")
    x = pd.DataFrame({"small": [1.0, 2.0], "large": [1e9, -1e9]})
    model = nn.Sequential([Dense(1)])
    model.compile(nn.SGD(10.0), "mse")
    with pytest.raises(FloatingPointError, match=r"loss became .*'large' of x reaches 1e\+09.*Normalization"):
        model.fit(x, [1.0, 2.0], epochs=50, verbose=0)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    model = nn.Sequential([Dense(1)])
    model.compile(nn.SGD(1e25), "mse")
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        model.fit(np.ones((2, 1)), [1.0, 2.0], epochs=50, verbose=0)


def test_a_model_that_is_asked_for_nothing() -> None:
    """predict and evaluate check what they are given as fit does."""
    model = nn.Sequential([Dense(1, input_dim=2)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="is empty"):
        model.predict(X[:0], verbose=0)
    with pytest.raises(ValueError, match="nan"):
        model.predict(X * np.nan, verbose=0)
    with pytest.raises(ValueError, match="4 examples and y has 3"):
        model.evaluate(X, np.ones(3), verbose=0)
    with pytest.raises(TypeError, match="dtype <U3"):
        model.predict("abc", verbose=0)


def test_nan_in_a_sparse_matrix_with_zeros_written_out() -> None:
    """Rows and columns are those of the matrix, also where zeros are stored."""
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_matrix((np.array([0.0, np.nan, 1.0]), ([0, 1, 2], [0, 2, 1])), shape=(3, 3))
    model = nn.Sequential([nn.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="in row 1 and column 2"):
        model.fit(matrix, np.ones(3), verbose=0)


def test_what_yields_batches_has_its_targets() -> None:
    """y beside a `PyDataset` is refused, in fit, evaluate and validation; a note says where."""

    class Batches(nn.utils.PyDataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            return X, np.ones(4)

    model = nn.Sequential([Dense(1)])
    model.compile("sgd", "mse")
    batches = Batches(workers=4, use_multiprocessing=False, max_queue_size=3)
    assert batches.num_batches == 2
    for ask in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match="y: is for arrays; x yields batches"):
            ask(batches, np.ones(4), verbose=0)
    with pytest.raises(ValueError, match="y: is for arrays") as raised:
        model.fit(batches, validation_data=(batches, np.ones(4)), verbose=0)
    assert "validation_data" in raised.value.__notes__[0]

    class Plain:
        __len__, __getitem__ = Batches.__len__, Batches.__getitem__

    with pytest.raises(ValueError, match=r"derive from keras\.utils\.PyDataset"):
        model.fit(Plain(), verbose=0)


def test_wrong_places_in_compile() -> None:
    """Metrics in the place of loss_weights are told from weights."""
    with pytest.raises(TypeError, match=r"loss_weights are numbers.*metrics=\['accuracy'\]"):
        nn.Sequential([Dense(1)]).compile("adam", "mse", ["mae"])


def test_no_end_of_zeros() -> None:
    """A cross-entropy of rectified outputs divides by zero; the error names the layer and not the learning rate."""
    model = nn.Sequential([Dense(2, "relu", kernel_initializer="zeros")])
    model.compile("sgd", "scce")
    with pytest.raises(FloatingPointError, match="layer 1 'dense' should end in a sigmoid or softmax"):
        model.fit(X, np.array([0, 1, 0, 1]), verbose=0)
