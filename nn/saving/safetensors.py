"""Arrays in the safetensors format: a header of JSON, then the bytes of all arrays, one behind the other.

The format: https://github.com/huggingface/safetensors (README, "Format"). Nothing in it can be executed, and a reader
knows from the header alone how much there is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import IO, Any, Final

import numpy as np

from nn.saving import strict_json
from nn.saving.files import ModelFileError, opened, size_of, write_atomically

DTYPES: Final = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
_NAMES: Final = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
_BFLOAT16: Final = "BF16"  # the upper half of a float32; NumPy has no such dtype, so it is read as that
_ALIGNMENT: Final = 8


def save_safetensors(
    path: str | os.PathLike[str], arrays: Mapping[str, Any], metadata: Mapping[str, str] | None = None
) -> None:
    """Write named arrays to a `.safetensors` file, at once or not at all.

    >>> import tempfile, os
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "w.safetensors")
    ...     save_safetensors(path, {"w": np.array([1.0, 2.0])})
    ...     load_safetensors(path)
    {'w': array([1., 2.])}
    """
    write_atomically(path, lambda file: write(file, arrays, metadata))


def load_safetensors(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the arrays of a `.safetensors` file by their names; ModelFileError for a file that is none."""
    with opened(path) as file:
        return read(file, size_of(file), os.fspath(path))


def write(file: IO[bytes], arrays: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write the header, then the bytes of each array, largest items first as the format's own writer does."""
    ready = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in ready.items():
        if array.dtype.newbyteorder("<") not in _NAMES:
            raise TypeError(f"safetensors: {name!r} has dtype {array.dtype}; the format has {', '.join(DTYPES)}")
    ordered = sorted(ready, key=lambda name: (-ready[name].dtype.itemsize, name))
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for name in ordered:
        array = ready[name]
        start, end = end, end + array.nbytes
        dtype = _NAMES[array.dtype.newbyteorder("<")]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [start, end]}
    text = strict_json.written(header)
    text += b" " * (-len(text) % _ALIGNMENT)
    file.write(len(text).to_bytes(8, "little") + text)
    for name in ordered:
        little = ready[name].dtype.newbyteorder("<")
        file.write(np.ascontiguousarray(ready[name], little).reshape(-1).view(np.uint8).data)


def read(file: IO[bytes], size: int, what: str) -> dict[str, Any]:
    """Return the arrays of the next `size` bytes of a file; ModelFileError unless these are just that."""
    if size < 8:
        raise ModelFileError(f"{what}: is too short to be safetensors: {size} bytes")
    length = int.from_bytes(_exactly(file, 8, what), "little")
    if length > min(size - 8, strict_json.LIMIT):
        raise ModelFileError(f"{what}: says that its header has {length:,} bytes, of {size:,} in all")
    header = strict_json.parsed(_exactly(file, length, what), f"{what}, header")
    if not isinstance(header, dict):
        raise ModelFileError(f"{what}: its header is no JSON object")
    header.pop("__metadata__", None)
    entries = {name: _entry(entry, f"{what}, array {name[:100]!r}") for name, entry in header.items()}
    ordered = sorted(entries, key=lambda name: entries[name][2:])
    end = 0
    for name in ordered:
        if entries[name][2] != end:
            raise ModelFileError(f"{what}: the bytes of {name[:100]!r} do not follow those before")
        end = entries[name][3]
    if end != size - 8 - length:
        raise ModelFileError(f"{what}: its arrays have {end:,} bytes, the file {size - 8 - length:,}")
    return {name: _array(file, *entries[name], what) for name in ordered}


def _entry(entry: Any, what: str) -> tuple[str, tuple[int, ...], int, int]:
    """Return (dtype, shape, first byte, end) of an entry of the header, checked against each other."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ModelFileError(f"{what}: needs dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(dtype, str) or (dtype not in DTYPES and dtype != _BFLOAT16):
        raise ModelFileError(f"{what}: unknown dtype {str(dtype)[:40]!r}")
    if not _sizes(shape) or len(shape) > 32 or not _sizes(offsets) or len(offsets) != 2:
        raise ModelFileError(f"{what}: shape and data_offsets must be lists of whole numbers")
    itemsize = 2 if dtype == _BFLOAT16 else np.dtype(DTYPES[dtype]).itemsize
    if math.prod(shape) * itemsize != offsets[1] - offsets[0]:
        raise ModelFileError(f"{what}: has {offsets[1] - offsets[0]} bytes, which its shape does not fill")
    return dtype, tuple(shape), offsets[0], offsets[1]


def _sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 1 << 62 for n in value)


def _array(file: IO[bytes], dtype: str, shape: tuple[int, ...], start: int, end: int, what: str) -> Any:
    raw = _exactly(file, end - start, what)
    if dtype == _BFLOAT16:
        upper = np.frombuffer(raw, "<u2").astype(np.uint32) << np.uint32(16)
        return upper.view(np.float32).reshape(shape)
    if dtype == "BOOL" and np.frombuffer(raw, np.uint8).max(initial=0) > 1:
        raise ModelFileError(f"{what}: holds a boolean that is neither 0 nor 1")
    array = np.frombuffer(raw, DTYPES[dtype]).reshape(shape)
    return array.astype(array.dtype.newbyteorder("="))  # a copy: what was read is read-only


def _exactly(file: IO[bytes], count: int, what: str) -> bytes:
    raw = file.read(count)
    if len(raw) != count:
        raise ModelFileError(f"{what}: ends after {len(raw)} of {count} bytes")
    return raw
