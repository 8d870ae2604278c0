"""Student's distribution with `df` degrees of freedom; by `df` the density has a derivative, the others have none."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats as _stats

from autograd.scipy import special
from autograd.scipy.stats._densities import by_formula, defined, rest_of


def _logpdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    z = (x - loc) / scale
    constant = special.gammaln((df + 1) / 2) - special.gammaln(df / 2) - 0.5 * np.log(np.pi * df)
    return defined(constant - np.log(scale) - (df + 1) / 2 * np.log1p(z * z / df), z, df, scale)


def _cdf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.stdtr(df, (x - loc) / scale), x, df, scale)


def _sf(x: Any, df: Any, loc: Any = 0.0, scale: Any = 1.0) -> Any:
    return defined(special.stdtr(df, (loc - x) / scale), x, df, scale)


logpdf = by_formula(_stats.t.logpdf, _logpdf)
pdf = by_formula(_stats.t.pdf, lambda *args, **kwargs: np.exp(_logpdf(*args, **kwargs)))
cdf = by_formula(_stats.t.cdf, _cdf)
logcdf = by_formula(_stats.t.logcdf, lambda *args, **kwargs: np.log(_cdf(*args, **kwargs)))
sf = by_formula(_stats.t.sf, _sf)
logsf = by_formula(_stats.t.logsf, lambda *args, **kwargs: np.log(_sf(*args, **kwargs)))
__getattr__ = rest_of(_stats.t)
