"""Read PDF: each file is one article, if it has a text and is not only the picture of one."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.documents.made import record_of
from indexer.sources.documents.pdf_lines import Line, lines_of
from indexer.sources.documents.pdf_paragraphs import Paragraph, paragraphs_of
from indexer.sources.extras import optional
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record
from indexer.sources.seeking import seekable

_LETTERS_A_PAGE = 25
"""A document with fewer letters a page is a scan with a running head, or a picture."""
_ENCRYPTED = 4
"""PDFium's number of the error that a password is missing (``FPDF_ERR_PASSWORD``)."""


def read_pdf(document: Document) -> Iterator[Article | Notice]:
    """Yield the article of a file, or a notice why there is none."""
    pdfium = optional("pypdfium2", "a PDF")
    with seekable(document) as file:
        try:
            opened = pdfium.PdfDocument(file)
        except pdfium.PdfiumError as error:
            raise UnreadableError(_why(error)) from error
        try:
            read = _Pages.of(opened, pdfium)
            declared = str(opened.get_metadata_dict().get("Title", ""))
        finally:
            opened.close()
    if problem := read.problem():
        yield flagged(document.origin, problem)
    if read.letters < _LETTERS_A_PAGE * max(1, min(len(read.lines), 4)):
        yield skipped(document.origin, "has no text layer: it is a scan or a picture, which an OCR program can read")
        return
    record = _record(paragraphs_of(read.lines), declared)
    yield from read_record(record, document.origin, document.context, document.article_id)


def _why(error: Exception) -> str:
    if getattr(error, "err_code", None) == _ENCRYPTED or "password" in str(error).casefold():
        return "is encrypted: it opens only with a password"
    return f"is no PDF, or a damaged one: {str(error)[:120]}"


@dataclass(slots=True)
class _Pages:
    """What is on the pages of a document."""

    lines: list[list[Line]] = field(default_factory=list)
    letters: int = 0
    damaged: int = 0
    left_out: int = 0
    """Pages that are not read because there are too many, or too much is on them."""

    @classmethod
    def of(cls, opened: Any, pdfium: Any) -> Self:
        """Read the pages of a ``pypdfium2.PdfDocument``."""
        read, count = cls(), len(opened)
        end = time.monotonic() + limits.READER_SECONDS / 2
        for number in range(count):
            if number == limits.PDF_PAGES or read.letters > limits.TEXT_FILE or time.monotonic() > end:
                read.left_out = count - number
                break
            try:
                page = opened[number]
                text = page.get_textpage()
            except pdfium.PdfiumError:
                read.damaged += 1
                continue
            read.lines.append(lines_of(text, pdfium.raw))
            read.letters += sum(len(line.text) for line in read.lines[-1])
            text.close()
            page.close()
        return read

    def problem(self) -> str:
        """Return which pages are missing, or an empty string."""
        parts = [
            f"only its first {len(self.lines) + self.damaged:,} pages are read, {self.left_out:,} are not"
            if self.left_out
            else "",
            f"{self.damaged:,} of its pages are damaged" if self.damaged else "",
        ]
        return "; ".join(filter(None, parts))


def _record(paragraphs: Sequence[Paragraph], declared: str) -> dict[str, str]:
    """Return the fields of an article whose headline is what stands above the text in the largest letters."""
    headline = ""
    start = next((number for number, each in enumerate(paragraphs[:6]) if each.is_large), None)
    if start is not None:
        largest = max(range(start, min(len(paragraphs), 6)), key=lambda number: paragraphs[number].height)
        headline = paragraphs[largest].text if len(paragraphs[largest].text) <= limits.TITLE else ""
    texts = [each.text for each in paragraphs if each.text != headline]
    return record_of(texts or [headline], headline, declared)
