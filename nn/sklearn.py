"""Networks as estimators of scikit-learn, for pipelines, cross-validation and grid search.

Needs the extra: pip install "graphgrad[sklearn]".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from nn.callbacks import EarlyStopping
from nn.generators import drawing_from
from nn.layers import Dense, Dropout
from nn.models import Model, Sequential
from nn.optimizers import Optimizer
from nn.optimizers import get as get_optimizer
from nn.regularizers import L2

try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets, type_of_target
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data
except ImportError as error:
    raise ImportError(
        f'nn.sklearn needs scikit-learn 1.6 or newer ({error}): pip install "graphgrad[sklearn]"'
    ) from None

_FLOATS = (np.float64, np.float32)


class _Network(BaseEstimator):  # type: ignore[misc]
    """What both estimators share: how the network is made and trained. Subclasses say what the targets are."""

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: str = "relu",
        *,
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.01,
        alpha: float = 0.0001,
        dropout: float = 0.0,
        batch_size: int | str = "auto",
        epochs: int = 200,
        tol: float = 0.0001,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        build: Callable[[int, int], Model] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.alpha = alpha
        self.dropout = dropout
        self.batch_size = batch_size
        self.epochs = epochs
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.build = build
        self.random_state = random_state
        self.verbose = verbose

    def _network(self, features: int, outputs: int, end: str, dtype: Any) -> Model:
        """Return the network, with parameters of the dtype of the data."""
        if self.build is not None:
            return self.build(features, outputs)
        decay = L2(self.alpha / 2) if self.alpha else None
        layers: list[Any] = []
        for i, units in enumerate(np.atleast_1d(self.hidden_layer_sizes).tolist()):
            layers.append(Dense(units, self.activation, kernel_regularizer=decay, dtype=dtype, name=f"hidden_{i + 1}"))
            if self.dropout:
                layers.append(Dropout(self.dropout, dtype=dtype, name=f"dropout_{i + 1}"))
        last = Dense(outputs, end, kernel_regularizer=decay, dtype=dtype, name="out")
        return Sequential([*layers, last], input_shape=(features,))

    def _train(self, x: Any, y: Any, weight: Any, outputs: int, end: str, loss: str) -> None:
        """Make a network and train it; everything random comes from `random_state`."""
        rng = np.random.default_rng(check_random_state(self.random_state).randint(2**31))
        n = x.shape[0]
        size = min(200, n) if self.batch_size == "auto" else int(self.batch_size)
        if weight is not None:
            weight = weight * (n / weight.sum())
        watched = "val_loss" if self.early_stopping else "loss"
        stop = EarlyStopping(watched, self.tol, self.n_iter_no_change, restore_best_weights=self.early_stopping)
        with drawing_from(rng):
            if self.early_stopping:
                order = rng.permutation(n)
                x, y = x[order], y[order]
                weight = None if weight is None else weight[order]
            model = self._network(x.shape[1], outputs, end, x.dtype)
            model.compile(self._optimizer(), loss)
            history = model.fit(
                x, y, batch_size=size, epochs=self.epochs, verbose=self.verbose, callbacks=[stop], sample_weight=weight,
                shuffle=size < n, validation_split=self.validation_fraction if self.early_stopping else 0.0,
            )  # fmt: skip
        self.model_, self.history_, self.n_iter_ = model, history, len(history.epoch)

    def _optimizer(self) -> Optimizer:
        """Return an optimizer of its own, at the learning rate if it was given by name."""
        if not isinstance(self.optimizer, str):
            given = get_optimizer(self.optimizer)
            return type(given).from_config(given.get_config())
        chosen = get_optimizer(self.optimizer)
        chosen.learning_rate = self.learning_rate
        return chosen

    def _outputs(self, x: Any) -> Any:
        check_is_fitted(self)
        x = validate_data(self, x, accept_sparse="csr", dtype=_FLOATS, reset=False)
        return self.model_.predict(x, batch_size=1024, verbose=0)

    def _checked(self, x: Any, y: Any, sample_weight: Any, **options: Any) -> tuple[Any, Any, Any]:
        x, y = validate_data(self, x, y, accept_sparse="csr", dtype=_FLOATS, multi_output=True, **options)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, x, ensure_non_negative=True)
            if not sample_weight.sum() > 0:
                raise ValueError("sample_weight: all weights are zero, so there is nothing to learn from")
        return x, y, sample_weight

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


class NetworkClassifier(ClassifierMixin, _Network):  # type: ignore[misc]
    """A network that tells classes, or (of a table of 0 and 1) for each column whether it holds.

    `hidden_layer_sizes` units with `activation`, then a sigmoid for two classes or a softmax for more; or what
    `build`, a function of the numbers of features and outputs, returns: a model that ends so. It is trained on
    batches of `batch_size` ("auto": 200 or all), for at most `epochs`, and no longer than `n_iter_no_change` epochs
    without the loss falling by `tol`: that of the training data, or with `early_stopping` that of
    `validation_fraction` of them. To the loss `alpha` / 2 times the sum of all squared weights is added;
    `class_weight` is a dict or "balanced".

    `model_` is the trained network, `history_` how the loss went, `n_iter_` the number of epochs, `classes_` the
    labels.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> NetworkClassifier((8,), random_state=0).fit(x, x[:, 0] > 0).score(x, x[:, 0] > 0) > 0.9
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (100,),
        activation: str = "relu",
        *,
        optimizer: str | Optimizer = "adam",
        learning_rate: float = 0.01,
        alpha: float = 0.0001,
        dropout: float = 0.0,
        batch_size: int | str = "auto",
        epochs: int = 200,
        tol: float = 0.0001,
        n_iter_no_change: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        class_weight: Mapping[Any, float] | str | None = None,
        build: Callable[[int, int], Model] | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(
            hidden_layer_sizes, activation, optimizer=optimizer, learning_rate=learning_rate, alpha=alpha,
            dropout=dropout, batch_size=batch_size, epochs=epochs, tol=tol, n_iter_no_change=n_iter_no_change,
            early_stopping=early_stopping, validation_fraction=validation_fraction, build=build,
            random_state=random_state, verbose=verbose,
        )  # fmt: skip
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> NetworkClassifier:
        """Train on X (n, features) and labels y (n,), or (n, k) of 0 and 1."""
        X, y, sample_weight = self._checked(X, y, sample_weight)
        check_classification_targets(y)
        self._multilabel = type_of_target(y) == "multilabel-indicator"
        if self._multilabel:
            self.classes_ = np.arange(y.shape[1])
            self._train(X, y.astype(X.dtype), sample_weight, y.shape[1], "sigmoid", "binary_crossentropy")
            return self
        if y.ndim > 1:
            y = column_or_1d(y, warn=True)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"NetworkClassifier: y has one class only, {self.classes_.tolist()[0]!r}; "
                "there is nothing to tell apart"
            )
        sample_weight = self._weighted(sample_weight, labels)
        if len(self.classes_) == 2:
            self._train(X, labels, sample_weight, 1, "sigmoid", "binary_crossentropy")
        else:
            self._train(X, labels, sample_weight, len(self.classes_), "softmax", "sparse_categorical_crossentropy")
        return self

    def _weighted(self, weight: Any, labels: Any) -> Any:
        """Return the weights of the examples times those of their classes."""
        if self.class_weight is None:
            return weight
        if self.class_weight == "balanced":
            counts = np.bincount(labels, weight)
            of_class = np.divide(labels.size, len(counts) * counts, where=counts > 0, out=np.zeros(len(counts)))
        elif isinstance(self.class_weight, Mapping):
            strange = [label for label in self.class_weight if label not in self.classes_]
            if strange:
                raise ValueError(f"class_weight: {strange[0]!r} is no class; those are {self.classes_.tolist()}")
            of_class = np.array([self.class_weight.get(label, 1.0) for label in self.classes_.tolist()])
        else:
            raise ValueError(f"class_weight: is a dict or 'balanced', not {self.class_weight!r}")
        return of_class[labels] if weight is None else weight * of_class[labels]

    def predict_proba(self, X: Any) -> Any:
        """Return the probabilities of the classes, (n, classes); of several labels, that each holds."""
        out = self._outputs(X)
        return out if self._multilabel or len(self.classes_) > 2 else np.hstack([1 - out, out])

    def predict_log_proba(self, X: Any) -> Any:
        """Return the logarithms of the probabilities."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def predict(self, X: Any) -> Any:
        """Return the most probable class of each row, (n,); of several labels, whether each holds."""
        probabilities = self.predict_proba(X)
        return (
            (probabilities > 0.5).astype(int) if self._multilabel else self.classes_[np.argmax(probabilities, axis=1)]
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class NetworkRegressor(RegressorMixin, _Network):  # type: ignore[misc]
    """A network that predicts numbers: one for each row, or several.

    The targets are brought to mean 0 and variance 1 for training, and predictions back. The other options are those of
    `NetworkClassifier`; `build` returns a model that ends without an activation.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> NetworkRegressor((8,), random_state=0).fit(x, x[:, 0] * 100).score(x, x[:, 0] * 100) > 0.9
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> NetworkRegressor:
        """Train on X (n, features) and numbers y (n,) or (n, k)."""
        X, y, sample_weight = self._checked(X, y, sample_weight, y_numeric=True)
        self._one = y.ndim == 1 or y.shape[1] == 1
        if y.ndim > 1 and self._one:
            y = column_or_1d(y, warn=True)
        y = np.reshape(y, (len(y), -1)).astype(np.float64)
        self._mean = np.average(y, axis=0, weights=sample_weight)
        self._spread = np.sqrt(np.average((y - self._mean) ** 2, axis=0, weights=sample_weight))
        self._spread[self._spread == 0] = 1.0
        self._train(X, (y - self._mean) / self._spread, sample_weight, y.shape[1], "linear", "mean_squared_error")
        return self

    def predict(self, X: Any) -> Any:
        """Return the prediction for each row, (n,) or (n, k) as the targets were."""
        out = self._outputs(X)
        found = out * self._spread.astype(out.dtype) + self._mean.astype(out.dtype)
        return found[:, 0] if self._one else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
