"""The pictures of a lecture on networks: images as numbers, neurons, curves, boundaries.

All but `neuron`, `layer` and `network`, which are SVG of our own, are drawn by matplotlib (`graphgrad[plot]`), on Axes
that are given or made, and are returned; nothing is shown or saved.
"""

from viz.pictures.curves import activation, gradient_flow, history, loss
from viz.pictures.fields import confusion, decision_boundary, loss_surface
from viz.pictures.images import channels, pixel_grid, show_image
from viz.pictures.network import Picture, layer, network, neuron

__all__ = [
    "Picture",
    "activation",
    "channels",
    "confusion",
    "decision_boundary",
    "gradient_flow",
    "history",
    "layer",
    "loss",
    "loss_surface",
    "network",
    "neuron",
    "pixel_grid",
    "show_image",
]
