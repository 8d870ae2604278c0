"""A model in a file, and back: what is written, and how it is read without trust."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nn import optimizers
from nn.layers.layer import at_most
from nn.names import custom_objects as known_as
from nn.names import plain
from nn.saving.archive import read_archive, write_archive
from nn.saving.files import ModelFileError
from nn.saving.safetensors import load_safetensors, save_safetensors

if TYPE_CHECKING:
    from nn.models.model import Model

_METADATA: Final = {"format": "graphgrad", "version": 1}
_DOCUMENTS: Final = ("metadata.json", "config.json")


def save_model(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to one `.keras` file: layers, weights, what it was compiled with, the optimizer's state."""
    path = _writable(filepath, ".keras", overwrite)
    config = {**plain(model), "build_shape": plain(model.build_shape)}
    arrays = {f"weights/{name}": array for name, array in model.state_dict().items()}
    if model.compiled:
        optimizer = model.optimizer
        assert optimizer is not None
        config["compile"] = {**model.objective.get_config(), "optimizer": plain(optimizer)}
        config["optimizer_state"] = optimizer.get_state() if optimizer.built else None
        arrays |= {f"optimizer/{name}": np.copy(array) for name, array in optimizer.slot_arrays()}
    write_archive(path, {"metadata.json": _METADATA, "config.json": config}, arrays)


def load_model(
    filepath: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Any:
    """Return the model that `Model.save` wrote; layers, losses and the like are known from closed tables only.

    `custom_objects` are classes and functions of one's own, by name. With compile=False what it was compiled with is
    left out. Raises ModelFileError for a file that holds no model, FileNotFoundError where there is none.

    >>> import os, tempfile, nn
    >>> model = nn.Sequential([nn.Dense(2, input_dim=3)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "m.keras")
    ...     model.save(path)
    ...     again = load_model(path)
    >>> np.array_equal(again.predict([[1, 2, 3]], verbose=0), model.predict([[1, 2, 3]], verbose=0))
    True
    """
    name = os.fspath(filepath)
    (metadata, config), arrays = read_archive(filepath, _DOCUMENTS)
    if metadata != _METADATA:
        raise ModelFileError(f"{name}: is of another kind or version: {str(metadata)[:100]}")
    try:
        with known_as(custom_objects), at_most(sum(array.size for array in arrays.values())):
            return _made(config, arrays, compile)
    except Exception as error:  # whatever a wrong configuration leads to
        raise ModelFileError(
            f"{name}: holds no model that can be made: {str(error)[:500].rstrip('.')}. Classes and functions of your "
            "own are passed as custom_objects={'Name': Name}."
        ) from error


def _made(config: Any, arrays: Mapping[str, Any], compile: bool) -> Any:
    from nn.models.model import MODELS, Model

    model = MODELS.get({"class_name": config["class_name"], "config": config["config"]})
    if not isinstance(model, Model):
        raise ValueError(f"{config['class_name']} is no model")
    if config["build_shape"] is not None and not model.built:
        model.build(_shape(config["build_shape"]))
    weights = {name.removeprefix("weights/"): a for name, a in arrays.items() if name.startswith("weights/")}
    model.load_state_dict(weights)
    slots = {name.removeprefix("optimizer/"): a for name, a in arrays.items() if name.startswith("optimizer/")}
    if len(weights) + len(slots) != len(arrays):
        raise ValueError("there are arrays that are neither weights nor the optimizer's")
    if compile and "compile" in config:
        model.compile(**{**config["compile"], "optimizer": optimizers.get(config["compile"]["optimizer"])})
        if config["optimizer_state"] is not None:
            model.take_charge()
            load_optimizer(model.optimizer, config["optimizer_state"], slots)
    return model


def _shape(shape: Any) -> Any:
    """Return a shape, or a list or dict of them, as tuples again."""
    if isinstance(shape, dict):
        return {key: _shape(item) for key, item in shape.items()}
    if shape and isinstance(shape[0], list):
        return [_shape(item) for item in shape]
    return tuple(shape)


def load_optimizer(optimizer: Any, state: Mapping[str, Any], slots: Mapping[str, Any]) -> None:
    """Go on from the state of an optimizer that is built for the same parameters; ValueError where it does not fit."""
    own = dict(optimizer.slot_arrays())
    if own.keys() != slots.keys() or any(own[name].shape != slots[name].shape for name in own):
        raise ValueError("the optimizer's arrays do not fit the parameters")
    optimizer.set_state(state)
    for name, array in own.items():
        array[...] = slots[name]


def save_weights(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write parameters and buffers to a `.safetensors` file."""
    path = _writable(filepath, ".safetensors", overwrite)
    state = model.state_dict()
    if not state:
        raise ValueError("save_weights: the model has no parameters yet; build it, or call it once")
    save_safetensors(path, state)


def load_weights(model: Model, filepath: str | os.PathLike[str]) -> None:
    """Take over parameters and buffers of a `.safetensors` or `.keras` file; nothing changes if they do not fit."""
    name = os.fspath(filepath)
    if name.endswith(".keras"):
        _, arrays = read_archive(filepath, _DOCUMENTS)
        state = {key.removeprefix("weights/"): array for key, array in arrays.items() if key.startswith("weights/")}
    elif name.endswith(".safetensors"):
        state = load_safetensors(filepath)
    else:
        raise ValueError(f"load_weights: the ending must be .safetensors or .keras, not as in {name!r}. {_NO_HDF5}")
    try:
        model.load_state_dict(state)
    except ValueError as error:
        raise ModelFileError(f"{name}: does not fit the model: {error}") from error


_NO_HDF5: Final = (
    "HDF5 files (.h5) of Keras cannot be read; there, save_file of the safetensors package writes the same weights."
)


def _writable(filepath: str | os.PathLike[str], ending: str, overwrite: bool) -> str:
    path = os.fspath(filepath)
    if not path.endswith(ending):
        raise ValueError(f"the name of the file must end in {ending}, not as in {path!r}")
    if not overwrite and os.path.exists(path):
        raise FileExistsError(f"{path} exists already, and overwrite=False")
    return path
