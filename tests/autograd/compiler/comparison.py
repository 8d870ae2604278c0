"""A function with a program and without: what both return, and what both leave behind, is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import autograd
from autograd.transforms import tree_leaves

Function = Callable[..., Any]


def arrays(tree: Any) -> list[Any]:
    """Return all that is in a result as arrays of their own."""
    return [np.array(x.data if isinstance(x, autograd.Tensor) else x) for x in tree_leaves(tree)]


def equal(found: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    """Compare dtypes, shapes and values; infinities and nan are at the same places."""
    ours, theirs = arrays(found), arrays(wanted)
    assert [(a.dtype, a.shape) for a in ours] == [(b.dtype, b.shape) for b in theirs]
    for a, b in zip(ours, theirs, strict=True):
        size = float(np.abs(b[np.isfinite(b)]).max(initial=1)) if b.dtype.kind in "fc" else 1
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * size)


def same(f: Function, backend: str, *args: Any, tolerance: float = 1e-12) -> Any:
    """Call a function that leaves nothing behind twice with a program and once without."""
    compiled = autograd.compile(f, backend=backend)
    with np.errstate(all="ignore"):
        wanted = arrays(f(*args))
        equal(compiled(*args), wanted, tolerance)
        equal(compiled(*args), wanted, tolerance)
    return compiled


def same_steps(
    make: Callable[[], tuple[Sequence[Any], Function]], backend: str, *calls: Sequence[Any], tolerance: float = 1e-12
) -> None:
    """Call a step with and without a program; `make` returns its tensors and the step, anew each time.

    After each call the results, the tensors and their gradients are compared.
    """
    theirs, eager = make()
    ours, step = make()
    compiled = autograd.compile(step, backend=backend)
    for args in calls:
        equal(compiled(*args), eager(*args), tolerance)
        equal(list(ours), list(theirs), tolerance)
        gradients = [[t.grad for t in tensors] for tensors in (ours, theirs)]
        assert [g is None for g in gradients[0]] == [g is None for g in gradients[1]]
        equal(*gradients, tolerance)
