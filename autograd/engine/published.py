"""The base of `Tensor` that the operations' records fill with methods and operators (see `registry.publish`).

What it ends up with is in `published.pyi`, for editors and type checkers: made from the registry by `make docs`.
"""


class Published:
    """The methods and operators that come from records."""

    __slots__ = ()
