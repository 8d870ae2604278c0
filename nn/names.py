"""Looking things up by the names that Keras gives them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def by_name(what: str, name: object, table: Mapping[str, T]) -> T:
    """Return `table[name]`, in any case; ValueError with what was meant and what there is otherwise."""
    if isinstance(name, str) and name.lower() in table:
        return table[name.lower()]
    close = difflib.get_close_matches(str(name).lower(), table, 1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"unknown {what} {name!r}.{hint} Known: {', '.join(sorted(table))}.")
