"""What rules of forward mode of one's own import from HIPS autograd's: the broadcasting of a tangent."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.numpy.numpy_vjps import match_complex


def broadcast(x: Any, target: Any) -> Any:
    """Return x in the shape of the target, and complex if that is.

    >>> broadcast(1.0, np.zeros(2)), broadcast(np.ones(1), np.zeros(2) + 1j)
    (array([1., 1.]), array([1.+0.j, 1.+0.j]))
    """
    wide = np.broadcast_to(x, np.broadcast_shapes(np.shape(x), np.shape(target)))
    return match_complex(target, wide) if np.iscomplexobj(target) else wide
