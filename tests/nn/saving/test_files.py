"""Models in files: what comes back, how they are written, and that reading trusts nothing."""

from __future__ import annotations

import json
import os
import random
import stat
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.saving import ModelFileError, load_safetensors, save_safetensors
from nn.saving.archive import ARRAYS
from nn.saving.state import packed, unpacked
from tests.nn.data import classes, numbers, regressor, same

X, Y = numbers(32)


def branches() -> nn.Model:
    """Symbols, a shared layer, a model in a model, state of every kind."""
    a, b = nn.Input((3,), name="a"), nn.Input((3,), name="b")
    base = nn.Sequential([nn.Dense(4, "relu", input_dim=3), nn.BatchNormalization()], name="base")
    scaled = nn.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 4.0, 4.0])(a)
    merged = nn.Concatenate()([base(scaled), base(b) * 2, nn.Add()([a, b])])
    dropped = nn.Dropout(0.3, seed=1)(merged)
    outputs = {
        "p": nn.Dense(1, kernel_regularizer="l2", name="p")(dropped),
        "q": nn.Dense(3, "softmax", name="q")(dropped),
    }
    return nn.Model([a, b], outputs, name="branches")


def fitted_branches() -> tuple[nn.Model, Any]:
    model = branches()
    model.compile(
        nn.AdamW(nn.optimizers.schedules.CosineDecay(0.01, 100), clipnorm=1.0),
        {"p": "mse", "q": nn.SparseCategoricalCrossentropy()},
        loss_weights={"p": 0.5},
        metrics={"q": ["acc", nn.metrics.SparseTopKCategoricalAccuracy(k=2)]},
    )
    data = {"a": X, "b": X[::-1].copy()}
    model.fit(data, {"p": Y, "q": np.arange(32) % 3}, epochs=2, verbose=0)
    return model, data


def test_a_sequential_comes_back(tmp_path: Path) -> None:
    """Layers, names, weights and outputs are the same; training goes on as it would have, to the bit."""
    model = regressor()
    model.fit(X, Y, epochs=3, verbose=0)
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    assert type(again) is nn.Sequential and same(model, again) and again.get_config() == model.get_config()
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    model.fit(X, Y, epochs=2, shuffle=False, verbose=0), again.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    assert same(model, again) and again.history is not None and list(again.history.history) == ["loss", "mae"]
    uncompiled = nn.load_model(tmp_path / "m.keras", compile=False)
    assert not uncompiled.compiled


def test_branches_come_back(tmp_path: Path) -> None:
    """Shared layers stay shared, models in models, frozen layers, buffers, schedules and options too."""
    model, data = fitted_branches()
    model.get_layer("base").trainable = False
    model.compile(model.optimizer, "mse")
    model.compile(
        nn.AdamW(nn.optimizers.schedules.CosineDecay(0.01, 100), clipnorm=1.0),
        {"p": "mse", "q": nn.SparseCategoricalCrossentropy()},
        metrics={"q": ["acc"]},
    )
    targets = {"p": Y, "q": np.arange(32) % 3}
    model.fit(data, targets, verbose=0)
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    assert same(model, again) and len(again.parameters()) == len(model.parameters())
    assert [p.requires_grad for p in again.parameters()] == [p.requires_grad for p in model.parameters()]
    for key, value in model.predict(data, verbose=0).items():
        assert np.array_equal(value, again.predict(data, verbose=0)[key])
    assert again.optimizer.get_config() == model.optimizer.get_config() and again.optimizer.iterations == 1
    for one in (model, again):
        next(dict(one.named_modules())["dropout"].generator for _ in [0]).bit_generator.state = np.random.default_rng(
            3
        ).bit_generator.state
        one.fit(data, targets, epochs=2, shuffle=False, verbose=0)
    assert same(model, again)


