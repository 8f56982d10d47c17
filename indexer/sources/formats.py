"""Choose the reader of a document by the ending of its name or, if that tells nothing, by its first bytes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources.context import ReadingContext
from indexer.sources.decoding import marked_encoding
from indexer.sources.document import Document
from indexer.sources.markdown import read_markdown
from indexer.sources.packing.compression import PACKED
from indexer.sources.packing.unpack import ARCHIVES, unpack
from indexer.sources.reading import blaming_the_document, guarded
from indexer.sources.records.delimited import read_delimited
from indexer.sources.records.json_file import read_json
from indexer.sources.text import read_text
from indexer.sources.waiting import dated
from indexer.sources.warc import read_warc
from indexer.sources.web.feed import read_feed
from indexer.sources.web.html import PAGE_LIMIT, read_html

Reader = Callable[[Document], Iterator[Article | Notice]]


def _read_columnar(document: Document) -> Iterator[Article | Notice]:
    from indexer.sources.records.columnar import read_columnar

    return read_columnar(document)


def _read_page(document: Document) -> Iterator[Article | Notice]:
    content = document.content(PAGE_LIMIT)
    return read_html(content, document.origin, document.article_id, context=document.context)


def _read_feed(document: Document) -> Iterator[Article | Notice]:
    return read_feed(document.content(PAGE_LIMIT), document.origin, document.context)


_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".parquet": _read_columnar,
    ".arrow": _read_columnar,
    ".feather": _read_columnar,
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
"""The endings of the names of files that are read."""
WANTED = "text, Markdown, JSON, JSON Lines, CSV, TSV, Parquet, Arrow, HTML, RSS, Atom or WARC, packed or in an archive"
_FEEDS = (b"<rss", b"<feed", b"<rdf:rdf", b"<?xml")
_PAGES = (b"<!doctype html", b"<html")


def read_document(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a document of any format, packed or not, and a notice for whatever could not be read."""
    yield from guarded(_read_all(document), document.origin)


def has_known_ending(name: str) -> bool:
    """Return whether the name of a file alone says that it is read, such as ``news.csv`` and ``news.csv.gz``."""
    path = PurePosixPath(name.casefold())
    return path.suffix in _READERS or path.suffix in ARCHIVES or path.suffix in PACKED


def _read_all(document: Document) -> Iterator[Article | Notice]:
    for inner in unpack(document):
        if isinstance(inner, Notice):
            yield inner
        else:
            yield from dated(partial(_read_in, inner), inner.context, inner.origin)


def _read_in(document: Document, context: ReadingContext) -> Iterator[Article | Notice]:
    return guarded(_read(replace(document, context=context)), document.origin)


def _read(document: Document) -> Iterator[Article | Notice]:
    reader = _READERS.get(_ending(document.name)) or reader_by_content(document.head())
    if reader is None and not document.name:  # standard input has no name: what is not recognised is taken as text
        reader = read_text
    if reader is None:
        yield skipped(document.origin, f"is of no format that is read, which are {WANTED}")
    else:
        with blaming_the_document():
            yield from reader(document)


def _ending(name: str) -> str:
    suffixes = PurePosixPath(name.casefold()).suffixes
    return ".warc.gz" if suffixes[-2:] == [".warc", ".gz"] else "".join(suffixes[-1:])


def reader_by_content(head: bytes) -> Reader | None:
    """Return the reader of a document that begins with these bytes, or None if they are of no known format."""
    start = (
        head.decode(marked_encoding(head) or "utf-8", errors="replace").lstrip("\ufeff \t\r\n\0\x1e").encode().lower()
    )
    if head.startswith((b"PAR1", b"ARROW1", b"\xff\xff\xff\xff")):
        return _read_columnar
    if head.startswith(b"WARC/"):
        return read_warc
    if start.startswith((b"{", b"[")):
        return read_json
    if start.startswith(_PAGES):
        return _read_page
    return _read_feed if start.startswith(_FEEDS) else None
