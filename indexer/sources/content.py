"""What a file holds, as a digest, and the stamp by which a change during a build is noticed."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from indexer.sources import limits

_BLOCK = 512
"""The bytes of a block in which systems count what a file takes."""
Stamp = tuple[int, int]
"""The size of a file in bytes, and the time of its last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """What a file held when the build began."""

    digest: str
    """SHA-256 of its bytes, or the reason why it could not be read."""
    stamp: Stamp | None
    """Its stamp just before it was digested; None if it could not be read."""


def stamp_of(path: Path) -> Stamp | None:
    """Return the stamp of a file, or None if there is no such file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def text_of(path: str | Path) -> str:
    """Return a path as text that any file format can hold: bytes in it that are no UTF-8 are written as ``\\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def is_hollow(stat: os.stat_result) -> bool:
    """Return whether a file is a sparse one, of whose bytes nearly none are stored: no news is written like that."""
    stored = getattr(stat, "st_blocks", stat.st_size) * _BLOCK
    return stat.st_size > limits.UNPACKED_FREE + limits.EXPANSION * stored


def content_of(path: Path) -> FileContent:
    """Digest a file. An error is no exception here: the reader of the file reports it later."""
    stamp = stamp_of(path)
    try:
        if is_hollow(path.stat()):
            return FileContent(f"{stamp}", stamp)
        with path.open("rb") as content:
            return FileContent(hashlib.file_digest(content, "sha256").hexdigest(), stamp)
    except OSError as error:
        return FileContent(str(error.strerror), None)