class Net(nn.Model):
    """A class of one's own, with an argument, an activation and a loss of one's own."""

    def __init__(self, units: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self.units = units
        self.hidden, self.out = nn.Dense(units, twice), nn.Dense(1)

    def forward(self, x: Any) -> Any:
        return self.out(self.hidden(x))


def twice(x: Any) -> Any:
    return x * 2


def cubic(y_true: Any, y_pred: Any) -> Any:
    return np.mean(np.abs(y_true - y_pred) ** 3, axis=-1)


def test_classes_and_functions_of_ones_own(tmp_path: Path) -> None:
    """They are written by name, and come back where they are passed; without, the error says so."""
    model = Net(5)
    model.compile("adam", cubic, metrics=[cubic])
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    with pytest.raises(ModelFileError, match=r"unknown layer 'Net'.*custom_objects"):
        nn.load_model(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras", {"Net": Net, "twice": twice, "cubic": cubic})
    assert type(again) is Net and again.units == 5 and same(model, again)
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))
    with pytest.raises(ModelFileError, match="unknown loss 'cubic'"):
        nn.load_model(tmp_path / "m.keras", {"Net": Net, "twice": twice})
    assert nn.load_model(tmp_path / "m.keras", {"Net": Net}, compile=False).units == 5


def test_weights_alone(tmp_path: Path) -> None:
    """As safetensors, or out of a model's file; into a model that they do not fit nothing goes."""
    model = regressor()
    with pytest.raises(ValueError, match="no parameters yet"):
        model.save_weights(tmp_path / "w.safetensors")
    model.fit(X, Y, verbose=0)
    model.save_weights(tmp_path / "w.safetensors")
    model.save(tmp_path / "m.keras")
    assert load_safetensors(tmp_path / "w.safetensors").keys() == model.state_dict().keys()
    for name in ("w.safetensors", "m.keras"):
        other = regressor(seed=1)
        other.build((None, 3))
        other.load_weights(tmp_path / name)
        assert same(model, other)
    wrong = nn.Sequential([nn.Dense(8), nn.Dense(2)])
    wrong.build((None, 3))
    before = wrong.state_dict()
    with pytest.raises(ModelFileError, match=r"does not fit the model: .*dense_1.kernel has shape"):
        wrong.load_weights(tmp_path / "w.safetensors")
    assert all(np.array_equal(before[name], value) for name, value in wrong.state_dict().items())
    for use, path, says in (
        (model.save, "m.h5", "must end in .keras"),
        (model.save_weights, "w.weights.h5", "must end in .safetensors"),
        (model.load_weights, "w.weights.h5", "HDF5"),
    ):
        with pytest.raises(ValueError, match=says):
            use(tmp_path / path)
    with pytest.raises(FileExistsError):
        model.save(tmp_path / "m.keras", overwrite=False)
    with pytest.raises(FileNotFoundError):
        nn.load_model(tmp_path / "nothing.keras")


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"])
def test_safetensors_of_every_dtype(tmp_path: Path, dtype: str) -> None:
    """Arrays come back equal: empty, 0-d, transposed and big-endian ones too."""
    arrays = {
        "a": np.arange(6).reshape(2, 3).astype(dtype),
        "transposed": np.arange(6).reshape(2, 3).astype(dtype).T,
        "scalar": np.array(1, dtype),
        "empty": np.zeros((0, 3), dtype),
        "big": np.arange(3).astype(np.dtype(dtype).newbyteorder(">")),
    }
    save_safetensors(tmp_path / "a.safetensors", arrays, {"made by": "a test"})
    found = load_safetensors(tmp_path / "a.safetensors")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert (
            found[name].dtype == np.dtype(dtype) and np.array_equal(found[name], array) and found[name].flags.writeable
        )


def test_safetensors_of_others(tmp_path: Path) -> None:
    """Files of the package `safetensors` are read, and it reads ours."""
    theirs = pytest.importorskip("safetensors.numpy")
    arrays = {
        "w": np.random.default_rng(0).normal(size=(3, 4)).astype("f4"),
        "b": np.arange(3),
        "half": np.ones(2, "f2"),
    }
    theirs.save_file(arrays, tmp_path / "theirs.safetensors")
    save_safetensors(tmp_path / "ours.safetensors", arrays)
    for found in (load_safetensors(tmp_path / "theirs.safetensors"), theirs.load_file(tmp_path / "ours.safetensors")):
        assert found.keys() == arrays.keys() and all(np.array_equal(found[k], arrays[k]) for k in arrays)


