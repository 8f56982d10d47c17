"""The members of tar archives, which are read as a stream."""

import struct
import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Self

from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.content import text_of
from indexer.sources.document import Document, buffered
from indexer.sources.names import is_left_out, refused_name
from indexer.sources.packing.budget import Budget, Unpacked
from indexer.sources.reading import UnreadableError, reading

_EXTENSIONS = frozenset(
    [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK]
)
"""Kinds of headers that describe the member after them; tarfile reads them whole and one within the other."""
_IN_A_ROW = 8
"""The most such headers before one member; tar writes at most three."""


def untar(document: Document, budget: Budget) -> Iterator[Document | Notice]:
    """Yield the members of a tar archive, or a notice why one is not read."""
    try:
        with reading(), tarfile.open(fileobj=document.stream, mode="r|", tarinfo=_bounded_headers()) as archive:
            for member in archive:
                archive.members.clear()  # type: ignore[attr-defined]  # tarfile would keep them all
                name = text_of(member.name)
                if member.isdir() or is_left_out(name):
                    continue
                budget.member()
                reason = refused_name(name) or ("" if member.isfile() else "is a link or a device, not a file")
                content = None if reason else archive.extractfile(member)
                if content is None:
                    yield skipped(f"{document.origin}!{name}", reason)
                    continue
                stream = buffered(Unpacked(content, budget if member.issparse() else None))
                yield document.inner(PurePosixPath(name), stream)
    except (tarfile.TarError, ValueError, struct.error) as error:
        raise UnreadableError(f"is a damaged archive: {error}") from error


def _bounded_headers() -> type[tarfile.TarInfo]:
    """Return a class of headers for one archive that refuses headers which fill memory or lie in one another."""

    class BoundedHeader(tarfile.TarInfo):
        in_a_row = 0

        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
            header = super().frombuf(buf, encoding, errors)
            cls.in_a_row = cls.in_a_row + 1 if header.type in _EXTENSIONS else 0
            if cls.in_a_row > _IN_A_ROW or (cls.in_a_row and header.size > limits.ARCHIVE_HEADER):
                raise tarfile.ReadError("it describes a member with more than any archive of news")
            return header

    return BoundedHeader
