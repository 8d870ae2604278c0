"""Layers, with Keras' names and defaults. Start with `Dense`; one of your own is a `Layer`."""

from typing import Any, Final

from nn.activations import ACTIVATIONS
from nn.layers.activation import ELU, Activation, LeakyReLU, PReLU, ReLU, Softmax
from nn.layers.core import Dense, Flatten, Identity, Input, InputLayer, Permute, Reshape
from nn.layers.layer import Layer
from nn.layers.merging import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from nn.layers.normalization import BatchNormalization, LayerNormalization, Normalization, Rescaling
from nn.layers.random import AlphaDropout, Dropout, GaussianDropout, GaussianNoise
from nn.names import Registry, table_of

LAYERS: Final[Registry[Any]] = Registry(
    "layer",
    table_of(
        [
            Activation, Add, AlphaDropout, Average, BatchNormalization, Concatenate, Dense, Dot, Dropout, ELU, Flatten,
            GaussianDropout, GaussianNoise, Identity, InputLayer, LayerNormalization, LeakyReLU, Maximum, Minimum,
            Multiply, Normalization, PReLU, Permute, ReLU, Rescaling, Reshape, Softmax, Subtract,
        ]
    ),
    base=Layer,
)  # fmt: skip
ACTIVATIONS.add_configured(LAYERS.table.values())  # a layer can be given as an activation

__all__ = [
    "ELU",
    "Activation",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "Concatenate",
    "Dense",
    "Dot",
    "Dropout",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "Identity",
    "Input",
    "InputLayer",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Softmax",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]
