"""Files that are replaced as a whole, and read without trust."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import BinaryIO


class ModelFileError(ValueError):
    """A file that holds no model, or weights, that can be loaded; the message says what is wrong with it."""


def write_atomically(path: str | os.PathLike[str], write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a file so that it has either all of it or what it had before.

    It fills a temporary file beside it, which is synced and takes its place. An existing file keeps its permissions; a
    symbolic link stays one.
    """
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(
            f"{folder}: there is no such folder to write {os.path.basename(target)} to; make it first"
        )
    unfinished = os.path.join(folder, f".graphgrad-{os.urandom(8).hex()}.tmp")
    try:
        with open(unfinished, "xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(unfinished, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(unfinished, target)
    except BaseException:
        if os.path.exists(unfinished):
            os.unlink(unfinished)
        raise
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """See that the new name is on the disk too, where folders can be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def opened(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file for reading; FileNotFoundError if there is none, ModelFileError for a folder or a pipe."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ModelFileError(f"{os.fspath(path)}: is no regular file")
    return open(path, "rb")


def size_of(file: BinaryIO) -> int:
    """Return the number of bytes of an open file."""
    return os.fstat(file.fileno()).st_size
