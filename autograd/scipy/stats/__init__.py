"""Distributions whose densities can be differentiated, by all their arguments; the rest is `scipy.stats` itself."""

from __future__ import annotations

from typing import Any

from scipy import stats as _stats

from autograd.scipy.stats import beta as beta
from autograd.scipy.stats import chi2 as chi2
from autograd.scipy.stats import dirichlet as dirichlet
from autograd.scipy.stats import gamma as gamma
from autograd.scipy.stats import multivariate_normal as multivariate_normal
from autograd.scipy.stats import norm as norm
from autograd.scipy.stats import poisson as poisson
from autograd.scipy.stats import t as t


def __getattr__(name: str) -> Any:
    return getattr(_stats, name)
