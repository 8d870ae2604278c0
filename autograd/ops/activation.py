"""Activations of networks beside those in `special.py`: piecewise linear ones, and smooth relatives of relu.

At a kink the slope is PyTorch's: that of the negative side for `leaky_relu`, of the positive one for `elu`, and 0 at
both bounds of `relu6` and `hard_tanh`.
"""

from __future__ import annotations

import numpy as np

from autograd.engine.domain import DISTINCT, Domain
from autograd.engine.registry import composite, elementwise
from autograd.engine.tensor import Tensor
from autograd.ops.special import erfc, logistic, of_reals, softplus


def _stretched(factor: float) -> Domain:
    """Return distinct numbers on both sides of 0 that reach beyond bounds further out, and keep away from them."""
    return Domain(
        f"DISTINCT x {factor}",
        lambda rng, shape: factor * DISTINCT.draw(rng, shape),
        lambda k: factor * DISTINCT.grid(k),
    )


leaky_relu = elementwise(
    lambda x, negative_slope=0.2: np.where(np.greater(x, 0), x, negative_slope * x),
    lambda g, _out, x, negative_slope=0.2: np.where(np.greater(x, 0), g, negative_slope * g),
    name="leaky_relu", method=False, bounded=True, domain=DISTINCT,
    samples=(((2, 3), {}), ((4,), {"negative_slope": 0.5})),
    doc="x where it is positive, else `negative_slope` · x; at 0 that is the slope.",
)  # fmt: skip
elu = elementwise(
    lambda x, alpha=1.0: np.where(np.greater(x, 0), x, alpha * np.expm1(np.minimum(x, 0))),
    lambda g, _out, x, alpha=1.0: g * np.where(
        np.greater(x, 0), 1.0, alpha * np.exp(np.where(np.greater(x, 0), 0.0, x))
    ),
    name="elu", method=False, bounded=True, domain=DISTINCT, samples=(((2, 3), {}), ((4,), {"alpha": 0.5})),
    doc="x where it is positive, else `alpha` · (exp(x) - 1); the slope at 0 is `alpha`.",
)  # fmt: skip
relu6 = elementwise(
    lambda x: np.clip(x, 0, 6),
    lambda g, out, _x: np.where(np.greater(out, 0) & np.less(out, 6) | np.isnan(out), g, 0),
    name="relu6", method=False, bounded=True, domain=_stretched(30.0),
    doc="x between 0 and 6, beyond them the nearer one; the slope at 0 and at 6 is 0.",
)  # fmt: skip
hard_tanh = elementwise(
    lambda x: np.clip(x, -1, 1),
    lambda g, out, _x: np.where(np.less(np.abs(out), 1) | np.isnan(out), g, 0),
    name="hard_tanh", method=False, bounded=True, domain=_stretched(8.0),
    doc="x between -1 and 1, beyond them the nearer one; the slope at -1 and at 1 is 0.",
)  # fmt: skip
softsign = elementwise(
    of_reals(lambda x: x / (1 + np.abs(x))), lambda g, _out, x: g * np.square(1 / (1 + np.abs(x))),
    name="softsign", method=False, domain=DISTINCT, doc="x / (1 + |x|).",
)  # fmt: skip
silu = elementwise(
    of_reals(lambda x: x * logistic(x)), lambda g, _out, x: g * (logistic(x) * (1 + x * logistic(np.negative(x)))),
    name="silu", method=False, aliases=("swish",), doc="x · sigmoid(x).",
)  # fmt: skip


def celu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """Return x where it is positive, else `alpha` · (exp(x / alpha) - 1): of slope 1 at 0, whatever `alpha` is.

    >>> import autograd
    >>> autograd.celu([-1.0, 2.0], alpha=2.0).data.round(4)
    array([-0.7869,  2.    ])
    """
    return alpha * elu(x / alpha)  # type: ignore[no-any-return]


def selu(x: Tensor) -> Tensor:
    """Return `elu` scaled so that mean 0 and variance 1 reproduce themselves (Klambauer et al., 2017).

    >>> import autograd
    >>> autograd.selu([-1.0, 2.0]).data.round(4)
    array([-1.1113,  2.1014])
    """
    return 1.0507009873554805 * elu(x, alpha=1.6732632423543772)  # type: ignore[no-any-return]


def gelu(x: Tensor, approximate: bool = False) -> Tensor:
    """Return x · Φ(x), Φ being the normal distribution's function; `approximate` takes a tanh for it.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.

    >>> import autograd
    >>> autograd.gelu([-1.0, 2.0]).data.round(4)
    array([-0.1587,  1.9545])
    """
    if approximate:
        return 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
    return 0.5 * x * erfc(x * -0.7071067811865476)  # type: ignore[no-any-return]


def mish(x: Tensor) -> Tensor:
    """Return x · tanh(softplus(x)) (Misra, 2019).

    >>> import autograd
    >>> autograd.mish([-1.0, 2.0]).data.round(4)
    array([-0.3034,  1.944 ])
    """
    return x * np.tanh(softplus(x))  # type: ignore[no-any-return]


def hard_sigmoid(x: Tensor) -> Tensor:
    """Return x / 6 + 1/2 between 0 and 1, beyond them the nearer one: a sigmoid of three straight lines.

    >>> import autograd
    >>> autograd.hard_sigmoid([-4.0, 0.0, 1.5]).data
    array([0.  , 0.5 , 0.75])
    """
    return relu6(x + 3) / 6  # type: ignore[no-any-return]


for smooth in (celu, selu, gelu, mish, hard_sigmoid):
    composite(smooth, method=False)
