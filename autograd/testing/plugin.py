"""For pytest: the fixture `check_grad`, which fails a test with the report, and `--gradcheck-seed`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograd.testing.check import check_grad as check
from autograd.testing.report import GradientCheckError, Report


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("graphgrad", "gradient checks")
    group.addoption("--gradcheck-seed", type=int, default=0, help="seed of the random directions of check_grad (0)")


@pytest.fixture
def check_grad(request: pytest.FixtureRequest) -> Callable[..., Report]:
    """Check gradients as `autograd.testing.check_grad` does; if a check fails, the test fails and shows the report."""
    seed = request.config.getoption("--gradcheck-seed")

    def run(f: Callable[..., Any], *inputs: Any, **options: Any) -> Report:
        __tracebackhide__ = True
        report = check(f, *inputs, **{"seed": seed, **options})
        if not report:
            raise GradientCheckError(report)
        return report

    return run
