"""Discrete Fourier transforms: `np.fft`, along one axis and along several.

All of them are linear, so the rule of each is its transpose for the pairing Re(sum(g · x)). The matrix of a complex
transform is symmetric: its transpose is itself, between the padding (or cutting) by `n` and that undone. The
transforms of real signals have half of the bins: between them and their transposes stands the number of times that a
bin counts. Those along several axes are one transform after the other, as NumPy computes them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

import numpy as np

from autograd.engine.registry import composite, linear

Axes = Sequence[int] | int | None
Norm = Literal["backward", "ortho", "forward"] | None


def _one_axis(x: Any, n: Any = None, axis: int = -1, norm: Norm = None, out: Any = None) -> Any:
    """Take NumPy's arguments of a transform along one axis."""
    _refuse(out)
    return (x,), {"n": None if n is None else int(n), "axis": axis, "norm": norm}


def _refuse(out: Any) -> None:
    if out is not None:
        raise TypeError(
            "np.fft: out= cannot be used with tensors, whose values are never written to. Leave it away, and use the "
            "result."
        )


def _fitted(g: Any, size: int, axis: int) -> Any:
    """Return g cut, or filled up with zeros, to `size` along an axis: the transpose of what `n` does."""
    n = g.shape[axis]
    if n == size:
        return g
    if n > size:
        return g[_along(slice(0, size), axis, g.ndim)]
    shape = tuple(size - n if i == axis % g.ndim else s for i, s in enumerate(g.shape))
    return np.concatenate([g, np.zeros_like(g, shape=shape)], axis=axis)


def _along(index: Any, axis: int, ndim: int) -> tuple[Any, ...]:
    return (slice(None),) * (axis % ndim) + (index,)


def _transposed(transform: Any) -> Any:
    """Return the rule of a complex transform."""

    def rule(g: Any, _out: Any, _x: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Any:
        size = _x.shape[axis]
        return _fitted(transform(_fitted(g, n or size, axis), axis=axis, norm=norm), size, axis)

    return rule


def _counts(g: Any, n: int, axis: int, inner: float) -> Any:
    """Return `inner` for the bins of a real signal of n points that stand for two, and 1 for the first and n/2-th."""
    bins = n // 2 + 1
    counts = np.full(bins, inner, np.finfo(g.dtype).dtype)
    counts[0] = 1
    if n % 2 == 0:
        counts[-1] = 1
    return counts.reshape(bins, *(1,) * (len(g.shape) - 1 - axis % len(g.shape)))


def _rfft_vjp(g: Any, _out: Any, _x: Any, n: int | None = None, axis: int = -1, norm: Norm = None) -> Any:
    size = _x.shape[axis]
    n = n or size
    signal = np.fft.hfft(g * _counts(g, n, axis, 0.5), n=n, axis=axis, norm=norm)
    return _fitted(signal, size, axis)


def _irfft_vjp(g: Any, _out: Any, _x: Any, axis: int = -1, norm: Norm = None, **_: Any) -> Any:
    points = g.shape[axis]
    bins = np.fft.ihfft(g, axis=axis, norm=norm)
    return _fitted(bins * _counts(g, points, axis, 2.0), _x.shape[axis], axis)


_LINES: tuple[tuple[Any, ...], ...] = (
    ((4,), {}),
    ((5,), {"norm": "ortho"}),
    ((2, 5), {"n": 3, "norm": "forward"}),
    ((3, 2), {"n": 6, "axis": 0}),
    ((2, 4, 3), {"n": 5, "axis": -2}),
    ((2, 4), {"n": 1}),
)


def _points_advice(x: Any, n: int | None = None, axis: int = -1, **_: Any) -> str:
    if not x.ndim:
        return "a transform goes along an axis, and a 0-d array has none"
    if -x.ndim <= axis < x.ndim and (n if n is not None else x.shape[axis]) < 1:
        return f"there are no points: shape {x.shape} along axis {axis}, n={n}; it takes at least one"
    return ""


def _real_advice(x: Any, **options: Any) -> str:
    if x.dtype.kind == "c":
        return "is for real numbers; of complex ones take np.fft.fft, or np.real first"
    return _points_advice(x, **options)


def _bins_advice(x: Any, n: int | None = None, axis: int = -1, **_: Any) -> str:
    if -x.ndim <= axis < x.ndim and n is None and x.shape[axis] == 1:
        return "one bin stands for no points, 2 (m - 1) of m bins; say how many by n="
    return _points_advice(x, n, axis)


fft = linear(
    np.fft.fft, _transposed(np.fft.fft), bind=_one_axis, method=False, samples=_LINES, advice=_points_advice,
    doc="The discrete Fourier transform of x along `axis`, cut or filled up with zeros to `n` points.",
)  # fmt: skip
ifft = linear(
    np.fft.ifft, _transposed(np.fft.ifft), bind=_one_axis, method=False, samples=_LINES, advice=_points_advice,
    doc="The inverse of `fft` along `axis`.",
)  # fmt: skip
rfft = linear(
    np.fft.rfft, _rfft_vjp, bind=_one_axis, method=False, samples=_LINES, advice=_real_advice,
    doc="The bins 0 to n // 2 of the Fourier transform of real numbers along `axis`; the others are their conjugates.",
)  # fmt: skip
irfft = linear(
    np.fft.irfft, _irfft_vjp, bind=_one_axis, options=("n", "axis", "norm"), method=False,
    samples=_LINES, advice=_bins_advice,
    doc="The inverse of `rfft`: `n` real numbers, by default 2 (m - 1) of m bins. It ignores the imaginary parts of "
    "bin 0 and, of an even n, of bin n/2: their gradient is 0.",
)  # fmt: skip

_BACK: Final[dict[Norm, Norm]] = {None: "forward", "backward": "forward", "forward": "backward", "ortho": "ortho"}


def _other_way(norm: Norm) -> Norm:
    """Return the scale of the transform in the other direction."""
    if norm not in _BACK:
        raise ValueError(f"norm={norm!r} is none of 'backward', 'ortho' and 'forward'")
    return _BACK[norm]


def hfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm = None, out: Any = None) -> Any:
    """Return the Fourier transform of a signal that is its own conjugate reversed, given by its first half: n reals."""
    _refuse(out)
    return irfft(np.conj(x), n, axis, _other_way(norm))


