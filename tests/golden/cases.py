"""What is computed by Keras and by `nn` alike, in float64: each function returns named arrays.

`K` is the module `keras` of either; `grad(f, x)` is the gradient of f(x), a scalar, by that library's means.
`make.py` runs all of this on Keras and keeps the results, `test_golden.py` runs it on `nn` and compares.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Grad = Callable[[Callable[[Any], Any], Any], Any]
Arrays = dict[str, Any]


def rng(name: str) -> np.random.Generator:
    """Return a generator that is the same for a name in every run."""
    return np.random.default_rng(list(name.encode()))


def array(x: Any) -> Any:
    """Return a tensor of any library as an array."""
    x = x.detach() if hasattr(x, "detach") else x
    return np.array(x.numpy() if hasattr(x, "numpy") else x, float)


def total(K: Any, x: Any) -> Any:
    """Return the sum of all elements, as a tensor of the library."""
    return K.ops.sum(x) if hasattr(K, "ops") else np.sum(x)


# --- activations -------------------------------------------------------------------------------------------

ACTIVATIONS = (
    "relu", "leaky_relu", "relu6", "softmax", "celu", "elu", "selu", "softplus", "softsign", "silu", "swish", "gelu",
    "tanh", "sigmoid", "exponential", "hard_sigmoid", "hard_tanh", "linear", "mish", "log_softmax", "log_sigmoid",
)  # fmt: skip


def activations(K: Any, grad: Grad) -> Arrays:
    """Return values and slopes of every activation, kinks left out."""
    x = np.array([[-30.0, -7.1, -3.2, -1.7, -0.6, -0.01], [0.01, 0.4, 0.9, 2.3, 5.5, 20.0]])
    weights = tensor_like(K, rng("activations").normal(size=x.shape))
    found = {}
    for name in ACTIVATIONS:
        f = K.activations.get(name)
        layer = K.layers.Activation(name, dtype="float64")
        found[f"{name}/value"] = array(layer(x))
        found[f"{name}/slope"] = grad(lambda t, f=f: total(K, f(t) * weights), x)
    for name, options in (
        ("ReLU", {"max_value": 4.0, "negative_slope": 0.2, "threshold": 0.5}),
        ("LeakyReLU", {}),
        ("ELU", {"alpha": 0.7}),
        ("Softmax", {"axis": 0}),
    ):
        found[f"{name}/value"] = array(getattr(K.layers, name)(**options, dtype="float64")(x))
    return found


# --- losses ------------------------------------------------------------------------------------------------


def _loss_data(kind: str) -> tuple[Any, Any]:
    draw = rng(kind)
    if kind == "numbers":
        return draw.normal(size=(6, 3)) * 2, draw.normal(size=(6, 3)) * 2
    if kind == "positive":
        return draw.uniform(0.1, 5, (6, 3)), draw.uniform(0.1, 5, (6, 3))
    if kind == "binary":
        return draw.integers(0, 2, (6, 3)).astype(float), draw.uniform(0.01, 0.99, (6, 3))
    if kind == "binary logits":
        return draw.integers(0, 2, (6, 3)).astype(float), draw.normal(size=(6, 3)) * 10
    if kind == "signs":
        return draw.choice([-1.0, 1.0], (6, 3)), draw.normal(size=(6, 3))
    rows = draw.normal(size=(6, 4)) * 3
    probabilities = np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True)
    labels = draw.integers(0, 4, 6)
    one_hot = np.eye(4)[labels]
    return {
        "classes": (one_hot, probabilities),
        "class logits": (one_hot, rows),
        "labels": (labels, probabilities),
        "label logits": (labels, rows),
        "distributions": (np.roll(probabilities, 1, axis=0), probabilities),
    }[kind]


LOSSES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "mse": ("MeanSquaredError", "numbers", {}),
    "mae": ("MeanAbsoluteError", "numbers", {}),
    "mape": ("MeanAbsolutePercentageError", "numbers", {}),
    "msle": ("MeanSquaredLogarithmicError", "positive", {}),
    "huber": ("Huber", "numbers", {}),
    "huber, delta": ("Huber", "numbers", {"delta": 0.3}),
    "log_cosh": ("LogCosh", "numbers", {}),
    "cosine": ("CosineSimilarity", "numbers", {}),
    "poisson": ("Poisson", "positive", {}),
    "hinge": ("Hinge", "signs", {}),
    "hinge of 0 and 1": ("Hinge", "binary logits", {}),
    "squared hinge": ("SquaredHinge", "signs", {}),
    "categorical hinge": ("CategoricalHinge", "class logits", {}),
    "kl": ("KLDivergence", "distributions", {}),
    "bce": ("BinaryCrossentropy", "binary", {}),
    "bce of logits": ("BinaryCrossentropy", "binary logits", {"from_logits": True}),
    "bce, smooth": ("BinaryCrossentropy", "binary", {"label_smoothing": 0.2}),
    "bce of logits, smooth": ("BinaryCrossentropy", "binary logits", {"from_logits": True, "label_smoothing": 0.2}),
    "cce": ("CategoricalCrossentropy", "classes", {}),
    "cce of logits": ("CategoricalCrossentropy", "class logits", {"from_logits": True}),
    "cce, smooth": ("CategoricalCrossentropy", "classes", {"label_smoothing": 0.1}),
    "cce of logits, smooth": ("CategoricalCrossentropy", "class logits", {"from_logits": True, "label_smoothing": 0.1}),
    "scce": ("SparseCategoricalCrossentropy", "labels", {}),
    "scce of logits": ("SparseCategoricalCrossentropy", "label logits", {"from_logits": True}),
    "scce, ignored": ("SparseCategoricalCrossentropy", "label logits", {"from_logits": True, "ignore_class": 2}),
    "focal": ("BinaryFocalCrossentropy", "binary", {}),
    "focal, balanced": (
        "BinaryFocalCrossentropy",
        "binary",
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5},
    ),
}
REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight")


def losses(K: Any, grad: Grad) -> Arrays:
    """Return the value of every loss by each reduction, with and without weights, and its gradient."""
    weights = np.array([0.5, 2.0, 0.0, 1.0, 3.0, 0.1])
    found = {}
    for name, (cls, kind, options) in LOSSES.items():
        y, p = _loss_data(kind)
        for reduction in REDUCTIONS:
            loss = getattr(K.losses, cls)(**options, reduction=reduction)
            found[f"{name}/{reduction}"] = array(loss(y, p))
            found[f"{name}/{reduction}, weighted"] = array(loss(y, p, weights))
        each = getattr(K.losses, cls)(**options, reduction=None)
        found[f"{name}/each"] = array(each(y, p))
        whole = getattr(K.losses, cls)(**options)
        found[f"{name}/gradient"] = grad(lambda t, loss=whole, y=y: loss(y, t), p)
        found[f"{name}/gradient, weighted"] = grad(lambda t, loss=whole, y=y: loss(y, t, weights), p)
    return found


# --- metrics -----------------------------------------------------------------------------------------------

METRICS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "accuracy": ("BinaryAccuracy", "binary", {}),
    "accuracy, threshold": ("BinaryAccuracy", "binary", {"threshold": 0.3}),
    "categorical accuracy": ("CategoricalAccuracy", "classes", {}),
    "sparse accuracy": ("SparseCategoricalAccuracy", "labels", {}),
    "top 2": ("TopKCategoricalAccuracy", "classes", {"k": 2}),
    "sparse top 2": ("SparseTopKCategoricalAccuracy", "labels", {"k": 2}),
    "true positives": ("TruePositives", "binary", {}),
    "false positives": ("FalsePositives", "binary", {"thresholds": 0.7}),
    "true negatives": ("TrueNegatives", "binary", {}),
    "false negatives": ("FalseNegatives", "binary", {"thresholds": [0.2, 0.8]}),
    "precision": ("Precision", "binary", {}),
    "precision of a class": ("Precision", "classes", {"class_id": 1}),
    "precision of the top": ("Precision", "classes", {"top_k": 2}),
    "recall": ("Recall", "binary", {}),
    "recall, thresholds": ("Recall", "binary", {"thresholds": [0.1, 0.5, 0.9]}),
    "auc": ("AUC", "binary", {}),
    "auc of few": ("AUC", "binary", {"num_thresholds": 7}),
    "auc pr": ("AUC", "binary", {"curve": "PR"}),
    "auc minoring": ("AUC", "binary", {"summation_method": "minoring"}),
    "auc pr majoring": ("AUC", "binary", {"curve": "PR", "summation_method": "majoring"}),
    "f1": ("F1Score", "classes", {}),
    "f1 macro": ("F1Score", "classes", {"average": "macro"}),
    "f1 micro": ("F1Score", "binary", {"average": "micro", "threshold": 0.4}),
    "f2 weighted": ("FBetaScore", "classes", {"average": "weighted", "beta": 2.0}),
    "mse": ("MeanSquaredError", "numbers", {}),
    "mae": ("MeanAbsoluteError", "numbers", {}),
    "mape": ("MeanAbsolutePercentageError", "numbers", {}),
    "msle": ("MeanSquaredLogarithmicError", "positive", {}),
    "rmse": ("RootMeanSquaredError", "numbers", {}),
    "log cosh": ("LogCoshError", "numbers", {}),
    "cosine": ("CosineSimilarity", "numbers", {}),
    "poisson": ("Poisson", "positive", {}),
    "kl": ("KLDivergence", "distributions", {}),
    "hinge": ("Hinge", "signs", {}),
    "squared hinge": ("SquaredHinge", "signs", {}),
    "categorical hinge": ("CategoricalHinge", "class logits", {}),
    "bce": ("BinaryCrossentropy", "binary", {}),
    "bce of logits": ("BinaryCrossentropy", "binary logits", {"from_logits": True}),
    "cce": ("CategoricalCrossentropy", "classes", {}),
    "scce": ("SparseCategoricalCrossentropy", "labels", {}),
    "r2": ("R2Score", "numbers", {}),
    "r2 weighted": ("R2Score", "numbers", {"class_aggregation": "variance_weighted_average"}),
}


def metrics(K: Any, _grad: Grad) -> Arrays:
    """Return every metric over two batches, with and without weights, and after it was reset."""
    found = {}
    for name, (cls, kind, options) in METRICS.items():
        y, p = _loss_data(kind)
        for weights in (None, np.array([0.5, 2.0, 0.0, 1.0, 3.0, 0.1])):
            metric = getattr(K.metrics, cls)(**options)
            ending = "" if weights is None else ", weighted"
            for part in (slice(0, 4), slice(4, 6)):
                metric.update_state(y[part], p[part], None if weights is None else weights[part])
            found[f"{name}/two batches{ending}"] = array(metric.result())
            metric.reset_state()
            metric.update_state(y[:3], p[:3])
            found[f"{name}/reset{ending}"] = array(metric.result())
    return found


# --- optimisers --------------------------------------------------------------------------------------------

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"learning_rate": 0.1}),
    "sgd momentum": ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    "sgd nesterov": ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    "sgd decay": ("SGD", {"learning_rate": 0.1, "weight_decay": 0.05}),
    "rmsprop": ("RMSprop", {"learning_rate": 0.1}),
    "rmsprop momentum": ("RMSprop", {"learning_rate": 0.1, "rho": 0.8, "momentum": 0.5}),
    "rmsprop centered": ("RMSprop", {"learning_rate": 0.1, "centered": True}),
    "rmsprop both": ("RMSprop", {"learning_rate": 0.1, "centered": True, "momentum": 0.5}),
    "adam": ("Adam", {"learning_rate": 0.1}),
    "adam, betas": ("Adam", {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3}),
    "amsgrad": ("Adam", {"learning_rate": 0.1, "amsgrad": True}),
    "adamw": ("AdamW", {"learning_rate": 0.1}),
    "adamw, decay": ("AdamW", {"learning_rate": 0.1, "weight_decay": 0.2, "amsgrad": True}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "adagrad, start": ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.5}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0}),
    "adamax": ("Adamax", {"learning_rate": 0.1}),
    "nadam": ("Nadam", {"learning_rate": 0.1}),
    "lion": ("Lion", {"learning_rate": 0.1}),
    "lion decay": ("Lion", {"learning_rate": 0.1, "weight_decay": 0.1}),
    "clipnorm": ("SGD", {"learning_rate": 0.1, "clipnorm": 0.5}),
    "clipvalue": ("Adam", {"learning_rate": 0.1, "clipvalue": 0.3}),
    "global_clipnorm": ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.5, "momentum": 0.9}),
}
SCHEDULES: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "exponential": ("ExponentialDecay", (0.1, 7, 0.5), {}),
    "staircase": ("ExponentialDecay", (0.1, 7, 0.5), {"staircase": True}),
    "inverse time": ("InverseTimeDecay", (0.1, 7, 0.5), {}),
    "inverse time, staircase": ("InverseTimeDecay", (0.1, 7, 0.5), {"staircase": True}),
    "piecewise": ("PiecewiseConstantDecay", ([5, 12], [0.1, 0.05, 0.01]), {}),
    "polynomial": ("PolynomialDecay", (0.1, 15), {"power": 2.0, "end_learning_rate": 0.01}),
    "polynomial, cycle": ("PolynomialDecay", (0.1, 6), {"cycle": True}),
    "cosine": ("CosineDecay", (0.1, 15), {"alpha": 0.1}),
    "cosine, warm": ("CosineDecay", (0.0, 15), {"warmup_target": 0.2, "warmup_steps": 5}),
    "restarts": ("CosineDecayRestarts", (0.1, 4), {"t_mul": 2.0, "m_mul": 0.5, "alpha": 0.1}),
    "restarts, even": ("CosineDecayRestarts", (0.1, 4), {"t_mul": 1.0}),
}


def optimizers(K: Any, _grad: Grad) -> Arrays:
    """Return the kernel of a layer after each of ten steps with given gradients; and the rates of schedules."""
    draw = rng("optimizers")
    start, gradients = draw.normal(size=(3, 2)), draw.normal(size=(10, 3, 2))
    biases = draw.normal(size=(10, 2))
    found = {}
    for name, (cls, options) in OPTIMIZERS.items():
        found[name] = _ten_steps(K, getattr(K.optimizers, cls)(**options), start, gradients, biases)
    for name, (cls, arguments, options) in SCHEDULES.items():
        schedule = getattr(K.optimizers.schedules, cls)(*arguments, **options)
        found[f"schedule/{name}"] = np.array([float(array(schedule(step))) for step in range(25)])
        rate = getattr(K.optimizers.schedules, cls)(*arguments, **options)
        found[f"sgd by {name}"] = _ten_steps(K, K.optimizers.SGD(rate), start, gradients, biases)
    return found


def _ten_steps(K: Any, optimizer: Any, start: Any, gradients: Any, biases: Any) -> Any:
    layer = K.layers.Dense(2, dtype="float64")
    layer.build((None, 3))
    layer.set_weights([start, np.array([1.0, -1.0])])
    path = []
    for kernel, bias in zip(gradients, biases, strict=True):
        optimizer.apply([tensor_like(K, kernel), tensor_like(K, bias)], layer.trainable_weights)
        path.append(np.concatenate([array(w).ravel() for w in layer.get_weights()]))
    return np.array(path)


def tensor_like(K: Any, x: Any) -> Any:
    """Return an array as what the library's optimizers take."""
    return K.ops.convert_to_tensor(x) if hasattr(K, "ops") else x


