"""The estimators keep scikit-learn's contract, and work where its own do."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="the extra 'sklearn' is not installed")

from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import nn
from nn.sklearn import NetworkClassifier, NetworkRegressor

CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{getattr(check, 'func', check).__name__}-{i}")
    for made in (NetworkClassifier(random_state=0), NetworkRegressor(random_state=0))
    for i, (estimator, check) in enumerate(estimator_checks_generator(made, mark="skip"))
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_the_contract(estimator: Any, check: Any) -> None:
    """Every check of scikit-learn's own."""
    check(estimator)


def test_real_data() -> None:
    """Digits, tumours and diabetes, in a pipeline: as good as networks of this size are."""
    x, y = load_digits(return_X_y=True)
    train, test, labels, truth = train_test_split(x / 16, y, random_state=0)
    assert NetworkClassifier((64,), epochs=40, random_state=0).fit(train, labels).score(test, truth) > 0.95
    x, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier((16,), epochs=30, random_state=0))
    assert cross_val_score(pipeline, x, y, cv=3).mean() > 0.94
    x, y = load_diabetes(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), NetworkRegressor((8,), alpha=0.01, epochs=60, random_state=0))
    assert cross_val_score(pipeline, x, y, cv=3).mean() > 0.35


def test_grid_search() -> None:
    """Options of the network are searched over, inside a pipeline too, in several processes."""
    x, y = load_breast_cancer(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier(epochs=15, random_state=0))
    grid = {"networkclassifier__hidden_layer_sizes": [(), (8,)], "networkclassifier__learning_rate": [0.003, 0.03]}
    search = GridSearchCV(pipeline, grid, cv=2, n_jobs=2).fit(x, y)
    assert search.best_score_ > 0.9 and len(search.cv_results_["params"]) == 4


def test_a_network_of_ones_own() -> None:
    """`build` makes the model; labels of words, class weights, early stopping and an optimizer object."""

    def build(features: int, outputs: int) -> nn.Model:
        return nn.Sequential([nn.Dense(8, "tanh", input_dim=features), nn.Dropout(0.1), nn.Dense(outputs, "softmax")])

    rng = np.random.default_rng(0)
    centres = rng.normal(size=(3, 4)) * 4
    labels = np.arange(300) % 3
    x, y = centres[labels] + rng.normal(size=(300, 4)), np.array(["ant", "bee", "cat"])[labels]
    options = {"build": build, "optimizer": nn.Adam(0.02), "early_stopping": True, "class_weight": {"bee": 2.0}}
    model = NetworkClassifier(**options, random_state=1).fit(x, y)
    assert model.score(x, y) > 0.95 and model.predict(x)[:3].tolist() == ["ant", "bee", "cat"]
    assert "val_loss" in model.history_.history and model.n_iter_ == len(model.history_.epoch)
    again = pickle.loads(pickle.dumps(clone(model).set_params(build=None).fit(x, y)))
    assert again.score(x, y) > 0.95
    assert NetworkClassifier(class_weight="balanced", epochs=5, random_state=0).fit(x, y).classes_.tolist() == [
        "ant",
        "bee",
        "cat",
    ]


def test_the_seed_is_all_that_counts() -> None:
    """The same random_state gives the same bits, whatever else is drawn; it draws from nobody else's generator."""
    x, y = load_diabetes(return_X_y=True)
    nn.set_random_seed(1)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first = NetworkRegressor((8,), dropout=0.2, epochs=5, random_state=3).fit(x, y).predict(x)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    nn.generators.generator().random(5)
    assert np.array_equal(NetworkRegressor((8,), dropout=0.2, epochs=5, random_state=3).fit(x, y).predict(x), first)
    assert not np.array_equal(NetworkRegressor((8,), dropout=0.2, epochs=5, random_state=4).fit(x, y).predict(x), first)


def test_several_targets_and_labels() -> None:
    """Tables of numbers, and of labels that each hold or not."""
    x = np.random.default_rng(0).normal(size=(200, 3))
    numbers = np.stack([x[:, 0] * 100, x[:, 1] - 5], axis=1)
    model = NetworkRegressor((16,), random_state=0).fit(x, numbers)
    assert model.predict(x).shape == (200, 2) and model.score(x, numbers) > 0.95
    labels = (x > 0).astype(int)
    several = NetworkClassifier((16,), random_state=0).fit(x, labels)
    assert several.predict(x).shape == (200, 3) and several.score(x, labels) > 0.8
    assert several.predict_proba(x).shape == (200, 3)


def test_mistakes() -> None:
    """One class, unknown classes to weigh, no weight at all, predicting before fitting."""
    x = np.ones((10, 2))
    with pytest.raises(ValueError, match="one class only"):
        NetworkClassifier().fit(x, np.zeros(10))
    with pytest.raises(ValueError, match="'z' is no class"):
        NetworkClassifier(class_weight={"z": 1}).fit(x, list("ab") * 5)
    with pytest.raises(ValueError, match="'balanced'"):
        NetworkClassifier(class_weight="even").fit(x, list("ab") * 5)
    with pytest.raises(ValueError, match="zero"):
        NetworkRegressor().fit(x, np.arange(10), np.zeros(10))
    with pytest.raises(NotFittedError):
        NetworkRegressor().predict(x)
