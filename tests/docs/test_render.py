"""What is generated is current: run `make docs` after a change of the registry."""

import pytest

from docs.render import PAGES, ROOT


@pytest.mark.parametrize("path", PAGES)
def test_generated_file_is_current(path: str) -> None:
    """The file in the repository is what the registry gives now."""
    assert (ROOT / path).read_text() == PAGES[path](), "run `make docs`"
