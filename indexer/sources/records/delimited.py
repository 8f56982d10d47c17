"""Read CSV and TSV files: the first row holds the names of the columns, each further row is an article."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from indexer.article import Article
from indexer.notice import Notice, flagged, skipped
from indexer.sources.decoding import TextStream, text_lines
from indexer.sources.document import Document
from indexer.sources.fields import FieldNames
from indexer.sources.reading import UnreadableError
from indexer.sources.records.export import ExportReader
from indexer.sources.records.rows import Row, RowReader
from indexer.sources.records.tables import may_hold_text, record_of_row
from indexer.sources.records.values import is_address

_DELIMITERS = ",;\t|"
_NONE = "\x1f"
"""A delimiter that no text holds, for tables of one column."""
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""A first line by which Excel is told the delimiter."""
_BEGINNING = 200
"""The most lines over which a row of names can go."""
_TRAFILATURA = (
    "url", "id", "fingerprint", "hostname", "title", "image", "date", "text", "comments", "license", "pagetype",
)  # fmt: skip
"""The columns that the command of trafilatura writes, without a row of names."""
_LONGEST_NAME = 100
_LONGEST_BEGINNING = 2**20


def read_delimited(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of a file in order, and a notice for each row that is not an article."""
    text = TextStream(document)
    yield from text.read_by(_read_lines(document, text_lines(text)))


def _read_lines(document: Document, lines: Iterator[str | None]) -> Iterator[Article | Notice]:
    beginning = _beginning(lines)
    declared = _DECLARED.fullmatch(beginning[0] or "") if beginning else None
    if declared:
        del beginning[0]
    if any(line is None or line.strip() for line in beginning):
        delimiter = declared[1] if declared else _delimiter_of(beginning, document.context.fields)
        names = _names(beginning, delimiter)
        spaced = len(names) > 1 and all(name.startswith(" ") for name in names[1:])
        if len(names) == 1:
            delimiter = _NONE
        rows = RowReader(itertools.chain(beginning, lines), delimiter, spaced=spaced)
        yield from _Table(document, rows, delimiter).read()
    else:
        yield skipped(document.origin, "the file is empty")


class _Table:
    """Reads the rows of one file."""

    def __init__(self, document: Document, rows: RowReader, delimiter: str) -> None:
        self._document, self._rows, self._delimiter = document, rows, delimiter
        self._fields = FieldNames(document.context.fields.given)
        self._export = ExportReader(document, in_table=True)

    def read(self) -> Iterator[Article | Notice]:
        """Yield the articles of all rows, if one of the columns is the text."""
        first = next((row.cells for row in self._rows.read() if any(map(str.strip, row.cells))), [])
        names = [" ".join(name.split()) for name in first]
        if _is_of_trafilatura(first):
            yield from self._read_row(_TRAFILATURA, Row(first), 1)
            yield from self._read_rows(_TRAFILATURA)
        elif may_hold_text(names, self._fields):
            for name, count in Counter(filter(None, names)).items():
                if count > 1:
                    reason = f"{count} columns are named {name[:40]!r}: the first that is filled is taken"
                    yield flagged(self._document.origin, reason)
            yield from self._read_rows(names)
        else:
            yield skipped(self._document.origin, _no_text_column(names))

    def _read_rows(self, names: Sequence[str]) -> Iterator[Article | Notice]:
        for number, row in enumerate(self._rows.read(len(names)), start=2):
            if row.cells:
                yield from self._read_row(names, row, number)

    def _read_row(self, names: Sequence[str], row: Row, number: int) -> Iterator[Article | Notice]:
        cells, origin = row.cells, f"{self._document.origin}:{number}"
        if row.is_mended:
            yield flagged(origin, "a quotation mark in it opens no cell, or closes none: it is read as it stands")
        if len(cells) > len(names) and not any(map(str.strip, cells[len(names) :])):
            cells = cells[: len(names)]
        if len(cells) > len(names):
            yield flagged(
                origin, f"has {len(cells)} cells, wanted {len(names)}; the surplus is added to {names[-1][:40]!r}"
            )
            cells = [*cells[: len(names) - 1], self._delimiter.join(cells[len(names) - 1 :])]
        elif len(cells) < len(names):
            yield flagged(origin, f"has {len(cells)} cells, wanted {len(names)}; the last ones are left empty")
        yield from self._export.read(record_of_row(list(names), cells), f":{number}")


def _beginning(lines: Iterator[str | None]) -> list[str | None]:
    """Return the first lines, as many as the names of columns may go over."""
    beginning: list[str | None] = []
    length = 0
    for line in lines:
        beginning.append(line)
        length += len(line or "")
        if len(beginning) >= _BEGINNING or length >= _LONGEST_BEGINNING:
            break
    return beginning


def _delimiter_of(beginning: Sequence[str | None], fields: FieldNames) -> str:
    """Return the delimiter by which one of the columns is the text, and by which there are most columns."""
    found = {delimiter: _names(beginning, delimiter) for delimiter in _DELIMITERS}
    return max(found, key=lambda each: (may_hold_text(found[each], fields), len(found[each])))


def _names(beginning: Sequence[str | None], delimiter: str) -> list[str]:
    """Return the cells of the first row that is not blank."""
    try:
        return next((row.cells for row in RowReader(beginning, delimiter).read() if any(row.cells)), [])
    except UnreadableError:
        return []


def _is_of_trafilatura(cells: Sequence[str]) -> bool:
    """Return whether a row is what the command of trafilatura writes, which has no row of names."""
    return len(cells) == len(_TRAFILATURA) and is_address(cells[0])


def _no_text_column(names: Sequence[str]) -> str:
    listed = ", ".join(name[:40] for name in names[:12])
    if any(len(name) > _LONGEST_NAME or is_address(name) or name.isdigit() for name in names):
        return f"its first row holds no names of columns: {listed}; write them above it, such as title,date,text"
    return f"none of its columns is the text: {listed}; name it: --field text=COLUMN"
