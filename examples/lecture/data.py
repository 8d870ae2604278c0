"""The data of the exercises, as tables with named columns: what the lecture calls features and target."""

from __future__ import annotations

from typing import Any

from PIL import Image
from sklearn import datasets
from sklearn.model_selection import train_test_split


def diabetes() -> Any:
    """Return features of 442 patients, as measured, and how far their illness had come a year later; train and test."""
    table = datasets.load_diabetes(as_frame=True, scaled=False)
    return train_test_split(table.data, table.target, random_state=0)


def breast_cancer() -> Any:
    """Return 30 features of 569 tumours, and whether they are benign; train and test."""
    table = datasets.load_breast_cancer(as_frame=True)
    return train_test_split(table.data, table.target, random_state=0, stratify=table.target)


def digits() -> Any:
    """Return 1,797 images of digits, 64 pixels from 0 to 1 as features, and which digits they are; train and test."""
    table = datasets.load_digits(as_frame=True)
    return train_test_split(table.data / 16, table.target, random_state=0, stratify=table.target)


def photographs() -> Any:
    """Return two photographs, of a temple and of a flower, as PIL opens them."""
    return [Image.fromarray(datasets.load_sample_image(name)) for name in ("china.jpg", "flower.jpg")]
