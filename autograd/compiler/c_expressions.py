"""Elementwise operations in C: which there are, for which dtypes, and how each is written."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.compiler.graph import Value

C_TYPES: Final = {
    np.dtype(name): kind
    for name, kind in {
        "float32": "float", "float64": "double", "bool": "uint8_t",
        "int8": "int8_t", "int16": "int16_t", "int32": "int32_t", "int64": "int64_t",
        "uint8": "uint8_t", "uint16": "uint16_t", "uint32": "uint32_t", "uint64": "uint64_t",
    }.items()
}  # fmt: skip
"""The dtypes that C has, in this machine's order of bytes: others are left to NumPy."""

PRELUDE: Final = r"""
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <sched.h>

/* By masks of bits: of conditionals that depend on each other a compiler makes branches, and no vectors any more. */
GG_INLINE float gg_where_f(int c, float x, float y) {
    uint32_t m = -(uint32_t)(c != 0);
    return gg_of_bits_f((gg_bits_f(x) & m) | (gg_bits_f(y) & ~m));
}
GG_INLINE double gg_where_d(int64_t c, double x, double y) {
    uint64_t m = -(uint64_t)(c != 0);
    return gg_of_bits_d((gg_bits_d(x) & m) | (gg_bits_d(y) & ~m));
}
GG_INLINE float gg_strong_zero_f(float c, float g) {
    uint32_t m = -(uint32_t)((c != c) & (g == 0));
    return gg_of_bits_f(gg_bits_f(c) & ~m);
}
GG_INLINE double gg_strong_zero_d(double c, double g) {
    uint64_t m = -(uint64_t)((c != c) & (g == 0));
    return gg_of_bits_d(gg_bits_d(c) & ~m);
}
GG_INLINE float gg_maximum_f(float a, float b) { return (a >= b || a != a) ? a : b; }
GG_INLINE double gg_maximum_d(double a, double b) { return (a >= b || a != a) ? a : b; }
GG_INLINE float gg_minimum_f(float a, float b) { return (a <= b || a != a) ? a : b; }
GG_INLINE double gg_minimum_d(double a, double b) { return (a <= b || a != a) ? a : b; }
GG_INLINE float gg_fmax_f(float a, float b) { return (a >= b || b != b) ? a : b; }
GG_INLINE double gg_fmax_d(double a, double b) { return (a >= b || b != b) ? a : b; }
GG_INLINE float gg_fmin_f(float a, float b) { return (a <= b || b != b) ? a : b; }
GG_INLINE double gg_fmin_d(double a, double b) { return (a <= b || b != b) ? a : b; }
GG_INLINE float gg_sign_f(float a) { return a > 0 ? 1.0f : a < 0 ? -1.0f : a == 0 ? 0.0f : a; }
GG_INLINE double gg_sign_d(double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : a == 0 ? 0.0 : a; }
GG_INLINE float gg_heaviside_f(float a, float h) { return a != a ? a : a == 0 ? h : a < 0 ? 0.0f : 1.0f; }
GG_INLINE double gg_heaviside_d(double a, double h) { return a != a ? a : a == 0 ? h : a < 0 ? 0.0 : 1.0; }
GG_INLINE float gg_remainder_f(float a, float b) {
    float m = fmodf(a, b);
    if (b == 0) return m;
    return m != 0 ? ((b < 0) != (m < 0) ? m + b : m) : copysignf(0.0f, b);
}
GG_INLINE double gg_remainder_d(double a, double b) {
    double m = fmod(a, b);
    if (b == 0) return m;
    return m != 0 ? ((b < 0) != (m < 0) ? m + b : m) : copysign(0.0, b);
}
GG_INLINE float gg_floor_divide_f(float a, float b) {
    if (b == 0) return a / b;
    float m = fmodf(a, b), d = (a - m) / b;
    if (m != 0 && (b < 0) != (m < 0)) d -= 1;
    if (d == 0) return copysignf(0.0f, a / b);
    float f = floorf(d);
    return d - f > 0.5f ? f + 1 : f;
}
GG_INLINE double gg_floor_divide_d(double a, double b) {
    if (b == 0) return a / b;
    double m = fmod(a, b), d = (a - m) / b;
    if (m != 0 && (b < 0) != (m < 0)) d -= 1;
    if (d == 0) return copysign(0.0, a / b);
    double f = floor(d);
    return d - f > 0.5 ? f + 1 : f;
}
#define GG_LOGADDEXP(name, T, s, log_of_2, of_exp) \
    GG_INLINE T gg_##name##_##s(T a, T b) { \
        T t = a - b, larger = gg_where_##s(a > b, a, b); \
        T r = gg_where_##s(t != t, t, larger + (of_exp)); \
        return gg_where_##s(a == b, a + (T)log_of_2, r); \
    }
GG_LOGADDEXP(logaddexp, float, f, 0.693147180559945309417, gg_log1p_f(gg_exp_f(-fabsf(t))))
GG_LOGADDEXP(logaddexp, double, d, 0.693147180559945309417, gg_log1p_d(gg_exp_d(-fabs(t))))
GG_LOGADDEXP(logaddexp2, float, f, 1, (float)1.442695040888963407360 * gg_log1p_f(gg_exp2_f(-fabsf(t))))
GG_LOGADDEXP(logaddexp2, double, d, 1, 1.442695040888963407360 * gg_log1p_d(gg_exp2_d(-fabs(t))))
"""

