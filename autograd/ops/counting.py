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

    Differentiable by the weights; it does not change with a but by jumps.
    """
    bins = current(bins)
    if type(weights) is not Tensor or not weights.requires_grad:
        counts, edges = np.histogram(current(a), bins, range, density, current(weights))
        return from_value(counts, None), from_value(edges, None)
    values = np.ravel(current(a))
    if weights.shape != np.shape(current(a)):
        raise ValueError(f"histogram: a has shape {np.shape(current(a))} and the weights {weights.shape}")
    edges = np.histogram_bin_edges(values, bins, range)
    inside = np.greater_equal(values, edges[0]) & np.less_equal(values, edges[-1])
    place = np.minimum(np.searchsorted(edges, values[inside], side="right") - 1, len(edges) - 2)
    sums = scatter(np.ravel(weights)[inside], index=place, shape=(len(edges) - 1,))
    if density:
        sums = sums / np.diff(edges) / np.sum(sums)
    return sums, as_tensor(edges)


def _without_weights(function: Any) -> None:
    """Let a histogram of several columns run on values, which is refused where a gradient would be lost."""
    name = function.__name__

    def run(*args: Any, **options: Any) -> Any:
        weights = options.get("weights")
        if type(weights) is Tensor and weights.requires_grad:
            raise NotImplementedError(
                f"np.{name}: there is no derivative by the weights here. Find the bins by np.digitize, and add the "
                "weights up by np.bincount; or pass weights.detach()."
            )
        return _tensors(function(*map(_plain, args), **{key: _plain(value) for key, value in options.items()}))

    publish(run, name=name, numpy=function, method=False, doc=f"Return what np.{name} counts, on values alone.")


def _plain(x: Any) -> Any:
    return type(x)(map(_plain, x)) if type(x) in (list, tuple) else current(x)


def _tensors(x: Any) -> Any:
    return type(x)(map(_tensors, x)) if type(x) in (list, tuple) else from_value(x, None)


publish(bincount, numpy=np.bincount, method=False)
publish(histogram, numpy=np.histogram, method=False)
for _name in ("histogram2d", "histogramdd"):
    _without_weights(getattr(np, _name))
for _name in ("digitize", "searchsorted", "histogram_bin_edges"):
    constant(getattr(np, _name), array=True)
