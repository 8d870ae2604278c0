"""Layers, losses, optimisers and models, with Keras' names and defaults, on the engine in `autograd`.

Start with `Sequential` and `Dense`; or with `from nn import keras`, and a program for Keras as it is. A model of
one's own is a `Model` with a `forward` method; what needs no `fit` is a `Module`.
"""

from nn import activations as activations
from nn import analysis as analysis
from nn import callbacks as callbacks
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
from nn import saving as saving
from nn import utils as utils
from nn.callbacks import Callback
from nn.callbacks.history import History
from nn.generators import set_random_seed
from nn.initializers import Initializer
from nn.layers import (
    ELU,
    Activation,
    Add,
    AlphaDropout,
    Average,
    BatchNormalization,
    Concatenate,
    Dense,
    Dot,
    Dropout,
    Flatten,
    GaussianDropout,
    GaussianNoise,
    Identity,
    Input,
    InputLayer,
    Layer,
    LayerNormalization,
    LeakyReLU,
    Maximum,
    Minimum,
    Multiply,
    Normalization,
    Permute,
    PReLU,
    ReLU,
    Rescaling,
    Reshape,
    Softmax,
    Subtract,
)
from nn.losses import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalHinge,
    CosineSimilarity,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    SparseCategoricalCrossentropy,
    SquaredHinge,
    one_hot,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from nn.metrics import Metric
from nn.models import Functional, Model, Sequential, load_model
from nn.module import Module
from nn.optimizers import SGD, Adadelta, Adagrad, Adam, Adamax, AdamW, Lion, Nadam, Optimizer, RMSprop
from nn.regularizers import L1, L1L2, L2, Regularizer
from nn.saving import ModelFileError

__all__ = [
    "ELU",
    "L1",
    "L1L2",
    "L2",
    "SGD",
    "Activation",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "Callback",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "Concatenate",
    "CosineSimilarity",
    "Dense",
    "Dot",
    "Dropout",
    "Flatten",
    "Functional",
    "GaussianDropout",
    "GaussianNoise",
    "Hinge",
    "History",
    "Huber",
    "Identity",
    "Initializer",
    "Input",
    "InputLayer",
    "KLDivergence",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Lion",
    "LogCosh",
    "Loss",
    "Maximum",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Minimum",
    "Model",
    "ModelFileError",
    "Module",
    "Multiply",
    "Nadam",
    "Normalization",
    "Optimizer",
    "PReLU",
    "Permute",
    "Poisson",
    "RMSprop",
    "ReLU",
    "Regularizer",
    "Rescaling",
    "Reshape",
    "Sequential",
    "Softmax",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Subtract",
    "load_model",
    "one_hot",
    "set_random_seed",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
]