# --- layers ------------------------------------------------------------------------------------------------


def layers(K: Any, grad: Grad) -> Arrays:
    """Return what layers compute, in training and in inference, and their gradients."""
    draw = rng("layers")
    x, image = draw.normal(size=(5, 4)) * 3 + 1, draw.normal(size=(3, 2, 2, 4))
    weights = tensor_like(K, draw.normal(size=x.shape))
    found = {}
    for name, options in {
        "batch": {},
        "batch, plain": {"center": False, "scale": False, "momentum": 0.7, "epsilon": 0.1},
    }.items():
        layer = K.layers.BatchNormalization(dtype="float64", **options)
        layer.build((None, 4))
        if "plain" not in name:
            layer.set_weights(
                [draw.uniform(0.5, 2, 4), draw.normal(size=4), draw.normal(size=4), draw.uniform(0.5, 2, 4)]
            )
        found[f"{name}/inference"] = array(layer(x, training=False))
        found[f"{name}/slope, inference"] = grad(lambda t, f=layer: total(K, f(t, training=False) * weights), x)
        found[f"{name}/training"] = array(layer(x, training=True))
        found[f"{name}/slope, training"] = grad(lambda t, f=layer: total(K, f(t, training=True) * weights), x)
        array(layer(x * 2 - 1, training=True))
        for i, weight in enumerate(layer.get_weights()):
            found[f"{name}/weight {i}"] = array(weight)
        found[f"{name}/inference after"] = array(layer(x, training=False))
    of_images = K.layers.BatchNormalization(axis=1, dtype="float64")
    found["batch, axis 1"] = array(of_images(image, training=True))
    for name, options in {"layer": {}, "layer, axes": {"axis": (2, 3), "epsilon": 0.01}}.items():
        layer = K.layers.LayerNormalization(dtype="float64", **options)
        given = image if "axes" in name else x
        layer.build(given.shape)
        layer.set_weights([draw.uniform(0.5, 2, w.shape) for w in layer.get_weights()])
        found[f"{name}/value"] = array(layer(given))
        scale = tensor_like(K, draw.normal(size=given.shape))
        found[f"{name}/slope"] = grad(lambda t, f=layer, s=scale: total(K, f(t) * s), given)
    normalization = K.layers.Normalization(dtype="float64")
    normalization.adapt(x)
    found["normalization"] = array(normalization(x + 1))
    found["normalization of images"] = array(_adapted(K, image)(image))
    found["normalization, given"] = array(K.layers.Normalization(mean=3.0, variance=4.0, dtype="float64")(x))
    found["normalization, back"] = array(
        K.layers.Normalization(mean=3.0, variance=4.0, invert=True, dtype="float64")(x)
    )
    found["rescaling"] = array(K.layers.Rescaling(1 / 255, offset=-0.5, dtype="float64")(x))
    prelu = K.layers.PReLU(shared_axes=[1], dtype="float64")
    prelu.build((None, 2, 4))
    prelu.set_weights([draw.uniform(0, 1, (1, 4))])
    found["prelu"] = array(prelu(image[:, 0]))
    a, b = draw.normal(size=(2, 5, 3))
    for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
        found[name.lower()] = array(getattr(K.layers, name)(dtype="float64")([a, b]))
    found["dot"] = array(K.layers.Dot(axes=1, dtype="float64")([a, b]))
    found["dot, normalized"] = array(K.layers.Dot(axes=1, normalize=True, dtype="float64")([a, b]))
    found["dot of matrices"] = array(
        K.layers.Dot(axes=(2, 1), dtype="float64")([image[:, 0], image[:, 1].transpose(0, 2, 1)])
    )
    found["reshape"] = array(K.layers.Reshape((-1, 2), dtype="float64")(x))
    found["permute"] = array(K.layers.Permute((3, 1, 2), dtype="float64")(image))
    found["flatten"] = array(K.layers.Flatten(dtype="float64")(image))
    return found