_OURS: Final = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "tanh", "sin", "cos")
_LIBM: Final = {
    "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "sinh": "sinh", "cosh": "cosh",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "cbrt": "cbrt", "sqrt": "sqrt", "floor": "floor",
    "ceil": "ceil", "trunc": "trunc", "rint": "rint", "absolute": "fabs", "fabs": "fabs", "power": "pow",
    "float_power": "pow", "arctan2": "atan2", "hypot": "hypot", "copysign": "copysign", "fmod": "fmod",
    "nextafter": "nextafter",
}  # fmt: skip
_HELPERS: Final = (
    "maximum", "minimum", "fmax", "fmin", "sign", "heaviside", "remainder", "floor_divide", "logaddexp", "logaddexp2",
)  # fmt: skip
_COMPARISONS: Final = {
    "equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=",
}  # fmt: skip
_ARITHMETIC: Final = {
    "add": "{} + {}", "subtract": "{} - {}", "multiply": "{} * {}", "negative": "-{}", "square": "{0} * {0}",
}  # fmt: skip
_FLOATS_ONLY: Final = {
    "divide": "{} / {}", "reciprocal": "1 / {}", "deg2rad": "{} * ((T)3.14159265358979323846 / (T)180)",
    "rad2deg": "{} * ((T)180 / (T)3.14159265358979323846)",
}  # fmt: skip
_BITS: Final = {"bitwise_and": "{} & {}", "bitwise_or": "{} | {}", "bitwise_xor": "{} ^ {}"}
_LOGIC: Final = {
    "logical_and": "({} != 0) & ({} != 0)", "logical_or": "({} != 0) | ({} != 0)",
    "logical_xor": "({} != 0) ^ ({} != 0)", "logical_not": "{} == 0",
}  # fmt: skip
_CLASSES: Final = {
    "isnan": "{0} != {0}", "isinf": "(({0}) - ({0}) != ({0}) - ({0})) & ({0} == {0})", "isfinite": "({0}) - ({0}) == 0",
    "signbit": "__builtin_signbit({0}) != 0",
}  # fmt: skip

SCALAR_CALLS: Final = frozenset({*_LIBM, "sin", "cos", "remainder", "floor_divide"}) - {
    "sqrt", "floor", "ceil", "trunc", "rint", "absolute", "fabs", "copysign"
}  # fmt: skip
"""What a compiler makes no vectors of."""

TRANSCENDENTAL: Final = frozenset({*_OURS, *_LIBM, "logaddexp", "logaddexp2", "remainder", "floor_divide"}) - {
    "sqrt", "floor", "ceil", "trunc", "rint", "absolute", "fabs", "copysign"
}  # fmt: skip

Writer = Callable[..., str]


