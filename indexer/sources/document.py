"""A stream of bytes that holds articles: a file, a member of an archive, or standard input."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, Self

from indexer.sources.content import is_hollow, text_of
from indexer.sources.context import DEFAULT_CONTEXT, ReadingContext
from indexer.sources.reading import UnreadableError, reading

HEAD = 4096
"""The number of bytes at the beginning of a document by which its format is recognised."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader reads from. Whoever opened the stream closes it."""

    name: str
    """The file name; its ending tells the format. It is empty for standard input."""
    origin: str
    """Where the document lies, for people: a path, or ``path!member`` for a member of an archive."""
    stream: io.BufferedReader
    packed_bytes: Callable[[], int]
    """Returns the size of the compressed input: of the file on disk, or of all that came through a pipe so far."""
    article_id: str = ""
    """The id of its article, if it holds only one and that one has no id of its own."""
    context: ReadingContext = DEFAULT_CONTEXT

    def inner(self, path: PurePosixPath, stream: io.BufferedReader) -> Self:
        """Return a member of this archive, by its path in the archive and its content."""
        article_id, origin = path.with_suffix("").as_posix(), f"{self.origin}!{path}"
        return replace(self, name=path.name, origin=origin, stream=stream, article_id=article_id)

    def head(self) -> bytes:
        """Return the first bytes without consuming them.

        Raises:
            UnreadableError: They cannot be read.
        """
        with reading():
            return self.stream.peek(HEAD)[:HEAD]

    def content(self, limit: int) -> bytes:
        """Return all bytes.

        Raises:
            UnreadableError: They cannot be read, or there are more of them than ``limit``.
        """
        with reading():
            content = self.stream.read(limit + 1)
        if len(content) > limit:
            raise UnreadableError(f"is larger than {limit // 2**20} MiB, which no article is")
        return content


class CountedStream(io.RawIOBase):
    """A pipe that counts the bytes read from it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with the bytes that the pipe holds now, and wait only if it holds none."""
        count: int = self._stream.readinto1(buffer)
        self.count += count
        return count


def buffered(stream: Any) -> io.BufferedReader:
    """Return a stream of bytes, of whatever class, as one that can be peeked into."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream, HEAD)


def open_document(path: Path, article_id: str = "", context: ReadingContext = DEFAULT_CONTEXT) -> Document:
    """Open a file.

    Raises:
        UnreadableError: It cannot be opened.
    """
    with reading():
        stream = path.open("rb")
        stat = os.fstat(stream.fileno())
    if is_hollow(stat):
        stream.close()
        raise UnreadableError(f"has {stat.st_size:,} bytes, of which nearly none are stored: it is a hole, not news")
    origin = text_of(path)
    default_id = article_id or text_of(path.stem)
    return Document(text_of(path.name), origin, buffered(stream), fixed_size(stat.st_size), default_id, context)


def fixed_size(size: int) -> Callable[[], int]:
    """Return a function that returns a size in bytes which is known from the beginning."""
    return lambda: size
