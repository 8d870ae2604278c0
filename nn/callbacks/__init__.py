"""What is told of training as it goes on, with Keras' names. One of your own is a `Callback`."""

from nn.callbacks.backup import BackupAndRestore
from nn.callbacks.callback import Callback, CallbackList
from nn.callbacks.history import History
from nn.callbacks.monitoring import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau
from nn.callbacks.simple import CSVLogger, LambdaCallback, LearningRateScheduler, TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "TerminateOnNaN",
]
