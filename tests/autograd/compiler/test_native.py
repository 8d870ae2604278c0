"""The back end in C: what is kept on disk and when it is not believed, what happens without a compiler, fork."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd
from autograd.compiler import native
from tests.autograd.compiler.conftest import has_compiler

pytestmark = pytest.mark.skipif(not has_compiler(), reason="there is no C compiler here")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(native.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Look for a compiler again, before and after."""
    caches = (native.compiler, native.notice)
    for known in caches:
        known.cache_clear()
    yield
    for known in caches:
        known.cache_clear()


def double(k: float) -> Any:
    return autograd.compile(lambda x: x * k + np.tanh(x), backend="native")


def run(k: float) -> Any:
    compiled = double(k)
    out = compiled(np.ones(3))
    return out, compiled.programs[0]


def test_what_is_built_is_kept(folder: Path) -> None:
    """As one library and its hash, for the user alone; the second time nothing is built."""
    run(1.5)
    files = sorted(folder.iterdir())
    assert [f.suffix for f in files] == [".sha256", ".so"]
    assert folder.stat().st_mode & 0o077 == 0
    before = [f.stat().st_mtime_ns for f in files]
    _, program = run(1.5)
    assert [f.stat().st_mtime_ns for f in sorted(folder.iterdir())] == before
    assert program.backend == "native"


def test_a_library_that_was_changed_is_not_loaded(folder: Path) -> None:
    run(1.25)
    library = next(folder.glob("*.so"))
    whole = library.read_bytes()
    library.unlink()  # another file, since this process has mapped that one
    library.write_bytes(b"not a library")
    out, program = run(1.25)
    assert program.backend == "native"
    np.testing.assert_allclose(out, 1.25 + np.tanh(1))
    assert len(next(folder.glob("*.so")).read_bytes()) == len(whole)


def test_a_folder_that_others_may_write_to_is_not_used(folder: Path, forgotten: None) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.warns(UserWarning, match="others may write"):
        _, program = run(1.125)
    assert program.backend == "numpy"


def test_without_a_compiler_numpy_does_it_with_one_notice(monkeypatch: pytest.MonkeyPatch, forgotten: None) -> None:
    monkeypatch.setenv("GRAPHGRAD_NATIVE", "0")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for k in (2.0, 3.0):
            out, program = run(k)
            np.testing.assert_allclose(out, k + np.tanh(1))
            assert program.backend == "numpy"
    assert [str(w.message) for w in caught] == [
        "autograd.compile computes with NumPy, not natively: GRAPHGRAD_NATIVE=0 is set"
    ]


def test_a_compiler_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path, forgotten: None) -> None:
    broken = tmp_path / "broken-cc"
    broken.write_text('#!/bin/sh\n[ "$1" = --version ] && echo broken 1.0 && exit 0\necho no >&2\nexit 1\n')
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    with pytest.warns(UserWarning, match="failed: no"):
        out, program = run(4.0)
    assert program.backend == "numpy"
    np.testing.assert_allclose(out, 4 + np.tanh(1))
    assert not list(folder.glob("*.so"))