def test_bfloat16_is_read_as_float32(tmp_path: Path) -> None:
    """NumPy has no bfloat16; the numbers are exact in float32."""
    values = np.array([1.0, -2.5, 3.140625], np.float32)
    raw = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = json.dumps({"w": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()
    (tmp_path / "b.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + raw)
    assert load_safetensors(tmp_path / "b.safetensors")["w"].tolist() == values.tolist()


# --- writing ---------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If anything fails while writing, the old file is as it was and nothing is left behind."""
    model = regressor()
    model.build((None, 3))
    path = tmp_path / "m.keras"
    model.save(path)
    before = path.read_bytes()
    for place in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, place, lambda *_: (_ for _ in ()).throw(OSError("no space left")))
            with pytest.raises(OSError, match="no space"):
                model.save(path)
        assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["m.keras"]
    model.layers[0].kernel.data += 1
    model.save(path)
    assert path.read_bytes() != before


@pytest.mark.skipif(os.name == "nt", reason="permissions are another matter there")
def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    """A file keeps its mode, a new one has the usual one, a symbolic link stays a link."""
    model = regressor()
    model.build((None, 3))
    path, link = tmp_path / "m.keras", tmp_path / "link.keras"
    model.save(path)
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o640)
    link.symlink_to(path)
    model.save(link)
    assert link.is_symlink() and stat.S_IMODE(path.stat().st_mode) == 0o640
    assert same(nn.load_model(link), model)


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    """No times or other chance in the file."""
    model = regressor()
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "a.keras")
    time.sleep(0.01)
    model.save(tmp_path / "b.keras")
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()


def test_packing_state() -> None:
    """Nested state goes through JSON and arrays and comes back equal."""
    state = {
        "none": None, "int": 2**100, "inf": float("inf"), "list": [1.5] * 40, "ints": list(range(40)),
        "short": [1, "a"],
        "array": np.arange(3), "deep": {"$": {"a b": [np.ones(2), {"x": -1.5}]}}, "flags": [True, False] * 20,
    }  # fmt: skip
    document, arrays = packed(state)
    again = unpacked(json.loads(json.dumps(document, allow_nan=False)), arrays)
    assert repr(again) == repr(state)
    with pytest.raises(TypeError, match="cannot hold"):
        packed({"a": object()})
    with pytest.raises(ValueError, match="there is no"):
        unpacked({"$": "array", "name": "state/7"}, {})


# --- hostile files ---------------------------------------------------------------------------------------------------


