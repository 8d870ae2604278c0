"""Make the golden values anew, by Keras itself: python -m tests.golden.make (with the extra "golden").

Keras runs on PyTorch; for the layers on TensorFlow, since on PyTorch and on JAX it computes normalisations in float32,
of float64 numbers too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.golden.cases import SUITES, Grad, array

FOLDER = Path(__file__).parent
BACKENDS = dict.fromkeys(SUITES, "torch") | {"layers": "tensorflow"}


def make(suite: str) -> None:
    """Run a suite on the backend that this process is for, and write what it comes to."""
    import keras

    keras.config.set_floatx("float64")
    gradient = {"torch": by_torch, "tensorflow": by_tensorflow}[BACKENDS[suite]]()
    found = SUITES[suite](keras, gradient)
    path = FOLDER / f"{suite}.npz"
    np.savez_compressed(path, **{key.replace("/", "|"): value for key, value in found.items()})
    size = f"{len(found)} arrays, {path.stat().st_size:,} bytes"
    print(f"{suite}: {size}, by Keras {keras.__version__} on {BACKENDS[suite]}")


def by_torch() -> Grad:
    """Return the gradient of PyTorch."""
    import torch

    def grad(f: Callable[[Any], Any], x: Any) -> Any:
        leaf = torch.tensor(x, requires_grad=True)
        f(leaf).backward()
        return array(leaf.grad)

    return grad


def by_tensorflow() -> Grad:
    """Return the gradient of TensorFlow."""
    import tensorflow

    def grad(f: Callable[[Any], Any], x: Any) -> Any:
        leaf = tensorflow.constant(x)
        with tensorflow.GradientTape() as tape:
            tape.watch(leaf)
            value = f(leaf)
        return array(tape.gradient(value, leaf))

    return grad


def versions() -> dict[str, str]:
    """Return the versions of what takes part."""
    from importlib.metadata import version

    return {name: version(name) for name in ("keras", "torch", "tensorflow-cpu", "numpy")}


if __name__ == "__main__":
    if "KERAS_BACKEND" in os.environ:
        make(sys.argv[1])
    else:
        for name in sys.argv[1:] or SUITES:
            environment = {**os.environ, "KERAS_BACKEND": BACKENDS[name], "TF_CPP_MIN_LOG_LEVEL": "3"}
            subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "tests.golden.make", name], env=environment, check=True
            )
        (FOLDER / "versions.json").write_text(json.dumps(versions(), indent=1) + "\n")
