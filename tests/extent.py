"""How many random cases the longest tests draw: a quarter each time, all of them in a thorough run, THOROUGH=1."""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = os.environ.get("THOROUGH") == "1"


def some_of(number: int) -> int:
    """Return how many cases of so many are tried in this run."""
    return number if THOROUGH else -(-number // 4)
