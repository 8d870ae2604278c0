"""The container of a saved model: a zip of JSON documents and one safetensors entry, none of them compressed.

Read without trust: sizes are checked against the file before anything is allocated, names against a closed list, and
nothing is unpacked to the disk or executed.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, BinaryIO, Final

from nn.saving import safetensors, strict_json
from nn.saving.files import ModelFileError, opened, size_of, write_atomically

ARRAYS: Final = "weights.safetensors"
_MOST_ENTRIES: Final = 16
_HEADER: Final = 30  # the bytes before an entry, at the least
_MOST_DIRECTORY: Final = 1 << 16  # bytes
_END: Final = struct.Struct("<4s4H2LH")  # the record that ends a zip file
_LOCATOR: Final = struct.Struct("<4sLQL")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same model gives the same bytes


def write_archive(path: str | os.PathLike[str], documents: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
    """Write documents, as JSON, and arrays to one file, at once or not at all."""

    def write(file: BinaryIO) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, document in documents.items():
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), strict_json.written(document))
            with archive.open(zipfile.ZipInfo(ARRAYS, _EPOCH), "w", force_zip64=True) as entry:
                safetensors.write(entry, arrays)

    write_atomically(path, write)


def read_archive(path: str | os.PathLike[str], documents: tuple[str, ...]) -> tuple[list[Any], dict[str, Any]]:
    """Return the documents of these names and the arrays by theirs; ModelFileError for anything but such a file."""
    name = os.fspath(path)
    with opened(path) as file:
        size = size_of(file)
        _check_end(file, size, name)
        try:
            with zipfile.ZipFile(file) as archive:
                entries = _entries(archive, size, documents, name)
                texts = [_read(archive, entries[document], name) for document in documents]
                found = [strict_json.parsed(text, f"{name}, {d}") for text, d in zip(texts, documents, strict=True)]
                with archive.open(entries[ARRAYS]) as entry:
                    arrays = safetensors.read(entry, entries[ARRAYS].file_size, f"{name}, {ARRAYS}")
                    entry.read(1)  # at the end the checksum is compared
                return found, arrays
        except ModelFileError:
            raise
        except (
            zipfile.BadZipFile,
            ValueError,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            struct.error,
        ) as error:
            raise ModelFileError(f"{name}: is damaged: {str(error)[:200]}") from None


def _check_end(file: BinaryIO, size: int, name: str) -> None:
    """See that the file ends as a zip file does, with a directory of a sensible size."""
    if size < _END.size:
        raise ModelFileError(f"{name}: is no model file: it has {size} bytes")
    file.seek(size - _END.size)
    mark, _, _, _, count, directory, _, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\x05\x06" or comment:
        raise ModelFileError(f"{name}: is no model file: it does not end as a zip file without a comment does")
    count, directory = _end_64(file, size, name) or (count, directory)
    if count > _MOST_ENTRIES or directory > _MOST_DIRECTORY:
        raise ModelFileError(f"{name}: is no model file: it has {count} entries, listed in {directory} bytes")
    file.seek(0)


def _end_64(file: BinaryIO, size: int, name: str) -> tuple[int, int] | None:
    """Return the number of entries and the size of the directory where they are written as for files beyond 4 GB.

    Python's zipfile goes by that record wherever there is one.
    """
    place = size - _END.size - _LOCATOR.size
    if place < 0:
        return None
    file.seek(place)
    mark, _, start, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if mark != b"PK\x06\x07":
        return None
    if start > place - _END_64.size:
        raise ModelFileError(f"{name}: is damaged at its end")
    file.seek(start)
    fields = _END_64.unpack(file.read(_END_64.size))
    if fields[0] != b"PK\x06\x06":
        raise ModelFileError(f"{name}: is damaged at its end")
    return fields[7], fields[8]


def _entries(archive: zipfile.ZipFile, size: int, documents: tuple[str, ...], name: str) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by their names, which must be the documents' and the arrays', each once."""
    found = archive.infolist()
    names = [info.filename for info in found]
    if "model.weights.h5" in names:
        raise ModelFileError(
            f"{name}: was written by Keras itself, which keeps weights as HDF5. Export them there, as in "
            "safetensors.numpy.save_file(dict(zip(names, model.get_weights())), 'w.safetensors'), and load them here"
        )
    if sorted(names) != sorted((*documents, ARRAYS)):
        raise ModelFileError(f"{name}: must hold {', '.join((*documents, ARRAYS))}; it holds {', '.join(names)[:200]}")
    for info in found:
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 0x1:
            raise ModelFileError(f"{name}: {info.filename} is compressed or encrypted; in a model file nothing is")
    spans = sorted((info.header_offset, info.header_offset + _HEADER + info.file_size) for info in found)
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        raise ModelFileError(f"{name}: its entries overlap")
    if sum(info.file_size for info in found) > size:
        raise ModelFileError(f"{name}: its entries are larger than itself")
    return {info.filename: info for info in found}


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    if info.file_size > strict_json.LIMIT:
        raise ModelFileError(
            f"{name}, {info.filename}: has {info.file_size:,} bytes; {strict_json.LIMIT:,} is the most"
        )
    return archive.read(info)
