"""Images as numbers: what is written and in which gray, and what is no image."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from viz import pictures


def test_the_numbers_of_a_grid() -> None:
    """Each cell has its number, whole ones without a point; light on dark and dark on light."""
    ax = pictures.pixel_grid([[0, 255], [100, 200]])
    assert [text.get_text() for text in ax.texts] == ["0", "255", "100", "200"]
    assert [text.get_color() for text in ax.texts] == ["white", "black", "white", "black"]
    ax = pictures.pixel_grid(np.array([[0.25, 1.0]]))
    assert [text.get_text() for text in ax.texts] == ["0.25", "1.00"]
    assert not len(ax.get_xticks())


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (np.array([[3, 100]], np.uint8), (0, 255)),
        (np.array([[0.2, 0.7]]), (0, 1)),
        (np.array([[0.0, 16.0]]), (0, 16)),
        (np.array([[-1.0, 3.0]]), (-1, 3)),
        (np.array([[False, True]]), (0, 1)),
    ],
)
def test_black_and_white_are_fixed(image: Any, limits: tuple[float, float]) -> None:
    """The same number has the same gray in every image of its kind."""
    for draw in (pictures.pixel_grid, pictures.show_image):
        assert draw(image).images[0].get_clim() == limits


def test_colours_and_channels(pyplot: Any) -> None:
    """A colour image beside its channels, each on its own Axes; a bar only beside a gray one."""
    image = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    ax = pictures.show_image(image)
    np.testing.assert_allclose(ax.images[0].get_array(), image / 255)
    assert len(ax.figure.axes) == 1 and len(pictures.show_image(image[..., 0]).figure.axes) == 2
    every = pictures.channels(image)
    assert [one.get_title() for one in every] == ["image", "red", "green", "blue"]
    np.testing.assert_array_equal(every[2].images[0].get_array(), image[..., 1])
    given = pyplot.subplots(2, 2)[1]
    assert pictures.channels(image, ax=given)[0] is given[0, 0]
    with pytest.raises(ValueError, match=r"needs 4 Axes, .*; 2 given"):
        pictures.channels(image, ax=given[0])


def test_on_given_axes(pyplot: Any) -> None:
    """Nothing is made where Axes are given."""
    ax = pyplot.subplots()[1]
    before = len(pyplot.get_fignums())
    assert pictures.show_image([[1, 2]], ax=ax, colorbar=False) is ax and len(pyplot.get_fignums()) == before
    with pytest.raises(TypeError, match="ax must be matplotlib's Axes"):
        pictures.show_image([[1, 2]], ax=ax.figure)


@pytest.mark.parametrize(
    "image", [np.zeros(3), np.zeros((2, 2, 5)), np.zeros((0, 2)), np.array([["a"]]), np.zeros((2, 2, 3, 1))]
)
def test_what_is_no_image(image: Any) -> None:
    """The error has the shape that is wanted, and the one that is given."""
    with pytest.raises(ValueError, match=r"needs an image of shape \(h, w\) or \(h, w, 3\), not"):
        pictures.show_image(image)
    with pytest.raises(ValueError, match=r"needs an image of shape"):
        pictures.pixel_grid(image)


def test_too_many_cells() -> None:
    """More than can be read are refused, with what to do."""
    with pytest.raises(ValueError, match=r"\(50, 3\) has too many cells to read; cut a piece"):
        pictures.pixel_grid(np.zeros((50, 3)))
    assert len(pictures.pixel_grid(np.zeros((2, 2, 1))).texts) == 4


def test_infinity_in_an_image() -> None:
    """It is written as it is, and white; the finite numbers set the grays."""
    ax = pictures.pixel_grid([[np.inf, 1.0], [2.0, np.nan]])
    assert [text.get_text() for text in ax.texts] == ["inf", "1.00", "2.00", "nan"]
    assert ax.images[0].get_clim() == (0, 2)
