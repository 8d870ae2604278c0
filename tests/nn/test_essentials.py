"""What `nn` promises: losses, optimisers, training, and the traps that it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import tensor


def data(n: int = 64, features: int = 3, seed: int = 0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, features)).astype(np.float32)
    return x, (x @ np.arange(1.0, features + 1)).astype(np.float32)


def test_fused_losses_are_the_plain_ones_of_probabilities() -> None:
    """From logits and from probabilities a cross-entropy is the same number, where the second is exact."""
    z = np.random.default_rng(0).normal(size=(5, 3))
    labels = np.array([0, 2, 1, 1, 0])
    plain = nn.SparseCategoricalCrossentropy()(labels, autograd.softmax(z)).item()
    assert nn.SparseCategoricalCrossentropy(from_logits=True)(labels, z).item() == pytest.approx(plain)
    assert nn.CategoricalCrossentropy(from_logits=True)(np.eye(3)[labels], z).item() == pytest.approx(plain)
    y = (z[:, :1] > 0).astype(float)
    plain = nn.BinaryCrossentropy()(y, autograd.sigmoid(z[:, :1])).item()
    assert nn.BinaryCrossentropy(from_logits=True)(y, z[:, :1]).item() == pytest.approx(plain)


@pytest.mark.parametrize("loss", [nn.SparseCategoricalCrossentropy, nn.CategoricalCrossentropy, nn.BinaryCrossentropy])
def test_gradients_of_losses_of_every_order(loss: Any) -> None:
    """Gradient and Hessian of a loss on logits are those by differences, also at logits of 0."""
    z = np.array([[0.0, 1.0, -2.0], [3.0, 0.0, 0.5]])
    y = np.array([2, 0]) if loss is nn.SparseCategoricalCrossentropy else np.eye(3)[[2, 0]]

    def f(z: Any) -> Any:
        return loss(from_logits=True)(y, z)

    h = 1e-5
    for first, second in ((lambda z: f(tensor(z)).item(), autograd.grad(f)), (autograd.grad(f), autograd.hessian(f))):
        exact = np.asarray(second(z))
        for i in np.ndindex(z.shape):
            step = np.zeros_like(z)
            step[i] = h
            slope = (np.asarray(first(z + step)) - np.asarray(first(z - step))) / (2 * h)
            np.testing.assert_allclose(exact[(..., *i)], slope, atol=1e-8)


def test_a_certain_and_wrong_answer_still_learns() -> None:
    """Sigmoid with binary cross-entropy at a logit of 40 for the label 0 has the gradient 1, not 0."""
    model = nn.Sequential([nn.Dense(1, activation="sigmoid", input_dim=1, kernel_initializer="ones")])
    model.compile(nn.SGD(1.0), "binary_crossentropy")
    before = model.layers[0].bias.data.copy()
    model.train_on_batch(np.array([[40.0]]), np.array([0]))
    assert model.layers[0].bias.data - before == pytest.approx(-1)


def reference(name: str, w: float, gradients: list[float]) -> float:
    """Apply Keras' formulas to one number, step by step."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        if name == "sgd":
            w -= 0.1 * g
        elif name == "momentum":
            m = 0.9 * m - 0.1 * g
            w += m
        elif name == "nesterov":
            m = 0.9 * m - 0.1 * g
            w += 0.9 * m - 0.1 * g
        elif name == "rmsprop":
            v = 0.9 * v + 0.1 * g * g
            w -= 0.1 * g / (v + 1e-7) ** 0.5
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            w -= 0.1 * (1 - 0.999**t) ** 0.5 / (1 - 0.9**t) * m / (v**0.5 + 1e-7)
    return w


@pytest.mark.parametrize("size", [1, 40_000])
@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("sgd", lambda: nn.SGD(0.1)),
        ("momentum", lambda: nn.SGD(0.1, momentum=0.9)),
        ("nesterov", lambda: nn.SGD(0.1, momentum=0.9, nesterov=True)),
        ("rmsprop", lambda: nn.RMSprop(0.1)),
        ("adam", lambda: nn.Adam(0.1)),
    ],
)
def test_optimizers_follow_their_formulas(name: str, optimizer: Any, size: int) -> None:
    """Ten steps on small and large parameters together are those of the formulas; gradients are not written to."""
    w, other = tensor(np.full((size, 1), 2.0), requires_grad=True), tensor([2.0, 2.0], requires_grad=True)
    chosen = optimizer()
    chosen.build([w, other])
    gradients = np.random.default_rng(0).normal(size=10).tolist()
    for g in gradients:
        w.grad, other.grad = np.full(w.shape, g), np.full(2, g)
        chosen.step()
        assert np.all(w.grad == g) and np.all(other.grad == g)
    expected = reference(name, 2.0, gradients)
    np.testing.assert_allclose(w.data, expected, rtol=1e-9)
    np.testing.assert_allclose(other.data, expected, rtol=1e-9)


