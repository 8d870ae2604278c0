"""`Module`: one mechanism for parameters, buffers and modes, beneath layers and models."""

from __future__ import annotations

import copy
import pickle
import threading
from typing import Any

import numpy as np
import pytest

import autograd
import nn
from autograd import tensor


class Net(nn.Module):
    """Parameters as attributes, in lists and dicts, in modules, one of them shared."""

    def __init__(self) -> None:
        self.first = nn.Dense(2, input_dim=3)
        self.first.build((None, 3))
        self.again = self.first
        self.scale = tensor(2.0, requires_grad=True)
        self.extra = [tensor([1.0, 1.0], requires_grad=True), tensor([5.0])]
        self.by_name = {"out": nn.Dense(1)}

    def forward(self, x: Any) -> Any:
        h = self.again(self.first(x)[..., :1] * np.ones(3, np.float32)) * self.scale
        return self.by_name["out"](h + self.extra[0])


def test_parameters_are_found_once_and_named() -> None:
    """Attributes, lists, dicts, nested and shared modules: each parameter once, by its dotted name."""
    net = Net()
    net(np.ones((4, 3)))
    names = [name for name, _ in net.named_parameters()]
    assert names == ["scale", "extra.0", "first.kernel", "first.bias", "by_name.out.kernel", "by_name.out.bias"]
    np.sum(net(np.ones((4, 3)))).backward()
    assert all(p.grad is not None for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    assert {name for name, _ in net.named_modules()} == {"", "first", "by_name.out"}


def test_what_is_no_parameter() -> None:
    """Constants, and results that were kept, are not parameters; nor do they get into the state."""
    net = Net()
    net.cache = net.scale * 3
    net.constant = tensor(7.0)
    with autograd.no_grad():
        net.looked_at = net.scale * 3
    assert not {"cache", "constant", "looked_at", "extra.1"} & net.state_dict().keys()


def test_frozen_parameters_stay() -> None:
    """Frozen by hand, in a list, or by `trainable`, a parameter is listed, saved and loaded, and gets no gradient."""
    net = Net()
    net(np.ones((1, 3)))
    count = len(net.parameters())
    for p in net.parameters():
        p.requires_grad = False
    assert len(net.parameters()) == count == len(net.state_dict())
    for p in net.parameters():
        p.requires_grad = True
    net.first.trainable = False
    assert [p.requires_grad for p in net.first.parameters()] == [False, False] and net.scale.requires_grad
    np.sum(net(np.ones((4, 3)))).backward()
    assert net.first.kernel.grad is None and net.scale.grad is not None
    net.trainable = True
    assert all(p.requires_grad for p in net.parameters()) and net.first.trainable


def test_frozen_before_it_is_built() -> None:
    """A layer that is frozen before it has parameters makes frozen ones."""
    layer = nn.Dense(2, trainable=False)
    layer(np.ones((1, 3)))
    assert len(layer.parameters()) == 2 and not layer.trainable_weights and len(layer.non_trainable_weights) == 2
    layer.trainable = True
    assert len(layer.trainable_weights) == 2


def test_buffers() -> None:
    """A buffer is saved with the parameters, and is none; one that requires grad is refused."""

    class Counter(nn.Module):
        def __init__(self) -> None:
            self.register_buffer("count", np.zeros(2))
            self.w = tensor(1.0, requires_grad=True)

    counter = Counter()
    assert [n for n, _ in counter.named_buffers()] == ["count"] and [n for n, _ in counter.named_parameters()] == ["w"]
    assert counter.state_dict().keys() == {"count", "w"}
    with pytest.raises(ValueError, match="requires grad"):
        counter.register_buffer("bad", tensor(1.0, requires_grad=True))


def test_state_dict_round_trip() -> None:
    """A module takes over another one's state; a wrong name or shape changes nothing."""
    one, other = Net(), Net()
    one(np.ones((1, 3))), other(np.ones((1, 3)))
    other.load_state_dict(one.state_dict())
    assert all(np.array_equal(a.data, b.data) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    before = other.state_dict()
    for wrong, says in (({"scale": np.ones(2)}, r"scale has shape \(\)"), ({"nothing": 1.0}, "unknown")):
        with pytest.raises(ValueError, match=says):
            other.load_state_dict(before | wrong)
    with pytest.raises(ValueError, match="missing"):
        other.load_state_dict({})
    assert all(np.array_equal(before[name], value) for name, value in other.state_dict().items())


def test_modes() -> None:
    """train and eval reach every module; `mode` gives back what each was in."""
    net = Net()
    assert net.training and not net.eval().first.training
    net.train()
    net.first.eval()
    with net.mode(False):
        assert not any(module.training for _, module in net.named_modules())
    assert net.training and not net.first.training and net.by_name["out"].training


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))], ids=["deepcopy", "pickle"])
def test_copies_are_apart(copied: Any) -> None:
    """A copy has equal parameters of its own; what is frozen and shared stays so."""
    net = Net()
    net(np.ones((1, 3)))
    net.first.trainable = False
    other = copied(net)
    assert other.first is other.again and not other.first.kernel.requires_grad
    assert all(np.array_equal(a.data, b.data) for a, b in zip(net.parameters(), other.parameters(), strict=True))
    other.scale.data = 3.0
    assert net.scale.item() == 2.0


