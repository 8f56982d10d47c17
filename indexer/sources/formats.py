"""Which reader reads a document: by the ending of its name, and where that tells nothing, by its first bytes."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.columnar import read_columnar
from indexer.sources.delimited import read_delimited
from indexer.sources.document import Document
from indexer.sources.json_list import read_json
from indexer.sources.jsonl import read_jsonl
from indexer.sources.reading import UnreadableError
from indexer.sources.text import read_text
from indexer.sources.unpacking import ARCHIVES, PACKED, unpack
from indexer.sources.warc import read_warc
from indexer.sources.web.feed import read_feed
from indexer.sources.web.html import PAGE_LIMIT, read_html

Reader = Callable[[Document], Iterator[Article | Notice]]


def _read_page(document: Document) -> Iterator[Article | Notice]:
    return read_html(document.content(PAGE_LIMIT), document.origin, document.article_id)


def _read_feed(document: Document) -> Iterator[Article | Notice]:
    return read_feed(document.content(PAGE_LIMIT), document.origin)


_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".markdown": read_text,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".json": read_json,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": read_columnar,
    ".arrow": read_columnar,
    ".feather": read_columnar,
    ".html": _read_page,
    ".htm": _read_page,
    ".xhtml": _read_page,
    ".rss": _read_feed,
    ".atom": _read_feed,
    ".xml": _read_feed,
    ".warc": read_warc,
    ".warc.gz": read_warc,
}
ENDINGS = (*_READERS, *ARCHIVES, *PACKED)
"""Of names of files that are read."""
WANTED = "text, Markdown, JSON, JSON Lines, CSV, TSV, Parquet, Arrow, HTML, RSS, Atom or WARC, packed or in an archive"
_FEEDS = (b"<rss", b"<feed", b"<rdf:rdf", b"<?xml")
UNFORESEEN = "for a reason that nobody foresaw"
"""Said of a file whose reader failed; please report it."""
_PAGES = (b"<!doctype html", b"<html")


def read_document(document: Document, packed: int) -> Iterator[Article | Notice]:
    """Yield what a document holds, unpacked first; what cannot be read to its end is a notice.

    Args:
        document: Anything.
        packed: Its size in bytes on disk.
    """
    try:
        for inner in unpack(document, packed):
            if isinstance(inner, Notice):
                yield inner
            else:
                yield from _read(inner)
    except UnreadableError as error:
        yield skipped(document.origin, str(error))


def has_known_ending(name: str) -> bool:
    """Tell whether a file is read for its name alone: ``news.csv``, and ``news.csv.gz`` too."""
    path = PurePosixPath(name.casefold())
    return path.suffix in _READERS or path.suffix in ARCHIVES or path.suffix in PACKED


def _read(document: Document) -> Iterator[Article | Notice]:
    try:
        reader = _READERS.get(_ending(document.name)) or reader_by_content(document.head())
        if reader is None and not document.name:  # standard input: nobody said what it is
            reader = read_text
        if reader is None:
            yield skipped(document.origin, f"is of no format that is read, which are {WANTED}")
            return
        yield from reader(document)
    except UnreadableError as error:
        yield skipped(document.origin, str(error))
    except OSError:  # of the system: a full disk, not this file
        raise
    except Exception as error:  # a slip of ours or of a library: hours of reading are not lost for one file
        yield skipped(document.origin, f"cannot be read, {UNFORESEEN}: {type(error).__name__}: {str(error)[:100]}")


def _ending(name: str) -> str:
    suffixes = PurePosixPath(name.casefold()).suffixes
    return ".warc.gz" if suffixes[-2:] == [".warc", ".gz"] else "".join(suffixes[-1:])


def reader_by_content(head: bytes) -> Reader | None:
    """Return the reader of a document that begins so; None where nothing is recognised."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")):
        return read_columnar
    if head.startswith(b"WARC/"):
        return read_warc
    if start.startswith((b"{", b"[")):
        return read_json
    if start.startswith(_PAGES):
        return _read_page
    return _read_feed if start.startswith(_FEEDS) else None