def test_processes_may_build_the_same_at_once(folder: Path) -> None:
    code = (
        "import numpy as np, autograd\n"
        "f = autograd.compile(lambda x: x * 7.5, backend='native')\n"
        "assert f(np.ones(2)).tolist() == [7.5, 7.5] and f.programs[0].backend == 'native'\n"
    )
    environment = os.environ | {native.CACHE_VARIABLE: str(folder)}
    running = [subprocess.Popen([sys.executable, "-c", code], env=environment) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert len(list(folder.glob("*.so"))) == 1


def test_a_fork_goes_on() -> None:
    """After large nests, which are shared among threads, and products of matrices."""

    def f(x: Any) -> Any:
        return np.sum(np.tanh(x) * np.exp(-(x**2)), axis=0) + np.sum(x @ x.T)

    compiled, x = autograd.compile(f, backend="native"), np.random.default_rng(0).standard_normal((2000, 300))
    wanted = compiled(x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python warns of forks beside the threads of other libraries
        context = multiprocessing.get_context("fork")
        parent, child = context.Pipe()
        process = context.Process(target=lambda: child.send(compiled(x)))
        process.start()
    assert parent.poll(60)
    np.testing.assert_array_equal(parent.recv(), wanted)
    process.join(10)
    assert process.exitcode == 0


def test_two_programs_of_one_source_do_not_mix() -> None:
    """They share a library, and not their tensors."""
    tensors = [autograd.tensor(np.full(3, float(k))) for k in range(2)]
    functions = [autograd.compile(lambda x, t=t: x + t, backend="native") for t in tensors]
    assert [f(np.zeros(3)).data.tolist() for f in functions] == [[0, 0, 0], [1, 1, 1]]
    assert [f(np.zeros(3)).data.tolist() for f in functions] == [[0, 0, 0], [1, 1, 1]]


def test_a_tensor_on_a_read_only_array_is_not_written_to() -> None:
    array = np.zeros(3)
    array.flags.writeable = False
    state = autograd.as_tensor(array)

    def f() -> None:
        state.data += 1

    for backend in ("native", "numpy"):
        with pytest.raises(ValueError, match="read-only"):
            autograd.compile(f, backend=backend)()
    assert not array.any()


def test_a_proof_that_is_no_text_is_no_proof(folder: Path) -> None:
    run(1.0625)
    next(folder.glob("*.sha256")).write_bytes(b"\xff\xfe\x00")
    out, program = run(1.0625)
    assert program.backend == "native"
    np.testing.assert_allclose(out, 1.0625 + np.tanh(1))


@pytest.mark.parametrize("which", ["*.so", "*.sha256"])
def test_a_file_that_others_may_write_to_is_not_loaded(which: str, folder: Path) -> None:
    """It is built anew, for the user alone."""
    folder.mkdir(mode=0o755)
    run(1.03125)
    file = next(folder.glob(which))
    file.chmod(0o777)
    _, program = run(1.03125)
    assert program.backend == "native"
    assert not file.stat().st_mode & 0o022


def compiler_that(does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "odd-cc"
    script.write_text(f"#!/bin/sh\n{does}\n")
    script.chmod(0o755)
    monkeypatch.setenv("CC", str(script))


VERSION = '[ "$1" = --version ] && echo odd 1.0 && exit 0'


@pytest.mark.parametrize(
    "does", [f'{VERSION}; echo rubbish > "$3"', f"{VERSION}; exit 0", f"{VERSION}; kill -9 $$"],
    ids=["writes rubbish", "writes nothing", "is killed"],
)  # fmt: skip
def test_a_compiler_that_makes_no_library(
    does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path, forgotten: None
) -> None:
    """NumPy does it instead, with a notice."""
    compiler_that(does, tmp_path, monkeypatch)
    with pytest.warns(UserWarning, match="computes with NumPy"):
        out, program = run(5.0)
    assert program.backend == "numpy"
    np.testing.assert_allclose(out, 5 + np.tanh(1))


def test_a_compiler_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten: None) -> None:
    """Of its version: then another is looked for, or NumPy does it."""
    compiler_that("exit 0", tmp_path, monkeypatch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        np.testing.assert_allclose(run(5.5)[0], 5.5 + np.tanh(1))


def test_a_compiler_with_options(monkeypatch: pytest.MonkeyPatch, folder: Path, forgotten: None) -> None:
    """As $CC often has them."""
    command = native.compiler().command
    native.compiler.cache_clear()
    monkeypatch.setenv("CC", f"{command} -DGIVEN=1")
    assert run(6.5)[1].backend == "native"
    assert "GIVEN" in repr(native.compiler())


@pytest.mark.parametrize("where", ["tempfile.TemporaryDirectory", "os.replace", "ctypes.CDLL"])
def test_a_disk_that_is_full_or_forbids_to_run_programs(
    where: str, monkeypatch: pytest.MonkeyPatch, folder: Path, forgotten: None
) -> None:
    native.blas()

    def fails(*_: Any, **__: Any) -> Any:
        raise OSError("no")

    with monkeypatch.context() as patch, pytest.warns(UserWarning, match="computes with NumPy"):
        patch.setattr(where, fails)
        out, program = run(7.0)
    assert program.backend == "numpy"
    np.testing.assert_allclose(out, 7 + np.tanh(1))


@pytest.mark.parametrize("shape", [(1_000_000,), (1, 1_000_000), (1_000_000, 1), (3, 300_000), (2, 1000, 1000)])
@pytest.mark.parametrize("function", [np.sum, np.mean, np.var])
def test_many_float32_are_added_up_as_exactly_as_by_numpy(function: Any, shape: tuple[int, ...]) -> None:
    """Where all, or whole rows, become one number: to 2e-7, far from zero too."""
    x = np.random.default_rng(0).random(shape, np.float32) + 3
    for axis in (None, 0) if len(shape) == 1 else (None, tuple(range(1, len(shape)))):
        exact = function(x.astype(np.float64), axis=axis)
        found = autograd.compile(lambda x, axis=axis: function(x * 1, axis=axis), backend="native")(x)
        np.testing.assert_allclose(found, exact, rtol=2e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("sizes", [(6, 200, 8), (7, 90, 33), (64, 64, 64), (65, 30, 16), (200, 9, 17), (23, 1200, 31)])
def test_products_of_middle_size(sizes: tuple[int, int, int], dtype: Any) -> None:
    """With what is left over of rows and columns, transposed, as parts, in stacks, with infinities and nan."""
    m, k, n = sizes
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((3, m + 1, k)).astype(dtype), rng.standard_normal((3, k, n + 1)).astype(dtype)

    def f(a: Any, b: Any) -> Any:
        x, y = a * 1, b * 1
        one, other = x[0], y[0]
        return (
            one @ other, x @ y, x @ other, one[1:] @ other[:, :-1], other.T @ one.T, x[:, 1:] @ y[..., 1:],
            (one.T * 2).T @ (other.T * 2).T,
        )  # fmt: skip

    compiled = autograd.compile(f, backend="native")
    for found, wanted in zip(compiled(a, b), f(a, b), strict=True):
        assert found.dtype == dtype
        scale = 1e-15 if dtype is np.float64 else 1e-6
        np.testing.assert_allclose(found, wanted, rtol=0, atol=scale * k)
    a[0, 0, 0], a[0, 1, 1], b[0, 2, 2] = np.inf, np.nan, -np.inf
    with np.errstate(all="ignore"):
        wanted = f(a, b)[0]
        np.testing.assert_array_equal(np.isnan(compiled(a, b)[0]), np.isnan(wanted))
        np.testing.assert_array_equal(np.isinf(compiled(a, b)[0]), np.isinf(wanted))


def test_places_of_extremes_of_arrays_without_axes() -> None:
    x = np.array(2.5)
    compiled = autograd.compile(lambda x: (np.argmax(x), np.argmin(x, axis=-1), np.argmax(x, axis=0)), backend="native")
    assert [int(i) for i in compiled(x)] == [0, 0, 0]


@pytest.mark.parametrize("function", [np.logical_and, np.logical_or, np.logical_xor])
def test_logic_of_numbers_of_two_dtypes(function: Any) -> None:
    """What is between 0 and 1 is true, and nan too."""
    numbers, others = np.array([0.5, 0, -0.25, np.nan]), np.array([1, 1, 0, 256])

    def f(x: Any, y: Any) -> Any:
        return np.stack([function(x, y), function(y > 0, x)])

    np.testing.assert_array_equal(autograd.compile(f, backend="native")(numbers, others), f(numbers, others))
