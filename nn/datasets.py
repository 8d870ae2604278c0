"""Data to learn on, as Keras has them: `datasets.mnist.load_data()` gives ((x_train, y_train), (x_test, y_test)).

`digits`, `breast_cancer` and `diabetes` come with scikit-learn (an extra) and need no network. The others are files
that Keras keeps in ~/.keras/datasets; one that is not there yet is fetched once, and checked.
"""

from __future__ import annotations

import hashlib
import os
import urllib.request
from pathlib import Path
from typing import Any, Final

import numpy as np

from nn.saving.files import write_atomically

_ORIGIN: Final = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
Split = tuple[tuple[Any, Any], tuple[Any, Any]]


class Archived:
    """A data set that is one `.npz` file, known by its SHA-256."""

    def __init__(self, file: str, sha256: str, about: str, split: bool, origin: str = _ORIGIN) -> None:
        self.file, self.sha256, self.split, self.origin = file, sha256, split, origin
        self.__doc__ = about

    def load_data(self, path: str | None = None, test_split: float = 0.2, seed: int = 113) -> Split:
        """Return ((x_train, y_train), (x_test, y_test)).

        `path` is the name of the file in the folder of data sets, or an absolute one. Where the file has no split of
        its own, the examples are put in an order by `seed`, and the last `test_split` of them are for testing, as in
        Keras.
        """
        if not 0 <= test_split < 1:
            raise ValueError(f"test_split must be at least 0 and less than 1, it is {test_split!r}")
        with np.load(self._found(path or self.file), allow_pickle=False) as arrays:
            if self.split:
                return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
            x, y = arrays["x"], arrays["y"]
        order = np.arange(len(x))
        np.random.RandomState(seed).shuffle(order)
        return _parted(x[order], y[order], test_split)

    def _found(self, name: str) -> Path:
        home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
        path = home / "datasets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._fetch(path)
        return path

    def _fetch(self, path: Path) -> None:
        address = self.origin + self.file
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                content = answer.read()
        except OSError as error:
            raise OSError(f"{address} cannot be fetched ({error}); put the file there by hand: {path}") from error
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise ValueError(f"{address} is not the file it should be: its SHA-256 is {found}, not {self.sha256}")
        write_atomically(path, lambda file: file.write(content))


class Bundled:
    """A data set that scikit-learn ships."""

    def __init__(self, name: str, about: str) -> None:
        self.name = name
        self.__doc__ = about

    def load_data(self, test_split: float = 0.2, seed: int = 113) -> Split:
        """Return ((x_train, y_train), (x_test, y_test)); the last of an order given by `seed` are for testing."""
        if not 0 <= test_split < 1:
            raise ValueError(f"test_split must be at least 0 and less than 1, it is {test_split!r}")
        try:
            from sklearn import datasets
        except ImportError:
            raise ImportError(
                f'the data set {self.name!r} needs scikit-learn: pip install "graphgrad[sklearn]"'
            ) from None
        x, y = getattr(datasets, f"load_{self.name}")(return_X_y=True)
        order = np.random.default_rng(seed).permutation(len(x))
        return _parted(x[order], y[order], test_split)


def _parted(x: Any, y: Any, test_split: float) -> Split:
    first = int(len(x) * (1 - test_split))
    return (x[:first], y[:first]), (x[first:], y[first:])


mnist: Final = Archived(
    "mnist.npz",
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    "70,000 handwritten digits of 28 × 28 pixels from 0 to 255.",
    split=True,
)
california_housing: Final = Archived(
    "california_housing.npz",
    "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
    "Median house values of 20,640 districts, by 8 features.",
    split=False,
)
boston_housing: Final = Archived(
    "boston_housing.npz",
    "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "Median house values of 506 suburbs, by 13 features.",
    split=False,
)
digits: Final = Bundled("digits", "1,797 handwritten digits of 8 × 8 pixels from 0 to 16, each as a row of 64.")
breast_cancer: Final = Bundled("breast_cancer", "569 tumours by 30 features, malignant (0) or benign (1).")
diabetes: Final = Bundled("diabetes", "442 patients by 10 features, and how their illness went on in a year.")

__all__ = ["boston_housing", "breast_cancer", "california_housing", "diabetes", "digits", "mnist"]
