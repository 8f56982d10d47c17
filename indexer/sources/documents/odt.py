"""Read OpenDocument texts (.odt): each file is one article."""

from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice
from indexer.sources.document import Document
from indexer.sources.documents.made import record_of
from indexer.sources.documents.package import Element, Package
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_CORE = "{http://purl.org/dc/elements/1.1/}"
_SPACES = {f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"}
_SILENT = {f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note-citation", f"{_TEXT}sequence-decls"}
"""What was deleted, comments, and the numbers of footnotes."""


def read_odt(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, or a notice why there is none."""
    with Package.opened(document) as package:
        root = package.tree("content.xml")
        text = root.find(f"{_OFFICE}body/{_OFFICE}text") if root is not None else None
        if text is None:
            raise UnreadableError("is no OpenDocument text")
        headlines: list[str] = []
        paragraphs = list(_blocks(text, headlines))
        meta = package.tree("meta.xml")
    declared = meta.findtext(f"{_OFFICE}meta/{_CORE}title") or "" if meta is not None else ""
    record = record_of(paragraphs, headlines[0] if headlines else "", declared)
    yield from read_record(record, document.origin, document.context, document.article_id)


def _blocks(root: Element, headlines: list[str]) -> Iterator[str]:
    """Yield the paragraphs, headings and rows of tables, and collect the headings of the first level."""
    waiting = [iter(root)]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
        elif element.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
            notes: list[Element] = []
            text = " ".join("".join(_texts(element, notes)).split())
            if element.tag == f"{_TEXT}h" and element.get(f"{_TEXT}outline-level", "1") == "1" and text:
                headlines.append(text)
            yield from filter(None, [text])
            for note in notes:
                yield from _blocks(note, headlines)
        elif element.tag == f"{_TABLE}table-row":
            cells = (" ".join(_blocks(cell, headlines)) for cell in element)
            yield from filter(None, [", ".join(cell for cell in cells if cell)])
        elif element.tag not in _SILENT:
            waiting.append(iter(element))


def _texts(paragraph: Element, notes: list[Element]) -> Iterator[str]:
    """Yield the pieces of a paragraph, and collect its footnotes."""
    yield paragraph.text or ""
    waiting = [iter(paragraph)]
    open_elements = [paragraph]
    while waiting:
        element = next(waiting[-1], None)
        if element is None:
            waiting.pop()
            ended = open_elements.pop()
            if waiting:
                yield ended.tail or ""
        elif element.tag == f"{_TEXT}note":
            notes.append(element)
            yield element.tail or ""
        elif element.tag in _SPACES:
            yield " " + (element.tail or "")
        elif element.tag in _SILENT:
            yield element.tail or ""
        else:
            yield element.text or ""
            waiting.append(iter(element))
            open_elements.append(element)
