"""Text in a picture: which characters it may have, and about how wide it is drawn."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

LONGEST = 40
_SAFETY = 1.15  # browsers without Helvetica and Arial take DejaVu Sans, which is wider by so much
_BOLD = 1.12
_UNKNOWN = 0.64

_CHARACTERS = {  # widths of Helvetica, in thousandths of the font's size
    222: "'ijl`", 260: "|", 278: " !,./:;I[]\\ft", 333: "()-r·", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~×÷−", 611: "FTZ", 667: "&ABEKPSVXY",
    722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "…", 1015: "@",
}  # fmt: skip
_WIDTHS = {character: width / 1000 for width, characters in _CHARACTERS.items() for character in characters}


@lru_cache(4096)  # the same words stand in many boxes
def text_width(text: str, size: float, bold: bool = False) -> float:
    """Return about how wide a text is drawn, in pixels."""
    return sum(map(_character_width, text)) * size * _SAFETY * (_BOLD if bold else 1.0)


def _character_width(character: str) -> float:
    if character in _WIDTHS:
        return _WIDTHS[character]
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else _UNKNOWN


@lru_cache(4096)
def clean(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, not too long, with a mark in place of each character that cannot be printed.

    Those are the ones that XML forbids, and the ones that would turn the text around or hide a part of it.
    """
    text = " ".join(text[: 8 * longest].split())
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
