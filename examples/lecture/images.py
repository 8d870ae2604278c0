"""Images are arrays of numbers: which of two photographs a patch of 8 × 8 pixels comes from, in gray and in colour."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from sklearn.model_selection import train_test_split

from examples.lecture.data import photographs
from nn import keras

SIZE = 8


def patches(image: Image.Image) -> Any:
    """Return the patches of an image, one after the other, with values from 0 to 1."""
    image_array = np.array(image)
    image_array = image_array / 255.0
    rows, columns = (n // SIZE for n in image_array.shape[:2])
    cut = image_array[: rows * SIZE, : columns * SIZE].reshape(rows, SIZE, columns, SIZE, -1)
    return cut.swapaxes(1, 2).reshape(rows * columns, SIZE, SIZE, -1)


def accuracy(images: list[Image.Image]) -> float:
    """Train a network to tell the patches of two images apart; return its accuracy on those it has not seen."""
    each = [patches(image) for image in images]
    x, y = np.concatenate(each), np.repeat([0, 1], [len(found) for found in each])
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=0, stratify=y)
    keras.utils.set_random_seed(0)
    model = keras.models.Sequential()
    model.add(keras.layers.Flatten(input_shape=x.shape[1:]))
    model.add(keras.layers.Dense(units=32, activation="relu"))
    model.add(keras.layers.Dense(units=1, activation="sigmoid"))
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["acc"])
    model.fit(x_train, y_train, epochs=20, verbose=0)
    found: float = model.evaluate(x_test, y_test, verbose=0)[1]
    return found


def main() -> dict[str, float]:
    """Print what an image is made of; train on gray and on coloured patches, print and return the accuracies."""
    images = photographs()
    gray = [image.convert("L") for image in images]
    print("The first photograph in gray, as an array of", np.array(gray[0]).shape, "- its upper left corner:")
    print(np.array(gray[0])[:4, :8])
    print("In colour it is an array of", np.array(images[0]).shape, "- the same corner's first pixels:")
    print(np.array(images[0])[0, :3])
    found = {"gray": accuracy(gray), "colour": accuracy(images)}
    print(f"\nTemple or flower, from {SIZE} × {SIZE} pixels of it:")
    for name, value in found.items():
        print(f"  in {name:7} {value:.1%} right")
    return found


if __name__ == "__main__":
    main()
