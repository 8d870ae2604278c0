"""Keras' own names in their places: `from nn import keras`, instead of `from tensorflow import keras`.

And `from nn.keras.layers import Dense`, instead of `from tensorflow.keras.layers import Dense`.
"""

import sys
from types import SimpleNamespace

from autograd import __version__ as __version__
from nn import activations as activations
from nn import callbacks as callbacks
from nn import config as backend
from nn import config as config
from nn import constraints as constraints
from nn import datasets as datasets
from nn import initializers as initializers
from nn import layers as layers
from nn import losses as losses
from nn import metrics as metrics
from nn import models as models
from nn import optimizers as optimizers
from nn import regularizers as regularizers
from nn import saving as _saving
from nn import utils as utils
from nn.initializers import Initializer
from nn.layers import Input, Layer
from nn.losses import Loss
from nn.metrics import Metric
from nn.models import Model, Sequential
from nn.optimizers import Optimizer
from nn.regularizers import Regularizer

saving = SimpleNamespace(
    **{name: getattr(_saving, name) for name in _saving.__all__},
    load_model=models.load_model, save_model=models.save_model,
)  # fmt: skip

__all__ = [
    "Initializer",
    "Input",
    "Layer",
    "Loss",
    "Metric",
    "Model",
    "Optimizer",
    "Regularizer",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "regularizers",
    "saving",
    "utils",
]

sys.modules.update({f"{__name__}.{name}": globals()[name] for name in __all__ if name.islower()})
