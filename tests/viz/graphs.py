"""What the tests of viz draw: random graphs, a model that tells its spans, and names that try to break out."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

import autograd
from autograd import Tensor


def leaf(*shape: int) -> Tensor:
    """Return a leaf that requires grad, of small random numbers."""
    return autograd.tensor(np.random.default_rng(0).normal(size=shape) * 0.1, requires_grad=True)


class Model:
    """Three dense layers with a loss; it offers what viz reads of a model and nothing else."""

    def __init__(self, sizes: tuple[int, ...] = (64, 64, 32, 10)) -> None:
        self.layers = [(leaf(m, n), leaf(n)) for m, n in pairwise(sizes)]
        self.recorded: list[tuple[str, int, int]] = []

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        for i, (kernel, bias) in enumerate(self.layers):
            yield f"dense_{i}.kernel", kernel
            yield f"dense_{i}.bias", bias

    def spans(self) -> list[tuple[str, int, int]]:
        return self.recorded

    def loss(self, x: Any) -> Any:
        """Return the loss of a batch; each layer records where its operations begin and end."""
        for i, (kernel, bias) in enumerate(self.layers):
            first = autograd.tick()
            x = x @ kernel + bias
            if i + 1 < len(self.layers):
                x = np.maximum(x, 0.0)
            self.recorded.append((f"dense_{i}", first, autograd.tick()))
        first = autograd.tick()
        x = np.mean(np.log(np.sum(np.exp(x - np.max(x, axis=1, keepdims=True)), axis=1)))
        self.recorded.append(("loss", first, autograd.tick()))
        return x


class Spans:
    """Names and spans given by hand."""

    def __init__(self, spans: list[tuple[str, int, int]], **parameters: Tensor) -> None:
        self.recorded = spans
        self.parameters = parameters

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        yield from self.parameters.items()

    def spans(self) -> list[tuple[str, int, int]]:
        return self.recorded


def random_graph(seed: int, operations: int = 40) -> tuple[Any, Spans]:
    """Return a result that depends on up to `operations` random operations, and random nested spans."""
    draw = random.Random(seed)
    leaves = [autograd.tensor(1.0, requires_grad=True) for _ in range(draw.randint(1, 5))]
    made: list[Any] = list(leaves)
    spans: list[tuple[str, int, int]] = []
    begun: list[int] = []
    for _ in range(operations):
        if draw.random() < 0.2:
            begun.append(autograd.tick())
        if begun and draw.random() < 0.15:
            spans.append((f"layer{len(spans)}", begun.pop(), autograd.tick()))
        a, b = (made[max(0, len(made) - 1 - int(draw.expovariate(0.2)))] for _ in range(2))
        made.append(
            draw.choice([lambda a, b: a * b, lambda a, b: a - b, lambda a, _: np.sin(a), lambda a, _: a * 2])(a, b)
        )
    parameters = {f"w{i}": tensor for i, tensor in enumerate(leaves)}
    return made[-1] + made[-3], Spans(spans, **parameters)


def hostile_names(count: int = 300) -> list[str]:
    """Return names that try to end a string, open a tag, name a character or be none."""
    pieces = [
        "<script>alert(1)</script>", "</text>", "]]>", "<!--", "-->", "&lt;", "&#60;", "&", '"', "'", "\\", '\\"',
        "\\N", "\\l", "\n", "\r\n", "\t", "\0", "\x07", "\x1b[31m", "\x85", "\u2028", "\u202e", "\ufffe", "\ufeff",
        "\ud800", "\U0001f600", "{a|b}", "<<b>x</b>>", "%s", "{0}", "];}", "digraph {", "漢字", "onload=x",
        "javascript:", "a" * 500, " ", "",
    ]  # fmt: skip
    draw = random.Random(0)
    return [*pieces, *("".join(draw.choices(pieces, k=draw.randint(2, 6))) for _ in range(count - len(pieces)))]
