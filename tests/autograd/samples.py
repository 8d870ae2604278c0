"""What the generated tests run every operation on: drawn from its record, by its domain and samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd.engine.domain import Domain
from autograd.engine.op import Op

BROADCASTS = {2: [((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3))], 3: [((2, 3), (3,), (2, 1))]}


class Sample(NamedTuple):
    """One call of an operation: arrays and options."""

    op: Op
    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any]

    def __str__(self) -> str:
        options = ",".join(f"{k}={v}" for k, v in self.options.items()).replace("\n", "").replace(" ", "")
        return f"{self.op.name}-{'x'.join(str(s).replace(' ', '') for s in self.shapes)}-{options}"

    def arrays(self, seed: int = 0, dtype: Any = float) -> list[Any]:
        """Return inputs in the operation's domain."""
        rng = np.random.default_rng([seed, *self.op.name.encode()])
        domains = self.op.domain
        if isinstance(domains, Domain):
            domains = (domains,) * len(self.shapes)
        arrays = [np.array(d.draw(rng, s)).astype(dtype) for d, s in zip(domains, self.shapes, strict=True)]
        if self.op.name in BITWISE:
            return [a > 0 for a in arrays] if "shift" not in self.op.name else [(a + 3).astype(int) for a in arrays]
        return arrays

    def run(self, *arrays: Any) -> Any:
        """Call the public function of the operation."""
        function = autograd.PUBLIC[self.op.name]
        project = getattr(self.op.domain, "project", None)
        arrays = tuple(map(project, arrays)) if project else arrays
        if self.op.arity == 0 and self.op.name == "einsum":
            return function(self.options["subscripts"], *arrays)
        if self.op.arity == 0:
            return function(arrays, **self.options)
        return function(*arrays, **self.options)

    def raw(self, *arrays: Any) -> Any:
        """Call NumPy's own function on raw arrays."""
        function = self.op.numpy
        if self.op.arity == 0 and self.op.name == "einsum":
            return function(self.options["subscripts"], *arrays)
        if self.op.arity == 0:
            return function(arrays, **self.options)
        if function in (np.astype, np.reshape):  # whose options are positional only, the second's before NumPy 2.1
            return function(*arrays, *self.options.values())
        return function(*arrays, **self.options)


BITWISE = {"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "left_shift", "right_shift"}


def samples(*, broadcast: bool = True) -> Iterator[Sample]:
    """Yield samples of every registered operation."""
    for op in autograd.OPS.values():
        for entry in op.samples:
            options = entry[-1] if isinstance(entry[-1], dict) else {}
            yield Sample(op, tuple(s for s in entry if not isinstance(s, dict)), options)
        if not op.samples:
            yield Sample(op, ((2, 3),) * op.arity, {})
            if broadcast:
                yield from (Sample(op, shapes, {}) for shapes in BROADCASTS.get(op.arity, ()))


def tensors_in(result: Any) -> list[Any]:
    """Return the tensors of a result, which may be one or a tuple."""
    return list(result) if isinstance(result, tuple | list) else [result]


def directional(f: Any, arrays: list[Any], directions: list[Any], h: float = 1e-3) -> Any:
    """Return the derivative of f along `directions` by a central difference of order 6: error about 1e-11."""

    def at(step: float) -> Any:
        return f(*(a + step * d for a, d in zip(arrays, directions, strict=True)))

    terms = [(3 / 4, 1), (-3 / 20, 2), (1 / 60, 3)]
    return sum(c * (at(k * h) - at(-k * h)) for c, k in terms) / h
