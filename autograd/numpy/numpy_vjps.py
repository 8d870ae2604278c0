"""What rules of one's own import from HIPS autograd's: undoing the broadcasting of an argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine import broadcasting


def unbroadcast(x: Any, target_meta: tuple[Any, ...], broadcast_idx: int = 0) -> Any:
    """Return x summed to the shape of what `metadata` was taken of."""
    del broadcast_idx
    shape = target_meta[0]
    x = x if np.shape(x) == shape else broadcasting.unbroadcast(x, shape)
    return np.real(x) if np.iscomplexobj(x) and not target_meta[3] else x


def metadata(A: Any) -> tuple[tuple[int, ...], int, Any, bool]:
    """Return the shape, the number of axes and the dtype of an array, and whether it is complex."""
    return np.shape(A), np.ndim(A), np.result_type(A), bool(np.iscomplexobj(A))


def unbroadcast_f(target: Any, f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the function that gives f(g), summed to the shape of the target."""
    target_meta = metadata(target)
    return lambda g: unbroadcast(f(g), target_meta)


def match_complex(target: Any, x: Any) -> Any:
    """Return x as complex as the target is."""
    if np.iscomplexobj(x) and not np.iscomplexobj(target):
        return np.real(x)
    return x + 0j if np.iscomplexobj(target) and not np.iscomplexobj(x) else x