def compute_dtype(value: Value) -> Any:
    """Return the dtype in which NumPy computes an elementwise value from its operands; None where it cannot be told."""
    if value.fn in ("where", "strong_zero", "copy"):
        return value.dtype
    if value.fn == "cast":
        return value.args[0].dtype
    ufunc = getattr(np, value.fn, None)
    if not isinstance(ufunc, np.ufunc):
        return None
    given: list[Any] = []
    for a in value.args:
        if isinstance(a, Value):
            given.append(float if a.weak else a.dtype)
        else:
            given.append(type(a) if type(a) is not bool else np.dtype(bool))
    if all(isinstance(g, type) for g in given):
        given = [np.dtype(g) for g in given]
    try:
        found = ufunc.resolve_dtypes((*given, None))
    except TypeError:
        return None
    inputs = set(found[: len(given)])
    return inputs.pop() if len(inputs) == 1 else None


def writer_of(value: Value) -> Writer | None:
    """Return what writes an elementwise value in C from C expressions of its operands; None for what C does not know.

    The operands come cast to the dtype that is computed in.
    """
    dtype = compute_dtype(value)
    if dtype not in C_TYPES or not in_c_types(value) or not all(map(_is_written_in, value.args, repeat(dtype))):
        return None
    for family in (_copying, _deciding, _computing if dtype.kind in "iuf" else _of_booleans):
        writer = family(value, dtype)
        if writer is not None:
            return writer
    return _of_floats(value, dtype) if dtype.kind == "f" else None


def in_c_types(value: Value) -> bool:
    """Return whether C has the dtypes of a value and of all its operands."""
    return all(v.dtype in C_TYPES for v in (value, *value.operands()))


def _is_written_in(a: Any, dtype: Any) -> bool:
    """Return whether an operand, if it is a plain number, can be written in a dtype; NumPy compares beyond that."""
    if type(a) is int and dtype.kind in "iu":
        info = np.iinfo(dtype)
        return bool(info.min <= a <= info.max)
    return not isinstance(a, complex)


def _copying(value: Value, dtype: Any) -> Writer | None:
    """Return how what takes its result from an operand is written."""
    if value.fn == "cast":
        return (lambda x: f"{x} != 0") if value.dtype.kind == "b" else lambda x: f"({C_TYPES[value.dtype]}){x}"
    if value.fn in ("copy", "positive"):
        return lambda x: x
    if value.fn == "where" and dtype.kind == "f":
        return lambda c, x, y: f"gg_where{_suffix(dtype)}({c} != 0, {x}, {y})"
    if value.fn == "where":
        return lambda c, x, y: f"({c}) ? {x} : {y}"
    if value.fn == "strong_zero":
        return lambda c, g: f"gg_strong_zero{_suffix(dtype)}({c}, {g})"
    return None


def _deciding(value: Value, dtype: Any) -> Writer | None:
    """Return how comparisons, logic and bits are written."""
    if value.fn in _COMPARISONS:
        return lambda x, y: f"{x} {_COMPARISONS[value.fn]} {y}"
    if value.fn in _LOGIC:
        return _LOGIC[value.fn].format
    if value.fn in _BITS and dtype.kind in "biu":
        return _BITS[value.fn].format
    if value.fn == "invert":
        return (lambda x: f"!{x}") if dtype.kind == "b" else lambda x: f"~{x}"
    if value.fn in ("maximum", "minimum") and dtype.kind in "iub":
        sign = ">" if value.fn == "maximum" else "<"
        return lambda x, y: f"{x} {sign} {y} ? {x} : {y}"
    return None


def _computing(value: Value, _dtype: Any) -> Writer | None:
    """Return how the arithmetic that whole numbers have too is written."""
    found = _ARITHMETIC.get(value.fn)
    return None if found is None else found.format


def _of_booleans(value: Value, _dtype: Any) -> Writer | None:
    found = {"add": "{} | {}", "multiply": "{} & {}"}.get(value.fn)
    return None if found is None else found.format


