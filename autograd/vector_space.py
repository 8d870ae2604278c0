"""Vector spaces of arrays and of containers of them: what `vspace` tells of a value, as in HIPS autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from autograd.engine.tensor import current
from autograd.transforms import tree_leaves, tree_like


class VSpace:
    """The space that a value is from: an array of a shape and dtype, or a nested list, tuple or dict of such.

    >>> space = vspace({"a": np.zeros((2, 3)), "b": 1.0})
    >>> space.size, space.zeros()["b"], len(list(space.standard_basis()))
    (7, array(0.), 7)
    """

    mappings: ClassVar[dict[type, Callable[[Any], VSpace]]] = {}

    def __init__(self, value: Any) -> None:
        leaves = tree_leaves(value)
        self.tree = tree_like(value, [None] * len(leaves)) if not hasattr(value, "dtype") else 0
        self._form = value if isinstance(value, list | tuple | dict) else 0
        self.shapes = [np.shape(leaf) for leaf in leaves]
        self.dtypes = [np.asarray(current(leaf)).dtype for leaf in leaves]

    @classmethod
    def register(cls, value_type: type, vspace_maker: Callable[[Any], VSpace] | None = None) -> None:
        """Say what the space of values of a type of one's own is made by."""
        cls.mappings[value_type] = vspace_maker or cls

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, of an array."""
        return self.shapes[0] if self._is_array else ()

    @property
    def dtype(self) -> Any:
        """The dtype, of an array."""
        return self.dtypes[0] if self._is_array else None

    @property
    def _is_array(self) -> bool:
        return not isinstance(self._form, list | tuple | dict)

    @property
    def iscomplex(self) -> bool:
        """Whether any of it is complex."""
        return any(dtype.kind == "c" for dtype in self.dtypes)

    @property
    def size(self) -> int:
        """The number of real coordinates: a complex number has two."""
        return sum(
            int(np.prod(shape)) * (2 if dtype.kind == "c" else 1)
            for shape, dtype in zip(self.shapes, self.dtypes, strict=True)
        )

    def _filled(self, make: Callable[[tuple[int, ...], Any], Any]) -> Any:
        leaves = [make(shape, dtype) for shape, dtype in zip(self.shapes, self.dtypes, strict=True)]
        return leaves[0] if self._is_array else tree_like(self._form, leaves)

    def zeros(self) -> Any:
        """Return the zero of the space."""
        return self._filled(np.zeros)

    def ones(self) -> Any:
        """Return what is 1 everywhere, and 1 + 1j where it is complex: the sum of all unit vectors."""
        return self._filled(lambda shape, dtype: np.full(shape, 1 + 1j if dtype.kind == "c" else 1, dtype))

    def randn(self) -> Any:
        """Return normal random numbers, other ones each time."""

        def draw(shape: tuple[int, ...], dtype: Any) -> Any:
            values = rng.standard_normal(shape)
            return np.asarray(values + 1j * rng.standard_normal(shape) if dtype.kind == "c" else values, dtype)

        rng = np.random.default_rng()
        return self._filled(draw)

    def standard_basis(self) -> Iterator[Any]:
        """Yield every unit vector; of a complex element i times it too."""
        for k, (shape, dtype) in enumerate(zip(self.shapes, self.dtypes, strict=True)):
            for index in np.ndindex(*shape):
                for unit in (1, 1j) if dtype.kind == "c" else (1,):
                    leaves = tree_leaves([self.zeros()])
                    leaves[k][index] = unit
                    yield leaves[0] if self._is_array else tree_like(self._form, leaves)

    def add(self, x: Any, y: Any) -> Any:
        """Return x + y."""
        return self._each(np.add, x, y)

    mut_add = add

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """Return a times x."""
        return self._each(lambda leaf: leaf * a, x)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """Return the sum of products of the coordinates of x and y."""
        pairs = zip(tree_leaves([x]), tree_leaves([y]), strict=True)
        terms = [np.real(np.sum(np.conj(a) * b)) for a, b in pairs]
        return sum(terms[1:], terms[0]) if terms else np.float64(0)

    def covector(self, x: Any) -> Any:
        """Return the cotangent that x is, by the inner product: its conjugate."""
        return self._each(np.conj, x)

    def _each(self, function: Callable[..., Any], *values: Any) -> Any:
        leaves = [function(*parts) for parts in zip(*(tree_leaves([v]) for v in values), strict=True)]
        return leaves[0] if self._is_array else tree_like(self._form, leaves)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, VSpace) or type(self._form) is not type(other._form):
            return False
        return (self.shapes, self.dtypes, self._keys()) == (other.shapes, other.dtypes, other._keys())

    def _keys(self) -> Any:
        return None if self._is_array else tree_like(self._form, range(len(self.shapes)))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        parts = ", ".join(f"{shape} {dtype}" for shape, dtype in zip(self.shapes, self.dtypes, strict=True))
        return f"VSpace({'' if self._is_array else type(self._form).__name__ + ': '}{parts})"


def vspace(value: Any) -> VSpace:
    """Return the vector space that a value is from. Raises TypeError for what is no array, number or container."""
    maker = VSpace.mappings.get(type(value))
    if maker is not None:
        return maker(value)
    for leaf in tree_leaves([value]):
        if not hasattr(leaf, "dtype") and (not isinstance(leaf, float | complex) or isinstance(leaf, bool)):
            raise TypeError(f"vspace: {leaf!r:.60} of type {type(leaf).__name__} is from no vector space")
    return VSpace(value)