def good(tmp_path: Path) -> tuple[bytes, dict[str, bytes]]:
    """Return the bytes of a good file, and of its entries."""
    model = nn.Sequential([nn.Dense(4, "relu", input_dim=3), nn.Dropout(0.1), nn.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["acc"])
    model.fit(*classes(30, features=3), verbose=0)
    path = tmp_path / "good.keras"
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        return path.read_bytes(), {name: archive.read(name) for name in archive.namelist()}


def zipped(entries: dict[str, bytes] | list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    import io
    import warnings

    buffer = io.BytesIO()
    pairs = entries.items() if isinstance(entries, dict) else entries
    with zipfile.ZipFile(buffer, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in pairs:
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(entries: dict[str, bytes], change: Callable[[Any], None]) -> bytes:
    """Return a file whose configuration was changed."""
    config = json.loads(entries["config.json"])
    change(config)
    return zipped(entries | {"config.json": json.dumps(config).encode()})


def tensors(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


def one(dtype: Any = "F32", shape: Any = (1,), offsets: Any = (0, 4), data: bytes = b"\0" * 4, **more: Any) -> bytes:
    return tensors({"w": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets), **more}}, data)


def _deep(levels: int) -> bytes:
    """A model in a model in a model."""
    head = b'{"class_name":"Sequential","config":{"name":"s","input_shape":null,"layers":['
    inner = head * levels + b'{"class_name":"Dense","config":{"units":1}}' + b"]}}" * levels
    return inner[:-1] + b',"build_shape":null}'


def _layers(*layers: dict[str, Any], shape: Any = (3,)) -> Callable[[Any], None]:
    def change(config: Any) -> None:
        config["config"] = {"name": "m", "input_shape": list(shape), "layers": list(layers)}
        config.pop("compile"), config.pop("optimizer_state")

    return change


def layer(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": name, "config": config}


Hostile = Callable[[bytes, dict[str, bytes]], bytes]
HOSTILE: dict[str, Hostile] = {
    "nothing": lambda _g, _e: b"",
    "one byte": lambda _g, _e: b"P",
    "text": lambda _g, _e: b"this is no model" * 100,
    "a pickle": lambda _g, _e: b"\x80\x04\x95\x10" + bytes(7) + b"\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
    "truncated": lambda g, _e: g[:-30],
    "without its begin": lambda g, _e: g[100:],
    "a comment": lambda g, _e: g[:-2] + b"\x01\x00x",
    "bytes behind": lambda g, _e: g + b"\0",
    "many entries": lambda _g, e: zipped(list(e.items()) + [(f"x{i}", b"") for i in range(3000)]),
    "an entry too many": lambda _g, e: zipped(e | {"extra": b""}),
    "an entry too few": lambda _g, e: zipped({k: v for k, v in e.items() if k != "config.json"}),
    "an entry twice": lambda _g, e: zipped([*e.items(), ("config.json", b"{}")]),
    "traversal": lambda _g, e: zipped({"../../config.json" if k == "config.json" else k: v for k, v in e.items()}),
    "an absolute path": lambda _g, e: zipped({"/etc/passwd" if k == "config.json" else k: v for k, v in e.items()}),
    "compressed": lambda _g, e: zipped(e, zipfile.ZIP_DEFLATED),
    "a bomb": lambda _g, e: zipped(e | {"config.json": b" " * 300_000_000}, zipfile.ZIP_DEFLATED),
    "sizes that lie": lambda g, _e: _lie(g),
    "overlapping entries": lambda g, _e: _overlap(g),
    "a long configuration": lambda _g, e: zipped(e | {"config.json": b" " * 3_000_000}),
    "no JSON": lambda _g, e: zipped(e | {"config.json": b"{'a': 1}"}),
    "JSON that is not UTF-8": lambda _g, e: zipped(e | {"config.json": b'{"a": "\xff"}'}),
    "NaN": lambda _g, e: zipped(e | {"config.json": e["config.json"].replace(b"0.1", b"NaN")}),
    "Infinity": lambda _g, e: zipped(e | {"config.json": e["config.json"].replace(b"0.1", b"-Infinity")}),
    "a number beyond a float": lambda _g, e: zipped(e | {"config.json": e["config.json"].replace(b"0.1", b"1e999")}),
    "a huge number": lambda _g, e: zipped(e | {"config.json": e["config.json"].replace(b"0.1", b"1" * 100_000)}),
    "a key twice": lambda _g, e: zipped(e | {"config.json": b'{"config": 1, "config": 2}'}),
    "deep JSON": lambda _g, e: zipped(e | {"config.json": b"[" * 500_000 + b"]" * 500_000}),
    "wide JSON": lambda _g, e: zipped(e | {"config.json": b"[" + b"[]," * 690_000 + b"[]]"}),
    "a list": lambda _g, e: zipped(e | {"config.json": b"[]"}),
    "another version": lambda _g, e: zipped(e | {"metadata.json": b'{"format": "graphgrad", "version": 99}'}),
    "an unknown layer": lambda _g, e: changed(e, _layers(layer("os.system", command="true"))),
    "a dotted name": lambda _g, e: changed(e, lambda c: c.update(class_name="subprocess.Popen", config={"args": "ls"})),
    "no model": lambda _g, e: changed(e, lambda c: c.update(class_name="Dense", config={"units": 3})),
    "an unknown activation": lambda _g, e: changed(e, _layers(layer("Dense", units=3, activation="__import__"))),
    "an unknown initializer": lambda _g, e: changed(e, _layers(layer("Dense", units=3, kernel_initializer="eval"))),
    "an initializer that is no name": lambda _g, e: changed(e, _layers(layer("Dense", units=3, kernel_initializer=7))),
    "an unknown argument": lambda _g, e: changed(e, _layers(layer("Dense", units=3, code="x"))),
    "a private argument": lambda _g, e: changed(e, _layers(layer("Dense", units=3, __class__="x"))),
    "huge units": lambda _g, e: changed(e, _layers(layer("Dense", units=10**12))),
    "many units": lambda _g, e: changed(e, _layers(layer("Dense", units=10**7))),
    "huge input": lambda _g, e: changed(e, _layers(layer("Activation", activation="relu"), shape=(10**12,))),
    "huge input to Dense": lambda _g, e: changed(e, _layers(layer("Dense", units=1), shape=(10**12,))),
    "huge shapes": lambda _g, e: changed(e, _layers(layer("Flatten"), layer("Dense", units=2), shape=(10**6, 10**6))),
    "negative shapes": lambda _g, e: changed(e, _layers(layer("Dense", units=2), shape=(-3,))),
    "a fraction as shape": lambda _g, e: changed(e, _layers(layer("Dense", units=2), shape=(1.5,))),
    "text as units": lambda _g, e: changed(e, _layers(layer("Dense", units="many"))),
    "an object dtype": lambda _g, e: changed(e, _layers(layer("Dense", units=3, dtype="object"))),
    "many thresholds": lambda _g, e: changed(
        e, lambda c: c["compile"].update(metrics=[{"class_name": "AUC", "config": {"num_thresholds": 10**12}}])
    ),
    "a directory of another record": lambda g, _e: _as_beyond_4_gb(g, count=1 << 40, directory=1 << 40),
    "an input of 10¹⁵ numbers": lambda _g, e: changed(
        e, _layers(layer("GaussianNoise", stddev=0.1), layer("Flatten"), shape=(10**5, 10**5, 10**5))),
    "a generator read beyond its numbers": lambda _g, e: changed(e, lambda c: c.update(generators={"dropout.rng": {
        "bit_generator": "MT19937", "state": {"key": [1] * 624, "pos": 10**6}}})),
    "many curves": lambda _g, e: changed(
        e, lambda c: c["compile"].update(metrics=[{"class_name": "AUC", "config": {"num_thresholds": 10**6}}] * 40)
    ),
    "steps before the first": lambda _g, e: changed(e, lambda c: c["optimizer_state"].update(iterations=-1)),
    "models in models": lambda _g, e: zipped(e | {"config.json": _deep(290)}),
    "many models in models": lambda _g, e: zipped(e | {"config.json": _deep(3000)}),
    "many layers": lambda _g, e: changed(e, _layers(*[layer("Dense", units=3)] * 20_000)),
    "a call of nothing": lambda _g, e: changed(e, lambda c: c.update(class_name="Functional", config={
        "name": "f", "layers": [layer("InputLayer", shape=[3])], "calls": [{"layer": 7, "inputs": []}],
        "inputs": {"call": 0, "output": 0}, "outputs": {"call": 0, "output": 0}})),
    "calls that double": lambda _g, e: changed(e, lambda c: c.update(class_name="Functional", config=_doubling(60))),
    "no layers": lambda _g, e: changed(e, _layers()),
    "null": lambda _g, e: changed(e, lambda c: c.update(config=None)),
    "an unknown loss": lambda _g, e: changed(e, lambda c: c["compile"].update(loss="os.system")),
    "an unknown optimizer": lambda _g, e: changed(
        e, lambda c: c["compile"].update(optimizer={"class_name": "exec", "config": {}})
    ),
    "steps that are no number": lambda _g, e: changed(e, lambda c: c["optimizer_state"].update(iterations="x")),
    "a state without its arrays": lambda _g, e: zipped(e | {ARRAYS: _without(e[ARRAYS], "optimizer/")}),
    "weights that lack": lambda _g, e: zipped(e | {ARRAYS: _without(e[ARRAYS], "weights/dense.kernel")}),
    "weights of another name": lambda _g, e: zipped(e | {ARRAYS: one()}),
    "no arrays": lambda _g, e: zipped(e | {ARRAYS: b""}),
    "a header of many bytes": lambda _g, e: zipped(e | {ARRAYS: tensors({}, length=2**63)}),
    "a header that ends early": lambda _g, e: zipped(e | {ARRAYS: tensors({}, length=100)}),
    "a header that is a list": lambda _g, e: zipped(e | {ARRAYS: tensors([])}),
    "an object array": lambda _g, e: zipped(e | {ARRAYS: one("O")}),
    "a dtype that is no text": lambda _g, e: zipped(e | {ARRAYS: one(["F32"])}),
    "a huge array": lambda _g, e: zipped(e | {ARRAYS: one(shape=(10**18,), offsets=(0, 4 * 10**18))}),
    "a shape that overflows": lambda _g, e: zipped(e | {ARRAYS: one(shape=(2**62, 2**62), offsets=(0, 0), data=b"")}),
    "a negative size": lambda _g, e: zipped(e | {ARRAYS: one(shape=(-1,))}),
    "a size that is a fraction": lambda _g, e: zipped(e | {ARRAYS: one(shape=(1.0,))}),
    "a size that is true": lambda _g, e: zipped(e | {ARRAYS: one(shape=(True,))}),
    "many axes": lambda _g, e: zipped(e | {ARRAYS: one(shape=(1,) * 100)}),
    "offsets backwards": lambda _g, e: zipped(e | {ARRAYS: one(offsets=(4, 0))}),
    "offsets beyond": lambda _g, e: zipped(e | {ARRAYS: one(offsets=(4, 8))}),
    "a gap": lambda _g, e: zipped(e | {ARRAYS: one(offsets=(4, 8), data=b"\0" * 8)}),
    "bytes that belong to nothing": lambda _g, e: zipped(e | {ARRAYS: one(data=b"\0" * 8)}),
    "arrays that overlap": lambda _g, e: zipped(e | {ARRAYS: tensors(
        {k: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for k in "ab"}, b"\0" * 4)}),
    "an array twice": lambda _g, e: zipped(e | {ARRAYS: tensors(
        b'{"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}')}),
    "a boolean of 7": lambda _g, e: zipped(e | {ARRAYS: one("BOOL", (4,), data=b"\x07\0\0\0")}),
    "an entry without shape": lambda _g, e: zipped(e | {ARRAYS: tensors({"w": {"dtype": "F32"}})}),
    "an entry with more": lambda _g, e: zipped(e | {ARRAYS: one(code="x")}),
    "many arrays": lambda _g, e: zipped(e | {ARRAYS: tensors(
        {f"w{i}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for i in range(25_000)})}),
    "a file of Keras": lambda _g, e: zipped({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"HDF"}),
}  # fmt: skip


def _as_beyond_4_gb(content: bytes, count: int, directory: int) -> bytes:
    """Add the records of a zip file beyond 4 GB, which Python's zipfile goes by wherever they are."""
    body, end = content[:-22], content[-22:]
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, directory, 0)
    return body + record + struct.pack("<4sLQL", b"PK\x06\x07", 0, len(body), 1) + end


def _lie(content: bytes) -> bytes:
    """Say in the directory that an entry has 4 GB."""
    where = content.index(b"PK\x01\x02")
    return content[: where + 20] + struct.pack("<LL", 2**32 - 2, 2**32 - 2) + content[where + 28 :]


def _overlap(content: bytes) -> bytes:
    """Let all entries of the directory begin where the first does."""
    out, start = bytearray(content), 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        out[start + 42 : start + 46] = b"\0" * 4
        start += 4
    return bytes(out)


def _without(content: bytes, prefix: str) -> bytes:
    """Leave out arrays whose names begin so."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    kept, data = {}, b""
    for name, entry in header.items():
        if not name.startswith(prefix):
            start, end = entry["data_offsets"]
            kept[name] = entry | {"data_offsets": [len(data), len(data) + end - start]}
            data += content[8 + length + start : 8 + length + end]
    return tensors(kept, data)


def _doubling(times: int) -> dict[str, Any]:
    """A model whose last output would have 3 · 2**times features."""
    layers = [layer("InputLayer", shape=[3]), *(layer("Concatenate") for _ in range(times))]
    last = {"call": 0, "output": 0}
    calls: list[Any] = [{"layer": 0, "inputs": []}]
    for i in range(times):
        calls.append({"layer": i + 1, "inputs": [[last, last]]})
        last = {"call": i + 1, "output": 0}
    layers.append(layer("Dense", units=1))
    calls.append({"layer": times + 1, "inputs": [last]})
    return {"name": "f", "layers": layers, "calls": calls, "inputs": {"call": 0, "output": 0},
            "outputs": {"call": times + 1, "output": 0}}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only ModelFileError, in 64 MB; nothing but the file is opened, and nothing imported."""
    content, entries = good(tmp_path)
    path = tmp_path / "bad.keras"
    path.write_bytes(HOSTILE[name](content, entries))
    nn.load_model(tmp_path / "good.keras")
    opened: list[Any] = []
    real = open
    monkeypatch.setattr("builtins.open", lambda file, *a, **k: opened.append(os.fspath(file)) or real(file, *a, **k))
    monkeypatch.setattr("builtins.__import__", _only_ours(__import__))
    before = {p.name for p in tmp_path.iterdir()}
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError) as raised:
            nn.load_model(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 64 << 20, f"{peak >> 20} MB"
    assert set(opened) <= {str(path)} and {p.name for p in tmp_path.iterdir()} == before
    assert str(path) in str(raised.value) and len(str(raised.value)) < 1500


def _only_ours(real: Any) -> Any:
    def guarded(name: str, *arguments: Any, **options: Any) -> Any:
        assert name.partition(".")[0] not in {"os", "subprocess", "posix", "pickle", "shutil"} or name in sys_modules, (
            name
        )
        return real(name, *arguments, **options)

    import sys

    sys_modules = set(sys.modules)
    return guarded


def test_mutated_bytes(tmp_path: Path) -> None:
    """5,000 files with a few bytes changed, cut or doubled: each loads, or raises ModelFileError, and nothing else."""
    content, _ = good(tmp_path)
    draw = random.Random(0)
    path = tmp_path / "bad.keras"
    refused = 0
    for _ in range(5000):
        mutated = bytearray(content)
        for _ in range(draw.choice([1, 1, 1, 2, 4, 16])):
            at = draw.randrange(len(mutated))
            kind = draw.random()
            if kind < 0.7:
                mutated[at] = draw.choice([draw.randrange(256), mutated[at] ^ (1 << draw.randrange(8)), 0, 255])
            elif kind < 0.85:
                del mutated[at : at + draw.randrange(1, 40)]
            else:
                mutated[at:at] = mutated[at : at + draw.randrange(1, 40)]
        path.write_bytes(mutated)
        try:
            nn.load_model(path)
        except ModelFileError:
            refused += 1
    assert refused > 4000


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, and a pipe that would be waited for, are refused."""
    with pytest.raises(ModelFileError, match="no regular file"):
        nn.load_model(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.keras")
        with pytest.raises(ModelFileError, match="no regular file"):
            nn.load_model(tmp_path / "pipe.keras")


def test_what_is_frozen_stays_frozen(tmp_path: Path) -> None:
    """Frozen layers, single frozen parameters, the optimizer's slots of the others, generators of layers."""
    model = nn.Sequential([nn.Dense(4, "relu", input_dim=3), nn.Dropout(0.5), nn.Dense(4), nn.Dense(1)])
    model.layers[0].trainable = False
    model.layers[2].bias.requires_grad = False
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    frozen = [name for name, p in model.named_parameters() if not p.requires_grad]
    assert frozen == [name for name, p in again.named_parameters() if not p.requires_grad] and len(frozen) == 3
    state = nn.generators.generator().bit_generator.state
    for trained in (model, again):  # with the same numbers from the generator that is nobody's own
        nn.generators.generator().bit_generator.state = state
        trained.fit(X, Y, epochs=2, verbose=0)
    assert same(model, again)


def test_a_model_that_outgrew_its_optimizer(tmp_path: Path) -> None:
    """A model whose layers have changed since it was trained is saved without the state that is no longer its own."""
    model = nn.Sequential([nn.Dense(4, input_dim=3), nn.Dense(1)])
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.pop()
    model.add(nn.Dense(2))
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    assert same(model, again) and not again.optimizer.built


def test_layers_as_activations_come_back(tmp_path: Path) -> None:
    """A layer given as activation is written down with its arguments."""
    model = nn.Sequential([nn.Dense(4, nn.LeakyReLU(0.3), input_dim=3), nn.Activation(nn.layers.ELU(0.7))])
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    assert np.array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_own_things_with_built_in_names_are_refused(tmp_path: Path) -> None:
    """A loss of one's own called `huber` would come back as the built-in one; saving says so instead."""

    def huber(y_true: Any, y_pred: Any) -> Any:
        return np.mean((y_true - y_pred) ** 4, axis=-1)

    model = nn.Sequential([nn.Dense(1, input_dim=3)])
    model.compile("sgd", huber)
    with pytest.raises(ValueError, match="'huber' is the name of something built in"):
        model.save(tmp_path / "m.keras")

    class Dense(nn.Layer):
        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(ValueError, match="'Dense' is the name of something built in"):
        nn.Sequential([Dense(input_shape=(3,))]).save(tmp_path / "m.keras")
    assert not list(tmp_path.iterdir())


def test_registered_classes(tmp_path: Path) -> None:
    """A decorated class or function is found again under its package's name, even if that is a built-in one."""

    @nn.saving.register_keras_serializable(package="test")
    class Dense(nn.layers.Dense):
        pass

    @nn.saving.register_keras_serializable(package="test", name="fourth")
    def power(y_true: Any, y_pred: Any) -> Any:
        return np.mean((y_true - y_pred) ** 4, axis=-1)

    model = nn.Sequential([Dense(1, input_dim=3)])
    model.compile("sgd", power)
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras")
    assert type(again.layers[0]) is Dense and again.loss == "test>fourth"
    assert again.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The error names the folder, and no temporary file."""
    with pytest.raises(FileNotFoundError, match=r"nowhere: there is no such folder to write m\.keras to"):
        regressor().save(tmp_path / "nowhere" / "m.keras")


def test_what_the_optimizer_was_told(tmp_path: Path) -> None:
    """What is excluded from the weight decay, and a rate by a function that is passed, come back."""

    def rate(step: int) -> float:
        return 0.1 / (1 + step)

    model = nn.Sequential([nn.Dense(2, input_dim=3), nn.Dense(1)])
    model.compile(nn.AdamW(rate), "mse")
    model.optimizer.exclude_from_weight_decay([model.layers[0].kernel], ["bias"])
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    again = nn.load_model(tmp_path / "m.keras", {"rate": rate})
    state = nn.generators.generator().bit_generator.state
    for trained in (model, again):
        nn.generators.generator().bit_generator.state = state
        trained.fit(X, Y, epochs=2, verbose=0)
    assert same(model, again)
    with pytest.raises(ModelFileError, match="unknown schedule 'rate'"):
        nn.load_model(tmp_path / "m.keras")


@pytest.mark.parametrize("text", ["{}", "[]", "1", '{"class_name":"os","config":{}}'])
def test_json_of_no_model(text: str) -> None:
    """Whatever the text says, the error is ModelFileError."""
    with pytest.raises(ModelFileError):
        nn.models.model_from_json(text)
