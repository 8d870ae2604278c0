"""Layers, losses, optimisers and models, with Keras' names and defaults, on the engine in `autograd`.

Start with `Sequential` and `Dense`; a model of one's own is a `Module` with a `forward` method.
"""

from nn.initializers import set_random_seed
from nn.layers import Activation, Dense, Flatten, Layer
from nn.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    Loss,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
    one_hot,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
)
from nn.module import Module
from nn.optimizers import SGD, Adam, Optimizer, RMSprop
from nn.sequential import History, Sequential

__all__ = [
    "SGD",
    "Activation",
    "Adam",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Dense",
    "Flatten",
    "History",
    "Layer",
    "Loss",
    "MeanSquaredError",
    "Module",
    "Optimizer",
    "RMSprop",
    "Sequential",
    "SparseCategoricalCrossentropy",
    "one_hot",
    "set_random_seed",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
]
