"""Reverse mode as a textbook has it, to compare the engine with: values copied, slopes written out, one plain walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import numpy as np

Back = Callable[[Any], Any]

_ages = count()


class Naive:
    """An array, what it was computed from, and for each parent the function from its cotangent to the parent's.

    None in place of that function says: depends on it, but nothing flows back.
    """

    def __init__(self, value: Any, parents: Iterable[tuple[Naive, Back | None]] = (), leaf: bool = False) -> None:
        parents = list(parents)
        self.value = np.array(value)
        self.age = next(_ages)
        self.requires_grad: bool = leaf or any(p.requires_grad for p, _ in parents)
        self.parents = parents if self.requires_grad else []
        self.freed = self.retained = False
        self.hooks = 0  # how many; each doubles
        self.forget()

    def forget(self) -> None:
        self.grad: Any = None
        self.scale = 0.0  # the largest cotangent on the way to grad, which is what its rounding errors go by


class Pass(NamedTuple):
    """What a backward pass brings: cotangents, the nodes it went through, whether it got to the end, its scale."""

    found: dict[Naive, Any]
    passed: list[Naive]
    complete: bool
    scale: float


def ancestors(roots: Iterable[Naive]) -> set[Naive]:
    found: set[Naive] = set()
    todo = list(roots)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += [p for p, _ in node.parents]
    return found


def pull(root: Naive, seed: Any) -> Pass:
    """Walk from the youngest node to the oldest, and stop at the first that an earlier pass has freed."""
    done = Pass({}, [], True, 0.0)
    cotangents = {root: np.full_like(root.value, seed)}
    for node in sorted(ancestors([root]), key=lambda n: -n.age):
        g = cotangents.get(node)
        if g is not None:
            g = g * 2**node.hooks
            done = done._replace(scale=max(done.scale, float(np.max(np.abs(g)))))
        if node.requires_grad and (node.retained or not node.parents):
            done.found[node] = np.zeros_like(node.value) if g is None else g
        if g is None or not node.parents:
            continue
        if node.freed:
            return done._replace(complete=False)
        done.passed.append(node)
        for parent, back in node.parents:
            if back is not None and parent.requires_grad:
                c = fitted(back(g), parent.value)
                cotangents[parent] = cotangents[parent] + c if parent in cotangents else c
    return done


def fitted(c: Any, like: Any) -> Any:
    """Sum over what was broadcast, and take the dtype."""
    c = np.asarray(c)
    while c.ndim > like.ndim:
        c = np.sum(c, axis=0)
    for axis, size in enumerate(like.shape):
        if size == 1:
            c = np.sum(c, axis=axis, keepdims=True)
    return c.astype(like.dtype)


def elementwise(f: Callable[..., Any], slopes: Iterable[Callable[..., Any]], *xs: Naive) -> Naive:
    values = [x.value for x in xs]
    return Naive(f(*values), [(x, partial(np.multiply, s(*values))) for x, s in zip(xs, slopes, strict=True)])


def moved(f: Callable[..., Any], *xs: Naive) -> Naive:
    """An operation that only moves elements: applied to their positions instead, it says where each came from."""
    positions = [np.arange(x.value.size).reshape(x.value.shape) for x in xs]
    nowhere = [np.full(x.value.shape, -1) for x in xs]
    sources = [f(*nowhere[:k], positions[k], *nowhere[k + 1 :]) for k in range(len(xs))]
    backs = [partial(_sent_back, x.value, source) for x, source in zip(xs, sources, strict=True)]
    return Naive(f(*(x.value for x in xs)), zip(xs, backs, strict=True))


def _sent_back(like: Any, source: Any, g: Any) -> Any:
    back = np.zeros(like.size, g.dtype)
    for position, element in zip(np.ravel(source), np.ravel(g), strict=True):
        if position >= 0:
            back[position] += element
    return back.reshape(like.shape)


def total(x: Naive, axis: int | None = None, keepdims: bool = False) -> Naive:
    kept = np.sum(x.value, axis=axis, keepdims=True).shape
    back = lambda g: np.broadcast_to(g.reshape(kept), x.value.shape)
    return Naive(np.sum(x.value, axis=axis, keepdims=keepdims), [(x, back)])


def matmul(a: Naive, b: Naive) -> Naive:
    left = a.value if a.value.ndim == 2 else a.value[None, :]
    right = b.value if b.value.ndim == 2 else b.value[:, None]
    full = (len(left), right.shape[1])
    back_a = lambda g: (g.reshape(full) @ right.T).reshape(a.value.shape)
    back_b = lambda g: (left.T @ g.reshape(full)).reshape(b.value.shape)
    return Naive(a.value @ b.value, [(a, back_a), (b, back_b)])


def where(condition: Naive, x: Naive, y: Naive) -> Naive:
    mask = condition.value > 0
    chosen = moved(lambda x, y: np.where(mask, x, y), x, y)
    return Naive(chosen.value, [(condition, None), (chosen, lambda g: g)])
