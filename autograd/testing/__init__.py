"""Checking derivatives: `check_grad`, `check_model`, and their reports.

Start with `check_grad`. `python -m autograd.check` is the command line; `autograd.testing.strategies` has Hypothesis
strategies, and the fixture `check_grad` is there in pytest as soon as this package is installed.
"""

from autograd.testing.check import check_grad
from autograd.testing.layouts import LAYOUTS
from autograd.testing.models import check_model
from autograd.testing.report import Blame, Cause, Failure, GradientCheckError, Report

__all__ = ["LAYOUTS", "Blame", "Cause", "Failure", "GradientCheckError", "Report", "check_grad", "check_model"]
