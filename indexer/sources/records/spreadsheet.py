"""Read spreadsheets (.xlsx, .xls, .xlsb, .ods): the first row of a sheet names the columns, the others are articles."""

import datetime as dt
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from indexer.article import Article
from indexer.notice import Notice, skipped
from indexer.sources import limits
from indexer.sources.document import Document
from indexer.sources.extras import optional
from indexer.sources.reading import UnreadableError
from indexer.sources.records.export import ExportReader
from indexer.sources.records.tables import may_hold_text, record_of_row
from indexer.sources.seeking import seekable

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_FILLED = re.compile(rb'<(?:\w{1,20}:)?(?:row|c)\s(?:[^<>]*\s)?r="([A-Z]*)([0-9]+)"(?:[^<>]*[^/<>])?>')
"""A row or a cell that has something in it, with its place: Q7, or 7."""
_BLOCK, _LONGEST_TAG = 2**20, 2**10
_DIGITS = 12
"""Digits and letters of a place that are read."""


def read_spreadsheet(document: Document) -> Iterator[Article | Notice]:
    """Yield the articles of all sheets, and a notice for each row that is none and each sheet without a text."""
    calamine = optional("python_calamine", "a spreadsheet")
    with seekable(document) as file:
        _check_size(file)
        try:
            book = calamine.CalamineWorkbook.from_filelike(file)
        except (calamine.CalamineError, OSError, ValueError) as error:
            encrypted = "password" in str(error).casefold() or "encrypt" in str(error).casefold()
            reason = (
                "is encrypted: it opens only with a password" if encrypted else "is no spreadsheet, or a damaged one"
            )
            raise UnreadableError(reason if encrypted else f"{reason}: {str(error)[:120]}") from error
        found = False
        for name in book.sheet_names:
            try:
                rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
            except calamine.CalamineError as error:
                yield skipped(f"{document.origin}!{name}", f"the sheet is damaged: {str(error)[:120]}")
                continue
            found = found or bool(rows)
            yield from _read_sheet(rows, name, document)
    if not found:
        yield skipped(document.origin, "the spreadsheet is empty")


def _read_sheet(rows: Sequence[Sequence[Any]], sheet: str, document: Document) -> Iterator[Article | Notice]:
    origin = f"{document.origin}!{sheet}"
    start = next((number for number, row in enumerate(rows) if sum(cell != "" for cell in row) > 1), None)
    if start is None:
        if rows:
            yield skipped(origin, "the sheet is no table: wanted a row with the names of columns")
        return
    names = [" ".join(str(cell).split()) for cell in rows[start]]
    if not may_hold_text(names, document.context.fields):
        listed = ", ".join(name[:40] for name in names[:12])
        yield skipped(origin, f"none of its columns is the text: {listed}; name it: --field text=COLUMN")
        return
    export = ExportReader(document, in_table=True)
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        if any(cell != "" for cell in row):
            yield from export.read(record_of_row(names, [_plain(cell) for cell in row]), f"!{sheet}:{number}")


def _plain(cell: Any) -> Any:
    """Return a cell as records of other formats have it: times as texts, and whole numbers without a point."""
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return str(cell) if isinstance(cell, dt.timedelta) else cell


def _check_size(file: Any) -> None:
    """Refuse a spreadsheet that unpacks to more than any; those of the old format are not packed."""
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > limits.SPREADSHEET:
                raise UnreadableError(f"unpacks to more than {limits.SPREADSHEET // 2**20} MiB: save it as CSV")
            for name in archive.namelist():
                if _SHEET.fullmatch(name):
                    _check_extent(archive, name)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError, zlib.error) as error:
        if zipfile.is_zipfile(file):  # else it is of the old format, which is not packed
            raise UnreadableError(f"is damaged: {str(error)[:120]}") from error
    file.seek(0)


def _check_extent(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse a sheet of .xlsx whose last cell is so far off that the empty ones before it would fill the memory."""
    rows, columns, rest = 1, 1, b""
    with archive.open(name) as sheet:
        while block := sheet.read(_BLOCK):
            for column, row in _FILLED.findall(rest + block):
                rows = max(rows, int(row[:_DIGITS]))
                columns = max(columns, _number(column[:_DIGITS]))
            rest = (rest + block)[-_LONGEST_TAG:]
    if rows * columns > limits.CELLS:
        raise UnreadableError(f"a sheet reaches to row {rows:,} of column {columns:,}, all but empty: save it as CSV")


def _number(letters: bytes) -> int:
    """Return the number of a column: 1 of A, 27 of AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
