"""Calls of the registered operations to check them on: drawn from their records, by domain and samples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.engine.domain import Domain
from autograd.engine.op import Op
from autograd.engine.registry import OPS, PUBLIC

BROADCASTS: Final[dict[int, list[tuple[tuple[int, ...], ...]]]] = {
    2: [((2, 3), (3,)), ((3,), (2, 3)), ((2, 1), (1, 3)), ((), (2, 3))],
    3: [((2, 3), (3,), (2, 1))],
}


class Sample(NamedTuple):
    """One call of an operation: the shapes of its arrays, and its options."""

    op: Op
    shapes: tuple[tuple[int, ...], ...]
    options: dict[str, Any]

    def __str__(self) -> str:
        options = ",".join(f"{k}={v}" for k, v in self.options.items()).replace("\n", "").replace(" ", "")
        return f"{self.op.name}-{'x'.join(str(s).replace(' ', '') for s in self.shapes)}-{options}"

    @property
    def domains(self) -> list[Domain]:
        """The domain of each array."""
        domains = self.op.domain
        return [domains] * len(self.shapes) if isinstance(domains, Domain) else list(domains)

    def arrays(self, seed: int = 0, dtype: Any = float) -> list[Any]:
        """Return arrays in the operation's domain: of `dtype`, unless it is for booleans or integers."""
        rng = np.random.default_rng([seed, *self.op.name.encode()])
        drawn = [np.asarray(d.draw(rng, s)) for d, s in zip(self.domains, self.shapes, strict=True)]
        return [a.astype(dtype) if a.dtype.kind == "f" else a for a in drawn]

    def run(self, *arrays: Any) -> Any:
        """Call the public function of the operation, on what is in its domain again after a small change."""
        project = getattr(self.op.domain, "project", None)
        return self._call(PUBLIC[self.op.name], tuple(map(project, arrays)) if project else arrays)

    def floats(self, *arrays: Any) -> list[Any]:
        """Call it; return those of its results that have derivatives, as real numbers: of a complex one both parts."""
        outs = several(self.run(*arrays))
        parts = [(np.real(out), np.imag(out)) if out.dtype.kind == "c" else (out,) for out in outs]
        return [part for pair in parts for part in pair if part.dtype.kind == "f"]

    def raw(self, *arrays: Any) -> Any:
        """Call NumPy's own function on raw arrays."""
        if self.op.numpy in (np.astype, np.reshape):  # options are positional only, the second's before NumPy 2.1
            return self.op.numpy(*arrays, *self.options.values())
        return self._call(self.op.numpy, arrays)

    def _call(self, function: Any, arrays: Any) -> Any:
        if "subscripts" in self.options:  # einsum, whose option comes first
            return function(self.options["subscripts"], *arrays)
        return function(arrays, **self.options) if self.op.arity == 0 else function(*arrays, **self.options)


def samples(*, broadcast: bool = True) -> Iterator[Sample]:
    """Yield samples of every registered operation."""
    for op in OPS.values():
        yield from samples_of(op, broadcast=broadcast)


def samples_of(op: Op, *, broadcast: bool = True) -> Iterator[Sample]:
    """Yield the samples in an operation's record; if there are none, a plain one, and some that broadcast."""
    for entry in op.samples:
        options: Any = next((part for part in entry if isinstance(part, dict)), {})
        yield Sample(op, tuple(part for part in entry if part is not options), options)
    if not op.samples:
        yield Sample(op, ((2, 3),) * op.arity, {})
        if broadcast:
            yield from (Sample(op, shapes, {}) for shapes in BROADCASTS.get(op.arity, ()))


def several(result: Any) -> list[Any]:
    """Return the tensors of a result, which may be one or a tuple."""
    return list(result) if isinstance(result, tuple | list) else [result]