def ihfft(x: Any, n: int | None = None, axis: int = -1, norm: Norm = None, out: Any = None) -> Any:
    """Return the inverse of `hfft`: the first half of a signal whose Fourier transform is x, real numbers."""
    _refuse(out)
    return np.conj(rfft(x, n, axis, _other_way(norm)))


# --- along several axes --------------------------------------------------------------------------------------


def _lengths(name: str, x: Any, s: Any, axes: Axes, half: bool = False) -> tuple[list[int | None], list[int]]:
    """Return the points along each axis, None for all that there are, and the axes; of `half`, the last are bins."""
    axes = [axes] if isinstance(axes, int) else axes
    if s is None:
        named = list(range(x.ndim)) if axes is None else list(axes)
        lengths: list[int | None] = [None] * len(named)
    else:
        lengths = list(s) if np.ndim(s) else [int(s)]
        named = list(range(-len(lengths), 0)) if axes is None else list(axes)
    if len(lengths) != len(named):
        raise ValueError(f"{name}: s={s} and axes={axes} differ in length")
    if not named and half:
        raise ValueError(f"{name}: needs at least one axis; x has shape {x.shape} and axes is {axes}")
    return [x.shape[a] if n == -1 else n for n, a in zip(lengths, named, strict=True)], named


def _through(transform: Any, x: Any, lengths: Any, axes: Any, norm: Norm) -> Any:
    """Return x transformed along the axes, the last of them first, as NumPy does."""
    for n, axis in zip(reversed(lengths), reversed(axes), strict=True):
        x = transform(x, n, axis, norm)
    return x


def fftn(x: Any, s: Any = None, axes: Axes = None, norm: Norm = None, out: Any = None) -> Any:
    """Return the Fourier transform of x along several axes, by default all, with `s` points along each."""
    _refuse(out)
    lengths, named = _lengths("fftn", x, s, axes)
    return _through(fft, x, lengths, named, norm)


def ifftn(x: Any, s: Any = None, axes: Axes = None, norm: Norm = None, out: Any = None) -> Any:
    """Return the inverse of `fftn`."""
    _refuse(out)
    lengths, named = _lengths("ifftn", x, s, axes)
    return _through(ifft, x, lengths, named, norm)


def rfftn(x: Any, s: Any = None, axes: Axes = None, norm: Norm = None, out: Any = None) -> Any:
    """Return the Fourier transform of real numbers along several axes, with half of the bins along the last."""
    _refuse(out)
    lengths, named = _lengths("rfftn", x, s, axes, half=True)
    return _through(fft, rfft(x, lengths[-1], named[-1], norm), lengths[:-1], named[:-1], norm)


def irfftn(x: Any, s: Any = None, axes: Axes = None, norm: Norm = None, out: Any = None) -> Any:
    """Return the inverse of `rfftn`: real numbers, by default 2 (m - 1) of m bins along the last axis."""
    _refuse(out)
    lengths, named = _lengths("irfftn", x, s, axes, half=True)
    for n, axis in zip(lengths[:-1], named[:-1], strict=True):
        x = ifft(x, n, axis, norm)
    return irfft(x, lengths[-1], named[-1], norm)


def _plane(several: Callable[..., Any], name: str, doc: str) -> Callable[..., Any]:
    """Return a transform along two axes."""

    def run(x: Any, s: Any = None, axes: Axes = (-2, -1), norm: Norm = None, out: Any = None) -> Any:
        return several(x, s, axes, norm, out)

    run.__name__, run.__doc__ = name, doc
    return run


_PLANES = (
    _plane(fftn, "fft2", "Return the Fourier transform of x along two axes, by default the last."),
    _plane(ifftn, "ifft2", "Return the inverse of `fft2`."),
    _plane(rfftn, "rfft2", "Return the Fourier transform of real numbers along two axes, with half of the bins."),
    _plane(irfftn, "irfft2", "Return the inverse of `rfft2`: real numbers."),
)


def _shifted(x: Any, axes: Axes, sign: int) -> Any:
    named = tuple(range(x.ndim)) if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)
    sizes = tuple(x.shape[a] // 2 for a in named)
    return np.roll(x, tuple(sign * size for size in sizes), named)


def fftshift(x: Any, axes: Axes = None) -> Any:
    """Return x with bin 0 moved to the middle along the axes, by default all."""
    return _shifted(x, axes, 1)


def ifftshift(x: Any, axes: Axes = None) -> Any:
    """Return the inverse of `fftshift`."""
    return _shifted(x, axes, -1)


for _function in (hfft, ihfft, fftn, ifftn, rfftn, irfftn, *_PLANES, fftshift, ifftshift):
    composite(_function, numpy=getattr(np.fft, _function.__name__), method=False)
