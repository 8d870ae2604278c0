"""matplotlib, which the pictures need and the rest of the package does not; and its Axes, given or made."""

from __future__ import annotations

from typing import Any, Final

TRAINING: Final = "#3b6fb6"
VALIDATION: Final = "#dd8833"
BAD: Final = "#c0392b"
INK: Final = "#1f2430"
CLASSES: Final = (
    "#3b6fb6",
    "#dd8833",
    "#2f8743",
    "#8e44ad",
    "#c0392b",
    "#7f6a4d",
    "#d470a2",
    "#6b7280",
    "#a8a133",
    "#2a9d9d",
)


def axes(ax: Any, what: str, size: tuple[float, float] = (4.6, 3.4)) -> Any:
    """Return the Axes to draw on, made with a figure of its own if none are given.

    Raises ImportError, naming the extra to install, where matplotlib is not there.
    """
    if ax is not None:
        if not hasattr(ax, "imshow"):
            raise TypeError(f"{what}: ax must be matplotlib's Axes, as from plt.subplots(), not {type(ax).__name__}")
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        raise ImportError(f'{what} needs matplotlib: pip install "graphgrad[plot]"') from None
    return plt.subplots(figsize=size, layout="constrained")[1]


def close(figure: Any) -> None:
    """Let go of a figure that `axes` has made."""
    from matplotlib import pyplot as plt

    plt.close(figure)


def bare(ax: Any) -> None:
    """Take ticks and frame away."""
    ax.set_xticks([])
    ax.set_yticks([])
    ax.spines[:].set_visible(False)
