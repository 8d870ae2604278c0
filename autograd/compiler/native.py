"""Building C, keeping what is built, and calling it: the back end `native`.

Libraries are kept in a folder of the user's own, named by a hash of source, compiler, flags and processor. Beside each
stands the hash of the file itself, which is looked at before it is loaded. Both are written under another name first.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shlex
import shutil
import stat
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from autograd.compiler.c_expressions import C_TYPES

FLAGS: Final = (
    "-std=gnu11", "-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-ffp-contract=off", "-fwrapv",
    "-fopenmp-simd", "-fno-strict-aliasing", "-w", "-pthread",
    "-fschedule-insns",  # takes 8 % off loops of several elementary functions, which wait for each other's results
)  # fmt: skip
CACHE_VARIABLE: Final = "GRAPHGRAD_CACHE"


OTHER_ARRAYS: Final = 1
NO_MEMORY: Final = 2
OUT_OF_BOUNDS: Final = 4
FIRST_CHECK: Final = 16
"""What a run in C returns that did not reach its end; from FIRST_CHECK on, the number of the check that failed."""


class NoNative(Exception):
    """Why there is no native code: no compiler, a build that failed, or somebody's wish."""


class Compiler(NamedTuple):
    """A C compiler: its command with the options that $CC gives it, and what tells it from others."""

    command: str
    options: tuple[str, ...]
    identity: str
    flags: tuple[str, ...]


@cache
def compiler() -> Compiler:
    """Return the system's C compiler; NoNative if there is none."""
    if os.environ.get("GRAPHGRAD_NATIVE", "") == "0":
        raise NoNative("GRAPHGRAD_NATIVE=0 is set")
    if sys.implementation.name != "cpython" or sys.platform == "win32" or not _layout_is_known():
        raise NoNative(f"{platform.python_implementation()} on {sys.platform} is not supported")
    for name, *options in (_given_command(), ["cc"], ["gcc"], ["clang"]):
        command = shutil.which(name)
        if command is not None:
            file = Path(command).resolve()
            found = file.stat()  # as good as its version, and asked for in no time
            wide = ("-mprefer-vector-width=512",) if "avx512f" in _processor() else ()
            native = "-mcpu=native" if platform.machine() == "ppc64le" else "-march=native"
            identity = f"{file} {found.st_size} {found.st_mtime_ns}\n{_processor()}"
            return Compiler(command, tuple(options), identity, (*FLAGS, native, *wide, "-lm"))
    raise NoNative("no C compiler was found: looked for $CC, cc, gcc and clang")


def _given_command() -> list[str]:
    """Return the words of $CC, which may have options; one empty word where it names nothing."""
    try:
        return shlex.split(os.environ.get("CC", "")) or [""]
    except ValueError:  # a quotation without an end
        return [""]


@cache
def _processor() -> str:
    """Return what code for this very processor depends on."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith(("model name", "flags", "Features"))]
        return "\n".join(dict.fromkeys(lines))
    return platform.machine() + platform.processor()


def _layout_is_known() -> bool:
    """Return whether arrays and floats lie in memory as the fast calls take it: as in NumPy's and CPython's headers."""
    if ctypes.sizeof(ctypes.c_void_p) != 8 or sys.flags.debug or hasattr(sys, "gettotalrefcount"):
        return False
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return False
    a = np.arange(6.0).reshape(2, 3)
    start = id(a)
    word = ctypes.c_void_p.from_address
    return (
        word(start + 8).value == id(np.ndarray)
        and word(start + 16).value == a.ctypes.data
        and ctypes.c_int.from_address(start + 24).value == 2
        and ctypes.c_int64.from_address(word(start + 32).value or 0).value == 2
        and word(start + 56).value == id(a.dtype)
        and ctypes.c_int.from_address(start + 64).value == a.flags.num
        and ctypes.c_double.from_address(id(2.5) + 16).value == 2.5
    )


# --- the folder -----------------------------------------------------------------------------------------------------


def cache_folder() -> Path:
    """Return the folder of libraries, which nobody else may write to; NoNative if it is somebody else's."""
    given = os.environ.get(CACHE_VARIABLE)
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(given) if given else Path(home) / "graphgrad"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError as error:
        raise NoNative(f"the folder {folder} cannot be made: {error}; set {CACHE_VARIABLE} to another one") from None
    if not _is_the_users(found):
        raise NoNative(
            f"others may write to the folder {folder}, so nothing is loaded from it; set {CACHE_VARIABLE} to a folder "
            "of your own"
        )
    return folder


def built(source: str) -> Path:
    """Return the library of a source: one that was kept, or a new one."""
    chosen = compiler()
    text = "\0".join([source, chosen.identity, *chosen.options, *chosen.flags])
    name = hashlib.sha256(text.encode()).hexdigest()[:40]
    folder = cache_folder()
    library, proof = folder / f"{name}.so", folder / f"{name}.sha256"
    if not _is_whole(library, proof):
        try:
            _build(source, library, proof, chosen)
        except OSError as error:
            raise NoNative(
                f"nothing can be built in the folder {folder}: {error}; set {CACHE_VARIABLE} to another one"
            ) from None
    return library


