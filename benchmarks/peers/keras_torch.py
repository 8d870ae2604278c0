"""Keras on PyTorch."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch

from benchmarks.peers.program import tasks

VERSION = f"{keras.__version__} on PyTorch {torch.__version__}"

fit, training_step, predict_one, train_digits = tasks(keras)
