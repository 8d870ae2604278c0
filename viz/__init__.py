"""Pictures of computation graphs, on any machine: `draw` and what it returns.

The layout is our own and needs nothing installed; `engine="dot"` takes graphviz' where it is.
"""

from viz.drawing import Drawing, draw

__all__ = ["Drawing", "draw"]
