"""Read a document from any place in it, as formats want that have their table of contents at the end."""

import errno
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError, reading

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CHUNK = 2**20
_IN_MEMORY = 16 * 2**20
"""The most bytes of a copy that is held in memory."""


@contextmanager
def seekable(document: Document) -> Iterator[Any]:
    """Yield a document as a file that can be read from any place: itself, or a temporary copy.

    Raises:
        UnreadableError: It cannot be read, or there is no space for a copy.
    """
    if document.stream.seekable():
        yield document.stream
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        while chunk := _read(document):
            _write(copy, chunk)
        copy.seek(0)
        yield copy


def _read(document: Document) -> bytes:
    with reading():
        return document.stream.read(_CHUNK)


def _write(copy: Any, chunk: bytes) -> None:
    try:
        copy.write(chunk)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        folder = tempfile.gettempdir()
        raise UnreadableError(
            f"cannot be unpacked: no space left in the temporary folder {folder}; set TMPDIR to another"
        ) from error
