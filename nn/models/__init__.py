"""Models: `Sequential`, `Model(inputs, outputs)`, or a class of one's own; and how they are read from files."""

from nn.models.files import clone_model, load_model, model_from_json, save_model
from nn.models.functional import Functional
from nn.models.model import MODELS, Model
from nn.models.sequential import Sequential

MODELS.add(Functional, Sequential)

__all__ = ["Functional", "Model", "Sequential", "clone_model", "load_model", "model_from_json", "save_model"]
