"""Arrays made of a few numbers that may be tensors, and numbers taken apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.broadcasting import astype
from autograd.engine.domain import POSITIVE, WHOLE
from autograd.engine.registry import composite, elementwise, publish, stepwise
from autograd.engine.tensor import DISPATCH, current
from autograd.ops.trigonometric import deg2rad, rad2deg


def _steps(start: Any, stop: Any, num: int, endpoint: bool, axis: int) -> Any:
    """Return numbers from 0 to 1, with axes of size 1 so that they lie along `axis` between start and stop."""
    ndim = np.broadcast(current(start), current(stop)).ndim
    t = np.linspace(0.0, 1.0, num, endpoint=endpoint)
    return np.reshape(t, tuple(-1 if i == axis % (ndim + 1) else 1 for i in range(ndim + 1)))


def _ends(start: Any, stop: Any, axis: int) -> tuple[Any, Any]:
    ndim = np.broadcast(current(start), current(stop)).ndim
    place = axis % (ndim + 1)
    return tuple(  # type: ignore[return-value]
        np.expand_dims(np.broadcast_to(x, np.broadcast_shapes(np.shape(start), np.shape(stop))), place)
        for x in (start, stop)
    )


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None,
    axis: int = 0, *, device: Any = None,  # noqa: ARG001 - there is one, and NumPy's function has it
) -> Any:  # fmt: skip
    """Return `num` numbers from start to stop in equal steps, along a new axis; with `retstep` the step as well."""
    t = _steps(start, stop, num, endpoint, axis)
    first, last = _ends(start, stop, axis)
    out = first * (1 - t) + last * t
    out = out if dtype is None else astype(out, np.dtype(dtype))
    return (out, (stop - start) / max(num - 1 if endpoint else num, 1)) if retstep else out


def logspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Any:
    """Return powers of the base, from base**start to base**stop, in equal ratios."""
    out = base ** linspace(start, stop, num, endpoint, axis=axis)
    return out if dtype is None else astype(out, np.dtype(dtype))


def geomspace(start: Any, stop: Any, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Any:
    """Return `num` numbers from start to stop in equal ratios, along a new axis; both of one sign."""
    t = _steps(start, stop, num, endpoint, axis)
    first, last = _ends(start, stop, axis)
    out = first * (last / first) ** t
    return out if dtype is None else astype(out, np.dtype(dtype))


_function: Any
for _function in (linspace, logspace, geomspace):
    publish(_function, numpy=getattr(np, _function.__name__), method=False)


def modf(x: Any) -> tuple[Any, Any]:
    """Return (the fraction of x, x without it), both with the sign of x."""
    whole = np.trunc(x)
    return x - whole, whole


def frexp(x: Any) -> tuple[Any, Any]:
    """Return (m, e) with x = m · 2**e and m between 1/2 and 1; e are whole numbers."""
    _, exponent = np.frexp(current(x))
    return x * np.ldexp(np.ones(np.shape(x)), -exponent), exponent


def real_if_close(x: Any, tol: float = 100) -> Any:
    """Return the real part of x if all imaginary parts are next to nothing, else x."""
    return np.real(x) if np.isrealobj(np.real_if_close(current(x), tol)) else x


def ldexp(x: Any, n: Any) -> Any:
    """Return x · 2**n, for whole numbers n."""
    return x * np.ldexp(np.ones((), x.dtype), current(n))


def fix(x: Any) -> Any:
    """Return x without its fraction."""
    return np.trunc(x)


for _function in (modf, frexp, real_if_close, ldexp, fix):
    composite(_function, numpy=getattr(np, _function.__name__), method=False)

DISPATCH[np.nextafter] = elementwise(
    np.nextafter, lambda g, _out, _x, _y: g, None, bounded=True, public=False, doc="The next number after x towards y."
)
for _name, _domain, _doc in (
    ("gcd", WHOLE, "The greatest common divisor of whole numbers."),
    ("lcm", WHOLE, "The least common multiple of whole numbers."),
    ("spacing", POSITIVE, "The distance from x to the next number."),
    ("bitwise_count", WHOLE, "The number of bits that are 1."),
):
    stepwise(getattr(np, _name), domain=_domain, method=False, doc=_doc)
DISPATCH[np.radians], DISPATCH[np.degrees] = deg2rad, rad2deg
DISPATCH[np.around] = DISPATCH[np.round]
