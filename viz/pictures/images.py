"""An image as what it is to a network: an array of numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from viz.pictures.axes import axes, bare

_MOST_CELLS: Final = 40  # numbers in a row of more cannot be read
_CHANNELS: Final = (("red", "Reds_r"), ("green", "Greens_r"), ("blue", "Blues_r"), ("opacity", "gray"))


def pixel_grid(image: Any, *, ax: Any = None) -> Any:
    """Draw a gray image (h, w) with its number in each cell; return the Axes.

    The numbers are written as they are: whole ones without a point, others with two digits after it. Raises
    ValueError for an array of other than two axes, or with more than 40 cells in a row, in which none could be read.
    """
    pixels = _pixels(image, "pixel_grid", 2)
    if max(pixels.shape) > _MOST_CELLS:
        raise ValueError(
            f"pixel_grid: an image of shape {pixels.shape} has too many cells to read; cut a piece of at most "
            f"{_MOST_CELLS} × {_MOST_CELLS}, as in image[:16, :16], or use show_image"
        )
    low, high = _range(pixels)
    height, width = pixels.shape
    ax = axes(ax, "pixel_grid", (max(2.0, 0.46 * width), max(2.0, 0.46 * height)))
    ax.imshow(pixels, cmap="gray", vmin=low, vmax=high)
    whole = pixels.dtype.kind in "biu" or bool(np.all(np.isfinite(pixels) & (pixels == np.floor(pixels))))
    for (row, column), value in np.ndenumerate(pixels):
        light = value > (low + high) / 2
        text = f"{int(value)}" if whole else f"{value:.2f}"
        ax.text(column, row, text, ha="center", va="center", fontsize=8, color="black" if light else "white")
    bare(ax)
    return ax


def show_image(image: Any, *, ax: Any = None, colorbar: bool = True) -> Any:
    """Draw an image, gray (h, w) or of colours (h, w, 3), and return the Axes.

    A gray one has a bar that says which number is which gray. Black is 0, or the smallest number if that is less; white
    is 255 for bytes (uint8), 1 for fractions up to 1, and the largest number of any other image.
    """
    pixels = _pixels(image, "show_image", 2, 3)
    low, high = _range(pixels)
    ax = axes(ax, "show_image", (4.2, 3.4))
    if pixels.ndim == 3:
        ax.imshow(np.clip((pixels - low) / ((high - low) or 1), 0, 1))
    else:
        drawn = ax.imshow(pixels, cmap="gray", vmin=low, vmax=high)
        if colorbar:
            ax.figure.colorbar(drawn, ax=ax)
    bare(ax)
    return ax


def channels(image: Any, *, ax: Any = None) -> Any:
    """Draw the channels of a colour image (h, w, 3) beside it, each in its colour; return the array of Axes.

    `ax` are as many Axes as there are channels and one more.
    """
    pixels = _pixels(image, "channels", 3)
    count = pixels.shape[-1]
    low, high = _range(pixels)
    if ax is None:
        first = axes(None, "channels", (2.6 * (count + 1), 2.6))
        figure = first.figure
        first.remove()
        ax = figure.subplots(1, count + 1)
    every = np.ravel(np.asarray(ax, object))
    if len(every) != count + 1:
        raise ValueError(
            f"channels: needs {count + 1} Axes, for the image and its {count} channels; {len(every)} given"
        )
    show_image(pixels, ax=every[0])
    every[0].set_title("image")
    for i, one in enumerate(every[1:]):
        name, colors = _CHANNELS[i]
        one.imshow(pixels[..., i], cmap=colors, vmin=low, vmax=high)
        one.set_title(name)
        bare(one)
    return every


def _pixels(image: Any, what: str, *ndims: int) -> Any:
    pixels = np.asarray(image)
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    colours = pixels.ndim < 3 or pixels.shape[-1] in (3, 4)
    if pixels.ndim not in ndims or not pixels.size or pixels.dtype.kind not in "biuf" or not colours:
        wanted = " or ".join("(h, w)" if n == 2 else "(h, w, 3)" for n in ndims)
        raise ValueError(f"{what}: needs an image of shape {wanted}, not {pixels.shape} of {pixels.dtype}")
    return pixels


def _range(pixels: Any) -> tuple[float, float]:
    """Return which numbers are black and white."""
    finite = pixels[np.isfinite(pixels)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    if low < 0:
        return low, high
    if pixels.dtype == np.uint8:
        return 0.0, 255.0
    return 0.0, 1.0 if pixels.dtype.kind in "bf" and high <= 1 else high
