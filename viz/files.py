"""Writing a picture to a file: as a whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex


def ending(path: str | os.PathLike[str], allowed: Sequence[str]) -> str:
    """Return the ending of a file's name, such as ".svg"; ValueError, naming those allowed, for any other."""
    found = Path(path).suffix.lower()
    if found not in allowed:
        raise ValueError(f"save: cannot write {Path(path).name!r}: the ending must be one of {', '.join(allowed)}")
    return found


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file that is replaced at once, or left as it was if anything fails."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"save: there is no folder {str(target.parent)!r} to write {target.name} to; make it first"
        )
    unfinished = target.with_name(f".{token_hex(8)}{target.suffix}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
