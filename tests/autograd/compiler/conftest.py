"""A folder of its own for what these tests build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograd.compiler import native


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv(native.CACHE_VARIABLE, str(tmp_path_factory.mktemp("compiled")))
    yield
    patch.undo()


def has_compiler() -> bool:
    try:
        native.compiler()
    except native.NoNative:
        return False
    return True


@pytest.fixture(params=["numpy", "native"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "native" and not has_compiler():
        pytest.skip("there is no C compiler here")
    return str(request.param)