def _of_floats(value: Value, dtype: Any) -> Writer | None:
    """Return how the functions of real numbers are written."""
    fn, suffix, t = value.fn, _suffix(dtype), C_TYPES[dtype]
    if fn in _FLOATS_ONLY:
        return _FLOATS_ONLY[fn].replace("(T)", f"({t})").format
    if fn in _CLASSES:
        return _CLASSES[fn].format
    if fn in _OURS or fn in _HELPERS:
        return lambda *xs: f"gg_{fn}{suffix}({', '.join(xs)})"
    if fn in _LIBM:
        end = "f" if dtype.itemsize == 4 else ""
        return lambda *xs: f"{_LIBM[fn]}{end}({', '.join(xs)})"
    return None


def _suffix(dtype: Any) -> str:
    return "_f" if dtype.itemsize == 4 else "_d"


def literal(number: Any, dtype: Any) -> str:
    """Return a number as C writes one of this dtype."""
    if dtype.kind == "f":
        number = dtype.type(number)
        if np.isnan(number):
            text = "NAN" if not np.signbit(number) else "-NAN"
        elif np.isinf(number):
            text = "INFINITY" if number > 0 else "-INFINITY"
        else:
            text = float(number).hex()
        return f"({C_TYPES[dtype]})({text})"
    if dtype.kind == "b":
        return "1" if number else "0"
    number = int(dtype.type(number))
    if dtype.kind == "u":
        return f"({C_TYPES[dtype]}){number}ULL"
    return f"({C_TYPES[dtype]})({number + 1}LL - 1)" if number == -(2**63) else f"({C_TYPES[dtype]})({number}LL)"


# --- reductions -----------------------------------------------------------------------------------------------------

_IDENTITY: Final = {"add": 0, "multiply": 1, "logical_or": 0, "logical_and": 1}


def identity(fn: str, dtype: Any) -> str:
    """Return what a reduction starts from."""
    if fn in _IDENTITY:
        return literal(_IDENTITY[fn], dtype)
    largest = fn == "maximum"
    if dtype.kind == "f":
        return "-INFINITY" if largest else "INFINITY"
    if dtype.kind == "b":
        return "0" if largest else "1"
    info = np.iinfo(dtype)
    return literal(info.min if largest else info.max, dtype)


def merged(fn: str, a: str, b: str, dtype: Any) -> str:
    """Return the C expression of two partial results as one."""
    if fn in ("add", "multiply"):
        return f"{a} {'+' if fn == 'add' else '*'} {b}"
    if fn in ("logical_or", "logical_and"):
        return f"{a} {'|' if fn == 'logical_or' else '&'} ({b} != 0)"
    if dtype.kind == "f":
        return f"gg_{fn}_{'f' if dtype.itemsize == 4 else 'd'}({a}, {b})"
    return f"({a} {'>' if fn == 'maximum' else '<'} {b} ? {a} : {b})"


class Accumulation(NamedTuple):
    """How a loop accumulates: declarations before it, the statement in it, OpenMP's clauses, and what follows it."""

    before: list[str]
    step: str
    clauses: list[str]
    after: list[str]


def accumulation(fn: str, acc: str, source: str, dtype: Any) -> Accumulation:
    """Return how `source` is accumulated in the variable `acc`; of extremes a nan is one."""
    start = f"{C_TYPES[dtype]} {acc} = {identity(fn, dtype)};"
    if fn in ("add", "multiply"):
        sign = "+" if fn == "add" else "*"
        return Accumulation([start], f"{acc} {sign}= {source};", [f"reduction({sign}:{acc})"], [])
    if fn in ("logical_or", "logical_and"):
        sign = "|" if fn == "logical_or" else "&"
        return Accumulation([start], f"{acc} {sign}= {source} != 0;", [f"reduction({sign}:{acc})"], [])
    name, sign = ("max", ">") if fn == "maximum" else ("min", "<")
    step = f"{acc} = {source} {sign} {acc} ? {source} : {acc};"
    clauses = [f"reduction({name}:{acc})"]
    if dtype.kind != "f":
        return Accumulation([start], step, clauses, [])
    flag = f"{acc}_nan"
    return Accumulation(
        [start, f"{'int' if dtype.itemsize == 4 else 'int64_t'} {flag} = 0;"],
        f"{step} {flag} |= {source} != {source};",
        [*clauses, f"reduction(|:{flag})"],
        [f"if ({flag}) {acc} = NAN;"],
    )
