"""Looking things up by the names that Keras gives them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def by_name(what: str, name: object, table: Mapping[str, T]) -> T:
    """Return `table[name]`, whatever the case and underscores; ValueError with what was meant and what there is.

    >>> by_name("loss", "MeanSquaredError", {"mean_squared_error": 1, "mse": 1})
    1
    """
    plain = {_plain(key): key for key in table}
    asked = _plain(str(name))
    if isinstance(name, str) and asked in plain:
        return table[plain[asked]]
    close = difflib.get_close_matches(asked, plain, 1)
    hint = f" Did you mean {plain[close[0]]!r}?" if close else ""
    raise ValueError(f"unknown {what} {name!r}.{hint} Known: {', '.join(sorted(table))}.")


def _plain(name: str) -> str:
    return name.lower().replace("_", "")