def _adapted(K: Any, data: Any) -> Any:
    layer = K.layers.Normalization(axis=(1, 3), dtype="float64")
    layer.adapt(data)
    return layer


def penalties(K: Any, _grad: Grad) -> Arrays:
    """Return what regularisers add for a matrix, and what constraints make of it."""
    draw, found = rng("penalties"), {}
    matrix = draw.normal(size=(4, 3))
    for name, regularizer in {
        "l1": K.regularizers.L1(0.1), "l2": K.regularizers.L2(0.1), "l1l2": K.regularizers.L1L2(0.1, 0.2),
        "orthogonal": K.regularizers.OrthogonalRegularizer(0.1),
        "columns": K.regularizers.OrthogonalRegularizer(0.1, "columns"),
    }.items():  # fmt: skip
        found[f"regularizer/{name}"] = array(regularizer(tensor_like(K, matrix)))
    for name, constraint in {
        "max": K.constraints.MaxNorm(1.0), "min max": K.constraints.MinMaxNorm(0.5, 1.5, rate=0.7),
        "non neg": K.constraints.NonNeg(), "unit": K.constraints.UnitNorm(axis=1),
    }.items():  # fmt: skip
        found[f"constraint/{name}"] = array(constraint(tensor_like(K, matrix)))
    return found


