"""Read WARC files, such as the crawls of CC-NEWS: each page that was answered with 200 is an article."""

import io
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders

from indexer.article import Article
from indexer.dates.parsing import parse_published
from indexer.dates.published import Published
from indexer.notice import Notice, skipped
from indexer.sources.context import ReadingContext
from indexer.sources.document import Document, buffered
from indexer.sources.reading import reading
from indexer.sources.web.content_coding import CodingError, decode_body
from indexer.sources.web.html import PAGE_LIMIT, read_html

_PAGES = ("text/html", "application/xhtml+xml")
_OK = "200"
_GZIP = b"\x1f\x8b\x08"
_CHUNK = 2**16
_LINE, _HEADER = 2**16, 2**20
"""The most bytes of a line of a record's header, and of the whole header."""
_DIGITS = 20
"""Digits of a length that are read: more bytes are in no file."""


def read_warc(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of the pages in an archive, and a notice for each damaged record.

    Records that are no pages, or that were not answered with 200, are left out without a notice.
    """
    members = Members(document.stream) if document.head().startswith(_GZIP) else None
    stream = buffered(members) if members else document.stream
    number = 0
    with reading():
        for number, record in enumerate(_records(stream), start=1):
            origin = f"{document.origin}:{number}"
            if record is None:
                yield skipped(origin, "the record is damaged")
            else:
                yield from _read_record(record, origin, document.context)
    if members and members.damaged:
        yield skipped(document.origin, f"{members.damaged} of its compressed parts are damaged")
    if not number:
        yield skipped(document.origin, "holds no records")


class Members(io.RawIOBase):
    """A stream of what a file of many gzip members unpacks to, without the members that are damaged."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._packed, self._open = stream, b"", zlib.decompressobj(31)
        self.damaged = 0
        """The number of members that were left out."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with unpacked bytes."""
        while True:
            if len(self._packed) < _CHUNK:
                self._packed += self._stream.read(_CHUNK)
            if not self._packed:
                return 0
            if chunk := self._unpack(len(buffer)):
                buffer[: len(chunk)] = chunk
                return len(chunk)

    def _unpack(self, size: int) -> bytes:
        try:
            chunk = self._open.decompress(self._packed, size)
        except zlib.error:
            self.damaged += 1
            start = self._packed.find(_GZIP, 1)
            self._packed = self._packed[start:] if start > 0 else b""
            self._open = zlib.decompressobj(31)
            return b""
        self._packed = self._open.unused_data if self._open.eof else self._open.unconsumed_tail
        if self._open.eof:
            self._open = zlib.decompressobj(31)
        return chunk


def _records(stream: BinaryIO) -> Iterator[bytes | None]:
    """Yield each record, cut after the most bytes that a page may have, and None for a stretch of damaged bytes."""
    damaged = False
    while line := stream.readline(_LINE):
        if not line.startswith(b"WARC/"):
            damaged = damaged or bool(line.strip())
            continue
        if damaged:
            yield None
        damaged = False
        header, length = line, -1
        while (line := stream.readline(_LINE)).strip() and len(header) < _HEADER:
            header += line
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = min(int(value.strip()[:_DIGITS]), sys.maxsize)
        if length < 0:
            damaged = True
            continue
        content = stream.read(min(length, PAGE_LIMIT + 1))
        for left in range(length - len(content), 0, -_CHUNK):
            if not stream.read(min(left, _CHUNK)):
                break
        damaged = len(content) < min(length, PAGE_LIMIT + 1)
        yield header + b"\r\n" + content + b"\r\n\r\n"
    if damaged:
        yield None


def _read_record(record: bytes, origin: str, context: ReadingContext) -> Iterator[Article | Notice]:
    try:
        for parsed in ArchiveIterator(io.BytesIO(record)):
            headers = parsed.http_headers
            if parsed.rec_type != "response" or headers is None or headers.get_statuscode() != _OK:
                return
            kind = (headers.get_header("Content-Type") or "").casefold()
            url = (parsed.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
            if kind.startswith(_PAGES):
                captured = _captured(parsed.rec_headers.get_header("WARC-Date") or "")
                for item in read_html(_body(parsed, headers), origin, url, url, context):
                    yield replace(item, retrieved=captured) if isinstance(item, Article) else item
    except CodingError as error:
        yield skipped(origin, f"the page {error}")
    except (ArchiveLoadFailed, ValueError, EOFError, AttributeError, OverflowError) as error:
        yield skipped(origin, f"the record is damaged: {str(error)[:100]}")


def _captured(text: str) -> Published | None:
    try:
        return parse_published(text)
    except ValueError:
        return None


def _body(record: ArcWarcRecord, headers: StatusAndHeaders) -> bytes:
    """Return the body of an answer without its codings; at most one byte more than a page may have."""
    chunked = (headers.get_header("Transfer-Encoding") or "").strip().casefold() == "chunked"
    body = (ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream).read(PAGE_LIMIT + 1)
    return decode_body(body, headers.get_header("Content-Encoding") or "", PAGE_LIMIT)
