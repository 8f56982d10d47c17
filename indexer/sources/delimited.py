"""Read CSV and TSV files: the first row holds the names of the columns, each further row is an article."""

import csv
from collections.abc import Iterator

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources.decoding import LINE_LIMIT, text_lines
from indexer.sources.document import Document
from indexer.sources.reading import UnreadableError
from indexer.sources.record import read_record

_DELIMITERS = ",;\t|"


def read_delimited(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a file in order, and a notice for each row that is not an article."""
    csv.field_size_limit(LINE_LIMIT)
    lines, guessed = text_lines(document)
    if guessed:
        yield flagged(document.origin, f"not Unicode, read as {guessed}")
    first = next(lines, "").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if not first.strip():
        yield skipped(document.origin, "the file is empty")
        return
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        (names,) = csv.reader([first], delimiter=delimiter)
        yield from _read_rows(document, names, csv.reader(lines, delimiter=delimiter))
    except (csv.Error, ValueError) as error:
        raise UnreadableError(f"is no table of delimited values: {error}") from error


def _read_rows(document: Document, names: list[str], rows: Iterator[list[str]]) -> Iterator[Article | Notice]:
    if "text" not in document.context.fields.find(names):
        listed = ", ".join(name[:40] for name in names[:12])
        yield skipped(document.origin, f"none of its columns is the text: {listed}; name it: --field text=COLUMN")
        return
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        record = {name: value for name, value in zip(names, row, strict=False) if value.strip()}
        origin = f"{document.origin}:{number}"
        yield from read_record(record, origin, document.context)
