"""How models, weights and the state of training are kept in files: replaced as a whole, read without trust."""

from nn.saving.files import ModelFileError
from nn.saving.safetensors import load_safetensors, save_safetensors

__all__ = ["ModelFileError", "load_safetensors", "save_safetensors"]
