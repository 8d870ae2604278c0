"""The elementary functions of compiled programs, against mpmath, and at the ends of their ranges.

The header is built with the system's compiler into one loop for each function and type, once for this machine and once
for any of its kind, where a * b + c is rounded twice.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import autograd

mp.dps = 40

LIMIT = 4
NEAR = 2.0**20
"""GG_NEAR: up to where the sine and cosine that vectorise are meant to be right."""

HEADER = Path(autograd.__file__).parent / "compiler" / "elementary.h"
COMPILER = shutil.which("cc")
FLAGS = [
    *("-std=c11", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra"),
    *("-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fopenmp-simd"),
]
MACHINES = {"this machine": ["-march=native"], "any machine": []}

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler: cc is not on the path")

EXACT: dict[str, Callable[[Any], Any]] = {
    "exp": mpmath.exp,
    "exp2": lambda x: mpf(2) ** x,
    "expm1": mpmath.expm1,
    "tanh": mpmath.tanh,
    "log": mpmath.log,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": mpmath.log10,
    "log1p": mpmath.log1p,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sin_near": mpmath.sin,
    "cos_near": mpmath.cos,
}
LIBM = ("sin", "cos")
"""What is the C library's, an element at a time."""

inf, nan = np.inf, np.nan
DOMAIN = {
    **dict.fromkeys(["log", "log2", "log10"], (0, inf)),
    "log1p": (-1, inf),
    **dict.fromkeys(["sin_near", "cos_near"], (-NEAR, NEAR)),
}
"""The open intervals where not all finite arguments are compared."""

ENDS: dict[str, list[tuple[float, float]]] = {
    "exp": [(0.0, 1.0), (-0.0, 1.0), (inf, inf), (-inf, 0.0), (nan, nan)],
    "exp2": [(0.0, 1.0), (-0.0, 1.0), (10.0, 1024.0), (-3.0, 0.125), (inf, inf), (-inf, 0.0), (nan, nan)],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (inf, inf), (-inf, -1.0), (-100.0, -1.0), (nan, nan)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (inf, 1.0), (-inf, -1.0), (25.0, 1.0), (-25.0, -1.0), (nan, nan)],
    "log": [(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (inf, inf), (-1.0, nan), (-1e-38, nan), (-inf, nan), (nan, nan)],
    "log2": [(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (2.0**-149, -149.0), (inf, inf), (-1.0, nan), (nan, nan)],
    "log10": [(0.0, -inf), (-0.0, -inf), (1.0, 0.0), (inf, inf), (-1.0, nan), (-inf, nan), (nan, nan)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1.0, -inf), (inf, inf), (-1.5, nan), (-inf, nan), (nan, nan)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (inf, nan), (-inf, nan), (nan, nan)],
    "cos": [(0.0, 1.0), (-0.0, 1.0), (inf, nan), (-inf, nan), (nan, nan)],
    "sin_near": [(0.0, 0.0), (-0.0, -0.0), (nan, nan)],
    "cos_near": [(0.0, 1.0), (-0.0, 1.0), (nan, nan)],
}  # fmt: skip
"""Arguments, and what the result has to be to the bit, but for the sign and payload of a nan."""

DTYPES = [np.float32, np.float64]
each_function = pytest.mark.parametrize("name", EXACT)
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)


def loop(name: str, dtype: Any) -> str:
    """Return the C function, on one line, that is the loop of one elementary function."""
    ctype, suffix = ("float", "f") if dtype is np.float32 else ("double", "d")
    return (
        f"void {name}_{suffix}(long n, const {ctype} *restrict x, {ctype} *restrict y) "
        f"{{ for (long i = 0; i < n; i++) y[i] = gg_{name}_{suffix}(x[i]); }}\n"
    )


def built(folder: Path, flags: list[str]) -> tuple[Path, str]:
    """Return the library of all loops, a loop a line from the second on, and what the compiler said."""
    source, library = folder / "loops.c", folder / "loops.so"
    loops = "".join(loop(name, dtype) for name in EXACT for dtype in DTYPES)
    source.write_text(f'#include "{HEADER}"\n{loops}')
    command = [str(COMPILER), *FLAGS, *flags, str(source), "-o", str(library), "-lm"]
    return library, subprocess.run(command, check=True, capture_output=True, text=True).stderr