# --- initialisers ------------------------------------------------------------------------------------------

INITIALIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "glorot_uniform": ("GlorotUniform", {}), "glorot_normal": ("GlorotNormal", {}), "he_uniform": ("HeUniform", {}),
    "he_normal": ("HeNormal", {}), "lecun_uniform": ("LecunUniform", {}), "lecun_normal": ("LecunNormal", {}),
    "random_uniform": ("RandomUniform", {}), "random_normal": ("RandomNormal", {}),
    "truncated_normal": ("TruncatedNormal", {}), "orthogonal": ("Orthogonal", {"gain": 2.0}),
    "scaling": ("VarianceScaling", {"scale": 3.0, "mode": "fan_out", "distribution": "untruncated_normal"}),
    "zeros": ("Zeros", {}), "ones": ("Ones", {}), "constant": ("Constant", {"value": 0.3}),
}  # fmt: skip


def initializers(K: Any, _grad: Grad) -> Arrays:
    """Return the moments and the extremes of large draws: they are compared loosely, since the generators differ."""
    found = {}
    for name, (cls, options) in INITIALIZERS.items():
        seed = {} if cls in ("Zeros", "Ones", "Constant") else {"seed": 1}
        w = array(getattr(K.initializers, cls)(**options, **seed)((600, 400), dtype="float64"))
        found[name] = np.array([w.mean(), w.std(), np.mean(w**4) ** 0.25])
    return found


