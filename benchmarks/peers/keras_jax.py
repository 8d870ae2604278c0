"""Keras on JAX."""

import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import keras

from benchmarks.peers.program import tasks

VERSION = f"{keras.__version__} on JAX {jax.__version__}"

fit, training_step, predict_one, train_digits = tasks(keras)