def _build(source: str, library: Path, proof: Path, chosen: Compiler) -> None:
    """Build a library beside its place, and put it there with its hash; NoNative if the compiler fails."""
    import subprocess  # noqa: PLC0415 - to load these takes longer than to find a library that is there
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryDirectory(dir=library.parent) as own:
        code, made, told = Path(own) / f"{library.stem}.c", Path(own) / library.name, Path(own) / proof.name
        code.write_text(source)
        command = [chosen.command, *chosen.options, str(code), "-o", str(made), *chosen.flags]
        try:
            done = subprocess.run(command, capture_output=True, errors="replace", timeout=300, check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise NoNative(f"{chosen.command} did not run: {error}") from None
        if done.returncode or not made.exists():
            raise NoNative(f"{chosen.command} failed: {done.stderr.strip()[:2000]}")
        made.chmod(0o700)
        told.write_text(_hash(made))
        told.chmod(0o600)
        os.replace(made, library)
        os.replace(told, proof)


def _is_whole(library: Path, proof: Path) -> bool:
    """Return whether a library is there that the user alone has written, and its hash is right."""
    try:
        alone = all(map(_is_the_users, (library.stat(), proof.stat())))
        return alone and proof.read_bytes() == _hash(library).encode()
    except OSError:
        return False


def _is_the_users(found: os.stat_result) -> bool:
    """Return whether a file or folder is the user's own, and nobody else may write to it."""
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# --- BLAS -----------------------------------------------------------------------------------------------------------


_SPELLINGS: Final = (
    ("scipy_cblas_{}64_", "int64_t"), ("cblas_{}64_", "int64_t"), ("scipy_cblas_{}", "int"), ("cblas_{}", "int"),
)  # fmt: skip


class Blas(NamedTuple):
    """The functions of the BLAS that NumPy has loaded, and the type of its integers."""

    int_type: str
    addresses: tuple[int, ...]  # sgemm, dgemm, sgemv, dgemv


@cache
def blas() -> Blas | None:
    """Return NumPy's own BLAS; None where it is not found."""
    np.dot(np.ones((2, 2)), np.ones((2, 2)))  # so that it is loaded
    places = list(Path(np.__file__).parent.parent.glob("numpy.libs/*blas*"))
    places += list((Path(np.__file__).parent / ".dylibs").glob("*blas*"))
    maps = Path("/proc/self/maps")
    if maps.exists():
        places += [Path(line.split(maxsplit=5)[-1]) for line in maps.read_text().splitlines() if "blas" in line.lower()]
    for place in dict.fromkeys(places):
        try:
            library = ctypes.CDLL(str(place))
        except OSError:
            continue
        for pattern, int_type in _SPELLINGS:
            found = [getattr(library, pattern.format(name), None) for name in ("sgemm", "dgemm", "sgemv", "dgemv")]
            if all(f is not None for f in found):
                return Blas(int_type, tuple(ctypes.cast(f, ctypes.c_void_p).value or 0 for f in found))  # type: ignore[arg-type]
    return None


# --- calling --------------------------------------------------------------------------------------------------------

ENTRY: Final = r"""
typedef struct {
    int64_t count; void *type; char *data; int nd; int64_t *dims; int64_t *strides; void *base; void *descr; int flags;
} gg_array_t;
typedef struct { char *ws; char busy; char *table[GG_SLOTS + 1]; } gg_state_t; /* of one program */
static void *gg_ndarray, *gg_float, *gg_descr[16];

void gg_setup(void **known, void **blas) {
    gg_ndarray = known[0]; gg_float = known[1];
    for (int i = 0; i < 16; i++) gg_descr[i] = known[2 + i];
    if (blas) { gg_sgemm = blas[0]; gg_dgemm = blas[1]; gg_sgemv = blas[2]; gg_dgemv = blas[3]; }
}
int64_t gg_state_size(void) { return sizeof(gg_state_t); }
void gg_fix(gg_state_t *g, int64_t slot, char *data) { g->table[slot] = data; }
void gg_release(gg_state_t *g) { free(g->ws); g->ws = 0; }
GG_INLINE int gg_fits(void *o, int descr, int nd, const int64_t *dims) {
    gg_array_t *a = o;
    if (a->type != gg_ndarray || a->descr != gg_descr[descr] || a->nd != nd || (a->flags & 0x101) != 0x101) return 0;
    for (int i = 0; i < nd; i++) if (a->dims[i] != dims[i]) return 0;
    return 1;
}
"""


@cache
def _known_types() -> tuple[Any, dict[Any, int]]:
    dtypes = list(C_TYPES)
    addresses = [id(np.ndarray), id(float), *map(id, dtypes)]
    table = (ctypes.c_void_p * 18)(*addresses, *[None] * (18 - len(addresses)))
    return table, {dtype: i for i, dtype in enumerate(dtypes)}


def entry(
    inputs: list[tuple[int, Any]], outputs: list[int], written: list[tuple[int, Any]], slots: int, workspace: int,
    segments: int,
) -> str:  # fmt: skip
    """Return the C of the function that is called with arrays themselves: `inputs` are (slot, value), then `outputs`.

    It returns 1 where an input is not of the shape, dtype and layout that it was made for, or lies in an array of the
    outside that is `written`, and 2 without memory.
    """
    _, codes = _known_types()
    names = [f"void *a{i}" for i in range(len(inputs))] + [f"void *o{i}" for i in range(len(outputs))]
    lines = [f"#define GG_SLOTS {slots}", ENTRY]
    lines.append(f"int gg_call({', '.join(['gg_state_t *g', *names])}) {{")
    for i, (_, value) in enumerate(inputs):
        if value.weak or value.dtype not in codes:  # of other dtypes the caller sees to it
            known = "gg_float" if value.weak else "gg_ndarray"
            lines.append(f"if (((gg_array_t *)a{i})->type != {known}) return 1;")
            continue
        dims = ", ".join(map(str, value.shape)) or "0"
        lines.append(f"static const int64_t d{i}[] = {{{dims}}};")
        lines.append(f"if (!gg_fits(a{i}, {codes[value.dtype]}, {len(value.shape)}, d{i})) return 1;")
    lines.append("char *p[GG_SLOTS + 1]; memcpy(p, g->table, sizeof p);")
    for i, (slot, value) in enumerate(inputs):
        lines.append(f"p[{slot}] = " + (f"(char *)a{i} + 16;" if value.weak else f"((gg_array_t *)a{i})->data;"))
    lines += [f"p[{slot}] = ((gg_array_t *)o{i})->data;" for i, slot in enumerate(outputs)]
    lines += [
        f"if (p[{a}] < p[{b}] + {to.nbytes} && p[{b}] < p[{a}] + {value.nbytes}) return 1;"
        for a, value in inputs
        for b, to in written
        if not value.weak
    ]
    if workspace:
        lines += [
            "int mine = !__atomic_test_and_set(&g->busy, __ATOMIC_ACQUIRE); char *ws;",
            f"if (mine) {{ if (!g->ws) g->ws = aligned_alloc(64, {workspace}); ws = g->ws; }}",
            f"else ws = aligned_alloc(64, {workspace});",
            "if (!ws) { if (mine) __atomic_clear(&g->busy, __ATOMIC_RELEASE); return 2; }",
        ]
    else:
        lines.append("char *ws = 0;")
    lines.append("int code = 0;")
    lines += [f"if (!code) code = gg_segment_{s}(p, ws);" for s in range(segments)]
    if workspace:
        lines.append("if (mine) __atomic_clear(&g->busy, __ATOMIC_RELEASE); else free(ws);")
    lines += ["return code;", "}"]
    lines.append("int gg_segment(int64_t s, char **p, char *ws) {")
    lines += [f"if (s == {s}) return gg_segment_{s}(p, ws);" for s in range(segments)]
    lines.append("return 0; }")
    return "\n".join(lines)


def _loaded(library: Path) -> ctypes.CDLL:
    """Return a library as Python sees it; NoNative where the system refuses, as on a disk that holds no programs."""
    try:
        return ctypes.CDLL(str(library))
    except OSError as error:
        raise NoNative(f"{library} cannot be loaded: {error}; set {CACHE_VARIABLE} to another folder") from None


class Library:
    """A library that is loaded, and the state of one program in it.

    `call` takes that state and arrays; `segment` a number, a table of pointers and memory to work in.
    """

    def __init__(self, source: str, arguments: int) -> None:
        self.path = built(source)
        handle = self._handle = _loaded(self.path)
        types, _ = _known_types()
        found = blas()
        handle.gg_setup(types, None if found is None else (ctypes.c_void_p * 4)(*found.addresses))
        handle.gg_state_size.restype = ctypes.c_int64
        self._memory = ctypes.create_string_buffer(handle.gg_state_size())
        self.state = ctypes.addressof(self._memory)
        self.call = handle["gg_call"]
        self.call.argtypes = [ctypes.c_void_p, *[ctypes.py_object] * arguments]
        self.call.restype = ctypes.c_int
        self.segment = handle["gg_segment"]
        self.segment.argtypes = [ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p]
        self.segment.restype = ctypes.c_int

    def fix(self, slot: int, address: int) -> None:
        """Say where an array of the outside lies."""
        self._handle.gg_fix(ctypes.c_void_p(self.state), ctypes.c_int64(slot), ctypes.c_void_p(address))

    def __del__(self) -> None:
        if hasattr(self, "state"):
            self._handle.gg_release(ctypes.c_void_p(self.state))


@cache
def notice(reason: str) -> None:
    """Say once why programs are computed by NumPy."""
    warnings.warn(f"autograd.compile computes with NumPy, not natively: {reason}", stacklevel=2)


@cache
def threads() -> int:
    """Return among how many threads large nests are shared."""
    given = os.environ.get("GRAPHGRAD_NUM_THREADS", "")
    if given.isdigit() and int(given):
        return int(given)
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
