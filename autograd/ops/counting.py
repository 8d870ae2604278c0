"""Counting in bins, and finding the bin of a value. What is counted with weights is differentiable by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.registry import constant, publish
from autograd.engine.tensor import Tensor, as_tensor, current, from_value
from autograd.ops.indexing import raw_index, scatter
from autograd.ops.reduction_options import in_dtype


def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """Return how often each of 0, 1, 2, … is in x, or the sum of the weights there, by which it is differentiable."""
    bins = raw_index(list(x) if isinstance(x, tuple) else x)
    if type(weights) is not Tensor or not weights.requires_grad:
        return from_value(np.bincount(bins, current(weights), minlength), None)
    if np.shape(bins) != weights.shape:
        raise ValueError(f"bincount: x has shape {np.shape(bins)} and the weights {weights.shape}; each needs its own")
    least = np.bincount(bins, minlength=minlength)  # it refuses what is no bin
    return scatter(in_dtype(weights, np.float64), index=bins, shape=least.shape)


def histogram(a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None) -> Any:
    """Return how many elements of a are in each bin, or the sum of their weights, and the edges of the bins.

    Differentiable by the weights and the edges, which move with the least and the largest element where they are not
    given. How many there are does not change but by jumps.
    """
    if isinstance(weights, Tensor) and weights.shape != np.shape(a):
        raise ValueError(f"histogram: a has shape {np.shape(a)} and the weights {weights.shape}")
    values = np.ravel(current(a))
    heights = None if weights is None else np.ravel(current(weights))
    counts, found = np.histogram(values, current(bins), range, weights=heights)
    edges = _edges(a, bins, range, found)
    if isinstance(weights, Tensor) and weights.requires_grad:
        inside = np.greater_equal(values, found[0]) & np.less_equal(values, found[-1])
        place = np.minimum(np.searchsorted(found, values[inside], side="right") - 1, len(found) - 2)
        counts = scatter(np.ravel(weights)[inside], index=place, shape=counts.shape)
    if density:
        return counts / np.diff(edges) / np.sum(counts), edges
    return as_tensor(counts), edges


def _edges(a: Any, bins: Any, range: Any, found: Any) -> Any:
    """Return the edges that NumPy has found, as a tensor that moves with what they are made of."""
    if type(bins) is Tensor and bins.ndim:
        return bins
    if np.ndim(bins) or range is not None or type(a) is not Tensor or not a.requires_grad or not a.size:
        return from_value(found, None)
    moving: Any = np.linspace(np.min(a), np.max(a), len(found))
    return found + (moving - moving.detach())  # NumPy's own values, to the last digit


def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """Return the edges of the bins that `histogram` counts in."""
    return _edges(a, bins, range, np.histogram_bin_edges(current(a), current(bins), range, current(weights)))


def _of_columns(function: Any) -> None:
    """Let a histogram of several columns run on values, which is refused where a gradient would be lost."""
    name = function.__name__

    def run(*args: Any, **options: Any) -> Any:
        if _recorded([*args, *options.values()]):
            raise NotImplementedError(
                f"np.{name}: there are no derivatives by the weights and the edges here. Find the bins by np.digitize, "
                "and add weights up by np.bincount; or pass t.detach()."
            )
        return _tensors(function(*map(_plain, args), **{key: _plain(value) for key, value in options.items()}))

    publish(run, name=name, numpy=function, method=False, doc=f"Return what np.{name} counts, on values alone.")


def _recorded(x: Any) -> bool:
    return any(map(_recorded, x)) if type(x) in (list, tuple) else type(x) is Tensor and x.requires_grad


def _plain(x: Any) -> Any:
    return type(x)(map(_plain, x)) if type(x) in (list, tuple) else current(x)


def _tensors(x: Any) -> Any:
    return type(x)(map(_tensors, x)) if type(x) in (list, tuple) else from_value(x, None)


publish(bincount, numpy=np.bincount, method=False)
publish(histogram, numpy=np.histogram, method=False)
publish(histogram_bin_edges, numpy=np.histogram_bin_edges, method=False)
for _name in ("histogram2d", "histogramdd"):
    _of_columns(getattr(np, _name))
for _name in ("digitize", "searchsorted"):
    constant(getattr(np, _name), array=True)
