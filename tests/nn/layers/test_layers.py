"""What layers do that golden values do not show: randomness, modes, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd.testing import check_grad

SMOOTH: dict[str, tuple[nn.Layer, tuple[int, ...]]] = {
    "Dense": (nn.Dense(3, "tanh", dtype="float64"), (4, 5)),
    "Dense of a sequence": (nn.Dense(3, "gelu", dtype="float64"), (2, 4, 5)),
    "BatchNormalization": (nn.BatchNormalization(dtype="float64"), (6, 3)),
    "BatchNormalization, axis 1": (nn.BatchNormalization(axis=1, dtype="float64"), (3, 2, 4)),
    "LayerNormalization": (nn.LayerNormalization(dtype="float64"), (4, 5)),
    "LayerNormalization, axes": (nn.LayerNormalization(axis=(1, 2), dtype="float64"), (3, 2, 4)),
    "PReLU": (nn.PReLU("he_normal", dtype="float64"), (4, 5)),
    "ELU": (nn.ELU(0.5, dtype="float64"), (4, 5)),
    "Softmax": (nn.Softmax(dtype="float64"), (4, 5)),
    "Rescaling": (nn.Rescaling(3.0, 1.0, dtype="float64"), (4, 5)),
    "Normalization": (nn.Normalization(mean=1.0, variance=4.0, dtype="float64"), (4, 5)),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_gradients_by_inputs_and_parameters(name: str) -> None:
    """Both are right to second order, of a layer that trains."""
    layer, shape = SMOOTH[name]
    x = np.random.default_rng(0).normal(size=shape)
    weights = np.random.default_rng(1).normal(size=layer(x).shape)
    assert check_grad(lambda x: np.sum(layer(x) * weights), x, order=2), name
    for report in (
        autograd.testing.check_model(layer, f=lambda: np.sum(layer(x) ** 2 * weights)).values()
        if (layer.parameters())
        else ()
    ):
        assert report, str(report)


def test_dropout_keeps_the_mean() -> None:
    """A part `rate` is 0, the rest grows by 1 / (1 - rate); in inference nothing happens; the gradient has the mask."""
    layer = nn.Dropout(0.3, seed=0)
    x = autograd.tensor(np.ones((1000, 20)), requires_grad=True)
    out = layer(x, training=True)
    kept = out.data != 0
    assert 0.28 < 1 - kept.mean() < 0.32 and np.allclose(out.data[kept], 1 / 0.7) and abs(out.data.mean() - 1) < 0.02
    np.sum(out).backward()
    assert np.array_equal(x.grad != 0, kept)
    assert layer(x, training=False) is x
    assert layer(x, training=True).data.tolist() != out.data.tolist()


def test_dropout_at_its_ends_and_with_a_noise_shape() -> None:
    """Rate 0 lets all pass, rate 1 nothing; a noise shape of 1 draws once for the axis."""
    x = np.ones((4, 3), np.float32)
    assert nn.Dropout(0.0)(x, training=True).data.tolist() == x.tolist()
    assert not nn.Dropout(1.0)(x, training=True).data.any()
    out = nn.Dropout(0.5, noise_shape=(None, 1), seed=0)(x).data
    assert all(len(set(row.tolist())) == 1 for row in out)


@pytest.mark.parametrize(
    ("layer", "mean", "deviation"),
    [
        (nn.GaussianNoise(0.5, seed=0), 1.0, 0.5),
        (nn.GaussianDropout(0.2, seed=0), 1.0, 0.5),
        (nn.AlphaDropout(0.3, seed=0), None, None),
    ],
    ids=["GaussianNoise", "GaussianDropout", "AlphaDropout"],
)
def test_noise(layer: Any, mean: float | None, deviation: float | None) -> None:
    """Each has the mean and spread that it says; AlphaDropout keeps both of normal numbers."""
    x = np.ones((200, 200)) if mean is not None else np.random.default_rng(0).normal(size=(200, 200))
    out = layer(x, training=True).data
    assert abs(out.mean() - (0 if mean is None else mean)) < 0.02
    assert abs(out.std() - (1 if deviation is None else deviation)) < 0.02
    assert np.array_equal(layer(x, training=False).data, x.astype(np.float32))


def test_a_seed_of_a_layer_is_its_own() -> None:
    """With a seed a layer draws the same whatever else was drawn; without, from the generator of all."""
    x = np.ones((1, 50))
    first = nn.Dropout(0.5, seed=3)(x).data
    nn.set_random_seed(1)
    assert np.array_equal(nn.Dropout(0.5, seed=3)(x).data, first)
    nn.set_random_seed(1)
    a = nn.Dropout(0.5)(x).data
    nn.set_random_seed(1)
    assert np.array_equal(nn.Dropout(0.5)(x).data, a)


def test_a_frozen_batch_normalisation_infers() -> None:
    """Frozen, it uses the running statistics and leaves them alone, in training too, as in Keras."""
    layer = nn.BatchNormalization()
    x = np.random.default_rng(0).normal(3, 2, (50, 2))
    layer.build(x.shape)
    layer.trainable = False
    out = layer(x, training=True).data
    assert np.allclose(out, x / np.sqrt(1.001), rtol=1e-5) and not layer.moving_mean.data.any()


def test_statistics_survive_a_batch_that_overflows() -> None:
    """A batch whose variance is not finite does not spoil the running ones."""
    layer = nn.BatchNormalization()
    layer(np.ones((2, 1)), training=True)
    before = layer.moving_variance.data.copy()
    with np.errstate(all="ignore"):
        layer(np.array([[1e30], [-1e30]]), training=True)
    assert np.array_equal(layer.moving_variance.data, before)


def test_normalization_learns_from_batches_and_tables() -> None:
    """adapt takes arrays, tables and iterables of batches, (x, y) too; the statistics are saved."""
    pd = pytest.importorskip("pandas")
    x = np.random.default_rng(0).normal([1, 100], [2, 30], (60, 2))
    layers = [nn.Normalization() for _ in range(3)]
    for layer, data in zip(layers, (x, pd.DataFrame(x), [(x[:20], 1), (x[20:], 2)]), strict=True):
        layer.adapt(data) if isinstance(data, np.ndarray | pd.DataFrame) else layer.adapt(iter(data))
        out = layer(x).data
        assert np.allclose(out.mean(axis=0), 0, atol=1e-5) and np.allclose(out.std(axis=0), 1, atol=1e-5)
    assert layers[0].state_dict().keys() == {"mean", "variance"} and not layers[0].parameters()


def test_relu_with_all_its_options() -> None:
    """Below the threshold a slope, above it x, at most max_value."""
    layer = nn.ReLU(max_value=4, negative_slope=0.1, threshold=1)
    assert layer([-1.0, 0.5, 2.0, 9.0]).data.tolist() == pytest.approx([-0.2, -0.05, 2, 4])


def test_symbols_have_no_values() -> None:
    """NumPy's functions, truth and iteration on a symbol say what to do; numbers and other symbols combine with it."""
    x = nn.Input((3,))
    for use in (lambda: np.tanh(x), lambda: np.concatenate([x, x]), lambda: bool(x), lambda: list(x), lambda: len(x),
                lambda: np.asarray(x), lambda: autograd.relu(x)):  # fmt: skip
        with pytest.raises(TypeError, match="stands for data to come"):
            use()
    with pytest.raises(TypeError, match="unsupported operand"):
        x + "a"
    model = nn.Model(x, 1 - 2 * x * x + x - 3)
    assert model.predict([[1, 2, 3]], verbose=0).tolist() == [[-3, -8, -17]]
