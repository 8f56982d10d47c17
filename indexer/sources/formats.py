"""Choose the reader of a document by the ending of its name or, if that tells nothing, by its first bytes."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from indexer.article import Article
from indexer.notice import Notice, left_out, skipped
from indexer.sources.context import ReadingContext
from indexer.sources.decoding import marked_encoding
from indexer.sources.document import Document
from indexer.sources.documents.docx import read_docx
from indexer.sources.documents.odt import read_odt
from indexer.sources.documents.pdf import read_pdf
from indexer.sources.documents.rtf import read_rtf
from indexer.sources.mail.mbox import is_mbox, read_mbox
from indexer.sources.mail.message import is_message, read_eml
from indexer.sources.markdown import read_markdown
from indexer.sources.packing.compression import PACKED
from indexer.sources.packing.unpack import ARCHIVES, unpack
from indexer.sources.reading import UnreadableError, blaming_the_document, guarded
from indexer.sources.records.delimited import read_delimited
from indexer.sources.records.json_file import read_json
from indexer.sources.records.spreadsheet import read_spreadsheet
from indexer.sources.text import read_text
from indexer.sources.unread import counted_endings
from indexer.sources.waiting import dated
from indexer.sources.warc import read_warc
from indexer.sources.web.feed import read_feed
from indexer.sources.web.html import PAGE_LIMIT, read_html
from indexer.sources.web.sitemap import is_sitemap, read_sitemap
from indexer.sources.wiki.dump import is_dump, read_dump

Reader = Callable[[Document], Iterator[Article | Notice]]


def _read_columnar(document: Document) -> Iterator[Article | Notice]:
    from indexer.sources.records.columnar import read_columnar

    return read_columnar(document)


def _read_page(document: Document) -> Iterator[Article | Notice]:
    content = document.content(PAGE_LIMIT)
    return read_html(content, document.origin, document.article_id, context=document.context)


def _read_xml(document: Document) -> Iterator[Article | Notice]:
    head = document.head()
    if is_dump(head):
        return read_dump(document)
    return _name_sitemap(document) if is_sitemap(head) else _read_feed(document)


def _name_sitemap(document: Document) -> Iterator[Article | Notice]:
    found = read_sitemap(document.content(PAGE_LIMIT))
    count = len(found.entries) + len(found.sitemaps) if found else 0
    reason = f"is a sitemap, a list of {count:,} addresses; to fetch the pages: rebuild-index ADDRESS_OF_THE_SITEMAP"
    yield skipped(document.origin, reason)


def _read_feed(document: Document) -> Iterator[Article | Notice]:
    return read_feed(document.content(PAGE_LIMIT), document.origin, document.context)


_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".jl": read_json,
    ".json": read_json,
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".tab": read_delimited,
    ".psv": read_delimited,
    ".parquet": _read_columnar,
    ".arrow": _read_columnar,
    ".feather": _read_columnar,
    ".html": _read_page,
    ".htm": _read_page,
    ".xhtml": _read_page,
    ".rss": _read_feed,
    ".atom": _read_feed,
    ".xml": _read_xml,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".docm": read_docx,
    ".dotx": read_docx,
    ".odt": read_odt,
    ".rtf": read_rtf,
    ".xlsx": read_spreadsheet,
    ".xlsm": read_spreadsheet,
    ".xlsb": read_spreadsheet,
    ".xls": read_spreadsheet,
    ".ods": read_spreadsheet,
    ".eml": read_eml,
    ".emlx": read_eml,
    ".mbox": read_mbox,
    ".warc": read_warc,
    ".warc.gz": read_warc,
}
ENDINGS = (*_READERS, *ARCHIVES, *PACKED)
"""The endings of the names of files that are read."""
WANTED = (
    "text, Markdown, HTML, RSS, Atom, JSON, JSON Lines, CSV, TSV, Parquet, Arrow, WARC, PDF, Word, OpenDocument, RTF, "
    "spreadsheets, e-mail or dumps of a wiki, packed or in an archive"
)
_XML = (b"<rss", b"<feed", b"<rdf:rdf", b"<?xml", b"<mediawiki", b"<urlset", b"<sitemapindex")
_ZIPPED = {b"word/": read_docx, b"xl/": read_spreadsheet, b"mimetypeapplication/vnd.oasis.opendocument.text": read_odt}
"""What the beginnings of zipped formats hold."""
_PAGES = (b"<!doctype html", b"<html")


def read_document(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a document of any format, packed or not, and a notice for whatever could not be read."""
    yield from guarded(_read_all(document), document.origin)


def has_known_ending(name: str) -> bool:
    """Return whether the name of a file alone says that it is read, such as ``news.csv`` and ``news.csv.gz``."""
    path = PurePosixPath(name.casefold())
    return path.suffix in _READERS or path.suffix in ARCHIVES or path.suffix in PACKED


def _read_all(document: Document) -> Iterator[Article | Notice]:
    unread: Counter[str] = Counter()
    for inner in unpack(document):
        document.context.alive()
        if isinstance(inner, Notice):
            yield inner
        elif inner.origin != document.origin and _is_of_no_format(inner):
            unread[PurePosixPath(inner.name.casefold()).suffix or "without an ending"] += 1
        else:
            yield from dated(partial(_read_in, inner), inner.context, inner.origin)
    if unread:
        yield left_out(document.origin, counted_endings(unread))


def _read_in(document: Document, context: ReadingContext) -> Iterator[Article | Notice]:
    return guarded(_read(replace(document, context=context)), document.origin)


def _read(document: Document) -> Iterator[Article | Notice]:
    reader = _reader_of(document)
    if reader is None and not document.name:  # standard input has no name: what is not recognised is taken as text
        reader = read_text
    if reader is None:
        yield skipped(document.origin, f"is of no format that is read, which are {WANTED}")
    else:
        with blaming_the_document():
            yield from reader(document)


def _is_of_no_format(document: Document) -> bool:
    try:
        return _reader_of(document) is None
    except UnreadableError:  # reading it says so
        return False


def _reader_of(document: Document) -> Reader | None:
    return _READERS.get(_ending(document.name)) or reader_by_content(document.head())


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
    if start.startswith((b"{", b"[")) and not start.startswith(b"{\\rtf"):
        return read_json
    if start.startswith(_PAGES):
        return _read_page
    if start.startswith(_XML):
        return _read_xml
    return _reader_of_documents(head)


def _reader_of_documents(head: bytes) -> Reader | None:
    if b"%PDF-" in head[:1024]:
        return read_pdf
    if head.startswith(b"{\\rtf"):
        return read_rtf
    if head.startswith(b"PK"):
        return next((reader for sign, reader in _ZIPPED.items() if sign in head), None)
    if is_mbox(head):
        return read_mbox
    return read_eml if is_message(head) else None
