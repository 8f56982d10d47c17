"""A stream of bytes that holds articles, wherever it came from: a file, a member of an archive, standard input."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.sources.fields import FieldNames
from indexer.sources.reading import UnreadableError, reading
from indexer.text.language import Judge, judge_language

HEAD = 4096
"""Bytes that a format is told by."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader reads from; closed by whoever opened it."""

    name: str
    """Its file name: the ending tells the format."""
    origin: str
    """Where it lies, for people: a path, and for members of an archive ``path!member``."""
    stream: io.BufferedReader
    article_id: str = ""
    """What its article is called, if it holds but one and that has no name of its own."""
    fields: FieldNames = field(default_factory=FieldNames)
    judge: Judge = judge_language
    """Tells the languages of its articles."""

    def head(self) -> bytes:
        """Return the first bytes and leave them to be read.

        Raises:
            UnreadableError: They cannot be read.
        """
        with reading():
            return self.stream.peek(HEAD)[:HEAD]

    def content(self, limit: int) -> bytes:
        """Return all bytes.

        Raises:
            UnreadableError: They cannot be read, or are more than ``limit``.
        """
        with reading():
            content = self.stream.read(limit + 1)
        if len(content) > limit:
            raise UnreadableError(f"is larger than {limit // 2**20} MiB, which no article is")
        return content


def buffered(stream: Any) -> io.BufferedReader:
    """Return a stream of bytes, of whatever class, that can be peeked into."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream, HEAD)


def open_document(
    path: Path, article_id: str = "", fields: FieldNames | None = None, judge: Judge = judge_language
) -> Document:
    """Open a file.

    Raises:
        UnreadableError: It cannot be opened.
    """
    with reading():
        stream = path.open("rb")
    return Document(path.name, str(path), buffered(stream), article_id or path.stem, fields or FieldNames(), judge)
