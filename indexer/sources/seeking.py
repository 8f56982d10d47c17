"""Read a document from any place in it, as formats want that have their table of contents at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError, reading
from indexer.sources.temporary import TemporaryFolderFullError, temporary_file, temporary_space

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
    with temporary_file(_IN_MEMORY) as copy:
        try:
            while chunk := _read(document):
                with temporary_space():
                    copy.write(chunk)
            with temporary_space():
                copy.seek(0)
        except TemporaryFolderFullError as error:
            raise UnreadableError(f"cannot be unpacked: {error}") from error
        yield copy


def _read(document: Document) -> bytes:
    with reading():
        return document.stream.read(_CHUNK)
