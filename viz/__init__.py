"""Pictures of computation graphs, on any machine; and those of a lecture on networks.

`draw` and what it returns: the layout is our own and needs nothing installed; `engine="dot"` takes graphviz' where it
is. `on_error` draws what was computed before something failed. The pictures of the lecture, from `pixel_grid` to
`loss_surface`, are in `viz.pictures`.
"""

from viz.drawing import Drawing, draw
from viz.failure import on_error
from viz.pictures import (
    Picture,
    activation,
    channels,
    confusion,
    decision_boundary,
    gradient_flow,
    history,
    layer,
    loss,
    loss_surface,
    network,
    neuron,
    pixel_grid,
    show_image,
)

__all__ = [
    "Drawing",
    "Picture",
    "activation",
    "channels",
    "confusion",
    "decision_boundary",
    "draw",
    "gradient_flow",
    "history",
    "layer",
    "loss",
    "loss_surface",
    "network",
    "neuron",
    "on_error",
    "pixel_grid",
    "show_image",
]
