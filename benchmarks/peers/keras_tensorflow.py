"""Keras on TensorFlow."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow

from benchmarks.peers.program import tasks

VERSION = f"{keras.__version__} on TensorFlow {tensorflow.__version__}"

fit, training_step, predict_one, train_digits = tasks(keras)
