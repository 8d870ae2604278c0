"""A model in a file, and back: what is written, and how it is read without trust."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from nn import optimizers
from nn.budget import at_most
from nn.generators import set_state
from nn.names import custom_objects as known_as
from nn.names import plain
from nn.saving import strict_json
from nn.saving.archive import read_archive, write_archive
from nn.saving.arrays import SLOTS, WEIGHTS, beneath, gathered, load_slots
from nn.saving.files import ModelFileError
from nn.saving.safetensors import load_safetensors, save_safetensors

if TYPE_CHECKING:
    from nn.models.model import Model

_METADATA: Final = {"format": "graphgrad", "version": 1}
_DOCUMENTS: Final = ("metadata.json", "config.json")


def save_model(model: Model, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write a model to one `.keras` file: layers, weights, what it was compiled with, the optimizer's state."""
    path = _writable(filepath, ".keras", overwrite)
    optimizer = None
    config = {
        **plain(model),
        "build_shape": plain(model.build_shape),
        "frozen": [name for name, p in model.named_parameters() if not p.requires_grad],
        "generators": {name: plain(generator.bit_generator.state) for name, generator in model.generators()},
    }
    if model.compiled:
        config["compile"] = {**model.objective.get_config(), "optimizer": plain(model.optimizer)}
        optimizer = model.optimizer if _is_of(model.optimizer, model) else None
        if optimizer is not None:
            config["optimizer_state"] = optimizer.get_state()
            config["optimized"] = [name for name, _ in optimizer.named_parameters()]
    write_archive(path, {"metadata.json": _METADATA, "config.json": config}, gathered(model, optimizer))


def _is_of(optimizer: Any, model: Model) -> bool:
    """Return whether an optimizer has a state, and one of parameters that are the model's still."""
    own = dict(model.named_parameters())
    return optimizer.built and all(own.get(name) is p for name, p in optimizer.named_parameters())


def load_model(
    filepath: str | os.PathLike[str], custom_objects: Mapping[str, Any] | None = None, compile: bool = True
) -> Any:
    """Return the model that `Model.save` wrote; layers, losses and the like are known from closed tables only.

    `custom_objects` are classes and functions of one's own, by name. With compile=False what it was compiled with is
    left out. Raises ModelFileError for a file that holds no model, FileNotFoundError where there is none.

    >>> import os, tempfile, nn
    >>> import numpy as np
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
    from nn.models.model import Model

    model = _of_config(config)
    if not isinstance(model, Model):
        raise ValueError(f"{config['class_name']} is no model")
    if config["build_shape"] is not None and not model.built:
        model.build(_shape(config["build_shape"]))
    weights, slots = beneath(WEIGHTS, arrays), beneath(SLOTS, arrays)
    if len(weights) + len(slots) != len(arrays):
        raise ValueError("there are arrays that are neither weights nor the optimizer's")
    model.load_state_dict(weights)
    parameters, generators = dict(model.named_parameters()), dict(model.generators())
    for name in config["frozen"]:
        parameters[name].requires_grad = False
    for name, state in config["generators"].items():
        set_state(generators[name], state)
    if compile and "compile" in config:
        optimizer = optimizers.get(config["compile"]["optimizer"])
        model.compile(**{**config["compile"], "optimizer": optimizer})
        if "optimizer_state" in config:
            optimizer.build([(name, parameters[name]) for name in config["optimized"]])
            load_slots(optimizer, slots)
            optimizer.set_state(config["optimizer_state"])
    return model


def clone_model(model: Model) -> Any:
    """Return a model of the same layers, with new parameters; what it was compiled with is left out.

    >>> import nn
    >>> model = nn.Sequential([nn.Dense(1, input_dim=2)])
    >>> clone_model(model).layers[0].kernel is model.layers[0].kernel
    False
    """
    return _of_config(plain(model))


def model_from_json(text: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Return a model of the layers that `model.to_json()` wrote, with new parameters; ModelFileError for other text."""
    config = strict_json.parsed(text.encode(), "model_from_json")
    try:
        with known_as(custom_objects):
            return _of_config(config)
    except Exception as error:  # whatever a wrong configuration leads to
        raise ModelFileError(f"model_from_json: the text stands for no model that can be made: {error}") from error


def _of_config(config: Mapping[str, Any]) -> Any:
    from nn.models.model import MODELS

    return MODELS.get({"class_name": config["class_name"], "config": config["config"]})


def _shape(shape: Any) -> Any:
    """Return a shape, or a list or dict of them, as tuples again."""
    if isinstance(shape, dict):
        return {key: _shape(item) for key, item in shape.items()}
    if shape and isinstance(shape[0], list):
        return [_shape(item) for item in shape]
    return tuple(shape)


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
        state = beneath(WEIGHTS, arrays)
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