def small(seed: int = 0) -> nn.Sequential:
    nn.set_random_seed(seed)
    model = nn.Sequential([nn.Dense(8, activation="relu"), nn.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


def test_the_same_seed_gives_the_same_bits() -> None:
    """Two runs from one seed end in equal parameters; another seed does not."""
    x, y = data()
    states = []
    for seed in (0, 0, 1):
        model = small(seed)
        model.fit(x, y, epochs=3, verbose=0)
        states.append(model.state_dict())
    assert all(np.array_equal(states[0][k], states[1][k]) for k in states[0])
    assert not all(np.array_equal(states[0][k], states[2][k]) for k in states[0])


def test_fit_evaluate_predict() -> None:
    """The loss falls, the history has one value an epoch, float32 stays float32, the last rows are for validation."""
    x, y = data()
    model = small()
    model.compile(nn.Adam(0.02), "mse", metrics=["mae"])
    history = model.fit(x, y, epochs=60, validation_split=0.25, verbose=0)
    assert set(history.history) == {"loss", "mae", "val_loss", "val_mae"} and len(history.epoch) == 60
    assert history.history["loss"][-1] < 0.2 * history.history["loss"][0]
    assert {p.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    assert model.predict(x).shape == (64, 1) and model.predict(x).dtype == np.float32
    loss, mae = model.evaluate(x[48:], y[48:], verbose=0)
    assert (loss, mae) == pytest.approx((history.history["val_loss"][-1], history.history["val_mae"][-1]))


def test_the_lines_of_verbose_2(capsys: pytest.CaptureFixture[str]) -> None:
    """They have Keras' form, and no escape byte."""
    x, y = data()
    small().fit(x, y, epochs=2, verbose=2, validation_split=0.5)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2" and "\x1b" not in "".join(lines)
    assert lines[1].startswith("1/1 - 0s - ") and " - loss: " in lines[1] and " - val_mae: " in lines[1]


def test_state_dict_round_trip() -> None:
    """A model takes over another one's parameters; a wrong name or shape changes nothing."""
    x, _ = data()
    one, other = small(0), small(1)
    one.predict(x), other.predict(x)
    other.load_state_dict(one.state_dict())
    assert np.array_equal(one.predict(x), other.predict(x))
    state = one.state_dict() | {"dense.kernel": np.zeros((1, 1))}
    with pytest.raises(ValueError, match=r"dense.kernel.*\(3, 8\)"):
        other.load_state_dict(state)
    with pytest.raises(ValueError, match="missing"):
        other.load_state_dict({})
    assert np.array_equal(one.predict(x), other.predict(x))


TRAPS: dict[str, tuple[Any, Any, list[Any], str, str]] = {
    "one target for three units": (np.ones((4, 2)), np.ones(4), [nn.Dense(3)], "mse", "1 unit"),
    "three targets for one unit": (np.ones((4, 2)), np.ones((4, 3)), [nn.Dense(1)], "mse", "3 units"),
    "softmax of one unit": (np.ones((4, 2)), np.zeros(4), [nn.Dense(1, "softmax")], "scce", "sigmoid"),
    "labels from 1": (np.ones((2, 2)), np.array([1, 2]), [nn.Dense(2, "softmax")], "scce", "from 0 to 1"),
    "labels -1 and 1": (np.ones((2, 2)), np.array([-1, 1]), [nn.Dense(1, "sigmoid")], "bce", "0 or 1"),
    "labels that are words": (np.ones((2, 2)), np.array(["a", "b"]), [nn.Dense(1, "sigmoid")], "bce", "numbers"),
    "nan in x": (np.array([[1.0, np.nan], [1.0, 1.0]]), np.ones(2), [nn.Dense(1)], "mse", "row 0 and column 1"),
    "another length": (np.ones((4, 2)), np.ones(3), [nn.Dense(1)], "mse", "4 examples"),
    "nothing": (np.ones((0, 2)), np.ones(0), [nn.Dense(1)], "mse", "empty"),
    "other columns": (np.ones((4, 2)), np.ones(4), [nn.Dense(1, input_dim=3)], "mse", "layer 1 'dense' expects 3"),
}


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_refused(name: str) -> None:
    """What Keras would train on silently gets an error that says the fix."""
    x, y, layers, loss, words = TRAPS[name]
    model = nn.Sequential(layers)
    model.compile("sgd", loss)
    with pytest.raises((ValueError, TypeError)) as raised:
        model.fit(x, y, verbose=0)
    assert words in str(raised.value), str(raised.value)


def test_names_are_checked_at_once() -> None:
    """An unknown name fails in compile or in the layer, with what was meant."""
    with pytest.raises(ValueError, match="'adam'"):
        nn.Sequential([nn.Dense(1)]).compile("adamm", "mse")
    with pytest.raises(ValueError, match="'relu'"):
        nn.Dense(1, "rellu")


def test_a_loss_that_explodes_says_so() -> None:
    """Training stops at a loss that is not finite, with the unscaled column."""
    x = np.array([[1.0, 1e9], [2.0, -1e9]])
    model = nn.Sequential([nn.Dense(1)])
    model.compile(nn.SGD(10.0), "mse")
    with pytest.raises(FloatingPointError, match="loss became"):
        model.fit(x, [1.0, 2.0], epochs=50, verbose=0)


def test_modules_find_their_parameters() -> None:
    """Attributes, lists, nested and shared modules: each parameter once, by its dotted name."""

    class Net(nn.Module):
        def __init__(self) -> None:
            self.first = nn.Dense(2, input_dim=3)
            self.first.build((None, 3))
            self.again = self.first
            self.scale = tensor(2.0, requires_grad=True)

        def forward(self, x: Any) -> Any:
            return self.again(self.first(x)[..., :1] * np.ones(3)) * self.scale

    net = Net()
    assert [name for name, _ in net.named_parameters()] == ["scale", "first.kernel", "first.bias"]
    np.sum(net(np.ones((4, 3)))).backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters()) and not net.eval().training