# --- training ----------------------------------------------------------------------------------------------


def training(K: Any, _grad: Grad) -> Arrays:
    """Return what `fit` comes to without shuffling: histories and weights, of every kind of model and option."""
    draw = rng("training")
    x, number = draw.normal(size=(50, 4)), draw.normal(size=50)
    label, classes = draw.integers(0, 2, 50), draw.integers(0, 3, 50)
    weight = draw.uniform(0, 2, 50)
    found: Arrays = {}

    def run(name: str, model: Any, y: Any, **options: Any) -> None:
        history = model.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0, **options)
        found.update({f"{name}/{key}": np.array(values, float) for key, values in history.history.items()})
        for i, w in enumerate(model.get_weights()):
            found[f"{name}/weight {i}"] = array(w)
        out = model.predict(x, verbose=0)
        for i, part in enumerate(out.values() if isinstance(out, dict) else out if isinstance(out, list) else [out]):
            found[f"{name}/out {i}"] = array(part)

    def net(*layers: Any) -> Any:
        model = K.Sequential([K.Input((4,)), *layers])
        model.set_weights([draw.normal(size=w.shape) * 0.3 for w in model.get_weights()])
        return model

    dense = K.layers.Dense
    model = net(dense(5, "tanh"), dense(1))
    model.compile("sgd", "mse", metrics=["mae"])
    run("regression", model, number, validation_split=0.2)
    model = net(
        dense(5, "relu", kernel_regularizer="l2", bias_regularizer=K.regularizers.L1(0.02)), dense(1, "sigmoid")
    )
    model.compile(K.optimizers.Adam(0.05), "binary_crossentropy", metrics=["acc"])
    run("binary", model, label, validation_data=(x[:20], label[:20]), class_weight={0: 1.0, 1: 3.0})
    model = net(dense(5, "selu", kernel_constraint=K.constraints.MaxNorm(0.8)), dense(3, "softmax"))
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    run("classes", model, classes, sample_weight=weight, validation_data=(x[:20], classes[:20], weight[:20]))
    model = net(dense(5, "gelu"), K.layers.BatchNormalization(momentum=0.8), dense(3, "softmax"))
    model.compile("nadam", K.losses.CategoricalCrossentropy(label_smoothing=0.1), metrics=["accuracy"])
    run("one-hot", model, np.eye(3)[classes], validation_split=0.1)

    inputs = K.Input((4,), name="in")
    shared = dense(4, "tanh", name="shared")
    h = shared(shared(inputs))
    merged = K.layers.Concatenate()([h, K.layers.Add()([inputs, h])])
    model = K.Model(inputs, {"a": dense(1, name="a")(merged), "b": dense(3, "softmax", name="b")(h)})
    model.set_weights([draw.normal(size=w.shape) * 0.3 for w in model.get_weights()])
    model.compile(
        K.optimizers.SGD(0.05, momentum=0.9),
        {"a": "mse", "b": "sparse_categorical_crossentropy"},
        loss_weights={"a": 0.5, "b": 2.0},
        metrics={"a": ["mae"], "b": ["accuracy"]},
    )
    run("branches", model, {"a": number, "b": classes}, validation_split=0.2)
    for key, value in model.evaluate(x, {"a": number, "b": classes}, batch_size=7, verbose=0, return_dict=True).items():
        found[f"branches/evaluated {key}"] = np.array(value, float)
    return found


SUITES: dict[str, Callable[[Any, Grad], Arrays]] = {
    "activations": activations,
    "losses": losses,
    "metrics": metrics,
    "optimizers": optimizers,
    "layers": layers,
    "penalties": penalties,
    "initializers": initializers,
    "training": training,
}
