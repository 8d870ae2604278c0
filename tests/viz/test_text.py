"""Text in a picture: its characters and its width."""

from __future__ import annotations

import pytest

from tests.viz.graphs import hostile_names
from viz.text import LONGEST, clean, text_width


@pytest.mark.parametrize("name", hostile_names())
def test_clean_leaves_printable_text_on_one_line(name: str) -> None:
    """Whatever comes in, what goes out can be printed, is on one line and short."""
    text = clean(name)
    assert text.isprintable() and len(text) <= LONGEST


def test_clean_keeps_what_is_fine() -> None:
    """Letters of any language and signs stay as they are; what is too long ends in an ellipsis."""
    assert clean("größe × 漢字 <b>") == "größe × 漢字 <b>"
    assert clean("x" * 100) == "x" * (LONGEST - 1) + "…"


def test_width_follows_the_letters() -> None:
    """Narrow letters take less room than wide ones, bold more than plain, and nothing takes none."""
    assert text_width("ill", 10) < text_width("abc", 10) < text_width("MWM", 10) < text_width("漢字漢字", 10)
    assert text_width("abc", 10) < text_width("abc", 10, bold=True)
    assert text_width("", 10) == 0
