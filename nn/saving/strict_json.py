"""JSON as the standard has it: no NaN, no number beyond a float's range, no key twice, and no more than is sensible."""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

from nn.saving.files import ModelFileError

LIMIT: Final = 2 << 20  # bytes; what they become in memory is up to 25 times as much


def parsed(text: bytes, what: str) -> Any:
    """Return what JSON text says; ModelFileError if it is too long, or not JSON as the standard has it."""
    if len(text) > LIMIT:
        raise ModelFileError(f"{what}: has {len(text):,} bytes; {LIMIT:,} is the most that is read")
    try:
        return json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
    except ModelFileError as error:
        raise ModelFileError(f"{what}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{what}: is no JSON that can be read: {str(error)[:200]}") from None


def written(value: Any) -> bytes:
    """Return JSON text; ValueError for a number that JSON has not."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ModelFileError("an object has a key twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ModelFileError(f"holds {name}, which JSON has not")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ModelFileError(f"holds the number {text[:40]}, beyond a float's range")
    return number