def test_a_module_without_forward_says_so() -> None:
    """The error names the class."""

    class Empty(nn.Module):
        pass

    with pytest.raises(NotImplementedError, match="Empty has no forward"):
        Empty()(1)


def test_generators_are_found() -> None:
    """What draws for itself is known by name, so that its state can be kept."""
    model = nn.Sequential([nn.Dropout(0.5, seed=1), nn.Dropout(0.5), nn.GaussianNoise(0.1, seed=2)])
    assert [name for name, _ in model.generators()] == ["dropout.generator", "gaussian_noise.generator"]


def test_containers_at_any_depth() -> None:
    """Lists in dicts in lists are searched; what is appended later is found at the next look."""
    net = nn.Module()
    net.blocks = [{"a": [tensor(1.0, requires_grad=True)]}, (nn.Dense(1, input_dim=2), [nn.Dense(1)])]  # type: ignore[attr-defined]
    net.blocks[1][1].append(nn.Dense(2))  # type: ignore[attr-defined]
    net.blocks[0]["a"].append(tensor(2.0, requires_grad=True))  # type: ignore[attr-defined]
    for _, module in net.named_modules():
        if isinstance(module, nn.Dense):
            module.build((None, 2))
    names = [name for name, _ in net.named_parameters()]
    assert names[:2] == ["blocks.0.a.0", "blocks.0.a.1"] and len(names) == 8
    net.blocks.append(net.blocks)  # type: ignore[attr-defined]  # a list in itself does not hang
    assert len(net.parameters()) == 8


def test_two_parameters_of_one_name_are_refused() -> None:
    """A key with a dot could hide one parameter behind another, in a file for example."""
    net = nn.Module()
    net.a = {"b.c": tensor(1.0, requires_grad=True), "b": {"c": tensor(2.0, requires_grad=True)}}  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"two parameters or buffers are called 'a\.b\.c'"):
        net.parameters()


def test_what_comes_in_takes_over_mode_and_freezing() -> None:
    """A module that is assigned to a frozen or inferring one freezes, or infers, too."""
    net = nn.Module()
    net.eval()
    net.trainable = False
    net.dense = nn.Dense(1)  # type: ignore[attr-defined]
    net.dense(np.ones((1, 2)))  # type: ignore[attr-defined]
    assert not net.dense.training and not any(p.requires_grad for p in net.parameters())  # type: ignore[attr-defined]


def test_modes_hold_in_one_thread() -> None:
    """Inside `mode` another thread sees the mode that was set for all."""
    net = nn.Module().eval()
    seen: list[bool] = []
    with net.mode(True):
        thread = threading.Thread(target=lambda: seen.append(net.training))
        thread.start()
        thread.join()
        assert net.training
    assert seen == [False] and not net.training


def test_names_of_pytorch() -> None:
    """children and modules yield modules, named_children and named_modules pairs; a module shows what is inside."""
    net = Net()
    assert list(net.children()) == [net.first, net.again, net.by_name["out"]]
    assert next(net.modules()) is net and dict(net.named_modules())["by_name.out"] is net.by_name["out"]
    lines = repr(net).split("\n")
    assert lines[0] == "Net(" and lines[1].startswith("  (first): Dense(units=2") and lines[-1] == ")"
    assert repr(nn.Module()) == "Module()"


def test_named_arguments_reach_forward() -> None:
    """Of modules and of layers; on symbols they are refused, since a model has no place for them."""

    class Scaled(nn.Module):
        def forward(self, x: Any, scale: float = 1.0) -> Any:
            return x * scale

    class ScaledLayer(nn.Layer):
        def call(self, x: Any, scale: float = 1.0, training: bool = False) -> Any:
            return x * scale + training

    assert Scaled()(2.0, scale=3.0) == 6.0
    assert ScaledLayer()([[2.0]], scale=3.0).item() == 6.0
    assert ScaledLayer()([[2.0]], scale=3.0, training=True).item() == 7.0
    with pytest.raises(TypeError, match="called on a symbol with scale="):
        ScaledLayer()(nn.Input((1,)), scale=3.0)


def test_modules_that_come_by_other_ways() -> None:
    """Also what is put into the attributes' dict is found; a shallow copy has its own list of parameters."""
    net = nn.Module()
    vars(net).update(dense=nn.Dense(1))
    net.dense(np.ones((1, 2)))  # type: ignore[attr-defined]
    assert [name for name, _ in net.named_parameters()] == ["dense.kernel", "dense.bias"]
    other = copy.copy(net)
    other.v = tensor(1.0, requires_grad=True)  # type: ignore[attr-defined]
    net.v = tensor(1.0)  # type: ignore[attr-defined]
    assert len(net.parameters()) == 2 and len(other.parameters()) == 3


def test_train_inside_a_mode() -> None:
    """It holds until the end of the block, for what is beneath."""
    net = nn.Sequential([nn.Dropout(0.5)])
    with net.mode(True):
        net.eval()
        assert not net.training and not net.layers[0].training
    net.train()
    assert net.training