@pytest.fixture(scope="module", params=MACHINES)
def library(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    path, said = built(tmp_path_factory.mktemp("elementary"), MACHINES[request.param])
    assert not said, f"warnings: {said}"
    return ctypes.CDLL(str(path))


def called(library: ctypes.CDLL, name: str, x: Any) -> Any:
    """Return the results of the compiled loop, which writes no more than it should."""
    assert x.flags.c_contiguous
    y = np.full(x.size + 1, 77, x.dtype)
    function = library[f"{name}_{'f' if x.dtype == np.float32 else 'd'}"]
    function(ctypes.c_long(x.size), ctypes.c_void_p(x.ctypes.data), ctypes.c_void_p(y.ctypes.data))
    assert y[-1] == 77
    return y[:-1]


def points(name: str, dtype: Any) -> Any:
    """Return arguments of all sizes, and of the sizes and beside the points where something changes."""
    rng = np.random.default_rng(0)
    limits, integer = np.finfo(dtype), np.int32 if dtype is np.float32 else np.int64
    largest, least = np.log(float(limits.max)), np.log(float(limits.smallest_subnormal))
    turns = [
        *(0, 1, limits.tiny, limits.max), *(np.sqrt(0.5), np.sqrt(2)), *np.log(2) / 2 * np.array([-1, 1, 3]),
        *(largest, least, np.log(float(limits.tiny))), *np.array([largest, least, least - 1]) / np.log(2),
        *(-1, np.sqrt(2) - 1, np.sqrt(0.5) - 1), *(9, 19, NEAR), *np.pi / 4 * np.array([1, 2, 3, 4, 710, 1e6]),
    ]  # fmt: skip
    beside = np.array(turns, dtype).view(integer)[:, None] + np.arange(-8, 9, dtype=integer)
    x = np.concatenate([
        rng.integers(0, 2 ** (8 * limits.dtype.itemsize), 800, f"u{limits.dtype.itemsize}").view(dtype),
        rng.uniform(-3, 3, 800).astype(dtype),
        rng.uniform(1.1 * least, 1.1 * largest, 300).astype(dtype),
        rng.uniform(-NEAR, NEAR, 300).astype(dtype),
        beside.ravel().view(dtype),
    ])  # fmt: skip
    low, high = DOMAIN.get(name, (-inf, inf))
    return x[(low < x) & (x < high)]


def ulps(ours: Any, exact: Any) -> float:
    """Return the error in units in the last place of the exact value; inf where one overflows and the other not."""
    with np.errstate(over="ignore", under="ignore"):
        nearest = ours.dtype.type(float(exact))
    if ours == nearest:
        return 0.0
    if not (np.isfinite(ours) and np.isfinite(nearest)):
        return inf
    return float(abs(mpf(float(ours)) - exact)) / float(np.spacing(abs(nearest)))


@each_dtype
@each_function
def test_exact_to_4_ulp(library: ctypes.CDLL, name: str, dtype: Any) -> None:
    """Over the whole range: also where the argument or the result is subnormal, and where the result overflows."""
    x = points(name, dtype)
    error = [ulps(y, EXACT[name](mpf(float(v)))) for v, y in zip(x, called(library, name, x), strict=True)]
    worst = int(np.argmax(error))
    assert error[worst] <= LIMIT, f"{error[worst]:.3g} ulp at {x[worst]!r}"


@each_dtype
@each_function
def test_ends(library: ctypes.CDLL, name: str, dtype: Any) -> None:
    """At ±0, ±inf and nan, and where the function is not defined, the results are C's, with the sign of zero."""
    x, expected = np.array(ENDS[name], dtype).T.copy()
    assert list(map(repr, called(library, name, x).tolist())) == list(map(repr, expected.tolist()))


@each_dtype
@pytest.mark.parametrize("name", ["expm1", "log1p", "tanh", "sin", "sin_near"])
def test_nearly_the_identity(library: ctypes.CDLL, name: str, dtype: Any) -> None:
    """Where f(x) rounds to x it is x, down to the least subnormal."""
    limits = np.finfo(dtype)
    x = np.array([1e-30, -1e-20, limits.tiny, -limits.tiny / 2, limits.smallest_subnormal], dtype)
    assert called(library, name, x).tolist() == x.tolist()


@each_dtype
@pytest.mark.parametrize("name", ["sin", "cos", "sin_near", "cos_near"])
def test_beside_multiples_of_a_right_angle(library: ctypes.CDLL, name: str, dtype: Any) -> None:
    """What is left of the argument keeps all digits where most of them cancel."""
    n = np.concatenate([np.arange(1, 300), np.arange(600_000, 667_000, 223)])
    x = np.array([float(k * mpmath.pi / 2) for k in n.tolist()], dtype)
    error = [ulps(y, EXACT[name](mpf(float(v)))) for v, y in zip(x, called(library, name, x), strict=True)]
    worst = int(np.argmax(error))
    assert error[worst] <= LIMIT, f"{error[worst]:.3g} ulp at {x[worst]!r}"


def test_loops_are_vectorised(tmp_path: Path) -> None:
    """GCC says so of every loop but those over the C library's functions."""
    version = subprocess.run([str(COMPILER), "--version"], check=True, capture_output=True, text=True).stdout
    if "Free Software Foundation" not in version:
        pytest.skip("cc is not GCC, whose report of what it vectorised is read here")
    _, said = built(tmp_path, ["-march=native", "-fopt-info-vec-optimized"])
    lines = {int(line.split("loops.c:")[1].split(":")[0]) for line in said.splitlines() if "loop vectorized" in line}
    loops = [(name, dtype.__name__) for name in EXACT for dtype in DTYPES]
    missed = {loops[k] for k in range(len(loops)) if k + 2 not in lines}
    assert missed == {(name, dtype.__name__) for name in LIBM for dtype in DTYPES}
