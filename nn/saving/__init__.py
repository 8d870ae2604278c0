"""How models, weights and the state of training are kept in files: replaced as a whole, read without trust."""

from nn.names import custom_objects as custom_object_scope
from nn.names import register_keras_serializable
from nn.saving.files import ModelFileError
from nn.saving.safetensors import load_safetensors, save_safetensors

__all__ = [
    "ModelFileError",
    "custom_object_scope",
    "load_safetensors",
    "register_keras_serializable",
    "save_safetensors",
]
