"""Real and imaginary parts, conjugates and angles.

A gradient by a complex z = x + iy is ∂f/∂x - i ∂f/∂y, as in HIPS autograd and JAX: the rule of a function that has a
complex derivative is then that of real numbers, and needs no conjugate. What the cotangent of a real value has of an
imaginary part is left out where it arrives (`cast` in engine/derivative.py).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.engine.domain import DISTINCT
from autograd.engine.registry import constant, elementwise, linear

real = linear(
    np.real, lambda g, _out, _x: g, method=property(lambda x: np.real(x)),
    doc="The real part of x, element by element; x itself where it is real.",
)  # fmt: skip
imag = linear(
    np.imag, lambda g, _out, _x: g * -1j, method=property(lambda x: np.imag(x)),
    doc="The imaginary part of x, element by element; zeros where x is real.",
)  # fmt: skip
conj = linear(
    np.conj, lambda g, _out, _x: np.conj(g), name="conj", aliases=("conjugate",),
    doc="The complex conjugate of x, element by element.",
)  # fmt: skip


def _angle(x: Any, deg: bool = False) -> Any:
    return np.angle(x, deg=deg)


def _angle_slope(x: Any, deg: bool) -> Any:
    """Return -i/z, whose real part with dz is the change of the angle; 0 at the origin and for real numbers."""
    origin = np.equal(x, 0)
    slope = np.where(origin, 0, -1j / np.where(origin, 1, x))
    return slope * (180 / np.pi) if deg else slope


angle = elementwise(
    _angle, lambda g, _out, x, deg=False: g * _angle_slope(x, deg),
    jvp=lambda ts, _out, x, deg=False: np.real(ts[0] * _angle_slope(x, deg)),
    name="angle", numpy=np.angle, method=False, domain=DISTINCT, samples=(((2, 3), {}), ((2, 3), {"deg": True})),
    doc="The angle of x in the complex plane, in radians, or in degrees with `deg`. Its slope at 0 is 0.",
)  # fmt: skip

constant(np.isreal, array=True)
constant(np.iscomplex, array=True)
